"""To whom a bank line belongs: what is sure, what is proposed and why, what is left to a person."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.reasons import Reason
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    MatchResult,
    PaidFacts,
    PayerFacts,
    Rule,
    Verdict,
)
from rent_ledger.matching.rules.match_index import Index
from rent_ledger.matching.rules.matching import is_surely, match
from rent_ledger.matching.rules.names import PersonName

DAY = date(2026, 11, 4)
RF_1, RF_2 = "RF09B000001", "RF79B000002"
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


def index(**changes: Any) -> Index:
    values: dict[str, Any] = {
        "accounts": [MOREL, CISSE, LINA, JOAO],
        "demands": {
            "AVIS-2611-0307": DemandFacts(1001, Decimal("198.35")),
            "AVIS-2611-0298": DemandFacts(1002, Decimal("227.60")),
        },
        "ibans": {IBAN_1: frozenset({1001}), IBAN_2: frozenset({1002}), IBAN_3: frozenset({1001, 1002})},
        "payers": [CAF],
    }
    return Index(**(values | changes))


def line(amount: str = "198.35", **changes: Any) -> LineFacts:
    return LineFacts(Decimal(amount), DAY, **changes)


def said(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The sentences with plain spaces."""
    return tuple(reason.text().replace("\u00a0", " ") for reason in reasons)


def found(amount: str = "198.35", *, known: Index | None = None, **changes: Any) -> MatchResult:
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


# -- IBAN and amount ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["227.60", "455.20"])
def test_a_known_iban_at_an_amount_owed_is_sure(amount: str) -> None:
    result = found(amount, iban=IBAN_2, label="VIR LOYER")
    assert (result.verdict, result.rule, result.account_id) == (Verdict.SURE, Rule.IBAN, 1002)


def test_a_known_iban_at_another_amount_is_proposed() -> None:
    result = found("100.00", iban=IBAN_2)
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1002)
    assert "Montant différent de l’avis (227,60 €)" in said(result.doubts)


def test_an_iban_that_paid_for_two_households_is_never_sure() -> None:
    assert found("198.35", iban=IBAN_3).verdict == Verdict.PROPOSED
    assert found("111.00", iban=IBAN_3).verdict == Verdict.TO_PLACE


def test_a_known_iban_used_by_somebody_else_is_proposed() -> None:
    result = found("198.35", iban=IBAN_1, name="UDAF 44", label="VIREMENT")
    assert (result.verdict, said(result.doubts)) == (Verdict.PROPOSED, ("Payé au nom de UDAF 44",))


def test_a_known_iban_whose_label_names_somebody_else_is_proposed() -> None:
    result = found("198.35", iban=IBAN_1, name="MOREL PAUL", label="LOYER DE CISSE MARIAMA")
    assert (result.verdict, result.account_id) == (Verdict.PROPOSED, 1001)


# -- names ----------------------------------------------------------------------------------------------------------


def test_a_name_is_proposed_with_its_facts() -> None:
    result = found("198.35", name="M MOREL PAUL", iban=IBAN_3.replace("303", "909"))
    assert (result.verdict, result.rule, result.account_id) == (Verdict.PROPOSED, Rule.NAME, 1001)
    assert (said(result.reasons), said(result.doubts)) == (("Montant égal à l’avis", "Nom à 100 %, IBAN nouveau"), ())


def test_two_households_of_one_name_are_told_apart_by_the_amount_only() -> None:
    assert found("199.00", label="VIR INST FERREIRA").account_id == 1003
    left = found("200.00", label="VIR INST FERREIRA")
    assert (left.verdict, said(left.reasons)) == (Verdict.TO_PLACE, ("Deux ménages à ce nom, aucun à ce montant",))


def test_a_name_with_a_slip_is_still_proposed() -> None:
    assert found("227.60", name="CISE MARIAMA").account_id == 1002


def test_an_unknown_name_is_left() -> None:
    assert said(found("150.00", name="M DUPONT JEAN").reasons) == ("Aucun ménage à ce nom",)


def test_no_label_is_left() -> None:
    assert said(found("180.00", label="VIREMENT 12").reasons) == ("Sans libellé",)


# -- CAF, cheques, debits, returns ----------------------------------------------------------------------------------


def test_the_credit_of_a_bordereau_is_found_by_payer_and_total() -> None:
    result = found("9140.20", name="CAF LOIRE ATLANTIQUE")
    assert (result.verdict, result.payer_id, result.statement_id) == (Verdict.BENEFIT, 9, 51)


def test_the_credit_of_a_payer_without_its_bordereau_waits() -> None:
    result = found("312.40", label="VIR CAF DE LOIRE-ATLANTIQUE")
    assert (result.verdict, said(result.reasons)) == (
        Verdict.TO_PLACE,
        ("CAF de Loire-Atlantique : bordereau non reçu",),
    )


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


def paid(line_id: int, *, account: int = 1001, day: date = date(2026, 11, 2), **changes: Any) -> PaidFacts:
    return PaidFacts(line_id, account, Decimal("213.00"), day, **changes)


@pytest.mark.parametrize(
    "key",
    [{"end_to_end": "E2E-77"}, {"mandate": "RN-00218"}, {"structured_reference": RF_1}, {"iban": IBAN_1}],
)
def test_a_return_finds_its_payment(key: dict[str, Any]) -> None:
    known = index(paid=[paid(5, **key), paid(6, account=1002, iban=IBAN_2)])
    result = found("-213.00", is_return=True, known=known, **key)
    assert (result.verdict, result.paid_line_id, result.account_id) == (Verdict.RETURN, 5, 1001)


def test_a_return_takes_the_newest_of_equal_payments_of_one_account() -> None:
    known = index(paid=[paid(5, day=date(2026, 10, 2), mandate="RN"), paid(6, mandate="RN")])
    assert found("-213.00", is_return=True, known=known, mandate="RN").paid_line_id == 6
    known = index(paid=[paid(5, mandate="RN"), paid(6, day=date(2026, 10, 2), mandate="RN")])
    assert found("-213.00", is_return=True, known=known, mandate="RN").paid_line_id == 5


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


# -- what each fact says, and where it stops ------------------------------------------------------------------------


def shown(result: MatchResult) -> tuple[str, int | None, tuple[str, ...], tuple[str, ...]]:
    """What a person sees of a match: the column, the account, what speaks for it and against it."""
    return result.verdict.value, result.account_id, said(result.reasons), said(result.doubts)


