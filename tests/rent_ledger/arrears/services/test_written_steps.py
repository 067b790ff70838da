"""The reminder and the formal notice, from the answer of the social service to what is posted."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import InvalidInput
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.documents.services import render
from office.messages.codes import Channel, MessageState
from office.messages.models import Message
from office.messages.services.calls import record_call
from office.messages.services.post import mark_posted, mark_returned, print_lot, take_back_posted, take_out
from office.models import BankAccount
from rent_ledger.arrears import gates
from rent_ledger.arrears.codes import ArrearsMessage
from rent_ledger.arrears.queries.courtesy import drafts
from rent_ledger.arrears.queries.owed_terms import by_cause, by_month, owed_terms
from rent_ledger.arrears.services.decisions import decide, decide_many
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.arrears.services.taking_back import undo_decision
from rent_ledger.books.codes import Action, Lane, LaneWhy
from rent_ledger.books.services import projections
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import hold_letters, make_actor, make_arrears, make_association, make_bank_known, owe, pay
from tests.rent_ledger.arrears.services.test_arrears import TODAY, opened_case

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def house(settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    make_association()


def on(account: int, day: date) -> AccountState:
    """The state on `day`, the one bank account known to the day before."""
    make_bank_known(until=day - DAY, bank_account=BankAccount.objects.first())
    projections.roll(day=day)
    refresh_lanes(account_ids=[account], day=day)
    return AccountState.objects.get(pk=account)


def answered(*, contact_made: bool = True) -> ArrearsCase:
    """A case of one term about which the social service was asked, and answered today without a hold."""
    case = opened_case()
    request_help(case=case, actor=make_actor())
    record_social_answer(case=case, contact_made=contact_made, cause="BUDGET", actor=Actor.system())
    return case


def posted(case: ArrearsCase) -> Message:
    """The letter that was decided for the case last, posted now."""
    actor = make_actor()
    take_out(actor=actor)
    now = clock.now() + timedelta(seconds=1)
    print_lot(until=now, actor=actor)
    mark_posted(until=now, actor=actor)
    return Message.objects.filter(about_id=case.pk).latest("pk")


def reminded() -> ArrearsCase:
    """Eleven days after the answer, the reminder is decided and posted."""
    case = answered()
    with clock.travel(TODAY + 11 * DAY):
        assert on(case.account_id, clock.today()).action == Action.REMINDER
        decide(case=case, decision="CONFIRM", expected="REMINDER", actor=make_actor())
        assert posted(case).state == MessageState.SENT
    return case


def said(text: str) -> str:
    return text.replace("\xa0", " ")


def proposed(state: AccountState) -> tuple[str, LaneWhy]:
    assert state.why is not None
    return state.action, state.why.code


def test_from_the_answer_to_the_formal_notice() -> None:
    case = reminded()
    letter = Message.objects.get()
    assert (letter.kind, letter.channel) == (ArrearsMessage.REMINDER, Channel.PAPER)
    assert "novembre 2026 : 213,00 €" in said(letter.body)
    with clock.travel(TODAY + 20 * DAY):
        assert proposed(on(case.account_id, clock.today())) == (Action.WAIT, LaneWhy.REMINDER_SENT)
    with clock.travel(TODAY + 27 * DAY):
        state = on(case.account_id, clock.today())
        assert proposed(state) == (Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT)
        decide(case=case, decision="CONFIRM", expected="FORMAL", actor=make_actor())
        notice = posted(case)
        assert (notice.kind, notice.channel, notice.state) == ("FORMAL", Channel.PAPER, MessageState.SENT)
        state.refresh_from_db()
        assert proposed(state) == (Action.WAIT, LaneWhy.FORMAL_SENT)
        paper = notice.document
        assert paper is not None
        assert paper.kind == "formal_notice"
        assert paper.data["total"] == str(state.arrears)
        assert sum(Decimal(term["amount"]) for term in paper.data["terms"]) == state.arrears
        assert any("dans les 15 jours" in one for one in paper.data["after"])
        assert render(paper).startswith(b"%PDF")
    # A formal notice that came back was sent: it is no reason to send another, somebody calls.
    with clock.travel(TODAY + 40 * DAY):
        mark_returned(message=notice, actor=make_actor())
        assert proposed(on(case.account_id, clock.today())) == (Action.CALL, LaneWhy.FORMAL_BACK)


def test_a_reminder_that_was_not_posted_is_no_step() -> None:
    case = reminded()
    letter = Message.objects.get()
    assert letter.sent_at is not None
    with clock.travel(TODAY + 27 * DAY):
        take_back_posted(moment=letter.sent_at, actor=make_actor())
        assert on(case.account_id, clock.today()).action == Action.REMINDER
        mark_posted(until=clock.now(), actor=make_actor())
        letter.refresh_from_db()
        mark_returned(message=letter, actor=make_actor())
        # It came back: nobody read it, and it is sent again before anything else.
        assert on(case.account_id, clock.today()).action == Action.REMINDER


def test_money_since_the_reminder_begins_again() -> None:
    case = reminded()
    with clock.travel(TODAY + 27 * DAY):
        pay(account=case.account_id, on=TODAY + 12 * DAY, amount="20.00")
        assert on(case.account_id, clock.today()).action not in (Action.REMINDER, Action.FORMAL_NOTICE)


def test_no_formal_notice_before_a_person_tried() -> None:
    case = answered(contact_made=False)
    with clock.travel(TODAY + 11 * DAY):
        on(case.account_id, clock.today())
        decide(case=case, decision="CONFIRM", expected="REMINDER", actor=make_actor())
        posted(case)
    with clock.travel(TODAY + 27 * DAY):
        assert proposed(on(case.account_id, clock.today())) == (Action.CALL, LaneWhy.TRY_FIRST)
        decide(case=case, decision="CONFIRM", expected="CALL", actor=make_actor())
        call = Message.objects.filter(kind="CALL").get()
    # Nobody answers: somebody goes there, asked of the social service, which has its time to answer.
    with clock.travel(TODAY + 28 * DAY):
        record_call(message=call, outcome="NO_ANSWER", actor=make_actor())
    with clock.travel(TODAY + 39 * DAY):
        assert proposed(on(case.account_id, clock.today())) == (Action.VISIT, LaneWhy.NOBODY_REACHED)
        asked = decide(case=case, decision="CONFIRM", expected="VISIT", actor=make_actor())
        assert asked.help_request is not None
        assert asked.help_request.is_visit
        state = on(case.account_id, clock.today())
        assert (state.lane, state.action) == (Lane.REFERRED, Action.WAIT_ANSWER)
        undo_decision(decision=asked, actor=make_actor())
        assert on(case.account_id, clock.today()).action == Action.VISIT
        decide(case=case, decision="CONFIRM", expected="VISIT", actor=make_actor())
    # Its time has passed without an answer.
    with clock.travel(TODAY + 75 * DAY):
        assert proposed(on(case.account_id, clock.today())) == (Action.FORMAL_NOTICE, LaneWhy.REMINDER_NO_EFFECT)


def test_a_visit_is_asked_beside_a_request_that_asked_none() -> None:
    case, actor = opened_case(), make_actor()
    plain = request_help(case=case, actor=actor)
    for _ in range(2):
        decided = decide_many(cases=[case], decision="CHANGE", action="VISIT", reason="Sans téléphone", actor=actor)
        assert decided.refused == []
    assert list(case.help_requests.order_by("id").values_list("is_visit", flat=True)) == [False, True]
    assert request_help(case=case, actor=actor).pk > plain.pk


def test_nobody_chooses_them_in_place_of_another() -> None:
    case = make_arrears()
    for action in ("REMINDER", "FORMAL"):
        with pytest.raises(InvalidInput, match="Choisissez l’action"):
            decide(case=case, decision="CHANGE", action=action, reason="Plus ferme", actor=make_actor())


def test_it_is_taken_back_until_it_is_posted() -> None:
    case = answered()
    with clock.travel(TODAY + 11 * DAY):
        on(case.account_id, clock.today())
        made = decide(case=case, decision="CONFIRM", expected="REMINDER", actor=make_actor())
        undo_decision(decision=made, actor=make_actor())
        assert Message.objects.get().state == MessageState.WITHDRAWN
        assert AccountState.objects.get(pk=case.account_id).action == Action.REMINDER


def test_what_was_asked_in_vain_is_written_and_a_hold_stops_it() -> None:
    case, actor = opened_case(), make_actor()
    request_help(case=case, actor=actor)
    # Fifteen working days, without the 11th of November, then ten days of the bank.
    with clock.travel(TODAY + 33 * DAY):
        assert proposed(on(case.account_id, clock.today())) == (Action.REMINDER, LaneWhy.REMIND_UNANSWERED)
        decide(case=case, decision="CONFIRM", expected="REMINDER", actor=actor)
        letter = Message.objects.get()
        assert gates.held_letters([letter]) == {}
        # A courteous message waits for the answer as ever.
        letter.kind = ArrearsMessage.COURTESY
        assert gates.held_letters([letter])[letter.pk].why == gates.ASKED
        letter.kind = ArrearsMessage.REMINDER
        AccountState.objects.filter(pk=case.account_id).update(lane="TECHNICAL")
        assert gates.held_letters([letter])[letter.pk].why == gates.TECHNICAL
        AccountState.objects.filter(pk=case.account_id).update(lane="REFERRED")
        hold_letters(case=case, source="RENT", until=clock.today() + 3 * DAY, actor=actor)
        assert "Relances suspendues" in gates.held_letters([letter])[letter.pk].why
        take_out(actor=actor)
        letter.refresh_from_db()
        assert letter.state == MessageState.HELD
    with clock.travel(TODAY + 5 * DAY):
        assert gates.held_letters([letter])[letter.pk].why == gates.ASKED


def test_the_debt_is_named_term_by_term_and_adds_up() -> None:
    case = opened_case(months=(date(2026, 10, 1), date(2026, 11, 1)))
    state = AccountState.objects.get(pk=case.account_id)
    # What is due today is late tomorrow.
    assert case.account.lease
    owe(lease=case.account.lease, due_on=TODAY, amount="15.00")
    terms = owed_terms([case.account_id], day=TODAY)[case.account_id]
    assert sum(term.left for term in terms) == state.arrears
    assert said(by_month(terms)).splitlines() == ["octobre 2026 : 213,00 €", "novembre 2026 : 213,00 €"]
    assert all("dû le 1er" in line for line in by_cause(terms).splitlines())


def test_no_fee_nor_penalty_has_a_nature() -> None:
    """Loi n° 89-462, art. 4 i and 4 p: a reminder, its posting and a delay cost the household nothing."""
    said = " ".join(f"{nature} {nature.label}" for nature in Nature).lower()
    for word in ("relance", "pénalité", "penalty", "intérêt", "majoration", "mise en demeure", "reminder"):
        assert word not in said


def test_the_number_of_queries_does_not_grow() -> None:
    some, actor = [opened_case() for _ in range(2)], make_actor()

    def count(cases: list[ArrearsCase]) -> int:
        with CaptureQueriesContext(connection) as captured:
            drafts(cases, actor=actor, kind=ArrearsMessage.FORMAL_NOTICE)
        return len(captured)

    count(some)
    assert count(some) == count(some[:1])
