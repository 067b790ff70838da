"""The heads of each list and what it can be sorted by are the same, and each order is total."""

import importlib
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings

from common.columns import Column

ROOT = Path(settings.BASE_DIR)
# The last field of an order: unique in its list.
UNIQUE = {"id", "reference", "account_id"}


def _lists() -> dict[str, ModuleType]:
    """Modules of views that have heads of columns, by name."""
    files = [path for name in ("*/*/views.py", "*/*/views/*.py") for path in ROOT.glob(name)]
    wanted = sorted(path.relative_to(ROOT).with_suffix("") for path in files if "COLUMNS" in path.read_text())
    return {name: importlib.import_module(name) for name in (".".join(path.parts) for path in wanted)}


LISTS = _lists()


def heads(module: ModuleType) -> list[Column]:
    return list(module.COLUMNS)


def sorts(module: ModuleType) -> dict[str, tuple[str, ...]]:
    [found] = [value for name, value in vars(module).items() if "SORTS" in name]
    return dict(found)


def test_they_are_found() -> None:
    assert set(LISTS) == {
        "leases.contracts.views.leases", "leases.households.views", "maintenance.tickets.views",
        "rent_ledger.arrears.views.arrears", "stock.agreements.views", "stock.dwellings.views",
    }  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_each_head_sorts_and_each_order_has_its_head(name: str) -> None:
    keys = [column.key for column in heads(LISTS[name]) if column.key]
    assert sorted(keys) == sorted(sorts(LISTS[name]))


@pytest.mark.parametrize("name", LISTS)
def test_each_order_is_total(name: str) -> None:
    assert {fields[-1] for fields in sorts(LISTS[name]).values()} <= UNIQUE
