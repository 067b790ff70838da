"""Who may read the address of a household, and who may change what protects it.

What identifies the home is the address: its dwelling, its code, its unit, its agreement. All of it passes
`can_read_address`, which also writes down who was told a protected one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from common import clock, typography
from common.errors import NotAllowed
from leases.households.models import Household, lives_protected
from office.access.actor import Actor
from office.access.matrix import IN_CHARGE, MASKED, OWN, Access, Data, Read, Write, access_of, can
from office.access.services.access_log import note_read

PROTECTED = "Adresse protégée"


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address as an actor may read it. `is_masked`: there is an address, but the actor may not read it."""

    text: str
    is_masked: bool = False


def can_read_households(actor: Actor) -> bool:
    """Whether the actor may open lists of households and leases."""
    return can(actor, Read(Data.IDENTITY))


def is_in_charge(actor: Actor, household: Household) -> bool:
    """Whether the actor is the rental manager of this household. Apps above know the cases of a social worker and the
    jobs of a technician, and pass `in_charge` themselves."""
    return actor.user_id is not None and household.manager_id == actor.user_id


def can_read_address(actor: Actor, household: Household, *, is_protected: bool, in_charge: bool = False) -> bool:
    """Whether the actor may read where the household lives (matrix 6.6, rows 1 and 2). A protected address that may be
    read is told by who asks: the read is logged."""
    told = _may_read(actor, household, is_protected=is_protected, in_charge=in_charge)
    if told and is_protected:
        note_read(actor=actor, subject=Data.PROTECTED_ADDRESS, obj=household, household_id=household.pk)
    return told


def _may_read(actor: Actor, household: Household, *, is_protected: bool, in_charge: bool) -> bool:
    if not can(actor, Read(Data.IDENTITY)) and not (in_charge and can(actor, Read(Data.IDENTITY, OWN))):
        return False
    if not is_protected:
        return True
    levels = access_of(actor, Data.PROTECTED_ADDRESS)
    if Access.FULL in levels:
        return True
    mine = in_charge or (Access.IN_CHARGE in levels and is_in_charge(actor, household))
    return mine and bool(levels & {Access.IN_CHARGE, Access.OWN})


def told_address(actor: Actor, day: date) -> Q:
    """`can_read_address` as a condition on households, for an order that must tell no more than the page: whose address
    is not protected on `day`, or may be read all the same. Nothing is logged: what is shown is."""
    levels = access_of(actor, Data.PROTECTED_ADDRESS)
    if Access.FULL in levels:
        return Q()
    told = Q(~lives_protected("pk", day))
    if Access.IN_CHARGE in levels and actor.user_id is not None:
        told |= Q(manager=actor.user_id)
    return told


def must_know_home(actor: Actor, household_ids: Iterable[int]) -> None:
    """For acts that open or close a home, and so show which one it is among the dwellings: they are for who may read
    the address. `NotAllowed` says who."""
    if actor.is_system:
        return
    asked = Household.objects.filter(pk__in=set(household_ids)).select_related("manager")
    unknown = asked.exclude(pk__in=Household.objects.filter(told_address(actor, clock.today()))).first()
    if unknown is not None:
        who = (
            f"C’est à {unknown.manager} de l’enregistrer."
            if unknown.manager
            else "Demandez à la responsable du service social de nommer qui suit ce ménage."
        )
        raise NotAllowed(
            f"L’adresse {typography.of(unknown.name)} est protégée : "
            f"un départ ou un retour dirait quel logement est le sien. {who}"
        )


def can_lift_protection(actor: Actor) -> bool:
    """Whether the actor may say that an address need be protected no more: not who is in charge of it, alone."""
    return actor.is_system or can(actor, Write(Data.PROTECTED_ADDRESS))


def can_hand_over(actor: Actor, household: Household) -> bool:
    """Whether the actor may name who is in charge of a household whose address is protected, and so reads it."""
    if can_lift_protection(actor):
        return True
    return can(actor, Write(Data.PROTECTED_ADDRESS, IN_CHARGE)) and is_in_charge(actor, household)


def is_address_protected(household: Household) -> bool:
    """Whether a member's address is protected today: the annotation of `with_protection`, else one query."""
    annotated = getattr(household, "is_protected", None)
    if annotated is not None:
        return bool(annotated)
    return household.memberships.filter(period__contains=clock.today(), person__is_address_protected=True).exists()


def address_of(actor: Actor, household: Household, *, address: str, in_charge: bool = False) -> ShownAddress:
    """`address` of the household as the actor may read it; « Adresse protégée » where it must not be told,
    to who may know that there is one.

    `in_charge`: own case (social service) or own job of the day (technician), as the layer above knows it.
    """
    protected = is_address_protected(household)
    if can_read_address(actor, household, is_protected=protected, in_charge=in_charge):
        return ShownAddress(address)
    told = protected and can(actor, Read(Data.PROTECTED_ADDRESS, IN_CHARGE, OWN, MASKED))
    return ShownAddress(PROTECTED if told else "", is_masked=True)
