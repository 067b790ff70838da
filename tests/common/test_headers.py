"""What an answer says is for one person, and the browser forgets it when the session ends."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.middleware import HeadersMiddleware
from office.access.codes import Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/menages/", "/api/v1/households", "/api/v1/docs", "/nulle-part/"])
def test_answers_are_private(client_as: Any, address: str) -> None:
    answer = client_as(Role.RENTAL_MANAGER).get(address)
    assert answer["Cache-Control"] == "private, no-store"
    assert "Clear-Site-Data" not in answer


def test_an_answer_that_says_its_own_keeps_it() -> None:
    own = HttpResponse(headers={"Cache-Control": "private, no-cache"})
    assert HeadersMiddleware(lambda request: own)(RequestFactory().get("/"))["Cache-Control"] == "private, no-cache"


def test_at_the_end_of_the_session_the_browser_forgets(client_as: Any) -> None:
    someone = client_as(Role.RENTAL_MANAGER)
    assert someone.post("/compte/logout/")["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in Client().get("/compte/login/")
