"""What the API takes and gives of the measures."""

from datetime import date

from ninja import Field, Schema

from common.text import LONGEST_TEXT
from office.api_base import Day, Input, Ref, Span
from social_link.contacts.schemas import HouseholdQuery
from social_link.measures.caseloads import CaseloadBy
from social_link.measures.codes import (
    Aim,
    Exclusion,
    ExitOutcome,
    MeasureEnd,
    MeasureKind,
    OutcomeDomain,
    Proposer,
    RenewalDecision,
)
from social_link.watches.codes import Service


class OfMeasureQuery(HouseholdQuery):
    """A list of which one measure may be asked."""

    measure_id: int | None = None


class MeasureQuery(HouseholdQuery):
    """`running`: in force today, or not."""

    running: bool | None = None


class CaseloadQuery(Schema):
    """`on`: the day, today where none is asked."""

    by: CaseloadBy = CaseloadBy.SITE
    on: Day | None = None


class CaseloadShown(Schema):
    """Measures in force at one place or with one person, of so many households."""

    name: str
    measures: int
    households: int


class Caseloads(Schema):
    """`shared`: how many of all measures another organisation carries with us."""

    on: date
    by: CaseloadBy
    shared: int
    lines: list[CaseloadShown]


class MeasureIn(Input):
    """A measure of support, within the bounds of its kind; `planned_end` is included. `exclusions`: what stands against
    it; `despite`: why it is opened all the same."""

    household_id: int
    kind: MeasureKind
    start: date
    planned_end: date
    referent_id: int
    funder_id: int | None = None
    agreed_on: date | None = None
    signed_on: date | None = None
    is_lead: bool = True
    proposed_by: Proposer | None = None
    exclusions: list[Exclusion] = []
    despite: str = Field("", max_length=200)
    aims: list[Aim] = []


class MeasureCloseIn(Input):
    """`on`: the last day of the measure. `outcome`: where the household stands; `domains`: in what it bore fruit;
    `orientations`: to which services it was oriented; `watch`: after how many months news of it is taken."""

    reason: MeasureEnd
    on: date
    outcome: ExitOutcome | None = None
    domains: list[OutcomeDomain] = []
    advice: str = Field("", max_length=LONGEST_TEXT)
    orientations: list[Service] = []
    watch: list[int] = []


class RenewalShown(Schema):
    """A further contract of a measure: its days where it is granted, else what was proposed. `decision`: none yet is
    empty."""

    id: int
    period: Span
    proposed_by: str
    proposed_on: date
    decision: RenewalDecision | None
    decided_on: date | None
    signed_on: date | None


class MeasureShown(Schema):
    id: int
    household: Ref
    kind: MeasureKind
    referent: Ref
    funder: Ref | None
    is_lead: bool
    aims: list[Aim]
    agreed_on: date | None
    signed_on: date | None
    period: Span
    planned_end: date
    ended_on: date | None
    end_reason: str
    outcome: str
    domains: list[OutcomeDomain]
    renewals: list[RenewalShown]
