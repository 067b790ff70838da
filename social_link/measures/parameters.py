"""Dated parameters of the measures, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.measures.codes import MeasureKind, Paper
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import MeasureRule

# What may follow the first day of a measure: it is said until it is there.
EXPECTED = frozenset({Paper.FUNDER, Paper.CONTRACT})
# From when on the end of a measure is to be prepared.
ENDING_DAYS = 45
_BOUNDS = (
    ("min", "durée la plus courte", Kind.MONTHS, "mois"),
    ("max", "durée la plus longue", Kind.MONTHS, "mois"),
    ("total", "durée totale", Kind.MONTHS, "mois"),
    ("renewals", "nombre de renouvellements", Kind.INT, ""),
    ("rhythm", "délai le plus long entre deux contacts", Kind.DAYS, "jours"),
)
# When an IML is told of before its year is over, in months from its first day (S3-01: practice, no text).
_ALERTS = tuple(
    declare(
        key=f"measure.iml_alert_{_rank}",
        kind=Kind.MONTHS,
        unit="mois",
        label=f"IML : {_label}",
        source="Pratique des conventions d’intermédiation locative, aucun texte",
        verified=False,
        default=_value,
    ).key
    for _rank, _label, _value in ((1, "premier rappel avant la fin", 9), (2, "second rappel avant la fin", 11))
)
# How long a household may be housed without a support, or accompanied without a dwelling, before it is asked (S0-03).
GAP_DAYS = declare(
    key="measure.gap_days",
    kind=Kind.DAYS,
    unit="jours",
    label="Logé sans accompagnement, ou accompagné sans logement : une tâche après",
    source="Pratique de la maison, aucun texte",
    verified=False,
    default=30,
).key
for _kind, _rule in KINDS.items():
    for (_name, _label, _type, _unit), _value in zip(_BOUNDS, (*_rule.bounds, _rule.rhythm), strict=True):
        declare(
            key=f"measure.{_kind.value.lower()}_{_name}",
            kind=_type,
            unit=_unit,
            label=f"{_kind.label} : {_label}",
            source=_rule.source,
            verified=False,
            default=_value,
            optional=True,
            most=20 if _type == Kind.INT else None,
        )


def measure_rule(kind: str, day: date, *, params: Params | None = None) -> MeasureRule:
    """The bounds of a kind of measure in force on `day`."""
    params = params or params_on(day)
    stem, fixed = f"measure.{kind.lower()}", KINDS[MeasureKind(kind)]
    return MeasureRule(
        kind=kind,
        label=MeasureKind(kind).label,
        min_months=params.bound(f"{stem}_min"),
        max_months=params.bound(f"{stem}_max"),
        total_months=params.bound(f"{stem}_total"),
        source=params.source(f"{stem}_max"),
        asked=fixed.asked,
        expected=EXPECTED | fixed.asked,
        renewals=params.bound(f"{stem}_renewals"),
        rhythm_days=params.bound(f"{stem}_rhythm"),
        proposers=fixed.proposers,
        evaluated=fixed.evaluated,
        exclusions=fixed.exclusions,
    )


def rhythms(params: Params) -> dict[MeasureKind, int | None]:
    """Most days between two contacts, by kind of measure; None where the general limit holds."""
    return {kind: params.bound(f"measure.{kind.value.lower()}_rhythm") for kind in MeasureKind}


def gap_days(day: date) -> int:
    """After how many days a household without a support, or without a dwelling, is asked about."""
    return params_on(day).integer(GAP_DAYS)


def alert_months(day: date) -> tuple[int, int]:
    """After how many months an IML is told of, the first time and the second."""
    params = params_on(day)
    first, second = (params.integer(key) for key in _ALERTS)
    return first, second