def account(
    id: int, name: str, *, household: int | None = None, reference: str = "", net_term: str | None = None,
    owed: str = "0.00", dues: Iterable[str] = (), is_current: bool = True,
) -> AccountFacts:  # fmt: skip
    """An account of one person, `name` being `last, first` as the sort keys write it."""
    last, _, first = name.partition(", ")
    return AccountFacts(
        id, household or id, f"{first} {last}".strip().title(), (PersonName(last, first),), reference,
        None if net_term is None else Decimal(net_term), Decimal(owed), frozenset(Decimal(due) for due in dues),
        is_current,
    )  # fmt: skip


REFERENCE = "Référence RF09B000001"


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


# -- IBAN -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "changes", "expected"),
    [
        (MOREL, {}, ("SURE", 1001, ("IBAN connu", "Montant égal à l’avis"), ())),
        (MOREL, {"amount": "20.00"}, ("PROPOSED", 1001, ("IBAN connu",), ("Montant différent de l’avis (198,35 €)",))),
        (replace(MOREL, net_term=None, dues=frozenset(), owed=Decimal(0)), {},
         ("PROPOSED", 1001, ("IBAN connu",), ())),
        (replace(MOREL, owed=Decimal(0), is_current=False), {"amount": "5000.00"},
         ("PROPOSED", 1001, ("IBAN connu",),
          ("Montant différent de l’avis (198,35 €)", "Montant bien plus élevé que ce qui est dû",
           "Ménage parti, qui ne doit plus rien"))),
        (replace(MOREL, owed=Decimal(0), is_current=False), {},
         ("PROPOSED", 1001, ("IBAN connu", "Montant égal à l’avis"), ("Ménage parti, qui ne doit plus rien",))),
        (MOREL, {"name": "UDAF 44", "amount": "20.00"},
         ("PROPOSED", 1001, ("IBAN connu",), ("Montant différent de l’avis (198,35 €)", "Payé au nom de UDAF 44"))),
        (MOREL, {"name": "UDAF 44", "amount": "5000.00"},
         ("PROPOSED", 1001, ("IBAN connu",),
          ("Montant différent de l’avis (198,35 €)", "Montant bien plus élevé que ce qui est dû"))),
        (MOREL, {"label": "MOREL PAUL POUR CISSE MARIAMA"},
         ("PROPOSED", 1001, ("IBAN connu", "Montant égal à l’avis"), ("Le libellé nomme Mme Mariama Cissé",))),
        (MOREL, {"label": "MOREL PAUL POUR CISSE MARIAMA", "amount": "5000.00"},
         ("PROPOSED", 1001, ("IBAN connu",),
          ("Montant différent de l’avis (198,35 €)", "Le libellé nomme Mme Mariama Cissé",
           "Montant bien plus élevé que ce qui est dû"))),
        (MOREL, {"label": "CISSE MARIAMA"},
         ("PROPOSED", 1001, ("IBAN connu", "Montant égal à l’avis"), ("Le nom est celui de Mme Mariama Cissé",))),
        # A last name alone may be of the payer's own family, or of whom he pays for.
        (MOREL, {"label": "MOREL PAUL CISSE"},
         ("PROPOSED", 1001, ("IBAN connu", "Montant égal à l’avis"), ("Le libellé nomme Mme Mariama Cissé",))),
    ],
    ids=["its amount", "another amount", "no avis yet", "all speaks against it", "gone", "another payer",
         "another payer, far too much", "for another household", "for another household, far too much",
         "in the name of another household", "a last name alone"],
)  # fmt: skip
def test_a_known_iban_with_what_else_the_line_says(
    facts: AccountFacts, changes: dict[str, Any], expected: tuple[object, ...]
) -> None:
    known = index(accounts=[facts, CISSE])
    assert shown(found(**({"iban": IBAN_1} | changes), known=known)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"amount": "455.20"}, ("PROPOSED", 1002, ("Montant égal à ce qui est dû",), ("IBAN connu pour 2 comptes",))),
        ({"amount": "111.00", "name": "MOREL PAUL"},
         ("PROPOSED", 1001, ("Nom à 100 %",), ("IBAN connu pour 2 comptes",))),
        ({"amount": "111.00", "name": "MOREL"},
         ("TO_PLACE", None, ("IBAN connu pour 2 comptes : M. Paul Morel et 1 autre",), ())),
        ({"amount": "5000.00", "name": "MOREL PAUL"},
         ("PROPOSED", 1001, ("Nom à 100 %",),
          ("IBAN connu pour 2 comptes", "Montant bien plus élevé que ce qui est dû"))),
    ],
    ids=["the amount of one", "the name of one", "a last name alone", "the name of one, far too much"],
)  # fmt: skip
def test_an_iban_of_two_accounts_is_proposed_by_the_amount_or_the_name(
    changes: dict[str, Any], expected: tuple[object, ...]
) -> None:
    assert shown(found(**({"iban": IBAN_3} | changes))) == expected


@pytest.mark.parametrize(
    ("name", "account_id"), [("CISSE MARIAMA", 1002), ("", None)], ids=["the name tells them apart", "nothing does"]
)
def test_an_iban_of_two_accounts_that_owe_the_same(name: str, account_id: int | None) -> None:
    known = index(accounts=[MOREL, replace(CISSE, net_term=MOREL.net_term)])
    assert found(iban=IBAN_3, name=name, known=known).account_id == account_id


def test_an_iban_of_a_closed_account_says_nothing() -> None:
    known = index(ibans={IBAN_1: frozenset({1099}), IBAN_3: frozenset({1001, 1099})})
    assert shown(found(iban=IBAN_1, name="DUPONT", known=known)) == ("TO_PLACE", None, ("Aucun ménage à ce nom",), ())
    assert found(iban=IBAN_3, known=known).verdict == Verdict.SURE


def test_a_line_without_iban_is_matched_by_its_name() -> None:
    known = Index(accounts=[MOREL])
    assert shown(found(name="MOREL PAUL", known=known)) == (
        "PROPOSED", 1001, ("Montant égal à l’avis", "Nom à 100 %, IBAN absent"), (),
    )  # fmt: skip
    assert found(name="MOREL PAUL", iban=IBAN_1, known=known).rule == Rule.NAME
    assert found(label="AVIS-2611-0307", known=known).verdict == Verdict.TO_PLACE


# -- names that are near --------------------------------------------------------------------------------------------

VANDEN = account(1, "vandenbroucke, marie", reference=RF_2, net_term="300.00")
SIMONET = account(2, "simonet, anne", reference=RF_1, net_term="300.00")
SIMONEZ = account(3, "simonez, pierre", net_term="310.00")


