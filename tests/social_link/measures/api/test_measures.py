"""The API of measures."""

from datetime import timedelta

import pytest

from common import clock
from office.access.codes import Role
from tests.api import Api
from tests.factories import make_let, make_referent

pytestmark = pytest.mark.django_db


def test_a_measure_opens_within_its_bounds_and_closes_once() -> None:
    mine, theirs = Api(Role.SOCIAL_WORKER), Api(Role.SOCIAL_WORKER)
    lease = make_let()
    make_referent(household=lease.household, user=mine.user)
    assert mine.user is not None
    today = clock.today()
    body = {
        "household_id": lease.household_id,
        "kind": "SIMPLE",
        "start": str(today),
        "planned_end": str(today + timedelta(days=90)),
        "referent_id": mine.user.pk,
    }
    far = body | {"kind": "ASLL", "planned_end": str(today + timedelta(days=3650))}
    mine.refused("/measures", far, status=422, code="out_of_bounds")
    made = mine.post("/measures", body, status=201)
    mine.refused("/measures", body, status=409, code="already_open")
    mine.refused("/measures", body | {"kind": "RENF"}, status=409, code="already_open")
    mine.refused("/measures", body | {"kind": "AEB"}, status=409, code="second_lead")
    hosted = body | {"kind": "AEB", "is_lead": False, "exclusions": ["HOSTED"]}
    mine.refused("/measures", hosted, status=422, code="excluded")
    theirs.refused("/measures", body, status=422, code="unknown_reference")
    assert [row["id"] for row in mine.get("/measures", running=True)["items"]] == [made["id"]]
    close = {"reason": "GOALS", "on": str(today), "outcome": "STAYED", "domains": ["RIGHTS"]}
    theirs.refused(f"/measures/{made['id']}/close", close, status=404, code="not_found")
    closed = mine.post(f"/measures/{made['id']}/close", close)
    assert (closed["end_reason"], closed["outcome"], closed["domains"]) == ("GOALS", "STAYED", ["RIGHTS"])
    mine.refused(f"/measures/{made['id']}/close", close, status=409, code="wrong_state")
