"""Write-offs: asked, signed, refused, withdrawn, undone; what comes after a loss; two people at once."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import LeaseParty
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.services.freezes import note_step, undo_step
from rent_ledger.arrears.services.plans import end_plan, propose_plan, sign_plan
from rent_ledger.billing.services.runs import obstacles
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.queries.statement import statement
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import ArrearsCase, Entry, OpenItem, Recovery, WriteOff
from rent_ledger.write_offs.codes import WriteOffKind, WriteOffState, WriteOffWhy
from rent_ledger.write_offs.queries import given_up
from rent_ledger.write_offs.services.write_offs import (
    ask_write_off,
    recover,
    refuse_write_off,
    sign_write_off,
    undo_recovery,
    undo_write_off,
    withdraw_write_off,
)
from tests.at_once import both_at_once
from tests.factories import actor_of, make_actor, make_association, make_let, make_user, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, detect, opened_case, state
from tests.rent_ledger.billing.services.test_receipts import bill

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 200.00."""
    make_association()
    return opened_case(months=(SEP, OCT, NOV), amount="200.00")


@pytest.fixture
def manager() -> Actor:
    return actor_of(make_user())


@pytest.fixture
def director() -> Actor:
    return actor_of(make_user(role=Role.DIRECTOR))


def ask_and_sign(case: ArrearsCase, manager: Actor, director: Actor, posting: int) -> WriteOff:
    row = ask_write_off(
        account=case.account, kind=WriteOffKind.LOSS, why=WriteOffWhy.UNTRACED, posting_ids=[posting], actor=manager
    )
    return sign_write_off(write_off=row, actor=director)


def debts(case: ArrearsCase) -> list[int]:
    rows = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")
    return list(rows.values_list("posting_id", flat=True))


def ask(case: ArrearsCase, actor: Actor, **more) -> WriteOff:
    asked = {"kind": WriteOffKind.LOSS, "why": WriteOffWhy.UNRECOVERABLE, "posting_ids": debts(case)} | more
    return ask_write_off(account=case.account, actor=actor, **asked)


def owed(case: ArrearsCase) -> str:
    return str(state(case.account_id).arrears)


def test_a_loss_is_asked_by_one_and_decided_by_another(case, manager, director):
    row = ask(case, manager, posting_ids=debts(case)[:2], amount=D("300.00"))
    assert owed(case) == "600.00"
    assert Notice.objects.get(user=director.user_id).about_id == row.pk
    done = sign_write_off(write_off=row, actor=director)
    assert (done.state, owed(case)) == (WriteOffState.DONE, "300.00")
    assert sign_write_off(write_off=row, actor=director).pk == row.pk
    entry = Entry.objects.get(kind=EntryKind.LOSS)
    assert [(p.debit_id, p.credit_id, str(p.amount)) for p in entry.postings.order_by("id")] == [
        (General.LOSS, case.account_id, "200.00"), (General.LOSS, case.account_id, "100.00"),
    ]  # fmt: skip
    # What is left is of the second one, and no money came.
    left = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")
    assert [(item.due_on, str(item.remaining)) for item in left] == [(OCT, "100.00"), (NOV, "200.00")]
    assert state(case.account_id).last_payment_on is None
    assert not broken_states(day=TODAY)
    [line] = [line for line in statement(case.account_id).lines if line.kind == EntryKind.LOSS]
    assert (line.what.text(), line.due, line.received) == ("Passé en perte", D("-300.00"), 0)
    # Who asked is told; who signs has nothing left to see.
    assert Notice.objects.get(user=manager.user_id).about_id == row.pk
    assert not Notice.objects.unseen().filter(user=director.user_id).exists()
    found = given_up(date(2026, 1, 1), date(2027, 1, 1))
    assert (found.losses, found.remissions, found.count) == (D("300.00"), 0, 1)


def test_all_given_up_closes_the_case(case, manager, director):
    sign_write_off(write_off=ask(case, manager), actor=director)
    detect()
    case.refresh_from_db()
    assert case.closed_on == TODAY


def test_nobody_decides_what_he_asked(case, director):
    both = make_actor(roles=(Role.RENTAL_MANAGER, Role.DIRECTOR))
    row = ask(case, both)
    with pytest.raises(NotAllowed, match="une autre personne décide"):
        sign_write_off(write_off=row, actor=both)
    with pytest.raises(NotAllowed):
        refuse_write_off(write_off=row, reason="Non", actor=both)
    with pytest.raises(IntegrityError, match="write_off_second_person"), transaction.atomic():
        WriteOff.objects.filter(pk=row.pk).update(first_by=row.asked_by, first_at=row.asked_at, of_two=True)


