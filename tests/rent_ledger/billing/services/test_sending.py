"""Avis and quittances leave by the way that each household chose, once."""

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import InvalidInput
from common.periods import Month
from leases.contracts.services.wishes import record_wish, withdraw_wish
from leases.households.services import update_person
from leases.models import Lease, PaperWish, Person
from office.access.actor import Actor
from office.jobs.worker import drain
from office.messages import worker
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.providers.paper import manifest, piles, printed, sorted_lot
from office.messages.services.outbox import send_again, withdraw
from office.messages.services.post import mark_posted, print_lot, take_back_posted, take_out
from rent_ledger.billing.codes import BillingMessage, ReceiptKind
from rent_ledger.billing.queries.messages import sending_of, some_demands, some_receipts
from rent_ledger.billing.services.receipts import issue_due_receipts, issue_receipt
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.sending import (
    send_receipt,
    send_run,
    send_wanted_receipts,
    write_avis,
)
from rent_ledger.models import Entry, Receipt, RentDemand, RentRun
from tests.factories import ANYWAY, make_actor, make_association, make_let, pay

pytestmark = pytest.mark.django_db
DEC = Month(2026, 12)
NOV_1 = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> Path:
    make_association()
    settings.MESSAGE_FOLDER = tmp_path
    return tmp_path


def agrees(lease: Lease, kind: str = "EMAIL", email: str = "sarr@menage.example") -> PaperWish:
    person = lease.parties.get().person
    Person.objects.filter(pk=person.pk).update(email=email)
    person.refresh_from_db()
    return record_wish(actor=make_actor(), lease=lease, kind=kind, person=person, proof="Formulaire signé")


def billed(month: Month = DEC) -> RentRun:
    run = launch_run(month=month, actor=make_actor(), answers=ANYWAY)
    drain(run.job_id)
    run.refresh_from_db()
    return run


def sent(run: RentRun) -> dict[int, Message]:
    """The run's avis are written in the outbox; by lease id."""
    drain(send_run(run=run, actor=make_actor()).pk)
    return by_lease()


def by_lease() -> dict[int, Message]:
    leases = dict(RentDemand.objects.values_list("pk", "lease_id"))
    return {
        leases[message.about_id]: message for message in Message.objects.filter(kind=BillingMessage.AVIS).order_by("id")
    }


def posted() -> int:
    take_out(actor=make_actor())
    return mark_posted(until=clock.now(), actor=make_actor()).count


# -- by which way -----------------------------------------------------------------------------------------------------


def test_a_letter_unless_the_tenant_agreed_to_an_email(house: Path) -> None:
    by_post, by_email, has_email = make_let(), make_let(), make_let()
    agrees(by_email)
    Person.objects.filter(lease_parties__lease=has_email).update(email="roy@menage.example")
    run = billed()
    assert (sending_of(run).by_post, sending_of(run).by_email) == (2, 1)
    messages = sent(run)
    assert {lease: (m.channel, m.address) for lease, m in messages.items()} == {
        by_post.pk: (Channel.PAPER, ""),
        by_email.pk: (Channel.EMAIL, "sarr@menage.example"),
        has_email.pk: (Channel.PAPER, ""),
    }
    mail = messages[by_email.pk]
    assert "480,00\u00a0€" in mail.body
    assert "480" not in mail.subject
    assert mail.household_id == by_email.household_id
    assert worker.deliver() == 1
    [written] = house.iterdir()
    content = written.read_bytes()
    assert b"application/pdf" in content
    assert mail.document is not None
    assert mail.document.number.encode() in content


def test_withdrawn_the_next_avis_is_a_letter() -> None:
    lease = make_let()
    wish = agrees(lease)
    run = billed()
    withdraw_wish(actor=make_actor(), wish=wish)
    assert sent(run)[lease.pk].channel == Channel.PAPER


