"""Guarantees as a list shows them: what is to do, what was asked, paid, left; what households owe to guarantors."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from common.looks import Look
from common.money import ZERO
from leases.models import Guarantee, Lease
from office.access.actor import Actor
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import BankLine
from rent_ledger.guarantees.codes import TO_DO, Answer
from rent_ledger.guarantees.looks import CALLS
from rent_ledger.guarantees.models import GuaranteeClaim
from rent_ledger.guarantees.queries.calls import GuaranteeNow, calls_of, with_paid

LINES = 20
"""So many bank lines are offered."""


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """A guarantee in a list: `now` is None where its contract has no account yet. Euros."""

    guarantee: Guarantee
    now: GuaranteeNow | None
    claims: list[GuaranteeClaim] = field(default_factory=list)

    @property
    def asked(self) -> Decimal:
        return sum((one.amount for one in self._standing), ZERO)

    @property
    def paid(self) -> Decimal:
        return sum((one.paid for one in self._standing), ZERO)

    @property
    def left(self) -> Decimal:
        return sum((one.awaited for one in self._standing), ZERO)

    @property
    def look(self) -> Look | None:
        return CALLS[self.now.call.state] if self.now else None

    @property
    def is_to_do(self) -> bool:
        return self.now is not None and self.now.call.state in TO_DO

    @property
    def by(self) -> date | None:
        """The last day of what is to do."""
        return self.now.call.by if self.now and self.is_to_do else None

    @property
    def _standing(self) -> list[GuaranteeClaim]:
        return [one for one in self.claims if one.withdrawn_at is None and one.answer != Answer.REFUSED]


def readable(actor: Actor) -> "QuerySet[Guarantee]":
    """Those of contracts that the actor sees, with what a line says of each."""
    rows = Guarantee.objects.filter(lease__in=Lease.objects.visible_to(actor))
    return rows.select_related("lease__household", "person", "body")


def for_reader(actor: Actor) -> "list[Guarantee]":
    """Those of contracts with an open case, and those that were called once. One query."""
    cases = ArrearsCase.objects.filter(closed_on=None, account__lease__isnull=False).values("account__lease")
    rows = readable(actor)
    rows = rows.filter(lease__in=cases) | rows.filter(pk__in=GuaranteeClaim.objects.values("guarantee"))
    return list(rows.order_by("pk"))


def lines_of(guarantees: Sequence[Guarantee], *, day: date) -> list[GuaranteeLine]:
    """What is to do first, the nearest last day before; then what is awaited, then the others. A fixed number of
    queries."""
    now = calls_of(guarantees, day=day)
    claims: defaultdict[int, list[GuaranteeClaim]] = defaultdict(list)
    for one in with_paid(GuaranteeClaim.objects.filter(guarantee__in=[row.pk for row in guarantees])):
        claims[one.guarantee_id].append(one)
    rows = [GuaranteeLine(one, now.get(one.pk), claims[one.pk]) for one in guarantees]
    return sorted(rows, key=lambda row: (not row.is_to_do, row.by or date.max, -row.left, row.guarantee.pk))


def owed_to_guarantors(account_id: int) -> Decimal:
    """What the household owes to those who paid for it (C. civ., art. 2306 and 2308), euros: none of our business."""
    claims = with_paid(GuaranteeClaim.objects.filter(account=account_id))
    return sum((claim.paid - claim.to_give_back for claim in claims), ZERO)


def lines_to_place(claim: GuaranteeClaim) -> list[BankLine]:
    """Money of the bank that waits for a name and may be what the guarantor paid: no more than is left, not before it
    was asked; the latest first."""
    rows = BankLine.objects.filter(
        state__in=[LineState.PROPOSED, LineState.TO_PLACE], amount__gt=0, amount__lte=claim.left,
        booking_day__gte=claim.asked_on,
    )  # fmt: skip
    return list(rows.order_by("-booking_day", "-pk")[:LINES])
