"""Two versions of an evaluation beside one another (S1-08), by hand."""

import pytest

from social_link.diagnoses.rules.versions import moves


@pytest.mark.parametrize(
    ("now", "before", "way"),
    [
        ({"BUDGET": "WELL"}, None, None),
        ({"BUDGET": "WELL"}, {"JOB": "WELL"}, None),
        ({"BUDGET": "WELL"}, {"BUDGET": "URGENT"}, 1),
        ({"BUDGET": "WORK"}, {"BUDGET": "WORK"}, 0),
        ({"BUDGET": "WORK"}, {"BUDGET": "WATCH"}, -1),
        ({"JOB": "WORK"}, {"BUDGET": "WATCH"}, None),
    ],
)
def test_what_moved(now: dict[str, str], before: dict[str, str] | None, way: int | None) -> None:
    assert next(move for move in moves(now, before) if move.theme == "BUDGET").way == way
