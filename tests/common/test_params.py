"""Declared parameters, without the database."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common import params
from common.params import Change, Kind, Params, Scope, declare


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
    found = Params.from_code(date(2026, 11, 5))
    assert found.decimal("test.ceiling") == Decimal("450.00")
    assert (found.source("test.ceiling"), found.verified("test.ceiling")) == ("Arrêté d’essai", True)
    assert found.ids("test.ceiling") == {"test.ceiling": None}


def test_a_change_known_in_advance_holds_from_its_day() -> None:
    _declare(changes=[Change(date(2027, 1, 1), "500.00", "Décret d’essai", False)])
    before, after = (Params.from_code(day) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert before.decimal("test.ceiling") == 450
    assert after.decimal("test.ceiling") == 500
    assert not after.verified("test.ceiling")


def test_an_undeclared_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        Params.from_code(date(2026, 1, 1)).value("test.unknown")


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
        (Kind.JSON, {"a": [1]}, {"a": [1]}),
    ],
)
def test_parse(kind: Kind, raw: Any, value: Any) -> None:
    assert _declare(kind=kind, default=raw).parse(raw) == value


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
    ],
)
def test_parse_refuses_in_french(kind: Kind, raw: Any) -> None:
    default = {Kind.DECIMAL: "1", Kind.BOOL: True}.get(kind, 1)
    parameter = _declare(kind=kind, default=default)
    with pytest.raises(ValueError, match="Écrivez|Répondez|délai"):
        parameter.parse(raw)


def test_a_parameter_takes_values_as_wide_as_its_scope() -> None:
    national = _declare(scope=Scope.NATIONAL)
    assert national.allows("NATIONAL")
    assert not national.allows("ASSOCIATION")
    local = _declare(key="test.local", scope=Scope.DEPARTEMENT)
    assert [local.allows(s) for s in ("NATIONAL", "DEPARTEMENT", "ASSOCIATION")] == [True, True, False]


def test_typed_readers_refuse_another_kind() -> None:
    _declare()
    _declare(key="test.delay", kind=Kind.DAYS, default=5)
    _declare(key="test.flag", kind=Kind.BOOL, default=False)
    found = Params.from_code(date(2026, 1, 1), {"test.delay": 7})
    assert (found.integer("test.delay"), found.flag("test.flag")) == (7, False)
    for read in (found.decimal, found.flag):
        with pytest.raises(TypeError):
            read("test.delay")
    with pytest.raises(TypeError):
        found.integer("test.flag")
