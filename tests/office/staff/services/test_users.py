"""Accounts, dated roles, teams."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role, TokenScope
from office.access.services.tokens import actor_of_token, issue_token
from office.models import RoleGrant, Team, User
from office.staff.services import (
    end_role,
    first_person,
    grant_role,
    password_path,
    save_team,
    save_user,
    set_active,
)
from tests.factories import LONG_AGO, make_actor, make_organisation, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def admin() -> Actor:
    return make_actor(role=Role.ADMINISTRATOR)


def _new(admin: Actor, **fields: Any) -> User:
    given = {"email": "N.Prigent@Ponton.test ", "first_name": "Nadège", "last_name": "Prigent"}
    return save_user(actor=admin, **given | fields)


def test_a_new_account_has_no_password_and_no_role(admin: Actor) -> None:
    user = _new(admin)
    assert user.email == "n.prigent@ponton.test"
    assert not user.has_usable_password()
    assert Actor.of(user).roles == frozenset()


def test_an_address_serves_once(admin: Actor) -> None:
    _new(admin)
    with pytest.raises(InvalidInput) as refusal:
        _new(admin, last_name="Autre")
    assert refusal.value.field == "email"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_the_administrator_makes_accounts(role: Role) -> None:
    actor = make_actor(role=role)
    user = make_user()
    for call in (
        lambda: _new(actor),
        lambda: grant_role(user_id=user.pk, role=Role.DIRECTOR, since=TODAY, actor=actor),
        lambda: set_active(user_id=user.pk, is_active=False, actor=actor),
        lambda: password_path(user=user, actor=actor),
        lambda: save_team(name="Sud", member_ids=[], actor=actor),
        lambda: end_role(grant_id=user.grants.get().pk, last_day=TODAY, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_the_link_sets_a_password_once(admin: Actor) -> None:
    user = _new(admin)
    path = password_path(user=user, actor=admin)
    browser = Client()
    page = browser.get(path, follow=True)
    assert page.status_code == 200
    form = page.redirect_chain[-1][0]
    chosen = {"password1": "un-bateau-bien-amarre", "password2": "un-bateau-bien-amarre"}
    browser.post(form, chosen)
    user.refresh_from_db()
    assert user.check_password("un-bateau-bien-amarre")
    assert Client().login(email=user.email, password="un-bateau-bien-amarre")
    again = Client().get(path, follow=True)
    assert "ne sert plus" in again.content.decode()


def test_the_link_dies_after_three_days(admin: Actor) -> None:
    user = _new(admin)
    path = password_path(user=user, actor=admin)
    # Django's token generator reads the machine's clock: only here is it moved.
    from django.contrib.auth.tokens import PasswordResetTokenGenerator

    later = PasswordResetTokenGenerator._now
    try:
        PasswordResetTokenGenerator._now = lambda self: later(self) + timedelta(days=3, minutes=1)  # type: ignore[method-assign]
        assert "ne sert plus" in Client().get(path, follow=True).content.decode()
    finally:
        PasswordResetTokenGenerator._now = later  # type: ignore[method-assign]


def test_a_closed_account_loses_its_session(admin: Actor, client_as: Any) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    assert client.get("/bureau/travaux/").status_code == 200
    set_active(user_id=client.user.pk, is_active=False, actor=admin)
    assert client.get("/bureau/travaux/").status_code == 302


def test_what_a_closed_account_had_serves_no_more_when_it_is_opened_again(admin: Actor, client_as: Any) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    secret = _token(client.user)
    set_active(user_id=client.user.pk, is_active=False, actor=admin)
    set_active(user_id=client.user.pk, is_active=True, actor=admin)
    assert client.get("/bureau/travaux/").status_code == 302
    assert actor_of_token(secret) is None
    assert not User.objects.get(pk=client.user.pk).has_usable_password()


def test_a_new_password_ends_the_tokens(admin: Actor) -> None:
    user = make_user(password="un-vieux-bateau-rouge")
    others = _token(make_user())
    secret = _token(user)
    path = password_path(user=user, actor=admin)
    browser = Client()
    form = browser.get(path, follow=True).redirect_chain[-1][0]
    assert actor_of_token(secret) is not None
    browser.post(form, {"password1": "un-bateau-bien-amarre", "password2": "un-bateau-bien-amarre"})
    assert actor_of_token(secret) is None
    assert actor_of_token(others) is not None


def _token(user: User) -> str:
    until = clock.today() + timedelta(days=30)
    return issue_token(label="x", scopes=[TokenScope.LEASES_READ], expires_on=until, actor=Actor.of(user))[1]


def test_a_role_holds_from_its_first_to_its_last_day(admin: Actor) -> None:
    user = make_user(role=None)
    grant_role(user_id=user.pk, role=Role.TECHNICIAN, since=date(2026, 11, 6), last_day=date(2026, 11, 8), actor=admin)
    held = []
    for day in (5, 6, 8, 9):
        with clock.travel(date(2026, 11, day)):
            held.append(Role.TECHNICIAN in Actor.of(user).roles)
    assert held == [False, True, True, False]


def test_a_role_is_not_given_twice_on_one_day(admin: Actor) -> None:
    user = make_user(role=Role.TECHNICIAN)
    with pytest.raises((InvalidInput, Conflict), match="déjà ce rôle"):
        grant_role(user_id=user.pk, role=Role.TECHNICIAN, since=TODAY, actor=admin)
    with pytest.raises(IntegrityError, match="role_grant_no_overlap"), transaction.atomic():
        RoleGrant.objects.create(user=user, role=Role.TECHNICIAN, period=period(TODAY))


def test_a_funder_represents_somebody(admin: Actor) -> None:
    user = make_user(role=None)
    with pytest.raises(InvalidInput, match="organisme"):
        grant_role(user_id=user.pk, role=Role.FUNDER, since=TODAY, actor=admin)
    body = make_organisation(kinds=["FUNDER"])
    grant_role(user_id=user.pk, role=Role.FUNDER, since=TODAY, organisation=body, actor=admin)
    assert Actor.of(user).organisation_ids == {body.pk}


def test_dates_of_a_role_are_in_order(admin: Actor) -> None:
    with pytest.raises(InvalidInput, match="avant"):
        grant_role(
            user_id=make_user(role=None).pk, role=Role.DIRECTOR, since=TODAY, last_day=date(2026, 11, 4), actor=admin
        )


def test_nobody_gives_a_role_to_himself(admin: Actor) -> None:
    assert admin.user_id is not None
    with pytest.raises(NotAllowed, match="soi-même"):
        grant_role(user_id=admin.user_id, role=Role.HEAD_OF_SOCIAL, since=TODAY, actor=admin)


def test_a_role_ends_on_its_last_day(admin: Actor) -> None:
    user = make_user(role=Role.TECHNICIAN)
    end_role(grant_id=user.grants.get().pk, last_day=TODAY, actor=admin)
    assert Role.TECHNICIAN in Actor.of(user).roles
    with clock.travel(date(2026, 11, 6)):
        assert Actor.of(user).roles == frozenset()
        with pytest.raises(Conflict, match="déjà terminé"):
            end_role(grant_id=user.grants.get().pk, last_day=TODAY, actor=admin)


def test_what_a_role_was_is_kept(admin: Actor) -> None:
    user = make_user(role=Role.TECHNICIAN)
    end_role(grant_id=user.grants.get().pk, last_day=TODAY, actor=admin)
    kept = apps.get_model("office", "RoleGrantEvent").objects.filter(user=user).order_by("pgh_id")
    assert [event.period.upper for event in kept] == [None, date(2026, 11, 6)]


def test_a_role_that_never_began_is_removed(admin: Actor) -> None:
    user = make_user(role=None)
    grant = grant_role(user_id=user.pk, role=Role.TECHNICIAN, since=date(2027, 1, 1), actor=admin)
    end_role(grant_id=grant.pk, last_day=TODAY, actor=admin)
    assert not user.grants.exists()


def test_somebody_can_always_administer(admin: Actor) -> None:
    other = make_user(role=None)
    grant_role(user_id=other.pk, role=Role.ADMINISTRATOR, since=TODAY, last_day=date(2026, 12, 31), actor=admin)
    own = RoleGrant.objects.get(user=admin.user)
    with pytest.raises(Conflict, match="personne pour administrer"):
        end_role(grant_id=own.pk, last_day=TODAY, actor=admin)
    with pytest.raises(Conflict):
        set_active(user_id=own.user_id, is_active=False, actor=Actor.of(other))
    with pytest.raises(Conflict, match="propre compte"):
        set_active(user_id=own.user_id, is_active=False, actor=admin)
    lasting = make_user(role=Role.ADMINISTRATOR)
    make_user(role=Role.DIRECTOR)  # Somebody confirms still what she asks.
    end_role(grant_id=own.pk, last_day=TODAY, actor=Actor.of(lasting))


def test_a_team_has_the_members_chosen(admin: Actor) -> None:
    one, two = make_user(), make_user()
    team = save_team(name=" Nord ", member_ids=[one.pk, two.pk], actor=admin)
    save_team(team_id=team.pk, name="Nord", member_ids=[two.pk], actor=admin)
    assert list(Team.objects.get(name="Nord").members.all()) == [two]
    with pytest.raises((InvalidInput, Conflict)):
        save_team(name="Nord", member_ids=[], actor=admin)


# -- the first account ----------------------------------------------------------------------------------------------


def test_the_first_administrator_is_made_once() -> None:
    user = first_person(email="a@ponton.test", first_name="Anne", last_name="Le Goff", password="un-bateau-bien-amarre")
    assert Actor.of(user).roles == {Role.ADMINISTRATOR}
    with pytest.raises(Conflict, match="Administration est déjà tenu"):
        first_person(email="b@ponton.test", first_name="B", last_name="B", password="un-bateau-bien-amarre")


def test_the_command_refuses_a_weak_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "motdepasse")
    with pytest.raises(CommandError, match="12"):
        call_command("create_administrator", "a@ponton.test", "Anne", "Le Goff")
    monkeypatch.setattr("getpass.getpass", lambda prompt: "un-bateau-bien-amarre")
    call_command("create_administrator", "a@ponton.test", "Anne", "Le Goff")
    assert RoleGrant.objects.get().period.lower == TODAY
    assert TODAY > LONG_AGO
