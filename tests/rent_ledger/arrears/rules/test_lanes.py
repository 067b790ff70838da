"""Lane and next action: one line of the table per situation (FEATURES 40 to 43)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.enums import Action, Lane
from rent_ledger.rules.lanes import LANES, NEW_ACTIONS, TO_DECIDE, CaseFacts, LaneParams, TermFact, lane_and_action

D = Decimal
TODAY = date(2026, 11, 5)


def term(month: int, *, asked: str = "213.00", left: str = "213.00", year: int = 2026) -> TermFact:
    day = date(year, month, 1)
    return TermFact(day, day, D(asked), D(left))


NOV = (term(11),)
# One unpaid term since the 1st, a household of long standing, bank known to yesterday.
LATE = CaseFacts(
    day=TODAY, arrears=D("213.00"), net_term=D("213.00"), terms=NOV, oldest_due=date(2026, 11, 1),
    bank_known_until=date(2026, 11, 4), entry_on=date(2024, 3, 15), lease_kind="SUBLEASE", support_type="T1",
    late_before_on=date(2026, 9, 20),
)  # fmt: skip
TWO = replace(LATE, arrears=D("306.00"), terms=(term(10, left="93.00"), term(11)), oldest_due=date(2026, 10, 1))
LONG = replace(LATE, terms=(term(10),), oldest_due=date(2026, 10, 1))

CASES = [
    ("at zero", replace(LATE, arrears=D(0), terms=()), "NONE", ""),
    ("one term, four days", LATE, "NEW", "COURTESY"),
    ("one term, past the second look", LONG, "NEW", "CALL"),
    ("a first lateness stays courteous", replace(LONG, late_before_on=date(2025, 6, 1)), "NEW", "COURTESY"),
    ("R2: two terms and more than one net term", TWO, "NEW", "ALERT"),
    ("two terms but only one net term in all", replace(TWO, arrears=D("213.00")), "NEW", "CALL"),
    ("R2 answered since the last term", replace(TWO, answered_on=date(2026, 11, 3)), "NEW", "CALL"),
    ("R2 answered before the last term", replace(TWO, answered_on=date(2026, 10, 20)), "NEW", "ALERT"),
    ("R1: type 2, five days", replace(LATE, day=date(2026, 11, 6), support_type="T2"), "NEW", "ALERT"),
    ("R1: not before five days", replace(LATE, support_type="T2"), "NEW", "COURTESY"),
    ("R1: first three months of stay", replace(LATE, day=date(2026, 11, 6), entry_on=date(2026, 9, 1)), "NEW", "ALERT"),
    ("small remainder after a part payment",
     replace(LATE, arrears=D("96.50"), terms=(term(11, left="96.50"),), last_payment_on=date(2026, 11, 2)),
     "NEW", "NOTHING"),
    ("small remainder without a payment", replace(LATE, arrears=D("96.50")), "NEW", "COURTESY"),
    ("waits for the usual day", replace(LATE, usual_day=6, usual_months=12, usual_of=12), "NEW", "WAIT"),
    ("the usual day is over", replace(LATE, day=date(2026, 11, 10), usual_day=6, usual_months=12, usual_of=12),
     "NEW", "COURTESY"),
    ("no usual day while two terms are open", replace(TWO, usual_day=6, usual_months=12, usual_of=12), "NEW", "ALERT"),
    ("plan asked, to be agreed", replace(LATE, plan_asked=True, answered_on=date(2026, 11, 4)), "NEW", "WAIT"),
    ("prior debt", replace(LATE, is_prior_debt=True, entry_on=None), "NEW", "CALL"),
    ("repairs only: no term", replace(LATE, terms=()), "NEW", "COURTESY"),
    ("bank not known beyond the due date", replace(LATE, bank_known_until=date(2026, 11, 1)), "TECHNICAL", "NOTHING"),
    ("bank not known at all", replace(LATE, bank_known_until=None), "TECHNICAL", "NOTHING"),
    ("recent return", replace(LATE, last_return_on=date(2026, 11, 4)), "TECHNICAL", "WAIT"),
    ("return of eight days", replace(LATE, last_return_on=date(2026, 10, 28)), "NEW", "COURTESY"),
    ("return of seven days", replace(LATE, last_return_on=date(2026, 10, 29)), "TECHNICAL", "WAIT"),
    ("returned, paid since", replace(LATE, last_return_on=date(2026, 11, 3), last_payment_on=date(2026, 11, 4)), "NEW",
     "COURTESY"),
    ("first month of stay", replace(LATE, entry_on=date(2026, 10, 20)), "TECHNICAL", "NOTHING"),
    ("waits for the first aid",
     replace(LATE, entry_on=date(2026, 8, 10), awaits_first_aid=True), "TECHNICAL", "NOTHING"),
    ("first aid awaited for too long",
     replace(LATE, entry_on=date(2026, 8, 5), awaits_first_aid=True), "NEW", "COURTESY"),
    ("an occupation agreement has no aid to wait for",
     replace(LATE, entry_on=date(2026, 10, 20), lease_kind="OCCUPANCY"), "NEW", "COURTESY"),
    ("late aid covers it", replace(LATE, aid_pending=D("286.00")), "TECHNICAL", "NOTHING"),
    ("late aid covers less", replace(LATE, aid_pending=D("212.99")), "NEW", "COURTESY"),
    ("late aid does not explain two terms", replace(TWO, aid_pending=D("572.00")), "NEW", "ALERT"),
    ("asked of the social service", replace(LATE, requested_on=TODAY), "REFERRED", "WAIT_ANSWER"),
    ("held by an alert", replace(LATE, hold_source="RULE", hold_until=date(2026, 11, 20)), "REFERRED", "WAIT_ANSWER"),
    ("held by the social service before any answer",
     replace(LATE, hold_source="SOCIAL", hold_until=date(2026, 11, 20)), "REFERRED", "WAIT_ANSWER"),
    ("held by the social service, answered",
     replace(LATE, hold_source="SOCIAL", hold_until=date(2026, 12, 9), hold_answered=True), "PAUSED", "WAIT"),
    ("paused by the rent side", replace(LATE, hold_source="RENT", hold_until=date(2026, 11, 9)), "PAUSED", "WAIT"),
    ("asked while paused: somebody waits for an answer",
     replace(LATE, hold_source="RENT", hold_until=date(2026, 11, 9), requested_on=TODAY), "REFERRED", "WAIT_ANSWER"),
    ("left", replace(LATE, gone_on=date(2026, 10, 15)), "GONE", "WRITE_GONE"),
    ("leaves next month", replace(LATE, gone_on=date(2026, 12, 15)), "NEW", "COURTESY"),
    ("left while referred", replace(LATE, gone_on=date(2026, 10, 15), requested_on=TODAY), "GONE", "WRITE_GONE"),
    ("legal threshold reached: report", replace(TWO, report_due_on=date(2027, 1, 1)), "NEW", "REPORT"),
    ("a pause does not move the legal deadline",
     replace(LATE, hold_source="RENT", hold_until=date(2026, 11, 9), report_due_on=date(2027, 1, 1)),
     "PAUSED", "REPORT"),
    ("reported", replace(TWO, report_due_on=date(2027, 1, 1), reported_on=TODAY), "NEW", "ALERT"),
    ("courtesy decided: rests", replace(LATE, decided_on=TODAY, decided_action="COURTESY", decision="CONFIRM"), "NEW",
     "WAIT"),
    ("decided before the new term", replace(LATE, decided_on=date(2026, 10, 31), decided_action="COURTESY",
     decision="CONFIRM"), "NEW", "COURTESY"),
    ("refused: rests", replace(LATE, decided_on=TODAY, decided_action="COURTESY", decision="REFUSE"), "NEW", "WAIT"),
    ("a decision rests ten days", replace(LONG, decided_on=date(2026, 10, 25), decided_action="CALL",
     decision="CONFIRM"), "NEW", "CALL"),
    ("changed to nothing",
     replace(LATE, decided_on=TODAY, decided_action="NOTHING", decision="CHANGE"), "NEW", "NOTHING"),
    ("pause over", replace(LATE, decided_on=TODAY, decided_action="COURTESY", decision="PAUSE"), "NEW", "COURTESY"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "lane", "action"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_lane_and_action(facts, lane, action):
    got = lane_and_action(facts)
    assert (got.lane, got.action) == (lane, action), got.reason
    assert (got.reason == "") == (lane == "NONE")


def test_the_words_are_those_of_the_ledger():
    lanes = {lane_and_action(c[1]).lane for c in CASES}
    assert lanes == set(Lane.values)
    assert {lane_and_action(c[1]).action for c in CASES} - {""} == set(Action.values)
    assert set(Action.values) > TO_DECIDE


def test_the_tables_are_ordered_and_the_last_line_always_applies():
    assert [r.lane for r in LANES] == ["GONE", "REFERRED", "PAUSED"] + ["TECHNICAL"] * 4
    assert NEW_ACTIONS[-1].applies(LATE, LaneParams()) is not None


def test_technical_is_never_dunned():
    for _, facts, lane, _ in CASES:
        if lane == "TECHNICAL":
            assert lane_and_action(facts).action in {"NOTHING", "WAIT"}


def test_the_trace_tells_the_terms_the_rule_and_the_aid():
    trace = lane_and_action(replace(TWO, aid_pending=D("572.00"))).trace
    plain = [line.replace("\u00a0", " ") for line in trace]
    assert plain[0] == "Terme d’octobre 2026 : 213,00 € dus le 1er oct., 120,00 € reçus, reste 93,00 €"
    assert plain[1] == "Terme de novembre 2026 : 213,00 € dus le 1er nov., rien reçu"
    assert any("Règle R2" in line for line in plain)
    assert any("572,00 € à part" in line for line in plain)


def test_reasons_are_short_facts():
    reasons = {name: lane_and_action(facts).reason.replace("\u00a0", " ") for name, facts, *_ in CASES}
    assert reasons["waits for the usual day"] == "Paie d’habitude le 6, 12 mois sur 12 : attendre le 9 nov."
    assert reasons["R2: two terms and more than one net term"] == "2 termes impayés, 306,00 € en tout"
    assert reasons["a first lateness stays courteous"] == "Premier retard en 17 mois"
    assert reasons["bank not known beyond the due date"] == "Échéance du 1er nov., banque connue jusqu’au 1er nov."
    assert all(len(reason) <= 90 for reason in reasons.values())
