"""The calendar address of a user: shown once, kept as a hash, one at a time."""

import secrets

from django.db import transaction

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.models import CalendarFeed
from office.access.permissions import needs
from office.access.second_factor import lacks_second_factor
from office.access.services.tokens import hashed


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def make_calendar_address(*, actor: Actor) -> str:
    """The secret of a new address of the actor, which nobody can read again. The former one ends at once.

    Raises `Conflict` (`no_session`): a calendar is of a person who is signed in.
    """
    if actor.user is None or actor.scopes is not None:
        raise Conflict(
            "Une adresse de calendrier se crée depuis une session, par la personne qui l’utilisera.", code="no_session"
        )
    secret = secrets.token_urlsafe(32)
    made = {"digest": hashed(secret), "made_at": clock.now(), "last_used_on": None}
    CalendarFeed.objects.update_or_create(user=actor.user, defaults=made)
    return secret


@needs(Write(Data.SELF, OWN))
def end_calendar_address(*, actor: Actor) -> bool:
    """End the actor's address for good. False where there was none: a second click changes nothing."""
    gone, _ = CalendarFeed.objects.filter(user=actor.user_id).delete()
    return gone > 0


def actor_of_calendar(secret: str) -> Actor | None:
    """Whose address has this secret, or None: it is unknown, or its person has no access today. The actor only reads:
    he has no scope of a token."""
    feed = CalendarFeed.objects.select_related("user").filter(digest=hashed(secret)).first()
    if feed is None or not feed.user.is_active:
        return None
    actor = Actor.of(feed.user, scopes=frozenset())
    if not actor.roles or lacks_second_factor(actor):
        return None
    today = clock.today()
    if feed.last_used_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_on=today)
    return actor
