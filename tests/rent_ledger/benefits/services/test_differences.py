"""When a difference of aid counts, and months that a correction changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from common import clock
from common.periods import Month, period
from leases.contracts.natures import Nature
from leases.contracts.services.ending import record_notice
from rent_ledger.arrears.queries.defaults import unpaid_terms
from rent_ledger.benefits.services.benefit_statements import (
    assign_benefit_line,
)
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.queries.terms import term_states
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.runs import cancel
from rent_ledger.billing.services.settlement import (
    settle_benefit_month,
    settle_received_months,
)
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.queries.statement import statement
from rent_ledger.books.services.projections import roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import (
    Allocation,
    BenefitLine,
    Entry,
    OpenItem,
    Posting,
    RentDemand,
    RentRun,
)
from tests.factories import make_actor, make_let, make_payer, make_right, pay
from tests.rent_ledger.aids import NOV, PAID, SYSTEM, bill, bring, housed
from tests.rent_ledger.banking import balance
from tests.rent_ledger.benefits.services.test_benefits import aid_account, state

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-26")]


# -- when a difference counts, and months that a correction changed ---------------------------------------------------


def test_a_shortfall_is_a_debt_from_its_due_day_not_from_the_settlement():
    """Readings 1 and 4: settled on 25 November, due on 1 December, in arrears on the 2nd."""
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    entry = Posting.objects.get(nature=Nature.SHORTFALL).entry
    assert (entry.effective_on, entry.booked_on, entry.recorded_at.date()) == (
        date(2026, 12, 1), PAID, date(2026, 11, 26),
    )  # fmt: skip
    seen = {}
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2)):
        with clock.travel(day):
            roll()
            found = state(lease)
            seen[day.day] = (str(found.debt), str(found.arrears), found.in_debt_since)
            assert statement(found.account_id).remaining == found.debt
            assert check_ledger() == []
    assert seen == {
        30: ("0.00", "0.00", None),
        1: ("50.00", "0.00", date(2026, 12, 1)),
        2: ("50.00", "50.00", date(2026, 12, 1)),
    }


def test_what_the_payer_left_of_a_month_is_asked_with_the_term_on_whose_demand_it_is_printed():
    """Reading 4: 50,00 of November are due with December's term: 230,00 paid, they are left of the 280,00 asked."""
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    bill(lease, date(2026, 12, 1))
    with clock.travel(date(2026, 12, 3)):
        roll()
        account = state(lease).account_id
        pay(account=account, on=date(2026, 12, 2), amount="230.00")
        [term] = unpaid_terms([account], day=date(2026, 12, 3))[account]
    assert (term.month, term.due_on) == (date(2026, 12, 1), date(2026, 12, 1))
    assert (term.asked, term.remaining) == (Decimal("280.00"), Decimal("50.00"))


def leave(lease, on: date) -> None:
    """The household left: `on` is the first day without it."""
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), on), "ENDED", "UNKNOWN"
    lease.save()
    lease.occupancies.update(period=period(date(2026, 1, 1), on), main_period=period(date(2026, 1, 1), on))


def test_a_month_closed_as_stopped_is_settled_again_when_the_household_left_in_it():
    """400 + 50, aid of 200 stopped; left on the 15th: 225 due. 250 paid: nothing owed, 25 in advance."""
    lease = make_let(rent="400.00", charges="50.00")
    right = make_right(lease=lease, amount="200.00", start=date(2026, 2, 1))
    bill(lease, NOV)
    pay(account=state(lease).account_id, on=NOV, amount="250.00")
    settle_benefit_month(lease_id=lease.pk, month=Month(2026, 11), reason="Droit suspendu", actor=make_actor())
    leave(lease, date(2026, 11, 16))
    assert correct_all(actor=make_actor()) == 1
    with clock.travel(date(2026, 12, 6)):
        roll()
        found = state(lease)
        assert (str(found.debt), str(found.upcoming), str(found.credit)) == ("0.00", "0.00", "25.00")
        assert balance(aid_account(right)) == 0
        assert check_ledger() == []


