"""Loi n° 89-462, art. 7-1; C. civ., art. 2224, 2231, 2240, 2241: until when a term can be claimed. By hand."""

from datetime import date

import pytest

from rent_ledger.procedures.codes import Track
from rent_ledger.procedures.rules.prescription import PrescriptionParams, barred_on, warned_from

D = date
PARAMS = PrescriptionParams(lease_months=36, other_months=60, warn_months=6)


@pytest.mark.parametrize(
    ("track", "due_on", "interrupted", "barred", "text"),
    [
        (
            Track.LEASE,
            D(2024, 11, 1),
            [],
            D(2027, 11, 2),
            "art. 7-1: three years, whose last day is over (C. civ. 2229)",
        ),
        (Track.CONTRACT, D(2024, 11, 1), [], D(2029, 11, 2), "C. civ. 2224: five years"),
        (Track.RESIDENCE, D(2024, 11, 1), [], D(2029, 11, 2), "a logement-foyer: five years"),
        (Track.NONE, D(2024, 11, 1), [], D(2029, 11, 2), "hébergement: five years"),
        (Track.LEASE, D(2024, 2, 29), [], D(2027, 3, 1), "a leap day: 28 February is the last one"),
        (Track.LEASE, D(2024, 11, 1), [D(2026, 5, 10)], D(2029, 5, 11), "C. civ. 2240: a plan signed"),
        (Track.LEASE, D(2024, 11, 1), [D(2026, 5, 10), D(2028, 1, 31)], D(2031, 2, 1), "then a writ (2241)"),
        (Track.LEASE, D(2024, 11, 1), [D(2027, 11, 1)], D(2030, 11, 2), "on its last day, still"),
        (Track.LEASE, D(2024, 11, 1), [D(2027, 11, 2)], D(2027, 11, 2), "barred already: nothing brings it back"),
        (Track.LEASE, D(2024, 11, 1), [D(2024, 11, 1)], D(2027, 11, 2), "on its due day: the same three years"),
        (Track.LEASE, D(2024, 11, 1), [D(2024, 10, 31)], D(2027, 11, 2), "before it fell due"),
    ],
)
def test_from_when_a_term_is_barred(track, due_on, interrupted, barred, text):
    assert barred_on(due_on, track=track, interrupted=interrupted, params=PARAMS) == barred, text


def test_the_house_is_warned_six_months_before():
    assert warned_from(D(2027, 11, 1), PARAMS) == D(2027, 5, 1)
    assert warned_from(D(2028, 8, 31), PARAMS) == D(2028, 2, 29)
