"""Demands that no longer say what the lease says, and their correction.

The contract or the stay ended inside what was billed in advance, or the household left and no demand follows that would
say what changed.

A correction cancels the demand by its reversal, bills what remains due by the same rule, and settles the benefit of its
month again. The three are one act, laid as one: what the benefit of the month pays, free money does not.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction

from common import clock, typography
from common.codes import with_codes
from common.copy import bigints
from common.errors import Conflict
from common.money import ZERO
from common.periods import Month
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import Document
from rent_ledger.billing.codes import DemandState, HeldBack, LineSource, RunState
from rent_ledger.billing.models import DemandLine, Receipt, RentDemand, RentRun
from rent_ledger.billing.services import runs
from rent_ledger.billing.services.drafting import Replaced, draft
from rent_ledger.billing.services.sending import withdraw_avis
from rent_ledger.billing.services.settlement import settle_received_months
from rent_ledger.billing.sources.rappels import IS_SHORT, left_over
from rent_ledger.books.models import LedgerMonth
from rent_ledger.books.services.posting import JointAllocation, reverse
from rent_ledger.rights.parameters import claim_months


@dataclass(frozen=True, slots=True)
class StaleDemand:
    """A demand to correct. `billed_to` and `ended_on` are first days that are no longer billed, or due.

    `left`: None where it bills past the end. Else euros that past months lack (below zero: that they asked too much):
    the household has left, and no other demand can say it. `is_closed`: its month is, so it can't be made again.
    """

    demand_id: int
    lease_id: int
    household_id: int
    household_name: str
    month: date
    billed_to: date
    ended_on: date
    left: Decimal | None = None
    is_closed: bool = False

    @property
    def to_give_back(self) -> Decimal | None:
        return -self.left if self.left is not None and self.left < ZERO else None

    @property
    def last_day(self) -> date:
        return self.ended_on - timedelta(days=1)

    @property
    def billed_until(self) -> date:
        return self.billed_to - timedelta(days=1)


# A demand bills to the end of its month at most, so demands of months before the end of the lease are never stale.
_STALE = with_codes(
    """
SELECT d.id, d.lease_id, h.id, h.name, d.month, d.billed_to, d.last
FROM (
    SELECT t.id, t.lease_id, t.month, t.billed_to, upper(l.period) AS last
    FROM leases_lease l JOIN rent_ledger_rentdemand t
      ON t.lease_id = l.id AND t.kind = DemandKind.TERM AND t.state = DemandState.ISSUED
     AND t.month >= date_trunc('month', upper(l.period))::date
    -- With an end: said so, the planner knows how few they are.
    WHERE l.period << daterange('9999-12-31', NULL)
    UNION ALL
    SELECT i.id, i.lease_id, i.month, i.billed_to,
        (SELECT nullif(max(coalesce(upper(o.period), 'infinity'::date)), 'infinity'::date)
         FROM leases_occupancy o WHERE o.lease_id = i.lease_id)
    FROM rent_ledger_rentdemand i WHERE i.kind = DemandKind.INDEMNITY AND i.state = DemandState.ISSUED
) d
JOIN leases_lease l ON l.id = d.lease_id
JOIN leases_household h ON h.id = l.household_id
LEFT JOIN rent_ledger_ledgermonth m ON m.month = d.month
WHERE d.last < d.billed_to AND m.closed_at IS NULL AND {scope}
ORDER BY h.sort_key, d.id
""",
    DemandKind,
    DemandState,
)


def stale_demands(*, lease_ids: Collection[int] | None = None) -> list[StaleDemand]:
    """Issued demands of open months that bill beyond the end of their lease (or of the stay, for an indemnity)."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STALE.format(scope="true" if lease_ids is None else "d.lease_id = ANY(%(ids)s)"),
            {"ids": sorted(lease_ids) if lease_ids is not None else None},
        )
        return [StaleDemand(*row) for row in cursor.fetchall()]


