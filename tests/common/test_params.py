"""Declared parameters, without the database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common import params
from common.params import Change, Kind, Scope, Steps, declare
from tests.params import params_of


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "_declared", {})


def _declare(**changes: Any) -> params.Parameter:
    given: dict[str, Any] = {
        "key": "test.ceiling",
        "kind": Kind.DECIMAL,
        "unit": "€",
        "label": "Plafond",
        "source": "Arrêté d’essai",
        "verified": True,
        "default": "450.00",
    }
    return declare(**given | changes)


def test_the_code_gives_the_default_and_its_source() -> None:
    _declare()
    found = params_of(date(2026, 11, 5))
    assert found.decimal("test.ceiling") == Decimal("450.00")
    assert (found.source("test.ceiling"), found.verified("test.ceiling")) == ("Arrêté d’essai", True)
    assert found.ids("test.ceiling") == {"test.ceiling": None}


def test_a_change_known_in_advance_holds_from_its_day() -> None:
    _declare(changes=[Change(date(2027, 1, 1), "500.00", "Décret d’essai", False)])
    before, after = (params_of(day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert before.decimal("test.ceiling") == 450
    assert after.decimal("test.ceiling") == 500
    assert not after.verified("test.ceiling")


def test_an_undeclared_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        params_of(date(2026, 1, 1)).value("test.unknown")


def test_the_same_declaration_twice_is_fine_and_another_one_is_not() -> None:
    _declare()
    _declare()
    with pytest.raises(ValueError, match="declared twice"):
        _declare(default="451.00")


def test_a_default_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="nombre"):
        _declare(default="quatre cents")


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.DECIMAL, "1 450,50", Decimal("1450.50")),
        (Kind.DECIMAL, "1\u202f450.5", Decimal("1450.5")),
        (Kind.INT, "-3", -3),
        (Kind.MONTHS, 2, 2),
        (Kind.DAYS, "15", 15),
        (Kind.BOOL, True, True),
        (Kind.DATE, "2027-01-01", date(2027, 1, 1)),
        (Kind.DATE, "1/1/2027", date(2027, 1, 1)),
        (Kind.DATE, date(2028, 2, 29), date(2028, 2, 29)),
        (Kind.JSON, {"a": [1]}, {"a": [1]}),
    ],
)
def test_parse(kind: Kind, raw: Any, value: Any) -> None:
    bounds = {"least": -3} if kind == Kind.INT else {}
    assert _declare(kind=kind, default=raw, **bounds).parse(raw) == value


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (Kind.DECIMAL, "abc"),
        (Kind.DECIMAL, "NaN"),
        (Kind.DECIMAL, 1.5),
        (Kind.INT, "1,5"),
        (Kind.MONTHS, "-1"),
        (Kind.BOOL, "oui"),
        (Kind.INT, True),
        (Kind.INT, ""),
        (Kind.INT, None),
        (Kind.DATE, "31/02/2027"),
        (Kind.DATE, "demain"),
        (Kind.DATE, ""),
        (Kind.DATE, 20270101),
    ],
)
def test_parse_refuses_in_french(kind: Kind, raw: Any) -> None:
    default = {Kind.DECIMAL: "1", Kind.BOOL: True, Kind.DATE: "2027-01-01"}.get(kind, 1)
    parameter = _declare(kind=kind, default=default)
    with pytest.raises(ValueError, match="Écrivez|Répondez|délai"):
        parameter.parse(raw)


def test_a_date_is_stored_as_text_and_read_back() -> None:
    parameter = _declare(kind=Kind.DATE, unit="", default="2027-01-01")
    assert parameter.to_json(date(2028, 2, 29)) == "2028-02-29"
    assert parameter.parse(parameter.to_json(date(2028, 2, 29))) == date(2028, 2, 29)
    assert params_of(date(2026, 1, 1)).date_of("test.ceiling") == date(2027, 1, 1)


@pytest.mark.parametrize("raw", [None, "", "  "])
def test_an_optional_bound_may_be_none(raw: Any) -> None:
    parameter = _declare(kind=Kind.MONTHS, unit="mois", default=24, optional=True)
    assert parameter.parse(raw) is None
    assert parameter.to_json(None) is None
    assert params_of(date(2026, 1, 1), {"test.ceiling": raw}).bound("test.ceiling") is None
    assert params_of(date(2026, 1, 1)).bound("test.ceiling") == 24


def test_zero_is_no_way_to_say_none() -> None:
    parameter = _declare(kind=Kind.MONTHS, unit="mois", default=None, optional=True)
    with pytest.raises(ValueError, match="laissez la valeur vide"):
        parameter.parse("0")
    assert _declare(key="test.delay", kind=Kind.DAYS, default=0, least=0).parse("0") == 0


def test_a_parameter_takes_values_as_wide_as_its_scope() -> None:
    national = _declare(scope=Scope.NATIONAL)
    assert national.allows("NATIONAL")
    assert not national.allows("ASSOCIATION")
    own = _declare(key="test.own", scope=Scope.ASSOCIATION)
    assert [own.allows(s) for s in ("NATIONAL", "ASSOCIATION")] == [True, True]


def test_typed_readers_refuse_another_kind() -> None:
    _declare()
    _declare(key="test.delay", kind=Kind.DAYS, default=5)
    _declare(key="test.flag", kind=Kind.BOOL, default=False)
    found = params_of(date(2026, 1, 1), {"test.delay": 7})
    assert (found.integer("test.delay"), found.flag("test.flag")) == (7, False)
    for read in (found.decimal, found.flag):
        with pytest.raises(TypeError):
            read("test.delay")
    with pytest.raises(TypeError):
        found.integer("test.flag")
    with pytest.raises(TypeError):
        found.date_of("test.delay")
    with pytest.raises(TypeError):
        found.bound("test.flag")


def test_steps_hold_from_their_day_until_the_next() -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    steps = Steps.of("a", (march, "b"), (april, "c"))
    days = [date.min, date(2026, 2, 28), march, date(2026, 3, 31), april, date.max]
    assert [steps.on(day) for day in days] == ["a", "a", "b", "b", "c", "c"]
    assert (steps.days, steps.values) == ((march, april), ("a", "b", "c"))


def test_a_step_that_changes_nothing_is_left_out() -> None:
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    assert Steps.of(1, (march, -1), (april, 2)).map(abs) == Steps.of(1, (april, 2))
