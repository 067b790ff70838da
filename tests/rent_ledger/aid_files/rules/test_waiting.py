"""Files for an aid: what one waits for, whose turn it is, from when it is late. Hand cases."""

from collections.abc import Sequence
from datetime import date

import pytest

from rent_ledger.aid_files.codes import AidStepKind, AidWhy
from rent_ledger.aid_files.rules.steps import AidStep
from rent_ledger.aid_files.rules.waiting import AidParams, awaited
from tests.rent_ledger.aid_files.rules.test_steps import GRANTED, SENT, step

K, D = AidStepKind, date.fromisoformat
PARAMS = AidParams(prepare_days=15, pieces_days=15, decision_weeks=8, payment_weeks=6)
OPENED = D("2026-11-02")

# title, steps, day, why, due day, ours, late
WAITS: list[tuple[str, list[AidStep], str, AidWhy, str, bool, bool]] = [
    ("fifteen days to send it", [], "2026-11-17", AidWhy.PREPARE, "2026-11-17", True, False),
    ("the day after is late", [], "2026-11-18", AidWhy.PREPARE, "2026-11-17", True, True),
    ("eight weeks for a decision", [SENT], "2026-12-31", AidWhy.DECISION, "2026-12-31", False, False),
    ("the body is asked from the day after", [SENT], "2027-01-01", AidWhy.DECISION_LATE, "2026-12-31", False, True),
    ("pieces by the day of the letter", [SENT, step(K.PIECES, "2026-11-20", "2026-11-27")], "2026-11-28",
     AidWhy.PIECES, "2026-11-27", True, True),
    ("pieces without a day: that of the house", [SENT, step(K.PIECES, "2026-11-20")], "2026-12-05", AidWhy.PIECES,
     "2026-12-05", True, False),
    ("the eight weeks begin anew with the pieces", [SENT, step(K.PIECES, "2026-11-20"),
     step(K.COMPLETED, "2026-11-25")], "2027-01-20", AidWhy.DECISION, "2027-01-20", False, False),
    ("adjourned to a commission", [SENT, step(K.ADJOURNED, "2026-11-20", "2026-12-15")], "2026-12-15",
     AidWhy.ADJOURNED, "2026-12-15", False, False),
    ("the commission is over, nothing came", [SENT, step(K.ADJOURNED, "2026-11-20", "2026-12-15")], "2026-12-16",
     AidWhy.ADJOURNED_LATE, "2026-12-15", False, True),
    ("adjourned without a day: eight weeks", [SENT, step(K.ADJOURNED, "2026-11-20")], "2027-01-15", AidWhy.ADJOURNED,
     "2027-01-15", False, False),
    ("six weeks to pay", [SENT, GRANTED], "2027-01-12", AidWhy.PAYMENT, "2027-01-12", False, False),
    ("granted, not paid in six weeks", [SENT, GRANTED], "2027-01-13", AidWhy.PAYMENT_LATE, "2027-01-12", False, True),
    ("the rest is asked from the grant, not from the first part", [SENT, GRANTED, step(K.PAID, "2026-12-10",
     amount="300.00")], "2027-01-13", AidWhy.PAYMENT_LATE, "2027-01-12", False, True),
    ("an appeal has its own eight weeks", [SENT, step(K.REFUSED, "2026-12-01"), step(K.APPEALED, "2026-12-15")],
     "2027-02-09", AidWhy.DECISION, "2027-02-09", False, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "day", "why", "due", "ours", "late"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS]
)
def test_what_it_waits_for(steps: Sequence[AidStep], day: str, why: AidWhy, due: str, ours: bool, late: bool) -> None:
    found = awaited(steps, opened_on=OPENED, day=D(day), params=PARAMS)
    assert found is not None
    assert (found.reason.code, found.due_on, found.is_ours, found.is_late) == (why, D(due), ours, late)
    assert found.is_task == (ours or late)


def test_what_is_over_waits_for_nothing() -> None:
    over = [SENT, step(K.REFUSED, "2026-12-01")]
    assert awaited(over, opened_on=OPENED, day=D("2027-06-01"), params=PARAMS) is None


def test_what_is_left_is_told() -> None:
    found = awaited([SENT, GRANTED, step(K.PAID, "2026-12-10", amount="300.00")], opened_on=OPENED, day=D("2027-01-13"),
                    params=PARAMS)  # fmt: skip
    assert found is not None
    assert (
        found.reason.text() == "340,00\xa0€ accordés le 1er\xa0déc.\xa02026, pas encore versés : relancez l’organisme"
    )
