"""Where the lines of a demand come from.

A demand is made of lines, and each line has a source: the rent terms of the lease, the benefit that is expected for the
month, the rappels of past months. To bill something else, give it a code in `LineSource`, write a `Source` in this
package and add it to `SOURCES`. Its lines are then posted and allocated by their nature, printed on the avis, and
explained, without a change elsewhere, if they have a nature with an income account (`Nature.income`): RENT, CHARGES,
PARKING, SERVICES and the two indemnities. A source declares its natures; one without an account (REPAIRS, FEES,
SHORTFALL, DEPOSIT, PRIOR) stops `manage.py check`: give it one in `leases.contracts.natures` first. Each line is
posted: a kind of line that asks for what is in the books already (the instalment of a plan) does not exist yet.

The run asks the sources in the order of `SOURCES`. Each one sees the lines of those before it.
"""

from common.periods import Month
from rent_ledger.billing.models import DemandLine
from rent_ledger.billing.sources.expected_benefits import ExpectedBenefits
from rent_ledger.billing.sources.protocol import Draft, Line, Source
from rent_ledger.billing.sources.rappels import Rappels
from rent_ledger.billing.sources.rent_terms import RentTerms

__all__ = ["SOURCES", "Draft", "Line", "Source", "source_of", "stored"]

# In the order of the lines on an avis.
SOURCES: tuple[Source, ...] = (RentTerms(), ExpectedBenefits(), Rappels())


def source_of(code: str) -> Source:
    """The source of a stored line. `LookupError` for a code that no source has."""
    for source in SOURCES:
        if source.code == code:
            return source
    raise LookupError(f"no source of lines {code!r}")


def stored(line: Line, month: Month) -> DemandLine:
    """The row that `line` of a demand of `month` will be, not saved."""
    about = (line.for_month or month).first
    return DemandLine(
        source=line.source, nature=line.nature, amount=line.amount, for_month=about, inputs=dict(line.inputs)
    )
