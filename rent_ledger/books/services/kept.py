"""Answers kept with the version of the books that they were read from (ADR 15)."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from rent_ledger.books.models import KeptAnswer


class BooksVersion(NamedTuple):
    """`is_settled`: nobody was writing, so that what is read from now on has all that `number` has."""

    number: int
    is_settled: bool


def books_version() -> BooksVersion:
    """Ask this before you read what you want to keep (one query)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, is_settled FROM ancrage_books_version()")
        return BooksVersion._make(cursor.fetchone())


def reads_from_here(key: str, *, day: date) -> None:
    """In the transaction of its work, before it reads: the reader `key` works with all that the books have now, and is
    done until they move (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_READS, [key, day])


def has_unread(key: str) -> bool:
    """Whether the books have moved since the reader `key` has read them, so that it has perhaps something to do (one
    query). Where nobody knows: yes."""
    with connection.cursor() as cursor:
        cursor.execute(_UNREAD, [key])
        [is_unread] = cursor.fetchone()
    return bool(is_unread)


_READS = """
INSERT INTO rent_ledger_keptanswer (key, day, version, value)
SELECT %s, %s, v.version, 'true' FROM ancrage_books_version() v WHERE v.is_settled
ON CONFLICT (key) DO UPDATE SET day = EXCLUDED.day, version = EXCLUDED.version
"""
_UNREAD = """
SELECT NOT EXISTS (SELECT FROM rent_ledger_keptanswer k WHERE k.key = %s AND k.version = v.version)
FROM ancrage_books_version() v
"""
_LOOK = """
SELECT v.version, v.is_settled, k.version, k.value FROM ancrage_books_version() v
LEFT JOIN rent_ledger_keptanswer k ON k.key = %s AND k.day = %s
"""


def kept(key: str, *, day: date, read: Callable[[], Any]) -> Any:
    """What `read()` says of `day` from the books: as it was kept, if they have not changed since (one query).

    `read` gives what JSON can hold, as JSON gives it back (no tuples, decimals as text). It may read only tables that
    move the version (`common.triggers.moves_the_books`); `tests/consistency/test_kept.py` holds each key to that.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [key, day])
        version, is_settled, kept_version, value = cursor.fetchone()
    if kept_version == version:
        return json.loads(value)
    answer = read()
    if is_settled:
        KeptAnswer.objects.bulk_create(
            [KeptAnswer(key=key, day=day, version=version, value=answer)],
            update_conflicts=True, unique_fields=["key"], update_fields=["day", "version", "value"],
        )  # fmt: skip
    return answer


def kept_for_the_day(key: str, *, day: date, read: Callable[[], Any]) -> Any:
    """What `read()` said at the first look of `day`, whatever the books became since (one query).

    For a figure of past months that is dear and moves little: a page says that it is counted once a day. `read` gives
    what JSON can hold, as for `kept`.
    """
    found = KeptAnswer.objects.filter(key=key, day=day).values_list("value", flat=True).first()
    if found is not None:
        return found
    answer = read()
    KeptAnswer.objects.bulk_create(
        [KeptAnswer(key=key, day=day, version=books_version().number, value=answer)],
        update_conflicts=True, unique_fields=["key"], update_fields=["day", "version", "value"],
    )  # fmt: skip
    return answer
