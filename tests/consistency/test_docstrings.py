"""Each module says in its first line what it holds."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = (
    "common",
    "office",
    "stock",
    "leases",
    "rent_ledger",
    "maintenance",
    "social_link",
    "desk",
    "config",
    "demo",
    "embedded_postgres",
)
# Django names these two, and what they hold is known.
PLAIN = {"apps.py", "__init__.py"}


def modules() -> list[Path]:
    found = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return [path for path in found if path.name not in PLAIN and "migrations" not in path.parts]


def test_the_modules_are_found() -> None:
    assert ROOT / "rent_ledger/books/services/posting.py" in modules()


@pytest.mark.parametrize("app", APPS)
def test_a_module_says_what_it_holds(app: str) -> None:
    own = [path for path in modules() if path.relative_to(ROOT).parts[0] == app]
    silent = [str(path.relative_to(ROOT)) for path in own if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []
