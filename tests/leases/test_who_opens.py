"""Which role opens the pages of households and contracts."""

import pytest
from django.urls import reverse

from tests.factories import make_lease

pytestmark = pytest.mark.django_db
READERS = {"RENTAL_MANAGER", "SOCIAL_WORKER", "HEAD_OF_SOCIAL", "DIRECTOR"}


@pytest.mark.parametrize("role", [*sorted(READERS), "TECHNICIAN", "FUNDER", "ADMINISTRATOR"])
def test_who_opens_the_pages_of_households_and_leases(client_as, role):
    lease = make_lease()
    draft = make_lease(active=False)
    household, person = lease.household, lease.parties.get().person
    client = client_as(role)
    reads, writes = role in READERS, role == "RENTAL_MANAGER"
    expected = {
        reverse("leases:households"): reads,
        reverse("leases:leases"): reads,
        reverse("leases:lease", args=[lease.pk]): reads,
        reverse("leases:lease", args=[draft.pk]): reads,
        reverse("leases:dwelling_occupancies", args=[lease.unit.dwelling_id]): reads or role == "TECHNICIAN",
        reverse("leases:household_new"): writes,
        reverse("leases:household_edit", args=[household.pk]): writes,
        reverse("leases:person_edit", args=[person.pk]): writes,
        reverse("leases:lease_new"): writes,
    }
    assert {url: client.get(url).status_code for url in expected} == {
        url: 200 if allowed else 403 for url, allowed in expected.items()
    }
    by_lease = ("check", "activate", "party_new", "term_new", "due_new", "notice", "end", "keys_back", "discard")
    posts = [reverse(f"leases:{name}", args=[lease.pk]) for name in by_lease]
    posts += [
        reverse("leases:member_new", args=[household.pk]),
        reverse("leases:member_leave", args=[household.memberships.get().pk]),
        reverse("leases:party_end", args=[lease.parties.get().pk]),
    ]
    for url in posts:
        assert (client.post(url).status_code != 403) == writes, url
