"""Dated parameters of the written steps, after the social service: how long each waits, and the delay that it gives."""

from datetime import date

from common.params import Kind, Scope, declare
from office.parameters.queries import params_on

_SOURCE = "Politique de l’association : aucun texte ne fixe ces délais"


def _step(key: str, label: str, default: int) -> str:
    return declare(
        key=f"arrears.{key}", kind=Kind.DAYS, unit="jours", label=label, source=_SOURCE, verified=False,
        default=default, least=1,
    ).key  # fmt: skip


REMINDER_DAYS = _step("reminder_days", "Sans paiement après la réponse du service social : relance", 10)
FORMAL_DAYS = _step("formal_days", "Sans paiement après une relance : mise en demeure", 15)
CALL_WAIT_DAYS = _step("call_wait_days", "Appel décidé que personne ne passe : étape suivante", 10)
FORMAL_DELAY = _step("formal_delay_days", "Délai que laisse une mise en demeure, à partir de sa réception", 15)
NOTICE_MONTHS = declare(
    key="procedures.notice_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=1,
    label="Préavis d’une résidence après la mise en demeure reçue", source="CCH, art. R. 633-3",
).key  # fmt: skip


def formal_delay(day: date) -> int:
    """How many days a formal notice of `day` leaves to pay or to come, from the day on which it is received."""
    return params_on(day).integer(FORMAL_DELAY)


def notice_months(day: date) -> int:
    """How many months the notice of a résidence has, whose formal notice is received on `day`."""
    return params_on(day).integer(NOTICE_MONTHS)
