"""Ancrage does not start with a rule of alert that a registry lacks."""

import pytest

from social_link.alerts import checks
from social_link.alerts.checks import check_registries
from social_link.alerts.codes import AlertRule


def test_the_registries_are_complete() -> None:
    assert check_registries(None) == []


@pytest.mark.parametrize(
    ("registry", "code", "error"),
    [
        ("RULES", AlertRule.TWO_ABSENCES, "social_link.E002"),
        ("LOOKS", AlertRule.TWO_ABSENCES, "social_link.E003"),
    ],
)
def test_a_code_that_is_missing_is_an_error_at_start(monkeypatch: pytest.MonkeyPatch, registry, code, error) -> None:
    # A copy: an entry that is taken out and put back would stand last, and the order of the rules is theirs.
    monkeypatch.setattr(
        checks, registry, {name: entry for name, entry in getattr(checks, registry).items() if name != code}
    )
    assert [found.id for found in check_registries(None)] == [error]
