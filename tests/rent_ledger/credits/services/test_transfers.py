"""The file of refunds: which are in it, once; given to the bank, refused in part, and each of these taken back."""

from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role
from office.house.services import decide_iban
from office.models import BankAccount, IbanChange, RoleGrant
from rent_ledger.bank.models import KnownIban
from rent_ledger.credits.codes import CreditUse
from rent_ledger.credits.models import CreditChoice, RefundFile, RefundTransfer
from rent_ledger.credits.queries import refunds_to_pay
from rent_ledger.credits.services.credits import decide_credit, undo_credit_choice
from rent_ledger.credits.services.transfers import (
    hand_refund_file,
    note_refused,
    prepare_refund_file,
    take_back_handing,
    take_back_refused,
    withdraw_refund_file,
)
from tests.at_once import both_at_once
from tests.factories import make_actor, make_association, make_bank_account, make_iban, owe, pay
from tests.rent_ledger.credits.services.test_credits import account_of, decide, refund

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]
TODAY = date(2026, 11, 5)


def decided(amount: str = "100.00") -> CreditChoice:
    return decide(account_of(), CreditUse.REFUND, amount=D(amount))


@pytest.fixture
def bank() -> BankAccount:
    make_association()
    return make_bank_account()


def prepare(choices: list[CreditChoice], bank: BankAccount, on: date = TODAY) -> RefundFile:
    ids = [choice.pk for choice in choices]
    return prepare_refund_file(choice_ids=ids, bank_account=bank, execute_on=on, actor=make_actor())


def act(service, row, **more):
    return service(**more, actor=make_actor(), **{"transfer" if isinstance(row, RefundTransfer) else "file": row})


def test_a_file_has_its_refunds_its_total_and_its_digest(bank: BankAccount) -> None:
    first, second = decided("60.00"), decided("40.50")
    file = prepare([first, second], bank)
    assert (file.count, file.total) == (2, D("100.50"))
    assert file.sha256 == sha256(file.content.encode()).hexdigest()
    for said in (
        "<CtrlSum>100.50</CtrlSum>",
        first.iban,
        second.iban,
        bank.iban,
        f"<EndToEndId>REMB-{file.pk}-{first.pk}<",
    ):
        assert said in file.content
    assert [refund.file_id for refund in refunds_to_pay(TODAY)] == [file.pk, file.pk]


def test_a_refund_is_in_one_file(bank: BankAccount) -> None:
    first, second = decided(), decided()
    file = prepare([first], bank)
    # The same click again is the same file; anything else with it is refused.
    assert prepare([first], bank).pk == file.pk
    for choices, on in (([first, second], TODAY), ([first], date(2026, 11, 6))):
        with pytest.raises(Conflict) as refused:
            prepare(choices, bank, on)
        assert refused.value.code == "in_a_file"
    # What it pays stays as it was decided.
    for change in (
        partial(undo_credit_choice, choice=first, actor=make_actor()),
        partial(decide, first.account, CreditUse.KEEP),
    ):
        with pytest.raises(Conflict) as refused:
            change()
        assert refused.value.code == "in_a_file"
    act(withdraw_refund_file, file)
    act(withdraw_refund_file, file)
    assert prepare([first, second], bank).count == 2
    with pytest.raises(Conflict):
        act(hand_refund_file, file)


@pytest.mark.django_db(transaction=True)
def test_two_people_prepare_one_file(bank: BankAccount) -> None:
    choice = decided()

    def one() -> RefundFile:
        return prepare([choice], bank, clock.today())  # a thread has the clock of the machine

    both_at_once(one, one)
    assert RefundFile.objects.count() == 1


def test_what_can_not_be_paid_is_refused(bank: BankAccount) -> None:
    kept = decide(account_of(), CreditUse.KEEP)
    spent = decided("100.00")
    owe(lease=spent.account.lease, due_on=TODAY, amount="30.00")
    shown = decided("50.00")
    refund(shown.account, "50.00")
    for choice in (kept, spent, shown):
        with pytest.raises(Conflict) as refused:
            prepare([choice], bank)
        assert refused.value.code == "changed", choice
    with pytest.raises(InvalidInput) as none:
        prepare([], bank)
    assert none.value.field == "choices"
    for on in (date(2026, 11, 4), date(2026, 12, 7)):
        with pytest.raises(InvalidInput) as day:
            prepare([decided()], bank, on)
        assert day.value.field == "execute_on"
    bank.is_active = False
    with pytest.raises(InvalidInput) as closed:
        prepare([decided()], bank)
    assert closed.value.field == "bank_account"


def test_what_is_in_a_file_stays_so_where_a_term_has_taken_of_the_credit(bank: BankAccount) -> None:
    choice = decided()
    prepare([choice], bank)
    owe(lease=choice.account.lease, due_on=TODAY, amount="30.00")
    with pytest.raises(Conflict) as refused:
        decide(choice.account, CreditUse.REFUND)
    assert refused.value.code == "in_a_file"


def test_what_the_bank_has_shown_in_part_is_paid_for_the_rest(bank: BankAccount) -> None:
    choice = decided("80.00")
    refund(choice.account, "30.00")
    assert prepare([choice], bank).total == D("50.00")


