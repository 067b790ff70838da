"""Households, persons and the composition on a day."""

from datetime import date

import pytest

from common.errors import Asked, Conflict, InvalidInput, NotAllowed
from leases.households.queries import composition_on
from leases.households.services import (
    NewPerson,
    come_back,
    create_household,
    create_person,
    discard_household,
    join_household,
    leave_household,
    update_household,
    update_person,
)
from leases.models import Household, Person
from office.access.actor import Actor
from tests.factories import ANYWAY, make_actor, make_household, make_lease

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def test_the_composition_is_known_on_any_day_with_its_ages():
    household = make_household(adults=2, children=1, from_day=date(2024, 1, 1))
    second = household.memberships.filter(role="ADULT").order_by("id")[1]
    leave_household(actor=SYSTEM, membership=second, last_day=date(2025, 6, 30))
    before, after = (composition_on(household, day) for day in (date(2025, 6, 30), date(2025, 7, 1)))
    assert (before.words, before.typology) == ("2\u00a0adultes, 1\u00a0enfant", "COUPLE_WITH_CHILDREN")
    assert (after.words, after.typology_label) == ("1\u00a0adulte, 1\u00a0enfant", "Famille monoparentale")
    assert [m.age for m in composition_on(household, date(2026, 2, 28)).children] == [8]
    assert [m.age for m in composition_on(household, date(2026, 2, 27)).children] == [7]
    assert composition_on(household, date(2023, 12, 31)).members == ()


def test_a_household_is_named_after_its_adults_and_its_maker_is_in_charge():
    manager = make_actor()
    people = [NewPerson("Issa", "Kaboré", civility="M"), NewPerson("Awa", "Kaboré", civility="MME")]
    household = create_household(actor=manager, people=people)
    assert (household.name, household.manager) == ("M. et Mme Kaboré", manager.user)
    assert household.reference.startswith("M0")
    assert composition_on(household, date(2026, 11, 5)).words == "2\u00a0adultes"


def test_a_household_without_name_nor_adult_is_refused():
    with pytest.raises(InvalidInput, match="au moins un adulte"):
        create_household(actor=SYSTEM, people=[NewPerson("Awa", "Sarr", role="CHILD")])


def test_nobody_is_in_two_households_at_once_and_may_move_on_the_next_day():
    first, second = make_household(), make_household()
    membership = first.memberships.get()
    with pytest.raises(InvalidInput, match="déjà partie d’un ménage"):
        join_household(actor=SYSTEM, household=second, person=membership.person, from_day=date(2026, 10, 1))
    leave_household(actor=SYSTEM, membership=membership, last_day=date(2026, 9, 30), answers=ANYWAY)
    join_household(actor=SYSTEM, household=second, person=membership.person, from_day=date(2026, 10, 1))
    assert len(composition_on(second, date(2026, 10, 1)).members) == 2


def test_the_departure_of_the_only_adult_is_asked_about():
    household = make_household(adults=2, children=1)
    first, second = household.memberships.filter(role="ADULT").order_by("id")
    leave_household(actor=SYSTEM, membership=first, last_day=date(2026, 9, 30))
    with pytest.raises(Asked, match="est le seul adulte du ménage") as asked:
        leave_household(actor=SYSTEM, membership=second, last_day=date(2026, 10, 31))
    assert (asked.value.field, asked.value.code) == ("because", "only_adult")
    assert second.period.upper is None
    # On a day on which the other adult is still there, nothing is asked.
    leave_household(actor=SYSTEM, membership=second, last_day=date(2026, 8, 31))


def test_a_departure_noted_by_mistake_is_taken_back():
    first, second = make_household(), make_household()
    membership = first.memberships.get()
    leave_household(actor=SYSTEM, membership=membership, last_day=date(2026, 9, 30), answers=ANYWAY)
    for _ in range(2):
        assert come_back(actor=SYSTEM, membership=membership).period.upper is None
    leave_household(actor=SYSTEM, membership=membership, last_day=date(2026, 9, 30), answers=ANYWAY)
    join_household(actor=SYSTEM, household=second, person=membership.person, from_day=date(2026, 10, 1))
    with pytest.raises(Conflict, match=f"est dans le ménage {second.reference} depuis le 01/10/2026"):
        come_back(actor=SYSTEM, membership=membership)


