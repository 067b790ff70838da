"""The aid of a month that was billed as that of a departure, once the household stays."""

from datetime import date
from decimal import Decimal

import pytest

from common import clock
from common.periods import Month
from leases.contracts.services.ending import end_lease, record_notice, undo_end, withdraw_notice
from leases.models import Lease
from office.jobs.worker import drain
from rent_ledger.benefits.services.departure import keep_departure_month
from rent_ledger.billing.codes import DemandState, LineSource
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState, DemandLine, RentDemand, RentRun
from tests.factories import make_actor, make_let, make_right
from tests.rent_ledger.aids import bring

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-10-26")]
NOV, DEC, JAN, FEB = Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)
LEFT_ON, AFTER, STAYS_ON = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)


def run(month: Month, *, on: date | None = None) -> RentRun:
    with clock.travel(on or month.plus(-1).day(26)):
        launched = launch_run(month=month, actor=make_actor())
        drain(launched.job_id)
        launched.refresh_from_db()
    return launched


def has_left(aid: str) -> tuple[Lease, object]:
    """480 a month; 20 days of November, 320, are billed as those of a household that left."""
    lease = make_let(rent="400.00", charges="80.00")
    right = make_right(lease=lease, amount=aid, start=date(2026, 2, 1))
    with clock.travel(AFTER):
        end_lease(actor=make_actor(), lease=lease, last_day=LEFT_ON, reason="UNKNOWN")
    run(NOV, on=AFTER)
    return lease, right


def stays(lease: Lease) -> None:
    with clock.travel(STAYS_ON):
        undo_end(actor=make_actor(), lease=lease)


def asked(lease: Lease, month: Month) -> tuple[Decimal, Decimal]:
    """(what the demand asks, the aid that it sets apart)."""
    demand = RentDemand.objects.get(lease=lease, month=month.first, state=DemandState.ISSUED)
    return demand.net, demand.benefit


def aid_claimed(month: Month) -> list[tuple[date, Decimal]]:
    """(month, aid) of the rappels on the demands of `month`."""
    lines = DemandLine.objects.filter(
        demand__month=month.first, demand__state=DemandState.ISSUED, source=LineSource.RAPPEL, nature="BENEFIT"
    )
    return [(line.for_month, -line.amount) for line in lines.order_by("position")]


def owed(lease: Lease, *, on: date) -> Decimal:
    """What the household owes in all, less what it has paid in advance."""
    with clock.travel(on):
        state = AccountState.objects.get(account__lease=lease, account__kind="TENANT")
        assert check_ledger() == []
    return state.debt + state.upcoming - state.credit


def test_the_aid_of_a_month_whose_end_was_taken_back_is_awaited_with_its_days():
    lease, _ = has_left("250.00")
    assert asked(lease, NOV) == (Decimal("320.00"), Decimal(0))
    stays(lease)
    run(DEC)
    assert aid_claimed(DEC) == [(NOV.first, Decimal("250.00"))]
    assert asked(lease, DEC)[0] == Decimal("140.00")  # 160 of November and 480, less 250 twice
    assert owed(lease, on=DEC.day(2)) == 2 * Decimal("230.00")
    run(JAN)
    assert (aid_claimed(JAN), asked(lease, JAN)) == ([], (Decimal("230.00"), Decimal("250.00")))


def test_an_undone_run_claims_it_again():
    lease, _ = has_left("250.00")
    stays(lease)
    december = run(DEC)
    with clock.travel(date(2026, 11, 27)):
        drain(undo_run(run=december, actor=make_actor()).job_id)
    run(DEC)
    assert aid_claimed(DEC) == [(NOV.first, Decimal("250.00"))]
    assert owed(lease, on=DEC.day(2)) == Decimal("460.00")


def test_a_notice_taken_back_claims_it_too():
    lease = make_let(rent="400.00", charges="80.00")
    make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    with clock.travel(date(2026, 10, 20)):
        record_notice(
            actor=make_actor(), lease=lease, received_on=date(2026, 10, 20), last_day=LEFT_ON, short_reason="Mutation"
        )
    run(NOV)
    assert asked(lease, NOV) == (Decimal("320.00"), Decimal(0))
    with clock.travel(date(2026, 11, 5)):
        lease.refresh_from_db()
        withdraw_notice(actor=make_actor(), lease=lease)
    run(DEC)
    assert owed(lease, on=DEC.day(2)) == Decimal("460.00")


def test_of_a_month_that_was_kept_only_what_lacks_is_claimed():
    lease, right = has_left("350.00")
    with clock.travel(AFTER):
        keep_departure_month(right_id=right.pk, actor=make_actor())
    assert asked(lease, NOV) == (Decimal(0), Decimal("320.00"))
    stays(lease)
    run(DEC)
    assert aid_claimed(DEC) == [(NOV.first, Decimal("30.00"))]
    assert owed(lease, on=DEC.day(2)) == 2 * Decimal("130.00")


@pytest.mark.parametrize("paid_on", [date(2026, 11, 22), date(2026, 12, 3)], ids=["before", "after"])
def test_what_the_payer_paid_of_it_counts_once(paid_on: date):
    lease, right = has_left("250.00")
    if paid_on < STAYS_ON:
        with clock.travel(paid_on):
            bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"), on=paid_on)
        # It was awaited by nobody: the household has it.
        assert owed(lease, on=AFTER) == Decimal("70.00")
    stays(lease)
    run(DEC)
    if paid_on > STAYS_ON:
        with clock.travel(paid_on):
            bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"), on=paid_on)
    assert owed(lease, on=date(2026, 12, 4)) == Decimal("460.00")


def test_no_demand_goes_below_zero_for_it():
    """470 of aid for 480: December can't set November's apart whole, and the next ones go on."""
    lease, _ = has_left("470.00")
    stays(lease)
    for month in (DEC, JAN, FEB):
        run(month)
        assert asked(lease, month)[0] == Decimal(0)
    assert aid_claimed(DEC) == [(NOV.first, Decimal("170.00"))]  # 160 of November and 10 of December
    assert aid_claimed(JAN) == aid_claimed(FEB) == [(NOV.first, Decimal("10.00"))]
    assert owed(lease, on=FEB.day(2)) == Decimal("320.00")


def test_who_leaves_again_in_that_month_has_none():
    lease, _ = has_left("250.00")
    stays(lease)
    with clock.travel(date(2026, 12, 1)):
        lease.refresh_from_db()
        end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 25), reason="UNKNOWN")
        assert correct_all(actor=make_actor()) == 1
    assert asked(lease, NOV) == (Decimal("400.00"), Decimal(0))  # 25 days of 30
    assert owed(lease, on=DEC.day(2)) == Decimal("400.00")
