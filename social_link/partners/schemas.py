"""What the API gives of the partners."""

from datetime import date

from ninja import Schema

from office.api_base import PageQuery, Ref, Span
from social_link.contacts.schemas import HouseholdQuery
from social_link.partners.codes import ConsentHow, PartnerFunction, Told


class PartnerQuery(PageQuery):
    """`q`: words of the name or of the organisation."""

    q: str = ""
    function: PartnerFunction | None = None


class PartnerShown(Schema):
    """Somebody outside, or a service without a name: how it is reached, and no household."""

    id: int
    name: str
    function: PartnerFunction
    organisation: Ref | None
    phone: str
    email: str


class PartnerLinkQuery(HouseholdQuery):
    """`current`: around the household today, or not."""

    current: bool | None = None


class PartnerLinkShown(Schema):
    """What a partner does for a household. `tells`: what the household agreed to on `given_on`, until it took that back
    on `withdrawn_on`; `may_tell`: what of it may be told today."""

    id: int
    household: Ref
    partner: PartnerShown
    period: Span
    given_on: date | None
    how: ConsentHow | None
    tells: list[Told]
    withdrawn_on: date | None
    may_tell: list[Told]
