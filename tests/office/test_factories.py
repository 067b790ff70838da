"""The makers of the tests give rows that the forms of the product would accept."""

import pytest

from office.access.codes import Role
from office.house.codes import HeldFor
from tests.factories import actor_of, make_association, make_bank_account, make_organisation, make_user

pytestmark = pytest.mark.django_db


def test_office_rows_are_valid() -> None:
    for row in (make_association(), make_bank_account(), make_bank_account(held_for=HeldFor.PUBLIC_BODY)):
        row.full_clean(validate_unique=False)
    make_organisation(kinds=["CCAS", "FUNDER"]).full_clean()


@pytest.mark.parametrize("role", Role)
def test_a_user_has_the_role(role: Role) -> None:
    actor = actor_of(make_user(role=role))
    assert actor.roles == {role}
    assert bool(actor.organisation_ids) == (role == Role.FUNDER)
