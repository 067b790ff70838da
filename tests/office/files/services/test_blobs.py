"""The same bytes are stored once, a row never points at nothing, and what nobody names goes."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import ProtectedError
from PIL import Image

from common import clock
from common.db import lock_for_transaction
from maintenance.models import Intervention, Photo
from office.files.codes import Preview
from office.files.models import Blob
from office.files.services import blobs
from office.files.services.cleaning import CleanFile, clean_file
from tests.factories import make_ticket, make_user

Kept = Callable[[], set[str]]
LATER = timedelta(days=2)


def picture(colour: str = "teal") -> CleanFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return clean_file(BytesIO(out.getvalue()), Photo.kind, name="mur.png")


def attach(clean: CleanFile) -> Photo:
    technician = make_user(role="TECHNICIAN")
    passage = Intervention.objects.create(ticket=make_ticket(technician=technician), technician=technician)
    return Photo.objects.create(intervention=passage, stage="AFTER", blob=blobs.store([clean])[0], name=clean.name)


def names(clean: CleanFile) -> set[str]:
    return {f"{clean.sha256}{size}.jpg" for size in ("", ".320", ".960")}


def sweep_all() -> int:
    """As many nights as it takes to read the whole storage."""
    return sum(blobs.sweep(clock.today() + timedelta(days=night)) for night in range(blobs.NIGHTS))


def grow_old(folder: Path) -> None:
    """What is in the storage was written two days ago."""
    moment = (clock.now() - LATER).timestamp()
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))


# -- storing --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_bytes_are_there_with_their_smaller_copies(kept: Kept) -> None:
    clean = picture()
    blob = attach(clean).blob
    assert (blob.pk, blob.size, blob.width, blob.height) == (clean.sha256, len(clean.data), 40, 30)
    assert kept() == names(clean)
    with default_storage.open(blob.key()) as stored:
        assert stored.read() == clean.data
    with default_storage.open(blob.key(Preview.SMALL)) as stored:
        assert stored.read() == dict(clean.previews)[Preview.SMALL]


@pytest.mark.django_db
def test_the_same_bytes_are_stored_once() -> None:
    first, second = attach(picture()), attach(picture())
    assert first.blob == second.blob
    assert Blob.objects.count() == 1


@pytest.mark.django_db
def test_they_come_in_the_order_in_which_they_were_given() -> None:
    files = [picture(colour) for colour in ("red", "green", "blue")]
    assert [blob.pk for blob in blobs.store(files)] == [clean.sha256 for clean in files]


@pytest.mark.django_db
def test_bytes_that_cant_be_written_have_no_row(own_folder: Path) -> None:
    (own_folder / "files").write_text("a file where a folder should be")
    with pytest.raises(OSError), transaction.atomic():
        attach(picture())
    assert not Blob.objects.exists()


def test_a_file_is_written_whole_or_not_at_all(own_folder: Path) -> None:
    class Cut(ContentFile):  # type: ignore[type-arg]
        def chunks(self, chunk_size: int | None = None):
            yield b"half"
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        default_storage.save("files/aa/one.jpg", Cut(b"half of it"))
    assert list((own_folder / "files" / "aa").iterdir()) == []
    default_storage.save("files/aa/one.jpg", ContentFile(b"first"))
    assert default_storage.save("files/aa/one.jpg", ContentFile(b"second")) == "files/aa/one.jpg"
    assert (own_folder / "files" / "aa" / "one.jpg").read_bytes() == b"second"
    assert (own_folder / "files" / "aa" / "one.jpg").stat().st_mode & 0o777 == 0o600


def test_files_have_no_address() -> None:
    with pytest.raises(ValueError, match="private"):
        default_storage.url("files/aa/one.jpg")


# -- the last link --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_blob_that_something_names_cant_be_deleted() -> None:
    with pytest.raises(ProtectedError):
        attach(picture()).blob.delete()


@pytest.mark.django_db
def test_the_bytes_go_with_the_last_link(kept: Kept, django_capture_on_commit_callbacks: Callable) -> None:
    clean = picture()
    first, second = attach(clean), attach(clean)
    for photo, left in ((first, names(clean)), (second, set())):
        with django_capture_on_commit_callbacks(execute=True):
            photo.delete()
            blobs.forget(clean.sha256)
        assert kept() == left
    assert not Blob.objects.exists()


@pytest.mark.django_db
def test_bytes_that_are_sent_again_before_they_are_erased_stay(
    kept: Kept, django_capture_on_commit_callbacks: Callable
) -> None:
    clean = picture()
    with django_capture_on_commit_callbacks() as later:
        attach(clean).delete()
        blobs.forget(clean.sha256)
    attach(clean)
    for erase in later:
        erase()
    assert kept() == names(clean)


# -- what a crash leaves --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_a_rollback_leaves_is_swept_a_day_later(kept: Kept, own_folder: Path) -> None:
    clean = picture()
    stays = attach(picture("red"))
    with transaction.atomic():
        attach(clean)
        transaction.set_rollback(True)
    (own_folder / "files" / "00").mkdir(exist_ok=True)
    (own_folder / "files" / "00" / "tmpabc.part").write_bytes(b"half")
    now = clock.now().timestamp()
    for path in own_folder.rglob("*"):
        os.utime(path, (now, now))
    sweep_all()
    assert kept() == names(clean) | names(picture("red")) | {"tmpabc.part"}
    grow_old(own_folder)
    assert sweep_all() == len(names(clean)) + 1
    assert kept() == names(picture("red"))
    assert Blob.objects.get() == stays.blob


@pytest.mark.django_db
def test_a_row_that_lost_its_last_link_is_swept_a_day_later(
    kept: Kept, django_capture_on_commit_callbacks: Callable
) -> None:
    clean = picture()
    attach(clean).delete()
    with django_capture_on_commit_callbacks(execute=True):
        sweep_all()
    assert Blob.objects.exists()
    with clock.travel(clock.now() + LATER), django_capture_on_commit_callbacks(execute=True):
        sweep_all()
    assert not Blob.objects.exists()
    assert kept() == set()


@pytest.mark.django_db
def test_a_night_reads_its_part_and_all_nights_the_whole(own_folder: Path) -> None:
    for number in range(256):
        digest = f"{number:02x}" + "0" * 62
        default_storage.save(f"files/{digest[:2]}/{digest}.jpg", ContentFile(b"x"))
    grow_old(own_folder)
    found = [blobs.sweep(clock.today() + timedelta(days=night)) for night in range(blobs.NIGHTS)]
    assert found == [32] * 8


@pytest.mark.django_db(transaction=True)
def test_who_erases_waits_for_who_sends(kept: Kept, own_folder: Path) -> None:
    """A sender wrote bytes that a former crash had left, and has not committed when the sweep finds them."""
    clean = picture()
    default_storage.save(f"files/{clean.sha256[:2]}/{clean.sha256}.jpg", ContentFile(clean.data))
    grow_old(own_folder)

    def sweep() -> None:
        try:
            blobs._erase(clean.sha256)
        finally:
            connection.close()

    with transaction.atomic():
        attach(clean)
        thread = Thread(target=sweep)
        thread.start()
        thread.join(1)
        assert thread.is_alive(), "it did not wait"
    thread.join(20)
    assert not thread.is_alive()
    assert kept() == names(clean)


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_the_same_files_take_turns() -> None:
    """In one order, whatever theirs is: neither waits for what the other holds."""
    files = [picture("red"), picture("blue")]
    one, two = sorted(clean.sha256 for clean in files)
    asked: list[str] = []

    def send() -> None:
        try:
            blobs.store(files[::-1])
            asked.append("done")
        finally:
            connection.close()

    with transaction.atomic():
        lock_for_transaction(f"blob:{one}")
        thread = Thread(target=send)
        thread.start()
        thread.join(1)
        assert thread.is_alive()
        # The other one waits for the first of the two and holds nothing: this lock is free.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"blob:{two}"])
            assert cursor.fetchone() == (True,)
    thread.join(20)
    assert asked == ["done"]
    assert Blob.objects.count() == 2
