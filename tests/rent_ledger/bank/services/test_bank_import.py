"""Bank files: whole or not at all, nothing twice, every cent counted at once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from common.errors import Conflict, NotAllowed, UnreadableFile
from office.access.codes import Role
from office.models import Notice
from office.notices.queries import lines
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.bank.services.bank import confirm_statement
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import bank_ledger_account
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import (
    AccountState,
    Allocation,
    BankFile,
    BankLine,
    BankStatement,
    Entry,
    KnownIban,
    Match,
)
from tests.factories import make_actor, make_bank_account, make_let, owe
from tests.rent_ledger.banking import balance, camt, cfonb, drop, movement, payer_iban, states, written

pytestmark = pytest.mark.django_db
NOV_1, NOV_4, NOV_5 = date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 5)


@pytest.mark.parametrize("write", [camt, cfonb])
def test_a_credit_with_the_reference_pays_the_debt(write):
    bank, lease = make_bank_account(), make_let()
    account = owe(lease=lease, due_on=NOV_1, amount="480.00")
    report = drop(write(written(bank, movement("480.00", reference=lease.payment_reference))))
    assert (report.new, report.sure, report.known) == (1, 1, 0)
    state = AccountState.objects.get(account_id=account)
    assert (state.debt, state.last_payment_on, state.last_payment) == (0, NOV_4, Decimal("480.00"))
    assert balance(100 + bank.pk) == Decimal("480.00")
    match = Match.objects.get()
    line = match.line
    assert (line.state, match.is_accepted, match.account_id) == (LineState.SURE, True, account)
    assert line.entry_id == match.entry_id == Entry.objects.get(idempotency_key=f"bank:{line.pk}").pk
    assert match.reasons[0] == {
        "code": "REFERENCE", "figures": {"reference": lease.payment_reference}, "ok": True,
    }  # fmt: skip
    assert check_ledger() == []


def test_money_that_nobody_can_place_is_counted_at_once():
    bank, lease = make_bank_account(), make_let(name="Mme Alix Essai")
    account = owe(lease=lease, due_on=NOV_1, amount="480.00")
    name = lease.parties.get().person.last_name
    report = drop(camt(written(bank, movement("480.00", name=f"ALIX {name}"), movement("75.00", label="ESPECES GAB"))))
    assert (report.proposed, report.to_place) == (1, 1)
    assert balance(General.SUSPENSE) == Decimal("-555.00")
    assert balance(100 + bank.pk) == Decimal("555.00")
    assert AccountState.objects.get(account_id=account).debt == Decimal("480.00")
    proposal = Match.objects.get()
    assert (proposal.is_accepted, proposal.entry_id, proposal.account_id) == (False, None, account)
    assert BankLine.objects.get(state=LineState.TO_PLACE).reasons == [{"code": "NO_NAME", "ok": True}]


def test_fees_and_money_going_out_are_booked_and_are_no_rent():
    bank = make_bank_account()
    drop(camt(written(bank, movement("-12.50", label="FRAIS DE TENUE DE COMPTE"), movement("-800.00", label="LOYER"))))
    assert (balance(General.BANK_FEES), balance(General.SUSPENSE)) == (Decimal("12.50"), Decimal("800.00"))
    assert {s for s, _ in states()} == {LineState.OTHER}


def test_the_number_of_an_avis_designates_its_debts():
    from common.periods import Month
    from rent_ledger.billing.services.runs import produce
    from rent_ledger.models import RentDemand, RentRun
    from tests.rent_ledger.banking import MANAGER

    bank, lease = make_bank_account(), make_let()
    owe(lease=lease, due_on=date(2026, 10, 1), amount="100.00")
    produce(run=RentRun.objects.create(month=NOV_1), lease_ids=[lease.pk], actor=MANAGER)
    demand = RentDemand.objects.get(month=Month(2026, 11).first)
    name = lease.parties.get().person.last_name
    drop(camt(written(bank, movement("480.00", label=f"LOYER {demand.reference}", name=f"{name} ALIX"))))
    assert set(Allocation.objects.values_list("rule", "debit_posting__for_month")) == {("DESIGNATED", NOV_1)}
    assert AccountState.objects.get().oldest_due == date(2026, 10, 1)


# -- nothing twice --------------------------------------------------------------------------------------------------


def test_the_same_file_twice_is_refused_with_its_date():
    bank = make_bank_account()
    data = camt(written(bank, movement("10.00")))
    drop(data)
    with pytest.raises(Conflict, match=r"déjà été importé le 05/11/2026 à 09 h 00"):
        drop(data, name="copie.xml")
    assert BankLine.objects.count() == 1


def test_overlapping_files_add_only_what_is_new():
    bank = make_bank_account()
    one, two, three = movement("10.00"), movement("20.00"), movement("30.00", day=NOV_5)
    drop(camt(written(bank, one, two)))
    report = drop(camt(written(bank, two, three, opening="1010.00", closing_day=NOV_5)))
    assert (report.new, report.known) == (1, 1)
    assert [a for _, a in states()] == [Decimal("10.00"), Decimal("20.00"), Decimal("30.00")]


def test_two_equal_payments_of_one_day_are_two():
    bank = make_bank_account()
    twin = movement("10.00", label="LOYER DUPONT")
    drop(camt(written(bank, twin, twin)))
    assert list(BankLine.objects.order_by("rank").values_list("rank", flat=True)) == [1, 2]


@pytest.mark.parametrize(("first", "then", "kept"), [(1, 2, 2), (2, 1, 2), (2, 3, 3), (2, 2, 2)])
def test_of_equal_lines_the_largest_number_that_one_file_showed_is_kept(first, then, kept):
    bank, twin = make_bank_account(), movement("10.00", label="LOYER DUPONT")
    drop(camt(written(bank, *[twin] * first)))
    drop(camt(written(bank, *[twin] * then, sequence=2)))
    assert BankLine.objects.count() == kept


def test_the_reference_of_the_bank_decides_first():
    """Another label and a day's difference: the same movement told by another file."""
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00", label="VIR", bank_reference="BQ-1"))))
    later = movement("10.00", label="VIR RECU DUPONT", day=NOV_5, bank_reference="BQ-1")
    assert drop(camt(written(bank, later, closing_day=NOV_5))).known == 1
    assert BankLine.objects.count() == 1


