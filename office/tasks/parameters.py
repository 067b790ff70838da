"""The delay of a task whose cause has no deadline of its own."""

from datetime import date

from common.params import Kind, declare
from common.workdays import add_working_days
from office.house.parameters import ALSACE_MOSELLE
from office.parameters.queries import params_on

OWN_DAYS = declare(
    key="task.own_days",
    kind=Kind.DAYS,
    unit="jours ouvrés",
    label="Délai d’une tâche sans échéance propre",
    source="Pratique de la maison, aucun texte : le temps de lire un dossier et de décider",
    verified=False,
    default=3,
).key


def own_due_on(day: date) -> date:
    """By when a task that arises on `day` has to be done (one query)."""
    params = params_on(day)
    return add_working_days(day, params.integer(OWN_DAYS), alsace_moselle=params.flag(ALSACE_MOSELLE))
