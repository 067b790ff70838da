"""What would bind the house to one connection, one process or one association (decision 20)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk", "config", "demo")

# A pooler lends a connection for one transaction. What a statement leaves behind on it is found by somebody else, or is
# gone at our next statement. `SET LOCAL`, `ON COMMIT DROP` and locks of a transaction end with it.
OF_A_SESSION = {
    "SET": r"(?:\A|;|\bBEGIN\b)\s*SET\s+(?!LOCAL\b|CONSTRAINTS\b|TRANSACTION\b)(?:SESSION\s+)?\w+",
    "RESET": r"(?:\A|;)\s*(?:RESET|DISCARD)\s+\w+",
    "set_config": r"\bset_config\s*\([^)]*,\s*false\s*\)",
    "LISTEN": r"(?:\A|;)\s*(?:UN)?LISTEN\s+\S+",
    "temporary table": r"\bCREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\s+(?!\w+\s+\w+\s+ON\s+COMMIT\s+DROP\b)",
    "select into temporary": r"\bINTO\s+TEMP(?:ORARY)?\b",
    "advisory lock": r"\bpg_(?:try_)?advisory_(?:lock|unlock)\w*",
    "prepared statement": r"(?:\A|;)\s*(?:PREPARE|DEALLOCATE)\s+\w+",
    "cursor": r"\bWITH\s+HOLD\b",
}
# The same in Python: psycopg's listeners, Django's cursors of a name.
IN_PYTHON = {"notifies", "add_notify_handler", "chunked_cursor", "connection_created"}

HELD = [
    "SET synchronous_commit = off",
    "SELECT 1; set session statement_timeout to 5",
    "RESET ROLE",
    "DISCARD ALL",
    "SELECT set_config('ancrage.reset', 'on', false)",
    "LISTEN books",
    "CREATE TEMP TABLE seen AS SELECT 1",
    "CREATE TEMPORARY TABLE seen (n int) ON COMMIT DELETE ROWS",
    "SELECT 1 INTO TEMP seen",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_try_advisory_lock_shared(1, 2)",
    "PREPARE one AS SELECT 1",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
]
LET_GO = [
    "SET LOCAL lock_timeout = '2s'",
    "SET CONSTRAINTS ALL IMMEDIATE",
    "UPDATE stock_unit SET label = ''",
    "UPDATE stock_unit\nSET label = ''",
    "SELECT set_config('ancrage.reset', 'on', true)",
    "CREATE TEMPORARY TABLE seen ON COMMIT DROP AS SELECT 1",
    "SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock_shared(2)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS $$ SELECT 1 $$",
]


def _kept_by_the_session(text: str) -> list[str]:
    return [name for name, pattern in OF_A_SESSION.items() if re.search(pattern, text, re.IGNORECASE)]


@cache
def _texts(path: Path) -> list[str]:
    """The strings of a module but its docstrings, with `x` for each value of an f-string; another file whole."""
    return [*_strings(path)] if path.suffix == ".py" else [path.read_text()]


def _strings(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings | parts:
            yield node.value


def _sources() -> list[Path]:
    return sorted(path for app in APPS for kind in ("py", "sql") for path in (ROOT / app).rglob(f"*.{kind}"))


@pytest.mark.parametrize("statement", HELD)
def test_what_a_session_would_keep_is_seen(statement: str) -> None:
    assert _kept_by_the_session(statement)


@pytest.mark.parametrize("statement", LET_GO)
def test_what_ends_with_its_transaction_is_not(statement: str) -> None:
    assert _kept_by_the_session(statement) == []


def test_no_statement_leaves_anything_on_its_connection() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in _sources()
        for text in _texts(path)
        for name in _kept_by_the_session(text)
    }
    assert found == set()


def test_nobody_listens_and_no_connection_is_prepared_in_python() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path in _sources()
        if path.suffix == ".py" and any(name in path.read_text() for name in IN_PYTHON)
        for node in ast.walk(ast.parse(path.read_text()))
        for name in [getattr(node, "attr", "") or getattr(node, "id", "") or getattr(node, "name", "")]
        if name in IN_PYTHON
    }
    assert found == set()


def _reads_the_association(path: Path) -> bool:
    return "Association" in path.read_text() and any(
        isinstance(node, ast.Attribute)
        and node.attr in ("objects", "_default_manager", "_base_manager")
        and isinstance(node.value, ast.Name)
        and node.value.id == "Association"
        for node in ast.walk(ast.parse(path.read_text()))
    )


def test_only_the_house_reads_who_we_are() -> None:
    """`office.house.queries.this_association` for all others."""
    reading = {path.relative_to(ROOT).as_posix() for path in _sources() if _reads_the_association(path)}
    assert reading == {"office/house/queries.py", "office/house/services.py"}


def test_no_row_says_whose_it_is_and_no_source_names_us() -> None:
    """One database is one association: a column for it would be one that a query could forget."""
    house = apps.get_model("office", "Association")
    related = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "related_model", None) is house and not model.__name__.endswith("Event")
    }
    assert related <= {"Association.events"}
    numbers = {
        path.relative_to(ROOT).as_posix()
        for path in _sources()
        if path.parts[len(ROOT.parts)] != "demo"
        for text in _texts(path)
        if re.search(r"\b\d{14}\b", text)
    }
    assert numbers == set()