@pytest.mark.parametrize("reference", ["NONREF", "0000000"])
def test_a_reference_that_says_nothing_decides_nothing(reference):
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00", label="A", bank_reference=reference))))
    drop(camt(written(bank, movement("10.00", label="B", bank_reference=reference))))
    assert BankLine.objects.count() == 2


def test_a_reference_shown_twice_in_a_file_is_none():
    bank = make_bank_account()
    drop(
        camt(
            written(
                bank, movement("10.00", label="A", bank_reference="X"), movement("10.00", label="B", bank_reference="X")
            )
        )
    )
    assert BankLine.objects.count() == 2


def test_a_statement_shown_twice_in_one_file_counts_once():
    bank = make_bank_account()
    one = written(bank, movement("10.00"))
    report = drop(camt(one, one))
    assert (report.new, report.known) == (1, 1)


def test_equal_payments_in_two_statements_that_follow_are_two():
    bank = make_bank_account()
    twin = movement("10.00")
    report = drop(camt(written(bank, twin), written(bank, twin, opening="1010.00", sequence=2)))
    assert report.new == 2


MORNING, NOON, EVENING = ("1000.00", 1), ("1010.00", 1), ("1020.00", 1)


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ([MORNING, NOON], 2),
        ([NOON, MORNING], 2),
        ([MORNING, NOON, EVENING], 3),
        ([EVENING, MORNING, NOON], 3),
        # The whole day, before or after its parts, and a part shown again.
        ([MORNING, NOON, ("1000.00", 2)], 2),
        ([("1000.00", 2), NOON], 2),
        ([("1000.00", 3), NOON, EVENING, MORNING], 3),
        ([MORNING, NOON, NOON], 2),
        ([MORNING, NOON, MORNING, NOON], 2),
    ],
    ids=["two that follow", "the later first", "three", "three in disorder", "parts, then the day",
         "the day, then a part", "the day, then all its parts", "the second again", "both again"],
)  # fmt: skip
@pytest.mark.parametrize("write", [camt, cfonb])
def test_an_equal_line_of_a_statement_that_follows_is_a_second_payment(shown, kept, write):
    """Each file lies where its balances say; `shown`: its opening balance and how many equal payments of 10 €."""
    bank = make_bank_account()
    for number, (opening, count) in enumerate(shown, 1):
        twins = [movement("10.00", label="VIREMENT RECU LOYER")] * count
        # Blank lines at the end: the same bytes would be refused at the door.
        drop(write(written(bank, *twins, opening=opening, sequence=number)) + b"\n" * number)
    assert BankLine.objects.count() == kept
    assert balance(bank_ledger_account(bank)) == Decimal("10.00") * kept
    assert check_ledger() == []


