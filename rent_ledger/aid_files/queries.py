"""Files for an aid: each with its steps, what it waits for, what was paid of what was granted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from common.looks import Look
from common.money import ZERO
from leases.contracts.natures import Nature
from office.schemes.codes import Need
from rent_ledger.aid_files.codes import AidStepKind
from rent_ledger.aid_files.looks import STATES
from rent_ledger.aid_files.models import AidFile, AidFileStep
from rent_ledger.aid_files.parameters import aid_params
from rent_ledger.aid_files.rules.steps import AidStep, granted, left_to_pay
from rent_ledger.aid_files.rules.waiting import AidParams, Awaited, awaited
from rent_ledger.books.models import Posting
from rent_ledger.books.queries.standing import standing

SHOWN = 30
"""Payments offered."""


@dataclass(frozen=True, slots=True)
class AidFileNow:
    """A file as it stands. `steps`: as facts, `rows`: as they were noted. `gone`: the steps whose money was taken back
    from the books: they count as paid no more. `granted`, `left`: euros granted, and of them not paid yet."""

    file: AidFile
    rows: tuple[AidFileStep, ...]
    steps: tuple[AidStep, ...]
    gone: frozenset[int]
    awaited: Awaited | None

    @property
    def state(self) -> str:
        """The kind of the last step; empty while nothing is noted."""
        return self.rows[-1].kind if self.rows else ""

    @property
    def look(self) -> Look:
        return STATES[self.state]

    @property
    def last_on(self) -> date:
        return self.rows[-1].on if self.rows else self.file.opened_on

    @property
    def granted(self) -> Decimal | None:
        """Euros granted, grant and loan together; None where nothing was decided so."""
        given = granted(self.steps)
        return given.amount if given else None

    @property
    def left(self) -> Decimal:
        return left_to_pay(self.steps)

    @property
    def paid(self) -> Decimal:
        return sum((step.amount for step in self.steps if step.kind == AidStepKind.PAID), ZERO)

    @property
    def is_complete(self) -> bool:
        """It is with the body, which has not decided."""
        return self.state in (AidStepKind.SENT, AidStepKind.COMPLETED, AidStepKind.ADJOURNED, AidStepKind.APPEALED)


def facts_of(rows: Iterable[AidFileStep], gone: Collection[int] = ()) -> tuple[AidStep, ...]:
    """The steps as the rules read them; money that was taken back is none."""
    return tuple(AidStep(row.kind, row.on, row.until, ZERO if row.pk in gone else _amount(row)) for row in rows)


def _amount(row: AidFileStep) -> Decimal:
    if row.kind == AidStepKind.GRANTED:
        return (row.grant or ZERO) + (row.loan or ZERO)
    return row.amount or ZERO


def money_gone(rows: Iterable[AidFileStep]) -> frozenset[int]:
    """Those whose money stands in the books no more. One query, none without money."""
    entries = {row.pk: row.posting.entry_id for row in rows if row.posting is not None}
    stand = standing(list(entries.values()))
    return frozenset(pk for pk, entry in entries.items() if entry not in stand)


def files_on(files: QuerySet[AidFile], *, day: date, params: AidParams | None = None) -> list[AidFileNow]:
    """These files as they stand on `day`. Three queries, one where there is none."""
    steps = AidFileStep.objects.select_related("posting", "author").order_by("id")
    found = list(
        files.select_related("household", "scheme__organisation", "worker").prefetch_related(Prefetch("steps", steps))
    )
    if not found:
        return []
    params = params or aid_params(day)
    gone = money_gone(row for file in found for row in file.steps.all())
    return [file_now(file, list(file.steps.all()), gone, day=day, params=params) for file in found]


def file_now(
    file: AidFile, rows: list[AidFileStep], gone: frozenset[int], *, day: date, params: AidParams
) -> AidFileNow:
    """One file, with its steps in their order."""
    steps = facts_of(rows, gone)
    waits = awaited(steps, opened_on=file.opened_on, day=day, params=params)
    return AidFileNow(file, tuple(rows), steps, gone & {row.pk for row in rows}, waits)


def seized_on(accounts: Collection[int]) -> dict[int, date]:
    """By account, since when a body has a file for its debt that it has not decided: the day of its sending, the first
    one (CCH, art. R. 824-11). One query."""
    rows = (
        AidFileStep.objects.filter(
            file__account__in=accounts, file__need=Need.DEBT, file__ended_on=None, kind=AidStepKind.SENT
        )
        .exclude(file__steps__kind=AidStepKind.GRANTED)
        .order_by("-on")
    )
    return dict(rows.values_list("file__account_id", "on"))


def payments_for(file: AidFile) -> list[Posting]:
    """Money on the accounts of the household that may be this aid: that stands, came since the file was opened, and is
    no aid of another file yet. The latest first. Three queries."""
    rows = list(
        Posting.objects.filter(
            credit__household=file.household_id, nature=Nature.PAYMENT, effective_on__gte=file.opened_on, aid_step=None
        )
        .select_related("entry")
        .order_by("-effective_on", "-id")[:SHOWN]
    )
    stand = standing([row.entry_id for row in rows])
    return [row for row in rows if row.entry_id in stand]
