"""Dated parameters of the ledger: declared here, valued by the administrator, handed to the rules as frozen values."""

from datetime import date

from office.parameters import Kind, Params, declare, params_on
from rent_ledger.rules.benefits import BenefitParams

APL_DAY = declare(
    key="benefit.apl_day",
    kind=Kind.INT,
    unit="jour du mois",
    label="Jour de versement de l’APL au bailleur",
    source="caf.fr, page « tiers payant » : le 25 du mois",
    verified=False,
    default=25,
).key
AL_DAY = declare(
    key="benefit.al_day",
    kind=Kind.INT,
    unit="jour du mois suivant",
    label="Jour de versement de l’allocation logement au bailleur",
    source="caf.fr, page « tiers payant » : à terme échu, vers le 5 du mois suivant",
    verified=False,
    default=5,
).key


def benefit_params(day: date, *, params: Params | None = None) -> BenefitParams:
    """Days of payment of the benefits in force on `day`."""
    params = params or params_on(day)
    return BenefitParams(apl_day=params.value(APL_DAY), al_day=params.value(AL_DAY))
