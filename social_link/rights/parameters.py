"""Dated parameters of the rights, and how to read them. None was verified."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.rights.codes import RightKind
from social_link.rights.rules.days import RightParams
from social_link.rights.rules.hints import HintParams
from social_link.rights.rules.kinds import KINDS

CONTEST_MONTHS = declare(
    key="rights.contest_months", kind=Kind.MONTHS, unit="mois", label="Délai pour contester le refus d’un droit",
    source="CSS, art. R. 142-1 ; CASF, art. R. 262-88 ; CJA, art. R. 421-1 (non relus)", verified=False, default=2,
).key  # fmt: skip
NOTICE_DAYS = declare(
    key="rights.notice_days", kind=Kind.DAYS, unit="jours", label="Rappel avant le renouvellement d’un droit",
    source="Pratique de la maison, aucun texte", verified=False, default=30,
).key  # fmt: skip
_LENGTHS = {
    kind: declare(
        key=f"rights.{kind.value.lower()}_months", kind=Kind.MONTHS, unit="mois",
        label=f"{kind.label} : durée proposée avant le renouvellement", source="Usage (non relu)", verified=False,
        default=rule.months,
    ).key
    for kind, rule in KINDS.items()
    if rule.months is not None
}  # fmt: skip
_AGES = tuple(
    declare(
        key=f"rights.{name}", kind=Kind.INT, unit=unit, label=f"Droits à vérifier : {label}", source=source,
        verified=False, default=value,
    ).key
    for name, label, unit, source, value in (
        ("rsa_age", "âge à partir duquel le RSA est signalé", "ans", "CASF, art. L. 262-4 (non relu)", 25),
        ("old_age", "âge à partir duquel l’ASPA est signalée", "ans", "CSS, art. L. 815-1 (non relu)", 65),
        ("child_age", "âge sous lequel un enfant compte", "ans", "CSS, art. L. 512-3 (non relu)", 20),
        ("children", "enfants à partir desquels les prestations sont signalées", "enfants",
         "CSS, art. L. 521-1 (non relu)", 2),
    )
)  # fmt: skip


def right_params(day: date, *, params: Params | None = None) -> RightParams:
    """The delays in force on `day`."""
    params = params or params_on(day)
    return RightParams(params.integer(CONTEST_MONTHS), params.integer(NOTICE_DAYS))


def usual_months(day: date, *, params: Params | None = None) -> dict[RightKind, int]:
    """How long a right usually runs, of those that have a usual length."""
    params = params or params_on(day)
    return {kind: params.integer(key) for kind, key in _LENGTHS.items()}


def hint_params(day: date, *, params: Params | None = None) -> HintParams:
    """The ages in force on `day`."""
    params = params or params_on(day)
    return HintParams(*(params.integer(key) for key in _AGES))
