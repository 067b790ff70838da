"""Dated parameters of the rights to benefit, and how to read them."""

from datetime import date

from common.params import Kind, Params, Scope, declare
from office.parameters.queries import params_on
from rent_ledger.rights.rules.benefits import BenefitParams
from rent_ledger.rights.rules.retention import RetentionParams

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
CREDIT_WINDOW = declare(
    key="benefit.credit_window_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Écart entre un bordereau et le virement qui le paie",
    source="Usage de la maison, aucun texte : avant ou après le jour de paiement du bordereau",
    verified=False,
    default=20,
).key
CLAIM_MONTHS = declare(
    key="billing.claim_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Mois passés sur lesquels un avis porte un rappel ou un avoir",
    source="Loi 89-462, art. 7-1 : trois ans",
    verified=True,
    default=36,
    scope=Scope.NATIONAL,
).key


_KEPT = "CCH, art. L. 843-1 et R. 843-2"
RETENTION_MONTHS = declare(
    key="benefit.retention_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=18,
    label="Durée de la retenue de l’aide d’un logement non décent", source=_KEPT,
).key  # fmt: skip
RETENTION_MORE = declare(
    key="benefit.retention_more_months", kind=Kind.MONTHS, unit="mois", scope=Scope.NATIONAL, verified=True, default=6,
    label="Durée de chaque prolongation de la retenue", source=_KEPT,
).key  # fmt: skip
RETENTION_TIMES = declare(
    key="benefit.retention_times", kind=Kind.INT, unit="prolongations", scope=Scope.NATIONAL, verified=True, default=2,
    label="Prolongations de la retenue, au plus", source=_KEPT,
).key  # fmt: skip
RETENTION_NOTICE = declare(
    key="benefit.retention_notice_days", kind=Kind.DAYS, unit="jours", verified=False, default=90,
    label="Rappel avant la fin d’une retenue", source="Usage de la maison, aucun texte : le temps des travaux",
).key  # fmt: skip


def retention_params(day: date, *, params: Params | None = None) -> RetentionParams:
    """The delays of a retention in force on `day`."""
    params = params or params_on(day)
    return RetentionParams(
        months=params.value(RETENTION_MONTHS),
        more=params.value(RETENTION_MORE),
        times=params.integer(RETENTION_TIMES),
        notice_days=params.integer(RETENTION_NOTICE),
    )


def benefit_params(day: date, *, params: Params | None = None) -> BenefitParams:
    """Days of payment of the benefits in force on `day`."""
    params = params or params_on(day)
    return BenefitParams(apl_day=params.value(APL_DAY), al_day=params.value(AL_DAY))


def claim_months(day: date, *, params: Params | None = None) -> int:
    """How many months back a demand of `day` may claim, or give back, what a past month asked wrongly."""
    months: int = (params or params_on(day)).value(CLAIM_MONTHS)
    return months
