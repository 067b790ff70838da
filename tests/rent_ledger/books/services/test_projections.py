"""Account states: what is owed on which day (reading 1), and every way to refresh them ends where a rebuild does."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common import clock
from common.errors import Conflict
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.models import RentTerm
from office.access.actor import Actor
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.billing.services.runs import cancel, produce
from rent_ledger.billing.services.settlement import settle_months
from rent_ledger.books.codes import (
    FIRST_SUBLEDGER_ID,
    AccountKind,
    EntryKind,
    General,
    HoldKind,
    Lane,
)
from rent_ledger.books.services.accounts import benefit_accounts, tenant_accounts
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.books.services.projections import rebuild, refresh, refresh_ahead, roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, AccountState, Entry, OpenItem, RentDemand, RentRun
from tests.factories import make_demand, make_let, make_right, number, owe, pay

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-10-20")]
SYSTEM = Actor.system()
OCT_1, OCT_20, NOV_1, NOV_5 = date(2026, 10, 1), date(2026, 10, 20), date(2026, 11, 1), date(2026, 11, 5)
NOV, DEC, JAN, FEB = Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)


def give_back(account: int, amount: str, day: date) -> None:
    """Rent that is given back: in hand from now on, for the terms from `day` on."""
    line = NewPosting(General.RENT_INCOME, account, Decimal(amount), Nature.RENT, day, day.replace(day=1))
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, f"back:{number()}", OCT_1, (line,))], actor=SYSTEM)


def on(day: date, account: int, *fields: str) -> tuple[Any, ...]:
    """The state of `account` as it stands after the night of `day`."""
    with clock.travel(day):
        roll()
        assert check_ledger() == []
        state = AccountState.objects.get(account_id=account)
        return tuple(str(x) if isinstance(x := getattr(state, name), Decimal) else x for name in fields)


# ---------- reading 1: debt from the due day, arrears from the day after ----------


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 4), ("0.00", "0.00", "0.00", "400.00", None, None)),
        (date(2026, 11, 5), ("400.00", "0.00", "400.00", "0.00", NOV_5, NOV_5)),
        (date(2026, 11, 6), ("400.00", "400.00", "400.00", "0.00", NOV_5, NOV_5)),
    ],
    ids=["the day before", "the due day", "the day after"],
)
def test_a_debt_is_owed_on_its_due_day_and_late_from_the_day_after(day, expected):
    account = owe(lease=make_let(), due_on=NOV_5, amount="400.00")
    found = on(day, account, "debt", "arrears", "counted", "upcoming", "oldest_due", "in_debt_since")
    assert found == expected


@pytest.mark.parametrize("day", [NOV_5, date(2026, 11, 6)], ids=["the due day", "the day after"])
def test_what_is_posted_on_the_day_itself_is_late_no_earlier(day):
    """The same boundary where the account is refreshed by an entry of that day, not by the night."""
    with clock.travel(day):
        account = owe(lease=make_let(), due_on=NOV_5, amount="400.00")
        state = AccountState.objects.get(account_id=account)
        assert (state.debt, state.arrears) == (400, 0 if day == NOV_5 else 400)


def test_a_cent_left_is_a_debt_and_is_late_the_day_after():
    account = owe(lease=make_let(), due_on=NOV_5, amount="400.00")
    pay(account=account, on=date(2026, 10, 30), amount="399.99")
    assert on(NOV_5, account, "debt", "arrears") == ("0.01", "0.00")
    assert on(date(2026, 11, 6), account, "debt", "arrears") == ("0.01", "0.01")


def test_parking_is_late_and_not_counted():
    account = owe(lease=make_let(), due_on=NOV_5, amount="30.00", nature=Nature.PARKING)
    assert on(date(2026, 11, 6), account, "debt", "arrears", "counted") == ("30.00", "30.00", "0.00")


def test_a_held_debt_is_owed_and_neither_late_nor_the_oldest():
    account = owe(lease=make_let(), due_on=OCT_1, amount="400.00")
    [debt] = OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True)
    owe(lease=Account.objects.get(pk=account).lease, due_on=NOV_5, amount="50.00")
    hold_debt(posting_ids=[debt], kind=HoldKind.PLAN, reason="Plan", until=date(2026, 12, 1), actor=SYSTEM)
    fields = ("debt", "arrears", "counted", "held", "oldest_due", "in_debt_since")
    assert on(NOV_5, account, *fields) == ("450.00", "0.00", "50.00", "400.00", NOV_5, OCT_1)
    assert on(date(2026, 11, 30), account, *fields) == ("450.00", "50.00", "50.00", "400.00", NOV_5, OCT_1)
    assert on(date(2026, 12, 1), account, *fields) == ("450.00", "450.00", "450.00", "0.00", OCT_1, OCT_1)


def test_a_debt_held_on_its_due_day_is_held_that_day_and_one_to_come_is_not_yet():
    account = owe(lease=make_let(), due_on=OCT_20, amount="400.00")
    owe(lease=Account.objects.get(pk=account).lease, due_on=NOV_5, amount="50.00")
    debts = OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True)
    hold_debt(posting_ids=list(debts), kind=HoldKind.DISPUTE, reason="Montant contesté", actor=SYSTEM)
    fields = ("debt", "arrears", "counted", "held", "upcoming", "oldest_due")
    assert on(OCT_20, account, *fields) == ("400.00", "0.00", "0.00", "400.00", "50.00", None)
    assert on(NOV_5, account, *fields) == ("450.00", "0.00", "0.00", "450.00", "0.00", None)


def test_what_a_household_has_in_hand_is_no_debt_whatever_it_is_for():
    """20.00 of rent given back since 1 October, 30.00 on 5 November: an advance, neither late, counted nor to come."""
    lease = make_let()
    account = tenant_accounts([lease.pk])[lease.pk]
    give_back(account, "20.00", OCT_1)
    give_back(account, "30.00", NOV_5)
    fields = ("debt", "arrears", "counted", "held", "upcoming", "credit", "oldest_due", "in_debt_since")
    assert on(OCT_20, account, *fields) == ("0.00", "0.00", "0.00", "0.00", "0.00", "50.00", None, None)


def test_a_debt_taken_over_and_held_is_held_on_the_account_that_owes_it():
    """100.00 of debt goes from one account to another, which disputes it; what the first is given is its advance."""
    first, second = (tenant_accounts([lease.pk])[lease.pk] for lease in (make_let(), make_let()))
    line = NewPosting(second, first, Decimal("100.00"), Nature.RENT, OCT_1)
    [moved] = post(entries=[NewEntry(EntryKind.ADJUSTMENT, "moved", OCT_1, (line,))], actor=SYSTEM)
    hold_debt(posting_ids=moved.posting_ids, kind=HoldKind.DISPUTE, reason="Montant contesté", actor=SYSTEM)
    refresh(account_ids=[first, second])
    states = AccountState.objects.filter(account_id__in=(first, second)).order_by("account_id")
    assert list(states.values_list("debt", "held", "credit")) == [(0, 0, 100), (100, 100, 0)]


def test_who_pays_what_is_late_is_out_of_its_lane_at_once():
    """480.00 a month: 720.00 late are 1.50 terms. 480.00 to come are not late."""
    lease = make_let(rent="400.00", charges="80.00")
    account = owe(lease=lease, due_on=OCT_1, amount="720.00")
    owe(lease=lease, due_on=NOV_5, amount="480.00")
    state = AccountState.objects.get(account_id=account)
    assert (state.terms, state.lane) == (Decimal("1.50"), Lane.NEW)
    assert state.action
    assert state.reason
    pay(account=account, on=OCT_20, amount="720.00")
    state.refresh_from_db()
    assert (state.terms, state.lane, state.action, state.reason) == (0, Lane.NONE, "", None)


def test_money_beside_a_held_debt_may_be_more_than_it():
    """300.00 disputed, 300.00 received beside it: the balance is at zero, and the account in debt since no day, though
    50.00 to come are taken from what was received."""
    account = owe(lease=make_let(), due_on=OCT_1, amount="300.00")
    debts = OpenItem.objects.filter(account_id=account).values_list("posting_id", flat=True)
    hold_debt(posting_ids=list(debts), kind=HoldKind.DISPUTE, reason="Montant contesté", actor=SYSTEM)
    assert on(OCT_20, account, "debt", "in_debt_since") == ("300.00", OCT_1)
    pay(account=account, on=OCT_20, amount="300.00")
    owe(lease=Account.objects.get(pk=account).lease, due_on=NOV_5, amount="50.00")
    assert on(OCT_20, account, "debt", "credit", "in_debt_since") == ("300.00", "250.00", None)


def test_aid_in_hand_and_what_the_household_owes_are_no_aid_that_is_awaited():
    """30.00 of aid came for a month that asks for none yet, and the household owes 400.00: nothing is awaited."""
    lease = make_let()
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    account = owe(lease=lease, due_on=OCT_1, amount="400.00")
    aid = benefit_accounts([(lease.pk, right.payer_id)])[lease.pk, right.payer_id]
    line = NewPosting(General.BENEFIT_TRANSIT, aid, Decimal("30.00"), Nature.BENEFIT, OCT_1, NOV_1)
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "early", OCT_1, (line,))], actor=SYSTEM)
    assert on(OCT_20, account, "debt", "aid_pending") == ("400.00", "0.00")


@pytest.mark.parametrize(("day", "pending"), [(date(2026, 11, 24), "0.00"), (date(2026, 11, 25), "250.00")])
def test_aid_is_pending_from_the_day_on_which_it_is_paid_and_is_never_late(day, pending):
    lease = make_let()
    make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    produce(run=RentRun.objects.create(month=NOV_1), lease_ids=[lease.pk], actor=SYSTEM)
    account = Account.objects.get(lease=lease, kind="TENANT").pk
    pay(account=account, on=date(2026, 10, 20), amount="230.00")
    assert on(day, account, "aid_pending", "debt", "arrears") == (pending, "0.00", "0.00")


@pytest.mark.parametrize("day", [date(2026, 11, 4), date(2026, 11, 12)], ids=["due to come", "due already"])
def test_a_demand_gives_the_account_its_term_and_undone_takes_it_back(day):
    lease = make_let(rent="300.00", charges="40.00", due_day=5)
    with clock.travel(day):
        account = owe(lease=lease, due_on=OCT_1, amount="50.00")
        states = AccountState.objects.filter(account_id=account)
        assert states.values_list("net_term", "gross_term").get() == (None, None)
        run = RentRun.objects.create(month=NOV_1, state="DONE")
        produce(run=run, lease_ids=[lease.pk], actor=SYSTEM)
        assert states.values_list("net_term", "gross_term").get() == (340, 340)
        RentRun.objects.filter(pk=run.pk).update(state="UNDOING")
        cancel(run_id=run.pk, actor=SYSTEM)
        assert states.values_list("net_term", "gross_term").get() == (None, None)


def test_the_first_account_of_a_household_is_read_like_the_others():
    """100.00 paid on 2 October, 30.00 on the 5th; the first payment is returned on the 9th: 70.00 owed since."""
    account = Account.objects.create(id=FIRST_SUBLEDGER_ID, kind=AccountKind.PRIOR_DEBT, code="411", label="Ancien").pk
    line = NewPosting(account, General.RENT_INCOME, Decimal("100.00"), Nature.PRIOR, OCT_1)
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "prior", OCT_1, (line,))], actor=SYSTEM)
    paid = pay(account=account, on=date(2026, 10, 2), amount="100.00")
    pay(account=account, on=date(2026, 10, 5), amount="30.00")
    back = date(2026, 10, 9)
    reverse(entry_ids=[paid], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=back)
    state = AccountState.objects.get(account_id=account)
    assert (state.debt, state.in_debt_since, state.last_return_on) == (Decimal("70.00"), back, back)
    assert (state.last_payment_on, state.last_payment) == (date(2026, 10, 5), Decimal("30.00"))


def test_the_last_return_is_the_last_payment_that_the_bank_took_back():
    """Returned on the 15th, then on the 9th; a payment that we undo is no return, nor is aid that goes back."""
    account = owe(lease=make_let(), due_on=OCT_1, amount="500.00")
    first, second, third = (pay(account=account, on=date(2026, 10, day), amount="10.00") for day in (2, 3, 4))
    line = NewPosting(General.BENEFIT_TRANSIT, account, Decimal("60.00"), Nature.BENEFIT, OCT_1, OCT_1)
    [aid] = post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "aid", OCT_1, (line,))], actor=SYSTEM)
    for entry, day in ((first, 15), (second, 9), (aid.id, 18)):
        reverse(entry_ids=[entry], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=date(2026, 10, day))
    reverse(entry_ids=[third], actor=SYSTEM, effective_on=date(2026, 10, 19))
    state = AccountState.objects.get(account_id=account)
    assert (state.last_return_on, state.last_payment_on) == (date(2026, 10, 15), None)


# Moves: (day of October or November, amount: > 0 owed, < 0 paid); the state is read on 20 November.
STRETCHES = [
    ("one debt", [("10-05", 100)], "10-05"),
    ("paid on its due day: never in debt", [("10-05", 100), ("10-05", -100), ("11-05", 50)], "11-05"),
    ("paid the day after: at zero that evening", [("10-05", 100), ("10-06", -100), ("11-05", 50)], "11-05"),
    ("two equal debts of a day, one of them paid", [("10-05", 100), ("10-05", 100), ("10-06", -100)], "10-05"),
    ("two equal payments of a day", [("10-05", 200), ("10-06", -100), ("10-06", -100), ("11-05", 50)], "11-05"),
    ("a cent left keeps the stretch", [("10-05", 100), ("10-06", "-99.99"), ("11-05", 50)], "10-05"),
    ("paid in advance and short", [("10-01", -60), ("10-05", 100)], "10-05"),
    ("paid in advance in full, then a term", [("10-01", -100), ("10-05", 100), ("11-05", 50)], "11-05"),
    ("an older term than the one paid", [("10-05", 100), ("11-05", 100), ("11-06", -100)], "10-05"),
    ("a term to come is none yet", [("10-05", 100), ("10-08", -100), ("11-21", 100)], None),
    ("a term of today is one", [("10-05", 100), ("10-08", -100), ("11-20", 100)], "11-20"),
]


@pytest.mark.parametrize(("moves", "since"), [case[1:] for case in STRETCHES], ids=[case[0] for case in STRETCHES])
def test_in_debt_since_the_first_evening_above_zero_of_the_running_stretch(moves, since):
    lease = make_let()
    for day, amount in moves:
        when, euros = date.fromisoformat(f"2026-{day}"), Decimal(amount)
        if euros > 0:
            account = owe(lease=lease, due_on=when, amount=str(euros))
        else:
            account = AccountState.objects.get_or_create(
                account_id=owe(lease=lease, due_on=date(2027, 6, 1), amount="1.00"), defaults={"as_of": when}
            )[0].account_id
            line = NewPosting(General.CASH, account, -euros, Nature.PAYMENT, when)
            post(entries=[NewEntry(EntryKind.PAYMENT, f"m:{number()}", when, (line,))], actor=SYSTEM)
    assert on(date(2026, 11, 20), account, "in_debt_since") == (since and date.fromisoformat(f"2026-{since}"),)


# ---------- each way to refresh ends where a rebuild does ----------


def test_a_run_of_an_earlier_month_leaves_the_last_demand_the_later_one():
    """December at 320.00 was made first: November, at 300.00, is not the last demand. No full refresh is asked for."""
    lease = make_let(rent="300.00", charges="0")
    RentTerm.objects.filter(lease=lease).update(period=period(date(2026, 1, 1), date(2026, 12, 1)))
    RentTerm.objects.create(lease=lease, nature="RENT", amount=Decimal("320.00"), period=period(date(2026, 12, 1)))
    with clock.travel(date(2026, 10, 20)):
        for month in (date(2026, 12, 1), date(2026, 11, 1)):
            run = RentRun.objects.create(month=month, state="DONE")
            produce(run=run, lease_ids=[lease.pk], actor=SYSTEM)
        state = AccountState.objects.get(account__lease=lease)
    assert (state.net_term, state.gross_term, state.upcoming) == (
        Decimal("320.00"),
        Decimal("320.00"),
        Decimal("620.00"),
    )


def test_of_a_month_in_which_the_contract_ended_the_term_is_the_one_of_the_contract():
    """310.00 a month, to 10 December: 10 days of 31 are a term of 100.00, the 21 after them an indemnity of 210.00. A
    run of November, made after it, leaves it so."""
    lease = make_let(rent="310.00", charges="0")
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 12, 11)), "ENDED", "UNKNOWN"
    lease.save()
    terms = AccountState.objects.filter(account__lease=lease).values_list("net_term", "gross_term")
    for month in (DEC, NOV):
        produce(run=RentRun.objects.create(month=month.first, state="DONE"), lease_ids=[lease.pk], actor=SYSTEM)
        assert terms.get() == (100, 100)
    asked = RentDemand.objects.order_by("month", "net").values_list("kind", "net")
    assert list(asked) == [("TERM", 310), ("TERM", 100), ("INDEMNITY", 210)]


def test_a_term_to_come_is_added_to_the_states_of_its_day_alone():
    """What `refresh_ahead` writes, and on which accounts. The demands of December are not written yet."""
    names = ("late", "in hand", "covered", "billed further", "of yesterday")
    leases = {name: make_let() for name in names}
    accounts = {name: tenant_accounts([lease.pk])[lease.pk] for name, lease in leases.items()}
    for day, amount in ((OCT_1, "50.00"), (OCT_20, "30.00"), (NOV_5, "400.00")):
        owe(lease=leases["late"], due_on=day, amount=amount)
    make_demand(lease=leases["late"], month=NOV_1, net="400.00", account=accounts["late"])
    give_back(accounts["in hand"], "25.00", NOV_5)
    refresh(account_ids=[accounts["covered"]])
    owe(lease=leases["billed further"], due_on=date(2027, 1, 5), amount="310.00")
    make_demand(lease=leases["billed further"], month=JAN.first, net="310.00", account=accounts["billed further"])
    owe(lease=leases["billed further"], due_on=date(2027, 2, 5), amount="330.00")
    make_demand(lease=leases["billed further"], month=FEB.first, net="330.00", account=accounts["billed further"])
    with clock.travel(date(2026, 10, 19)):
        owe(lease=leases["of yesterday"], due_on=NOV_5, amount="70.00")
    AccountState.objects.update(upcoming=9, credit=9, net_term=9, gross_term=9)

    asked = {account: (Decimal(300 + rank), Decimal(500 + rank)) for rank, account in enumerate(accounts.values())}
    done = refresh_ahead(month=DEC, asked=asked, day=OCT_20)

    assert done == {accounts[name] for name in names if name != "of yesterday"}
    read = {row[0]: row[1:] for row in AccountState.objects.values_list(
        "account_id", "upcoming", "credit", "net_term", "gross_term", "debt", "as_of")}  # fmt: skip
    assert {name: read[account] for name, account in accounts.items()} == {
        "late": (400, 0, 300, 500, 80, OCT_20),
        "in hand": (0, 25, 301, 501, 0, OCT_20),
        "covered": (0, 0, 302, 502, 0, OCT_20),
        "billed further": (640, 0, 330, 330, 0, OCT_20),
        "of yesterday": (9, 9, 9, 9, 0, date(2026, 10, 19)),
    }


def test_the_term_to_come_is_the_new_demand_s_beside_an_indemnity_of_its_month():
    lease = make_let()
    account = owe(lease=lease, due_on=date(2026, 12, 5), amount="210.00")
    make_demand(lease=lease, month=DEC.first, net="210.00", account=account)
    RentDemand.objects.filter(lease=lease).update(kind="INDEMNITY")
    assert refresh_ahead(month=DEC, asked={account: (Decimal("100.00"), Decimal("100.00"))}, day=OCT_20) == {account}
    assert AccountState.objects.get(account_id=account).net_term == 100


def statements(what: Callable[[], object]) -> list[str]:
    """The statements of a call, without those that open and end it."""
    with CaptureQueriesContext(connection) as seen:
        what()
    return [sql for query in seen.captured_queries if "SAVEPOINT" not in (sql := query["sql"])]


def test_only_what_can_have_changed_is_read():
    """docs/adr/0011, and of accounts that owe nothing, or nothing late, neither the stretch in debt nor the lane, nor
    what their cases ask."""
    at_zero, owing = (tenant_accounts([lease.pk])[lease.pk] for lease in (make_let(), make_let()))
    pay(account=at_zero, on=OCT_1, amount="10.00")
    owe(lease=Account.objects.get(pk=owing).lease, due_on=OCT_20, amount="10.00")
    for read in (statements(lambda: refresh(account_ids=[at_zero])), statements(lambda: refresh(account_ids=[owing]))):
        assert not [sql for sql in read if "rent_ledger_arrearscase" in sql or "office_task" in sql]
    assert len(statements(lambda: refresh(account_ids=[]))) == 1  # whose accounts
    assert len(statements(lambda: refresh(account_ids=[at_zero]))) == 2  # whose accounts, their states
    assert len(statements(lambda: refresh(account_ids=[at_zero, owing]))) == 3  # and since when
    [seen] = [sql for sql in statements(lambda: refresh(account_ids=[owing])) if "WITH moves" in sql]
    assert f"'{{{owing}}}'" in seen
    assert f"{{{at_zero}" not in seen
    paid = statements(lambda: refresh(account_ids=[at_zero], payments={}))
    assert not [sql for sql in paid if "rent_ledger_rentdemand" in sql or "rent_ledger_entry" in sql]


def test_the_state_of_a_benefit_s_account_is_its_household_s():
    aided = make_let()
    right = make_right(lease=aided, amount="250.00", start=date(2026, 2, 1))
    aid = benefit_accounts([(aided.pk, right.payer_id)])[aided.pk, right.payer_id]
    accounts = [owe(lease=lease, due_on=NOV_5, amount="400.00") for lease in (aided, make_let())]
    with clock.travel(NOV_5):
        assert refresh(account_ids=[aid]) == 1
    assert list(AccountState.objects.order_by("pk").values_list("pk", "as_of", "debt")) == [
        (accounts[0], NOV_5, 400),
        (accounts[1], OCT_20, 0),
    ]


# ---------- the night ----------


def test_the_night_refreshes_what_the_day_can_move():
    """No night was run since October. One owes since then, another since 4 November; the state of a third is of today
    already, by a payment. A fourth is at zero, a fifth has an advance: only their day changes. Aid that is due moves
    the household's account."""
    owing, due, paid_today, at_zero, ahead, aided = (make_let() for _ in range(6))
    old = owe(lease=owing, due_on=OCT_1, amount="100.00")
    new = owe(lease=due, due_on=date(2026, 11, 4), amount="200.00")
    zero = owe(lease=at_zero, due_on=date(2026, 12, 5), amount="300.00")
    right = make_right(lease=aided, amount="90.00", start=date(2026, 2, 1))
    pair = (aided.pk, right.payer_id)
    tenant, aid = tenant_accounts([aided.pk])[aided.pk], benefit_accounts([pair])[pair]
    line = NewPosting(aid, General.RENT_INCOME, Decimal("90.00"), Nature.BENEFIT, NOV_5, OCT_1)
    post(entries=[NewEntry(EntryKind.ADJUSTMENT, "aid", OCT_1, (line,))], actor=SYSTEM)
    early = tenant_accounts([paid_today.pk])[paid_today.pk]
    give_back(tenant_accounts([ahead.pk])[ahead.pk], "40.00", NOV_5)
    with clock.travel(NOV_5):
        pay(account=early, on=NOV_5, amount="10.00")
        assert roll() == 3  # old, new, tenant
        states = {s.account_id: s for s in AccountState.objects.all()}
        assert {s.as_of for s in states.values()} == {NOV_5}
        assert (states[old].debt, states[new].debt, states[zero].upcoming, states[tenant].aid_pending) == (
            100, 200, 300, 90,
        )  # fmt: skip
        assert check_ledger() == []


