"""Registered letters: the day and the number of the post, what became of the letter, and the files that prove it."""

import pghistory
from django.db import models
from django.db.models import F, Q

from common import clock
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.arrears.codes import RegisteredOutcome


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class RegisteredLetter(models.Model):
    """A formal notice at the post. `message`: the letter, as the outbox posted it. `posted_on`, `number`: what the
    receipt of the post says. `outcome`, `outcome_on`: received, or why it came back, and the day that the post wrote.
    Taken back, a fact is empty again; the history keeps it.
    """

    case = models.ForeignKey(
        "rent_ledger.ArrearsCase", models.PROTECT, related_name="registered_letters", verbose_name="dossier"
    )
    message = models.OneToOneField("office.Message", models.PROTECT, related_name="registered", verbose_name="lettre")
    posted_on = models.DateField("déposée le", null=True, blank=True)
    number = models.CharField("numéro du recommandé", max_length=20, blank=True)
    outcome = models.CharField("issue", max_length=9, choices=RegisteredOutcome.choices, blank=True)
    outcome_on = models.DateField("issue du", null=True, blank=True)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    noted_at = models.DateTimeField("noté le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "lettre recommandée"
        verbose_name_plural = "lettres recommandées"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                condition=~Q(number=""),
                name="registered_number_once",
                violation_error_message="Ce numéro est déjà celui d’une autre lettre. Relisez-le sur le reçu.",
            ),
            models.CheckConstraint(
                condition=Q(posted_on=None, number="") | (Q(posted_on__isnull=False) & ~Q(number="")),
                name="registered_posted_whole",
                violation_error_message="Le jour du dépôt et le numéro vont ensemble.",
            ),
            models.CheckConstraint(
                condition=Q(outcome_on=None, outcome="")
                | (Q(outcome_on__isnull=False, posted_on__isnull=False) & ~Q(outcome="")),
                name="registered_outcome_whole",
                violation_error_message="L’issue a un jour, et vient après le dépôt.",
            ),
            models.CheckConstraint(
                condition=Q(outcome_on=None) | Q(outcome_on__gte=F("posted_on")),
                name="registered_outcome_after",
                violation_error_message="L’issue vient après le dépôt.",
            ),
        ]

    def __str__(self) -> str:
        return f"Recommandé {self.number or self.pk}"

    @property
    def is_received(self) -> bool:
        return self.outcome == RegisteredOutcome.RECEIVED


class RegisteredProof(Attachment):
    """The receipt of the post, the acknowledgement that came back, the envelope."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    letter = models.ForeignKey(
        RegisteredLetter, models.PROTECT, related_name="proofs", verbose_name="lettre recommandée"
    )

    class Meta(Attachment.Meta):
        verbose_name = "preuve d’un recommandé"
        verbose_name_plural = "preuves d’un recommandé"
        constraints = [models.UniqueConstraint(fields=["letter", "blob"], name="registered_proof_once")]
