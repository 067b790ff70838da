"""A form that is sent with its progress leads where its view redirects, and the page there has the messages."""

import json

import pytest
from django import forms
from django.contrib.messages import success
from django.contrib.messages.storage.base import BaseStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from common.answers import EACH, file_page, leads_on


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


class Kept(BaseStorage):
    """Messages that live as long as their request."""

    def _get(self, *args: object, **kwargs: object) -> tuple[list[object], bool]:
        return [], True

    def _store(self, messages: list[object], response: HttpResponse, *args: object, **kwargs: object) -> list[object]:
        return []


def one_of_several() -> HttpRequest:
    request = RequestFactory().post("/", headers={EACH: "1"})
    request._messages = Kept(request)  # type: ignore[attr-defined]
    return request


def test_one_of_several_files_is_told_what_became_of_it_and_no_page_tells_it_again() -> None:
    def view(request: HttpRequest) -> HttpResponse:
        success(request, "2 lignes nouvelles.")
        return redirect("/loyers/banque/")

    request = one_of_several()
    assert json.loads(leads_on(view)(request).content) == {"to": "/loyers/banque/", "told": ["2 lignes nouvelles."]}
    assert request._messages.used  # type: ignore[attr-defined]


class FileForm(forms.Form):
    file = forms.FileField(error_messages={"required": "Choisissez le fichier."})


def test_one_of_several_files_is_told_every_refusal() -> None:
    form = FileForm({}, {})
    answer = file_page(one_of_several(), "aucune.html", {}, form=form, errors=["Ligne 3 : pas une date."])
    assert answer.status_code == 422
    assert json.loads(answer.content) == {"errors": ["Ligne 3 : pas une date.", "Choisissez le fichier."]}
