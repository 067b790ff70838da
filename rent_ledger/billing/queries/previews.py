"""What a run would do, and what was produced, beside the month before. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from common.codes import with_codes
from common.copy import bigints
from common.money import ZERO
from common.periods import Month
from leases.contracts.codes import DemandKind
from leases.contracts.natures import Nature
from leases.households.queries import order_of
from rent_ledger.billing.codes import DemandState, LineSource
from rent_ledger.billing.models import GroupSum
from rent_ledger.billing.rules.differences import GROUPS, Billed, Difference, differences
from rent_ledger.billing.services.drafting import Blocked, draft
from rent_ledger.billing.sources import Draft


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A lease this month beside last month. `before` or `now` is None where nothing was or is asked.

    `is_made`: its demand of the month exists already. The reasons add up to the difference.
    """

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    before: Decimal | None
    now: Decimal | None
    reasons: tuple[Difference, ...] = ()
    is_made: bool = False


@dataclass(frozen=True, slots=True)
class BlockedRow:
    """A lease held back: `before` is what was asked last month, `monthly` what its terms bill for a whole month."""

    blocked: Blocked
    before: Decimal | None
    monthly: Decimal


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a run of `month` would do, compared with the month before. `rows` and `blocked` are sorted by name."""

    month: Month
    rows: list[PreviewRow]
    blocked: list[BlockedRow]
    draft_count: int
    drafted: Decimal
    made_count: int
    before_count: int

    @property
    def lease_count(self) -> int:
        return len({row.lease_id for row in self.rows if row.now is not None}) + len(self.blocked)

    @property
    def groups(self) -> list[GroupSum]:
        """The reasons by kind, in the order of a page."""
        count: defaultdict[str, int] = defaultdict(int)
        amount: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        for row in self.rows:
            for reason in row.reasons:
                count[reason.group] += 1
                amount[reason.group] += reason.amount
        return [GroupSum(group, count[group], amount[group]) for group in GROUPS if count[group]]


def simulate(month: Month) -> Simulation:
    """The whole draft is computed, so that totals and the number on the button are exactly the run's.

    A constant number of queries.
    """
    drafts, blocked = draft(month=month)
    by_lease: defaultdict[int, list[Draft]] = defaultdict(list)
    for d in drafts:
        by_lease[d.lease_id].append(d)
    made, before = _stored(month)
    rows = _rows(month, by_lease, made, before, {b.lease_id for b in blocked})
    order = order_of(row.household_id for row in rows)
    rows.sort(key=lambda row: (order[row.household_id], row.lease_reference))
    return Simulation(
        month=month,
        rows=rows,
        blocked=_blocked(blocked, before, month),
        draft_count=len(drafts),
        drafted=sum((d.net for d in drafts), ZERO),
        made_count=sum(len(demands) for demands in made.values()),
        before_count=len(before),
    )


def compare(month: Month, lease_ids: Sequence[int]) -> dict[int, PreviewRow]:
    """What was produced for `month` beside the month before, for these leases (three queries)."""
    made, before = _stored(month, lease_ids)
    return {row.lease_id: row for row in _rows(month, {}, made, before, set())}


class _Stored(NamedTuple):
    """A demand that stands. `terms`: ids of the rent terms that it bills, in the order of its lines; `others`: the sum
    of its lines that are neither those nor an aid; `past`: first days of the other months that lines are about."""

    kind: str
    gross: Decimal
    benefit: Decimal
    start: date
    end: date
    terms: list[int]
    others: Decimal
    past: list[date]


_STORED = with_codes(
    """
SELECT d.lease_id, d.month, d.kind, d.gross, d.benefit, d.billed_from, d.billed_to,
    coalesce(array_agg((n.inputs->>'term')::bigint ORDER BY n.position)
        FILTER (WHERE n.source = LineSource.RENT_TERM AND n.inputs ? 'term'), '{}'),
    coalesce(sum(n.amount) FILTER (WHERE n.source <> LineSource.RENT_TERM AND n.nature <> Nature.BENEFIT), 0),
    coalesce(array_agg(DISTINCT n.for_month) FILTER (WHERE n.for_month <> d.month), '{}')
