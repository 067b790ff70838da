"""Dated parameters: declared in code, valued by date, given to the rules as a frozen `Params` of one day.

Pure: rules import this module. `office.parameters.queries.params_on` reads the values stored in the database.

A figure of the law is declared beside the rule that reads it, in `<app>/parameters.py` (loaded at start-up) or in the
module of the rule:

    WRITE_OFF_LIMIT = declare(
        key="ledger.small_debt", kind=Kind.DECIMAL, unit="€", label="Petite créance",
        source="Usage de la maison", verified=False, default="15.00",
    )

and read as `params.decimal("ledger.small_debt")`. What the law changes on a known day is declared as `changes`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from common.codes import Code

T = TypeVar("T")
S = TypeVar("S")


class Kind(StrEnum):
    """The type of a value. In JSON a decimal is a string (`"450.00"`) and so is a date (`"2027-01-01"`), the others are
    themselves."""

    DECIMAL = "decimal"
    INT = "int"
    MONTHS = "months"
    DAYS = "days"
    DATE = "date"
    BOOL = "bool"
    JSON = "json"


class Scope(Code):
    """Who may give a parameter a value of its own, the widest first."""

    NATIONAL = "NATIONAL", "National"
    ASSOCIATION = "ASSOCIATION", "Association"


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
    """A declared parameter. `source`: the text that gives the value, or a note that it is general knowledge and was not
    checked. `verified`: whether somebody read that text. `group`: the first part of the key.

    `optional`: the value may be None, which means "no limit" (or no goal). (0 would be a limit of zero days.)
    `bounds`: the least and the greatest value that it can have, both included; None where it is no number and no date.
    `among`: of a list of codes, those that it may have. `without`: what None is called, after « ne fixer »."""

    key: str
    kind: Kind
    unit: str
    label: str
    source: str
    verified: bool
    default: Any
    scope: Scope
    changes: tuple[Change, ...] = ()
    optional: bool = False
    bounds: tuple[Any, Any] | None = None
    among: tuple[str, ...] = ()
    without: str = "aucune limite"

    @property
    def limits(self) -> str:
        """Which values it takes, in French; '' where each has its own field."""
        if self.among:
            return f"Parmi {', '.join(self.among)}"
        if self.bounds is None or self.kind == Kind.DATE:
            return ""
        least, most = (f"{bound:,}".replace(",", "\u00a0").replace(".", ",") for bound in self.bounds)
        return f"De {least} à {most}"

    def check(self, value: Any) -> None:
        """`ValueError` with a French sentence where the typed `value` is out of what the parameter can be.

        What is stored is read by `parse` alone: a value from before its bounds must still be shown and replaced.
        """
        if value is None:
            return
        if self.among and not (isinstance(value, list) and value and set(value) <= set(self.among)):
            raise ValueError(f"Écrivez une liste de valeurs parmi {', '.join(self.among)}.")
        if self.bounds is not None and not self.bounds[0] <= value <= self.bounds[1]:
            if self.kind == Kind.DATE:
                raise ValueError("Vérifiez l’année de cette date.")
            raise ValueError(f"Cette valeur n’est pas possible. {self.limits}{f' ({self.unit})' if self.unit else ''}.")

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]

    def allows(self, scope: str) -> bool:
        """Whether a value may be set for `scope`: as wide as the parameter's own scope, or wider."""
        return _WIDTH.index(Scope(scope)) <= _WIDTH.index(self.scope)

    def parse(self, raw: Any) -> Any:
        """The typed value of JSON or typed text. `ValueError` with a French sentence on anything else.

        None and empty text are None where the parameter is `optional`.
        """
        if self.optional and (raw is None or (isinstance(raw, str) and not raw.strip())):
            return None
        if self.kind == Kind.JSON:
            return raw
        if self.kind == Kind.BOOL:
            if isinstance(raw, bool):
                return raw
            raise ValueError("Répondez par oui ou par non.")
        if self.kind == Kind.DATE:
            return _day(raw)
        return self._number(raw)

    def _number(self, raw: Any) -> Decimal | int:
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
        if self.optional and self.kind in {Kind.MONTHS, Kind.DAYS} and number == 0:
            raise ValueError(f"Pour ne fixer {self.without}, laissez la valeur vide.")
        return int(number)

    def to_json(self, value: Any) -> Any:
        """The JSON value stored for a Python value."""
        if value is None:
            return None
        return str(value) if self.kind in {Kind.DECIMAL, Kind.DATE} else value

    def in_force(self, day: date) -> Change:
        """What the code alone says on `day`."""
        best = Change(date.min, self.default, self.source, self.verified)
        for change in self.changes:
            if best.since <= change.since <= day:
                best = change
        return best


