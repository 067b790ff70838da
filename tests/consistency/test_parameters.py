"""Dated parameters: each figure is written once, where it is declared."""

import inspect
from dataclasses import MISSING, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from common.params import Kind, declared

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


# 0 is a wait of none, or a delay that ends on the day itself.
MAY_BE_ZERO = {
    "alert.ack_days",
    "alert.answer_days",
    "alert.urgent_ack_days",
    "alert.urgent_answer_days",
    "alert.signal_answer_days",
    "alert.urgent_signal_answer_days",
}
LEGAL = {
    "arrears.threshold_multiple", "arrears.threshold_amount", "arrears.threshold_months", "arrears.report_months",
    "arrears.plan_max_months", "ccapex.months", "ccapex.multiple", "ccapex.writ_months",
}  # fmt: skip


@pytest.mark.parametrize("parameter", declared().values(), ids=lambda p: p.key)
def test_each_parameter_has_bounds(parameter) -> None:
    if parameter.kind == Kind.BOOL:
        return
    if parameter.kind == Kind.JSON:
        wrong = [["Z"], [], "F", {}]
    elif parameter.kind == Kind.DATE:
        wrong = ["0206-01-01", "9999-01-01"]
    else:
        wrong = [str(parameter.bounds[0] - 1), str(parameter.bounds[1] + 1), "-5"]
        is_own = parameter.source.startswith("Usage") or parameter.key in MAY_BE_ZERO
        if parameter.key in LEGAL or not is_own:
            wrong.append("0") if parameter.unit != "h" else None
    for value in wrong:
        with pytest.raises(ValueError, match="possible|année|parmi|négatif|aucune limite"):
            parameter.check(parameter.parse(value))


@pytest.mark.parametrize("parameter", declared().values(), ids=lambda p: p.key)
def test_each_parameter_says_where_its_value_comes_from(parameter) -> None:
    assert parameter.label
    assert len(parameter.source) > 10
