"""What the API gives of the dated parameters."""

from datetime import date
from typing import Any

from ninja import Schema


class ParameterShown(Schema):
    """A dated parameter in force on the asked day. `value` is JSON of its kind; a decimal is a string."""

    key: str
    label: str
    kind: str
    unit: str
    scope: str
    value: Any
    source: str
    is_verified: bool


class ParametersShown(Schema):
    on: date
    parameters: list[ParameterShown]
