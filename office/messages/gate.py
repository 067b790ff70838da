"""The gate: before each departure, every registered gate is asked whether something stands against it.

A subject registers its own in its `gates.py` (loaded at start-up):

    @gate("letters")
    def held_letters(messages: Sequence[Message]) -> Mapping[int, Stop]: ...

It is asked for all messages of a batch at once and answers for those that it knows. A gate that fails lets nothing
through: what is not known to be free does not leave.

The same file tells whose address no letter shows (`hides_address`): a letter is printed long after it was written.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from office.messages.models import Message


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a message doesn't leave, in French. `until`: last day of the hold, where it is known.

    `is_final`: its cause is gone, so it is withdrawn; otherwise it leaves when the hold ends. `again_at`: not looked at
    before that moment.
    """

    why: str
    until: date | None = None
    is_final: bool = False
    again_at: datetime | None = None


Gate = Callable[[Sequence["Message"]], Mapping[int, Stop]]

_gates: dict[str, Gate] = {}

Hides = Callable[[Collection[int]], Collection[int]]
"""Of these households (ids), those whose address is on no paper today."""

_hiding: dict[str, Hides] = {}


def gate(name: str) -> Callable[[Gate], Gate]:
    """Register a gate under a name of its own."""

    def register(ask: Gate) -> Gate:
        if _gates.setdefault(name, ask) is not ask:
            raise ValueError(f"gate {name} is registered twice")
        return ask

    return register


def hides_address(ask: Hides) -> Hides:
    """Register who tells whose address is hidden, once."""
    if _hiding.setdefault(f"{ask.__module__}.{ask.__qualname__}", ask) is not ask:
        raise ValueError(f"{ask.__qualname__} is registered twice")
    return ask


def hidden_addresses(household_ids: Collection[int]) -> set[int]:
    """Of these households, those whose address no letter shows."""
    return {pk for ask in _hiding.values() for pk in ask(household_ids)} if household_ids else set()


def ask_gates(messages: Sequence["Message"]) -> dict[int, Stop]:
    """The stop of each message that has one, by id. A final stop goes before a hold; of holds, the one
    that ends on the latest day is told, and one whose end is not known only where no other is. While one stands, the
    message waits."""
    found: dict[int, Stop] = {}
    for ask in _gates.values():
        for pk, stop in ask(messages).items():
            if pk not in found or _weight(stop) > _weight(found[pk]):
                found[pk] = stop
    return found


def _weight(stop: Stop) -> tuple[bool, date]:
    return stop.is_final, stop.until or date.min
