"""Housing benefit paid to us directly (tiers payant): what is expected for a month, and what a payment settles.

Source: caf.fr, page on « tiers payant » (APL about the 25th of the month, AL at the end of the term, about the 5th of
the next month; the right opens the month after entry and ends with the month before departure, unless the dwelling is
occupied to the month's last day; a surplus over rent and charges goes to the household). Reading 4 of
docs/architecture.md. Not checked against the text of the code: the two days are dated parameters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.money import ZERO
from common.periods import Month

VERSION = 1
APL = "APL"


@dataclass(frozen=True, slots=True)
class BenefitParams:
    """Days of payment: APL in the month itself, AL (family and social) in the next one."""

    apl_day: int = 25
    al_day: int = 5


class RightRow(NamedTuple):
    """A right on a lease over `[lower, upper)`. `direct`: paid to us, not to the household. `amount` > 0 a month."""

    id: int
    payer_id: int
    kind: str
    amount: Decimal
    lower: date | None
    upper: date | None
    direct: bool


class ExpectedBenefit(NamedTuple):
    """What we await for a month. Where `amount` is zero there is no day, right or payer; `reason` says why, in French.

    `reason` also tells when the right is more than what is billed (the surplus is the household's).
    """

    amount: Decimal
    due_on: date | None
    right_id: int | None
    payer_id: int | None
    reason: str


def payment_day(*, month: Month, kind: str, params: BenefitParams) -> date:
    """The day on which the payer pays the benefit of `month`."""
    if kind == APL:
        return month.day(params.apl_day)
    return month.plus(1).day(params.al_day)


def expected_benefit(
    *,
    month: Month,
    rights: Sequence[RightRow],
    entry_on: date,
    exit_on: date | None,
    gross: Decimal,
    params: BenefitParams,
) -> ExpectedBenefit:
    """The benefit awaited from the payer for `month`, never more than `gross` (rent and charges billed for it).

    `entry_on` is the first day of occupation, `exit_on` the first day that is no longer one (None: still there).
    Nothing for the month of entry, nor for the month of departure unless its last day is occupied. The right that
    counts is the one in force on the first of the month: benefits go by whole months.
    """

    def none(reason: str) -> ExpectedBenefit:
        return ExpectedBenefit(ZERO, None, None, None, reason)

    right = next((r for r in rights if _covers(r, month.first)), None)
    if right is None:
        return none("Aucun droit à l’aide ce mois-ci")
    if not right.direct:
        return none("Aide versée au ménage, pas au bailleur")
    if month <= Month.of(entry_on):
        return none("Pas d’aide pour le mois d’entrée")
    if exit_on is not None and exit_on <= month.last:
        return none("Pas d’aide pour le mois de départ")
    if gross <= 0:
        return none("Rien n’est appelé ce mois-ci")
    amount = min(right.amount, gross)
    reason = f"{right.kind} attendue" if amount == right.amount else f"{right.kind} limitée au loyer et aux charges"
    due_on = payment_day(month=month, kind=right.kind, params=params)
    return ExpectedBenefit(amount, due_on, right.id, right.payer_id, reason)


def _covers(right: RightRow, day: date) -> bool:
    return (right.lower is None or right.lower <= day) and (right.upper is None or day < right.upper)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What moves to the tenant's account when a month is settled: `owed` > 0 is a debt, < 0 a credit, 0 nothing."""

    owed: Decimal
    reason: str


def settle(*, month: Month, expected: Decimal, received: Decimal, note: str = "") -> Settlement:
    """The difference, up or down, between what was awaited and what came for `month` (both with earlier settlements).

    `expected` counts what was posted as awaited and not yet settled, `received` what the payer paid less what he took
    back. `note` is what the payer says of it (« indu », « rappel »), kept in the reason.
    """
    owed = expected - received
    label = f"{month.month:02d}/{month.year}"
    more = f" ({note})" if note else ""
    if owed > 0:
        return Settlement(owed, f"Aide de {label} : {_euros(received)} reçus pour {_euros(expected)} attendus{more}")
    if owed < 0:
        return Settlement(owed, f"Aide de {label} : {_euros(-owed)} de plus que prévu, au crédit du ménage{more}")
    return Settlement(ZERO, f"Aide de {label} : reçue comme prévu{more}")


def _euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")


def next_due_on(*, after: Month, in_arrears: bool, due_day: int, not_before: date) -> date:
    """Due day of the first demand that can still print a shortfall: the next after month `after`, on a day to come.

    `in_arrears`: the demand of a month falls due in the next one (terme échu).
    """
    month = after.plus(1)
    while True:
        due_on = (month.plus(1) if in_arrears else month).day(due_day)
        if due_on > not_before:
            return due_on
        month = month.plus(1)
