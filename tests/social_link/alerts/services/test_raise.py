"""From facts to alerts: each fact once, one open alert per household, to the named person, with its deadlines."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.reasons import Reason
from leases.models import Lease
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.models import BenefitLine, BenefitRight, BenefitStatement, LetterHold
from rent_ledger.rights.codes import LineWhy
from social_link.alerts.services import facts, recording
from social_link.alerts.services.answers import answer
from social_link.alerts.services.raising import last_day, pass_to_come, raise_alerts
from social_link.alerts.services.registry import Trigger
from social_link.contacts import services as contacts
from social_link.models import Alert, AlertFact
from tests.factories import (
    hold_letters,
    make_actor,
    make_alert,
    make_arrears,
    make_bank_known,
    make_let,
    make_payer,
    make_referent,
    make_right,
    make_ticket,
    make_user,
    owe,
    pay,
)

SYSTEM = Actor.system()
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
FRIDAY = date(2026, 11, 6)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def lift(day: date = FRIDAY):
    return raise_alerts(day=day, actor=SYSTEM)


def said(fact: AlertFact) -> str:
    return " ".join(reason.text() for reason in fact.said).replace("\u00a0", " ")


# ---------- arrears ----------


def test_two_terms_of_a_sublet_dwelling_alert_the_referent_and_hold_the_letters() -> None:
    case = make_arrears(dues=[OCT, NOV], paid="120.00")
    referent = make_referent(household=case.account.household)
    report = lift()
    alert = Alert.objects.get()
    assert (report.opened, report.joined, report.unassigned) == (1, 0, [])
    assert (alert.case, alert.rule, alert.level, alert.assignee) == (case, "R2", "HIGH", referent)
    # Five working days without 11 November, fifteen working days.
    assert (alert.ack_due_on, alert.answer_due_on) == (date(2026, 11, 16), date(2026, 11, 30))
    fact = alert.facts.get()
    assert fact.key == f"R2:C{case.pk}:2026-11-01"
    assert "306,00 € dus sur deux termes, premier défaut le 2 octobre 2026" in said(fact)
    assert "120,00 € le 2 octobre 2026" in said(fact)
    hold = LetterHold.objects.get()
    assert (hold.case, hold.source, hold.until) == (case, "RULE", date(2026, 11, 21))


def test_a_first_default_in_the_first_months_holds_until_the_answer_is_due() -> None:
    case = make_arrears(lease=make_let(start=date(2026, 9, 1)))
    make_referent(household=case.account.household)
    lift()
    alert = Alert.objects.get()
    assert (alert.rule, alert.level) == ("R1", "NORMAL")
    assert LetterHold.objects.get().until == alert.answer_due_on


def test_again_the_same_day_and_the_next_nothing_more() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    assert len(lift().lines) == 1
    assert lift().lines == []
    with clock.travel(date(2026, 11, 9)):
        assert lift(date(2026, 11, 9)).lines == []
    assert Alert.objects.count() == AlertFact.objects.count() == LetterHold.objects.count() == 1


def test_nothing_is_said_unpaid_beyond_what_the_bank_tells() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    make_bank_known(until=date(2026, 11, 4))
    # November is not late yet, as far as the bank tells. October is, and nobody has met them since.
    assert [line.rule for line in lift().lines] == ["R8"]


def test_an_answered_alert_with_a_hold_is_not_raised_again_by_the_next_term() -> None:
    case = make_arrears(dues=[OCT, NOV])
    referent = make_referent(household=case.account.household)
    lift()
    answer(
        alert=Alert.objects.get(), contact_made=True, cause="BENEFIT", hold_until=date(2026, 12, 6),
        actor=Actor.of(referent),
    )  # fmt: skip
    december = date(2026, 12, 6)
    with clock.travel(date(2026, 12, 1)):
        owe(lease=case.account.lease, due_on=date(2026, 12, 1))
    with clock.travel(december):
        assert lift(december).lines == []
    with clock.travel(december + timedelta(days=1)):
        # The hold is over. November is still the second unpaid term: told already. The last contact is 31 days old.
        assert [line.rule for line in lift(december + timedelta(days=1)).lines] == ["R8"]


def test_a_paid_term_makes_another_second_default_a_new_fact() -> None:
    case = make_arrears(dues=[OCT, NOV])
    referent = make_referent(household=case.account.household)
    lift()
    answer(alert=Alert.objects.get(), contact_made=True, cause="OVERSIGHT", actor=Actor.of(referent))
    pay(account=case.account_id, on=FRIDAY, amount="213.00")
    day = date(2026, 12, 7)
    with clock.travel(date(2026, 12, 1)):
        owe(lease=case.account.lease, due_on=date(2026, 12, 1), amount="300.00")
    with clock.travel(day):
        report = lift(day)
    assert [line.rule for line in report.lines] == ["R2"]
    assert Alert.objects.count() == 2


def test_without_referent_the_head_of_the_service_has_it_and_without_anyone_it_is_said() -> None:
    case = make_arrears(dues=[OCT, NOV])
    report = lift()
    assert report.lines == []
    assert report.unassigned == [case.account.household.name]
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    assert lift().opened == 1  # nothing was lost
    assert Alert.objects.get().assignee == head


@pytest.mark.parametrize("how", ["closed", "role"])
def test_who_left_gets_no_alert_and_keeps_none(how: str) -> None:
    case = make_arrears(dues=[OCT, NOV])
    gone = make_referent(household=case.account.household)
    had = make_alert(household=make_let().household, to=gone)
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    if how == "closed":
        gone.is_active = False
        gone.save()
    else:
        # The referent went to the rents: he may read no alert.
        gone.grants.update(role=Role.RENTAL_MANAGER)
    lift()
    assert set(Alert.objects.values_list("assignee", flat=True)) == {head.pk}
    had.refresh_from_db()
    assert (had.state, had.reassign_reason) == ("RAISED", "Ne fait plus partie du service social")
    events = Alert.objects.values_list("pk", "assignee", "ack_due_on")
    before = list(events)
    lift()
    assert list(events) == before


# ---------- the manager asks ----------


def test_a_request_of_the_manager_is_pulled_once() -> None:
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), kind="OCCUPANCY"))
    make_referent(household=case.account.household)
    assert lift().lines == []
    manager = make_actor()
    request_help(case=case, actor=manager)
    (line,) = lift().lines
    assert (line.rule, line.opens) == ("ASKED", True)
    assert manager.user is not None
    assert manager.user.get_full_name() in line.reasons[0].text()
    assert "213,00" in line.reasons[1].text()
    assert lift().lines == []
    assert not LetterHold.objects.exists()


# ---------- benefit ----------


def statement(payer, right: BenefitRight, month: date, amount: str, *, state: str = "MATCHED") -> None:
    paid_on = month.replace(day=25)
    made = BenefitStatement.objects.create(
        payer=payer, file_name="caf.csv", sha256=uuid4().hex * 2, paid_on=paid_on, total=Decimal(amount)
    )
    BenefitLine.objects.create(
        statement=made, rank=1, beneficiary_number=right.beneficiary_number, month=month, amount=Decimal(amount),
        right=right if state == "MATCHED" else None, state=state,
        reason=Reason(LineWhy.NUMBER if state == "MATCHED" else LineWhy.NUMBER_PAST).to_json(),
    )  # fmt: skip


def aided(payer) -> tuple[Lease, BenefitRight]:
    lease = make_let()
    make_referent(household=lease.household)
    return lease, make_right(lease=lease, payer=payer, amount="241.00", start=date(2026, 2, 1))


def test_a_benefit_that_fell_and_one_that_stopped() -> None:
    payer = make_payer()
    fell, stopped, kept = aided(payer), aided(payer), aided(payer)
    for _, right in (fell, stopped, kept):
        statement(payer, right, date(2026, 9, 1), "241.00")
    statement(payer, fell[1], OCT, "96.00")
    statement(payer, kept[1], OCT, "241.00")
    report = lift()
    assert {line.household_id for line in report.lines} == {fell[0].household_id, stopped[0].household_id}
    words = {f.alert.household_id: said(f) for f in AlertFact.objects.select_related("alert")}
    assert "96,00 €, contre 241,00 €" in words[fell[0].household_id]
    assert "rien reçu" in words[stopped[0].household_id]
    assert lift().lines == []


def test_a_month_not_yet_stated_or_not_yet_placed_says_nothing() -> None:
    payer, other = make_payer(), make_payer()
    _, waiting = aided(payer)
    statement(payer, waiting, date(2026, 9, 1), "241.00")  # no statement of October yet from this payer
    _, unplaced = aided(other)
    _, known = aided(other)
    for right in (unplaced, known):
        statement(other, right, date(2026, 9, 1), "241.00")
    statement(other, known, OCT, "241.00")
    statement(other, unplaced, OCT, "241.00", state="UNKNOWN")
    assert lift().lines == []


def test_a_household_that_left_lost_nothing() -> None:
    payer = make_payer()
    lease, right = aided(payer)
    _, still = aided(payer)
    for r in (right, still):
        statement(payer, r, date(2026, 9, 1), "241.00")
    statement(payer, still, OCT, "241.00")
    lease.period = (date(2026, 1, 1), date(2026, 10, 20))
    lease.save()
    assert lift().lines == []


# ---------- absences and signals ----------


def test_a_technical_and_a_social_absence_make_a_pair() -> None:
    lease = make_let()
    referent = Actor.of(make_referent(household=lease.household))
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    with clock.travel(date(2026, 10, 21)):
        tickets.mark_absent(ticket=make_ticket(lease=lease, technician=yann.user), actor=yann)
    assert lift().lines == []
    contacts.log_contact(
        household=lease.household, kind="ABSENCE", day=date(2026, 11, 5), request_key=uuid4(), actor=referent
    )
    (line,) = lift().lines
    assert (line.rule, line.level) == ("R9", "HIGH")
    assert "deux services" in line.reasons[0].text()
    assert lift().lines == []


def test_an_urgent_signal_goes_to_the_referent_and_up_at_once() -> None:
    lease = make_let()
    referent = make_referent(household=lease.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    tickets.send_signal(ticket=ticket, kind="UNWELL", actor=yann, request_key=uuid4())
    lift()
    alert = Alert.objects.get()
    assert (alert.level, alert.assignee, alert.ack_due_on) == ("URGENT", referent, FRIDAY)
    # What is urgent in what a technician saw is answered the same day.
    assert alert.answer_due_on == FRIDAY
    assert alert.escalated_at == clock.now()
    assert lift().lines == []


def test_what_a_technician_saw_is_answered_within_two_working_days() -> None:
    """Friday 6: Tuesday 10, over the week-end, and 11 November is a holiday."""
    yann = Actor.of(make_user(role=Role.TECHNICIAN))

    def seen(day: date) -> Alert:
        lease = make_let()
        make_referent(household=lease.household)
        ticket = make_ticket(lease=lease, technician=yann.user)
        with clock.travel(day):
            tickets.send_signal(ticket=ticket, kind="CLUTTER", actor=yann, request_key=uuid4())
            lift(day)
        return Alert.objects.get(household=lease.household)

    due = {day: seen(day) for day in (FRIDAY, date(2026, 11, 9), date(2026, 11, 10))}
    assert [alert.answer_due_on.day for alert in due.values()] == [10, 12, 13]
    assert all(alert.ack_due_on <= alert.answer_due_on for alert in due.values())


def test_a_signal_that_joins_an_alert_is_answered_by_its_own_day() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    lift()
    before = Alert.objects.get()
    ticket = make_ticket(lease=case.account.lease, technician=yann.user)
    signal = tickets.send_signal(ticket=ticket, kind="CLUTTER", actor=yann, request_key=uuid4())
    lift()
    joined = Alert.objects.get()
    assert (joined.rule, joined.answer_due_on, joined.ack_due_on) == (
        before.rule,
        date(2026, 11, 10),
        date(2026, 11, 10),
    )
    # Withdrawn, the alert has its days again.
    tickets.withdraw_signal(signal_id=signal.pk, actor=yann)
    lift()
    after = Alert.objects.get()
    assert (after.answer_due_on, after.ack_due_on) == (before.answer_due_on, before.ack_due_on)


def test_a_later_fact_joins_the_open_alert_and_raises_its_level() -> None:
    case = make_arrears(dues=[OCT, NOV])
    household = case.account.household
    make_referent(household=household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=case.account.lease, technician=yann.user)
    tickets.send_signal(ticket=ticket, kind="TENSION", actor=yann, request_key=uuid4())
    report = lift()
    assert (report.opened, report.joined) == (1, 1)
    tickets.send_signal(ticket=ticket, kind="DANGER", actor=yann, request_key=uuid4())
    assert lift().joined == 1
    alert = Alert.objects.get()
    assert (alert.level, alert.rule, alert.case, alert.ack_due_on) == ("URGENT", "R10", case, FRIDAY)
    assert alert.answer_due_on == FRIDAY
    assert alert.escalated_at is not None
    assert alert.facts.count() == 3


def test_an_alert_without_debt_file_gets_it_from_a_later_fact() -> None:
    lease = make_let(rent="133.00", start=date(2024, 3, 15))
    make_alert(household=lease.household)
    case = make_arrears(lease=lease, dues=[OCT, NOV])
    lift()
    alert = Alert.objects.get()
    assert (alert.case, alert.level, alert.rule) == (case, "HIGH", "R2")


# ---------- deadlines, dry runs, days ----------


def test_what_nobody_takes_goes_up_once() -> None:
    alert = make_alert()
    due = alert.ack_due_on
    with clock.travel(due):
        assert lift(due).escalated == 0  # the last day is in time
    with clock.travel(due + timedelta(days=1)):
        assert lift(due + timedelta(days=1)).escalated == 1
    alert.refresh_from_db()
    first = alert.escalated_at
    assert first is not None
    with clock.travel(due + timedelta(days=2)):
        assert lift(due + timedelta(days=2)).escalated == 0
    alert.refresh_from_db()
    assert alert.escalated_at == first


def test_what_was_taken_goes_up_when_the_answer_is_late() -> None:
    alert = make_alert()
    Alert.objects.filter(pk=alert.pk).update(state="ACK", acknowledged_at=clock.now(), acknowledged_by=alert.assignee)
    for day, escalated in ((alert.ack_due_on + timedelta(days=1), 0), (alert.answer_due_on + timedelta(days=1), 1)):
        with clock.travel(day):
            assert lift(day).escalated == escalated


def test_a_dry_run_writes_nothing_and_says_the_same() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    dry = raise_alerts(day=FRIDAY, actor=SYSTEM, dry=True)
    assert not Alert.objects.exists()
    assert not LetterHold.objects.exists()
    wet = lift()
    assert dry.lines == wet.lines


def test_the_past_is_read_as_it_stood() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    with clock.travel(date(2026, 11, 10)):
        pay(account=case.account_id, on=date(2026, 11, 10), amount="300.00")
        now = facts.case_facts(date(2026, 11, 10))[0][1].unpaid
        then = facts.case_facts(FRIDAY)[0][1].unpaid
        assert [(t.due_on, t.remaining) for t in now.terms] == [(NOV, Decimal("126.00"))]
        assert [(t.due_on, t.remaining) for t in then.terms] == [(OCT, Decimal("213.00")), (NOV, Decimal("213.00"))]
        assert [line.rule for line in raise_alerts(day=FRIDAY, actor=SYSTEM, dry=True).lines] == ["R2"]
        later = raise_alerts(day=date(2026, 11, 10), actor=SYSTEM, dry=True)
        assert [line.rule for line in later.lines] == ["R8"]


def test_the_past_is_not_played_again() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    assert last_day() is None
    lift()
    assert last_day() == FRIDAY
    with pytest.raises(Conflict, match="06/11/2026"):
        lift(FRIDAY - timedelta(days=1))
    with pytest.raises(InvalidInput, match="à venir"):
        lift(FRIDAY + timedelta(days=1))


def test_a_pass_of_a_clock_ahead_stops_no_live_pass() -> None:
    """One tick forty days ahead silenced the alerts until that day came."""
    ahead = FRIDAY + timedelta(days=40)
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    with clock.travel(ahead):
        lift(ahead)
    assert pass_to_come(FRIDAY) == ahead
    other = make_arrears(dues=[OCT, NOV])
    make_referent(household=other.account.household)
    assert len(lift().lines) == 1
    # Who asks for a day that is past is told as before.
    with pytest.raises(Conflict):
        lift(FRIDAY - timedelta(days=1))
    page = Client()
    page.force_login(make_user(role=Role.ADMINISTRATOR))
    assert "L’horloge a été en avance" in page.get("/").content.decode()


def test_a_day_missed_may_be_played_later_and_is_stamped_so() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    with clock.travel(date(2026, 11, 9)):
        lift(FRIDAY)
    assert Alert.objects.get().raised_at.date() == FRIDAY


@pytest.mark.parametrize("role", [r for r in Role if r != Role.HEAD_OF_SOCIAL])
def test_who_may_not_run_it(role: str) -> None:
    with pytest.raises(NotAllowed):
        raise_alerts(day=FRIDAY, actor=make_actor(role=role))


@pytest.mark.parametrize("count", [2, 8])
def test_looking_costs_a_constant_number_of_queries(count: int, django_assert_max_num_queries) -> None:
    for _ in range(count):
        make_referent(household=make_arrears(dues=[OCT, NOV]).account.household)
    with django_assert_max_num_queries(56):
        assert len(raise_alerts(day=FRIDAY, actor=SYSTEM, dry=True).lines) == count


def test_raising_many_costs_as_many_queries_as_two() -> None:
    def raised(count: int) -> int:
        for _ in range(count):
            make_referent(household=make_arrears(dues=[OCT, NOV]).account.household)
        with CaptureQueriesContext(connection) as seen:
            assert lift().opened == count
        return len(seen)

    assert raised(2) == raised(6)
    for alert in Alert.objects.select_related("case"):
        assert alert.case is not None
        assert alert.facts.get().key == f"R2:C{alert.case_id}:2026-11-01"
        hold = alert.case.letter_holds.get()
        assert (hold.source, hold.reason) == ("RULE", "Alerte envoyée au service social")
    assert Alert.objects.count() == 8


def test_a_hold_of_a_rule_is_never_made_shorter() -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    hold_letters(case=case, until=date(2026, 12, 24), source="RULE", actor=SYSTEM)
    assert lift().opened == 1
    assert LetterHold.objects.get().until == date(2026, 12, 24)


def test_two_kinds_of_benefit_that_stop_in_one_month_are_one_fact() -> None:
    payer = make_payer()
    lease = make_let()
    make_referent(household=lease.household)
    first = make_right(lease=lease, payer=payer, start=date(2026, 2, 1), end=date(2026, 12, 1))
    second = make_right(lease=lease, payer=payer, start=date(2026, 12, 1))
    others = [make_right(lease=make_let(), payer=payer, start=date(2026, 2, 1)) for _ in range(2)]
    BenefitRight.objects.filter(pk__in=(second.pk, others[1].pk)).update(kind="ALF")
    for right in (first, second, *others):
        statement(payer, right, date(2026, 9, 1), "241.00")
    for right in others:
        statement(payer, right, OCT, "241.00")
    report = lift()
    assert [(line.rule, line.household_id) for line in report.lines] == [("R5", lease.household_id)]
    assert lift().lines == []


def test_an_answered_alert_is_not_joined() -> None:
    lease = make_let(rent="133.00", start=date(2024, 3, 15))
    old = make_alert(household=lease.household)
    answer(alert=old, contact_made=True, actor=Actor.of(old.assignee))
    make_arrears(lease=lease, dues=[OCT, NOV])
    assert lift().opened == 1
    assert old.facts.get().rule == "R9"


def test_an_answer_recorded_elsewhere_does_not_lose_the_request() -> None:
    """Answered in the debt file (another alert), asked again later: the new request alerts."""
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), kind="OCCUPANCY"))
    make_referent(household=case.account.household)
    request_help(case=case, actor=make_actor())
    lift()
    record_social_answer(case=case, contact_made=True, cause="UNKNOWN", actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    Alert.objects.update(state="ANSWERED", answered_at=clock.now())
    with clock.travel(date(2026, 11, 20)):
        request_help(case=case, actor=make_actor())
        assert lift(date(2026, 11, 20)).opened == 1


# ---------- an error on the way ----------


def test_an_error_for_one_household_leaves_the_others_alerted(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [make_arrears(dues=[OCT, NOV]) for _ in range(3)]
    for case in cases:
        make_referent(household=case.account.household)
    real = recording._new_alert

    def broken(trigger: Trigger, *rest: Any) -> Alert:
        if trigger.case_id == cases[1].pk:
            raise RuntimeError("unexpected")
        return real(trigger, *rest)

    monkeypatch.setattr(recording, "_new_alert", broken)
    report = lift()
    assert report.failed == [cases[1].account.household.name]
    assert {alert.case_id for alert in Alert.objects.all()} == {cases[0].pk, cases[2].pk}
    assert {hold.case_id for hold in LetterHold.objects.all()} == {cases[0].pk, cases[2].pk}
    monkeypatch.undo()
    assert [line.household for line in lift().lines] == [cases[1].account.household.name]


def test_a_rule_that_fails_silences_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)

    def broken(*args: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        return []

    monkeypatch.setattr(facts, "benefit_facts", broken)
    report = lift()
    assert (report.failed, report.opened) == (["Aide en baisse"], 1)


# ---------- two at once ----------


@pytest.mark.django_db(transaction=True)
def test_two_passes_at_once_alert_once() -> None:
    for _ in range(3):
        make_referent(household=make_arrears(dues=[OCT, NOV]).account.household)
    barrier, outcomes = Barrier(2), []

    def run() -> None:
        with clock.travel(FRIDAY):
            try:
                barrier.wait(10)
                outcomes.append(lift())
            except Exception as error:
                outcomes.append(error)
            finally:
                connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not [o for o in outcomes if isinstance(o, Exception)], outcomes
    assert sum(len(o.lines) for o in outcomes) == 3
    assert Alert.objects.count() == AlertFact.objects.count() == LetterHold.objects.count() == 3
