"""Who reads and decides of arrears."""

from office.access.actor import Actor
from office.access.matrix import FACTS, OWN, Data, Read, Write, can


def can_decide(actor: Actor) -> bool:
    """Decide, pause, ask the social service, report to the payer."""
    return actor.is_system or can(actor, Write(Data.ARREARS))


def can_read_cases(actor: Actor) -> bool:
    """The list of arrears by name, and the cases."""
    return can(actor, Read(Data.ARREARS_CAUSE))


def hides_answers(actor: Actor, *, own: bool = False) -> bool:
    """Reads the cases by name, and not what the social service answered."""
    return can_read_cases(actor) and not can_read_answers(actor, own=own)


def can_read_answers(actor: Actor, *, own: bool = False) -> bool:
    """The answer of the social service: cause, hold, plan, next step. A social worker reads it on her own cases (`own`:
    of one of them, `leases.households.beside.own_among`)."""
    return can(actor, Read(Data.ALERT, FACTS)) or (own and can(actor, Read(Data.ALERT, OWN)))
