"""Which paper a household gets for what it paid: a quittance or a reçu.

Loi 89-462, art. 21: a quittance is free, splits rent and charges, and is given for a payment in full; a part payment
gets a reçu. CCH R.353-21: a quittance after full payment of rent and accessories. Settled means settled *by
allocation*, the tenant's part and the benefit's (decision 4). An occupation indemnity is never receipted as rent
(docs/law.md): it gets a reçu.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from common.money import ZERO
from common.reasons import Reason
from rent_ledger.billing.codes import ReceiptKind, ReceiptWhy


class Sums(NamedTuple):
    """Euros of debts, by what lies on them: a surplus of aid, the household's money, what was given up, nothing."""

    surplus: Decimal
    paid: Decimal
    given_up: Decimal
    left: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self, ZERO)


class AidOfDemand(NamedTuple):
    """`came`: aid that came for a demand. `awaited`: what it awaited and a shortfall moved to the household."""

    came: Decimal
    awaited: Decimal


class Share(NamedTuple):
    """What a demand bears `of` the shortfalls of its month, of which `taken_back`: aid that came and did not stay."""

    of: Sums
    taken_back: Decimal


def shares_of_shortfall(moved: Sums, aids: Sequence[AidOfDemand]) -> list[Share]:
    """The shares of a month's demands, the term first. One demand bears all.

    Each bears the aid that it awaited. Aid that stays is the term's first (docs/architecture.md, reading 5), so what
    was taken back is the indemnity's, up to what came for it. What was paid of a shortfall is the term's first too.
    """
    back = moved.total - sum((aid.awaited for aid in aids), ZERO)
    taken_back: list[Decimal] = []
    for aid in reversed(aids[1:]):
        taken = min(back, aid.came)
        taken_back.append(taken)
        back -= taken
    taken_back.append(back)
    rest, shares = moved, []
    for aid, taken in zip(aids, reversed(taken_back), strict=True):
        bears, parts = aid.awaited + taken, []
        for part in rest:
            parts.append(min(part, bears))
            bears -= parts[-1]
        rest = Sums(*(part - taken_part for part, taken_part in zip(rest, parts, strict=True)))
        shares.append(Share(Sums(*parts), taken))
    return shares


@dataclass(frozen=True, slots=True)
class TermState:
    """A demand as allocated, in euros.

    `counted`: the part that counts for the quittance. `asked`: the household's share, including what the payer did not
    pay for the month. `tenant_left`: what the household still owes of it. `aid_left`: what is expected from the payer.
    `tenant_paid` and `aid_paid`: what came in and stayed; `written_off`: what was given up, which nobody paid.
    """

    is_indemnity: bool
    counted: Decimal
    asked: Decimal
    tenant_paid: Decimal
    tenant_left: Decimal
    aid_paid: Decimal
    aid_left: Decimal
    written_off: Decimal = ZERO

    @property
    def received(self) -> Decimal:
        return self.tenant_paid + self.aid_paid

    @property
    def is_settled(self) -> bool:
        return self.tenant_left <= 0 and self.aid_left <= 0 and self.written_off <= 0

    @classmethod
    def of(
        cls,
        *,
        is_indemnity: bool,
        gross: Decimal,
        benefit: Decimal,
        counted: Decimal,
        paid: Decimal,
        left: Decimal,
        aid: Decimal,
        aid_left: Decimal,
        shortfall: Decimal,
        taken_back: Decimal,
        written_off: Decimal,
    ) -> "TermState":
        """The state of a term of `gross` euros, of which `benefit` is expected, from the allocations to its debts.

        `paid`, `left` and `written_off` are of its own debts and of `shortfall`, what was moved to the household for
        its month: aid that did not come, and aid that came and was `taken_back` (indu), which did not stay.
        The parts never add up to more than the term: aid taken back that it had not got is a debt beside it.
        """
        aid = max(aid - taken_back, ZERO)
        over = max(paid + left + aid + aid_left + written_off - gross, ZERO)
        parts = []
        for part in (left, paid, aid):
            less = min(over, part)
            over -= less
            parts.append(part - less)
        left, paid, aid = parts
        return cls(is_indemnity, counted, gross - benefit + shortfall, paid, left, aid, aid_left, written_off)


@dataclass(frozen=True, slots=True)
class Ruling:
    """The paper that is due (None: none), and why."""

    kind: ReceiptKind | None
    reason: Reason

    @property
    def is_full(self) -> bool:
        return self.kind == ReceiptKind.FULL


def choose(state: TermState) -> Ruling:
    """The paper that is due for what was received so far."""
    kind, why = _choose(state)
    return Ruling(kind, Reason(why))


def _choose(state: TermState) -> tuple[ReceiptKind | None, ReceiptWhy]:
    if state.received <= 0:
        return None, ReceiptWhy.NOTHING_RECEIVED
    if state.asked <= 0 and not state.is_settled:
        return None, ReceiptWhy.NOTHING_ASKED
    if state.is_indemnity:
        return ReceiptKind.PARTIAL, ReceiptWhy.INDEMNITY
    if not state.counted:
        return ReceiptKind.PARTIAL, ReceiptWhy.NOT_RECEIPTED
    if state.tenant_left > 0:
        return ReceiptKind.PARTIAL, ReceiptWhy.LEFT_TO_PAY
    if state.aid_left > 0:
        return ReceiptKind.PARTIAL, ReceiptWhy.AID_AWAITED
    if state.written_off > 0:
        return ReceiptKind.PARTIAL, ReceiptWhy.GIVEN_UP
    return ReceiptKind.FULL, ReceiptWhy.SETTLED
