"""What frees a home, or takes it again, shows which one it is: of a protected household, for who may read it."""

from datetime import date
from typing import Any

import pytest

from common.errors import NotAllowed
from leases.contracts.services.ending import (
    end_lease,
    leave,
    record_notice,
    undo_end,
    withdraw_notice,
)
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from tests.factories import actor_of, make_actor, make_household, make_lease, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 4)
SYSTEM = Actor.system()


def _hidden(manager: User | None = None) -> Lease:
    household = make_household(protected=True)
    Household.objects.filter(pk=household.pk).update(manager=manager)
    return make_lease(household=Household.objects.get(pk=household.pk))


def _end(actor: Actor, lease: Lease) -> Any:
    return end_lease(actor=actor, lease=lease, last_day=DAY, reason="SOCIAL")


def _notice(actor: Actor, lease: Lease) -> Any:
    return record_notice(
        actor=actor, lease=lease, received_on=DAY, last_day=date(2026, 12, 31), short_reason="accord des deux"
    )


def test_who_may_not_read_the_address_ends_no_contract_and_sees_no_home_freed() -> None:
    boss = make_user(role=Role.RENTAL_MANAGER, last_name="Kerbrat")
    lease, nadege = _hidden(boss), make_actor(role=Role.RENTAL_MANAGER)
    for act in (_end, _notice):
        with pytest.raises(NotAllowed, match=r"protégée.*Kerbrat"):
            act(nadege, lease)
    with pytest.raises(NotAllowed):
        leave(actor=nadege, occupancy=lease.occupancies.get(), last_day=DAY)
    lease.refresh_from_db()
    assert (lease.state, lease.notice_on, lease.occupancies.get().period.upper) == ("ACTIVE", None, None)


def test_nor_takes_an_end_or_a_notice_back() -> None:
    nadege, ended, left = make_actor(role=Role.RENTAL_MANAGER), _hidden(), _hidden()
    _end(SYSTEM, ended)
    with pytest.raises(NotAllowed, match="responsable du service social"):
        undo_end(actor=nadege, lease=ended)
    _notice(SYSTEM, left)
    with pytest.raises(NotAllowed):
        withdraw_notice(actor=nadege, lease=left)


def test_who_is_in_charge_does_all_of_it() -> None:
    boss = make_user(role=Role.RENTAL_MANAGER)
    lease, actor = _hidden(boss), actor_of(boss)
    _notice(actor, lease)
    withdraw_notice(actor=actor, lease=lease)
    _end(actor, lease)
    undo_end(actor=actor, lease=lease)
    leave(actor=actor, occupancy=lease.occupancies.get(), last_day=DAY)
    assert lease.occupancies.get().period.upper == date(2026, 11, 5)


def test_a_home_that_is_not_protected_is_for_every_manager() -> None:
    assert _end(make_actor(role=Role.RENTAL_MANAGER), make_lease()).state == "ENDED"
