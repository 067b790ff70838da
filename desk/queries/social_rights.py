"""The rights of a household, as its social page shows them: what waits, what stands, what to ask about."""

from dataclasses import dataclass
from datetime import date

from leases.models import Household
from office.access.actor import Actor
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


def rights_card(household: Household, actor: Actor, day: date) -> RightsCard | None:
    """None for who does not read them."""
    if not can_read(actor, household):
        return None
    rows = rights_of(household, actor, day=day, situation=situation_of(household, day=day))
    runs = (RightState.OPEN, RightState.ASKED, RightState.APPEALED)
    return RightsCard(
        due=[row for row in rows if row.due != Due.NOTHING],
        running=[row for row in rows if row.due == Due.NOTHING and row.state in runs],
        hinted=[row for row in rows if row.hint],
        unknown=len({row.kind for row in rows if row.state == RightState.UNKNOWN}),
        kinds=len({row.kind for row in rows}),
    )
