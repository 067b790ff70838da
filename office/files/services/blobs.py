"""Bytes in the storage: written before their row, erased after the last row that names them.

Who writes and who erases the same bytes take turns: both hold a lock named by the digest until their transaction ends.
What a rollback or a crash leaves in the storage without a row is found by `sweep`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from common import clock
from common.db import lock_for_transaction
from office.files.codes import FileType, Preview
from office.files.models import FOLDER, Blob, key_of
from office.files.services.cleaning import CleanFile

# What is younger may be the work of a transaction that has not ended (a migration writes files and holds no lock).
YOUNG = timedelta(days=1)
# One night reads the names of so many folders of 256: all of them in `NIGHTS`.
NIGHTS = 8
_STORED = re.compile(r"^([0-9a-f]{64})(?:\.\d+)?\.[a-z]+$")


def _lock(sha256: str) -> None:
    lock_for_transaction(f"blob:{sha256}")


@transaction.atomic
def store(files: Sequence[CleanFile]) -> list[Blob]:
    """The blobs of these files, in their order; bytes that are there already are not written again.

    Called in the transaction that writes the attachments: if it is rolled back, `sweep` erases what was written.
    """
    stored = {}
    # One order of locks: two senders of the same two files don't wait for each other.
    for clean in sorted(files, key=lambda clean: clean.sha256):
        _lock(clean.sha256)
        stored[clean.sha256] = Blob.objects.filter(pk=clean.sha256).first() or _written(clean)
    return [stored[clean.sha256] for clean in files]


def _written(clean: CleanFile) -> Blob:
    default_storage.save(key_of(clean.sha256, clean.type), ContentFile(clean.data))
    for preview, data in clean.previews:
        default_storage.save(key_of(clean.sha256, clean.type, preview), ContentFile(data))
    return Blob.objects.create(
        sha256=clean.sha256, type=clean.type, size=len(clean.data), width=clean.width, height=clean.height
    )


def _unused() -> QuerySet[Blob]:
    """Blobs that no attachment of any kind names."""
    found = Blob.objects.all()
    for link in Blob._meta.get_fields(include_hidden=True):
        if isinstance(link, ForeignObjectRel):
            found = found.exclude(Exists(link.related_model._base_manager.filter(**{link.field.name: OuterRef("pk")})))
    return found


@transaction.atomic
def forget(sha256: str) -> None:
    """After an attachment was deleted: if it was the last of its blob, the row goes, and the bytes after the commit."""
    _lock(sha256)
    gone, _ = _unused().filter(pk=sha256).delete()
    if gone:
        transaction.on_commit(partial(_erase, sha256), robust=True)


@transaction.atomic
def _erase(sha256: str) -> None:
    """Erase bytes that have no row. Somebody who sends them meanwhile waits, then writes them again."""
    _lock(sha256)
    if Blob.objects.filter(pk=sha256).exists():
        return
    for type in FileType:
        default_storage.delete(key_of(sha256, type))
        for preview in Preview:
            default_storage.delete(key_of(sha256, type, preview))


def sweep(day: date) -> int:
    """Erase what nobody points at any more: rows without attachment, bytes without row. Returns how many.

    A night reads an eighth of the storage; what is less than a day old is left.
    """
    before = clock.now() - YOUNG
    unused = list(_unused().filter(stored_at__lt=before).values_list("pk", flat=True))
    for sha256 in unused:
        forget(sha256)
    found = 0
    for number in range(day.toordinal() % NIGHTS, 256, NIGHTS):
        folder = f"{FOLDER}/{number:02x}"
        found += _sweep(folder, [name for name in _names(folder) if name])
    return len(unused) + found


def _names(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []


def _sweep(folder: str, names: Iterable[str]) -> int:
    before = clock.now() - YOUNG
    digests = {name: match[1] if (match := _STORED.match(name)) else "" for name in names}
    known = set(Blob.objects.filter(pk__in=set(digests.values())).values_list("pk", flat=True))
    lost = [
        name
        for name, digest in digests.items()
        if digest not in known and default_storage.get_modified_time(f"{folder}/{name}") < before
    ]
    for name in lost:
        if digests[name]:
            _erase(digests[name])
        else:  # half of a file, of a process that was killed
            default_storage.delete(f"{folder}/{name}")
    return len(lost)
