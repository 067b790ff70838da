"""A protected address: who is told it is in the log, and who may make it known."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import Asked, InvalidInput, NotAllowed
from leases.households.services import (
    leave_household,
    lift_protection,
    name_manager,
    update_household,
    update_person,
)
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, User
from tests.api import Api
from tests.factories import ANYWAY, make_household, make_lease, make_ticket, make_user
from tests.pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> User:
    """In charge of the household."""
    return make_user()


@pytest.fixture
def nadege() -> User:
    """Another rental manager."""
    return make_user()


@pytest.fixture
def household(rita: User) -> Household:
    return make_household(protected=True, manager=rita)


def _reasons() -> list[str]:
    return list(AccessLog.objects.order_by("pk").values_list("reason", flat=True))


# -- what makes it known ---------------------------------------------------------------------------------------------


def test_nobody_names_herself_in_charge(household: Household, rita: User, nadege: User) -> None:
    with pytest.raises(InvalidInput) as refused:
        update_household(actor=Actor.of(nadege), household=household, name="Mme Autre", manager=nadege)
    assert (refused.value.field, refused.value.code) == ("manager", "protected")
    with pytest.raises(InvalidInput):
        name_manager(actor=Actor.of(nadege), household=household, manager=nadege)
    household.refresh_from_db()
    assert household.manager == rita
    update_household(actor=Actor.of(nadege), household=household, name="Mme Autre", manager=rita)
    household.refresh_from_db()
    assert (household.name, household.manager) == ("Mme Autre", rita)


def test_who_is_in_charge_hands_over_and_it_is_logged(household: Household, rita: User, nadege: User) -> None:
    update_household(actor=Actor.of(rita), household=household, manager=nadege)
    household.refresh_from_db()
    assert household.manager == nadege
    assert _reasons() == [f"En charge : {rita}, puis {nadege}"]


def test_the_head_of_the_social_service_names_who_is_in_charge(household: Household, nadege: User) -> None:
    household.manager = None
    household.save()
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    client, address = signed_in(head), reverse("leases:protection", args=[household.pk])
    assert address in text(client.get(reverse("desk:household", args=[household.pk])))
    client.post(address, {"manager": nadege.pk})
    household.refresh_from_db()
    assert household.manager == nadege
    assert _reasons()[-1] == f"En charge : personne, puis {nadege}"


def test_a_household_that_is_not_protected_is_handed_over_freely(nadege: User) -> None:
    plain = make_household()
    update_household(actor=Actor.of(nadege), household=plain, manager=nadege)
    plain.refresh_from_db()
    assert plain.manager == nadege
    assert not AccessLog.objects.exists()


@pytest.mark.parametrize("is_in_charge", [True, False])
def test_the_protection_is_lifted_by_the_head_with_a_reason(
    household: Household, rita: User, nadege: User, is_in_charge: bool
) -> None:
    """Not by who is in charge, alone."""
    person = Person.objects.get(memberships__household=household)
    manager = Actor.of(rita if is_in_charge else nadege)
    with pytest.raises(InvalidInput) as refused:
        update_person(actor=manager, person=person, last_name="Autre", is_address_protected=False)
    assert refused.value.field == "is_address_protected"
    with pytest.raises(NotAllowed):
        lift_protection(actor=manager, person=person, reason="Parce que")
    person.refresh_from_db()
    assert person.is_address_protected
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    client, address = signed_in(head), reverse("leases:protection", args=[household.pk])
    assert client.post(address, {"lever": "1", "person": person.pk, "reason": " "}).status_code == 422
    client.post(address, {"lever": "1", "person": person.pk, "reason": "Ordonnance levée", "is_meant": "on"})
    person.refresh_from_db()
    assert not person.is_address_protected
    assert _reasons() == ["Protection levée : Ordonnance levée"]
    assert "Aucune adresse à protéger" in text(client.get(address))


def test_who_is_protected_leaves_by_who_reads_the_address(household: Household, rita: User, nadege: User) -> None:
    membership = household.memberships.get()
    with pytest.raises(InvalidInput) as refused:
        leave_household(actor=Actor.of(nadege), membership=membership, last_day=date(2026, 10, 31))
    assert refused.value.code == "protected"
    with pytest.raises(Asked, match="La protection de l’adresse cesse avec ce départ"):
        leave_household(actor=Actor.of(rita), membership=membership, last_day=date(2026, 10, 31))
    leave_household(actor=Actor.of(rita), membership=membership, last_day=date(2026, 10, 31), answers=ANYWAY)


def test_the_protection_is_lifted_by_who_knows_that_all_will_read(household: Household) -> None:
    person = Person.objects.get(memberships__household=household)
    client = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address = reverse("leases:protection", args=[household.pk])
    refused = client.post(address, {"lever": "1", "person": person.pk, "reason": "Ordonnance levée"})
    assert refused.status_code == 422
    assert "l’adresse sera lue par tous dès maintenant" in text(refused)
    person.refresh_from_db()
    assert person.is_address_protected


def test_the_form_of_another_manager_names_nobody(household: Household, rita: User, nadege: User) -> None:
    address = reverse("leases:household_edit", args=[household.pk])
    assert 'name="manager"' in text(signed_in(rita).get(address))
    other = signed_in(nadege)
    assert 'name="manager"' not in text(other.get(address))
    other.post(address, {"name": "Mme Autre", "support_type": "", "manager": nadege.pk})
    household.refresh_from_db()
    assert (household.name, household.manager) == ("Mme Autre", rita)


# -- who was told ----------------------------------------------------------------------------------------------------


def _read(user: User, address: str) -> list[tuple[str, int]]:
    before = AccessLog.objects.count()
    signed_in(user).get(address)
    rows = AccessLog.objects.order_by("pk").values_list("user", "subject", "object_type", "household_id")[before:]
    assert all(row[:2] == (user.pk, "PROTECTED_ADDRESS") for row in rows)
    return [row[2:] for row in rows]


def test_each_page_that_tells_a_protected_address_is_logged_once(
    household: Household, rita: User, nadege: User
) -> None:
    lease = make_lease(household=household)
    ticket = make_ticket(lease=lease)
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    pages = [
        reverse("desk:household", args=[household.pk]),
        reverse("leases:households"),
        reverse("leases:leases"),
        reverse("leases:lease", args=[lease.pk]),
        reverse("leases:dwelling_occupancies", args=[lease.unit.dwelling_id]),
        reverse("desk:search") + f"?q={household.name}",
        reverse("maintenance:tickets"),
        reverse("maintenance:ticket", args=[ticket.pk]),
        reverse("maintenance:ticket_new") + f"?logement={lease.unit.dwelling_id}",
    ]
    once = [("leases.household", household.pk)]
    for page in pages:
        assert _read(rita, page) == once, page
        assert _read(head, page) == once, page
        assert _read(nadege, page) == [], page


def test_the_api_is_logged_alike(household: Household, rita: User) -> None:
    lease = make_lease(household=household)
    ticket = make_ticket(lease=lease)
    api = Api(rita)
    for path in (
        f"/households/{household.pk}", f"/leases/{lease.pk}", "/leases", "/tickets", f"/tickets/{ticket.pk}",
    ):  # fmt: skip
        before = AccessLog.objects.count()
        api.get(path)
        told = list(AccessLog.objects.order_by("pk").values_list("user", "household_id")[before:])
        assert told == [(rita.pk, household.pk)], path


def test_a_page_without_a_protected_address_writes_nothing(rita: User) -> None:
    lease = make_lease(household=make_household(manager=rita))
    assert _read(rita, reverse("leases:lease", args=[lease.pk])) == []
