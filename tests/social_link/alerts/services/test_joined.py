"""A debt file that was closed by mistake is joined by a newer one: its requests for help and its alert go with it."""

from datetime import date

import pytest

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import open_requests, request_help
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import Account, ArrearsCase
from social_link.alerts.services.answers import answer
from social_link.alerts.services.following import follow_joined, joined_alerts
from social_link.alerts.services.raising import raise_alerts
from social_link.models import Alert, AlertFact
from tests.factories import make_let, make_referent, make_user, owe, pay

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def detect(day: date) -> None:
    detect_arrears(day=day, actor=SYSTEM)


def case_of(account: int) -> ArrearsCase:
    return ArrearsCase.objects.get(account=account, closed_on=None)


@pytest.mark.clock("2026-11-12")
def test_the_request_and_its_alert_go_on_with_the_newer_file() -> None:
    with clock.travel(date(2026, 10, 20)):
        lease = make_let(start=date(2024, 3, 15))
        referent = make_referent(household=lease.household)
        account = owe(lease=lease, due_on=date(2026, 10, 5), amount="480.00")
        detect(date(2026, 10, 20))
        former = case_of(account)
        asked = request_help(case=former, actor=Actor.of(make_user(role=Role.RENTAL_MANAGER)))
        raise_alerts(day=date(2026, 10, 20), actor=SYSTEM)
        alert = Alert.objects.get()
        told = AlertFact.objects.count()
        entry = pay(account=account, on=date(2026, 10, 20), amount="480.00")
        detect(date(2026, 10, 20))
    with clock.travel(date(2026, 11, 8)):
        owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 11, 5), amount="480.00")
        detect(date(2026, 11, 8))
        now = case_of(account)
        assert now.pk != former.pk
    reverse(entry_ids=[entry], actor=SYSTEM)
    detect(date(2026, 11, 12))
    asked.refresh_from_db()
    assert asked.case == now
    assert list(open_requests([now.pk])) == [now.pk]
    assert [row.pk for row in joined_alerts()] == [alert.pk]
    raise_alerts(day=date(2026, 11, 12), actor=SYSTEM)
    alert.refresh_from_db()
    assert (alert.case, alert.is_open) == (now, True)
    keys = list(AlertFact.objects.values_list("key", flat=True))
    assert [key for key in keys if f":C{former.pk}:" in key] == []
    # What was told once is not told again under the other name.
    assert keys.count(f"ASKED:C{now.pk}:{asked.pk}") == 1
    assert alert.facts.filter(rule="ASKED").count() == 1
    assert len(keys) >= told
    assert (follow_joined(), joined_alerts().exists()) == (0, False)
    answer(alert=alert, contact_made=True, cause="JOB_LOSS", actor=Actor.of(referent))
    assert now.social_answers.count() == 1
    assert open_requests([now.pk]) == {}


@pytest.mark.clock("2026-11-12")
def test_what_was_answered_stays_with_the_file_that_was_closed() -> None:
    with clock.travel(date(2026, 10, 20)):
        lease = make_let(start=date(2024, 3, 15))
        referent = make_referent(household=lease.household)
        account = owe(lease=lease, due_on=date(2026, 10, 5), amount="480.00")
        detect(date(2026, 10, 20))
        former = case_of(account)
        asked = request_help(case=former, actor=Actor.of(make_user(role=Role.RENTAL_MANAGER)))
        raise_alerts(day=date(2026, 10, 20), actor=SYSTEM)
        answer(alert=Alert.objects.get(), contact_made=True, cause="JOB_LOSS", actor=Actor.of(referent))
        entry = pay(account=account, on=date(2026, 10, 20), amount="480.00")
        detect(date(2026, 10, 20))
    with clock.travel(date(2026, 11, 8)):
        owe(lease=Account.objects.get(pk=account).lease, due_on=date(2026, 11, 5), amount="480.00")
        detect(date(2026, 11, 8))
    reverse(entry_ids=[entry], actor=SYSTEM)
    detect(date(2026, 11, 12))
    asked.refresh_from_db()
    assert asked.case == former
    assert not joined_alerts().exists()