FROM rent_ledger_rentdemand d JOIN rent_ledger_demandline n ON n.demand_id = d.id
WHERE d.month = ANY(%(months)s) AND d.state = DemandState.ISSUED
    AND (%(leases)s::bigint[] IS NULL OR d.lease_id = ANY(%(leases)s::bigint[]))
GROUP BY d.id ORDER BY d.id
""",
    LineSource,
    DemandState,
    Nature,
)


def _stored(
    month: Month, lease_ids: Sequence[int] | None = None
) -> tuple[dict[int, list[_Stored]], dict[int, list[_Stored]]]:
    """Demands that stand, by lease: those of the month, those of the month before (one query)."""
    found: dict[date, defaultdict[int, list[_Stored]]] = {
        month.first: defaultdict(list),
        month.plus(-1).first: defaultdict(list),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _STORED, {"months": list(found), "leases": None if lease_ids is None else bigints(sorted(lease_ids))}
        )
        for lease_id, first, *demand in cursor.fetchall():
            found[first][lease_id].append(_Stored._make(demand))
    return dict(found[month.first]), dict(found[month.plus(-1).first])


def _rows(
    month: Month,
    drafts: dict[int, list[Draft]],
    made: dict[int, list[_Stored]],
    before: dict[int, list[_Stored]],
    held: set[int],
) -> list[PreviewRow]:
    same = {lease for lease, found in drafts.items() if lease not in made and _is_same(month, found, before.get(lease))}
    rest = (set(drafts) | set(made) | set(before)) - same
    stored = [demand for side in (made, before) for lease in rest for demand in side.get(lease, ())]
    amounts = _term_amounts(term for demand in stored for term in demand.terms)
    facts = _lease_facts(rest - set(drafts), {lease for lease in rest if lease not in before})
    rows = []
    for lease, found in drafts.items():
        first = found[0]
        if lease in same:
            net = found[0].net
            rows.append(PreviewRow(lease, first.lease_reference, first.household_id, first.household_name, net, net))
    for lease in rest:
        then = _billed(before.get(lease, ()), amounts)
        now = _add(_billed(made.get(lease, ()), amounts), _drafted(drafts.get(lease, ())))
        if then is None and now is None:
            continue
        if lease in drafts:
            d = drafts[lease][0]
            reference, household, name = d.lease_reference, d.household_id, d.household_name
        else:
            reference, household, name = facts.names[lease]
        rows.append(
            PreviewRow(
                lease, reference, household, name,
                None if then is None else then.net,
                None if now is None else now.net,
                differences(
                    before=then, now=now, month=month, started_on=facts.starts.get(lease), is_held=lease in held
                ),
                is_made=lease in made,
            )
        )  # fmt: skip
    return rows


def _is_same(month: Month, drafts: Sequence[Draft], before: Sequence[_Stored] | None) -> bool:
    """The usual case, which needs no reason: a whole term at the same amounts, with the same benefit."""
    if before is None or len(before) != 1 or len(drafts) != 1:
        return False
    d, b = drafts[0], before[0]
    return (
        d.kind == b.kind == DemandKind.TERM
        and d.gross == b.gross
        and d.benefit == b.benefit
        and not b.others
        and d.start == month.first
        and d.end == month.plus(1).first
        and b.start == month.plus(-1).first
        and b.end == month.first
        and b.terms == [line.inputs.get("term") for line in d.lines if line.payer_id is None]
    )


def _term_amounts(ids: Iterable[int]) -> dict[int, tuple[str, Decimal]]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, nature, amount FROM leases_rentterm WHERE id = ANY(%s)", [wanted])
        return {pk: (nature, amount) for pk, nature, amount in cursor.fetchall()}


@dataclass(slots=True)
class _Facts:
    names: dict[int, tuple[str, int, str]]
    starts: dict[int, date]


def _lease_facts(unnamed: set[int], arrived: set[int]) -> _Facts:
    """Names of the leases that have no draft, first day of those that were not billed last month."""
    wanted = sorted(unnamed | arrived)
    facts = _Facts({}, {})
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT l.id, l.reference, h.id, h.name, lower(l.period) FROM leases_lease l
                JOIN leases_household h ON h.id = l.household_id WHERE l.id = ANY(%s)
                """,
                [wanted],
            )
            for pk, reference, household, name, start in cursor.fetchall():
                facts.names[pk] = (reference, household, name)
                facts.starts[pk] = start
    return facts


