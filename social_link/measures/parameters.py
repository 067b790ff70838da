"""Dated parameters of the measures, and how to read them."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.measures.codes import MeasureKind, Paper
from social_link.measures.rules.measures import MeasureRule

# Minimum, maximum of one contract, total, in months. Sources: law.md A4.
MEASURES: dict[MeasureKind, tuple[int | None, int | None, int | None, str]] = {
    MeasureKind.ASLL: (3, 6, 24, "règlement intérieur du FSL, loi du 31 mai 1990, art. 6"),
    MeasureKind.IML: (None, 12, 12, "convention d’intermédiation locative"),
    MeasureKind.AVDL: (3, 6, 12, "CCH, art. L.300-2, cahier des charges AVDL"),
    MeasureKind.MASP2: (6, 24, 48, "CASF, art. L.271-1 à L.271-5"),
    MeasureKind.SIMPLE: (None, None, None, "convention CAF : durée selon le contrat"),
    MeasureKind.REINFORCED: (None, None, None, "convention CAF : durée selon le contrat"),
    MeasureKind.TYPE_1: (None, None, None, "marché du CCAS : durée selon le contrat"),
    MeasureKind.TYPE_2: (None, None, None, "marché du CCAS : durée selon le contrat"),
}
# What a text asks for before the measure begins (law.md A4). A funder and a contract may follow the first day: they are
# said until they are there.
ASKED: dict[MeasureKind, frozenset[Paper]] = {MeasureKind.IML: frozenset({Paper.AGREEMENT})}
EXPECTED = frozenset({Paper.FUNDER, Paper.CONTRACT})
# From when on the end of a measure is to be prepared.
ENDING_DAYS = 45
_BOUNDS = (("min", "durée la plus courte"), ("max", "durée la plus longue"), ("total", "durée totale"))
for _kind, (*_months, _source) in MEASURES.items():
    for (_name, _label), _value in zip(_BOUNDS, _months, strict=True):
        declare(
            key=f"measure.{_kind.value.lower()}_{_name}",
            kind=Kind.MONTHS,
            unit="mois",
            label=f"{_kind.label} : {_label}",
            source=str(_source),
            verified=False,
            default=_value,
            optional=True,
        )


def measure_rule(kind: str, day: date, *, params: Params | None = None) -> MeasureRule:
    """The bounds of a kind of measure in force on `day`."""
    params = params or params_on(day)
    stem = f"measure.{kind.lower()}"
    return MeasureRule(
        kind=kind,
        label=MeasureKind(kind).label,
        min_months=params.bound(f"{stem}_min"),
        max_months=params.bound(f"{stem}_max"),
        total_months=params.bound(f"{stem}_total"),
        source=params.source(f"{stem}_max"),
        asked=ASKED.get(MeasureKind(kind), frozenset()),
        expected=EXPECTED | ASKED.get(MeasureKind(kind), frozenset()),
    )
