"""The oracle against cases computed on paper, so that it is not just believed. Amounts and days in the comments."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from tests.oracle.billing import INDEMNITY, TERM, Contract, Right, bill, plus_months
from tests.oracle.lives import LAST_DAY, draw_life
from tests.oracle.tenancy import Paper, Snapshot, Tenancy

AUG, SEP, OCT, NOV, DEC = (date(2026, m, 1) for m in (8, 9, 10, 11, 12))
JAN, FEB, APR = date(2027, 1, 1), date(2027, 2, 1), date(2027, 4, 1)


def home(
    rent: str = "400.00", charges: str = "50.00", *, aid: str = "", since: date = date(2025, 6, 1),
    start: date = date(2025, 1, 1), due_day: int = 5, **facts,
) -> Tenancy:  # fmt: skip
    monthly = {"RENT": D(rent), "CHARGES": D(charges)} | facts.pop("more", {})
    rights = [Right(D(aid), since)] if aid else []
    return Tenancy(Contract(start, monthly, due_day, **facts), rights)


def bill_months(tenancy: Tenancy, *months: date) -> None:
    for month in months:
        tenancy.run(month, run=month.toordinal(), day=month)


def evenings(tenancy: Tenancy, first: date, last: date) -> Snapshot:
    while first <= last:
        shown = tenancy.evening(first)
        first += timedelta(days=1)
    return shown


def laid(tenancy: Tenancy, month: date) -> dict[str, dict[str, D]]:
    found: dict[str, dict[str, D]] = {}
    for (debt, credit), amount in tenancy.books.laid.items():
        if debt.month == month:
            found.setdefault(debt.nature, {})[credit.source] = amount
    return found


def paper_of(tenancy: Tenancy, month: date, kind: str = TERM) -> Paper:
    return tenancy.paper(next(a for a in tenancy.avis if a.bill.month == month and a.bill.kind == kind))


# -- billing --------------------------------------------------------------------------------------------------------


def test_the_month_of_entry_is_by_days_and_without_aid():
    # 412.60 × 15/31 = 199.645… ; 86.40 × 15/31 = 41.806…
    entered = home("412.60", "86.40", start=date(2026, 8, 17), aid="286.00", since=AUG)
    [first] = bill(entered.contract, entered.rights, AUG)
    assert (first.lines, first.aid, first.due) == (
        (("RENT", D("199.65")), ("CHARGES", D("41.81"))),
        0,
        date(2026, 8, 17),
    )
    [second] = bill(entered.contract, entered.rights, SEP)
    assert (second.gross, second.aid, second.aid_due) == (D("499.00"), D("286.00"), date(2026, 9, 25))


@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2027, 1, 1), date(2027, 2, 28)),
        (date(2027, 3, 1), date(2027, 4, 30)),
        (date(2028, 1, 1), date(2028, 2, 29)),
    ],
)
def test_in_arrears_on_the_31st(month, due):
    assert bill(Contract(date(2025, 1, 1), {"RENT": D(300)}, 31, in_arrears=True), [], month)[0].due == due


def test_a_notice_ends_what_is_billed():
    # Notice for 30 November: nothing for December. For 12 December: 620 × 12/31 = 240 and 62 × 12/31 = 24.
    gone = home("620.00", "62.00", aid="200.00")
    gone.notice(DEC, date(2026, 10, 20))
    assert bill(gone.contract, gone.rights, DEC) == []
    later = home("620.00", "62.00", aid="200.00")
    later.notice(date(2026, 12, 13), date(2026, 10, 20))
    [last] = bill(later.contract, later.rights, DEC)
    assert (last.kind, last.lines, last.aid) == (TERM, (("RENT", D("240.00")), ("CHARGES", D("24.00"))), 0)


def test_after_the_contract_an_indemnity_and_the_aid_goes_on_first_on_the_term():
    # 620 + 62 over 31 days, contract to the 15th: 300 + 30, then 320 + 32; aid 400: 330 on the term, 70 on the rest.
    stays = home("620.00", "62.00", aid="400.00")
    stays.end(date(2026, 10, 16), date(2026, 10, 16), stays=True)
    term, rest = bill(stays.contract, stays.rights, OCT)
    assert (term.kind, term.gross, term.aid, term.due) == (TERM, D("330.00"), D("330.00"), date(2026, 10, 5))
    assert (rest.kind, rest.lines) == (INDEMNITY, (("INDEMNITY", D("320.00")), ("INDEM_CHG", D("32.00"))))
    assert (rest.aid, rest.due) == (D("70.00"), date(2026, 10, 16))


def test_a_month_of_two_avis_is_rounded_once():
    # 307.71 × 5/30 = 51.285 and × 25/30 = 256.425: 307.71 together, the odd cent on the first. 108: 18 + 90.
    stays = home("307.71", "108.00")
    stays.end(date(2027, 4, 6), date(2027, 4, 6), stays=True)
    assert [b.gross for b in bill(stays.contract, [], APR)] == [D("69.29"), D("346.42")]
    # 100 × 10/31 = 32.258…, × 21/31 = 67.741…: the cent goes where most was cut off.
    stays = home("100.00", "0.00")
    stays.end(date(2026, 10, 11), date(2026, 10, 11), stays=True)
    assert [b.gross for b in bill(stays.contract, [], OCT)] == [D("32.26"), D("67.74")]


def test_a_death_keeps_the_aid_of_its_month():
    died = home("310.00", "0.00", aid="100.00")
    died.end(date(2026, 10, 16), date(2026, 10, 16), died=True)
    assert [(b.gross, b.aid) for b in bill(died.contract, died.rights, OCT)] == [(D("150.00"), D("100.00"))]


def test_a_delay_in_months_ends_on_the_last_day_of_a_short_month():
    assert plus_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert plus_months(date(2027, 11, 30), 3) == date(2028, 2, 29)


# -- laying money ---------------------------------------------------------------------------------------------------


def test_the_aid_of_a_month_comes_before_money_in_hand():
    # 300 in hand; 400 + 50, aid 200: aid 200 on rent, money 200 on rent and 50 on charges, 50 stays free.
    lucky = home(aid="200.00")
    bill_months(lucky, SEP)
    lucky.receive_aid([(SEP, D("200.00"))], date(2026, 9, 25))
    lucky.pay("p", D("550.00"), date(2026, 9, 26), date(2026, 9, 26))
    bill_months(lucky, OCT)
    assert laid(lucky, OCT) == {
        "RENT": {"AID": D("200.00"), "PAYMENT": D("200.00")},
        "CHARGES": {"PAYMENT": D("50.00")},
    }
    assert lucky.evening(date(2026, 10, 6)).credit == D("50.00")
    assert paper_of(lucky, OCT) == Paper("PARTIAL", D("250.00"))
    lucky.receive_aid([(OCT, D("200.00"))], date(2026, 10, 25))
    assert paper_of(lucky, OCT) == Paper("FULL", D("450.00"))


def test_no_paper_where_the_aid_covers_all_and_has_not_come():
    covered = home(aid="450.00")
    covered.pay("p", D("150.00"), SEP, SEP)
    bill_months(covered, OCT)
    assert paper_of(covered, OCT).kind == "NONE"
    assert covered.evening(date(2026, 10, 6)).credit == D("150.00")


def test_housing_before_parking_and_due_before_not_due():
    parked = home(more={"PARKING": D("30.00")})
    bill_months(parked, OCT, NOV)
    parked.pay("p", D("470.00"), date(2026, 10, 6), date(2026, 10, 6))
    assert laid(parked, OCT) == {
        "RENT": {"PAYMENT": D("400.00")}, "CHARGES": {"PAYMENT": D("50.00")}, "PARKING": {"PAYMENT": D("20.00")},
    }  # fmt: skip
    assert laid(parked, NOV) == {}


def test_what_comes_back_stands_at_its_due_day_and_nothing_else_moves():
    bounced = home()
    bill_months(bounced, OCT)
    bounced.pay("debit", D("450.00"), date(2026, 10, 5), date(2026, 10, 5))
    bounced.pay("more", D("60.00"), date(2026, 10, 7), date(2026, 10, 7))
    bounced.give_back("debit", date(2026, 10, 9))
    shown = bounced.evening(date(2026, 10, 9))
    # The 60 in hand are laid at once: 390 of rent and charges stand.
    assert (shown.debt, shown.credit, shown.oldest_due) == (D("390.00"), 0, date(2026, 10, 5))
    assert shown.in_debt_since == date(2026, 10, 9)


def test_a_released_dispute_takes_the_money_in_hand():
    angry = home("300.00", "0.00")
    bill_months(angry, OCT)
    angry.hold("DISPUTE", OCT, None, date(2026, 10, 6))
    angry.pay("p", D("120.00"), date(2026, 10, 8), date(2026, 10, 8))
    shown = angry.evening(date(2026, 10, 8))
    assert (shown.held, shown.arrears, shown.credit, shown.oldest_due) == (D("300.00"), 0, D("120.00"), None)
    angry.release(OCT, date(2026, 10, 20))
    shown = angry.evening(date(2026, 10, 20))
    assert (shown.debt, shown.held, shown.credit) == (D("180.00"), 0, 0)


def test_due_today_is_a_debt_and_no_arrears_yet():
    due = home()
    bill_months(due, OCT)
    assert (due.evening(date(2026, 10, 4)).debt, due.evening(date(2026, 10, 4)).upcoming) == (0, D("450.00"))
    assert (due.evening(date(2026, 10, 5)).debt, due.evening(date(2026, 10, 5)).arrears) == (D("450.00"), 0)
    assert due.evening(date(2026, 10, 6)).arrears == D("450.00")


# -- benefits -------------------------------------------------------------------------------------------------------


def test_a_shortfall_is_due_with_the_next_term_and_a_debt_from_that_day():
    # October's aid is 166 short on the 26th; the term of November is due on the 5th.
    short = home(aid="286.00")
    bill_months(short, OCT)
    short.pay("p", D("164.00"), date(2026, 10, 5), date(2026, 10, 5))
    assert short.evening(date(2026, 10, 26)).aid_pending == D("286.00")
    short.receive_aid([(OCT, D("120.00"))], date(2026, 10, 26))
    shown = short.evening(date(2026, 10, 26))
    assert (shown.debt, shown.upcoming, shown.aid_pending, shown.in_debt_since) == (0, D("166.00"), 0, None)
    assert short.evening(date(2026, 11, 5)).in_debt_since == date(2026, 11, 5)


def test_what_the_payer_takes_back_and_the_household_repays_makes_one_term():
    # 499, aid 286, net 213 paid; 100 withheld later and repaid: 313 + 186 = 499.
    back = home("412.60", "86.40", aid="286.00")
    bill_months(back, OCT)
    back.pay("p", D("213.00"), date(2026, 10, 5), date(2026, 10, 5))
    back.receive_aid([(OCT, D("286.00"))], date(2026, 10, 25))
    assert paper_of(back, OCT) == Paper("FULL", D("499.00"))
    back.receive_aid([(OCT, D("-100.00"))], date(2026, 11, 25))
    assert paper_of(back, OCT) == Paper("PARTIAL", D("399.00"))
    back.pay("q", D("100.00"), date(2026, 11, 26), date(2026, 11, 26))
    assert paper_of(back, OCT) == Paper("FULL", D("499.00"))


def test_a_month_closed_as_stopped_then_cut_by_the_exit():
    # April 450, aid 200 stopped, left on the 15th, 250 paid: 225 due, 25 in hand.
    gone = home(aid="200.00")
    bill_months(gone, APR)
    gone.pay("p", D("250.00"), date(2027, 4, 5), date(2027, 4, 5))
    gone.close_aid(APR, date(2027, 4, 10))
    gone.end(date(2027, 4, 16), date(2027, 4, 20))
    shown = gone.evening(date(2027, 6, 10))
    assert (shown.debt, shown.credit, shown.upcoming, shown.aid_pending) == (0, D("25.00"), 0, 0)


def test_aid_for_the_month_of_exit_is_the_household_s_at_once():
    gone = home(aid="200.00")
    bill_months(gone, OCT)
    gone.end(date(2026, 10, 16), date(2026, 10, 16))
    gone.receive_aid([(OCT, D("200.00"))], date(2026, 10, 25))
    # 450 × 15/31: 193.55 of rent, 24.19 of charges; 200 of aid lie there.
    assert gone.evening(date(2026, 10, 25)).debt == D("17.74")


def test_a_shortfall_outlives_the_avis_that_expected_the_benefit():
    # October 465, aid 300, 200 came: 100 lack, due on 5 November. Left on the 15th, told on the 27th: 225 due, no aid
    # expected, 300 free for October. What is due of it first: 217.74 of rent, 7.26 of charges; then 75 of the 100.
    gone = home("450.00", "15.00", aid="300.00")
    bill_months(gone, OCT)
    gone.receive_aid([(OCT, D("200.00"))], date(2026, 10, 26))
    gone.end(date(2026, 10, 16), date(2026, 10, 27))
    assert laid(gone, OCT) == {
        "RENT": {"SURPLUS": D("217.74")}, "CHARGES": {"SURPLUS": D("7.26")}, "SHORTFALL": {"SURPLUS": D("75.00")},
    }  # fmt: skip
    shown = gone.evening(date(2026, 10, 27))
    assert (shown.debt, shown.upcoming, shown.credit) == (0, D("25.00"), 0)


def test_aid_for_a_month_after_a_notice_is_the_household_s_at_once():
    # Notice for 26 August; September's aid comes before: no avis will ask for it.
    leaving = home(aid="128.70")
    bill_months(leaving, AUG)
    leaving.notice(date(2026, 8, 27), date(2026, 8, 4))
    leaving.receive_aid([(SEP, D("128.70"))], date(2026, 8, 26))
    assert [(c.source, c.amount, c.month) for c in leaving.books.credits] == [("SURPLUS", D("128.70"), SEP)]


def test_aid_that_waited_for_an_avis_is_the_household_s_once_none_will_come():
    leaving = home(aid="128.70")
    bill_months(leaving, AUG)
    leaving.receive_aid([(SEP, D("128.70"))], date(2026, 8, 20))
    assert leaving.evening(date(2026, 8, 20)).credit == 0
    leaving.end(date(2026, 9, 1), date(2026, 8, 27))
    # August's 450 are due and not paid: the money goes there.
    assert [(c.source, c.on) for c in leaving.books.credits[1:]] == [("SURPLUS", date(2026, 8, 27))]
    assert leaving.evening(date(2026, 8, 27)).debt == D("321.30") - D("128.70")


def test_aid_that_came_before_an_avis_that_expects_none_reaches_it_before_money_in_hand():
    # 300 in hand, 200 of aid for September; leaves on the 15th, no aid expected: 200 of rent, 25 of charges. The aid
    # goes to the rent, 25 of the money to the charges, 275 of it stay free.
    leaving = home(aid="200.00")
    bill_months(leaving, AUG)
    leaving.receive_aid([(AUG, D("200.00"))], date(2026, 8, 10))
    leaving.pay("p", D("550.00"), date(2026, 8, 10), date(2026, 8, 10))
    leaving.notice(date(2026, 9, 16), date(2026, 8, 12))
    leaving.receive_aid([(SEP, D("200.00"))], date(2026, 8, 20))
    bill_months(leaving, SEP)
    assert laid(leaving, SEP) == {"RENT": {"SURPLUS": D("200.00")}, "CHARGES": {"PAYMENT": D("25.00")}}
    assert leaving.evening(date(2026, 9, 6)).credit == D("275.00")


def test_the_aid_of_a_month_stays_on_the_avis_that_expected_it():
    # 330 asked of the term, 330 of aid on it; what is paid before goes to the indemnity and is not needed there.
    both = home("620.00", "62.00", aid="330.00", in_arrears=True)
    both.end(date(2026, 10, 16), date(2026, 10, 16), stays=True)
    both.pay("p", D("100.00"), date(2026, 10, 20), date(2026, 10, 20))
    bill_months(both, OCT)
    both.receive_aid([(OCT, D("330.00"))], date(2026, 10, 25))
    assert paper_of(both, OCT) == Paper("FULL", D("330.00"))
    assert paper_of(both, OCT, INDEMNITY) == Paper("PARTIAL", D("100.00"))


def of_two_avis(received: str) -> Tenancy:
    """October: a term of 330 with 330 of aid, then an indemnity of 352 with 70. `received` of the 400 came."""
    both = home("620.00", "62.00", aid="400.00")
    both.end(date(2026, 10, 16), date(2026, 10, 16), stays=True)
    bill_months(both, OCT)
    both.receive_aid([(OCT, D(received))], date(2026, 10, 25))
    return both


def test_what_lacks_of_the_aid_of_two_avis_lacks_on_the_indemnity_first():
    both = of_two_avis("350.00")
    assert paper_of(both, OCT) == Paper("FULL", D("330.00"))
    assert paper_of(both, OCT, INDEMNITY) == Paper("PARTIAL", D("20.00"))


@pytest.mark.parametrize(
    ("paid", "term", "rest"),
    [
        ("0.00", ("PARTIAL", "300.00"), ("NONE", "0.00")),
        ("20.00", ("PARTIAL", "320.00"), ("NONE", "0.00")),
        ("50.00", ("FULL", "330.00"), ("PARTIAL", "20.00")),
    ],
)
def test_what_the_household_pays_of_a_shortfall_is_the_term_s_first(paid, term, rest):
    # 300 of 400 came: 30 of the term and 70 of the indemnity are the household's, beside the indemnity's 282.
    both = of_two_avis("300.00")
    both.hold("DISPUTE", OCT, None, date(2026, 10, 26))  # the 282, so that money goes to the shortfall
    if D(paid):
        both.pay("p", D(paid), date(2026, 10, 26), date(2026, 10, 26))
    assert paper_of(both, OCT) == Paper(term[0], D(term[1]))
    assert paper_of(both, OCT, INDEMNITY) == Paper(rest[0], D(rest[1]))


def test_what_is_taken_back_of_the_aid_of_two_avis_is_the_indemnity_s_first():
    both = of_two_avis("400.00")
    both.receive_aid([(OCT, D("-100.00"))], date(2026, 11, 25))
    # 300 stay: all on the term.
    assert paper_of(both, OCT) == Paper("PARTIAL", D("300.00"))
    assert paper_of(both, OCT, INDEMNITY) == Paper("NONE", D("0.00"))


def test_aid_that_comes_after_the_settlement_counts_where_it_lies():
    # 300 came: 30 of the term and 70 of the indemnity lack. When 100 come they are laid on the indemnity's 282, due.
    both = of_two_avis("300.00")
    both.receive_aid([(OCT, D("100.00"))], date(2026, 10, 28))
    assert laid(both, OCT)["INDEMNITY"]["SURPLUS"] == D("100.00")
    # So the 30 of the term are still owed.
    assert paper_of(both, OCT) == Paper("PARTIAL", D("300.00"))
    assert paper_of(both, OCT, INDEMNITY) == Paper("PARTIAL", D("100.00"))


def test_what_is_taken_back_of_aid_that_never_came_is_a_debt_beside_the_avis():
    # The month of entry, 16 days of 31: 206.45 + 25.81, paid. No aid was expected, 40 are withheld for it.
    entered = home(aid="200.00", start=date(2026, 8, 16), since=AUG)
    bill_months(entered, AUG)
    entered.pay("p", None, date(2026, 8, 16), date(2026, 8, 16))
    entered.receive_aid([(AUG, D("-40.00"))], date(2026, 9, 25))
    assert paper_of(entered, AUG) == Paper("FULL", D("232.26"))


@pytest.mark.parametrize(
    ("since", "why"), [("aid", "benefit"), ("money", "money since"), ("surplus", "money since"), ("plan", "held")]
)
def test_what_stands_in_the_way_of_an_undo(since, why):
    asked = home(aid="200.00")
    bill_months(asked, SEP, OCT)
    asked.pay("before", D("250.00"), date(2026, 9, 5), date(2026, 9, 5))
    day, run = date(2026, 10, 10), OCT.toordinal()
    assert asked.obstacles(run, day) == []
    if since == "aid":
        asked.receive_aid([(OCT, D("200.00"))], day)
    elif since == "money":
        asked.pay("p", D("10.00"), day, day)
    elif since == "surplus":
        asked.receive_aid([(SEP, D("230.00"))], day)
    else:
        asked.hold("PLAN", OCT, None, day)
    assert asked.obstacles(run, day) == [why]
    assert not asked.undo(run, day)


def test_an_undone_run_leaves_the_account_as_before():
    asked = home(aid="200.00")
    bill_months(asked, SEP)
    asked.pay("p", D("300.00"), date(2026, 9, 6), date(2026, 9, 6))
    before = asked.evening(date(2026, 9, 20))
    asked.run(OCT, run=1, day=date(2026, 9, 20))
    assert asked.evening(date(2026, 9, 20)).upcoming == D("200.00")
    assert asked.undo(1, date(2026, 9, 20))
    assert asked.evening(date(2026, 9, 20)) == before


# -- the law --------------------------------------------------------------------------------------------------------


def test_twice_the_net_term_to_the_cent():
    # Net 450 − 200 = 250; September's 250 due on the 5th, October's too: 500.00 on 5 October; one cent less, nothing.
    for paid, found in [("0.00", [("R2026", date(2026, 10, 5), date(2026, 12, 5))]), ("0.01", [])]:
        late = home(aid="200.00")
        bill_months(late, SEP, OCT)
        if D(paid):
            late.pay("p", D(paid), date(2026, 9, 5), date(2026, 9, 5))
        assert list(evenings(late, SEP, date(2026, 10, 31)).impayes) == found


def test_nothing_without_a_benefit_nor_under_a_convention():
    alone = home()
    bill_months(alone, SEP, OCT)
    assert evenings(alone, SEP, date(2027, 2, 1)).impayes == ()
    guest = home(aid="200.00", family="OCCUPANCY")
    bill_months(guest, SEP, OCT)
    assert evenings(guest, SEP, date(2027, 2, 1)).impayes == ()


def test_the_expense_is_that_of_the_day():
    # 450 a month without aid, 350 owed since 5 October; 300 of aid from November: 2 × 150 is reached on 1 November.
    changed = home(aid="300.00", since=NOV)
    bill_months(changed, OCT)
    changed.pay("p", D("100.00"), date(2026, 10, 5), date(2026, 10, 5))
    assert evenings(changed, OCT, NOV).impayes == (("R2026", NOV, date(2027, 1, 1)),)


def test_no_expense_of_zero_in_the_month_of_entry():
    # The right covers the month of entry, for which nothing is expected: the expense is 450, not 0.
    entered = home(aid="450.00", start=date(2026, 10, 2), since=OCT)
    bill_months(entered, OCT)
    assert evenings(entered, OCT, date(2026, 10, 31)).impayes == ()


@pytest.mark.parametrize(("rent", "found"), [("650.00", []), ("650.01", [date(2027, 1, 5)])])
def test_more_than_450_euros_from_2027(rent, found):
    late = home(rent, "0.00", aid="200.00")
    bill_months(late, JAN)
    assert [on for _, on, _ in evenings(late, JAN, date(2027, 3, 31)).impayes] == found


@pytest.mark.parametrize(
    ("month", "due_day", "on"),
    [(NOV, 30, date(2027, 2, 28)), (date(2027, 11, 1), 30, date(2028, 2, 29)), (SEP, 5, JAN), (OCT, 1, JAN)],
)
def test_three_months_whatever_the_amount(month, due_day, on):
    small = home("210.00", "0.00", aid="200.00", due_day=due_day)
    bill_months(small, month)
    small.pay("p", D("2.00"), month, month)
    # Below twice the net of 10 until then; what was three months old on 1 January 2027 is constituted that day.
    assert [d for _, d, _ in evenings(small, month, date(2028, 3, 10)).impayes] == [on]


@pytest.mark.parametrize(
    ("rent", "on"),
    [
        ("680.00", date(2027, 12, 20)),  # 480 stand again: more than 450
        ("400.00", date(2028, 3, 20)),  # 200 stand again: three months later
    ],
)
def test_a_debt_that_stands_again_counts_from_the_day_on_which_that_is_known(rent, on):
    """Due on 5 August, paid, returned on 20 December."""
    bounced = home(rent, "0.00", aid="200.00")
    bill_months(bounced, date(2027, 8, 1))
    bounced.pay("p", None, date(2027, 8, 5), date(2027, 8, 5))
    evenings(bounced, date(2027, 8, 1), date(2027, 12, 19))
    bounced.give_back("p", date(2027, 12, 20))
    assert evenings(bounced, date(2027, 12, 20), date(2028, 3, 31)).impayes == (("R2027", on, plus_months(on, 2)),)


@pytest.mark.parametrize(("paid_on", "found"), [(date(2027, 2, 6), 0), (date(2027, 2, 7), 1)])
def test_a_term_paid_on_the_day_after_its_due_day_is_no_default(paid_on, found):
    # 600 due on the 5th; past due on the evening of the 6th, if it still stands.
    punctual = home("700.00", "0.00", aid="100.00")
    bill_months(punctual, FEB)
    evenings(punctual, FEB, paid_on - timedelta(days=1))
    punctual.pay("p", None, paid_on, paid_on)
    assert len(evenings(punctual, paid_on, date(2027, 2, 28)).impayes) == found


def test_a_due_day_counts_if_what_was_due_still_stands_on_the_next_day():
    # 223 × 3/30 = 22.30, due on 31 December; the net of December is 223 − 211.85 = 11.15. Nothing holds on 1 January.
    facts = {"start": date(2026, 11, 28), "due_day": 31, "in_arrears": True, "since": DEC}
    entered = home("223.00", "0.00", aid="211.85", **facts)
    bill_months(entered, NOV)
    assert evenings(entered, NOV, JAN).impayes == (("R2026", date(2026, 12, 31), date(2027, 2, 28)),)
    part = home("223.00", "0.00", aid="211.85", **facts)
    bill_months(part, NOV)
    evenings(part, NOV, date(2026, 12, 31))
    part.pay("p", D("0.01"), JAN, JAN)
    assert part.evening(JAN).impayes == ()


def test_what_was_entered_and_cancelled_on_one_day_stood_on_every_evening():
    # 31 due on 5 January; a payment of that day is typed and cancelled on the 8th: three months end on 5 April.
    for cancelled, on in [(date(2027, 1, 8), date(2027, 4, 5)), (date(2027, 1, 9), date(2027, 4, 9))]:
        typed = home("231.00", "0.00", aid="200.00")
        bill_months(typed, JAN)
        evenings(typed, JAN, date(2027, 1, 7))
        typed.pay("p", D("31.00"), date(2027, 1, 5), date(2027, 1, 8))
        if cancelled > date(2027, 1, 8):
            typed.evening(date(2027, 1, 8))
        typed.cancel("p", cancelled)
        assert [d for _, d, _ in evenings(typed, cancelled, date(2027, 4, 30)).impayes] == [on]


def test_a_right_that_begins_after_the_stay_is_no_benefit_here():
    # 450 a month due on the 5th, left on 14 November 2027, a right from December: no impayé.
    gone = home()
    bill_months(gone, date(2027, 10, 1), date(2027, 11, 1))
    gone.end(date(2027, 11, 15), date(2027, 11, 15))
    gone.set_right(Right(D("200.00"), date(2027, 12, 1)))
    assert evenings(gone, date(2027, 11, 15), date(2028, 3, 10)).impayes == ()


def test_who_does_not_receive_the_benefit_has_nothing_to_report():
    paid = home("500.00", "0.00")
    paid.set_right(Right(D("100.00"), date(2025, 6, 1), direct=False))
    bill_months(paid, FEB)
    assert evenings(paid, FEB, date(2027, 2, 28)).impayes == (("R2027", date(2027, 2, 5), None),)


def test_only_what_counts_keeps_an_impaye_going():
    # February's impayé is settled but for 10 of parking; May's is another one.
    parked = home("600.00", "0.00", aid="100.00", more={"PARKING": D("10.00")})
    bill_months(parked, FEB)
    evenings(parked, FEB, date(2027, 2, 20))
    parked.pay("p", D("500.00"), date(2027, 2, 21), date(2027, 2, 21))
    evenings(parked, date(2027, 2, 21), date(2027, 4, 30))
    bill_months(parked, date(2027, 5, 1))
    shown = evenings(parked, date(2027, 5, 1), date(2027, 5, 31))
    assert [(on, by) for _, on, by in shown.impayes] == [
        (date(2027, 2, 5), date(2027, 4, 5)), (date(2027, 5, 5), date(2027, 7, 5)),
    ]  # fmt: skip


def test_a_plan_does_not_end_what_was_constituted():
    planned = home("700.00", "0.00", aid="100.00")
    bill_months(planned, FEB)
    evenings(planned, FEB, date(2027, 2, 10))
    planned.hold("PLAN", FEB, None, date(2027, 2, 11))
    planned.release(FEB, date(2027, 6, 1))
    assert [on for _, on, _ in evenings(planned, date(2027, 2, 11), date(2027, 7, 1)).impayes] == [date(2027, 2, 5)]


# -- lives ----------------------------------------------------------------------------------------------------------


def test_lives_last_more_than_a_year_and_are_the_same_for_the_same_seed():
    lives = [draw_life(1, n) for n in range(1, 61)]
    assert all((LAST_DAY - life.contract.start).days > 366 for life in lives)
    assert lives == [draw_life(1, n) for n in range(1, 61)]
    assert lives[0] != draw_life(2, 1)


def test_every_kind_of_event_happens_in_the_lives_of_one_seed():
    kinds = {event.kind for n in range(1, 61) for event in draw_life(1, n).events}
    assert kinds == {
        "right", "right_ends", "notice", "end", "leave", "run", "send", "undo", "bank", "desk", "cancel", "aid",
        "close_aid", "hold", "release", "sign", "stop", "decide",
    }  # fmt: skip
