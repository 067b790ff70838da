"""The month of the rental manager's home: what was asked and is settled, what was not billed, what is to correct."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.periods import Month
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.queries.missing import lacking_leases
from rent_ledger.billing.services.corrections import stale_demands, unclaimed
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.books.services.kept import kept

# A returned payment is an entry that reverses another one: few do, and an index finds them.
_FACTS = with_codes(
    """
SELECT count(*), coalesce(sum(net), 0.00), count(sent_at),
    (SELECT coalesce(sum(o.remaining), 0.00) FROM rent_ledger_openitem o
     JOIN rent_ledger_account a ON a.id = o.account_id AND a.kind = AccountKind.TENANT
     WHERE o.is_debit AND o.for_month = %(month)s),
    (SELECT count(*) FROM rent_ledger_entry
     WHERE kind = EntryKind.RETURN AND reverses_id IS NOT NULL AND booked_on >= %(month)s
         AND effective_on BETWEEN %(month)s AND %(day)s)
FROM rent_ledger_rentdemand WHERE month = %(month)s AND state = DemandState.ISSUED
""",
    AccountKind,
    DemandState,
    EntryKind,
)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Demands that stand, what they ask of the households, how many were sent; what of the month is still open; the
    payments returned so far; by month that was billed, the leases that may lack a demand of it (`lacking_leases`); how
    many demands no longer say what the lease says."""

    produced: int
    asked: Decimal
    sent: int
    left: Decimal
    returns: int
    unbilled: dict[date, list[int]]
    stale: int


def month_facts(day: date) -> MonthFacts:
    """The month of `day`, kept (one query; a fixed number more where the books have changed since the last look)."""
    produced, asked, sent, left, returns, unbilled, stale = kept("month", day=day, read=lambda: _read(day))
    leases = {date.fromisoformat(first): ids for first, ids in unbilled}
    return MonthFacts(produced, Decimal(asked), sent, Decimal(left), returns, leases, stale)


def _read(day: date) -> list[Any]:
    now = Month.of(day)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"month": now.first, "day": day})
        produced, asked, sent, left, returns = cursor.fetchone()
    unbilled = [[first.isoformat(), ids] for first, ids in lacking_leases(day).items()]
    stale = len(stale_demands()) + len(unclaimed())
    return [produced, str(asked), sent, str(left), returns, unbilled, stale]
