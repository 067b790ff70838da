"""Who answers a person who asks to read her file: authors for their notes, the head of the service for all of it."""

from office.access.actor import Actor
from office.access.matrix import Data, Write, can
from social_link.contacts.models import Note
from social_link.contacts.perms import can_edit_note


def can_hand_over(actor: Actor) -> bool:
    """Print what is handed over, and say that it was: the head of the service, who knows of every note."""
    return can(actor, Write(Data.CONTACT))


def can_answer(actor: Actor, note: Note) -> bool:
    """Decide whether a note is handed over."""
    return can_edit_note(actor, note) or can_hand_over(actor)
