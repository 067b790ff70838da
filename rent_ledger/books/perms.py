"""Who reads and exports the books."""

from office.access.actor import Actor
from office.access.matrix import Data, Read, can


def can_read_ledger(actor: Actor) -> bool:
    """Balance, statement and reasons of every account."""
    return can(actor, Read(Data.LEDGER))


def can_export(actor: Actor) -> bool:
    return can(actor, Read(Data.ACCOUNT_PAPERS))
