"""Who reads and who writes the stock."""

from office.actor import Actor
from office.enums import Role

# A dwelling's page tells nothing of who lives there to who may not know it: names come from the layer above.
READERS = frozenset({Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR})
AGREEMENT_READERS = READERS - {Role.TECHNICIAN}
WRITERS = frozenset({Role.RENTAL_MANAGER})
# Who may ask for a repair: the page of a dwelling leads there.
CALLERS = frozenset({Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL})


def can_write_stock(actor: Actor) -> bool:
    """Whether the actor may create and change agreements, buildings, dwellings and units."""
    return actor.is_system or actor.has_role(*WRITERS)


def can_call_repairs(actor: Actor) -> bool:
    """Whether the actor may open a repair ticket (decided again by its page)."""
    return actor.has_role(*CALLERS)


def can_read_agreements(actor: Actor) -> bool:
    """Whether the actor may see agreements, with their rents and fees."""
    return actor.has_role(*AGREEMENT_READERS)
