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


@pytest.mark.parametrize("page", ["/menages/", "/loyers/encaissements/", "/bureau/organismes/", "/a%00b/"])
def test_an_address_with_a_nul_is_a_bad_request(client_as: Any, page: str) -> None:
    """PostgreSQL keeps every character but this one: no query of a page is asked."""
    answer = client_as(Role.RENTAL_MANAGER).get(f"{page}?q=a%00b")
    assert answer.status_code == 400
    assert 'lang="fr"' in answer.content.decode()
