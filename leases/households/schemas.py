"""What the API takes and gives of the households."""

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from leases.contracts.codes import (
    LeaseKind,
    LeaseState,
)
from leases.households.codes import Civility, MemberRole, SupportType
from office.api_base import Input, PageQuery, Ref, Span


class PersonIn(Input):
    """A natural person. `is_another`: not the one who is known already by this name and birth date or number."""

    first_name: str = Field(min_length=1, max_length=60)
    last_name: str = Field(min_length=1, max_length=80)
    civility: Civility = Civility.NONE
    birth_date: date | None = None
    phone: str = Field("", max_length=20)
    email: str = ""
    is_address_protected: bool = False
    is_another: bool = False


class FirstMemberIn(PersonIn):
    role: MemberRole = MemberRole.ADULT


class MemberIn(FirstMemberIn):
    """Somebody who joins a household on `from_day` (today)."""

    from_day: date | None = None
    last_day: date | None = None


class HouseholdIn(Input):
    """A household with its first members. Without `name`, the adults' names make it."""

    name: str = Field("", max_length=120)
    reference: str = Field("", max_length=20)
    support_type: SupportType | None = None
    manager_id: int | None = None
    people: list[FirstMemberIn] = Field(default_factory=list, max_length=30)
    from_day: date | None = None


class HouseholdQuery(PageQuery):
    q: str | None = None
    state: Literal["housed", "waiting", "gone", "all"] = "all"
    support_type: SupportType | None = None


class PersonShown(Schema):
    id: int
    civility: Civility
    first_name: str
    last_name: str
    birth_date: date | None
    phone: str
    email: str


class MemberShown(Schema):
    """`age` in completed years, null where the birth date is unknown."""

    id: int
    role: MemberRole
    age: int | None
    since: date
    person: PersonShown


class HouseholdListed(Schema):
    id: int
    reference: str
    name: str
    support_type: str


class Address(Schema):
    """Where the household lives, as the caller may read it; `is_masked` where it must not be told."""

    text: str
    is_masked: bool


class LeaseOfHousehold(Schema):
    id: int
    reference: str
    kind: LeaseKind
    state: LeaseState
    period: Span


class HouseholdDetail(HouseholdListed):
    manager: Ref | None
    members: list[MemberShown]
    address: Address | None
    leases: list[LeaseOfHousehold]
