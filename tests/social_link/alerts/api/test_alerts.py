"""The API of alerts."""

import pytest

from office.access.codes import Role
from social_link.models import AlertFact
from tests.api import Api
from tests.factories import make_alert, make_referent

pytestmark = pytest.mark.django_db


def test_an_alert_of_somebody_else_s_household_is_not_there() -> None:
    mine, theirs, head = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER), Api(Role.HEAD_OF_SOCIAL)
    alert = make_alert(to=mine.user)
    at = f"/alerts/{alert.pk}"
    assert [row["id"] for row in mine.get("/alerts")["items"]] == [alert.pk]
    assert mine.get(at)["facts"][0]["facts"] == ["Absent deux fois"]
    assert theirs.get("/alerts")["items"] == []
    theirs.get(at, status=404)
    assert theirs.user is not None
    for verb, body in (
        ("acknowledge", None), ("answer", {"contact_made": True}), ("reassign", {"to_id": theirs.user.pk}),
    ):  # fmt: skip
        theirs.refused(f"{at}/{verb}", body, status=404, code="not_found")
    assert [row["id"] for row in head.get("/alerts")["items"]] == [alert.pk]


def test_an_alert_is_taken_by_one() -> None:
    mine, head = Api(Role.SOCIAL_WORKER), Api(Role.HEAD_OF_SOCIAL)
    alert = make_alert(to=mine.user)
    at = f"/alerts/{alert.pk}"
    assert head.post(f"{at}/acknowledge")["acknowledged_by"]["id"] == head.user.pk  # type: ignore[union-attr]
    make_referent(household=alert.household, user=mine.user)
    error = mine.refused(f"{at}/acknowledge", status=409, code="taken")
    assert str(head.user) in error["message"]
    assert mine.post(f"{at}/answer", {"contact_made": True})["state"] == "ANSWERED"
    for verb, body in (("acknowledge", None), ("answer", {"contact_made": True})):
        mine.refused(f"{at}/{verb}", body, status=409, code="answered")
    assert mine.get("/alerts", state="answered")["count"] == 1


def test_an_alert_is_given_to_a_colleague() -> None:
    mine, colleague, manager = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER), Api(Role.RENTAL_MANAGER)
    alert = make_alert(to=mine.user)
    assert colleague.user is not None
    assert manager.user is not None
    at = f"/alerts/{alert.pk}"
    mine.refused(f"{at}/reassign", {"to_id": manager.user.pk}, status=422, code="unknown_reference")
    given = mine.post(f"{at}/reassign", {"to_id": colleague.user.pk, "reason": "Congés"})
    assert given["assignee"]["id"] == colleague.user.pk
    assert colleague.get(at)["state"] == "RAISED"
    mine.get(at, status=404)


def test_what_came_of_a_signal_is_said() -> None:
    mine = Api(Role.SOCIAL_WORKER)
    alert = make_alert(to=mine.user)
    AlertFact.objects.create(alert=alert, rule="R10", key=f"R10:H{alert.household_id}:S0", reasons=[])
    at = f"/alerts/{alert.pk}"
    assert mine.get(at)["signal_waits"] is True
    mine.refused(f"{at}/answer", {"contact_made": True}, status=409, code="signal_waits")
    mine.refused(f"{at}/outcome", {"outcome": "NOT_SEEN"}, status=422, code="invalid")
    told = mine.post(f"{at}/outcome", {"outcome": "WELL"})
    assert (told["signal_waits"], [one["outcome"] for one in told["outcomes"]]) == (False, ["WELL"])
    assert mine.post(f"{at}/answer", {"contact_made": True})["state"] == "ANSWERED"
