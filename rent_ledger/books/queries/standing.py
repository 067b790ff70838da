"""Which entries stand? One that was reversed does not, unless its reversal was reversed in turn."""

from collections.abc import Collection

from django.db import connection

from common.copy import bigints

_STANDING = """
WITH RECURSIVE chain AS (
    SELECT w.id AS first, w.id, 0 AS depth FROM unnest(%s::bigint[]) AS w(id)
    UNION ALL
    SELECT c.first, r.id, c.depth + 1 FROM chain c JOIN rent_ledger_entry r ON r.reverses_id = c.id
)
SELECT first, (array_agg(id ORDER BY depth DESC))[1] FROM chain GROUP BY first HAVING max(depth) %% 2 = 0
"""


def ended_by(entry: str) -> str:
    """SQL: the id of the entry by which `entry` stands no more, null where it stands. Of a payment whose return was
    undone and which was then cancelled, the cancellation."""
    return f"""(WITH RECURSIVE chain AS (
        SELECT r.id, 1 AS depth FROM rent_ledger_entry r WHERE r.reverses_id = {entry}
        UNION ALL
        SELECT r.id, c.depth + 1 FROM chain c JOIN rent_ledger_entry r ON r.reverses_id = c.id
    ) SELECT CASE WHEN (depth & 1) = 1 THEN id END FROM chain ORDER BY depth DESC LIMIT 1)"""  # noqa: S608


def standing(entry_ids: Collection[int]) -> dict[int, int]:
    """Of the entries that stand, the one to reverse so that they don't: the entry itself, or, where its reversal was
    taken back, what took it back. By entry id; those that don't stand are left out. One query."""
    if not entry_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [bigints(entry_ids)])
        return dict(cursor.fetchall())
