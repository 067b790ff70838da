"""What a lease bills for a month: entries, exits, changes of amount, indemnity, due dates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from common.periods import Month
from leases.rules.billing import BilledPart, DueRow, TermRow, bill_month, due_date, explain, line_label

D = Decimal
OPEN = (None, None)
ADVANCE_5 = [DueRow("ADVANCE", 5, None, None)]


def rent(amount: str, lower: date | None = None, upper: date | None = None, id: int = 1) -> TermRow:
    return TermRow(id, "RENT", D(amount), lower, upper)


def bill(month: str, terms, *, lease=OPEN, occupied=None, due=ADVANCE_5) -> tuple[BilledPart, ...]:
    return bill_month(month=Month.parse(month), terms=terms, due=due, lease_span=lease, occupied=occupied)


def seen(parts: tuple[BilledPart, ...]) -> list[tuple[str, str, str, int, int]]:
    return [(p.kind, ln.nature, str(ln.amount), ln.days, ln.of_days) for p in parts for ln in p.lines]


@pytest.mark.parametrize(
    ("month", "lease", "amount", "expected"),
    [
        ("2026-11", OPEN, "412.37", [("TERM", "RENT", "412.37", 30, 30)]),
        ("2026-11", (date(2026, 11, 14), None), "450.00", [("TERM", "RENT", "255.00", 17, 30)]),
        ("2026-11", (date(2025, 1, 1), date(2026, 11, 15)), "450.00", [("TERM", "RENT", "210.00", 14, 30)]),
        ("2028-02", (date(2028, 2, 29), None), "290.00", [("TERM", "RENT", "10.00", 1, 29)]),
        ("2027-02", (date(2027, 2, 28), None), "280.00", [("TERM", "RENT", "10.00", 1, 28)]),
        ("2026-12", (date(2026, 12, 31), date(2027, 12, 31)), "310.00", [("TERM", "RENT", "10.00", 1, 31)]),
        ("2027-01", (date(2026, 12, 31), date(2027, 12, 31)), "310.00", [("TERM", "RENT", "310.00", 31, 31)]),
        ("2027-12", (date(2026, 12, 31), date(2027, 12, 31)), "310.00", [("TERM", "RENT", "300.00", 30, 31)]),
        ("2026-11", (date(2026, 11, 10), date(2026, 11, 11)), "400.00", [("TERM", "RENT", "13.33", 1, 30)]),
        ("2026-10", (date(2026, 11, 1), None), "400.00", []),
        ("2026-11", (date(2025, 1, 1), date(2026, 11, 1)), "400.00", []),
        # 100.05 × 15 / 30 = 50.025, half-up.
        ("2026-11", (date(2026, 11, 16), None), "100.05", [("TERM", "RENT", "50.03", 15, 30)]),
    ],
)
def test_prorata_by_actual_days(month, lease, amount, expected):
    assert seen(bill(month, [rent(amount)], lease=lease)) == expected


def test_a_change_of_amount_within_the_month_gives_two_lines_and_one_rounding():
    terms = [rent("500.00", None, date(2026, 11, 11), 1), rent("520.00", date(2026, 11, 11), None, 2)]
    (part,) = bill("2026-11", terms)
    # 500 × 10/30 + 520 × 20/30 = 166.666… + 346.666… = 513.33
    assert part.total == D("513.33")
    assert [(ln.term_id, ln.days, str(ln.amount), str(ln.monthly)) for ln in part.lines] == [
        (1, 10, "166.67", "500.00"), (2, 20, "346.66", "520.00"),
    ]  # fmt: skip


def test_lines_come_in_the_order_of_the_paper():
    terms = [
        TermRow(3, "SERVICES", D("12.00"), None, None), TermRow(2, "CHARGES", D("80.00"), None, None), rent("400.00"),
    ]  # fmt: skip
    (part,) = bill("2026-11", terms)
    assert [ln.nature for ln in part.lines] == ["RENT", "CHARGES", "SERVICES"]
    assert part.total == D("492.00")


def test_the_month_of_the_end_gives_a_term_and_an_indemnity_that_add_up():
    lease = (date(2025, 3, 1), date(2026, 11, 14))
    parts = bill("2026-11", [rent("500.00")], lease=lease, occupied=(date(2025, 3, 1), None))
    assert seen(parts) == [("TERM", "RENT", "216.67", 13, 30), ("INDEMNITY", "RENT", "283.33", 17, 30)]
    assert [p.due_on for p in parts] == [date(2026, 11, 5), date(2026, 11, 14)]


def test_after_the_end_only_the_occupied_days_are_billed():
    lease = (date(2025, 3, 1), date(2026, 10, 1))
    occupied = (date(2025, 3, 1), date(2026, 11, 4))
    assert seen(bill("2026-10", [rent("310.00")], lease=lease, occupied=occupied)) == [
        ("INDEMNITY", "RENT", "310.00", 31, 31)
    ]
    assert seen(bill("2026-11", [rent("300.00")], lease=lease, occupied=occupied)) == [
        ("INDEMNITY", "RENT", "30.00", 3, 30)
    ]
    assert bill("2026-12", [rent("300.00")], lease=lease, occupied=occupied) == ()


def test_an_ended_lease_left_empty_bills_nothing_more():
    lease = (date(2025, 3, 1), date(2026, 10, 1))
    assert bill("2026-10", [rent("310.00")], lease=lease) == ()
    assert bill("2026-10", [rent("310.00")], lease=lease, occupied=(date(2025, 3, 1), date(2026, 10, 1))) == ()


def test_a_term_that_starts_later_bills_its_own_days_only():
    parts = bill("2026-11", [rent("400.00"), TermRow(9, "PARKING", D("30.00"), date(2026, 11, 21), None)])
    assert seen(parts) == [("TERM", "RENT", "400.00", 30, 30), ("TERM", "PARKING", "10.00", 10, 30)]


def test_nothing_is_billed_of_a_zero_term():
    assert bill("2026-11", [rent("0.00")]) == ()


@pytest.mark.parametrize(
    ("rule", "day", "month", "start", "expected"),
    [
        ("ADVANCE", 5, "2026-11", date(2026, 11, 1), date(2026, 11, 5)),
        ("ADVANCE", 5, "2026-11", date(2026, 11, 3), date(2026, 11, 5)),
        ("ADVANCE", 5, "2026-11", date(2026, 11, 14), date(2026, 11, 14)),
        ("ADVANCE", 31, "2027-02", date(2027, 2, 1), date(2027, 2, 28)),
        ("ARREARS", 5, "2026-11", date(2026, 11, 14), date(2026, 12, 5)),
        ("ARREARS", 31, "2027-01", date(2027, 1, 1), date(2027, 2, 28)),
        ("ARREARS", 30, "2028-01", date(2028, 1, 1), date(2028, 2, 29)),
        ("ARREARS", 10, "2026-12", date(2026, 12, 1), date(2027, 1, 10)),
    ],
)
def test_due_dates(rule, day, month, start, expected):
    assert due_date(month=Month.parse(month), due=[DueRow(rule, day, None, None)], start=start) == expected


def test_the_due_rule_in_force_on_the_first_day_decides():
    due = [DueRow("ADVANCE", 5, None, date(2026, 11, 1)), DueRow("ARREARS", 8, date(2026, 11, 1), None)]
    assert bill("2026-10", [rent("1.00")], due=due)[0].due_on == date(2026, 10, 5)
    assert bill("2026-11", [rent("1.00")], due=due)[0].due_on == date(2026, 12, 8)


def test_without_a_due_rule_the_refusal_says_the_day():
    with pytest.raises(InvalidInput, match="01/11/2026") as refused:
        bill("2026-11", [rent("400.00")], due=[])
    assert refused.value.code == "no_due_rule"


def test_an_indemnity_is_never_called_rent():
    lease = (date(2025, 3, 1), date(2026, 10, 1))
    (part,) = bill(
        "2026-10", [rent("310.00"), TermRow(2, "CHARGES", D("31.00"), None, None)], lease=lease, occupied=OPEN
    )
    tree = explain(part, month=Month(2026, 10), word="loyer")
    labels = [tree.label, tree.rule, *(leaf.label for leaf in tree.children)]
    assert "Indemnité d’occupation" in labels
    assert not any("oyer" in label for label in labels)
    assert tree.amount == part.total == sum(leaf.amount for leaf in tree.children)


def test_the_explanation_prints_the_prorata():
    (part,) = bill("2026-11", [rent("450.00")], lease=(date(2026, 11, 14), None))
    leaf = explain(part, month=Month(2026, 11), word="redevance").children[0]
    assert (leaf.label, leaf.detail) == ("Redevance", "450,00 € × 17 jours sur 30")
    assert line_label("TERM", "RENT", word="redevance") == "Redevance"


amounts = st.decimals("0.01", "3000", places=2)
months = st.builds(Month, st.integers(2020, 2035), st.integers(1, 12))


@given(month=months, amount=amounts, day=st.integers(1, 31))
def test_a_whole_month_is_the_whole_amount_however_it_is_cut(month, amount, day):
    cut = month.day(day)
    terms = [TermRow(1, "RENT", amount, None, cut), TermRow(2, "RENT", amount, cut, None)]
    parts = bill_month(month=month, terms=terms, due=ADVANCE_5, lease_span=OPEN, occupied=None)
    assert sum(p.total for p in parts) == amount
    ended = bill_month(month=month, terms=[rent(str(amount))], due=ADVANCE_5, lease_span=(None, cut), occupied=OPEN)
    assert sum(p.total for p in ended) == amount


@given(month=months, amount=amounts, day=st.integers(1, 31))
def test_exit_and_next_entry_add_up_within_one_cent(month, amount, day):
    cut = month.day(day)
    left = bill_month(month=month, terms=[rent(str(amount))], due=ADVANCE_5, lease_span=(None, cut), occupied=None)
    came = bill_month(month=month, terms=[rent(str(amount))], due=ADVANCE_5, lease_span=(cut, None), occupied=None)
    total = sum(p.total for p in left + came)
    assert abs(total - amount) <= D("0.01")


@given(month=months, first=st.integers(0, 400), length=st.integers(1, 400), amount=amounts)
def test_what_is_billed_lies_within_the_month_and_the_lease(month, first, length, amount):
    lower = month.first - timedelta(days=200) + timedelta(days=first)
    span = (lower, lower + timedelta(days=length))
    for part in bill_month(month=month, terms=[rent(str(amount))], due=ADVANCE_5, lease_span=span, occupied=None):
        assert max(month.first, lower) == part.start < part.end == min(month.plus(1).first, span[1])
        assert part.total <= amount
