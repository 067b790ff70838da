"""What the plan of a payer asks, and whether the housing benefit may be kept meanwhile (law.md A1.2).

Without a plan of ours, the payer sets one, from the month after its notice: a share of the debt each month (R. 824-8,
R. 824-12: 1/36 over 36 months). The benefit may be kept where the current expense of the month is paid, or, in a
difficult social situation, at least half of the net expense (R. 824-28). A plan that breaks is told to the payer: the
text says it of protocols (R. 824-16); for our own plans it is a prudent reading (law.md A1.2, D).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from common.money import CENT, ZERO
from common.periods import Month
from common.reasons import Reason
from rent_ledger.arrears.codes import PayerPlanWhy
from rent_ledger.books.rules.plans import months_for


@dataclass(frozen=True, slots=True)
class DefaultPlan:
    """What the payer asks without a plan of ours: `amount` a month (euros), the last one `last` (what the cents leave),
    in `parts` months."""

    amount: Decimal
    last: Decimal
    parts: int


def default_plan(debt: Decimal, *, parts: int) -> DefaultPlan | None:
    """R. 824-8 and R. 824-12: `debt` (euros) in `parts` equal months, to the cent; None where nothing is owed."""
    if debt <= ZERO:
        return None
    amount = (debt / parts).quantize(CENT, rounding=ROUND_HALF_UP)
    # Of a small debt, cents rounded up pay it before the last month.
    months = min(parts, months_for(debt, amount)) if amount else 1
    return DefaultPlan(amount or debt, debt - amount * (months - 1), months)


def kept(*, month: Month, asked: Decimal, paid: Decimal) -> Reason:
    """Whether the benefit may be kept for what was paid of the current expense of `month`: `asked`, aid deducted,
    `paid` by the household (euros). Half is counted to the cent, and reached at exactly half."""
    figures = {"month": month, "asked": asked, "paid": paid}
    if paid >= asked:
        return Reason(PayerPlanWhy.PAID, figures)
    if paid * 2 >= asked:
        return Reason(PayerPlanWhy.HALF, figures)
    return Reason(PayerPlanWhy.LESS, figures)
