"""What is asked of the guarantors of a contract: notices, claims with the debts that they name, what was paid.

The states are facts: sent, asked, answered, paid, withdrawn. What a guarantor paid, the household owes to him, no more
to the association (C. civ., art. 2306, 2308).
"""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import F, Q, Sum

from common import clock
from common.looks import Look
from common.money import ZERO, EuroField
from office.files.codes import PICTURES, Format
from office.files.kinds import FileKind
from office.files.models import Attachment
from rent_ledger.arrears.codes import SentBy
from rent_ledger.guarantees.codes import Answer, ClaimState, Refusal
from rent_ledger.guarantees.looks import CLAIMS, WITHOUT_DEBT


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class GuarantorNotice(models.Model):
    """What a guarantor is told of a debt: drawn up with the facts of its day, sent by a person on a day, by a way.
    `total`: what was owed (euros). `facts`: what it says (`services.notices`)."""

    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, related_name="guarantor_notices", verbose_name="compte"
    )
    guarantee = models.ForeignKey("leases.Guarantee", models.PROTECT, related_name="notices", verbose_name="garantie")
    total = EuroField("dette")
    facts = models.JSONField("faits")
    document = models.OneToOneField(
        "office.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="lettre"
    )
    drawn_on = models.DateField("établie le")
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    sent_on = models.DateField("envoyée le", null=True, blank=True)
    sent_by = models.CharField("par", max_length=8, choices=SentBy.choices, blank=True)
    withdrawn_at = models.DateTimeField("écartée le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écartée par"
    )

    class Meta:
        verbose_name = "information d’un garant"
        verbose_name_plural = "informations d’un garant"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "guarantee"],
                condition=Q(sent_on=None, withdrawn_at=None),
                name="guarantor_notice_one_to_send",
                violation_error_message="Une lettre à ce garant attend déjà : notez son envoi, ou écartez-la.",
            ),
            models.CheckConstraint(
                condition=Q(sent_on=None, sent_by="")
                | (Q(sent_on__isnull=False, sent_on__gte=F("drawn_on")) & ~Q(sent_by="")),
                name="guarantor_notice_sent_whole",
                violation_error_message="L’envoi vient après l’établissement de la lettre.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(sent_on=None), name="guarantor_notice_withdrawn_unsent"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"Information du garant {self.pk}"


class ClaimQuerySet(models.QuerySet["GuaranteeClaim"]):
    def standing(self) -> "ClaimQuerySet":
        """Those that ask something still, or were paid: neither withdrawn nor refused."""
        return self.filter(withdrawn_at=None).exclude(answer=Answer.REFUSED)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class GuaranteeClaim(models.Model):
    """What is asked of a guarantor: the debts named, frozen on that day. `amount`: the sum of its items (euros).
    `due_on`: the last day in time, as known then. `reference`: the number that the body gives it. `accepted`: what the
    guarantor agrees to pay, None until he answers or where he refuses."""

    account = models.ForeignKey(
        "rent_ledger.Account", models.PROTECT, related_name="guarantee_claims", verbose_name="compte"
    )
    guarantee = models.ForeignKey("leases.Guarantee", models.PROTECT, related_name="claims", verbose_name="garantie")
    asked_on = models.DateField("demandé le")
    due_on = models.DateField("à demander au plus tard le", null=True, blank=True)
    amount = EuroField("montant")
    reference = models.CharField("numéro du dossier", max_length=40, blank=True)
    answer = models.CharField("réponse", max_length=8, choices=Answer.choices, blank=True)
    answered_on = models.DateField("répondu le", null=True, blank=True)
    accepted = EuroField("accepté", null=True, blank=True)
    refused_why = models.CharField("motif du refus", max_length=8, choices=Refusal.choices, blank=True)
    recorded_at = models.DateTimeField("saisi le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    withdrawn_at = models.DateTimeField("retiré le", null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="retiré par"
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "appel d’un garant"
        verbose_name_plural = "appels d’un garant"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="guarantee_claim_positive"),
            models.CheckConstraint(
                condition=Q(answer="", answered_on=None)
                | (~Q(answer="") & Q(answered_on__isnull=False, answered_on__gte=F("asked_on"))),
                name="guarantee_claim_answered_whole",
                violation_error_message="La réponse vient après la demande.",
            ),
            models.CheckConstraint(
                condition=Q(answer__in=["", Answer.REFUSED.value], accepted=None)
                | Q(answer=Answer.ACCEPTED, accepted__isnull=False, accepted=F("amount"))
                | Q(answer=Answer.PART, accepted__isnull=False, accepted__gt=0, accepted__lt=F("amount")),
                name="guarantee_claim_accepted",
                violation_error_message="Accepté en partie : plus de zéro, et moins que la somme demandée.",
            ),
            models.CheckConstraint(
                condition=Q(answer=Answer.REFUSED) & ~Q(refused_why="")
                | Q(answer=Answer.PART)
                | ~Q(answer__in=[Answer.REFUSED.value, Answer.PART.value]) & Q(refused_why=""),
                name="guarantee_claim_refused_why",
                violation_error_message="Dites pourquoi c’est refusé.",
            ),
        ]

    def __str__(self) -> str:
        return f"Appel {self.pk}"

    @property
    def paid(self) -> Decimal:
        """What came and stands (euros); a list annotates it as `paid_sum`."""
        known = getattr(self, "paid_sum", None)
        if known is None:
            known = self.payments.filter(undone_at=None).aggregate(total=Sum("amount"))["total"]
        return known or ZERO

    @property
    def to_give_back(self) -> Decimal:
        """What of it the household did not owe, as demands that were corrected since say: it goes back to the guarantor
        (euros). Annotated as `back_sum` (`queries.calls.with_paid`)."""
        return getattr(self, "back_sum", None) or ZERO

    @property
    def state(self) -> ClaimState:
        if self.withdrawn_at is not None:
            return ClaimState.WITHDRAWN
        if self.answer == Answer.REFUSED:
            return ClaimState.REFUSED
        if self.left <= ZERO:
            return ClaimState.PAID
        return ClaimState.ACCEPTED if self.answer else ClaimState.ASKED

    @property
    def left(self) -> Decimal:
        """What the guarantor is still to pay (euros)."""
        if self.withdrawn_at is not None or self.answer == Answer.REFUSED:
            return ZERO
        return (self.amount if self.accepted is None else self.accepted) - self.paid

    @property
    def awaited(self) -> Decimal:
        """What he may still pay of it (euros): no more than what is left of these debts, which the household may have
        paid since. Annotated (`queries.calls.with_paid`)."""
        known: Decimal = self.open_sum  # type: ignore[attr-defined]
        return min(self.left, known)

    @property
    def look(self) -> Look:
        """Where nothing is left of its debts, nobody is awaited to pay it. Annotated as `awaited`."""
        if self.state in (ClaimState.ASKED, ClaimState.ACCEPTED) and self.awaited <= ZERO:
            return WITHOUT_DEBT
        return CLAIMS[self.state]

    @property
    def is_late(self) -> bool:
        """It was asked after its last day."""
        return bool(self.due_on and self.asked_on > self.due_on)


