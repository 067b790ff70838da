"""What the API of the office takes and gives."""

from datetime import date
from typing import Any

from ninja import Schema
from pydantic import Field

from office.api_base import Input, Instant, PageQuery
from office.enums import JobState, OrganisationKind, Role


class Me(Schema):
    """Who calls. `scopes` is null for a session."""

    id: int
    name: str
    email: str
    roles: list[Role]
    scopes: list[str] | None


class OrganisationQuery(PageQuery):
    q: str | None = None
    kind: OrganisationKind | None = None


class OrganisationIn(Input):
    """An outside body or a private owner, with the roles that it plays."""

    name: str = Field(min_length=1, max_length=200)
    kinds: list[OrganisationKind] = Field(min_length=1)
    siret: str = ""
    is_person: bool = False
    address: str = ""
    phone: str = Field("", max_length=20)
    email: str = ""
    iban: str = ""


class OrganisationListed(Schema):
    id: int
    name: str
    kinds: list[OrganisationKind]
    is_person: bool


class OrganisationDetail(OrganisationListed):
    siret: str | None
    address: str
    phone: str
    email: str
    iban: str


class JobQuery(PageQuery):
    state: JobState | None = None


class JobListed(Schema):
    """Long work. `done` of `total`, in the unit of its kind."""

    id: int
    kind: str
    title: str
    state: JobState
    step: str
    done: int
    total: int
    started_at: Instant
    ended_at: Instant | None


class JobDetail(JobListed):
    """`result`: counts at the end; `error`: one French sentence where it failed."""

    result: dict[str, Any]
    error: str


class ParameterShown(Schema):
    """A dated parameter in force on the asked day. `value` is JSON of its kind; a decimal is a string."""

    key: str
    label: str
    kind: str
    unit: str
    scope: str
    value: Any
    source: str
    is_verified: bool


class ParametersShown(Schema):
    on: date
    parameters: list[ParameterShown]