@pytest.mark.parametrize(
    ("text", "reasons", "doubts"),
    [
        # 22 letters of 26 in the last name, the first name as it is: 0.65 × 22/26 + 0.35.
        ("VANDENBRAUKKE MARIE", ("Montant égal à l’avis", "Nom à 90 %, IBAN absent"), ()),
        ("VANDENBROUCKE", ("Montant égal à l’avis",), ("Nom à 75 %, IBAN absent",)),
        ("VANDENBROUCKE LUCIE", ("Montant égal à l’avis",), ("Nom à 70 %, IBAN absent",)),
        # 12 letters of 14, another first name: 0.7 × 12/14.
        ("SIMONEZ PIERRE", ("Montant égal à l’avis",), ("Nom à 60 %, IBAN absent",)),
        # 8 letters of 10, the first name as it is: 0.65 × 8/10 + 0.35.
        ("MOREZ PAUL", (), ("Montant différent de l’avis (198,35 €)", "Nom à 87 %, IBAN absent")),
    ],
)
def test_how_sure_a_name_is(text: str, reasons: tuple[str, ...], doubts: tuple[str, ...]) -> None:
    known = index(accounts=[VANDEN, SIMONET, MOREL])
    result = found("300.00", name=text, known=known)
    assert (result.verdict, said(result.reasons), said(result.doubts)) == (Verdict.PROPOSED, reasons, doubts)


def test_a_name_near_enough_to_be_the_household_s_is_another_one_s_where_it_fits_better() -> None:
    known = index(accounts=[SIMONET, SIMONEZ], ibans={IBAN_1: frozenset({2})},
                  demands={"AVIS-2611-0001": DemandFacts(2, Decimal("300.00"))})  # fmt: skip
    name = "SIMONEZ PIERRE"
    assert said(found("300.00", structured_reference=RF_1, name=name, known=known).doubts) == (
        "Le libellé nomme Pierre Simonez",
    )
    assert said(found("300.00", iban=IBAN_1, name=name, known=known).doubts) == ("Le libellé nomme Pierre Simonez",)
    alone = index(accounts=[SIMONET], ibans=known.ibans, demands=known.demands)
    assert found("300.00", iban=IBAN_1, name=name, known=alone).verdict == Verdict.SURE
    assert said(found("300.00", label="AVIS-2611-0001", name=name, known=alone).doubts) == ("Nom à 60 %",)


def test_a_name_at_ninety_per_cent_contradicts_a_reference() -> None:
    known = index(accounts=[VANDEN, SIMONET])
    result = found("300.00", structured_reference=RF_1, name="VANDENBRAUKKE MARIE", known=known)
    assert said(result.doubts) == ("Le nom est celui de Marie Vandenbroucke",)


# A bank that glues words: (1 + 10/13 + 14/17) / 3 of the last name and 14/17 of the first are 0.85 to the last bit.
GLUED = "VAZ SILVADOS PEREIRAFIL ANTONIOMAR"
VAZ = account(4, "vaz silva pereira, antonio", net_term="300.00")


@pytest.mark.parametrize(
    ("accounts", "changes", "expected"),
    [
        (
            [VAZ],
            {"label": "AVIS-2611-0001 VAZ SILVA PEREIRA ANTONIO", "name": GLUED},
            ("SURE", 4, ("Référence AVIS-2611-0001", "Nom à 85 %"), ()),
        ),
        (
            [VAZ, replace(VAZ, id=5, household_id=5)],
            {"label": "AVIS-2611-0001", "name": GLUED},
            ("PROPOSED", 4, ("Référence AVIS-2611-0001",), ("Un autre ménage porte ce nom",)),
        ),
        (
            [VAZ, MOREL],
            {"iban": IBAN_2, "name": GLUED},
            ("PROPOSED", 4, ("Nom à 85 %",), ("IBAN connu pour 2 comptes",)),
        ),
        (
            [VAZ, MOREL],
            {"iban": IBAN_1, "label": f"MOREL PAUL POUR {GLUED}"},
            (
                "PROPOSED", 1001, ("IBAN connu",),
                ("Montant différent de l’avis (198,35 €)", "Le libellé nomme Antonio Vaz Silva Pereira"),
            ),
        ),
    ],
    ids=["with an avis", "with an avis and a namesake", "an IBAN of two accounts", "for another household"],
)  # fmt: skip
def test_a_name_at_85_per_cent_is_the_household_s(
    accounts: list[AccountFacts], changes: dict[str, Any], expected: tuple[object, ...]
) -> None:
    known = index(
        accounts=accounts, demands={"AVIS-2611-0001": DemandFacts(4, Decimal("300.00"))},
        ibans={IBAN_1: frozenset({1001}), IBAN_2: frozenset({4, 1001})},
    )  # fmt: skip
    assert shown(found("20.00", **changes, known=known)) == expected


def test_three_letters_are_no_name_with_a_slip() -> None:
    assert found(label="VIR ROU", known=index(accounts=[account(1, "roux")])).verdict == Verdict.TO_PLACE


def test_the_payer_s_name_comes_before_the_label() -> None:
    assert found("199.00", name="M MOREL PAUL", label="LOYER FERREIRA LINA").account_id == 1001
    result = found(name="UDAF 44", label="LOYER MOREL PAUL")
    assert (result.account_id, said(result.reasons)[-1]) == (1001, "Nom à 100 %, IBAN absent")


@pytest.mark.parametrize(
    ("label", "reason"),
    [("", "Sans libellé"), ("VIREMENT 12", "Sans libellé"), ("VIREMENT 12 DUPONT", "Aucun ménage à ce nom")],
)
def test_why_a_line_without_a_known_name_waits(label: str, reason: str) -> None:
    assert shown(found(label=label)) == ("TO_PLACE", None, (reason,), ())


@pytest.mark.parametrize(
    ("amount", "text", "expected"),
    [
        ("199.00", "FERREIRA",
         ("PROPOSED", 1003, ("Montant égal à l’avis",),
          ("Nom à 75 %, IBAN absent", "Deux ménages à ce nom, un seul à ce montant"))),
        ("50.00", "FERREIRA LINA",
         ("PROPOSED", 1003, ("Nom à 100 %, IBAN absent",), ("Montant différent de l’avis (199,00 €)",))),
        ("240.00", "FERREIRA LINA",
         ("PROPOSED", 1003, ("Nom à 100 %, IBAN absent",), ("Montant différent de l’avis (199,00 €)",))),
    ],
    ids=["the amount of one", "the first name of one", "the first name of one, the amount of the other"],
)  # fmt: skip
def test_two_households_of_one_name(amount: str, text: str, expected: tuple[object, ...]) -> None:
    assert shown(found(amount, label=text)) == expected


