"""Calls: no machine makes them. A sheet says whom to call, at which number, what to say, by who is in charge.

What the call gave is the state of the message (`office.messages.services.calls`). The gate is asked each time the sheet
is shown or printed: nobody calls a household whose letters are paused.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common import clock
from office.messages.codes import WAITING_STATES, Channel, MessageState
from office.messages.gate import Stop, ask_gates
from office.messages.kinds import declared
from office.messages.models import Message

NAME = "call"
IN_CHARGE = "responsable"
"""The field of a kind that names who is in charge of the household; without it, who decided calls."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make, and what it is about as that is today."""

    message: Message
    today: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The calls of one person, the oldest decision first."""

    name: str
    calls: tuple[Call, ...]

    @property
    def anchor(self) -> str:
        """The id of its heading on the page."""
        return f"t-{self.calls[0].message.pk}"


@dataclass(frozen=True, slots=True)
class CallSheet:
    """`sheets`: to call now. `later`: nobody answered, and their time has not come. `held`: what stands against it."""

    sheets: tuple[Sheet, ...]
    later: tuple[Message, ...]
    held: tuple[tuple[Message, Stop], ...]

    @property
    def count(self) -> int:
        return sum(len(sheet.calls) for sheet in self.sheets)


def call_sheet() -> CallSheet:
    """What is to call. A fixed number of queries."""
    rows = Message.objects.filter(channel=Channel.CALL, state__in=WAITING_STATES).select_related("author")
    waiting = list(rows.order_by("id"))
    stops = ask_gates(waiting) if waiting else {}
    free = [message for message in waiting if message.pk not in stops]
    later = {message.pk for message in free if _is_later(message)}
    return CallSheet(
        tuple(_by_person([message for message in free if message.pk not in later])),
        tuple(message for message in free if message.pk in later),
        tuple((message, stops[message.pk]) for message in waiting if message.pk in stops),
    )


def _is_later(message: Message) -> bool:
    # The moment of one that was held is when it is looked at again: free now, it is to call now.
    return message.state == MessageState.TEMPORARY_FAILURE and message.due_at > clock.now()


def _by_person(messages: list[Message]) -> Iterator[Sheet]:
    today, found = _today(messages), dict[str, list[Call]]()
    for message in messages:
        name = message.values.get(IN_CHARGE) or (str(message.author) if message.author else "Sans responsable")
        found.setdefault(name, []).append(Call(message, today.get(message.pk, "")))
    for name in sorted(found):
        yield Sheet(name, tuple(found[name]))


def _today(messages: list[Message]) -> dict[int, str]:
    """By message; each kind is asked once."""
    about: dict[str, dict[int, int]] = {}
    for message in messages:
        about.setdefault(message.kind, {})[message.pk] = message.about_id
    told: dict[int, str] = {}
    for code, ids in about.items():
        kind = declared().get(code)
        if kind is not None and kind.today is not None:
            facts = kind.today(sorted(set(ids.values())))
            told |= {pk: facts[about_id] for pk, about_id in ids.items() if about_id in facts}
    return told
