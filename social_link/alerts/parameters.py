"""Dated parameters of the alerts, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from rent_ledger.arrears.parameters import ANSWER_DAYS
from rent_ledger.benefits.parameters import BENEFIT_PERCENT
from social_link.alerts.rules.alerts import AlertParams

_HOUSE = "Pratique de la maison (règles de départ), aucun texte"


_WORKING = "jours ouvrés"
"""A delay of none is the day itself."""


def _alert(name: str, label: str, default: int, *, unit: str = "jours", kind: Kind = Kind.DAYS) -> str:
    return declare(
        key=f"alert.{name}", kind=kind, unit=unit, label=label, source=_HOUSE, verified=False, default=default,
        least=0 if unit == _WORKING else None,
    ).key  # fmt: skip


WINDOW_DAYS = _alert("window_days", "Deux absences dans cette durée", 30)
ACK_DAYS = _alert("ack_days", "Délai pour prendre une alerte", 5, unit=_WORKING)
URGENT_ACK_DAYS = _alert("urgent_ack_days", "Délai pour prendre une alerte urgente", 0, unit=_WORKING)
URGENT_ANSWER_DAYS = _alert("urgent_answer_days", "Délai pour répondre à une alerte urgente", 2, unit=_WORKING)
SIGNAL_ANSWER_DAYS = _alert("signal_answer_days", "Délai pour répondre au signal d’un technicien", 2, unit=_WORKING)
URGENT_SIGNAL_ANSWER_DAYS = _alert(
    "urgent_signal_answer_days", "Délai pour répondre au signal urgent d’un technicien", 0, unit=_WORKING
)
DELAYS = (ACK_DAYS, ANSWER_DAYS, URGENT_ACK_DAYS, URGENT_ANSWER_DAYS, SIGNAL_ANSWER_DAYS, URGENT_SIGNAL_ANSWER_DAYS)
SECOND_HOLD_DAYS = _alert("second_hold_days", "Pause des relances au deuxième impayé", 15)
HOLD_MAX_DAYS = _alert("hold_max_days", "Durée la plus longue d’une pause demandée", 30)


def alert_params(day: date, *, params: Params | None = None) -> AlertParams:
    """The figures of the alerts in force on `day`."""
    params = params or params_on(day)
    return AlertParams(
        benefit_percent=params.integer(BENEFIT_PERCENT),
        window_days=params.integer(WINDOW_DAYS),
        delays={key: params.integer(key) for key in DELAYS},
        second_hold_days=params.integer(SECOND_HOLD_DAYS),
        hold_max_days=params.integer(HOLD_MAX_DAYS),
    )
