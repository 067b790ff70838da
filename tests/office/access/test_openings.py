"""The log of accesses by opening: what one look at a page told is one line."""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from office.access.codes import Role
from office.access.matrix import Data
from office.access.models import AccessLog
from office.access.queries import openings
from office.models import User
from tests.factories import make_actor, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_user(role=Role.HEAD_OF_SOCIAL)


def read(user: User, number: int, *, minutes: int = 0, **facts: Any) -> AccessLog:
    fields = {"subject": Data.PRIVATE_NOTE, "object_type": "social_link.note", "household_id": 7} | facts
    return AccessLog.objects.create(user=user, object_id=number, at=clock.now() + timedelta(minutes=minutes), **fields)


def lines() -> list[tuple[int, list[int]]]:
    found = openings(AccessLog.objects.all(), make_actor(role=Role.DIRECTOR))
    return [(opening.times, opening.numbers) for opening in found]


def test_the_notes_that_one_page_showed_are_one_line(reader: User) -> None:
    for number in (3, 4, 5, 4):
        read(reader, number)
    assert lines() == [(4, [4, 5, 3])]


@pytest.mark.parametrize(
    "other", [{"household_id": 8}, {"subject": Data.SHARED_NOTE}, {"reason": "Relais de congé"}, {"minutes": 16}]
)
def test_another_household_kind_reason_or_time_is_another_opening(reader: User, other: dict[str, Any]) -> None:
    read(reader, 3)
    read(reader, 4, **other)
    assert [times for times, _ in lines()] == [1, 1]


def test_another_person_opened_it_too(reader: User) -> None:
    read(reader, 3)
    read(make_user(role=Role.SOCIAL_WORKER), 3)
    assert len(lines()) == 2


def test_what_was_done_to_accounts_stays_line_by_line(reader: User) -> None:
    for number in (3, 4):
        read(reader, number, subject=Data.STAFF, object_type="office.user", household_id=None)
    assert lines() == [(1, [4]), (1, [3])]


def test_the_reason_is_told_to_the_social_service_only(reader: User) -> None:
    read(reader, 3, reason="Relais de congé")
    rows = AccessLog.objects.all()
    assert [o.is_told for o in openings(rows, make_actor(role=Role.DIRECTOR))] == [False]
    assert [o.is_told for o in openings(rows, make_actor(role=Role.HEAD_OF_SOCIAL))] == [True]
