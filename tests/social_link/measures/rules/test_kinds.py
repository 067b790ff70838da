"""The table of the kinds: hand cases of durations, renewals and totals, each with its text."""

from dataclasses import replace
from datetime import date

import pytest

from common.params import Params
from social_link.measures.codes import Exclusion, MeasureKind, Party, Progress, Proposer
from social_link.measures.parameters import measure_rule
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import (
    MeasureRule,
    Span,
    exclusion_refusal,
    last_day,
    may_go_on,
    months_left,
    refusals,
    renewal_refusal,
)

DAY = date(2026, 11, 5)
D = date
LEAP = D(2028, 2, 29)


def rule(kind: str) -> MeasureRule:
    """As the code says, without a stored value."""
    return measure_rule(kind, DAY, params=Params.of(DAY, {}))


ASLL_3_6 = "S1-13, ASLL: 3 to 6 months"
ASLL_24 = "S1-13, ASLL: 24 months in total"
IML_12 = "S3-01, IML: 12 months at most"
MASP_6_24 = "S4-06 and CASF, L. 271-1: 6 months to 2 years"
MASP_48 = "CASF, L. 271-2: 4 years in total"
AVDL_3_6 = "CCH, L. 300-2, AVDL: 3 to 6 months"
AVDL_12 = "CCH, L. 300-2, AVDL: at most 12"
FREE = "S3-09, S0-05: the contract says how long"
YEARS_2 = [Span(D(2024, 1, 1), D(2025, 12, 31))]


