"""A person asks to read what the social service wrote of her household; each note is answered by itself.

The paper is kept nowhere: it is made again from the answers and from the texts as they stood, which the history of the
notes keeps, sealed.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from common import clock
from common.typography import counted
from social_link.file_requests.codes import KeptFor


class FileRequestQuerySet(models.QuerySet["FileRequest"]):
    def waiting(self) -> FileRequestQuerySet:
        return self.filter(given_on=None, withdrawn_at=None)


class FileRequest(models.Model):
    """Who asks, and when it was received; when it was handed over, or that it was withdrawn. One waits at a time."""

    household = models.ForeignKey(
        "leases.Household", models.PROTECT, related_name="file_requests", verbose_name="ménage"
    )
    person = models.ForeignKey("leases.Person", models.PROTECT, related_name="+", verbose_name="demandée par")
    asked_on = models.DateField("reçue le")
    answer_by = models.DateField("à remettre jusqu’au", editable=False)
    noted_by = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="saisie par")
    noted_at = models.DateTimeField("saisie le", default=clock.now, editable=False)
    given_on = models.DateField("remise le", null=True, blank=True)
    given_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="remise par"
    )
    withdrawn_at = models.DateTimeField("retirée le", null=True, blank=True, editable=False)

    objects = FileRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande de lecture d’un dossier"
        verbose_name_plural = "demandes de lecture d’un dossier"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(given_on=None, withdrawn_at=None),
                name="file_request_one_waits",
                violation_error_message="Une demande de ce ménage attend déjà sa réponse.",
            ),
            models.CheckConstraint(
                condition=Q(given_on=None, given_by=None) | Q(given_on__gte=F("asked_on"), given_by__isnull=False),
                name="file_request_given_whole",
                violation_error_message="Un dossier est remis par quelqu’un, au plus tôt le jour de la demande.",
            ),
            models.CheckConstraint(
                condition=Q(given_on=None) | Q(withdrawn_at=None),
                name="file_request_given_or_withdrawn",
                violation_error_message="Une demande est remise ou retirée, pas les deux.",
            ),
            models.CheckConstraint(
                condition=Q(answer_by__gte=F("asked_on")),
                name="file_request_answered_after",
                violation_error_message="La réponse suit la demande.",
            ),
        ]

    def __str__(self) -> str:
        return f"Demande du {self.asked_on:%d/%m/%Y}"

    @property
    def is_waiting(self) -> bool:
        return self.given_on is None and self.withdrawn_at is None


class NoteAnswer(models.Model):
    """What becomes of one version of a note: handed over, without the passages `struck` (their numbers from 0), or kept
    for a reason. `note_id` is no key: a note may be withdrawn, what was answered of it stays."""

    request = models.ForeignKey(FileRequest, models.PROTECT, related_name="answers", verbose_name="demande")
    note_id = models.BigIntegerField("note")
    version = models.PositiveIntegerField("version")
    why = models.CharField("gardée car", max_length=6, choices=KeptFor.choices, blank=True)
    struck = ArrayField(models.PositiveSmallIntegerField(), verbose_name="passages rayés", default=list, blank=True)
    decided_by = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="décidé par")
    decided_at = models.DateTimeField("décidé le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "réponse pour une note"
        verbose_name_plural = "réponses pour des notes"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "note_id"], name="note_answer_once"),
            models.CheckConstraint(
                condition=Q(why="") | Q(why__in=KeptFor.values, struck=[]),
                name="note_answer_kept_for_a_reason",
                violation_error_message="Une note est gardée tout entière, pour un motif de la liste.",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def words(self) -> str:
        """`Remise`, `Remise, 2 passages rayés`, `Gardée`."""
        if self.why:
            return "Gardée"
        if not self.struck:
            return "Remise"
        return f"Remise, {counted(len(self.struck), 'passage rayé,passages rayés')}"
