"""What a run would bill: one draft per demand, and the leases that are held back with their reason.

Reads a fixed number of sets, calls the pure rules of `leases.rules.billing` and `rent_ledger.rules.benefits` on plain
values, writes nothing.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common.copy import bigints
from common.errors import DomainError
from common.money import ZERO
from common.periods import Month
from leases.enums import LeaseState
from leases.rules.billing import BilledLine, BilledPart, DueRow, TermRow, bill_month
from office.enums import HeldFor
from rent_ledger.rules.benefits import BenefitParams, ExpectedBenefit, RightRow, expected_benefit

# Benefits are for rent and charges: other natures are the household's own.
BENEFIT_BASE = frozenset({"RENT", "CHARGES"})


class Draft(NamedTuple):
    """One demand to be. `benefit` ≤ rent + charges; `net` = gross − benefit. `owner_id`: on whose behalf, if not us."""

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    kind: str
    due_on: date
    start: date
    end: date
    lines: tuple[BilledLine, ...]
    gross: Decimal
    expected: ExpectedBenefit
    owner_id: int | None
    # The other part of a month in which the contract ended: both share one rounding.
    other: BilledPart | None = None

    @property
    def benefit(self) -> Decimal:
        return self.expected.amount

    @property
    def net(self) -> Decimal:
        return self.gross - self.expected.amount


class Blocked(NamedTuple):
    """A lease that the run leaves out: why, and what to do."""

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    reason: str
    cure: str


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
    occupied: tuple[date | None, date | None] | None


# A lease that runs to the month's end and has its term is done: nothing more can be billed for it.
_WAITING = """
    AND NOT EXISTS (SELECT 1 FROM rent_ledger_rentdemand d
      WHERE d.lease_id = l.id AND d.month = lower(%(month)s::daterange) AND d.state = 'ISSUED' AND d.kind = 'TERM'
        AND (upper(l.period) IS NULL OR upper(l.period) >= upper(%(month)s::daterange)))
"""
_IDS = """
SELECT l.id, upper(l.period) IS NULL OR upper(l.period) >= upper(%(month)s::daterange) FROM leases_lease l
WHERE (l.period && %(month)s::daterange
       OR (SELECT daterange(min(lower(o.period)), nullif(max(coalesce(upper(o.period), 'infinity'::date)), 'infinity'))
           FROM leases_occupancy o WHERE o.lease_id = l.id HAVING count(*) > 0) && %(month)s::daterange)
    AND l.state <> 'DRAFT' AND {scope}
ORDER BY l.id
"""
_BILLED = """
SELECT lease_id FROM rent_ledger_rentdemand
WHERE month = lower(%(month)s::daterange) AND state = 'ISSUED' AND kind = 'TERM'
"""
_LEASES = f"""
SELECT l.id, l.reference, l.household_id, h.name, l.state, lower(l.period), upper(l.period), l.collected_for,
       a.owner_id, a.ordered_by_id, upper(a.period), o.entry, o.exit
