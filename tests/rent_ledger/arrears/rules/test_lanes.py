"""Lane and next action: one line of the table per situation and one per boundary (features.md 40 to 43)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from common.codes import Code
from common.reasons import Reason
from rent_ledger.arrears.codes import Decision, LaneTrace, LetterHoldSource
from rent_ledger.arrears.rules.case_facts import CaseFacts, Habit, LaneParams, LegalNow, PlanNow
from rent_ledger.arrears.rules.defaults import Default, UnpaidTerm
from rent_ledger.arrears.rules.lanes import (
    DECIDED,
    LANES,
    NEW_ACTIONS,
    TO_DECIDE,
    lane_and_action,
    lateness,
)
from rent_ledger.books.codes import Action, DefaultRule, DefaultWhy, Lane, LaneWhy

D = Decimal
TODAY = date(2026, 11, 5)
PARAMS = LaneParams(
    return_days=7, newcomer_days=31, first_aid_months=3, call_days=10, first_late_days=40, settled_months=3,
    late_again_months=6, usual_tolerance_days=3, usual_max_days=31, small_remainder=D("100.00"), small_days=31,
    decided_days=10, grace_days=5, plan_days=30,
    no_effect_days=10, refusals=2, answer_days=15, alsace_moselle=False,
    reminder_days=10, formal_days=15, call_wait_days=10,
)  # fmt: skip


def term(month: int, *, asked: str = "213.00", left: str = "213.00", year: int = 2026, day: int = 1) -> UnpaidTerm:
    due_on = date(year, month, day)
    return UnpaidTerm(due_on.replace(day=1), due_on, D(asked), D(left))


NOV = (term(11),)
# One unpaid term since the 1st, a household of long standing, bank known to yesterday.
LATE = CaseFacts(
    day=TODAY, arrears=D("213.00"), net_term=D("213.00"), terms=NOV, oldest_due=date(2026, 11, 1),
    bank_known_until=date(2026, 11, 4), entry_on=date(2024, 3, 15), lease_kind="SUBLEASE",
    late_before_on=date(2026, 9, 20),
)  # fmt: skip
TERMS = (term(10, left="93.00"), term(11))
TWO = replace(LATE, arrears=D("306.00"), terms=TERMS, oldest_due=date(2026, 10, 1))
LONG = replace(LATE, terms=(term(10),), oldest_due=date(2026, 10, 1))
R2 = Default(DefaultRule.SECOND, TERMS, D("306.00"), date(2026, 11, 1),
             Reason(DefaultWhy.SECOND, {"terms": 2, "total": D("306.00")}))  # fmt: skip
R1 = Default(DefaultRule.FIRST, NOV, D("213.00"), date(2026, 11, 1), Reason(DefaultWhy.TYPE_2))
SMALL = replace(LATE, arrears=D("96.50"), terms=(term(11, left="96.50"),), last_payment_on=date(2026, 11, 2))
USUAL = replace(LATE, habit=Habit(6, 12, 12))
PLAN = replace(LATE, plan_asked=True, answered_on=date(2026, 11, 4))
DECIDED_TODAY = replace(LATE, decided_on=TODAY, decided_action="COURTESY", decision="CONFIRM")
KEPT = replace(LATE, plan=PlanNow(date(2027, 11, 5), date(2026, 12, 5), D("50.00")))
MISSED = replace(LATE, plan=PlanNow(date(2027, 10, 5), date(2026, 11, 1), D("50.00"), date(2026, 11, 1), False,
                                    date(2026, 11, 7)))  # fmt: skip
SUED = replace(TWO, legal=LegalNow("COMMAND", date(2026, 10, 12)))
BROKE = replace(LATE, plan_broken_on=date(2026, 11, 3), plan_left=D("106.50"))
# Decided on the 5th; eleven days later no money came, as far as the bank is known.
SENT = replace(LATE, day=date(2026, 11, 16), bank_known_until=date(2026, 11, 15), late_before_on=None,
               decided_on=date(2026, 11, 5), decision="CONFIRM")  # fmt: skip
# Answered on the 20th of October; no money came in the ten days after.
ANSWERED = replace(LATE, answered_on=date(2026, 10, 20))
REMINDED = replace(ANSWERED, reminded_on=date(2026, 10, 25), tried_on=date(2026, 10, 20), reached_on=date(2026, 10, 20))
WITHOUT_EFFECT = replace(REMINDED, reminded_on=date(2026, 10, 20))
WRITTEN_TO = replace(
    LATE, gone_on=date(2026, 10, 15), gone_sent_on=TODAY, decided_on=TODAY, decided_action="WRITE_GONE",
    decision="CONFIRM",
)  # fmt: skip
# Nine months late without a break: the oldest term is paid each month (review of the walk, 13).
UNBROKEN = replace(LATE, in_debt_since=date(2026, 2, 1), late_before_on=None)


def on(facts: CaseFacts, day: str) -> CaseFacts:
    return replace(facts, day=date.fromisoformat(day))


# (what, facts, lane, action, reason)
CASES: list[tuple[str, CaseFacts, Lane, Action | None, Code | None]] = [
    ("at zero", replace(LATE, arrears=D(0), terms=()), Lane.NONE, None, None),
    ("one term, four days", LATE, Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("the second look: ten days", on(LATE, "2026-11-11"), Lane.NEW, Action.CALL, LaneWhy.TERM_DUE),
    ("the day before", on(LATE, "2026-11-10"), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("two terms, no default", replace(TWO, default=None), Lane.NEW, Action.CALL, LaneWhy.TERMS_DUE),
    # First lateness.
    ("six months without a lateness", replace(LATE, late_before_on=date(2026, 5, 31)), Lane.NEW, Action.COURTESY,
     LaneWhy.FIRST_IN_MONTHS),
    ("five months without a lateness", replace(LATE, late_before_on=date(2026, 6, 1)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("a first lateness of forty days stays courteous",
     on(replace(LATE, late_before_on=date(2025, 6, 1)), "2026-12-11"), Lane.NEW, Action.COURTESY,
     LaneWhy.FIRST_IN_MONTHS),
    ("of forty-one days: a call", on(replace(LATE, late_before_on=date(2025, 6, 1)), "2026-12-12"), Lane.NEW,
     Action.CALL, LaneWhy.FIRST_IN_MONTHS),
    ("the first since the entry", replace(LATE, late_before_on=None), Lane.NEW, Action.COURTESY,
     LaneWhy.FIRST_SINCE_ENTRY),
    ("three months after the entry, not yet said", replace(LATE, late_before_on=None, entry_on=date(2026, 8, 5)),
     Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("a day more", replace(LATE, late_before_on=None, entry_on=date(2026, 8, 4)), Lane.NEW, Action.COURTESY,
     LaneWhy.FIRST_SINCE_ENTRY),
    ("a debt in a plan was late before", replace(LATE, late_before_on=None, held=Decimal("300.00")), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    ("and is no first one in months", replace(LATE, late_before_on=date(2026, 5, 31), held=Decimal("300.00")), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    # A debt without a break keeps its age.
    ("a debt without a break is no first lateness", UNBROKEN, Lane.NEW, Action.CALL, LaneWhy.UNBROKEN),
    ("in debt since the oldest due day: no older", replace(LATE, in_debt_since=date(2026, 11, 1)), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    ("what is held may be old", replace(UNBROKEN, held=D("50.00"), late_before_on=date(2026, 9, 20)), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    ("without a break, ten days", replace(UNBROKEN, in_debt_since=date(2026, 10, 26)), Lane.NEW, Action.CALL,
     LaneWhy.UNBROKEN),
    ("without a break, nine days", replace(UNBROKEN, in_debt_since=date(2026, 10, 27)), Lane.NEW, Action.COURTESY,
     LaneWhy.UNBROKEN),
    ("without a break, no usual day is waited for",
     replace(UNBROKEN, habit=Habit(6, 12, 12)), Lane.NEW, Action.CALL, LaneWhy.UNBROKEN),
    # R2 and R1.
    ("R2 stands", replace(TWO, default=R2), Lane.NEW, Action.ALERT_SOCIAL, DefaultWhy.SECOND),
    ("R2 answered on the due day of its last term", replace(TWO, default=R2, answered_on=date(2026, 11, 1)), Lane.NEW,
     Action.CALL, LaneWhy.TERMS_DUE),
    ("R2 answered the day before", replace(TWO, default=R2, answered_on=date(2026, 10, 31)), Lane.NEW,
     Action.ALERT_SOCIAL, DefaultWhy.SECOND),
    ("R1 stands", replace(LATE, default=R1), Lane.NEW, Action.ALERT_SOCIAL, LaneWhy.FIRST_DEFAULT),
    ("R1 answered", replace(LATE, default=R1, answered_on=date(2026, 11, 1)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    # Small remainder.
    ("a small remainder after a part payment", SMALL, Lane.NEW, Action.NOTHING, LaneWhy.SMALL),
    ("of 99.99", replace(SMALL, arrears=D("99.99")), Lane.NEW, Action.NOTHING, LaneWhy.SMALL),
    ("of 100.00", replace(SMALL, arrears=D("100.00")), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("paid on the due day", replace(SMALL, last_payment_on=date(2026, 11, 1)), Lane.NEW, Action.NOTHING, LaneWhy.SMALL),
    ("paid before it", replace(SMALL, last_payment_on=date(2026, 10, 31)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("without a payment", replace(SMALL, last_payment_on=None), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("of two terms", replace(SMALL, terms=TERMS), Lane.NEW, Action.COURTESY, LaneWhy.TERMS_DUE),
    ("of thirty-one days", on(SMALL, "2026-12-02"), Lane.NEW, Action.NOTHING, LaneWhy.SMALL),
    ("of thirty-two days", on(SMALL, "2026-12-03"), Lane.NEW, Action.CALL, LaneWhy.TERM_DUE),
    # Usual day.
    ("waits for the usual day", USUAL, Lane.NEW, Action.WAIT, LaneWhy.USUAL_DAY),
    ("three days after it", on(USUAL, "2026-11-09"), Lane.NEW, Action.WAIT, LaneWhy.USUAL_DAY),
    ("four days after it", on(USUAL, "2026-11-10"), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("no usual day while two terms are open", replace(TWO, habit=Habit(6, 12, 12)), Lane.NEW,
     Action.CALL, LaneWhy.TERMS_DUE),
    # Due on 20 October and 1 November: the 6th would be waited for if one of them were paid.
    ("nor while a second one fell due since", replace(USUAL, terms=(term(10, day=20), term(11)),
     oldest_due=date(2026, 10, 20)), Lane.NEW, Action.CALL, LaneWhy.TERMS_DUE),
    ("the due day itself is usual", replace(LATE, habit=Habit(1, 12, 12), day=date(2026, 11, 4)), Lane.NEW, Action.WAIT,
     LaneWhy.USUAL_DAY),
    # Due on the 5th, paid on the 2nd of the next month: waited for until the 5th, thirty days after.
    ("a usual day of the next month", replace(on(LATE, "2026-12-05"), terms=(term(11, day=5),), habit=Habit(2, 12, 12),
     oldest_due=date(2026, 11, 5), bank_known_until=date(2026, 12, 4)), Lane.NEW, Action.WAIT, LaneWhy.USUAL_DAY),
    # Due on the 5th, paid on the 3rd: until the 6th, thirty-one days after; on the 4th: thirty-two, too long.
    ("thirty-one days after the due day", replace(LATE, terms=(term(11, day=5),), habit=Habit(3, 12, 12),
     oldest_due=date(2026, 11, 5), day=date(2026, 11, 9), bank_known_until=date(2026, 11, 8)), Lane.NEW, Action.WAIT,
     LaneWhy.USUAL_DAY),
    ("thirty-two days after the due day", replace(LATE, terms=(term(11, day=5),), habit=Habit(4, 12, 12),
     oldest_due=date(2026, 11, 5), day=date(2026, 11, 9), bank_known_until=date(2026, 11, 8)), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    # The rest of « Nouveau ».
    ("plan asked, to be agreed", PLAN, Lane.NEW, Action.ANSWER_PLAN, LaneWhy.PLAN),
    ("plan asked with its amount", replace(PLAN, plan_amount=D("45.00")), Lane.NEW, Action.ANSWER_PLAN,
     LaneWhy.PLAN_OF),
    ("plan asked thirty days ago", replace(PLAN, answered_on=date(2026, 10, 6)), Lane.NEW, Action.ANSWER_PLAN,
     LaneWhy.PLAN),
    ("thirty-one days ago: the case goes on", replace(PLAN, answered_on=date(2026, 10, 5)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("plan asked with a pause of the social service", replace(PLAN, hold_source="SOCIAL", hold_answered=True,
     hold_until=date(2026, 11, 20)), Lane.PAUSED, Action.ANSWER_PLAN, LaneWhy.PLAN),
    ("plan asked, put in pause by the rent side", replace(PLAN, hold_source="RENT", hold_until=date(2026, 11, 20)),
     Lane.PAUSED, Action.WAIT, LaneWhy.PAUSED_BY_RENT),
    ("plan asked, and asked again since", replace(PLAN, requested_on=TODAY), Lane.REFERRED, Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("plan asked for who has left", replace(PLAN, gone_on=TODAY), Lane.GONE, Action.ANSWER_PLAN, LaneWhy.PLAN),
    ("plan asked and a report due: the report first", replace(PLAN, report_due_on=date(2026, 12, 2)), Lane.NEW,
     Action.REPORT_PAYER, LaneWhy.REPORT),
    ("plan asked, reported: the plan", replace(PLAN, report_due_on=date(2026, 12, 2), reported_on=TODAY), Lane.NEW,
     Action.ANSWER_PLAN, LaneWhy.PLAN),
    ("prior debt", replace(LATE, is_prior_debt=True, entry_on=None), Lane.NEW, Action.CALL, LaneWhy.PRIOR),
    ("repairs only: no term", replace(LATE, terms=()), Lane.NEW, Action.COURTESY, LaneWhy.DEBT_DUE),
    # Technique.
    ("the bank is known to the due day", replace(LATE, bank_known_until=date(2026, 11, 1)), Lane.TECHNICAL,
     Action.NOTHING, LaneWhy.BANK_UNKNOWN),
    ("the bank is known a day more", replace(LATE, bank_known_until=date(2026, 11, 2)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("bank not known at all", replace(LATE, bank_known_until=None), Lane.TECHNICAL, Action.NOTHING, LaneWhy.NO_BANK),
    ("return of today", replace(LATE, last_return_on=TODAY), Lane.TECHNICAL, Action.WAIT, LaneWhy.RETURNED),
    ("return of seven days", replace(LATE, last_return_on=date(2026, 10, 29)), Lane.TECHNICAL, Action.WAIT,
     LaneWhy.RETURNED),
    ("return of eight days", replace(LATE, last_return_on=date(2026, 10, 28)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("returned, paid on the day of the return",
     replace(LATE, last_return_on=date(2026, 11, 3), last_payment_on=date(2026, 11, 3)), Lane.TECHNICAL, Action.WAIT,
     LaneWhy.RETURNED),
    ("returned, paid since", replace(LATE, last_return_on=date(2026, 11, 3), last_payment_on=date(2026, 11, 4)),
     Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("newcomer of thirty-one days", replace(LATE, entry_on=date(2026, 10, 5)), Lane.TECHNICAL, Action.NOTHING,
     LaneWhy.NEWCOMER),
    ("newcomer of thirty-two days", replace(LATE, entry_on=date(2026, 10, 4)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("waits for the first aid, a day short of three months",
     replace(LATE, entry_on=date(2026, 8, 6), awaits_first_aid=True), Lane.TECHNICAL, Action.NOTHING,
     LaneWhy.FIRST_AID),
    ("first aid awaited for three months", replace(LATE, entry_on=date(2026, 8, 5), awaits_first_aid=True), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    ("an occupation agreement has no aid to wait for",
     replace(LATE, entry_on=date(2026, 10, 20), lease_kind="OCCUPANCY"), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("late aid is just as much", replace(LATE, aid_pending=D("213.00")), Lane.TECHNICAL, Action.NOTHING,
     LaneWhy.AID_COVERS),
    ("late aid is a cent less", replace(LATE, aid_pending=D("212.99")), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
    ("late aid does not explain two terms", replace(TWO, aid_pending=D("572.00")), Lane.NEW, Action.CALL,
     LaneWhy.TERMS_DUE),
    # Signalé, En pause.
    ("asked of the social service", replace(LATE, requested_on=TODAY), Lane.REFERRED, Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("held by an alert", replace(LATE, hold_source=LetterHoldSource.RULE, hold_until=date(2026, 11, 20)),
     Lane.REFERRED, Action.WAIT_ANSWER, LaneWhy.ALERTED),
    ("held by the social service before any answer",
     replace(LATE, hold_source=LetterHoldSource.SOCIAL, hold_until=date(2026, 11, 20)), Lane.REFERRED,
     Action.WAIT_ANSWER, LaneWhy.FOLLOWED),
    ("held by the social service, answered",
     replace(LATE, hold_source=LetterHoldSource.SOCIAL, hold_until=date(2026, 12, 9), hold_answered=True), Lane.PAUSED,
     Action.WAIT, LaneWhy.PAUSED_BY_SOCIAL),
    ("paused by the rent side", replace(LATE, hold_source=LetterHoldSource.RENT, hold_until=date(2026, 11, 9)),
     Lane.PAUSED, Action.WAIT, LaneWhy.PAUSED_BY_RENT),
    ("asked while paused: somebody waits for an answer",
     replace(LATE, hold_source=LetterHoldSource.RENT, hold_until=date(2026, 11, 9), requested_on=TODAY),
     Lane.REFERRED, Action.WAIT_ANSWER, LaneWhy.REQUESTED),
    # Partis.
    ("today is the first day without the home", replace(LATE, gone_on=TODAY), Lane.GONE, Action.WRITE_GONE,
     LaneWhy.GONE),
    ("today is the last day in it", replace(LATE, gone_on=date(2026, 11, 6)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("left while referred", replace(LATE, gone_on=date(2026, 10, 15), requested_on=TODAY), Lane.GONE,
     Action.WRITE_GONE, LaneWhy.GONE),
    # A pause: no letter before its day, whoever it goes to.
    ("left, paused", replace(LATE, gone_on=date(2026, 10, 15), hold_source=LetterHoldSource.RENT,
     hold_until=date(2026, 11, 9), decided_on=TODAY, decided_action="WRITE_GONE", decision="PAUSE"), Lane.GONE,
     Action.WAIT, LaneWhy.PAUSED_BY_RENT),
    ("left, held by an alert", replace(LATE, gone_on=date(2026, 10, 15), hold_source=LetterHoldSource.RULE,
     hold_until=date(2026, 11, 20)), Lane.GONE, Action.WAIT, LaneWhy.ALERTED),
    ("left, the pause is over", replace(LATE, gone_on=date(2026, 10, 15), decided_on=TODAY,
     decided_action="WRITE_GONE", decision="PAUSE"), Lane.GONE, Action.WRITE_GONE, LaneWhy.GONE),
    ("left, a letter was decided", replace(LATE, gone_on=date(2026, 10, 15), decided_on=TODAY,
     decided_action="WRITE_GONE", decision="CONFIRM"), Lane.GONE, Action.WAIT, LaneWhy.LETTER_DECIDED),
    ("left, the letter left two months ago", replace(WRITTEN_TO, day=date(2027, 1, 5)), Lane.GONE, Action.WAIT,
     LaneWhy.LETTER_SENT),
    ("left, a payment came back since the letter", replace(WRITTEN_TO, day=date(2027, 1, 5),
     last_return_on=date(2026, 11, 20)), Lane.GONE, Action.WRITE_GONE, LaneWhy.GONE),
    ("left, the letter did not leave", replace(WRITTEN_TO, day=date(2027, 1, 5), gone_sent_on=None), Lane.GONE,
     Action.WRITE_GONE, LaneWhy.GONE),
    # The legal deadline.
    ("legal threshold reached: report", replace(TWO, report_due_on=date(2027, 1, 1)), Lane.NEW, Action.REPORT_PAYER,
     LaneWhy.REPORT),
    ("the last day to report", replace(TWO, report_due_on=TODAY), Lane.NEW, Action.REPORT_PAYER, LaneWhy.REPORT),
    ("a day too late", replace(TWO, report_due_on=date(2026, 11, 4)), Lane.NEW, Action.REPORT_PAYER,
     LaneWhy.REPORT_LATE),
    ("a pause does not move the legal deadline",
     replace(LATE, hold_source=LetterHoldSource.RENT, hold_until=date(2026, 11, 9), report_due_on=date(2027, 1, 1)),
     Lane.PAUSED, Action.REPORT_PAYER, LaneWhy.REPORT),
    ("reported", replace(TWO, default=R2, report_due_on=date(2027, 1, 1), reported_on=TODAY), Lane.NEW,
     Action.ALERT_SOCIAL, DefaultWhy.SECOND),
    # A signed plan.
    ("a plan runs, all is in it", replace(KEPT, arrears=D(0), terms=()), Lane.PLAN, Action.NOTHING, LaneWhy.PLAN_RUNS),
    ("a plan runs beside other debts", KEPT, Lane.PLAN, Action.NOTHING, LaneWhy.PLAN_RUNS),
    ("an instalment is late", MISSED, Lane.PLAN, Action.WAIT, LaneWhy.PLAN_LATE),
    ("a term is late", replace(MISSED, plan=MISSED.plan._replace(is_term=True)), Lane.PLAN, Action.WAIT,
     LaneWhy.PLAN_TERM_LATE),
    ("a plan comes before a pause and an exit", replace(KEPT, gone_on=date(2026, 10, 15),
     hold_source=LetterHoldSource.RENT, hold_until=date(2026, 11, 9)), Lane.PLAN, Action.NOTHING, LaneWhy.PLAN_RUNS),
    ("a plan moves no legal deadline", replace(KEPT, arrears=D(0), terms=(), report_due_on=date(2027, 1, 1)),
     Lane.PLAN, Action.REPORT_PAYER, LaneWhy.REPORT),
    ("broken: the social service is asked", replace(BROKE, requested_on=date(2026, 11, 3)), Lane.BROKEN,
     Action.WAIT_ANSWER, LaneWhy.PLAN_BROKEN_ASKED),
    ("broken: an alert holds the letters", replace(BROKE, hold_source=LetterHoldSource.RULE,
     hold_until=date(2026, 11, 20)), Lane.BROKEN, Action.WAIT_ANSWER, LaneWhy.PLAN_BROKEN_ASKED),
    ("broken and answered", BROKE, Lane.BROKEN, Action.CALL, LaneWhy.PLAN_BROKEN),
    ("broken, answered with a pause", replace(BROKE, hold_source=LetterHoldSource.SOCIAL,
     hold_until=date(2026, 11, 9), hold_answered=True), Lane.PAUSED, Action.WAIT, LaneWhy.PAUSED_BY_SOCIAL),
    ("broken, then two terms more", replace(BROKE, default=R2), Lane.BROKEN, Action.ALERT_SOCIAL, DefaultWhy.SECOND),
    ("broken, a call was decided", replace(BROKE, decided_on=TODAY, decided_action="CALL", decision="CONFIRM"),
     Lane.BROKEN, Action.WAIT, LaneWhy.CALL_DECIDED),
    ("broken by a payment that came back", replace(BROKE, last_return_on=date(2026, 11, 3)), Lane.TECHNICAL,
     Action.WAIT, LaneWhy.RETURNED),
    ("broken, and gone", replace(BROKE, gone_on=date(2026, 10, 15)), Lane.GONE, Action.WRITE_GONE, LaneWhy.GONE),
    ("a plan is asked again", replace(BROKE, plan_asked=True, answered_on=date(2026, 11, 4)), Lane.BROKEN,
     Action.ANSWER_PLAN, LaneWhy.PLAN),
    # More in test_escalation.
    ("answered since its message left", replace(LATE, courtesy_on=date(2026, 11, 3), answered_on=TODAY), Lane.NEW,
     Action.WAIT, LaneWhy.ANSWERED),
    # Decisions rest.
    ("courtesy decided: rests", DECIDED_TODAY, Lane.NEW, Action.WAIT, LaneWhy.COURTESY_DECIDED),
    ("a call decided", replace(DECIDED_TODAY, decided_action="CALL"), Lane.NEW, Action.WAIT, LaneWhy.CALL_DECIDED),
    ("a call decided days ago and not made", replace(LATE, call_waits_since=date(2026, 10, 26)), Lane.NEW, Action.WAIT,
     LaneWhy.CALL_WAITS),
    ("a call decided long ago and not made", replace(LATE, call_waits_since=date(2026, 10, 25)), Lane.NEW,
     Action.ALERT_SOCIAL, LaneWhy.CALL_UNMADE),
    ("its message was withdrawn", replace(DECIDED_TODAY, was_withdrawn=True), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    # More in test_written_steps.
    ("answered, and no money since", ANSWERED, Lane.NEW, Action.REMINDER, LaneWhy.REMIND_ANSWERED),
    ("no answer in its time", replace(LATE, requested_on=date(2026, 9, 20)), Lane.REFERRED, Action.REMINDER,
     LaneWhy.REMIND_UNANSWERED),
    ("a reminder is decided", replace(ANSWERED, decided_on=TODAY, decided_action="REMINDER", decision="CONFIRM"),
     Lane.NEW, Action.WAIT, LaneWhy.REMINDER_DECIDED),
    ("a reminder has left", REMINDED, Lane.NEW, Action.WAIT, LaneWhy.REMINDER_SENT),
    ("a reminder without effect", WITHOUT_EFFECT, Lane.NEW, Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT),
    ("and nobody has tried", replace(WITHOUT_EFFECT, tried_on=None), Lane.NEW, Action.CALL, LaneWhy.TRY_FIRST),
    ("and nobody was reached", replace(WITHOUT_EFFECT, reached_on=None), Lane.NEW, Action.VISIT,
     LaneWhy.NOBODY_REACHED),
    ("a formal notice is decided", replace(WITHOUT_EFFECT, decided_on=TODAY, decided_action="FORMAL",
     decision="CONFIRM"), Lane.NEW, Action.WAIT, LaneWhy.FORMAL_DECIDED),
    ("a formal notice came back", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 1),
     formal_back_on=date(2026, 11, 3)), Lane.NEW, Action.CALL, LaneWhy.FORMAL_BACK),
    ("a formal notice has left", replace(WITHOUT_EFFECT, formal_on=date(2026, 11, 3)), Lane.NEW, Action.WAIT,
     LaneWhy.FORMAL_SENT),
    # More in test_escalation.
    ("a message without effect", replace(SENT, decided_action="COURTESY"), Lane.NEW, Action.CALL,
     LaneWhy.MESSAGE_NO_EFFECT),
    ("a call without effect", replace(SENT, decided_action="CALL"), Lane.NEW, Action.ALERT_SOCIAL,
     LaneWhy.CALL_NO_EFFECT),
    ("refused twice", replace(LATE, refused=(("COURTESY", date(2026, 11, 2)),) * 2), Lane.NEW, Action.WAIT,
     LaneWhy.REFUSED_OFTEN),
    ("refused: rests", replace(DECIDED_TODAY, decision="REFUSE"), Lane.NEW, Action.WAIT, LaneWhy.REFUSED),
    ("changed to nothing", replace(DECIDED_TODAY, decided_action="NOTHING", decision="CHANGE"), Lane.NEW,
     Action.NOTHING, LaneWhy.DECIDED),
    ("changed to wait", replace(DECIDED_TODAY, decided_action="WAIT", decision="CHANGE"), Lane.NEW, Action.WAIT,
     LaneWhy.DECIDED),
    ("an alert decided and answered: proposed again", replace(DECIDED_TODAY, decided_action="ALERT"), Lane.NEW,
     Action.COURTESY, LaneWhy.TERM_DUE),
    ("a decision of ten days rests", replace(on(DECIDED_TODAY, "2026-11-15"), late_before_on=None), Lane.NEW,
     Action.WAIT, LaneWhy.COURTESY_DECIDED),
    ("a decision of eleven days is over", replace(on(DECIDED_TODAY, "2026-11-16"), late_before_on=None), Lane.NEW,
     Action.COURTESY, LaneWhy.FIRST_SINCE_ENTRY),
    ("decided on the due day of the term", replace(DECIDED_TODAY, decided_on=date(2026, 11, 1)), Lane.NEW, Action.WAIT,
     LaneWhy.COURTESY_DECIDED),
    ("decided before the new term", replace(DECIDED_TODAY, decided_on=date(2026, 10, 31)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("a payment came back since", replace(DECIDED_TODAY, decided_on=date(2026, 11, 2),
     last_return_on=date(2026, 11, 3), last_payment_on=date(2026, 11, 4)), Lane.NEW, Action.COURTESY,
     LaneWhy.TERM_DUE),
    ("a payment came back that day", replace(DECIDED_TODAY, decided_on=date(2026, 11, 3),
     last_return_on=date(2026, 11, 3), last_payment_on=date(2026, 11, 4)), Lane.NEW, Action.WAIT,
     LaneWhy.COURTESY_DECIDED),
    # Before the judge
    ("a commandement was served", SUED, Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_COMMAND),
    ("to report all the same", replace(SUED, report_due_on=date(2026, 12, 1)), Lane.LEGAL, Action.REPORT_PAYER,
     LaneWhy.REPORT),
    ("a notice of R. 633-3", replace(TWO, legal=LegalNow("NOTICE", date(2026, 10, 12))), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_NOTICE),
    ("a writ", replace(TWO, legal=LegalNow("WRIT", date(2026, 11, 2), date(2027, 1, 28))), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_WRIT),
    ("a hearing put off", replace(TWO, legal=LegalNow("POSTPONED", date(2026, 11, 2), date(2027, 2, 4))), Lane.LEGAL,
     Action.WAIT, LaneWhy.LEGAL_WRIT),
    ("delays of the judge", replace(TWO, legal=LegalNow("DELAYS", date(2026, 11, 2), date(2026, 10, 1),
     date(2028, 11, 2))), Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_GIVEN),
    ("not kept", replace(TWO, legal=LegalNow("DELAYS", date(2026, 8, 2), None, date(2028, 8, 2), date(2026, 10, 5))),
     Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_LAPSED),
    ("terminated", replace(TWO, legal=LegalNow("TERMINATED", date(2026, 11, 2))), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_ENDED),
    ("to leave", replace(TWO, legal=LegalNow("LEAVE", date(2026, 11, 2), lapsed_on=date(2026, 10, 5))), Lane.LEGAL,
     Action.WAIT, LaneWhy.LEGAL_QUIT),
    ("by force", replace(TWO, legal=LegalNow("FORCE", date(2026, 11, 2))), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_FORCE),
    ("a protocol", replace(TWO, legal=LegalNow("PROTOCOL", date(2026, 11, 2))), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_PROTOCOL),
    ("a protocol that is broken", replace(TWO, legal=LegalNow("PROTOCOL", date(2026, 9, 2),
     lapsed_on=date(2026, 11, 2))), Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_BROKEN),
    ("a default all the same", replace(SUED, default=R2), Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_COMMAND),
    ("a broken plan too", replace(SUED, plan_broken_on=date(2026, 11, 3), plan_left=D("106.50")), Lane.LEGAL,
     Action.WAIT, LaneWhy.LEGAL_COMMAND),
    ("the bank is not known yet", replace(SUED, bank_known_until=None), Lane.LEGAL, Action.WAIT,
     LaneWhy.LEGAL_COMMAND),
    ("a plan was signed since", replace(KEPT, legal=SUED.legal), Lane.PLAN, Action.NOTHING, LaneWhy.PLAN_RUNS),
    ("gone since", replace(SUED, gone_on=date(2026, 10, 15)), Lane.GONE, Action.WRITE_GONE, LaneWhy.GONE),
    ("the social service is asked", replace(SUED, requested_on=date(2026, 11, 4)), Lane.REFERRED, Action.WAIT_ANSWER,
     LaneWhy.REQUESTED),
    ("its time to answer is past", replace(SUED, requested_on=date(2026, 10, 6), bank_known_until=date(2026, 11, 4)),
     Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_COMMAND),
    ("that of a broken plan too", replace(SUED, requested_on=date(2026, 10, 6), plan_broken_on=date(2026, 10, 3),
     plan_left=D("106.50")), Lane.LEGAL, Action.WAIT, LaneWhy.LEGAL_COMMAND),
    ("paused", replace(SUED, hold_source=LetterHoldSource.RENT, hold_until=date(2026, 11, 20)), Lane.PAUSED,
     Action.WAIT, LaneWhy.PAUSED_BY_RENT),
    ("pause over", replace(DECIDED_TODAY, decision="PAUSE"), Lane.NEW, Action.COURTESY, LaneWhy.TERM_DUE),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "lane", "action", "why"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_lane_and_action(facts, lane, action, why):
    got = lane_and_action(facts, PARAMS)
    assert (got.lane, got.action, got.reason.code if got.reason else None) == (lane, action, why)


def test_every_word_has_its_case():
    assert {lane for _, _, lane, _, _ in CASES} == set(Lane) - {Lane.HELD}
    assert {action for *_, action, _ in CASES} - {None} == set(Action)
    assert set(LaneWhy) <= {why for *_, why in CASES}
    assert set(Action) > TO_DECIDE


def test_every_reason_can_be_written_and_comes_back_as_it_was_stored():
    for name, facts, *_ in CASES:
        got = lane_and_action(facts, PARAMS)
        for reason in (got.reason, *got.trace):
            if reason is not None:
                text = reason.text(today=facts.day)
                assert 0 < len(text) <= 110, (name, text)
                again = Reason.from_json(reason.to_json(), LaneWhy, DefaultWhy, LaneTrace)
                assert again.text(today=facts.day) == text


def test_the_tables_are_ordered_and_the_last_line_always_applies():
    assert [r.lane for r in LANES] == [
        Lane.PLAN, Lane.GONE, Lane.BROKEN, Lane.REFERRED, Lane.PAUSED, Lane.LEGAL, *[Lane.TECHNICAL] * 4,
        Lane.BROKEN
    ]  # fmt: skip
    assert {r.lane for r in NEW_ACTIONS} == {Lane.NEW}
    assert NEW_ACTIONS[-1].applies(LATE, PARAMS) is not None


def test_technical_is_never_dunned():
    for _, facts, lane, action, _ in CASES:
        if lane == Lane.TECHNICAL:
            assert action in {Action.NOTHING, Action.WAIT}
            assert lane_and_action(replace(facts, default=R1), PARAMS).action == action


def test_what_is_decided_is_what_a_person_may_confirm():
    assert set(DECIDED) == TO_DECIDE - {
        Action.ALERT_SOCIAL, Action.VISIT, Action.REPORT_PAYER, Action.ANSWER_PLAN,
    }  # fmt: skip
    assert Decision.PAUSE in Decision


def test_how_a_lateness_is_called_takes_the_figures_of_the_house():
    ours = replace(PARAMS, late_again_months=2, settled_months=1)
    assert lateness(LATE, ours).code == LaneWhy.FIRST_IN_MONTHS
    young = replace(LATE, late_before_on=None, entry_on=date(2026, 9, 20))
    assert lateness(young, ours).code == LaneWhy.FIRST_SINCE_ENTRY
    assert lateness(young, PARAMS).code == LaneWhy.TERM_DUE


# -- words ----------------------------------------------------------------------------------------------------------


def plain(reason: Reason) -> str:
    return reason.text(today=TODAY).replace("\u00a0", " ")


def test_a_few_cents_received_are_told_and_owed_ones_are_arrears():
    some = replace(LATE, terms=(term(11, asked="213.00", left="212.50"),))
    assert plain(lane_and_action(some, PARAMS).trace[0]).endswith("0,50 € payés ou remis, reste 212,50 €")
    assert lane_and_action(replace(LATE, arrears=D("0.01")), PARAMS).lane == Lane.NEW
    six = replace(LATE, terms=tuple(term(month) for month in range(5, 11)))
    assert not any("autre terme" in plain(line) for line in lane_and_action(six, PARAMS).trace)


def test_months_without_a_lateness_are_counted_over_the_years():
    got = lateness(replace(LATE, late_before_on=date(2024, 10, 1)), PARAMS)
    assert (got.code, got.figures["months"]) == (LaneWhy.FIRST_IN_MONTHS, 25)


def test_what_a_person_decides():
    assert {
        Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL, Action.VISIT, Action.REMINDER, Action.FORMAL_NOTICE,
        Action.REPORT_PAYER, Action.WRITE_GONE, Action.ANSWER_PLAN,
    } == TO_DECIDE  # fmt: skip


NO_FIRST_LATENESS = [
    ("two terms since the entry", replace(TWO, late_before_on=None), LaneWhy.TERMS_DUE),
    ("two terms after a long time", replace(TWO, late_before_on=date(2025, 1, 1)), LaneWhy.TERMS_DUE),
    ("an entry that nobody knows", replace(LATE, late_before_on=None, entry_on=None), LaneWhy.TERM_DUE),
]


@pytest.mark.parametrize(("facts", "why"), [n[1:] for n in NO_FIRST_LATENESS], ids=[n[0] for n in NO_FIRST_LATENESS])
def test_what_is_no_first_lateness(facts, why):
    assert lateness(facts, PARAMS).code == why


def test_the_days_of_a_reason():
    gone = lane_and_action(replace(LATE, gone_on=TODAY), PARAMS).reason
    assert plain(gone) == "Parti depuis le 4 nov., dette gardée"
    returned = lane_and_action(replace(LATE, last_return_on=date(2026, 10, 29)), PARAMS).reason
    assert plain(returned) == "Rejet du 29 oct., à représenter : attendre le 5 nov."
    first = replace(R1, terms=(term(10), term(11)))
    got = lane_and_action(replace(TWO, default=first), PARAMS).reason
    assert plain(got) == "Premier impayé depuis 35 j"
    assert plain(lateness(replace(TWO, default=None), PARAMS)) == "2 termes dus, le plus ancien depuis 35 j"


def test_a_return_of_tomorrow_is_none_of_today():
    assert lane_and_action(replace(LATE, last_return_on=date(2026, 11, 6)), PARAMS).lane == Lane.NEW


def test_reasons_are_short_facts():
    reasons = {name: got.reason for name, facts, *_ in CASES if (got := lane_and_action(facts, PARAMS)).reason}
    assert plain(reasons["waits for the usual day"]) == "Paie d’habitude le 6, 12 mois sur 12 : attendre le 9 nov."
    assert plain(reasons["R2 stands"]) == "2 termes impayés, 306,00 € en tout"
    unbroken = plain(reasons["a debt without a break is no first lateness"])
    assert unbroken == "Dette sans interruption depuis le 1er févr. 2026"
    known = plain(reasons["the bank is known to the due day"])
    assert known == "Échéance du 1er nov., banque connue jusqu’au 1er nov."