@pytest.mark.parametrize("back", [True, False], ids=["shown again", "not shown"])
def test_an_account_that_comes_back_to_a_balance_counts_nothing_twice(back):
    bank = make_bank_account()
    twin, out = movement("10.00", label="LOYER"), movement("-10.00", label="REJET")
    drop(camt(written(bank, twin)))
    drop(camt(written(bank, twin, opening="1010.00", sequence=2)))
    drop(camt(written(bank, out, opening="1020.00", sequence=3)))
    if back:
        report = drop(camt(written(bank, twin, opening="1010.00", sequence=4)))
        assert (report.new, report.known) == (0, 1)
    report = drop(camt(written(bank, twin, twin, opening="1000.00", sequence=5)))
    assert (report.new, report.known) == (0, 2)


def test_an_equal_line_between_other_balances_is_a_second_payment():
    """A statement lacks between the two, and is told to lack."""
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00", label="LOYER"))))
    report = drop(camt(written(bank, movement("10.00", label="LOYER"), opening="1500.00", sequence=2)))
    assert report.new == 1
    assert "Il manque peut-être un relevé entre les deux" in report.warnings[0]


def test_a_statement_set_aside_is_sorted_by_its_balances_too():
    bank, twin = make_bank_account(), movement("10.00", label="LOYER")
    drop(camt(written(bank, twin)))
    wrong = camt(written(bank, twin, opening="1010.00", sequence=2)).replace(b">1020.00<", b">1021.00<")
    [aside] = drop(wrong).aside
    assert confirm_statement(statement_id=aside.id, actor=make_actor()).new == 1


def test_the_same_statement_in_two_formats_is_refused_whole():
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00", label="LOYER DUPONT"))))
    with pytest.raises(UnreadableFile, match="deux fois"):
        drop(cfonb(written(bank, movement("10.00", label="LOYER DUPONT"), movement("11.00"))))
    assert (BankLine.objects.count(), BankFile.objects.count()) == (1, 1)


def test_a_dry_import_says_the_same_and_writes_nothing():
    bank, lease = make_bank_account(), make_let()
    owe(lease=lease, due_on=NOV_1)
    before = Entry.objects.count()
    report = drop(
        camt(written(bank, movement("10.00", reference=lease.payment_reference), movement("5.00"))), wet=False
    )
    assert (report.new, report.sure, report.to_place, report.wet) == (2, 1, 1, False)
    assert (BankLine.objects.count(), BankFile.objects.count(), Entry.objects.count()) == (0, 0, before)


# -- refusals -------------------------------------------------------------------------------------------------------


def test_an_unknown_account_refuses_the_whole_file():
    bank = make_bank_account()
    stranger = payer_iban(1)
    with pytest.raises(UnreadableFile) as refusal:
        drop(camt(written(bank, movement("10.00")), written(stranger, movement("10.00"))))
    assert refusal.value.errors == [
        f"Relevé 2 : le compte {stranger} n’est pas un compte de l’association. Vérifiez le fichier, ou ajoutez ce "
        "compte dans Réglages."
    ]
    assert BankFile.objects.count() == 0


