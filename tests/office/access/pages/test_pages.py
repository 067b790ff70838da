"""What the access log and the page of tokens show and do."""

from typing import Any

import pytest

from office.access.codes import Role
from office.access.matrix import Data
from office.access.services.access_log import log_access
from office.models import ApiToken
from tests.factories import actor_of, make_team, make_user
from tests.office.browsing import text_of, url_of
from tests.pages import signed_in

pytestmark = pytest.mark.django_db


def test_the_access_log_filters_and_tells_no_household(admin: Any) -> None:
    reader, other = make_user(last_name="Lectrice"), make_user(last_name="Autre")
    log_access(actor=actor_of(reader), subject=Data.PRIVATE_NOTE, obj=make_team(), household_id=41, reason="Veille")
    log_access(actor=actor_of(other), subject=Data.PROTECTED_ADDRESS, obj=make_team())
    text = text_of(admin.get(url_of("access_log"), {"personne": reader.pk}))
    assert "n° 41" in text
    assert "Veille" not in text  # why a note was opened is told of a household
    assert "Motif réservé au service social" in text
    assert text.count("Note réservée") == 2  # in the filter and in the row
    text = text_of(admin.get(url_of("access_log"), {"donnee": "PROTECTED_ADDRESS"}))
    assert "n° 41" not in text


def test_who_heads_the_social_service_reads_why_a_note_was_opened() -> None:
    head, reader = make_user(role=Role.HEAD_OF_SOCIAL), make_user(role=Role.SOCIAL_WORKER)
    make_team().members.add(head, reader)
    log_access(actor=actor_of(reader), subject=Data.PRIVATE_NOTE, obj=make_team(), household_id=41, reason="Veille")
    assert "Veille" in text_of(signed_in(head).get(url_of("access_log")))


def test_a_token_is_shown_once(admin: Any) -> None:
    data = {"label": "Tableur", "scopes": ["stock:read"], "expires_on": "01/02/2027"}
    answer = admin.post(url_of("tokens"), data)
    assert "ancrage_" in text_of(answer)
    assert "no-store" in answer.headers["Cache-Control"]
    page = text_of(admin.get(url_of("tokens")))
    assert "ancrage_" not in page
    assert "Lire le parc" in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "stock:read" not in page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "Révoquer ce jeton" in page
    admin.post(url_of("token_revoke", ApiToken.objects.get().pk))
    assert "révoqué" in text_of(admin.get(url_of("tokens")))
