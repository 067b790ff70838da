"""Dated parameters of an installation, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.settling.rules.stages import SettlingParams

_PRACTICE = "Pratique de la maison (installation), aucun texte"
ASK_MONTHS = declare(
    key="settling.ask_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Installation : ce qui reste ouvert est une tâche après",
    source=_PRACTICE,
    verified=False,
    default=1,
).key
MONTHS = declare(
    key="settling.months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Installation : durée après l’entrée",
    source=_PRACTICE,
    verified=False,
    default=6,
).key


def settling_params(day: date, *, params: Params | None = None) -> SettlingParams:
    """The two delays in force on `day`, unverified."""
    params = params or params_on(day)
    return SettlingParams(params.integer(ASK_MONTHS), params.integer(MONTHS))
