"""Which step may follow in a file for an aid, what state it is in, and when it is over.

No text says it: each body has its own rules (law.md A1.3-10). A refusal ends a file, an appeal opens it again; a grant
ends it once all of it is paid. Who pays in parts is followed until the last one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO
from rent_ledger.aid_files.codes import AidStepKind

K = AidStepKind


@dataclass(frozen=True, slots=True)
class AidStep:
    """A fact. `until`: until when pieces are awaited, or the day of the next commission. `amount`: what was granted,
    grant and loan together, or what was paid (euros)."""

    kind: str
    on: date
    until: date | None = None
    amount: Decimal = ZERO


_DECIDED = (K.PIECES, K.ADJOURNED, K.GRANTED, K.REFUSED, K.CLOSED)
_AFTER: dict[str, tuple[AidStepKind, ...]] = {
    K.SENT: _DECIDED,
    K.PIECES: (K.COMPLETED, K.GRANTED, K.REFUSED, K.CLOSED),
    K.COMPLETED: _DECIDED,
    K.ADJOURNED: (K.PIECES, K.ADJOURNED, K.GRANTED, K.REFUSED, K.CLOSED),
    K.GRANTED: (K.PAID, K.CLOSED),
    K.PAID: (K.PAID, K.CLOSED),
    K.REFUSED: (K.APPEALED,),
    K.APPEALED: _DECIDED,
    K.CLOSED: (),
}


def following(steps: Sequence[AidStep]) -> tuple[AidStepKind, ...]:
    """What may be noted next."""
    if not steps:
        return (K.SENT, K.CLOSED)
    return () if steps[-1].kind == K.PAID and left_to_pay(steps) <= ZERO else _AFTER[steps[-1].kind]


def granted(steps: Sequence[AidStep]) -> AidStep | None:
    """The decision that grants, the last one."""
    return next((step for step in reversed(steps) if step.kind == K.GRANTED), None)


def left_to_pay(steps: Sequence[AidStep]) -> Decimal:
    """Euros granted and not paid yet; less than zero where more was paid than granted."""
    given = granted(steps)
    paid = sum((step.amount for step in steps if step.kind == K.PAID), ZERO)
    return (given.amount if given else ZERO) - paid


def ended_on(steps: Sequence[AidStep]) -> date | None:
    """The day from which nothing is awaited; None while something is."""
    if not steps:
        return None
    last = steps[-1]
    over = last.kind in (K.REFUSED, K.CLOSED) or (last.kind == K.PAID and left_to_pay(steps) <= ZERO)
    return last.on if over else None
