"""The dated parameter of the credits: from which age one is looked at."""

from datetime import date

from common.params import Kind, declare
from office.parameters.queries import params_on

LOOK_DAYS = declare(
    key="credit.look_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Avance d’un ménage présent : âge à partir duquel elle est à regarder",
    source="Pratique de la maison, aucun texte",
    verified=False,
    default=60,
).key


def look_days(day: date) -> int:
    """Days after which the credit of a household that is still there waits for a decision."""
    return int(params_on(day).value(LOOK_DAYS))
