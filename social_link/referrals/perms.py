"""Who changes a referral: who reads it and writes in the social service."""

from common.errors import Conflict, NotAllowed
from office.access.actor import Actor
from office.access.matrix import Data, Write, can
from social_link.referrals.models import Referral


def can_give(actor: Actor) -> bool:
    """Give a referral to anybody: the head of the service. A social worker takes one that is nobody's."""
    return actor.is_system or can(actor, Write(Data.REFERRAL))


def changeable(referral: Referral, actor: Actor) -> Referral:
    """The referral under lock. `NotAllowed` where the actor does not read it, `Conflict` where it was withdrawn."""
    row = Referral.objects.select_for_update(of=("self",)).select_related("household", "organisation").get(
        pk=referral.pk
    )  # fmt: skip
    if not actor.is_system and not Referral.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette saisine est suivie par quelqu’un d’autre.")
    if row.withdrawn_at is not None:
        raise Conflict("Cette saisine a été retirée.", code="wrong_state")
    return row
