"""Dated parameters of the alerts and of the measures, and how to read them."""

from dataclasses import dataclass
from datetime import date

from common.params import Kind, Params, declare
from office.parameters import params_on
from social_link.enums import MeasureKind
from social_link.rules.alerts import AlertParams
from social_link.rules.measures import MeasureRule

_HOUSE = "Pratique de la maison (règles de départ), aucun texte"


def _alert(name: str, label: str, default: int, *, unit: str = "jours", kind: Kind = Kind.DAYS) -> str:
    return declare(
        key=f"alert.{name}", kind=kind, unit=unit, label=label, source=_HOUSE, verified=False, default=default
    ).key


_WORKING = "jours ouvrés"
GRACE_DAYS = _alert("grace_days", "Impayé constaté après l’échéance", 5)
FIRST_MONTHS = _alert("first_months", "Premiers mois du séjour (R1)", 3, unit="mois", kind=Kind.MONTHS)
BENEFIT_PERCENT = _alert("benefit_percent", "Aide en baisse sous ce taux (R5)", 80, unit="%", kind=Kind.INT)
WINDOW_DAYS = _alert("window_days", "Deux absences dans cette durée (R9)", 30)
ACK_DAYS = _alert("ack_days", "Délai pour prendre une alerte", 5, unit=_WORKING)
ANSWER_DAYS = _alert("answer_days", "Délai pour répondre à une alerte", 15, unit=_WORKING)
URGENT_ACK_DAYS = _alert("urgent_ack_days", "Délai pour prendre une alerte urgente", 0, unit=_WORKING)
SECOND_HOLD_DAYS = _alert("second_hold_days", "Pause des relances au deuxième impayé (R2)", 15)
HOLD_MAX_DAYS = _alert("hold_max_days", "Durée la plus longue d’une pause demandée", 30)


def alert_params(day: date, *, params: Params | None = None) -> AlertParams:
    """The figures of the alerts in force on `day`."""
    params = params or params_on(day)
    return AlertParams(
        grace_days=params.integer(GRACE_DAYS),
        first_months=params.integer(FIRST_MONTHS),
        benefit_percent=params.integer(BENEFIT_PERCENT),
        window_days=params.integer(WINDOW_DAYS),
        ack_days=params.integer(ACK_DAYS),
        answer_days=params.integer(ANSWER_DAYS),
        urgent_ack_days=params.integer(URGENT_ACK_DAYS),
        second_hold_days=params.integer(SECOND_HOLD_DAYS),
        hold_max_days=params.integer(HOLD_MAX_DAYS),
    )


# How long a followed household may stay without a contact made by a person, and how early the worker is told.
_WATCH = "Pratique de la maison (veille sociale, règle R8), aucun texte"
SILENCE_DAYS = declare(
    key="contact.silence_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Durée la plus longue sans contact avec un ménage suivi",
    source=_WATCH,
    verified=False,
    default=30,
).key
SILENCE_NOTICE_DAYS = declare(
    key="contact.silence_notice_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Rappel avant la fin de la durée sans contact",
    source=_WATCH,
    verified=False,
    default=5,
).key


@dataclass(frozen=True, slots=True)
class SilenceParams:
    """A household is named `notice_days` before it has been `limit_days` without a contact, and late beyond them."""

    limit_days: int
    notice_days: int


def silence_params(day: date, *, params: Params | None = None) -> SilenceParams:
    """The two delays in force on `day`."""
    params = params or params_on(day)
    return SilenceParams(params.integer(SILENCE_DAYS), params.integer(SILENCE_NOTICE_DAYS))


# Minimum, maximum of one contract, total; 0 is no bound. Sources: RULES A4.
_MEASURES: dict[MeasureKind, tuple[int, int, int, str]] = {
    MeasureKind.ASLL: (3, 6, 24, "règlement intérieur du FSL, loi du 31 mai 1990, art. 6"),
    MeasureKind.IML: (0, 12, 12, "convention d’intermédiation locative"),
    MeasureKind.AVDL: (3, 6, 12, "CCH, art. L.300-2, cahier des charges AVDL"),
    MeasureKind.MASP2: (6, 24, 48, "CASF, art. L.271-1 à L.271-5"),
    MeasureKind.SIMPLE: (0, 0, 0, "convention CAF : durée selon le contrat"),
    MeasureKind.REINFORCED: (0, 0, 0, "convention CAF : durée selon le contrat"),
    MeasureKind.TYPE_1: (0, 0, 0, "marché du CCAS : durée selon le contrat"),
    MeasureKind.TYPE_2: (0, 0, 0, "marché du CCAS : durée selon le contrat"),
}
_BOUNDS = (("min", "durée la plus courte"), ("max", "durée la plus longue"), ("total", "durée totale"))
for _kind, (*_months, _source) in _MEASURES.items():
    for (_name, _label), _value in zip(_BOUNDS, _months, strict=True):
        declare(
            key=f"measure.{_kind.value.lower()}_{_name}",
            kind=Kind.MONTHS,
            unit="mois",
            label=f"{_kind.label} : {_label} (0 : sans borne)",
            source=str(_source),
            verified=False,
            default=_value,
        )


def measure_rule(kind: str, day: date, *, params: Params | None = None) -> MeasureRule:
    """The bounds of a kind of measure in force on `day`."""
    params = params or params_on(day)
    stem = f"measure.{kind.lower()}"
    return MeasureRule(
        kind=kind,
        label=MeasureKind(kind).label,
        min_months=params.integer(f"{stem}_min"),
        max_months=params.integer(f"{stem}_max"),
        total_months=params.integer(f"{stem}_total"),
        source=params.source(f"{stem}_max"),
    )