def test_the_state_of_the_demand_is_true_by_each_way() -> None:
    by_post, by_email = make_let(), make_let()
    agrees(by_email)
    run = billed()
    sent(run)
    assert set(RentDemand.objects.values_list("sent_at", flat=True)) == {None}
    worker.deliver()
    assert RentDemand.objects.get(lease=by_email).sent_at == clock.now()
    assert RentDemand.objects.get(lease=by_post).sent_at is None
    take_out(actor=make_actor())
    assert RentDemand.objects.get(lease=by_post).sent_at is None
    mark_posted(until=clock.now(), actor=make_actor())
    assert RentDemand.objects.get(lease=by_post).sent_at == clock.now()


def test_what_was_said_to_be_posted_by_mistake_is_not_sent_and_what_left_before_is() -> None:
    by_post, by_both = make_let(), make_let()
    agrees(by_both)
    run = billed()
    mail = sent(run)[by_both.pk]
    worker.deliver()
    with clock.travel(clock.now() + timedelta(minutes=5)):
        mail.refresh_from_db()
        mail.state, mail.why = MessageState.PERMANENT_FAILURE, "Boîte pleine"
        mail.save()
        send_again(message=mail, by_post=True, actor=make_actor())
        take_out(actor=make_actor())
        letters = mark_posted(until=clock.now(), actor=make_actor())
        assert letters.count == 2
        take_back_posted(moment=letters.at, actor=make_actor())
    assert RentDemand.objects.get(lease=by_post).sent_at is None
    assert RentDemand.objects.get(lease=by_both).sent_at == clock.now()


def test_sent_twice_before_the_job_has_run_it_is_one_job() -> None:
    make_let()
    run = billed()
    first = send_run(run=run, actor=make_actor())
    assert send_run(run=run, actor=make_actor()) == first
    drain(first.pk)
    assert Message.objects.count() == 1


def test_sent_again_nothing_is_written_twice_and_what_came_late_follows() -> None:
    make_let()
    run = billed()
    sent(run)
    with pytest.raises(InvalidInput, match="partis ou en route"):
        send_run(run=run, actor=make_actor())
    assert write_avis(run_id=run.pk, demand_ids=[RentDemand.objects.get().pk], actor=make_actor()) == {}
    assert Message.objects.count() == 1
    withdraw(message=Message.objects.get(), actor=make_actor())
    assert sending_of(run).to_send == 1
    sent(run)
    assert sorted(Message.objects.values_list("state", flat=True)) == ["CREATED", "WITHDRAWN"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_send_at_once_write_each_avis_once() -> None:
    for _ in range(3):
        make_let()
    run, actors = billed(), [make_actor(), make_actor()]
    ids = list(RentDemand.objects.values_list("pk", flat=True))
    barrier = threading.Barrier(2)

    def write(actor: Actor) -> None:
        try:
            barrier.wait()
            with clock.travel(date(2026, 11, 5)):
                write_avis(run_id=run.pk, demand_ids=ids, actor=actor)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[actor]) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert Message.objects.count() == 3


