"""The rappels of a run: what the past months of its leases ask today beside what they asked.

Only the months that something may have changed are computed again: those billed before a rent term that touches them
was recorded, those billed until an end that was taken back or put off since, those that a rappel was made for, and
those that have no demand though their run has been made. A rappel that a run made counts as billed as long as its
demand stands: it is never made twice, and an undo brings it back.

A month billed as that of a departure lacks its aid too, once the household stays: it is awaited with its days.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from common import clock
from common.codes import Code, with_codes
from common.copy import bigints
from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from common.typography import uncapitalised
from leases.contracts.codes import DemandKind, DueRule
from leases.contracts.natures import Nature
from leases.contracts.rules.billing import BilledPart, DueRow, TermRow, bill_month
from rent_ledger.billing.codes import DemandState, LineSource, RunState
from rent_ledger.billing.models import DemandLine
from rent_ledger.billing.rules.rappels import PastMonth, Rappel, differences, rappels
from rent_ledger.billing.sources.expected_benefits import ExpectedBenefits
from rent_ledger.billing.sources.protocol import Draft, Line
from rent_ledger.billing.sources.rent_terms import RentTerms
from rent_ledger.books.rules.natures import BENEFIT_BASE
from rent_ledger.rights.parameters import benefit_params, claim_months
from rent_ledger.rights.queries import rights_by_lease
from rent_ledger.rights.rules.benefits import ExpectedBenefit, RightRow, expected_benefit

# The due day is the demand's that prints the rappel: the month's own is not asked again.
_ANY_DAY = (DueRow(DueRule.IN_ADVANCE, 1, None, None),)
_VERSION = 1


class RappelWords(Code):
    """What a rappel is called on the avis and the pages."""

    MORE = "RAPPEL_MORE", "Rappel {month:of_month} : {nature}, {due:euros} au lieu de {billed:euros}"
    LESS = "RAPPEL_LESS", "Avoir {month:of_month} : {nature}, {due:euros} au lieu de {billed:euros}"
    MISSED = "RAPPEL_MISSED", "Rappel {month:of_month}, mois non appelé : {nature}"
    AID = "RAPPEL_AID", "Aide au logement attendue {month:of_month}, mise à part"


IS_SHORT = with_codes(
    """(d.kind = DemandKind.TERM AND d.billed_to < (d.month + interval '1 month')::date
    AND d.billed_to < coalesce(upper(l.period), 'infinity'::date))""",
    DemandKind,
)
"""SQL: demand `d` bills a term until an end that lease `l` no longer has: the contract goes on beyond it."""
# A term recorded before the first of these runs changes nothing that they billed. An hour more: a change that was saved
# while a run read the rents has an earlier stamp than the demand that does not know it.
_CHANGED = with_codes(
    f"""
WITH first AS MATERIALIZED (
    SELECT min(launched_at) AS at FROM rent_ledger_rentrun
    WHERE month >= %(since)s AND month < %(month)s AND state <> RunState.UNDONE
), changed AS MATERIALIZED (
    SELECT t.lease_id, min(lower(t.period)) AS since, max(t.recorded_at) AS at FROM leases_rentterm t
    WHERE t.lease_id = ANY(%(ids)s::bigint[]) AND t.recorded_at > (SELECT at FROM first) - interval '1 hour'
    GROUP BY t.lease_id
)
SELECT d.lease_id, d.month FROM changed c JOIN rent_ledger_rentdemand d ON d.lease_id = c.lease_id
WHERE d.month >= %(since)s AND d.month < %(month)s AND d.state = DemandState.ISSUED
    AND d.issued_at < c.at + interval '1 hour' AND (d.month + interval '1 month')::date > c.since
UNION
SELECT d.lease_id, d.month FROM rent_ledger_rentdemand d JOIN leases_lease l ON l.id = d.lease_id
WHERE d.lease_id = ANY(%(ids)s::bigint[]) AND d.month >= %(since)s AND d.month < %(month)s
    AND d.state = DemandState.ISSUED AND {IS_SHORT}
