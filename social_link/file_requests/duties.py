"""What a request to read a file asks of each author of its notes: to say of each whether it is handed over.

One task for an author and a household. It is about his first note of it, which stays while he answers the others. What
is written or corrected while the request waits counts from the next morning on.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min, QuerySet

from common.links import link
from common.typography import counted
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.models import User
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.contacts.models import Note
from social_link.contacts.perms import can_follow
from social_link.file_requests.codes import FileRequestDuty
from social_link.file_requests.models import FileRequest, NoteAnswer

ABOUT_NOTE = "note"


@dataclass(slots=True)
class _Left:
    """The notes of one author that wait for an answer: `first`, his first note of the household, and how many."""

    first: int
    request: FileRequest
    author_id: int
    count: int = 0


def firsts_of(household: Household) -> list[int]:
    """What the tasks of this household may be about: the first note of each author."""
    rows = Note.objects.filter(household=household).order_by().values("author").annotate(first=Min("pk"))
    return list(rows.values_list("first", flat=True))


def _requests(ids: Collection[int] | None) -> QuerySet[FileRequest]:
    rows = FileRequest.objects.waiting().select_related("household").order_by("pk")
    return rows if ids is None else rows.filter(household__in=Note.objects.filter(pk__in=ids).values("household"))


def _left(ids: Collection[int] | None) -> list[_Left]:
    """What waits, by author. Three queries."""
    requests = {row.household_id: row for row in _requests(ids)}
    answered = set(
        NoteAnswer.objects.filter(request__in=requests.values()).values_list("request", "note_id", "version")
    )
    found: dict[tuple[int, int], _Left] = {}
    notes = Note.objects.filter(household__in=requests).order_by("pk")
    for pk, household, author, version in notes.values_list("pk", "household", "author", "version"):
        request = requests[household]
        of = found.setdefault((household, author), _Left(pk, request, author))
        of.count += (request.pk, pk, version) not in answered
    return [one for one in found.values() if one.count and (ids is None or one.first in ids)]


def _waiting(ids: Collection[int] | None) -> Iterable[Cause]:
    """An author who follows the household no more can answer nothing: it falls to the head of the service."""
    left = _left(ids)
    authors = User.objects.in_bulk([one.author_id for one in left])
    return [
        Cause(
            one.first,
            due_on=one.request.answer_by,
            household_id=one.request.household_id,
            assignee_id=one.author_id if _may_answer(authors[one.author_id], one.request) else None,
            author_id=one.request.noted_by_id,
        )
        for one in left
    ]


def _may_answer(author: User, request: FileRequest) -> bool:
    return can_follow(Actor.of(author), [request.household])


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """All is answered, or the file was handed over: it is done. A request that was withdrawn asks nothing."""
    homes = dict(Note.objects.filter(pk__in=raised).values_list("pk", "household"))
    requests = FileRequest.objects.filter(household__in=homes.values()).order_by("pk")
    stands = {row.household_id: row.withdrawn_at is None for row in requests}
    return {pk: Ending() if stands.get(homes.get(pk, 0)) else Ending("Il n’y a plus rien à relire") for pk in raised}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    left = {one.first: one.count for one in _left(ids)}
    return {
        row.pk: TaskLine(
            f"Notes à relire pour qui les demande : {row.household.name}",
            counted(left[row.pk], "note à remettre ou à garder,notes à remettre ou à garder") if row.pk in left else "",
            row.household.name,
            link("social_link:file_request", row.household_id),
        )
        for row in Note.objects.filter(pk__in=ids).select_related("household")
    }


def _locked(ids: Collection[int]) -> QuerySet[FileRequest]:
    return _requests(ids)


ANSWER = declare(
    TaskKind(
        code=FileRequestDuty.ANSWER, about=ABOUT_NOTE, reveals=Data.CONTACT, falls_to=Write(Data.CONTACT),
        causes=_waiting, endings=_ended, show=_shown, locks=_locked,
        look=TaskLook(
            "file-text", "social", "Relire", "dossier à relire,dossiers à relire", lambda: link("leases:households")
        ),
    )
)  # fmt: skip
