"""What pages read of objectives."""

from dataclasses import dataclass

from common import clock
from leases.models import Household
from social_link.measures.models import Measure
from social_link.objectives.codes import OVER, HowFar, Phase
from social_link.objectives.models import Objective, ObjectiveReview


def open_objectives(household: Household) -> list[Objective]:
    """The objectives that are open in the measures that run today, in the order in which they were fixed; each with its
    `how_far`. One query. The caller has seen to it that the household may be read."""
    running = Measure.objects.running_on(clock.today()).filter(household=household)
    return list(Objective.objects.open().filter(measure__in=running).select_related("measure"))


@dataclass(frozen=True, slots=True)
class Objectives:
    """The objectives of a measure, each with its `how_far`, and its evaluations, the last first (`told`).

    `proposes_second`: the first step of its plan is over, and nothing of the second is fixed.
    """

    rows: list[Objective]
    reached: int
    proposes_second: bool

    @property
    def phases(self) -> list[tuple[str, list[Objective]]]:
        """(title, objectives): those of no step first, under an empty title."""
        titles = ["", *Phase.values]
        found = [(title, [row for row in self.rows if row.phase == title]) for title in titles]
        return [(Phase(title).label if title else "", rows) for title, rows in found if rows]


def objectives_of(measure: Measure) -> Objectives:
    """Two queries."""
    rows = list(Objective.objects.with_state().filter(measure=measure))
    reviews: dict[int, list[ObjectiveReview]] = {}
    for review in ObjectiveReview.objects.filter(objective__in=rows).select_related("author").order_by("-on"):
        reviews.setdefault(review.objective_id, []).append(review)
    for row in rows:
        row.told = reviews.get(row.pk, [])
    first = [row for row in rows if row.phase == Phase.FINANCES]
    is_over = bool(first) and all(row.how_far in OVER for row in first)
    return Objectives(
        rows,
        sum(row.how_far == HowFar.REACHED for row in rows),
        is_over and not any(row.phase == Phase.CAUSES for row in rows),
    )