@pytest.mark.parametrize(
    ("text", "kind", "start", "end", "earlier", "said"),
    [
        # -- one contract
        (ASLL_3_6, "ASLL", D(2026, 1, 1), D(2026, 3, 30), [], "3 mois au moins"),
        (ASLL_3_6, "ASLL", D(2026, 1, 1), D(2026, 3, 31), [], ""),
        (ASLL_3_6, "ASLL", D(2026, 1, 1), D(2026, 6, 30), [], ""),
        (ASLL_3_6, "ASLL", D(2026, 1, 1), D(2026, 7, 1), [], "6 mois au plus"),
        (ASLL_3_6, "ASLL", D(2026, 11, 30), D(2027, 2, 26), [], "3 mois au moins"),  # no 30 February
        (ASLL_3_6, "ASLL", D(2026, 11, 30), D(2027, 2, 27), [], ""),
        (ASLL_3_6, "ASLL", D(2027, 11, 30), D(2028, 2, 28), [], ""),  # a leap year
        (ASLL_3_6, "ASLL", LEAP, D(2028, 8, 28), [], ""),
        (ASLL_3_6, "ASLL", LEAP, D(2028, 8, 29), [], "6 mois au plus"),
        (ASLL_3_6, "ASLL", D(2026, 10, 15), D(2027, 4, 14), [], ""),  # the turn of the year
        (IML_12, "IML", D(2026, 1, 15), D(2027, 1, 14), [], ""),
        (IML_12, "IML", D(2026, 1, 15), D(2027, 1, 15), [], "12 mois au plus"),
        (IML_12, "IML", D(2026, 1, 15), D(2026, 1, 15), [], ""),  # no minimum
        (IML_12, "IML", LEAP, D(2029, 2, 27), [], ""),
        (IML_12, "IML", LEAP, D(2029, 2, 28), [], "12 mois au plus"),
        (MASP_6_24, "MASP2", D(2026, 1, 1), D(2026, 6, 29), [], "6 mois au moins"),
        (MASP_6_24, "MASP2", D(2026, 1, 1), D(2026, 6, 30), [], ""),
        (MASP_6_24, "MASP2", D(2026, 1, 1), D(2027, 12, 31), [], ""),
        (MASP_6_24, "MASP2", D(2026, 1, 1), D(2028, 1, 1), [], "24 mois au plus"),
        (MASP_6_24, "MASP1", D(2026, 1, 1), D(2026, 6, 29), [], "6 mois au moins"),
        (MASP_6_24, "MASP1", D(2026, 1, 1), D(2027, 12, 31), [], ""),
        (AVDL_3_6, "AVDLV", D(2026, 1, 1), D(2026, 3, 30), [], "3 mois au moins"),
        (AVDL_3_6, "AVDLL", D(2026, 1, 1), D(2026, 3, 31), [], ""),
        (AVDL_3_6, "AVDLD", D(2026, 1, 1), D(2026, 7, 1), [], "6 mois au plus"),
        (FREE, "SIMPLE", D(2026, 1, 1), D(2026, 1, 1), [], ""),
        (FREE, "SIMPLE", D(2026, 1, 1), D(2031, 1, 1), [], ""),
        (FREE, "RENF", D(2026, 1, 1), D(2026, 1, 31), [], ""),
        (FREE, "T1", D(2026, 1, 1), D(2029, 1, 1), [], ""),
        (FREE, "T2", D(2026, 1, 1), D(2046, 1, 1), [], ""),
        ("CASF, L. 222-3: the contract says how long", "AEB", D(2026, 1, 1), D(2027, 6, 30), [], ""),
        # -- with what was done before
        (ASLL_24, "ASLL", D(2026, 1, 1), D(2026, 3, 31), YEARS_2, "le total est atteint"),
        (ASLL_24, "ASLL", D(2026, 1, 1), D(2026, 6, 30), [Span(D(2024, 1, 1), D(2025, 6, 30))], ""),
        (ASLL_24, "ASLL", D(2026, 1, 1), D(2026, 6, 30), [Span(D(2024, 1, 1), D(2025, 7, 1))], "29/06/2026"),
        (ASLL_24, "ASLL", D(2026, 1, 1), D(2026, 6, 29), [Span(D(2024, 1, 1), D(2025, 7, 1))], ""),
        (
            ASLL_24, "ASLL", D(2026, 1, 1), D(2026, 4, 30),
            [Span(D(2023, 1, 1), D(2023, 12, 31)), Span(D(2024, 6, 1), D(2025, 3, 31))], "tard le 28/02/2026",
        ),
        (IML_12, "IML", D(2026, 1, 1), D(2026, 1, 31), [Span(D(2025, 1, 1), D(2025, 12, 31))], "le total est atteint"),
        (IML_12, "IML", D(2026, 1, 1), D(2026, 6, 30), [Span(D(2025, 7, 1), D(2025, 12, 31))], ""),
        (IML_12, "IML", D(2026, 1, 1), D(2026, 7, 1), [Span(D(2025, 7, 1), D(2025, 12, 31))], "30/06/2026"),
        (MASP_48, "MASP2", D(2026, 1, 1), D(2027, 12, 31), YEARS_2, ""),
        (MASP_48, "MASP2", D(2026, 1, 1), D(2027, 12, 31), [Span(D(2023, 12, 31), D(2025, 12, 31))], "30/12/2027"),
        (MASP_48, "MASP1", D(2026, 1, 1), D(2026, 6, 30), [*YEARS_2, Span(D(2022, 1, 1), D(2023, 12, 31))], "atteint"),
        (AVDL_12, "AVDLD", D(2026, 1, 1), D(2026, 6, 30), [Span(D(2025, 7, 1), D(2025, 12, 31))], ""),
        (AVDL_12, "AVDLD", D(2026, 1, 1), D(2026, 6, 30), [Span(D(2025, 6, 30), D(2025, 12, 31))], "28/06/2026"),
        (FREE, "SIMPLE", D(2026, 1, 1), D(2026, 12, 31), [Span(D(2015, 1, 1), D(2025, 12, 31))], ""),
    ],
)  # fmt: skip
def test_durations_and_totals(text: str, kind: str, start: date, end: date, earlier: list[Span], said: str) -> None:
    found = "".join(refusals(rule(kind), start=start, end=end, earlier=earlier))
    assert said in found, text
    assert bool(found) == bool(said), text


