"""Where a procedure stands, in the words of the list (row 51 of features.md); its place among the lanes: test_lanes."""

from dataclasses import replace
from datetime import date

import pytest

from rent_ledger.arrears.rules.case_facts import LegalNow
from rent_ledger.arrears.rules.legal_steps import LAPSED, LEGAL, legal_step
from rent_ledger.books.codes import Action, LaneWhy
from rent_ledger.procedures.codes import LAST, SPREADS, TOLD, StepKind
from tests.rent_ledger.arrears.rules.test_lanes import LATE, PARAMS

ON, HEARING, UNTIL, LOST = date(2026, 10, 12), date(2027, 1, 28), date(2028, 10, 12), date(2026, 11, 2)


def test_each_step_that_a_procedure_may_stand_at_has_its_words():
    assert set(LEGAL) == set(StepKind) - TOLD - LAST
    assert set(LAPSED) == SPREADS


@pytest.mark.parametrize(
    ("now", "code", "figures"),
    [
        (LegalNow("COMMAND", ON), LaneWhy.LEGAL_COMMAND, {"on": ON}),
        (LegalNow("WRIT", ON, HEARING), LaneWhy.LEGAL_WRIT, {"hearing_on": HEARING}),
        (LegalNow("DELAYS", ON, None, UNTIL), LaneWhy.LEGAL_GIVEN, {"until": UNTIL}),
        (LegalNow("DELAYS", ON, None, UNTIL, LOST), LaneWhy.LEGAL_LAPSED, {"on": LOST}),
        # Only what spreads the debt lapses.
        (LegalNow("COMMAND", ON, lapsed_on=LOST), LaneWhy.LEGAL_COMMAND, {"on": ON}),
    ],
)
def test_it_waits_for_what_follows_the_last_step(now: LegalNow, code: LaneWhy, figures: dict[str, date]) -> None:
    found = legal_step(replace(LATE, legal=now), PARAMS)
    assert found is not None
    action, reason = found
    assert (action, reason.code) == (Action.WAIT, code)
    assert figures.items() <= reason.figures.items()


def test_without_a_procedure_nothing_is_said() -> None:
    assert legal_step(LATE, PARAMS) is None
