"""To whom a bank line belongs by its references: what is sure, what is proposed and why, what is left to a person."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    Rule,
    Verdict,
)
from rent_ledger.matching.rules.matching import match
from tests.rent_ledger.matching.rules.aids import (
    CISSE,
    DAY,
    IBAN_1,
    IBAN_2,
    IBAN_3,
    JOAO,
    LINA,
    MOREL,
    REFERENCE,
    RF_1,
    RF_2,
    account,
    found,
    index,
    said,
    shown,
)

# -- references -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    [
        {"structured_reference": RF_1},
        {"end_to_end": RF_1},
        {"label": f"VIR SEPA LOYER {RF_1.lower()} MERCI"},
        {"label": "LOYER " + " ".join(RF_1[i : i + 4] for i in range(0, len(RF_1), 4))},
    ],
)
def test_a_reference_of_one_household_is_sure_wherever_it_stands(where: dict[str, Any]) -> None:
    result = found(**where)
    assert (result.verdict, result.rule, result.account_id) == (Verdict.SURE, Rule.REFERENCE, 1001)


def test_a_reference_pays_another_amount_too() -> None:
    assert found("100.00", structured_reference=RF_1).verdict == Verdict.SURE


def test_a_reference_with_a_wrong_digit_is_nobody_s() -> None:
    wrong = RF_1[:-1] + "3"
    assert found(structured_reference=wrong, label="DURAND").verdict == Verdict.TO_PLACE


def test_a_longer_word_is_not_the_reference() -> None:
    assert found(label=f"{RF_1}9 X").account_id is None


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"iban": IBAN_2}, "IBAN connu pour Mme Mariama Cissé"),
        ({"name": "MME CISSE MARIAMA"}, "Le nom est celui de Mme Mariama Cissé"),
        ({"label": "AVIS-2611-0298"}, "Une autre référence désigne Mme Mariama Cissé"),
        ({"amount": "5000.00"}, "Montant bien plus élevé que ce qui est dû"),
    ],
)
def test_a_reference_that_something_contradicts_is_only_proposed(changes: dict[str, Any], fact: str) -> None:
    result = found(**({"structured_reference": RF_1} | changes))
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)
    assert fact in said(result.doubts)


def test_two_references_of_two_households_are_left() -> None:
    result = found(structured_reference=RF_1, label=f"ET {RF_2}")
    assert (result.verdict, result.account_id) == (Verdict.TO_PLACE, None)


def test_a_reference_of_two_accounts_is_left() -> None:
    twice = index(accounts=[MOREL, replace(CISSE, payment_reference=RF_1)])
    assert found(known=twice, structured_reference=RF_1).verdict == Verdict.TO_PLACE


def test_a_household_gone_that_owes_nothing_is_proposed() -> None:
    gone = index(accounts=[replace(MOREL, is_current=False, owed=Decimal(0))])
    assert found(known=gone, structured_reference=RF_1).verdict == Verdict.PROPOSED


@pytest.mark.parametrize("text", ["AVIS-2611-0307", "avis 2611 0307", "REF:AVIS26110307/NOV"])
def test_the_number_of_an_avis_with_the_name_is_sure(text: str) -> None:
    result = found(label=text, name="MOREL PAUL")
    assert (result.verdict, result.rule, result.account_id) == (Verdict.SURE, Rule.DEMAND, 1001)
    assert said(result.reasons)[0] == "Référence AVIS-2611-0307"


def test_the_number_of_an_avis_with_a_known_iban_is_sure() -> None:
    assert found(label="AVIS-2611-0307", iban=IBAN_1).verdict == Verdict.SURE


def test_the_number_of_an_avis_alone_is_proposed() -> None:
    """It has no check digit: two figures swapped are another household's."""
    result = found(label="AVIS-2611-0307", name="DUPONT")
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)
    assert "Ni le nom ni l’IBAN ne confirment la référence" in said(result.doubts)


def test_the_number_of_an_avis_with_a_name_that_two_households_bear_is_proposed() -> None:
    known = index(accounts=[MOREL, CISSE, replace(LINA, people=MOREL.people)])
    result = found(label="AVIS-2611-0307", name="MOREL PAUL", known=known)
    assert (result.verdict, said(result.doubts)) == (Verdict.PROPOSED, ("Un autre ménage porte ce nom",))


