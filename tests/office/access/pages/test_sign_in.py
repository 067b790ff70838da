"""How people sign in: by the one address that the administration gave, at the pages that the house asked for."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from office.access.codes import Role
from office.staff.services import save_user
from tests.factories import make_actor, make_user

pytestmark = pytest.mark.django_db
PASSWORD = "un-bateau-bien-amarre"
MOUNTED = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
    "account_change_password", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


def sign_in(email: str, client: Client | None = None) -> Client:
    cache.clear()
    client = client or Client()
    client.post("/compte/login/", {"login": email, "password": PASSWORD})
    return client


def _names(found: list[URLPattern | URLResolver]) -> set[str]:
    return {
        name
        for one in found
        for name in (_names(one.url_patterns) if isinstance(one, URLResolver) else {str(one.name)})
    }


def test_of_allauth_only_what_the_house_asked_for_is_mounted() -> None:
    [account] = [one for one in get_resolver().url_patterns if str(one.pattern) == "compte/"]
    assert isinstance(account, URLResolver)
    assert _names(account.url_patterns) == MOUNTED


def test_nobody_changes_the_address_that_he_signs_in_with() -> None:
    user = make_user(role=Role.TECHNICIAN, email="yann@ponton.test", password=PASSWORD)
    client = sign_in(user.email)
    for action in ("action_add", "action_primary"):
        assert client.post("/compte/email/", {action: "", "email": "evil@evil.example"}).status_code == 404
    assert not EmailAddress.objects.filter(email__startswith="evil").exists()


def test_a_former_address_signs_nobody_in() -> None:
    user = make_user(role=Role.TECHNICIAN, email="yann@ponton.test", password=PASSWORD)
    assert sign_in("yann@ponton.test").get("/").status_code != 403
    save_user(
        actor=make_actor(role=Role.ADMINISTRATOR),
        user_id=user.pk,
        email="yann.leroux@ponton.test",
        first_name="Yann",
        last_name="Leroux",
    )
    assert "_auth_user_id" not in sign_in("yann@ponton.test").session
    assert sign_in("yann.leroux@ponton.test").session["_auth_user_id"] == str(user.pk)


def test_who_knows_no_account_is_told_who_opens_them() -> None:
    page = Client().get("/compte/signup/").content.decode()
    assert "ouverts par l’administration" in page
    assert Client().post("/compte/signup/", {"email": "a@b.test", "password1": PASSWORD}).status_code == 200


def test_too_many_tries_from_one_place_are_told_in_french(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    make_user(email="q@ponton.test", password=PASSWORD)
    client = sign_in("q@ponton.test")
    client.logout()
    answer = client.post("/compte/login/", {"login": "q@ponton.test", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Attendez une minute" in answer.content.decode()
    cache.clear()


def test_an_office_may_err_ten_times_and_still_come_in() -> None:
    cache.clear()
    user = make_user(email="ok@ponton.test", password=PASSWORD)
    for n in range(12):
        Client().post("/compte/login/", {"login": f"q{n}@ponton.test", "password": "faux"})
    client = Client()
    client.post("/compte/login/", {"login": user.email, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(user.pk)
    cache.clear()


def test_without_a_mail_server_a_forgotten_password_says_whom_to_ask(settings: Any) -> None:
    settings.MAIL_PROVIDER = "file"
    page = Client().get("/compte/password/reset/").content.decode()
    assert "personne qui administre Ancrage" in page
    assert 'name="email"' not in page
    settings.MAIL_PROVIDER = "smtp"
    assert 'name="email"' in Client().get("/compte/password/reset/").content.decode()
