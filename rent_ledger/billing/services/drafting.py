"""What a run would bill: one draft per demand, and the leases that are held back with their reason.

Which demands a lease has for a month is said by the pure rule of `leases.contracts.rules.billing`; `sources` then adds
their lines. Reads a fixed number of sets, writes nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common import clock
from common.codes import with_codes
from common.copy import bigints
from common.errors import DomainError
from common.money import ZERO
from common.periods import ONE_DAY, Month
from common.reasons import Reason
from leases.contracts.codes import DEBTOR_ROLES, DemandKind, EndReason, LeaseState
from leases.contracts.rules.billing import DueRow, TermRow, asked_for, bill_month
from office.house.codes import HeldFor
from rent_ledger.billing import sources
from rent_ledger.billing.codes import DemandState, HeldBack, HeldCure, LineSource
from rent_ledger.billing.parameters import days_to_pay
from rent_ledger.billing.sources import Draft
from rent_ledger.rights.rules.benefits import benefit_exit


class Blocked(NamedTuple):
    """A lease that the run leaves out: why, and what to do."""

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    reason: Reason
    cure: Reason


class Replaced(NamedTuple):
    """What a correction takes back: what was asked, and for which day."""

    net: Decimal
    due_on: date


class _Lease(NamedTuple):
    id: int
    reference: str
    household_id: int
    household_name: str
    state: str
    lower: date | None
    upper: date | None
    collected_for: str
    owner_id: int
    ordered_by_id: int | None
    agreement_upper: date | None
    notice_on: date | None
    end_reason: str
    is_bound: bool
    occupied: tuple[date | None, date | None] | None


_IDS = with_codes(
    """
SELECT l.id, upper(l.period) IS NULL OR upper(l.period) >= upper(%(month)s::daterange) FROM leases_lease l
WHERE (l.period && %(month)s::daterange
       OR (SELECT daterange(min(lower(o.period)), nullif(max(coalesce(upper(o.period), 'infinity'::date)), 'infinity'))
           FROM leases_occupancy o WHERE o.lease_id = l.id HAVING count(*) > 0) && %(month)s::daterange)
    AND l.state <> LeaseState.DRAFT AND {scope}
ORDER BY l.id
""",
    LeaseState,
)
_BILLED = with_codes(
    """
SELECT lease_id FROM rent_ledger_rentdemand
WHERE month = lower(%(month)s::daterange) AND state = DemandState.ISSUED AND kind = DemandKind.TERM
""",
    DemandState,
    DemandKind,
)
# A lease that runs to the month's end and has its term is done: nothing more can be billed for it.
_LEASES = with_codes(
    """
SELECT l.id, l.reference, l.household_id, h.name, l.state, lower(l.period), upper(l.period), l.collected_for,
       a.owner_id, a.ordered_by_id, upper(a.period), l.notice_on, l.end_reason,
       EXISTS (SELECT 1 FROM leases_leaseparty p
               WHERE p.lease_id = l.id AND p.role IN DEBTOR_ROLES AND p.period && %(month)s::daterange),
       o.entry, o.exit
FROM leases_lease l
JOIN leases_household h ON h.id = l.household_id
JOIN stock_headagreement a ON a.id = l.agreement_id
LEFT JOIN LATERAL (
    SELECT min(lower(period)) AS entry, nullif(max(coalesce(upper(period), 'infinity'::date)), 'infinity'::date) AS exit
    FROM leases_occupancy WHERE lease_id = l.id
) o ON true
WHERE (l.period && %(month)s::daterange OR daterange(o.entry, o.exit) && %(month)s::daterange) AND {scope}
    AND NOT EXISTS (SELECT 1 FROM rent_ledger_rentdemand d
      WHERE d.lease_id = l.id AND d.month = lower(%(month)s::daterange) AND d.state = DemandState.ISSUED
        AND d.kind = DemandKind.TERM
        AND (upper(l.period) IS NULL OR upper(l.period) >= upper(%(month)s::daterange)))
ORDER BY l.id
""",
    DemandState,
    DemandKind,
    DEBTOR_ROLES=DEBTOR_ROLES,
)
# Materialised: while a run fills a month, the statistics still say that it is empty, and the planner would read the
# month once per lease.
_DEMANDED = with_codes(
    """
