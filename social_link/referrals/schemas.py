"""What the API gives of the referrals. Neither the phone of a person nor the contact of a partner is in it."""

from datetime import date

from ninja import Schema

from office.api_base import Ref
from social_link.contacts.schemas import HouseholdQuery
from social_link.measures.codes import Aim, Exclusion
from social_link.referrals.codes import (
    Dropped,
    ReferralService,
    ReferralState,
    ReferrerKind,
    Situation,
    Urgency,
)


class ReferralQuery(HouseholdQuery):
    """`waiting`: nobody has said where the household goes, or somebody has."""

    state: ReferralState | None = None
    waiting: bool | None = None


class WaitedShown(Schema):
    """In days from reception, null where there was none: until the first meeting, the orientation, the first day of the
    measure. `so_far`: until one knows where the household goes, or until today."""

    meeting: int | None
    orientation: int | None
    measure: int | None
    so_far: int


class ReferralListed(Schema):
    """`name`: who was named, until the household is found. `since`: the day of its state; `service`: where it was
    oriented. `awaits`: what it waits for, until `due_on`; empty once it is over. `joined_to_id`: it follows this one,
    of the same household."""

    id: int
    number: str
    received_on: date
    referrer: ReferrerKind
    organisation: Ref | None
    household: Ref | None
    name: str
    situation: Situation | None
    aims: list[Aim]
    urgency: Urgency
    commission_on: date | None
    consented_on: date | None
    exclusions: list[Exclusion]
    assignee: Ref | None
    state: ReferralState
    since: date
    service: ReferralService | None
    awaits: str
    due_on: date | None
    is_late: bool
    waited: WaitedShown
    measure_id: int | None
    joined_to_id: int | None


class ReferralStepShown(Schema):
    """`why`: of one that goes no further."""

    kind: ReferralState
    on: date
    service: ReferralService | None
    organisation: Ref | None
    why: Dropped | None


class ReferralShown(ReferralListed):
    """One, with its steps in their order."""

    steps: list[ReferralStepShown]