def test_days_that_can_t_be_are_refused():
    household = make_household()
    child = create_person(actor=SYSTEM, first_name="Awa", last_name="Sarr", birth_date=date(2026, 6, 1))
    with pytest.raises(InvalidInput, match="né après"):
        join_household(actor=SYSTEM, household=household, person=child, role="CHILD", from_day=date(2026, 5, 1))
    with pytest.raises(InvalidInput, match="précède celle d’arrivée"):
        join_household(
            actor=SYSTEM, household=household, person=child, from_day=date(2026, 7, 1), last_day=date(2026, 6, 1)
        )
    with pytest.raises(InvalidInput, match="à venir"):
        create_person(actor=SYSTEM, first_name="Awa", last_name="Sarr", birth_date=date(2026, 11, 6))
    with pytest.raises(InvalidInput, match="n’est pas dans le ménage"):
        leave_household(actor=SYSTEM, membership=household.memberships.get(), last_day=date(2019, 12, 31))
    assert Person.objects.count() == 2


def test_a_reference_is_given_once():
    make_household(reference="M-1")
    with pytest.raises(InvalidInput, match="existe déjà"):
        make_household(reference="M-1")


def test_the_type_changes_and_its_history_stays():
    household = make_household(support_type="T1")
    update_household(actor=SYSTEM, household=household, support_type="T2")
    types = list(household.events.order_by("pgh_id").values_list("support_type", flat=True))
    assert types == ["T1", "T2"]


@pytest.mark.parametrize("role", ["SOCIAL_WORKER", "TECHNICIAN", "DIRECTOR", "FUNDER", "ADMINISTRATOR"])
def test_only_the_rental_manager_writes(role):
    household = make_household()
    actor = make_actor(role=role)
    membership = household.memberships.get()
    for call in (
        lambda: create_household(actor=actor, name="X"),
        lambda: update_household(actor=actor, household=household, name="X"),
        lambda: update_person(actor=actor, person=membership.person, phone="1"),
        lambda: leave_household(actor=actor, membership=membership, last_day=date(2026, 1, 1)),
    ):
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_name": "Sarr\r\nBcc: x@y.fr"},
        {"last_name": "Sarr\u202e"},
        {"first_name": "A\0"},
        {"phone": "0612345678\nx"},
    ],
)
def test_a_name_and_a_phone_are_one_line_without_control_characters(wrong: dict[str, str]) -> None:
    person = create_person(actor=SYSTEM, first_name="Awa", last_name="d’Almeida\u00a0Sarr")
    with pytest.raises(InvalidInput) as refused:
        update_person(actor=SYSTEM, person=person, **wrong)
    assert refused.value.field == next(iter(wrong))
    with pytest.raises(InvalidInput):
        create_household(actor=SYSTEM, people=[NewPerson(**{"first_name": "Awa", "last_name": "Sarr", **wrong})])


KNOWN = {"first_name": "Fatou", "last_name": "Sarr", "birth_date": date(1985, 4, 12), "phone": "06 77 22 51 65"}


@pytest.mark.parametrize(
    ("typed", "is_asked"),
    [
        ({}, True),
        ({"phone": ""}, True),
        ({"birth_date": None, "phone": "+33 6 77 22 51 65"}, True),
        ({"first_name": "FATOU", "last_name": "sarr"}, True),
        ({"birth_date": date(1990, 1, 1), "phone": ""}, False),
        ({"birth_date": None, "phone": ""}, False),
        ({"first_name": "Awa"}, False),
    ],
)
def test_who_seems_to_be_known_is_asked_about(typed, is_asked):
    create_household(actor=SYSTEM, people=[NewPerson(**KNOWN)], reference="M-1")
    again = KNOWN | typed
    if is_asked:
        with pytest.raises(InvalidInput, match="M-1") as refused:
            create_person(actor=SYSTEM, **again)
        assert (refused.value.field, refused.value.code) == ("is_another", "known")
        with pytest.raises(InvalidInput):
            create_household(actor=SYSTEM, people=[NewPerson(**again)])
    create_person(actor=SYSTEM, is_another=is_asked, **again)
    create_household(actor=SYSTEM, people=[NewPerson(is_another=True, **again)])


def test_a_household_typed_by_mistake_never_was():
    household = make_household(adults=2)
    elsewhere = make_household().memberships.get().person
    discard_household(actor=make_actor(), household=household)
    assert list(Person.objects.all()) == [elsewhere]
    assert not Household.objects.filter(pk=household.pk).exists()


def test_a_household_that_something_stands_on_stays():
    household = make_lease().household
    with pytest.raises(Conflict) as refused:
        discard_household(actor=make_actor(), household=household)
    assert refused.value.code == "in_use"
    assert household.memberships.count() == 1


def test_a_protected_household_is_taken_out_by_who_is_in_charge():
    with pytest.raises(InvalidInput):
        discard_household(actor=make_actor(), household=make_household(protected=True))
