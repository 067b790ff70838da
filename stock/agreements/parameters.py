"""Dated parameters of the agreements, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on

_OWN = "Pratique de la maison, aucun texte : temps pour prolonger une convention ou reloger"
END_ALERTS = tuple(
    declare(
        key=f"stock.end_alert_{rank}",
        kind=Kind.MONTHS,
        unit="mois",
        label=f"{label} rappel avant la fin d’une convention",
        source=_OWN,
        verified=False,
        default=months,
    ).key
    for rank, label, months in (("first", "Premier", 6), ("second", "Deuxième", 3), ("last", "Dernier", 1))
)


def end_alerts(params: Params) -> tuple[int, ...]:
    """How many months before the end of an agreement its page and the director's home page show a reminder."""
    return tuple(params.integer(key) for key in END_ALERTS)


def end_alerts_on(day: date) -> tuple[int, ...]:
    """The same as in force on `day` (one query)."""
    return end_alerts(params_on(day))
