"""Why a demand asks its amount: the rules that made it, run again on the inputs stored with its lines (decision 8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from leases.contracts.codes import DemandKind, DueRule
from leases.contracts.natures import Nature
from leases.contracts.rules.billing import BilledPart, DueRow, TermRow, bill_month, explain
from leases.contracts.rules.families import family_of
from leases.models import RentTerm
from rent_ledger.billing.codes import DemandWhy, LineSource
from rent_ledger.billing.models import DemandLine, RentDemand
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.sources import Draft, source_of, stored
from rent_ledger.books.rules.natures import BENEFIT_BASE
from rent_ledger.rights.codes import AidWhy
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.parameters import benefit_params
from rent_ledger.rights.rules.benefits import BenefitParams, RightRow, expected_benefit

# The due day is stored on the demand, so its rule does not run again.
_ANY_DAY = (DueRow(DueRule.IN_ADVANCE, 1, None, None),)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A demand computed again: its part by the rent terms, the benefit expected with its reason, and its other lines
    (what they ask is not computed again). `modes`: of its charges, by rent term."""

    part: BilledPart
    benefit: Decimal
    benefit_reason: Reason
    others: tuple[DemandLine, ...] = ()
    modes: Mapping[int, str] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        return self.part.total + sum((line.amount for line in self.others if line.nature != Nature.BENEFIT), ZERO)

    @property
    def aid(self) -> Decimal:
        """The benefit of the month, and that of the past months that are billed with it."""
        return self.benefit - sum((line.amount for line in self.others if line.nature == Nature.BENEFIT), ZERO)

    @property
    def net(self) -> Decimal:
        return self.gross - self.aid


@dataclass(frozen=True, slots=True)
class _Facts:
    terms: Mapping[int, tuple[str, Decimal]]
    rights: Mapping[int, RightRow]
    lines: Mapping[int, list[DemandLine]]
    modes: Mapping[int, str]


def lines_of(demand_ids: Sequence[int]) -> defaultdict[int, list[DemandLine]]:
    """Stored lines by demand id, in their order (one query)."""
    found: defaultdict[int, list[DemandLine]] = defaultdict(list)
    for line in DemandLine.objects.filter(demand_id__in=demand_ids).order_by("demand_id", "position"):
        found[line.demand_id].append(line)
    return found


def rebuild(demands: Sequence[RentDemand]) -> dict[int, Rebuilt]:
    """By demand id, from the inputs kept with each line and by the version of the rule that made it. Three queries and
    the dated parameters, however many demands.

    A demand whose inputs no longer give a part (a term removed by hand) is left out.
    """
    if not demands:
        return {}
    facts = _facts(demands)
    params = {first: benefit_params(first) for first in {d.month for d in demands}}
    rebuilt = ((d.pk, _rebuild(d, facts, params[d.month])) for d in demands)
    return {pk: found for pk, found in rebuilt if found is not None}


def _facts(demands: Sequence[RentDemand]) -> _Facts:
    lines = lines_of([d.pk for d in demands])
    wanted = {line.inputs["term"] for found in lines.values() for line in found if "term" in line.inputs}
    wanted |= {pk for d in demands for pk in d.inputs.get("other", {}).get("terms", ())}
    rights = {line.inputs["right"] for found in lines.values() for line in found if "right" in line.inputs}
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, nature, amount, mode FROM leases_rentterm WHERE id = ANY(%s)", [sorted(wanted)])
        rows = cursor.fetchall()
    terms = {pk: (nature, amount) for pk, nature, amount, _ in rows}
    modes = {pk: mode for pk, _, _, mode in rows if mode}
    aids = {
        right.pk: RightRow(right.pk, right.payer_id, right.kind, right.amount, None, None, right.is_direct)
        for right in BenefitRight.objects.filter(pk__in=rights)
    }
    return _Facts(terms, aids, lines, modes)


def _rebuild(demand: RentDemand, facts: _Facts, params: BenefitParams) -> Rebuilt | None:
    month, other = Month.of(demand.month), demand.inputs.get("other")
    billed = [line for line in facts.lines.get(demand.pk, ()) if line.source == LineSource.RENT_TERM]
    aids = [line for line in facts.lines.get(demand.pk, ()) if line.source == LineSource.BENEFIT]
    others = tuple(line for line in facts.lines.get(demand.pk, ()) if line not in billed and line not in aids)
    if not billed or any("term" not in line.inputs for line in billed):
        return None
    own = {
        "from": demand.billed_from.isoformat(),
        "to": demand.billed_to.isoformat(),
        "terms": [line.inputs["term"] for line in billed],
        "days": [line.inputs["days"] for line in billed],
    }
    is_term = demand.kind == DemandKind.TERM
    term, indemnity = (own, other) if is_term else (other, own)
    rows = _rows(own, facts) + (_rows(other, facts) if other else [])
    parts = bill_month(
        month=month,
        terms=rows,
        due=_ANY_DAY,
        lease_span=_span(term) if term else (None, demand.billed_from),
        occupied=(None, _span(indemnity)[1]) if indemnity else None,
        version=billed[0].inputs["v"],
    )
    index = next((i for i, part in enumerate(parts) if part.kind == demand.kind), None)
    if index is None:
        return None
    benefit, reason = _benefit(month, parts, index, aids, facts, params)
    if not aids and "aid" in demand.inputs:
        reason = Reason(AidWhy(demand.inputs["aid"]))
    return Rebuilt(parts[index]._replace(due_on=demand.due_on), benefit, reason, others, facts.modes)


