"""Who reads and exports the books."""

from office.access.actor import Actor
from office.access.matrix import Data, Read, can


def can_export(actor: Actor) -> bool:
    return can(actor, Read(Data.ACCOUNT_PAPERS))
