"""An invariant of the books, and what breaks it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """An invariant that does not hold: its French name, how many rows break it, the first ones."""

    name: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Invariant:
    """`sql` returns one text column per row that breaks it."""

    name: str
    sql: str
