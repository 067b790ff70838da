"""Who sees households, leases and protected addresses: rows 1 and 2 of the matrix."""

from datetime import date

import pytest

from common.periods import period
from leases.households.perms import (
    PROTECTED,
    ShownAddress,
    address_of,
    can_read_address,
    can_read_households,
    is_address_protected,
)
from leases.models import Household, Lease
from office.access.actor import Actor
from office.access.codes import Role
from stock.models import Dwelling, HeadAgreement
from tests.factories import make_actor, make_household, make_lease, make_user

pytestmark = pytest.mark.django_db
SCOPES = {
    "RENTAL_MANAGER": (True, True, True, True),
    "TECHNICIAN": (False, False, True, False),
    "SOCIAL_WORKER": (True, True, True, True),
    "HEAD_OF_SOCIAL": (True, True, True, True),
    "DIRECTOR": (True, True, True, True),
    "FUNDER": (False, False, False, False),
    "ADMINISTRATOR": (False, False, False, False),
}


@pytest.mark.parametrize("role", SCOPES)
def test_every_list_starts_from_what_the_role_sees(role):
    make_lease()
    actor = make_actor(role=role)
    models = (Household, Lease, Dwelling, HeadAgreement)
    assert tuple(model.objects.visible_to(actor).exists() for model in models) == SCOPES[role]


def test_the_system_and_a_stranger_see_nothing_on_a_page():
    make_lease()
    for actor in (Actor.system(), Actor(user=None)):
        assert not any(m.objects.visible_to(actor).exists() for m in (Household, Lease, Dwelling, HeadAgreement))


# role, in charge → what is read of a protected address, and of another one.
ADDRESSES = [
    ("RENTAL_MANAGER", False, PROTECTED, "14 rue Haute"),
    ("RENTAL_MANAGER", True, "14 rue Haute", "14 rue Haute"),
    ("TECHNICIAN", False, PROTECTED, ""),
    ("TECHNICIAN", True, "14 rue Haute", "14 rue Haute"),
    ("SOCIAL_WORKER", False, PROTECTED, "14 rue Haute"),
    ("SOCIAL_WORKER", True, "14 rue Haute", "14 rue Haute"),
    ("HEAD_OF_SOCIAL", False, "14 rue Haute", "14 rue Haute"),
    ("DIRECTOR", False, PROTECTED, "14 rue Haute"),
    ("DIRECTOR", True, PROTECTED, "14 rue Haute"),
    ("FUNDER", True, "", ""),
    ("ADMINISTRATOR", True, "", ""),
]


@pytest.mark.parametrize(("role", "in_charge", "protected", "plain"), ADDRESSES)
def test_an_address_is_told_as_the_matrix_says(role, in_charge, protected, plain):
    actor = make_actor(role=role)
    hidden, known = make_household(protected=True), make_household()

    def told(household: Household) -> str:
        return address_of(actor, household, address="14 rue Haute", in_charge=in_charge).text

    assert (told(hidden), told(known)) == (protected, plain)


def test_the_named_manager_is_in_charge():
    user = make_user()
    household = make_household(protected=True, manager=user)
    shown = address_of(Actor.of(user), household, address="14 rue Haute")
    assert (shown.text, shown.is_masked) == ("14 rue Haute", False)
    other = address_of(make_actor(), household, address="14 rue Haute")
    assert (other.text, other.is_masked) == (PROTECTED, True)


@pytest.mark.parametrize("role", SCOPES)
def test_who_opens_the_lists_of_households(role):
    assert can_read_households(make_actor(role=role)) is SCOPES[role][0]


@pytest.mark.parametrize(("role", "told"), [("RENTAL_MANAGER", True), ("SOCIAL_WORKER", False), ("TECHNICIAN", False)])
def test_the_named_manager_is_in_charge_while_a_rental_manager(role, told):
    user = make_user(role=role)
    household = make_household(protected=True, manager=user)
    assert can_read_address(Actor.of(user), household, is_protected=True) is told


def test_a_household_without_a_manager_has_nobody_in_charge():
    household = make_household(protected=True)
    for actor in (Actor(user=None, roles=frozenset({Role.RENTAL_MANAGER})), make_actor()):
        assert not can_read_address(actor, household, is_protected=True)


def test_what_two_roles_allow_adds_up():
    """A director reads that there is an address; a social worker who directs too reads the one of an own case."""
    household = make_household(protected=True)
    both = make_actor(roles=("DIRECTOR", "SOCIAL_WORKER"))
    assert can_read_address(both, household, is_protected=True, in_charge=True)
    assert not can_read_address(both, household, is_protected=True)


def test_an_address_is_protected_while_the_protected_person_lives_there():
    household = make_household(adults=2, protected=True)
    assert is_address_protected(household)
    protected = household.memberships.filter(person__is_address_protected=True)
    protected.update(period=period(date(2020, 1, 1), date(2026, 11, 5)))
    assert not is_address_protected(household)
    protected.update(period=period(date(2026, 11, 6)))
    assert not is_address_protected(household)


@pytest.mark.parametrize("protected", [True, False])
def test_a_list_that_knows_who_is_protected_asks_no_more(protected, django_assert_num_queries):
    make_household(protected=protected)
    household = Household.objects.with_protection(date(2026, 11, 5)).get()
    with django_assert_num_queries(0):
        assert is_address_protected(household) is protected


def test_where_the_address_is_not_told_it_is_masked_protected_or_not():
    technician = make_actor(role="TECHNICIAN")
    for household, text in ((make_household(protected=True), PROTECTED), (make_household(), "")):
        assert address_of(technician, household, address="14 rue Haute") == ShownAddress(text, is_masked=True)
    known = address_of(make_actor(), make_household(), address="14 rue Haute")
    assert known == ShownAddress("14 rue Haute", is_masked=False)