def test_a_second_night_of_a_day_writes_nothing_and_an_earlier_one_nothing_back():
    """Though a debt was held to the day before: its account has nothing in hand, the one that has owes nothing."""
    first, second = (tenant_accounts([lease.pk])[lease.pk] for lease in (make_let(), make_let()))
    line = NewPosting(second, first, Decimal("100.00"), Nature.RENT, OCT_1)
    [moved] = post(entries=[NewEntry(EntryKind.ADJUSTMENT, "moved", OCT_1, (line,))], actor=SYSTEM)
    hold_debt(posting_ids=moved.posting_ids, kind=HoldKind.PLAN, reason="Plan", until=NOV_5, actor=SYSTEM)

    def written() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT account_id, ctid, as_of FROM rent_ledger_accountstate ORDER BY 1")
            return list(cursor.fetchall())

    with clock.travel(NOV_5):
        assert roll() == 1
        before = written()
        assert (roll(), written()) == (0, before)
        assert (roll(day=OCT_20), written()) == (0, before)


# ---------- the rebuild ----------


def test_both_projections_are_made_again_from_the_books_alone():
    """Demands with aid and without, one paid, one in part, one paid back, aid of a month to come, money in hand."""
    aided, paid, part = (make_let(rent="300.00", charges="40.00", due_day=5) for _ in range(3))
    right = make_right(lease=aided, amount="210.00", start=date(2026, 2, 1))
    produce(run=RentRun.objects.create(month=NOV_1), lease_ids=[aided.pk, paid.pk, part.pk], actor=SYSTEM)
    accounts = tenant_accounts([aided.pk, paid.pk, part.pk])
    pay(account=accounts[paid.pk], on=OCT_20, amount="400.00")
    pay(account=accounts[part.pk], on=OCT_20, amount="100.00")
    returned = pay(account=accounts[part.pk], on=OCT_20, amount="50.00")
    reverse(entry_ids=[returned], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=OCT_20)
    pair = (aided.pk, right.payer_id)
    line = NewPosting(
        General.BENEFIT_TRANSIT, benefit_accounts([pair])[pair], Decimal("70.00"), Nature.BENEFIT, OCT_20, NOV_1
    )
    post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, "part", OCT_20, (line,))], actor=SYSTEM)

    def both() -> tuple[list[Any], list[Any]]:
        items = OpenItem.objects.order_by("posting_id", "is_debit").values()
        return list(items), list(AccountState.objects.order_by("pk").values())

    before = both()
    left = {(i["account_id"], i["nature"], i["is_debit"]): str(i["remaining"]) for i in before[0]}
    assert left == {
        (accounts[aided.pk], "RENT", True): "90.00",
        (accounts[aided.pk], "CHARGES", True): "40.00",
        (benefit_accounts([pair])[pair], "BENEFIT", True): "140.00",
        (accounts[paid.pk], "PAYMENT", False): "60.00",
        (accounts[part.pk], "RENT", True): "200.00",
        (accounts[part.pk], "CHARGES", True): "40.00",
    }
    OpenItem.objects.filter(account_id=accounts[part.pk]).delete()
    OpenItem.objects.update(remaining=1, due_on=OCT_1)
    AccountState.objects.update(debt=1, net_term=1, last_payment=1)
    assert rebuild() == (6, 3)
    assert both() == before
    # Nothing is posted meanwhile.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'rent_ledger_entry'::regclass "
            "AND mode = 'ShareRowExclusiveLock' AND granted"
        )
        assert cursor.fetchone()
    # As of another day too: the terms of 5 November are owed.
    assert rebuild(day=NOV_5) == (6, 3)
    assert sum(s.debt for s in AccountState.objects.filter(as_of=NOV_5)) == Decimal("370.00")


