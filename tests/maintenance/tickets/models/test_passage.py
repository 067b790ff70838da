"""What a passage says of itself."""

from datetime import datetime, timedelta

from common import clock
from maintenance.models import Intervention


def test_a_passage_that_was_noted_at_once_has_one_hour() -> None:
    """Not « 9 h à 9 h »."""
    started = datetime(2026, 11, 5, 9, tzinfo=clock.PARIS)
    passage = Intervention(started_at=started, ended_at=started)
    assert passage.hours == "9\u00a0h"
    passage.ended_at = started + timedelta(minutes=90)
    assert passage.hours == "9\u00a0h à 10\u00a0h\u00a030"
    passage.ended_at = None
    assert passage.hours == "9\u00a0h"
