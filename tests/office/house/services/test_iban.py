"""Where money goes changes by two people: who asked, what served before and who confirmed stay for ever."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.db.utils import InternalError

from common.errors import Conflict, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.house.services import decide_iban, save_bank_account, save_organisation, take_back_iban
from office.models import BankAccount, IbanChange, Notice, Organisation
from office.notices.queries import lines
from tests.at_once import both_at_once
from tests.factories import make_actor, make_iban

pytestmark = pytest.mark.django_db
FORMER, WANTED, OTHER = (make_iban(number=n) for n in (701, 702, 703))


@pytest.fixture
def manager() -> Actor:
    return make_actor(role=Role.RENTAL_MANAGER)


@pytest.fixture
def director() -> Actor:
    return make_actor(role=Role.DIRECTOR)


@pytest.fixture
def landlord() -> Organisation:
    return save_organisation(actor=Actor.system(), name="SCI du Port", kinds=["LANDLORD"], iban=FORMER)


def change(body: Organisation, actor: Actor, iban: str = WANTED) -> IbanChange:
    save_organisation(actor=actor, organisation_id=body.pk, name=body.name, kinds=["LANDLORD"], iban=iban)
    return IbanChange.objects.waiting().get()


def iban_of(body: Organisation) -> str:
    return Organisation.objects.get(pk=body.pk).iban


def told(actor: Actor, kind: str) -> list[str]:
    notices = Notice.objects.visible_to(actor).unseen().filter(kind=kind).order_by("id")
    return [line.shown.title for line in lines(list(notices))]


def test_another_iban_serves_once_a_second_person_confirms(
    manager: Actor, director: Actor, landlord: Organisation
) -> None:
    asked = change(landlord, manager)
    assert iban_of(landlord) == FORMER
    assert told(director, "IBAN_ASKED") == ["À confirmer : IBAN, SCI du Port"]
    decide_iban(change_id=asked.pk, is_granted=True, actor=director)
    assert iban_of(landlord) == WANTED
    asked.refresh_from_db()
    assert (asked.former, asked.iban, asked.asked_by, asked.decided_by) == (
        FORMER, WANTED, manager.user, director.user,
    )  # fmt: skip
    assert told(director, "IBAN_ASKED") == []
    assert told(manager, "IBAN_DECIDED") == [f"IBAN, SCI du Port : confirmé par {director.user}"]


def test_the_first_iban_and_the_last_wait_too(manager: Actor, director: Actor, landlord: Organisation) -> None:
    body = save_organisation(actor=manager, name="M. Faure", kinds=["LANDLORD"], iban=WANTED)
    assert iban_of(body) == ""
    decide_iban(change_id=IbanChange.objects.waiting().get().pk, is_granted=True, actor=director)
    assert iban_of(body) == WANTED
    assert change(body, manager, "").what == "retrait de l’IBAN"
    assert iban_of(body) == WANTED


def test_the_same_iban_asks_nothing_and_the_rest_of_the_form_is_saved_at_once(
    manager: Actor, director: Actor, landlord: Organisation
) -> None:
    fields: dict[str, Any] = {"organisation_id": landlord.pk, "kinds": ["LANDLORD"], "phone": "04 68 00 00 00"}
    save_organisation(actor=manager, name="SCI du Port", iban=FORMER, **fields)
    assert not IbanChange.objects.waiting().exists()
    save_organisation(actor=manager, name="SCI du Vieux Port", iban=WANTED, **fields)
    landlord.refresh_from_db()
    assert (landlord.name, landlord.phone, landlord.iban) == ("SCI du Vieux Port", "04 68 00 00 00", FORMER)


def test_refused_or_taken_back_nothing_changes(manager: Actor, director: Actor, landlord: Organisation) -> None:
    decide_iban(change_id=change(landlord, manager).pk, is_granted=False, actor=director)
    taken = change(landlord, manager)
    take_back_iban(change_id=taken.pk, actor=manager)
    assert iban_of(landlord) == FORMER
    assert told(director, "IBAN_ASKED") == []
    refused, gone = IbanChange.objects.filter(is_granted=False).order_by("pk")
    assert (refused.is_taken_back, gone.is_taken_back) == (False, True)
    with pytest.raises(Conflict, match="déjà décidé"):
        decide_iban(change_id=taken.pk, is_granted=True, actor=director)


def test_nobody_confirms_what_he_asked(director: Actor, landlord: Organisation) -> None:
    make_actor(role=Role.ADMINISTRATOR)
    asked = change(landlord, director)
    assert not IbanChange.objects.visible_to(director).waiting().exists()
    with pytest.raises(NotAllowed, match="autre personne"):
        decide_iban(change_id=asked.pk, is_granted=True, actor=director)


def test_who_confirms_confirms_what_he_read(manager: Actor, director: Actor, landlord: Organisation) -> None:
    """Asked again with another IBAN while the page of the second person is open: his click finds nothing."""
    read = change(landlord, manager)
    assert change(landlord, manager, OTHER).pk != read.pk
    with pytest.raises(Conflict, match="remplacé"):
        decide_iban(change_id=read.pk, is_granted=True, actor=director)
    assert iban_of(landlord) == FORMER


def test_asked_twice_it_is_one(manager: Actor, director: Actor, landlord: Organisation) -> None:
    assert change(landlord, manager).pk == change(landlord, manager).pk
    assert len(told(director, "IBAN_ASKED")) == 1


def test_where_nobody_else_can_it_is_done_at_once_and_kept(landlord: Organisation) -> None:
    admin = make_actor(role=Role.ADMINISTRATOR)
    save_organisation(actor=admin, organisation_id=landlord.pk, name="SCI du Port", kinds=["LANDLORD"], iban=WANTED)
    done = IbanChange.objects.get(iban=WANTED)
    assert (iban_of(landlord), done.asked_by, done.decided_by, done.is_granted) == (WANTED, admin.user, None, True)


def test_an_account_of_ours_is_not_used_before_it_is_confirmed(director: Actor) -> None:
    admin = make_actor(role=Role.ADMINISTRATOR)
    account = save_bank_account(actor=admin, label="Courant", iban=WANTED)
    assert not account.is_active
    asked = IbanChange.objects.waiting().get()
    again = save_bank_account(actor=admin, label="Compte courant", iban=WANTED, bank_account_id=account.pk)
    assert (again.label, again.is_active, IbanChange.objects.waiting().get()) == ("Compte courant", False, asked)
    decide_iban(change_id=asked.pk, is_granted=True, actor=director)
    assert BankAccount.objects.get().is_active
    save_bank_account(actor=admin, label="Courant", iban=WANTED, bank_account_id=account.pk, is_active=False)
    assert not save_bank_account(actor=admin, label="Courant", iban=WANTED, bank_account_id=account.pk).is_active
    save_bank_account(actor=admin, label="Courant", iban=WANTED, bank_account_id=account.pk, is_active=False)
    assert not IbanChange.objects.waiting().exists()


def test_a_manager_takes_back_no_account_of_the_association(manager: Actor, director: Actor) -> None:
    save_bank_account(actor=make_actor(role=Role.ADMINISTRATOR), label="Courant", iban=WANTED)
    with pytest.raises(NotAllowed, match="administration"):
        take_back_iban(change_id=IbanChange.objects.waiting().get().pk, actor=manager)


@pytest.mark.parametrize("iban", [WANTED, ""])
def test_the_database_changes_no_iban_that_nobody_asked(landlord: Organisation, iban: str) -> None:
    with pytest.raises(IntegrityError, match="nobody asked"), transaction.atomic():
        Organisation.objects.filter(pk=landlord.pk).update(iban=iban)


def test_what_was_decided_stays(manager: Actor, director: Actor, landlord: Organisation) -> None:
    asked = change(landlord, manager)
    decide_iban(change_id=asked.pk, is_granted=True, actor=director)
    for write in (lambda row: row.update(former=OTHER), lambda row: row.delete()):
        with pytest.raises((InternalError, ProgrammingError), match="Cannot"), transaction.atomic():
            write(IbanChange.objects.filter(pk=asked.pk))


def test_the_history_keeps_what_an_organisation_was(manager: Actor, landlord: Organisation) -> None:
    save_organisation(actor=manager, organisation_id=landlord.pk, name="SCI d’en face", kinds=["LANDLORD"], iban=FORMER)
    names = list(landlord.events.order_by("pgh_id").values_list("name", flat=True))  # type: ignore[attr-defined]
    assert (names[0], names[-1]) == ("SCI du Port", "SCI d’en face")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told(manager: Actor, director: Actor, landlord: Organisation) -> None:
    asked, admin = change(landlord, manager), make_actor(role=Role.ADMINISTRATOR)
    results = both_at_once(
        lambda: decide_iban(change_id=asked.pk, is_granted=True, actor=director),
        lambda: decide_iban(change_id=asked.pk, is_granted=False, actor=admin),
    )
    assert sum(isinstance(result, Conflict) for result in results) == 1
    asked.refresh_from_db()
    assert iban_of(landlord) == (WANTED if asked.is_granted else FORMER)


@pytest.mark.django_db(transaction=True)
def test_asked_and_confirmed_at_once_the_one_that_was_read_serves_or_none(
    manager: Actor, director: Actor, landlord: Organisation
) -> None:
    asked = change(landlord, manager)
    both_at_once(
        lambda: decide_iban(change_id=asked.pk, is_granted=True, actor=director),
        lambda: change(landlord, manager, OTHER),
    )
    asked.refresh_from_db()
    assert iban_of(landlord) == (WANTED if asked.is_granted else FORMER)
    assert IbanChange.objects.waiting().get().iban == OTHER
