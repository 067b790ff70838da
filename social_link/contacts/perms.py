"""Who may do what in the social service. Which rows are read: `visible_to` and `readable_by` of the models."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from common import clock
from common.errors import NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, WITH_REASON, Data, Read, Write, can
from office.access.permissions import require
from social_link.alerts.codes import OPEN_ALERTS
from social_link.contacts.models import Note
from social_link.measures.models import Referent
from social_link.measures.own_cases import own_households
from social_link.referrals.codes import FOLLOWED

# As `own_households`: it is asked as often. A referral names no household until one is known.
_GIVEN = """
SELECT household_id FROM social_link_alert WHERE assignee_id = %s AND state = ANY(%s)
UNION ALL
SELECT household_id FROM social_link_referral
WHERE assignee_id = %s AND state = ANY(%s) AND withdrawn_at IS NULL AND household_id IS NOT NULL
"""


def followed_by(actor: Actor) -> QuerySet[Household]:
    """The households whose social file the actor may open: all for the head, own cases for a social worker.

    An open alert given by name is an own case too, and a referral that one has.
    """
    rows = Household.objects.all()
    if can(actor, Read(Data.CONTACT)):
        return rows
    if can(actor, Read(Data.CONTACT, OWN)) and actor.user_id:
        own, values = own_households(actor.user_id)
        given = [actor.user_id, sorted(OPEN_ALERTS), actor.user_id, sorted(FOLLOWED)]
        return rows.filter(pk__in=RawSQL(f"{own} UNION ALL {_GIVEN}", [*values, *given]))  # noqa: S611  its values are apart
    return rows.none()


def can_follow(actor: Actor, households: Sequence[Household]) -> bool:
    """Write in the social files of all these households: contacts, notes, measures."""
    if actor.is_system:
        return True
    wanted = {household.pk for household in households}
    if actor.user_id is not None and actor.is_social and not can(actor, Write(Data.CONTACT)):
        # The usual case: one household, found by an index.
        mine = Referent.objects.filter(household_id__in=wanted, user_id=actor.user_id, period__contains=clock.today())
        wanted -= set(mine.values_list("household_id", flat=True))
        if not wanted:
            return True
    return followed_by(actor).filter(pk__in=wanted).count() == len(wanted)


def require_follows(actor: Actor, *households: Household) -> None:
    """`NotAllowed` unless the actor writes in the social service, and follows these households."""
    require(actor, Write(Data.CONTACT, OWN))
    if not can_follow(actor, households):
        raise NotAllowed("Vous ne suivez pas ce ménage.")


def can_change_contact(actor: Actor, author_id: int) -> bool:
    """Correct, move or withdraw a contact of this author: he himself, or the head of the service."""
    return can(actor, Write(Data.CONTACT)) or (actor.is_social and author_id == actor.user_id)


def can_edit_note(actor: Actor, note: Note) -> bool:
    """Only its author corrects a note."""
    return actor.is_social and note.author_id == actor.user_id


def can_withdraw_note(actor: Actor, note: Note) -> bool:
    """Its author, or the head of the service where she reads it without a reason."""
    return can_edit_note(actor, note) or (can(actor, Write(Data.CONTACT)) and can_read_note(actor, note))


def can_read_note(actor: Actor, note: Note) -> bool:
    """Its text, without giving a reason."""
    return Note.objects.readable_by(actor).filter(pk=note.pk).exists()


def can_read_note_with_reason(actor: Actor) -> bool:
    """The head of the service reads any note for a reason, which is logged."""
    return can(actor, Read(Data.PRIVATE_NOTE, WITH_REASON))
