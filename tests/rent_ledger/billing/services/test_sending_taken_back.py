"""What takes an avis back before it left: its run, a mark, the consent, the address."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import Month
from leases.contracts.services.wishes import withdraw_wish
from leases.models import Lease, PaperWish, Person
from office.access.actor import Actor
from office.jobs.worker import drain
from office.messages import worker
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.providers.base import Refused
from office.messages.providers.file import FileProvider
from office.messages.providers.paper import lot
from office.messages.services.outbox import send_again, withdraw
from office.messages.services.post import mark_posted, put_back, take_out
from office.models import Association, Notice, Task
from office.tasks.codes import TaskState
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.queries.messages import sending_of, sent_marks, to_send
from rent_ledger.billing.services.corrections import correct_demand
from rent_ledger.billing.services.receipts import issue_due_receipts
from rent_ledger.billing.services.runs import undo_run
from rent_ledger.billing.services.sending import (
    mark_sent,
    send_run,
    send_wanted_receipts,
    unmark_sent,
    write_avis,
)
from rent_ledger.models import ArrearsCase, RentDemand, RentRun
from tests.factories import hold_letters, make_actor, make_arrears, make_association, make_let, make_user, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.billing.services.test_sending import NOV_1, agrees, billed, paid, posted, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> Path:
    make_association()
    settings.MESSAGE_FOLDER = tmp_path
    return tmp_path


# -- what takes it back -----------------------------------------------------------------------------------------------


def test_a_demand_that_was_cancelled_meanwhile_is_withdrawn() -> None:
    make_let()
    sent(billed())
    RentDemand.objects.update(state=DemandState.CANCELLED, cancelled_at=clock.now())
    assert posted() == 0
    message = Message.objects.get()
    assert (message.state, "corrigé" in message.why) == (MessageState.WITHDRAWN, True)


def test_an_undo_withdraws_what_waits() -> None:
    make_let()
    agrees(make_let())
    run = billed()
    sent(run)
    undo_run(run=run, actor=make_actor())
    drain()
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    assert set(Message.objects.values_list("state", "why")) == {
        (MessageState.WITHDRAWN, "Le quittancement est annulé.")
    }
    assert (worker.deliver(), posted()) == (0, 0)


def test_no_undo_while_a_letter_is_in_the_lot_or_posted() -> None:
    make_let()
    run = billed()
    sent(run)
    take_out(actor=make_actor())
    with pytest.raises(Conflict, match="en train de partir"):
        undo_run(run=run, actor=make_actor())
    put_back(until=clock.now(), actor=make_actor())
    undo_run(run=run, actor=make_actor())
    # The lot is taken out again between the demand of an undo and its job.
    take_out(actor=make_actor())
    drain()
    run.refresh_from_db()
    assert (run.state, lot().count()) == (RunState.DONE, 1)
    mark_posted(until=clock.now(), actor=make_actor())
    with pytest.raises(Conflict, match="Avis envoyé"):
        undo_run(run=run, actor=make_actor())


def test_handed_over_by_hand_what_waits_is_withdrawn() -> None:
    make_let()
    run = billed()
    sent(run)
    assert mark_sent(run=run, actor=make_actor()) == 1
    assert Message.objects.get().state == MessageState.WITHDRAWN
    assert sending_of(run).to_send == 0


def test_what_was_noted_as_handed_over_by_mistake_is_taken_back() -> None:
    make_let()
    run = billed()
    sent(run)
    actor = make_actor()
    mark_sent(run=run, actor=actor)
    with pytest.raises(Conflict, match="Avis envoyé"):
        undo_run(run=run, actor=actor)
    assert unmark_sent(run=run, actor=actor) == 1
    assert (sending_of(run).to_send, RentDemand.objects.get().sent_at) == (1, None)
    run.refresh_from_db()
    assert [(m.is_back, m.who, m.count) for m in sent_marks(run)] == [
        (False, str(actor.user), 1),
        (True, str(actor.user), 1),
    ]
    with pytest.raises(Conflict, match="rien n’est à reprendre"):
        unmark_sent(run=run, actor=actor)
    undo_run(run=run, actor=actor)
    drain()
    run.refresh_from_db()
    assert run.state == RunState.UNDONE


def test_what_a_message_carried_stays_sent() -> None:
    by_post, by_hand = make_let(), make_let()
    run = billed()
    sent(run)
    withdraw(message=Message.objects.get(household_id=by_hand.household_id), actor=make_actor())
    assert posted() == 1
    assert mark_sent(run=run, actor=make_actor()) == 1
    assert unmark_sent(run=run, actor=make_actor()) == 1
    assert RentDemand.objects.get(lease=by_post).sent_at is not None
    assert RentDemand.objects.get(lease=by_hand).sent_at is None


def test_a_mark_set_after_an_email_failed_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = make_let()
    agrees(lease)
    run = billed()
    failed_by_email(monkeypatch, lease, run)
    mark_sent(run=run, actor=make_actor())
    assert unmark_sent(run=run, actor=make_actor()) == 1
    assert RentDemand.objects.get().sent_at is None
    undo_run(run=run, actor=make_actor())


def test_an_email_that_left_and_failed_later_is_no_mark() -> None:
    lease = make_let()
    agrees(lease)
    run = billed()
    mail = sent(run)[lease.pk]
    worker.deliver()
    mail.refresh_from_db()
    mail.state, mail.why = MessageState.PERMANENT_FAILURE, "Boîte pleine"
    mail.save()
    with pytest.raises(Conflict, match="rien n’est à reprendre"):
        unmark_sent(run=run, actor=make_actor())


def test_the_page_of_the_run_takes_the_mark_back() -> None:
    make_let()
    run = billed()
    user = make_user()
    client = signed_in(user)
    client.post(reverse("rent_ledger:run_sent", args=[run.pk]))
    page = plain(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "Annuler ce marquage" in page
    assert "Notés remis autrement" in page
    client.post(reverse("rent_ledger:run_unsent", args=[run.pk]))
    page = plain(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "Marquage annulé" in page
    assert "Annuler ce marquage" not in page


def test_a_pause_of_letters_holds_back_no_avis() -> None:
    case: ArrearsCase = make_arrears()
    hold_letters(case=case, until=date(2026, 12, 31), source="RENT", actor=make_actor())
    run = billed()
    sent(run)
    assert posted() == 1


# -- consent and address, when the e-mail leaves ----------------------------------------------------------------------


def moved(lease: Lease, wish: PaperWish) -> None:
    Person.objects.filter(lease_parties__lease=lease).update(email="nouvelle@menage.example")


def disagrees(lease: Lease, wish: PaperWish) -> None:
    withdraw_wish(actor=make_actor(), wish=wish)


@pytest.mark.parametrize(
    ("change", "why", "way"),
    [(disagrees, "plus d’accord", (Channel.PAPER, "")), (moved, "adresse", (Channel.EMAIL, "nouvelle@menage.example"))],
)
def test_what_changed_before_the_email_left_takes_it_back(change: Any, why: str, way: tuple[str, str]) -> None:
    lease = make_let()
    wish = agrees(lease)
    run = billed()
    message = sent(run)[lease.pk]
    change(lease, wish)
    assert worker.deliver() == 0
    message.refresh_from_db()
    assert (message.state, why in message.why) == (MessageState.WITHDRAWN, True)
    assert sending_of(run).to_send == 1
    again = sent(run)[lease.pk]
    assert (again.channel, again.address) == way


def failed_by_email(monkeypatch: pytest.MonkeyPatch, lease: Lease, run: RentRun) -> Message:
    def refuse(provider: FileProvider, message: Message) -> str:
        raise Refused("Boîte inconnue")

    message = sent(run)[lease.pk]
    with monkeypatch.context() as patch:
        patch.setattr(FileProvider, "send", refuse)
        worker.deliver()
    message.refresh_from_db()
    assert message.has_failed
    return message


def test_sent_again_only_by_post_or_to_the_address_agreed_to(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = make_let()
    wish = agrees(lease)
    message = failed_by_email(monkeypatch, lease, billed())
    with pytest.raises(Conflict, match="pas l’adresse"):
        send_again(message=message, actor=make_actor(), address="autre@voisin.example")
    moved(lease, wish)
    again = send_again(message=message, actor=make_actor(), address="nouvelle@menage.example")
    assert again.address == "nouvelle@menage.example"
    Message.objects.update(state=MessageState.SENDING)
    Message.objects.update(state=MessageState.PERMANENT_FAILURE, why="Boîte pleine")
    disagrees(lease, wish)
    with pytest.raises(Conflict, match="plus d’accord"):
        send_again(message=message, actor=make_actor())
    message.refresh_from_db()
    assert message.has_failed
    assert send_again(message=message, actor=make_actor(), by_post=True).channel == Channel.PAPER
    assert posted() == 1


def test_a_quittance_whose_consent_is_gone_is_a_letter_the_night_after() -> None:
    lease = make_let()
    wish = agrees(lease)
    agrees(lease, kind="MONTHLY")
    paid(lease)
    assert issue_due_receipts(day=clock.today(), actor=Actor.system()) == 1
    assert send_wanted_receipts(actor=Actor.system()) == 1
    disagrees(lease, wish)
    assert worker.deliver() == 0
    assert send_wanted_receipts(actor=Actor.system()) == 1
    assert send_wanted_receipts(actor=Actor.system()) == 0
    assert list(Message.objects.order_by("id").values_list("channel", "state")) == [
        (Channel.EMAIL, MessageState.WITHDRAWN),
        (Channel.PAPER, MessageState.CREATED),
    ]
    # Taken back by a person, it stays so.
    withdraw(message=Message.objects.latest("id"), actor=make_actor())
    Message.objects.filter(channel=Channel.EMAIL).delete()
    assert send_wanted_receipts(actor=Actor.system()) == 0


def test_without_our_phone_letters_leave_and_emails_wait() -> None:
    by_post, by_email = make_let(), make_let()
    agrees(by_email)
    run = billed()
    Association.objects.update(phone="")
    before = sending_of(run)
    assert (before.to_send, before.ready, before.lacking) == (2, 1, "« Notre téléphone »")
    assert list(sent(run)) == [by_post.pk]
    with pytest.raises(InvalidInput, match="Notre téléphone"):
        send_run(run=run, actor=make_actor())
    assert (
        write_avis(run_id=run.pk, demand_ids=list(to_send(run).values_list("pk", flat=True)), actor=make_actor()) == {}
    )
    Association.objects.update(phone="0468000000")
    assert sent(run)[by_email.pk].channel == Channel.EMAIL


def test_without_our_phone_the_quittances_on_paper_leave() -> None:
    by_post, by_email = make_let(), make_let()
    for lease in (by_post, by_email):
        agrees(lease, kind="MONTHLY")
    agrees(by_email)
    with clock.travel(NOV_1):
        billed(Month(2026, 11))
    for demand in RentDemand.objects.all():
        pay(account=demand.account_id, on=NOV_1, amount=str(demand.net))
    assert issue_due_receipts(day=clock.today(), actor=Actor.system()) == 2
    Association.objects.update(phone="")
    assert send_wanted_receipts(actor=Actor.system()) == 1
    assert Message.objects.get().channel == Channel.PAPER
    Association.objects.update(phone="0468000000")
    assert send_wanted_receipts(actor=Actor.system()) == 1


def test_no_mark_and_no_correction_while_a_letter_is_in_the_lot() -> None:
    make_let()
    run = billed()
    sent(run)
    take_out(actor=make_actor())
    with pytest.raises(Conflict, match="en train de partir"):
        mark_sent(run=run, actor=make_actor())
    with pytest.raises(Conflict, match="en train de partir"):
        correct_demand(demand=RentDemand.objects.get(), actor=make_actor())
    demand = RentDemand.objects.get()
    assert (demand.state, demand.sent_at) == (DemandState.ISSUED, None)
    put_back(until=clock.now(), actor=make_actor())
    correct_demand(demand=demand, actor=make_actor())
    assert Message.objects.get().state == MessageState.WITHDRAWN


def test_an_avis_that_failed_asks_nothing_once_its_run_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    lease = make_let()
    agrees(lease)
    run = billed()
    message = failed_by_email(monkeypatch, lease, run)
    assert Task.objects.get(kind="MESSAGE_FAILED").state == TaskState.TODO
    undo_run(run=run, actor=make_actor())
    drain()
    message.refresh_from_db()
    assert not message.is_to_see
    assert Task.objects.get(kind="MESSAGE_FAILED").state != TaskState.TODO
    assert not Notice.objects.unseen().exists()
