"""A wake-up that is lost loses nothing: the minute's tick finds the same work by its state, whatever woke it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from common.periods import period
from config.wakes import TOPICS, _sender
from leases.contracts.services.parties import add_party
from leases.models import Person
from maintenance.tickets.services.tickets import mark_absent, plan, send_signal
from office.access.actor import Actor
from office.access.codes import Role
from office.digests.letters import URGENT
from office.jobs import schedules, wake
from office.messages.codes import Channel, MessageState
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import Wording
from office.models import Message, Notice
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import request_help
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.models import AccountDebtor, ArrearsCase
from rent_ledger.payments.services.payments import take_payment
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.waiting import has_waiting
from social_link.models import Absence, Alert, AlertFact
from tests.factories import make_actor, make_alert, make_arrears, make_let, make_referent, make_ticket, make_user
from tests.office.notices.telling import tell

FRIDAY = date(2026, 11, 6)
DAY = timedelta(days=1)
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06T10:00")]


def _household() -> Any:
    case = make_arrears(dues=[OCT, NOV])
    make_referent(household=case.account.household)
    return case


def _facts(rule: str) -> Callable[[], bool]:
    return lambda: AlertFact.objects.filter(rule=rule).exists()


def _help() -> Callable[[], bool]:
    request_help(case=_household(), actor=make_actor(role=Role.RENTAL_MANAGER))
    return _facts("ASKED")


def _job() -> tuple[Any, Actor]:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(lease=_household().account.lease, technician=technician, planned_on=FRIDAY)
    return ticket, Actor.of(technician)


def _signal() -> Callable[[], bool]:
    ticket, hand = _job()
    send_signal(ticket=ticket, kind="DANGER", actor=hand, request_key=uuid4())
    return _facts("R10")


def _absences() -> Callable[[], bool]:
    ticket, hand = _job()
    desk = make_actor(role=Role.RENTAL_MANAGER)
    mark_absent(ticket=ticket, actor=hand)
    ticket.refresh_from_db()
    mark_absent(ticket=plan(ticket=ticket, on=FRIDAY, actor=desk), actor=hand)
    return _facts("R9")


def _given(first: date) -> tuple[Any, Any, Any]:
    """An absence from `first` to the day before, or the day itself: the alert of who is away, he, his stand-in."""
    malo = make_referent(household=(home := make_let().household))
    alert, camille = make_alert(household=home, to=malo), make_user(role=Role.SOCIAL_WORKER)
    Absence.objects.create(user=malo, stand_in=camille, period=period(first, max(first, FRIDAY - DAY) + DAY))
    return alert, malo, camille


def _away() -> Callable[[], bool]:
    """Entered on a day before: it begins today."""
    alert, _, camille = _given(FRIDAY)
    return lambda: Alert.objects.filter(pk=alert.pk, assignee=camille).exists()


def _back() -> Callable[[], bool]:
    """It ended yesterday."""
    alert, malo, camille = _given(FRIDAY - 7 * DAY)
    Alert.objects.filter(pk=alert.pk).update(assignee=camille, absence=Absence.objects.get())
    return lambda: Alert.objects.filter(pk=alert.pk, assignee=malo).exists()


def _paid() -> Callable[[], bool]:
    case = _household()
    state = case.account.state
    take_payment(
        account=case.account, method="CASH", amount=state.debt, received_on=FRIDAY, request_key=uuid4(),
        actor=make_actor(role=Role.RENTAL_MANAGER),
    )  # fmt: skip
    return lambda: ArrearsCase.objects.get(pk=case.pk).closed_on is not None


def _message() -> Callable[[], bool]:
    [message] = write_messages(
        new=[
            NewMessage(
                key="essai", kind=URGENT.code, channel=Channel.SMS, about_id=make_user().pk, household_id=None,
                addressee="Nadège", address="+33611223344", wording=Wording("", "Bonjour", 0), values={},
            )
        ],
        actor=Actor.system(),
    )  # fmt: skip
    # Its gate looks at it: it tells of nothing that still waits, so it is withdrawn.
    return lambda: Message.objects.get(pk=message.pk).state == MessageState.WITHDRAWN


def _notice() -> Callable[[], bool]:
    notice = tell(make_user(email="nadege@ancrage.test"))
    return lambda: Notice.objects.get(pk=notice.pk).told_at is not None


def _party() -> Callable[[], bool]:
    lease = make_let()
    account = tenant_accounts([lease.pk])[lease.pk]
    other = Person.objects.create(first_name="Awa", last_name="Sarr")
    add_party(actor=Actor.system(), lease=lease, person=other, role="CO_HOLDER", from_day=OCT)
    return lambda: AccountDebtor.objects.filter(account=account, person=other).exists()


WRITTEN: dict[str, tuple[Callable[[], Callable[[], bool]], ...]] = {
    "arrears_changed": (_paid,),
    "help_requested": (_help,),
    "signal_sent": (_signal, _absences, _away, _back),
    "messages": (_message,),
    "notices": (_notice,),
    "parties_changed": (_party,),
}
"""Topic → what writes the row that wakes it, and says afterwards whether it was seen to."""


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, settings: Any) -> list[str]:
    """The tasks that were sent, each done at once as a worker does it."""
    from config.celery import app

    app.loader.import_default_modules()
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    sent: list[str] = []

    def send_task(name: str, **options: Any) -> None:
        sent.append(name)
        app.tasks[name].run()

    monkeypatch.setattr(app, "send_task", send_task)
    monkeypatch.setattr(wake, "_listeners", {topic: [_sender(topic, names)] for topic, names in TOPICS.items()})
    return sent


def _tick(minutes: int, commits: Any) -> None:
    cache.clear()  # the moment of a debounce is over
    with clock.travel(clock.now() + timedelta(minutes=minutes)), commits(execute=True):
        schedules.tick()


def test_each_topic_is_tried_here() -> None:
    assert set(WRITTEN) == set(TOPICS)


@pytest.mark.parametrize(
    ("topic", "write"), [(topic, write) for topic, rows in WRITTEN.items() for write in rows],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)  # fmt: skip
def test_a_row_whose_wake_up_was_lost_is_seen_to_by_the_next_tick(
    topic: str,
    write: Callable[[], Callable[[], bool]],
    heard: list[str],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    # The tasks of the day are done: only those of the minute are left.
    minutes = {name: task for name, task in schedules._tasks.items() if task.every == "MINUTE"}
    monkeypatch.setattr(schedules, "_tasks", minutes)
    is_done = write()
    connection.run_on_commit.clear()  # the wake-up is lost
    assert not is_done()
    _tick(1, django_capture_on_commit_callbacks)
    assert is_done()
    assert set(heard) >= set(TOPICS[topic])
    # What was seen to wakes nobody any more.
    _tick(2, django_capture_on_commit_callbacks)
    del heard[:]
    _tick(3, django_capture_on_commit_callbacks)
    assert heard == []


def test_what_nobody_could_receive_wakes_nobody() -> None:
    """Each minute would read everything, for an alert that has no addressee."""
    case = make_arrears(dues=[OCT, NOV])
    raise_alerts(day=FRIDAY, actor=Actor.system())
    assert not has_waiting(FRIDAY)
    request_help(case=case, actor=make_actor(role=Role.RENTAL_MANAGER))
    assert not has_waiting(FRIDAY)
    make_referent(household=case.account.household)
    assert has_waiting(FRIDAY)


def test_asking_costs_a_few_queries_however_many_households() -> None:
    for _ in range(3):
        _household()
    detect_arrears(day=FRIDAY, actor=Actor.system())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    with CaptureQueriesContext(connection) as few:
        assert not has_waiting(FRIDAY)
    assert len(few) <= 8


def test_the_books_are_read_again_only_when_they_have_moved() -> None:
    case = _household()
    detect_arrears(day=FRIDAY, actor=Actor.system())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    assert not has_waiting(FRIDAY)
    take_payment(
        account=case.account, method="CASH", amount=Decimal("1.00"), received_on=FRIDAY, request_key=uuid4(),
        actor=make_actor(role=Role.RENTAL_MANAGER),
    )  # fmt: skip
    assert has_waiting(FRIDAY)