# ---------- any life ----------


STEP = st.tuples(
    st.sampled_from(
        ["bill", "bill", "bill", "pay", "pay", "pay earlier", "return", "cancel", "aid", "early aid", "hold", "release",
         "undo", "day", "day"]
    ),
    st.integers(0, 60_000),
)  # fmt: skip


class TestAnyLife(TestCase):
    """Whatever happened, in whatever order: every column of every state is what a full refresh makes of the books."""

    @given(st.lists(STEP, min_size=3, max_size=12))
    @settings(max_examples=15)
    def test_states_are_those_of_a_full_refresh(self, steps):
        life = Life()
        for what, figure in steps:
            with clock.travel(life.day):
                life.step(what, figure)
            with clock.travel(life.day):
                found = life.states()
                with transaction.atomic():
                    refresh(account_ids=None)
                    assert found == life.states(), what
                    transaction.set_rollback(True)
        with clock.travel(life.day):
            assert check_ledger() == []


class Life:
    """A lease with aid, and one without, from 20 September 2026."""

    def __init__(self) -> None:
        self.day = date(2026, 9, 20)
        self.month = Month(2026, 10)
        self.leases = [make_let(rent="300.00", charges="40.00", due_day=5), make_let(rent="200.00", charges="0")]
        self.right = make_right(lease=self.leases[0], amount="210.00", start=date(2026, 2, 1))
        with clock.travel(self.day):
            self.accounts = [owe(lease=lease, due_on=self.day, amount="10.00") for lease in self.leases]
        self.payments: list[int] = []

    def states(self) -> list[dict[str, Any]]:
        return list(AccountState.objects.order_by("pk").values())

    def step(self, what: str, figure: int) -> None:
        account = self.accounts[figure % 2]
        if what == "bill":
            run, _ = RentRun.objects.get_or_create(month=self.month.first, state="DONE")
            produce(run=run, lease_ids=[lease.pk for lease in self.leases], actor=SYSTEM)
            self.month = self.month.plus(1)
        elif what.startswith("pay"):
            when = self.day - timedelta(days=figure % 20) if what == "pay earlier" else self.day
            self.payments.append(pay(account=account, on=when, amount=str(Decimal(figure + 1) / 100)))
        elif what in ("return", "cancel") and self.payments:
            entry = self.payments.pop(figure % len(self.payments))
            if what == "return":
                reverse(entry_ids=[entry], actor=SYSTEM, kind=EntryKind.RETURN, effective_on=self.day)
            else:
                reverse(entry_ids=[entry], actor=SYSTEM)
        elif what == "aid":
            self.receive_aid(self.month.plus(-1 - figure % 2).first, Decimal(figure % 30_000 + 1) / 100)
        elif what == "early aid":
            self.receive_aid(self.month.first, Decimal(figure % 30_000 + 1) / 100)
        elif what == "hold":
            debts = OpenItem.objects.filter(account_id=account, is_debit=True, due_on__lte=self.day)
            held = debts.order_by("due_on", "posting_id").values_list("posting_id", flat=True)[:1]
            until = self.day + timedelta(days=figure % 40) if figure % 40 else None
            if held:
                with suppress(Conflict):  # held already
                    hold_debt(posting_ids=held, kind=HoldKind.DISPUTE, reason="x", until=until, actor=SYSTEM)
        elif what == "release":
            held = OpenItem.objects.filter(account_id=account, is_debit=True).values_list("posting_id", flat=True)
            release_debt(posting_ids=list(held), actor=SYSTEM)
        elif what == "undo":
            last = RentDemand.objects.filter(state="ISSUED").order_by("-month").values_list("run_id", flat=True).first()
            if last is not None:
                with suppress(Conflict), transaction.atomic():  # money lies on it
                    RentRun.objects.filter(pk=last).update(state="UNDOING")
                    cancel(run_id=last, actor=SYSTEM)
                    self.month = self.month.plus(-1)
        elif what == "day":
            self.day += timedelta(days=1 + figure % 25)
            with clock.travel(self.day):
                roll()

    def receive_aid(self, month: date, amount: Decimal) -> None:
        pair = (self.right.lease_id, self.right.payer_id)
        account = benefit_accounts([pair])[pair]
        line = NewPosting(General.BENEFIT_TRANSIT, account, amount, Nature.BENEFIT, self.day, month)
        key = f"aid:{number()}"
        post(entries=[NewEntry(EntryKind.BENEFIT_RECEIVED, key, self.day, (line,))], actor=SYSTEM)
        assert Entry.objects.filter(idempotency_key=key).exists()
        settle_months(pairs={(account, month)}, on=self.day, actor=SYSTEM)
