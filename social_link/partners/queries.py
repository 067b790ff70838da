"""Who is in the directory, and who stands around a household."""

from django.db.models import Q, QuerySet

from common.text import search_words
from leases.models import Household
from office.access.actor import Actor
from social_link.contacts.perms import followed_by
from social_link.partners.codes import PartnerFunction
from social_link.partners.models import Partner, PartnerLink


def partners_found(text: str, function: str = "") -> QuerySet[Partner]:
    """Those whose name or organisation has each word of `text`, of this function where one is chosen."""
    rows = Partner.objects.select_related("organisation")
    if function in PartnerFunction.values:
        rows = rows.filter(function=function)
    for word in search_words(text):
        rows = rows.filter(Q(sort_key__contains=word) | Q(organisation__sort_key__contains=word))
    return rows


def links_for(actor: Actor) -> QuerySet[PartnerLink]:
    """Who stands, or stood, around the households that the actor follows."""
    rows = PartnerLink.objects.filter(household__in=followed_by(actor))
    return rows.select_related("household", "partner__organisation")


def links_of(household: Household) -> list[PartnerLink]:
    """All of them, who is there today first, by function. One query."""
    rows = PartnerLink.objects.filter(household=household).select_related("partner__organisation")
    order = PartnerFunction.values
    return sorted(rows, key=lambda row: (not row.is_current, order.index(row.partner.function), row.partner.sort_key))
