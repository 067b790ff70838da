"""What pages read of objectives."""

from dataclasses import dataclass

from common import clock
from common.charts import RoadRow
from leases.models import Household
from office.access.actor import Actor
from social_link.measures.codes import MeasureKind
from social_link.measures.models import Measure
from social_link.measures.rules.kinds import KINDS
from social_link.objectives.codes import LEVELS, OVER, Axis, HowFar, Moment, Phase
from social_link.objectives.models import Assessment, Objective, ObjectiveReview
from social_link.objectives.perms import reads_health


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


@dataclass(frozen=True, slots=True)
class Axes:
    """What was seen of the axes during a measure, the oldest first, and the road from the first to the last.

    `rows`: the axes that the actor reads. `missing`: the moments that the kind asks to be filled in, and are not
    (S3-10): the start at once, the end as the measure ends.
    """

    told: list[Assessment]
    rows: list[RoadRow]
    missing: list[str]
    levels: tuple[str, ...] = LEVELS

    @property
    def moments(self) -> list[str]:
        return [f"{row.get_moment_display()}, {row.on:%d/%m/%Y}" for row in self.told]

    @property
    def caption(self) -> str:
        """What the circles are."""
        if len(self.told) == 1:
            return f"Au {self.told[0].on:%d/%m/%Y}"
        return f"Cercle vide : {self.told[0].on:%d/%m/%Y}. Cercle plein : {self.told[-1].on:%d/%m/%Y}."

    @property
    def moved(self) -> int:
        """On how many axes the household moved on."""
        return sum(row.moved > 0 for row in self.rows)


def axes_of(measure: Measure, actor: Actor, *, is_ending: bool = False) -> Axes:
    """One query, and those that say whether the actor accompanies the household."""
    told = list(Assessment.objects.filter(measure=measure).select_related("author"))
    read = [axis for axis in Axis if axis != Axis.HEALTH or reads_health(actor, measure)]
    rows = [RoadRow(axis.label, [row.level(axis) for row in told]) for axis in read]
    return Axes(told, rows, _missing(measure, told, is_ending=is_ending))


def _missing(measure: Measure, told: list[Assessment], *, is_ending: bool) -> list[str]:
    if not KINDS[MeasureKind(measure.kind)].scored:
        return []
    wanted = [Moment.START, Moment.END] if is_ending or measure.ended_on else [Moment.START]
    there = {row.moment for row in told}
    return [moment.label for moment in wanted if moment not in there]
