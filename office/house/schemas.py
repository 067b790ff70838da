"""What the API takes and gives of the address book."""

from ninja import Schema
from pydantic import Field

from office.api_base import Input, PageQuery
from office.house.codes import BodyKind, OrganisationKind


class OrganisationQuery(PageQuery):
    q: str | None = None
    kind: OrganisationKind | None = None


class OrganisationIn(Input):
    """An outside body or a private owner, with the roles that it plays. `body`: what a legal person is; null
    where nobody has said."""

    name: str = Field(min_length=1, max_length=200)
    kinds: list[OrganisationKind] = Field(min_length=1)
    siret: str = ""
    is_person: bool = False
    is_family_company: bool = False
    body: BodyKind | None = None
    address: str = Field("", max_length=500)
    phone: str = Field("", max_length=20)
    email: str = ""
    iban: str = ""


class OrganisationListed(Schema):
    id: int
    name: str
    kinds: list[OrganisationKind]
    is_person: bool
    is_family_company: bool
    body: BodyKind | None


class OrganisationDetail(OrganisationListed):
    siret: str | None
    address: str
    phone: str
    email: str
    iban: str
    iban_asked: str | None = Field(description="What was asked in place of `iban`, until a second person confirms it.")
