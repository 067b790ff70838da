"""Why a demand asks what it asks: the same rules on the inputs that it kept (decision 8), amount by amount."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from common.explain import Explanation
from common.money import ZERO
from common.periods import Month
from common.typography import month as month_words
from leases.rules.billing import INDEMNITY, TERM, BilledPart, DueRow, TermRow, bill_month, explain
from leases.rules.families import family_of
from rent_ledger.enums import DemandKind
from rent_ledger.models import BenefitRight, RentDemand
from rent_ledger.parameters import benefit_params
from rent_ledger.rules.benefits import BenefitParams, RightRow, expected_benefit
from rent_ledger.services.drafting import BENEFIT_BASE, draft

# The due day is kept on the demand: the rule that gave it is not asked again.
_ANY_DAY = (DueRow("ADVANCE", 1, None, None),)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A demand computed again: its part with its lines, and the benefit expected with its reason."""

    part: BilledPart
    benefit: Decimal
    benefit_reason: str

    @property
    def net(self) -> Decimal:
        return self.part.total - self.benefit


@dataclass(frozen=True, slots=True)
class _Facts:
    terms: dict[int, tuple[str, Decimal]]
    rights: dict[int, RightRow]
    entries: dict[int, date]


def rebuild(demands: Sequence[RentDemand]) -> dict[int, Rebuilt]:
    """By demand id, from the inputs kept with each. Three queries and the dated parameters, however many demands.

    A demand whose inputs no longer give a part (a term removed by hand) is left out.
    """
    if not demands:
        return {}
    facts = _facts(demands)
    params = {first: benefit_params(first) for first in {d.month for d in demands}}
    rebuilt = ((d.pk, _rebuild(d, facts, params[d.month])) for d in demands)
    return {pk: found for pk, found in rebuilt if found is not None}


def _facts(demands: Sequence[RentDemand]) -> _Facts:
    inputs = [part for d in demands for part in (d.inputs, d.inputs.get("other")) if part]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, nature, amount FROM leases_rentterm WHERE id = ANY(%s)",
            [sorted({pk for part in inputs for pk in part["terms"]})],
        )
        terms = {pk: (nature, amount) for pk, nature, amount in cursor.fetchall()}
        cursor.execute(
            """
            SELECT l.id, coalesce(min(lower(o.period)), lower(l.period)) FROM leases_lease l
            LEFT JOIN leases_occupancy o ON o.lease_id = l.id WHERE l.id = ANY(%s) GROUP BY l.id
            """,
            [sorted({d.lease_id for d in demands})],
        )
        entries = dict(cursor.fetchall())
    rights = {
        right.pk: RightRow(right.pk, right.payer_id, right.kind, right.amount, None, None, right.is_direct)
        for right in BenefitRight.objects.filter(pk__in={d.inputs["right"] for d in demands if "right" in d.inputs})
    }
    return _Facts(terms, rights, entries)


def _rebuild(demand: RentDemand, facts: _Facts, params: BenefitParams) -> Rebuilt | None:
    month = Month.of(demand.month)
    own, other = demand.inputs, demand.inputs.get("other")
    is_term = demand.kind == DemandKind.TERM
    term, indemnity = (own, other) if is_term else (other, own)
    rows = _rows(own, facts) + (_rows(other, facts) if other else [])
    parts = bill_month(
        month=month,
        terms=rows,
        due=_ANY_DAY,
        lease_span=_span(term) if term else (None, date.fromisoformat(own["from"])),
        occupied=(None, date.fromisoformat(indemnity["to"])) if indemnity else None,
    )
    index = next((i for i, part in enumerate(parts) if part.kind == demand.kind), None)
    if index is None:
        return None
    benefit, reason = _benefit(demand, month, parts, index, facts, params)
    return Rebuilt(parts[index]._replace(due_on=demand.due_on), benefit, reason)


def _span(part: dict[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(part["from"]), date.fromisoformat(part["to"])


def _rows(part: dict[str, Any], facts: _Facts) -> list[TermRow]:
    """The terms of a part as they were billed: as many days each, one after the other by nature. What became of their
    dates since (an amount changed, a nature ended) does not reach back."""
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
    demand: RentDemand,
    month: Month,
    parts: Sequence[BilledPart],
    index: int,
    facts: _Facts,
    params: BenefitParams,
) -> tuple[Decimal, str]:
    right = facts.rights.get(demand.inputs.get("right", 0))
    if right is None:
        return ZERO, "aucune aide n’était attendue pour ce mois"
    bases = [sum((line.amount for line in part.lines if line.nature in BENEFIT_BASE), ZERO) for part in parts]
    expected = expected_benefit(
        month=month,
        rights=(right,),
        entry_on=facts.entries[demand.lease_id],
        exit_on=None,
        gross=sum(bases, ZERO),
        params=params,
    )
    left = max(expected.amount - sum(bases[:index], ZERO), ZERO)
    return min(left, bases[index]), expected.reason


def _tree(part: BilledPart, benefit: Decimal, reason: str, *, month: Month, word: str) -> Explanation:
    gross = explain(part, month=month, word=word)
    lines = list(gross.children)
    if benefit:
        lines.append(Explanation("Aide au logement attendue, mise à part", -benefit, detail=reason))
    else:
        lines.append(Explanation("Aide au logement", ZERO, detail=reason[:1].lower() + reason[1:]))
    return Explanation(
        label=f"À payer pour {month_words(month)}",
        amount=part.total - benefit,
        children=tuple(lines),
        rule=gross.rule,
        on=part.due_on,
    )


def explain_demand(demand: RentDemand) -> Explanation:
    """The tree behind `demand.net`, computed again by the rules from the inputs that the demand kept.

    Where they no longer give the stored amount (a term changed by hand since), the tree says so and gives the amounts
    that were billed.
    """
    rebuilt = rebuild([demand]).get(demand.pk)
    month = Month.of(demand.month)
    if rebuilt is None or (rebuilt.part.total, rebuilt.benefit) != (demand.gross, demand.benefit):
        return Explanation(
            label=f"À payer pour {month_words(month)}",
            amount=demand.net,
            children=(
                Explanation("Loyer et charges", demand.gross),
                Explanation("Aide au logement attendue, mise à part", -demand.benefit),
            ),
            rule="Les conditions du bail ont été corrigées depuis : voici les montants qui ont été appelés.",
            on=demand.due_on,
        )
    word = family_of(demand.lease.kind).word
    return _tree(rebuilt.part, rebuilt.benefit, rebuilt.benefit_reason, month=month, word=word)


def explain_draft(month: Month, lease_id: int, *, kind_of_lease: str) -> Explanation | None:
    """The tree behind what a run of `month` would ask of a lease; None where it would ask nothing."""
    drafts, _ = draft(month=month, lease_ids=[lease_id], params=benefit_params(month.first))
    if not drafts:
        return None
    word = family_of(kind_of_lease).word
    trees = []
    for d in drafts:
        part = BilledPart(TERM if d.kind == DemandKind.TERM else INDEMNITY, d.due_on, d.start, d.end, d.lines)
        trees.append(_tree(part, d.benefit, d.expected.reason, month=month, word=word))
    if len(trees) == 1:
        return trees[0]
    total = sum((d.net for d in drafts), ZERO)
    return Explanation(f"À payer pour {month_words(month)}", total, children=tuple(trees), rule=trees[-1].rule)