def _span(part: Mapping[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(part["from"]), date.fromisoformat(part["to"])


def _rows(part: Mapping[str, Any], facts: _Facts) -> list[TermRow]:
    """The terms of a part as they were billed: the same number of days each, one after the other by nature. Later
    changes of their dates (a new amount, a nature that ended) have no effect."""
    start, _ = _span(part)
    reached: dict[str, date] = {}
    rows = []
    for pk, days in zip(part["terms"], part["days"], strict=True):
        if pk in facts.terms:
            nature, amount = facts.terms[pk]
            lower = reached.get(nature, start)
            reached[nature] = lower + timedelta(days=days)
            rows.append(TermRow(pk, nature, amount, lower, reached[nature]))
    return rows


def _benefit(
    month: Month,
    parts: Sequence[BilledPart],
    index: int,
    aids: Sequence[DemandLine],
    facts: _Facts,
    params: BenefitParams,
) -> tuple[Decimal, Reason]:
    right = facts.rights.get(aids[0].inputs["right"]) if aids else None
    if right is None:
        return ZERO, Reason(AidWhy.NONE_WAS_EXPECTED)
    bases = [sum((line.amount for line in part.lines if line.nature in BENEFIT_BASE), ZERO) for part in parts]
    expected = expected_benefit(
        month=month,
        rights=(right,),
        # A benefit was expected, so the stay began before the month, even if it was corrected since.
        entry_on=month.plus(-1).first,
        exit_on=None,
        gross=sum(bases, ZERO),
        params=params,
        version=aids[0].inputs["v"],
    )
    left = max(expected.amount - sum(bases[:index], ZERO), ZERO)
    reason = expected.reason
    if "why" in aids[0].inputs:
        reason = Reason(AidWhy(aids[0].inputs["why"]), reason.figures)
    return min(left, bases[index]), reason


def _tree(
    part: BilledPart,
    benefit: Decimal,
    why_aid: Reason | None,
    others: Sequence[Reason],
    *,
    month: Month,
    word: str,
    modes: Mapping[int, str],
) -> Reason:
    """`others`: the lines that come from elsewhere than the lease and the benefit, with their amounts."""
    gross = explain(part, month=month, word=word, modes=modes)
    aid = Reason(DemandWhy.AID if benefit else DemandWhy.NO_AID, amount=-benefit, detail=why_aid)
    return Reason(
        DemandWhy.TO_PAY,
        {"month": month},
        part.total + sum((line.amount for line in others if line.amount), ZERO) - benefit,
        parts=(*gross.parts, *others, aid),
        rule=gross.rule,
        on=part.due_on,
    )


def _line(line: DemandLine) -> Reason:
    return replace(source_of(line.source).reason(line), amount=line.amount)


def words_of(line: DemandLine) -> str:
    """What the avis and the pages call a stored line."""
    return source_of(line.source).reason(line).text()


def explain_demand(demand: RentDemand) -> Reason:
    """The tree behind `demand.net`, computed again by the rules from the inputs that the demand kept.

    If the rules no longer give the stored amount (a term was changed by hand), the tree says so and shows the amounts
    that were billed.
    """
    rebuilt = rebuild([demand]).get(demand.pk)
    month = Month.of(demand.month)
    if rebuilt is None or (rebuilt.gross, rebuilt.aid) != (demand.gross, demand.benefit):
        return Reason(
            DemandWhy.TO_PAY,
            {"month": month},
            demand.net,
            parts=tuple(_line(line) for line in lines_of([demand.pk])[demand.pk]),
            rule=Reason(DemandWhy.CORRECTED_SINCE),
            on=demand.due_on,
        )
    word = family_of(demand.lease.kind).word
    others = [_line(line) for line in rebuilt.others]
    return _tree(
        rebuilt.part, rebuilt.benefit, rebuilt.benefit_reason, others, month=month, word=word, modes=rebuilt.modes
    )


def explain_draft(month: Month, lease_id: int, *, kind_of_lease: str) -> Reason | None:
    """The tree behind what a run of `month` would ask of a lease; None if it would ask nothing."""
    drafts, _ = draft(month=month, lease_ids=[lease_id])
    if not drafts:
        return None
    word = family_of(kind_of_lease).word
    charges = RentTerm.objects.filter(lease=lease_id).exclude(mode="")
    modes = dict(charges.values_list("pk", "mode"))
    trees = [_draft_tree(d, month, word, modes) for d in drafts]
    if len(trees) == 1:
        return trees[0]
    total = sum((d.net for d in drafts), ZERO)
    return Reason(DemandWhy.TO_PAY, {"month": month}, total, parts=tuple(trees), rule=trees[-1].rule)


def _draft_tree(d: Draft, month: Month, word: str, modes: Mapping[int, str]) -> Reason:
    others = [
        _line(stored(line, month)) for line in d.lines if line.source not in (LineSource.RENT_TERM, LineSource.BENEFIT)
    ]
    benefit, why = (d.expected.amount, d.expected.reason) if d.expected else (ZERO, None)
    return _tree(d.part, benefit, why, others, month=month, word=word, modes=modes)
