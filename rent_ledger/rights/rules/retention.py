"""Aid that the payer keeps while a dwelling is not decent (CCH, art. L. 843-1 and following, R. 843-2, R. 843-4).

The payer keeps the housing allowance for eighteen months, then for six more and six more where he says so. What he kept
goes to the owner once the dwelling conforms; after the delay it is lost for him. The tenant who pays his share is not
in default (loi n° 89-462, art. 7 a): what is kept is never asked of him.
"""

from dataclasses import dataclass
from datetime import date

from common.periods import add_months


@dataclass(frozen=True, slots=True)
class RetentionParams:
    """`months` that are kept at first, `more` months for each extension, at most `times`; `notice_days` before the end
    on which the rental managers are told."""

    months: int
    more: int
    times: int
    notice_days: int


def ends_on(first: date, extensions: int, params: RetentionParams) -> date:
    """The first day after a delay that runs from `first`, with the extensions that the payer gave."""
    return add_months(first, params.months + extensions * params.more)
