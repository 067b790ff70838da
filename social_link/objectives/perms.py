"""Who reads what is health in the seven axes."""

from collections.abc import Collection

from office.access.actor import Actor
from social_link.contacts.perms import can_follow, followed_by
from social_link.measures.models import Measure


def reads_health(actor: Actor, measure: Measure) -> bool:
    """Who accompanies the household today, or heads the service: not who did once."""
    return can_follow(actor, [measure.household])


def health_among(households: Collection[int], actor: Actor) -> set[int]:
    """The same for a list: the households of these whose axis of health the actor reads. One query."""
    return set(followed_by(actor).filter(pk__in=households).values_list("pk", flat=True))