def test_above_the_ceiling_two_people_sign(manager, director):
    make_association()
    case = opened_case(months=(SEP, OCT), amount="500.01")
    row = ask(case, manager)
    assert row.of_two
    first = sign_write_off(write_off=row, actor=director)
    assert (first.state, owed(case)) == (WriteOffState.ASKED, "1000.02")
    with pytest.raises(NotAllowed, match="déjà signé"):
        sign_write_off(write_off=row, actor=director)
    done = sign_write_off(write_off=row, actor=actor_of(make_user(role=Role.DIRECTOR)))
    assert (done.state, owed(case)) == (WriteOffState.DONE, "0.00")


def test_a_remission_has_its_own_name_and_account(case, manager, director):
    row = ask(case, manager, kind=WriteOffKind.REMISSION, why=WriteOffWhy.HARDSHIP, posting_ids=debts(case)[:1])
    sign_write_off(write_off=row, actor=director)
    assert Entry.objects.get(kind=EntryKind.REMISSION).postings.get().debit_id == General.REMISSION
    pay(account=case.account_id, on=TODAY, amount="500.00")
    with pytest.raises(Conflict, match="remise"):
        recover(write_off=row, actor=manager)
    assert state(case.account_id).credit == D("100.00")


def test_it_is_refused_with_a_reason_or_withdrawn(case, manager, director):
    row = ask(case, manager)
    with pytest.raises(Conflict, match="attend déjà"):
        ask(case, manager)
    with pytest.raises(InvalidInput, match="pourquoi"):
        refuse_write_off(write_off=row, reason=" ", actor=director)
    for _ in range(2):
        assert refuse_write_off(write_off=row, reason="Le garant n’a pas payé", actor=director).state == "REFUSED"
    with pytest.raises(Conflict, match="déjà décidé"):
        sign_write_off(write_off=row, actor=director)
    again = ask(case, manager)
    for _ in range(2):
        assert withdraw_write_off(write_off=again, actor=manager).state == "WITHDRAWN"
    assert not Notice.objects.unseen().filter(user=director.user_id).exists()
    assert owed(case) == "600.00"


def test_what_can_not_be_asked(case, manager):
    with pytest.raises(InvalidInput, match="Choisissez au moins"):
        ask(case, manager, posting_ids=[])
    with pytest.raises(InvalidInput, match="n’est plus due"):
        ask(case, manager, posting_ids=[0])
    for amount in (D("600.01"), D("0.00"), D("-1.00")):
        with pytest.raises(InvalidInput, match="600,00") as refusal:
            ask(case, manager, amount=amount)
        assert refusal.value.field == "amount"
    with pytest.raises(InvalidInput, match="motif"):
        ask(case, manager, why=WriteOffWhy.HARDSHIP)
    with pytest.raises(NotAllowed):
        ask(case, Actor.system())


def test_what_a_plan_spreads_is_given_up_after_it(case, manager, director):
    row = ask(case, manager)
    plan = propose_plan(case=case, months=6, first_on=date(2026, 12, 10), actor=manager)
    sign_plan(plan=plan, signed_on=TODAY, actor=manager)
    with pytest.raises(Conflict, match="fin au plan"):
        sign_write_off(write_off=row, actor=director)
    withdraw_write_off(write_off=row, actor=manager)
    with pytest.raises(Conflict, match="fin au plan"):
        ask(case, manager)
    plan.refresh_from_db()
    end_plan(plan=plan, reason="Ménage parti", actor=manager)
    assert ask(case, manager).amount == D("600.00")


def test_what_was_paid_since_is_not_given_up(case, manager, director):
    row = ask(case, manager)
    pay(account=case.account_id, on=TODAY, amount="50.00")
    with pytest.raises(Conflict, match="payée depuis"):
        sign_write_off(write_off=row, actor=director)
    row.refresh_from_db()
    assert row.is_waiting


