"""Debts that the association gives up: asked by one person, decided by another, by two above a ceiling.

What was asked stays for ever, whatever became of it: it is the history of what was given up, why, and by whom.
"""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from common import clock
from common.looks import Look
from common.money import EuroField
from common.triggers import follows
from office.access.matrix import Data, Write, can
from office.access.people import one_witness
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.write_offs.codes import (
    DECIDED,
    WHYS,
    WRITE_OFF_FLOW,
    WriteOffKind,
    WriteOffState,
    WriteOffWhy,
)
from rent_ledger.write_offs.looks import STATES

if TYPE_CHECKING:
    from office.access.actor import Actor


class WriteOffQuerySet(models.QuerySet["WriteOff"]):
    def waiting(self) -> "WriteOffQuerySet":
        """Those that somebody has to decide."""
        return self.filter(state=WriteOffState.ASKED)

    def to_sign(self, actor: "Actor") -> "WriteOffQuerySet":
        """Those that wait for this person: nobody decides what he asked, or signed, or who is one with him asked."""
        if not can(actor, Write(Data.WRITE_OFF_SECOND)) or actor.user_id is None:
            return self.none()
        mine = one_witness(actor.user_id, "asked_by") | Q(first_by__isnull=False) & one_witness(
            actor.user_id, "first_by"
        )
        return self.waiting().exclude(mine)


class WriteOff(models.Model):
    """What is given up on an account. `amount`: the sum of its items (euros). `note`: a few words of fact.

    `of_two`: it was above the ceiling on its day, two people decide. `first_by`: the first of two. `decided_by`: who
    decided, refused or withdrew it, and `answer`, why. `entry`: how it stands in the books.
    """

    account = models.ForeignKey("rent_ledger.Account", models.PROTECT, related_name="write_offs", verbose_name="compte")
    kind = models.CharField("objet", max_length=9, choices=WriteOffKind.choices)
    why = models.CharField("motif", max_length=10, choices=WriteOffWhy.choices)
    note = models.CharField("précision", max_length=200, blank=True)
    amount = EuroField("montant")
    of_two = models.BooleanField("deux signatures")
    state = models.CharField("état", max_length=9, choices=WriteOffState.choices, default=WriteOffState.ASKED)
    asked_by = models.ForeignKey("office.User", models.PROTECT, related_name="+", verbose_name="demandée par")
    asked_at = models.DateTimeField("demandée le", default=clock.now, editable=False)
    first_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="première signature"
    )
    first_at = models.DateTimeField("signée le", null=True, blank=True)
    decided_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidée par"
    )
    decided_at = models.DateTimeField("décidée le", null=True, blank=True)
    answer = models.CharField("réponse", max_length=200, blank=True)
    entry = models.OneToOneField(
        "rent_ledger.Entry", models.PROTECT, null=True, blank=True, related_name="write_off", verbose_name="écriture"
    )
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulée par"
    )
    undone_at = models.DateTimeField("annulée le", null=True, blank=True)
    undone_why = models.CharField("pourquoi", max_length=200, blank=True)

    flow = WRITE_OFF_FLOW

    objects = WriteOffQuerySet.as_manager()

    class Meta:
        verbose_name = "perte ou remise"
        verbose_name_plural = "pertes et remises"
        ordering = ["-id"]
        triggers = [follows(WRITE_OFF_FLOW)]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state=WriteOffState.ASKED),
                name="write_off_waits_once",
                violation_error_message="Une demande attend déjà sur ce compte. Retirez-la pour en faire une autre.",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_amount_positive"),
            models.CheckConstraint(
                condition=Q(
                    *(Q(kind=kind, why__in=[why.value for why in whys]) for kind, whys in WHYS.items()),
                    _connector=Q.OR,
                ),
                name="write_off_why_of_its_kind",
                violation_error_message="Ce motif n’est pas celui d’une perte, ou d’une remise.",
            ),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("asked_by")))
                & (Q(decided_by=None) | ~Q(state__in=sorted(DECIDED)) | ~Q(decided_by=F("asked_by"))),
                name="write_off_second_person",
                violation_error_message="Une autre personne que celle qui demande décide.",
            ),
            models.CheckConstraint(
                condition=Q(of_two=False, first_by=None, first_at=None)
                | Q(of_two=True)
                & (Q(first_by=None, first_at=None) & ~Q(state__in=sorted(DECIDED)) | Q(first_at__isnull=False))
                & (
                    Q(first_by=None) | Q(decided_by=None) | ~Q(state__in=sorted(DECIDED)) | ~Q(decided_by=F("first_by"))
                ),
                name="write_off_two_signatures",
                violation_error_message="Au-dessus du plafond, deux personnes signent.",
            ),
            models.CheckConstraint(
                condition=Q(state=WriteOffState.ASKED, decided_by=None, decided_at=None, answer="")
                | ~Q(state=WriteOffState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="write_off_decided_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state=WriteOffState.REFUSED) | ~Q(answer=""),
                name="write_off_refused_why",
                violation_error_message="Dites pourquoi en quelques mots.",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(DECIDED), entry__isnull=False)
                | ~Q(state__in=sorted(DECIDED)) & Q(entry=None),
                name="write_off_entered_iff_decided",
            ),
            models.CheckConstraint(
                condition=Q(state=WriteOffState.UNDONE, undone_by__isnull=False, undone_at__isnull=False)
                & ~Q(undone_why="")
                | ~Q(state=WriteOffState.UNDONE) & Q(undone_by=None, undone_at=None, undone_why=""),
                name="write_off_undone_whole",
                violation_error_message="Dites pourquoi en quelques mots.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def look(self) -> Look:
        return STATES[self.state]

    @property
    def is_waiting(self) -> bool:
        return self.state == WriteOffState.ASKED

    @property
    def stands(self) -> bool:
        """In the books."""
        return self.state == WriteOffState.DONE

    @property
    def may_come_back(self) -> bool:
        """What comes of a loss is a recovery; what was forgiven is not owed any more."""
        return self.stands and self.kind == WriteOffKind.LOSS


class WriteOffItem(models.Model):
    """A debt, and how much of it is given up (euros)."""

    write_off = models.ForeignKey(
        WriteOff, models.PROTECT, related_name="items", verbose_name="perte ou remise", db_index=False
    )
    posting = models.ForeignKey("rent_ledger.Posting", models.PROTECT, related_name="write_offs", verbose_name="dette")
    amount = EuroField("montant")

    class Meta:
        verbose_name = "dette abandonnée"
        verbose_name_plural = "dettes abandonnées"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["write_off", "posting"], name="write_off_item_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="write_off_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} de {self.posting_id}"


