"""Dated parameters: each figure is written once, where it is declared."""

import inspect
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from common.params import declared

ROOT = Path(__file__).resolve().parents[2]
APPS = {path.relative_to(ROOT).parts[0] for path in ROOT.glob("[!.]*/**/parameters.py")} - {"tests"}
READERS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for app in APPS
    for path in ROOT.glob(f"{app}/**/parameters.py")
    if path.parent.name not in {"services", "views"}
)


def _given_to_rules() -> list[type]:
    """What the readers of each `parameters.py` hand to the rules."""
    found = set()
    for module in READERS:
        for _, reader in inspect.getmembers(import_module(module), inspect.isfunction):
            answer = get_type_hints(reader).get("return")
            if isinstance(answer, type) and is_dataclass(answer) and answer.__module__.split(".")[0] in APPS:
                found.add(answer)
    return sorted(found, key=lambda cls: cls.__name__)


# Their figures still have a second value.
WRITTEN_TWICE: set[str] = set()


@pytest.mark.parametrize("given", _given_to_rules(), ids=lambda cls: cls.__name__)
def test_a_figure_has_no_second_value_in_the_rule(given: type) -> None:
    second = [f.name for f in fields(given) if f.default is not MISSING or f.default_factory is not MISSING]
    assert bool(second) == (given.__name__ in WRITTEN_TWICE), second


def test_the_readers_are_found() -> None:
    assert {"AlertParams", "BenefitParams", "Delays", "LaneParams", "LegalParams", "MeasureRule"} <= {
        cls.__name__ for cls in _given_to_rules()
    }


@pytest.mark.parametrize("parameter", declared().values(), ids=lambda p: p.key)
def test_each_parameter_says_where_its_value_comes_from(parameter) -> None:
    assert parameter.label
    assert len(parameter.source) > 10
