"""What a source of lines is given and gives: see the package."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from common.codes import Code
from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from leases.contracts.natures import Nature
from leases.contracts.rules.billing import BilledPart
from rent_ledger.billing.models import DemandLine
from rent_ledger.rights.rules.benefits import ExpectedBenefit


class Line(NamedTuple):
    """One line of a demand to be.

    `amount`: euros and cents, never 0: what it adds to what the household is asked. Below zero for an aid or a credit.
    `inputs`: what makes the line again, small and flat: ids of dated rows, days, `v` the version of the rule.
    `for_month`, `due_on`: the demand's own where None. `payer_id`: who pays it instead of the household (a benefit).
    """

    source: Code
    nature: Nature
    amount: Decimal
    inputs: Mapping[str, Any]
    for_month: Month | None = None
    due_on: date | None = None
    payer_id: int | None = None


@dataclass(slots=True)
class Draft:
    """One demand to be, while the sources add its lines. `[start, end)`: the days that it bills.

    `part`: what `bill_month` found for these days; `other`: the other part of a month in which the contract ended, for
    both share one rounding. `entry_on`, `exit_on`: the stay. `owner_id`: on whose behalf the rent is collected, if not
    ours. `expected`: the benefit of the month, with its reason where none is expected. `is_made`: its demand exists
    already; the sources see it for what the two demands of a month share.
    """

    lease_id: int
    lease_reference: str
    household_id: int
    household_name: str
    part: BilledPart
    entry_on: date
    exit_on: date | None
    owner_id: int | None
    other: BilledPart | None = None
    lines: list[Line] = field(default_factory=list)
    expected: ExpectedBenefit | None = None
    is_made: bool = False

    @property
    def kind(self) -> str:
        return self.part.kind

    @property
    def due_on(self) -> date:
        return self.part.due_on

    @property
    def start(self) -> date:
        return self.part.start

    @property
    def end(self) -> date:
        return self.part.end

    @property
    def benefit(self) -> Decimal:
        return -sum([line.amount for line in self.lines if line.payer_id is not None], ZERO)

    @property
    def gross(self) -> Decimal:
        return sum([line.amount for line in self.lines if line.payer_id is None], ZERO)

    @property
    def net(self) -> Decimal:
        return sum([line.amount for line in self.lines], ZERO)


class Source(Protocol):
    """What can put lines on a demand."""

    @property
    def code(self) -> Code:
        """Stored with each line."""

    @property
    def natures(self) -> frozenset[Nature]:
        """Those that its lines may have. Each needs an income account, for `manage.py check`, but a benefit: its payer
        pays it."""

    def add_lines(self, *, month: Month, drafts: Sequence[Draft]) -> None:
        """Append lines to the drafts of `month`. Those of one lease follow each other.

        Reads by a constant number of queries, however many drafts. The sum of a draft's lines stays at or above zero.
        """

    def reason(self, line: DemandLine) -> Reason:
        """What the avis and the pages call a stored line. It has no amount: the line's own is shown beside it."""
