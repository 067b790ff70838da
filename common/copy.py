"""COPY into PostgreSQL, and ids drawn in bulk: for what touches many rows at once."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, models

NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def _escaped(value: Any) -> str:
    return str(value).translate(_ESCAPES)


# By exact type: this is called for each cell of each row.
_AS_TEXT: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: NULL,
    bool: lambda value: "t" if value else "f",
    int: str,
    Decimal: str,
    date: str,
    datetime: str,
}


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY `rows` into `table`. `table` and `columns` are names from our models, never user input."""
    copy_lines(
        table, columns, ("\t".join([_AS_TEXT.get(type(value), _escaped)(value) for value in row]) for row in rows)
    )


def copy_lines(table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """COPY lines that the caller has already made: cells separated by tabs, `\\N` for null, no character to escape.

    For the few tables that a run fills by the ten thousand, where making each cell apart would cost more than the rule.
    """
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == 2000:
                copy.write("\n".join(batch) + "\n")
                batch.clear()
        if batch:
            copy.write("\n".join(batch) + "\n")


def escaped_cells(texts: Sequence[str]) -> str:
    """Text cells of `copy_lines`, side by side. Almost none needs an escape: they are looked at all at once."""
    row = "\t".join(texts)
    if "\\" in row or "\n" in row or "\r" in row or row.count("\t") != len(texts) - 1:
        return "\t".join([text.translate(_ESCAPES) for text in texts])
    return row


def bigints(ids: Iterable[int]) -> str:
    """`ids` as the text of a `bigint[]`: a long list is one string, not one adapted value each."""
    return "{" + ",".join(map(str, ids)) + "}"


def numerics(amounts: Iterable[Decimal]) -> str:
    """`amounts` as the text of a `numeric[]`."""
    return "{" + ",".join(map(str, amounts)) + "}"


def draw_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys of `model`, in order."""
    if not count:
        return []
    with connection.cursor() as cursor:
        # The sequence is looked up once: named in the outer query, it would be for each id.
        cursor.execute(
            """
            WITH ids AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence)
            SELECT nextval(ids.sequence) FROM ids, generate_series(1, %s)
            """,
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
