"""Dated parameters of the dwellings, and how to read them."""

from common.params import Kind, Params, Scope, declare
from stock.dwellings.codes import EnergyClass
from stock.dwellings.rules.energy import EnergyParams

_L89_17_1 = "Loi n° 89-462, art. 17-1"
FROZEN_CLASSES = declare(
    key="stock.frozen_rent_classes",
    kind=Kind.JSON,
    unit="classes",
    label="Classes énergie dont le loyer n’est pas révisable",
    source=f"{_L89_17_1} : classes F et G",
    verified=True,
    default=[EnergyClass.F.value, EnergyClass.G.value],
    among=EnergyClass.values,
    scope=Scope.NATIONAL,
).key
FROZEN_SINCE = declare(
    key="stock.frozen_rent_since",
    kind=Kind.DATE,
    unit="",
    label="Loyer non révisable : baux signés ou reconduits depuis le",
    source=f"{_L89_17_1}, version du 24 août 2022",
    verified=True,
    default="2022-08-24",
    scope=Scope.NATIONAL,
).key
FROZEN_SINCE_OVERSEAS = declare(
    key="stock.frozen_rent_since_overseas",
    kind=Kind.DATE,
    unit="",
    label="Loyer non révisable outre-mer : baux signés ou reconduits depuis le",
    source=f"{_L89_17_1} : 1er juillet 2024 en Guadeloupe, Martinique, Guyane, à La Réunion et à Mayotte",
    verified=True,
    default="2024-07-01",
    scope=Scope.NATIONAL,
).key


def energy_params(params: Params) -> EnergyParams:
    """What the law says of the revision of rents by energy class."""
    return EnergyParams(
        frozen=frozenset(EnergyClass(code) for code in params.value(FROZEN_CLASSES)),
        since=params.date_of(FROZEN_SINCE),
        since_overseas=params.date_of(FROZEN_SINCE_OVERSEAS),
    )
