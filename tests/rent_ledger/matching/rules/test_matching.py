"""To whom a bank line belongs: what is sure, what is proposed and why, what is left to a person."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rent_ledger.rules.line_references import creditor_references, demand_references
from rent_ledger.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    MatchResult,
    PaidFacts,
    PayerFacts,
    Rule,
    Verdict,
)
from rent_ledger.rules.match_index import Index
from rent_ledger.rules.matching import match
from rent_ledger.rules.names import PersonName, score, words
from tests.factories import iso11649_reference

DAY = date(2026, 11, 4)
RF_1, RF_2 = iso11649_reference("B000001"), iso11649_reference("B000002")
MOREL = AccountFacts(
    1001, 1, "M. Paul Morel", (PersonName("morel", "paul"),), RF_1, Decimal("198.35"), Decimal("198.35"),
    frozenset({Decimal("198.35")}),
)  # fmt: skip
CISSE = AccountFacts(
    1002, 2, "Mme Mariama Cissé", (PersonName("cisse", "mariama"),), RF_2, Decimal("227.60"), Decimal("455.20"),
    frozenset({Decimal("227.60"), Decimal("455.20")}),
)  # fmt: skip
LINA = AccountFacts(1003, 3, "Mme Lina Ferreira", (PersonName("ferreira", "lina"),), "", Decimal("199.00"))
JOAO = AccountFacts(
    1004, 4, "M. João Ferreira", (PersonName("ferreira", "joao"),), "", Decimal("240.00"), Decimal("640.00"),
    is_current=False,
)  # fmt: skip
IBAN_1, IBAN_2, IBAN_3 = "FR7630001000010000000000101", "FR7630001000010000000000202", "FR7630001000010000000000303"
CAF = PayerFacts(9, "CAF de Loire-Atlantique", "caf de loire atlantique", awaited={Decimal("9140.20"): (51,)})


def index(**changes: object) -> Index:
    values: dict[str, object] = {
        "accounts": [MOREL, CISSE, LINA, JOAO],
        "demands": {
            "AVIS-2611-0307": DemandFacts(1001, Decimal("198.35")),
            "AVIS-2611-0298": DemandFacts(1002, Decimal("227.60")),
        },
        "ibans": {IBAN_1: frozenset({1001}), IBAN_2: frozenset({1002}), IBAN_3: frozenset({1001, 1002})},
        "payers": [CAF],
    }
    return Index(**(values | changes))  # type: ignore[arg-type]


def line(amount: str = "198.35", **changes: object) -> LineFacts:
    return LineFacts(Decimal(amount), DAY, **changes)  # type: ignore[arg-type]


def found(amount: str = "198.35", *, known: Index | None = None, **changes: object) -> MatchResult:
    return match(line(amount, **changes), known or index())


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
def test_a_reference_of_one_household_is_sure_wherever_it_stands(where: dict[str, str]) -> None:
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
        ({"label": "AVIS-2611-0298"}, "Une autre référence est celle de Mme Mariama Cissé"),
        ({"amount": "5000.00"}, "Montant bien plus élevé que ce qui est dû"),
    ],
)
def test_a_reference_that_something_contradicts_is_only_proposed(changes: dict[str, str], fact: str) -> None:
    result = found(**({"structured_reference": RF_1} | changes))  # type: ignore[arg-type]
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)
    assert fact in result.doubts


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
    assert result.reasons[0] == "Référence AVIS-2611-0307"


def test_the_number_of_an_avis_with_a_known_iban_is_sure() -> None:
    assert found(label="AVIS-2611-0307", iban=IBAN_1).verdict == Verdict.SURE


def test_the_number_of_an_avis_alone_is_proposed() -> None:
    """It has no check digit: two figures swapped are another household's."""
    result = found(label="AVIS-2611-0307", name="DUPONT")
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)
    assert "Ni le nom ni l’IBAN ne confirment la référence" in result.doubts


