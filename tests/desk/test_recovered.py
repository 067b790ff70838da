"""What was paid in time: by the demand, within its days, kept as long as no book changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from desk.queries import recovery as queries
from desk.queries.director_home import director_home
from desk.queries.figures import span_before
from desk.queries.recovery import Recovery, kept_recovery, recovery, recovery_figure, recovery_year
from tests.factories import make_arrears, make_let, pay

pytestmark = pytest.mark.django_db
SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
TODAY = date(2026, 11, 22)


def _owing(due: date = OCTOBER, amount: str = "400.00", paid: str = "300.00") -> int:
    lease = make_let(start=date(2024, 3, 15))
    return make_arrears(lease=lease, dues=[due], amount=amount, paid=paid).account_id


def recovered(start: date, end: date, days: int, day: date = TODAY) -> tuple[Decimal, Decimal]:
    """Of these months, whatever the delay."""
    back = days // 30 - 1
    [found] = [row for row in recovery(_plus(start, back), _plus(end, back), day) if row.days == days]
    assert (found.start, found.end) == (start, end)
    return found.asked, found.paid


def _plus(first: date, months: int) -> date:
    return date(first.year, first.month + months, 1)


def test_what_is_paid_in_time_counts() -> None:
    account = _owing()
    assert recovered(OCTOBER, NOVEMBER, 30) == (Decimal("400.00"), Decimal("300.00"))
    pay(account=account, on=date(2026, 10, 31), amount="60.00")
    pay(account=account, on=date(2026, 11, 1), amount="40.00")
    assert recovered(OCTOBER, NOVEMBER, 30) == (Decimal("400.00"), Decimal("360.00"))
    assert recovered(OCTOBER, NOVEMBER, 60, date(2026, 12, 22)) == (Decimal("400.00"), Decimal("400.00"))


def test_what_is_not_yet_old_enough_is_not_judged() -> None:
    _owing()
    assert recovered(OCTOBER, NOVEMBER, 30, date(2026, 10, 30)) == (0, 0)
    assert recovered(OCTOBER, NOVEMBER, 30, date(2026, 10, 31)) == (400, 300)
    assert recovered(OCTOBER, NOVEMBER, 60) == (0, 0)


def test_a_span_is_the_sum_of_its_months() -> None:
    _owing()
    _owing(SEPTEMBER, "200.00", "50.00")
    assert recovered(SEPTEMBER, OCTOBER, 30) == (200, 50)
    assert recovered(OCTOBER, NOVEMBER, 30) == (400, 300)
    assert recovered(SEPTEMBER, NOVEMBER, 30) == (600, 350)
    assert recovered(SEPTEMBER, NOVEMBER, 60) == (200, 50)


def test_the_director_s_home_reads_it_once_until_the_books_change(monkeypatch: pytest.MonkeyPatch) -> None:
    def shown() -> list[str]:
        return [bar.text for bar in director_home(day=TODAY, span="mois").recovery]

    def read(*args: Any) -> list[Any]:
        readings.append(args)
        return rows(*args)

    readings: list[Any] = []
    rows = queries._rows
    monkeypatch.setattr(queries, "_rows", read)
    account = _owing()
    first = shown()
    assert shown() == first
    assert len(readings) == 1
    pay(account=account, on=date(2026, 10, 20), amount="60.00")
    assert shown() != first
    assert len(readings) == 2


@pytest.mark.parametrize("span", ["mois", "trimestre", "annee"])
def test_two_days_read_at_once_are_as_each_alone(span: str) -> None:
    account = _owing()
    _owing(SEPTEMBER, "200.00", "50.00")
    _owing(date(2026, 7, 1), "90.00", "10.00")
    pay(account=account, on=date(2026, 10, 25), amount="20.00")
    before = date(2026, 10, 22)
    alone = [recovery(*span_before(day, span), day) for day in (TODAY, before)]
    assert [row.share for row in alone[0]] != [row.share for row in alone[1]]
    assert list(kept_recovery(span, TODAY, before)) == alone


@pytest.mark.clock("2026-11-22")
def test_the_line_of_twelve_months_ends_with_the_last_month_that_can_be_judged() -> None:
    account = _owing()
    _owing(SEPTEMBER, "200.00", "50.00")
    _owing(NOVEMBER, "100.00", "")
    pay(account=account, on=date(2026, 10, 31), amount="60.00")
    year = recovery_year(TODAY)
    assert len(year.points) == 12
    assert [(p.month.month, p.share) for p in year.points if p.share is not None] == [
        (9, Decimal(25)),
        (10, Decimal(90)),
    ]


@pytest.mark.clock("2026-11-22")
def test_last_month_is_read_at_the_same_date() -> None:
    """Of October: 300 by the 22nd, 60 more after it; of November nothing yet."""
    account = _owing()
    pay(account=account, on=date(2026, 10, 22), amount="20.00")
    pay(account=account, on=date(2026, 10, 23), amount="60.00")
    year = recovery_year(TODAY)
    assert (year.before_on, year.before) == (date(2026, 10, 22), Decimal(80))


@pytest.mark.clock("2026-11-22")
def test_the_line_is_counted_once_a_day() -> None:
    account = _owing()
    first = recovery_year(TODAY)
    pay(account=account, on=date(2026, 10, 20), amount="60.00")
    assert recovery_year(TODAY) == first
    assert recovery_year(date(2026, 11, 23)) != first


def test_the_share_is_explained_by_what_it_is_a_share_of() -> None:
    figure = recovery_figure(Recovery(30, OCTOBER, NOVEMBER, Decimal("400.00"), Decimal("327.20")))
    parts = [(part.text(), part.amount, part.detail.text() if part.detail else "") for part in figure.reason.parts]
    # No sum of amounts stands under a figure that is a share.
    assert (figure.text.replace("\u00a0", " "), figure.reason.amount) == ("81,8 %", None)
    assert [(amount, detail.replace("\u00a0", " ")) for _, amount, detail in parts[1:]] == [
        (Decimal("327.20"), ""), (None, "81,8 %"),
    ]  # fmt: skip
    assert parts[0][1] == Decimal("400.00")
    assert len(recovery_figure(Recovery(30, OCTOBER, NOVEMBER, Decimal(0), Decimal(0))).reason.parts) == 2