FROM leases_lease l
JOIN leases_household h ON h.id = l.household_id
JOIN stock_headagreement a ON a.id = l.agreement_id
LEFT JOIN LATERAL (
    SELECT min(lower(period)) AS entry, nullif(max(coalesce(upper(period), 'infinity'::date)), 'infinity'::date) AS exit
    FROM leases_occupancy WHERE lease_id = l.id
) o ON true
WHERE (l.period && %(month)s::daterange OR daterange(o.entry, o.exit) && %(month)s::daterange) AND {{scope}} {_WAITING}
ORDER BY l.id
"""  # noqa: S608  a constant of ours
# Read apart: while a run fills a month, the planner still takes it for empty and would look each lease up in it.
_DEMANDED = """
WITH demanded AS MATERIALIZED (
    SELECT d.lease_id, d.kind, d.inputs FROM rent_ledger_rentdemand d
    WHERE d.month = lower(%(month)s::daterange) AND d.state = 'ISSUED'
)
SELECT lease_id, kind, (inputs->>'to')::date FROM demanded WHERE lease_id = ANY(%(ids)s::bigint[])
"""


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
    """Leases for which `draft` finds something to bill: asked in full for a few, by set for many.

    For many the answer may hold leases that turn out to be blocked; none that can be billed is missing.
    """
    # Taken from each other here: a month just billed is still empty for the planner, which would read it per lease.
    billed = {row[0] for row in _query(_BILLED, month, None)}
    waiting = [pk for pk, runs_on in _query(_IDS, month, lease_ids) if not (runs_on and pk in billed)]
    if len(waiting) > 2000:
        return waiting
    drafts, _ = draft(month=month, lease_ids=waiting)
    return sorted({d.lease_id for d in drafts})


def draft(
    *, month: Month, lease_ids: Collection[int] | None = None, params: BenefitParams | None = None
) -> tuple[list[Draft], list[Blocked]]:
    """Drafts and held-back leases for `month`, in lease order. What is demanded already (not cancelled) is no draft.

    `lease_ids` None: every lease that the month touches.
    """
    params = params or BenefitParams()
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
    rights: defaultdict[int, list[RightRow]] = defaultdict(list)
    for lease_id, *rest in _query(
        "SELECT lease_id, id, payer_id, kind, amount, lower(period), upper(period), is_direct FROM "
        "rent_ledger_benefitright WHERE lease_id = ANY(%(ids)s::bigint[]) AND period && %(month)s::daterange", month,
        ids,
    ):  # fmt: skip
        rights[lease_id].append(RightRow(*rest))
    demanded: defaultdict[int, dict[str, date]] = defaultdict(dict)
    for lease_id, kind, billed_to in _query(_DEMANDED, month, ids):
        demanded[lease_id][kind] = billed_to

    drafts: list[Draft] = []
    blocked: list[Blocked] = []
    for lease in leases:
        try:
            found = _draft_one(month, lease, terms[lease.id], due[lease.id], rights[lease.id], params)
        except DomainError as error:
            blocked.append(_blocked(lease, error.message, "Ouvrez le bail pour le compléter."))
            continue
        if isinstance(found, Blocked):
            blocked.append(found)
        elif lease.id not in demanded:
            drafts += found
        elif any(
            d.start < billed_to for d in found for kind, billed_to in demanded[lease.id].items() if kind != d.kind
        ):
            blocked.append(
                _blocked(lease, "Un avis de ce mois va au-delà de la fin du bail", "Corrigez cet avis, puis relancez.")
            )
        else:
            drafts += [d for d in found if d.kind not in demanded[lease.id]]
    return drafts, blocked


def _blocked(lease: _Lease, reason: str, cure: str) -> Blocked:
    return Blocked(lease.id, lease.reference, lease.household_id, lease.household_name, reason, cure)


def _draft_one(
    month: Month, lease: _Lease, terms: list[TermRow], due: list[DueRow], rights: list[RightRow], params: BenefitParams
) -> list[Draft] | Blocked:
    if lease.state == LeaseState.DRAFT:
        return _blocked(lease, "Préparation à terminer", "Complétez les points du bail, puis activez-le.")
    if lease.agreement_upper is not None and lease.agreement_upper <= month.first:
        since = f"Convention terminée le {lease.agreement_upper:%d/%m/%Y}"
        return _blocked(lease, since, "Prolongez la convention ou terminez le bail.")
    parts = bill_month(
        month=month, terms=terms, due=due, lease_span=(lease.lower, lease.upper), occupied=lease.occupied
    )
    if not parts:
        last_day = lease.occupied[1] if lease.occupied else lease.upper
        if last_day is not None and last_day <= month.first:
            return []
        return _blocked(lease, "Aucun loyer fixé pour ce mois", "Saisissez le loyer et les charges du bail.")
    entry_on, exit_on = lease.occupied or (lease.lower, lease.upper)
    owner = None
    if lease.collected_for == HeldFor.MANDANTS:
        owner = lease.owner_id
    elif lease.collected_for == HeldFor.PUBLIC_BODY:
        owner = lease.ordered_by_id or lease.owner_id
    bases = [sum([line.amount for line in part.lines if line.nature in BENEFIT_BASE], ZERO) for part in parts]
    expected = expected_benefit(
        month=month, rights=rights, entry_on=entry_on or month.first, exit_on=exit_on, gross=sum(bases, ZERO),
        params=params,
    )  # fmt: skip
    drafts, left = [], expected.amount
    for index, (part, base) in enumerate(zip(parts, bases, strict=True)):
        share = min(left, base)
        left -= share
        drafts.append(
            Draft(
                lease.id,
                lease.reference,
                lease.household_id,
                lease.household_name,
                part.kind,
                part.due_on,
                part.start,
                part.end,
                part.lines,
                part.total,
                ExpectedBenefit(share, expected.due_on, expected.right_id, expected.payer_id, expected.reason),
                owner,
                parts[1 - index] if len(parts) > 1 else None,
            )
        )
    return drafts
