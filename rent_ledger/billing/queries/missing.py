"""What the months already billed lack: a stay typed after its run, days of indemnity after the last demand, a month
that was skipped. No run comes back to them by itself.

A lease that goes on is looked at from the current month on: what an earlier month lacks is on its next demand
(`billing.sources.rappels`). One that has ended gets no other demand, so all its months are looked at, as far back as a
rent can be claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from common.codes import with_codes
from common.money import ZERO
from common.periods import Month
from leases.contracts.codes import DemandKind, LeaseState
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.services.drafting import Blocked, draft
from rent_ledger.books.models import LedgerMonth
from rent_ledger.books.services.kept import kept
from rent_ledger.rights.parameters import claim_months

# At most this many contracts are examined.
MOST = 200
# An end is said so, the planner knows how few they are.
_LACKING = with_codes(
    """
WITH made AS MATERIALIZED (
    SELECT DISTINCT month, daterange(month, (month + interval '1 month')::date) AS span FROM rent_ledger_rentrun
    WHERE state = RunState.DONE AND month >= %(since)s
), ended AS MATERIALIZED (
    SELECT l.id, l.period, o.exit FROM leases_lease l CROSS JOIN LATERAL (
        SELECT max(coalesce(upper(period), 'infinity'::date)) AS exit FROM leases_occupancy WHERE lease_id = l.id
    ) o
    WHERE l.period << daterange('9999-12-31', NULL) AND l.state <> LeaseState.DRAFT
      AND greatest(upper(l.period), o.exit) > %(since)s
)
-- All leases of a month or two, less those that have their demand: by lease, the demands of all years would be read.
(SELECT m.month, l.id FROM made m JOIN leases_lease l ON l.period && m.span WHERE m.month >= %(now)s
 EXCEPT SELECT b.month, b.lease_id FROM rent_ledger_rentdemand b
 WHERE b.month >= %(now)s AND b.state = DemandState.ISSUED AND b.kind = DemandKind.TERM)
UNION
SELECT m.month, e.id FROM made m JOIN ended e ON e.period && m.span
WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_rentdemand b
    WHERE b.lease_id = e.id AND b.month = m.month AND b.state = DemandState.ISSUED AND b.kind = DemandKind.TERM)
UNION
SELECT m.month, e.id FROM made m JOIN ended e ON upper(e.period) < upper(m.span)
    AND e.exit > greatest(upper(e.period), m.month)
WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_rentdemand b
    WHERE b.lease_id = e.id AND b.month = m.month AND b.state = DemandState.ISSUED AND b.kind = DemandKind.INDEMNITY)
ORDER BY 1 DESC, 2 LIMIT MOST
""",
    RunState,
    LeaseState,
    DemandState,
    DemandKind,
    MOST=MOST,
)


@dataclass(frozen=True, slots=True)
class MissingDemand:
    """What a month already billed lacks of one lease: its days from `start` to `last_day`, what they would ask.
    `goes_on`: its next demand would ask it too. `is_closed`: the month is, nothing can be asked for it any more."""

    month: date
    lease_id: int
    household_id: int
    household_name: str
    start: date
    last_day: date
    net: Decimal
    goes_on: bool
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """`held`: left out by the run's own rule, of the current month and later."""

    demands: tuple[MissingDemand, ...] = ()
    held: tuple[Blocked, ...] = ()


def lacking_leases(day: date) -> dict[date, list[int]]:
    """By first day of a month that was billed, the leases that may lack a demand of it (one query and a dated
    parameter)."""
    now = Month.of(day)
    params = {"now": now.first, "since": now.plus(-claim_months(now.first)).first}
    found: dict[date, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LACKING, params)
        for first, lease in cursor.fetchall():
            found.setdefault(first, []).append(lease)
    return found


def _kept_leases(day: date) -> dict[date, list[int]]:
    """`lacking_leases`, kept (one query; three more where the books have changed since the last look)."""
    found = kept("lacking", day=day, read=lambda: [[str(first), ids] for first, ids in lacking_leases(day).items()])
    return {date.fromisoformat(first): ids for first, ids in found}


def lacking(day: date, leases: Mapping[date, Sequence[int]] | None = None) -> Lacking:
    """What the months billed by `day` lack, by the run's own rule; oldest first. `leases`: `lacking_leases(day)`, where
    the caller has it. A number of queries for each month that lacks something: as a rule none does."""
    leases = _kept_leases(day) if leases is None else leases
    if not leases:
        return Lacking()
    closed = set(LedgerMonth.objects.filter(month__in=leases, closed_at__isnull=False).values_list("month", flat=True))
    demands: list[MissingDemand] = []
    held: list[Blocked] = []
    for first in sorted(leases):
        drafts, blocked = draft(month=Month.of(first), lease_ids=leases[first])
        held += blocked if first >= day.replace(day=1) else []
        for lease in dict.fromkeys(d.lease_id for d in drafts):
            parts = [d for d in drafts if d.lease_id == lease]
            last = max(d.part.end for d in parts)
            demands.append(
                MissingDemand(
                    month=first,
                    lease_id=lease,
                    household_id=parts[0].household_id,
                    household_name=parts[0].household_name,
                    start=min(d.part.start for d in parts),
                    last_day=last - timedelta(days=1),
                    net=sum((d.net for d in parts), ZERO),
                    goes_on=parts[0].exit_on is None,
                    is_closed=first in closed,
                )
            )
    return Lacking(tuple(demands), tuple(held))
