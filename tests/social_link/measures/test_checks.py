"""Ancrage does not start with a kind of measure without bounds."""

import pytest
from django.core.checks import run_checks

from social_link.measures import checks
from social_link.measures.codes import MeasureKind


def test_each_kind_has_its_bounds() -> None:
    assert checks.check_kinds(None) == []


def test_a_kind_without_bounds_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {kind: bounds for kind, bounds in checks.KINDS.items() if kind is not MeasureKind.TYPE_2}
    monkeypatch.setattr(checks, "KINDS", kept)
    assert [found.id for found in run_checks() if found.id.startswith("social_link.")] == ["social_link.E001"]