@pytest.mark.parametrize("write", [camt, cfonb])
def test_an_unknown_account_is_left_out_where_one_asks_and_told(write):
    bank = make_bank_account()
    data = write(written(payer_iban(1), movement("7.00")), written(bank, movement("10.00")))
    report = drop(data, leave_unknown=True)
    assert (report.new, [s.account for s in report.statements]) == (1, [str(bank)])
    assert len(report.left_out) == 1
    assert "son relevé n’a pas été importé" in report.warnings[0]
    assert balance(bank_ledger_account(bank)) == Decimal("10.00")
    assert check_ledger() == []


def test_a_file_of_unknown_accounts_only_is_refused_whatever_one_asks():
    make_bank_account()
    with pytest.raises(UnreadableFile, match="n’est pas un compte de l’association"):
        drop(camt(written(payer_iban(1), movement("7.00"))), leave_unknown=True)


def test_another_currency_is_refused():
    bank = make_bank_account()
    with pytest.raises(UnreadableFile, match="en CHF, ce compte est en EUR"):
        drop(camt(written(bank, movement("10.00"), currency="CHF")))


def test_a_notification_is_refused_with_the_reason(request):
    path = request.config.rootpath / "tests/data/bank/camt/oca_test-camt054.xml"
    with pytest.raises(UnreadableFile, match="compterait deux fois|les compterait"):
        drop(path.read_bytes())


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"bonjour", b"<?xml version='1.0'?><Document>"])
def test_what_is_no_statement_writes_nothing(data):
    make_bank_account()
    with pytest.raises(UnreadableFile):
        drop(data)
    assert BankFile.objects.count() == 0


def test_a_truncated_file_writes_nothing():
    bank = make_bank_account()
    with pytest.raises(UnreadableFile):
        drop(camt(written(bank, movement("10.00"), movement("20.00")))[:-200])
    assert (BankFile.objects.count(), BankLine.objects.count()) == (0, 0)


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_only_the_rental_manager_imports(role):
    bank = make_bank_account()
    with pytest.raises(NotAllowed):
        drop(camt(written(bank, movement("10.00"))), actor=make_actor(role=role))


# -- balances -------------------------------------------------------------------------------------------------------


def unbalanced(bank, *entries):
    data = camt(written(bank, *entries))
    return data.replace(b">1010.00<", b">1013.00<")


def test_a_statement_that_does_not_add_up_is_set_aside():
    bank = make_bank_account()
    report = drop(unbalanced(bank, movement("10.00", label="LOYER")))
    [statement] = report.statements
    assert (statement.state, statement.gap, report.new) == (StatementState.ASIDE, Decimal("3.00"), 0)
    assert BankLine.objects.count() == 0
    assert Entry.objects.count() == 0
    assert bank_knowledge(day=NOV_5).accounts[0].until is None


def test_a_statement_set_aside_is_taken_when_a_person_confirms():
    bank, actor = make_bank_account(), make_actor()
    lease = make_let()
    drop(unbalanced(bank, movement("10.00", reference=lease.payment_reference)))
    statement = BankStatement.objects.get()
    report = confirm_statement(statement_id=statement.pk, actor=actor)
    assert (report.new, report.sure) == (1, 1)
    statement.refresh_from_db()
    assert (statement.state, statement.confirmed_by, statement.raw) == (StatementState.ACCEPTED, actor.user, None)
    assert bank_knowledge(day=NOV_5).accounts[0].until == NOV_4
    with pytest.raises(Conflict, match="déjà été accepté"):
        confirm_statement(statement_id=statement.pk, actor=actor)
    assert BankLine.objects.count() == 1


