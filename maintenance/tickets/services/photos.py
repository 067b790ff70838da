"""Photos of passages and signals: added while the work goes on, taken back by who took them."""

from collections.abc import Sequence
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common.errors import Conflict, InvalidInput, NotAllowed
from maintenance.tickets import perms
from maintenance.tickets.codes import PhotoStage
from maintenance.tickets.models import Intervention, Photo, Ticket, WeakSignal
from maintenance.tickets.queries import is_protected, photos_for
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import needs
from office.access.services.access_log import log_access
from office.files.services.blobs import forget, store
from office.files.services.cleaning import CleanFile, clean_file
from office.models import User

Taken = Sequence[tuple[CleanFile, PhotoStage]]
"""Photos of a passage that are ready to be kept, each with its moment."""


def clean_photos(*, before: Sequence[BinaryIO] = (), after: Sequence[BinaryIO] = ()) -> Taken:
    """The photos of a form. `InvalidInput` names the file and its field, `before` or `after`; `too_many` is said before
    any is read.
    """
    sent = {PhotoStage.BEFORE: before, PhotoStage.AFTER: after}
    count = sum(map(len, sent.values()))
    if count > Photo.kind.per_owner:
        raise InvalidInput(
            f"{Photo.kind.per_owner} photos au plus par passage : vous en envoyez {count}.",
            field="after" if after else "before",
            code="too_many",
        )
    return [
        (clean_file(file, Photo.kind, field=stage.lower()), stage) for stage, files in sent.items() for file in files
    ]


def keep(taken: Taken, *, intervention: Intervention, author: User | None) -> list[Photo]:
    """Attach photos to a passage whose row is locked. One that is there already is not there twice.

    `InvalidInput` (`too_many`) beyond the number that a passage may have.
    """
    photos = []
    for (clean, stage), blob in zip(taken, store([clean for clean, _ in taken]), strict=True):
        content = {"name": clean.name, "author": author, "stage": stage}
        photo, is_new = Photo.objects.get_or_create(intervention=intervention, blob=blob, defaults=content)
        photos.append(photo)
        if is_new and intervention.photos.count() > Photo.kind.per_owner:
            raise InvalidInput(
                f"{Photo.kind.per_owner} photos au plus par passage : « {clean.name} » est de trop.",
                field=stage.lower(),
                code="too_many",
            )
    return photos


def keep_with_signal(clean: CleanFile, *, signal: WeakSignal) -> Photo:
    """Attach a photo to a signal that was just sent."""
    return Photo.objects.create(signal=signal, blob=store([clean])[0], name=clean.name, author=signal.author)


def keep_with_request(clean: CleanFile, *, ticket: Ticket, author: User | None) -> Photo:
    """Attach a photo to a request whose row is locked or new. The same picture again is the first.

    `InvalidInput` (`too_many`) beyond the number that a request may have.
    """
    content = {"name": clean.name, "author": author}
    photo, is_new = Photo.objects.get_or_create(ticket=ticket, blob=store([clean])[0], defaults=content)
    if is_new and ticket.photos.count() > Photo.kind.per_owner:
        raise InvalidInput(
            f"{Photo.kind.per_owner} photos au plus par demande : « {clean.name} » est de trop.",
            field="photos", code="too_many",
        )  # fmt: skip
    return photo


@needs(Write(Data.TICKET, OWN))
def add_photo(*, intervention: Intervention, file: BinaryIO, stage: str, actor: Actor) -> Photo:
    """A picture of the dwelling on a passage of one's own that has not ended. The same picture again is the first.

    Raises `InvalidInput` (`stage`).
    """
    if stage not in PhotoStage.values:
        raise InvalidInput("Dites si la photo est d’avant ou d’après le travail.", field="stage")
    perms.must_work(actor, intervention.ticket)
    # Read before the passage is locked: it takes time.
    clean = clean_file(file, Photo.kind, field=stage.lower())
    with transaction.atomic():
        passage = _locked(intervention)
        first = passage.photos.filter(blob=clean.sha256).first()
        if first is None:
            _must_run(passage)
        return first or keep([(clean, PhotoStage(stage))], intervention=passage, author=actor.user)[0]


@needs(Write(Data.TICKET, OWN))
@transaction.atomic
def remove_photo(*, intervention: Intervention, photo: UUID, actor: Actor) -> None:
    """Take back one's own photo while the passage goes on. One that is gone already stays gone.

    Raises `NotAllowed`.
    """
    perms.must_work(actor, intervention.ticket)
    passage = _locked(intervention)
    row = passage.photos.filter(uuid=photo).first()
    if row is None:
        return
    _must_run(passage)
    if row.author_id != actor.user_id:
        raise NotAllowed("Cette photo a été prise par quelqu’un d’autre.")
    row.delete()
    forget(row.blob_id)


def remove_with_signal(signal: WeakSignal) -> None:
    """The photos of a signal that its author withdraws."""
    for row in Photo.objects.filter(signal=signal):
        row.delete()
        forget(row.blob_id)


@needs(Read(Data.TICKET, OWN))
@transaction.atomic
def open_photo(*, photo: UUID, actor: Actor) -> Photo | None:
    """The photo of a passage that the actor may see, else None. One that shows a protected home is logged."""
    row = photos_for(actor).filter(uuid=photo).first()
    ticket = row.request if row else None
    if row and ticket and is_protected(ticket.household_id):
        log_access(actor=actor, subject=Data.PROTECTED_ADDRESS, obj=row, household_id=ticket.household_id)
    return row


def _locked(intervention: Intervention) -> Intervention:
    return Intervention.objects.select_for_update(no_key=True).get(pk=intervention.pk)


def _must_run(passage: Intervention) -> None:
    if passage.ended_at is not None:
        raise Conflict("Ce passage est terminé : ses photos ne changent plus.", code="wrong_state")