UNION
SELECT d.lease_id, n.for_month FROM rent_ledger_demandline n JOIN rent_ledger_rentdemand d ON d.id = n.demand_id
WHERE n.source = LineSource.RAPPEL AND n.for_month >= %(since)s AND n.for_month < %(month)s
    AND d.state = DemandState.ISSUED AND d.lease_id = ANY(%(ids)s::bigint[])
""",  # noqa: S608
    RunState,
    DemandState,
    LineSource,
)
# Of the month before, then of all for the few that lack it: a run looks at each month that was run since the last one.
_MISSED = with_codes(
    """
WITH made AS MATERIALIZED (
    SELECT DISTINCT month FROM rent_ledger_rentrun
    WHERE month >= %(since)s AND month < %(month)s AND state = RunState.DONE
), billed AS MATERIALIZED (
    SELECT lease_id FROM rent_ledger_rentdemand
    WHERE month = (SELECT max(month) FROM made) AND state = DemandState.ISSUED
), lacking AS MATERIALIZED (
    SELECT l.id FROM leases_lease l WHERE l.id = ANY(%(ids)s::bigint[]) AND NOT EXISTS (
        SELECT 1 FROM billed b WHERE b.lease_id = l.id)
)
SELECT k.id, m.month FROM lacking k CROSS JOIN made m WHERE NOT EXISTS (
    SELECT 1 FROM rent_ledger_rentdemand d
    WHERE d.lease_id = k.id AND d.month = m.month AND d.state = DemandState.ISSUED)
""",
    RunState,
    DemandState,
)
_BILLED = with_codes(
    """
SELECT d.lease_id, n.for_month, d.kind, d.billed_from, d.billed_to, n.source, n.nature, n.amount, n.inputs
FROM rent_ledger_rentdemand d JOIN rent_ledger_demandline n ON n.demand_id = d.id
WHERE d.lease_id = ANY(%(ids)s::bigint[]) AND d.state = DemandState.ISSUED AND d.month >= %(since)s
    AND n.source IN (LineSource.RENT_TERM, LineSource.RAPPEL, LineSource.BENEFIT)
""",
    DemandState,
    LineSource,
)
_TERMS = """
SELECT lease_id, id, nature, amount, lower(period), upper(period) FROM leases_rentterm
WHERE lease_id = ANY(%(ids)s::bigint[]) ORDER BY id
"""
_SPANS = """
SELECT l.id, lower(l.period), upper(l.period), min(lower(o.period)),
    nullif(max(coalesce(upper(o.period), 'infinity'::date)), 'infinity'::date)
