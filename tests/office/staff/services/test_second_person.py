"""What opens an account that its giver could not be needs a second person, is logged, and its person is told."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, Notice, RoleGrant, StaffRequest, User
from office.notices.queries import lines
from office.staff.services import (
    confirm_request,
    end_role,
    grant_role,
    password_path,
    refuse_request,
    save_user,
    set_active,
)
from tests.factories import actor_of, make_actor, make_organisation, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def admin() -> Actor:
    return make_actor(role=Role.ADMINISTRATOR)


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def _readdressed(user: User, admin: Actor, email: str) -> User:
    names = {"first_name": user.first_name, "last_name": user.last_name}
    return save_user(actor=admin, user_id=user.pk, email=email, **names)


def told(user: User) -> list[str]:
    notices = Notice.objects.visible_to(actor_of(user)).filter(kind="STAFF_CHANGED").order_by("id")
    return [line.shown.title for line in lines(list(notices))]


def logged() -> list[str]:
    return list(AccessLog.objects.order_by("id").values_list("reason", flat=True))


def test_the_role_of_a_funder_waits_with_its_body(admin: Actor, head: Actor) -> None:
    user, body = make_user(role=None), make_organisation()
    with pytest.raises(InvalidInput):
        grant_role(user_id=user.pk, role=Role.FUNDER, since=TODAY, actor=admin)
    assert grant_role(user_id=user.pk, role=Role.FUNDER, since=TODAY, organisation=body, actor=admin) is None
    confirm_request(request_id=StaffRequest.objects.get().pk, actor=head)
    assert RoleGrant.objects.get(user=user).organisation == body


def test_a_link_to_a_social_account_waits_and_goes_to_who_confirms(admin: Actor, head: Actor) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    assert password_path(user=camille, actor=admin) is None
    assert password_path(user=camille, actor=admin) is None
    request = StaffRequest.objects.get()
    waiting = lines(list(Notice.objects.visible_to(head).unseen()))
    assert waiting[0].shown.title.startswith("Accès à confirmer : lien pour choisir un mot de passe, pour")
    assert told(camille) == []
    path = confirm_request(request_id=request.pk, actor=head)
    assert path is not None
    assert path.startswith("/compte/password/reset/key/")
    assert told(camille) == [f"Votre compte : lien pour choisir un mot de passe donné, par {head.user}"]
    assert logged() == ["lien pour choisir un mot de passe donné"]
    assert not Notice.objects.visible_to(head).unseen().filter(kind="STAFF_ASKED").exists()
    with pytest.raises(Conflict):
        confirm_request(request_id=request.pk, actor=head)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.FUNDER])
def test_a_role_that_reads_what_its_giver_does_not_or_confirms_waits(admin: Actor, head: Actor, role: Role) -> None:
    user = make_user(role=None)
    assert grant_role(user_id=user.pk, role=role, since=TODAY, last_day=date(2026, 12, 31), actor=admin) is None
    assert actor_of(user).roles == frozenset()
    confirm_request(request_id=StaffRequest.objects.get().pk, actor=head)
    assert actor_of(user).roles == {role}
    assert RoleGrant.objects.get(user=user).period.upper == date(2027, 1, 1)
    assert told(user) == [
        f"Votre compte : rôle {role.label} donné, par {head.user}",
        f"Votre compte : lien pour choisir un mot de passe donné, par {head.user}",
    ]


def test_what_the_administration_gave_alone_opens_no_account_that_reads_notes(admin: Actor, head: Actor) -> None:
    """Neither a link taken before the role, nor a password chosen with one, nor the sessions of then."""
    user = make_user(role=None)
    user.set_password("choisi avec le lien")
    user.save()
    session = Client()
    session.force_login(user)
    former = password_path(user=user, actor=admin)
    assert former is not None
    grant_role(user_id=user.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    path = confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=head)
    assert path is not None
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert session.get("/").status_code == 302
    assert "set-password" not in str(Client().get(former, follow=True).redirect_chain)
    assert "set-password" in str(Client().get(path, follow=True).redirect_chain)


def test_a_second_role_of_who_reads_notes_leaves_the_password(admin: Actor, head: Actor) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    grant_role(user_id=camille.pk, role=Role.HEAD_OF_SOCIAL, since=TODAY, actor=admin)
    assert confirm_request(request_id=StaffRequest.objects.get().pk, actor=head) is None


def test_closing_an_account_ends_what_was_asked_for_it(admin: Actor, head: Actor) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    assert password_path(user=camille, actor=admin) is None
    set_active(user_id=camille.pk, is_active=False, actor=admin)
    assert not StaffRequest.objects.exists()
    assert not Notice.objects.visible_to(head).unseen().filter(kind="STAFF_ASKED").exists()


def test_the_address_of_a_social_account_waits(admin: Actor, head: Actor) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER, email="camille@ponton.test")
    _readdressed(camille, admin, "moi@ponton.test")
    camille.refresh_from_db()
    assert camille.email == "camille@ponton.test"
    confirm_request(request_id=StaffRequest.objects.get().pk, actor=head)
    camille.refresh_from_db()
    assert camille.email == "moi@ponton.test"


def test_refused_nothing_changes(admin: Actor, head: Actor) -> None:
    user = make_user(role=None)
    grant_role(user_id=user.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    refuse_request(request_id=StaffRequest.objects.get().pk, actor=head)
    assert actor_of(user).roles == frozenset()
    assert logged() == ["refusé : rôle Travail social"]
    grant_role(user_id=user.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    assert StaffRequest.objects.waiting().count() == 1


def test_nobody_confirms_what_he_asked_or_what_is_for_himself(admin: Actor, head: Actor) -> None:
    both = actor_of(make_user(roles=(Role.ADMINISTRATOR, Role.DIRECTOR)))
    make_user(role=Role.DIRECTOR)
    head_user = head.user
    assert head_user is not None
    assert password_path(user=head_user, actor=both) is None
    request = StaffRequest.objects.get()
    for actor in (both, head):
        assert not StaffRequest.objects.visible_to(actor).exists()
        with pytest.raises(NotAllowed, match="autre personne"):
            confirm_request(request_id=request.pk, actor=actor)
    with pytest.raises(NotAllowed):
        confirm_request(request_id=request.pk, actor=admin)


def test_where_nobody_can_confirm_the_administration_goes_on_and_it_is_logged(admin: Actor) -> None:
    first = make_user(role=None)
    assert grant_role(user_id=first.pk, role=Role.HEAD_OF_SOCIAL, since=TODAY, actor=admin) is not None
    assert password_path(user=first, actor=admin) is not None
    assert logged() == [
        "rôle Responsable du service social donné",
        "lien pour choisir un mot de passe donné",
    ]


def test_an_account_that_never_had_a_role_waits_for_nobody_and_its_person_is_told(admin: Actor, head: Actor) -> None:
    yann = make_user(role=None, email="yann@ponton.test")
    assert password_path(user=yann, actor=admin) is not None
    assert _readdressed(yann, admin, "y.leroux@ponton.test").email == "y.leroux@ponton.test"
    _readdressed(yann, admin, "y.leroux@ponton.test")
    set_active(user_id=yann.pk, is_active=False, actor=admin)
    set_active(user_id=yann.pk, is_active=True, actor=admin)
    assert logged() == [
        "lien pour choisir un mot de passe donné",
        "adresse de connexion changée pour y.leroux@ponton.test, avant : yann@ponton.test",
        "compte fermé",
        "compte rouvert",
    ]
    assert Notice.objects.filter(user=yann, kind="STAFF_CHANGED").count() == 4


def test_the_end_of_a_role_waits_for_nobody_and_is_told(admin: Actor, head: Actor) -> None:
    yann = make_user(role=Role.TECHNICIAN)
    end_role(grant_id=yann.grants.get().pk, last_day=TODAY, actor=admin)
    assert told(yann) == [f"Votre compte : rôle Technique terminé, par {admin.user}"]


def test_the_pages_of_the_two_persons(client_as: Any) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    head, admin = client_as(Role.HEAD_OF_SOCIAL), client_as(Role.ADMINISTRATOR)
    asked = admin.post(f"/bureau/equipe/{camille.pk}/lien/", follow=True).content.decode()
    assert "attend une deuxième personne" in asked
    assert "reset/key" not in asked
    request = StaffRequest.objects.get()
    assert str(camille) in head.get("/bureau/equipe/demandes/").content.decode()
    shown = head.post(f"/bureau/equipe/demandes/{request.pk}/", {"verb": "confirm"})
    assert "/compte/password/reset/key/" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "reset/key" not in head.get("/bureau/equipe/demandes/").content.decode()

    admin.post(f"/bureau/equipe/{camille.pk}/role/", {"role": "HEAD_OF_SOCIAL", "since": "05/11/2026"})
    request = StaffRequest.objects.waiting().get()
    assert "rôle Responsable du service social" in head.get("/bureau/equipe/demandes/").content.decode()
    head.post(f"/bureau/equipe/demandes/{request.pk}/", {"verb": "refuse"})
    assert not StaffRequest.objects.waiting().exists()
    assert actor_of(camille).roles == {Role.SOCIAL_WORKER}


def test_who_confirms_confirms_what_he_read(admin: Actor, head: Actor) -> None:
    """Asked again with another address while the page of the second person is open: his click finds nothing."""
    camille = make_user(role=Role.SOCIAL_WORKER, email="camille@ponton.test")
    _readdressed(camille, admin, "camille.martin@ponton.test")
    read = StaffRequest.objects.get()
    _readdressed(camille, admin, "camille.martin@ponton.test")
    assert StaffRequest.objects.get() == read
    _readdressed(camille, admin, "moi@ponton.test")
    with pytest.raises(Conflict, match="remplacée"):
        confirm_request(request_id=read.pk, actor=head)
    camille.refresh_from_db()
    assert camille.email == "camille@ponton.test"
    assert Notice.objects.visible_to(head).unseen().filter(kind="STAFF_ASKED").count() == 1