def test_two_households_of_one_name_at_one_amount_are_left() -> None:
    known = index(accounts=[LINA, replace(JOAO, net_term=LINA.net_term)])
    assert shown(found("199.00", label="FERREIRA", known=known)) == (
        "TO_PLACE", None, ("Deux ménages à ce nom, plusieurs à ce montant",), (),
    )  # fmt: skip


def test_a_name_that_fits_a_little_less_is_a_namesake_too() -> None:
    """A double name is the last name of one, or the last and first names of another: 0.75 and 0.70."""
    known = index(accounts=[account(1, "morel benoit, anne"), account(2, "morel, paul")])
    assert said(found("10.00", name="MOREL BENOIT", known=known).reasons) == (
        "Deux ménages à ce nom, aucun à ce montant",
    )


def test_all_that_speaks_against_a_name_comes_after_the_amount() -> None:
    gone = replace(MOREL, owed=Decimal(0), is_current=False)
    assert shown(found("5000.00", name="MOREL", known=index(accounts=[gone]))) == (
        "PROPOSED", 1001, (),
        ("Montant différent de l’avis (198,35 €)", "Montant bien plus élevé que ce qui est dû",
         "Ménage parti, qui ne doit plus rien", "Nom à 75 %, IBAN absent"),
    )  # fmt: skip


def test_a_name_before_the_first_avis() -> None:
    known = index(accounts=[account(1, "diallo, awa")])
    assert shown(found(name="DIALLO AWA", known=known)) == ("PROPOSED", 1, ("Nom à 100 %, IBAN absent",), ())


@pytest.mark.parametrize(
    ("accounts", "chosen"),
    [
        ([("1.00", "900.00", False), ("2.00", "0.00", True)], 2),
        ([("10.00", "900.00", False), ("2.00", "0.00", True)], 1),
        ([("10.00", "0.00", True), ("10.00", "0.00", True)], 1),
        ([("1.00", "5.00", True), ("2.00", "7.00", True)], 2),
        ([("1.00", "7.00", True), ("2.00", "5.00", True)], 1),
        ([("1.00", "5.00", False), ("2.00", "7.00", False)], 2),
        ([("1.00", "7.00", False), ("2.00", "5.00", True), ("3.00", "6.00", True)], 3),
    ],
    ids=["the one where it lives", "the one at this amount", "the first of equals", "the one that owes more",
         "the one that owes more, first", "gone from both", "the one where it lives that owes more"],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
def test_which_account_of_one_household(accounts: list[tuple[str, str, bool]], chosen: int, *, turned: bool) -> None:
    known = [
        account(n, "diallo, awa", household=7, net_term=term, owed=owed, is_current=current)
        for n, (term, owed, current) in enumerate(accounts, 1)
    ]
    assert (
        found("10.00", name="DIALLO AWA", known=index(accounts=known[::-1] if turned else known)).account_id == chosen
    )


def test_of_two_equal_accounts_of_one_household_the_older_number() -> None:
    # 8 and 1: what is kept by number does not come out in the order of the numbers.
    known = [account(n, "diallo, awa", household=7) for n in (8, 1)]
    assert found("10.00", name="DIALLO AWA", known=index(accounts=known)).account_id == 1


# -- what a line says against a proof ---------------------------------------------------------------------------------

OTHERS = {
    "cisse, mariama": ["LOYER DE CISSE", "VIR CISSE M", "LOYER CISSE MARIAMA", "CISSE"],
    "cisse, didier": ["LOYER CISSE D"],
    "cisse, louise": ["LOYER CISSE L"],
    "le gac, yann": ["LOYER LE GAC YANN", "LOYER LE GAC", "LEGAC", "LOYER GAC Y"],
    "d almeida, jose": ["LOYER D ALMEIDA JOSE", "DALMEIDA", "POUR ALMEIDA"],
    "le, kim": ["LOYER LE KIM", "LOYER LE K", "LOYER LE"],
    "avril, jean": ["LOYER AVRIL JEAN", "LOYER AVRIL"],
    "martin dupont, jeanne": ["LOYER MARTIN", "LOYER DUPONT J", "MARTIN DUPONT"],
    "n diaye, fatou": ["LOYER NDIAYE FATOU", "N DIAYE", "DIAYE F"],
    "morel, jacques": ["MOREL JACQUES", "LOYER JACQUES MOREL"],
}
NAMED = [(name, label) for name, labels in OTHERS.items() for label in labels]


@pytest.mark.parametrize(("name", "label"), NAMED, ids=[label for _, label in NAMED])
@pytest.mark.parametrize(
    "proof",
    [
        {"iban": IBAN_1, "name": "MOREL PAUL"},
        {"iban": IBAN_1},
        {"structured_reference": RF_1, "name": "MOREL PAUL"},
        {"structured_reference": RF_1},
        {"label": "AVIS-2611-0307", "name": "MOREL PAUL"},
    ],
    ids=["iban and name", "iban alone", "reference and name", "reference alone", "avis and name"],
)
def test_a_label_that_names_another_household_is_never_sure(proof: dict[str, Any], name: str, label: str) -> None:
    known = index(accounts=[MOREL, account(1002, name, net_term="198.35")])
    if name.startswith("morel") and "name" in proof:
        return  # Both first names are there: the payer's own name is no worse than the other.
    result = found(**(proof | {"label": f"{proof.get('label', 'VIR')} {label}"}), known=known)
    assert (result.verdict, result.account_id, bool(result.doubts)) == (Verdict.PROPOSED, 1001, True)


@pytest.mark.parametrize(("name", "payer"), [(n, p.removeprefix("LOYER ")) for n, p in NAMED], ids=str)
def test_a_payer_of_another_household_is_never_sure(name: str, payer: str) -> None:
    known = index(accounts=[MOREL, account(1002, name, net_term="198.35")])
    assert found(structured_reference=RF_1, name=payer, known=known).verdict == Verdict.PROPOSED
    assert found(iban=IBAN_1, name=payer, known=known).verdict == Verdict.PROPOSED


@pytest.mark.parametrize(("name", "label"), NAMED, ids=[label for _, label in NAMED])
def test_who_pays_for_oneself_is_sure_however_one_s_name_is_written(name: str, label: str) -> None:
    payer = replace(account(1002, name, net_term="198.35"), payment_reference=RF_1)
    known = index(accounts=[payer, account(1003, "ferreira, lina")], ibans={IBAN_1: frozenset({1002})})
    for proof in ({"iban": IBAN_1}, {"structured_reference": RF_1}):
        assert found(**proof, label=label, known=known).verdict == Verdict.SURE  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "accounts"),
    [
        ({"label": "MOREL PAUL CISSE"}, [replace(MOREL, people=(*MOREL.people, PersonName("cisse", "awa"))), CISSE]),
        ({"label": "CISSE"}, [MOREL, replace(CISSE, household_id=1)]),
        ({"name": "MOREL JEAN PAUL"}, [MOREL, account(5, "jean, marc"), account(6, "sarr, jean")]),
        ({"label": "LOYER NOVEMBRE"}, [MOREL, account(5, "avril, jean")]),
    ],
    ids=["a spouse", "another lease of the household", "a further first name", "a month"],
)
def test_what_names_nobody_else(changes: dict[str, Any], accounts: list[AccountFacts]) -> None:
    result = found(**({"iban": IBAN_1} | changes), known=index(accounts=accounts))
    assert (result.verdict, result.account_id) == (Verdict.SURE, 1001)


