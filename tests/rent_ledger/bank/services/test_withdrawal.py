"""A statement that was wrong is taken out whole, and its file may come again."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput
from leases.models import Lease
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.bank.services.bank import confirm_statement
from rent_ledger.bank.services.inbox import accept_match, leave_line, place_line, undo_match
from rent_ledger.bank.services.withdrawal import stands_on, withdraw_statement
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import (
    AccountState,
    BankFile,
    BankLine,
    BankStatement,
    BenefitStatement,
    Entry,
    KnownIban,
    LedgerMonth,
    Match,
)
from tests.at_once import both_at_once
from tests.factories import make_actor, make_bank_account, make_let, make_payer, make_right, owe
from tests.rent_ledger.banking import balance, camt, drop, movement, payer_iban, written

NOV_1, NOV_4, NOV_5 = date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 5)
WRONG = "Relevé d’un autre compte"
pytestmark = pytest.mark.django_db


def debtor(amount: str = "480.00") -> tuple[Lease, int]:
    lease = make_let()
    return lease, owe(lease=lease, due_on=NOV_1, amount=amount)


def debt(account: int) -> Decimal:
    return AccountState.objects.get(account_id=account).debt


def paid_by_reference(lease: Lease, amount: str = "480.00", **facts: str):
    name = f"ALIX {lease.parties.get().person.last_name}"
    return movement(amount, reference=lease.payment_reference, name=name, iban=payer_iban(1), **facts)  # type: ignore[arg-type]


def test_all_that_it_brought_goes_as_if_it_had_never_come():
    lease, account = debtor()
    bank = make_bank_account()
    data = camt(
        written(bank, paid_by_reference(lease), movement("75.00"), movement("-12.00", label="FRAIS TENUE DE COMPTE"))
    )
    drop(data)
    statement = BankStatement.objects.get()
    assert (debt(account), KnownIban.objects.count()) == (0, 1)

    actor = make_actor()
    withdraw_statement(statement_id=statement.pk, reason=WRONG, actor=actor)

    statement.refresh_from_db()
    assert (statement.state, statement.withdrawn_by, statement.withdrawn_why) == ("OUT", actor.user, WRONG)
    assert statement.withdrawn_at == clock.now()
    assert (debt(account), balance(account)) == (480, 480)
    assert [balance(int(a)) for a in (General.SUSPENSE, General.BANK_FEES)] == [0, 0]
    assert set(BankLine.objects.values_list("state", flat=True)) == {LineState.WITHDRAWN}
    assert KnownIban.objects.count() == 0
    # As of the day of the payment, not of today: nothing was ever paid.
    assert {e.effective_on for e in Entry.objects.filter(kind=EntryKind.REVERSAL)} == {NOV_4}
    assert check_ledger() == []


def test_its_file_may_come_again_and_brings_its_lines_anew():
    lease, account = debtor()
    data = camt(written(make_bank_account(), paid_by_reference(lease), movement("75.00")))
    drop(data)
    with pytest.raises(Conflict, match="déjà été importé"):
        drop(data)
    withdraw_statement(statement_id=BankStatement.objects.get().pk, reason=WRONG, actor=make_actor())
    report = drop(data)
    assert (report.new, report.known, report.sure) == (2, 0, 1)
    assert debt(account) == 0
    assert BankFile.objects.filter(released_at=None).count() == 1
    with pytest.raises(Conflict, match="déjà été importé"):
        drop(data)
    assert check_ledger() == []


def test_of_a_file_of_two_statements_the_other_stays_and_comes_no_second_time():
    one, other = make_bank_account(), make_bank_account()
    data = camt(written(one, movement("75.00")), written(other, movement("80.00")))
    drop(data)
    withdraw_statement(statement_id=one.statements.get().pk, reason=WRONG, actor=make_actor())
    report = drop(data)
    assert (report.new, report.known) == (1, 1)
    assert BankLine.objects.exclude(state=LineState.WITHDRAWN).count() == 2
    assert check_ledger() == []


def test_it_is_taken_out_once():
    drop(camt(written(make_bank_account(), movement("75.00"))))
    statement, actor = BankStatement.objects.get(), make_actor()
    withdraw_statement(statement_id=statement.pk, reason=WRONG, actor=actor)
    with pytest.raises(Conflict, match=f"déjà retiré par {actor.user}"):
        withdraw_statement(statement_id=statement.pk, reason=WRONG, actor=actor)
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1


def test_a_reason_is_asked():
    drop(camt(written(make_bank_account(), movement("75.00"))))
    with pytest.raises(InvalidInput, match="Dites ce qui n’allait pas"):
        withdraw_statement(statement_id=BankStatement.objects.get().pk, reason="  ", actor=make_actor())


def test_what_a_person_placed_is_undone_by_a_person_before():
    _, account = debtor("75.00")
    drop(camt(written(make_bank_account(), movement("75.00"))))
    statement, line, actor = BankStatement.objects.get(), BankLine.objects.get(), make_actor()
    place_line(line_id=line.pk, shares=[(account, Decimal("75.00"))], actor=actor)
    with pytest.raises(Conflict, match="1\u00a0ligne a été placée par une personne") as refused:
        withdraw_statement(statement_id=statement.pk, reason=WRONG, actor=actor)
    assert refused.value.code == "statement_stands"
    assert debt(account) == 0
    undo_match(line_id=line.pk, actor=actor)
    withdraw_statement(statement_id=statement.pk, reason=WRONG, actor=actor)
    assert debt(account) == 75
    assert check_ledger() == []


def test_proposals_and_what_is_no_rent_go_too():
    lease, account = debtor()
    name = f"ALIX {lease.parties.get().person.last_name}"
    drop(camt(written(make_bank_account(), movement("480.00", name=name, iban=payer_iban(3)), movement("9.00"))))
    proposal = Match.objects.get(is_accepted=False)
    left = BankLine.objects.get(amount=Decimal("9.00"))
    leave_line(line_id=left.pk, actor=make_actor(), reason="Remboursement de l’assurance")
    withdraw_statement(statement_id=BankStatement.objects.get().pk, reason=WRONG, actor=make_actor())
    with pytest.raises(Conflict):
        accept_match(match_id=proposal.pk, actor=make_actor())
    with pytest.raises(Conflict, match="retirée"):
        place_line(line_id=left.pk, shares=[(account, Decimal("9.00"))], actor=make_actor())
    assert balance(General.SUSPENSE) == 0
    assert check_ledger() == []


def test_a_statement_set_aside_is_refused():
    data = camt(written(make_bank_account(), movement("75.00")))
    drop(data.replace(b"1075.00", b"1080.00"))
    statement = BankStatement.objects.get()
    assert statement.state == StatementState.ASIDE
    withdraw_statement(statement_id=statement.pk, reason="La banque a envoyé un relevé juste", actor=make_actor())
    statement.refresh_from_db()
    assert (statement.state, statement.raw) == (StatementState.WITHDRAWN, None)
    with pytest.raises(Conflict, match="déjà été retiré"):
        confirm_statement(statement_id=statement.pk, actor=make_actor())
    assert drop(data.replace(b"1075.00", b"1080.00")).aside


def test_the_bank_is_no_longer_known_to_a_day_that_was_not_one():
    bank = make_bank_account()
    drop(camt(written(bank, movement("75.00"))))
    drop(
        camt(written(bank, movement("5.00", day=NOV_5), opening="1075.00", opening_day=NOV_4, closing_day=NOV_5)),
        name="demain.xml",
    )
    assert bank_knowledge(day=NOV_5).accounts[0].until == NOV_5
    withdraw_statement(statement_id=bank.statements.get(last_day=NOV_5).pk, reason="Daté de demain", actor=make_actor())
    assert bank_knowledge(day=NOV_5).accounts[0].until == NOV_4


def test_a_later_statement_that_shows_its_movements_goes_first():
    bank = make_bank_account()
    drop(camt(written(bank, movement("75.00"))))
    both = written(
        bank, movement("75.00"), movement("5.00", day=NOV_5), opening_day=date(2026, 11, 3), closing_day=NOV_5
    )
    assert drop(camt(both), name="deux_jours.xml").known == 1
    first, second = BankStatement.objects.order_by("pk")
    assert stands_on(second) == []
    with pytest.raises(Conflict, match="relevé du 05/11/2026, importé depuis"):
        withdraw_statement(statement_id=first.pk, reason=WRONG, actor=make_actor())
    withdraw_statement(statement_id=second.pk, reason=WRONG, actor=make_actor())
    withdraw_statement(statement_id=first.pk, reason=WRONG, actor=make_actor())
    assert drop(camt(both), name="deux_jours.xml").new == 2
    assert check_ledger() == []


def test_a_payment_that_the_bank_returned_since_keeps_its_statement():
    lease, account = debtor()
    bank = make_bank_account()
    drop(camt(written(bank, paid_by_reference(lease, end_to_end="E2E-1"))))
    paid = BankStatement.objects.get()
    back = movement("-480.00", day=NOV_5, end_to_end="E2E-1", reason="AM04", iban=payer_iban(1))
    drop(camt(written(bank, back, opening="1480.00", opening_day=NOV_4, closing_day=NOV_5)), name="rejet.xml")
    returned = BankStatement.objects.exclude(pk=paid.pk).get()
    assert returned.lines.get().state == LineState.SURE
    assert debt(account) == 480
    with pytest.raises(Conflict, match="relevé du 05/11/2026 : retirez-le d’abord"):
        withdraw_statement(statement_id=paid.pk, reason=WRONG, actor=make_actor())

    withdraw_statement(statement_id=returned.pk, reason=WRONG, actor=make_actor())
    assert debt(account) == 0
    assert check_ledger() == []
    # The payment stands again: the bank may return it, a person undo it, and its statement go out.
    drop(camt(written(bank, back, opening="1480.00", opening_day=NOV_4, closing_day=NOV_5)), name="rejet.xml")
    assert debt(account) == 480
    withdraw_statement(
        statement_id=BankStatement.objects.filter(state="ACCEPTED").latest("pk").pk, reason=WRONG, actor=make_actor()
    )
    undo_match(line_id=paid.lines.get().pk, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (480, -480)
    withdraw_statement(statement_id=paid.pk, reason=WRONG, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (480, 0)
    assert check_ledger() == []


def test_a_payment_and_its_return_of_one_statement_go_together():
    lease, account = debtor()
    drop(
        camt(
            written(
                make_bank_account(), paid_by_reference(lease, end_to_end="E2E-1"),
                movement("-480.00", end_to_end="E2E-1", reason="AM04", iban=payer_iban(1)),
            )
        )
    )  # fmt: skip
    withdraw_statement(statement_id=BankStatement.objects.get().pk, reason=WRONG, actor=make_actor())
    assert (debt(account), balance(account), balance(General.SUSPENSE)) == (480, 480, 0)
    assert check_ledger() == []


def test_money_that_waited_when_it_was_returned_waits_again():
    bank = make_bank_account()
    drop(camt(written(bank, movement("75.00", end_to_end="E2E-7"))))
    back = movement("-75.00", day=NOV_5, end_to_end="E2E-7", reason="AM04")
    drop(camt(written(bank, back, opening="1075.00", opening_day=NOV_4, closing_day=NOV_5)), name="rejet.xml")
    line = BankLine.objects.get(amount=Decimal("75.00"))
    assert line.state == LineState.OTHER
    returned = BankStatement.objects.latest("pk")
    withdraw_statement(statement_id=returned.pk, reason=WRONG, actor=make_actor())
    line.refresh_from_db()
    assert (line.state, balance(General.SUSPENSE)) == (LineState.TO_PLACE, -75)
    _, account = debtor("75.00")
    place_line(line_id=line.pk, shares=[(account, Decimal("75.00"))], actor=make_actor())
    undo_match(line_id=line.pk, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (75, -75)
    assert check_ledger() == []


def test_a_bordereau_waits_for_its_credit_again():
    lease = make_let()
    payer = make_payer()
    number = make_right(lease=lease, payer=payer, start=date(2026, 1, 1), amount="75.00").beneficiary_number
    data = f"numéro allocataire;mois;montant\n{number};10/2026;75,00\n".encode()
    import_benefit_statement(data=data, name="caf.csv", payer=payer, paid_on=NOV_4, actor=make_actor())
    bank = make_bank_account()
    drop(camt(written(bank, movement("75.00", name=payer.name))))
    assert BenefitStatement.objects.get().bank_line_id is not None
    withdraw_statement(statement_id=BankStatement.objects.get().pk, reason=WRONG, actor=make_actor())
    assert BenefitStatement.objects.get().bank_line_id is None
    drop(camt(written(bank, movement("75.00", name=payer.name))))
    assert BenefitStatement.objects.get().bank_line_id is not None
    assert check_ledger() == []


def test_a_closed_month_keeps_its_movements():
    drop(camt(written(make_bank_account(), movement("75.00"))))
    LedgerMonth.objects.filter(month=NOV_1).update(closed_at=clock.now())
    with pytest.raises(Conflict, match="mois de novembre\u00a02026 est clôturé"):
        withdraw_statement(statement_id=BankStatement.objects.get().pk, reason=WRONG, actor=make_actor())


def test_the_number_of_queries_does_not_follow_the_lines():
    actor, counts = make_actor(), []
    # The first one leaves nobody late before it.
    for number in (1, 2, 9):
        leases = [debtor()[0] for _ in range(number)]
        drop(camt(written(make_bank_account(), *(paid_by_reference(lease) for lease in leases))))
        pk = BankStatement.objects.latest("pk").pk
        with CaptureQueriesContext(connection) as asked:
            withdraw_statement(statement_id=pk, reason=WRONG, actor=actor)
        counts.append(len(asked))
        assert {debt(a) for a in tenant_accounts([lease.pk for lease in leases]).values()} == {Decimal(480)}
    assert counts[1] == counts[2]


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_takes_it_out():
    drop(camt(written(make_bank_account(), movement("75.00"))))
    pk, actors = BankStatement.objects.get().pk, (make_actor(), make_actor())
    results = both_at_once(*(lambda a=a: withdraw_statement(statement_id=pk, reason=WRONG, actor=a) for a in actors))
    assert sorted(type(r).__name__ for r in results) == ["BankStatement", "Conflict"]
    assert Entry.objects.filter(kind=EntryKind.REVERSAL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_places_a_line_at_once_is_before_or_is_told():
    _, account = debtor("75.00")
    drop(camt(written(make_bank_account(), movement("75.00"))))
    pk, line, actor = BankStatement.objects.get().pk, BankLine.objects.get().pk, make_actor()
    results = both_at_once(
        lambda: withdraw_statement(statement_id=pk, reason=WRONG, actor=actor),
        lambda: place_line(line_id=line, shares=[(account, Decimal("75.00"))], actor=actor),
    )
    assert [isinstance(r, Conflict) for r in results].count(True) == 1
    assert check_ledger() == []
