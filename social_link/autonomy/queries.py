"""The grids of autonomy of a household, compared: the seven axes of all of its measures."""

from dataclasses import dataclass

from common import clock
from common.charts import RoadRow
from leases.models import Household
from office.access.actor import Actor
from social_link.contacts.perms import can_follow
from social_link.measures.models import Measure
from social_link.measures.queries import measures_for
from social_link.objectives.codes import LEVELS, Axis
from social_link.objectives.models import Assessment

SHOWN = 6
"""Grids that stand side by side in the chart."""


@dataclass(frozen=True, slots=True)
class Autonomy:
    """All grids of a household, the oldest first; `compared`: those from the one that was asked on; `rows`: their road.

    `writable`: the measures that run and in which a grid is noted, the lead first.
    """

    grids: list[Assessment]
    compared: list[Assessment]
    rows: list[RoadRow]
    writable: list[Measure]
    levels: tuple[str, ...] = LEVELS

    @property
    def moments(self) -> list[str]:
        return [f"{grid.measure.get_kind_display()}, {grid.on:%d/%m/%Y}" for grid in self.compared]

    @property
    def first(self) -> Assessment:
        return self.compared[0]

    @property
    def last(self) -> Assessment:
        return self.compared[-1]

    @property
    def caption(self) -> str:
        """What the circles are."""
        if len(self.compared) == 1:
            return f"Au {self.last.on:%d/%m/%Y}"
        return f"Cercle vide : {self.first.on:%d/%m/%Y}. Cercle plein : {self.last.on:%d/%m/%Y}."

    @property
    def better(self) -> list[str]:
        return [row.label for row in self.rows if row.moved > 0]

    @property
    def worse(self) -> list[str]:
        return [row.label for row in self.rows if row.moved < 0]

    @property
    def still(self) -> list[str]:
        """Known twice, and the same."""
        return [row.label for row in self.rows if len(row.known) > 1 and row.moved == 0]


def autonomy_of(household: Household, actor: Actor, *, since: int | None = None) -> Autonomy:
    """The grids of the measures that the actor reads, compared from grid `since` on (its id; else the last `SHOWN`).

    Health is one of the axes only for who follows the household today.
    """
    mine = measures_for(actor).filter(household=household)
    grids = list(
        Assessment.objects.filter(measure__in=mine.values("pk"))
        .select_related("measure", "author")
        .order_by("on", "id")
    )
    start = next((n for n, grid in enumerate(grids) if grid.pk == since), max(0, len(grids) - SHOWN))
    compared = grids[start:]
    with_health = can_follow(actor, [household])
    rows = [
        RoadRow(axis.label, [grid.level(axis) for grid in compared])
        for axis in Axis
        if with_health or axis != Axis.HEALTH
    ]
    writable = list(mine.running_on(clock.today()).filter(ended_on=None).order_by("-is_lead", "pk"))
    return Autonomy(grids, compared, rows, writable)