def test_a_file_is_given_to_the_bank_and_taken_back(bank: BankAccount) -> None:
    choice = decided()
    file = prepare([choice], bank)
    handed = act(hand_refund_file, file)
    assert act(hand_refund_file, file).handed_at == handed.handed_at
    with pytest.raises(Conflict) as refused:
        act(withdraw_refund_file, file)
    assert refused.value.code == "handed"
    assert act(take_back_handing, file).waits
    assert act(take_back_handing, file).waits
    act(hand_refund_file, file)
    refund(choice.account, "100.00")
    with pytest.raises(Conflict) as paid:
        act(take_back_handing, file)
    assert paid.value.code == "paid"
    # Over: the file holds nothing of the account any more.
    assert refunds_to_pay(TODAY) == []
    pay(account=choice.account_id, on=TODAY, amount="10.00")
    assert decide(choice.account, CreditUse.REFUND).amount == D("10.00")


def test_one_that_the_bank_refuses_waits_again(bank: BankAccount) -> None:
    choice, other = decided(), decided()
    file = prepare([choice, other], bank)
    transfer = file.transfers.get(choice=choice)
    with pytest.raises(Conflict) as early:
        act(note_refused, transfer)
    assert early.value.code == "not_handed"
    act(hand_refund_file, file)
    act(note_refused, transfer)
    assert not act(note_refused, transfer).is_live
    with pytest.raises(Conflict) as handed:
        act(take_back_handing, file)
    assert handed.value.code == "refused"
    assert act(take_back_refused, transfer).is_live
    act(note_refused, transfer)
    again = decide(choice.account, CreditUse.REFUND, amount=D("100.00"), iban=make_iban(number=9))
    assert again.pk != choice.pk
    prepare([again], bank)
    with pytest.raises(Conflict) as changed:
        act(take_back_refused, transfer)
    assert changed.value.code == "changed"
    refund(other.account, "100.00")
    with pytest.raises(Conflict) as paid:
        act(note_refused, file.transfers.get(choice=other))
    assert paid.value.code == "paid"


# -- where the money goes has a witness --------------------------------------------------------------------------------


def refused(choice: CreditChoice, bank: BankAccount) -> str:
    with pytest.raises(Conflict) as refused:
        prepare([choice], bank)
    return refused.value.code


def test_an_iban_that_never_paid_waits_for_a_second_person(bank: BankAccount) -> None:
    director = make_actor(role=Role.DIRECTOR)
    choice = decided()
    [refund] = refunds_to_pay(TODAY)
    assert (refund.waits, refused(choice, bank)) == (True, "iban_waits")
    change = IbanChange.objects.get()
    assert (change.payee_id, change.iban, change.is_granted) == (choice.account_id, choice.iban, None)
    assert choice.account.household.name not in change.payee
    decide_iban(change_id=change.pk, is_granted=False, actor=director)
    assert refused(choice, bank) == "iban_waits"
    # Decided again as it was, it is asked again.
    again = decide(choice.account, CreditUse.REFUND, amount=D("100.00"))
    assert again.pk == choice.pk
    decide_iban(change_id=IbanChange.objects.waiting().get().pk, is_granted=True, actor=director)
    assert prepare([choice], bank).count == 1


def test_the_database_pays_no_iban_that_nobody_confirmed(bank: BankAccount) -> None:
    file = prepare([decided()], bank)
    make_actor(role=Role.DIRECTOR)
    choice = decided()
    with pytest.raises(IntegrityError, match="nobody confirmed"), transaction.atomic():
        RefundTransfer.objects.create(file=file, choice=choice, name="x", amount=1)


def test_an_iban_from_which_the_account_was_paid_needs_nobody(bank: BankAccount) -> None:
    make_actor(role=Role.DIRECTOR)
    account = account_of()
    KnownIban.objects.create(iban=make_iban(number=7), account=account, since=TODAY)
    choice = decide(account, CreditUse.REFUND, amount=D("100.00"))
    assert not IbanChange.objects.exists()
    assert prepare([choice], bank).count == 1
    # It serves for the account that it paid, and for no other.
    assert refused(decided(), bank) == "iban_waits"


def test_what_is_decided_no_more_asks_nobody(bank: BankAccount) -> None:
    make_actor(role=Role.DIRECTOR)
    undone, kept = decided(), decided()
    undo_credit_choice(choice=undone, actor=make_actor())
    decide(kept.account, CreditUse.KEEP)
    assert not IbanChange.objects.waiting().exists()
    # Another IBAN instead: what was asked before is given up, and who confirms reads the new one.
    first = decided()
    decide(first.account, CreditUse.REFUND, amount=D("100.00"), iban=make_iban(number=8))
    assert IbanChange.objects.waiting().get().iban == make_iban(number=8)


def test_who_decides_confirms_nothing_of_his_own(bank: BankAccount) -> None:
    other = make_actor(role=Role.DIRECTOR)
    both = make_actor(role=Role.RENTAL_MANAGER)
    RoleGrant.objects.create(user=both.user, role=Role.DIRECTOR, period=period(date(2026, 1, 1)))
    both = Actor.of(both.user)
    account = account_of()
    decide_credit(account=account, use=CreditUse.REFUND, amount=D("100.00"), iban=make_iban(number=7), actor=both)
    change = IbanChange.objects.get()
    with pytest.raises(NotAllowed):
        decide_iban(change_id=change.pk, is_granted=True, actor=both)
    decide_iban(change_id=change.pk, is_granted=True, actor=other)
    assert not refunds_to_pay(TODAY)[0].waits
