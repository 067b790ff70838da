"""Guarantors: told, called, answered, paid by them; what came back; two people at once."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from leases.contracts.codes import GuaranteeKind, PartyRole
from leases.contracts.services.ending import end_lease
from leases.contracts.services.guarantees import remove_guarantee
from leases.models import Guarantee, LeaseParty, Person
from office.access.actor import Actor
from office.house.codes import OrganisationKind
from office.models import Task
from office.tasks.services.checking import check_tasks
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.inbox import undo_match
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.books.codes import EntryKind, General
from rent_ledger.books.queries.statement import statement
from rent_ledger.checking.services import check_ledger
from rent_ledger.checking.services.states import broken_states
from rent_ledger.guarantees.codes import Answer, CallState, ClaimState, GuaranteeDuty, Refusal
from rent_ledger.guarantees.models import GuaranteeClaim
from rent_ledger.guarantees.queries.calls import GuaranteeNow, calls_of, with_paid
from rent_ledger.guarantees.queries.lists import lines_of, owed_to_guarantors
from rent_ledger.guarantees.services.claims import ask_claim, note_answer, take_back_answer, withdraw_claim
from rent_ledger.guarantees.services.notices import note_sent, prepare_notice, take_back_sent
from rent_ledger.guarantees.services.payments import note_payment, undo_payment
from rent_ledger.models import ArrearsCase, Entry, GuarantorPayment, OpenItem
from tests.at_once import both_at_once
from tests.factories import actor_of, make_association, make_let, make_organisation, make_user, pay
from tests.rent_ledger.arrears.services.test_arrears import NOV, OCT, SEP, TODAY, detect, opened_case, state
from tests.rent_ledger.bank.services.test_inbox import waiting
from tests.rent_ledger.banking import balance
from tests.rent_ledger.billing.services.test_receipts import bill

D = Decimal
pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> ArrearsCase:
    """Three terms of 213.00, September to November."""
    make_association()
    return opened_case(months=(SEP, OCT, NOV))


@pytest.fixture
def manager() -> Actor:
    return actor_of(make_user())


def visale(case: ArrearsCase, **more) -> Guarantee:
    body = make_organisation(kinds=[OrganisationKind.GUARANTOR], name="Action Logement")
    values = {"kind": GuaranteeKind.VISALE, "reference": "V10012345678", "period": period(date(2024, 3, 15))} | more
    return Guarantee.objects.create(lease=case.account.lease, body=body, **values)


def surety(case: ArrearsCase) -> Guarantee:
    person = Person.objects.create(first_name="Luc", last_name="Morel")
    lease = case.account.lease
    LeaseParty.objects.create(
        lease=lease, person=person, role=PartyRole.GUARANTOR, period=period(date(2024, 3, 15))
    )  # fmt: skip
    return Guarantee.objects.create(
        lease=lease, person=person, kind=GuaranteeKind.JOINT, period=period(date(2024, 3, 15)), address="2 rue Basse"
    )


def now(row: Guarantee) -> GuaranteeNow:
    return calls_of([row], day=clock.today())[row.pk]


def ask(case: ArrearsCase, row: Guarantee, actor: Actor, *, months: int = 2, **more) -> GuaranteeClaim:
    debts = [debt.posting_id for debt in now(row).debts][:months]
    asked = {"posting_ids": debts, "asked_on": TODAY} | more
    return ask_claim(account=case.account, guarantee=row, actor=actor, **asked)


def owed(case: ArrearsCase) -> str:
    return str(state(case.account_id).arrears)


def tasks(kind: str) -> list[tuple[int, date | None]]:
    return list(Task.objects.to_do().filter(kind=kind).values_list("about_id", "due_on"))


def test_what_is_owed_is_read_from_the_books(case):
    row = visale(case)
    found = now(row)
    # Three months in full; the aid set apart is no payment. The threshold: the day after the second due day.
    assert (found.call.state, found.call.since, found.call.by) == (
        CallState.CLAIM, date(2026, 10, 2), date(2026, 11, 1),
    )  # fmt: skip
    assert [(m.due_on, m.left, m.is_full) for m in found.facts.months] == [
        (SEP, D("213.00"), True), (OCT, D("213.00"), True), (NOV, D("213.00"), True),
    ]  # fmt: skip
    assert (found.call.most, found.ceiling) == (D("639.00"), 36 * D("213.00"))
    pay(account=case.account_id, on=TODAY, amount="1.00")
    assert [month.is_full for month in now(row).facts.months] == [False, True, True]
    # What a dispute holds counts no more; nor what fell due before the guarantee.
    hold_debt(posting_ids=[found.debts[1].posting_id], kind="DISPUTE", reason="Dit avoir payé", actor=Actor.system())
    assert (now(row).call.state, now(row).facts.held) == (CallState.CLAIM, D("213.00"))
    later = visale(case, reference="V2", period=period(NOV))
    assert (now(later).call.state, now(later).facts.outside) == (CallState.BELOW, D("425.00"))


def test_a_call_is_a_task_until_it_is_made_and_again_for_what_comes(case, manager):
    row = visale(case)
    list(check_tasks())
    assert tasks(GuaranteeDuty.CALL) == [(row.pk, date(2026, 11, 1))]
    claim = ask(case, row, manager, months=3)
    assert claim.is_late
    assert tasks(GuaranteeDuty.CALL) == []
    with pytest.raises(Conflict, match="déjà appelé"):
        prepare_notice(account=case.account, guarantee=row, actor=manager)
    withdraw_claim(claim=claim, actor=manager)
    assert tasks(GuaranteeDuty.CALL) == [(row.pk, date(2026, 11, 1))]


def test_a_guarantee_that_ends_is_told_before(case):
    end = TODAY + timedelta(days=61)
    row = visale(case, period=period(date(2024, 3, 15), end + timedelta(days=1)))
    list(check_tasks())
    assert tasks(GuaranteeDuty.ENDS) == []
    with clock.travel(TODAY + timedelta(days=1)):
        list(check_tasks())
        assert tasks(GuaranteeDuty.ENDS) == [(row.pk, end)]
        # One that follows it.
        visale(case, reference="V2", period=period(end + timedelta(days=1)))
        list(check_tasks())
        assert tasks(GuaranteeDuty.ENDS) == []


def test_what_the_guarantor_pays_is_owed_to_him_and_not_to_us(case, manager):
    row = visale(case)
    claim = ask(case, row, manager, amount=D("300.00"))
    # The oldest first, and what is asked is asked once.
    assert [(i.posting.due_on, i.amount) for i in claim.items.all()] == [(SEP, D("213.00")), (OCT, D("87.00"))]
    assert ask(case, row, manager, amount=D("300.00")).pk == claim.pk
    assert now(row).call.most == D("339.00")
    assert owed(case) == "639.00"
    note_answer(claim=claim, answer=Answer.PART, accepted=D("250.00"), refused_why=Refusal.PAPERS,
                answered_on=TODAY, actor=manager)  # fmt: skip
    with pytest.raises(InvalidInput, match="250,00"):
        note_payment(claim=claim, amount=D("250.01"), paid_on=TODAY, actor=manager)
    paid = note_payment(claim=claim, amount=D("250.00"), paid_on=TODAY, reference="VIR 77", actor=manager)
    assert note_payment(claim=claim, amount=D("250.00"), paid_on=TODAY, reference="VIR 77", actor=manager).pk == paid.pk
    entry = Entry.objects.get(kind=EntryKind.GUARANTOR)
    assert [(p.debit_id, p.credit_id, str(p.amount), p.nature) for p in entry.postings.order_by("id")] == [
        (General.GUARANTORS, case.account_id, "213.00", "RENT"), (General.GUARANTORS, case.account_id, "37.00", "RENT"),
    ]  # fmt: skip
    assert (owed(case), owed_to_guarantors(case.account_id)) == ("389.00", D("250.00"))
    left = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")
    assert [(item.due_on, str(item.remaining)) for item in left] == [(OCT, "176.00"), (NOV, "213.00")]
    claim.refresh_from_db()
    assert (claim.state, claim.paid, claim.left) == (ClaimState.PAID, D("250.00"), 0)
    # It is no money of the household.
    assert state(case.account_id).last_payment_on is None
    assert not broken_states(day=TODAY)
    assert check_ledger() == []
    [line] = [line for line in statement(case.account_id).lines if line.kind == EntryKind.GUARANTOR]
    assert (line.what.text(), line.due, line.received) == ("Payé par le garant", D("-250.00"), 0)
    assert line.said[0].text().replace("\u00a0", " ") == "250,00 € dus au garant, plus à l’association"
    with pytest.raises(Conflict, match="annulez d’abord le paiement"):
        withdraw_claim(claim=claim, actor=manager)
    for _ in range(2):
        undo_payment(payment=paid, actor=manager)
    assert (owed(case), owed_to_guarantors(case.account_id)) == ("639.00", 0)
    assert OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")[0].due_on == SEP
    assert not broken_states(day=TODAY)
    for _ in range(2):
        take_back_answer(claim=claim, actor=manager)
    assert withdraw_claim(claim=claim, actor=manager).state == ClaimState.WITHDRAWN
    assert now(row).call.most == D("639.00")


def test_what_the_household_paid_since_the_guarantor_does_not_pay_again(case, manager):
    row = visale(case)
    claim = ask(case, row, manager)
    pay(account=case.account_id, on=TODAY, amount="200.00")
    with pytest.raises(InvalidInput, match="226,00") as refused:
        note_payment(claim=claim, amount=D("426.00"), paid_on=TODAY, actor=manager)
    assert refused.value.field == "amount"
    [line] = lines_of([row], day=TODAY)
    assert (line.asked, line.left, claim.left) == (D("426.00"), D("226.00"), D("426.00"))
    # What it paid itself uses nothing of the ceiling.
    assert now(row).facts.committed == D("226.00")
    assert note_payment(claim=claim, amount=D("226.00"), paid_on=TODAY, actor=manager).amount == D("226.00")
    assert owed(case) == "213.00"
    # Nothing is awaited of debts that are paid, whoever paid them.
    [line] = lines_of([row], day=TODAY)
    assert (line.paid, line.left) == (D("226.00"), 0)
    assert [one.look.label for one in line.claims] == ["Dettes soldées"]


def test_all_paid_by_the_guarantor_closes_the_case(case, manager):
    claim = ask(case, visale(case), manager, months=3)
    note_payment(claim=claim, amount=D("639.00"), paid_on=TODAY, actor=manager)
    detect()
    case.refresh_from_db()
    assert case.closed_on == TODAY


def test_money_of_the_bank_is_placed_by_the_payment_and_waits_again_without_it(case, manager):
    claim = ask(case, visale(case), manager, asked_on=date(2026, 11, 4))
    line = waiting("426.00")
    with pytest.raises(InvalidInput, match="426,00") as refused:
        note_payment(claim=claim, amount=D("400.00"), paid_on=TODAY, bank_line=line, actor=manager)
    assert refused.value.field == "bank_line"
    paid = note_payment(claim=claim, amount=D("426.00"), paid_on=NOV, bank_line=line, actor=manager)
    line.refresh_from_db()
    assert (line.state, paid.paid_on, owed(case)) == (LineState.PLACED, date(2026, 11, 4), "213.00")
    undo_payment(payment=paid, actor=manager)
    line.refresh_from_db()
    assert (line.state, owed(case)) == (LineState.TO_PLACE, "639.00")


def test_all_the_rest_of_what_was_asked_in_part_is_another_claim_of_the_day(case, manager):
    row = visale(case)
    first = ask(case, row, manager, months=3, amount=D("100.00"))
    for _ in range(2):
        rest = ask(case, row, manager, months=3)
    assert (first.amount, rest.amount, rest.pk != first.pk) == (D("100.00"), D("539.00"), True)
    assert ask(case, row, manager, months=3, amount=D("100.00")) == first


def test_a_ceiling_is_never_passed(case, manager):
    row = visale(case, ceiling=D("250.00"))
    with pytest.raises(InvalidInput, match="250,00"):
        ask(case, row, manager, amount=D("250.01"))
    claim = ask(case, row, manager)
    assert claim.amount == D("250.00")
    assert now(row).call.state == CallState.REACHED
    # What is refused leaves the ceiling, and is not asked again by itself.
    note_answer(claim=claim, answer=Answer.REFUSED, refused_why=Refusal.LATE, answered_on=TODAY, actor=manager)
    with pytest.raises(Conflict, match="refusé"):
        note_payment(claim=claim, amount=D("1.00"), paid_on=TODAY, actor=manager)
    assert now(row).call.most == D("250.00")
    withdraw_claim(claim=claim, actor=manager)
    assert ask(case, row, manager).amount == D("250.00")


def test_what_can_not_be_asked_or_answered(case, manager):
    row = visale(case)
    with pytest.raises(InvalidInput, match="Choisissez au moins"):
        ask(case, row, manager, posting_ids=[])
    with pytest.raises(InvalidInput, match="n’est plus à demander"):
        ask(case, row, manager, posting_ids=[0])
    with pytest.raises(InvalidInput, match="426,00"):
        ask(case, row, manager, amount=D("426.01"))
    for day in (OCT, TODAY + timedelta(days=1)):
        with pytest.raises(InvalidInput, match="01/10/2026"):
            ask(case, row, manager, asked_on=day)
    claim = ask(case, row, manager)
    with pytest.raises(InvalidInput, match="n’est plus à demander"):
        ask(case, row, manager, asked_on=date(2026, 11, 4))
    with pytest.raises(InvalidInput, match="pourquoi"):
        note_answer(claim=claim, answer=Answer.REFUSED, answered_on=TODAY, actor=manager)
    with pytest.raises(InvalidInput, match="plus de zéro"):
        note_answer(claim=claim, answer=Answer.PART, accepted=D("426.00"), refused_why=Refusal.PAPERS,
                    answered_on=TODAY, actor=manager)  # fmt: skip
    with pytest.raises(InvalidInput, match="05/11/2026"):
        note_answer(claim=claim, answer=Answer.ACCEPTED, answered_on=NOV, actor=manager)
    with pytest.raises(Conflict, match="notez sa fin"):
        remove_guarantee(guarantee=row, actor=manager)


def test_a_surety_is_told_then_owes(case, manager):
    row = surety(case)
    assert now(row).call.state == CallState.TELL
    letter = prepare_notice(account=case.account, guarantee=row, actor=manager)
    assert prepare_notice(account=case.account, guarantee=row, actor=manager).pk == letter.pk
    assert letter.document.data["recipient"] == ["Luc Morel", "2 rue Basse"]
    assert (letter.facts["total"], len(letter.facts["months"])) == ("639.00", 3)
    list(check_tasks())
    assert [pk for pk, _ in tasks(GuaranteeDuty.CALL)] == [row.pk]
    for _ in range(2):
        note_sent(notice=letter, sent_on=TODAY, sent_by="RECORDED", actor=manager)
    assert (now(row).call.state, now(row).call.most) == (CallState.CLAIM, D("639.00"))
    with pytest.raises(Conflict, match="déjà noté"):
        note_sent(notice=letter, sent_on=TODAY, sent_by="LETTER", actor=manager)
    for _ in range(2):
        take_back_sent(notice=letter, actor=manager)
    assert now(row).call.state == CallState.TELL
    # Another sum: another letter.
    pay(account=case.account_id, on=TODAY, amount="13.00")
    again = prepare_notice(account=case.account, guarantee=row, actor=manager)
    letter.refresh_from_db()
    assert (again.total, letter.withdrawn_at is not None) == (D("626.00"), True)


def test_two_guarantors_may_both_be_asked_and_only_what_is_owed_is_paid(case, manager):
    one, other = visale(case), surety(case)
    first, second = ask(case, one, manager, months=3), ask(case, other, manager, months=3)
    note_payment(claim=first, amount=D("600.00"), paid_on=TODAY, actor=manager)
    with pytest.raises(InvalidInput, match="39,00"):
        note_payment(claim=second, amount=D("40.00"), paid_on=TODAY, actor=manager)
    note_payment(claim=second, amount=D("39.00"), paid_on=TODAY, actor=manager)
    assert (owed(case), owed_to_guarantors(case.account_id)) == ("0.00", D("639.00"))


def test_a_payment_noted_before_the_bank_knew_it_takes_its_line_once(case, manager):
    on = date(2026, 11, 4)
    claim = ask(case, visale(case), manager, months=3, asked_on=on)
    first = note_payment(claim=claim, amount=D("213.00"), paid_on=on, actor=manager)
    line, other = waiting("213.00"), waiting("213.00")
    assert (line.booking_day, other.booking_day) == (on, on)
    pay_by = partial(note_payment, claim=claim, amount=D("213.00"), paid_on=TODAY, actor=manager)
    assert [pay_by(bank_line=line), pay_by(bank_line=line)] == [first, first]
    line.refresh_from_db()
    assert (line.state, GuarantorPayment.objects.get().bank_line) == (LineState.PLACED, line)
    # Taken back at the bank, it waits again, and is placed again.
    undo_match(line_id=line.pk, actor=manager)
    assert pay_by(bank_line=line) == first
    line.refresh_from_db()
    assert line.state == LineState.PLACED
    # Paid twice on a day: each by its own reference.
    with pytest.raises(InvalidInput) as refused:
        pay_by(bank_line=other)
    assert refused.value.field == "reference"
    assert pay_by(bank_line=other, reference="2e virement").bank_line == other
    assert (owed(case), balance(General.GUARANTORS)) == ("213.00", 0)


def test_what_a_corrected_demand_frees_goes_back_to_the_guarantor():
    """November, 400.00, paid by Visale; the contract ended on the 3rd, and 40.00 are due."""
    make_association()
    demand = bill(make_let(rent="400.00", charges="0"))
    account, manager = demand.account, actor_of(make_user())
    case = ArrearsCase(account=account)
    row = visale(case, ceiling=D("500.00"))
    [debt] = [one.posting_id for one in now(row).debts]
    claim = ask_claim(account=account, guarantee=row, posting_ids=[debt], asked_on=TODAY, actor=manager)
    note_payment(claim=claim, amount=D("300.00"), paid_on=TODAY, actor=manager)
    end_lease(lease=demand.lease, last_day=date(2026, 11, 3), reason="FAMILY", actor=manager)
    correct_all(actor=manager, lease_ids=[demand.lease_id])
    found = with_paid(GuaranteeClaim.objects.all()).get()
    assert (found.paid, found.to_give_back, owed_to_guarantors(account.pk)) == (D("300.00"), D("260.00"), D("40.00"))
    line = next(line for line in statement(account.pk).lines if line.kind == EntryKind.LESS_GIVEN_UP)
    assert (line.title, line.detail) == (
        "Paiement du garant réduit", "260,00\xa0€ n’étaient pas dus, et sont à rendre au garant",
    )  # fmt: skip
    # 40.00 of what it paid count for its ceiling; the 100.00 that were asked too are not owed any more.
    assert now(row).facts.committed == D("40.00")
    assert check_ledger() == []


@pytest.mark.django_db(transaction=True)
def test_two_ask_and_pay_at_once_and_it_is_there_once(case, manager):
    row = visale(case)
    debts = [debt.posting_id for debt in now(row).debts]
    one = partial(ask_claim, account=case.account, guarantee=row, posting_ids=debts, asked_on=TODAY, actor=manager)
    both_at_once(one, one)
    claim = GuaranteeClaim.objects.get()
    pays = partial(note_payment, claim=claim, amount=D("639.00"), paid_on=TODAY, actor=manager)
    both_at_once(pays, pays)
    assert GuarantorPayment.objects.count() == 1
    assert Entry.objects.filter(kind=EntryKind.GUARANTOR).count() == 1