def _billed(demands: Sequence[_Stored], amounts: dict[int, tuple[str, Decimal]]) -> Billed | None:
    if not demands:
        return None
    term = [d for d in demands if d.kind == DemandKind.TERM]
    spans = term or demands
    full: dict[str, Decimal] = {}
    for demand in term:
        # Terms are in order of nature, then of time: the latest amount of a nature is the last.
        full |= dict(amounts[pk] for pk in demand.terms if pk in amounts)
    return Billed(
        term=sum((d.gross - d.others for d in term), ZERO),
        indemnity=sum((d.gross - d.others for d in demands if d.kind == DemandKind.INDEMNITY), ZERO),
        benefit=sum((d.benefit for d in demands), ZERO),
        others=sum((d.others for d in demands), ZERO),
        past=tuple(sorted({Month.of(first) for d in demands for first in d.past})),
        full=full,
        start=min(d.start for d in spans),
        end=max(d.end for d in spans),
    )


def _drafted(drafts: Sequence[Draft]) -> Billed | None:
    if not drafts:
        return None
    term = [d for d in drafts if d.kind == DemandKind.TERM]
    spans = term or drafts
    return Billed(
        term=sum((d.part.total for d in term), ZERO),
        indemnity=sum((d.part.total for d in drafts if d.kind == DemandKind.INDEMNITY), ZERO),
        benefit=sum((d.benefit for d in drafts), ZERO),
        others=sum((d.gross - d.part.total for d in drafts), ZERO),
        past=tuple(sorted({line.for_month for d in drafts for line in d.lines if line.for_month})),
        full={line.nature: line.monthly for d in term for line in d.part.lines},
        start=min(d.start for d in spans),
        end=max(d.end for d in spans),
    )


def _add(one: Billed | None, other: Billed | None) -> Billed | None:
    """A term made earlier and an indemnity still to make (or the reverse) are one month."""
    if one is None or other is None:
        return one or other
    term = one if one.term else other
    return Billed(
        term=one.term + other.term,
        indemnity=one.indemnity + other.indemnity,
        benefit=one.benefit + other.benefit,
        others=one.others + other.others,
        past=tuple(sorted({*one.past, *other.past})),
        full={**other.full, **one.full},
        start=term.start,
        end=term.end,
    )


def _blocked(blocked: Sequence[Blocked], before: dict[int, list[_Stored]], month: Month) -> list[BlockedRow]:
    monthly: dict[int, Decimal] = {}
    if blocked:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT DISTINCT ON (lease_id, nature) lease_id, amount FROM leases_rentterm
                WHERE lease_id = ANY(%s) AND period && %s::daterange ORDER BY lease_id, nature, lower(period) DESC
                """,
                [[b.lease_id for b in blocked], f"[{month.first},{month.plus(1).first})"],
            )
            for lease_id, amount in cursor.fetchall():
                monthly[lease_id] = monthly.get(lease_id, ZERO) + amount
    rows = []
    for b in blocked:
        demands = before.get(b.lease_id)
        asked = None if demands is None else sum((d.gross - d.benefit for d in demands), ZERO)
        rows.append(BlockedRow(b, asked, monthly.get(b.lease_id, ZERO)))
    order = order_of(row.blocked.household_id for row in rows)
    return sorted(rows, key=lambda row: (order[row.blocked.household_id], row.blocked.lease_reference))
