"""Why a dwelling is empty: told for a day, until another reason or somebody with the keys; taken back."""

from datetime import date

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from desk.queries.stock_figures import vacancy_between
from office.access.actor import Actor
from stock.agreements.services import remove_dwelling
from stock.dwellings.services import tell_vacancy_reason, withdraw_vacancy_reason
from stock.models import AgreementDwelling, Dwelling, VacancyTold
from tests.factories import make_agreement, make_dwelling, make_lease

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def empty(from_day: date = date(2026, 1, 1)) -> Dwelling:
    home = make_dwelling()
    make_agreement(dwellings=[home], from_day=from_day)
    return home


def told(home: Dwelling, reason: str, since: date | None = None) -> VacancyTold:
    return tell_vacancy_reason(actor=SYSTEM, dwelling=home, reason=reason, since=since)


def held(home: Dwelling, day: date) -> list[str]:
    return [row.reason for row in VacancyTold.objects.in_force_on(day).filter(dwelling=home)][:1]


def test_the_first_reason_is_of_the_whole_vacancy_and_the_next_of_today() -> None:
    home = empty()
    assert told(home, "WORKS").since == date(2026, 1, 1)
    assert told(home, "LETTING").since == clock.today()
    assert held(home, date(2025, 12, 31)) == []
    assert held(home, clock.today() - clock.today().resolution) == ["WORKS"]
    assert held(home, clock.today()) == ["LETTING"]


def test_the_same_reason_twice_is_one() -> None:
    home = empty()
    assert told(home, "WORKS") == told(home, "WORKS") == told(home, "WORKS", since=date(2026, 3, 1))
    assert VacancyTold.objects.count() == 1


def test_another_reason_of_the_same_day_is_taken_back_and_the_first_holds_again() -> None:
    home, day = empty(), date(2026, 2, 1)
    first, slip = told(home, "WORKS", since=day), told(home, "UNFIT", since=day)
    assert held(home, day) == ["UNFIT"]
    for _ in range(2):
        withdraw_vacancy_reason(actor=SYSTEM, told=slip)
    assert held(home, day) == ["WORKS"]
    assert VacancyTold.objects.get(pk=slip.pk).withdrawn_at
    again = told(home, "UNFIT", since=day)
    assert told(home, "WORKS", since=day) == first
    assert VacancyTold.objects.get(pk=again.pk).withdrawn_at


def test_a_day_outside_the_vacancy_is_refused_with_the_day_to_choose() -> None:
    home = empty(date(2026, 2, 1))
    with pytest.raises(InvalidInput, match="vide depuis le 1er\xa0févr.\xa02026") as early:
        told(home, "WORKS", since=date(2026, 1, 31))
    assert early.value.field == "since"
    with pytest.raises(InvalidInput, match="jour passé"):
        told(home, "WORKS", since=date(2027, 1, 1))


def test_what_is_occupied_or_outside_the_stock_has_no_reason() -> None:
    with pytest.raises(Conflict, match="occupé"):
        told(make_lease(from_day=date(2026, 1, 1)).unit.dwelling, "WORKS")
    with pytest.raises(Conflict, match="aucune convention"):
        told(make_dwelling(), "WORKS")


def test_who_had_the_keys_since_then_has_ended_it() -> None:
    home = empty(date(2025, 1, 1))
    told(home, "WORKS", since=date(2025, 6, 1))
    agreement = AgreementDwelling.objects.get(dwelling=home).agreement
    lease = make_lease(unit=home.units.get(), agreement=agreement, from_day=date(2025, 9, 1))
    assert held(home, date(2025, 8, 31)) == ["WORKS"]
    assert held(home, date(2025, 9, 1)) == []
    stay = period(date(2025, 9, 1), date(2026, 3, 1))
    lease.occupancies.update(period=stay, main_period=stay)
    assert held(home, date(2026, 3, 1)) == []


def test_it_ends_when_the_dwelling_leaves_the_stock_and_holds_again_when_that_is_taken_back() -> None:
    """Back in the stock a year later, it had the reason of then."""
    home = empty(date(2026, 1, 1))
    told(home, "WORKS", since=date(2026, 2, 1))
    line = AgreementDwelling.objects.get(dwelling=home)
    remove_dwelling(actor=SYSTEM, line=line, last_day=date(2026, 3, 31))
    assert held(home, date(2026, 3, 31)) == ["WORKS"]
    assert held(home, date(2026, 4, 1)) == []
    again = make_agreement(dwellings=[home], from_day=date(2026, 6, 1))
    assert held(home, date(2026, 6, 1)) == []
    assert told(home, "LETTING").since == date(2026, 6, 1)
    found = vacancy_between(date(2026, 3, 1), date(2026, 7, 1), 1)
    assert [(row.word, row.days) for row in found.reasons] == [("LETTING", 30), ("WORKS", 31)]
    # The exit was a slip.
    VacancyTold.objects.filter(reason="LETTING").update(withdrawn_at=clock.now())
    again.lines.all().delete()
    line.refresh_from_db()
    line.period = period(date(2026, 1, 1))
    line.save()
    assert held(home, date(2026, 6, 1)) == ["WORKS"]


def test_it_goes_on_where_another_agreement_takes_the_dwelling_over() -> None:
    home = empty(date(2026, 1, 1))
    told(home, "WORKS", since=date(2026, 2, 1))
    remove_dwelling(actor=SYSTEM, line=AgreementDwelling.objects.get(dwelling=home), last_day=date(2026, 3, 31))
    make_agreement(dwellings=[home], from_day=date(2026, 4, 1))
    assert held(home, date(2026, 4, 1)) == ["WORKS"]
    found = vacancy_between(date(2026, 3, 1), date(2026, 5, 1), 1)
    assert [(row.word, row.days) for row in found.reasons] == [("WORKS", 61)]
