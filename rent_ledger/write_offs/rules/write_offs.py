"""Who signs a write-off, how much of each debt it takes, and how much of one comes back.

No text of law says who decides of the losses of an association: its statutes and its bookkeeping do. The house rule is
that one person asks and another decides; above a ceiling (a dated parameter) two decide (law.md A1.3d).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.money import ZERO
from rent_ledger.write_offs.codes import Signed


@dataclass(frozen=True, slots=True)
class WriteOffParams:
    """`one_signature_most`: euros up to which one signature is enough."""

    one_signature_most: Decimal


def needs_two(amount: Decimal, params: WriteOffParams) -> bool:
    """Whether a write-off of `amount` (euros) is decided by two people."""
    return amount > params.one_signature_most


def sign(*, asker: int, signed: Collection[int], signer: int, of_two: bool) -> Signed:
    """What the signature of `signer` (a user id) is, after those of `signed`."""
    if signer == asker:
        return Signed.OWN
    if signer in signed:
        return Signed.TWICE
    return Signed.FIRST if of_two and not signed else Signed.LAST


def taken(amount: Decimal, remainings: Sequence[Decimal]) -> list[Decimal] | None:
    """How much of `amount` each debt gives, the first ones whole; None where they have not that much left."""
    shares = []
    for remaining in remainings:
        share = min(amount, remaining)
        shares.append(share)
        amount -= share
    return None if amount > ZERO else shares


def recovered(*, left: Decimal, credit: Decimal) -> Decimal:
    """How much of a loss comes back (euros): what is `left` of it, as far as free `credit` of the account reaches."""
    return max(min(left, credit), ZERO)