def test_aid_received_for_the_month_of_exit_is_credit_as_soon_as_the_exit_is_known():
    """480 billed, aid of 250 received; left on the 15th: 240 due, 230 + 250 came: 240 in advance."""
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    leave(lease, date(2026, 11, 16))
    correct_all(actor=make_actor())
    assert (str(state(lease).debt), str(state(lease).credit)) == ("0.00", "240.00")
    assert balance(aid_account(right)) == 0
    assert check_ledger() == []


def test_the_aid_of_a_corrected_month_lies_on_it_before_the_money_in_hand():
    """Reading 5: of the 240 due, the aid of 250 pays all. The household's 230 are free: a return touches no debt."""
    lease, right = housed()
    account = state(lease).account_id
    pay(account=account, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    leave(lease, date(2026, 11, 16))
    correct_all(actor=make_actor())
    demand = RentDemand.objects.get(lease=lease, state=DemandState.ISSUED)
    laid = Allocation.objects.filter(debit_posting__entry=demand.entry_id).values_list("credit_posting__nature")
    assert {nature: str(amount) for nature, amount in laid.annotate(Sum("amount"))} == {"BENEFIT": "240.00"}
    free = OpenItem.objects.filter(account=account, is_debit=False).values_list("nature", "remaining")
    assert {nature: str(amount) for nature, amount in free} == {"BENEFIT": "10.00", "PAYMENT": "230.00"}


def test_aid_that_still_comes_once_it_is_known_too():
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    leave(lease, date(2026, 11, 16))
    correct_all(actor=make_actor())
    # Without the aid the days left ask more than was asked: that leaves days to pay.
    assert (str(state(lease).upcoming), balance(aid_account(right))) == ("10.00", 0)
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    assert (str(state(lease).upcoming), str(state(lease).credit)) == ("0.00", "240.00")


@pytest.mark.parametrize(
    ("left_on", "staying_to", "credit"),
    [(date(2026, 12, 1), None, "250.00"), (date(2026, 12, 1), date(2026, 12, 20), "0.00"), (None, None, "0.00")],
    ids=["left on the last day", "stays without contract", "stays"],
)
def test_aid_for_a_month_that_is_never_billed_waits_for_no_demand(left_on, staying_to, credit):
    """December's aid comes on 5 December; December is billed only to who still lives there."""
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    if left_on:
        leave(lease, left_on)
    if staying_to:
        span = period(date(2026, 1, 1), staying_to)
        lease.occupancies.update(period=span, main_period=span)
    with clock.travel(date(2026, 12, 5)):
        bring(right.payer, (right.beneficiary_number, "12/2026", "250,00"), on=date(2026, 12, 5))
    assert str(state(lease).credit) == credit
    assert balance(aid_account(right)) == Decimal(credit) - 250


@pytest.mark.parametrize(("last_day", "credit"), [(date(2026, 11, 30), "250.00"), (date(2026, 12, 1), "0.00")])
def test_aid_for_a_month_after_the_day_of_a_notice_waits_for_no_demand(last_day, credit):
    """December's aid comes before the household leaves: nothing will be billed after 30 November, 1 December will."""
    lease, right = housed()
    pay(account=state(lease).account_id, on=NOV, amount="230.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    record_notice(actor=make_actor(), lease=lease, received_on=PAID, last_day=last_day, short_reason="Accord")
    bring(right.payer, (right.beneficiary_number, "12/2026", "250,00"))
    assert str(state(lease).credit) == credit
    assert balance(aid_account(right)) == Decimal(credit) - 250


def test_aid_that_waited_is_settled_with_the_correction_of_an_end():
    """November waits for its demand; the contract ended on 31 October: it will not come."""
    lease, right = housed(billed=False)
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    assert str(balance(aid_account(right))) == "-250.00"
    leave(lease, NOV)
    correct_all(actor=make_actor(), lease_ids=[lease.pk])
    assert (str(state(lease).credit), balance(aid_account(right))) == ("250.00", 0)


def test_aid_awaited_is_not_settled_by_a_run():
    lease, right = housed()
    assert settle_received_months(lease_ids=[lease.pk], actor=SYSTEM) == 0
    assert balance(aid_account(right)) == Decimal("250.00")


def test_aid_for_a_month_undone_waits_though_a_later_one_is_billed():
    """November undone, December billed, November's aid comes, November billed again: nothing was missing."""
    lease, right = housed()
    bill(lease, date(2026, 12, 1))
    undone = RentRun.objects.get(month=NOV)
    RentRun.objects.filter(pk=undone.pk).update(state="UNDOING")
    cancel(run_id=undone.pk, actor=SYSTEM)
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    assert not Entry.objects.filter(kind=EntryKind.BENEFIT_SETTLED).exists()
    bill(lease, NOV)
    settle_received_months(lease_ids=[lease.pk], actor=SYSTEM)
    assert not Entry.objects.filter(kind=EntryKind.BENEFIT_SETTLED).exists()
    assert balance(aid_account(right)) == Decimal("250.00")  # December's
    assert check_ledger() == []


def undo(month: date) -> None:
    undone = RentRun.objects.get(month=month)
    RentRun.objects.filter(pk=undone.pk).update(state="UNDOING")
    cancel(run_id=undone.pk, actor=SYSTEM)


@pytest.mark.parametrize("assigned", [False, True])
def test_a_line_of_zero_for_a_month_undone_settles_it_when_it_is_billed_again(assigned):
    """Rent 480, aid awaited 250. The payer says that November's is nothing: the household owes the 250."""
    lease, right = housed()
    undo(NOV)
    bring(right.payer, ("7777777" if assigned else right.beneficiary_number, "11/2026", "0,00"))
    if assigned:
        assign_benefit_line(line_id=BenefitLine.objects.get().pk, right_id=right.pk, actor=make_actor())
    bill(lease, NOV)
    assert settle_received_months(actor=SYSTEM) == 1
    assert (balance(aid_account(right)), state(lease).debt + state(lease).upcoming) == (0, Decimal("480.00"))
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("250.00")
    assert settle_received_months(actor=SYSTEM) == 0
    assert check_ledger() == []


@pytest.mark.parametrize("line", ["another month", "another payer", "another lease", "unknown"])
def test_a_line_of_zero_settles_nothing_else(line):
    lease, right = housed()
    undo(NOV)
    payer, number, month = right.payer, right.beneficiary_number, "11/2026"
    if line == "another month":
        month = "12/2026"
    elif line == "another payer":
        payer = make_payer()
        january = make_right(lease=lease, start=date(2026, 1, 1), end=date(2026, 2, 1), payer=payer)
        number = january.beneficiary_number
    elif line == "another lease":
        number = make_right(lease=make_let(), start=date(2026, 2, 1), payer=payer).beneficiary_number
    else:
        number = "7777777"
    bring(payer, (number, month, "0,00"))
    bill(lease, NOV)
    assert settle_received_months(actor=SYSTEM) == 0
    assert balance(aid_account(right)) == Decimal("250.00")


def test_aid_for_the_month_before_the_entry_waits_for_nothing():
    lease = make_let(start=NOV)
    right = make_right(lease=lease, amount="250.00", start=date(2026, 10, 1))
    bill(lease, NOV)
    bring(right.payer, (right.beneficiary_number, "10/2026", "90,00"))
    assert (str(state(lease).debt), balance(aid_account(right))) == ("390.00", 0)


def test_an_aid_taken_back_from_a_month_of_indemnity_alone_is_no_longer_received():
    """480 asked for November after the contract's end, aid of 250 received, 200 of it withheld later: 50 received."""
    lease, right = housed(billed=False)
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), date(2026, 10, 17)), "ENDED", "UNKNOWN"
    lease.save()
    bill(lease, NOV)
    demand = RentDemand.objects.get(lease=lease)
    assert demand.is_indemnity
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    assert term_states([demand.pk])[demand.pk].received == Decimal("250.00")
    bring(right.payer, (right.beneficiary_number, "11/2026", "-200,00"))
    assert term_states([demand.pk])[demand.pk].received == Decimal("50.00")
