"""The API of absences: those that run or are to come, and what one would hand over."""

from datetime import date
from uuid import uuid4

import pytest

from office.access.actor import Actor
from office.access.codes import Role
from social_link.alerts.services.absences import set_absence
from social_link.contacts.services import plan_contact
from tests.api import Api
from tests.factories import make_alert, make_let, make_referent, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]


def test_what_an_absence_would_hand_over_then_has() -> None:
    household = make_let(name="Mme Awa Sarr").household
    malo, camille, head = (
        make_referent(household=household),
        make_user(role=Role.SOCIAL_WORKER),
        Api(Role.HEAD_OF_SOCIAL),
    )
    make_alert(household=household, to=malo)
    visits = [
        plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=Actor.of(malo))
        for day in (date(2026, 11, 10), date(2026, 12, 1))
    ]
    days = {"user_id": malo.pk, "first": "2026-11-09", "last": "2026-11-13"}
    told = head.get("/absences/foreseen", **days)
    assert told == {
        "households": [{"id": household.pk, "name": "Mme Awa Sarr"}],
        "open_alerts": 1,
        "visits": [{"id": visits[0].pk, "household": told["households"][0], "on": "2026-11-10"}],
        "kept_visits": 1,
    }
    assert head.get("/absences")["items"] == []
    set_absence(
        user=malo, first=date(2026, 11, 9), last=date(2026, 11, 13), stand_in=camille, named={household: camille},
        actor=Actor.of(head.user),
    )  # fmt: skip
    [row] = head.get("/absences")["items"]
    assert (row["user"]["id"], row["stand_in"]["id"], row["first"], row["last"], row["named"]) == (
        malo.pk, camille.pk, "2026-11-09", "2026-11-13", [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "field"), [("2026-11-04", "2026-11-13", "first"), ("2026-11-13", "2026-11-09", "last")]
)
def test_days_that_no_absence_can_have_are_refused(first: str, last: str, field: str) -> None:
    head, malo = Api(Role.HEAD_OF_SOCIAL), make_user(role=Role.SOCIAL_WORKER)
    error = head.get("/absences/foreseen", user_id=malo.pk, first=first, last=last, status=422)
    assert field in str(error)


def test_somebody_of_another_service_is_named() -> None:
    other = make_user(role=Role.TECHNICIAN)
    Api(Role.HEAD_OF_SOCIAL).get(
        "/absences/foreseen", user_id=other.pk, first="2026-11-09", last="2026-11-13", status=422
    )  # fmt: skip
