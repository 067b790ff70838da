"""Credits of payers of benefits, remittances of cheques, debits and returns."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rent_ledger.matching.rules.match_facts import (
    PaidFacts,
    PayerFacts,
    Rule,
    Verdict,
)
from tests.rent_ledger.matching.rules.aids import (
    CAF,
    DAY,
    IBAN_1,
    IBAN_2,
    IBAN_3,
    RF_1,
    found,
    index,
    paid,
    said,
    shown,
)

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
        # A payment that waits, as one of the same file does.
        ("REJET VIR MOREL PAUL", [paid(5, account=None, name="MOREL PAUL")],
         ("PROPOSED", 1001, ("Rejet du paiement du 2 nov. 2026",),
          ("Rejet sans référence : reconnu au nom et au montant",))),
        ("REJET VIR MOREL PAUL", [paid(5, account=None, name="FERREIRA JOAO")], ("TO_PLACE", None, (UNSEEN,), ())),
        ("REJET VIR MOREL PAUL", [paid(5, account=None)], ("TO_PLACE", None, (UNSEEN,), ())),
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
    ids=["name and amount", "the newest of two", "another household's", "one that waits", "one that waits, of another",
         "one that waits, without a name", "no name", "31 days", "32 days", "a later one", "two of one name",
         "the one who paid"],
)  # fmt: skip
def test_a_return_without_a_key_is_proposed_by_name_and_amount(
    label: str, payments: list[PaidFacts], expected: tuple[object, ...]
) -> None:
    assert shown(found("-213.00", label=label, known=index(paid=payments))) == expected


def test_a_payment_returned_by_another_line_is_not_proposed_again() -> None:
    known = index(paid=[paid(5)])
    known.taken_lines.add(5)
    assert found("-213.00", label="REJET VIR MOREL", known=known).verdict == Verdict.TO_PLACE
