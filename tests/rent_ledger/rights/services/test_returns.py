"""A right that ended with a stay is restored with it."""

from datetime import date
from decimal import Decimal

import pytest

from leases.contracts.services.ending import end_lease, record_notice, undo_end, withdraw_notice
from rent_ledger.benefits.services.departure import keep_departure_month
from rent_ledger.rights.services import end_right, set_right
from tests.factories import make_actor, make_let, make_payer, make_right

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-02")]

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)


def left(*, end: date | None = None):
    lease = make_let()
    right = make_right(lease=lease, amount="250.00", start=date(2026, 2, 1), end=end)
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 10, 20), reason="SOCIAL")
    return lease, right


@pytest.mark.parametrize("end", [None, date(2027, 2, 1)])
@pytest.mark.parametrize("on", [OCT, NOV])
def test_an_exit_taken_back_restores_the_right_that_it_ended(end, on):
    lease, right = left(end=end)
    end_right(right_id=right.pk, on=on, actor=make_actor())
    told = undo_end(actor=make_actor(), lease=lease).told
    right.refresh_from_db()
    assert (right.period.upper, right.ends_with_stay, right.end_before_stay) == (end, False, None)
    assert [line.replace("\u00a0", " ") for line in told] == ["Le droit à l’aide (APL, 250,00 €) reprend."]


def test_an_exit_taken_back_takes_back_what_was_said_of_the_next_home():
    lease, right = left()
    keep_departure_month(right_id=right.pk, actor=make_actor())
    undo_end(actor=make_actor(), lease=lease)
    right.refresh_from_db()
    assert (right.period.upper, right.is_followed) == (None, False)


def test_a_notice_taken_back_restores_it_too():
    lease = make_let()
    right = make_right(lease=lease, start=date(2026, 2, 1))
    record_notice(
        actor=make_actor(),
        lease=lease,
        received_on=date(2026, 11, 2),
        last_day=date(2026, 12, 20),
        short_reason="Mutation",
    )
    end_right(right_id=right.pk, on=date(2026, 12, 1), actor=make_actor())
    withdraw_notice(actor=make_actor(), lease=lease)
    right.refresh_from_db()
    assert (right.period.upper, right.is_followed) == (None, False)


def test_a_notice_that_still_stands_keeps_the_end_of_the_right():
    lease = make_let()
    right = make_right(lease=lease, start=date(2026, 2, 1))
    actor = make_actor()
    record_notice(
        actor=actor, lease=lease, received_on=date(2026, 10, 2), last_day=date(2026, 10, 20), short_reason="Mutation"
    )
    end_lease(actor=actor, lease=lease, last_day=date(2026, 10, 20), reason="SOCIAL")
    end_right(right_id=right.pk, on=NOV, actor=actor)
    assert undo_end(actor=actor, lease=lease).told == ()
    right.refresh_from_db()
    assert right.period.upper == NOV
    assert len(withdraw_notice(actor=actor, lease=lease).told) == 1


def test_a_right_that_another_replaced_is_left_and_said():
    lease, right = left()
    end_right(right_id=right.pk, on=NOV, actor=make_actor())
    set_right(
        lease=lease, payer=make_payer(), kind="APL", beneficiary_number="1", amount=Decimal("90.00"), start=NOV,
        actor=make_actor(),
    )  # fmt: skip
    [told] = undo_end(actor=make_actor(), lease=lease).told
    right.refresh_from_db()
    assert right.period.upper == NOV
    assert told.endswith("reste arrêté : un autre droit a été enregistré depuis.")


@pytest.mark.parametrize("on", [date(2026, 6, 1), date(2026, 12, 1)])
def test_a_right_that_ended_for_another_reason_stays_ended(on):
    lease, right = left()
    end_right(right_id=right.pk, on=on, actor=make_actor())
    assert undo_end(actor=make_actor(), lease=lease).told == ()
    right.refresh_from_db()
    assert right.period.upper == on
