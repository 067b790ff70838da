"""Codes: the short stable strings that the database, rules, SQL and the API share, each with its French label.

A subject declares its codes once, in its `codes.py`, and everything else names them. This module is free of Django, so
rules import codes too.
"""

import re
from collections.abc import Iterable
from enum import EnumType, IntEnum, StrEnum, nonmember
from typing import Any


class CodeType(EnumType):
    """Class attributes of codes, with the names that Django's `Choices` use."""

    @property
    def choices(cls) -> list[tuple[str, str]]:
        """(code, label) pairs, in order of declaration: what a model field or a form field takes."""
        members: Iterable[Any] = cls.__members__.values()
        return [(member.value, member.label) for member in members]

    @property
    def values(cls) -> list[str]:
        return [value for value, _ in cls.choices]

    @property
    def labels(cls) -> list[str]:
        return [label for _, label in cls.choices]


class Code(StrEnum, metaclass=CodeType):
    """Base of a class of codes: `TENANT = "TENANT", "Locataire"`. A member is a `str`, equal to its code.

    `label` is French; empty where no page shows the code.
    """

    _value_: str
    label: str
    do_not_call_in_templates = nonmember(True)

    def __new__(cls, value: str, label: str = "") -> "Code":
        member: Code = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> Any:
        """The labels beside the codes (`x-labels`), where a document of the API names them."""
        found = handler(schema)
        if labels := {code: label for code, label in cls.choices if label}:
            handler.resolve_ref_schema(found)["x-labels"] = labels
        return found


def with_codes(sql: str, *classes: type[Code] | type[IntEnum], **sets: Iterable[str] | Iterable[int] | int) -> str:
    """`sql` with each `Class.MEMBER` of `classes` replaced by its literal, each name of `sets` by a list of literals.

    with_codes("a.kind = AccountKind.TENANT AND d.state IN OPEN", AccountKind, OPEN=OPEN_STATES)

    A whole number among `sets` is written as such. A member that doesn't exist is a `KeyError`; a class or a set that
    `sql` doesn't name, a `ValueError`. Only for SQL and codes written in our source: pass all other values as query
    parameters.
    """
    for codes in classes:
        name = re.compile(rf"\b{codes.__name__}\.([A-Z][A-Z0-9_]*)\b")
        if not name.search(sql):
            raise ValueError(f"the SQL names no {codes.__name__}")
        sql = name.sub(lambda found, codes=codes: _literal(codes[found[1]]), sql)  # type: ignore[misc]
    for key, wanted in sets.items():
        written = str(wanted) if isinstance(wanted, int) else f"({', '.join(_literal(v) for v in sorted(wanted))})"
        sql, times = re.subn(rf"\b{key}\b", lambda _, written=written: written, sql)  # type: ignore[misc]
        if not times:
            raise ValueError(f"the SQL names no {key}")
    return sql


def _literal(value: Any) -> str:
    if isinstance(value, int):
        return str(int(value))
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"
