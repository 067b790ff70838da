"""When a message that could not leave is tried again."""

from datetime import timedelta

import pytest

from office.messages.rules.retries import next_delay

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("attempts", "delay"),
    [
        (1, MINUTE),
        (2, 5 * MINUTE),
        (3, 15 * MINUTE),
        (4, HOUR),
        (5, 4 * HOUR),
        (6, 12 * HOUR),
        (7, 24 * HOUR),
        (8, None),
    ],
)
def test_each_try_waits_longer_and_the_eighth_is_the_last(attempts: int, delay: timedelta | None) -> None:
    assert next_delay(attempts) == delay


def test_what_was_not_tried_has_no_delay() -> None:
    with pytest.raises(ValueError, match="nothing was tried"):
        next_delay(0)
