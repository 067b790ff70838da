"""Reports of delivery: early, twice, of a message unknown to us, after the last word."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from office.messages.codes import MessageState, Outcome
from office.messages.models import DeliveryReport, Message
from office.messages.schedules import unknown_reports
from office.messages.services.reports import KEPT, apply_reports, keep_report
from office.messages.worker import deliver
from tests.office.messages.writing import written

pytestmark = pytest.mark.django_db


def report(reference: str, outcome: Outcome, *, said_on: str = "2026-11-05 09:01:00") -> DeliveryReport:
    return keep_report(
        provider="file", reference=reference, said=outcome, said_on=said_on, outcome=outcome, content={"a": 1}
    )


def sent() -> Message:
    message = written()
    assert deliver() == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT
    return message


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.PROGRESS, MessageState.SENT),
        (Outcome.DELIVERED, MessageState.DELIVERED),
        (Outcome.FAILED, MessageState.PERMANENT_FAILURE),
    ],
)
def test_a_report_moves_its_message(outcome: Outcome, state: MessageState) -> None:
    message = sent()
    assert report(message.provider_ref, outcome).message_id == message.pk
    message.refresh_from_db()
    assert message.state == state
    assert (message.delivered_at is not None) == (outcome == Outcome.DELIVERED)
    assert ("FAILED" in message.why) == (outcome == Outcome.FAILED)


def test_one_that_comes_before_the_message_is_marked_as_sent_waits_for_it() -> None:
    message = written()
    early = report(message.send_key, Outcome.DELIVERED)
    assert early.message_id is None
    assert deliver() == 1
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    early.refresh_from_db()
    assert early.message_id == message.pk


def test_one_that_comes_twice_counts_once() -> None:
    message = sent()
    report(message.provider_ref, Outcome.DELIVERED)
    report(message.provider_ref, Outcome.DELIVERED)
    assert DeliveryReport.objects.count() == 1
    assert apply_reports() == 0


def test_one_of_an_unknown_message_is_kept() -> None:
    assert report("inconnu", Outcome.FAILED).message_id is None
    assert apply_reports() == 0
    assert DeliveryReport.objects.get().content == {"a": 1}


def test_reports_of_unknown_messages_are_neither_read_nor_locked() -> None:
    message = sent()
    for n in range(3):
        report(f"inconnu-{n}", Outcome.FAILED)
    DeliveryReport.objects.create(
        provider="file", provider_ref=message.provider_ref, said="DELIVERED", outcome=Outcome.DELIVERED
    )
    with CaptureQueriesContext(connection) as seen:
        assert apply_reports() == 1
        assert apply_reports() == 0
    assert not [query for query in seen if "inconnu" in query["sql"]]
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED


def test_reports_of_unknown_messages_are_erased_after_a_week() -> None:
    known = report(sent().provider_ref, Outcome.DELIVERED)
    report("inconnu", Outcome.FAILED)
    with clock.travel(clock.now() + KEPT):
        report("autre", Outcome.FAILED)
        unknown_reports(clock.today())
        assert DeliveryReport.objects.count() == 3
    with clock.travel(clock.now() + KEPT + timedelta(seconds=1)):
        unknown_reports(clock.today())
    assert list(DeliveryReport.objects.values_list("provider_ref", flat=True)) == [known.provider_ref, "autre"]


def test_the_first_last_word_counts() -> None:
    message = sent()
    report(message.provider_ref, Outcome.DELIVERED)
    report(message.provider_ref, Outcome.FAILED, said_on="2026-11-05 09:02:00")
    message.refresh_from_db()
    assert message.state == MessageState.DELIVERED
    assert message.reports.count() == 2
