"""Identity, bank accounts, organisations."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import HeldFor, OrganisationKind
from office.house.services import save_association, save_bank_account, save_organisation
from office.models import Association, BankAccount, Organisation
from tests.factories import make_actor, make_iban, make_organisation

pytestmark = pytest.mark.django_db
IBAN = make_iban(number=123)
SIRET = "732 829 320 00074"


@pytest.fixture
def admin() -> Actor:
    return make_actor(role=Role.ADMINISTRATOR)


def _association(admin: Actor, **fields: Any) -> Association:
    given = {"name": "Le Ponton", "short_name": "Ponton", "siret": SIRET, "address": "12 rue des Quais\n44000 Nantes"}
    return save_association(actor=admin, **given | fields)


def test_the_association_is_one_row(admin: Actor) -> None:
    _association(admin)
    _association(admin, name="Le Grand Ponton")
    assert Association.objects.get().name == "Le Grand Ponton"
    assert Association.objects.get().siret == "73282932000074"


def test_a_wrong_siret_names_its_field(admin: Actor) -> None:
    with pytest.raises(InvalidInput, match="SIRET") as refusal:
        _association(admin, siret="73282932000075")
    assert refusal.value.field == "siret"
    assert not Association.objects.exists()


def test_the_database_keeps_one_association(admin: Actor) -> None:
    association = _association(admin)
    association.pk = 2
    with pytest.raises(IntegrityError, match="association_single"), transaction.atomic():
        association.save(force_insert=True)


def test_a_bank_account_keeps_its_iban_and_its_holder(admin: Actor) -> None:
    account = save_bank_account(actor=admin, label="Courant", iban=" ".join(IBAN), held_for=HeldFor.ITSELF)
    assert account.iban == IBAN
    changed = save_bank_account(actor=admin, bank_account_id=account.pk, label="Principal", iban=IBAN, is_active=False)
    assert (changed.label, changed.is_active) == ("Principal", False)
    for other in ({"iban": make_iban(number=9)}, {"iban": IBAN, "held_for": HeldFor.MANDANTS}):
        with pytest.raises(Conflict, match="ne changent pas"):
            save_bank_account(actor=admin, bank_account_id=account.pk, label="Principal", **other)


def test_a_wrong_or_known_iban_is_refused(admin: Actor) -> None:
    with pytest.raises(InvalidInput, match="IBAN"):
        save_bank_account(actor=admin, label="x", iban=IBAN[:-1] + "0")
    save_bank_account(actor=admin, label="x", iban=IBAN)
    with pytest.raises((InvalidInput, Conflict)):
        save_bank_account(actor=admin, label="y", iban=IBAN)
    assert BankAccount.objects.count() == 1


def test_money_of_a_public_body_names_it(admin: Actor) -> None:
    with pytest.raises(InvalidInput, match="collectivité"):
        save_bank_account(actor=admin, label="x", iban=IBAN, held_for=HeldFor.PUBLIC_BODY)
    ccas = make_organisation(kinds=[OrganisationKind.CCAS])
    save_bank_account(actor=admin, label="x", iban=IBAN, held_for=HeldFor.PUBLIC_BODY, organisation=ccas)


def test_an_organisation_plays_the_roles_chosen(admin: Actor) -> None:
    body = save_organisation(actor=admin, name="CCAS de Rezé", kinds=["CCAS", "FUNDER"], siret=SIRET)
    save_organisation(actor=admin, organisation_id=body.pk, name="CCAS de Rezé", kinds=["CCAS", "REFERRER"], siret="")
    body.refresh_from_db()
    assert set(body.roles.values_list("kind", flat=True)) == {"CCAS", "REFERRER"}
    assert body.siret is None


def test_one_siret_is_one_organisation(admin: Actor) -> None:
    save_organisation(actor=admin, name="A", kinds=[], siret=SIRET)
    with pytest.raises((InvalidInput, Conflict)):
        save_organisation(actor=admin, name="B", kinds=[], siret=SIRET)
    save_organisation(actor=admin, name="C", kinds=[])
    save_organisation(actor=admin, name="D", kinds=[])
    assert Organisation.objects.count() == 3


@pytest.mark.parametrize("role", Role)
def test_who_may_write_what(role: Role) -> None:
    actor = make_actor(role=role)
    address_book = role in {Role.RENTAL_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR}
    calls = [
        (address_book, lambda: save_organisation(actor=actor, name="A", kinds=[])),
        (role == Role.ADMINISTRATOR, lambda: _association(actor)),
        (role == Role.ADMINISTRATOR, lambda: save_bank_account(actor=actor, label="x", iban=IBAN)),
    ]
    for allowed, call in calls:
        if allowed:
            call()
        else:
            with pytest.raises(NotAllowed):
                call()
