"""Where households stand: what they owe today, and their lane."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from rent_ledger.arrears.looks import LANES, lane_order
from rent_ledger.books.codes import DEBT_KINDS, Lane
from rent_ledger.books.models import AccountState


@dataclass(frozen=True, slots=True)
class HouseholdStanding:
    """`debt`: what is due today on all accounts, in euros. `lane`: the first of them by the order of work."""

    debt: Decimal
    lane: str


def standings(household_ids: Collection[int]) -> dict[int, HouseholdStanding]:
    """Of the households that have accounts. One query."""
    found: dict[int, HouseholdStanding] = {}
    rows = AccountState.objects.filter(account__household__in=household_ids, account__kind__in=DEBT_KINDS).values_list(
        "account__household", "debt", "lane"
    )
    for household, debt, lane in rows:
        if household is not None:
            before = found.get(household, HouseholdStanding(ZERO, lane))
            found[household] = HouseholdStanding(before.debt + debt, min(before.lane, lane, key=lane_order))
    return found


def badge_of(lane: str, actor: Actor) -> tuple[str, str]:
    """Label and meaning of a lane. Who may not read causes learns only that there are arrears."""
    if lane != Lane.NONE and not can(actor, Read(Data.ARREARS_CAUSE)):
        return "Impayé", "new"
    return Lane(lane).label, LANES[lane].meaning
