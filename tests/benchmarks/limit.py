"""The database's own limit for a piece of work: the same final rows, inserted by bare SQL into the same tables."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

# Tables that a fact of the books fills, in the order of their foreign keys; staging keeps their columns.
TABLES = (
    "rent_ledger_rentdemand", "rent_ledger_demandline", "rent_ledger_entry", "rent_ledger_posting",
    "rent_ledger_bankline", "rent_ledger_match",
    "rent_ledger_allocation", "rent_ledger_openitem",
)  # fmt: skip


# The column by which the rows of a table are told from those before it, where that is not its id.
_IDS = {"rent_ledger_openitem": "posting_id", "rent_ledger_demandline": "demand_id"}


def _id_of(table: str) -> str:
    return _IDS.get(table, "id")


@dataclass
class Marks:
    """The largest ids before a piece of work: what came after is what it wrote."""

    ids: dict[str, int]

    @classmethod
    def now(cls) -> "Marks":
        ids = {}
        with connection.cursor() as cursor:
            for table in TABLES:
                column = _id_of(table)
                cursor.execute(f"SELECT coalesce(max({column}), 0) FROM {table}")
                ids[table] = cursor.fetchone()[0]
        return cls(ids)


def stage(marks: Marks) -> dict[str, int]:
    """Copy what was written since `marks` into unlogged tables. Returns the rows by table."""
    counts = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            column = _id_of(table)
            cursor.execute(f"DROP TABLE IF EXISTS stage_{table}")
            cursor.execute(
                f"CREATE UNLOGGED TABLE stage_{table} AS SELECT * FROM {table} WHERE {column} > %s",
                [marks.ids[table]],
            )
            counts[table] = cursor.rowcount
        # An allocation may touch an older posting on one side: that side keeps its id.
        cursor.execute(
            """
            ALTER TABLE stage_rent_ledger_allocation ADD own_d int NOT NULL DEFAULT 0, ADD own_c int NOT NULL DEFAULT 0;
            UPDATE stage_rent_ledger_allocation SET
                own_d = (debit_posting_id > %(mark)s)::int, own_c = (credit_posting_id > %(mark)s)::int
            """,
            {"mark": marks.ids["rent_ledger_posting"]},
        )
        cursor.execute("DROP TABLE IF EXISTS stage_state")
        cursor.execute(
            """
            CREATE UNLOGGED TABLE stage_state AS SELECT s.* FROM rent_ledger_accountstate s WHERE s.account_id IN (
                SELECT debit_id FROM stage_rent_ledger_posting UNION SELECT credit_id FROM stage_rent_ledger_posting)
            """
        )
    return counts


# Ids move by a constant, months by one: the rows are new to every unique key and as long as the ones they copy.
_SHIFT = 500_000_000
_COPY = {
    "rent_ledger_rentdemand": {
        "id": "id + %(shift)s",
        "month": "(month + interval '1 month')::date",
        "due_on": "(due_on + interval '1 month')::date",
        "entry_id": "entry_id + %(shift)s",
    },
    "rent_ledger_demandline": {"demand_id": "demand_id + %(shift)s"},
    "rent_ledger_bankline": {
        "id": "id + %(shift)s", "booking_day": "booking_day + 1", "entry_id": "entry_id + %(shift)s",
    },
    "rent_ledger_match": {
        "id": "id + %(shift)s", "line_id": "line_id + %(shift)s", "entry_id": "entry_id + %(shift)s",
    },
    "rent_ledger_entry": {"id": "id + %(shift)s", "idempotency_key": "idempotency_key || '+%(shift)s'"},
    "rent_ledger_posting": {"id": "id + %(shift)s", "entry_id": "entry_id + %(shift)s"},
    "rent_ledger_allocation": {
        "id": "id + %(shift)s", "debit_posting_id": "debit_posting_id + %(shift)s",
        "credit_posting_id": "credit_posting_id + %(shift)s",
    },
    "rent_ledger_openitem": {"posting_id": "posting_id + %(shift)s"},
}  # fmt: skip


def statements() -> list[str]:
    """The bare INSERTs of the staged rows, as other facts of the next month."""
    shift = _SHIFT
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
                [f"stage_{table}"],
            )
            columns = [row[0] for row in cursor.fetchall()]
            columns = [column for column in columns if column not in ("own_d", "own_c")]
            exprs = [_COPY[table].get(column, f'"{column}"') % {"shift": shift} for column in columns]
            names = ", ".join(f'"{column}"' for column in columns)
            if table.endswith("allocation"):
                exprs = [e.replace("debit_posting_id + ", "debit_posting_id + own_d * ") for e in exprs]
                exprs = [e.replace("credit_posting_id + ", "credit_posting_id + own_c * ") for e in exprs]
            found.append(
                f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {', '.join(exprs)} FROM stage_{table}"
            )
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'rent_ledger_accountstate'"
        )
        columns = [row[0] for row in cursor.fetchall()]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "account_id")
    names = ", ".join(columns)
    found.append(
        f"INSERT INTO rent_ledger_accountstate ({names}) SELECT {names} FROM stage_state "
        f"ON CONFLICT (account_id) DO UPDATE SET {sets}"
    )
    return found


def checkpoint() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def run() -> float:
    """Seconds of the bare INSERTs, in one transaction, then the rows are removed (not counted)."""
    inserts = statements()
    checkpoint()
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        for sql in inserts:
            cursor.execute(sql)
    seconds = time.perf_counter() - start
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in reversed(TABLES):
            column = _id_of(table)
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [_SHIFT])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE " + ", ".join(TABLES))
    return seconds


# What the nightly pass writes. `accountstate` has a row for each account: only the lane and its reason are new.
_CASES, _TASKS = "rent_ledger_arrearscase", "office_task"


@contextmanager
def reads() -> Iterator[list[tuple[str, Any]]]:
    """The statements that are asked inside and write nothing, each with its parameters."""
    found: list[tuple[str, Any]] = []

    def remembered(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _WRITES.search(sql):
            found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remembered):
        yield found


_WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM|SAVEPOINT)\b")
_OF_A_LANE = ("lane", "action", "reason", "terms", "lapses_on", "gravity", "ranking")


def stage_detection() -> None:
    """Keep what the pass has written: cases, tasks, lanes."""
    with connection.cursor() as cursor:
        for table in (_CASES, _TASKS):
            cursor.execute(f"DROP TABLE IF EXISTS stage_{table}")
            cursor.execute(f"CREATE UNLOGGED TABLE stage_{table} AS SELECT * FROM {table}")
        cursor.execute("DROP TABLE IF EXISTS stage_lanes")
        cursor.execute(
            "CREATE UNLOGGED TABLE stage_lanes AS "
            f"SELECT account_id, {', '.join(_OF_A_LANE)} FROM rent_ledger_accountstate WHERE lane <> 'NONE'"
        )


def detection(asked: list[tuple[str, Any]]) -> float:
    """Seconds of the bare SQL: all that the pass has `asked` (`reads`), with nothing made of the answers, then the
    staged rows, in one transaction that is not kept. It doesn't show what is asked twice."""
    checkpoint()
    with transaction.atomic(), connection.cursor() as cursor:
        start = time.perf_counter()
        for sql, params in asked:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
        for table in (_CASES, _TASKS):
            cursor.execute(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM stage_{table}")
        cursor.execute(
            f"UPDATE rent_ledger_accountstate s SET {', '.join(f'{name} = l.{name}' for name in _OF_A_LANE)} "
            "FROM stage_lanes l "
            "WHERE l.account_id = s.account_id"
        )
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return seconds
