"""Partners are listed, and stand around households with their consent."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from common.periods import ONE_DAY, period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from social_link.contacts.perms import require_follows
from social_link.partners.models import Partner, PartnerLink


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def save_partner(
    *,
    name: str,
    function: str,
    actor: Actor,
    organisation: Organisation | None = None,
    phone: str = "",
    email: str = "",
    partner: Partner | None = None,
) -> Partner:
    """Somebody in the directory, or (`partner`) another content of one. The same new one again gives the first.

    `InvalidInput` with its field.
    """
    if actor.user is None:
        raise NotAllowed("Un partenaire est saisi par une personne.")
    facts: dict[str, Any] = {
        "name": name.strip(), "function": function, "organisation": organisation, "phone": phone.strip(),
        "email": email.strip(),
    }  # fmt: skip
    if partner is None:
        same = Partner.objects.filter(**facts).first()
        if same is not None:
            return same
        row = Partner(author=actor.user, **facts)
    else:
        row = Partner.objects.select_for_update(of=("self",)).get(pk=partner.pk)
        for key, value in facts.items():
            setattr(row, key, value)
    checked(row)
    with french_refusals(row):
        row.save()
    return row


def _followed(household: Household, actor: Actor) -> Household:
    """The household under lock: what is written of its partners is written one after the other."""
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    require_follows(actor, row)
    if actor.user is None:
        raise NotAllowed("Un partenaire est noté par une personne.")
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def write_link(
    *,
    household: Household,
    partner: Partner,
    since: date,
    actor: Actor,
    until: date | None = None,
    given_on: date | None = None,
    how: str = "",
    tells: Collection[str] = (),
    withdrawn_on: date | None = None,
    linked: PartnerLink | None = None,
) -> PartnerLink:
    """A partner around a household from `since` to `until`, both included, with what the household agreed to; or
    (`linked`) another content of that. The same new one again gives the first.

    `InvalidInput` of a consent that is not whole, of a day to come (`given_on`, `withdrawn_on`), of days that cross.
    """
    _followed(household, actor)
    for name, day in (("given_on", given_on), ("withdrawn_on", withdrawn_on)):
        if day is not None and day > clock.today():
            raise InvalidInput("Choisissez aujourd’hui ou un jour passé.", field=name)
    if until is not None and until < since:
        raise InvalidInput("Le dernier jour suit le premier.", field="until")
    facts: dict[str, Any] = {
        "partner": partner, "period": period(since, until + ONE_DAY if until else None), "given_on": given_on,
        "how": how, "tells": sorted(set(tells)), "withdrawn_on": withdrawn_on,
    }  # fmt: skip
    if linked is None:
        same = PartnerLink.objects.filter(household=household, **facts).first()
        if same is not None:
            return same
        row = PartnerLink(household=household, author=actor.user, **facts)
    else:
        found = PartnerLink.objects.select_for_update(of=("self",)).filter(pk=linked.pk, household=household).first()
        if found is None:
            raise Conflict("Ce partenaire a été retiré du ménage.", code="wrong_state")
        row = found
        for key, value in facts.items():
            setattr(row, key, value)
    checked(row)
    with french_refusals(row):
        row.save()
    return row


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def remove_link(*, household: Household, link_id: int, actor: Actor) -> None:
    """It was a mistake. Again changes nothing; `bring_back_link` undoes it. One that ends has a last day instead."""
    _followed(household, actor)
    PartnerLink.objects.filter(pk=link_id, household=household).delete()


@needs(Write(Data.CONTACT, OWN))
@transaction.atomic
def bring_back_link(*, household: Household, link_id: int, actor: Actor) -> None:
    """Undo `remove_link`. Again changes nothing. `Conflict` where the partner is around the household again."""
    _followed(household, actor)
    if PartnerLink.objects.filter(pk=link_id).exists():
        return
    event = deleted(PartnerLink, id=link_id, household_id=household.pk).first()
    if event is None:
        raise Conflict("Ce partenaire n’a jamais été noté pour ce ménage.", code="wrong_state")
    with french_refusals():
        brought_back(PartnerLink, [event])
