"""Dated parameters: declared in code, valued by date, given to the rules as a frozen `Params` of one day.

Pure: rules import this module. The values typed in the house are read by `office.parameters.params_on`.

A figure of the law is declared beside the rule that reads it, in `<app>/parameters.py` (loaded at start-up) or in the
module of the rule:

    WRITE_OFF_LIMIT = declare(
        key="ledger.small_debt", kind=Kind.DECIMAL, unit="€", label="Petite créance",
        source="Usage de la maison", verified=False, default="15.00",
    )

and read as `params.decimal("ledger.small_debt")`. What the law changes on a known day is declared as `changes`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any


class Kind(StrEnum):
    """The type of a value. In JSON a decimal is a string (`"450.00"`), the others are themselves."""

    DECIMAL = "decimal"
    INT = "int"
    MONTHS = "months"
    DAYS = "days"
    BOOL = "bool"
    JSON = "json"


class Scope(StrEnum):
    """The narrowest place that may have a value of its own (codes of `office.enums.ParameterScope`)."""

    NATIONAL = "NATIONAL"
    DEPARTEMENT = "DEPARTEMENT"
    ASSOCIATION = "ASSOCIATION"


_WIDTH = list(Scope)


@dataclass(frozen=True, slots=True)
class Change:
    """A value in force from `since` on, known when the code was written."""

    since: date
    value: Any
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A declared parameter. `source` is the text that gives the value, or says that it is of general knowledge and was
    not checked; `verified` whether somebody read that text. `group` is the first part of the key."""

    key: str
    kind: Kind
    unit: str
    label: str
    source: str
    verified: bool
    default: Any
    scope: Scope
    changes: tuple[Change, ...] = ()

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]

    def allows(self, scope: str) -> bool:
        """Whether a value may be set for `scope`: as wide as the parameter's own scope, or wider."""
        return _WIDTH.index(Scope(scope)) <= _WIDTH.index(self.scope)

    def parse(self, raw: Any) -> Any:
        """The typed value of JSON or typed text. `ValueError` with a French sentence on anything else."""
        if self.kind == Kind.JSON:
            return raw
        if self.kind == Kind.BOOL:
            if isinstance(raw, bool):
                return raw
            raise ValueError("Répondez par oui ou par non.")
        text = str(raw).strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
        try:
            if isinstance(raw, bool | float):
                raise InvalidOperation
            number = Decimal(text.replace(",", "."))
        except InvalidOperation:
            raise ValueError("Écrivez un nombre, par exemple 450,00.") from None
        if not number.is_finite():
            raise ValueError("Écrivez un nombre, par exemple 450,00.")
        if self.kind == Kind.DECIMAL:
            return number
        if number != int(number):
            raise ValueError("Écrivez un nombre entier.")
        if self.kind in {Kind.MONTHS, Kind.DAYS} and number < 0:
            raise ValueError("Un délai ne peut pas être négatif.")
        return int(number)

    def to_json(self, value: Any) -> Any:
        """What is stored for a typed value."""
        return str(value) if self.kind == Kind.DECIMAL else value

    def in_force(self, day: date) -> Change:
        """What the code alone says on `day`."""
        best = Change(date.min, self.default, self.source, self.verified)
        for change in self.changes:
            if best.since <= change.since <= day:
                best = change
        return best


_declared: dict[str, Parameter] = {}


def declare(
    *,
    key: str,
    kind: Kind,
    unit: str,
    label: str,
    source: str,
    verified: bool,
    default: Any,
    scope: Scope = Scope.ASSOCIATION,
    changes: Iterable[Change] = (),
) -> Parameter:
    """Declare a parameter once; `key` is `<group>.<name>`. A second declaration that differs is a `ValueError`."""
    parameter = Parameter(key, Kind(kind), unit, label, source, verified, default, Scope(scope), tuple(changes))
    if _declared.setdefault(key, parameter) != parameter:
        raise ValueError(f"parameter {key} is declared twice")
    _by_code.cache_clear()
    for value in (default, *(change.value for change in parameter.changes)):
        parameter.parse(value)
    return parameter


def declared() -> Mapping[str, Parameter]:
    """All that is declared, by key."""
    return MappingProxyType(_declared)


@dataclass(frozen=True, slots=True)
class Value:
    """A value in force on a day. `id` is its row in the house's table, or None where the code gives it."""

    value: Any
    source: str
    verified: bool
    id: int | None = None


@lru_cache(maxsize=64)
def _by_code(day: date, register: int) -> Mapping[str, Value]:
    """What the code alone says on `day`: asked for at each write of a day, and the same each time.

    `register` tells registers apart: that of the code from one made up in a test.
    """
    found = ((parameter, parameter.in_force(day)) for parameter in _declared.values())
    return {p.key: Value(p.parse(change.value), change.source, change.verified) for p, change in found}


@dataclass(frozen=True, slots=True)
class Params:
    """All parameters as in force on `day`, for one territory. Unknown keys are a `KeyError`: declare them."""

    day: date
    values: Mapping[str, Value] = field(repr=False)

    @classmethod
    def from_code(cls, day: date, overrides: Mapping[str, Any] | None = None) -> "Params":
        """What the code alone says on `day`, with some values replaced (rules in tests)."""
        given = {
            key: Value(p.parse(v), "essai", False) for key, v in (overrides or {}).items() for p in [_declared[key]]
        }
        return cls.of(day, given)

    @classmethod
    def of(cls, day: date, given: Mapping[str, Value]) -> "Params":
        """`given` first, what the code says for the rest."""
        values = {key: given.get(key, by_code) for key, by_code in _by_code(day, id(_declared)).items()}
        return cls(day, MappingProxyType(values))

    def value(self, key: str) -> Any:
        return self.values[key].value

    def source(self, key: str) -> str:
        """The text that gives the value, for explanations."""
        return self.values[key].source

    def verified(self, key: str) -> bool:
        return self.values[key].verified

    def value_id(self, key: str) -> int | None:
        """The stored value's id, to keep with a result; None where the code gives the value."""
        return self.values[key].id

    def ids(self, *keys: str) -> dict[str, int | None]:
        """The ids behind a result, by key."""
        return {key: self.value_id(key) for key in keys}

    def decimal(self, key: str) -> Decimal:
        value = self.value(key)
        if not isinstance(value, Decimal):
            raise TypeError(f"{key} is no decimal")
        return value

    def integer(self, key: str) -> int:
        """An `int`, `months` or `days` value."""
        value = self.value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{key} is no whole number")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if not isinstance(value, bool):
            raise TypeError(f"{key} is no yes or no")
        return value
