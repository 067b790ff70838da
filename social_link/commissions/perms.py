"""Who prepares a commission, and who puts a household on its agenda."""

from office.access.actor import Actor
from office.access.matrix import Data, Write, can


def can_run(actor: Actor) -> bool:
    """Prepare commissions, note what they decide, close them and send it: who writes all of them."""
    return can(actor, Write(Data.COMMISSION))
