"""COPY into PostgreSQL, and ids reserved in bulk: for code that writes many rows at once."""

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
    """COPY lines already formatted by the caller: cells separated by tabs, `\\N` for null, special characters escaped.

    For the few tables where a run writes tens of thousands of rows: formatting cell by cell would take too long.
    Raises Django's `IntegrityError`, `DataError`… where psycopg's `copy` would raise its own.
    """
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        batch: list[str] = []
        for line in lines:
            batch.append(line)
            if len(batch) == 2000:
                copy.write("\n".join(batch) + "\n")
                batch.clear()
        if batch:
            copy.write("\n".join(batch) + "\n")


class DayCells(dict[date | None, str]):
    """Days as cells for `copy_lines`, by day. A run writes the same few thousands of times: each is formatted once."""

    def __missing__(self, day: date | None) -> str:
        text = self[day] = NULL if day is None else day.isoformat()
        return text


def escaped_cells(texts: Sequence[str]) -> str:
    """Text cells for `copy_lines`, escaped and joined by tabs. Tested all at once: almost none needs escaping."""
    row = "\t".join(texts)
    if "\\" in row or "\n" in row or "\r" in row or row.count("\t") != len(texts) - 1:
        return "\t".join([text.translate(_ESCAPES) for text in texts])
    return row


def bigints(ids: Iterable[int]) -> str:
    """`ids` as the text of a `bigint[]`: psycopg then adapts one string, not each value of a long list."""
    return "{" + ",".join(map(str, ids)) + "}"


def numerics(amounts: Iterable[Decimal]) -> str:
    """`amounts` as the text of a `numeric[]`."""
    return "{" + ",".join(map(str, amounts)) + "}"


def draw_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve `count` primary keys of `model` from its sequence, in order."""
    if not count:
        return []
    with connection.cursor() as cursor:
        # In a CTE, the sequence is looked up once; in the outer query it would be looked up for each id.
        cursor.execute(
            """
            WITH ids AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence)
            SELECT nextval(ids.sequence) FROM ids, generate_series(1, %s)
            """,
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]
