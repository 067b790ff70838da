"""Tasks by the API: one's own, filtered, in pages; given to a colleague."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.services.tokens import issue_token
from office.models import Task
from tests.api import Api
from tests.factories import make_arrears, make_bank_known, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks() -> list[Task]:
    make_bank_known(until=date(2026, 11, 5))
    for _ in range(3):
        make_arrears()
    return list(Task.objects.order_by("pk"))


def test_a_manager_lists_what_waits_for_the_rental_service(tasks: list[Task]) -> None:
    api = Api(Role.RENTAL_MANAGER)
    found = api.get("/tasks")
    assert found["count"] == 3
    first = found["items"][0]
    assert (first["kind"], first["about"], first["about_id"]) == ("CASE_DECISION", "arrears_case", tasks[0].about_id)
    assert first["page"] == f"/loyers/impayes/dossiers/{tasks[0].about_id}/"
    assert first["title"].startswith("Décider pour ")
    page = api.get("/tasks", page=2, page_size=2)
    assert ([row["id"] for row in page["items"]], page["count"]) == ([tasks[2].pk], 3)


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"kind": "CASE_DECISION"}, 3), ({"kind": "CASE_REPORT"}, 0), ({"kind": "nothing"}, 0),
        ({"due_until": "2026-11-09"}, 0), ({"due_until": "2026-11-10"}, 3), ({"household_id": 0}, 0),
    ],
)  # fmt: skip
def test_the_list_is_filtered(tasks: list[Task], asked: dict[str, Any], count: int) -> None:
    assert Api(Role.RENTAL_MANAGER).get("/tasks", **asked)["count"] == count
    household = tasks[0].household_id
    assert [row["id"] for row in Api(Role.RENTAL_MANAGER).get("/tasks", household_id=household)["items"]] == [
        tasks[0].pk
    ]


def test_the_others_have_none(tasks: list[Task]) -> None:
    for role in (Role.TECHNICIAN, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL):
        assert Api(role).get("/tasks")["count"] == 0
    assert Api(Role.DIRECTOR).get("/tasks", status=403)


def test_a_task_is_given_to_a_colleague_and_back(tasks: list[Task]) -> None:
    boss, colleague = Api(Role.RENTAL_MANAGER), make_user()
    path = f"/tasks/{tasks[0].pk}/give"
    assert boss.post(path, {"to_id": colleague.pk})["assignee_id"] == colleague.pk
    assert boss.get("/tasks")["count"] == 2
    assert Api(colleague).get("/tasks")["count"] == 3
    assert boss.post(path, {"to_id": None})["assignee_id"] is None
    boss.refused(path, {"to_id": make_user(role=Role.TECHNICIAN).pk}, status=422, code="invalid")
    boss.refused(path, {"to_id": 0}, status=422, code="unknown_reference")
    Api(Role.SOCIAL_WORKER).refused(path, {"to_id": None}, status=403, code="not_allowed")


def test_a_token_needs_the_scope_of_tasks(tasks: list[Task]) -> None:
    """Tasks name households: a scope of the settings is not enough."""
    user = make_user()

    def token(scope: TokenScope) -> str:
        return issue_token(label="x", scopes=[scope], expires_on=date(2027, 1, 1), actor=Actor.of(user))[1]

    assert Api(token=token(TokenScope.TASKS_READ)).get("/tasks")["count"] == 3
    assert Api(token=token(TokenScope.OFFICE_READ)).get("/tasks", status=403)


def test_a_page_of_many_takes_as_many_queries_as_one(tasks: list[Task]) -> None:
    api = Api(Role.RENTAL_MANAGER)

    def queries(size: int) -> int:
        with CaptureQueriesContext(connection) as found:
            api.get("/tasks", page_size=size)
        return len(found)

    assert queries(1) == queries(3)
