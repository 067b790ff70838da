"""What a month that was billed lacks: found, said on the run's page and the home, produced by its own button."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.periods import Month
from leases.contracts.services.ending import end_lease, leave
from leases.models import Lease, Occupancy
from office.access.codes import Role
from office.jobs.worker import drain
from rent_ledger.billing.queries.missing import lacking, lacking_leases
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.models import LedgerMonth, RentDemand, RentRun
from tests.factories import ANYWAY, make_actor, make_association, make_bank_account, make_let
from tests.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-29")]
OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)
TODAY = date(2026, 11, 29)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()
    make_let(rent="500.00", charges="0")


def bill(month: Month, on: date) -> RentRun:
    with clock.travel(on):
        run = launch_run(month=month, actor=make_actor(), answers=ANYWAY)
        drain(run.job_id)
    return run


def found(day: date = TODAY) -> list[tuple[date, int, str, date, date]]:
    return [(one.month, one.lease_id, str(one.net), one.start, one.last_day) for one in lacking(day).demands]


def short_stay() -> Lease:
    """An entry of the 20th and an end of the 27th, both typed after the run of November."""
    bill(NOV, date(2026, 10, 28))
    lease = make_let(rent="300.00", charges="0", start=date(2026, 11, 20), end=date(2026, 11, 28))
    Lease.objects.filter(pk=lease.pk).update(state="ENDED", end_reason="FAMILY")
    return lease


def test_a_short_stay_typed_after_the_run_is_lacking_until_it_is_produced() -> None:
    lease = short_stay()
    assert found() == [(NOV.first, lease.pk, "80.00", date(2026, 11, 20), date(2026, 11, 27))]
    bill(NOV, TODAY)
    demand = RentDemand.objects.get(lease=lease)
    assert (demand.net, demand.billed_to) == (Decimal("80.00"), date(2026, 11, 28))
    assert found() == []


def test_it_is_on_the_home_and_the_page_of_the_runs_with_its_button(client_as: Callable[..., Client]) -> None:
    short_stay()
    client = client_as(Role.RENTAL_MANAGER)
    home = words(client.get(reverse("desk:home")))
    assert "1 avis manque à un mois déjà produit" in home
    assert f"Novembre 2026 : {Lease.objects.get(end_reason='FAMILY').household.name}" in home
    page = client.get(reverse("rent_ledger:runs"))
    assert "du 20 nov. 2026 au 27 nov. 2026" in words(page)
    assert "Retenus d’un mois déjà produit" in words(page)
    client.post(reverse("rent_ledger:run_launch"), {"mois": "2026-11"})
    drain(RentRun.objects.latest("id").job_id)
    assert "avis manque" not in words(client.get(reverse("desk:home")))


def test_an_entry_typed_late_is_lacking_and_said_to_be_asked_by_the_next_avis() -> None:
    bill(NOV, date(2026, 10, 28))
    lease = make_let(rent="300.00", charges="0", start=date(2026, 11, 20))
    [one] = lacking(TODAY).demands
    assert (one.lease_id, one.start, one.last_day, one.goes_on) == (lease.pk, date(2026, 11, 20), NOV.last, True)
    # Billed as a rappel by the run of December, it lacks no more.
    bill(DEC, TODAY)
    assert found() == []


def test_days_of_indemnity_after_the_last_demand_are_lacking() -> None:
    lease = make_let(rent="300.00", charges="0")
    bill(OCT, date(2026, 9, 28))
    bill(NOV, date(2026, 10, 28))
    with clock.travel(date(2026, 11, 1)):
        end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 10, 31), reason="UNKNOWN", still_occupied=True)
    RentDemand.objects.filter(lease=lease, month=NOV.first).update(state="CANCELLED", cancelled_at=clock.now())
    leave(actor=make_actor(), occupancy=Occupancy.objects.get(lease=lease), last_day=date(2026, 11, 10))
    assert found() == [(NOV.first, lease.pk, "100.00", date(2026, 11, 1), date(2026, 11, 10))]


def test_a_month_that_was_skipped_is_lacking_of_one_that_has_left() -> None:
    lease = make_let(rent="300.00", charges="0", start=date(2026, 9, 1), end=date(2026, 11, 1))
    Lease.objects.filter(pk=lease.pk).update(state="ENDED", end_reason="FAMILY")
    other = make_let(rent="300.00", charges="0")
    with clock.travel(date(2026, 9, 28)):
        drain(launch_run(month=OCT, actor=make_actor(), lease_ids=[other.pk]).job_id)
    assert (OCT.first, lease.pk, "300.00", OCT.first, OCT.last) in found()


def test_of_a_closed_month_nothing_can_be_produced(client_as: Callable[..., Client]) -> None:
    short_stay()
    LedgerMonth.objects.update_or_create(month=NOV.first, defaults={"closed_at": clock.now()})
    [one] = lacking(TODAY).demands
    assert one.is_closed
    assert "se demandent au ménage hors des avis" in words(
        client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"))
    )


def test_where_nothing_lacks_one_query_and_a_parameter_say_so(django_assert_num_queries: Callable[..., object]) -> None:
    bill(NOV, date(2026, 10, 28))
    with django_assert_num_queries(2):
        assert lacking(TODAY, lacking_leases(TODAY)).demands == ()


def test_what_is_to_correct_is_on_the_home(client_as: Callable[..., Client]) -> None:
    lease = make_let(rent="300.00", charges="0")
    bill(NOV, date(2026, 10, 28))
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 20), reason="UNKNOWN")
    home = words(client_as(Role.RENTAL_MANAGER).get(reverse("desk:home")))
    assert "1 avis à corriger" in home
