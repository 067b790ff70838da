"""What `make mutants` changes, and that its explanations are in order."""

import ast
import tomllib

import pytest

from tests.mutants.__main__ import EXPLAINED
from tests.mutants.mutations import mutations_of
from tests.mutants.targets import ROOT, TESTS


def changed(source: str) -> list[str]:
    """The mutated texts, each a program that Python can read."""
    found = [mutation.applied(source.encode()).decode() for mutation in mutations_of(source.encode())]
    for text in found:
        ast.parse(text)
    return found


@pytest.mark.parametrize(
    ("source", "mutants"),
    [
        ("x = a < b", ["x = a <= b"]),
        ("x = a >= b", ["x = a > b"]),
        ("x = a == b", ["x = a != b"]),
        ("x = a is not b", ["x = a is b"]),
        ("x = a not in b", ["x = a in b"]),
        ("x = a < b < c", ["x = a <= b < c", "x = a < b <= c"]),
        ("x = a in (B, C)", ["x = a not in (B, C)", "x = a in (C, C)", "x = a in (B, B)"]),
        ("x = {B, C}", ["x = {C, C}", "x = {B, B}"]),
        ("x = a and b", ["x = True and b", "x = a and True"]),
        ("x = (a or\n  b)", ["x = (False or\n  b)", "x = (a or\n  False)"]),
        ("x = not (a or b)", ["x =  (a or b)", "x = not (False or b)", "x = not (a or False)"]),
        ("x = a + b", ["x = a - b"]),
        ("x = -a * b", ["x = a * b", "x = -a / b"]),
        ("x += a", ["x -= a"]),
        ("x = 1", ["x = 2", "x = 0"]),
        ("x = 0", ["x = (-1)", "x = 1"]),
        ("x = True", ["x = False"]),
        ('x = Decimal("0.10")', ['x = Decimal("0.09")', 'x = Decimal("0.11")']),
        ("x = min(a, b)", ["x = max(a, b)"]),
        ("x = a if b else c", ["x = a if False else c", "x = a if True else c"]),
        ("x = [a for a in b if c]", ["x = [a for a in b if True]"]),
        ("x = lambda a: (a.b, a.c)", ["x = lambda a: (0, a.c)", "x = lambda a: (a.b, 0)"]),
        ("x = lambda a: a.b", ["x = lambda a: None", "x = lambda a: True"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("def f():\n    a()", ["def f():\n    pass"]),
        ("def f():\n    raise A(1 < 2)", ["def f():\n    pass"]),
        ("if a:\n    b = c", ["if False:\n    b = c", "if True:\n    b = c"]),
        ("if a < b:\n    c = d", ["if False:\n    c = d", "if a <= b:\n    c = d"]),
        ("for a in b:\n    continue", ["for a in b:\n    pass"]),
    ],
)
def test_a_fault_is_made(source: str, mutants: list[str]) -> None:
    assert sorted(changed(source)) == sorted(mutants)


@pytest.mark.parametrize(
    "source",
    [
        '"""Words of 1 module."""',
        "from a import b",
        "def f(a: Annotated[int, 3]) -> Annotated[int, 2]:\n    pass",
        "x: Annotated[int, 3]",
        "@frozen(slots=True)\nclass A:\n    pass",
        "assert a < 2",
        'x = f"{a:3} of {b < 2}"',
        "x = zip(a, b, strict=True)",
        'x = "SELECT"' + ' "no statement"',
        "if TYPE_CHECKING:\n    x = 1",
    ],
)
def test_what_no_test_need_find_is_left(source: str) -> None:
    assert changed(source) == []


@pytest.mark.parametrize(
    ("sql", "mutants"),
    [
        ("SELECT a FROM b WHERE c <= d", ["SELECT a FROM b WHERE c < d", "SELECT a FROM b WHERE true"]),
        ("SELECT a FROM b FOR NO KEY UPDATE", ["SELECT a FROM b "]),
        ("SELECT a FROM b LEFT JOIN c ON true", ["SELECT a FROM b JOIN c ON true"]),
        ("SELECT min(a), coalesce(b, 0)", ["SELECT max(a), coalesce(b, 0)", "SELECT min(a), b"]),
        (
            "SELECT a FROM b WHERE c AND d ORDER BY e DESC",
            [
                "SELECT a FROM b WHERE true AND d ORDER BY e DESC",
                "SELECT a FROM b WHERE c AND true ORDER BY e DESC",
                "SELECT a FROM b WHERE c AND d ORDER BY e ASC",
            ],
        ),
    ],
)
def test_a_fault_of_sql_is_made(sql: str, mutants: list[str]) -> None:
    assert sorted(changed(f'x = "{sql}"')) == sorted(f'x = "{mutant}"' for mutant in mutants)


def test_each_fault_has_its_own_name_and_place() -> None:
    source = b"def f(a, b):\n    if a < 1 and b < 1 and a < 1:\n        return g(a)\nT = (\n    lambda c: c.d,\n)\n"
    found = mutations_of(source)
    assert len({(m.function, m.what) for m in found}) == len(found)
    assert {(m.function, m.lines, m.on_import) for m in found} == {
        ("f", (2, 2), False), ("f", (3, 3), False), ("T", (5, 5), False),
    }  # fmt: skip


def test_the_tests_that_must_find_them_exist() -> None:
    assert [path for path in TESTS if not (ROOT / path).exists()] == []
    assert [test for tests in TESTS.values() for test in tests if not (ROOT / test).exists()] == []


def test_an_explanation_names_a_fault_that_can_be_made_and_says_why() -> None:
    for entry in tomllib.loads(EXPLAINED.read_text()).get("survivor", []):
        known = {(m.function, m.what) for m in mutations_of((ROOT / entry["module"]).read_bytes())}
        wanted = entry["mutation"] if isinstance(entry["mutation"], list) else [entry["mutation"]]
        for what in wanted:
            assert (entry["function"], what) in known, (entry["module"], entry["function"], what)
        assert len(entry["reason"]) > 20, entry