class ClaimItem(models.Model):
    """A debt that a claim names, and how much of it is asked (euros)."""

    claim = models.ForeignKey(
        GuaranteeClaim, models.PROTECT, related_name="items", verbose_name="appel", db_index=False
    )
    posting = models.ForeignKey(
        "rent_ledger.Posting", models.PROTECT, related_name="guarantee_claims", verbose_name="dette"
    )
    amount = EuroField("montant")

    class Meta:
        verbose_name = "dette appelée"
        verbose_name_plural = "dettes appelées"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "posting"], name="claim_item_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="claim_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} de {self.posting_id}"


class GuarantorPayment(models.Model):
    """What a guarantor paid of a claim (euros), on which day, under which reference. `bank_line`: by which money of the
    bank, where it is known. Undone, its debts are owed to the association again."""

    claim = models.ForeignKey(GuaranteeClaim, models.PROTECT, related_name="payments", verbose_name="appel")
    amount = EuroField("montant")
    paid_on = models.DateField("payé le")
    reference = models.CharField("référence", max_length=70, blank=True)
    entry = models.OneToOneField(
        "rent_ledger.Entry", models.PROTECT, related_name="guarantor_payment", verbose_name="écriture"
    )
    bank_line = models.ForeignKey(
        "rent_ledger.BankLine", models.PROTECT, null=True, blank=True, related_name="guarantor_payments",
        verbose_name="ligne de banque",
    )  # fmt: skip
    recorded_at = models.DateTimeField("enregistré le", default=clock.now, editable=False)
    author = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    undone_by = models.ForeignKey(
        "office.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulé par"
    )
    undone_at = models.DateTimeField("annulé le", null=True, blank=True)

    class Meta:
        verbose_name = "paiement d’un garant"
        verbose_name_plural = "paiements d’un garant"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="guarantor_payment_positive"),
            models.UniqueConstraint(
                fields=["claim", "paid_on", "amount", "reference"],
                condition=Q(undone_at=None),
                name="guarantor_payment_once",
                violation_error_message="Ce paiement est déjà noté : même jour, même montant, même référence.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} le {self.paid_on:%d/%m/%Y}"


class ClaimPaper(Attachment):
    """What goes with a claim: the claim as sent, the answer, the subrogation receipt."""

    kind = FileKind(per_owner=10, formats=PICTURES | {Format.PDF})

    claim = models.ForeignKey(GuaranteeClaim, models.PROTECT, related_name="papers", verbose_name="appel")

    class Meta(Attachment.Meta):
        verbose_name = "pièce d’un appel"
        verbose_name_plural = "pièces d’un appel"
        constraints = [models.UniqueConstraint(fields=["claim", "blob"], name="claim_paper_once")]