_NUMERIC_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def _day(raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    text = str(raw).strip()
    typed = _NUMERIC_DAY.fullmatch(text)
    try:
        if not isinstance(raw, str):
            raise ValueError
        return date(int(typed[3]), int(typed[2]), int(typed[1])) if typed else date.fromisoformat(text)
    except ValueError:
        raise ValueError("Écrivez une date, par exemple 01/01/2027.") from None


# What a value can be, by its unit, else by its kind. One that needs other bounds declares its own.
_OF_UNIT: Mapping[str, tuple[Any, Any]] = MappingProxyType(
    {
        "%": (1, 100),
        "h": (0, 24),
        "min": (1, 1440),
        "mois": (1, 600),
        "jour du mois": (1, 28),
        "jour du mois suivant": (1, 28),
    }
)
_OF_KIND: Mapping[Kind, tuple[Any, Any]] = MappingProxyType(
    {
        Kind.DECIMAL: (Decimal("0.01"), Decimal("1000000")),
        Kind.INT: (1, 100_000),
        Kind.MONTHS: (1, 600),
        Kind.DAYS: (1, 3650),
        Kind.DATE: (date(1950, 1, 1), date(2100, 12, 31)),
    }
)
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
    optional: bool = False,
    least: Any = None,
    most: Any = None,
    among: Iterable[str] = (),
    without: str = "aucune limite",
) -> Parameter:
    """Declare a parameter once; `key` is `<group>.<name>`. A second declaration that differs is a `ValueError`.

    `least`, `most`: where the bounds of its unit or kind are not its own. `among`, `without`: see `Parameter`.
    """
    usual = _OF_UNIT.get(unit) or _OF_KIND.get(Kind(kind))
    bounds = usual and (usual[0] if least is None else least, usual[1] if most is None else most)
    parameter = Parameter(
        key, Kind(kind), unit, label, source, verified, default, Scope(scope), tuple(changes), optional, bounds,
        tuple(among), without,
    )  # fmt: skip
    if _declared.setdefault(key, parameter) != parameter:
        raise ValueError(f"parameter {key} is declared twice")
    _by_code.cache_clear()
    for value in (default, *(change.value for change in parameter.changes)):
        parameter.check(parameter.parse(value))
    return parameter


def declared() -> Mapping[str, Parameter]:
    """All that is declared, by key."""
    return MappingProxyType(_declared)


@dataclass(frozen=True, slots=True)
class Value:
    """A value in force on a day. `id` is its `ParameterValue` row, or None if it is the default in code."""

    value: Any
    source: str
    verified: bool
    id: int | None = None


@lru_cache(maxsize=64)
def _by_code(day: date, register: int) -> Mapping[str, Value]:
    """The values that the code declares for `day`. Cached, because every write needs them.

    `register` is the id of the registry: a test with its own registry gets its own cache.
    """
    found = ((parameter, parameter.in_force(day)) for parameter in _declared.values())
    return {p.key: Value(p.parse(change.value), change.source, change.verified) for p, change in found}


@dataclass(frozen=True, slots=True)
class Params:
    """All parameters as in force on `day`. Unknown keys are a `KeyError`: declare them."""

    day: date
    values: Mapping[str, Value] = field(repr=False)

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

    def bound(self, key: str) -> int | None:
        """An `int`, `months` or `days` value of an optional parameter; None is no bound."""
        return None if self.value(key) is None else self.integer(key)

    def date_of(self, key: str) -> date:
        value = self.value(key)
        if not isinstance(value, date):
            raise TypeError(f"{key} is no date")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if not isinstance(value, bool):
            raise TypeError(f"{key} is no yes or no")
        return value


@dataclass(frozen=True, slots=True)
class Steps(Generic[T]):
    """What is in force on each day: the value of a step holds from its day until the next one. The oldest step first;
    its day is `date.min`, so every day has a value."""

    steps: tuple[tuple[date, T], ...]

    @classmethod
    def of(cls, first: T, *changes: tuple[date, T]) -> "Steps[T]":
        """`first`, then each value from its day on; the days in order."""
        return cls(((date.min, first), *changes))

    def on(self, day: date) -> T:
        """The value in force on `day`."""
        return next(value for since, value in reversed(self.steps) if since <= day)

    @property
    def days(self) -> tuple[date, ...]:
        """The days on which the value changes."""
        return tuple(since for since, _ in self.steps[1:])

    @property
    def values(self) -> tuple[T, ...]:
        return tuple(value for _, value in self.steps)

    def map(self, read: Callable[[T], S]) -> "Steps[S]":
        """What `read` makes of each value. A step that changes nothing is left out."""
        found: list[tuple[date, S]] = []
        for since, value in self.steps:
            made = read(value)
            if not found or found[-1][1] != made:
                found.append((since, made))
        return Steps(tuple(found))
