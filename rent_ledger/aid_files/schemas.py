"""What the API gives of the files for an aid."""

from datetime import date

from ninja import Schema

from office.api_base import Amount, PageQuery, Ref
from office.schemes.codes import Need
from rent_ledger.aid_files.codes import AidClosing, AidRefusal, AidStepKind, Payee


class AidFileQuery(PageQuery):
    """`running`: something is awaited, or it is over."""

    household_id: int | None = None
    running: bool | None = None


class AidStepShown(Schema):
    """What happened. `until`: until when pieces are awaited, or the next commission. `is_gone`: money that was taken
    back from the books, and counts as paid no more. `why`: of a refusal or a closing, null for who does not read it."""

    kind: AidStepKind
    on: date
    until: date | None
    grant: Amount | None
    loan: Amount | None
    amount: Amount | None
    payee: Payee | None
    posting_id: int | None
    is_gone: bool
    why: AidRefusal | AidClosing | None


class AidFileShown(Schema):
    """A file, as it stands today. `account_id`: of whose debt it is. `granted`: grant and loan together, null where
    nothing was decided so; `left`: of it not paid yet. `awaits`: what it waits for, until `due_on`; empty once it is
    over."""

    id: int
    household: Ref
    account_id: int | None
    scheme: Ref
    organisation: Ref
    need: Need
    asked: Amount | None
    worker: Ref | None
    opened_on: date
    ended_on: date | None
    state: AidStepKind | None
    granted: Amount | None
    paid: Amount
    left: Amount
    awaits: str
    due_on: date | None
    steps: list[AidStepShown]
