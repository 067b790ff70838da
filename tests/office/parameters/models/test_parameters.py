"""Dated values of parameters, as the rules read them."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import params
from common.params import Change, Kind, declare
from common.periods import period
from office.models import ParameterValue
from office.parameters.codes import ParameterScope
from office.parameters.queries import params_on, params_steps

pytestmark = pytest.mark.django_db
KEY = "test.ceiling"
DAY = date(2026, 11, 5)


@pytest.fixture(autouse=True)
def ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "_declared", {})
    declare(
        key=KEY,
        kind=Kind.DECIMAL,
        unit="€",
        label="Plafond",
        source="Code",
        verified=True,
        default="450.00",
        changes=[Change(date(2027, 1, 1), "500.00", "Décret", False)],
    )


def _value(value: str, start: date | None = date(2026, 1, 1), end: date | None = None, **fields: Any) -> ParameterValue:
    return ParameterValue.objects.create(
        key=KEY, value=value, period=period(start, end), source="Délibération", **fields
    )


def test_without_a_stored_value_the_code_speaks() -> None:
    found = params_on(DAY)
    assert (str(found.decimal(KEY)), found.value_id(KEY)) == ("450.00", None)


def test_a_stored_value_wins_and_gives_its_id_and_source() -> None:
    row = _value("430.00")
    found = params_on(DAY)
    assert (str(found.decimal(KEY)), found.value_id(KEY)) == ("430.00", row.pk)
    assert (found.source(KEY), found.verified(KEY)) == ("Délibération", False)


def test_a_value_holds_from_its_first_day_to_the_eve_of_its_end() -> None:
    _value("430.00", date(2026, 3, 1), date(2026, 4, 1))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [str(params_on(day).decimal(KEY)) for day in days] == ["450.00", "430.00", "430.00", "450.00"]


def test_the_value_of_the_house_wins_over_the_national_one() -> None:
    _value("1.00", scope=ParameterScope.NATIONAL)
    assert str(params_on(DAY).decimal(KEY)) == "1.00"
    _value("3.00", scope=ParameterScope.ASSOCIATION)
    assert str(params_on(DAY).decimal(KEY)) == "3.00"


def test_a_value_of_a_departement_is_history_and_read_by_nobody() -> None:
    _value("2.00", end=date(2027, 1, 1), scope=ParameterScope.DEPARTEMENT, territory="44")
    assert str(params_on(DAY).decimal(KEY)) == "450.00"
    assert params_steps([KEY]).days == (date(2027, 1, 1),)
    with pytest.raises(IntegrityError, match="parameter_value_departement_is_over"), transaction.atomic():
        _value("2.00", scope=ParameterScope.DEPARTEMENT, territory="35")


def test_one_query_whatever_the_number_of_values(django_assert_num_queries: Any) -> None:
    _value("430.00")
    _value("2.00", scope=ParameterScope.ASSOCIATION)
    with django_assert_num_queries(1):
        params_on(DAY)
    with django_assert_num_queries(1):
        params_steps([KEY])


def test_the_steps_of_a_parameter_are_the_days_on_which_it_changes() -> None:
    # 430 in March and April 2026, 470 in May; the code changes on 1 January 2027.
    row = _value("430.00", date(2026, 3, 1), date(2026, 5, 1))
    _value("470.00", date(2026, 5, 1), date(2026, 6, 1), scope=ParameterScope.ASSOCIATION)
    ours = params_steps([KEY])
    assert [(since, str(found.decimal(KEY))) for since, found in ours.steps] == [
        (date.min, "450.00"), (date(2026, 3, 1), "430.00"), (date(2026, 5, 1), "470.00"), (date(2026, 6, 1), "450.00"),
        (date(2027, 1, 1), "500.00"),
    ]  # fmt: skip
    assert (ours.on(date(2026, 4, 30)).ids(KEY), ours.on(date(2026, 2, 28)).ids(KEY)) == ({KEY: row.pk}, {KEY: None})


def test_the_steps_have_only_the_parameters_asked() -> None:
    declare(key="test.other", kind=Kind.INT, unit="", label="Autre", source="Code", verified=True, default=1)
    ParameterValue.objects.create(key="test.other", value=2, period=period(DAY), source="Délibération")
    found = params_steps([KEY])
    assert set(found.on(DAY).values) == {KEY}
    assert found.days == (date(2027, 1, 1),)


def test_a_value_of_a_forgotten_parameter_is_ignored() -> None:
    ParameterValue.objects.create(key="test.gone", value="1", period=period(None), source="Ancien")
    assert "test.gone" not in params_on(DAY).values


def test_two_values_never_cover_the_same_day() -> None:
    _value("1.00", date(2026, 1, 1), date(2026, 6, 1))
    _value("2.00", date(2026, 6, 1))
    with pytest.raises(IntegrityError, match="parameter_value_no_overlap"), transaction.atomic():
        _value("3.00", date(2026, 5, 31), date(2026, 6, 1))
