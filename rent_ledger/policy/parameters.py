"""Dated parameters of the measure of the early signs; those of which a change is played on the past."""

from dataclasses import dataclass
from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from rent_ledger.arrears.parameters import (
    ANSWER_DAYS,
    CALL_DAYS,
    DECIDED_DAYS,
    FIRST_DEFAULT_DAYS,
    FIRST_LATE_DAYS,
    FIRST_MONTHS,
    NO_EFFECT_DAYS,
    SMALL_REMAINDER,
    USUAL_DAYS,
)
from rent_ledger.arrears.step_parameters import FORMAL_DAYS, REMINDER_DAYS

_OWN = "Usage de la maison, à régler : aucun texte ne le fixe"
SIGN_WITHIN = declare(
    key="arrears.sign_within_days", kind=Kind.DAYS, unit="jours", source=_OWN, verified=False, default=60, least=0,
    label="Mesure des signes : un signe est juste si un terme reste impayé dans ce délai",
).key  # fmt: skip
SIGN_FEWEST = declare(
    key="arrears.sign_fewest", kind=Kind.INT, unit="cas", source=_OWN, verified=False, default=20, least=0,
    label="Mesure des signes : cas en dessous desquels aucune part n’est dite",
).key  # fmt: skip
REPLAYED = (
    FIRST_DEFAULT_DAYS, FIRST_MONTHS, SMALL_REMAINDER, USUAL_DAYS, CALL_DAYS, FIRST_LATE_DAYS, NO_EFFECT_DAYS,
    DECIDED_DAYS, ANSWER_DAYS, REMINDER_DAYS, FORMAL_DAYS,
)  # fmt: skip
"""What a replay may change, in the order in which it acts: what R1 and R2 read, and when each step follows."""


@dataclass(frozen=True, slots=True)
class MeasureParams:
    """A sign is judged over `within_days` after the day on which it was known. A term is unpaid once `grace_days` have
    passed since its due day."""

    within_days: int
    grace_days: int


def measure_params(day: date, *, params: Params | None = None) -> MeasureParams:
    """How signs are judged, in force on `day`."""
    params = params or params_on(day)
    return MeasureParams(within_days=params.integer(SIGN_WITHIN), grace_days=params.integer(FIRST_DEFAULT_DAYS))


def fewest_cases(day: date, *, params: Params | None = None) -> int:
    """Under how many cases no share is told on `day`."""
    return (params or params_on(day)).integer(SIGN_FEWEST)
