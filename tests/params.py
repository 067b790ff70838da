"""Parameters for rules, without the database."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from common.params import Params, Value, declared


def params_of(day: date, overrides: Mapping[str, Any] | None = None) -> Params:
    """What the code alone says on `day`, with some values replaced."""
    given = {key: Value(declared()[key].parse(value), "essai", False) for key, value in (overrides or {}).items()}
    return Params.of(day, given)
