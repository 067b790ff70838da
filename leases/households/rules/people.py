"""Ages, typologies and names of households, on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Typology = Literal["EMPTY", "ISOLATED", "SINGLE_PARENT", "COUPLE", "COUPLE_WITH_CHILDREN", "OTHER"]
TYPOLOGY_LABELS: dict[Typology, str] = {
    "EMPTY": "Composition à compléter",
    "ISOLATED": "Personne isolée",
    "SINGLE_PARENT": "Famille monoparentale",
    "COUPLE": "Couple sans enfant",
    "COUPLE_WITH_CHILDREN": "Couple avec enfant",
    "OTHER": "Autre composition",
}
_TITLES = {"MME": "Mme", "M": "M."}


@dataclass(frozen=True, slots=True)
class Name:
    """Of an adult: civility code of `leases.enums.Civility`, first and last name."""

    civility: str
    first: str
    last: str


def age_on(birth: date | None, day: date) -> int | None:
    """Completed years on `day`; None without a birth date or before it. Born on 29 February: 1 March elsewhere."""
    if birth is None or birth > day:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def typology(*, adults: int, children: int) -> Typology:
    """The typology of the yearly reports (RULES A4)."""
    if adults + children == 0:
        return "EMPTY"
    if adults == 1:
        return "SINGLE_PARENT" if children else "ISOLATED"
    if adults == 2:
        return "COUPLE_WITH_CHILDREN" if children else "COUPLE"
    return "OTHER"


def composition_words(*, adults: int, children: int) -> str:
    """`1 adulte, 2 enfants`."""
    parts = []
    if adults:
        parts.append(f"{adults} adulte{'s' if adults > 1 else ''}")
    if children:
        parts.append(f"{children} enfant{'s' if children > 1 else ''}")
    return ", ".join(parts) or "composition à compléter"


def usual_name(adults: Sequence[Name]) -> str:
    """How the house calls a household: « Mme Fatou Sarr », « M. et Mme Kaboré », « Mme Diallo et M. Roche »."""
    if not adults:
        return ""
    if len(adults) == 1:
        return _full(adults[0])
    first, second = adults[0], adults[1]
    if first.last.casefold() == second.last.casefold() and {first.civility, second.civility} == {"M", "MME"}:
        return f"M. et Mme {first.last}"
    return " et ".join(_short(name) for name in adults[:2])


def _full(name: Name) -> str:
    return " ".join(part for part in (_TITLES.get(name.civility, ""), name.first, name.last) if part)


def _short(name: Name) -> str:
    title = _TITLES.get(name.civility)
    return f"{title} {name.last}" if title else f"{name.first} {name.last}"
