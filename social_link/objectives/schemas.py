"""What the API gives of the objectives of a measure, and of its seven axes."""

from datetime import date

from ninja import Schema
from pydantic import Field

from office.api_base import Ref
from social_link.measures.schemas import OfMeasureQuery
from social_link.objectives.codes import HIGHEST, LOWEST, Axis, HowFar, Moment, Phase, Theme


class ObjectiveQuery(OfMeasureQuery):
    """`open`: neither reached nor given up, or not."""

    open: bool | None = None


class ReviewShown(Schema):
    """How far an objective was found to be on a day. `score`: from 1 to 5, where one was given."""

    on: date
    how_far: HowFar
    score: int | None


class ObjectiveShown(Schema):
    """What a household wants to reach, in its words. `how_far`: as last evaluated, null before. `reviews`: each
    evaluation, the first one first."""

    id: int
    measure_id: int
    household: Ref
    theme: Theme
    phase: Phase | None
    text: str
    household_does: str
    house_does: str
    due_on: date | None
    how_far: HowFar | None
    reviews: list[ReviewShown]


class AxisShown(Schema):
    """`level`: from 1 to 5; null was not spoken of."""

    axis: Axis
    level: int | None = Field(ge=LOWEST, le=HIGHEST)


class AssessmentShown(Schema):
    """Where a household stands on the axes that the caller reads. Health is among them for who accompanies it today,
    and for the head."""

    id: int
    measure_id: int
    household: Ref
    moment: Moment
    on: date
    with_person: bool
    axes: list[AxisShown]
    author: Ref | None
