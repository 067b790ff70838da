"""What a policy sends on the past: days by hand, by the rule of the lanes and the figures below."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.rules.case_facts import Habit, LaneParams, LegalNow
from rent_ledger.arrears.rules.defaults import DefaultFacts, DefaultParams
from rent_ledger.arrears.rules.term import MonthTerm
from rent_ledger.policy.rules.replay import Past, PastDebt, PastHold, PastLife, PastPlan, PastStep
from rent_ledger.policy.rules.steps import Dates, Policy, matched, steps_between
from rent_ledger.procedures.codes import StepKind

TERM = Decimal("213.00")
START, END = date(2026, 1, 1), date(2027, 1, 1)
LANES = LaneParams(
    return_days=7, newcomer_days=31, first_aid_months=3, call_days=10, first_late_days=40, settled_months=3,
    late_again_months=6, usual_tolerance_days=3, usual_max_days=31, small_remainder=Decimal("100.00"), small_days=31,
    decided_days=10, plan_days=30, grace_days=5, no_effect_days=10, refusals=2, answer_days=15, alsace_moselle=False,
    reminder_days=10, formal_days=15, call_wait_days=10,
)  # fmt: skip
USUAL = Policy(DefaultParams(grace_days=5, first_months=3), LANES, late_case_days=10)
MAR = date(2026, 3, 2)
IN = {"entry_on": date(2024, 1, 1), "lease_kind": "SUBLEASE"}


def debt(due: date = MAR, *paid: tuple[date, str], held: tuple[tuple[date, date | None], ...] = ()) -> PastDebt:
    return PastDebt(due, due, TERM, tuple((on, Decimal(amount)) for on, amount in paid), held)


def past(*debts: PastDebt, life: PastLife, type_2: bool = True) -> Past:
    facts = DefaultFacts(known_until=END, is_type_2=type_2, is_type_1=not type_2, entered_on=date(2024, 1, 1))
    return Past(7, facts, (MonthTerm(date(2024, 1, 1), TERM),), debts, life)


def life(**facts: object) -> PastLife:
    return PastLife(**{**IN, **facts})  # type: ignore[arg-type]


def day(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


# R1 asks the social service on 7 March, fifteen working days until the 27th. Without an answer: the reminder ten days
# after, the formal notice fifteen days after that, once somebody has called, and ten days of rest after the call.
ALL = {("COURTESY", 1): day("03-03"), ("REMINDER", 1): day("04-06"), ("CALL", 1): day("04-21"),
       ("FORMAL", 1): day("05-02")}  # fmt: skip
UNTIL_ASKED = {("COURTESY", 1): day("03-03")}
AFTER_ASKED = {key: on for key, on in ALL.items() if key not in UNTIL_ASKED}
PAID = (day("03-20"), "213.00")
PAUSE = PastHold(LetterHoldSource.RENT, day("03-03"), day("03-15"))


@pytest.mark.parametrize(
    ("what", "one", "sent"),
    [
        ("nobody pays, nobody answers", past(debt(), life=life()), ALL),
        ("paid before the reminder", past(debt(MAR, PAID), life=life()), UNTIL_ASKED),
        ("answered and met on the 20th: no call is missing before the formal notice",
         past(debt(), life=life(answers=((day("03-20"), True),))),
         UNTIL_ASKED | {("REMINDER", 1): day("03-30"), ("FORMAL", 1): day("04-14")}),
        ("a pause of the social service until May",
         past(debt(), life=life(holds=(PastHold(LetterHoldSource.SOCIAL, day("03-20"), day("05-31")),))),
         UNTIL_ASKED | {("REMINDER", 1): day("06-01"), ("CALL", 1): day("06-16"), ("FORMAL", 1): day("06-27")}),
        ("a pause of the rent side from the first day",
         past(debt(), life=life(holds=(PastHold(LetterHoldSource.RENT, MAR, day("12-31")),))), {}),
        ("in a plan that runs", past(debt(held=((MAR, None),)), life=life(plans=(PastPlan(MAR, None, False),))), {}),
        ("frozen", past(debt(held=((MAR, None),)), life=life()), {}),
        ("disputed until June: late since March, and asked as it is free",
         past(debt(held=((MAR, day("06-01")),)), life=life()),
         {("REMINDER", 1): day("07-02"), ("CALL", 1): day("07-17"), ("FORMAL", 1): day("07-28")}),
        ("the aid that is late covers it",
         past(debt(), life=life(aids=(PastDebt(MAR, MAR, TERM),))), {}),
        ("a payment that came back is set apart for a week, and R1 asks meanwhile",
         past(debt(), life=life(returns=(MAR,))), AFTER_ASKED),
        ("who came in February is set apart for a month", past(debt(), life=life(entry_on=day("02-25"))), AFTER_ASKED),
        ("before the judge", past(debt(), life=life(legal=(PastStep(LegalNow(StepKind.COMMAND, MAR), None),))), {}),
        ("who pays on the 20th is not written to before the 23rd",
         past(debt(MAR, PAID), life=life(habits={MAR.replace(day=1): Habit(20, 6, 6)})), {}),
        ("who left is written to once",
         past(debt(), life=life(gone_on=day("02-20"))), {("WRITE_GONE", 1): day("03-03")}),
        ("known on the 20th only, and asked at once", past(replace(debt(), known_from=day("03-20")), life=life()),
         {("REMINDER", 1): day("04-23"), ("CALL", 1): day("05-08"), ("FORMAL", 1): day("05-19")}),
        ("a cent of it is left, which is small for 31 days, and R1 asks meanwhile",
         past(debt(MAR, (MAR, "212.99")), life=life(payments=((day("02-02"), TERM), (MAR, Decimal("212.99"))))),
         AFTER_ASKED),
        ("paid on its due day", past(debt(MAR, (MAR, "213.00")), life=life()), {}),
        ("the bank tells nothing", replace(past(debt(), life=life()), facts=DefaultFacts(is_type_2=True)), {}),
        ("answered on the 20th, and nobody was met: a call is missing",
         past(debt(), life=life(answers=((day("03-20"), False),))),
         UNTIL_ASKED | {("REMINDER", 1): day("03-30"), ("CALL", 1): day("04-14"), ("FORMAL", 1): day("04-25")}),
        ("answered and met before it was asked: no answer to what is asked now",
         past(debt(), life=life(answers=((day("03-05"), True),))),
         UNTIL_ASKED | {("REMINDER", 1): day("04-06"), ("FORMAL", 1): day("04-21")}),
        ("answered on the day on which it was asked, as in February",
         past(debt(), life=life(answers=((day("02-27"), False), (day("03-07"), False)))),
         UNTIL_ASKED | {("REMINDER", 1): day("03-17"), ("CALL", 1): day("04-01"), ("FORMAL", 1): day("04-12")}),
        ("the aid that covers it comes on 10 April, the next one is awaited from 2 May",
         past(debt(), life=life(aids=(PastDebt(MAR, MAR, TERM, ((day("04-10"), TERM),)),
                                      PastDebt(day("05-02"), day("04-01"), TERM)))),
         {("REMINDER", 1): day("04-10"), ("CALL", 1): day("04-25")}),
        ("the first aid is awaited for three months",
         past(debt(), life=life(entry_on=day("01-10"), awaits_aid=True)),
         {("REMINDER", 1): day("04-10"), ("CALL", 1): day("04-25"), ("FORMAL", 1): day("05-06")}),
        ("the first aid has come before",
         past(debt(), life=life(entry_on=day("01-10"), awaits_aid=True, first_aid_on=day("04-07"))),
         {("REMINDER", 1): day("04-07"), ("CALL", 1): day("04-22"), ("FORMAL", 1): day("05-03")}),
        ("before the judge from the first day until 20 April",
         past(debt(), life=life(legal=(PastStep(LegalNow(StepKind.COMMAND, day("03-03")), day("04-20")),))),
         {("REMINDER", 1): day("04-20"), ("CALL", 1): day("05-05"), ("FORMAL", 1): day("05-16")}),
        ("a plan of which nothing is left unpaid holds nothing",
         past(debt(), life=life(plans=(PastPlan(day("02-02"), None, False),))), ALL),
        ("fifty cents are in a plan: what is beside waits too",
         past(debt(day("02-02"), (day("02-02"), "212.50"), held=((day("02-02"), None),)), debt(),
              life=life(plans=(PastPlan(day("02-02"), None, False),)), type_2=False), {}),
        # No R1 below: message, call and social service follow each other, ten days of rest between them.
        ("frozen in March, so that April is no first lateness; a plan runs from 25 April until it is stopped",
         past(debt(held=((MAR, None),)), debt(day("04-02"), (day("06-10"), "213.00")),
              life=life(plans=(PastPlan(day("04-25"), day("06-01"), False),)), type_2=False),
         {("COURTESY", 1): day("04-03"), ("CALL", 1): day("04-14"), ("ALERT", 1): day("06-01")}),
        # The social service is asked as the plan breaks, until 28 May; R2 asks it again on 14 June, until 3 July.
        ("a second plan breaks, and another term is missing in June",
         past(debt(held=((day("03-27"), day("04-01")), (day("04-01"), day("05-04")))), debt(day("06-09")),
              life=life(plans=(PastPlan(day("03-27"), day("04-01"), True),
                               PastPlan(day("04-01"), day("05-04"), True))), type_2=False),
         {("COURTESY", 1): day("03-03"), ("CALL", 1): day("03-14"), ("ALERT", 1): day("03-25"),
          ("REMINDER", 1): day("06-07"), ("FORMAL", 1): day("07-13")}),
        ("a plan broke, and its debt was paid: the next one is another debt",
         past(debt(date(2025, 10, 1), (day("01-20"), "213.00"), held=((date(2025, 10, 20), day("01-12")),)),
              debt(MAR, PAID), life=life(plans=(PastPlan(date(2025, 10, 20), day("01-12"), True),)), type_2=False),
         {("COURTESY", 1): day("03-03"), ("CALL", 1): day("03-14")}),
        ("a plan of the first day breaks: the social service is asked by that alone",
         past(debt(held=((MAR, day("05-04")),)), life=life(plans=(PastPlan(MAR, day("05-04"), True),)), type_2=False),
         {("REMINDER", 1): day("06-07"), ("CALL", 1): day("06-22"), ("FORMAL", 1): day("07-03")}),
        ("a plan is stopped, which is no break, and its debt is frozen on 10 May",
         past(debt(held=((MAR, day("05-04")), (day("05-10"), None))),
              life=life(plans=(PastPlan(MAR, day("05-04"), False),)), type_2=False), {("CALL", 1): day("05-04")}),
        # The last cents of February are paid as March falls due: one debt since 2 February, in another case.
        ("never at zero since February",
         past(debt(day("02-02"), (day("02-10"), "212.50"), (MAR, "0.50")), debt(), life=life(), type_2=False),
         {("COURTESY", 1): day("02-03"), ("CALL", 1): day("02-14"), ("ALERT", 1): day("02-25"),
          ("CALL", 2): day("03-03"), ("ALERT", 2): day("03-14"), ("REMINDER", 1): day("04-13"),
          ("FORMAL", 1): day("04-28")}),
        ("late for eleven days in February: no first lateness, so a call after the pause",
         past(debt(day("02-02"), (day("02-14"), "213.00")), debt(MAR, PAID), life=life(holds=(PAUSE,)), type_2=False),
         {("COURTESY", 1): day("02-03"), ("CALL", 1): day("03-16")}),
        ("late for ten days, which is forgotten: a message after the pause",
         past(debt(day("02-02"), (day("02-13"), "213.00")), debt(MAR, PAID), life=life(holds=(PAUSE,)), type_2=False),
         {("COURTESY", 1): day("02-03"), ("COURTESY", 2): day("03-16")}),
        ("frozen for eleven days in February is no first lateness either",
         past(debt(day("02-02"), (day("02-13"), "213.00"), held=((day("01-20"), None),)), debt(MAR, PAID),
              life=life(holds=(PAUSE,)), type_2=False),
         {("CALL", 1): day("03-16")}),
        ("known since 20 February, and owed from its due day only",
         past(replace(debt(MAR, PAID), known_from=day("02-20")), life=life(), type_2=False),
         {("COURTESY", 1): day("03-03"), ("CALL", 1): day("03-14")}),
        ("nothing after the last day", past(debt(day("12-28")), debt(date(2027, 1, 10)), life=life(), type_2=False),
         {("COURTESY", 1): day("12-29")}),
        ("paid since September, and taken back in March",
         past(debt(date(2025, 9, 1), (date(2025, 9, 20), "213.00"), (MAR, "-213.00")), life=life()),
         {("REMINDER", 1): day("04-02"), ("CALL", 1): day("04-17"), ("FORMAL", 1): day("04-28")}),
        ("a step of before the year is no step of it",
         past(debt(date(2025, 12, 30)), life=life(holds=(PastHold(LetterHoldSource.RENT, START, day("12-31")),))), {}),
    ],
)  # fmt: skip
def test_what_leaves(what: str, one: Past, sent: dict[tuple[str, int], date]) -> None:
    assert steps_between(one, START, END, USUAL) == sent, what


def test_a_shorter_policy_writes_sooner() -> None:
    """Asked until the 13th; ten days of rest follow each decision."""
    sooner = replace(USUAL, lanes=replace(LANES, answer_days=5, reminder_days=5, formal_days=10))
    assert steps_between(past(debt(), life=life()), START, END, sooner) == {
        ("COURTESY", 1): day("03-03"), ("REMINDER", 1): day("03-18"), ("CALL", 1): day("03-29"),
        ("FORMAL", 1): day("04-09"),
    }  # fmt: skip


def test_three_months_before_are_played() -> None:
    """Asked on 1 October, the first day that is played, until the 22nd; 71 days later the year begins."""
    one = past(debt(date(2025, 9, 1), (date(2025, 9, 20), "212.50")), life=life())
    assert steps_between(one, START, END, replace(USUAL, lanes=replace(LANES, reminder_days=71))) == {
        ("REMINDER", 1): START, ("CALL", 1): day("01-16"), ("FORMAL", 1): day("01-27"),
    }  # fmt: skip


def test_what_is_near_is_the_same_message() -> None:
    """31 days apart at the most. A message that one policy alone sends has a number of its own, whichever it is."""
    now: Dates = {
        ("CALL", 1): day("01-05"), ("CALL", 2): day("05-01"), ("REMINDER", 1): day("06-01"),
        ("FORMAL", 1): day("06-20"), ("FORMAL", 2): day("12-01"), ("WRITE_GONE", 1): day("01-01"),
    }  # fmt: skip
    changed: Dates = {
        ("CALL", 1): day("03-01"), ("CALL", 2): day("06-01"), ("FORMAL", 1): day("07-01"),
        ("COURTESY", 1): day("01-10"), ("WRITE_GONE", 1): day("02-02"),
    }  # fmt: skip
    first, second = matched(now, changed)
    assert first == {
        ("CALL", 1): day("01-05"), ("CALL", 3): day("05-01"), ("REMINDER", 1): day("06-01"),
        ("FORMAL", 1): day("06-20"), ("FORMAL", 2): day("12-01"), ("WRITE_GONE", 1): day("01-01"),
    }  # fmt: skip
    assert second == {
        ("CALL", 2): day("03-01"), ("CALL", 3): day("06-01"), ("FORMAL", 1): day("07-01"),
        ("COURTESY", 1): day("01-10"), ("WRITE_GONE", 2): day("02-02"),
    }  # fmt: skip