@pytest.mark.parametrize(
    ("text", "kind", "since", "start", "end", "said"),
    [
        # Since the first day of the measure, its renewals included.
        (ASLL_24, "ASLL", D(2025, 1, 1), D(2026, 7, 1), D(2026, 12, 31), ""),
        (ASLL_24, "ASLL", D(2025, 1, 1), D(2027, 1, 1), D(2027, 3, 31), "le total est atteint"),
        (ASLL_24, "ASLL", D(2025, 2, 1), D(2026, 8, 1), D(2027, 1, 31), ""),
        (ASLL_24, "ASLL", D(2025, 1, 15), D(2026, 8, 15), D(2027, 2, 14), "14/01/2027"),
        ("S3-01: month 13 is impossible", "IML", D(2026, 1, 1), D(2027, 1, 1), D(2027, 1, 31), "le total est atteint"),
        (IML_12, "IML", D(2026, 1, 1), D(2026, 7, 1), D(2026, 12, 31), ""),
        (MASP_48, "MASP2", D(2023, 1, 1), D(2025, 1, 1), D(2026, 12, 31), ""),
        (MASP_48, "MASP2", D(2023, 1, 1), D(2027, 1, 1), D(2027, 6, 30), "le total est atteint"),
        (AVDL_12, "AVDLV", D(2026, 1, 1), D(2026, 7, 1), D(2026, 12, 31), ""),
        (AVDL_12, "AVDLV", D(2026, 1, 1), D(2026, 7, 2), D(2027, 1, 1), "31/12/2026"),
        (FREE, "T2", D(2016, 1, 1), D(2026, 1, 1), D(2026, 12, 31), ""),
    ],
)
def test_renewals_count_from_the_first_day(
    text: str, kind: str, since: date, start: date, end: date, said: str
) -> None:
    found = "".join(refusals(rule(kind), start=start, end=end, earlier=[], since=since))
    assert said in found, text
    assert bool(found) == bool(said), text


@pytest.mark.parametrize(
    ("text", "kind", "proposer", "progress", "field"),
    [
        ("S1-13: the instructing service proposes", "ASLL", "INSTRUCT", "ON_WAY", None),
        ("S1-13", "ASLL", "HOUSE", "ON_WAY", "proposed_by"),
        ("S1-13: a renewal is evaluated", "ASLL", "INSTRUCT", "", "progress"),
        ("S4-05: a référent social proposes", "MASP2", "DEPT", "REACHED", None),
        ("S4-05", "MASP2", "CCAS", "REACHED", "proposed_by"),
        ("CASF, L. 271-2: evaluated before it is renewed", "MASP2", "DEPT", "", "progress"),
        ("A4: an AVDL is not asked by the person", "AVDLV", "STATE", "", None),
        ("A4", "AVDLV", "HOUSE", "", "proposed_by"),
        ("S3-07: simple support is ours to propose", "SIMPLE", "HOUSE", "", None),
        ("S3-07: or the instructing service", "SIMPLE", "INSTRUCT", "", None),
        ("S3-01: the State agrees to an IML, and we may ask for it", "IML", "HOUSE", "", None),
        ("CASF, L. 222-3: an AEB is on request", "AEB", "DEPT", "", None),
        ("CASF, L. 222-3", "AEB", "HOUSE", "", None),
        ("S0-01: the CCAS orders", "T1", "CCAS", "", None),
        ("S0-01: and we do what it orders", "T2", "HOUSE", "", None),
    ],
)
def test_who_proposes_a_renewal(text: str, kind: str, proposer: str, progress: str, field: str | None) -> None:
    found = renewal_refusal(rule(kind), done=5, proposer=proposer, progress=progress)
    assert (found and found[0]) == field, text


