"""The dated parameter of the desk: from which amount of cash it asks again."""

from datetime import date
from decimal import Decimal

from common.params import Kind, declare
from office.parameters.queries import params_on

CASH_MOST = declare(
    key="rent.cash_most",
    kind=Kind.DECIMAL,
    unit="€",
    label="Espèces au guichet : montant au-dessus duquel la caisse demande confirmation",
    source="Code monétaire et financier, art. D. 112-3 : 1 000 € (texte non relu)",
    verified=False,
    default="1000.00",
).key


def cash_most(day: date) -> Decimal:
    """Euros of cash above which the desk asks again."""
    return Decimal(params_on(day).value(CASH_MOST))