# Who left, and whose last month is billed: no demand follows. Only where an amount was recorded after a demand that it
# touches, where the contract went on beyond the end that one bills until, or where a rappel stands. The last demand of
# each, the term's before the indemnity's.
_LEFT = with_codes(
    """
WITH gone AS MATERIALIZED (
    SELECT l.id, l.household_id, greatest(upper(l.period), o.exit) AS exit
    FROM leases_lease l CROSS JOIN LATERAL (
        SELECT max(coalesce(upper(period), 'infinity'::date)) AS exit FROM leases_occupancy WHERE lease_id = l.id
    ) o
    WHERE l.period << daterange('9999-12-31', NULL) AND upper(l.period) > %(since)s AND {scope}
), late AS MATERIALIZED (
    SELECT t.lease_id FROM gone g JOIN leases_rentterm t ON t.lease_id = g.id
    JOIN rent_ledger_rentdemand d ON d.lease_id = g.id AND d.state = DemandState.ISSUED
        AND d.issued_at < t.recorded_at + interval '1 hour' AND (d.month + interval '1 month')::date > lower(t.period)
    WHERE g.exit < 'infinity'
    UNION
    SELECT d.lease_id FROM gone g JOIN leases_lease l ON l.id = g.id
    JOIN rent_ledger_rentdemand d ON d.lease_id = g.id AND d.state = DemandState.ISSUED
    WHERE g.exit < 'infinity' AND {short}
    UNION
    SELECT d.lease_id FROM gone g JOIN rent_ledger_rentdemand d ON d.lease_id = g.id AND d.state = DemandState.ISSUED
    JOIN rent_ledger_demandline n ON n.demand_id = d.id AND n.source = LineSource.RAPPEL
    WHERE g.exit < 'infinity'
)
SELECT d.id, g.id, h.id, h.name, d.month, d.billed_to, g.exit, d.net
FROM late JOIN gone g ON g.id = late.lease_id JOIN leases_household h ON h.id = g.household_id
CROSS JOIN LATERAL (
    SELECT r.id, r.month, r.billed_to, r.net FROM rent_ledger_rentdemand r
    WHERE r.lease_id = g.id AND r.state = DemandState.ISSUED ORDER BY r.month DESC, r.kind DESC LIMIT 1
) d
WHERE g.exit <= (d.month + interval '1 month')::date
ORDER BY h.sort_key, d.id
""",
    DemandState,
    LineSource,
)


def unclaimed(*, lease_ids: Collection[int] | None = None) -> list[StaleDemand]:
    """Demands to make again so that nothing of a household that left is lost: what changed after its month was billed,
    and no later demand will claim or give back.

    It is the last one of the lease, which then carries the rappel. Where it asks too little to give all back, it is the
    demand of the month that asked too much.
    """
    today = Month.of(clock.today())
    params = {
        "since": today.plus(-claim_months(today.first)).first,
        "ids": None if lease_ids is None else bigints(sorted(lease_ids)),
    }
    with connection.cursor() as cursor:
        scope = "true" if lease_ids is None else "l.id = ANY(%(ids)s::bigint[])"
        cursor.execute(_LEFT.format(scope=scope, short=IS_SHORT), params)
        nets = {StaleDemand(*row): net for *row, net in cursor.fetchall()}
    if not nets:
        return []
    waiting = {stale.lease_id for stale in stale_demands(lease_ids=lease_ids)}
    lacking = left_over({s.lease_id: Month.of(s.month) for s in nets if s.lease_id not in waiting})
    found = []
    for last, net in nets.items():
        if last.lease_id in lacking:
            rest = lacking[last.lease_id]
            left = sum((rappel.amount for rappel in rest), ZERO)
            own = None if net + left >= ZERO else _too_much([r.month for r in rest if r.amount < ZERO], last)
            found.append(replace(own or last, left=left))
    closed = set(
        LedgerMonth.objects.filter(month__in={line.month for line in found}, closed_at__isnull=False).values_list(
            "month", flat=True
        )
    )
    return [replace(line, is_closed=line.month in closed) for line in found]


def _too_much(months: Collection[Month], last: StaleDemand) -> StaleDemand | None:
    """The last demand of these months of the lease."""
    demand = (
        RentDemand.objects.filter(
            lease=last.lease_id, state=DemandState.ISSUED, month__in=[month.first for month in months]
        )
        .order_by("-month", "-kind")
        .first()
    )
    if demand is None:
        return None
    return replace(last, demand_id=demand.pk, month=demand.month, billed_to=demand.billed_to)


