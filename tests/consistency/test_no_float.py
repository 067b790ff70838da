"""Money is Decimal, and so is everything that may touch it: no float in the domain."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk")
# Everything of an app but its migrations and its web rooms: pages may draw with floats, never count.
WEB_ROOMS = {"migrations", "templatetags", "static", "templates", "management"}
# How alike two names are, from 0 to 1: a likeness is no amount.
LIKENESS = {f"rent_ledger/matching/rules/{name}.py" for name in ("names", "matching", "match_index")}


def sources() -> list[Path]:
    paths = (path for app in APPS for path in (ROOT / app).rglob("*.py"))
    return sorted(path for path in paths if not WEB_ROOMS & set(path.relative_to(ROOT).parts))


def floats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and kind of each float literal, call of `float` and annotation by it (asking for one is to refuse it)."""
    refusals = {
        inner
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "isinstance"
        for inner in ast.walk(call)
    }
    for node in ast.walk(tree):
        if node in refusals:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"literal {node.value}"
        if isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float"
        if isinstance(node, ast.Attribute) and node.attr == "FloatField":
            yield node.lineno, "FloatField"


def test_the_domain_has_no_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {kind}"
        for path in sources()
        if path.relative_to(ROOT).as_posix() not in LIKENESS
        for line, kind in floats(ast.parse(path.read_text(), str(path)))
    ]
    assert not found, "\n".join(found)


def test_the_domain_is_not_empty() -> None:
    assert len(sources()) > 50


@pytest.mark.parametrize("code", ["x = 0.5", "x = float(y)", "def f(x: float): ...", "x = models.FloatField()", "1e3"])
def test_a_float_is_seen(code: str) -> None:
    assert list(floats(ast.parse(code)))
