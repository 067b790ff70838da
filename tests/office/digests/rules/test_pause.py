"""How often somebody may be told of what is urgent."""

from datetime import datetime, timedelta

import pytest

from common import clock
from office.digests.rules.pause import PauseParams, may_tell

NOW = datetime(2026, 11, 5, 9, tzinfo=clock.PARIS)


@pytest.mark.parametrize(
    ("ago", "told"), [(None, True), (timedelta(0), False), (timedelta(minutes=14, seconds=59), False),
                      (timedelta(minutes=15), True), (timedelta(days=-40), True)],
)  # fmt: skip
def test_once_a_quarter_of_an_hour(ago: timedelta | None, told: bool) -> None:
    assert may_tell(now=NOW, last=NOW - ago if ago is not None else None, params=PauseParams(15)) is told
