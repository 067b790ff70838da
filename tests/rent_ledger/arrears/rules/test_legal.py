"""The two legal definitions of impayé, on both sides of 1 January 2027 (RULES A1.1, reading 7)."""

from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.rules.legal import CountedItem, LegalParams, detect, regime_on

D = Decimal


def items(*pairs: tuple[str, str]) -> list[CountedItem]:
    return [CountedItem(date.fromisoformat(day), D(amount), "RENT") for day, amount in pairs]


def found(*pairs: tuple[str, str], day: str, bank: str | None = "", **kwargs):
    known = None if bank is None else date.fromisoformat(bank or day)
    defaults = {"frame": "LEASE", "gross": D("480.00"), "net": D("213.00"), "direct_payment": True}
    return detect(day=date.fromisoformat(day), bank_known_until=known, items=items(*pairs), **(defaults | kwargs))


# (what, open items, day, direct payment, threshold day or None, report before)
UNTIL_2026 = [
    ("exactly 2 × net", [("2026-10-01", "213.00"), ("2026-11-01", "213.00")], "2026-11-05", True, "2026-11-01",
     "2027-01-01"),
    ("a cent under 2 × net", [("2026-10-01", "213.00"), ("2026-11-01", "212.99")], "2026-11-05", True, None, None),
    ("2 × net is not 2 × gross", [("2026-10-01", "480.00")], "2026-11-05", False, None, None),
    ("exactly 2 × gross", [("2026-10-01", "480.00"), ("2026-11-01", "480.00")], "2026-11-05", False, "2026-11-01",
     "2027-01-01"),
    ("not due yet does not count",
     [("2026-10-01", "213.00"), ("2026-11-06", "213.00")], "2026-11-05", True, None, None),
    ("counts on the due date itself", [("2026-10-01", "213.00"), ("2026-11-05", "213.00")], "2026-11-05", True,
     "2026-11-05", "2027-01-05"),
    ("more than 450 € is nothing before 2027", [("2026-07-01", "470.00")], "2026-12-31", False, None, None),
    ("six months old is nothing before 2027", [("2026-06-01", "10.00")], "2026-12-31", True, None, None),
    ("constituted on 31 December reports by the last of February", [("2026-12-31", "426.00")], "2026-12-31", True,
     "2026-12-31", "2027-02-28"),
    ("part payments count: an amount test", [("2026-08-01", "100.00"), ("2026-09-01", "113.00"),
     ("2026-10-01", "213.00")], "2026-11-05", True, "2026-10-01", "2026-12-01"),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "day", "direct", "threshold", "report"), [c[1:] for c in UNTIL_2026],
                         ids=[c[0] for c in UNTIL_2026])  # fmt: skip
def test_until_2026(pairs, day, direct, threshold, report):
    got = found(*pairs, day=day, direct_payment=direct)
    assert got.regime == "R2026"
    assert (got.threshold_on, got.report_due_on) == tuple(
        date.fromisoformat(d) if d else None for d in (threshold, report)
    )


FROM_2027 = [
    ("exactly 450.00 is not more than 450", [("2027-01-01", "450.00")], "2027-01-02", None, None),
    ("450.01", [("2027-01-01", "450.01")], "2027-01-02", "2027-01-01", "2027-03-01"),
    ("the day that adds up to more than 450", [("2027-01-01", "300.00"), ("2027-02-01", "150.01")], "2027-02-03",
     "2027-02-01", "2027-04-01"),
    ("three months, whatever the amount", [("2027-01-15", "0.01")], "2027-04-15", "2027-04-15", "2027-06-15"),
    ("the day before three months", [("2027-01-15", "449.00")], "2027-04-14", None, None),
    ("three months from 30 November end on the last of February", [("2026-11-30", "20.00")], "2027-02-28",
     "2027-02-28", "2027-04-28"),
    ("a leap February", [("2027-11-30", "20.00")], "2028-02-29", "2028-02-29", "2028-04-29"),
    ("not on 28 February of a leap year", [("2027-11-30", "20.00")], "2028-02-28", None, None),
    ("already three months old on 1 January 2027", [("2026-08-01", "20.00")], "2027-01-04", "2027-01-01",
     "2027-03-01"),
    ("three months old that very day", [("2026-10-01", "20.00")], "2027-01-01", "2027-01-01", "2027-03-01"),
    ("more than 450 since before the switch", [("2026-12-01", "451.00")], "2027-01-01", "2027-01-01", "2027-03-01"),
    ("reported by the last of February after a 31 December", [("2027-12-31", "451.00")], "2027-12-31", "2027-12-31",
     "2028-02-29"),
    ("no counted debt, no default", [], "2027-06-01", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "day", "threshold", "report"), [c[1:] for c in FROM_2027],
                         ids=[c[0] for c in FROM_2027])  # fmt: skip
