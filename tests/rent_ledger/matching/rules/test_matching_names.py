"""To whom a bank line belongs by the names that it bears, and what of them speaks against a proof."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    Rule,
    Verdict,
)
from rent_ledger.matching.rules.matching import is_surely
from rent_ledger.matching.rules.names import PersonName
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
