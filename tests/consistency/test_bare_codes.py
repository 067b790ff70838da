"""A code is written once, in its `codes.py`: rules, services, pages, SQL and scripts name its member.

A text that equals a code and is none stands in `bare_codes.toml`: its file, how many times, and why.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from common.codes import Code

ROOT = Path(__file__).resolve().parents[2]
EXCEPTIONS = Path(__file__).with_name("bare_codes.toml")
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk", "config", "demo")
# Words of other languages than ours that a code may equal: methods of HTTP, formats of files, levels of a log.
FOREIGN = {
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "PDF",
    "CSV",
    "JSON",
    "XML",
    "UTF",
    # A key of the settings of a database, and of Django's forms; a number of a bank account, and the word for it.
    "NAME",
    "IBAN",
    "INFO",
    "ERROR",
}
_QUOTED = re.compile(r"'([A-Z][A-Z0-9_]+)'")
_QUOTED_EITHER = re.compile(r"""(['"])([A-Z][A-Z0-9_]+)\1""")
_TAG = re.compile(r"{[%{].*?[%}]}", re.DOTALL)


def known_codes() -> set[str]:
    """The value of every member of every class of codes, of two capital letters at least."""
    for path in sorted(path for app in APPS for path in (ROOT / app).rglob("*.py")):
        # Classes are found among those loaded: load each module that has some, whatever runs before.
        if "(Code):" in path.read_text():
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, classes = set(), [Code]
    while classes:
        current = classes.pop()
        classes += current.__subclasses__()
        found |= {str(member.value) for member in current}
    return {value for value in found if re.fullmatch(r"[A-Z][A-Z0-9_]+", value)} - FOREIGN


def declares_codes(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(ast.unparse(base).split(".")[-1] == "Code" for base in node.bases)


def in_python(tree: ast.AST, codes: set[str]) -> Iterator[tuple[int, str]]:
    """Line and code of each text that is a code, and of each quoted code in a statement of SQL."""
    declared = {inner for node in ast.walk(tree) if declares_codes(node) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if node in declared or not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if node.value in codes:
            yield node.lineno, node.value
        elif re.search(r"\b(SELECT|UPDATE|INSERT|DELETE|WHERE|AND|CASE)\b", node.value):
            yield from ((node.lineno, code) for code in _QUOTED.findall(node.value) if code in codes)


def in_template(text: str, codes: set[str]) -> Iterator[tuple[int, str]]:
    for tag in _TAG.finditer(text):
        for found in _QUOTED_EITHER.finditer(tag[0]):
            if found[2] in codes:
                yield text.count("\n", 0, tag.start() + found.start()) + 1, found[2]


def in_script(text: str, codes: set[str]) -> Iterator[tuple[int, str]]:
    for found in _QUOTED_EITHER.finditer(text):
        if found[2] in codes:
            yield text.count("\n", 0, found.start()) + 1, found[2]


def found_in(path: Path, codes: set[str]) -> list[tuple[int, str]]:
    text = path.read_text()
    if path.suffix == ".py":
        return sorted(in_python(ast.parse(text, str(path)), codes))
    return sorted((in_template if path.suffix == ".html" else in_script)(text, codes))


def everywhere() -> dict[str, list[tuple[int, str]]]:
    """What is found, by path."""
    codes = known_codes()
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix not in {".py", ".html", ".js"} or {"migrations", "vendor"} & set(path.parts):
                continue
            name = path.relative_to(ROOT).as_posix()
            if bare := found_in(path, codes):
                found[name] = bare
    return found


def test_no_code_is_written_as_a_bare_text() -> None:
    exceptions = tomllib.loads(EXCEPTIONS.read_text())["exception"]
    assert all(exception["why"] for exception in exceptions)
    allowed = {exception["file"]: exception["count"] for exception in exceptions}
    wrong = {
        path: [f"{line}: {code}" for line, code in bare]
        for path, bare in everywhere().items()
        if len(bare) != allowed.pop(path, 0)
    }
    assert wrong == {}, "write the member of the code"
    assert allowed == {}, "an exception that is no longer one"


def test_codes_are_known() -> None:
    assert {"RENT", "TENANT", "ISSUED", "BENEFIT", "RENTAL_MANAGER"} <= known_codes()
    assert len(known_codes()) > 200


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = 'RENT'", ["RENT"]),
        ("x = Nature.RENT", []),
        ("x = 'SELECT 1 WHERE a.nature = \\'RENT\\' AND b IN (\\'CHARGES\\')'", ["CHARGES", "RENT"]),
        ("x = 'the RENT of a month'", []),
        ("class Nature(Code):\n    RENT = 'RENT', 'Loyer'", []),
        ("class Other(StrEnum):\n    RENT = 'RENT'", ["RENT"]),
    ],
)
def test_a_bare_code_of_python_is_seen(source: str, found: list[str]) -> None:
    assert sorted(code for _, code in in_python(ast.parse(source), {"RENT", "CHARGES"})) == found


def test_a_bare_code_of_a_page_or_a_script_is_seen() -> None:
    assert list(in_template('a "RENT"\n{% if x == "RENT" %}RENT{% endif %}', {"RENT"})) == [(2, "RENT")]
    assert list(in_script("a();\nif (x === 'RENT') b();", {"RENT"})) == [(2, "RENT")]
