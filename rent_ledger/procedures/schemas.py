"""What the API gives of a legal procedure."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, Instant, Ref
from rent_ledger.procedures.codes import Closing, Item, StepKind, Track


class ProcedureStepShown(Schema):
    """What happened. `items`: of a commandement, what it names. `hearing_on`: of a writ, of a hearing put off.
    `amount`: what a commandement asks, what a judge spread; `monthly`, `first_on`, `until`: what the judge gave.
    `why`: how the procedure was closed. `proofs`: how many files prove it; they are on the site."""

    id: int
    kind: StepKind
    on: date
    items: list[Item]
    hearing_on: date | None
    amount: Amount | None
    monthly: Amount | None
    first_on: date | None
    until: date | None
    bad_faith: bool
    why: Closing | None
    recorded_at: Instant
    author: Ref | None
    proofs: int


class NextStepShown(Schema):
    """What comes next: not before `from_on`, no later than `by_on`. `kind`: null for a hearing. `is_blocked`: something
    else comes first."""

    kind: StepKind | None
    reason: str
    from_on: date | None
    by_on: date | None
    is_blocked: bool


class SoonBarredShown(Schema):
    """A term of which `left` is owed, that can't be claimed from `on`."""

    due_on: date
    left: Amount
    on: date
    reason: str


class ProcedureShown(Schema):
    """The procedure that runs on the account of a case, or its last one. `procedure_id`: null while no step is noted.
    `track`: which one the contract has. `lapsed_on`: the first due day on which what a judge gave was not paid whole.
    `where`: where it stands, on one line; `halted`: why nothing but what must be told is proposed, empty where nothing
    halts it. `steps`: in the order in which they were noted."""

    case_id: int
    account_id: int
    procedure_id: int | None
    track: Track
    ended_on: date | None
    lapsed_on: date | None
    where: str
    halted: str
    coming: list[NextStepShown]
    steps: list[ProcedureStepShown]
    soon_barred: list[SoonBarredShown]