FROM leases_lease l LEFT JOIN leases_occupancy o ON o.lease_id = l.id WHERE l.id = ANY(%(ids)s::bigint[]) GROUP BY l.id
"""


class _Span(NamedTuple):
    lower: date | None
    upper: date | None
    entry: date | None
    exit: date | None


class _Asked:
    """What one month of one lease has asked: the days of its demands, the sums of its lines by nature, the aid set
    apart. `is_missed`: it was billed as a whole by the rappels of a later demand."""

    def __init__(self) -> None:
        self.days: dict[str, tuple[date, date]] = {}
        self.sums: defaultdict[Nature, Decimal] = defaultdict(lambda: ZERO)
        self.aid = ZERO
        self.version: int | None = None
        self.is_missed = False


class _Facts(NamedTuple):
    """By lease id."""

    asked: Mapping[tuple[int, date], _Asked]
    terms: Mapping[int, list[TermRow]]
    spans: Mapping[int, _Span]
    rights: Mapping[int, list[RightRow]]


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def left_over(last: Mapping[int, Month]) -> dict[int, list[Rappel]]:
    """What months ask beside what they have asked, by lease id, for leases that get no other demand.

    `last`: the last month of each lease, looked at too. Months without a demand are not.
    """
    if not last:
        return {}
    today = Month.of(clock.today())
    params = {
        "month": max(last.values()).plus(1).first,
        "since": today.plus(-claim_months(today.first)).first,
        "ids": bigints(sorted(last)),
    }
    by_lease: defaultdict[int, set[Month]] = defaultdict(set)
    for lease, first in _rows(_CHANGED, params):
        by_lease[lease].add(Month.of(first))
    facts = _facts({"ids": bigints(sorted(by_lease)), "since": params["since"]})
    found: dict[int, list[Rappel]] = {}
    for lease, months in by_lease.items():
        past = []
        for month in sorted(month for month in months if month <= last[lease]):
            asked = facts.asked.get((lease, month.first)) or _Asked()
            if asked.days:
                past.append(
                    PastMonth(month, asked.sums, _sums(_again(month, asked, facts.spans[lease], facts.terms[lease])))
                )
            elif asked.is_missed:
                parts = _whole(month, facts.spans[lease], facts.terms[lease])
                past.append(PastMonth(month, asked.sums, _sums(parts), is_missed=True))
        lacking = differences(past)
        if lacking:
            found[lease] = lacking
    return found


class Rappels:
    """What was changed after a month was billed, and months that were not billed: on the next demand of the lease."""

    code = LineSource.RAPPEL
    natures = RentTerms.natures | ExpectedBenefits.natures

    def add_lines(self, *, month: Month, drafts: Sequence[Draft]) -> None:
        carriers: dict[int, Draft] = {}
        for draft in drafts:
            if not draft.is_made:
                carriers.setdefault(draft.lease_id, draft)
        if not carriers:
            return
        params = {
            "month": month.first,
            "since": month.plus(-claim_months(month.first)).first,
            "ids": bigints(sorted(carriers)),
        }
        changed = {(lease, Month.of(first)) for lease, first in _rows(_CHANGED, params)}
        missed = {(lease, Month.of(first)) for lease, first in _rows(_MISSED, params)}
        if not changed and not missed:
            return
        by_lease: defaultdict[int, set[Month]] = defaultdict(set)
        for lease, past in changed | missed:
            by_lease[lease].add(past)
        facts = _facts({"ids": bigints(sorted(by_lease)), "since": params["since"]})
        for lease, months in by_lease.items():
            _add(carriers[lease], months, {past for owner, past in missed if owner == lease}, facts)

    def reason(self, line: DemandLine) -> Reason:
        nature = Nature(line.nature)
        figures = {"month": line.for_month, "nature": uncapitalised(nature.label)} | line.inputs
        if nature == Nature.BENEFIT:
            return Reason(RappelWords.AID, figures)
        if "billed" not in line.inputs:
            return Reason(RappelWords.MISSED, figures)
        return Reason(RappelWords.MORE if line.amount > ZERO else RappelWords.LESS, figures)


def _facts(params: Mapping[str, Any]) -> _Facts:
    asked: defaultdict[tuple[int, date], _Asked] = defaultdict(_Asked)
    for lease, first, kind, start, end, source, nature, amount, text in _rows(_BILLED, params):
        found, inputs = asked[lease, first], json.loads(text)
        if nature == Nature.BENEFIT:
            found.aid -= amount
        else:
            found.sums[Nature(nature)] += amount
        if source == LineSource.RENT_TERM:
            found.days[kind] = (start, end)
            found.version = inputs.get("v")
        elif nature != Nature.BENEFIT and "billed" not in inputs:
            found.is_missed = True
    terms: defaultdict[int, list[TermRow]] = defaultdict(list)
    for lease, *term in _rows(_TERMS, params):
        terms[lease].append(TermRow(*term))
    spans = {lease: _Span(*span) for lease, *span in _rows(_SPANS, params)}
    return _Facts(asked, terms, spans, rights_by_lease(spans))


def _add(draft: Draft, months: set[Month], missed: set[Month], facts: _Facts) -> None:
    lease = draft.lease_id
    past, aids = [], []
    short: list[tuple[Month, ExpectedBenefit, Decimal]] = []
    for month in sorted(months):
        asked = facts.asked.get((lease, month.first)) or _Asked()
        if asked.days:
            parts = _again(month, asked, facts.spans[lease], facts.terms[lease])
            past.append(PastMonth(month, asked.sums, _sums(parts)))
            if _stays_beyond(month, asked, facts.spans[lease]):
                aid = _aid(month, parts, draft, facts.rights[lease])
                short.append((month, aid, aid.amount - asked.aid))
        elif month in missed or asked.is_missed:
            parts = _whole(month, facts.spans[lease], facts.terms[lease])
            past.append(PastMonth(month, asked.sums, _sums(parts), is_missed=True))
            if parts and not asked.sums:
                aids.append((month, _aid(month, parts, draft, facts.rights[lease])))
    room = draft.net - sum((aid.amount for _, aid in aids), ZERO)
    claimed = sum((rappel.amount for rappel in differences(past) if rappel.amount > ZERO), ZERO)
    for month, aid, lacks in short:
        # No demand goes below zero: what is left of the aid is on the next one.
        amount = min(lacks, room + claimed)
        if amount > ZERO:
            aids.append((month, aid._replace(amount=amount)))
            room -= amount
    for rappel in rappels(past, room=room):
        inputs: dict[str, Any] = {"v": _VERSION}
        if not rappel.is_missed or rappel.billed:
            inputs |= {"billed": str(rappel.billed), "due": str(rappel.due)}
        draft.lines.append(Line(LineSource.RAPPEL, rappel.nature, rappel.amount, inputs, rappel.month))
    for month, aid in aids:
        if aid.amount:
            draft.lines.append(
                Line(
                    LineSource.RAPPEL, Nature.BENEFIT, -aid.amount, {"v": _VERSION, "right": aid.right_id}, month,
                    aid.due_on, aid.payer_id,
                )
            )  # fmt: skip


def _again(month: Month, asked: _Asked, span: _Span, terms: Sequence[TermRow]) -> tuple[BilledPart, ...]:
    """The days that were billed, by the amounts known today and by the version of the rule that billed them. An end of
    the contract inside them is not for a rappel: the demand itself is corrected. Where the contract goes on beyond the
    end that it had, the days after it are asked too."""
    term, indemnity = asked.days.get(DemandKind.TERM), asked.days.get(DemandKind.INDEMNITY)
    if term is not None and _goes_on(span, term[1]):
        return bill_month(
            month=month,
            terms=terms,
            due=_ANY_DAY,
            lease_span=(term[0], span.upper),
            occupied=None if span.entry is None else (span.entry, span.exit),
            version=asked.version,
        )
    return bill_month(
        month=month,
        terms=terms,
        due=_ANY_DAY,
        lease_span=term or (indemnity and (indemnity[0], indemnity[0])) or (None, None),
        occupied=indemnity,
        version=asked.version,
    )


def _goes_on(span: _Span, billed_to: date) -> bool:
    return span.upper is None or span.upper > billed_to


def _stays_beyond(month: Month, asked: _Asked, span: _Span) -> bool:
    """Whether the month was billed until an end inside it that the contract no longer has."""
    term = asked.days.get(DemandKind.TERM)
    return term is not None and term[1] <= month.last and _goes_on(span, term[1])


def _whole(month: Month, span: _Span, terms: Sequence[TermRow]) -> tuple[BilledPart, ...]:
    occupied = None if span.entry is None else (span.entry, span.exit)
    return bill_month(month=month, terms=terms, due=_ANY_DAY, lease_span=(span.lower, span.upper), occupied=occupied)


def _sums(parts: Sequence[BilledPart]) -> dict[Nature, Decimal]:
    sums: defaultdict[Nature, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        for line in part.lines:
            nature = Nature(line.nature)
            sums[nature if part.kind == DemandKind.TERM else nature.after_end] += line.amount
    return dict(sums)


def _aid(month: Month, parts: Sequence[BilledPart], draft: Draft, rights: Sequence[RightRow]) -> ExpectedBenefit:
    base = sum((line.amount for part in parts for line in part.lines if line.nature in BENEFIT_BASE), ZERO)
    return expected_benefit(
        month=month, rights=rights, entry_on=draft.entry_on, exit_on=draft.exit_on, gross=base,
        params=benefit_params(month.first),
    )  # fmt: skip