def test_the_number_of_an_avis_with_a_name_that_two_households_bear_is_proposed() -> None:
    known = index(accounts=[MOREL, CISSE, replace(LINA, people=MOREL.people)])
    result = found(label="AVIS-2611-0307", name="MOREL PAUL", known=known)
    assert (result.verdict, result.doubts) == (Verdict.PROPOSED, ("Un autre ménage porte ce nom",))


def test_an_unknown_avis_is_no_reference() -> None:
    assert found(label="AVIS-2611-9999", name="DUPONT").verdict == Verdict.TO_PLACE


# -- IBAN and amount ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["227.60", "455.20"])
def test_a_known_iban_at_an_amount_owed_is_sure(amount: str) -> None:
    result = found(amount, iban=IBAN_2, label="VIR LOYER")
    assert (result.verdict, result.rule, result.account_id) == (Verdict.SURE, Rule.IBAN, 1002)


def test_a_known_iban_at_another_amount_is_proposed() -> None:
    result = found("100.00", iban=IBAN_2)
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1002)
    assert "Montant différent de l’avis (227,60 €)" in result.doubts


def test_an_iban_that_paid_for_two_households_is_never_sure() -> None:
    assert found("198.35", iban=IBAN_3).verdict == Verdict.PROPOSED
    assert found("111.00", iban=IBAN_3).verdict == Verdict.TO_PLACE


def test_a_known_iban_used_by_somebody_else_is_proposed() -> None:
    result = found("198.35", iban=IBAN_1, name="UDAF 44", label="VIREMENT")
    assert (result.verdict, result.doubts) == (Verdict.PROPOSED, ("Payé au nom de UDAF 44",))


def test_a_known_iban_whose_label_names_somebody_else_is_proposed() -> None:
    result = found("198.35", iban=IBAN_1, name="MOREL PAUL", label="LOYER DE CISSE MARIAMA")
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)


# -- names ----------------------------------------------------------------------------------------------------------


def test_a_name_is_proposed_with_its_facts() -> None:
    result = found("198.35", name="M MOREL PAUL", iban=IBAN_3.replace("303", "909"))
    assert (result.verdict, result.rule, result.account_id) == (Verdict.PROPOSED, Rule.NAME, 1001)
    assert (result.reasons, result.doubts) == (("Montant égal à l’avis", "Nom à 100 %, IBAN nouveau"), ())


def test_two_households_of_one_name_are_told_apart_by_the_amount_only() -> None:
    assert found("199.00", label="VIR INST FERREIRA").account_id == 1003
    left = found("200.00", label="VIR INST FERREIRA")
    assert (left.verdict, left.reasons) == (Verdict.TO_PLACE, ("Deux ménages à ce nom, aucun à ce montant",))


def test_a_name_with_a_slip_is_still_proposed() -> None:
    assert found("227.60", name="CISE MARIAMA").account_id == 1002


def test_an_unknown_name_is_left() -> None:
    assert found("150.00", name="M DUPONT JEAN").reasons == ("Aucun ménage à ce nom",)


def test_no_label_is_left() -> None:
    assert found("180.00", label="VIREMENT 12").reasons == ("Sans libellé",)


# -- CAF, cheques, debits, returns ----------------------------------------------------------------------------------


def test_the_credit_of_a_bordereau_is_found_by_payer_and_total() -> None:
    result = found("9140.20", name="CAF LOIRE ATLANTIQUE")
    assert (result.verdict, result.payer_id, result.statement_id) == (Verdict.BENEFIT, 9, 51)


def test_the_credit_of_a_payer_without_its_bordereau_waits() -> None:
    result = found("312.40", label="VIR CAF DE LOIRE-ATLANTIQUE")
    assert (result.verdict, result.reasons) == (Verdict.TO_PLACE, ("CAF de Loire-Atlantique : bordereau non reçu",))


def test_two_bordereaux_of_one_total_are_left() -> None:
    payer = replace(CAF, awaited={Decimal("10.00"): (1, 2)})
    assert found("10.00", name="CAF LOIRE ATLANTIQUE", known=index(payers=[payer])).verdict == Verdict.TO_PLACE


