"""Fields that read what people type."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from common.forms import AmountField, DayField, HourField, MonthField
from common.periods import Month


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("120", "120"),
        ("1 204,70", "1204.70"),
        ("1\u00a0204,70\u00a0€", "1204.70"),
        ("1204.7", "1204.7"),
        ("\u221212,00", "-12.00"),
    ],
)
def test_an_amount_is_read(typed: str, read: str) -> None:
    assert AmountField().clean(typed) == Decimal(read)


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("12O,00", "Écrivez un nombre, par exemple 120,00. Une lettre O s’y trouve."),
        ("beaucoup", "Écrivez un nombre, par exemple 120,00."),
        ("1,2,3", "Écrivez un nombre, par exemple 120,00."),
        ("NaN", "Écrivez un nombre, par exemple 120,00."),
        ("12,345", "Deux chiffres au plus après la virgule."),
    ],
)
def test_a_wrong_amount_says_what_to_write(typed: str, cure: str) -> None:
    with pytest.raises(ValidationError) as refused:
        AmountField().clean(typed)
    assert refused.value.messages == [cure]


def test_an_amount_too_large_is_refused() -> None:
    with pytest.raises(ValidationError):
        AmountField().clean("99999999999")


@pytest.mark.parametrize("typed", ["05/11/2026", "5/11/26", "5.11.2026", "2026-11-05", date(2026, 11, 5)])
def test_a_day_is_read(typed: Any) -> None:
    assert DayField().clean(typed) == date(2026, 11, 5)


@pytest.mark.parametrize(
    ("typed", "cure"),
    [
        ("31/11/2026", "Novembre a 30 jours. Choisissez une date entre le 1er et le 30."),
        ("29/02/2026", "Février a 28 jours. Choisissez une date entre le 1er et le 28."),
        ("hier", "Écrivez une date comme 05/11/2026."),
        ("05/13/2026", "Écrivez une date comme 05/11/2026 : le jour, le mois, l’année."),
    ],
)
def test_a_wrong_day_says_what_to_write(typed: str, cure: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DayField().clean(typed)
    assert refused.value.messages == [cure]


@pytest.mark.parametrize("typed", ["11/2026", "2026-11", "01/11/2026", "5.11.2026", Month(2026, 11)])
def test_a_month_is_read(typed: Any) -> None:
    assert MonthField().clean(typed) == Month(2026, 11)


def test_a_wrong_month_says_what_to_write() -> None:
    with pytest.raises(ValidationError, match="11/2026"):
        MonthField().clean("13/2026")


def test_values_come_back_as_they_are_typed() -> None:
    class Form(forms.Form):
        amount = AmountField()
        day = DayField()
        month = MonthField()

    form = Form(initial={"amount": Decimal("1204.7"), "day": date(2026, 11, 5), "month": Month(2026, 3)})
    assert 'value="1\u00a0204,70"' in str(form["amount"])
    assert 'value="05/11/2026"' in str(form["day"])
    assert 'value="03/2026"' in str(form["month"])


def test_optional_fields_may_be_empty() -> None:
    assert AmountField(required=False).clean("") is None
    assert DayField(required=False).clean("") is None
    assert MonthField(required=False).clean("") is None


@pytest.mark.parametrize("typed", ["31/12/9999", "01/01/2200", "31/12/1899", "0001-01-01"])
def test_a_day_of_another_age_is_a_slip_of_the_hand(typed: str) -> None:
    with pytest.raises(ValidationError, match="Écrivez une date"):
        DayField().clean(typed)


@pytest.mark.parametrize("typed", ["9999-12", "0000-01", "0001-01", "12/9999", "2200-01"])
def test_a_month_of_another_age_is_none(typed: str) -> None:
    with pytest.raises(ValidationError, match="Écrivez un mois"):
        MonthField().clean(typed)
    with pytest.raises(ValueError, match="mois"):
        Month.parse(typed)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("9h30", time(9, 30)), ("9 h 30", time(9, 30)), ("9\u00a0h\u00a030", time(9, 30)), ("09:30", time(9, 30)),
        ("09:30:00", time(9, 30)), ("0930", time(9, 30)), ("9h", time(9)), ("14", time(14)), ("14 H 05", time(14, 5)),
        ("23.59", time(23, 59)),
    ],
)  # fmt: skip
def test_an_hour_is_read(typed: str, read: time) -> None:
    assert HourField().clean(typed) == read


@pytest.mark.parametrize("typed", ["25h", "9h60", "matin", "930", "h30", "9:3", "9h30m"])
def test_an_hour_that_is_none_is_told(typed: str) -> None:
    with pytest.raises(ValidationError, match="comme 9 h 30"):
        HourField().clean(typed)
