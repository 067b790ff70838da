"""How long a measure may last, by kind."""

from dataclasses import replace
from datetime import date

import pytest

from social_link.measures.codes import MeasureKind, Paper, Proposer
from social_link.measures.parameters import measure_rule
from social_link.measures.rules.measures import (
    MeasureRule,
    Papers,
    Signed,
    Span,
    gate_refusal,
    last_day,
    month_of,
    paper_refusal,
    refusals,
    renewal_refusal,
)

START = date(2026, 5, 15)
NONE: frozenset[Paper] = frozenset()


def bounded(kind: str, label: str, least: int | None, most: int | None, total: int | None, source: str) -> MeasureRule:
    """A rule of which the durations alone say something."""
    return MeasureRule(
        kind, label, least, most, total, source, NONE, NONE, renewals=None, rhythm_days=None, proposers=frozenset(),
        evaluated=False, exclusions=frozenset(),
    )  # fmt: skip


ASLL = bounded("ASLL", "ASLL", 3, 6, 24, "loi du 31 mai 1990, art. 6")


@pytest.mark.parametrize(
    ("end", "refused"),
    [
        (date(2026, 8, 13), "3 mois au moins"),
        (date(2026, 8, 14), ""),
        (date(2026, 11, 14), ""),
        (date(2026, 11, 15), "6 mois au plus"),
        (date(2026, 5, 14), "suit le début"),
    ],
)
def test_bounds_of_one_contract(end: date, refused: str) -> None:
    found = refusals(ASLL, start=START, end=end, earlier=[])
    assert bool(found) == bool(refused)
    assert refused in "".join(found)


def test_the_total_counts_what_was_done() -> None:
    # 18 months and 5 days were done: 24 months from the new start, less them.
    earlier = [Span(date(2024, 5, 15), date(2025, 11, 19))]
    limit = last_day(ASLL, START, earlier)
    assert limit == date(2026, 11, 9)
    assert refusals(ASLL, start=START, end=limit, earlier=earlier) == []
    (refused,) = refusals(ASLL, start=START, end=date(2026, 11, 10), earlier=earlier)
    assert "24 mois au total" in refused
    assert "09/11/2026" in refused
    reached = [Span(date(2024, 5, 15), date(2026, 5, 14))]
    assert "le total est atteint" in refusals(ASLL, start=START, end=date(2026, 8, 20), earlier=reached)[0]


def test_no_bound_is_no_refusal() -> None:
    free = bounded("T2", "Parc CCAS, type 2", None, None, None, "marché du CCAS")
    assert refusals(free, start=START, end=date(2046, 1, 1), earlier=[]) == []
    assert last_day(free, START, []) is None


@pytest.mark.parametrize(
    ("first", "last", "day", "shown"),
    [
        (date(2026, 11, 1), date(2027, 4, 30), date(2026, 11, 1), (1, 6)),
        (date(2026, 11, 1), date(2027, 4, 30), date(2026, 11, 30), (1, 6)),
        (date(2026, 11, 1), date(2027, 4, 30), date(2026, 12, 1), (2, 6)),
        (date(2026, 11, 1), date(2027, 4, 30), date(2027, 4, 30), (6, 6)),
        (date(2026, 11, 1), date(2027, 4, 30), date(2027, 7, 1), (6, 6)),  # past its term
        (date(2026, 11, 1), date(2027, 4, 30), date(2026, 9, 1), (1, 6)),  # not begun
        (date(2026, 11, 15), date(2027, 5, 20), date(2027, 5, 15), (7, 7)),  # six days of a seventh month
        (date(2026, 12, 31), date(2027, 12, 30), date(2027, 2, 27), (2, 12)),
        (date(2026, 12, 31), date(2027, 12, 30), date(2027, 2, 28), (3, 12)),
        (date(2028, 1, 30), date(2029, 1, 29), date(2028, 2, 28), (1, 12)),
        (date(2028, 1, 30), date(2029, 1, 29), date(2028, 2, 29), (2, 12)),
        (date(2026, 11, 5), date(2026, 11, 5), date(2026, 11, 5), (1, 1)),
    ],
)
def test_the_month_of_a_contract_that_runs(first: date, last: date, day: date, shown: tuple[int, int]) -> None:
    assert month_of(Span(first, last), day) == shown


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 11, 15), date(2027, 5, 14), 6),
        # A month that is begun counts.
        (date(2026, 11, 15), date(2027, 5, 15), 7),
        (date(2026, 11, 15), date(2027, 5, 13), 6),
        (date(2028, 2, 29), date(2028, 3, 28), 1),
        (date(2026, 8, 31), date(2027, 2, 27), 6),
        (date(2026, 1, 1), date(2026, 1, 1), 1),
    ],
)
def test_the_months_that_are_asked_for(first: date, last: date, months: int) -> None:
    assert Span(first, last).months == months


@pytest.mark.parametrize(
    ("first", "last", "length"),
    [
        (date(2026, 5, 15), date(2026, 5, 15), (0, 1)),
        (date(2026, 5, 15), date(2026, 6, 13), (0, 30)),
        (date(2026, 5, 15), date(2026, 6, 14), (1, 0)),
        (date(2024, 5, 15), date(2025, 11, 19), (18, 5)),
        (date(2026, 1, 31), date(2026, 2, 27), (1, 0)),
    ],
)
def test_the_length_of_a_contract_in_whole_months_and_days(first: date, last: date, length: tuple[int, int]) -> None:
    assert Span(first, last).length == length


