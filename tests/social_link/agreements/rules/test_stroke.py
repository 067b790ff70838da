"""What is a signature on the screen, by hand (S0-04)."""

import pytest

from social_link.agreements.rules.stroke import is_signature


@pytest.mark.parametrize(
    ("stroke", "is_one"),
    [
        ("M100 100L160 100L220 140", True),
        ("M0 0L60 0", True),  # 60 units of line, no less
        ("M0 0L59 0", False),
        ("M0 0L30 0M0 9L30 9", True),  # two strokes of 30
        ("M0 0L0 200", True),  # along the edge of the pad
        ("M0 0L0 201", False),
        ("M600 0L500 0", True),
        ("M601 0L500 0", False),
        ("", False),
        ("M5 5", False),
        ("M0 0L60 0Z", False),
        ("M0 0L60 0\n", False),
        ('M0 0L60 0"/><script>', False),
        ("M0 0L60 0" + "L0 0L60 0" * 444, False),  # longer than 4,000 signs
    ],
)
def test_what_is_a_signature(stroke: str, is_one: bool) -> None:
    assert is_signature(stroke) is is_one
