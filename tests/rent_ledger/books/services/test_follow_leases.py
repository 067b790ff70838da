"""What is proposed for a debt follows the stay of its household and its right to benefit, the same day."""

from datetime import date
from decimal import Decimal

import pytest

from leases.contracts.services.ending import end_lease, leave, record_notice, undo_end
from leases.models import Lease
from rent_ledger.benefits.services.departure import keep_departure_month
from rent_ledger.books.codes import Lane
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import AccountState
from rent_ledger.rights.services import end_right, set_right
from tests.factories import make_actor, make_let, make_payer, make_right, owe

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-02")]
OCT = date(2026, 10, 1)


def late() -> Lease:
    lease = make_let(start=date(2026, 9, 1))
    owe(lease=lease, due_on=OCT, amount="250.00")
    return lease


def lane(lease: Lease) -> str:
    assert check_ledger() == []
    return AccountState.objects.get(account__lease=lease, account__kind="TENANT").lane


def end(lease: Lease, *, still_occupied: bool = False) -> None:
    end_lease(
        actor=make_actor(), lease=lease, last_day=date(2026, 10, 20), reason="SOCIAL", still_occupied=still_occupied
    )
    lease.refresh_from_db()


def test_who_leaves_is_gone_and_who_stays_after_all_is_not():
    lease = late()
    before = lane(lease)
    end(lease)
    assert lane(lease) == Lane.GONE != before
    undo_end(actor=make_actor(), lease=lease)
    assert lane(lease) == before


def test_an_end_taken_back_under_a_notice():
    lease, actor = late(), make_actor()
    before = lane(lease)
    record_notice(
        actor=actor, lease=lease, received_on=date(2026, 9, 2), last_day=date(2026, 10, 20), short_reason="Mutation"
    )
    lease.refresh_from_db()
    end(lease)
    assert lane(lease) == Lane.GONE
    undo_end(actor=actor, lease=lease)
    assert lane(lease) == before


def test_who_is_still_there_is_gone_with_the_keys():
    lease = late()
    end(lease, still_occupied=True)
    assert lane(lease) != Lane.GONE
    leave(actor=make_actor(), occupancy=lease.occupancies.get(), last_day=date(2026, 10, 31))
    assert lane(lease) == Lane.GONE


def test_a_first_right_explains_a_debt_until_it_ends():
    lease = late()
    before = lane(lease)
    right = set_right(
        lease=lease, payer=make_payer(), kind="APL", beneficiary_number="1", amount=Decimal("250.00"), start=OCT,
        actor=make_actor(),
    )  # fmt: skip
    assert lane(lease) == Lane.TECHNICAL != before
    end_right(right_id=right.pk, on=date(2026, 12, 1), actor=make_actor())
    assert lane(lease) == before


def test_a_month_of_departure_kept_and_an_end_taken_back_on_one_day():
    lease = late()
    right = make_right(lease=lease, amount="250.00", start=OCT)
    end(lease)
    keep_departure_month(right_id=right.pk, actor=make_actor())
    assert lane(lease) == Lane.GONE
    undo_end(actor=make_actor(), lease=lease)
    assert lane(lease) == Lane.TECHNICAL