@pytest.mark.parametrize(
    ("end", "earlier", "said"),
    [
        (
            date(2026, 8, 13),
            [],
            ["ASLL : 3 mois au moins, donc jusqu’au 14/08/2026 ou plus tard (loi du 31 mai 1990, art. 6)."],
        ),
        (
            date(2026, 11, 15),
            [],
            ["ASLL : 6 mois au plus, donc jusqu’au 14/11/2026 au plus tard (loi du 31 mai 1990, art. 6)."],
        ),
        # Twenty-three months and thirty days are done: one day is left.
        (
            date(2026, 8, 20),
            [Span(date(2024, 5, 15), date(2026, 4, 14)), Span(date(2024, 1, 1), date(2024, 1, 30))],
            [
                "ASLL : 24 mois au total. Avec ce qui est déjà fait, cette mesure finit au plus tard le 15/05/2026 "
                "(loi du 31 mai 1990, art. 6)."
            ],
        ),
        (
            date(2026, 8, 20),
            [Span(date(2024, 5, 15), date(2026, 5, 14))],
            ["ASLL : 24 mois au total. Avec ce qui est déjà fait, le total est atteint (loi du 31 mai 1990, art. 6)."],
        ),
        # Too long for one contract: the total is not told as well.
        (
            date(2026, 12, 1),
            [Span(date(2024, 5, 15), date(2026, 5, 14))],
            ["ASLL : 6 mois au plus, donc jusqu’au 14/11/2026 au plus tard (loi du 31 mai 1990, art. 6)."],
        ),
    ],
)
def test_what_a_refusal_says(end: date, earlier: list[Span], said: list[str]) -> None:
    assert refusals(ASLL, start=START, end=end, earlier=earlier) == said


def test_a_measure_of_one_day() -> None:
    free = bounded("T2", "Parc CCAS, type 2", None, None, None, "marché du CCAS")
    assert refusals(free, start=START, end=START, earlier=[]) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        ("ASLL", (3, 6, 24)),
        ("IML", (None, 12, 12)),
        ("AVDLD", (3, 6, 12)),
        ("MASP1", (6, 24, 48)),
        ("AEB", (None, None, None)),
        ("MASP2", (6, 24, 48)),
        ("T2", (None, None, None)),
    ],
)
def test_the_figures_of_the_texts(kind: str, bounds: tuple[int | None, int | None, int | None]) -> None:
    rule = measure_rule(kind, START)
    assert (rule.min_months, rule.max_months, rule.total_months) == bounds


@pytest.mark.django_db
def test_every_kind_has_a_rule() -> None:
    assert all(measure_rule(kind, START).label == kind.label for kind in MeasureKind)


AGREED = replace(
    bounded("IML", "IML", None, 12, 12, "convention"), asked=frozenset({Paper.AGREEMENT}), expected=frozenset(Paper)
)


@pytest.mark.parametrize(
    ("signed_on", "agreed_on", "refused"),
    [
        (None, None, "il faut d’abord l’accord préalable"),
        (START, None, "il faut d’abord l’accord préalable"),
        (START, START, ""),
        (START, date(2026, 5, 16), "précède la signature"),
        (None, date(2026, 11, 5), ""),
        (None, date(2026, 11, 6), "est d’aujourd’hui ou d’un jour passé"),
    ],
)
def test_the_agreement_comes_first(signed_on: date | None, agreed_on: date | None, refused: str) -> None:
    found = paper_refusal(AGREED, Papers(False, signed_on, agreed_on), today=date(2026, 11, 5))
    assert bool(found) == bool(refused)
    assert refused in (found.words if found else "")


def test_no_agreement_is_asked_where_the_text_asks_for_none() -> None:
    assert paper_refusal(ASLL, Papers(True, None, None), today=START) is None


def test_what_is_missing_is_said_in_the_order_of_the_file() -> None:
    assert Papers(False, None, None).missing(frozenset(Paper)) == list(Paper)
    assert Papers(True, START, START).missing(frozenset(Paper)) == []
    found = paper_refusal(replace(AGREED, asked=frozenset(Paper)), Papers(True, None, None), today=START)
    assert found is not None
    assert (found.paper, found.words) == (Paper.CONTRACT, "IML : il faut d’abord le contrat signé (convention).")


@pytest.mark.parametrize(
    ("proposers", "said"),
    [
        (frozenset(), ""),
        (frozenset({Proposer.CCAS}), ""),
        (frozenset({Proposer.HOUSE, Proposer.STATE}), "État, SIAO ou commission DALO, ou Notre service (convention)."),
    ],
)
def test_a_renewal_is_proposed_by_one_of_those_who_may(proposers: frozenset[Proposer], said: str) -> None:
    found = renewal_refusal(replace(AGREED, proposers=proposers), done=0, proposer="CCAS", progress="")
    assert found == (("proposed_by", f"IML : le renouvellement est proposé par : {said}") if said else None)


@pytest.mark.parametrize(
    ("days", "refused"),
    [
        ([], "Aucun bail de ce ménage n’est signé"),
        ([START], ""),
        ([date(2026, 5, 14)], "Le bail B-0 est signé le 14/05/2026"),
        ([date(2026, 5, 16)], "Le bail B-0 est signé le 16/05/2026"),
        ([date(2025, 1, 1), START], ""),
        ([date(2026, 6, 1), date(2025, 1, 1)], "Le bail B-0 est signé le 01/06/2026"),
        ([date(2025, 1, 1), date(2026, 6, 1)], "Le bail B-1 est signé le 01/06/2026"),
    ],
)
def test_an_iml_is_signed_on_the_day_of_the_contract(days: list[date], refused: str) -> None:
    """S3-04: signature = day of the contract of the dwelling."""
    found = gate_refusal(AGREED, START, [Signed(f"B-{n}", day) for n, day in enumerate(days)])
    assert refused in found
    assert bool(found) == bool(refused)
