"""Who sees households, leases and protected addresses: rows 1 and 2 of the matrix."""

import pytest

from leases.models import Household, Lease
from leases.perms import PROTECTED, address_of
from office.actor import Actor
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
    ("FUNDER", True, PROTECTED, ""),
    ("ADMINISTRATOR", True, PROTECTED, ""),
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
