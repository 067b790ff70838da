"""What each nature counts for (RULES A1.3c)."""

from rent_ledger.enums import Nature
from rent_ledger.rules.natures import BENEFIT_THRESHOLD_NATURES, HOUSING_NATURES, NATURES, QUITTANCE_NATURES


def test_every_nature_has_its_rule_and_no_two_share_a_rank():
    assert set(NATURES) == set(Nature.values)
    ranks = [rule.rank for rule in NATURES.values()]
    assert len(set(ranks)) == len(ranks)


def test_the_housing_expense_is_rent_charges_indemnity_and_shortfall():
    assert frozenset({"RENT", "CHARGES", "INDEMNITY", "INDEM_CHG", "SHORTFALL"}) == HOUSING_NATURES
    assert BENEFIT_THRESHOLD_NATURES == HOUSING_NATURES


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