def test_a_word_that_is_no_first_name_is_somebody_in_the_payer_s_name_too() -> None:
    known = index(accounts=[MOREL, account(5, "jean, marc")])
    assert found(iban=IBAN_1, name="MOREL JEAN PAUL", known=known).verdict == Verdict.PROPOSED


def test_a_name_with_a_slip_beside_another_amount_is_read() -> None:
    result = found("77.00", structured_reference=RF_1, name="MOREL PAUL", label="CISE MARIAMA")
    assert said(result.doubts) == ("Le libellé nomme Mme Mariama Cissé",)


@pytest.mark.parametrize("amount", ["425.95", "653.55"], ids=["both terms", "a term and all that is owed"])
@pytest.mark.parametrize(
    "proof",
    [
        {"structured_reference": RF_1, "name": "MOREL PAUL"},
        {"structured_reference": RF_1, "name": "ASSOCIATION SOLIDARITE"},
        {"label": "AVIS-2611-0307", "name": "MOREL PAUL"},
        {"iban": IBAN_1},
    ],
)
def test_a_line_that_names_two_households_and_pays_both_is_to_share(proof: dict[str, str], amount: str) -> None:
    result = found(amount, **(proof | {"label": f"{proof.get('label', '')} ET LOYER DE CISSE MARIAMA"}))
    assert shown(result) == (
        "TO_PLACE", None, ("Montant égal à la somme de ce que doivent M. Paul Morel et 1 autre : à partager",), (),
    )  # fmt: skip


def test_a_sum_without_the_other_name_is_another_amount() -> None:
    assert found("425.95", structured_reference=RF_1, name="MOREL PAUL").verdict == Verdict.SURE


OLD = account(
    1005, "petit, anne", household=5, reference=RF_1, net_term="180.00", owed="12.00", dues=["12.00"], is_current=False
)
NEW = account(1006, "petit, anne", household=5, reference=RF_2, net_term="250.00", owed="250.00", dues=["250.00"])


@pytest.mark.parametrize(
    ("amount", "accounts", "expected"),
    [
        ("250.00", [OLD, NEW],
         ("PROPOSED", 1006, ("Montant égal à l’avis",), (f"Référence {RF_1} d’un bail terminé du même ménage",))),
        ("12.00", [OLD, NEW], ("SURE", 1005, (REFERENCE, "Montant égal à ce qui est dû"), ())),
        ("5.00", [OLD, NEW], ("SURE", 1005, (REFERENCE,), ())),
        ("249.00", [OLD, NEW],
         ("PROPOSED", 1005, (REFERENCE,), ("Ménage parti, qui ne doit plus que 12,00 €",))),
        ("250.00", [replace(OLD, is_current=True), NEW],
         ("PROPOSED", 1005, (REFERENCE,), ("Montant égal à l’avis d’un autre bail du ménage",))),
        ("250.00", [OLD, replace(NEW, household_id=6)],
         ("PROPOSED", 1005, (REFERENCE,), ("Ménage parti, qui ne doit plus que 12,00 €",))),
    ],
    ids=["the term of the other", "what the old one owes", "less", "neither", "both go on", "another household"],
)  # fmt: skip
def test_the_reference_of_one_lease_with_the_amount_of_another(
    amount: str, accounts: list[AccountFacts], expected: tuple[object, ...]
) -> None:
    known = index(accounts=accounts, demands={})
    assert shown(found(amount, structured_reference=RF_1, name="PETIT ANNE", known=known)) == expected


FATHER = account(7, "morvan, pierre", reference=RF_1, net_term="480.00")
SON = account(8, "morvan, hugo", reference=RF_2, net_term="480.00")


@pytest.mark.parametrize(
    ("name", "doubts"),
    [
        ("M MORVAN", ("Un autre ménage porte ce nom",)),
        ("MORVAN PIERRE", ("Le libellé nomme Pierre Morvan",)),
        ("MORVAN P", ("Le libellé nomme Pierre Morvan",)),
        ("MORVAN HUGO", None),
        ("MORVAN H", None),
        ("", None),
    ],
)
def test_an_iban_of_the_son_with_a_name_of_the_family(name: str, doubts: tuple[str, ...] | None) -> None:
    known = index(accounts=[FATHER, SON], ibans={IBAN_1: frozenset({8})}, demands={})
    result = found("480.00", iban=IBAN_1, name=name, known=known)
    assert (result.verdict, said(result.doubts)) == (
        (Verdict.SURE, ()) if doubts is None else (Verdict.PROPOSED, doubts)
    )


@pytest.mark.parametrize(
    ("name", "surely"),
    [
        ("MORVAN HUGO", True),
        ("MORVAN H", True),
        ("M MORVAN", False),
        ("MORVAN PIERRE", False),
        ("SARR AWA", False),
        ("DUPONT MARC", False),
        ("", False),
    ],
)
def test_whose_name_is_surely_the_household_s(name: str, *, surely: bool) -> None:
    known = index(accounts=[FATHER, SON, account(9, "sarr, awa")])
    assert is_surely(SON, name, known, DAY) is surely