@pytest.mark.parametrize(
    ("done", "most", "said"), [(2, 2, "2 fois au plus"), (3, 2, "2 fois"), (1, 2, ""), (9, None, "")]
)
def test_a_number_of_renewals_is_a_value_of_the_house(done: int, most: int | None, said: str) -> None:
    """« 6 mois renouvelable deux fois » (practice, law.md A4)."""
    iml = replace(rule("IML"), renewals=most)
    found = renewal_refusal(iml, done=done, proposer="STATE", progress="")
    assert bool(found) == bool(said)
    assert said in (found[1] if found else "")


@pytest.mark.parametrize(
    ("kind", "stands", "despite", "refused"),
    [
        ("ASLL", [], "", ""),
        ("ASLL", [Exclusion.HOSTED], "", "hébergé par une structure"),
        ("ASLL", [Exclusion.HOSTED], "  ", "hébergé"),
        ("ASLL", [Exclusion.HOSTED], "Sort demain", ""),
        ("ASLL", list(Exclusion), "", "hébergé par une structure qui accompagne déjà, déjà suivi par un dispositif"),
        ("MASP2", [Exclusion.OTHER_SCHEME], "", "déjà suivi"),
        ("SIMPLE", [Exclusion.OTHER_SCHEME], "", ""),
    ],
)
def test_exclusions(kind: str, stands: list[Exclusion], despite: str, refused: str) -> None:
    """S1-03."""
    found = exclusion_refusal(rule(kind), stands, despite)
    assert refused in found
    assert bool(found) == bool(refused)


def test_what_is_left_of_a_total() -> None:
    asll, free = rule("ASLL"), rule("T2")
    assert months_left(asll, DAY, []) == (24, 0)
    assert months_left(asll, DAY, [Span(D(2024, 1, 1), D(2025, 7, 1))]) == (5, 29)
    assert months_left(asll, DAY, [Span(D(2024, 1, 1), D(2026, 6, 30))]) == (0, 0)
    assert months_left(asll, D(2026, 1, 1), [Span(D(2024, 1, 1), D(2025, 12, 30))]) == (0, 1)
    assert months_left(free, DAY, []) is None
    assert last_day(free, DAY, []) is None


def test_the_table_is_whole() -> None:
    """A kind is of its own family, with the same kinds as each of them; a MASP has three signatures (S4-06)."""
    assert set(KINDS) == set(MeasureKind)
    for kind, fixed in KINDS.items():
        assert kind in fixed.family
        assert all(KINDS[other].family == fixed.family for other in fixed.family)
        assert fixed.proposers
    assert KINDS[MeasureKind.MASP2].parties == (Party.HOUSEHOLD, Party.HOUSE, Party.DEPARTMENT)
    assert KINDS[MeasureKind.MASP2].between == "le ménage, l’association et le Département"
    assert [kind for kind, fixed in KINDS.items() if fixed.with_lease] == [MeasureKind.IML]  # S3-04
    assert KINDS[MeasureKind.ASLL].proposers == {Proposer.INSTRUCTING}
    assert {Progress(value) for value in Progress.values} == set(Progress)


@pytest.mark.parametrize(
    ("most", "done", "limit", "expected"),
    [
        (None, 9, None, True),  # neither renewals nor months are counted
        (2, 1, None, True),
        (2, 2, None, False),
        (None, 0, date(2027, 1, 1), True),
        (None, 0, date(2026, 12, 31), False),  # its term is its last possible day: an IML of twelve months
        (2, 1, date(2026, 12, 31), False),
        (2, 2, date(2027, 12, 31), False),
    ],
)
def test_a_measure_goes_on_while_a_renewal_and_a_day_are_left(
    most: int | None, done: int, limit: date | None, expected: bool
) -> None:
    asked = replace(rule("IML"), renewals=most)
    assert may_go_on(asked, done=done, term=date(2026, 12, 31), limit=limit) is expected
