"""What empty dwellings cost: the rent of each month by its own days."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.periods import period
from desk.queries.stock_figures import vacancy_between
from stock.models import AgreementDwelling, Dwelling, VacancyTold
from tests.factories import make_agreement, make_dwelling, make_lease

pytestmark = pytest.mark.django_db


def empty(rent: str = "420.00") -> None:
    dwelling = make_dwelling()
    make_agreement(kind="PROVISION", dwellings=[dwelling])
    AgreementDwelling.objects.filter(dwelling=dwelling).update(upstream_rent=Decimal(rent))


@pytest.mark.parametrize(
    ("what", "start", "end", "cost"),
    [
        ("a month of 31 days", date(2026, 10, 1), date(2026, 11, 1), "420.00"),
        ("a month of 28 days", date(2026, 2, 1), date(2026, 3, 1), "420.00"),
        ("a quarter", date(2026, 1, 1), date(2026, 4, 1), "1260.00"),
        ("the first ten days of October: 420 × 10 / 31", date(2026, 10, 1), date(2026, 10, 11), "135.48"),
        ("from the middle of a month", date(2026, 10, 22), date(2026, 11, 11), "275.48"),
    ],
)
def test_the_cost_of_an_empty_dwelling(what: str, start: date, end: date, cost: str) -> None:
    """420,00 € empty all October: 428,05 were told."""
    empty()
    found = vacancy_between(start, end, 1)
    assert (found.cost, found.days, found.dwellings) == (Decimal(cost), (end - start).days, 1)


def test_an_occupied_one_and_one_without_a_known_rent_cost_nothing() -> None:
    make_lease(from_day=date(2026, 1, 1))
    empty()
    AgreementDwelling.objects.filter(upstream_rent=Decimal("420.00")).update(upstream_rent=None)
    found = vacancy_between(date(2026, 10, 1), date(2026, 11, 1), 1)
    assert (found.cost, found.unknown_cost) == (Decimal(0), 1)


def test_a_reason_whose_rents_are_all_unknown_costs_no_zero_euro(client_as: Any) -> None:
    """« 0 € » beside « loyer amont inconnu » says that nothing was lost."""
    empty()
    empty("300.00")
    works = Dwelling.objects.latest("pk")
    VacancyTold.objects.create(dwelling=works, reason="WORKS", since=date(2026, 3, 1))
    AgreementDwelling.objects.filter(dwelling=works).update(upstream_rent=None)
    client = client_as("DIRECTOR")
    page = client.get("/", {"p": "mois"})
    found = page.context["page"].vacancy
    assert {row.word: (row.cost is None, row.unknown) for row in found.reasons} == {
        "WORKS": (True, 1), "aucun": (False, 0),
    }  # fmt: skip
    assert found.known_cost == found.cost > 0
    card = page.content.decode().split('id="t-vac"')[1].split("</ul>")[0]
    assert card.count("€") == 2
    AgreementDwelling.objects.update(upstream_rent=None)
    card = client.get("/", {"p": "mois"}).content.decode().split('id="t-vac"')[1].split("</ul>")[0]
    assert "€" not in card
    foot = client.get(reverse("desk:vacancy"), {"periode": "mois"}).content.decode()
    assert "0,00" not in foot.split("<main")[1]


def test_two_reasons_share_the_cost_of_a_month_to_the_cent() -> None:
    """100,00 € over 31 days: 10 of works (32,26), 21 to be let (67,74)."""
    empty("100.00")
    home = Dwelling.objects.get()
    VacancyTold.objects.create(dwelling=home, reason="WORKS", since=date(2026, 9, 1))
    VacancyTold.objects.create(dwelling=home, reason="UNFIT", since=date(2026, 9, 2), withdrawn_at=clock.now())
    VacancyTold.objects.create(dwelling=home, reason="LETTING", since=date(2026, 10, 11))
    found = vacancy_between(date(2026, 10, 1), date(2026, 11, 1), 1)
    assert [(row.word, row.days, row.dwellings) for row in found.reasons] == [("LETTING", 21, 1), ("WORKS", 10, 1)]
    assert sum(row.cost for row in found.reasons) == found.cost == Decimal("100.00")
    assert found.reasons[1].cost in (Decimal("32.26"), Decimal("32.25"))
    assert (found.days, found.dwellings) == (31, 1)


def test_a_reason_ends_with_the_next_occupant_and_before_it_nobody_told_any() -> None:
    lease = make_lease(from_day=date(2026, 10, 1))
    home, stay = lease.unit.dwelling, period(date(2026, 10, 11), date(2026, 10, 21))
    lease.occupancies.update(period=stay, main_period=stay)
    VacancyTold.objects.create(dwelling=home, reason="WORKS", since=date(2026, 10, 6))
    found = vacancy_between(date(2026, 10, 1), date(2026, 11, 1), 1)
    assert [(row.word, row.days) for row in found.reasons] == [("WORKS", 5), ("aucun", 16)]


@pytest.mark.parametrize("span", ["mois", "annee"])
def test_the_figure_opens_as_many_rows_as_it_counts(client_as: Any, span: str) -> None:
    empty()
    empty("300.00")
    VacancyTold.objects.create(dwelling=Dwelling.objects.latest("pk"), reason="WORKS", since=date(2026, 3, 1))
    client = client_as("DIRECTOR")
    page = client.get("/", {"p": span}).context["page"]
    figure = page.figures[2]
    opened = client.get(figure.url).context
    assert opened["page"].paginator.count == page.vacancy.dwellings == 2
    assert (opened["vacancy"].days, opened["vacancy"].cost) == (page.vacancy.days, page.vacancy.cost)
    for row in page.vacancy.reasons:
        part = client.get(figure.url, {"periode": span, "motif": row.word}).context
        assert (part["page"].paginator.count, part["vacancy"].days) == (row.dwellings, row.days)
    sheet = client.get(figure.url, {"periode": span, "export": "1"}).content.decode()
    assert sheet.count("\n") == 1 + len(page.vacancy.rows)
