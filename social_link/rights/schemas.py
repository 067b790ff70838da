"""What the API gives of the rights of households."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Ref
from social_link.contacts.schemas import HouseholdQuery
from social_link.rights.codes import Due, Per, RightKind, RightRefusal, RightState


class RightQuery(HouseholdQuery):
    """`history`: all that was ever said of each right, instead of how it stands."""

    kind: RightKind | None = None
    state: RightState | None = None
    history: bool = False


class RightShown(Schema):
    """What was said of a right on the day `on`: of `person`, or of the household where that is null. `amount`: euros
    asked, or obtained of an open one, `per` month or once. `due`: what it waits for today, null in a history.
    `contest_by`: the last day to contest a refusal."""

    id: int
    household: Ref
    person: Ref | None
    kind: RightKind
    state: RightState
    on: date
    renew_on: date | None
    amount: Amount | None
    per: Per | None
    refusal: RightRefusal | None
    contest_by: date | None
    due: Due | None
    author: Ref | None
