"""The households, payers and lines that the tests of matching share."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from common.reasons import Reason
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    MatchResult,
    PaidFacts,
    PayerFacts,
)
from rent_ledger.matching.rules.match_index import Index
from rent_ledger.matching.rules.matching import match
from rent_ledger.matching.rules.names import PersonName

DAY = date(2026, 11, 4)
RF_1, RF_2 = "RF09B000001", "RF79B000002"
REFERENCE = "Référence RF09B000001"
MOREL = AccountFacts(
    1001, 1, "M. Paul Morel", (PersonName("morel", "paul"),), RF_1, Decimal("198.35"), Decimal("198.35"),
    frozenset({Decimal("198.35")}),
)  # fmt: skip
CISSE = AccountFacts(
    1002, 2, "Mme Mariama Cissé", (PersonName("cisse", "mariama"),), RF_2, Decimal("227.60"), Decimal("455.20"),
    frozenset({Decimal("227.60"), Decimal("455.20")}),
)  # fmt: skip
LINA = AccountFacts(1003, 3, "Mme Lina Ferreira", (PersonName("ferreira", "lina"),), "", Decimal("199.00"))
JOAO = AccountFacts(
    1004, 4, "M. João Ferreira", (PersonName("ferreira", "joao"),), "", Decimal("240.00"), Decimal("640.00"),
    is_current=False,
)  # fmt: skip
IBAN_1, IBAN_2, IBAN_3 = "FR7630001000010000000000101", "FR7630001000010000000000202", "FR7630001000010000000000303"
CAF = PayerFacts(9, "CAF de Loire-Atlantique", "caf de loire atlantique", awaited={Decimal("9140.20"): (51,)})


def index(**changes: Any) -> Index:
    values: dict[str, Any] = {
        "accounts": [MOREL, CISSE, LINA, JOAO],
        "demands": {
            "AVIS-2611-0307": DemandFacts(1001, Decimal("198.35")),
            "AVIS-2611-0298": DemandFacts(1002, Decimal("227.60")),
        },
        "ibans": {IBAN_1: frozenset({1001}), IBAN_2: frozenset({1002}), IBAN_3: frozenset({1001, 1002})},
        "payers": [CAF],
    }
    return Index(**(values | changes))


def line(amount: str = "198.35", **changes: Any) -> LineFacts:
    return LineFacts(Decimal(amount), DAY, **changes)


def said(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The sentences with plain spaces."""
    return tuple(reason.text().replace("\u00a0", " ") for reason in reasons)


def found(amount: str = "198.35", *, known: Index | None = None, **changes: Any) -> MatchResult:
    return match(line(amount, **changes), known or index())


def paid(line_id: int, *, account: int | None = 1001, day: date = date(2026, 11, 2), **changes: Any) -> PaidFacts:
    return PaidFacts(line_id, account, Decimal("213.00"), day, **changes)


def shown(result: MatchResult) -> tuple[str, int | None, tuple[str, ...], tuple[str, ...]]:
    """What a person sees of a match: the column, the account, what speaks for it and against it."""
    return result.verdict.value, result.account_id, said(result.reasons), said(result.doubts)


def account(
    id: int, name: str, *, household: int | None = None, reference: str = "", net_term: str | None = None,
    owed: str = "0.00", dues: Iterable[str] = (), is_current: bool = True,
) -> AccountFacts:  # fmt: skip
    """An account of one person, `name` being `last, first` as the sort keys write it."""
    last, _, first = name.partition(", ")
    return AccountFacts(
        id, household or id, f"{first} {last}".strip().title(), (PersonName(last, first),), reference,
        None if net_term is None else Decimal(net_term), Decimal(owed), frozenset(Decimal(due) for due in dues),
        is_current,
    )  # fmt: skip
