"""Nothing of the product waits for a caller: what only tests call is not there, or is named here with its reason."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from common.codes import Code

ROOT = Path(__file__).resolve().parents[2]
APPS = ("common", "office", "stock", "leases", "rent_ledger", "maintenance", "social_link", "desk", "config", "demo")
ROOMS = {"services", "queries", "rules", "perms", "parameters", "looks"}

# Functions that no page, operation, job or command calls.
WITHOUT_CALLER = {
    "leases.contracts.services.terms.end_rent_term": "an amount that ends without another has no page yet",
}
# Sentences that no rule writes.
WITHOUT_WRITER = {"AlertWhy.AS_WRITTEN"}
# Addresses that no page of ours links: called from outside, or by a name that is put together.
WITHOUT_LINK: set[str] = set()


@cache
def sources() -> dict[Path, str]:
    found = (path for app in APPS for path in (ROOT / app).rglob("*") if path.suffix in {".py", ".html", ".js"})
    return {path: path.read_text() for path in found if "migrations" not in path.parts and "vendor" not in path.parts}


@cache
def words() -> Counter[str]:
    return Counter(word for text in sources().values() for word in re.findall(r"\w+", text))


def _root(decorator: ast.expr) -> str:
    return ast.unparse(decorator).partition(".")[0]


def without_caller() -> set[str]:
    found = set()
    for path in sources():
        parts = path.relative_to(ROOT).with_suffix("").parts
        if path.suffix == ".py" and ROOMS & set(parts):
            for node in ast.parse(sources()[path]).body:
                # An operation of the API is called by its address.
                is_operation = isinstance(node, ast.FunctionDef) and "router" in map(_root, node.decorator_list)
                if isinstance(node, ast.FunctionDef) and words()[node.name] == 1 and not is_operation:
                    found.add(".".join((*parts, node.name)))
    return found


def test_every_function_of_a_room_has_a_caller() -> None:
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
