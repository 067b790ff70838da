"""Who signed in, who failed and from where: without a password, without an address that nobody here has."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.utils import InternalError, ProgrammingError
from django.test import Client

from common import clock
from office.access.codes import Role, SignInOutcome
from office.access.services.sign_ins import forget_sign_ins, log_sign_in
from office.models import SignIn, User
from office.schedules import forget_old_sign_ins
from tests.factories import make_user
from tests.office.browsing import text_of, url_of

pytestmark = pytest.mark.django_db
PASSWORD = "un-bateau-bien-amarre"


@pytest.fixture
def camille() -> User:
    cache.clear()
    user = make_user(role=Role.SOCIAL_WORKER, email="camille@ponton.test")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(login: str, password: str, client: Client | None = None) -> Client:
    client = client or Client(REMOTE_ADDR="192.0.2.7")
    client.post("/compte/login/", {"login": login, "password": password})
    return client


def kept() -> list[tuple[User | None, str, str | None]]:
    return [(row.user, row.outcome, row.address) for row in SignIn.objects.select_related("user").order_by("id")]


def test_done_and_refused_are_kept_with_where_they_came_from(camille: User) -> None:
    sign_in("Camille@ponton.test", "un-autre-mot-de-passe")
    sign_in("camille@ponton.test", PASSWORD)
    assert kept() == [(camille, "PASSWORD", "192.0.2.7"), (camille, "DONE", "192.0.2.7")]


def test_neither_a_password_nor_an_unknown_address_is_kept(camille: User) -> None:
    """A password is easily typed in the field of the address."""
    sign_in("mon-mot-de-passe@secret.test", "hunter2-hunter2")
    assert kept() == [(None, "UNKNOWN", "192.0.2.7")]
    written = str(list(SignIn.objects.values()))
    assert "secret.test" not in written
    assert "hunter2" not in written


def test_a_second_factor_that_is_refused_is_no_sign_in(camille: User) -> None:
    TOTP.activate(camille, generate_totp_secret())
    client = sign_in(camille.email, PASSWORD)
    assert kept() == []
    client.post("/compte/2fa/authenticate/", {"code": "000000"})
    assert kept() == [(camille, "FACTOR", "192.0.2.7")]


def test_who_has_a_closed_account_is_kept_as_such(camille: User) -> None:
    User.objects.filter(pk=camille.pk).update(is_active=False)
    sign_in(camille.email, PASSWORD)
    assert [outcome for _, outcome, _ in kept()] == ["CLOSED"]


def test_the_administration_and_the_director_read_them(client_as: Any, camille: User) -> None:
    sign_in("camille@ponton.test", "un-autre-mot-de-passe")
    sign_in("personne@ponton.test", "un-autre-mot-de-passe")
    for role in (Role.ADMINISTRATOR, Role.DIRECTOR):
        client = client_as(role)
        page = text_of(client.get(url_of("sign_ins")))
        assert "Mot de passe refusé" in page
        assert "192.0.2.7" in page
        assert url_of("sign_ins") in text_of(client.get(url_of("access_log")))
        rows = text_of(client.get(url_of("sign_ins"), {"personne": camille.pk})).partition("<tbody>")[2]
        assert "Adresse inconnue" not in rows
    head = client_as(Role.HEAD_OF_SOCIAL)
    assert url_of("sign_ins") not in text_of(head.get(url_of("access_log")))
    assert head.get(url_of("sign_ins")).status_code == 403


def test_they_are_erased_after_the_months_of_the_parameter_and_never_changed(camille: User) -> None:
    for day in (date(2026, 5, 4), date(2026, 5, 5), date(2026, 11, 5)):
        with clock.travel(day):
            log_sign_in(outcome=SignInOutcome.DONE, user=camille, address=None)
    Session.objects.create(session_key="old", session_data="", expire_date=clock.now() - timedelta(days=1))
    forget_old_sign_ins(date(2026, 11, 5))
    assert [row.at.date() for row in SignIn.objects.order_by("id")] == [date(2026, 5, 5), date(2026, 11, 5)]
    assert forget_sign_ins(day=date(2026, 11, 5), months=6) == 0
    assert not Session.objects.filter(session_key="old").exists()
    with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
        SignIn.objects.update(address="192.0.2.1")


@pytest.mark.parametrize(
    ("remember", "lasts", "ends"), [(False, 3.9, 4.1), (True, 71.9, 72.1)], ids=["at the desk", "remembered"]
)
def test_a_session_that_nobody_uses_ends(camille: User, remember: bool, lasts: float, ends: float) -> None:
    client, start = Client(), datetime(2026, 11, 5, 9, tzinfo=clock.PARIS)
    asked = {"login": camille.email, "password": PASSWORD} | ({"remember": "on"} if remember else {})
    client.post("/compte/login/", asked)
    with clock.travel(start + timedelta(hours=lasts)):
        assert client.get("/bureau/notifications/").status_code == 200
    with clock.travel(start + timedelta(hours=lasts + lasts)):
        assert client.get("/bureau/notifications/").status_code == 200
    with clock.travel(start + timedelta(hours=2 * lasts + ends)):
        assert client.get("/api/v1/me").status_code == 401
        answer = client.get("/bureau/notifications/")
        assert answer.headers["Location"].startswith("/compte/login/")


def test_who_comes_back_is_told_why_and_led_where_he_went(camille: User) -> None:
    client = sign_in(camille.email, PASSWORD)
    with clock.travel(datetime(2026, 11, 5, 14, tzinfo=clock.PARIS)):
        answer = client.get("/bureau/notifications/", follow=True)
        assert "Votre session s’est fermée" in text_of(answer)
        assert answer.request["QUERY_STRING"] == "next=%2Fbureau%2Fnotifications%2F"


def test_a_page_writes_nothing_that_says_that_it_was_used(camille: User, django_assert_num_queries: Any) -> None:
    client = sign_in(camille.email, PASSWORD)
    client.get("/bureau/notifications/")
    before = Session.objects.get().session_data
    with clock.travel(datetime(2026, 11, 5, 9, 4, tzinfo=clock.PARIS)):
        client.get("/bureau/notifications/")
    assert Session.objects.get().session_data == before
    with clock.travel(datetime(2026, 11, 5, 9, 6, tzinfo=clock.PARIS)):
        client.get("/bureau/notifications/")
    assert Session.objects.get().session_data != before