WITH demanded AS MATERIALIZED (
    SELECT d.lease_id, d.kind, d.billed_to FROM rent_ledger_rentdemand d
    WHERE d.month = lower(%(month)s::daterange) AND d.state = DemandState.ISSUED
)
SELECT lease_id, kind, billed_to FROM demanded WHERE lease_id = ANY(%(ids)s::bigint[])
""",
    DemandState,
)


# A month that a later demand billed whole as rappels.
_AS_RAPPEL = with_codes(
    """
SELECT d.lease_id FROM rent_ledger_demandline n JOIN rent_ledger_rentdemand d ON d.id = n.demand_id
WHERE n.source = LineSource.RAPPEL AND n.for_month = lower(%(month)s::daterange) AND NOT n.inputs ? 'billed'
    AND d.state = DemandState.ISSUED AND d.lease_id = ANY(%(ids)s::bigint[])
""",
    LineSource,
    DemandState,
)


def _query(sql: str, month: Month, lease_ids: Collection[int] | None) -> list[tuple[Any, ...]]:
    params = {"month": f"[{month.first},{month.plus(1).first})"}
    if lease_ids is not None:
        params["ids"] = bigints(sorted(lease_ids))
    with connection.cursor() as cursor:
        cursor.execute(sql.format(scope="true" if lease_ids is None else "l.id = ANY(%(ids)s::bigint[])"), params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _leases(month: Month, lease_ids: Collection[int] | None) -> list[_Lease]:
    return [
        _Lease._make((*facts, None if entry is None else (entry, exit_)))
        for *facts, entry, exit_ in _query(_LEASES, month, lease_ids)
    ]


def billable_leases(*, month: Month, lease_ids: Collection[int] | None = None) -> list[int]:
    """Leases for which `draft` finds something to bill: exact for a few leases, by one query for many.

    For many, it may include leases that turn out to be blocked; no lease that can be billed is missing.
    """
    # Subtracted in Python: just after a run, PostgreSQL's statistics still say that the month is empty, and it would
    # loop per lease.
    billed = {row[0] for row in _query(_BILLED, month, None)}
    waiting = [pk for pk, runs_on in _query(_IDS, month, lease_ids) if not (runs_on and pk in billed)]
    if len(waiting) > 2000:
        return waiting
    drafts, _ = draft(month=month, lease_ids=waiting)
    return sorted({d.lease_id for d in drafts})


def draft(
    *, month: Month, lease_ids: Collection[int] | None = None, replaced: Mapping[int, Replaced] | None = None
) -> tuple[list[Draft], list[Blocked]]:
    """Drafts and held-back leases for `month`, in lease order. Demands that exist already (not cancelled) are left out.

    `lease_ids` None: every lease that the month touches. `replaced`: by lease id, the demand that a correction takes
    back.
    """
    leases = _leases(month, lease_ids)
    ids = [lease.id for lease in leases]
    terms: defaultdict[int, list[TermRow]] = defaultdict(list)
    for lease_id, *rest in _query(
        "SELECT lease_id, id, nature, amount, lower(period), upper(period) FROM leases_rentterm "
        "WHERE lease_id = ANY(%(ids)s::bigint[]) AND period && %(month)s::daterange ORDER BY id", month, ids,
    ):  # fmt: skip
        terms[lease_id].append(TermRow(*rest))
    due: defaultdict[int, list[DueRow]] = defaultdict(list)
    for lease_id, *rest in _query(
        "SELECT lease_id, due_rule, due_day, lower(period), upper(period) FROM leases_dueterms "
        "WHERE lease_id = ANY(%(ids)s::bigint[]) ORDER BY id", month, ids,
    ):  # fmt: skip
        due[lease_id].append(DueRow(*rest))
    as_rappel = {row[0] for row in _query(_AS_RAPPEL, month, ids)}
    demanded: defaultdict[int, dict[str, date]] = defaultdict(dict)
    for lease_id, kind, billed_to in _query(_DEMANDED, month, ids):
        demanded[lease_id][kind] = billed_to

    drafts: list[Draft] = []
    blocked: list[Blocked] = []
    for lease in leases:
        if lease.id in as_rappel:
            continue
        try:
            found = _open_one(month, lease, terms[lease.id], due[lease.id])
        except DomainError as error:
            refused = Reason(HeldBack.REFUSED, {"message": error.message})
            blocked.append(_blocked(lease, refused, HeldCure.OPEN_LEASE))
            continue
        if isinstance(found, Blocked):
            blocked.append(found)
        elif lease.id not in demanded:
            drafts += found
        elif any(
            d.start < billed_to for d in found for kind, billed_to in demanded[lease.id].items() if kind != d.kind
        ):
            blocked.append(_blocked(lease, Reason(HeldBack.BILLED_BEYOND), HeldCure.CORRECT_DEMAND))
        else:
            for d in found:
                d.is_made = d.kind in demanded[lease.id]
            drafts += found
    for source in sources.SOURCES:
        source.add_lines(month=month, drafts=drafts)
    drafts = [d for d in drafts if not d.is_made]
    today = clock.today()
    late = [d for d in drafts if d.part.due_on < today]
    if late:
        _leave_time(late, today, replaced or {})
    return drafts, blocked


def _leave_time(late: Sequence[Draft], today: date, replaced: Mapping[int, Replaced]) -> None:
    """A due day that can be kept, where the contract's has passed."""
    asked: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for d in late:
        asked[d.lease_id] += d.net
    days = days_to_pay(today)
    for d in late:
        before = replaced.get(d.lease_id)
        if before is not None and asked[d.lease_id] > before.net:
            before = None
        due_on = asked_for(d.due_on, issued_on=today, days_left=days, asked_before=before and before.due_on)
        d.part = d.part._replace(due_on=due_on)


