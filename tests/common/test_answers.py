"""`attempt`: what a service refuses goes to its field, or becomes a message, or a 403."""

import pytest
from django import forms
from django.contrib.messages import get_messages, success
from django.contrib.messages.storage.base import BaseStorage
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from common.answers import attempt, status_of
from common.errors import Conflict, InvalidInput, NotAllowed, UnreadableFile


class NameForm(forms.Form):
    name = forms.CharField(label="Nom")


class Kept(BaseStorage):
    """Messages of one request, kept in memory."""

    def _get(self, *args, **kwargs):
        return [], True

    def _store(self, messages, response, *args, **kwargs):
        return []


def told(tried, done=""):
    request = HttpRequest()
    request._messages = Kept(request)
    tried.tell(request, done)
    return [(message.level_tag, str(message)) for message in get_messages(request)]


def refusing(error):
    def call():
        raise error

    return call


def test_what_the_service_returns_is_the_value():
    tried = attempt(lambda: 12)
    assert tried
    assert tried.value == 12
    assert told(tried, "Fait.") == [("ok", "Fait.")]
    assert told(tried, lambda value: f"{value} faits.") == [("ok", "12 faits.")]
    assert told(tried) == []


def test_a_service_that_returns_nothing_has_done_its_work():
    tried = attempt(lambda: None)
    assert tried
    assert tried.value is None


def test_a_form_not_sent_calls_nothing():
    form = NameForm()
    assert not attempt(refusing(AssertionError("called")), form)
    assert status_of(form) == 200


def test_a_form_not_valid_calls_nothing_and_says_its_first_error():
    form = NameForm({"name": ""})
    tried = attempt(refusing(AssertionError("called")), form)
    assert not tried
    assert told(tried, "Fait.") == [("danger", f"Nom : {form.errors['name'][0]}")]
    assert status_of(form) == 422


@pytest.mark.parametrize(("field", "place"), [("name", "name"), ("other", "__all__"), (None, "__all__")])
def test_a_refusal_stands_at_the_field_that_it_names_else_on_top(field, place):
    form = NameForm({"name": "Sarr"})
    tried = attempt(refusing(InvalidInput("Déjà pris.", field=field)), form)
    assert not tried
    assert form.errors == {place: ["Déjà pris."]}
    assert status_of(form) == 422
    assert told(tried, "Fait.") == [("danger", "Déjà pris.")]


def test_what_a_role_may_not_do_is_a_403():
    with pytest.raises(PermissionDenied, match="Réservé"):
        attempt(refusing(NotAllowed("Réservé.")), NameForm({"name": "Sarr"}))


def test_the_refusal_keeps_its_code():
    tried = attempt(refusing(Conflict("Trop tard.", code="gone")))
    assert tried.refusal is not None
    assert tried.refusal.code == "gone"
    assert tried.errors == ["Trop tard."]


def test_a_file_has_one_line_for_each_problem():
    tried = attempt(refusing(UnreadableFile("Illisible.", errors=["Ligne 2.", "Ligne 4."])))
    assert tried.errors == ["Ligne 2.", "Ligne 4."]
    assert told(tried) == [("danger", "Illisible.")]


def test_another_error_is_no_refusal():
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 // 0)


def test_a_message_is_set_as_french_once_whoever_wrote_it():
    request = HttpRequest()
    request._messages = Kept(request)
    success(request, "Lettre n° 3 pour Mme Sarr <b> : partie !")
    success(
        request, format_html('<strong>{} établi.</strong> <a class="a-link" href="{}">Ouvrir ?</a>', "L'avis", "/a")
    )
    shown = render_to_string("common/includes/messages.html", {"messages": get_messages(request), "request": request})
    assert "Lettre n°\u00a03 pour Mme\u00a0Sarr &lt;b&gt;\u00a0: partie\u202f!" in shown
    assert '<strong>L’avis établi.</strong> <a class="a-link" href="/a">Ouvrir\u202f?</a>' in shown
