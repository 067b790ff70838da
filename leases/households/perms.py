"""Who writes leases, and who reads an address that must not be told."""

from dataclasses import dataclass

from common import clock
from leases.models import Household
from office.access import Access, Data, access_of, can
from office.actor import Actor
from office.enums import Role

WRITERS = frozenset({Role.RENTAL_MANAGER})
PROTECTED = "Adresse protégée"


@dataclass(frozen=True, slots=True)
class ShownAddress:
    """An address as an actor may read it; `is_masked` where there is one that he may not."""

    text: str
    is_masked: bool = False


def can_write_leases(actor: Actor) -> bool:
    """Whether the actor may create and change households, persons and leases."""
    return actor.is_system or actor.has_role(*WRITERS)


def can_read_households(actor: Actor) -> bool:
    """Whether the actor may open lists of households and leases."""
    return can(actor, Data.IDENTITY, Access.FULL)


def is_in_charge(actor: Actor, household: Household) -> bool:
    """Whether the actor is the rental manager in charge of this household. Own cases of the social service and own
    jobs of a technician are known in the layers above, which pass them as `in_charge`."""
    return actor.user_id is not None and household.manager_id == actor.user_id


def can_read_address(actor: Actor, household: Household, *, is_protected: bool, in_charge: bool = False) -> bool:
    """Whether the actor may read where the household lives (matrix 6.6, rows 1 and 2)."""
    if not can(actor, Data.IDENTITY, Access.FULL) and not (in_charge and can(actor, Data.IDENTITY, Access.OWN)):
        return False
    if not is_protected:
        return True
    levels = access_of(actor, Data.PROTECTED_ADDRESS)
    if Access.FULL in levels:
        return True
    mine = in_charge or (Access.IN_CHARGE in levels and is_in_charge(actor, household))
    return mine and bool(levels & {Access.IN_CHARGE, Access.OWN})


def is_address_protected(household: Household) -> bool:
    """Whether a member's address is protected today: the annotation of `with_protection`, else one query."""
    annotated = getattr(household, "is_protected", None)
    if annotated is not None:
        return bool(annotated)
    return household.memberships.filter(period__contains=clock.today(), person__is_address_protected=True).exists()


def address_of(actor: Actor, household: Household, *, address: str, in_charge: bool = False) -> ShownAddress:
    """`address` of the household as the actor may read it; « Adresse protégée » where it must not be told.

    `in_charge`: own case (social service) or own job of the day (technician), as the layer above knows it.
    """
    protected = is_address_protected(household)
    if can_read_address(actor, household, is_protected=protected, in_charge=in_charge):
        return ShownAddress(address)
    return ShownAddress(PROTECTED if protected else "", is_masked=True)
