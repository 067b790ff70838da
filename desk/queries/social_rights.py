"""The rights of a household, as its social page shows them: what waits, what stands, what to ask about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.params import Params
from leases.households.queries import Composition
from leases.models import Household
from office.access.actor import Actor
from social_link.models import Budget
from social_link.rights.codes import Due, RightState
from social_link.rights.perms import can_read
from social_link.rights.queries import RightNow, rights_of, situation_of


@dataclass(frozen=True, slots=True)
class RightsCard:
    """`due`: to renew or to contest; `running`: open, asked or contested beside these; `hinted`: to ask about;
    `unknown`: of how many of the `kinds` nothing is noted, for an adult or for all."""

    due: list[RightNow]
    running: list[RightNow]
    hinted: list[RightNow]
    unknown: int
    kinds: int


def rights_card(
    household: Household,
    actor: Actor,
    day: date,
    *,
    people: Composition,
    budgets: Sequence[Budget],
    is_referent: bool,
    params: Params,
) -> RightsCard | None:
    """None for who does not read them. `budgets`: the last two, the latest first. At most five queries."""
    if not can_read(actor, household, is_referent=is_referent):
        return None
    situation = situation_of(household, day=day, people=people, budgets=budgets)
    rows = rights_of(
        household, actor, day=day, situation=situation, people=people, is_referent=is_referent, params=params
    )
    runs = (RightState.OPEN, RightState.ASKED, RightState.APPEALED)
    return RightsCard(
        due=[row for row in rows if row.due != Due.NOTHING],
        running=[row for row in rows if row.due == Due.NOTHING and row.state in runs],
        hinted=[row for row in rows if row.hint],
        unknown=len({row.kind for row in rows if row.state == RightState.UNKNOWN}),
        kinds=len({row.kind for row in rows}),
    )
