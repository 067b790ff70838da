"""Who reads and notes difficulties: those in charge of the household, and the head of the service. Nobody else reads
that there are any; who reads totals reads counts."""

from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, access_of
from social_link.contacts.perms import followed_by


def is_in_charge(actor: Actor, household: Household) -> bool:
    """Whether it is one of the actor's own cases, as the social page means it."""
    return OWN in access_of(actor, Data.DIFFICULTY) and followed_by(actor).filter(pk=household.pk).exists()
