"""Dated parameters of repairs, and how to read them."""

from datetime import date

from common.params import Kind, declare
from maintenance.tickets.rules.priority import Delays
from office.parameters.queries import params_on

_USAGE = "Usage de la profession, aucun texte ; à fixer par l’association"


def _delay(name: str, label: str, days: int) -> str:
    return declare(
        key=f"maintenance.delay_{name}",
        kind=Kind.DAYS,
        unit="jours",
        label=label,
        source=_USAGE,
        verified=False,
        default=days,
    ).key


DELAY_EMERGENCY = _delay("emergency", "Délai d’une urgence", 1)
DELAY_HIGH = _delay("high", "Délai d’une demande rapide", 3)
DELAY_NORMAL = _delay("normal", "Délai d’une demande normale", 15)
DELAY_LOW = _delay("low", "Délai d’une demande à planifier", 60)
PART_DAYS = declare(
    key="maintenance.part_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Attente d’une pièce, quand personne n’en dit le jour",
    source=_USAGE,
    verified=False,
    default=7,
).key


def delays_on(day: date) -> Delays:
    """The delays in force on `day` (one query)."""
    params = params_on(day)
    return Delays(
        emergency=params.integer(DELAY_EMERGENCY),
        high=params.integer(DELAY_HIGH),
        normal=params.integer(DELAY_NORMAL),
        low=params.integer(DELAY_LOW),
    )
