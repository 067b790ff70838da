"""The number beside an entry of the menu, and a way to read all the numbers of a page in one query."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from office.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Waiting:
    """`sql` selects one number. `params(actor)` gives its parameters, or None if the actor gets no number."""

    sql: str
    params: Callable[[Actor], list[Any] | None]

    def __call__(self, actor: Actor) -> int:
        return read_together([self], actor)[0]


def read_together(wanted: Iterable[Waiting], actor: Actor) -> list[int]:
    """The numbers, in order; 0 where the actor gets none. One query at most."""
    asked: list[str] = []
    values: list[Any] = []
    places: list[int | None] = []
    for waiting in wanted:
        params = waiting.params(actor)
        if params is None:
            places.append(None)
            continue
        places.append(len(asked))
        asked.append(f"({waiting.sql})")
        values += params
    if not asked:
        return [0] * len(places)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", values)
        row = cursor.fetchone()
    assert row is not None
    return [0 if place is None else row[place] for place in places]
