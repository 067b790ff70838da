"""Files that banks, payers and landlords really send, byte for byte: what each is worth once it is brought.

A household that a label names is evidence against the one that a reference, an IBAN or an amount speaks for; a file is
refused in words that say what to do.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from common.errors import InvalidInput, UnreadableFile
from common.periods import Month
from leases.models import Household, Lease, Person
from office.models import BankAccount
from rent_ledger.bank.codes import LineState
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.models import BankLine, BankStatement, BenefitLine, KnownIban, Match
from stock.importing.services import import_stock
from stock.models import Dwelling
from tests.factories import make_actor, make_let, make_payer, make_right, owe
from tests.paths import DATA
from tests.rent_ledger.banking import drop

FOLDER = DATA / "everyday"
OURS, ROYS, PARENTS = "FR7620041010050000000441782", "FR7620041010050000050012565", "FR7630002005500000001234552"
NOV_1 = date(2026, 11, 1)

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30")]


@pytest.fixture(autouse=True)
def ours() -> BankAccount:
    return BankAccount.objects.create(label="Compte courant", iban=OURS, held_for="ITSELF")


def household(first: str, last: str, owes: str, *, reference: str = "", iban: str = "") -> int:
    """A household that owes a month since the 1st. Returns its account."""
    lease = make_let(name=f"{first} {last}")
    Person.objects.filter(memberships__household=lease.household).update(first_name=first, last_name=last)
    Household.objects.get(pk=lease.household_id).save()
    if reference:
        Lease.objects.filter(pk=lease.pk).update(payment_reference=reference)
    account = owe(lease=lease, due_on=NOV_1, amount=owes)
    if iban:
        KnownIban.objects.create(iban=iban, account_id=account, since=NOV_1)
    return account


def costa() -> int:
    return household("Amandine", "Costa", "354.48", reference="RF22B00044")


def roy(**more: str) -> int:
    return household("Omar", "Roy", "408.79", **more)


def bring(name: str, **options: bool) -> list[BankLine]:
    before = set(BankLine.objects.values_list("pk", flat=True))
    drop((FOLDER / name).read_bytes(), name=name, **options)
    return list(BankLine.objects.exclude(pk__in=before).order_by("pk"))


def proposed(line: BankLine) -> set[int]:
    return set(Match.objects.filter(line=line, entry=None).values_list("account_id", flat=True))


def test_every_file_is_brought_by_a_test() -> None:
    code = Path(__file__).read_text()
    assert [path.name for path in FOLDER.iterdir() if path.suffix != ".md" and path.name not in code] == []


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [0, 1, 2, 3], [1, 0, 3, 2]])
def test_a_series_and_its_second_export_are_one_chain(order) -> None:
    files = ["jour27.cfonb", "jour30.cfonb", "jour27_reexporte.cfonb", "jour30_reexporte.cfonb"]
    for number in order:
        bring(files[number])
    assert sorted(BankLine.objects.values_list("amount", flat=True)) == [Decimal("10.00"), Decimal("20.00")]
    assert set(BankStatement.objects.exclude(state="OUT").values_list("state", flat=True)) == {"ACCEPTED"}


def test_two_files_of_a_day_with_an_equal_line_are_two_lines() -> None:
    bring("matin.cfonb")
    bring("apres_midi.cfonb")
    assert list(BankLine.objects.values_list("amount", flat=True)) == [Decimal("450.00")] * 2


def test_a_surname_with_a_particle_is_found() -> None:
    account = household("Kadiatou", "Le Gall", "292.53")
    [line] = bring("le_gall.xml")
    assert line.state in (LineState.SURE, LineState.PROPOSED)
    assert set(Match.objects.filter(line=line).values_list("account_id", flat=True)) == {account}


@pytest.mark.parametrize("name", ["deux_loyers_par_un_menage.cfonb", "deux_loyers_par_une_association.xml"])
def test_the_rents_of_two_households_are_not_laid_on_one(name) -> None:
    costa(), roy()
    [line] = bring(name)
    assert line.state in (LineState.TO_PLACE, LineState.PROPOSED)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("autre_menage_nom_seul.xml", "Lucie", "Marchand"),
        ("autre_menage_particule.xml", "Kadiatou", "Le Gall"),
        ("iban_sans_nom.cfonb", "Lucie", "Marchand"),
    ],
)
def test_who_is_named_speaks_against_who_pays(name, first, last) -> None:
    roy(iban=ROYS)
    household(first, last, "408.79")
    [line] = bring(name)
    assert line.state in (LineState.TO_PLACE, LineState.PROPOSED)


def test_an_iban_is_not_learnt_from_a_namesake() -> None:
    son = household("Yanis", "Belkacem", "537.80", reference="RF14B00091")
    household("Issa", "Belkacem", "537.80")
    bring("parent_avec_reference.xml")
    assert not KnownIban.objects.filter(iban=PARENTS, account_id=son).exists()
    [line] = bring("parent_son_loyer.xml")
    assert line.state in (LineState.TO_PLACE, LineState.PROPOSED)


def test_debits_that_a_label_calls_a_reject_are_beyond_no_recall() -> None:
    costa()
    credit, *debits = bring("rejets_par_le_libelle.cfonb")
    assert credit.state == LineState.SURE
    assert [(line.amount, line.state) for line in debits if line.state == LineState.OTHER] == []
    assert len(debits) == 3


def test_who_is_behind_a_payer_is_kept_and_proposed() -> None:
    account = costa()
    [line] = bring("debiteur_final.xml")
    assert (line.counterparty_name, line.ultimate_name) == ("DRFIP OCCITANIE", "COSTA AMANDINE")
    assert (line.state, proposed(line)) == (LineState.PROPOSED, {account})


def test_a_file_without_statement_is_refused_in_words() -> None:
    with pytest.raises(UnreadableFile) as refused:
        bring("sans_releve.xml")
    assert "relevé" in " ".join(refused.value.errors)


def test_an_account_that_is_not_ours_may_be_left_out() -> None:
    with pytest.raises((UnreadableFile, InvalidInput)) as refused:
        bring("deux_comptes.cfonb")
    assert "compte" in str(refused.value)
    assert not BankLine.objects.exists()
    [line] = bring("deux_comptes.cfonb", leave_unknown=True)
    assert line.amount == Decimal("450.00")


def test_a_payer_under_its_whole_name_waits_to_be_tied() -> None:
    make_payer(name="CAF de l’Aude")
    [line] = bring("caf_nom_entier.cfonb")
    assert line.state in (LineState.TO_PLACE, LineState.SURE)


def test_the_foot_of_a_bordereau_is_no_line() -> None:
    payer = make_payer()
    right = make_right(lease=make_let(), payer=payer, amount="300.00", start=date(2026, 2, 1))
    type(right).objects.filter(pk=right.pk).update(beneficiary_number="1234567")
    data = (FOLDER / "bordereau_total.csv").read_bytes()
    import_benefit_statement(
        data=data, name="bordereau.csv", payer=payer, paid_on=date(2026, 11, 25), actor=make_actor(),
        default_month=Month.of(NOV_1),
    )  # fmt: skip
    assert list(BenefitLine.objects.values_list("amount", flat=True)) == [Decimal("300.00")]


def test_a_ground_floor_written_rc_refuses_no_stock() -> None:
    import_stock(
        actor=make_actor(), data=(FOLDER / "rpls_rc.csv").read_bytes(), file_name="rpls.csv", expand_groups=True
    )
    assert Dwelling.objects.filter(floor=0).exists()
