"""What was taken back of rights, for who may bring it back."""

from typing import Any

from django.db.models import Q, QuerySet

from common.history import deleted
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from social_link.contacts.perms import followed_by
from social_link.measures.own_cases import own_cases
from social_link.rights.models import RightFact
from social_link.rights.rules.kinds import HEALTH


def withdrawn_for(actor: Actor, fact_id: int) -> "QuerySet[Any]":
    """The events that took this fact out, if the actor reads the right."""
    events = deleted(RightFact, id=fact_id).filter(household_id__in=followed_by(actor))
    if can(actor, Read(Data.RIGHT)):
        return events
    return events.filter(~Q(kind__in=HEALTH) | own_cases(actor.user_id or 0, "household_id"))