@needs(Write(Data.RENT_RUN))
@transaction.atomic
def correct_demand(*, demand: RentDemand, actor: Actor) -> list[RentDemand]:
    """Cancel a demand and bill again what is still due for its lease and month. Returns the new demands (maybe none).

    `Conflict` where the month is closed, a run of the month is in progress, the demand is cancelled already, or the
    lease would be held back: what is due for its days would be asked by no demand; or its avis is leaving. What was
    erased, lost or remitted of it settles what the new demands leave open; the rest of it is taken back, and never
    becomes money of the household.
    """
    # Month, lease, demand: an undo of the run takes them in this order. What is read before them may have changed.
    month = Month.of(demand.month)
    for locked in sorted({month, *_missed(demand)}):
        runs.lock_month(locked)
    runs.lock_leases([demand.lease_id])
    # The message before its demand, as the worker that sends it.
    withdraw_avis(demand_ids=[demand.pk], why=f"L’avis {demand.reference} est corrigé : il ne demande plus rien.")
    demand = RentDemand.objects.select_for_update(of=("self",)).select_related("run").get(pk=demand.pk)
    missed = _missed(demand)
    if demand.state != DemandState.ISSUED:
        raise Conflict("Cet avis est déjà annulé. Rechargez la page.")
    if LedgerMonth.objects.filter(month=month.first, closed_at__isnull=False).exists():
        raise Conflict(f"Le mois {typography.month(month, 'de')} est clôturé : régularisez dans le mois ouvert.")
    if demand.run.state in (RunState.RUNNING, RunState.UNDOING):
        raise Conflict("Le quittancement de ce mois est en cours. Attendez sa fin.")
    RentDemand.objects.filter(pk=demand.pk).update(state=DemandState.CANCELLED, cancelled_at=clock.now())
    Document.objects.filter(kind="rent_demand", number=demand.reference).update(cancelled_at=clock.now())
    Document.objects.filter(receipt__demand=demand).update(cancelled_at=clock.now())
    Receipt.objects.filter(demand=demand, cancelled_at=None).update(cancelled_at=clock.now())
    # One that another demand of the month bills beyond its end is made with the correction of that other one.
    _, blocked = draft(month=month, lease_ids=[demand.lease_id])
    for held in (b for b in blocked if b.reason.code != HeldBack.BILLED_BEYOND):
        raise Conflict(
            f"L’avis {demand.reference} n’est pas corrigé : aucun autre ne le remplacerait. {held.reason.text()}. "
            f"{held.cure.text()}"
        )
    joint = JointAllocation()
    label = f"Avis {demand.reference} corrigé"
    reverse(entry_ids=[demand.entry_id], actor=actor, booked_on=month.first, label=label, joint=joint)
    replaced = {demand.lease_id: Replaced(demand.net, demand.due_on)}
    runs.produce(run=demand.run, lease_ids=[demand.lease_id], actor=actor, joint=joint, replaced=replaced)
    for past, run in missed.items():
        # Its own demand, unless the new one bills it again.
        again = runs.produce(run=run, lease_ids=[demand.lease_id], actor=actor, joint=joint, replaced=replaced)
        if again and LedgerMonth.objects.filter(month=past.first, closed_at__isnull=False).exists():
            raise Conflict(
                f"Cet avis est le seul à appeler {typography.month(past)}, qui est clôturé : "
                "régularisez dans le mois ouvert."
            )
    # Settle again: benefit may have come for days no longer billed, or was wrongly counted as missing.
    settle_received_months(lease_ids=[demand.lease_id], actor=actor, joint=joint)
    joint.finish(actor=actor)
    made = RentDemand.objects.filter(lease_id=demand.lease_id, month=month.first, state=DemandState.ISSUED)
    return list(made.filter(pk__gt=demand.pk).order_by("pk"))


def _missed(demand: RentDemand) -> dict[Month, RentRun]:
    """Months that `demand` billed whole as rappels, with the last run of each."""
    lines = DemandLine.objects.filter(demand=demand, source=LineSource.RAPPEL).exclude(nature=Nature.BENEFIT)
    months = sorted({line.for_month for line in lines if "billed" not in line.inputs})
    made = RentRun.objects.filter(month__in=months, state=RunState.DONE).order_by("month", "pk")
    return {Month.of(run.month): run for run in made}


# How often `correct_all` looks again at what is unclaimed.
_ROUNDS = 4


@needs(Write(Data.RENT_RUN))
def correct_all(*, actor: Actor, lease_ids: Collection[int] | None = None) -> int:
    """Correct every stale demand, then what is unclaimed of who left; each in its own transaction. Returns how many.

    What would be said by a demand of a closed month is left. Aid that waited for a demand which will not come any more
    is settled. Where one is refused the others are corrected, then its `Conflict` is raised.
    """
    refused: dict[int, Conflict] = {}

    def correct(lines: Collection[StaleDemand]) -> int:
        demands = RentDemand.objects.in_bulk([line.demand_id for line in lines])
        for line in lines:
            try:
                correct_demand(demand=demands[line.demand_id], actor=actor)
            except Conflict as refusal:
                refused[line.demand_id] = refusal
        return sum(line.demand_id not in refused for line in lines)

    done = correct(stale_demands(lease_ids=lease_ids))
    # The month that asked too much, then what a later demand gave back of it already.
    for _ in range(_ROUNDS):
        unsaid = unclaimed(lease_ids=lease_ids)
        left = [line for line in unsaid if not line.is_closed and line.demand_id not in refused]
        done += correct(left)
        if not left:
            break
    settle_received_months(lease_ids=lease_ids, actor=actor)
    for refusal in refused.values():
        raise refusal
    return done
