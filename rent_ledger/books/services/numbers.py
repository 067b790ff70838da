"""Numbers of papers, without gaps."""

from django.db import connection


def draw_numbers(series: str, count: int) -> int:
    """First of `count` consecutive numbers of a series, without gaps: the counter stays locked until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_counter AS c (series, last) VALUES (%s, %s)
            ON CONFLICT (series) DO UPDATE SET last = c.last + excluded.last RETURNING c.last
            """,
            [series, count],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0]) - count + 1
