"""Addresses without account: made, shown once, closed; a referral that comes by one."""

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.access.services.tokens import hashed
from office.models import Organisation
from social_link.referrals.codes import REFERRING, LinkKind, ReferralState, ReferrerKind
from social_link.referrals.models import Referral, ReferralLink
from social_link.referrals.parameters import link_ends_on
from social_link.referrals.perms import changeable
from social_link.referrals.services.referrals import receive
from social_link.referrals.services.telling import acknowledge


@needs(Write(Data.REFERRAL))
@transaction.atomic
def open_intake(
    *, referrer: str, actor: Actor, organisation: Organisation | None = None, ends_on: date | None = None
) -> tuple[ReferralLink, str]:
    """An address where a partner fills referrals, and its secret, which nobody can read again. Until `ends_on`."""
    if referrer not in ReferrerKind.values or referrer == ReferrerKind.HOUSEHOLD:
        raise InvalidInput("Choisissez le partenaire.", field="referrer")
    if organisation is not None and not organisation.roles.filter(kind__in=REFERRING).exists():
        raise InvalidInput("Cet organisme n’est pas un partenaire qui saisit.", field="organisation")
    last = ends_on or link_ends_on(clock.today())
    if not clock.today() <= last <= link_ends_on(clock.today()):
        raise InvalidInput(f"Choisissez un jour d’ici au {link_ends_on(clock.today()):%d/%m/%Y}.", field="ends_on")
    return _opened(
        ReferralLink(kind=LinkKind.INTAKE, referrer=referrer, organisation=organisation, ends_on=last), actor
    )


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def open_state(*, referral: Referral, actor: Actor) -> tuple[ReferralLink, str]:
    """An address that tells how far a referral is, and its secret. The former one ends at once."""
    row = changeable(referral, actor)
    ReferralLink.objects.filter(referral=row, revoked_at=None).update(revoked_at=clock.now())
    last = link_ends_on(clock.today())
    return _opened(ReferralLink(kind=LinkKind.STATE, referral=row, ends_on=last), actor)


def _opened(link: ReferralLink, actor: Actor) -> tuple[ReferralLink, str]:
    secret = secrets.token_urlsafe(32)
    link.digest, link.author, link.made_at = hashed(secret), actor.user, clock.now()
    checked(link)
    with french_refusals(link):
        link.save()
    return link, secret


@needs(Write(Data.REFERRAL, OWN))
@transaction.atomic
def close_link(*, link: ReferralLink, actor: Actor) -> ReferralLink:
    """It opens nothing any more, for good. That of a partner is closed by the head, that of a referral by who changes
    it. Again changes nothing."""
    if link.referral is not None:
        changeable(link.referral, actor)
    else:
        _require_head(actor=actor)
    row = ReferralLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
    return row


@needs(Write(Data.REFERRAL))
def _require_head(*, actor: Actor) -> None:
    """Refused by the decorator."""


def link_of(secret: str, day: date) -> ReferralLink | None:
    """What a secret opens on `day`: None where it is unknown, closed or over, whichever. It notes the day."""
    rows = ReferralLink.objects.open_on(day).select_related("organisation", "referral__joined_to")
    link = rows.filter(digest=hashed(secret)).first()
    if link is None or (link.referral is not None and link.referral.withdrawn_at is not None):
        return None
    if link.last_used_on != day:
        ReferralLink.objects.filter(pk=link.pk).update(last_used_on=day)
    return link


@transaction.atomic
def receive_by(
    link: ReferralLink, *, request_key: UUID, aims: Sequence[str], exclusions: Sequence[str] = (), **facts: Any
) -> tuple[Referral, str]:
    """A partner fills a referral by his address: it is received today, once for a key, and the receipt is sent. With
    the secret of an address that tells how far it is; sent again, a new one takes the place of the former, which may
    not have been read."""
    system = Actor.system()
    ReferralLink.objects.select_for_update(of=("self",)).get(pk=link.pk)  # Two sends of one form wait for each other.
    row = Referral.objects.filter(request_key=request_key, came_by=link).first()
    if row is None:
        row = receive(
            received_on=clock.today(), referrer=link.referrer, organisation=link.organisation, aims=aims,
            exclusions=exclusions, actor=system, **facts,
        )  # fmt: skip
        row.came_by, row.request_key = link, request_key
        with french_refusals():
            row.save(update_fields=["came_by", "request_key"])
        if row.contact_email:
            acknowledge(referral=row, on=row.received_on, actor=system)
            row.refresh_from_db()
    _, secret = open_state(referral=row, actor=system)
    return row, secret


def told_state(row: Referral) -> str:
    """What who refers reads of it: its state where the household agreed; else only whether it is still looked at. One
    that is joined to another tells how far that one is."""
    stands = row.joined_to or row
    if row.consented_on is not None:
        return str(stands.get_state_display())
    over = stands.state in (ReferralState.OUTSIDE, ReferralState.DROPPED, ReferralState.MEASURE, ReferralState.INSIDE)
    return "Examinée" if over else "En cours d’examen"
