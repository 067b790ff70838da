"""The month of the rental manager's home: what was asked and is settled, and the contracts that were not billed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from common.codes import with_codes
from common.periods import Month
from leases.contracts.codes import LeaseState
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.books.services.kept import kept

# At most this many contracts without a demand are examined.
UNBILLED = 200
# A returned payment is an entry that reverses another one: few do, and an index finds them.
_FACTS = with_codes(
    """
SELECT count(*), coalesce(sum(net), 0.00), count(sent_at),
    (SELECT coalesce(sum(o.remaining), 0.00) FROM rent_ledger_openitem o
     JOIN rent_ledger_account a ON a.id = o.account_id AND a.kind = AccountKind.TENANT
     WHERE o.is_debit AND o.for_month = %(month)s),
    (SELECT count(*) FROM rent_ledger_entry
     WHERE kind = EntryKind.RETURN AND reverses_id IS NOT NULL AND booked_on >= %(month)s
         AND effective_on BETWEEN %(month)s AND %(day)s),
    ARRAY(SELECT l.id FROM leases_lease l
          WHERE l.period && %(span)s::daterange AND l.state <> LeaseState.ENDED AND l.id NOT IN (
              SELECT b.lease_id FROM rent_ledger_rentdemand b
              WHERE b.month = %(month)s AND b.state = DemandState.ISSUED)
          ORDER BY l.id LIMIT UNBILLED)
FROM rent_ledger_rentdemand WHERE month = %(month)s AND state = DemandState.ISSUED
""",
    AccountKind,
    DemandState,
    EntryKind,
    LeaseState,
    UNBILLED=UNBILLED,
)


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Demands that stand, what they ask of the households, how many were sent; what of the month is still open; the
    payments returned so far; the contracts of the month without a demand."""

    produced: int
    asked: Decimal
    sent: int
    left: Decimal
    returns: int
    unbilled: tuple[int, ...]


def month_facts(day: date) -> MonthFacts:
    """The month of `day`, kept (one query; three where the books have changed since the last look)."""
    produced, asked, sent, left, returns, unbilled = kept("month", day=day, read=lambda: _read(day))
    return MonthFacts(produced, Decimal(asked), sent, Decimal(left), returns, tuple(unbilled))


def _read(day: date) -> list[Any]:
    now = Month.of(day)
    span = f"[{now.first},{now.plus(1).first})"
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"month": now.first, "day": day, "span": span})
        produced, asked, sent, left, returns, unbilled = cursor.fetchone()
    return [produced, str(asked), sent, str(left), returns, unbilled]
