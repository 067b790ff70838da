"""The second factor that some roles must set up, and the brake on wrong passwords."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from common import clock
from office.access.codes import Role, TokenScope
from office.access.services.tokens import issue_token
from tests.factories import actor_of, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(settings: Any) -> None:
    settings.MFA_REQUIRED_ROLES = {"ADMINISTRATOR", "HEAD_OF_SOCIAL"}


def test_without_the_setting_nobody_is_asked(client_as: Any) -> None:
    assert client_as(Role.ADMINISTRATOR).get("/bureau/equipe/").status_code == 200


@pytest.mark.usefixtures("required")
def test_a_role_that_must_sets_it_up_first(client_as: Any) -> None:
    client = client_as(Role.ADMINISTRATOR)
    answer = client.get("/bureau/equipe/")
    assert (answer.status_code, answer.url) == (302, "/compte/2fa/totp/activate/")
    by_htmx = client.get("/bureau/equipe/", headers={"HX-Request": "true"})
    assert by_htmx.headers["HX-Redirect"] == "/compte/2fa/totp/activate/"
    assert client.post("/compte/logout/").status_code == 302


@pytest.mark.usefixtures("required")
def test_other_roles_are_not_asked(client_as: Any) -> None:
    assert client_as(Role.RENTAL_MANAGER).get("/bureau/travaux/").status_code == 200


@pytest.mark.usefixtures("required")
def test_from_the_link_of_the_administrator_to_the_pages_behind_the_second_factor(client_as: Any) -> None:
    """All by its pages: the link, a password, signing in, the code of the phone, and the pages open."""
    cache.clear()
    admin, password = client_as(Role.ADMINISTRATOR), "un-bateau-bien-amarre"
    TOTP.activate(admin.user, generate_totp_secret())
    person = make_user(role=Role.ADMINISTRATOR, email="p.morvan@ponton.test")
    shown = admin.post(f"/bureau/equipe/{person.pk}/lien/").content.decode()
    path = re.findall(r"http://testserver(/compte/password/reset/key/[^<\s]+)", shown)[0]
    browser = Client()
    form = browser.get(path).headers["Location"]
    assert browser.post(form, {"password1": password, "password2": password}).status_code == 302

    browser.post("/compte/login/", {"login": person.email, "password": password})
    assert browser.get("/bureau/equipe/").headers["Location"] == "/compte/2fa/totp/activate/"
    asked = browser.get("/compte/2fa/totp/activate/").headers["Location"]
    assert asked.startswith("/compte/reauthenticate/")
    page = browser.post(asked, {"password": password}, follow=True)
    assert "Installer l’application" in page.content.decode()
    secret = browser.session["mfa.totp.secret"]
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert browser.post("/compte/2fa/totp/activate/", {"code": code}).status_code == 302
    assert browser.get("/bureau/equipe/").status_code == 200
    assert browser.get("/compte/2fa/recovery-codes/").status_code == 200

    # Who looked over the shoulder has the password and this code: it served.
    browser.post("/compte/logout/")
    browser.post("/compte/login/", {"login": person.email, "password": password})
    browser.post("/compte/2fa/authenticate/", {"code": code})
    assert "_auth_user_id" not in browser.session


def test_wrong_passwords_are_braked_even_for_the_right_one_after() -> None:
    cache.clear()
    user = make_user(email="n.prigent@ponton.test", password="un-bateau-bien-amarre")
    browser = Client()

    def sign_in(password: str) -> Any:
        return browser.post("/compte/login/", {"login": user.email, "password": password})

    for _ in range(5):
        assert sign_in("faux-mot-de-passe").status_code == 200
    assert sign_in("un-bateau-bien-amarre").status_code == 200
    assert "_auth_user_id" not in browser.session
    cache.clear()
    assert sign_in("un-bateau-bien-amarre").status_code == 302


def test_there_is_no_technical_administration(client_as: Any) -> None:
    assert client_as(Role.ADMINISTRATOR).get("/administration-technique/").status_code == 404
    assert client_as(Role.ADMINISTRATOR).get("/admin/").status_code == 404


@pytest.mark.usefixtures("required")
def test_the_api_asks_for_it_too_in_its_own_shape(client_as: Any) -> None:
    """By the session, and by a token that was made before the rule."""
    client = client_as(Role.HEAD_OF_SOCIAL)
    scopes = [TokenScope.SOCIAL_READ]
    _, secret = issue_token(
        label="x", scopes=scopes, expires_on=clock.today() + timedelta(days=30), actor=actor_of(client.user)
    )
    bearer = {"Authorization": f"Bearer {secret}"}
    for answer in (client.get("/api/v1/alerts"), Client().get("/api/v1/alerts", headers=bearer)):
        assert answer.status_code == 403
        assert "deuxième facteur" in answer.json()["error"]["message"]
    TOTP.activate(client.user, generate_totp_secret())
    assert Client().get("/api/v1/alerts", headers=bearer).status_code == 200
