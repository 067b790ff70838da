"""Which role opens the pages of the stock."""

import pytest
from django.urls import reverse

from tests.factories import (
    make_agreement,
    make_dwelling,
)

pytestmark = pytest.mark.django_db
READERS = {"RENTAL_MANAGER", "TECHNICIAN", "SOCIAL_WORKER", "HEAD_OF_SOCIAL", "DIRECTOR"}
ROLES = [*sorted(READERS), "FUNDER", "ADMINISTRATOR"]


@pytest.mark.parametrize("role", ROLES)
def test_who_opens_the_pages_of_the_stock(client_as, role):
    dwelling = make_dwelling()
    agreement = make_agreement(dwellings=[dwelling])
    client = client_as(role)
    reads, agreements, writes = role in READERS, role in READERS - {"TECHNICIAN"}, role == "RENTAL_MANAGER"
    expected = {
        reverse("stock:dwellings"): reads,
        reverse("stock:dwelling", args=[dwelling.pk]): reads,
        reverse("stock:agreements"): agreements,
        reverse("stock:agreement", args=[agreement.pk]): agreements,
        reverse("stock:dwelling_new"): writes,
        reverse("stock:dwelling_edit", args=[dwelling.pk]): writes,
        reverse("stock:agreement_new"): writes,
        reverse("stock:agreement_edit", args=[agreement.pk]): writes,
        reverse("stock:import"): writes,
    }
    assert {url: client.get(url).status_code for url in expected} == {
        url: 200 if allowed else 403 for url, allowed in expected.items()
    }
    posts = [
        reverse("stock:room_new", args=[dwelling.pk]),
        reverse("stock:line_new", args=[agreement.pk]),
        reverse("stock:line_end", args=[agreement.lines.get().pk]),
    ]
    assert all((client.post(url).status_code != 403) == writes for url in posts)