@pytest.mark.parametrize("first", ["hugo", "jean hugo", "henri"])
def test_a_name_that_two_households_bear_is_surely_nobody_s(first: str) -> None:
    known = index(accounts=[SON, replace(FATHER, people=(PersonName("morvan", first),))])
    assert is_surely(SON, "MORVAN H" if first == "henri" else "MORVAN HUGO", known, DAY) is False
    assert is_surely(SON, "MORVAN HUGO", index(accounts=[SON, replace(SON, id=11)]), DAY) is True


# -- names that many bear -------------------------------------------------------------------------------------------

NAMESAKES = "400 ménages à ce nom, aucun à ce montant"


@pytest.mark.parametrize(
    ("bearers", "text", "reason"),
    [
        (400, "MARTIN", NAMESAKES),
        (401, "MARTIN", "Aucun ménage à ce nom"),
        (400, "MARTIM JEANNE", NAMESAKES),
        (401, "MARTIM JEANNE", "Aucun ménage à ce nom"),
    ],
)
def test_a_name_that_more_than_400_accounts_bear_says_nothing(bearers: int, text: str, reason: str) -> None:
    known = index(accounts=[account(n, "martin, jeanne") for n in range(1, bearers + 1)])
    assert said(found("10.00", name=text, known=known).reasons) == (reason,)


def test_of_a_name_that_many_bear_the_first_name_tells_who() -> None:
    crowd = [account(n, "martin, jeanne") for n in range(2, 500)]
    known = index(accounts=[account(1, "martin, paul"), *crowd])
    assert found("10.00", name="MARTIN PAUL", known=known).account_id == 1


def test_a_slip_is_found_beside_many_names_that_begin_the_same() -> None:
    crowd = [account(n, "cispadane, jeanne") for n in range(2, 500)]
    known = index(accounts=[account(1, "cisse, mariama"), *crowd])
    assert found("10.00", name="CISE MARIAMA", known=known).account_id == 1


def test_a_household_of_two_is_found_by_the_name_that_fits_better() -> None:
    couple = replace(MOREL, people=(PersonName("morel", "paul"), PersonName("morel", "sylvie")))
    assert said(found(name="MOREL PAUL", known=index(accounts=[couple])).reasons)[-1] == "Nom à 100 %, IBAN absent"
    assert said(found(name="MOREL SYLVIE", known=index(accounts=[couple])).reasons)[-1] == "Nom à 100 %, IBAN absent"


# -- CAF, cheques, debits, returns, to the last word -----------------------------------------------------------------


@pytest.mark.parametrize("link", ["de", "du", "la", "le", "des", "d", "l"])
def test_small_words_of_a_payer_s_name_may_lack(link: str) -> None:
    payer = replace(CAF, name=f"caf {link} sarthe")
    assert found("9140.20", label="CAF SARTHE", known=index(payers=[payer])).payer_id == 9


@pytest.mark.parametrize(
    ("payer", "changes", "payer_id"),
    [
        (replace(CAF, iban=IBAN_3), {"iban": IBAN_3}, 9),
        (replace(CAF, iban=IBAN_3), {"iban": IBAN_2, "label": "INCONNU"}, None),
        (CAF, {"label": "INCONNU"}, None),
        (CAF, {"label": "CAF LOIRE"}, None),
        (CAF, {"label": "CAF LOIRE ATLANTIQUE"}, 9),
        (CAF, {"label": "VIR CAF LOIRE ATLANTIQUE"}, 9),
        (replace(CAF, name=""), {"label": "INCONNU"}, None),
        (replace(CAF, name="de la"), {"label": "INCONNU"}, None),
    ],
    ids=["its iban", "another iban", "nothing of it", "a part of its name", "its name", "more than its name",
         "a payer without a name", "a payer of small words"],
)  # fmt: skip
def test_how_a_payer_of_benefits_is_known(payer: PayerFacts, changes: dict[str, Any], payer_id: int | None) -> None:
    assert found("9140.20", known=index(payers=[payer], ibans={}), **changes).payer_id == payer_id


AUDE = PayerFacts(9, "CAF de l’Aude", "caf de l aude", awaited={Decimal("312.40"): (51,)})
MSA = PayerFacts(8, "MSA Grand Sud", "msa grand sud", awaited={Decimal("312.40"): (52,)})


@pytest.mark.parametrize(
    ("name", "payer_id"),
    [
        ("CAF AUDE", 9),
        ("CAISSE D ALLOCATIONS FAMILIALES DE L AUDE", 9),
        ("CAISSE ALLOC FAMILIALES AUDE", 9),
        ("C.A.F. AUDE", None),
        ("CAISSE ALLOCATIONS FAMILIALES HERAULT", None),
        ("CAISSE D EPARGNE AUDE", None),
        ("ALLOCATIONS AUDE", None),
        ("MUTUALITE SOCIALE AGRICOLE GRAND SUD", 8),
        ("MSA GRAND SUD", 8),
        ("MUTUELLE GRAND SUD", None),
    ],
)
@pytest.mark.parametrize("in_full", [False, True], ids=["known in short", "known in full"])
def test_a_payer_of_benefits_is_known_by_its_full_and_its_short_name(
    name: str, payer_id: int | None, *, in_full: bool
) -> None:
    payers = [AUDE, MSA]
    if in_full:
        payers = [
            replace(AUDE, name="caisse d allocations familiales de l aude"),
            replace(MSA, name="mutualite agricole grand sud"),
        ]
    result = found("312.40", name=name, known=index(payers=payers))
    assert result.payer_id == payer_id
    assert (result.verdict == Verdict.BENEFIT) is (payer_id is not None)


def test_a_second_payer_is_known_by_its_iban() -> None:
    msa = PayerFacts(8, "MSA", "msa", IBAN_3)
    assert found("1.00", known=index(payers=[replace(CAF, iban=IBAN_2), msa]), iban=IBAN_3).payer_id == 8


@pytest.mark.parametrize(
    ("awaited", "taken", "verdict", "statement", "said_of_it"),
    [
        ((1,), set(), Verdict.BENEFIT, 1, "CAF de Loire-Atlantique, montant égal au total du bordereau"),
        ((1, 2), set(), Verdict.TO_PLACE, None, "CAF de Loire-Atlantique : plusieurs bordereaux de ce montant"),
        ((1, 2), {1}, Verdict.BENEFIT, 2, "CAF de Loire-Atlantique, montant égal au total du bordereau"),
        ((1,), {1}, Verdict.TO_PLACE, None, "CAF de Loire-Atlantique : bordereau non reçu"),
    ],
    ids=["one", "two", "one of two is taken", "the one is taken"],
)  # fmt: skip
def test_the_bordereau_of_a_credit(
    awaited: tuple[int, ...], taken: set[int], verdict: Verdict, statement: int | None, said_of_it: str
) -> None:
    known = index(payers=[replace(CAF, awaited={Decimal("10.00"): awaited})])
    known.taken_statements |= taken
    result = found("10.00", label="CAF LOIRE ATLANTIQUE", known=known)
    assert (result.verdict, result.statement_id, said(result.reasons)) == (verdict, statement, (said_of_it,))


