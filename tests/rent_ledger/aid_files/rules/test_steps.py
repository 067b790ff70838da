"""Files for an aid: what may follow, when one is over, what is left to pay. Hand cases."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.aid_files.codes import AidStepKind
from rent_ledger.aid_files.rules.steps import AidStep, ended_on, following, left_to_pay

K, D = AidStepKind, date.fromisoformat


def step(kind: str, on: str, until: str = "", amount: str = "0") -> AidStep:
    return AidStep(kind, D(on), D(until) if until else None, Decimal(amount))


SENT = step(K.SENT, "2026-11-05")
GRANTED = step(K.GRANTED, "2026-12-01", amount="640.00")

# title, steps, what may follow, the day on which it is over, euros granted and not paid
STEPS: list[tuple[str, list[AidStep], str, str, str]] = [
    ("opened", [], "SENT CLOSED", "", "0"),
    ("sent", [SENT], "PIECES ADJOURNED GRANTED REFUSED CLOSED", "", "0"),
    ("pieces asked", [SENT, step(K.PIECES, "2026-11-20")], "COMPLETED GRANTED REFUSED CLOSED", "", "0"),
    ("pieces sent", [SENT, step(K.PIECES, "2026-11-20"), step(K.COMPLETED, "2026-11-25")],
     "PIECES ADJOURNED GRANTED REFUSED CLOSED", "", "0"),
    ("adjourned", [SENT, step(K.ADJOURNED, "2026-11-20")], "PIECES ADJOURNED GRANTED REFUSED CLOSED", "", "0"),
    ("granted", [SENT, GRANTED], "PAID CLOSED", "", "640.00"),
    ("a part paid", [SENT, GRANTED, step(K.PAID, "2026-12-10", amount="300.00")], "PAID CLOSED", "", "340.00"),
    ("paid whole, in two parts", [SENT, GRANTED, step(K.PAID, "2026-12-10", amount="300.00"),
                                  step(K.PAID, "2027-01-10", amount="340.00")], "", "2027-01-10", "0.00"),
    ("more paid than granted", [SENT, GRANTED, step(K.PAID, "2026-12-10", amount="650.00")], "", "2026-12-10",
     "-10.00"),
    ("paid, and the money was taken back", [SENT, GRANTED, step(K.PAID, "2026-12-10", amount="0")], "PAID CLOSED", "",
     "640.00"),
    ("refused", [SENT, step(K.REFUSED, "2026-12-01")], "APPEALED", "2026-12-01", "0"),
    ("appeal", [SENT, step(K.REFUSED, "2026-12-01"), step(K.APPEALED, "2026-12-15")],
     "PIECES ADJOURNED GRANTED REFUSED CLOSED", "", "0"),
    ("granted on appeal", [SENT, step(K.REFUSED, "2026-12-01"), step(K.APPEALED, "2026-12-15"),
                           step(K.GRANTED, "2027-01-15", amount="100.00")], "PAID CLOSED", "", "100.00"),
    ("closed", [SENT, GRANTED, step(K.CLOSED, "2027-03-01")], "", "2027-03-01", "640.00"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "after", "over", "left"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
def test_what_may_follow_and_when_it_is_over(steps: Sequence[AidStep], after: str, over: str, left: str) -> None:
    assert " ".join(following(steps)) == after
    assert ended_on(steps) == (D(over) if over else None)
    assert left_to_pay(steps) == Decimal(left)
