"""Dated parameters of the budgets."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on

REDO_MONTHS = declare(
    key="budgets.redo_months", kind=Kind.MONTHS, unit="mois", label="Âge à partir duquel un budget est à refaire",
    source="Pratique de la maison, aucun texte", verified=False, default=6,
).key  # fmt: skip


def redo_months(day: date, *, params: Params | None = None) -> int:
    """For how long a budget says what is left to live on."""
    return (params or params_on(day)).integer(REDO_MONTHS)
