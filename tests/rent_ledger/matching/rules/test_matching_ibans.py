"""To whom a bank line belongs by its IBAN and its amount."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    Rule,
    Verdict,
)
from rent_ledger.matching.rules.match_index import Index
from tests.rent_ledger.matching.rules.aids import CISSE, IBAN_1, IBAN_2, IBAN_3, MOREL, found, index, said, shown

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
