"""A form that is sent with its progress leads where its view redirects, and the page there has the messages."""

import pytest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from common.answers import leads_on


@pytest.mark.parametrize(("by_script", "status", "header"), [(True, 200, "HX-Redirect"), (False, 302, "Location")])
def test_the_browser_goes_where_the_view_redirects(by_script: bool, status: int, header: str) -> None:
    request = RequestFactory().post("/", headers={"HX-Request": "true"} if by_script else {})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    answer = leads_on(lambda _: redirect("/loyers/banque/"))(request)
    assert (answer.status_code, answer[header]) == (status, "/loyers/banque/")


def test_a_form_that_is_shown_again_is_shown() -> None:
    request = RequestFactory().post("/", headers={"HX-Request": "true"})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    answer = leads_on(lambda _: HttpResponse("encore", status=422))(request)
    assert (answer.status_code, answer.content) == (422, b"encore")
