"""A decision « Appeler » is on the call sheet; a letter to who left goes to no home that is not theirs."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from common.errors import Conflict
from common.periods import period
from common.typography import euros, long_date
from leases.models import Lease, Occupancy, Person
from office.access.actor import Actor
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.providers.call import call_sheet
from office.messages.services.calls import record_call, review_calls
from office.messages.services.outbox import withdraw
from office.messages.worker import deliver
from office.models import Task
from office.tasks.codes import TaskState
from rent_ledger.arrears.rules.lanes import TO_DECIDE
from rent_ledger.arrears.services.courtesy import Letter
from rent_ledger.arrears.services.decisions import decide, decide_many
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.letter_holds import lift_hold
from rent_ledger.books.codes import Action, LaneWhy
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision
from tests.factories import hold_letters, make_actor, make_arrears, make_association, make_let, make_user, pay
from tests.pages import plain

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()


def called(case: ArrearsCase, *, actor: Actor | None = None) -> Message:
    decide(case=case, decision="CHANGE", action="CALL", reason="Plus direct", actor=actor or make_actor())
    return Message.objects.get(about_id=case.pk)


def gone(*, email: str = "") -> ArrearsCase:
    """A case of a household that gave the keys back in October."""
    lease = make_let(rent="133.00", charges="80.00", start=date(2024, 3, 15), end=date(2026, 10, 11))
    Lease.objects.filter(pk=lease.pk).update(state="ENDED", end_reason="UNKNOWN")
    Occupancy.objects.filter(lease=lease).update(period=period(date(2024, 3, 15), date(2026, 10, 11)))
    Person.objects.filter(lease_parties__lease=lease).update(email=email)
    return make_arrears(lease=lease, dues=[date(2026, 10, 1)])


# -- calls ------------------------------------------------------------------------------------------------------------


def test_a_call_is_on_the_sheet_of_who_is_in_charge() -> None:
    manager, decider = make_user(), make_actor()
    mine, nobody = make_arrears(), make_arrears()
    household = mine.account.household
    assert household is not None
    household.manager = manager
    household.save(update_fields=["manager"])
    Person.objects.filter(lease_parties__lease=mine.account.lease).update(phone="02 40 00 00 00")
    message = called(mine, actor=decider)
    called(nobody, actor=decider)
    assert (message.channel, message.address, message.kind) == (Channel.CALL, "+33240000000", "CALL")
    assert "€" not in message.body
    sheet = {one.name: [call.message.about_id for call in one.calls] for one in call_sheet().sheets}
    assert sheet == {str(manager): [mine.pk], str(decider.user): [nobody.pk]}
    assert Message.objects.get(about_id=nobody.pk).address == ""


def test_who_calls_reads_what_is_owed_today() -> None:
    case = make_arrears(dues=[date(2026, 10, 5)])
    called(case)
    [sheet] = call_sheet().sheets
    owed = AccountState.objects.get(account=case.account).arrears
    assert owed > 0
    assert sheet.calls[0].today == f"{euros(owed)} à régler, depuis le {long_date(date(2026, 10, 5))}"


def test_decided_again_a_household_is_on_the_sheet_once() -> None:
    case = make_arrears()
    for _ in range(2):
        decide(case=case, decision="CHANGE", action="CALL", reason="Plus direct", actor=make_actor())
    assert call_sheet().count == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["CREATED", "WITHDRAWN"]


def proposed(case: ArrearsCase) -> tuple[str, LaneWhy]:
    state = AccountState.objects.get(account_id=case.account_id)
    assert state.why is not None
    return state.action, state.why.code


@pytest.mark.parametrize("outcome", ["REACHED", "WRONG"])
def test_a_call_that_waits_is_not_proposed_again_until_it_is_made(outcome: str) -> None:
    case = make_arrears()
    message = called(case)
    assert proposed(case) == (Action.WAIT, LaneWhy.CALL_WAITS)
    refresh_lanes(account_ids=None, day=date(2026, 11, 15))
    assert proposed(case) == (Action.WAIT, LaneWhy.CALL_WAITS)
    # Nobody makes it: the next step is proposed, and the call may be made still.
    refresh_lanes(account_ids=None, day=date(2026, 11, 16))
    assert proposed(case) == (Action.ALERT_SOCIAL, LaneWhy.CALL_UNMADE)
    record_call(message=message, outcome=outcome, actor=make_actor())
    assert proposed(case) == (Action.WAIT, LaneWhy.CALL_DECIDED)
    refresh_lanes(account_ids=None, day=date(2026, 11, 25))
    assert proposed(case)[0] in TO_DECIDE


def test_another_decision_takes_the_place_of_a_call_not_made() -> None:
    case, other = make_arrears(), make_arrears()
    called(case), called(other)
    decide(case=case, decision="CHANGE", action="COURTESY", reason="Préfère l’écrit", actor=make_actor())
    calls = Message.objects.filter(kind="CALL").order_by("id").values_list("about_id", "state")
    assert dict(calls) == {case.pk: MessageState.WITHDRAWN, other.pk: MessageState.CREATED}
    assert proposed(case) == (Action.WAIT, LaneWhy.COURTESY_DECIDED)


def test_a_message_withdrawn_before_it_left_puts_its_case_back_to_decide() -> None:
    case = make_arrears()
    before = proposed(case)
    decide(case=case, decision="CONFIRM", actor=make_actor())
    assert proposed(case) == (Action.WAIT, LaneWhy.COURTESY_DECIDED)
    message = Message.objects.get()
    withdraw(message=message, actor=make_actor())
    assert proposed(case) == before
    assert before[0] == Action.COURTESY
    assert Task.objects.get(kind="CASE_DECISION").state == TaskState.TODO
    # Decided again, it rests as the first time.
    decide(case=case, decision="CONFIRM", actor=make_actor())
    assert proposed(case) == (Action.WAIT, LaneWhy.COURTESY_DECIDED)


def test_nobody_calls_a_household_whose_letters_are_paused_or_who_has_paid() -> None:
    paused, paid = make_arrears(), make_arrears()
    called(paused), called(paid)
    hold = hold_letters(case=paused, until=date(2026, 12, 31), source="RENT", actor=make_actor())
    pay(account=paid.account_id, on=date(2026, 11, 4), amount="213.00")
    sheet = call_sheet()
    assert (sheet.count, {m.about_id for m, _ in sheet.held}) == (0, {paused.pk, paid.pk})
    review_calls()
    states = dict(Message.objects.values_list("about_id", "state"))
    assert states == {paused.pk: MessageState.HELD, paid.pk: MessageState.WITHDRAWN}
    lift_hold(hold=hold, actor=make_actor())
    assert call_sheet().count == 1
    assert review_calls() == 1
    message = Message.objects.get(about_id=paused.pk)
    assert (message.state, message.why) == (MessageState.CREATED, "")


# -- who left ---------------------------------------------------------------------------------------------------------


def test_who_left_gets_an_email() -> None:
    case = gone(email="sarr@menage.example")
    decide(case=case, decision="CONFIRM", expected="WRITE_GONE", actor=make_actor())
    message = Message.objects.get()
    assert (message.kind, message.channel, message.address) == ("GONE", Channel.EMAIL, "sarr@menage.example")
    assert "213,00\u00a0€" in message.body
    assert message.key == f"gone:{CaseDecision.objects.get().pk}"
    # One that has not left is proposed again; one that has left is not.
    refresh_lanes(account_ids=None, day=date(2027, 2, 1))
    assert proposed(case) == (Action.WRITE_GONE, LaneWhy.GONE)
    assert deliver() == 1
    refresh_lanes(account_ids=None, day=date(2027, 2, 1))
    assert proposed(case) == (Action.WAIT, LaneWhy.LETTER_SENT)


def test_no_letter_goes_to_the_home_they_left() -> None:
    case = gone()
    result = decide_many(cases=[case], decision="CONFIRM", actor=make_actor())
    assert not result.done
    assert "nouvelle adresse" in result.refused[0][1]
    assert not Message.objects.exists()
    with pytest.raises(Conflict, match="nouvelle adresse"):
        decide(case=case, decision="CHANGE", action="COURTESY", reason="Plus doux", actor=make_actor())
    with pytest.raises(Conflict, match="plus de porte"):
        decide(case=case, decision="CHANGE", action="VISIT", reason="Aller voir", actor=make_actor())
    letter = Letter("PAPER", "Un mot", "Bonjour", "12 rue Neuve\n\n35000 Rennes ")
    decide(case=case, decision="CONFIRM", letter=letter, actor=make_actor())
    document = Message.objects.get().document
    assert document is not None
    assert document.data["recipient"][1:] == ["12 rue Neuve", "35000 Rennes"]


def test_a_pause_stops_this_letter_too() -> None:
    case = gone(email="sarr@menage.example")
    decide(case=case, decision="CONFIRM", actor=make_actor())
    hold_letters(case=case, until=date(2026, 12, 31), source="RENT", actor=make_actor())
    assert deliver() == 0
    assert Message.objects.get().state == MessageState.HELD


def test_who_lives_there_is_not_written_to_elsewhere(client_as: Any) -> None:
    case = make_arrears()
    with pytest.raises(Conflict, match="n’est pas parti"):
        decide(case=case, decision="CHANGE", action="WRITE_GONE", reason="Erreur", actor=make_actor())
    client = client_as("RENTAL_MANAGER")
    asked = client.post(
        reverse("rent_ledger:arrears_decide"), {"decision": "CHANGE", "compte": f"{case.account_id}:COURTESY"}
    )
    assert "Message courtois" in plain(asked)
    assert "Écrire à la nouvelle adresse" not in plain(asked)
