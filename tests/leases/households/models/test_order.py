"""Households are listed by surname, then first name; the database keeps the order."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from leases.households.services import (
    NewHousehold,
    NewPerson,
    create_household,
    create_households,
    create_person,
    discard_household,
    join_household,
    leave_household,
    update_household,
    update_person,
)
from leases.models import Household, Membership
from office.access.actor import Actor
from tests.factories import make_household

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def household(*people: tuple[str, str, str], name: str = "") -> Household:
    return create_household(
        actor=SYSTEM, name=name, people=[NewPerson(first, last, civility=civility) for civility, first, last in people]
    )


def key(row: Household) -> str:
    """The key without the reference that ends it."""
    stored: str = Household.objects.values_list("sort_key", flat=True).get(pk=row.pk)
    return stored.removesuffix(f" {row.reference.lower()}")


CASES: list[tuple[str, list[tuple[str, str, str]], str, str]] = [
    ("surname first", [("MME", "Fatou", "Sarr")], "", "sarr fatou"),
    ("a particle stays with its name", [("M", "Yves", "Le Gac")], "", "le gac yves"),
    ("an apostrophe parts as a space", [("MME", "Zoé", "d’Almeida")], "", "d almeida zoe"),
    ("accents and case ignored", [("M", "Ilyès", "BÉNALI-Le Goff")], "", "benali le goff ilyes"),
    ("a couple of one name: who came first", [("M", "Issa", "Kaboré"), ("MME", "Awa", "Kaboré")], "", "kabore issa"),
    ("a couple of two names", [("MME", "Aïcha", "Diallo"), ("M", "Jean", "Roche")], "", "diallo aicha"),
    ("whom the displayed name names", [("MME", "Aïcha", "Diallo"), ("M", "Jean", "Roche")], "M. Roche", "roche jean"),
    ("of one surname, whose first name it gives", [("M", "Issa", "Ba"), ("MME", "Awa", "Ba")], "Mme Awa Ba", "ba awa"),
    ("another displayed name", [("MME", "Fatou", "Sarr")], "Les Tilleuls", "sarr fatou"),
    ("nobody yet", [], "M. et Mme Kaboré", "kabore"),
]


@pytest.mark.parametrize(("people", "name", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_household_is_listed_by_the_surname_of_its_first_holder(
    people: list[tuple[str, str, str]], name: str, expected: str
) -> None:
    assert key(household(*people, name=name)) == expected


def test_a_child_gives_its_name_to_no_household_with_an_adult() -> None:
    made = create_household(
        actor=SYSTEM, name="Famille", people=[NewPerson("Awa", "Abel", role="CHILD"), NewPerson("Issa", "Zongo")]
    )
    assert key(made) == "zongo issa"


def test_the_order_follows_each_write() -> None:
    made = household(("MME", "Fatou", "Sarr"))
    person = made.memberships.get().person
    update_person(actor=SYSTEM, person=person, last_name="Ndiaye")
    assert key(made) == "ndiaye fatou"
    roche = create_person(actor=SYSTEM, first_name="Jean", last_name="Roche", civility="M")
    joined = join_household(actor=SYSTEM, household=made, person=roche)
    assert key(made) == "ndiaye fatou"
    made.refresh_from_db()
    update_household(actor=SYSTEM, household=made, name="M. Jean Roche")
    assert key(made) == "roche jean"
    Membership.objects.filter(pk=joined.pk).delete()
    assert key(made) == "ndiaye fatou"


def test_who_left_gives_the_order_to_who_stays() -> None:
    made = household(("MME", "Fatou", "Sarr"), ("M", "Jean", "Abel"), name="Foyer")
    first = made.memberships.order_by("id")[0]
    leave_household(actor=SYSTEM, membership=first, last_day=date(2026, 11, 5))
    assert key(made) == "abel jean"


def test_what_python_holds_of_the_key_is_never_written() -> None:
    made = household(("MME", "Fatou", "Sarr"))
    stale = Household.objects.get(pk=made.pk)
    update_person(actor=SYSTEM, person=made.memberships.get().person, last_name="Abel")
    stale.support_type = "T1"
    stale.save()
    Household.objects.filter(pk=made.pk).update(sort_key="zzz")
    assert key(made) == "abel fatou"


def test_many_are_ordered_by_one_statement_and_no_history_tells_of_it() -> None:
    new = [NewHousehold([NewPerson("Fatou", f"Nom {n}")]) for n in range(20)]
    made = [row for row, _ in create_households(actor=SYSTEM, households=new)]
    assert [key(row) for row in made] == [f"nom {n} fatou" for n in range(20)]
    events: Any = Household.objects.get(pk=made[0].pk).events  # type: ignore[attr-defined]
    assert [event.pgh_label for event in events.all()] == ["insert"]


def test_a_household_typed_by_mistake_goes_with_its_people() -> None:
    made = household(("MME", "Fatou", "Sarr"))
    discard_household(actor=SYSTEM, household=made)
    assert not Household.objects.filter(pk=made.pk).exists()


def test_the_list_is_by_surname(client_as: Any) -> None:
    for first, last in (("Amadou", "Zongo"), ("Zoé", "Abel"), ("Brahim", "Le Gac"), ("Fatou", "Legac")):
        household(("X", first, last))
    page = client_as("RENTAL_MANAGER").get("/menages/", {"etat": "tous"}).context["page"]
    assert [row.name for row in page] == ["Zoé Abel", "Brahim Le Gac", "Fatou Legac", "Amadou Zongo"]


def test_a_change_of_members_that_moves_no_name_writes_no_household() -> None:
    """Each write of a household moves the version of the books, and what was kept of them is read again."""
    made = make_household(adults=2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid FROM leases_household WHERE id = %s", [made.pk])
        before = cursor.fetchone()
        leave_household(actor=SYSTEM, membership=made.memberships.order_by("-id")[0], last_day=date(2026, 11, 5))
        cursor.execute("SELECT ctid FROM leases_household WHERE id = %s", [made.pk])
        assert cursor.fetchone() == before
