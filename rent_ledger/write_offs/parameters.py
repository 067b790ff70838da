"""The dated parameter of the write-offs: up to which amount one signature decides."""

from datetime import date
from decimal import Decimal

from common.params import Kind, declare
from office.parameters.queries import params_on
from rent_ledger.write_offs.rules.write_offs import WriteOffParams

ONE_SIGNATURE_MOST = declare(
    key="write_off.one_signature_most",
    kind=Kind.DECIMAL,
    unit="€",
    label="Perte ou remise : montant jusqu’auquel une signature suffit, deux au-dessus",
    source="Pratique de la maison, aucun texte : à fixer par le conseil d’administration",
    verified=False,
    default="1000.00",
).key


def write_off_params(day: date) -> WriteOffParams:
    """The figures of `day`."""
    return WriteOffParams(one_signature_most=Decimal(params_on(day).value(ONE_SIGNATURE_MOST)))
