"""Households, persons and the dated composition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q

from common import clock, typography
from common.copy import draw_ids
from common.db import checked, french_refusals, many_with_history
from common.errors import Conflict, InvalidInput
from common.identifiers import phone_key
from common.periods import contains, period
from common.text import sort_key
from leases.households.codes import ABOUT_HOUSEHOLD, Civility, MemberRole
from leases.households.models import Household, Membership, Person
from leases.households.perms import can_hand_over, is_address_protected
from leases.households.queries import leaving_questions
from leases.households.rules.people import Name, usual_name
from office.access.actor import Actor
from office.access.matrix import IN_CHARGE, Data, Write
from office.access.permissions import needs
from office.access.services.access_log import log_access
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep
from office.models import User


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to create with a household. `is_another`: not the one who is known already."""

    first_name: str
    last_name: str
    civility: str = Civility.NONE
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    is_address_protected: bool = False
    role: str = MemberRole.ADULT
    is_another: bool = False


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
    charge of it unless another is named. Somebody who seems to be known is asked about, as by `create_person`.
    """
    for one in people:
        if not one.is_another:
            _refuse_twice(one.first_name, one.last_name, one.birth_date, one.phone)
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
    many_with_history()
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
    """Change `name`, `support_type`, `reference` or `manager`. The former type stays in the history.

    Who is in charge reads a protected address: of such a household it is the present one who names the next, or the
    head of the social service (`name_manager`).
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    if "manager" in changes:
        _hand_over(actor, household, changes.pop("manager"))
    for name, value in changes.items():
        setattr(household, name, value)
    checked(household)
    with french_refusals(household):
        household.save()
    return household


@needs(Write(Data.IDENTITY))
@transaction.atomic
def discard_household(*, actor: Actor, household: Household) -> None:
    """A household typed by mistake never was, nor its people whom nothing else knows. `Conflict` once something stands
    on it: a contract, a request, a contact."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    for membership in household.memberships.select_related("person", "household"):
        _may_go(actor, membership)
    people = list(household.memberships.values_list("person", flat=True))
    household.memberships.all().delete()
    try:
        with transaction.atomic():
            household.delete()
            Person.objects.filter(pk__in=people, memberships=None).delete()
    except ProtectedError as error:
        raise Conflict(
            "Un bail, une demande ou un contact tient déjà à ce ménage : il reste.", code="in_use"
        ) from error


@needs(Write(Data.PROTECTED_ADDRESS, IN_CHARGE))
@transaction.atomic
def name_manager(*, actor: Actor, household: Household, manager: User | None) -> Household:
    """Who is in charge of a household whose address is protected, and so reads it. It is logged."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    _hand_over(actor, household, manager)
    household.save(update_fields=["manager"])
    return household


def _hand_over(actor: Actor, household: Household, manager: User | None) -> None:
    if (manager.pk if manager else None) == household.manager_id:
        return
    if is_address_protected(household):
        if not can_hand_over(actor, household):
            raise InvalidInput(
                "L’adresse de ce ménage est protégée : la personne en charge, ou la responsable du service social, dit "
                "qui la lira.",
                field="manager",
                code="protected",
            )
        _log(actor, household, f"En charge : {household.manager or 'personne'}, puis {manager or 'personne'}")
    household.manager = manager


@needs(Write(Data.PROTECTED_ADDRESS))
@transaction.atomic
def lift_protection(*, actor: Actor, person: Person, reason: str) -> Person:
    """The address of a person need be protected no more: everybody who reads addresses reads it from now on. By the
    head of the social service, with the reason, which is logged. Again changes nothing.

    Raises `InvalidInput` (`reason`).
    """
    if not reason.strip():
        raise InvalidInput("Dites pourquoi l’adresse peut de nouveau être lue.", field="reason")
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_address_protected:
        person.is_address_protected = False
        person.save(update_fields=["is_address_protected"])
        _log(actor, _household_of(person), f"Protection levée : {reason.strip()}")
    return person


def _household_of(person: Person) -> Household | None:
    return Household.objects.filter(memberships__person=person, memberships__period__contains=clock.today()).first()


def _log(actor: Actor, household: Household | None, reason: str) -> None:
    if household is not None and actor.user is not None:
        log_access(actor=actor, subject=Data.PROTECTED_ADDRESS, obj=household, household_id=household.pk, reason=reason)


