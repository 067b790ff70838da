"""The amounts that the contract bills."""

from collections.abc import Sequence

from common.codes import Code
from common.periods import Month
from common.reasons import Reason
from leases.contracts.codes import DemandKind
from leases.contracts.natures import RENT_TERM_NATURES, Nature
from leases.contracts.rules import billing
from rent_ledger.billing.codes import LineSource
from rent_ledger.billing.models import DemandLine
from rent_ledger.billing.sources.protocol import Draft, Line


class TermWords(Code):
    """What a line is called where nothing more is known of it."""

    NATURE = "NATURE", "{nature}"


class RentTerms:
    """The amounts in force on the days that the demand bills: rent, charges, parking, services."""

    code = LineSource.RENT_TERM
    natures = frozenset({*RENT_TERM_NATURES, *(nature.after_end for nature in RENT_TERM_NATURES)})

    def add_lines(self, *, month: Month, drafts: Sequence[Draft]) -> None:
        version = billing.VERSION
        for draft in drafts:
            is_term = draft.kind == DemandKind.TERM
            for line in draft.part.lines:
                nature = Nature(line.nature)
                booked = nature if is_term else nature.after_end
                inputs = {"v": version, "term": line.term_id, "days": line.days}
                draft.lines.append(Line(self.code, booked, line.amount, inputs))

    def reason(self, line: DemandLine) -> Reason:
        return Reason(TermWords.NATURE, {"nature": Nature(line.nature).label})
