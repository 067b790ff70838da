"""The list of households, and the forms of a household and its people."""

from datetime import date

import pytest
from django.urls import reverse

from common.typography import short_day
from leases.contracts.services.ending import end_lease
from leases.households.services import leave_household
from leases.models import Household, Person
from office.access.actor import Actor
from tests.api import Api
from tests.factories import ANYWAY, make_association, make_household, make_lease, make_user
from tests.pages import cost, listed, plain, text

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def test_the_list_finds_by_name_member_phone_and_situation_without_accents(client_as):
    housed = make_lease(household=make_household(name="Mme Élodie Müller")).household
    gone_lease = make_lease(household=make_household(name="M. Roche", support_type="T2"))
    end_lease(actor=SYSTEM, lease=gone_lease, last_day=date(2026, 6, 30), reason="PRIVATE")
    waiting = make_household(name="Mme Attente")
    Person.objects.filter(memberships__household=waiting).update(first_name="Zoé", phone="0711223344")
    client = client_as("SOCIAL_WORKER")

    def found(**query) -> list[str]:
        return listed(client.get(reverse("leases:households"), {"suivi": "tous"} | query))

    assert found() == [housed.reference]
    assert found(etat="partis") == [gone_lease.household.reference]
    assert found(etat="attente") == [waiting.reference]
    assert found(etat="tous", q="elodie MULLER") == [housed.reference]
    assert found(etat="tous", q="zoe") == [waiting.reference]
    assert found(etat="tous", q="07 11 22 33 44") == [waiting.reference]
    assert found(etat="tous", type="T2") == [gone_lease.household.reference]
    assert found(etat="tous", tri="-nom") == [row.reference for row in (housed, waiting, gone_lease.household)]
    assert "Aucun ménage ici" in text(client.get(reverse("leases:households"), {"q": "personne"}))


def test_the_lists_cost_the_same_whatever_their_length(client_as):
    make_association()
    client, urls = client_as("RENTAL_MANAGER"), (reverse("leases:households"), reverse("leases:leases"))
    make_lease(household=make_household(adults=2, children=1))
    few = [cost(client, url) for url in urls]
    for _ in range(5):
        make_lease(household=make_household(adults=2, children=1))
    assert [cost(client, url) for url in urls] == few
    assert max(few) <= 18


def test_a_household_is_made_with_its_first_adult_then_grows_and_shrinks(client_as):
    client = client_as("RENTAL_MANAGER")
    client.post(
        reverse("leases:household_new"),
        {"support_type": "T1", "p-civility": "MME", "p-first_name": "Fatou", "p-last_name": "Sarr",
         "p-birth_date": "12/4/1985", "p-role": "ADULT", "p-from_day": "01/03/2026", "manager": client.user.pk},
    )  # fmt: skip
    household = Household.objects.get()
    assert (household.name, household.manager, household.support_type) == ("Mme Fatou Sarr", client.user, "T1")
    url = reverse("leases:member_new", args=[household.pk])
    child = {"role": "CHILD", "civility": "X", "first_name": "Awa", "last_name": "Sarr", "from_day": "01/03/2026"}
    client.post(url, child | {"birth_date": "28/02/2018"})
    page = client.get(reverse("leases:household_edit", args=[household.pk]))
    assert "1\u00a0adulte, 1\u00a0enfant" in text(page)
    assert "8\u00a0ans" in text(page)
    membership = household.memberships.get(role="CHILD")
    client.post(reverse("leases:member_leave", args=[membership.pk]), {"last_day": "31/10/2026"})
    assert "1\u00a0adulte" in text(client.get(reverse("leases:household_edit", args=[household.pk])))
    future = client.post(url, child | {"birth_date": "01/01/2030"})
    assert future.status_code == 422
    assert "à venir" in text(future)
    before = client.post(reverse("leases:member_leave", args=[membership.pk]), {"last_day": "01/01/2020"}, follow=True)
    assert "n’est pas dans le ménage" in text(before)


def test_the_page_asks_whether_it_is_somebody_else(client_as):
    make_household()
    person = Person.objects.get()
    Person.objects.filter(pk=person.pk).update(birth_date=date(1985, 4, 12))
    client, address = client_as("RENTAL_MANAGER"), reverse("leases:household_new")
    form = {
        "support_type": "T1", "p-civility": "MME", "p-first_name": person.first_name, "p-last_name": person.last_name,
        "p-birth_date": "12/04/1985", "p-role": "ADULT",
    }  # fmt: skip
    assert "quelqu’un d’autre" not in text(client.get(address))
    asked = client.post(address, form)
    assert asked.status_code == 422
    assert 'type="checkbox" name="p-is_another"' in text(asked)
    assert client.post(address, form | {"p-is_another": "on"}).status_code == 302