def test_the_cost_does_not_depend_on_the_number_of_avis() -> None:
    def asked(run: RentRun) -> int:
        ids = list(run.demands.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as seen:
            write_avis(run_id=run.pk, demand_ids=ids, actor=make_actor())
        return len(seen)

    agrees(make_let())
    make_let()
    few = asked(billed())
    for _ in range(5):
        agrees(make_let(), email=f"m{_}@menage.example")
        make_let()
    assert asked(billed(Month(2027, 1))) == few
    assert Message.objects.count() == 2 + 12


def test_the_lot_prints_the_avis_sorted_beside_other_letters() -> None:
    for street in ("9 rue Z", "1 rue A"):
        lease = make_let()
        building = lease.unit.dwelling.building
        building.street = street
        building.save()
    run = billed()
    sent(run)
    take_out(actor=make_actor())
    [pile] = piles(sorted_lot())
    assert (pile.code, pile.label) == ("rent_demand_4", "Avis d’échéance")
    assert [m.document.data["recipient"][1] for m in pile.letters if m.document] == ["1 rue A", "9 rue Z"]


# -- quittances -------------------------------------------------------------------------------------------------------


def paid(lease: Lease) -> RentDemand:
    with clock.travel(NOV_1):
        billed(Month(2026, 11))
    demand = RentDemand.objects.get(lease=lease, month=NOV_1)
    pay(account=demand.account_id, on=NOV_1, amount=str(demand.net))
    return demand


def test_a_quittance_is_sent_when_the_tenant_asks_once() -> None:
    lease = make_let()
    receipt = issue_receipt(demand=paid(lease), actor=make_actor())
    message = send_receipt(receipt=receipt, actor=make_actor())
    assert (message.kind, message.channel, message.document_id) == ("RECEIPT", Channel.PAPER, receipt.document_id)
    agrees(lease)
    assert send_receipt(receipt=receipt, actor=make_actor()) == message
    withdraw(message=message, actor=make_actor())
    again = send_receipt(receipt=receipt, actor=make_actor())
    assert (again.channel, again.address) == (Channel.EMAIL, "sarr@menage.example")
    assert worker.deliver() == 1


def test_each_month_for_who_asked_so_and_for_nobody_else() -> None:
    asking, silent = make_let(), make_let()
    agrees(asking, kind="MONTHLY", email="")
    paid(asking)
    pay(account=RentDemand.objects.get(lease=silent).account_id, on=NOV_1, amount="480.00")
    assert issue_due_receipts(day=clock.today(), actor=Actor.system()) == 2
    assert send_wanted_receipts(actor=Actor.system()) == 1
    assert send_wanted_receipts(actor=Actor.system()) == 0
    message = Message.objects.get()
    assert Receipt.objects.get(pk=message.about_id).demand.lease_id == asking.pk


def test_what_was_issued_before_it_was_asked_stays() -> None:
    lease = make_let()
    paid(lease)
    issue_due_receipts(day=clock.today(), actor=Actor.system())
    with clock.travel(date(2026, 11, 6)):
        agrees(lease, kind="MONTHLY")
        assert send_wanted_receipts(actor=Actor.system()) == 0


def test_a_quittance_whose_payment_came_back_does_not_leave() -> None:
    from rent_ledger.books.services.posting import reverse

    demand = paid(make_let())
    receipt = issue_receipt(demand=demand, actor=make_actor())
    assert receipt.kind == ReceiptKind.FULL
    send_receipt(receipt=receipt, actor=make_actor())
    reverse(entry_ids=[Entry.objects.get(kind="PAYMENT").pk], actor=make_actor())
    assert posted() == 0
    assert Message.objects.get().state == MessageState.WITHDRAWN


def test_the_texts_are_seen_on_real_cases() -> None:
    lease = make_let(name="Mme Sarr")
    billed()
    assert [sample.values["somme"] for sample in some_demands()] == ["480,00\u00a0€"]
    assert some_receipts() == []
    issue_receipt(demand=paid(lease), actor=make_actor())
    assert [sample.values["papier"] for sample in some_receipts()] == ["Quittance"]


def test_an_address_protected_since_the_avis_was_written_is_on_no_paper_of_the_lot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lease, other = make_let(), make_let()
    sent(billed())
    actor, person = make_actor(), Person.objects.get(lease_parties__lease=lease)
    take_out(actor=actor)
    assert "rue" in next(row[3] for row in manifest(sorted_lot()))
    update_person(actor=actor, person=person, is_address_protected=True)
    letters = print_lot(until=clock.now(), actor=actor)
    shown = {letter.household_id: row[3] for letter, row in zip(letters, manifest(letters), strict=True)}
    assert shown[lease.household_id] == "Remis en main propre"
    assert "rue" in shown[other.household_id]
    given: list[Any] = []
    monkeypatch.setattr("office.messages.providers.paper.render_together", lambda rows, **_: given.extend(rows))
    [pile] = piles(letters)
    printed(pile, title="x")
    # What is handed over comes last. The line of the home is left out of the paper too.
    assert [row.data["home"] == "" for row in given] == [False, True]
    assert "rue" not in str(given[1].data["recipient"])
