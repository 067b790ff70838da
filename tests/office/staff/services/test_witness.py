"""One person with two accounts is one person: who lets somebody in alone is no witness together with her."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from common.errors import Conflict, NotAllowed
from office.access import matrix
from office.access.actor import Actor
from office.access.codes import Home, Role
from office.access.matrix import COLUMNS, FULL, OWN, Column, Data, exceeds, guarded_roles
from office.house.services import decide_iban, save_organisation
from office.models import IbanChange, Organisation, StaffRequest, User
from office.staff.queries import acts_on
from office.staff.services import (
    confirm_request,
    end_role,
    first_person,
    grant_role,
    password_path,
    save_user,
    set_active,
)
from tests.factories import actor_of, make_actor, make_iban, make_user
from tests.pages import plain

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def admin() -> Actor:
    return make_actor(role=Role.ADMINISTRATOR)


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def _opened(admin: Actor, name: str = "puppet") -> User:
    return save_user(actor=admin, email=f"{name}@ponton.test", first_name="Pup", last_name="Pet")


def _choose(path: str, password: str = "une-marionnette-en-bois") -> None:
    browser = Client()
    form = browser.get(path, follow=True).redirect_chain[-1][0]
    browser.post(form, {"password1": password, "password2": password})


def _asked_iban(actor: Actor) -> IbanChange:
    save_organisation(actor=actor, name="Bailleur", kinds=["LANDLORD"], iban=make_iban(number=7))
    return IbanChange.objects.get()


# -- which roles wait -------------------------------------------------------------------------------------------------


def test_each_role_that_its_giver_could_not_be_is_guarded() -> None:
    """Read off the matrix, cell by cell; administration waits since it confirms where money goes."""
    giver = COLUMNS[Role.ADMINISTRATOR]
    for role, column in COLUMNS.items():
        beyond = [
            (data, level)
            for mine, theirs in ((column.read, giver.read), (column.write, giver.write))
            for data, level in mine.items()
            if level != "NONE" and theirs.get(data) not in (FULL, level)
        ]
        confirms = {Data.STAFF_SECOND, Data.IBAN_SECOND} & column.write.keys()
        assert (role in guarded_roles()) == bool(beyond or confirms), role
    assert {Role.RENTAL_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR} <= set(guarded_roles())


def test_a_role_within_what_its_giver_is_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Column(Role.FUNDER, Home.PLAIN, read={Data.JOB: FULL, Data.SELF: OWN}, write={Data.SELF: OWN})
    monkeypatch.setitem(matrix.COLUMNS, Role.FUNDER, small)
    assert Role.FUNDER not in guarded_roles()
    assert not exceeds(small, COLUMNS[Role.ADMINISTRATOR])
    more = Column(Role.FUNDER, Home.PLAIN, read={Data.JOB: FULL}, write={Data.TICKET: matrix.ASK})
    monkeypatch.setitem(matrix.COLUMNS, Role.FUNDER, more)
    assert Role.FUNDER in guarded_roles()


def test_a_role_that_one_giver_could_not_be_waits_whatever_another_could(monkeypatch: pytest.MonkeyPatch) -> None:
    technician = COLUMNS[Role.TECHNICIAN]
    wide = Column(Role.FUNDER, Home.PLAIN, read=technician.read, write={**technician.write, Data.STAFF: FULL})
    monkeypatch.setitem(matrix.COLUMNS, Role.FUNDER, wide)
    assert exceeds(technician, COLUMNS[Role.ADMINISTRATOR])
    assert not exceeds(technician, wide)
    assert Role.TECHNICIAN in guarded_roles()


# -- an account that is taken over ------------------------------------------------------------------------------------


def test_the_role_that_ended_yesterday_guards_the_account_still(admin: Actor, head: Actor) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER, email="camille@ponton.test", password="le-sien-depuis-longtemps")
    end_role(grant_id=camille.grants.get().pk, last_day=YESTERDAY, actor=admin)
    assert password_path(user=camille, actor=admin) is None
    save_user(actor=admin, user_id=camille.pk, email="moi@ponton.test", first_name="Camille", last_name="B")
    camille.refresh_from_db()
    assert camille.email == "camille@ponton.test"
    assert StaffRequest.objects.waiting().count() == 2


def test_a_role_that_began_this_morning_and_was_removed_guards_it_still(admin: Actor, head: Actor) -> None:
    user = make_user(role=None)
    grant_role(user_id=user.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=head)
    end_role(grant_id=user.grants.get().pk, last_day=YESTERDAY, actor=admin)
    assert not user.grants.exists()
    assert password_path(user=user, actor=admin) is None


def test_who_comes_back_to_a_role_begins_anew(admin: Actor, head: Actor) -> None:
    """Whatever was chosen while the account held nothing: a password by a link that was given then."""
    camille = make_user(role=Role.SOCIAL_WORKER, password="usurpe-entre-temps")
    end_role(grant_id=camille.grants.get().pk, last_day=YESTERDAY, actor=admin)
    grant_role(user_id=camille.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    assert confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=head) is not None
    camille.refresh_from_db()
    assert not camille.has_usable_password()


def test_who_confirms_reads_what_happened_to_the_account(admin: Actor, head: Actor, client_as: Any) -> None:
    user = _opened(admin)
    path = password_path(user=user, actor=admin)
    assert path is not None
    _choose(path)
    save_user(actor=admin, user_id=user.pk, email="autre@ponton.test", first_name="Pup", last_name="Pet")
    grant_role(user_id=user.pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    assert [act.reason for act in acts_on([user.pk])[user.pk]] == [
        "adresse de connexion changée pour autre@ponton.test, avant : puppet@ponton.test",
        "mot de passe choisi",
        "lien pour choisir un mot de passe donné",
        "compte ouvert",
    ]
    page = plain(client_as(Role.HEAD_OF_SOCIAL).get("/bureau/equipe/demandes/"))
    assert "mot de passe choisi, par Pup Pet" in page
    assert f"lien pour choisir un mot de passe donné, par {admin.user}" in page
    assert "avant : puppet@ponton.test" in page


# -- one person with two accounts -------------------------------------------------------------------------------------


def test_nobody_gives_administration_alone(admin: Actor, head: Actor) -> None:
    puppet = _opened(admin)
    assert grant_role(user_id=puppet.pk, role=Role.ADMINISTRATOR, since=TODAY, actor=admin) is None
    assert actor_of(puppet).roles == frozenset()


def test_who_was_let_in_alone_confirms_no_iban_of_who_let_her_in(admin: Actor) -> None:
    """A house without a second person makes its administrators alone; then somebody else comes."""
    puppet = _opened(admin)
    assert grant_role(user_id=puppet.pk, role=Role.ADMINISTRATOR, since=TODAY, actor=admin) is not None
    make_user(role=Role.DIRECTOR)
    change = _asked_iban(admin)
    assert change.is_granted is None
    other = actor_of(puppet)
    assert not IbanChange.objects.visible_to(other).exists()
    with pytest.raises(NotAllowed, match="autre personne"):
        decide_iban(change_id=change.pk, is_granted=True, actor=other)
    assert Organisation.objects.get().iban == ""


def test_nor_does_who_let_her_in_confirm_what_she_asks(admin: Actor) -> None:
    puppet = _opened(admin)
    grant_role(user_id=puppet.pk, role=Role.ADMINISTRATOR, since=TODAY, actor=admin)
    make_user(role=Role.DIRECTOR)
    change = _asked_iban(actor_of(puppet))
    with pytest.raises(NotAllowed):
        decide_iban(change_id=change.pk, is_granted=True, actor=admin)


def test_nor_a_role_of_the_account_that_she_opened(admin: Actor) -> None:
    puppet = _opened(admin)
    grant_role(user_id=puppet.pk, role=Role.DIRECTOR, since=TODAY, actor=admin)
    marc = make_actor(role=Role.DIRECTOR)
    grant_role(user_id=make_user(role=None).pk, role=Role.SOCIAL_WORKER, since=TODAY, actor=admin)
    asked = StaffRequest.objects.waiting().get()
    assert not StaffRequest.objects.visible_to(actor_of(puppet)).waiting().exists()
    with pytest.raises(NotAllowed):
        confirm_request(request_id=asked.pk, actor=actor_of(puppet))
    assert confirm_request(request_id=asked.pk, actor=marc) is not None


def test_a_second_person_who_gives_the_way_in_makes_a_witness(admin: Actor, head: Actor) -> None:
    colleague = _opened(admin)
    grant_role(user_id=colleague.pk, role=Role.ADMINISTRATOR, since=TODAY, actor=admin)
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=head)
    change = _asked_iban(admin)
    decide_iban(change_id=change.pk, is_granted=True, actor=actor_of(colleague))
    assert Organisation.objects.get().iban == change.iban


# -- the last who confirms --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("last_day", [YESTERDAY, TODAY, date(2026, 12, 31)])
def test_nobody_takes_the_role_of_the_last_who_confirms(admin: Actor, last_day: date) -> None:
    marc = make_user(role=Role.DIRECTOR)
    with pytest.raises(Conflict, match="personne d’autre que vous"):
        end_role(grant_id=marc.grants.get().pk, last_day=last_day, actor=admin)
    with pytest.raises(Conflict, match="personne d’autre que vous"):
        set_active(user_id=marc.pk, is_active=False, actor=admin)
    make_user(role=Role.HEAD_OF_SOCIAL)
    with pytest.raises(Conflict):  # She confirms accounts, and no IBAN.
        end_role(grant_id=marc.grants.get().pk, last_day=last_day, actor=admin)
    make_user(role=Role.DIRECTOR)
    end_role(grant_id=marc.grants.get().pk, last_day=last_day, actor=admin)


def test_the_account_of_the_last_who_confirms_is_not_opened_alone(admin: Actor) -> None:
    marc = make_user(role=Role.DIRECTOR)
    with pytest.raises(Conflict, match="Mot de passe oublié"):
        password_path(user=marc, actor=admin)
    helene = make_user(role=None)
    assert grant_role(user_id=helene.pk, role=Role.HEAD_OF_SOCIAL, since=TODAY, actor=admin) is None
    confirm_request(request_id=StaffRequest.objects.waiting().get().pk, actor=actor_of(marc))
    assert password_path(user=marc, actor=admin) is None


# -- a house that begins ----------------------------------------------------------------------------------------------


def test_the_two_first_people_are_witnesses_of_each_other() -> None:
    names = {"first_name": "Anne", "last_name": "Le Goff", "password": "un-bateau-bien-amarre"}
    admin = actor_of(first_person(email="a@ponton.test", **names))
    marc = actor_of(first_person(email="b@ponton.test", directs=True, **names))
    change = _asked_iban(admin)
    assert change.is_granted is None
    decide_iban(change_id=change.pk, is_granted=True, actor=marc)
    first_person(email="c@ponton.test", directs=True, **names)
    with pytest.raises(Conflict, match="Direction est déjà tenu"):
        first_person(email="d@ponton.test", directs=True, **names)