def _blocked(lease: _Lease, reason: Reason, cure: HeldCure) -> Blocked:
    return Blocked(lease.id, lease.reference, lease.household_id, lease.household_name, reason, Reason(cure))


def _stay(lease: _Lease) -> tuple[date | None, date | None] | None:
    """The stay as it is known. Who gave notice leaves on the day announced, until the end of the contract says that the
    household is still there. Nobody knows of a contract whose term has not come that somebody stays beyond it."""
    if lease.occupied is None or lease.state != LeaseState.ACTIVE or lease.upper is None:
        return lease.occupied
    if lease.notice_on is None and lease.upper <= clock.today():
        return lease.occupied
    entry_on, exit_on = lease.occupied
    return entry_on, min(exit_on or lease.upper, lease.upper)


def _is_there_on(lease: _Lease, day: date) -> bool:
    """Whether the household lives there on `day`, as far as its occupancies say, and nobody has said that it leaves."""
    if lease.occupied is None or lease.state != LeaseState.ACTIVE or lease.notice_on is not None:
        return False
    return lease.occupied[1] is None or lease.occupied[1] > day


def _open_one(month: Month, lease: _Lease, terms: list[TermRow], due: list[DueRow]) -> list[Draft] | Blocked:
    """The demands of one lease for `month`, without lines: one, or two where the contract ends within it."""
    if lease.state == LeaseState.DRAFT:
        return _blocked(lease, Reason(HeldBack.NOT_READY), HeldCure.FINISH)
    if lease.agreement_upper is not None and lease.agreement_upper <= month.first:
        ended = Reason(HeldBack.AGREEMENT_ENDED, {"on": lease.agreement_upper - ONE_DAY})
        return _blocked(lease, ended, HeldCure.EXTEND_OR_END)
    occupied = _stay(lease)
    parts = bill_month(month=month, terms=terms, due=due, lease_span=(lease.lower, lease.upper), occupied=occupied)
    if not parts:
        last_day = occupied[1] if occupied else lease.upper
        if last_day is not None and last_day <= month.first:
            if lease.upper is None or not _is_there_on(lease, lease.upper):
                return []
            to_come = Reason(HeldBack.TERM_TO_COME, {"on": lease.upper - ONE_DAY})
            return _blocked(lease, to_come, HeldCure.EXTEND_OR_END_LEASE)
        return _blocked(lease, Reason(HeldBack.NO_TERMS), HeldCure.SET_TERMS)
    if not lease.is_bound and any(part.kind == DemandKind.TERM for part in parts):
        return _blocked(lease, Reason(HeldBack.NOBODY_BOUND), HeldCure.NAME_HOLDER)
    entry_on, exit_on = occupied or (lease.lower, lease.upper)
    exit_on = benefit_exit(exit_on, died=lease.end_reason == EndReason.DEATH)
    owner = None
    if lease.collected_for == HeldFor.MANDANTS:
        owner = lease.owner_id
    elif lease.collected_for == HeldFor.PUBLIC_BODY:
        owner = lease.ordered_by_id or lease.owner_id
    return [
        Draft(
            lease.id,
            lease.reference,
            lease.household_id,
            lease.household_name,
            part,
            entry_on or month.first,
            exit_on,
            owner,
            parts[1 - index] if len(parts) > 1 else None,
        )
        for index, part in enumerate(parts)
    ]
