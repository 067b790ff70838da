"""Decisions about a case, and what the social service answers."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Message
from rent_ledger.arrears.codes import CauseCode, Decision, LetterHoldSource
from rent_ledger.arrears.duties import plans_asked
from rent_ledger.arrears.queries.arrears import held_debts
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.decisions import decide, decide_many, record_report
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.letter_holds import NewHold, hold_letters_of, lift_hold
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.books.codes import Action, HoldKind, LaneWhy
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import (
    ArrearsCase,
    CaseDecision,
    DebtHold,
    HelpRequest,
    LetterHold,
    OpenItem,
)
from tests.factories import hold_letters, make_actor, make_association, pay
from tests.rent_ledger.arrears.services.test_arrears import (
    NOV,
    OCT,
    SEP,
    SYSTEM,
    TODAY,
    detect,
    opened_case,
    plain,
    state,
)

pytestmark = pytest.mark.django_db


# -- decisions ------------------------------------------------------------------------------------------------------


def test_confirming_rests_the_case():
    make_association()
    case = opened_case()
    assert state(case.account_id).action == "COURTESY"
    done = decide(case=case, decision="CONFIRM", expected="COURTESY", actor=make_actor())
    assert (done.proposed, done.action) == ("COURTESY", "COURTESY")
    assert state(case.account_id).action == "WAIT"
    with pytest.raises(Conflict, match="déjà décidé"):
        decide(case=case, decision="CONFIRM", actor=make_actor())


def test_confirming_an_alert_asks_the_social_service_once():
    case = opened_case(months=(SEP, OCT), amount="212.00")
    assert state(case.account_id).action == "ALERT"
    manager = make_actor()
    decide(case=case, decision="CONFIRM", actor=manager)
    assert HelpRequest.objects.count() == 1
    assert (state(case.account_id).lane, state(case.account_id).action) == ("REFERRED", "WAIT_ANSWER")
    assert request_help(case=case, actor=manager).pk == HelpRequest.objects.get().pk


def test_a_report_is_sent_and_not_confirmed():
    """A day that nobody sent anything on was noted as the day of the report."""
    case = opened_case(months=(SEP, OCT))
    with pytest.raises(Conflict, match="préparez-la"):
        decide(case=case, decision="CONFIRM", actor=make_actor())
    case.refresh_from_db()
    assert case.reported_on is None
    record_report(case=case, reported_on=TODAY, actor=make_actor())
    assert state(case.account_id).action == "ALERT"


def test_changing_refusing_and_pausing_need_their_reason():
    make_association()
    case, manager = opened_case(), make_actor()
    for decision in ("CHANGE", "REFUSE", "PAUSE"):
        with pytest.raises(InvalidInput, match="Dites pourquoi"):
            decide(case=case, decision=decision, action="CALL", pause_until=TODAY, actor=manager)
    decide(case=case, decision="CHANGE", action="CALL", reason="Préfère le téléphone", actor=manager)
    assert state(case.account_id).why.code == LaneWhy.CALL_WAITS


def test_a_pause_ends_by_itself():
    case = opened_case()
    decide(case=case, decision="PAUSE", reason="Prime le 20", pause_until=date(2026, 11, 20), actor=make_actor())
    assert (state(case.account_id).lane, state(case.account_id).action) == ("PAUSED", "WAIT")
    refresh_lanes(account_ids=None, day=date(2026, 11, 20))
    assert state(case.account_id).lane == "PAUSED"
    refresh_lanes(account_ids=None, day=date(2026, 11, 21))
    assert state(case.account_id).lane == "NEW"


def test_a_proposal_that_changed_is_not_confirmed_blindly():
    case = opened_case()
    with pytest.raises(Conflict, match="proposition a changé"):
        decide(case=case, decision="CONFIRM", expected="CALL", actor=make_actor())
    assert not CaseDecision.objects.exists()


def test_in_bulk_what_moved_is_told_apart():
    make_association()
    stays, moved = opened_case(), opened_case()
    pay(account=moved.account_id, on=TODAY)
    result = decide_many(cases=[stays, moved], decision="CONFIRM", actor=make_actor())
    assert [d.case_id for d in result.done] == [stays.pk]
    assert [c.pk for c, _ in result.refused] == [moved.pk]


@pytest.mark.parametrize("role", ["TECHNICIAN", "SOCIAL_WORKER", "DIRECTOR", "FUNDER", "ADMINISTRATOR"])
def test_only_the_rental_manager_decides(role):
    case = opened_case()
    with pytest.raises(NotAllowed):
        decide(case=case, decision="CONFIRM", actor=make_actor(role=role))


RENT_SIDE = {Role.RENTAL_MANAGER}

SOCIAL_SIDE = {Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL}

# What each service does, called with nothing in between, and who may.
SERVICES = {
    "hold_debt": (RENT_SIDE, lambda case, actor: hold_debt(
        posting_ids=debts_of(case), kind=HoldKind.PLAN, reason="Plan", actor=actor)),
    "release_debt": (RENT_SIDE, lambda case, actor: release_debt(posting_ids=debts_of(case), actor=actor)),
    "hold_letters of the rent side": (RENT_SIDE, lambda case, actor: hold_letters(
        case=case, until=TODAY, source=LetterHoldSource.RENT, actor=actor)),
    "hold_letters of the social service": (SOCIAL_SIDE, lambda case, actor: hold_letters(
        case=case, until=TODAY, source=LetterHoldSource.SOCIAL, actor=actor)),
    "hold_letters of a rule": (SOCIAL_SIDE, lambda case, actor: hold_letters(
        case=case, until=TODAY, source=LetterHoldSource.RULE, actor=actor)),
    "hold_letters_of": (RENT_SIDE, lambda case, actor: hold_letters_of(
        holds=[NewHold(case, TODAY)], source=LetterHoldSource.RENT, actor=actor)),
    "lift_hold of the rent side": (RENT_SIDE, lambda case, actor: lift_hold(
        hold=held_by(case, LetterHoldSource.RENT), actor=actor)),
    "lift_hold of the social service": (SOCIAL_SIDE, lambda case, actor: lift_hold(
        hold=held_by(case, LetterHoldSource.SOCIAL), actor=actor)),
    "record_social_answer": (SOCIAL_SIDE, lambda case, actor: record_social_answer(
        case=case, contact_made=True, cause=CauseCode.OVERSIGHT, actor=actor)),
    "request_help": (RENT_SIDE, lambda case, actor: request_help(case=case, actor=actor)),
    "record_report": (RENT_SIDE, lambda case, actor: record_report(case=case, reported_on=NOV, actor=actor)),
    "decide": (RENT_SIDE, lambda case, actor: decide(
        case=case, decision=Decision.REFUSE, reason="Vu", actor=actor)),
    "decide_many": (RENT_SIDE, lambda case, actor: decide_many(
        cases=[case], decision=Decision.CONFIRM, actor=actor)),
    "detect_arrears": (RENT_SIDE, lambda case, actor: detect_arrears(day=TODAY, actor=actor)),
}  # fmt: skip


def debts_of(case: ArrearsCase) -> list[int]:
    return list(OpenItem.objects.filter(account_id=case.account_id).values_list("posting_id", flat=True))


def held_by(case: ArrearsCase, source: str) -> LetterHold:
    return LetterHold.objects.create(case=case, source=source, from_day=TODAY, until=TODAY)


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_asks_for_its_own_permission(name):
    allowed, call = SERVICES[name]
    case = opened_case(months=(OCT, NOV))
    for role in Role:
        with transaction.atomic():
            if role in allowed:
                call(case, make_actor(role=role))
            else:
                with pytest.raises(NotAllowed):
                    call(case, make_actor(role=role))
            transaction.set_rollback(True)


# -- the social service ---------------------------------------------------------------------------------------------


def test_an_answer_ends_the_alerts_hold_and_sets_its_own():
    case = opened_case()
    hold_letters(case=case, until=date(2026, 11, 25), source="RULE", reason="R2", actor=SYSTEM)
    assert state(case.account_id).lane == "REFERRED"
    worker = make_actor(role="SOCIAL_WORKER")
    record_social_answer(
        case=case, contact_made=True, cause="BENEFIT", hold_until=date(2026, 12, 9), next_step="BENEFIT",
        next_step_on=date(2026, 12, 9),
        actor=worker,
    )  # fmt: skip
    assert state(case.account_id).lane == "PAUSED"
    assert LetterHold.objects.filter(case=case, lifted_at=None).get().source == "SOCIAL"
    # The cause is no word of a list.
    assert "aide" not in state(case.account_id).why.text().lower()


def test_an_answer_without_a_hold_gives_the_case_back_to_the_rent_side():
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    request_help(case=case, actor=manager)
    record_social_answer(case=case, contact_made=True, cause="OVERSIGHT", actor=make_actor(role="HEAD_OF_SOCIAL"))
    assert (state(case.account_id).lane, state(case.account_id).action) == ("NEW", "CALL")
    with clock.travel(datetime(2026, 11, 5, 15, tzinfo=clock.PARIS)):
        request_help(case=case, actor=manager)
    assert (HelpRequest.objects.count(), state(case.account_id).lane) == (2, "REFERRED")


def plan_asked(case, amount="45.00"):
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True,
        plan_amount=Decimal(amount) if amount else None, actor=make_actor(role="SOCIAL_WORKER"),
    )  # fmt: skip


def test_a_plan_asked_is_decided_by_the_manager():
    case = opened_case()
    plan_asked(case)
    assert "45,00" in state(case.account_id).why.text()
    assert state(case.account_id).action == Action.ANSWER_PLAN


def test_a_plan_that_is_accepted_holds_what_is_past_due():
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case)
    with pytest.raises(Conflict, match="jusqu’à quand"):
        decide(case=case, decision="CONFIRM", actor=manager)
    with pytest.raises(InvalidInput, match="après aujourd’hui"):
        decide(case=case, decision="CONFIRM", plan_until=TODAY, actor=manager)
    decide(case=case, decision="CONFIRM", expected=Action.ANSWER_PLAN, plan_until=date(2027, 3, 5), actor=manager)
    holds = DebtHold.objects.all()
    assert {(h.kind, h.period.upper, h.author_id) for h in holds} == {
        ("PLAN", date(2027, 3, 6), manager.user_id),
    }  # fmt: skip
    assert len(holds) == 2
    assert "45,00" in holds[0].reason
    found = state(case.account_id)
    assert (found.lane, found.arrears, found.held, found.action) == ("HELD", Decimal(0), Decimal("424.00"), "")
    with pytest.raises(Conflict):
        decide(case=case, decision="CONFIRM", expected=Action.ANSWER_PLAN, plan_until=date(2027, 3, 5), actor=manager)


def test_what_is_held_is_in_a_lane_of_its_own_until_its_end():
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    first, second = OpenItem.objects.filter(account=case.account_id, is_debit=True).order_by("due_on")
    hold_debt(posting_ids=[first.posting_id], kind=HoldKind.FREEZE, reason="Banque de France", actor=manager)
    # What stands beside it is worked on as before.
    assert state(case.account_id).lane == "NEW"
    hold_debt(
        posting_ids=[second.posting_id], kind=HoldKind.PLAN, reason="Signé", until=date(2026, 11, 20), actor=manager
    )  # fmt: skip
    assert (state(case.account_id).lane, state(case.account_id).action) == ("HELD", "")
    refresh_lanes(account_ids=[case.account_id], day=TODAY)
    assert state(case.account_id).lane == "HELD"
    assert broken_states(TODAY) == []
    held = held_debts([case.account_id], day=TODAY)[case.account_id]
    assert [(plain(debt.why.text(today=TODAY)), debt.amount, debt.until) for debt in held] == [
        ("Plan d’apurement tenu jusqu’au 19 nov.", Decimal("212.00"), date(2026, 11, 19)),
        ("Gel (surendettement), sans fin prévue", Decimal("212.00"), None),
    ]
    with clock.travel(date(2026, 11, 20)):
        detect(clock.today())
        assert state(case.account_id).lane == "BROKEN"
        release_debt(posting_ids=[first.posting_id], actor=manager)
        assert state(case.account_id).held == 0
        pay(account=case.account_id, on=clock.today(), amount="424.00")
        assert state(case.account_id).lane == "NONE"


@pytest.mark.parametrize("source", ["SOCIAL", "RENT", ""])
def test_nothing_is_sent_in_the_place_of_what_is_paused(source):
    """« Modifier → Message courtois » was recorded during a pause, and the message waited at the gate."""
    make_association()
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    if source:
        hold_letters(
            case=case, until=date(2026, 11, 20), source=source,
            actor=manager if source == "RENT" else make_actor(role="SOCIAL_WORKER"),
        )  # fmt: skip
    else:
        request_help(case=case, actor=manager)
    said = {"SOCIAL": "rien ne part avant", "RENT": "levez d’abord la pause", "": "sollicité"}[source]
    with pytest.raises(Conflict, match=said):
        decide(case=case, decision="CHANGE", action="COURTESY", reason="Un mot", actor=manager)
    decide(case=case, decision="CHANGE", action="NOTHING", reason="Rien", actor=manager)
    assert not Message.objects.exists()


def test_a_plan_that_is_refused_gives_the_case_back():
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case, amount="")
    decide(case=case, decision="REFUSE", reason="Mensualité trop basse", actor=manager)
    assert state(case.account_id).action == Action.WAIT
    assert not DebtHold.objects.exists()
    with clock.travel(TODAY + timedelta(days=11)):
        detect_arrears(day=clock.today(), actor=Actor.system())
        # The social service has answered: the next step is a letter.
        assert state(case.account_id).action == Action.REMINDER


@pytest.mark.parametrize("decision", ["PAUSE", "REPORT"])
def test_neither_a_pause_nor_the_report_answers_a_plan(decision):
    case, manager = opened_case(months=(SEP, OCT), amount="212.00"), make_actor()
    plan_asked(case)
    if decision == "PAUSE":
        decide(case=case, decision="PAUSE", reason="Vu ensemble", pause_until=TODAY, actor=manager)
        assert state(case.account_id).action == Action.WAIT
        lift_hold(hold=case.letter_holds.get(), actor=manager)
    else:
        CaseDecision.objects.create(case=case, proposed=Action.REPORT_PAYER, decision="CONFIRM", action="REPORT")
        refresh_lanes(account_ids=[case.account_id], day=TODAY)
    assert state(case.account_id).action == Action.ANSWER_PLAN
    assert list(plans_asked()) == list(case.social_answers.all())


def test_no_decision_takes_a_plan_that_nobody_asked():
    with pytest.raises(InvalidInput, match="l’action à la place"):
        decide(case=opened_case(), decision="CHANGE", action="PLAN", reason="Idée", actor=make_actor())


def test_a_plan_that_nobody_answers_parks_no_case():
    """Seven months later the case was still « à valider »."""
    case = opened_case(months=(SEP, OCT), amount="212.00")
    plan_asked(case)
    with clock.travel(TODAY + timedelta(days=31)):
        detect_arrears(day=clock.today(), actor=Actor.system())
        assert state(case.account_id).action in (Action.CALL, Action.ALERT_SOCIAL)


def test_each_side_holds_and_lifts_its_own():
    case, manager, worker = opened_case(), make_actor(), make_actor(role="SOCIAL_WORKER")
    hold = hold_letters(case=case, until=TODAY, source="SOCIAL", actor=worker)
    with pytest.raises(NotAllowed):
        lift_hold(hold=hold, actor=manager)
    with pytest.raises(NotAllowed):
        hold_letters(case=case, until=TODAY, source="RENT", actor=worker)
    assert lift_hold(hold=hold, actor=worker).lifted_at
    assert state(case.account_id).lane == "NEW"
    with pytest.raises(InvalidInput, match="après avoir commencé"):
        hold_letters(case=case, until=TODAY - timedelta(days=1), source="SOCIAL", actor=worker)


def test_a_report_is_dated_between_the_threshold_and_today():
    manager = make_actor()
    case = opened_case(months=(OCT, NOV))
    for wrong in (date(2026, 10, 31), TODAY + timedelta(days=1)):
        with pytest.raises(InvalidInput, match="entre le jour du seuil"):
            record_report(case=case, reported_on=wrong, actor=manager)
    assert record_report(case=case, reported_on=NOV, actor=manager).reported_on == NOV
    with pytest.raises(Conflict, match="n’est pas atteint"):
        record_report(case=opened_case(), reported_on=TODAY, actor=manager)
