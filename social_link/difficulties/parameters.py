"""Dated parameters of the difficulties, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on

LEAST = declare(
    key="difficulty.least_count",
    kind=Kind.INT,
    unit="",
    label="Difficultés des ménages : plus petit nombre qui est montré",
    source="Usage de la statistique publique (secret statistique), aucun texte pour une association",
    verified=False,
    default=5,
    most=50,
).key


def least_count(day: date, *, params: Params | None = None) -> int:
    """How many households a count stands for at least, to be shown to who reads no names. Unverified."""
    return (params or params_on(day)).integer(LEAST)
