"""Write-offs: what may be given up on an account, what was, and what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, F, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from common.money import ZERO
from rent_ledger.books.models import OpenItem
from rent_ledger.books.plans import PlanDebt
from rent_ledger.books.queries.given_up import lessened
from rent_ledger.write_offs.codes import WriteOffKind, WriteOffState
from rent_ledger.write_offs.models import Recovery, WriteOff, WriteOffQuerySet


@dataclass(frozen=True, slots=True)
class OpenDebt:
    """A debt that is due, with what is left of it (euros). `in_plan`: a signed plan that runs spreads it."""

    item: OpenItem
    in_plan: bool

    @property
    def posting_id(self) -> int:
        return self.item.posting_id


def open_debts(account_id: int, *, day: date) -> list[OpenDebt]:
    """What is due on the account, the oldest first. Two queries."""
    items = list(
        OpenItem.objects.filter(account=account_id, is_debit=True, due_on__lte=day).order_by("due_on", "posting_id")
    )
    planned = set(planned_debts([item.posting_id for item in items]))
    return [OpenDebt(item, item.posting_id in planned) for item in items]


def planned_debts(posting_ids: Sequence[int]) -> list[int]:
    """Those that a signed plan that runs spreads."""
    rows = PlanDebt.objects.filter(posting__in=posting_ids, plan__signed_on__isnull=False, plan__ended_on=None)
    return list(rows.values_list("posting_id", flat=True))


def free_credit(account_id: int) -> Decimal:
    """Euros on the account that pay nothing yet."""
    rows = OpenItem.objects.filter(account=account_id, is_debit=False)
    return rows.aggregate(free=Sum("remaining"))["free"] or ZERO


_EUROS = DecimalField(max_digits=12, decimal_places=2)


def lost_of(row: WriteOff) -> Decimal:
    """Euros of a write-off that stand: less what demands that were corrected since ask no more."""
    taken = lessened().filter(credit_posting__entry=row.entry_id).aggregate(total=Sum("amount"))["total"]
    return row.amount - (taken or ZERO)


def with_recovered(rows: WriteOffQuerySet) -> WriteOffQuerySet:
    """`rows` with the euros that came back (`recovered`), and those that were not owed, as demands that were corrected
    since say (`lessened`)."""
    less = lessened().filter(credit_posting__entry=OuterRef("entry")).order_by().values("credit_posting__entry")
    came = Recovery.objects.filter(write_off=OuterRef("pk"), undone_at=None).order_by().values("write_off")
    sums = came.annotate(total=Sum("amount")).values("total")
    return rows.annotate(
        recovered=Coalesce(Subquery(sums), Value(ZERO), output_field=_EUROS),
        lessened=Coalesce(
            Subquery(less.annotate(total=Sum("amount")).values("total")), Value(ZERO), output_field=_EUROS
        ),
    )


def for_list() -> WriteOffQuerySet:
    """Write-offs with what a list says of each."""
    rows = WriteOff.objects.select_related("account__household", "account__lease", "asked_by", "first_by", "decided_by")
    return with_recovered(rows)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """Euros given up between two days, by kind, and how many. `recovered`: what came back of losses."""

    losses: Decimal
    remissions: Decimal
    count: int
    recovered: Decimal


def given_up(start: date, end: date) -> GivenUp:
    """What stands, by the day of its entry in `[start, end)`. Two queries."""
    stands = WriteOff.objects.filter(
        state=WriteOffState.DONE, entry__effective_on__gte=start, entry__effective_on__lt=end
    )
    sums = {kind: (total, n) for kind, total, n in _by_kind(stands)}
    came = Recovery.objects.filter(
        undone_at=None, entry__effective_on__gte=start, entry__effective_on__lt=end
    ).aggregate(total=Sum("amount"))["total"]
    losses, remissions = (sums.get(kind, (ZERO, 0)) for kind in (WriteOffKind.LOSS, WriteOffKind.REMISSION))
    return GivenUp(losses[0], remissions[0], losses[1] + remissions[1], came or ZERO)


def _by_kind(rows: WriteOffQuerySet) -> list[tuple[str, Decimal, int]]:
    found = with_recovered(rows).order_by().values_list("kind")
    return list(found.annotate(total=Sum(F("amount") - F("lessened")), count=Count("pk")))
