"""Values of parameters as people read them."""

from typing import Any

from common import typography
from common.params import Kind, Parameter

# Units are declared in the plural; « mois » and « % » have one form.
SINGULAR = {"jours": "jour", "jours ouvrés": "jour ouvré"}
DAY_OF_MONTH = "jour du mois"


def written(parameter: Parameter, value: Any) -> str:
    """A typed value as people read it: `450,00 €`, `1 jour`, `le 20 du mois`, `1er janv. 2027`, `aucune limite`."""
    if value is None:
        return parameter.without
    if parameter.kind == Kind.BOOL:
        return "oui" if value else "non"
    if parameter.kind == Kind.DATE:
        return typography.short_day(value, year=True)
    if parameter.kind == Kind.JSON:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    places = max(2, -value.as_tuple().exponent) if parameter.unit == "€" else None
    number, unit = typography.number(value, places), parameter.unit
    if unit.startswith(DAY_OF_MONTH):
        number = "1er" if value == 1 else number
        return f"le {number}{unit.removeprefix('jour')}"
    if not unit:
        return number
    return f"{number}{typography.NBSP}{typography.agree(value, f'{SINGULAR.get(unit, unit)},{unit}')}"
