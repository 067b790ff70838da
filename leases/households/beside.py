"""What the apps above tell of households in lists: columns, parts of the list, what waits for who reads it, which
are his own.

An app declares its own in its `asides.py`, loaded at start-up: `tell(Aside(...))`, `part(Part(...))`,
`person(Person(...))`, `wait(Waits(...))`, `own(Own(...))`. Who may see what is said there, by the matrix.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models.expressions import Combinable

from leases.households.models import HouseholdQuerySet
from office.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column: `text`, under it the quiet `note`, a badge (label, meaning), a link with its words."""

    text: str = ""
    note: str = ""
    badge: tuple[str, str] | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """A column: its head, who sees it, its cells for these households (ids) on a day, by a constant number of queries.

    `rank`: its place among the columns. `num`: figures, at the right. `badges`: the head of the column beside it, in
    which the badges of its cells stand. `at`: its text as an expression of rows whose household is at a path, for
    lists that are no list of households.
    """

    label: str
    rank: int
    may: Callable[[Actor], bool]
    read: Callable[[Collection[int], Actor, date], Mapping[int, Cell]]
    num: bool = False
    badges: str = ""
    at: Callable[[str], Combinable] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the list: its word in `?suivi=`, its label, who is offered it, which households it holds.

    `is_usual`: for whom the list opens with it.
    """

    word: str
    label: str
    may: Callable[[Actor], bool]
    narrow: Callable[[HouseholdQuerySet, Actor], HouseholdQuerySet]
    is_usual: Callable[[Actor], bool] = lambda actor: False


@dataclass(frozen=True, slots=True)
class Person:
    """A choice of somebody in the list: its word in the address, its label, who is offered it, the people to choose
    from (id, name; one query), and the households of one of them."""

    word: str
    label: str
    may: Callable[[Actor], bool]
    people: Callable[[Actor], list[tuple[int, str]]]
    narrow: Callable[[HouseholdQuerySet, int], HouseholdQuerySet]


@dataclass(frozen=True, slots=True)
class Waits:
    """What a household asks of the actor, the first thing first: the head of its column, who has one, an expression of
    rows whose household is at a path, and its cell on a day (`Cell()` where nothing waits)."""

    label: str
    may: Callable[[Actor], bool]
    at: Callable[[str, Actor], Combinable]
    read: Callable[[Any, Actor, date], Cell]


@dataclass(frozen=True, slots=True)
class Own:
    """Whose own households are told apart: who has some, and those of them among these ids (one query)."""

    may: Callable[[Actor], bool]
    among: Callable[[Collection[int], Actor], set[int]]


_asides: dict[str, Aside] = {}
_parts: dict[str, Part] = {}
_people: dict[str, Person] = {}
_waits: dict[str, Waits] = {}
_own: list[Own] = []


def tell(aside: Aside) -> None:
    """Declare a column, once."""
    if _asides.setdefault(aside.label, aside) is not aside:
        raise ValueError(f"column {aside.label} is declared twice")


def part(of_list: Part) -> None:
    """Declare a part of the list, once."""
    if _parts.setdefault(of_list.word, of_list) is not of_list:
        raise ValueError(f"part {of_list.word} is declared twice")


def person(of_list: Person) -> None:
    """Declare a choice of somebody, once."""
    if _people.setdefault(of_list.word, of_list) is not of_list:
        raise ValueError(f"choice {of_list.word} is declared twice")


def wait(of_list: Waits) -> None:
    """Declare what waits, once."""
    if _waits.setdefault(of_list.label, of_list) is not of_list:
        raise ValueError(f"column {of_list.label} is declared twice")


def own(of_list: Own) -> None:
    """Declare whose households are his own."""
    _own.append(of_list)


def own_among(household_ids: Iterable[int | None], actor: Actor) -> set[int]:
    """Those of these households that are the actor's own cases. No query for who has none."""
    ids = {pk for pk in household_ids if pk is not None}
    found: set[int] = set()
    for of_list in _own:
        if ids and of_list.may(actor):
            found |= of_list.among(ids, actor)
    return found


def asides_for(actor: Actor) -> list[Aside]:
    """The columns that the actor sees, in their order."""
    return sorted((aside for aside in _asides.values() if aside.may(actor)), key=lambda aside: aside.rank)


def parts_for(actor: Actor) -> list[Part]:
    """The parts that the actor is offered."""
    return [of_list for of_list in _parts.values() if of_list.may(actor)]


def people_for(actor: Actor) -> list[Person]:
    """The choices of somebody that the actor is offered."""
    return [of_list for of_list in _people.values() if of_list.may(actor)]


def waits_for(actor: Actor) -> Waits | None:
    """What says what waits for the actor, where anything does."""
    return next((of_list for of_list in _waits.values() if of_list.may(actor)), None)
