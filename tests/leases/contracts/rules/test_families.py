"""The four families, the references, the people: rules as data."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from leases.enums import CheckItem, LeaseKind, RentNature
from leases.rules import families
from leases.rules.billing import NATURE_LABELS
from leases.rules.people import Name, age_on, composition_words, typology, usual_name
from leases.rules.references import payment_reference
from stock.enums import HeadAgreementKind


def test_every_kind_of_lease_has_its_rules_and_every_code_exists():
    assert set(families.FAMILIES) == set(LeaseKind)
    for family in families.FAMILIES.values():
        assert set(family.checklist) <= set(CheckItem)
        assert family.head_kinds <= set(HeadAgreementKind)
        assert family.label == LeaseKind(family.kind).label
        assert set(family.checklist) > families.AUTOMATIC
        assert (families.SUPPORT in family.checklist) == family.accompaniment
        assert (families.TRIPARTITE in family.checklist) == family.tripartite
    assert dict(RentNature.choices) == NATURE_LABELS


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


def test_a_tripartite_convention_and_a_signature_are_never_waived():
    assert not families.is_waivable("TRIPARTITE")
    assert not families.is_waivable("CONTRACT")
    assert families.is_waivable("SUPPORT")


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", min_size=1, max_size=20).filter(lambda t: t.strip("-")))
def test_a_payment_reference_passes_the_norm(reference):
    made = payment_reference(reference)
    assert iso11649.is_valid(made)
    assert made[4:] == reference.replace("-", "")


def test_a_payment_reference_known_by_hand():
    assert payment_reference("B00042") == "RF76B00042"


@pytest.mark.parametrize("wrong", ["", "---", "A" * 22])
def test_an_unusable_reference_is_refused(wrong):
    with pytest.raises(ValueError, match="payment_reference"):
        payment_reference(wrong)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(1985, 4, 12), date(2026, 4, 11), 40),
        (date(1985, 4, 12), date(2026, 4, 12), 41),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 11, 5), date(2026, 11, 5), 0),
        (date(2027, 1, 1), date(2026, 11, 5), None),
        (None, date(2026, 11, 5), None),
    ],
)
def test_ages(birth, day, age):
    assert age_on(birth, day) == age


@pytest.mark.parametrize(
    ("adults", "children", "words", "kind"),
    [
        (0, 0, "composition à compléter", "EMPTY"),
        (1, 0, "1 adulte", "ISOLATED"),
        (1, 2, "1 adulte, 2 enfants", "SINGLE_PARENT"),
        (2, 0, "2 adultes", "COUPLE"),
        (2, 1, "2 adultes, 1 enfant", "COUPLE_WITH_CHILDREN"),
        (3, 1, "3 adultes, 1 enfant", "OTHER"),
        (0, 1, "1 enfant", "OTHER"),
    ],
)
def test_compositions(adults, children, words, kind):
    assert composition_words(adults=adults, children=children) == words
    assert typology(adults=adults, children=children) == kind


@pytest.mark.parametrize(
    ("adults", "called"),
    [
        ([], ""),
        ([Name("MME", "Fatou", "Sarr")], "Mme Fatou Sarr"),
        ([Name("X", "Sam", "Roche")], "Sam Roche"),
        ([Name("M", "Issa", "Kaboré"), Name("MME", "Awa", "kaboré")], "M. et Mme Kaboré"),
        ([Name("MME", "Lise", "Diallo"), Name("M", "Paul", "Roche")], "Mme Diallo et M. Roche"),
        ([Name("M", "Paul", "Roche"), Name("M", "Jean", "Roche")], "M. Roche et M. Roche"),
    ],
)
def test_how_the_house_calls_a_household(adults, called):
    assert usual_name(adults) == called
