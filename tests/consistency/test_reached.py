"""Nothing of the product waits for a caller: what only tests call is not there, or is named here with its reason."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from common.codes import Code
from common.looks import MEANINGS

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk", "config", "demo")
TREES = (*APPS, "embedded_postgres")
# Decorators that call nothing; any other one hands its function to who calls it (a route, a job, a check).
SILENT = {"needs", "transaction", "cache", "lru_cache", "cached_property", "property", "staticmethod", "classmethod"}
SILENT |= {"contextmanager"}

# What no page, operation, job or command calls.
WITHOUT_CALLER = {
    "leases.contracts.services.terms.end_rent_term": "an amount that ends without another has no page yet",
    "common.trim.classes_of": "tests compare what is left of a style sheet with the whole one",
    "office.staff.models.UserManager.create_user": "what Django asks of a manager of users; tests make people by it",
}
# Sentences that no rule writes.
WITHOUT_WRITER = {"AlertWhy.AS_WRITTEN"}
# Addresses that no page of ours links: called from outside, or by a name that is put together.
WITHOUT_LINK: set[str] = set()


@cache
def sources() -> dict[Path, str]:
    found = (path for app in TREES for path in (ROOT / app).rglob("*") if path.suffix in {".py", ".html", ".js"})
    return {path: path.read_text() for path in found if "migrations" not in path.parts and "vendor" not in path.parts}


def _without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body[0] = ast.Pass()
    return ast.unparse(tree)


@cache
def words() -> Counter[str]:
    """How often each word stands in the code of the product: comments and docstrings call nothing."""
    texts = (_without_docstrings(text) if path.suffix == ".py" else text for path, text in sources().items())
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


def _root(decorator: ast.expr) -> str:
    """`needs` of `@needs(Write(Data.LEASE))`, `transaction` of `@transaction.atomic`."""
    return re.split(r"\W", ast.unparse(decorator), maxsplit=1)[0]


def _is_called_from_outside(module: str, cls: str, name: str) -> bool:
    """Whether Django or a library calls the method: a base that is not ours has it, or it checks a field of a form."""
    if name.startswith(("__", "clean_")):
        return True
    bases = getattr(importlib.import_module(module), cls).__mro__[1:]
    return any(base.__module__.partition(".")[0] not in TREES and hasattr(base, name) for base in bases)


def _defined(tree: ast.Module, module: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AnnAssign]]:
    """Functions of a module, methods and fields of its classes, by their name there."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    yield f"{node.name}.{inner.name}", inner
                elif isinstance(inner, ast.AnnAssign) and isinstance(inner.target, ast.Name):
                    yield f"{node.name}.{inner.target.id}", inner


def without_caller() -> set[str]:
    found = set()
    for path in sources():
        if path.suffix != ".py":
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        for name, node in _defined(ast.parse(sources()[path]), module):
            cls, _, last = name.rpartition(".")
            if words()[last] != 1:
                continue
            if isinstance(node, ast.FunctionDef) and not set(map(_root, node.decorator_list)) <= SILENT:
                continue
            if not cls or not _is_called_from_outside(module, cls, last):
                found.add(f"{module}.{name}")
    return found


def test_everything_has_a_caller() -> None:
    assert without_caller() == set(WITHOUT_CALLER)


def whys(base: type[Code] = Code) -> set[type[Code]]:
    below = base.__subclasses__()
    found = {cls for cls in below if cls.__name__.endswith("Why") and not cls.__module__.startswith("tests")}
    return found.union(*(whys(cls) for cls in below))


def test_every_sentence_has_a_writer() -> None:
    text = "\n".join(sources().values())
    assert len(whys()) > 10
    names = {f"{cls.__name__}.{name}" for cls in whys() for name in cls.__members__}
    named = set(re.findall(r"\b\w+Why\.[A-Z]\w*", text))
    assert names - named == WITHOUT_WRITER


def test_every_meaning_is_shown() -> None:
    text = "\n".join(text for path, text in sources().items() if path != ROOT / "common" / "looks.py")
    assert {meaning for meaning in MEANINGS if not re.search(rf"""["']{meaning}["']""", text)} == set()


def names_of(resolver: URLResolver, space: str = "") -> set[str]:
    found = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= names_of(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.add(f"{space}{pattern.name}")
    return found


def test_every_address_is_linked() -> None:
    ours = {name for name in names_of(get_resolver()) if name.partition(":")[0] in APPS and ":" in name}
    assert len(ours) > 100
    text = "\n".join(sources().values())
    assert {name for name in ours if not re.search(rf"""["']{name}["']""", text)} == WITHOUT_LINK
