"""What may be sent: each kind of message is declared once, in the `letters.py` of the subject that decides it.

    COURTESY = declare(
        MessageKind(
            code=ArrearsMessage.COURTESY, about=ABOUT_CASE, fields=(MergeField("nom", "Nom", "Mme Sarr"),),
            texts={Channel.SMS: Text("", "Bonjour {nom}, …")}, page=case_page, samples=real_cases,
        )
    )

`letters.py` is loaded at start-up. The text declared here is version 0; the association writes the later ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from common.codes import Code
from office.messages.codes import Channel
from office.messages.rules.merge import MergeField, problems

if TYPE_CHECKING:
    from office.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Text:
    """A text with its merge fields. `subject` is empty for an SMS and a call."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A real case to see a text with: who it would be for, and the values of the fields."""

    name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """`about` names what a message of this kind is about (`Message.about`); `page` is where it is decided, by id.

    `samples`: up to three real cases of today, as that person would send them. `today`: what who calls has to know of
    these (their `about_id`) as they are today, in French. `is_urgent`: an SMS leaves at any hour of any day.
    `left` is told, in the same transaction, about what messages of this kind have left (their `about_id`); `failed`,
    about what one did not arrive; `waits_no_more`, about what a person withdrew one, or noted that the number of a call
    is wrong; `waits_again`, about what a person took such a note back, and when it had been noted.
    """

    code: Code
    about: str
    fields: tuple[MergeField, ...]
    texts: Mapping[Channel, Text]
    page: Callable[[int], str]
    samples: Callable[["Actor"], Sequence[Sample]]
    is_urgent: bool = False
    today: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    left: Callable[[Sequence[int]], object] | None = None
    failed: Callable[[Sequence[int]], object] | None = None
    waits_no_more: Callable[[Sequence[int]], object] | None = None
    waits_again: Callable[[Sequence[int], datetime], object] | None = None

    @property
    def label(self) -> str:
        return self.code.label

    @property
    def examples(self) -> dict[str, str]:
        """A value for each field, made up."""
        return {field.name: field.example for field in self.fields}


_declared: dict[str, MessageKind] = {}


def declare(kind: MessageKind) -> MessageKind:
    """Declare a kind once. A text that could not be saved by the association is a `ValueError`."""
    code = str(kind.code)
    if _declared.setdefault(code, kind) != kind:
        raise ValueError(f"message {code} is declared twice")
    for channel, text in kind.texts.items():
        wrong = problems(channel=channel, subject=text.subject, body=text.body, fields=kind.fields)
        if wrong:
            raise ValueError(f"message {code}, {channel}: {wrong}")
    return kind


def declared() -> Mapping[str, MessageKind]:
    """All kinds, by code."""
    return MappingProxyType(_declared)
