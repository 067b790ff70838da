"""Who may do what with accounts and arrears. Reading follows the matrix (`office.access`)."""

from office.access import Access, Data, can
from office.actor import Actor
from office.enums import Role

# Who decides, pauses, asks the social service, reports to the payer.
DECIDERS = (Role.RENTAL_MANAGER,)


def can_decide(actor: Actor) -> bool:
    return actor.is_system or actor.has_role(*DECIDERS)


def can_read_ledger(actor: Actor) -> bool:
    """Balance, statement and reasons of every account."""
    return can(actor, Data.LEDGER, Access.FULL)


def can_read_cases(actor: Actor) -> bool:
    """The list of arrears by name, and the cases."""
    return can(actor, Data.ARREARS_CAUSE, Access.FULL)


def can_export(actor: Actor) -> bool:
    return can(actor, Data.ACCOUNT_PAPERS, Access.FULL)


def can_read_answers(actor: Actor) -> bool:
    """The answer of the social service: cause, hold, plan, next step. A social worker reads it on her own cases."""
    return can(actor, Data.ALERT, Access.FULL, Access.FACTS)
