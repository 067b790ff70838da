"""The dated parameters of the rent runs: when the next month is proposed, and how long a late avis leaves to pay."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on

RUN_FROM_DAY = declare(
    key="rent.run_from_day",
    kind=Kind.INT,
    unit="jour du mois",
    label="Jour à partir duquel l’accueil propose le quittancement du mois suivant",
    source="Usage de la maison, aucun texte",
    verified=False,
    default=20,
).key
DAYS_TO_PAY = declare(
    key="rent.days_to_pay",
    kind=Kind.DAYS,
    unit="jours",
    label="Jours laissés pour payer un avis émis après son échéance",
    source="Usage de la maison, aucun texte",
    verified=False,
    default=8,
).key


def days_to_pay(day: date, *, params: Params | None = None) -> int:
    """The days that an avis issued on `day` leaves, where the contract's due day has passed."""
    return (params or params_on(day)).integer(DAYS_TO_PAY)
