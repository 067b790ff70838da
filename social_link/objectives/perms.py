"""Who reads what is health in the seven axes."""

from office.access.actor import Actor
from social_link.contacts.perms import can_follow
from social_link.measures.models import Measure


def reads_health(actor: Actor, measure: Measure) -> bool:
    """Who accompanies the household today, or heads the service: not who did once."""
    return can_follow(actor, [measure.household])
