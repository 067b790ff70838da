"""Who reads and notes the rights of a household: who follows it, the head all. Those of health are for who accompanies
it (referent, measure, stand-in): an open alert does not open them."""

from collections.abc import Collection

from common.errors import NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from social_link.contacts.perms import can_follow
from social_link.measures.own_cases import own_cases
from social_link.rights.codes import RightKind
from social_link.rights.rules.kinds import HEALTH

READERS = (Read(Data.RIGHT, OWN),)
WRITERS = (Write(Data.RIGHT, OWN),)
NOT_YOURS = "Vous ne suivez pas ce ménage : ses droits se notent avec la personne référente, ou la direction sociale."


def can_read(actor: Actor, household: Household, *, is_referent: bool = False) -> bool:
    """`is_referent`: known to be the household's referent today."""
    return can(actor, *READERS) and (is_referent or can_follow(actor, [household]))


def reads_health(actor: Actor, household_id: int, *, is_referent: bool = False) -> bool:
    """The rights that tell of health."""
    if actor.is_system or can(actor, Read(Data.RIGHT)) or (is_referent and can(actor, *READERS)):
        return True
    own = Household.objects.filter(own_cases(actor.user_id or 0, "pk"), pk=household_id)
    return can(actor, *READERS) and own.exists()


def kinds_for(actor: Actor, household_id: int, *, is_referent: bool = False) -> list[RightKind]:
    """The rights that the actor reads and notes, in their order."""
    whole = reads_health(actor, household_id, is_referent=is_referent)
    return [kind for kind in RightKind if whole or kind not in HEALTH]


def require_write(actor: Actor, household: Household, kinds: Collection[RightKind]) -> None:
    """`NotAllowed` unless the actor notes these rights of the household."""
    if actor.is_system:
        return
    if not (can(actor, *WRITERS) and can_follow(actor, [household])):
        raise NotAllowed(NOT_YOURS)
    if any(kind in HEALTH for kind in kinds) and not reads_health(actor, household.pk):
        raise NotAllowed("Les droits de santé se notent avec la personne référente.")
