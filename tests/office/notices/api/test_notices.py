"""The notices of who calls."""

from datetime import date
from uuid import uuid4

import pytest

from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.services.tokens import issue_token
from office.models import Notice
from tests.api import Api
from tests.factories import make_user
from tests.office.notices.telling import tell

pytestmark = pytest.mark.django_db


def test_ones_own_the_latest_first_and_filtered() -> None:
    user = make_user()
    urgent, plain = tell(user), tell(user, is_urgent=False)
    tell(make_user())
    api = Api(user)
    page = api.get("/notices")
    assert [item["id"] for item in page["items"]] == [plain.pk, urgent.pk]
    assert page["items"][1] == {
        "id": urgent.pk,
        "kind": "JOB_STOPPED",
        "label": "Travail arrêté",
        "title": "Travail arrêté : Quittancement de novembre",
        "page": f"/bureau/travaux/{urgent.about_id}/",
        "is_urgent": True,
        "created_at": "2026-11-05T09:00:00+01:00",
        "seen_at": None,
    }
    assert [item["id"] for item in api.get("/notices", urgent=True)["items"]] == [urgent.pk]
    api.post(f"/notices/{urgent.pk}/seen")
    assert [item["id"] for item in api.get("/notices", unseen=True)["items"]] == [plain.pk]


def test_seen_twice_under_one_key_it_answers_the_same() -> None:
    user = make_user()
    notice, key = tell(user), uuid4()
    api = Api(user)
    first = api.post(f"/notices/{notice.pk}/seen", key=key)
    assert first["seen_at"] == "2026-11-05T09:00:00+01:00"
    assert api.post(f"/notices/{notice.pk}/seen", key=key) == first


def test_somebody_elses_notice_does_not_exist() -> None:
    notice = tell(make_user())
    Api(make_user()).refused(f"/notices/{notice.pk}/seen", status=404, code="not_found")
    assert Notice.objects.unseen().exists()


def test_a_token_needs_the_scope_of_what_a_notice_is_about() -> None:
    user = make_user()
    tell(user)
    _, token = issue_token(
        actor=Actor.of(user), label="x", scopes=[TokenScope.OFFICE_READ], expires_on=date(2026, 12, 1)
    )
    assert Api(token=token).get("/notices")["count"] == 1
