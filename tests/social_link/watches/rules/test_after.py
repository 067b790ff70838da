"""What follows an end: steps, their days and what they count for, by hand. S1-12, row 144, FLOWS E; no text of law."""

from datetime import date

import pytest

from common.periods import add_months
from social_link.watches.codes import StepState, WatchKind
from social_link.watches.rules.after import Window, seen_refusal, state_of, steps_after, tally

D = date
WINDOW = Window(30, 60)
VEILLE = "S1-12: a watch after the end"
LEFT = "row 144: 6 and 12 months after a slide or exit"


@pytest.mark.parametrize(
    ("text", "ended_on", "outcome", "reason", "is_lead", "watch", "expected"),
    [
        (VEILLE, D(2026, 11, 5), "STAYED", "GOALS", True, (3, 6), ["3 WATCH 2027-02-05", "6 WATCH 2027-05-05"]),
        (VEILLE, D(2026, 11, 5), "STAYED", "GOALS", True, (), []),
        (VEILLE, D(2026, 11, 5), "", "TERM", True, (6,), ["6 WATCH 2027-05-05"]),
        # End of month: February has no 30th; the leap day has none the year after.
        (VEILLE, D(2026, 11, 30), "STAYED", "TERM", True, (3,), ["3 WATCH 2027-02-28"]),
        (VEILLE, D(2027, 11, 30), "STAYED", "TERM", True, (3,), ["3 WATCH 2028-02-29"]),
        (VEILLE, D(2026, 8, 31), "STAYED", "TERM", True, (6, 3), ["3 WATCH 2026-11-30", "6 WATCH 2027-02-28"]),
        (LEFT, D(2028, 2, 29), "SLID", "GOALS", True, (), ["6 FOLLOW 2028-08-29", "12 FOLLOW 2029-02-28"]),
        # The turn of the year.
        (LEFT, D(2026, 12, 31), "PRIVATE", "MOVED", True, (), ["6 FOLLOW 2027-06-30", "12 FOLLOW 2027-12-31"]),
        # One step a month: the watch at 6 months is the follow-up at 6 months.
        (LEFT, D(2026, 11, 5), "SOCIAL", "MOVED", True, (3, 6),
         ["3 WATCH 2027-02-05", "6 FOLLOW 2027-05-05", "12 FOLLOW 2027-11-05"]),
        (LEFT, D(2026, 11, 5), "EVICT", "MOVED", True, (), ["6 FOLLOW 2027-05-05", "12 FOLLOW 2027-11-05"]),
        (LEFT, D(2026, 11, 5), "UNKNOWN", "MOVED", True, (), ["6 FOLLOW 2027-05-05", "12 FOLLOW 2027-11-05"]),
        # A household is followed once: by what led.
        (LEFT, D(2026, 11, 5), "SLID", "GOALS", False, (3,), ["3 WATCH 2027-02-05"]),
        ("a death asks nothing", D(2026, 11, 5), "DEATH", "TERM", True, (3, 6), []),
        ("a death asks nothing", D(2026, 11, 5), "", "DEATH", True, (3, 6), []),
    ],
)  # fmt: skip
def test_steps(
    text: str, ended_on: date, outcome: str, reason: str, is_lead: bool, watch: tuple[int, ...], expected: list[str]
) -> None:
    steps = steps_after(ended_on, reason=reason, outcome=outcome, is_lead=is_lead, watch=watch, follow_up=(6, 12))
    assert [
        f"{step.months} {step.kind.name if step.kind == WatchKind.WATCH else 'FOLLOW'} {step.due_on}" for step in steps
    ] == expected, text


DUE = D(2027, 5, 5)  # counts from 5 April to 4 July


@pytest.mark.parametrize(
    ("text", "given", "today", "expected"),
    [
        ("before its first day", {}, D(2027, 4, 4), StepState.TO_COME),
        ("from its first day", {}, D(2027, 4, 5), StepState.OPEN),
        ("on its day", {}, DUE, StepState.OPEN),
        ("until its last day", {}, D(2027, 7, 4), StepState.OPEN),
        ("after its last day", {}, D(2027, 7, 5), StepState.MISSED),
        ("what was found stays", {"seen_on": D(2027, 4, 20)}, D(2027, 12, 1), StepState.NOTED),
        ("found, then back", {"seen_on": D(2027, 4, 20), "back_on": D(2027, 4, 25)}, DUE, StepState.NOTED),
        ("a death between", {"is_dead": True}, DUE, StepState.DEAD),
        ("a death, though late", {"is_dead": True}, D(2028, 1, 1), StepState.DEAD),
        ("back before", {"back_on": D(2027, 1, 1)}, D(2027, 2, 1), StepState.BACK),
        ("back on the day", {"back_on": DUE}, DUE, StepState.BACK),
        ("back after the day, which is to note still", {"back_on": D(2027, 5, 6)}, D(2027, 5, 6), StepState.OPEN),
    ],
)
def test_where_a_step_stands(text: str, given: dict[str, object], today: date, expected: StepState) -> None:
    facts: dict[str, object] = {"seen_on": None, "is_dead": False, "back_on": None} | given
    assert state_of(DUE, window=WINDOW, today=today, **facts) == expected, text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen_on", "today", "refused"),
    [
        (D(2027, 4, 4), D(2027, 5, 5), "du 05/04/2027 au 04/07/2027"),
        (D(2027, 4, 5), D(2027, 5, 5), ""),
        (D(2027, 7, 4), D(2027, 7, 4), ""),
        (D(2027, 7, 4), D(2027, 9, 1), ""),  # noted late, seen in time
        (D(2027, 7, 5), D(2027, 9, 1), "du 05/04/2027 au 04/07/2027"),
        (D(2027, 5, 6), D(2027, 5, 5), "aujourd’hui ou plus tôt"),
    ],
)
def test_a_day_that_counts(seen_on: date, today: date, refused: str) -> None:
    words = seen_refusal(DUE, seen_on, window=WINDOW, today=today)
    assert refused in words if refused else not words


def test_the_window_around_a_leap_day() -> None:
    assert WINDOW.around(add_months(D(2027, 8, 31), 6)) == (D(2028, 1, 30), D(2028, 4, 29))


def test_each_household_that_left_is_counted_once() -> None:
    noted = StepState.NOTED
    found = tally(
        6,
        [
            (noted, "OWN", False), (noted, "OWN", True), (noted, "OURS", False), (noted, "STRUCT", False),
            (noted, "HOSTED", False), (noted, "NONE", False), (noted, "MOVED", False), (noted, "UNREACH", False),
            (noted, "REFUSED", False), (noted, "DEAD", False), (StepState.DEAD, "", False), (StepState.BACK, "", False),
            (StepState.MISSED, "", False), (StepState.OPEN, "", False), (StepState.TO_COME, "", False),
        ],
    )  # fmt: skip
    parts = (found.housed, found.elsewhere, found.unknown, found.dead, found.back, found.missed, found.waiting)
    assert parts == (3, 3, 3, 2, 1, 1, 2)
    assert sum(parts) == found.left == 15
    assert (found.in_debt, found.known, found.rate) == (1, 6, 50)
    assert tally(6, []).rate is None
    assert tally(6, [(noted, "OWN", False)] * 2 + [(noted, "NONE", False)]).rate == 67
    assert tally(6, [(noted, "OWN", False)] + [(noted, "NONE", False)] * 7).rate == 13  # 12,5
