"""Which debts money goes to: every tier and tie of C. civ. 1342-10 and of decision 5, by hand, to the cent."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leases.contracts.natures import Nature
from rent_ledger.books.rules.allocation import (
    TIERS,
    OpenCredit,
    OpenDebit,
    OpenInstalment,
    allocate,
    fill_in_order,
    first_tier,
)
from rent_ledger.books.rules.natures import NATURES

TODAY = date(2026, 11, 5)
SEP_1, OCT_1, NOV_1, DEC_1 = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
TOMORROW = date(2026, 11, 6)


def debit(
    pk: int,
    amount: str,
    due_on: date = NOV_1,
    nature: str = Nature.RENT,
    *,
    month: date | None = None,
    held: bool = False,
    entry: int | None = None,
) -> OpenDebit:
    rule = NATURES[nature]
    return OpenDebit(pk, Decimal(amount), due_on, rule.rank, rule.is_housing, month, held, entry)


def money(pk: int, amount: str, *chosen: int, month: date | None = None) -> OpenCredit:
    """What a household paid; `chosen`: the debts that it named."""
    return OpenCredit(pk, Decimal(amount), month, designate=chosen)


def aid(pk: int, amount: str, month: date | None, entry: int | None = None) -> OpenCredit:
    return OpenCredit(pk, Decimal(amount), month, is_benefit=True, entry_id=entry)


def deduction(pk: int, amount: str, entry: int, month: date | None = None) -> OpenCredit:
    """What a demand takes off what it bills."""
    return OpenCredit(pk, Decimal(amount), month, entry_id=entry, is_deduction=True)


def received(pk: int, amount: str, month: date | None) -> OpenCredit:
    """What came in on an account of expected benefit."""
    return OpenCredit(pk, Decimal(amount), month, is_benefit=True, month_only=True)


# Text and case → debts, credits, what is laid (debt, credit, amount, rule), in the order in which it is laid.
CASES: dict[str, tuple[list[OpenDebit], list[OpenCredit], list[tuple[int, int, str, str]]]] = {
    # ---------- the debtor's choice ----------
    "1342-10 al. 1: the debtor's choice comes before an older debt": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1)],
        [money(9, "100.00", 2)],
        [(2, 9, "100.00", "DESIGNATED")],
    ),
    "1342-10 al. 1: several choices, in the order that he gave": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1), debit(3, "100.00", DEC_1)],
        [money(9, "150.00", 3, 1)],
        [(3, 9, "100.00", "DESIGNATED"), (1, 9, "50.00", "DESIGNATED")],
    ),
    "1342-10 al. 1: what his choice leaves goes by the order of the law": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1)],
        [money(9, "150.00", 2)],
        [(2, 9, "100.00", "DESIGNATED"), (1, 9, "50.00", "OLDEST")],
    ),
    "1342-10 al. 1: he may choose what is not due, and another nature": (
        [debit(1, "100.00", OCT_1), debit(2, "30.00", DEC_1, Nature.PARKING)],
        [money(9, "30.00", 2)],
        [(2, 9, "30.00", "DESIGNATED")],
    ),
    "1342-10 al. 1: a debt that is not open any more is no choice": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1)],
        [money(9, "60.00", 7)],
        [(1, 9, "60.00", "OLDEST")],
    ),
    "decision 5: a held debt is paid where it is designated (instalment of a plan)": (
        [debit(1, "100.00", OCT_1, held=True), debit(2, "100.00", NOV_1)],
        [money(9, "100.00", 1)],
        [(1, 9, "100.00", "DESIGNATED")],
    ),
    "1342-10 al. 1: a choice is made before other money goes by the order of the law": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1)],
        [money(8, "100.00"), money(9, "100.00", 1)],
        [(1, 9, "100.00", "DESIGNATED"), (2, 8, "100.00", "OLDEST")],
    ),
    # ---------- aid ----------
    "decision 5: aid goes to its month, not to an older one": (
        [debit(1, "100.00", OCT_1, month=OCT_1), debit(2, "100.00", NOV_1, month=NOV_1)],
        [aid(9, "80.00", NOV_1)],
        [(2, 9, "80.00", "MONTH")],
    ),
    "decision 5: within its month, by the order of the law": (
        [
            debit(1, "30.00", nature=Nature.PARKING, month=NOV_1),
            debit(2, "50.00", nature=Nature.CHARGES, month=NOV_1),
            debit(3, "100.00", month=NOV_1),
        ],
        [aid(9, "160.00", NOV_1)],
        [(3, 9, "100.00", "MONTH"), (2, 9, "50.00", "MONTH"), (1, 9, "10.00", "MONTH")],
    ),
    "decision 5: what its month does not need is the household's money": (
        [debit(1, "100.00", OCT_1, month=OCT_1), debit(2, "100.00", NOV_1, month=NOV_1)],
        [aid(9, "150.00", NOV_1)],
        [(2, 9, "100.00", "MONTH"), (1, 9, "50.00", "OLDEST")],
    ),
    "decision 5: aid that names no month goes by the order of the law": (
        [debit(1, "100.00", OCT_1, month=OCT_1), debit(2, "100.00", NOV_1)],
        [aid(9, "80.00", None)],
        [(1, 9, "80.00", "OLDEST")],
    ),
    "decision 5: the month of a payment binds nothing, it is no aid": (
        [debit(1, "100.00", OCT_1, month=OCT_1), debit(2, "100.00", NOV_1, month=NOV_1)],
        [money(9, "80.00", month=NOV_1)],
        [(1, 9, "80.00", "OLDEST")],
    ),
    "decision 5: the aid of a month comes before older free money": (
        [debit(1, "400.00", month=NOV_1), debit(2, "50.00", nature=Nature.CHARGES, month=NOV_1)],
        [money(8, "300.00"), aid(9, "200.00", NOV_1)],
        [(1, 9, "200.00", "MONTH"), (1, 8, "200.00", "OLDEST"), (2, 8, "50.00", "OLDEST")],
    ),
    "decision 5: the aid of a month comes before a choice": (
        [debit(1, "100.00", month=NOV_1)],
        [money(8, "100.00", 1), aid(9, "60.00", NOV_1)],
        [(1, 9, "60.00", "MONTH"), (1, 8, "40.00", "DESIGNATED")],
    ),
    "reading 5: aid first pays the demand that awaits it, whatever the ranks": (
        [
            debit(1, "180.00", month=NOV_1, entry=51),
            debit(2, "47.97", nature=Nature.CHARGES, month=NOV_1, entry=51),
            debit(3, "220.00", nature=Nature.INDEMNITY, month=NOV_1, entry=52),
        ],
        [aid(9, "227.97", NOV_1, entry=51)],
        [(1, 9, "180.00", "MONTH"), (2, 9, "47.97", "MONTH")],
    ),
    "reading 5: then the other demands of its month, before free money": (
        [
            debit(1, "180.00", month=NOV_1, entry=51),
            debit(2, "220.00", nature=Nature.INDEMNITY, month=NOV_1, entry=52),
            debit(3, "40.00", OCT_1, month=OCT_1),
        ],
        [money(8, "300.00"), aid(9, "200.00", NOV_1, entry=51)],
        [
            (1, 9, "180.00", "MONTH"),
            (2, 9, "20.00", "MONTH"),
            (3, 8, "40.00", "OLDEST"),
            (2, 8, "200.00", "OLDEST"),
        ],
    ),
    "reading 5: each aid pays its own demand before another's": (
        [
            debit(1, "180.00", month=NOV_1, entry=51),
            debit(2, "220.00", nature=Nature.INDEMNITY, month=NOV_1, entry=52),
        ],
        [aid(8, "100.00", NOV_1, entry=52), aid(9, "180.00", NOV_1, entry=51)],
        [(2, 8, "100.00", "MONTH"), (1, 9, "180.00", "MONTH")],
    ),
    "reading 5: debts without a known entry are no demand of an aid without one": (
        [debit(1, "100.00", OCT_1, month=OCT_1), debit(2, "100.00", NOV_1, month=NOV_1)],
        [aid(9, "150.00", NOV_1, entry=None)],
        [(2, 9, "100.00", "MONTH"), (1, 9, "50.00", "OLDEST")],
    ),
    "reading 5: money that is no aid is for no demand, though entered with it": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1, entry=51)],
        [OpenCredit(9, Decimal("100.00"), entry_id=51)],
        [(1, 9, "100.00", "OLDEST")],
    ),
    "usage: what a demand takes off lies on that demand, before its aid and an older debt": (
        [
            debit(1, "50.00", OCT_1),
            debit(2, "400.00", month=NOV_1, entry=51),
            debit(3, "30.00", nature=Nature.PARKING, month=NOV_1, entry=51),
        ],
        [money(7, "100.00"), aid(8, "410.00", NOV_1, entry=51), deduction(9, "20.00", entry=51, month=NOV_1)],
        [
            (2, 9, "20.00", "DEDUCTED"),
            (2, 8, "380.00", "MONTH"),
            (3, 8, "30.00", "MONTH"),
            (1, 7, "50.00", "OLDEST"),
        ],
    ),
    "usage: what a deduction leaves goes by the order of the law": (
        [debit(1, "50.00", OCT_1), debit(2, "15.00", month=NOV_1, entry=51)],
        [deduction(9, "20.00", entry=51)],
        [(2, 9, "15.00", "DEDUCTED"), (1, 9, "5.00", "OLDEST")],
    ),
    "usage: a deduction is of no other demand of its month": (
        [debit(1, "50.00", OCT_1), debit(2, "90.00", month=NOV_1, entry=52)],
        [deduction(9, "20.00", entry=51, month=NOV_1)],
        [(1, 9, "20.00", "OLDEST")],
    ),
    "usage: a deduction without a known entry goes by the order of the law": (
        [debit(1, "50.00", OCT_1), debit(2, "90.00", NOV_1)],
        [deduction(9, "60.00", entry=None)],
        [(1, 9, "50.00", "OLDEST"), (2, 9, "10.00", "OLDEST")],
    ),
    "decision 5: a held debt takes no aid of its month": (
        [debit(1, "100.00", month=NOV_1, held=True), debit(2, "40.00", OCT_1, month=OCT_1)],
        [aid(9, "100.00", NOV_1)],
        [(2, 9, "40.00", "OLDEST")],
    ),
    "reading 5: nor does one of its own demand": (
        [debit(1, "100.00", month=NOV_1, entry=51, held=True)],
        [aid(9, "100.00", NOV_1, entry=51)],
        [],
    ),
    "decision 4: on an account of expected benefit, what a month does not need waits": (
        [debit(1, "200.00", OCT_1, month=OCT_1), debit(2, "200.00", NOV_1, month=NOV_1)],
        [received(9, "250.00", NOV_1)],
        [(2, 9, "200.00", "MONTH")],
    ),
    "decision 4: nothing of it pays another month, however late": (
        [debit(1, "200.00", SEP_1, month=SEP_1)],
        [received(8, "250.00", NOV_1), received(9, "10.00", None)],
        [],
    ),
    "decision 4: a shortfall moved to the tenant settles its month there, it is no aid": (
        [debit(1, "200.00", OCT_1, month=OCT_1), debit(2, "200.00", NOV_1, month=NOV_1)],
        [OpenCredit(9, Decimal("30.00"), NOV_1, month_only=True)],
        [(2, 9, "30.00", "MONTH")],
    ),
    # ---------- the order of the law ----------
    "1342-10 al. 2: what is due comes before the dwelling that is not": (
        [debit(1, "400.00", DEC_1), debit(2, "30.00", NOV_1, Nature.PARKING)],
        [money(9, "100.00")],
        [(2, 9, "30.00", "OLDEST"), (1, 9, "70.00", "OLDEST")],
    ),
    "1342-10 al. 2: on its due day a debt is due": (
        [debit(1, "400.00", TOMORROW), debit(2, "30.00", TODAY, Nature.PARKING)],
        [money(9, "100.00")],
        [(2, 9, "30.00", "OLDEST"), (1, 9, "70.00", "OLDEST")],
    ),
    "1342-10 al. 2: the day before, it is not": (
        [debit(1, "30.00", TOMORROW, Nature.PARKING), debit(2, "400.00", DEC_1)],
        [money(9, "100.00")],
        [(2, 9, "100.00", "OLDEST")],
    ),
    "1342-10 al. 2: of what is due, the dwelling before an older debt of another nature": (
        [debit(1, "30.00", SEP_1, Nature.PARKING), debit(2, "400.00", NOV_1)],
        [money(9, "410.00")],
        [(2, 9, "400.00", "OLDEST"), (1, 9, "10.00", "OLDEST")],
    ),
    "1342-10 al. 2: of what is not due, the dwelling first as well": (
        [debit(1, "30.00", TOMORROW, Nature.SERVICES), debit(2, "400.00", DEC_1)],
        [money(9, "410.00")],
        [(2, 9, "400.00", "OLDEST"), (1, 9, "10.00", "OLDEST")],
    ),
    "1342-10 al. 2: aid that its payer did not pay is a debt of the dwelling": (
        [debit(1, "30.00", OCT_1, Nature.PARKING), debit(2, "50.00", NOV_1, Nature.SHORTFALL)],
        [money(9, "60.00")],
        [(2, 9, "50.00", "OLDEST"), (1, 9, "10.00", "OLDEST")],
    ),
    "1342-10 al. 2: at equal interest the oldest, though its nature ranks lower": (
        [debit(1, "400.00", NOV_1), debit(2, "80.00", OCT_1, Nature.CHARGES)],
        [money(9, "100.00")],
        [(2, 9, "80.00", "OLDEST"), (1, 9, "20.00", "OLDEST")],
    ),
    "1342-10 al. 2: the oldest by its due day, not by its entry": (
        [debit(1, "100.00", NOV_1), debit(2, "100.00", OCT_1)],
        [money(9, "100.00")],
        [(2, 9, "100.00", "OLDEST")],
    ),
    "decision 5: of one due day, by the rank of the nature": (
        [debit(1, "80.00", nature=Nature.CHARGES), debit(2, "400.00")],
        [money(9, "410.00")],
        [(2, 9, "400.00", "OLDEST"), (1, 9, "10.00", "OLDEST")],
    ),
    "decision 5: of one due day and nature, by the order of entry": (
        [debit(2, "100.00"), debit(1, "100.00")],
        [money(9, "150.00")],
        [(1, 9, "100.00", "OLDEST"), (2, 9, "50.00", "OLDEST")],
    ),
    "1343-1: fees are no interest, they come after the rent": (
        [debit(1, "15.00", SEP_1, Nature.FEES), debit(2, "400.00", NOV_1)],
        [money(9, "400.00")],
        [(2, 9, "400.00", "OLDEST")],
    ),
    "decision 5: a held debt is out of the queue, the money waits": (
        [debit(1, "100.00", OCT_1, held=True)],
        [money(9, "100.00")],
        [],
    ),
    "decision 5: money passes a held debt for the next one": (
        [debit(1, "100.00", OCT_1, held=True), debit(2, "60.00", NOV_1)],
        [money(9, "100.00")],
        [(2, 9, "60.00", "OLDEST")],
    ),
    # ---------- several credits, remainders ----------
    "reading 2: what is paid above the debts waits as credit": (
        [debit(1, "100.00")],
        [money(9, "150.00")],
        [(1, 9, "100.00", "OLDEST")],
    ),
    "decision 5: several credits are used in the order of entry": (
        [debit(1, "100.00", OCT_1), debit(2, "100.00", NOV_1)],
        [money(9, "70.00"), money(8, "60.00")],
        [(1, 8, "60.00", "OLDEST"), (1, 9, "40.00", "OLDEST"), (2, 9, "30.00", "OLDEST")],
    ),
    "decision 6: three thirds leave their cent": (
        [debit(1, "100.00")],
        [money(7, "33.33"), money(8, "33.33"), money(9, "33.33")],
        [(1, 7, "33.33", "OLDEST"), (1, 8, "33.33", "OLDEST"), (1, 9, "33.33", "OLDEST")],
    ),
    "decision 6: a cent goes where it stands first": (
        [debit(1, "0.01", OCT_1), debit(2, "0.02", NOV_1)],
        [money(9, "0.02")],
        [(1, 9, "0.01", "OLDEST"), (2, 9, "0.01", "OLDEST")],
    ),
    "allocated money never moves: a debt with nothing left takes nothing": (
        [debit(1, "0.00", OCT_1), debit(2, "10.00", NOV_1)],
        [money(8, "0.00"), money(9, "10.00", 1)],
        [(2, 9, "10.00", "OLDEST")],
    ),
    "nothing open": ([], [money(9, "10.00")], []),
    "nothing paid": ([debit(1, "10.00")], [], []),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_where_money_goes(case: str, turned: bool):
    debits, credits, expected = CASES[case]
    debits, credits = [copy(d) for d in debits], [copy(c) for c in credits]
    left = {d.posting_id: d.remaining for d in debits} | {c.posting_id: c.remaining for c in credits}
    laid = allocate(debits[::-1], credits[::-1], day=TODAY) if turned else allocate(debits, credits, day=TODAY)
    assert [(d, c, str(amount), rule) for d, c, amount, rule in laid] == expected
    for debit_id, credit_id, amount, _ in laid:
        left[debit_id] -= amount
        left[credit_id] -= amount
    assert {d.posting_id: d.remaining for d in debits} | {c.posting_id: c.remaining for c in credits} == left


def copy(item: Any) -> Any:
    return type(item)(**{name: getattr(item, name) for name in item.__slots__})


HOUSING = {Nature.RENT, Nature.INDEMNITY, Nature.CHARGES, Nature.INDEMNITY_CHARGES, Nature.SHORTFALL}
OTHER = {Nature.PARKING, Nature.SERVICES, Nature.PRIOR, Nature.REPAIRS, Nature.FEES, Nature.DEPOSIT}


@pytest.mark.parametrize("housing", sorted(HOUSING))
@pytest.mark.parametrize("other", sorted(OTHER))
def test_each_expense_of_the_dwelling_comes_before_each_other_debt(housing: str, other: str):
    debits = [debit(1, "10.00", SEP_1, other), debit(2, "10.00", NOV_1, housing)]
    assert [laid.debit_id for laid in allocate(debits, [money(9, "10.00")], day=TODAY)] == [2]


def test_the_ranks_of_one_due_day():
    natures = ["DEPOSIT", "FEES", "REPAIRS", "PRIOR", "SERVICES", "PARKING", "SHORTFALL", "INDEM_CHG", "CHARGES",
               "INDEMNITY", "RENT"]  # fmt: skip
    debits = [debit(pk, "1.00", nature=nature) for pk, nature in enumerate(natures)]
    laid = allocate(debits, [money(99, "11.00")], day=TODAY)
    assert [natures[x.debit_id] for x in laid] == natures[::-1]


@pytest.mark.parametrize(
    ("credit", "source"),
    [
        (deduction(9, "20.00", entry=51), "usage: what a demand takes off is taken off that demand"),
        (aid(9, "80.00", NOV_1, entry=51), "reading 5: aid is for the demand that awaits it"),
        (aid(9, "80.00", NOV_1), "decision 5: aid is for its month"),
        (money(9, "80.00", 1), "C. civ. 1342-10 al. 1: the debtor's choice"),
        (money(9, "80.00"), "C. civ. 1342-10 al. 2: the order of the law"),
    ],
)
def test_the_first_tier_of_a_credit(credit: OpenCredit, source: str):
    assert TIERS[first_tier(credit)].source == source


@pytest.mark.parametrize(
    ("amount", "remainings", "laid"),
    [
        ("250.00", ["400.00", "80.00"], ["250.00", "0.00"]),
        ("450.00", ["400.00", "80.00"], ["400.00", "50.00"]),
        ("480.01", ["400.00", "80.00"], ["400.00", "80.00"]),
        ("0.00", ["400.00"], ["0.00"]),
    ],
)
def test_an_amount_fills_each_before_the_next(amount: str, remainings: list[str], laid: list[str]):
    found = fill_in_order(Decimal(amount), [Decimal(r) for r in remainings])
    assert found == [Decimal(x) for x in laid]


# ---------- properties ----------

CENTS = st.integers(1, 9_999).map(lambda cents: Decimal(cents) / 100)
MONTHS = st.sampled_from([OCT_1, NOV_1, DEC_1])
DAYS = st.sampled_from([OCT_1, NOV_1, TODAY, TOMORROW, DEC_1])


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[OpenDebit], list[OpenCredit]]:
    debits = [
        debit(
            pk, str(draw(CENTS)), draw(DAYS), draw(st.sampled_from(sorted(HOUSING | OTHER))),
            month=draw(st.none() | MONTHS), held=draw(st.booleans()), entry=draw(st.none() | st.integers(1, 2)),
        )
        for pk in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    is_aid_account = draw(st.booleans())
    credits = [
        OpenCredit(
            pk, draw(CENTS), draw(st.none() | MONTHS), draw(st.booleans()), is_aid_account,
            tuple(draw(st.lists(st.integers(0, 8), max_size=2))), draw(st.none() | st.integers(1, 2)),
            draw(st.booleans()),
        )
        for pk in range(100, 100 + draw(st.integers(0, 4)))
    ]  # fmt: skip
    return debits, credits


@given(accounts())
def test_nothing_is_lost_nor_laid_twice(account: tuple[list[OpenDebit], list[OpenCredit]]):
    debits, credits = account
    before = {x.posting_id: x.remaining for x in [*debits, *credits]}
    laid = allocate(debits, credits, day=TODAY)
    assert all(x.amount > 0 for x in laid)
    for item, side in [(d, "debit_id") for d in debits] + [(c, "credit_id") for c in credits]:
        moved = sum((x.amount for x in laid if getattr(x, side) == item.posting_id), Decimal(0))
        assert item.remaining == before[item.posting_id] - moved
        assert item.remaining >= 0


@given(accounts(), st.randoms(use_true_random=False))
def test_the_order_of_the_arguments_does_not_matter(account: tuple[list[OpenDebit], list[OpenCredit]], random: Any):
    debits, credits = account
    others = [copy(d) for d in debits], [copy(c) for c in credits]
    random.shuffle(others[0])
    random.shuffle(others[1])
    assert allocate(debits, credits, day=TODAY) == allocate(*others, day=TODAY)


@given(accounts())
def test_what_waits_could_go_nowhere(account: tuple[list[OpenDebit], list[OpenCredit]]):
    """No free money beside a debt that it could pay; twice changes nothing."""
    debits, credits = account
    allocate(debits, credits, day=TODAY)
    for c in (c for c in credits if c.remaining > 0):
        for d in (d for d in debits if d.remaining > 0 and not d.is_held):
            assert c.month_only
            assert d.for_month != c.for_month or c.for_month is None
    assert allocate(debits, credits, day=TODAY) == []


@given(accounts())
def test_aid_awaited_pays_its_month_alone(account: tuple[list[OpenDebit], list[OpenCredit]]):
    debits, credits = account
    months = {x.posting_id: x.for_month for x in [*debits, *credits]}
    own = {x.posting_id: x.entry_id for x in [*debits, *credits]}
    bound = {c.posting_id for c in credits if c.month_only and not c.designate}
    for x in allocate(debits, credits, day=TODAY):
        if x.credit_id in bound:
            assert months[x.debit_id] == months[x.credit_id] or own[x.debit_id] == own[x.credit_id] != 0


@given(accounts())
def test_no_debt_is_paid_by_the_law_before_one_that_comes_first(account: tuple[list[OpenDebit], list[OpenCredit]]):
    """C. civ. 1342-10 al. 2, in words: due, then the dwelling, then the oldest."""
    debits, credits = account
    by_law = {x.debit_id for x in allocate(debits, credits, day=TODAY) if x.rule == "OLDEST"}
    for paid in (d for d in debits if d.posting_id in by_law):
        assert not paid.is_held
        for other in (d for d in debits if d.remaining > 0 and not d.is_held and d is not paid):
            paid_due, other_due = paid.due_on <= TODAY, other.due_on <= TODAY
            assert paid_due or not other_due
            if paid_due == other_due:
                assert paid.is_housing or not other.is_housing
                if paid.is_housing == other.is_housing:
                    assert paid.due_on <= other.due_on


# ---------- the instalments of a plan ----------


def _with_plan(credits: list[OpenCredit], *free: OpenDebit, asked: str = "100.00", due_on: date = NOV_1):
    """A plan holds 300.00 of September and 300.00 of October, and asks for `asked` on `due_on`."""
    held = [debit(1, "300.00", SEP_1, held=True), debit(2, "300.00", OCT_1, held=True)]
    instalment = OpenInstalment(Decimal(asked), due_on, held)
    found = allocate([*held, *free], credits, day=TODAY, instalments=lambda: [instalment])
    return [(d, c, str(amount), rule) for d, c, amount, rule in found]


def test_an_instalment_comes_after_what_is_due_of_the_terms_and_takes_no_more_than_it_asks():
    # 500.00 came: the term of November first, though it fell due on the same day, then 100.00; the rest waits.
    assert _with_plan([money(9, "500.00")], debit(3, "213.00", NOV_1)) == [
        (3, 9, "213.00", "OLDEST"), (1, 9, "100.00", "PLAN")
    ]  # fmt: skip


def test_a_missed_instalment_waits_behind_a_later_term():
    # Asked since September, and still behind the term of today.
    found = _with_plan([money(9, "250.00")], debit(3, "213.00", TODAY), due_on=SEP_1)
    assert found == [(3, 9, "213.00", "OLDEST"), (1, 9, "37.00", "PLAN")]


def test_an_instalment_is_housing_and_comes_before_other_natures_and_before_what_is_to_come():
    repair = debit(3, "80.00", SEP_1, Nature.REPAIRS)
    later = debit(4, "213.00", DEC_1)
    assert _with_plan([money(9, "150.00")], repair, later) == [(1, 9, "100.00", "PLAN"), (3, 9, "50.00", "OLDEST")]
    # Of the month, and due later than today: after the term of the same day, before the next.
    same = debit(5, "50.00", date(2026, 11, 10))
    assert _with_plan([money(9, "400.00")], same, later, due_on=date(2026, 11, 10)) == [
        (5, 9, "50.00", "OLDEST"), (1, 9, "100.00", "PLAN"), (4, 9, "213.00", "OLDEST")
    ]  # fmt: skip


def test_an_instalment_pays_the_oldest_debt_of_the_plan_then_the_next():
    assert _with_plan([money(9, "500.00")], asked="350.00") == [(1, 9, "300.00", "PLAN"), (2, 9, "50.00", "PLAN")]


def test_aid_of_a_held_month_pays_the_instalment_and_money_kept_for_a_month_does_not():
    assert _with_plan([aid(9, "80.00", SEP_1)]) == [(1, 9, "80.00", "PLAN")]
    assert _with_plan([received(9, "80.00", SEP_1)]) == []
