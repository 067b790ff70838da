"""One table of the kinds of measures: how long, between whom, on whose word (law.md A4; S0-05, S1-03, S1-13, S4-05).

Durations are those of one convention or text each: here stand the values of a house that has typed none. None of them
was checked against a text in force; each is a dated parameter (`social_link.measures.parameters`). The rest is how a
kind works, and changes with the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from social_link.measures.codes import Exclusion, MeasureKind, Paper, Party, Proposer

TWO = (Party.HOUSEHOLD, Party.HOUSE)
THREE = (Party.HOUSEHOLD, Party.HOUSE, Party.DEPARTMENT)
BUDGET = frozenset(Exclusion)
NOBODY: frozenset[Exclusion] = frozenset()


@dataclass(frozen=True, slots=True)
class KindRule:
    """`bounds`: least and most months of one contract, most in all, most renewals; None is no bound. `rhythm`: most
    days between two contacts, None where the contract says.

    `family`: the kinds whose months count together, and that change into one another without a new measure. `paid_by`:
    the usual funder, in words. `asked`: papers without which it does not begin. `evaluated`: before it goes on.
    `with_lease`: signed with the contract of the dwelling, on the same day; until then it prepares the entry (S3-02,
    S3-04). `scored`: the seven axes are filled in at its start and at its end (S3-10).
    """

    bounds: tuple[int | None, int | None, int | None, int | None]
    rhythm: int | None
    source: str
    family: tuple[MeasureKind, ...]
    parties: tuple[Party, ...]
    proposers: frozenset[Proposer]
    exclusions: frozenset[Exclusion]
    paid_by: str
    asked: frozenset[Paper] = frozenset()
    evaluated: bool = False
    with_lease: bool = False
    scored: bool = False

    @property
    def between(self) -> str:
        """« le ménage, l’association et le Département »."""
        *first, last = (party.label for party in self.parties)
        return f"{', '.join(first)} et {last}"


AVDL = (MeasureKind.AVDL_TO, MeasureKind.AVDL_AT, MeasureKind.AVDL_IN)
MASP = (MeasureKind.MASP1, MeasureKind.MASP2)
CAF = (MeasureKind.SIMPLE, MeasureKind.REINFORCED)
CCAS = (MeasureKind.TYPE_1, MeasureKind.TYPE_2)

_AVDL = KindRule(
    (3, 6, 12, None), None, "CCH, art. L.300-2, cahier des charges AVDL", AVDL, TWO,
    frozenset({Proposer.STATE}), NOBODY, "l’État (FNAVDL)",
)  # fmt: skip
_MASP = KindRule(
    (6, 24, 48, None), None, "CASF, art. L.271-1 à L.271-5", MASP, THREE,
    frozenset({Proposer.DEPARTMENT}), BUDGET, "le Département", evaluated=True,
)  # fmt: skip
_CAF = KindRule(
    (None, None, None, None), None, "convention CAF : durée selon le contrat", CAF, TWO,
    frozenset({Proposer.HOUSE, Proposer.INSTRUCTING}), NOBODY, "la CAF",
)  # fmt: skip
# Type 1 learns what a tenant does, and is seen more often; type 2 is watched over for good (S0-05, S0-12).
_CCAS = KindRule(
    (None, None, None, None), 30, "marché du CCAS : durée selon le contrat", CCAS, TWO,
    frozenset({Proposer.CCAS, Proposer.HOUSE}), NOBODY, "le CCAS",
)  # fmt: skip

KINDS: Mapping[MeasureKind, KindRule] = MappingProxyType(
    {
        MeasureKind.ASLL: KindRule(
            (3, 6, 24, None), None, "règlement intérieur du FSL, loi du 31 mai 1990, art. 6", (MeasureKind.ASLL,), TWO,
            frozenset({Proposer.INSTRUCTING}), BUDGET, "le FSL (Département)", evaluated=True,
        ),
        MeasureKind.IML: KindRule(
            (None, 12, 12, None), None, "convention d’intermédiation locative", (MeasureKind.IML,), TWO,
            frozenset({Proposer.STATE, Proposer.HOUSE}), NOBODY, "l’État (DDETS)", frozenset({Paper.AGREEMENT}),
            with_lease=True,
        ),
        MeasureKind.AVDL_TO: _AVDL,
        MeasureKind.AVDL_AT: _AVDL,
        MeasureKind.AVDL_IN: _AVDL,
        MeasureKind.MASP1: _MASP,
        MeasureKind.MASP2: _MASP,
        MeasureKind.AEB: KindRule(
            (None, None, None, None), None, "CASF, art. L.222-3 : durée selon le contrat", (MeasureKind.AEB,), TWO,
            frozenset({Proposer.DEPARTMENT, Proposer.HOUSE}), BUDGET, "le Département",
        ),
        MeasureKind.SIMPLE: _CAF,
        # « Court, global, dense » (S3-10).
        MeasureKind.REINFORCED: replace(_CAF, rhythm=15, scored=True),
        MeasureKind.TYPE_1: replace(_CCAS, rhythm=21),
        MeasureKind.TYPE_2: _CCAS,
    }
)  # fmt: skip
