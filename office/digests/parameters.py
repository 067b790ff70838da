"""The dated parameter of what leaves at once for the people of the house."""

from datetime import date

from common.params import Kind, declare
from office.digests.rules.pause import PauseParams
from office.parameters.queries import params_on

PAUSE = declare(
    key="notice.urgent_pause",
    kind=Kind.INT,
    unit="min",
    label="Temps entre deux envois d’alertes urgentes à une même personne",
    source="Usage de la maison",
    verified=False,
    default=15,
).key


def pause_params(day: date) -> PauseParams:
    """The pause in force on `day` (one query)."""
    return PauseParams(params_on(day).integer(PAUSE))
