"""Who opens which page of the office, and who may post where."""

from typing import Any

import pytest
from django.urls import reverse

from office.access.codes import Role
from office.jobs.codes import JobState
from office.models import ApiToken, Job, ParameterValue
from tests.factories import (
    make_association,
    make_bank_account,
    make_organisation,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
R, ALL = Role, frozenset(Role)
LOOKS_AFTER = {R.ADMINISTRATOR}
READS = {R.ADMINISTRATOR, R.DIRECTOR}
BOOK = {R.ADMINISTRATOR, R.DIRECTOR, R.RENTAL_MANAGER}
STARTERS = ALL - {R.FUNDER}

# (url name, its argument, method, who may)
PAGES: list[tuple[str, str, str, Any]] = [
    ("settings", "", "get", READS),
    ("association", "", "get", LOOKS_AFTER),
    ("association", "", "post", LOOKS_AFTER),
    ("bank_account_new", "", "get", LOOKS_AFTER),
    ("bank_account", "account", "get", LOOKS_AFTER),
    ("bank_account", "account", "post", LOOKS_AFTER),
    ("organisations", "", "get", BOOK),
    ("organisation_new", "", "get", BOOK),
    ("organisation", "organisation", "get", BOOK),
    ("organisation", "organisation", "post", BOOK),
    ("staff", "", "get", READS),
    ("staff_new", "", "get", LOOKS_AFTER),
    ("staff_new", "", "post", LOOKS_AFTER),
    ("staff_member", "user", "get", READS),
    ("staff_role", "user", "post", LOOKS_AFTER),
    ("staff_active", "user", "post", LOOKS_AFTER),
    ("staff_link", "user", "post", LOOKS_AFTER),
    ("staff_role_end", "grant", "post", LOOKS_AFTER),
    ("team_new", "", "get", LOOKS_AFTER),
    ("team", "team", "get", LOOKS_AFTER),
    ("team", "team", "post", LOOKS_AFTER),
    ("parameters", "", "get", READS),
    ("parameter", "key", "get", READS),
    ("parameter_value", "value", "get", READS),
    ("parameter_withdraw", "value", "post", LOOKS_AFTER),
    ("parameter_verify", "value", "post", LOOKS_AFTER),
    ("jobs", "", "get", STARTERS),
    ("access_log", "", "get", READS | {R.HEAD_OF_SOCIAL}),
    ("confirmations", "", "get", READS | {R.RENTAL_MANAGER}),
    ("tokens", "", "get", ALL),
]


@pytest.fixture
def arguments() -> dict[str, Any]:
    from common.periods import period

    make_association()
    user = make_user(role=Role.TECHNICIAN)
    value = ParameterValue.objects.create(
        key="house.alsace_moselle", value=True, period=period(None), source="x", scope="ASSOCIATION"
    )
    return {
        "account": make_bank_account().pk,
        "organisation": make_organisation().pk,
        "user": user.pk,
        "grant": user.grants.get().pk,
        "team": make_team().pk,
        "key": "house.alsace_moselle",
        "value": value.pk,
    }


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_pages_and_no_other(role: Role, arguments: dict[str, Any], client_as: Any) -> None:
    client = client_as(role)
    for name, argument, method, allowed in PAGES:
        url = reverse(f"office:{name}", args=[arguments[argument]] if argument else [])
        status = getattr(client, method)(url).status_code
        assert (status != 403) == (role in allowed), f"{method} {name}: {status}"
        # An empty form is refused at its fields, with 422.
        assert status in {200, 302, 403} | ({422} if method == "post" else set()), f"{method} {name}: {status}"


def test_a_director_reads_and_writes_nothing(arguments: dict[str, Any], client_as: Any) -> None:
    client = client_as(Role.DIRECTOR)
    for name, argument in [("staff_member", "user"), ("parameter", "key")]:
        url = reverse(f"office:{name}", args=[arguments[argument]])
        main = client.get(url).content.decode().partition("<main")[2].partition("</main>")[0]
        assert "</table>" in main
        assert "<form" not in main
        assert client.post(url, {}).status_code == 403


def test_a_visitor_signs_in_first(client: Any, arguments: dict[str, Any]) -> None:
    for name, argument, method, _ in PAGES:
        url = reverse(f"office:{name}", args=[arguments[argument]] if argument else [])
        answer = getattr(client, method)(url)
        assert answer.status_code == 302
        assert answer.url.startswith("/compte/login/")


def test_a_job_is_for_its_author_and_for_who_looks_after_the_house(client_as: Any) -> None:
    manager = client_as(Role.RENTAL_MANAGER)
    job = Job.objects.create(kind="x", key="k", title="Quittancement", total=1, author=manager.user)
    urls = [reverse(f"office:{name}", args=[job.pk]) for name in ("job", "job_progress")]
    for client, status in [
        (manager, 200),
        (client_as(Role.ADMINISTRATOR), 200),
        (client_as(Role.DIRECTOR), 200),
        (client_as(Role.RENTAL_MANAGER), 404),
        (client_as(Role.FUNDER), 403),
    ]:
        assert [client.get(url).status_code for url in urls] == [status, status]
    Job.objects.update(state=JobState.FAILED, ended_at=job.started_at)
    resume = reverse("office:job_resume", args=[job.pk])
    assert client_as(Role.DIRECTOR).post(resume).status_code == 403
    assert client_as(Role.RENTAL_MANAGER).post(resume).status_code == 404
    assert manager.post(resume).status_code == 302


def test_a_token_is_its_owner_s(client_as: Any) -> None:
    owner = client_as(Role.RENTAL_MANAGER)
    token = ApiToken.objects.create(user=owner.user, label="x", digest="d", scopes=[], expires_on="2027-01-01")
    url = reverse("office:token_revoke", args=[token.pk])
    assert client_as(Role.ADMINISTRATOR).post(url).status_code == 404
    assert owner.get(url).status_code == 405
    assert owner.post(url).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