def test_a_household_and_a_person_are_changed(client_as):
    household = make_household()
    person = household.memberships.get().person
    client = client_as("RENTAL_MANAGER")
    client.post(reverse("leases:household_edit", args=[household.pk]), {"name": "Mme Diallo", "support_type": "T2"})
    client.post(
        reverse("leases:person_edit", args=[person.pk]),
        {"civility": "MME", "first_name": "Aminata", "last_name": "Diallo", "is_address_protected": "on"},
    )
    household.refresh_from_db()
    person.refresh_from_db()
    assert (household.name, household.support_type) == ("Mme Diallo", "T2")
    assert (str(person), person.is_address_protected) == ("Mme Aminata Diallo", True)
    assert "Mme Aminata Diallo" in text(client.get(reverse("leases:person_edit", args=[person.pk])))


@pytest.mark.parametrize(
    ("role", "sees"),
    [("RENTAL_MANAGER", False), ("SOCIAL_WORKER", False), ("HEAD_OF_SOCIAL", True), ("DIRECTOR", False)],
)
def test_a_protected_address_is_masked_by_role(client_as, role, sees):
    lease = make_lease(household=make_household(protected=True), from_day=date(2025, 3, 17))
    client = client_as(role)
    for url in (
        f"{reverse('leases:households')}?suivi=tous",
        reverse("leases:leases"),
        reverse("leases:lease", args=[lease.pk]),
    ):
        page = text(client.get(url))
        assert (lease.unit.dwelling.building.street in page) == sees, url
        assert ("Adresse protégée" in page) != sees, url
    # Nor by whom, nor since which day, the dwelling is occupied: the contract says its own first day.
    strip = text(client.get(reverse("leases:dwelling_occupancies", args=[lease.unit.dwelling_id])))
    first = lease.period.lower
    assert (lease.household.name in strip) == sees
    assert (f"depuis {first.year}" in strip) != sees
    assert (short_day(first, year=True) in strip) == sees
    assert "protégée" not in strip
    # Nor its agreement: it holds few dwellings.
    page = text(client.get(reverse("leases:lease", args=[lease.pk])))
    assert (lease.agreement.reference in page) == sees
    assert (str(lease.agreement.owner) in page) == sees
    detail = Api(client.user).get(f"/leases/{lease.pk}")
    assert (detail["agreement"] is not None, detail["unit"] is not None) == (sees, sees)


def test_the_manager_in_charge_reads_the_protected_address(client_as):
    manager = make_user()
    lease = make_lease(household=make_household(protected=True, manager=manager))
    assert lease.unit.dwelling.building.street in text(client_as(manager).get(reverse("leases:households")))


@pytest.mark.parametrize("order", ["entree", "-entree"])
def test_the_order_of_the_list_tells_no_day_of_a_protected_home(client_as, order):
    manager = make_user()
    days = [date(2025, 3, 1), date(2025, 3, 20)]
    first, last = (make_lease(from_day=day).household for day in days)
    hidden = make_lease(household=make_household(protected=True, manager=manager), from_day=date(2025, 3, 10)).household

    def found(who):
        return listed(client_as(who).get(reverse("leases:households"), {"tri": order, "suivi": "tous"}))

    told = [first, hidden, last] if order == "entree" else [last, hidden, first]
    for who in (manager, "HEAD_OF_SOCIAL"):
        assert found(who) == [row.reference for row in told]
    told.remove(hidden)
    for who in ("RENTAL_MANAGER", "SOCIAL_WORKER", "DIRECTOR"):
        assert found(who) == [row.reference for row in [*told, hidden]]


def test_a_departure_is_asked_about_and_taken_back_on_the_page(client_as):
    household = make_household()
    membership = household.memberships.get()
    client = client_as("RENTAL_MANAGER")
    page = reverse("leases:household_edit", args=[household.pk])
    assert "est le seul adulte du ménage" in text(client.get(page))
    leave = reverse("leases:member_leave", args=[membership.pk])
    refused = client.post(leave, {"last_day": "31/10/2026"}, follow=True)
    assert "Corrigez, ou dites pourquoi c’est juste." in text(refused)
    assert "fait plus partie du ménage" in text(
        client.post(
            leave, {"last_day": "31/10/2026", "questions": "only_adult", "because": "Il vit chez sa fille"}, follow=True
        )
    )
    assert "« Il vit chez sa fille »" in plain(client.get(page))
    back = reverse("leases:member_back", args=[membership.pk])
    assert back in text(client.get(page))
    assert "fait de nouveau partie du ménage" in text(client.post(back, follow=True))
    membership.refresh_from_db()
    assert membership.period.upper is None


def test_the_address_is_told_again_when_the_protected_person_has_left(client_as):
    household = make_household(adults=2, protected=True)
    lease = make_lease(household=household)
    first = household.memberships.order_by("id")[0]
    leave_household(actor=SYSTEM, membership=first, last_day=date(2026, 10, 31), answers=ANYWAY)
    assert lease.unit.dwelling.building.street in text(client_as("DIRECTOR").get(reverse("leases:households")))