def test_a_statement_set_aside_is_told_to_the_others_until_a_person_confirms():
    bank, nadege, karim = make_bank_account(), make_actor(), make_actor()
    drop(unbalanced(bank, movement("10.00")), actor=nadege)
    [notice] = Notice.objects.unseen()
    assert (notice.kind, notice.user, notice.is_urgent) == ("BANK_ASIDE", karim.user, False)
    [line] = lines([notice])
    statement = BankStatement.objects.get()
    assert (line.shown.title, line.shown.url) == (
        f"Relevé mis de côté : {bank.label}",
        f"/loyers/banque/releves/{statement.pk}/",
    )
    confirm_statement(statement_id=statement.pk, actor=nadege)
    assert not Notice.objects.unseen().exists()


def test_a_gap_accepted_at_once_is_signed():
    bank, actor = make_bank_account(), make_actor()
    drop(unbalanced(bank, movement("10.00")), actor=actor, accept_gap=True)
    statement = BankStatement.objects.get()
    assert (statement.state, statement.gap, statement.confirmed_by) == ("ACCEPTED", Decimal("3.00"), actor.user)


def test_confirming_adds_nothing_that_came_meanwhile():
    bank = make_bank_account()
    drop(unbalanced(bank, movement("10.00", label="LOYER")))
    drop(camt(written(bank, movement("10.00", label="LOYER"))))
    report = confirm_statement(statement_id=BankStatement.objects.get(state="ASIDE").pk, actor=make_actor())
    assert (report.new, report.known) == (0, 1)


def test_a_missing_statement_is_told():
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00"))))
    [warning] = drop(camt(written(bank, movement("5.00", day=NOV_5), opening="2000.00", closing_day=NOV_5))).warnings
    assert "commence à 2\u00a0000,00\u00a0€, le précédent finit à 1\u00a0010,00\u00a0€ le 04/11/2026" in warning


def test_a_statement_that_follows_gives_no_warning():
    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00"))))
    assert not drop(camt(written(bank, movement("5.00", day=NOV_5), opening="1010.00", closing_day=NOV_5))).warnings


# -- what is learnt, and returns ------------------------------------------------------------------------------------


def test_an_iban_is_learnt_and_proves_the_next_payment():
    bank, lease = make_bank_account(), make_let()
    owe(lease=lease, due_on=NOV_1, amount="480.00")
    who = f"ALIX {lease.parties.get().person.last_name}"
    iban = payer_iban(7)
    drop(camt(written(bank, movement("100.00", reference=lease.payment_reference, name=who, iban=iban))))
    assert list(KnownIban.objects.values_list("iban", "holder")) == [(iban, who)]
    drop(camt(written(bank, movement("380.00", name=who, iban=iban, day=NOV_5), opening="1100.00", closing_day=NOV_5)))
    assert AccountState.objects.get().debt == 0


def test_the_iban_of_a_third_party_is_not_learnt_by_itself():
    bank, lease = make_bank_account(), make_let()
    drop(camt(written(bank, movement("9.00", reference=lease.payment_reference, name="UDAF 44", iban=payer_iban(8)))))
    assert KnownIban.objects.count() == 0


@pytest.mark.parametrize(
    "key",
    [{"mandate": "RN-00218"}, {"end_to_end": "E2E-1"}, {"iban": payer_iban(9)}],
)
def test_a_return_makes_the_debt_stand_again_at_its_due_date(key):
    bank, lease = make_bank_account(), make_let()
    account = owe(lease=lease, due_on=NOV_1, amount="213.00")
    drop(camt(written(bank, movement("213.00", label=f"LOYER {lease.payment_reference}", **key))))
    assert AccountState.objects.get().debt == 0
    back = movement("-213.00", label="REJET PRLV", reason="AM04", day=NOV_5, **key)
    report = drop(camt(written(bank, back, opening="1213.00", opening_day=NOV_4, closing_day=NOV_5)))
    assert (report.sure, report.new) == (1, 1)
    state = AccountState.objects.get(account_id=account)
    assert (state.debt, state.oldest_due, state.last_return_on) == (Decimal("213.00"), NOV_1, NOV_5)
    assert balance(100 + bank.pk) == 0
    line = BankLine.objects.get(amount__lt=0)
    assert line.entry.kind == EntryKind.RETURN
    assert line.matches.get().amount == Decimal("-213.00")
    assert check_ledger() == []


