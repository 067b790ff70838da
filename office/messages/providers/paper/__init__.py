"""Letters: no machine sends them. What was taken out is one lot, printed in the order of a round, with its list.

The lot is the letters that are being sent; `office.messages.services.post` takes them out, and says that they are
posted. A file of the lot holds papers of one layout: avis, quittances and letters are a pile each.

The paper of a letter was written with the address of that day. Whether it may be shown is asked again each time the lot
is read: a letter on a table is read by anybody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from common.typography import counted
from office.documents.services import HAND_DELIVERED, render_together
from office.messages.codes import WAITING_STATES, Channel, MessageState
from office.messages.gate import hidden_addresses
from office.messages.kinds import declared
from office.messages.models import Message
from office.messages.rules.rounds import round_key

NAME = "post"
HEAD = ("Rang", "Numéro", "Destinataire", "Adresse", "Objet")


@dataclass(frozen=True, slots=True)
class Pile:
    """Papers of one layout. `code`: their kind of document, with its version from the second on."""

    code: str
    label: str
    letters: tuple[Message, ...]

    @property
    def dialog(self) -> str:
        """The id of its dialog on the page."""
        return f"postees-{self.code}"

    @property
    def question(self) -> str:
        n = len(self.letters)
        return f"{counted(n, 'lettre est postée,lettres sont postées')} ?"


def lot() -> "QuerySet[Message]":
    """The letters that were taken out and are not posted yet; those of the social service are its own."""
    return Message.objects.common().filter(channel=Channel.PAPER, state=MessageState.SENDING)


def letters_waiting() -> int:
    """How many letters wait to be taken out."""
    return Message.objects.common().filter(channel=Channel.PAPER, state__in=WAITING_STATES).count()


def sorted_lot(until: datetime | None = None) -> list[Message]:
    """The lot taken out by `until`, in the order of a round: town, street, number, name. What is handed over comes
    last."""
    rows = lot().select_related("document")
    letters = list(rows.filter(claimed_at__lte=until) if until else rows)
    hide_addresses(letters)
    return sorted(letters, key=lambda m: (round_key(m.document.data.get("recipient", [])), m.pk))  # type: ignore[union-attr]


def hide_addresses(letters: Sequence[Message]) -> None:
    """In memory only: the document keeps what it was made with."""
    hidden = hidden_addresses({m.household_id for m in letters if m.household_id is not None})
    for letter in letters:
        if letter.household_id in hidden and letter.document is not None:
            data = letter.document.data
            home = {"home": ""} if "home" in data else {}
            letter.document.data = {**data, **home, "recipient": [*data.get("recipient", [])[:1], HAND_DELIVERED]}


def may_be_shown(message: Message) -> bool:
    """Whether the paper of a message may be opened: not where it has an address that is protected now."""
    asked = {message.household_id} if message.household_id is not None else set()
    return message.document is not None and not hidden_addresses(asked)


def piles(letters: Sequence[Message]) -> list[Pile]:
    """The letters by layout, each pile in the order given."""
    found: dict[str, list[Message]] = {}
    for letter in letters:
        found.setdefault(layout(letter), []).append(letter)
    return [Pile(code, _label(rows[0]), tuple(rows)) for code, rows in sorted(found.items())]


def layout(letter: Message) -> str:
    assert letter.document is not None
    version = letter.document.template_version
    return letter.document.kind if version == 1 else f"{letter.document.kind}_{version}"


def _label(letter: Message) -> str:
    kind = declared().get(letter.kind)
    return kind.label if kind else letter.kind


def printed(pile: Pile, *, title: str) -> bytes:
    """One PDF for the printer."""
    return render_together([letter.document for letter in pile.letters if letter.document], title=title)


def manifest(letters: Sequence[Message]) -> Iterator[tuple[int, str, str, str, str]]:
    """The list that goes with the lot, a row per letter, as `HEAD` names them."""
    for rank, letter in enumerate(letters, start=1):
        assert letter.document is not None
        name, *address = letter.document.data["recipient"]
        yield rank, letter.document.number, name, ", ".join(address), letter.subject
