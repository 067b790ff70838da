"""What each nature counts for (law.md A1.3c)."""

from leases.contracts.natures import RENT_TERM_NATURES, Nature, by_rank
from rent_ledger.books.codes import AccountKind, General, chart
from rent_ledger.books.rules.natures import (
    BENEFIT_BASE,
    BENEFIT_THRESHOLD_NATURES,
    CCAPEX_NATURES,
    HOUSING_NATURES,
    MONEY_NATURES,
    NATURES,
    QUITTANCE_NATURES,
)


def test_every_nature_has_its_rule_and_no_two_share_a_rank():
    assert set(NATURES) == set(Nature.values)
    ranks = [rule.rank for rule in NATURES.values()]
    assert len(set(ranks)) == len(ranks)


def test_the_housing_expense_is_rent_charges_indemnity_and_shortfall():
    assert frozenset({"RENT", "CHARGES", "INDEMNITY", "INDEM_CHG", "SHORTFALL"}) == HOUSING_NATURES
    assert BENEFIT_THRESHOLD_NATURES == CCAPEX_NATURES == HOUSING_NATURES


def test_money_is_what_comes_and_goes_not_what_is_billed():
    assert frozenset({"PAYMENT", "REFUND", "BENEFIT", "TRANSFER"}) == MONEY_NATURES


def test_deposit_repairs_and_fees_count_for_nothing():
    for code in ("DEPOSIT", "REPAIRS", "FEES", "PRIOR"):
        rule = NATURES[code]
        counts = {rule.is_housing, rule.counts_for_benefit_threshold, rule.counts_for_ccapex}
        assert counts == {False}, code


def test_an_indemnity_gets_no_quittance():
    assert "INDEMNITY" not in QUITTANCE_NATURES
    assert {"RENT", "CHARGES", "PARKING", "SERVICES"} <= QUITTANCE_NATURES


def test_rent_is_paid_before_what_is_no_housing_expense():
    worst = max(NATURES[code].rank for code in HOUSING_NATURES)
    assert all(rule.rank > worst for code, rule in NATURES.items() if code not in HOUSING_NATURES)


def test_what_a_contract_bills_in_the_order_of_its_papers():
    assert sorted(["SERVICES", "CHARGES", "RENT", "PARKING"], key=by_rank) == ["RENT", "CHARGES", "PARKING", "SERVICES"]
    assert set(RENT_TERM_NATURES) == {nature for nature in Nature if nature.rule.in_rent_terms}
    assert list(RENT_TERM_NATURES) == sorted(RENT_TERM_NATURES, key=by_rank)
    assert {"RENT", "CHARGES"} == BENEFIT_BASE


def test_after_the_contract_rent_is_booked_as_an_indemnity():
    booked = {nature: (nature.after_end, nature.after_end.income.id) for nature in RENT_TERM_NATURES}
    known = {nature: booked[nature] for nature in ("RENT", "CHARGES", "PARKING", "SERVICES")}
    assert known == {
        "RENT": ("INDEMNITY", General.INDEMNITY_INCOME),
        "CHARGES": ("INDEM_CHG", General.CHARGES_INCOME),
        "PARKING": ("PARKING", General.PARKING_INCOME),
        "SERVICES": ("SERVICES", General.SERVICES_INCOME),
    }
    # Postings hold these ids.
    assert [Nature(code).income.id for code in ("RENT", "CHARGES", "PARKING", "SERVICES")] == [10, 11, 12, 13]


def test_each_general_account_has_its_own_id_and_code():
    numbers = [(income.id, income.code, income.label) for income in {n.income for n in Nature if n.rule.income}]
    numbers += [(int(g), g.code, g.label) for g in General]
    assert len({number for number, _, _ in numbers}) == len({code for _, code, _ in numbers}) == len(chart())
    assert max(chart()) < 100


def test_what_is_projected_and_what_is_a_debt():
    assert {kind for kind in AccountKind if kind.rule.is_projected} == {"TENANT", "BENEFIT", "PRIOR"}
    assert {kind for kind in AccountKind if kind.rule.is_debt} == {"TENANT", "PRIOR"}
    assert {kind for kind in AccountKind if kind.rule.is_general} == {"GENERAL", "BANK"}