@pytest.mark.parametrize(
    ("amount", "changes", "account_id"),
    [
        ("700.00", {"label": "REMISE CHQ 0004512"}, 32),
        ("700.01", {"label": "REMISE CHQ 0004512"}, None),
        ("0.50", {"label": "REMISE CHQ 0004512"}, 32),
        ("700.00", {"label": "RECU", "operation_code": "02"}, 32),
        ("700.00", {"label": "RECU", "operation_code": "05"}, None),
    ],
    ids=["all in hand", "a cent more", "a part", "by its code", "another code"],
)
def test_a_remittance_of_cheques(amount: str, changes: dict[str, Any], account_id: int | None) -> None:
    known = index(cheques_account=32, cheques_in_hand=Decimal("700.00"))
    result = found(amount, known=known, **changes)
    assert result.account_id == account_id
    if account_id:
        assert shown(result)[::2] == (
            "PROPOSED", ("Remise de chèques reçus au guichet", "700,00 € de chèques en attente de remise"),
        )  # fmt: skip


def test_cheques_without_an_account_or_without_any_in_hand_are_left() -> None:
    label = "REMISE CHQ 0004512"
    assert found("10.00", label=label, known=index(cheques_in_hand=Decimal(700))).verdict == Verdict.TO_PLACE
    assert found("1.00", label=label, known=index(cheques_account=32)).verdict == Verdict.TO_PLACE


def test_a_transfer_of_ours_that_comes_back_is_left() -> None:
    assert shown(found(is_return=True, structured_reference=RF_1)) == (
        "TO_PLACE", None, ("Retour d’un virement que nous avions émis",), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "changes", "rule", "said_of_it"),
    [
        *[("-12.50", {"operation_code": code}, Rule.FEES, "Frais de banque") for code in "61 62 64 65 66 67".split()],
        ("-12.50", {"operation_code": "63"}, Rule.OUTGOING, "Sortie d’argent, hors loyers"),
        ("-12.50", {"label": "COMMISSION"}, Rule.FEES, "Frais de banque"),
        ("-0.50", {}, Rule.OUTGOING, "Sortie d’argent, hors loyers"),
        ("0.00", {}, Rule.OUTGOING, "Sortie d’argent, hors loyers"),
    ],
)  # fmt: skip
def test_what_a_debit_is(amount: str, changes: dict[str, Any], rule: Rule, said_of_it: str) -> None:
    result = found(amount, **changes)
    assert (result.verdict, result.rule, said(result.reasons)) == (Verdict.OTHER, rule, (said_of_it,))


@pytest.mark.parametrize(
    "end_to_end", ["NOTPROVIDED", "NOT PROVIDED", "NONREF", "NON REF", "NOREF", "LOYER", "virement"]
)
def test_what_banks_write_for_no_reference_proves_nothing(end_to_end: str) -> None:
    known = index(paid=[paid(5, end_to_end=end_to_end)])
    result = found("-213.00", is_return=True, known=known, end_to_end=end_to_end)
    assert shown(result) == ("TO_PLACE", None, ("Rejet d’un paiement que nous n’avons pas vu",), ())


@pytest.mark.parametrize("key", ["end_to_end", "mandate", "structured_reference", "iban"])
def test_the_surer_key_of_a_return_comes_first(key: str) -> None:
    keys = ["end_to_end", "mandate", "structured_reference", "iban"]
    weaker = keys[keys.index(key) + 1 :]
    known_by: dict[str, Any] = {key: "A-1"}
    then: list[dict[str, Any]] = [{other: "A-1"} for other in weaker]
    known = index(paid=[paid(5, **known_by), *(paid(6, account=1002, **other) for other in then)])
    written: dict[str, Any] = dict.fromkeys((key, *weaker), "A-1")
    result = found("-213.00", is_return=True, known=known, **written)
    assert (result.paid_line_id, result.account_id) == (5, 1001)


def test_a_key_that_finds_nothing_leaves_the_next() -> None:
    known = index(paid=[paid(5, iban=IBAN_1)])
    assert found("-213.00", is_return=True, known=known, mandate="RN", iban=IBAN_1).paid_line_id == 5


@pytest.mark.parametrize(
    ("day", "is_found"),
    [
        (DAY, True),
        (date(2026, 11, 3), True),
        (date(2026, 11, 5), False),
        (date(2025, 9, 30), True),
        (date(2025, 9, 29), False),
    ],
    ids=["the same day", "the day before", "the day after", "400 days", "401 days"],
)
def test_how_old_a_payment_is_that_comes_back(day: date, is_found: bool) -> None:
    result = found("-213.00", is_return=True, known=index(paid=[paid(5, day=day, iban=IBAN_1)]), iban=IBAN_1)
    assert (result.paid_line_id == 5) is is_found


NEWEST = "Le plus récent de plusieurs paiements identiques"


@pytest.mark.parametrize(
    ("lines", "taken", "chosen", "reasons"),
    [
        ([5], set(), 5, ("Rejet du paiement du 2 nov. 2026",)),
        ([5, 6], set(), 6, ("Rejet du paiement du 2 nov. 2026", NEWEST)),
        ([6, 5], set(), 6, ("Rejet du paiement du 2 nov. 2026", NEWEST)),
        ([5, 6], {6}, 5, ("Rejet du paiement du 2 nov. 2026",)),
        ([5], {5}, None, ("Rejet d’un paiement que nous n’avons pas vu",)),
    ],
    ids=["one", "two of one day", "two of one day, turned", "one was returned", "it was returned"],
)  # fmt: skip
def test_which_payment_comes_back(
    lines: list[int], taken: set[int], chosen: int | None, reasons: tuple[str, ...]
) -> None:
    known = index(paid=[paid(n, iban=IBAN_1) for n in lines])
    known.taken_lines |= taken
    result = found("-213.00", is_return=True, known=known, iban=IBAN_1)
    assert (result.paid_line_id, said(result.reasons)) == (chosen, reasons)


