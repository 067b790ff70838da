"""The courteous message: to whom, by which way, what holds it and what takes it back."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import InvalidInput
from leases.models import Person
from office.access.actor import Actor
from office.documents.services import render
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.worker import deliver
from rent_ledger.arrears import gates
from rent_ledger.arrears.codes import ArrearsMessage
from rent_ledger.arrears.queries.courtesy import drafts, some_drafts
from rent_ledger.arrears.services.courtesy import Letter
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.decisions import decide, decide_many
from rent_ledger.arrears.services.letter_holds import lift_hold
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.models import ArrearsCase, CaseDecision, OpenItem
from tests.factories import hold_letters, make_actor, make_arrears, make_association, make_let, pay

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()


def reached(*, phone: str = "", email: str = "", **given: Any) -> ArrearsCase:
    """A case whose holder has this phone and this e-mail."""
    case = make_arrears(**given)
    Person.objects.filter(lease_parties__lease=case.account.lease).update(phone=phone, email=email)
    return case


def confirmed(case: ArrearsCase, *, actor: Actor | None = None, letter: Letter | None = None) -> Message:
    decide(case=case, decision="CONFIRM", expected="COURTESY", letter=letter, actor=actor or make_actor())
    return Message.objects.get()


def left() -> Message:
    """The message after the worker had a look."""
    deliver()
    return Message.objects.get()


# -- to whom, by which way --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phone", "email", "channel", "address"),
    [
        ("06 11 22 33 44", "sarr@menage.example", Channel.SMS, "+33611223344"),
        ("02 40 00 00 00", "sarr@menage.example", Channel.EMAIL, "sarr@menage.example"),
        ("02 40 00 00 00", "", Channel.PAPER, ""),
    ],
)
def test_an_sms_else_an_email_else_a_letter(phone: str, email: str, channel: Channel, address: str) -> None:
    message = confirmed(reached(phone=phone, email=email))
    assert (message.channel, message.address) == (channel, address)


def test_the_message_is_written_with_the_decision_and_keeps_what_it_said() -> None:
    case, manager = reached(email="sarr@menage.example"), make_actor()
    message = confirmed(case, actor=manager)
    assert message.key == f"courtesy:{CaseDecision.objects.get().pk}"
    assert (message.about_id, message.household_id, message.author_id) == (
        case.pk, case.account.household_id, manager.user_id,
    )  # fmt: skip
    assert "213,00\u00a0€" in message.body
    assert str(manager.user) in message.body
    assert message.page == f"/loyers/impayes/{case.pk}/" or message.page.endswith(f"/{case.pk}/")
    assert left().state == MessageState.SENT


def test_no_sms_tells_of_money() -> None:
    message = confirmed(reached(phone="0611223344"))
    assert "€" not in message.body
    assert "213" not in message.body


def test_a_letter_has_the_address_unless_it_must_not_be_told() -> None:
    open_case = reached()
    assert any("Nantes" in line for line in confirmed(open_case).document.data["recipient"])  # type: ignore[union-attr]
    assert render(Message.objects.get().document)[:5] == b"%PDF-"  # type: ignore[arg-type]
    hidden = reached(lease=make_let(start=date(2024, 3, 15), rent="133.00", charges="80.00"))
    Person.objects.filter(lease_parties__lease=hidden.account.lease).update(is_address_protected=True)
    decide(case=hidden, decision="CONFIRM", actor=make_actor())
    letter = Message.objects.get(about_id=hidden.pk).document
    assert letter is not None
    assert letter.data["recipient"][1:] == ["Remis en main propre"]


def test_a_person_chooses_the_way_and_the_words() -> None:
    case = reached(phone="0611223344", email="sarr@menage.example")
    message = confirmed(case, letter=Letter("EMAIL", "Un mot", "Bonjour, à demain."))
    assert (message.channel, message.subject, message.body, message.is_edited) == (
        Channel.EMAIL, "Un mot", "Bonjour, à demain.", True,
    )  # fmt: skip


def test_a_way_that_does_not_reach_the_household_is_refused_with_the_decision() -> None:
    case = reached(phone="0611223344")
    with pytest.raises(InvalidInput, match="par cette voie"):
        confirmed(case, letter=Letter("EMAIL", "Un mot", "Bonjour"))
    assert not CaseDecision.objects.exists()


def test_a_text_that_lacks_a_figure_of_ours_is_no_message() -> None:
    make_association()
    case = reached(phone="0611223344")
    from office.models import Association

    Association.objects.update(phone="")
    with pytest.raises(InvalidInput, match="telephone"):
        confirmed(case)
    assert not CaseDecision.objects.exists()


def test_only_what_is_decided_as_a_message_sends_one() -> None:
    decide(case=reached(), decision="CHANGE", action="WAIT", reason="Paiement annoncé", actor=make_actor())
    assert not Message.objects.exists()


def test_changed_to_a_message_it_leaves_too() -> None:
    case = reached(phone="0611223344", dues=(date(2026, 9, 1), date(2026, 10, 1)), amount="212.00")
    decide(case=case, decision="CHANGE", action="COURTESY", reason="D’abord un mot", actor=make_actor())
    assert Message.objects.get().channel == Channel.SMS


def test_many_drafts_cost_as_much_as_one() -> None:
    cases, manager = [reached(phone="0611223344") for _ in range(4)], make_actor()
    costs = []
    for some in (cases[:1], cases):
        with CaptureQueriesContext(connection) as asked:
            assert len(drafts(some, actor=manager)) == len(some)
        costs.append(len(asked))
    assert costs[0] == costs[1] < 10
    samples = some_drafts(ArrearsMessage.COURTESY, actor=manager)
    assert [sample.values["signature"] for sample in samples] == [str(manager.user)] * 3


# -- what holds it ----------------------------------------------------------------------------------------------------


def pause(case: ArrearsCase) -> Callable[[], object]:
    hold = hold_letters(case=case, until=date(2026, 11, 9), source="SOCIAL", actor=Actor.system())
    return lambda: lift_hold(hold=hold, actor=Actor.system())


def ask_social(case: ArrearsCase) -> Callable[[], object]:
    request_help(case=case, actor=make_actor())
    return lambda: record_social_answer(case=case, contact_made=True, cause="OVERSIGHT", actor=Actor.system())


@pytest.mark.parametrize(
    ("stop", "why"),
    [(pause, "Relances suspendues par le service social"), (ask_social, gates.ASKED)],
)
def test_what_holds_the_letters_holds_the_message_until_it_ends(stop: Callable[..., Any], why: str) -> None:
    case = reached(phone="0611223344")
    confirmed(case)
    end = stop(case)
    message = left()
    assert (message.state, message.why) == (MessageState.HELD, why)
    with clock.travel(clock.now() + timedelta(minutes=10)):
        end()
        assert left().state == MessageState.SENT


def test_a_pause_ends_with_its_day() -> None:
    case = reached(phone="0611223344")
    confirmed(case)
    pause(case)
    for day, state in ((TODAY, "HELD"), (date(2026, 11, 9), "HELD"), (date(2026, 11, 10), "SENT")):
        with clock.travel(day):
            message = left()
        assert message.state == state
    assert message.held_until is None


def test_a_pause_of_another_case_holds_nothing() -> None:
    pause(reached())
    confirmed(reached(phone="0611223344"))
    assert left().state == MessageState.SENT


def test_a_contested_debt_holds_the_message() -> None:
    case = reached(phone="0611223344", dues=(date(2026, 10, 1), date(2026, 11, 1)))
    decide(case=case, decision="CHANGE", action="COURTESY", reason="Un mot", actor=make_actor())
    first = OpenItem.objects.filter(account=case.account, is_debit=True).order_by("due_on")[0]
    hold_debt(posting_ids=[first.posting_id], kind="DISPUTE", reason="Montant contesté", actor=make_actor())
    message = left()
    assert (message.state, message.why) == (MessageState.HELD, gates.DISPUTED)


# -- what takes it back -----------------------------------------------------------------------------------------------


def test_a_paid_debt_withdraws_the_message() -> None:
    case = reached(phone="0611223344")
    confirmed(case)
    pause(case)
    assert left().state == MessageState.HELD
    pay(account=case.account_id, on=TODAY)
    with clock.travel(clock.now() + timedelta(minutes=10)):
        message = left()
    assert (message.state, message.why) == (MessageState.WITHDRAWN, gates.PAID)


def test_a_letter_that_names_another_sum_is_withdrawn_and_one_that_names_none_leaves() -> None:
    mail, sms = reached(email="sarr@menage.example"), reached(phone="0611223344")
    decide_many(cases=[mail, sms], decision="CONFIRM", actor=make_actor())
    for case in (mail, sms):
        pay(account=case.account_id, on=TODAY, amount="13.00")
    deliver()
    told = {message.about_id: message for message in Message.objects.all()}
    assert told[sms.pk].state == MessageState.SENT
    assert told[mail.pk].state == MessageState.WITHDRAWN
    assert "200,00" in told[mail.pk].why
    assert "213,00" in told[mail.pk].why


def test_the_gate_costs_as_much_for_many_as_for_one(django_assert_max_num_queries: Any) -> None:
    cases = [reached(phone="0611223344") for _ in range(4)]
    decide_many(cases=cases, decision="CONFIRM", actor=make_actor())
    messages = list(Message.objects.all())
    with django_assert_max_num_queries(4):
        assert gates.held_letters(messages) == {}


def test_decided_again_while_it_waits_it_leaves_once() -> None:
    case = reached(phone="06 11 22 33 44")
    first = confirmed(case)
    decide(case=case, decision="CHANGE", action="COURTESY", reason="Autrement", actor=make_actor())
    deliver()
    states = dict(Message.objects.values_list("pk", "state"))
    assert (states.pop(first.pk), list(states.values())) == (MessageState.WITHDRAWN, [MessageState.SENT])


@pytest.mark.parametrize(
    "letter",
    [
        Letter("SMS", "", "Bonjour, vous devez 480,00 €."),
        Letter("SMS", "", "Bonjour, il reste 480\u00a0euros."),
        Letter("EMAIL", "Dette de 480,00 €", "Bonjour"),
        Letter("EMAIL", "Un mot\rBcc: x@y.fr", "Bonjour"),
        Letter("EMAIL", "Un mot", "Bon\0jour"),
    ],
)
def test_what_a_person_made_of_a_text_keeps_its_rules(letter: Letter) -> None:
    case = reached(phone="06 11 22 33 44", email="sarr@menage.example")
    with pytest.raises(InvalidInput):
        confirmed(case, letter=letter)
    assert not Message.objects.exists()


def test_a_sum_is_told_where_only_the_addressee_reads() -> None:
    case = reached(email="sarr@menage.example")
    message = confirmed(case, letter=Letter("EMAIL", "Un mot, 2 minutes", "Il reste 480,00 €."))
    assert message.body == "Il reste 480,00 €."