@needs(Write(Data.IDENTITY))
@transaction.atomic
def create_person(*, actor: Actor, first_name: str, last_name: str, is_another: bool = False, **facts: Any) -> Person:
    """A person, in no household yet (a guarantor stays so).

    `InvalidInput` `known` where somebody of that name was born on that day, or has that number; `is_another` says that
    it is not the same person.
    """
    if not is_another:
        _refuse_twice(first_name, last_name, facts.get("birth_date"), facts.get("phone", ""))
    person = Person(first_name=first_name.strip(), last_name=last_name.strip(), **facts)
    _check_birth(person)
    checked(person)
    person.save()
    return person


@needs(Write(Data.IDENTITY))
@transaction.atomic
def update_person(*, actor: Actor, person: Person, **changes: Any) -> Person:
    """Change fields of a person. An address may be protected here; it is `lift_protection` that says it need be no
    more.

    Raises `InvalidInput` (`is_address_protected`, `protected`).
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_address_protected and not changes.get("is_address_protected", True):
        raise InvalidInput(
            "La responsable du service social dit quand une adresse n’est plus à protéger.",
            field="is_address_protected",
            code="protected",
        )
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
    """The person is in the household from `from_day` (today by default). Nobody is in two households on a day.

    Raises `InvalidInput` (`last_day`).
    """
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
def leave_household(
    *, actor: Actor, membership: Membership, last_day: date, answers: Answers = NO_ANSWERS
) -> Membership:
    """The person leaves: `last_day` is the last day in the household. The contracts that bind them stay as they are.

    With who is protected goes the protection of the household: that is for who may read the address. Asked about
    where no adult, or no protected person, stays (`LeavingQuestion`). `InvalidInput` (`last_day`).
    """
    found = Membership.objects.select_for_update(of=("self",)).select_related("person", "household")
    membership = found.get(pk=membership.pk)
    _may_go(actor, membership)
    if not contains(membership.period, last_day):
        raise InvalidInput(
            f"{membership.person} n’est pas dans le ménage le {last_day:%d/%m/%Y} : "
            f"arrivée le {membership.period.lower:%d/%m/%Y}.",
            field="last_day",
        )
    after = last_day + timedelta(days=1)
    around = membership.household.memberships.select_related("person")
    answered = ask(leaving_questions(membership, around, after), answers)
    membership.period = period(membership.period.lower, after)
    with french_refusals():
        membership.save(update_fields=["period"])
    keep(answered, about=ABOUT_HOUSEHOLD, about_id=membership.household_id, actor=actor)
    return membership


@needs(Write(Data.IDENTITY))
@transaction.atomic
def come_back(*, actor: Actor, membership: Membership) -> Membership:
    """A departure that was noted by mistake: the person is in the household as before, and its protection with them.
    Again changes nothing. `Conflict` where the person is in another household since."""
    found = Membership.objects.select_for_update(of=("self",)).select_related("person", "household")
    membership = found.get(pk=membership.pk)
    if membership.period.upper is None:
        return membership
    Person.objects.select_for_update().get(pk=membership.person_id)
    later = Membership.objects.filter(person=membership.person_id, period__startswith__gte=membership.period.upper)
    if other := later.select_related("household").order_by("period").first():
        raise Conflict(
            f"{membership.person} est dans le ménage {other.household.reference} depuis le "
            f"{other.period.lower:%d/%m/%Y} : notez d’abord que c’était une erreur.",
            code="in_use",
        )
    membership.period = period(membership.period.lower)
    with french_refusals(membership):
        membership.save(update_fields=["period"])
    return membership


def _refuse_twice(first_name: str, last_name: str, born: date | None, phone: str) -> None:
    number = phone_key(phone)
    same = (Q(birth_date=born) if born else Q()) | (Q(phone_key=number) if number else Q())
    if not same:
        return
    found = Person.objects.filter(same, sort_key=sort_key(f"{last_name} {first_name}")).order_by("pk").first()
    if found is None:
        return
    home = found.memberships.select_related("household").order_by("-period").first()
    where = f", dans le ménage {home.household.reference}," if home else ""
    raise InvalidInput(
        f"{found} est déjà connu{where} avec la même date de naissance ou le même téléphone. "
        "Est-ce quelqu’un d’autre ?",
        code="known",
        field="is_another",
    )


def _may_go(actor: Actor, membership: Membership) -> None:
    if membership.person.is_address_protected and not can_hand_over(actor, membership.household):
        raise InvalidInput(
            f"L’adresse {typography.of(str(membership.person))} est protégée : "
            "la personne en charge du ménage note ce départ.",
            code="protected",
        )


def _check_birth(person: Person) -> None:
    if person.birth_date and person.birth_date > clock.today():
        raise InvalidInput("La date de naissance est à venir. Vérifiez l’année.", field="birth_date")
