"""Who reads and makes the budget of a household: who follows it, the head all."""

from common.errors import NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from social_link.contacts.perms import can_follow

READERS = (Read(Data.BUDGET, OWN),)
WRITERS = (Write(Data.BUDGET, OWN),)
NOT_YOURS = "Vous ne suivez pas ce ménage : son budget se fait avec la personne référente, ou la direction sociale."


def can_read(actor: Actor, household: Household, *, is_referent: bool = False) -> bool:
    """`is_referent`: known to be the household's referent today."""
    return can(actor, *READERS) and (is_referent or can_follow(actor, [household]))


def require_write(actor: Actor, household: Household) -> None:
    """`NotAllowed` unless the actor makes the budgets of this household."""
    if not actor.is_system and not (can(actor, *WRITERS) and can_follow(actor, [household])):
        raise NotAllowed(NOT_YOURS)