def test_an_unknown_avis_is_no_reference() -> None:
    assert found(label="AVIS-2611-9999", name="DUPONT").verdict == Verdict.TO_PLACE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("SURE", 1001, (REFERENCE, "Montant égal à l’avis"), ())),
        ({"iban": IBAN_1}, ("SURE", 1001, (REFERENCE, "Montant égal à l’avis"), ())),
        ({"name": "MOREL PAUL"}, ("SURE", 1001, (REFERENCE, "Montant égal à l’avis"), ())),
        # 198.35 owed and three terms of 198.35.
        ({"amount": "793.40"}, ("SURE", 1001, (REFERENCE,), ())),
        ({"amount": "793.41"}, ("PROPOSED", 1001, (REFERENCE,), ("Montant bien plus élevé que ce qui est dû",))),
        ({"amount": "1.00"}, ("SURE", 1001, (REFERENCE,), ())),
        ({"amount": "0.01"}, ("SURE", 1001, (REFERENCE,), ())),
        # The amount of an avis of somebody else says nothing for this account.
        (
            {"amount": "227.60", "label": "AVIS-2611-0298"},
            ("PROPOSED", 1001, (REFERENCE,), ("Une autre référence désigne Mme Mariama Cissé",)),
        ),
        (
            {"label": "AVIS-2611-0111"},
            ("PROPOSED", 1001, (REFERENCE, "Montant égal à l’avis"), ("Une autre référence désigne un autre ménage",)),
        ),
    ],
)  # fmt: skip
def test_a_reference_with_what_else_the_line_says(changes: dict[str, Any], expected: tuple[object, ...]) -> None:
    known = index(
        demands={
            "AVIS-2611-0298": DemandFacts(1002, Decimal("227.60")),
            "AVIS-2611-0111": DemandFacts(1099, Decimal("10.00")),
        }
    )
    assert shown(found(**({"structured_reference": RF_1} | changes), known=known)) == expected


def test_a_reference_with_a_name_that_two_households_bear_is_sure() -> None:
    known = index(accounts=[MOREL, replace(LINA, people=MOREL.people)])
    assert found(structured_reference=RF_1, name="MOREL PAUL", known=known).verdict == Verdict.SURE


@pytest.mark.parametrize(
    ("facts", "amount", "verdict", "doubts"),
    [
        # No term is known yet: 500 a month is supposed.
        (account(1, "diallo", reference=RF_1), "1500.00", "SURE", ()),
        (account(1, "diallo", reference=RF_1), "1500.01", "PROPOSED", ("Montant bien plus élevé que ce qui est dû",)),
        (account(1, "diallo", reference=RF_1, owed="100.00", is_current=False), "100.00", "SURE", ()),
        (account(1, "diallo", reference=RF_1, owed="99.99", is_current=False), "100.00", "PROPOSED",
         ("Ménage parti, qui ne doit plus que 99,99 €",)),
        (account(1, "diallo", reference=RF_1, is_current=False), "100.00", "PROPOSED",
         ("Ménage parti, qui ne doit plus rien",)),
        (account(1, "diallo", reference=RF_1, owed="-5.00"), "100.00", "SURE", ()),
        (AccountFacts(1, 1, "M. Diallo", (), RF_1), "100.00", "SURE", ()),
    ],
    ids=["three months", "a cent more", "gone, owes it", "gone, owes less", "gone, paid", "in advance", "as it comes"],
)  # fmt: skip
def test_a_reference_and_what_the_household_owes(
    facts: AccountFacts, amount: str, verdict: str, doubts: tuple[str, ...]
) -> None:
    result = found(amount, structured_reference=RF_1, known=index(accounts=[facts]))
    assert (result.verdict, said(result.doubts)) == (verdict, doubts)


@pytest.mark.parametrize(
    ("amount", "said_of_it"),
    [
        ("180.00", "Montant égal à l’avis"),
        ("230.00", "Montant égal à l’avis de novembre 2026"),
        ("200.00", "Montant égal à l’avis"),
        ("610.00", "Montant égal à ce qui est dû"),
        ("410.00", "Montant égal à un terme dû"),
        ("12.00", None),
    ],
    ids=["an avis without its month", "an avis", "the term", "all that is owed", "one due", "nothing"],
)
def test_what_an_amount_says(amount: str, said_of_it: str | None) -> None:
    payer = account(1, "diallo", reference=RF_1, net_term="200.00", owed="610.00", dues=["410.00"])
    demands = {
        "AVIS-2611-0001": DemandFacts(1, Decimal("180.00")),
        "AVIS-2611-0002": DemandFacts(1, Decimal("230.00"), date(2026, 11, 1)),
    }
    result = found(
        amount, label="AVIS-2611-0001 AVIS-2611-0002", structured_reference=RF_1,
        known=index(accounts=[payer], demands=demands),
    )  # fmt: skip
    assert said(result.reasons) == (REFERENCE, *([said_of_it] if said_of_it else []))


