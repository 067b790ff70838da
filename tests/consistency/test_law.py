"""Each rule names its source, and what the code cites stands in `docs/law.md` or `docs/features.md`."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APPS = ("office", "stock", "leases", "rent_ledger", "maintenance", "social_link")
RULES = sorted(path for app in APPS for path in (ROOT / app).glob("**/rules/*.py") if path.name != "__init__.py")
LAW = (ROOT / "docs" / "law.md").read_text()
FEATURES = (ROOT / "docs" / "features.md").read_text()

# CCH, CASF, LPF … "R. 824-1", "L.442-8-1"; laws and decrees by number; articles of a law or of the Code civil.
CODE_ARTICLE = re.compile(r"\b([RLDA])\. ?(\d+(?:-\d+)+)")
ACT = re.compile(r"\b(loi|décret|délibération)(?: n°)? ?(\d{2,4}-\d+)")
ARTICLE = re.compile(r"(?:\bart\.|\bC\. civ\.) (\d+(?:-\d+)*)")
SECTION = re.compile(r"\blaw\.md ([ABC]\d+(?:\.\d+)?[a-z]?)")
ROW = re.compile(r"\brows? \d+")
CAPABILITY = re.compile(r"\bS\d-\d\d\b")
# What else a rule may rest on: a format, a published list, or the practice of the house.
OTHER = re.compile(r"CFONB|camt|RPLS|ISO \d+|usage|practice|matrix 6\.6|reading \d", re.IGNORECASE)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _docstrings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [text for node in ast.walk(tree) if isinstance(node, kinds) and (text := ast.get_docstring(node))]


def test_the_rules_are_found():
    assert len(RULES) > 25


@pytest.mark.parametrize("path", RULES, ids=_name)
def test_a_rule_names_its_source(path):
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    patterns = (CODE_ARTICLE, ACT, ARTICLE, SECTION, ROW, CAPABILITY, OTHER)
    assert any(pattern.search(text) for pattern in patterns), "say on which text, format or practice the rule rests"


@pytest.mark.parametrize("path", RULES, ids=_name)
def test_what_a_rule_cites_is_in_the_law_page(path):
    missing: list[str] = []
    articles = {f"{letter}.{number}" for letter, number in CODE_ARTICLE.findall(LAW)}
    for text in _docstrings(path):
        missing += [
            f"{letter}. {number}"
            for letter, number in CODE_ARTICLE.findall(text)
            if f"{letter}.{number}" not in articles
        ]
        missing += [f"{kind} {number}" for kind, number in ACT.findall(text) if number not in LAW]
        missing += [f"art. {number}" for number in ARTICLE.findall(text) if not re.search(rf"\b{number}\b", LAW)]
        missing += [f"law {section}" for section in SECTION.findall(text) if not _has_section(section)]
    assert not missing, f"not in docs/law.md: {', '.join(missing)}"


def _has_section(section: str) -> bool:
    return re.search(rf"^#+ {re.escape(section)}[. ]|\*\*{re.escape(section)}\.", LAW, re.MULTILINE) is not None


def test_what_the_code_cites_of_the_features_is_there():
    missing = []
    for path in sorted(p for app in (*APPS, "common", "desk", "config") for p in (ROOT / app).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for text in _docstrings(path):
            missing += [
                f"{_name(path)}: {found}" for found in CAPABILITY.findall(text) if f"| {found} |" not in FEATURES
            ]
            missing += [f"{_name(path)}: law {s}" for s in SECTION.findall(text) if not _has_section(s)]
    assert not missing, f"not in docs/: {missing}"


def test_every_row_has_a_state():
    rows = re.findall(r"^\| (\d+) \| .+ \| (yes|partly|no) \| ", FEATURES, re.MULTILINE)
    assert [int(row) for row, _ in rows] == list(range(1, 145))
