"""Ancrage does not start with an hour at which no digest would ever be written."""

from typing import Any

import pytest

from office.digests.checks import the_digest_is_of_the_morning


@pytest.mark.parametrize(("hour", "errors"), [(0, []), (11, []), (12, ["digests.E1"]), (-1, ["digests.E1"])])
def test_the_hour_of_the_digest_is_before_noon(settings: Any, hour: int, errors: list[str]) -> None:
    settings.DIGEST_HOUR = hour
    assert [found.id for found in the_digest_is_of_the_morning()] == errors