@pytest.mark.parametrize(
    ("references", "who"),
    [
        ((RF_1, RF_2), "Mme Mariama Cissé et 1 autre"),
        ((RF_1, RF_2, "RF51B000003"), "M. João Ferreira et 2 autres"),
    ],
)
def test_who_the_references_of_several_households_are(references: tuple[str, ...], who: str) -> None:
    known = index(accounts=[replace(MOREL, household="Mme Sylvie Morel"), CISSE])
    if len(references) == 3:
        known = index(accounts=[MOREL, CISSE, replace(JOAO, payment_reference=references[2])])
    result = found(label=" ".join(references), known=known)
    assert shown(result) == ("TO_PLACE", None, (f"Références de plusieurs ménages : {who}",), ())


def test_the_avis_of_a_closed_account_is_left() -> None:
    known = index(demands={"AVIS-2611-0111": DemandFacts(1099, Decimal("198.35"))})
    assert shown(found(label="AVIS-2611-0111", known=known)) == (
        "TO_PLACE", None, ("La référence est celle d’un compte fermé",), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iban": IBAN_1}, ("SURE", 1001, ("Référence AVIS-2611-0307", "IBAN connu", "Montant égal à l’avis"), ())),
        (
            {"name": "MOREL P", "label": "AVIS-2611-0307 MOREL PAUL", "amount": "20.00"},
            ("SURE", 1001, ("Référence AVIS-2611-0307", "Nom à 93 %"), ()),
        ),
        # The name says too little: the label says more.
        (
            {"name": "UDAF 44", "label": "AVIS-2611-0307 MOREL PAUL", "amount": "20.00"},
            ("SURE", 1001, ("Référence AVIS-2611-0307", "Nom à 100 %"), ()),
        ),
        (
            {"name": "MOREL JACQUES", "amount": "20.00"},
            ("PROPOSED", 1001, ("Référence AVIS-2611-0307",), ("Nom à 70 %",)),
        ),
        (
            {"name": "DUPONT JACQUES", "amount": "20.00"},
            ("PROPOSED", 1001, ("Référence AVIS-2611-0307",), ("Ni le nom ni l’IBAN ne confirment la référence",)),
        ),
    ],
    ids=["iban", "an initial", "the label", "another first name", "another name"],
)  # fmt: skip
def test_an_avis_with_what_confirms_it(changes: dict[str, Any], expected: tuple[object, ...]) -> None:
    assert shown(found(**({"label": "AVIS-2611-0307"} | changes))) == expected


def test_an_avis_with_the_name_is_sure_beside_a_household_whose_name_fits_less() -> None:
    known = index(demands={"AVIS-2611-0400": DemandFacts(1003, Decimal("199.00"))})
    assert found("199.00", label="AVIS-2611-0400", name="FERREIRA LINA", known=known).verdict == Verdict.SURE


def test_two_accounts_of_one_household_are_no_namesakes() -> None:
    garage = replace(MOREL, id=1009, payment_reference="", net_term=Decimal("40.00"))
    known = index(accounts=[MOREL, garage])
    assert found(label="AVIS-2611-0307", name="MOREL PAUL", known=known).verdict == Verdict.SURE
    assert found(iban=IBAN_1, name="MOREL PAUL", known=known).verdict == Verdict.SURE


# -- any line ------------------------------------------------------------------------------------------------------


@given(
    st.text(max_size=60), st.text(max_size=40), st.sampled_from(["", IBAN_1, IBAN_2, IBAN_3]),
    st.decimals(min_value="-900", max_value="900", places=2, allow_nan=False),
)  # fmt: skip
def test_no_line_breaks_the_matching_and_sure_has_an_account(label: str, name: str, iban: str, amount: Decimal) -> None:
    result = match(LineFacts(amount, DAY, label, name, iban), index())
    assert (result.verdict != Verdict.SURE) or result.account_id in {1001, 1002}
