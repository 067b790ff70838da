"""Tokens of the API: one user's, with chosen scopes, shown once, kept as a hash."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Write, can
from office.access.models import ApiToken, CalendarFeed
from office.access.permissions import needs

PREFIX = "ancrage_"
LONGEST = timedelta(days=366)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    # 256 random bits: a plain hash can't be searched, and one look-up finds the row.
    return hashlib.sha256(secret.encode()).hexdigest()


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def issue_token(*, label: str, scopes: Iterable[str], expires_on: date, actor: Actor) -> tuple[ApiToken, str]:
    """A new token of the actor, and its secret, which nobody can read again. A year at most.

    Raises `NotAllowed` and `InvalidInput` (`scopes`, `label`, `expires_on`).
    """
    if actor.user is None or actor.scopes is not None:
        raise NotAllowed("Un jeton se crée depuis une session, par la personne qui l’utilisera.")
    wanted = sorted({str(scope) for scope in scopes})
    if not wanted:
        raise InvalidInput("Choisissez au moins une portée.", field="scopes")
    if unknown := [scope for scope in wanted if scope not in TokenScope.values]:
        raise InvalidInput(f"Portée inconnue : {', '.join(unknown)}.", field="scopes")
    if not label.strip():
        raise InvalidInput("Dites à quoi ce jeton servira.", field="label")
    today = clock.today()
    if not today < expires_on <= today + LONGEST:
        raise InvalidInput("Le jeton doit expirer après aujourd’hui et avant un an.", field="expires_on")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=actor.user, label=label.strip(), digest=hashed(secret), scopes=wanted, expires_on=expires_on
    )
    return token, secret


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def revoke_token(*, token_id: int, actor: Actor) -> ApiToken:
    """End a token: its owner's, or anybody's for the administrator.

    Raises `NotAllowed` and `Conflict` (`wrong_state`).
    """
    token = ApiToken.objects.select_for_update().get(pk=token_id)
    if token.user_id != actor.user_id and not can(actor, Write(Data.SELF)) and not actor.is_system:
        raise NotAllowed("Ce jeton n’est pas le vôtre.")
    if token.revoked_at is not None:
        raise Conflict("Ce jeton est déjà révoqué.", code="wrong_state")
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    return token


def end_tokens(*, user_id: int) -> None:
    """End all tokens of an account for good, and its calendar address: its password changed, or it was closed."""
    CalendarFeed.objects.filter(user=user_id).delete()
    ApiToken.objects.filter(user=user_id, revoked_at__isnull=True).update(revoked_at=clock.now())


def actor_of_token(secret: str) -> Actor | None:
    """The actor behind a secret, or None: unknown, expired, revoked, or an account that was closed.

    What it may do is what its user's roles allow today, within the token's scopes.
    """
    token = ApiToken.objects.select_related("user").filter(digest=hashed(secret)).first()
    today = clock.today()
    if token is None or token.revoked_at or token.expires_on < today or not token.user.is_active:
        return None
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return Actor.of(token.user, scopes=frozenset(token.scopes))