def test_a_return_in_the_same_file_as_its_payment():
    bank, lease = make_bank_account(), make_let()
    account = owe(lease=lease, due_on=NOV_1, amount="213.00")
    drop(
        camt(
            written(
                bank,
                movement("-213.00", label="REJET", reason="AM04", mandate="RUM-1"),
                movement("213.00", label=f"LOYER {lease.payment_reference}", mandate="RUM-1"),
            )
        )
    )
    assert AccountState.objects.get(account_id=account).debt == Decimal("213.00")
    assert balance(100 + bank.pk) == 0


def test_a_payment_is_returned_once():
    bank, lease = make_bank_account(), make_let()
    owe(lease=lease, due_on=NOV_1, amount="213.00")
    drop(camt(written(bank, movement("213.00", label=f"X {lease.payment_reference}", mandate="RUM-1"))))
    back = {"label": "REJET", "reason": "AM04", "mandate": "RUM-1", "day": NOV_5}
    drop(
        camt(
            written(
                bank, movement("-213.00", **back), movement("-213.00", **back), opening="1213.00", closing_day=NOV_5
            )
        )
    )
    assert [s for s, _ in states()] == [LineState.SURE, LineState.SURE, LineState.TO_PLACE]
    assert check_ledger() == []


def test_the_return_of_money_in_suspense_empties_suspense():
    bank = make_bank_account()
    drop(camt(written(bank, movement("50.00", end_to_end="E-9"))))
    back = movement("-50.00", label="REJET", reason="AC04", end_to_end="E-9", day=NOV_5)
    drop(camt(written(bank, back, opening="1050.00", closing_day=NOV_5)))
    assert (balance(General.SUSPENSE), balance(100 + bank.pk)) == (0, 0)
    assert [s for s, _ in states()] == [LineState.OTHER, LineState.SURE]
    assert check_ledger() == []


def test_an_unknown_return_waits():
    bank = make_bank_account()
    drop(camt(written(bank, movement("-50.00", label="REJET", reason="AC04", end_to_end="E-9"))))
    assert (states(), balance(General.SUSPENSE)) == ([(LineState.TO_PLACE, Decimal("-50.00"))], Decimal("50.00"))


def test_a_line_is_unique_in_the_database():
    from django.db import IntegrityError

    bank = make_bank_account()
    drop(camt(written(bank, movement("10.00"))))
    line = BankLine.objects.get()
    line.pk, line.entry_id = None, None
    with pytest.raises(IntegrityError, match="bank_line_once"):
        line.save(force_insert=True)


def test_a_line_is_of_its_statement_s_account():
    from django.db import IntegrityError

    other = make_bank_account()
    drop(camt(written(make_bank_account(), movement("10.00"))))
    line = BankLine.objects.get()
    line.pk, line.entry_id, line.bank_account_id = None, None, other.pk
    line.save(force_insert=True)
    with pytest.raises(IntegrityError, match="bank_line_statement_account"):
        connection.check_constraints()


def test_a_file_is_unique_in_the_database():
    from django.db import IntegrityError

    drop(camt(written(make_bank_account(), movement("10.00"))), actor=make_actor(role=Role.RENTAL_MANAGER))
    file = BankFile.objects.get()
    file.pk = None
    with pytest.raises(IntegrityError, match="sha256"):
        file.save(force_insert=True)


@pytest.mark.parametrize(("day", "is_told"), [(NOV_5, False), (date(2026, 11, 6), True)], ids=["today", "tomorrow"])
def test_a_statement_of_days_to_come_is_told(day, *, is_told):
    report = drop(camt(written(make_bank_account(), movement("10.00", day=day), closing_day=day)))
    assert any("n’est pas passé" in warning for warning in report.warnings) is is_told
    # Nobody takes it for more than is known today.
    assert bank_knowledge(day=NOV_5).accounts[0].until == (None if is_told else NOV_5)
