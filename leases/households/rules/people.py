"""Ages, typologies and names of households, on a day (row 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from common.typography import counted
from leases.households.codes import Civility, Typology

_TITLES: dict[str, str] = {civility: civility.label for civility in (Civility.MADAM, Civility.SIR)}


@dataclass(frozen=True, slots=True)
class Name:
    """Of an adult: civility code of `leases.households.codes.Civility`, first and last name."""

    civility: str
    first: str
    last: str


def age_on(birth: date | None, day: date) -> int | None:
    """Completed years on `day`; None without a birth date or before it. Born on 29 February: 1 March elsewhere."""
    if birth is None or birth > day:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def typology(*, adults: int, children: int) -> Typology:
    """The typology of the yearly reports (law.md A4)."""
    if adults + children == 0:
        return Typology.EMPTY
    if adults == 1:
        return Typology.SINGLE_PARENT if children else Typology.ISOLATED
    if adults == 2:
        return Typology.COUPLE_WITH_CHILDREN if children else Typology.COUPLE
    return Typology.OTHER


def composition_words(*, adults: int, children: int) -> str:
    """`1 adulte, 2 enfants`."""
    parts = []
    if adults:
        parts.append(counted(adults, "adulte"))
    if children:
        parts.append(counted(children, "enfant"))
    return ", ".join(parts) or "composition à compléter"


def usual_name(adults: Sequence[Name]) -> str:
    """The displayed name of a household: « Mme Fatou Sarr », « M. et Mme Kaboré », « Mme Diallo et M. Roche »."""
    if not adults:
        return ""
    if len(adults) == 1:
        return _full(adults[0])
    first, second = adults[0], adults[1]
    one_of_each = {first.civility, second.civility} == {Civility.SIR, Civility.MADAM}
    if one_of_each and first.last.casefold() == second.last.casefold():
        return f"M. et Mme {first.last}"
    return " et ".join(_short(name) for name in adults[:2])


def _full(name: Name) -> str:
    return " ".join(part for part in (_TITLES.get(name.civility, ""), name.first, name.last) if part)


def _short(name: Name) -> str:
    title = _TITLES.get(name.civility)
    return f"{title} {name.last}" if title else f"{name.first} {name.last}"
