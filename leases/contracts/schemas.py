"""What the API takes and gives of the contracts."""

from datetime import date
from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, Field, WithJsonSchema

from leases.contracts.codes import (
    ChargeMode,
    CheckItem,
    ClauseDelay,
    DueRule,
    EndReason,
    LeaseKind,
    LeaseState,
    PartyRole,
    WishKind,
)
from leases.contracts.natures import RENT_TERM_NATURES, Nature
from leases.households.schemas import Address
from office.api_base import Amount, AmountIn, Input, Instant, PageQuery, Reasons, Ref, Span
from office.house.codes import HeldFor


def _borne(nature: Nature) -> Nature:
    if nature not in RENT_TERM_NATURES:
        raise ValueError("Un bail ne porte pas cette nature.")
    return nature


RentNature = Annotated[
    Nature, AfterValidator(_borne), WithJsonSchema({"type": "string", "enum": [n.value for n in RENT_TERM_NATURES]})
]


class LeaseQuery(PageQuery):
    q: str | None = None
    kind: LeaseKind | None = None
    state: LeaseState | None = None


class LeaseIn(Input):
    """A contract in preparation: it bills once it is activated. `last_day` is included. `answers`: why it is right, by
    question that was asked."""

    kind: LeaseKind
    household_id: int
    unit_id: int
    agreement_id: int
    from_day: date
    last_day: date | None = None
    holder_id: int | None = None
    reference: str = Field("", max_length=20)
    bank_account_id: int | None = None
    clause_delay: ClauseDelay = ClauseDelay.SIX_WEEKS
    answers: Reasons = Field(default_factory=dict)


class PartyIn(Input):
    """A person bound by the contract, from its start unless a day is given."""

    person_id: int
    role: PartyRole
    from_day: date | None = None
    last_day: date | None = None


class RentTermIn(Input):
    """A monthly amount of one nature from `from_day` (the contract's start). `mode` for charges only. `seen`: the
    `terms_seen` of the contract that the amount was chosen from; refused if an amount changed since. `answers`: why
    it is right, by question that was asked."""

    nature: RentNature
    amount: AmountIn = Field(ge=0)
    from_day: date | None = None
    mode: ChargeMode | None = None
    reason: str = Field("", max_length=200)
    answers: Reasons = Field(default_factory=dict)
    seen: str = Field("", max_length=16)


class DueTermsIn(Input):
    """When demands fall due, from `from_day` (the contract's start)."""

    due_rule: DueRule
    due_day: int = Field(ge=1, le=31)
    from_day: date | None = None


class PaperWishIn(Input):
    """A tenant asks for e-mails, or for a quittance each month, since `given_on` (today). `proof`: how an express
    agreement to e-mails was given."""

    kind: WishKind
    person_id: int
    given_on: date | None = None
    proof: str = Field("", max_length=200)


class CheckIn(Input):
    """A point of the preparation, done on a day (today) or waived with a reason."""

    item: CheckItem
    done_on: date | None = None
    waiver: str = Field("", max_length=400)


class ActivateIn(Input):
    """The keys are given on `entry` (the contract's start). A transfer may overlap by an explicit exception."""

    entry: date | None = None
    overlap_until: date | None = None
    overlap_reason: str = Field("", max_length=200)


class NoticeIn(Input):
    """`short_reason`: why the notice is shorter than the family's."""

    received_on: date
    last_day: date
    short_reason: str = Field("", max_length=200)


class EndIn(Input):
    """The contract ended on `last_day` included. `still_occupied`: an occupation indemnity is billed from then on."""

    last_day: date
    reason: EndReason
    still_occupied: bool = False


class PartyShown(Schema):
    id: int
    person: Ref
    role: PartyRole
    period: Span


class PaperWishShown(Schema):
    """It stands until `withdrawn_at`."""

    id: int
    kind: WishKind
    person: Ref
    given_on: date
    proof: str
    taken_by: Ref | None
    taken_at: Instant
    withdrawn_at: Instant | None
    withdrawn_by: Ref | None


class RentTermShown(Schema):
    id: int
    nature: RentNature
    mode: str
    amount: Amount
    period: Span
    reason: str


class DueTermsShown(Schema):
    id: int
    due_rule: DueRule
    due_day: int
    period: Span


class CheckShown(Schema):
    """A point of the preparation; `is_automatic`: it fills itself when the contract bears it."""

    item: CheckItem
    label: str
    is_automatic: bool
    is_done: bool
    is_waived: bool
    can_waive: bool


class OccupancyShown(Schema):
    id: int
    period: Span
    main_period: Span | None


class LeaseListed(Schema):
    """`payment_reference`: what the household's transfers carry (ISO 11649)."""

    id: int
    reference: str
    kind: LeaseKind
    state: LeaseState
    household: Ref
    address: Address
    period: Span
    payment_reference: str


class LeaseDetail(LeaseListed):
    """`unit` is null where the address must not be told."""

    unit: Ref | None
    agreement: Ref | None
    signed_on: date | None
    notice_on: date | None
    end_reason: str
    collected_for: HeldFor
    parties: list[PartyShown]
    rent_terms: list[RentTermShown]
    terms_seen: str
    due_terms: list[DueTermsShown]
    checks: list[CheckShown]
    paper_wishes: list[PaperWishShown]
    occupancies: list[OccupancyShown]
