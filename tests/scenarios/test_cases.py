"""The list of the cases worked out on paper (`cases.toml`) is true: each has its value, and a test that exists."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CASES: dict[str, dict[str, dict[str, object]]] = tomllib.loads(
    Path(__file__).with_name("cases.toml").read_text(encoding="utf-8")
)
ROWS = [(text, case, row) for text, cases in CASES.items() for case, row in cases.items()]


@cache
def _functions(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("text", "case", "row"), ROWS, ids=[f"{text}: {case}" for text, case, _ in ROWS])
def test_a_case_has_its_paper_value_and_its_test(text: str, case: str, row: dict[str, object]) -> None:
    assert set(row) == {"paper", "tests"}
    assert row["paper"]
    tests = row["tests"]
    assert isinstance(tests, list)
    assert tests
    for test in tests:
        path, _, name = test.partition("::")
        assert (TESTS / path).is_file(), f"{case}: no file {path}"
        found = _functions(path)
        assert any(one.startswith("test_") for one in found) if name == "*" else name in found, f"{case}: no {test}"


def test_the_cases_are_those_that_were_worked_out() -> None:
    """None is dropped: the count only grows."""
    assert len(ROWS) >= 102
