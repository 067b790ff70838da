"""Dated parameters of the ledger: declared here, valued by the administrator, handed to the rules as frozen values."""

from datetime import date
from typing import Any

from office.parameters import Kind, Params, Scope, declare, params_on
from rent_ledger.rules.benefits import BenefitParams
from rent_ledger.rules.lanes import LaneParams
from rent_ledger.rules.legal import LegalParams

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


# ---------- arrears: the law (RULES A1.1) ----------

_R824_1 = "CCH, art. R. 824-1 (juriblio.fr)"
_D2026_84 = "Décret 2026-84 du 12 février 2026, d’après des sources secondaires : texte intégral à lire"
LEGAL_SWITCH = declare(
    key="arrears.switch_on",
    kind=Kind.JSON,
    unit="jour",
    label="Premier jour du régime d’impayé de 2027",
    source=_D2026_84,
    verified=False,
    default="2027-01-01",
    scope=Scope.NATIONAL,
).key
LEGAL_MULTIPLE = declare(
    key="arrears.threshold_multiple",
    kind=Kind.DECIMAL,
    unit="× le montant mensuel",
    label="Seuil d’impayé jusqu’au 31 décembre 2026 (net en tiers payant, brut sinon)",
    source=_R824_1,
    verified=True,
    default="2",
    scope=Scope.NATIONAL,
).key
LEGAL_AMOUNT = declare(
    key="arrears.threshold_amount",
    kind=Kind.DECIMAL,
    unit="€",
    label="Seuil d’impayé à partir du 1er janvier 2027 (strictement au-dessus)",
    source=_D2026_84,
    verified=False,
    default="450.00",
    scope=Scope.NATIONAL,
).key
LEGAL_MONTHS = declare(
    key="arrears.threshold_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Âge de la dette qui fait l’impayé à partir du 1er janvier 2027, quel que soit le montant",
    source=_D2026_84,
    verified=False,
    default=3,
    scope=Scope.NATIONAL,
).key
LEGAL_REPORT = declare(
    key="arrears.report_months",
    kind=Kind.MONTHS,
    unit="mois",
    label="Délai pour déclarer l’impayé à la CAF ou à la MSA",
    source="CCH, art. R. 824-4 (avocat24.fr) ; deux mois aussi à partir de 2027 (boursorama, 26 février 2026)",
    verified=True,
    default=2,
    scope=Scope.NATIONAL,
).key

# ---------- arrears: the house's own delays ----------

_OWN = "Usage de la maison, à régler : aucun texte ne le fixe"


def _own(key: str, kind: Kind, unit: str, label: str, default: Any) -> str:
    return declare(
        key=f"arrears.{key}", kind=kind, unit=unit, label=label, source=_OWN, verified=False, default=default
    ).key


RETURN_DAYS = _own("return_days", Kind.DAYS, "jours", "Rejet de prélèvement mis à part (R7)", 7)
NEWCOMER_DAYS = _own("newcomer_days", Kind.DAYS, "jours", "Nouvel entrant mis à part après l’entrée", 31)
FIRST_AID_MONTHS = _own("first_aid_months", Kind.MONTHS, "mois", "Attente de la première aide après l’entrée", 3)
FIRST_DEFAULT_DAYS = _own("first_default_days", Kind.DAYS, "jours", "Premier impayé signalé après l’échéance (R1)", 5)
CALL_DAYS = _own("call_days", Kind.DAYS, "jours", "Appel plutôt que message après l’échéance", 10)
USUAL_DAYS = _own("usual_tolerance_days", Kind.DAYS, "jours", "Attente au-delà du jour habituel de paiement", 3)
SMALL_REMAINDER = _own("small_remainder", Kind.DECIMAL, "€", "Reste d’un terme payé en partie, laissé là", "100.00")
DECIDED_DAYS = _own("decided_days", Kind.DAYS, "jours", "Repos d’un dossier après une décision", 10)


def legal_params(day: date, *, params: Params | None = None) -> LegalParams:
    """Figures of the two regimes of impayé in force on `day`."""
    params = params or params_on(day)
    return LegalParams(
        switch_on=date.fromisoformat(params.value(LEGAL_SWITCH)),
        multiple=params.decimal(LEGAL_MULTIPLE),
        amount=params.decimal(LEGAL_AMOUNT),
        months=params.value(LEGAL_MONTHS),
        report_months=params.value(LEGAL_REPORT),
    )


def lane_params(day: date, *, params: Params | None = None) -> LaneParams:
    """The house's delays for lanes and actions in force on `day`."""
    params = params or params_on(day)
    return LaneParams(
        return_days=params.value(RETURN_DAYS),
        newcomer_days=params.value(NEWCOMER_DAYS),
        first_aid_months=params.value(FIRST_AID_MONTHS),
        first_default_days=params.value(FIRST_DEFAULT_DAYS),
        call_days=params.value(CALL_DAYS),
        usual_tolerance_days=params.value(USUAL_DAYS),
        small_remainder=params.decimal(SMALL_REMAINDER),
        decided_days=params.value(DECIDED_DAYS),
    )
