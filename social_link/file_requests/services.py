"""A person asks to read her file: the request, what becomes of each note, the paper, the day of its handing over."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from common import clock, typography
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.access.services.access_log import log_access
from office.documents.services import HAND_DELIVERED, file_name, new_document, render_copy
from office.models import AccessLog
from office.tasks.services.tasks import refresh_tasks
from social_link.contacts.models import Note
from social_link.contacts.perms import can_read_note, require_follows
from social_link.contacts.queries import NoteLine, opened_note
from social_link.contacts.services import open_note
from social_link.file_requests.codes import KeptFor
from social_link.file_requests.duties import ANSWER, firsts_of
from social_link.file_requests.models import FileRequest, NoteAnswer
from social_link.file_requests.parameters import answer_params
from social_link.file_requests.perms import can_answer
from social_link.file_requests.queries import contacts_of, handed_over, kept_back, unanswered
from social_link.file_requests.rules.delays import answer_by
from social_link.file_requests.rules.passages import passages

CLOSED = "Cette demande est close : rien n’y change plus."


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def note_request(*, household: Household, person: Person, asked_on: date, actor: Actor) -> FileRequest:
    """A person of the household asked, on this day at the latest today. `Conflict` where another request waits."""
    require_follows(actor, household)
    if actor.user is None:
        raise NotAllowed("Une demande est saisie par une personne.")
    if asked_on > clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour passé.", field="asked_on")
    if not household.memberships.filter(person=person).exists():
        raise InvalidInput("Choisissez une personne de ce ménage.", field="person")
    row = FileRequest(
        household=household, person=person, asked_on=asked_on, noted_by=actor.user,
        answer_by=answer_by(asked_on, answer_params(asked_on)),
    )  # fmt: skip
    checked(row)
    with french_refusals():
        row.save()
    _tell_authors(row, actor)
    return row


def _tell_authors(row: FileRequest, actor: Actor) -> None:
    """What their notes wait for follows from the request and its answers."""
    refresh_tasks(ANSWER, ids=firsts_of(row.household), actor=actor)


def _reason(request: FileRequest) -> str:
    return f"Demande de lecture du dossier, reçue le {request.asked_on:%d/%m/%Y}"


def _locked(request: FileRequest, actor: Actor) -> FileRequest:
    row = FileRequest.objects.select_for_update(of=("self",)).select_related("household", "person").get(pk=request.pk)
    require_follows(actor, row.household)
    return row


def _waiting(request: FileRequest, actor: Actor) -> FileRequest:
    row = _locked(request, actor)
    if not row.is_waiting:
        raise Conflict(CLOSED, code="wrong_state")
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def read_for(*, request: FileRequest, note: Note, actor: Actor) -> NoteLine:
    """Open a note to answer the request: the request is the reason, which is logged. For the head of the service; its
    author sees it."""
    row = _waiting(request, actor)
    if note.household_id != row.household_id:
        raise NotAllowed("Cette note est d’un autre ménage.")
    return opened_note(open_note(note=note, actor=actor, reason=_reason(row)))


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def answer_note(
    *, request: FileRequest, note: Note, version: int, actor: Actor, why: str = "", struck: Collection[int] = ()
) -> NoteAnswer:
    """Hand this version of a note over, without the passages `struck` (numbers from 0), or keep it (`why`). By its
    author, or by the head of the service once she has read it. Again changes the answer, until the file is handed over.

    `Conflict` where the note was corrected since: what is decided is what was read.
    """
    row = _waiting(request, actor)
    standing = Note.objects.select_for_update(of=("self",)).filter(pk=note.pk, household=row.household).first()
    if standing is None:
        raise Conflict("Cette note a été retirée.", code="wrong_state")
    if actor.user is None or not can_answer(actor, standing):
        raise NotAllowed("L’auteur d’une note en décide, ou la responsable du service.")
    if not _has_read(row, standing, actor):
        raise NotAllowed("Lisez cette note avant d’en décider.")
    if standing.version != version:
        raise Conflict("Cette note a été corrigée entre-temps : relisez-la, puis décidez.", code="changed")
    if why and why not in KeptFor.values:
        raise InvalidInput("Choisissez pourquoi la note est gardée.", field="why")
    parts = passages(standing.text)
    if not set(struck) <= set(range(len(parts))):
        raise InvalidInput("Choisissez les passages dans la note.", field="struck")
    if not why and len(set(struck)) == len(parts):
        raise InvalidInput("Tout est rayé : gardez la note, avec son motif.", field="struck")
    answer, _ = NoteAnswer.objects.update_or_create(
        request=row,
        note_id=standing.pk,
        defaults={
            "version": version,
            "why": why,
            "struck": [] if why else sorted(set(struck)),
            "decided_by": actor.user,
            "decided_at": clock.now(),
        },
    )
    _tell_authors(row, actor)
    return answer


def _has_read(request: FileRequest, note: Note, actor: Actor) -> bool:
    if can_read_note(actor, note):
        return True
    reads = AccessLog.objects.filter(
        user=actor.user_id, household_id=note.household_id, object_type=Note._meta.label_lower, object_id=note.pk
    )
    return reads.filter(at__gte=request.noted_at).exists()


def _whole(request: FileRequest) -> None:
    left = len(unanswered(request))
    if left:
        raise Conflict(f"{typography.counted(left, 'note attend,notes attendent')} une décision.", code="not_answered")


@needs(Write(Data.CONTACT))
@transaction.atomic
def print_file(*, request: FileRequest, actor: Actor) -> tuple[str, bytes]:
    """The paper for the person: name of the file and PDF, filed nowhere. Each note in it is logged as read. `Conflict`
    while a note waits for a decision; of a request that was handed over, as it was handed over."""
    row = _locked(request, actor)
    if row.withdrawn_at is not None:
        raise Conflict(CLOSED, code="wrong_state")
    if row.is_waiting:
        _whole(row)
    notes = handed_over(row)
    for note in Note.objects.filter(pk__in=[one.note_id for one in notes]).exclude(author=actor.user_id):
        log_access(actor=actor, subject=note.read_as, obj=note, household_id=row.household_id, reason=_reason(row))
    until = row.given_on or clock.today()
    paper = new_document(
        kind="social_file",
        number=str(row.pk),
        title="Ce que le service social a noté",
        data={
            "recipient": [str(row.person), HAND_DELIVERED],
            "asked_on": row.asked_on.isoformat(),
            "contacts": [
                {
                    "on": met.happened_on.isoformat(),
                    "kind": ", ".join([met.kind_words, *map(typography.uncapitalised, met.served_words)]),
                    "by": met.author.get_full_name(),
                }
                for met in contacts_of(row)
                if met.happened_on <= until
            ],
            "notes": [{"on": one.on.isoformat(), "by": one.author, "said": list(one.said)} for one in notes],
            "kept": [{"why": why, "count": count} for why, count in kept_back(row)],
        },
        actor=actor,
    )
    return file_name(paper), render_copy(paper)


@needs(Write(Data.CONTACT))
@transaction.atomic
def hand_over(*, request: FileRequest, actor: Actor) -> FileRequest:
    """The paper was handed over today. `Conflict` while a note waits for a decision; again changes nothing."""
    row = _locked(request, actor)
    if row.given_on is not None:
        return row
    if row.withdrawn_at is not None:
        raise Conflict(CLOSED, code="wrong_state")
    _whole(row)
    row.given_on, row.given_by = clock.today(), actor.user
    row.save(update_fields=["given_on", "given_by"])
    _tell_authors(row, actor)
    return row


@needs(Write(Data.CONTACT))
@transaction.atomic
def take_back_hand_over(*, request: FileRequest, actor: Actor) -> FileRequest:
    """It was not handed over after all: the request waits again. `Conflict` where another one does."""
    row = _locked(request, actor)
    row.given_on, row.given_by = None, None
    with french_refusals():
        row.save(update_fields=["given_on", "given_by"])
    _tell_authors(row, actor)
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def withdraw_request(*, request: FileRequest, actor: Actor) -> FileRequest:
    """The person asks no more, or it was noted by mistake. Again changes nothing; what was handed over stays."""
    row = _locked(request, actor)
    if row.given_on is not None:
        raise Conflict(CLOSED, code="wrong_state")
    if row.withdrawn_at is None:
        row.withdrawn_at = clock.now()
        row.save(update_fields=["withdrawn_at"])
        _tell_authors(row, actor)
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_request(*, request: FileRequest, actor: Actor) -> FileRequest:
    """Undo `withdraw_request`, with what was decided. `Conflict` where another request waits."""
    row = _locked(request, actor)
    row.withdrawn_at = None
    with french_refusals():
        row.save(update_fields=["withdrawn_at"])
    _tell_authors(row, actor)
    return row
