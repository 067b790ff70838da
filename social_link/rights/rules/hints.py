"""Non-take-up (S0-08): what the facts suggest to ask, and why. A hint is no estimate of a right: it says what was seen.

Only of what nobody has said anything of: a right that is open, asked, refused or said not to concern is left alone. No
hint is ever drawn from health, and none leads to it but one: who has the RSA is told of the complementary cover.
The ages are those of the texts (CASF, art. L. 262-4; CSS, art. L. 815-1 and L. 512-3: general knowledge, not read
again): dated parameters.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.reasons import Reason
from social_link.budgets.codes import Resource
from social_link.rights.codes import HintWhy, RightKind, RightState

OF_WORK = frozenset({Resource.WORK, Resource.UNEMPLOYED, Resource.PENSION, Resource.MINIMUM})


@dataclass(frozen=True, slots=True)
class HintParams:
    """Ages in years: `rsa`, from which the RSA is usual; `old`, of the ASPA; `child`, under which children count for
    family benefits, `children` of them at least."""

    rsa: int
    old: int
    child: int
    children: int


@dataclass(frozen=True, slots=True)
class Situation:
    """`resources`: what the last budget counts; None where there is none. `before`: of the one before. `ages`: of the
    members, where known; `children`: of the children. `pays_rent`: rent falls due, here or by the budget. `has_aid`:
    the books or the budget know a housing aid. `has_debts`: the budget counts debts."""

    resources: Collection[Resource] | None
    before: Collection[Resource]
    ages: Collection[int]
    children: Collection[int]
    pays_rent: bool
    has_aid: bool
    has_debts: bool


@dataclass(frozen=True, slots=True)
class Hint:
    kind: RightKind
    why: Reason


def hints(situation: Situation, states: Mapping[RightKind, Collection[str]], params: HintParams) -> list[Hint]:
    """The rights to ask about, in the order of the twelve. `states`: how each stands, of each person."""
    found = {kind: Reason(why, figures) for kind, why, figures in _seen(situation, states, params)}
    return [Hint(kind, found[kind]) for kind in RightKind if kind in found and not _is_told(states.get(kind, ()))]


def _is_told(states: Collection[str]) -> bool:
    return any(state != RightState.UNKNOWN for state in states)


def _seen(
    seen: Situation, states: Mapping[RightKind, Collection[str]], params: HintParams
) -> Iterator[tuple[RightKind, HintWhy, dict[str, Any]]]:
    if seen.pays_rent and not seen.has_aid:
        yield RightKind.HOUSING, HintWhy.RENT, {}
    if RightState.OPEN in states.get(RightKind.RSA, ()):
        yield RightKind.TOP_UP, HintWhy.MINIMUM, {}
    if seen.has_debts:
        yield RightKind.SOCIAL_FUND, HintWhy.DEBT, {}
    if seen.resources is None:
        return
    if Resource.WORK in seen.resources and Resource.ACTIVITY not in seen.resources:
        yield RightKind.ACTIVITY, HintWhy.WORKS, {}
    if not OF_WORK & set(seen.resources) and any(params.rsa <= age < params.old for age in seen.ages):
        yield RightKind.RSA, HintWhy.NO_INCOME, {}
    if not {Resource.PENSION, Resource.MINIMUM} & set(seen.resources) and any(age >= params.old for age in seen.ages):
        yield RightKind.OLD_AGE, HintWhy.OLD, {"age": params.old}
    counted = sum(age < params.child for age in seen.children)
    if counted >= params.children and Resource.FAMILY not in seen.resources:
        yield RightKind.FAMILY, HintWhy.CHILDREN, {"count": counted, "age": params.child}
    if Resource.WORK in seen.before and not {Resource.WORK, Resource.UNEMPLOYED} & set(seen.resources):
        yield RightKind.UNEMPLOYED, HintWhy.LOST_WORK, {}
