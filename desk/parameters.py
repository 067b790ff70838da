"""Goals of the direction: dated values of the house, shown beside its figures. A house has none until it sets them."""

from dataclasses import dataclass
from datetime import date

from common.params import Kind, declare
from common.periods import ONE_DAY, Month
from office.parameters.queries import params_steps

_OWN = "Objectif de la maison, aucun texte : à fixer par la direction"
RECOVERY, VACANCY, CONTACT = (
    declare(
        key=f"goal.{name}", kind=kind, unit=unit, label=label, source=_OWN, verified=False, default=None, optional=True,
        without="aucun objectif",
    ).key
    for name, kind, unit, label in (
        ("recovery", Kind.INT, "%", "Recouvrement à 30 jours, au moins"),
        ("vacancy", Kind.INT, "jours", "Vacance de tout le parc en un mois, au plus"),
        ("contact", Kind.INT, "jours", "Du premier défaut au premier contact, au plus"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goals:
    """Of a period: `recovery` in per cent, at least; `vacancy` in days of its months together and `contact` in days, at
    most. None is no goal."""

    recovery: int | None
    vacancy: int | None
    contact: int | None


def goals_between(start: date, end: date) -> Goals:
    """Of the whole months `[start, end)`: as in force on the last day of the period, for the vacancy on the last day of
    each month; no goal where a month has none (one query)."""
    steps = params_steps((RECOVERY, VACANCY, CONTACT))
    vacancy, month = [], Month.of(start)
    while month.first < end:
        month = month.plus(1)
        vacancy.append(steps.on(month.first - ONE_DAY).bound(VACANCY))
    known = [days for days in vacancy if days is not None]
    last = steps.on(end - ONE_DAY)
    return Goals(
        recovery=last.bound(RECOVERY),
        vacancy=sum(known) if known and len(known) == len(vacancy) else None,
        contact=last.bound(CONTACT),
    )
