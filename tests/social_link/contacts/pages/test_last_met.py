"""The last contact is the last one with somebody: an absence, what was put off and what is planned are none."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from leases.models import Household
from office.access.codes import Role
from office.models import User
from social_link.models import Contact
from tests.factories import make_household, make_referent, make_user
from tests.pages import plain, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> User:
    return make_user(role=Role.SOCIAL_WORKER)


@pytest.fixture
def household(worker: User) -> Household:
    """Met on 1 October; nobody since."""
    found = make_household(name="Mme Sarr")
    make_referent(household=found, user=worker)

    def noted(kind: str, on: date, **more: Any) -> None:
        Contact.objects.create(
            household=found, kind=kind, happened_on=on, author=worker, request_key=uuid4(), **more
        )  # fmt: skip

    noted("OFFICE", date(2026, 10, 1), outcome="SEEN")
    noted("ABSENCE", date(2026, 10, 20))
    noted("VISIT", date(2026, 10, 27), outcome="PUT_OFF")
    for month in range(1, 13):
        noted("VISIT", date(2027, month, 5), is_planned=True)
        noted("CALL", date(2027, month, 15), is_planned=True)
    return found


@pytest.mark.parametrize("page", ["/menages/{}/social/", "/social/contacts/nouveau/{}/"])
def test_the_last_contact_is_one_with_somebody(client_as: Any, worker: User, household: Household, page: str) -> None:
    shown = words(client_as(worker).get(page.format(household.pk))).split("Dernier contact", 1)[1]
    assert "1 er oct." in shown[:40]
    assert "rendez-vous" in shown[:60]


@pytest.mark.parametrize("page", ["/social/contacts/", "/menages/{}/social/"])
def test_what_was_put_off_says_so_where_it_is_listed(
    client_as: Any, worker: User, household: Household, page: str
) -> None:
    household.contacts.filter(is_planned=True).delete()
    assert "Visite à domicile, reportée" in plain(client_as(worker).get(page.format(household.pk)))
