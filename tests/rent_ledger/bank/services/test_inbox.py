"""What a person decides about bank lines, alone and two at once."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.codes import Role
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.queries.inbox import card
from rent_ledger.bank.services.inbox import (
    accept_match,
    accept_matches,
    leave_line,
    place_line,
    place_lines,
    undo_match,
    undo_matches,
)
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.checking.services import check_ledger
from rent_ledger.matching.reasons import said
from rent_ledger.models import Account, AccountState, BankLine, Entry, KnownIban, Match
from rent_ledger.payments.queries import payments_for
from rent_ledger.payments.services.payments import take_payment
from tests.at_once import both_at_once
from tests.factories import make_actor, make_bank_account, make_let, owe
from tests.rent_ledger.banking import balance, camt, drop, movement, payer_iban, written

NOV_1, NOV_4, NOV_5 = date(2026, 11, 1), date(2026, 11, 4), date(2026, 11, 5)
pytestmark = pytest.mark.django_db


def debtor(amount: str = "480.00"):
    lease = make_let()
    return lease, owe(lease=lease, due_on=NOV_1, amount=amount)


def debt(account: int) -> Decimal:
    return AccountState.objects.get(account_id=account).debt


def waiting(amount: str = "75.00", **facts: str) -> BankLine:
    drop(camt(written(make_bank_account(), movement(amount, **facts))))  # type: ignore[arg-type]
    return BankLine.objects.latest("id")


def proposed(amount: str = "480.00", *, payer: int = 1):
    lease, account = debtor()
    line = waiting(amount, name=f"ALIX {lease.parties.get().person.last_name}", iban=payer_iban(payer))
    return line, Match.objects.get(line=line), account


def test_an_accepted_proposal_pays_the_debt_and_teaches_the_iban():
    line, proposal, account = proposed()
    actor = make_actor()
    accept_match(match_id=proposal.pk, actor=actor)
    proposal.refresh_from_db()
    assert (proposal.is_accepted, proposal.decided_by) == (True, actor.user)
    assert (debt(account), balance(General.SUSPENSE)) == (0, 0)
    assert proposal.entry.effective_on == NOV_4
    assert KnownIban.objects.get().account_id == account
    assert BankLine.objects.get(pk=line.pk).state == LineState.PLACED
    assert check_ledger() == []


def test_a_proposal_is_accepted_once():
    _, proposal, _ = proposed()
    actor = make_actor()
    accept_match(match_id=proposal.pk, actor=actor)
    with pytest.raises(Conflict, match=f"par {actor.user}"):
        accept_match(match_id=proposal.pk, actor=actor)
    assert Entry.objects.filter(kind=EntryKind.PLACEMENT).count() == 1


def test_several_proposals_at_once_leave_what_was_decided():
    _, one, _ = proposed()
    _, two, _ = proposed()
    actor = make_actor()
    accept_match(match_id=one.pk, actor=actor)
    assert len(accept_matches(match_ids=[one.pk, two.pk], actor=actor)) == 1


def test_what_was_accepted_together_is_taken_back_as_far_as_it_stands():
    found = [proposed(payer=payer) for payer in range(1, 4)]
    actor = make_actor()
    lines = accept_matches(match_ids=[proposal.pk for _, proposal, _ in found], actor=actor)
    assert lines == sorted(line.pk for line, _, _ in found)
    undo_match(line_id=lines[0], actor=actor)
    result = undo_matches(line_ids=[*reversed(lines), 999_999], actor=actor)
    assert [line.pk for line in result.done] == lines[1:]
    assert [("déjà « à placer »" in text) for text in result.refused] == [True]
    assert {line.state for line in BankLine.objects.filter(pk__in=lines)} == {LineState.TO_PLACE}
    assert [debt(account) for _, _, account in found] == [Decimal("480.00")] * 3
    assert not KnownIban.objects.exists()
    assert len(undo_matches(line_ids=lines, actor=actor).refused) == 3
    assert check_ledger() == []


def test_many_proposals_cost_as_many_queries_as_two():
    def accepted(payers: range) -> int:
        found = [proposed(payer=payer) for payer in payers]
        with CaptureQueriesContext(connection) as seen:
            accepted = accept_matches(match_ids=[proposal.pk for _, proposal, _ in found], actor=actor)
            assert len(accepted) == len(payers)
        for line, proposal, account in found:
            line.refresh_from_db()
            proposal.refresh_from_db()
            assert (line.state, proposal.is_accepted, proposal.decided_by) == (LineState.PLACED, True, actor.user)
            assert proposal.entry.postings.get().credit_id == account
            assert KnownIban.objects.filter(account_id=account, iban=line.counterparty_iban).exists()
            assert debt(account) == 0
        return len(seen)

    actor = make_actor()
    assert accepted(range(10, 12)) == accepted(range(20, 25))
    assert balance(General.SUSPENSE) == 0
    assert check_ledger() == []


def test_no_proposal_is_nothing_to_accept():
    assert accept_matches(match_ids=[], actor=make_actor()) == []


def test_a_line_is_shared_between_households_to_the_cent():
    (_, one), (_, two) = debtor("40.00"), debtor("40.00")
    line = waiting("75.00")
    place_line(line_id=line.pk, shares=[(one, Decimal("40.00")), (two, Decimal("35.00"))], actor=make_actor())
    assert (debt(one), debt(two), balance(General.SUSPENSE)) == (0, Decimal("5.00"), 0)


def test_many_lines_placed_by_hand_cost_as_many_queries_as_two():
    def placed(count: int) -> int:
        found = [(waiting("75.00", iban=payer_iban(30 + count * 10 + n)), debtor("75.00")[1]) for n in range(count)]
        placings = {line.pk: [(account, Decimal("75.00"))] for line, account in found}
        with CaptureQueriesContext(connection) as seen:
            matches = place_lines(placings=placings, actor=actor)
        for line, account in found:
            [match] = matches[line.pk]
            assert (match.account_id, match.is_accepted, match.entry.postings.get().credit_id) == (
                account, True, account,
            )  # fmt: skip
            assert (debt(account), KnownIban.objects.filter(account_id=account).count()) == (0, 1)
            assert BankLine.objects.get(pk=line.pk).state == LineState.PLACED
        return len(seen)

    actor = make_actor()
    assert placed(2) == placed(5)
    assert balance(General.SUSPENSE) == 0
    assert check_ledger() == []


def test_lines_placed_together_are_all_placed_or_none():
    one, two = waiting("75.00"), waiting("60.00")
    account = debtor("200.00")[1]
    placings = {one.pk: [(account, Decimal("75.00"))], two.pk: [(account, Decimal("60.00"))]}
    actor = make_actor()
    with pytest.raises(InvalidInput, match="différence"):
        place_lines(placings=placings | {two.pk: [(account, Decimal("59.00"))]}, actor=actor)
    with pytest.raises(InvalidInput, match="n’existe pas"):
        place_lines(placings=placings | {two.pk + 1: [(account, Decimal("1.00"))]}, actor=actor)
    assert debt(account) == Decimal("200.00")
    place_lines(placings=placings, actor=actor)
    assert debt(account) == Decimal("65.00")
    with pytest.raises(Conflict, match=f"par {actor.user}"):
        place_lines(placings=placings, actor=actor)
    assert Entry.objects.filter(kind=EntryKind.PLACEMENT).count() == 2
    assert place_lines(placings={}, actor=actor) == {}


@pytest.mark.parametrize(
    ("amounts", "message"),
    [
        (["40.00", "30.00"], "la différence est de 5,00\u00a0€"),
        (["80.00", "-5.00"], "supérieure à zéro"),
        ([], "au moins un ménage"),
    ],
)
def test_shares_that_do_not_fit_are_refused(amounts, message):
    accounts = [debtor()[1] for _ in amounts]
    line = waiting("75.00")
    with pytest.raises(InvalidInput, match=message):
        place_line(
            line_id=line.pk, shares=[(a, Decimal(x)) for a, x in zip(accounts, amounts, strict=True)],
            actor=make_actor(),
        )  # fmt: skip
    assert BankLine.objects.get(pk=line.pk).state == LineState.TO_PLACE


def test_a_line_goes_to_accounts_of_households_only():
    line = waiting("75.00")
    with pytest.raises(InvalidInput, match="pas un compte de ménage"):
        place_line(line_id=line.pk, shares=[(General.RENT_INCOME, Decimal("75.00"))], actor=make_actor())
    _, account = debtor()
    with pytest.raises(InvalidInput, match="deux fois"):
        place_line(
            line_id=line.pk, shares=[(account, Decimal("70.00")), (account, Decimal("5.00"))], actor=make_actor()
        )


def test_cheques_of_the_desk_come_to_the_bank():
    line = waiting("75.00", label="REMISE DE CHEQUES")
    place_line(line_id=line.pk, shares=[(General.CHEQUES, Decimal("75.00"))], actor=make_actor())
    assert balance(General.CHEQUES) == Decimal("-75.00")


def test_undoing_a_placement_puts_the_money_back_into_suspense():
    line, proposal, account = proposed()
    accept_match(match_id=proposal.pk, actor=make_actor())
    undo_match(line_id=line.pk, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (Decimal("480.00"), Decimal("-480.00"))
    assert BankLine.objects.get(pk=line.pk).state == LineState.TO_PLACE
    assert KnownIban.objects.count() == 0
    place_line(line_id=line.pk, shares=[(account, Decimal("480.00"))], actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (0, 0)
    assert check_ledger() == []


def test_undoing_a_sure_line_keeps_the_money_on_the_bank():
    bank = make_bank_account()
    lease, account = debtor()
    drop(camt(written(bank, movement("480.00", reference=lease.payment_reference))))
    line = BankLine.objects.get()
    undo_match(line_id=line.pk, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE)) == (Decimal("480.00"), Decimal("-480.00"))
    assert balance(100 + bank.pk) == Decimal("480.00")
    with pytest.raises(Conflict):
        undo_match(line_id=line.pk, actor=make_actor())
    assert check_ledger() == []


def test_what_the_bank_returned_is_not_undone():
    lease, _ = debtor()
    bank = make_bank_account()
    drop(camt(written(bank, movement("480.00", reference=lease.payment_reference, end_to_end="E1"))))
    back = movement("-480.00", label="REJET", reason="AM04", end_to_end="E1", day=NOV_5)
    drop(camt(written(bank, back, opening="1480.00", closing_day=NOV_5)))
    with pytest.raises(Conflict, match="rejeté ce paiement"):
        undo_match(line_id=BankLine.objects.get(amount__gt=0).pk, actor=make_actor())


def test_undoing_a_return_pays_the_debt_again_and_lets_it_wait():
    lease, account = debtor()
    bank = make_bank_account()
    drop(camt(written(bank, movement("480.00", reference=lease.payment_reference, end_to_end="E1"))))
    back = movement("-480.00", label="REJET", reason="AM04", end_to_end="E1", day=NOV_5)
    drop(camt(written(bank, back, opening="1480.00", closing_day=NOV_5)))
    undo_match(line_id=BankLine.objects.get(amount__lt=0).pk, actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE), balance(100 + bank.pk)) == (0, Decimal("480.00"), 0)
    assert check_ledger() == []


@pytest.mark.parametrize("sure", [True, False])
def test_a_return_nobody_recognised_undoes_the_payment_of_the_chosen_household(sure):
    bank = make_bank_account()
    lease, account = debtor()
    facts = {"reference": lease.payment_reference} if sure else {"label": "VIREMENT"}
    drop(camt(written(bank, movement("480.00", **facts))))
    if not sure:
        place_line(line_id=BankLine.objects.get().pk, shares=[(account, Decimal("480.00"))], actor=make_actor())
    back = movement("-480.00", label="REJET", reason="AC04", day=NOV_5)
    drop(camt(written(bank, back, opening="1480.00", closing_day=NOV_5)))
    line = BankLine.objects.get(amount__lt=0)
    _, other = debtor()
    with pytest.raises(InvalidInput, match="n’a pas reçu"):
        place_line(line_id=line.pk, shares=[(other, Decimal("-480.00"))], actor=make_actor())
    place_line(line_id=line.pk, shares=[(account, Decimal("-480.00"))], actor=make_actor())
    assert (debt(account), balance(General.SUSPENSE), balance(100 + bank.pk)) == (Decimal("480.00"), 0, 0)
    assert check_ledger() == []


def cheque(account, *, amount="480.00", day=date(2026, 11, 2)):
    return take_payment(
        account=Account.objects.get(pk=account), amount=Decimal(amount), received_on=day, method="CHEQUE",
        request_key=uuid4(), actor=make_actor(),
    )  # fmt: skip


@pytest.mark.parametrize("is_remitted", [True, False], ids=["after its remittance", "before its remittance"])
def test_a_cheque_of_the_desk_that_comes_back_is_a_debt_again_from_that_day(is_remitted):
    bank = make_bank_account()
    _, account = debtor()
    payment = cheque(account)
    opening = "1000.00"
    if is_remitted:
        drop(camt(written(bank, movement("480.00", label="REMISE CHQ 0004512"))))
        accept_match(match_id=Match.objects.get().pk, actor=make_actor())
        opening = "1480.00"
    back = movement("-480.00", label="CHEQUE IMPAYE", reason="AM04", day=NOV_5)
    drop(camt(written(bank, back, opening=opening, closing_day=NOV_5)))
    line = BankLine.objects.get(amount__lt=0)
    assert line.state == LineState.TO_PLACE
    place_line(line_id=line.pk, shares=[(account, Decimal("-480.00"))], actor=make_actor())
    entry = Entry.objects.get(reverses=payment.entry)
    assert (entry.kind, entry.effective_on) == (EntryKind.RETURN, NOV_5)
    assert (debt(account), AccountState.objects.get(account_id=account).in_debt_since) == (Decimal("480.00"), NOV_5)
    # The cheque left the association: nothing of it is in hand, in suspense or at the bank.
    assert (balance(General.CHEQUES), balance(General.SUSPENSE)) == (0 if is_remitted else Decimal("480.00"), 0)
    assert balance(100 + bank.pk) == (0 if is_remitted else Decimal("-480.00"))
    [shown] = payments_for(actor=make_actor())
    assert (shown.is_cancelled, shown.is_returned) == (False, True)
    assert check_ledger() == []


def test_the_return_of_a_cheque_is_undone_whole():
    bank = make_bank_account()
    _, account = debtor()
    cheque(account)
    drop(camt(written(bank, movement("-480.00", label="CHEQUE IMPAYE", day=NOV_5), closing_day=NOV_5)))
    line = BankLine.objects.get()
    place_line(line_id=line.pk, shares=[(account, Decimal("-480.00"))], actor=make_actor())
    undo_match(line_id=line.pk, actor=make_actor())
    line.refresh_from_db()
    assert (line.state, debt(account)) == (LineState.TO_PLACE, 0)
    assert (balance(General.CHEQUES), balance(General.SUSPENSE)) == (Decimal("480.00"), Decimal("480.00"))
    [shown] = payments_for(actor=make_actor())
    assert (shown.is_cancelled, shown.is_returned) == (False, False)
    assert check_ledger() == []


@pytest.mark.parametrize(("label", "is_cheque"), [("CHEQUE IMPAYE", True), ("REJET VIR", False)])
def test_the_label_says_whether_the_cheque_or_the_newer_transfer_comes_back(label, *, is_cheque):
    bank = make_bank_account()
    lease, account = debtor(amount="960.00")
    payment = cheque(account)
    drop(camt(written(bank, movement("480.00", reference=lease.payment_reference))))
    drop(camt(written(bank, movement("-480.00", label=label, day=NOV_5), opening="1480.00", closing_day=NOV_5)))
    line = BankLine.objects.get(amount__lt=0)
    place_line(line_id=line.pk, shares=[(account, Decimal("-480.00"))], actor=make_actor())
    assert Entry.objects.filter(reverses=payment.entry).exists() is is_cheque
    assert check_ledger() == []


def test_cash_does_not_come_back_from_the_bank():
    bank = make_bank_account()
    _, account = debtor()
    take_payment(
        account=Account.objects.get(pk=account), amount=Decimal("480.00"), received_on=NOV_1, method="CASH",
        request_key=uuid4(), actor=make_actor(),
    )  # fmt: skip
    drop(camt(written(bank, movement("-480.00", label="CHEQUE IMPAYE"))))
    with pytest.raises(InvalidInput, match="n’a pas reçu"):
        place_line(line_id=BankLine.objects.get().pk, shares=[(account, Decimal("-480.00"))], actor=make_actor())


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("sure", [True, False])
def test_a_return_told_by_its_label_only_is_proposed_and_accepted(sure, *, together):
    bank = make_bank_account()
    lease, account = debtor()
    name = lease.parties.get().person.last_name.upper()
    facts = {"reference": lease.payment_reference} if sure else {"label": "X"}
    drop(camt(written(bank, movement("480.00", **facts))))
    if not sure:
        place_line(line_id=BankLine.objects.get().pk, shares=[(account, Decimal("480.00"))], actor=make_actor())
    back = movement("-480.00", label=f"REJET VIR {name}", day=NOV_5)
    drop(camt(written(bank, back, opening="1480.00", closing_day=NOV_5)))
    line = BankLine.objects.get(amount__lt=0)
    proposal = Match.objects.get(line=line)
    assert (line.state, proposal.account_id, proposal.is_accepted) == (LineState.PROPOSED, account, False)
    if together:
        assert accept_matches(match_ids=[proposal.pk], actor=make_actor()) == [proposal.line_id]
    else:
        assert accept_match(match_id=proposal.pk, actor=make_actor()).account_id == account
    assert (debt(account), balance(General.SUSPENSE), balance(100 + bank.pk)) == (Decimal("480.00"), 0, 0)
    assert check_ledger() == []
    # The payment came back: another reject of the same words is of no payment.
    again = movement("-480.00", label=f"REJET VIR {name} BIS", day=NOV_5)
    drop(camt(written(bank, again, closing_day=NOV_5, sequence=2)))
    assert waiting_reason() == "Rejet d’un paiement que nous n’avons pas vu"


def waiting_reason():
    return said(BankLine.objects.get(state=LineState.TO_PLACE).reasons)[0].reason.text()


@pytest.mark.parametrize("label", ["FRAIS DE TENUE DE COMPTE", "VIR LOYER PRINCIPAL"], ids=["fees", "outgoing"])
def test_what_the_rules_leave_outside_the_rents_can_come_back(label):
    bank = make_bank_account()
    drop(camt(written(bank, movement("-12.50", label=label))))
    line = BankLine.objects.get()
    assert (line.state, card(line).can_undo) == (LineState.OTHER, True)
    undo_match(line_id=line.pk, actor=make_actor())
    line.refresh_from_db()
    assert line.state == LineState.TO_PLACE
    assert (balance(General.SUSPENSE), balance(General.BANK_FEES)) == (Decimal("12.50"), 0)
    leave_line(line_id=line.pk, actor=make_actor())
    assert card(BankLine.objects.get()).can_undo
    undo_match(line_id=line.pk, actor=make_actor())
    assert check_ledger() == []


def test_a_line_left_outside_the_rents_can_come_back():
    line = waiting()
    leave_line(line_id=line.pk, actor=make_actor(), reason="Remboursement d’assurance")
    line.refresh_from_db()
    assert (line.state, said(line.reasons)[0].reason.text()) == (LineState.OTHER, "Remboursement d’assurance")
    undo_match(line_id=line.pk, actor=make_actor())
    assert BankLine.objects.get(pk=line.pk).state == LineState.TO_PLACE


def test_leaving_a_proposed_line_drops_its_proposal():
    line, proposal, _ = proposed()
    leave_line(line_id=line.pk, actor=make_actor())
    with pytest.raises(Conflict):
        accept_match(match_id=proposal.pk, actor=make_actor())


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
def test_only_the_rental_manager_decides(role):
    line, proposal, account = proposed()
    actor = make_actor(role=role)
    for decide in (
        lambda: accept_match(match_id=proposal.pk, actor=actor),
        lambda: place_line(line_id=line.pk, shares=[(account, line.amount)], actor=actor),
        lambda: leave_line(line_id=line.pk, actor=actor),
        lambda: undo_match(line_id=line.pk, actor=actor),
    ):
        with pytest.raises(NotAllowed):
            decide()


# -- two people at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_people_place_the_same_line_one_wins():
    one, two = make_let(), make_let()
    accounts = tenant_accounts([one.pk, two.pk])
    line, actor = waiting("75.00"), make_actor()
    shares = [[(accounts[lease.pk], Decimal("75.00"))] for lease in (one, two)]
    results = both_at_once(*[lambda s=s: place_line(line_id=line.pk, shares=s, actor=actor) for s in shares])
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert Match.objects.filter(is_accepted=True).count() == 1
    assert balance(General.SUSPENSE) == 0


@pytest.mark.django_db(transaction=True)
def test_two_people_accept_the_same_proposal_one_wins():
    _, proposal, account = proposed()
    actor = make_actor()
    results = both_at_once(*[lambda: accept_match(match_id=proposal.pk, actor=actor)] * 2)
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert debt(account) == 0


@pytest.mark.django_db(transaction=True)
def test_two_people_take_the_same_lines_back_in_another_order_each_once():
    found = [proposed(payer=payer) for payer in range(1, 4)]
    actor = make_actor()
    lines = accept_matches(match_ids=[proposal.pk for _, proposal, _ in found], actor=actor)
    one, two = both_at_once(
        lambda: undo_matches(line_ids=lines, actor=actor), lambda: undo_matches(line_ids=lines[::-1], actor=actor)
    )
    assert sorted(len(result.done) for result in (one, two)) == [0, 3]
    assert [debt(account) for _, _, account in found] == [Decimal("480.00")] * 3
    assert balance(General.SUSPENSE) == -sum(Decimal("480.00") for _ in lines)


@pytest.mark.django_db(transaction=True)
def test_two_people_import_the_same_file_one_wins():
    bank = make_bank_account()
    data = camt(written(bank, *[movement(f"{i}.00", label=f"L{i}") for i in range(1, 60)]))
    results = both_at_once(*[lambda: drop(data)] * 2)
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert BankLine.objects.count() == 59


@pytest.mark.django_db(transaction=True)
def test_two_people_import_overlapping_files_nothing_is_twice():
    bank = make_bank_account()
    entries = [movement(f"{i}.00", label=f"L{i}") for i in range(1, 60)]
    files = [camt(written(bank, *entries[:40])), camt(written(bank, *entries[20:], opening="1210.00"))]
    both_at_once(*[lambda d=d: drop(d) for d in files])
    assert BankLine.objects.count() in {40, 39, 59}
    assert BankLine.objects.values("content_hash").distinct().count() == BankLine.objects.count()
