"""A page is refused in one place: `common.answers.attempt`. No view catches an error of the domain itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import common.errors as errors
from common.errors import DomainError

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "desk", "social_link", "maintenance", "rent_ledger", "leases", "stock", "office")
REFUSALS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, DomainError)}


def views() -> list[Path]:
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return sorted(path for path in found if path.stem == "views" or path.parent.name == "views")


def caught(source: str) -> Iterator[int]:
    """Lines where an error of the domain, or every exception, is caught."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            parts = ast.walk(node.type or ast.Name("Exception"))
            names = {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts}
            if names & (REFUSALS | {"Exception"}):
                yield node.lineno


@pytest.mark.parametrize("path", views(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_view_catches_no_error_of_the_domain(path: Path) -> None:
    assert list(caught(path.read_text())) == [], "call the service through common.answers.attempt"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("try:\n    f()\nexcept DomainError:\n    pass", [3]),
        ("try:\n    f()\nexcept (ValueError, errors.Conflict) as refusal:\n    pass", [3]),
        ("try:\n    f()\nexcept:\n    pass", [3]),
        ("try:\n    f()\nexcept ValueError:\n    pass", []),
        ("tried = attempt(f)", []),
    ],
)
def test_what_is_caught_is_found(source: str, lines: list[int]) -> None:
    assert list(caught(source)) == lines


def test_the_views_are_found() -> None:
    assert len(views()) > 30
