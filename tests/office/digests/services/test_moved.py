"""An address that another one took the place of is told so: its owner may be the only one who notices."""

from datetime import timedelta

import pytest

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.digests.services.sending import NEWS, moved, tell_moved
from office.messages.worker import deliver
from office.models import Message, User
from office.staff.models import StaffRequest
from office.staff.services import confirm_request, refuse_request, save_user
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def change(user: User, email: str, *, by: User) -> None:
    save_user(actor=Actor.of(by), user_id=user.pk, email=email, first_name="Malo", last_name="Riou")


def told() -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind="STAFF_MOVED").order_by("id").values_list("address", "state"))


@pytest.fixture
def lise() -> User:
    return make_user(role=Role.ADMINISTRATOR)


def test_the_former_address_is_told_once(lise: User) -> None:
    user = make_user(role=Role.TECHNICIAN, email="malo@ancrage.test")
    change(user, "autre@ancrage.test", by=lise)
    for request in StaffRequest.objects.waiting():
        confirm_request(request_id=request.pk, actor=Actor.of(make_user(role=Role.DIRECTOR)))
    assert (tell_moved(), tell_moved()) == (1, 0)
    [message] = Message.objects.filter(kind="STAFF_MOVED")
    assert message.address == "malo@ancrage.test"
    assert "autre@" not in message.subject + message.body
    deliver()
    assert told() == [("malo@ancrage.test", "SENT")]


def test_who_waits_for_a_second_person_is_told_once_it_is_done(lise: User) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER, email="camille@ancrage.test")
    director = make_user(role=Role.DIRECTOR)
    change(camille, "lise-bis@ancrage.test", by=lise)
    assert tell_moved() == 0
    refuse_request(request_id=StaffRequest.objects.waiting().get().pk, actor=Actor.of(director))
    assert tell_moved() == 0
    change(camille, "lise-bis@ancrage.test", by=lise)
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=Actor.of(director))
    assert tell_moved() == 1
    assert told()[0][0] == "camille@ancrage.test"


def test_it_leaves_to_who_is_away_or_whose_account_was_closed_since(lise: User) -> None:
    user = make_user(role=Role.SOCIAL_WORKER, email="malo@ancrage.test")
    director = make_user(role=Role.DIRECTOR)
    change(user, "autre@ancrage.test", by=lise)
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=Actor.of(director))
    tell_moved()
    User.objects.filter(pk=user.pk).update(is_active=False)
    deliver()
    assert told() == [("malo@ancrage.test", "SENT")]


def test_a_minute_that_was_lost_is_caught_up_but_not_after_half_a_day(lise: User) -> None:
    user = make_user(role=Role.SOCIAL_WORKER, email="malo@ancrage.test")
    director = make_user(role=Role.DIRECTOR)
    change(user, "autre@ancrage.test", by=lise)
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=Actor.of(director))
    assert moved().exists()
    with clock.travel(clock.now() + NEWS + timedelta(minutes=1)):
        assert not moved().exists()


def test_a_name_that_changes_tells_nobody(lise: User) -> None:
    user = make_user(role=Role.TECHNICIAN, email="malo@ancrage.test")
    change(user, "malo@ancrage.test", by=lise)
    assert tell_moved() == 0
