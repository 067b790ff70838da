"""The four families: rules as data."""

from datetime import date

import pytest

from leases.contracts.codes import CheckItem, LeaseKind
from leases.contracts.parameters import durations
from leases.contracts.rules import families
from leases.contracts.rules.families import Durations
from stock.agreements.codes import HeadAgreementKind
from tests.params import params_of

DAY = date(2026, 11, 5)


def test_every_kind_of_lease_has_its_rules_and_every_code_exists():
    assert set(families.FAMILIES) == set(LeaseKind)
    for family in families.FAMILIES.values():
        assert set(family.checklist) <= set(CheckItem)
        assert family.head_kinds <= set(HeadAgreementKind)
        assert family.label == LeaseKind(family.kind).label
        assert set(family.checklist) > families.AUTOMATIC
        assert (CheckItem.ACCOMPANIMENT in family.checklist) == family.accompaniment
        assert (CheckItem.TRIPARTITE in family.checklist) == family.tripartite


@pytest.mark.parametrize(
    ("kind", "benefits", "word", "frame", "heads"),
    [
        ("SUBLEASE", True, "loyer", "SOCIAL_SUBLET", {"HEAD_LEASE", "PROVISION"}),
        ("SLIDING", True, "loyer", "SLIDING", {"HEAD_LEASE"}),
        ("MANAGED", True, "loyer", "LEASE", {"MANDATE"}),
        ("OCCUPANCY", False, "participation", "OCCUPATION", {"PROVISION", "HEAD_LEASE", "SERVICE"}),
    ],
)
def test_what_a_family_allows(kind, benefits, word, frame, heads):
    family = families.family_of(kind)
    assert (family.benefits, family.word, family.arrears_frame, family.head_kinds) == (benefits, word, frame, heads)


@pytest.mark.parametrize(
    ("kind", "stock_type", "may"),
    [
        ("SUBLEASE", "DIFFUSE", True),
        ("MANAGED", "IML", True),
        # ALT is in the place of APL and AL; in a résidence the redevance is taken for a rent (CCH, art. R. 824-3).
        ("OCCUPANCY", "DIFFUSE", False),
        ("OCCUPANCY", "RESIDENCE", True),
    ],
)
def test_which_contracts_may_have_a_housing_benefit(kind, stock_type, may):
    assert families.may_have_aid(kind, stock_type) is may


@pytest.mark.parametrize(
    ("kind", "elsewhere", "of_hlm"),
    [
        # CCH, art. L. 442-8-1 to L. 442-8-3: dwellings of an HLM body that a legal person sub-lets, and no other.
        ("SUBLEASE", "contrat de sous-location, dans les limites du bail principal",
         "contrat de sous-location, dans les limites du bail principal ; CCH, art. L. 442-8-1 et L. 442-8-2"),
        ("SLIDING", "convention tripartite", "convention tripartite ; CCH, art. L. 442-8-3"),
        ("MANAGED", "loi n° 89-462 du 6 juillet 1989", "loi n° 89-462 du 6 juillet 1989"),
        ("OCCUPANCY", "convention d’occupation et clauses du contrat",
         "convention d’occupation et clauses du contrat"),
    ],
)  # fmt: skip
def test_a_text_of_the_hlm_bodies_is_cited_for_their_dwellings_only(kind: str, elsewhere: str, of_hlm: str) -> None:
    family = families.family_of(kind)
    assert (family.text_for(is_hlm=False), family.text_for(is_hlm=True)) == (elsewhere, of_hlm)
    assert family.text_for(is_hlm=True, is_conventioned=True) == of_hlm


def test_a_sub_letting_from_another_conventioned_landlord_has_its_text() -> None:
    text = families.family_of("SUBLEASE").text_for(is_hlm=False, is_conventioned=True)
    assert text == "contrat de sous-location, dans les limites du bail principal ; CCH, art. L. 353-20"
    assert families.family_of("SLIDING").text_for(is_hlm=False, is_conventioned=True) == "convention tripartite"


def test_what_may_be_waived_and_what_the_database_answers():
    """S0-04: a missing contract of accompaniment is blocking or justified; the tripartite one and a signature block."""
    assert {item for item in CheckItem if families.is_waivable(item)} == {"INVENTORY", "INSURANCE", "SUPPORT"}
    assert {"TERMS", "DUE_RULE", "HOLDER"} == families.AUTOMATIC


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        # Usage of the social stock.
        (LeaseKind.SUBLEASE, Durations(notice=1, review=None, longest=None)),
        # CCH, art. R. 442-4-1: a review every six months; 24 months at most by usage.
        (LeaseKind.SLIDING, Durations(notice=1, review=6, longest=24)),
        # Loi 89-462, art. 15.
        (LeaseKind.MANAGED, Durations(notice=3, review=None, longest=None)),
        (LeaseKind.OCCUPANCY, Durations(notice=1, review=None, longest=None)),
    ],
)
def test_the_months_of_a_family(kind: LeaseKind, wanted: Durations) -> None:
    assert durations(params_of(DAY), kind) == wanted


def test_a_house_may_set_no_bound_to_a_sliding_lease() -> None:
    ours = params_of(DAY, {"lease.sliding_longest_months": None, "lease.notice_sliding": 2})
    assert durations(ours, "SLIDING") == Durations(notice=2, review=6, longest=None)