class Recovery(models.Model):
    """Money that came after a loss: so much of the loss (euros) is none. Undone, it is free credit again."""

    write_off = models.ForeignKey(WriteOff, models.PROTECT, related_name="recoveries", verbose_name="perte")
    amount = EuroField("montant")
    entry = models.OneToOneField("rent_ledger.Entry", models.PROTECT, related_name="recovery", verbose_name="écriture")
    recorded_at = models.DateTimeField("enregistrée le", default=clock.now, editable=False)
    author = models.ForeignKey("office.User", models.PROTECT, null=True, blank=True, verbose_name="par")
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulée par"
    )
    undone_at = models.DateTimeField("annulée le", null=True, blank=True)

    class Meta:
        verbose_name = "rentrée sur une perte"
        verbose_name_plural = "rentrées sur une perte"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="recovery_positive")]

    def __str__(self) -> str:
        return f"{self.amount} de {self.write_off_id}"


class WriteOffPaper(Attachment):
    """What a write-off rests on: the report of a bailiff, a decision of the board."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    write_off = models.ForeignKey(WriteOff, models.PROTECT, related_name="papers", verbose_name="perte ou remise")

    class Meta(Attachment.Meta):
        verbose_name = "pièce d’une perte ou remise"
        verbose_name_plural = "pièces d’une perte ou remise"
        constraints = [models.UniqueConstraint(fields=["write_off", "blob"], name="write_off_paper_once")]
