"""Runs of two months at the same moment: what one bills, the other knows."""

from decimal import Decimal

import pytest
from django.db import transaction

from common.errors import Conflict
from common.periods import Month
from leases.models import Lease
from office.access.actor import Actor
from rent_ledger.billing.codes import RunState
from rent_ledger.billing.services.corrections import correct_all, correct_demand
from rent_ledger.billing.services.demands import write_demands
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.runs import lock_month, produce
from rent_ledger.books.services.posting import booking_days
from rent_ledger.models import Entry, RentDemand, RentRun
from tests.factories import make_actor, make_let
from tests.rent_ledger.billing.services.test_rappels import (
    DEC,
    JAN,
    NOV,
    OCT,
    left,
    rappels,
    run,
    set_rent,
)
from tests.rent_ledger.books.services.test_posting_at_once import meanwhile

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.clock("2026-11-05")]


def produce_at_once(first: Month, second: Month, lease: Lease) -> None:
    runs = [RentRun.objects.create(month=month.first) for month in (first, second)]
    booking_days({first.first, second.first})

    def of(index: int) -> int:
        return produce(run=runs[index], lease_ids=[lease.pk], actor=Actor.system())

    meanwhile(lambda: of(0), lambda: of(1))


def test_a_rappel_is_claimed_by_one_of_them():
    lease = make_let(rent="300.00", charges="0")
    run(NOV)
    set_rent(lease, "330.00", NOV.first, on=NOV.day(5))
    produce_at_once(DEC, JAN, lease)
    assert (rappels(DEC), rappels(JAN)) == ([("2026-11", "RENT", "30.00")], [])


def test_a_month_left_out_is_billed_by_one_of_them():
    make_let(rent="100.00", charges="0")
    run(NOV)
    late = make_let(rent="300.00", charges="0", start=NOV.first)
    produce_at_once(NOV, DEC, late)
    asked = {demand.month: demand.net for demand in RentDemand.objects.filter(lease=late)}
    assert asked == {NOV.first: Decimal("300.00"), DEC.first: Decimal("300.00")}


def test_what_is_unclaimed_is_claimed_by_one_of_two_people():
    lease = make_let(rent="400.00", charges="0")
    run(OCT)
    run(NOV)
    set_rent(lease, "420.00", OCT.first, on=NOV.day(5))
    left(lease, DEC.first)
    manager = make_actor()

    def late() -> None:
        with pytest.raises(Conflict, match="déjà annulé"):
            correct_all(actor=manager)

    meanwhile(lambda: correct_all(actor=manager), late)
    assert rappels(NOV) == [("2026-10", "RENT", "20.00")]


def test_two_that_write_the_same_demand_one_wins_the_other_is_told():
    """Both drafted it before either wrote: the lock on the lease, which `produce` takes, is left aside here."""
    lease = make_let(rent="400.00", charges="0")
    one, other = (RentRun.objects.create(month=DEC.first, state=state) for state in ("RUNNING", "DONE"))
    booking_days({DEC.first})
    drafts, _ = draft(month=DEC, lease_ids=[lease.pk])

    def write(run: RentRun) -> None:
        with transaction.atomic():
            write_demands(run_id=run.pk, month=DEC, drafts=drafts, actor=Actor.system())

    def late() -> None:
        with pytest.raises(Conflict, match="Un autre quittancement vient de produire"):
            write(other)

    meanwhile(lambda: write(one), late)
    [demand] = RentDemand.objects.filter(lease=lease)
    assert (demand.run_id, demand.net) == (one.pk, Decimal("400.00"))
    # All of the late one is gone, its entry too.
    assert Entry.objects.filter(kind="DEMAND").count() == 1


def test_a_demand_is_not_corrected_while_its_run_is_being_undone():
    """The undo has the month: who waits for it sees what it left, not what stood before."""
    lease = make_let(rent="400.00", charges="0")
    run(NOV)
    demand = RentDemand.objects.get(lease=lease)
    manager = make_actor()

    def undoing() -> None:
        lock_month(NOV)
        RentRun.objects.filter(pk=demand.run_id).update(state=RunState.UNDOING)

    def late() -> None:
        with pytest.raises(Conflict, match="en cours"):
            correct_demand(demand=demand, actor=manager)

    meanwhile(undoing, late)
    assert RentDemand.objects.get(lease=lease).pk == demand.pk
