"""What a request to read a file asks still, and what is handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef

from common import clock
from common.history import DELETED, events_of
from leases.models import Household
from office.access.actor import Actor
from social_link.contacts.models import Contact, Note, text_of, took_place
from social_link.contacts.queries import NoteLine
from social_link.file_requests.models import FileRequest, NoteAnswer
from social_link.file_requests.perms import can_answer
from social_link.file_requests.rules.passages import handed, passages


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """A note of the household: what was decided of the version that stands, if anything (`answer`), and whether the
    actor decides it. `is_of_stay`: it was written while the person was of the household. `passages`: its text in
    parts, each with whether it is struck; none where the actor does not read it, or nobody opens it."""

    line: NoteLine
    answer: NoteAnswer | None
    may_answer: bool
    is_of_stay: bool
    passages: Sequence[tuple[str, bool]] = field(default=(), repr=False)


def to_answer(
    request: FileRequest, lines: Sequence[NoteLine], actor: Actor, *, opened: NoteLine | None = None
) -> list[ToAnswer]:
    """The notes that the actor is shown (`lines`), the oldest first. `opened`: one that he opened for this request."""
    answers = {answer.note_id: answer for answer in request.answers.select_related("decided_by")}
    stays = list(request.person.memberships.filter(household=request.household_id).values_list("period", flat=True))
    found = []
    for shown in reversed(lines):
        line = opened if opened is not None and shown.note.pk == opened.note.pk else shown
        answer = answers.get(line.note.pk)
        if answer is not None and answer.version != line.note.version:
            answer = None
        struck = answer.struck if answer else ()
        parts = [(said, place in struck) for place, said in enumerate(passages(line.text or ""))]
        written_on = line.note.written_at.astimezone(clock.PARIS).date()
        is_of_stay = any(written_on in stay for stay in stays)
        found.append(ToAnswer(line, answer, can_answer(actor, line.note), is_of_stay, parts))
    return found


def unanswered(request: FileRequest) -> list[int]:
    """The notes of the household, as they stand, of which nothing is decided."""
    answered = set(request.answers.values_list("note_id", "version"))
    notes = Note.objects.filter(household=request.household_id).order_by("pk").values_list("pk", "version")
    return [pk for pk, version in notes if (pk, version) not in answered]


@dataclass(frozen=True, slots=True)
class Handed:
    """A note as it is handed over: when, by whom, and its passages, None for those that are struck."""

    note_id: int
    on: date
    author: str
    said: Sequence[str | None] = field(repr=False)


def handed_over(request: FileRequest) -> list[Handed]:
    """The notes that are handed over, in their order, as they stood when it was decided. Two queries.

    Raises `sealing.Unopened`.
    """
    answers = {answer.note_id: answer for answer in request.answers.filter(why="")}
    events = events_of(Note).filter(id__in=answers).exclude(pgh_label=DELETED).select_related("key", "author")
    kept = {event.id: event for event in events if event.version == answers[event.id].version}
    return [
        Handed(
            pk,
            kept[pk].written_at.date(),
            kept[pk].author.get_full_name(),
            handed(text_of(kept[pk], kept[pk].key.open()), answers[pk].struck),
        )
        for pk in sorted(kept)
    ]


def kept_back(request: FileRequest) -> list[tuple[str, int]]:
    """Why notes are kept, and how many for each reason, in the order of the reasons."""
    found: dict[str, int] = {}
    for answer in request.answers.exclude(why="").order_by("why"):
        words = answer.get_why_display()
        found[words] = found.get(words, 0) + 1
    return list(found.items())


def contacts_of(request: FileRequest) -> list[Contact]:
    """The contacts that took place, collective ones too, in their order, while the person was of the household: the
    life of who stays is not told to who has left."""
    stays = request.person.memberships.filter(household=request.household_id, period__contains=OuterRef("happened_on"))
    rows = Contact.objects.filter(took_place(), Exists(stays), household=request.household_id)
    return list(rows.select_related("author").order_by("happened_on", "pk"))


def request_of(household: Household) -> FileRequest | None:
    """The request that waits, if one does."""
    rows = FileRequest.objects.waiting().filter(household=household)
    return rows.select_related("household", "person").first()
