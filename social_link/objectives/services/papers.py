"""The road travelled, on paper for the household itself (S3-10). Nothing keeps it: it is made from what is noted."""

from collections.abc import Sequence
from typing import Any

from common.charts import RoadRow
from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from social_link.measures.models import Measure
from social_link.objectives.codes import HIGHEST, LEVELS
from social_link.objectives.models import Assessment
from social_link.objectives.queries import axes_of, objectives_of

MOMENTS = 4


@needs(Read(Data.MEASURE, OWN))
def print_road(*, measure: Measure, actor: Actor) -> tuple[str, bytes]:
    """The axes at each moment, and the objectives with what became of them; the name of the file and its PDF. Health is
    the household's own to read, and left out where who prints does not read it. The caller has seen to it that the
    measure may be read.

    Raises `Conflict` (`wrong_state`) where nothing is noted yet.
    """
    seen, fixed = axes_of(measure, actor), objectives_of(measure)
    if not seen.told and not fixed.rows:
        raise Conflict("Rien à imprimer encore : notez d’abord les sept axes, ou un objectif.", code="wrong_state")
    paper = new_document(
        kind="support_road",
        number=f"M-{measure.pk:05d}",
        title="Le chemin parcouru",
        data={
            "recipient": [measure.household.name, HAND_DELIVERED],
            "first": measure.period.lower.isoformat(),
            "by": measure.referent.get_full_name(),
            **road_data(seen.told, seen.rows),
            "objectives": [
                {
                    "text": row.text,
                    "state": row.look.label,
                    "on": row.state_on.isoformat() if row.state_on else None,
                    "score": row.score,
                }
                for row in fixed.rows
            ],
        },
        actor=actor,
    )
    return file_name(paper), render_copy(paper)


def road_data(told: Sequence[Assessment], rows: Sequence[RoadRow]) -> dict[str, Any]:
    """What `shared/road.typ` draws: the first moment and the last three, as many as a page is wide. `rows` have a level
    for each of `told`; those of which nothing is known are left out."""
    shown = [n for n in range(len(told)) if n == 0 or n >= len(told) - (MOMENTS - 1)]
    return {
        "moments": [
            {"name": told[n].get_moment_display(), "on": told[n].on.isoformat(), "together": told[n].with_person}
            for n in shown
        ],
        "axes": [
            {"name": row.label, "levels": [row.levels[n] for n in shown], "moved": _moved(row)}
            for row in rows
            if row.known
        ],
        "highest": HIGHEST,
        "words": list(LEVELS),
    }


def _moved(row: RoadRow) -> str:
    if len(row.known) < 2:
        return ""
    return "a avancé" if row.moved > 0 else "a reculé" if row.moved < 0 else "stable"
