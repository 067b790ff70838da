"""Who reads a file for an aid whole, its facts only, and who writes it."""

from collections.abc import Collection

from common.errors import NotAllowed
from leases.households.beside import own_among
from office.access.actor import Actor
from office.access.matrix import FACTS, OWN, Data, Read, Write, can

READERS = (Read(Data.AID_FILE, OWN, FACTS),)
WRITERS = (Write(Data.AID_FILE, OWN),)
NOT_YOURS = (
    "Vous ne suivez pas ce ménage : son dossier d’aide avance avec la personne référente, ou la direction sociale."
)


def reads_whole(actor: Actor, household_id: int) -> bool:
    """Reasons and papers too: every file for the head of social, own cases for a social worker."""
    if can(actor, Read(Data.AID_FILE)):
        return True
    return can(actor, Read(Data.AID_FILE, OWN)) and bool(own_among([household_id], actor))


def whole_among(household_ids: Collection[int], actor: Actor) -> set[int]:
    """The same for a list: those of these households whose files the actor reads whole."""
    if can(actor, Read(Data.AID_FILE)):
        return set(household_ids)
    return own_among(household_ids, actor) if can(actor, Read(Data.AID_FILE, OWN)) else set()


def can_write(actor: Actor, household_id: int) -> bool:
    """Open a file, note its steps, keep its papers."""
    if actor.is_system or can(actor, Write(Data.AID_FILE)):
        return True
    return can(actor, Write(Data.AID_FILE, OWN)) and bool(own_among([household_id], actor))


def can_note_money(actor: Actor, household_id: int) -> bool:
    """Say which money on the account the aid is."""
    sees_money = can(actor, Write(Data.AID_FILE, FACTS)) and can(actor, Write(Data.PAYMENT))
    return sees_money or can_write(actor, household_id)


def require_write(actor: Actor, household_id: int) -> None:
    """`NotAllowed` unless the actor writes the files of this household."""
    if not can_write(actor, household_id):
        raise NotAllowed(NOT_YOURS)
