"""Ancrage does not start with natures and accounts that contradict each other."""

import pytest

from leases.contracts.natures import Income, Nature, NatureRule
from rent_ledger.billing import sources
from rent_ledger.billing.checks import check_sources
from rent_ledger.billing.sources.rent_terms import RentTerms
from rent_ledger.books.checks import check_natures
from rent_ledger.books.rules.natures import NATURES

WRONG = {
    "the id of rents, for another account": (NatureRule(rank=200, income=Income(10, "7099", "Autre")), "E001"),
    "the id of the bank fees": (NatureRule(rank=200, income=Income(40, "7099", "Autre")), "E001"),
    "the rank of the fees": (NatureRule(rank=80), "E002"),
    "no housing expense, before the shortfall": (NatureRule(rank=1), "E003"),
    "billed by contracts, to no account": (NatureRule(rank=200, in_rent_terms=True), "E004"),
}


def test_the_natures_agree():
    assert check_natures(None) == []


@pytest.mark.parametrize(("rule", "error"), WRONG.values(), ids=WRONG)
def test_a_wrong_nature_is_an_error_at_start(monkeypatch, rule, error):
    monkeypatch.setitem(NATURES, "NEW", rule)
    assert [found.id for found in check_natures(None)] == [f"rent_ledger.{error}"]


@pytest.mark.parametrize("nature", [Nature.REPAIRS, Nature.FEES, Nature.SHORTFALL, Nature.DEPOSIT, Nature.PRIOR])
def test_a_nature_without_account_says_why_it_cannot_be_billed(nature):
    with pytest.raises(ValueError, match=f"{nature.value} has no income account"):
        _ = nature.income


def test_the_sources_of_lines_can_be_billed():
    assert check_sources(None) == []


@pytest.mark.parametrize("nature", [Nature.REPAIRS, Nature.FEES])
def test_a_source_of_lines_that_no_account_takes_is_an_error_at_start(monkeypatch, nature):
    class Sold(RentTerms):
        natures = frozenset({Nature.RENT, Nature.BENEFIT, nature})

    monkeypatch.setattr(sources, "SOURCES", (*sources.SOURCES, Sold()))
    [found] = check_sources(None)
    assert (found.id, nature.value in found.msg) == ("rent_ledger.E005", True)
