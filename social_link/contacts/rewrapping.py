"""The keys of notes, wrapped again by the key that serves from now on. The texts stay as they are."""

from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from social_link.contacts import sealing
from social_link.contacts.models import NoteKey

AT_ONCE = 500


def keys_in_use() -> dict[str, int]:
    """How many notes each key of an installation wraps, by its name."""
    rows = NoteKey.objects.values_list("name").annotate(count=Count("pk")).order_by("name")
    return dict(rows)


def rewrap() -> Iterator[int]:
    """Wrap by the first key what the others wrap, some hundreds at once; yields how many are done. What is cut stays as
    far as it went, what is sent twice does nothing twice, and people read and write meanwhile. A key that is not known,
    or is another than its name says, is passed over."""
    name, done, after = sealing.current_name(), 0, 0
    known = [key for key in settings.NOTE_KEYS if key != name]
    while batch := _next(known, after):
        after = batch[-1]
        done += _rewrap(batch, name)
        yield done


def _next(known: list[str], after: int) -> list[int]:
    return list(
        NoteKey.objects.filter(name__in=known, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    )


@transaction.atomic
def _rewrap(ids: list[int], name: str) -> int:
    rows = []
    for row in NoteKey.objects.select_for_update().filter(pk__in=ids).exclude(name=name).order_by("pk"):
        try:
            key = row.open()
        except sealing.Unopened:
            continue
        row.name, row.wrapped = name, sealing.wrapped(key, key_id=row.pk, name=name)
        rows.append(row)
    NoteKey.objects.bulk_update(rows, ["name", "wrapped"])
    return len(rows)
