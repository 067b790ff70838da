"""Demands that no longer say what the lease says: the contract or the stay ended inside what was billed in advance.

A correction is two facts: the demand is cancelled by its reversal, and what remains due is billed again by the same
rule. Money that lay on the old one is laid again at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction

from common import clock
from common.errors import Conflict
from common.periods import Month
from office.actor import Actor
from office.enums import Role
from office.models import Document
from office.permissions import require
from rent_ledger.enums import DemandState, RunState
from rent_ledger.models import Entry, LedgerMonth, RentDemand
from rent_ledger.services import runs
from rent_ledger.services.posting import reverse


@dataclass(frozen=True, slots=True)
class StaleDemand:
    """A demand that bills past an end. `billed_to` and `ended_on` are first days that are no longer billed, or due."""

    demand_id: int
    lease_id: int
    household_id: int
    household_name: str
    month: date
    billed_to: date
    ended_on: date

    @property
    def last_day(self) -> date:
        return self.ended_on - timedelta(days=1)

    @property
    def billed_until(self) -> date:
        return self.billed_to - timedelta(days=1)


# A demand bills to the end of its month at most: one of a month before the end of its lease has nothing to look at.
_STALE = """
SELECT d.id, d.lease_id, h.id, h.name, d.month, (d.inputs->>'to')::date, d.last
FROM (
    SELECT t.id, t.lease_id, t.month, t.inputs, upper(l.period) AS last
    FROM leases_lease l JOIN rent_ledger_rentdemand t
      ON t.lease_id = l.id AND t.kind = 'TERM' AND t.state = 'ISSUED'
     AND t.month >= date_trunc('month', upper(l.period))::date
    -- With an end: said so, the planner knows how few they are.
    WHERE l.period << daterange('9999-12-31', NULL)
    UNION ALL
    SELECT i.id, i.lease_id, i.month, i.inputs,
        (SELECT nullif(max(coalesce(upper(o.period), 'infinity'::date)), 'infinity'::date)
         FROM leases_occupancy o WHERE o.lease_id = i.lease_id)
    FROM rent_ledger_rentdemand i WHERE i.kind = 'INDEMNITY' AND i.state = 'ISSUED'
) d
JOIN leases_lease l ON l.id = d.lease_id
JOIN leases_household h ON h.id = l.household_id
LEFT JOIN rent_ledger_ledgermonth m ON m.month = d.month
WHERE d.last < (d.inputs->>'to')::date AND m.closed_at IS NULL AND {scope}
ORDER BY h.sort_key, d.id
"""


def stale_demands(*, lease_ids: Collection[int] | None = None) -> list[StaleDemand]:
    """Issued demands of open months that bill beyond the end of their lease (or of the stay, for an indemnity)."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STALE.format(scope="true" if lease_ids is None else "d.lease_id = ANY(%(ids)s)"),
            {"ids": sorted(lease_ids) if lease_ids is not None else None},
        )
        return [StaleDemand(*row) for row in cursor.fetchall()]


@transaction.atomic
def correct_demand(*, demand: RentDemand, actor: Actor) -> list[RentDemand]:
    """Cancel a demand and bill again what is still due for its lease and month. Returns the new demands (maybe none).

    `Conflict` where the month is closed, a run of the month is in progress, or the demand is cancelled already.
    """
    require(actor, Role.RENTAL_MANAGER)
    demand = RentDemand.objects.select_for_update(of=("self",)).select_related("run").get(pk=demand.pk)
    month = Month.of(demand.month)
    runs.lock_month(month)
    if demand.state != DemandState.ISSUED:
        raise Conflict("Cet avis est déjà annulé. Rechargez la page.")
    if LedgerMonth.objects.filter(month=month.first, closed_at__isnull=False).exists():
        raise Conflict(f"Le mois {month.month:02d}/{month.year} est clôturé : régularisez dans le mois ouvert.")
    if demand.run.state in (RunState.RUNNING, RunState.UNDOING):
        raise Conflict("Le quittancement de ce mois est en cours. Attendez sa fin.")
    RentDemand.objects.filter(pk=demand.pk).update(state=DemandState.CANCELLED, cancelled_at=clock.now())
    Document.objects.filter(kind="rent_demand", number=demand.reference).update(cancelled_at=clock.now())
    entry = Entry.objects.get(idempotency_key=f"demand:{demand.pk}")
    reverse(entry_ids=[entry.pk], actor=actor, booked_on=month.first, label=f"Avis {demand.reference} corrigé")
    runs.produce(run=demand.run, lease_ids=[demand.lease_id], actor=actor)
    made = RentDemand.objects.filter(lease_id=demand.lease_id, month=month.first, state=DemandState.ISSUED)
    return list(made.filter(pk__gt=demand.pk).order_by("pk"))


def correct_all(*, actor: Actor, lease_ids: Collection[int] | None = None) -> int:
    """Correct every stale demand, each in its own transaction. Returns how many."""
    stale = stale_demands(lease_ids=lease_ids)
    demands = RentDemand.objects.in_bulk([s.demand_id for s in stale])
    for line in stale:
        correct_demand(demand=demands[line.demand_id], actor=actor)
    return len(stale)