def test_payments_of_two_accounts_that_may_come_back_are_counted() -> None:
    known = index(paid=[paid(5, iban=IBAN_3), paid(6, account=1002, iban=IBAN_3), paid(7, iban=IBAN_3)])
    result = found("-213.00", is_return=True, known=known, iban=IBAN_3)
    assert (result.rule, said(result.reasons)) == (Rule.RETURN, ("Rejet : 3 paiements de ce montant, lequel ?",))


@pytest.mark.parametrize(
    ("label", "verdict", "line_id"),
    [
        ("REJET VIR 213,00", Verdict.RETURN, 5),
        ("REJET PRLV INCONNU", Verdict.TO_PLACE, None),
        ("VIR TROP PERCU", Verdict.TO_PLACE, None),
    ],
    ids=["a payment that is known", "one that is not", "a refund of ours to the same IBAN"],
)
def test_a_debit_that_only_its_label_calls_a_return(label: str, verdict: Verdict, line_id: int | None) -> None:
    iban = IBAN_2 if "INCONNU" in label else IBAN_1
    result = found("-213.00", label=label, iban=iban, known=index(paid=[paid(5, iban=IBAN_1)]))
    assert (result.verdict, result.paid_line_id) == (verdict, line_id)


UNSEEN = "Rejet d’un paiement que nous n’avons pas vu"
TO_WHOM = "Remboursement : à quel ménage ?"


@pytest.mark.parametrize(
    ("label", "changes", "expected"),
    [
        ("REJET VIR COSTA AMANDINE", {}, ("TO_PLACE", UNSEEN)),
        ("VIR REJETE", {}, ("TO_PLACE", UNSEEN)),
        ("CHEQUE IMPAYE COSTA", {}, ("TO_PLACE", UNSEEN)),
        ("Chèque impayé", {}, ("TO_PLACE", UNSEEN)),
        ("RETOUR CHEQUE 0004512", {}, ("TO_PLACE", UNSEEN)),
        ("REMBOURSEMENT TROP PERCU COSTA", {}, ("TO_PLACE", TO_WHOM)),
        ("REMBT LOYER", {}, ("TO_PLACE", TO_WHOM)),
        ("REMBOURSEMENT FRAIS COSTA", {}, ("TO_PLACE", TO_WHOM)),
        ("VIR MOREL PAUL", {}, ("TO_PLACE", "Sortie d’argent qui nomme M. Paul Morel")),
        ("VIR EMIS", {"name": "M MOREL"}, ("TO_PLACE", "Sortie d’argent qui nomme M. Paul Morel")),
        ("VIR FERREIRA", {}, ("TO_PLACE", "Sortie d’argent qui nomme M. João Ferreira et 1 autre")),
        ("VIR CISE MARIAMA", {}, ("TO_PLACE", "Sortie d’argent qui nomme Mme Mariama Cissé")),
        ("FRAIS REJET PRLV MOREL", {}, ("OTHER", "Frais de banque")),
        ("FRAIS IMPAYE", {"is_return": True}, ("TO_PLACE", UNSEEN)),
        ("REMBOURSEMENT", {"operation_code": "61"}, ("OTHER", "Frais de banque")),
        ("PRLV EDF", {}, ("OTHER", "Sortie d’argent, hors loyers")),
    ],
)
def test_a_debit_that_may_be_a_household_s_waits(
    label: str, changes: dict[str, Any], expected: tuple[str, ...]
) -> None:
    result = found("-213.00", label=label, **changes)
    assert (result.verdict, *said(result.reasons)) == expected


@pytest.mark.parametrize(
    ("label", "payments", "expected"),
    [
        ("REJET VIR MOREL PAUL", [paid(5)],
         ("PROPOSED", 1001, ("Rejet du paiement du 2 nov. 2026",),
          ("Rejet sans référence : reconnu au nom et au montant",))),
        ("REJET VIR MOREL", [paid(5), paid(6, day=date(2026, 10, 6))],
         ("PROPOSED", 1001, ("Rejet du paiement du 2 nov. 2026",),
          ("Rejet sans référence : reconnu au nom et au montant",))),
        ("REJET VIR MOREL", [paid(5, account=1002)], ("TO_PLACE", None, (UNSEEN,), ())),
        ("REJET VIR", [paid(5)], ("TO_PLACE", None, (UNSEEN,), ())),
        ("REJET VIR MOREL", [paid(5, day=date(2026, 10, 4))],
         ("PROPOSED", 1001, ("Rejet du paiement du 4 oct. 2026",),
          ("Rejet sans référence : reconnu au nom et au montant",))),
        ("REJET VIR MOREL", [paid(5, day=date(2026, 10, 3))], ("TO_PLACE", None, (UNSEEN,), ())),
        ("REJET VIR MOREL", [paid(5, day=date(2026, 11, 5))], ("TO_PLACE", None, (UNSEEN,), ())),
        ("REJET VIR FERREIRA", [paid(5, account=1003), paid(6, account=1004)],
         ("TO_PLACE", None, ("Rejet : 2 paiements de ce montant, lequel ?",), ())),
        ("REJET VIR FERREIRA", [paid(6, account=1004)],
         ("PROPOSED", 1004, ("Rejet du paiement du 2 nov. 2026",),
          ("Rejet sans référence : reconnu au nom et au montant",))),
    ],
    ids=["name and amount", "the newest of two", "another household's", "no name", "31 days", "32 days", "a later one",
         "two of one name", "the one who paid"],
)  # fmt: skip
def test_a_return_without_a_key_is_proposed_by_name_and_amount(
    label: str, payments: list[PaidFacts], expected: tuple[object, ...]
) -> None:
    assert shown(found("-213.00", label=label, known=index(paid=payments))) == expected


def test_a_payment_returned_by_another_line_is_not_proposed_again() -> None:
    known = index(paid=[paid(5)])
    known.taken_lines.add(5)
    assert found("-213.00", label="REJET VIR MOREL", known=known).verdict == Verdict.TO_PLACE


# -- any line ------------------------------------------------------------------------------------------------------


@given(
    st.text(max_size=60), st.text(max_size=40), st.sampled_from(["", IBAN_1, IBAN_2, IBAN_3]),
    st.decimals(min_value="-900", max_value="900", places=2, allow_nan=False),
)  # fmt: skip
def test_no_line_breaks_the_matching_and_sure_has_an_account(label: str, name: str, iban: str, amount: Decimal) -> None:
    result = match(LineFacts(amount, DAY, label, name, iban), index())
    assert (result.verdict != Verdict.SURE) or result.account_id in {1001, 1002}