def test_an_undone_loss_is_owed_again_from_its_own_day(case, manager, director):
    row = ask(case, manager)
    with pytest.raises(Conflict, match="n’est pas dans les comptes"):
        undo_write_off(write_off=row, reason="Erreur", actor=director)
    sign_write_off(write_off=row, actor=director)
    with pytest.raises(InvalidInput, match="pourquoi"):
        undo_write_off(write_off=row, reason="", actor=director)
    for _ in range(2):
        assert undo_write_off(write_off=row, reason="Héritier trouvé", actor=director).state == "UNDONE"
    assert owed(case) == "600.00"
    assert OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")[0].due_on == SEP
    assert given_up(date(2026, 1, 1), date(2027, 1, 1)).count == 0
    assert not broken_states(day=TODAY)


def test_money_after_a_loss_takes_so_much_of_it_back(case, manager, director):
    row = sign_write_off(write_off=ask(case, manager), actor=director)
    with pytest.raises(Conflict, match="Aucun argent"):
        recover(write_off=row, actor=manager)
    pay(account=case.account_id, on=TODAY, amount="250.00")
    came = recover(write_off=row, actor=manager)
    assert (came.amount, state(case.account_id).credit, owed(case)) == (D("250.00"), 0, "0.00")
    # It takes the loss back, of the natures that were given up.
    assert [(p.debit_id, p.credit_id, str(p.amount)) for p in came.entry.postings.order_by("id")] == [
        (case.account_id, General.LOSS, "200.00"), (case.account_id, General.LOSS, "50.00"),
    ]  # fmt: skip
    with pytest.raises(Conflict, match="annulez d’abord la rentrée"):
        undo_write_off(write_off=row, reason="Erreur", actor=director)
    pay(account=case.account_id, on=TODAY, amount="400.00")
    assert recover(write_off=row, actor=manager).amount == D("350.00")
    assert state(case.account_id).credit == D("50.00")
    with pytest.raises(Conflict, match="Tout ce qui"):
        recover(write_off=row, actor=manager)
    for _ in range(2):
        undo_recovery(recovery=came, actor=manager)
    assert state(case.account_id).credit == D("300.00")
    assert given_up(date(2026, 1, 1), date(2027, 1, 1)).recovered == D("350.00")
    # The first debts are lost again: they come back first.
    assert recover(write_off=row, actor=manager).amount == D("250.00")
    assert not broken_states(day=TODAY)


def test_what_an_erasure_took_is_not_owed_again(case, manager, director):
    """A loss is of the books alone: the erasure takes the debt itself. One of after it is undone as ever."""
    first, last = (ask_and_sign(case, manager, director, debt) for debt in (debts(case)[0], debts(case)[2]))
    person = LeaseParty.objects.get(lease=case.account.lease_id, role="HOLDER").person
    note_step(person=person, kind=FreezeKind.ADMISSIBLE, on=date(2026, 10, 20), actor=manager)
    erased = note_step(person=person, kind=FreezeKind.ERASED, on=date(2026, 10, 31), actor=manager)
    with pytest.raises(Conflict, match="effacement du 31/10/2026"):
        undo_write_off(write_off=first, reason="Erreur", actor=director)
    undo_write_off(write_off=last, reason="Erreur", actor=director)
    assert state(case.account_id).arrears == D("200.00")
    undo_step(step=erased, actor=manager)
    undo_write_off(write_off=first, reason="Erreur", actor=director)
    assert state(case.account_id).debt == D("600.00")


def test_a_run_is_undone_once_what_lies_on_it_is(manager, director):
    demand = bill(make_let(rent="400.00", charges="0"))
    assert obstacles(demand.run) == []
    row = ask_write_off(
        account=demand.account, kind=WriteOffKind.REMISSION, why=WriteOffWhy.AGREED, actor=manager,
        posting_ids=list(OpenItem.objects.filter(account=demand.account_id).values_list("posting_id", flat=True)),
    )  # fmt: skip
    sign_write_off(write_off=row, actor=director)
    assert [found.what for found in obstacles(demand.run)] == ["Perte, remise ou paiement d’un garant sur cet avis"]
    undo_write_off(write_off=row, reason="Erreur", actor=director)
    assert obstacles(demand.run) == []


@pytest.mark.django_db(transaction=True)
def test_two_sign_at_once_and_it_is_entered_once(case, manager, director):
    row = ask(case, manager)
    other = actor_of(make_user(role=Role.DIRECTOR))
    both_at_once(partial(sign_write_off, write_off=row, actor=director),
                 partial(sign_write_off, write_off=row, actor=other))  # fmt: skip
    assert Entry.objects.filter(kind=EntryKind.LOSS).count() == 1
    pay(account=case.account_id, on=TODAY, amount="100.00")
    recover(write_off=row, actor=manager)
    assert Recovery.objects.count() == 1
