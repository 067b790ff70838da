"""Households, persons and the dated composition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from common import clock
from common.copy import draw_ids
from common.db import checked, french_refusals
from common.errors import InvalidInput
from common.periods import contains, period
from leases.households.codes import Civility, MemberRole
from leases.households.models import Household, Membership, Person
from leases.households.rules.people import Name, usual_name
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import User


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to create with a household."""

    first_name: str
    last_name: str
    civility: str = Civility.NONE
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    is_address_protected: bool = False
    role: str = MemberRole.ADULT


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to create with its first members since `from_day`. Blank `name` and `reference` are made up."""

    people: Sequence[NewPerson] = ()
    name: str = ""
    reference: str = ""
    support_type: str = ""
    manager: User | None = None
    from_day: date | None = None


@needs(Write(Data.IDENTITY))
@transaction.atomic
def create_household(
    *,
    actor: Actor,
    name: str = "",
    reference: str = "",
    support_type: str = "",
    manager: User | None = None,
    people: Sequence[NewPerson] = (),
    from_day: date | None = None,
) -> Household:
    """A household with its first members since `from_day` (today by default).

    Without `name`, the adults' names make it; without `reference`, `M00042`. The rental manager who creates it is in
    charge of it unless another is named.
    """
    new = NewHousehold(people, name, reference, support_type, manager, from_day)
    [(household, _)] = create_households(actor=actor, households=[new])
    return household


@needs(Write(Data.IDENTITY))
@transaction.atomic
def create_households(
    *, actor: Actor, households: Sequence[NewHousehold]
) -> list[tuple[Household, list[tuple[Person, str]]]]:
    """Many households at once, each with its persons and their place, in the order given. All of them or none."""
    ids = iter(draw_ids(Household, len(households)))
    person_ids = iter(draw_ids(Person, sum(len(new.people) for new in households)))
    found: list[tuple[Household, list[tuple[Person, str]]]] = []
    memberships: list[Membership] = []
    for new in households:
        household = _household(next(ids), new, actor)
        members = [(_person(next(person_ids), one), one.role) for one in new.people]
        start = new.from_day or clock.today()
        memberships += [_membership(household, person, role, start) for person, role in members]
        found.append((household, members))
    made = [household for household, _ in found]
    with french_refusals(*made):
        Household.objects.bulk_create(made)
    Person.objects.bulk_create(person for _, members in found for person, _ in members)
    with french_refusals(*memberships):
        Membership.objects.bulk_create(memberships)
    return found


def _household(new_id: int, new: NewHousehold, actor: Actor) -> Household:
    adults = [p for p in new.people if p.role == MemberRole.ADULT]
    called = new.name.strip() or usual_name(
        [Name(p.civility, p.first_name.strip(), p.last_name.strip()) for p in adults]
    )
    if not called:
        raise InvalidInput("Donnez le nom d’usage du ménage, ou au moins un adulte.", field="name")
    household = Household(
        id=new_id,
        name=called,
        reference=new.reference.strip() or f"M{new_id:05d}",
        support_type=new.support_type,
        manager=new.manager or actor.user,
        created_at=clock.now(),
    )
    checked(household)
    return household


def _person(new_id: int, new: NewPerson) -> Person:
    person = Person(
        id=new_id,
        first_name=new.first_name.strip(),
        last_name=new.last_name.strip(),
        civility=new.civility,
        birth_date=new.birth_date,
        phone=new.phone,
        email=new.email,
        is_address_protected=new.is_address_protected,
    )
    _check_birth(person)
    checked(person)
    return person


def _membership(household: Household, person: Person, role: str, start: date, end: date | None = None) -> Membership:
    if person.birth_date and start < person.birth_date:
        raise InvalidInput(f"{person} est né après cette date d’arrivée.", field="from_day")
    membership = Membership(household=household, person=person, role=role, period=period(start, end))
    checked(membership)
    return membership


@needs(Write(Data.IDENTITY))
@transaction.atomic
def update_household(*, actor: Actor, household: Household, **changes: Any) -> Household:
    """Change `name`, `support_type`, `reference` or `manager`. The former type stays in the history."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    for name, value in changes.items():
        setattr(household, name, value)
    checked(household)
    with french_refusals(household):
        household.save()
    return household


@needs(Write(Data.IDENTITY))
@transaction.atomic
def create_person(*, actor: Actor, first_name: str, last_name: str, **facts: Any) -> Person:
    """A person, in no household yet (a guarantor stays so)."""
    person = Person(first_name=first_name.strip(), last_name=last_name.strip(), **facts)
    _check_birth(person)
    checked(person)
    person.save()
    return person


@needs(Write(Data.IDENTITY))
@transaction.atomic
def update_person(*, actor: Actor, person: Person, **changes: Any) -> Person:
    """Change fields of a person."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    for name, value in changes.items():
        setattr(person, name, value)
    _check_birth(person)
    checked(person)
    person.save()
    return person


@needs(Write(Data.IDENTITY))
@transaction.atomic
def join_household(
    *,
    actor: Actor,
    household: Household,
    person: Person,
    role: str = MemberRole.ADULT,
    from_day: date | None = None,
    last_day: date | None = None,
) -> Membership:
    """The person is in the household from `from_day` (today by default). Nobody is in two households on a day."""
    start = from_day or clock.today()
    if last_day is not None and last_day < start:
        raise InvalidInput("La date de départ précède celle d’arrivée.", field="last_day")
    end = None if last_day is None else last_day + timedelta(days=1)
    membership = _membership(household, person, role, start, end)
    Person.objects.select_for_update().get(pk=person.pk)
    with french_refusals(membership):
        membership.save()
    return membership


@needs(Write(Data.IDENTITY))
@transaction.atomic
def leave_household(*, actor: Actor, membership: Membership, last_day: date) -> Membership:
    """The person leaves: `last_day` is the last day in the household. The contracts that bind them stay as they are."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("person").get(pk=membership.pk)
    if not contains(membership.period, last_day):
        raise InvalidInput(
            f"{membership.person} n’est pas dans le ménage le {last_day:%d/%m/%Y} : "
            f"arrivée le {membership.period.lower:%d/%m/%Y}.",
            field="last_day",
        )
    membership.period = period(membership.period.lower, last_day + timedelta(days=1))
    with french_refusals():
        membership.save(update_fields=["period"])
    return membership


def _check_birth(person: Person) -> None:
    if person.birth_date and person.birth_date > clock.today():
        raise InvalidInput("La date de naissance est à venir. Vérifiez l’année.", field="birth_date")
