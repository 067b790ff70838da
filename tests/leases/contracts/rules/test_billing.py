"""What a lease bills for a month: entries, exits, changes of amount, indemnity, due dates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import InvalidInput
from common.periods import Month
from common.reasons import Reason
from leases.contracts.rules.billing import (
    VERSION,
    VERSIONS,
    BilledPart,
    DueRow,
    TermRow,
    asked_for,
    bill_month,
    due_date,
    explain,
    line_label,
)

D = Decimal
OPEN = (None, None)
ADVANCE_5 = [DueRow("ADVANCE", 5, None, None)]


def rent(amount: str, lower: date | None = None, upper: date | None = None, id: int = 1) -> TermRow:
    return TermRow(id, "RENT", D(amount), lower, upper)


def bill(month: str, terms, *, lease=OPEN, occupied=None, due=ADVANCE_5) -> tuple[BilledPart, ...]:
    return bill_month(month=Month.parse(month), terms=terms, due=due, lease_span=lease, occupied=occupied)


def plain(reason: Reason) -> str:
    return reason.text().replace("\u00a0", " ")


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
    assert bill("2026-11", terms[::-1]) == (part,)


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


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        # The keys came back on the day the contract ended, later in the month, on its last day, or after it.
        (date(2026, 11, 14), [("TERM", "130.00", 13)]),
        (date(2026, 11, 24), [("TERM", "130.00", 13), ("INDEMNITY", "100.00", 10)]),
        (date(2026, 11, 30), [("TERM", "130.00", 13), ("INDEMNITY", "160.00", 16)]),
        (date(2026, 12, 1), [("TERM", "130.00", 13), ("INDEMNITY", "170.00", 17)]),
        (date(2026, 12, 9), [("TERM", "130.00", 13), ("INDEMNITY", "170.00", 17)]),
    ],
)
def test_the_indemnity_runs_from_the_end_of_the_contract_to_the_keys(keys, expected):
    parts = bill(
        "2026-11", [rent("300.00")], lease=(date(2025, 3, 1), date(2026, 11, 14)), occupied=(date(2025, 3, 1), keys)
    )
    assert [(kind, amount, days) for kind, _, amount, days, _ in seen(parts)] == expected
    assert [(p.start, p.end) for p in parts] == [
        (date(2026, 11, 1), date(2026, 11, 14)), (date(2026, 11, 14), min(keys, date(2026, 12, 1))),
    ][:len(parts)]  # fmt: skip


def test_the_indemnity_begins_with_the_keys_where_they_were_had_after_the_end():
    lease, occupied = (date(2025, 3, 1), date(2026, 11, 14)), (date(2026, 11, 21), None)
    assert seen(bill("2026-11", [rent("300.00")], lease=lease, occupied=occupied)) == [
        ("TERM", "RENT", "130.00", 13, 30), ("INDEMNITY", "RENT", "100.00", 10, 30),
    ]  # fmt: skip


def test_an_amount_that_changes_after_the_contract_has_ended():
    terms = [rent("360.00", date(2026, 11, 21), None, 2), rent("300.00", None, date(2026, 11, 21), 1)]
    parts = bill("2026-11", terms, lease=(date(2025, 3, 1), date(2026, 11, 14)), occupied=OPEN)
    assert [(p.kind, ln.term_id, str(ln.amount), ln.days) for p in parts for ln in p.lines] == [
        ("TERM", 1, "130.00", 13), ("INDEMNITY", 1, "70.00", 7), ("INDEMNITY", 2, "120.00", 10),
    ]  # fmt: skip


def test_an_ended_lease_left_empty_bills_nothing_more():
    lease = (date(2025, 3, 1), date(2026, 10, 1))
    assert bill("2026-10", [rent("310.00")], lease=lease) == ()
    assert bill("2026-10", [rent("310.00")], lease=lease, occupied=(date(2025, 3, 1), date(2026, 10, 1))) == ()


def test_a_term_that_starts_later_bills_its_own_days_only():
    parts = bill("2026-11", [rent("400.00"), TermRow(9, "PARKING", D("30.00"), date(2026, 11, 21), None)])
    assert seen(parts) == [("TERM", "RENT", "400.00", 30, 30), ("TERM", "PARKING", "10.00", 10, 30)]


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param([rent("0.00")], id="a zero term"),
        pytest.param(
            [rent("0.00", None, date(2026, 11, 11)), rent("0.00", date(2026, 11, 11))], id="two zero terms in a month"
        ),
        pytest.param(
            [rent("400.00", None, date(2026, 11, 1)), rent("420.00", date(2026, 12, 1))], id="a month between two terms"
        ),
        # 0.14 × 1 / 30 = 0.0047
        pytest.param([rent("0.14", date(2026, 11, 30))], id="less than half a cent"),
        pytest.param([], id="no term"),
    ],
)
def test_no_line_of_nothing(terms):
    assert bill("2026-11", terms) == ()
    # Nor beside what is billed.
    parts = bill("2026-11", [*terms, TermRow(2, "CHARGES", D("30.00"), date(2026, 11, 21), None)])
    assert seen(parts) == [("TERM", "CHARGES", "10.00", 10, 30)]


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


@pytest.mark.parametrize("order", [1, -1])
def test_the_due_rule_in_force_on_the_first_day_decides(order):
    due = [DueRow("ADVANCE", 5, None, date(2026, 11, 1)), DueRow("ARREARS", 8, date(2026, 11, 1), None)][::order]
    assert bill("2026-10", [rent("1.00")], due=due)[0].due_on == date(2026, 10, 5)
    assert bill("2026-11", [rent("1.00")], due=due)[0].due_on == date(2026, 12, 8)


def test_without_a_due_rule_the_refusal_says_the_day():
    with pytest.raises(InvalidInput, match="01/11/2026") as refused:
        bill("2026-11", [rent("400.00")], due=[])
    assert refused.value.code == "no_due_rule"


@pytest.mark.parametrize(
    ("kind", "nature", "word", "expected"),
    [
        ("TERM", "RENT", "loyer", "Loyer"),
        ("TERM", "RENT", "participation", "Participation"),
        ("INDEMNITY", "RENT", "loyer", "Indemnité d’occupation"),
        ("TERM", "PARKING", "loyer", "Stationnement"),
        ("INDEMNITY", "PARKING", "loyer", "Stationnement (occupation)"),
    ],
)
def test_what_a_paper_calls_a_line(kind, nature, word, expected):
    assert line_label(kind, nature, word=word) == expected


def test_a_demand_is_rebuilt_by_the_version_that_billed_it(monkeypatch):
    monkeypatch.setitem(VERSIONS, 0, lambda **facts: ())
    facts = {
        "month": Month(2026, 11), "terms": [rent("400.00")], "due": ADVANCE_5, "lease_span": OPEN, "occupied": None,
    }  # fmt: skip
    assert bill_month(**facts, version=0) == ()
    assert bill_month(**facts, version=VERSION) == bill_month(**facts) != ()


def test_an_indemnity_is_never_called_rent():
    lease = (date(2025, 3, 1), date(2026, 10, 1))
    (part,) = bill(
        "2026-10", [rent("310.00"), TermRow(2, "CHARGES", D("31.00"), None, None)], lease=lease, occupied=OPEN
    )
    tree = explain(part, month=Month(2026, 10), word="loyer")
    assert tree.rule is not None
    labels = [tree.text(), tree.rule.text(), *(leaf.text() for leaf in tree.parts)]
    assert "Indemnité d’occupation" in labels
    assert not any("oyer" in label for label in labels)
    assert tree.amount == part.total == sum(leaf.amount for leaf in tree.parts)


def test_the_explanation_prints_the_prorata():
    (part,) = bill("2026-11", [rent("450.00")], lease=(date(2026, 11, 14), None))
    [leaf] = explain(part, month=Month(2026, 11), word="redevance").parts
    assert leaf.detail is not None
    assert (leaf.text(), plain(leaf.detail)) == ("Redevance", "450,00 € × 17 jours sur 30")
    assert line_label("TERM", "RENT", word="redevance") == "Redevance"


@pytest.mark.parametrize(
    ("case", "start", "stayed_from", "title", "rule"),
    [
        ("whole month", None, None, "Terme du mois", "Échéance du bail, ou délai d’un avis tardif."),
        ("entry", date(2026, 11, 14), None, "Terme du mois",
         "Prorata aux jours réels du mois, arrondi une fois par nature. Échéance du bail, ou délai d’un avis tardif."),
        ("whole month of stay", None, date(2026, 11, 1), "Indemnité d’occupation du mois",
         "Le contrat a pris fin et le logement est resté occupé : une indemnité d’occupation est due. "
         "Échéance du bail, ou délai d’un avis tardif."),
        ("month of the end", None, date(2026, 11, 14), "Indemnité d’occupation du mois",
         "Le contrat a pris fin et le logement est resté occupé : une indemnité d’occupation est due. "
         "Prorata aux jours réels du mois, arrondi une fois par nature. Échéance du bail, ou délai d’un avis tardif."),
    ],
)  # fmt: skip
def test_the_rule_of_a_part_is_said(case, start, stayed_from, title, rule):
    parts = bill("2026-11", [rent("450.00")], lease=(start, stayed_from), occupied=OPEN if stayed_from else None)
    tree = explain(parts[-1], month=Month(2026, 11))
    assert tree.rule is not None
    assert (tree.text(), tree.rule.text()) == (title, rule)


def test_a_month_that_ends_with_the_contract_is_by_days():
    (part,) = bill("2026-11", [rent("450.00")], lease=(None, date(2026, 11, 14)))
    rule = explain(part, month=Month(2026, 11)).rule
    assert rule is not None
    assert (
        rule.text()
        == "Prorata aux jours réels du mois, arrondi une fois par nature. Échéance du bail, ou délai d’un avis tardif."
    )


def test_a_whole_month_is_said_so():
    [leaf] = explain(bill("2026-11", [rent("450.00")])[0], month=Month(2026, 11)).parts
    assert leaf.detail is not None
    assert leaf.detail.text() == "mois entier"


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


@pytest.mark.parametrize(
    ("due_on", "issued_on", "asked_before", "expected"),
    [
        # Asked in time, the day of the contract stands, the day of issue included.
        (date(2026, 12, 5), date(2026, 11, 25), None, date(2026, 12, 5)),
        (date(2026, 12, 5), date(2026, 12, 5), None, date(2026, 12, 5)),
        # Asked after it, days are left to pay.
        (date(2026, 12, 5), date(2026, 12, 6), None, date(2026, 12, 14)),
        (date(2026, 11, 12), date(2026, 11, 28), None, date(2026, 12, 6)),
        (date(2027, 2, 28), date(2028, 2, 25), None, date(2028, 3, 4)),
        # A correction that asks no more keeps the day that was asked for, or the contract's where it comes later.
        (date(2026, 11, 5), date(2026, 11, 28), date(2026, 11, 5), date(2026, 11, 5)),
        (date(2026, 11, 5), date(2026, 12, 20), date(2026, 12, 6), date(2026, 12, 6)),
        (date(2026, 11, 16), date(2026, 11, 28), date(2026, 11, 5), date(2026, 11, 16)),
        (date(2026, 12, 5), date(2026, 11, 28), date(2026, 12, 1), date(2026, 12, 5)),
    ],
)
def test_a_demand_issued_late_leaves_days_to_pay(due_on, issued_on, asked_before, expected):
    """RULES A2 (the term is due on the contract's day) and A1.1 (a default is one that the landlord could note)."""
    assert asked_for(due_on, issued_on=issued_on, days_left=8, asked_before=asked_before) == expected