def test_from_2027(pairs, day, threshold, report):
    # A gross of 480 € paid to the tenant: the first regime asks 960 € and never speaks here.
    got = found(*pairs, day=day, direct_payment=False)
    assert got.regime == "R2027"
    assert (got.threshold_on, got.report_due_on) == tuple(
        date.fromisoformat(d) if d else None for d in (threshold, report)
    )


def test_the_same_debt_on_both_sides_of_the_switch():
    pairs = [("2026-10-01", "213.00"), ("2026-11-01", "100.00")]
    assert found(*pairs, day="2026-12-31").threshold_on is None
    after = found(*pairs, day="2027-01-01")
    assert (after.regime, after.threshold_on, after.base) == ("R2027", date(2027, 1, 1), D("450.00"))


def test_what_was_constituted_before_the_switch_keeps_its_regime_even_found_late():
    got = found(("2026-10-01", "213.00"), ("2026-12-01", "213.00"), day="2027-01-05")
    assert (got.regime, got.threshold_on, got.report_due_on) == ("R2026", date(2026, 12, 1), date(2027, 2, 1))


def test_nothing_is_constituted_beyond_the_bank():
    pairs = [("2026-10-01", "213.00"), ("2026-11-01", "213.00")]
    assert found(*pairs, day="2026-11-05", bank="2026-10-31").threshold_on is None
    assert found(*pairs, day="2026-11-05", bank=None).threshold_on is None
    assert found(*pairs, day="2026-11-05", bank="2026-11-01").threshold_on == date(2026, 11, 1)
    # After the switch too: known to 31 December, the second regime says nothing yet.
    old = found(("2026-08-01", "20.00"), day="2027-01-04", bank="2026-12-31")
    assert (old.threshold_on, old.regime) == (None, "R2027")


def test_the_first_default_is_the_day_after_the_oldest_counted_due_date():
    got = found(("2026-11-01", "20.00"), ("2026-09-30", "20.00"), day="2026-11-05")
    assert (got.first_default_on, got.debt) == (date(2026, 10, 1), D("40.00"))


def test_an_occupation_agreement_is_never_reported():
    got = found(("2026-01-01", "5000.00"), day="2027-06-01", frame="OCCUPANCY")
    assert (got.threshold_on, got.report_due_on, got.debt) == (None, None, D("5000.00"))
    assert "aucune déclaration" in got.explanation.rule


def test_an_unknown_term_has_no_threshold_before_2027():
    assert found(("2026-01-01", "5000.00"), day="2026-12-31", gross=None, net=None).threshold_on is None


def test_a_net_term_of_zero_still_needs_a_debt():
    assert found(day="2026-12-01", net=D("0.00")).threshold_on is None
    assert found(("2026-12-01", "0.01"), day="2026-12-01", net=D("0.00")).threshold_on == date(2026, 12, 1)


def test_the_figures_are_parameters():
    ours = LegalParams(switch_on=date(2027, 2, 1), amount=D("300.00"), months=2, report_months=1)
    assert regime_on(date(2027, 1, 31), ours) == "R2026"
    got = found(("2027-02-01", "300.01"), day="2027-02-02", direct_payment=False, params=ours)
    assert (got.threshold_on, got.report_due_on) == (date(2027, 2, 1), date(2027, 3, 1))


def test_the_explanation_adds_up_and_names_the_text():
    got = found(("2026-10-01", "213.00"), ("2026-11-01", "213.00"), day="2026-11-05")
    debt = got.explanation.children[0]
    assert sum(child.amount for child in debt.children) == debt.amount == D("426.00")
    assert "R. 824-1" in got.explanation.rule
    assert "426.00" in str(got.explanation.to_json())
