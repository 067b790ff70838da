"""law.md A1.4: which steps each frame has, and what follows what."""

from datetime import date

import pytest

from leases.contracts.codes import ArrearsFrame
from rent_ledger.procedures.codes import StepKind, Track
from rent_ledger.procedures.rules.steps import Step, find, following, hearing_of, kinds_of, main_step, track_of

K = StepKind
NOV = date(2026, 11, 5)


def steps(*kinds: StepKind) -> list[Step]:
    return [Step(kind, NOV) for kind in kinds]


@pytest.mark.parametrize(
    ("frame", "track"),
    [
        (ArrearsFrame.LEASE, Track.LEASE),
        (ArrearsFrame.SOCIAL_SUBLET, Track.LEASE),
        (ArrearsFrame.SLIDING, Track.LEASE),
        (ArrearsFrame.PRIVATE_SUBLET, Track.CONTRACT),
        (ArrearsFrame.RESIDENCE, Track.RESIDENCE),
        (ArrearsFrame.OCCUPATION, Track.NONE),
    ],
)
def test_the_track_of_a_frame(frame, track):
    assert track_of(frame) == track


def test_each_frame_has_its_track():
    assert [track_of(frame) for frame in ArrearsFrame]


def test_no_step_is_offered_that_the_frame_has_not():
    assert kinds_of(Track.NONE) == ()
    assert K.NOTICE not in kinds_of(Track.LEASE)
    assert {K.COMMAND, K.SEIZED, K.GUARANTOR, K.PREFECT} <= set(kinds_of(Track.LEASE))
    for track in (Track.CONTRACT, Track.RESIDENCE):
        assert not {K.COMMAND, K.SEIZED, K.GUARANTOR, K.PREFECT} & set(kinds_of(track))
        assert {K.NOTICE, K.WRIT, K.LEAVE, K.LEAVE_PREFECT, K.EVICTED} <= set(kinds_of(track))


@pytest.mark.parametrize(
    ("track", "done", "next_ones"),
    [
        (Track.NONE, [], []),
        (Track.LEASE, [], [K.COMMAND, K.SEIZED]),
        (Track.LEASE, [K.SEIZED], [K.COMMAND]),
        (Track.CONTRACT, [], [K.NOTICE]),
        (Track.RESIDENCE, [K.NOTICE], [K.WRIT, K.CLOSED]),
        (Track.LEASE, [K.COMMAND], [K.WRIT, K.CLOSED, K.SEIZED]),
        (Track.LEASE, [K.COMMAND, K.GUARANTOR, K.SEIZED], [K.WRIT, K.CLOSED]),
        (Track.LEASE, [K.COMMAND, K.WRIT],
         [K.POSTPONED, K.DELAYS, K.TERMINATED, K.DISMISSED, K.CLOSED, K.PREFECT]),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT], [K.POSTPONED, K.DELAYS, K.TERMINATED, K.DISMISSED, K.CLOSED]),
        # A hearing may be put off again and again.
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.POSTPONED],
         [K.POSTPONED, K.DELAYS, K.TERMINATED, K.DISMISSED, K.CLOSED]),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.DELAYS], [K.LEAVE, K.CLOSED]),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.TERMINATED], [K.LEAVE, K.CLOSED]),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.TERMINATED, K.LEAVE], [K.FORCE, K.EVICTED, K.CLOSED, K.LEAVE_PREFECT]),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.TERMINATED, K.LEAVE, K.LEAVE_PREFECT, K.FORCE], [K.EVICTED, K.CLOSED]),
        (Track.LEASE, [K.COMMAND, K.WRIT, K.DISMISSED], []),
        (Track.LEASE, [K.COMMAND, K.CLOSED], []),
        (Track.RESIDENCE, [K.NOTICE, K.WRIT, K.TERMINATED, K.LEAVE, K.EVICTED], []),
    ],
)  # fmt: skip
def test_what_follows(track, done, next_ones):
    assert list(following(track, steps(*done))) == next_ones


def test_a_ccapex_of_a_lease_before_the_writ_only():
    assert K.SEIZED in following(Track.LEASE, steps(K.COMMAND))
    assert K.SEIZED not in following(Track.LEASE, steps(K.COMMAND, K.WRIT))
    assert K.SEIZED not in following(Track.RESIDENCE, steps(K.NOTICE))


def test_the_commissaire_de_justice_is_told_of_overindebtedness():
    assert K.STAYED in following(Track.LEASE, steps(K.COMMAND), frozen=True)
    assert K.STAYED not in following(Track.LEASE, steps(K.COMMAND, K.STAYED), frozen=True)
    assert K.STAYED not in following(Track.LEASE, steps(K.COMMAND))
    # Nothing is in the hands of a commissaire de justice yet.
    assert K.STAYED not in following(Track.LEASE, [], frozen=True)


def test_a_commandement_is_served_to_a_surety_where_there_is_one():
    assert K.GUARANTOR in following(Track.LEASE, steps(K.COMMAND), has_guarantor=True)
    assert K.GUARANTOR not in following(Track.LEASE, steps(K.COMMAND))
    assert K.GUARANTOR not in following(Track.LEASE, steps(K.COMMAND, K.GUARANTOR), has_guarantor=True)


def test_what_was_told_moves_nothing_on():
    done = [Step(K.COMMAND, NOV), Step(K.SEIZED, NOV)]
    assert main_step(done) == done[0]
    assert find(done, K.SEIZED) == done[1]
    assert main_step([]) is None is find(done, K.WRIT)


def test_the_hearing_is_the_last_one_named():
    done = [Step(K.WRIT, NOV, hearing_on=date(2027, 1, 8)), Step(K.POSTPONED, NOV, hearing_on=date(2027, 3, 4))]
    assert hearing_of(done) == date(2027, 3, 4)
    assert hearing_of([*done, Step(K.PREFECT, NOV)]) == date(2027, 3, 4)
    assert hearing_of(done[:1]) == date(2027, 1, 8)
    assert hearing_of([]) is None