def test_a_remittance_of_cheques_is_proposed_on_the_cheques_in_hand() -> None:
    known = index(cheques_account=32, cheques_in_hand=Decimal("700.00"))
    assert found("614.00", label="REMISE CHQ 0004512", known=known).account_id == 32
    assert found("714.00", label="REMISE CHQ 0004512", known=known).account_id is None


def test_fees_and_other_debits_are_no_rent() -> None:
    assert found("-12.50", label="FRAIS DE TENUE DE COMPTE").rule == Rule.FEES
    assert found("-800.00", label="VIR LOYER PRINCIPAL").rule == Rule.OUTGOING


def paid(line_id: int, *, account: int = 1001, day: date = date(2026, 11, 2), **changes: object) -> PaidFacts:
    return PaidFacts(line_id, account, Decimal("213.00"), day, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "key",
    [{"end_to_end": "E2E-77"}, {"mandate": "RN-00218"}, {"structured_reference": RF_1}, {"iban": IBAN_1}],
)
def test_a_return_finds_its_payment(key: dict[str, str]) -> None:
    known = index(paid=[paid(5, **key), paid(6, account=1002, iban=IBAN_2)])
    result = found("-213.00", is_return=True, known=known, **key)
    assert (result.verdict, result.paid_line_id, result.account_id) == (Verdict.RETURN, 5, 1001)


def test_a_return_takes_the_newest_of_equal_payments_of_one_account() -> None:
    known = index(paid=[paid(5, day=date(2026, 10, 2), mandate="RN"), paid(6, mandate="RN")])
    assert found("-213.00", is_return=True, known=known, mandate="RN").paid_line_id == 6


def test_a_return_that_may_be_of_two_accounts_is_left() -> None:
    known = index(paid=[paid(5, iban=IBAN_3), paid(6, account=1002, iban=IBAN_3)])
    assert found("-213.00", is_return=True, known=known, iban=IBAN_3).verdict == Verdict.TO_PLACE


@pytest.mark.parametrize("end_to_end", ["NOTPROVIDED", "LOYER"])
def test_a_common_end_to_end_proves_nothing(end_to_end: str) -> None:
    known = index(paid=[paid(5, end_to_end=end_to_end)])
    assert found("-213.00", is_return=True, known=known, end_to_end=end_to_end).verdict == Verdict.TO_PLACE


def test_a_return_never_undoes_a_later_or_a_very_old_payment() -> None:
    known = index(paid=[paid(5, day=date(2026, 11, 5), iban=IBAN_1), paid(6, day=date(2025, 1, 1), iban=IBAN_1)])
    assert found("-213.00", is_return=True, known=known, iban=IBAN_1).verdict == Verdict.TO_PLACE


# -- words ----------------------------------------------------------------------------------------------------------


def test_references_in_a_text() -> None:
    assert demand_references("x AVIS-2611-0307, avis 2610 0012 AVIS-2611-03070000") == {
        "AVIS-2611-0307", "AVIS-2610-0012",
    }  # fmt: skip
    assert creditor_references("pour RF18 5390 07 MERCI") >= {"RF18539007"}


@pytest.mark.parametrize(
    ("text", "at_least", "below"),
    [
        ("morel paul", 0.99, 1.01),
        ("vir m paul morel", 0.99, 1.01),
        ("morel p", 0.9, 0.95),
        ("morel", 0.7, 0.8),
        ("morel jeanne", 0.6, 0.85),
        ("dupont paul", 0.0, 0.01),
    ],
)
def test_scores_of_a_name(text: str, at_least: float, below: float) -> None:
    assert at_least <= score(PersonName("morel", "paul"), words(text)) < below


@given(
    st.text(max_size=60), st.text(max_size=40), st.sampled_from(["", IBAN_1, IBAN_2, IBAN_3]),
    st.decimals(min_value="-900", max_value="900", places=2, allow_nan=False),
)  # fmt: skip
def test_no_line_breaks_the_matching_and_sure_has_an_account(label: str, name: str, iban: str, amount: Decimal) -> None:
    result = match(LineFacts(amount, DAY, label, name, iban), index())
    assert (result.verdict != Verdict.SURE) or result.account_id in {1001, 1002}
