"""Who opened the page of a thing, by whatever way, has seen what he was told of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from office.access.codes import Role
from office.models import Notice, User
from office.notices.kinds import declared
from tests.access.world import World, build
from tests.factories import make_user

pytestmark = pytest.mark.django_db

# By kind, who is told and of what.
OPENED: dict[str, tuple[Role, Callable[[World], int]]] = {
    "JOB_STOPPED": (Role.RENTAL_MANAGER, lambda world: world.per_role["job"][Role.RENTAL_MANAGER]),
    "TICKET_URGENT": (Role.RENTAL_MANAGER, lambda world: world.mine.ticket.pk),
    "TICKET_MISSED": (Role.RENTAL_MANAGER, lambda world: world.mine.ticket.pk),
    "TICKET_GIVEN": (Role.TECHNICIAN, lambda world: world.mine.ticket.pk),
    "ALERT_URGENT": (Role.SOCIAL_WORKER, lambda world: world.mine.alert.pk),
    "ALERT_LATE": (Role.HEAD_OF_SOCIAL, lambda world: world.mine.alert.pk),
    "ALERT_GIVEN": (Role.SOCIAL_WORKER, lambda world: world.mine.alert.pk),
    "SOCIAL_ANSWER": (Role.RENTAL_MANAGER, lambda world: world.mine.case.pk),
    "CALL_UNMADE": (Role.RENTAL_MANAGER, lambda world: world.mine.case.pk),
    "ALERT_RESCUE": (Role.HEAD_OF_SOCIAL, lambda world: world.mine.alert.pk),
    "WRITE_OFF_ASKED": (Role.DIRECTOR, lambda world: world.objects["write_off"][0]),
    "WRITE_OFF_DECIDED": (Role.RENTAL_MANAGER, lambda world: world.objects["write_off"][0]),
    "REFERENT": (Role.SOCIAL_WORKER, lambda world: world.mine.lease.household_id),
}
# The page of these is a list, which shows many: each is seen by its own link.
LISTS = {
    "ALERT_LOST",
    "BANK_ASIDE",
    "IBAN_ASKED",
    "IBAN_DECIDED",
    "MESSAGE_FAILED",
    "SIGNAL_HANDLED",
    "STAFF_ASKED",
    "STAFF_CHANGED",
    "STAFF_NOT_TOLD",
    "TASK_FAILED",
    "WORLD_HELLO",
}


def test_each_kind_is_said_here() -> None:
    assert set(declared()) == OPENED.keys() | LISTS


def told(code: str, user: User, about_id: int) -> Notice:
    kind = declared()[code]
    return Notice.objects.create(
        user=user, kind=code, about=kind.about, about_id=about_id, key=f"{about_id}", is_urgent=True
    )


def test_the_page_of_what_a_notice_is_about_ends_it_for_its_reader_only() -> None:
    world = build()
    Notice.objects.all().delete()
    for code, (role, find) in OPENED.items():
        reader, about_id = world.people[role], find(world)
        told(code, reader, about_id)
        others = [told(code, make_user(role=role), about_id), told(code, reader, about_id + 1000)]
        client = Client()
        client.force_login(reader)
        page = client.get(declared()[code].shown([about_id])[about_id].url)
        assert page.status_code == 200, code
        assert set(Notice.objects.unseen()) == set(others), code
        # The bell of this very page counts the other one only.
        assert b"1\xc2\xa0urgente" in page.content, code
        Notice.objects.all().delete()
