"""The benefit that a payer will pay to us."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from common.codes import Code
from common.money import ZERO
from common.periods import Month
from common.reasons import Reason
from leases.contracts.natures import Nature
from leases.contracts.rules.billing import BilledPart
from rent_ledger.billing.codes import LineSource
from rent_ledger.billing.models import DemandLine
from rent_ledger.billing.sources.protocol import Draft, Line
from rent_ledger.books.rules.natures import BENEFIT_BASE
from rent_ledger.rights.codes import KEPT
from rent_ledger.rights.parameters import benefit_params
from rent_ledger.rights.queries import rights_by_lease
from rent_ledger.rights.rules import benefits
from rent_ledger.rights.rules.benefits import expected_benefit


class AidWords(Code):
    """What the line is called."""

    AID = "AID", "Aide au logement attendue, mise à part"


class ExpectedBenefits:
    """The benefit that a payer will pay to us for the month (decision 4). It is never more than rent and charges.

    Where a month has two demands, the first takes what it can.
    """

    code = LineSource.BENEFIT
    natures = frozenset({Nature.BENEFIT})

    def add_lines(self, *, month: Month, drafts: Sequence[Draft]) -> None:
        rights = rights_by_lease({draft.lease_id for draft in drafts}, month=month)
        params = benefit_params(month.first)
        version = benefits.VERSION
        by_lease: defaultdict[int, list[Draft]] = defaultdict(list)
        for draft in drafts:
            by_lease[draft.lease_id].append(draft)
        for lease_id, found in by_lease.items():
            bases = [_base(draft.part) for draft in found]
            first = found[0]
            expected = expected_benefit(
                month=month, rights=rights[lease_id], entry_on=first.entry_on, exit_on=first.exit_on,
                gross=sum(bases, ZERO), params=params,
            )  # fmt: skip
            left = expected.amount
            for draft, base in zip(found, bases, strict=True):
                share = min(left, base)
                left -= share
                draft.expected = expected if share == expected.amount else expected._replace(amount=share)
                if share and expected.right_id is not None:
                    inputs: dict[str, Any] = {"v": version, "right": expected.right_id}
                    if expected.reason.code in KEPT.values():
                        inputs["why"] = str(expected.reason.code)
                    draft.lines.append(
                        Line(
                            self.code, Nature.BENEFIT, -share, inputs, due_on=expected.due_on,
                            payer_id=expected.payer_id,
                        )
                    )  # fmt: skip

    def reason(self, line: DemandLine) -> Reason:
        return Reason(AidWords.AID)


def _base(part: BilledPart) -> Decimal:
    return sum([line.amount for line in part.lines if line.nature in BENEFIT_BASE], ZERO)
