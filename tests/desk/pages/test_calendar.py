"""The secret address of a calendar: what it tells of the days of a person, and to whom it answers."""

from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from common import clock
from leases.models import Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.access.services.calendars import end_calendar_address, make_calendar_address
from office.access.services.tokens import end_tokens
from office.models import CalendarFeed, Task, User
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsDuty
from rent_ledger.models import ArrearsCase, Procedure, ProcedureStep
from social_link.contacts.services import plan_contact
from tests.factories import make_arrears, make_let, make_referent, make_ticket, make_user, owe
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
NAME = "Mme Awa Traoré"


@pytest.fixture
def lease(db: None) -> Lease:
    return make_let(name=NAME)


def address_of(user: User) -> str:
    return reverse("calendar_feed", args=[make_calendar_address(actor=Actor.of(user))])


def read(address: str, **headers: str) -> Any:
    return Client().get(address, headers=headers)


def days(answer: Any) -> list[tuple[str, Any, str]]:
    """(title, day or hour in Paris, path) of each entry, in order of the calendar."""
    found = []
    for event in Calendar.from_ical(answer.content).walk("VEVENT"):
        start = event["DTSTART"].dt
        is_hour = hasattr(start, "hour")
        found.append(
            (
                str(event["SUMMARY"]),
                start.astimezone(clock.PARIS).isoformat() if is_hour else start,
                urlsplit(str(event["URL"])).path,
            )
        )
    return found


def make_task(case: ArrearsCase, *, due_on: date, kind: str = ArrearsDuty.REPORT) -> Task:
    return Task.objects.create(kind=kind, about=ABOUT_CASE, about_id=case.pk, due_on=due_on)


def make_hearing(lease: Lease, *days: date) -> list[ProcedureStep]:
    """A writ of yesterday and what put its hearing off."""
    procedure = Procedure.objects.create(account_id=owe(lease=lease, due_on=date(2026, 11, 1)), track="LEASE")
    kinds = ["WRIT", *["POSTPONED"] * (len(days) - 1)]
    return [
        ProcedureStep.objects.create(procedure=procedure, kind=kind, on=TODAY - timedelta(1), hearing_on=day)
        for kind, day in zip(kinds, days, strict=True)
    ]


# -- what it tells ---------------------------------------------------------------------------------------------------


def test_the_days_of_a_rental_manager_say_no_name(lease: Lease) -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    _, heard = make_hearing(lease, date(2026, 12, 1), date(2027, 1, 12))
    case, other, late = make_arrears(lease=lease), make_arrears(), make_arrears()
    Task.objects.all().delete()
    alone = make_task(case, due_on=date(2026, 12, 31))
    make_task(case, due_on=date(2027, 1, 4), kind=ArrearsDuty.DECISION)
    make_task(other, due_on=date(2027, 1, 4))
    make_task(late, due_on=TODAY - timedelta(days=32))  # too long ago
    answer = read(address_of(user))
    assert days(answer) == [
        ("Échéance", date(2026, 12, 31), f"/a-faire/{alone.pk}/"),
        ("2\xa0échéances", date(2027, 1, 4), "/"),
        ("Audience", date(2027, 1, 12), f"/loyers/impayes/procedures/etapes/{heard.pk}/"),
    ]
    assert "Traor" not in answer.content.decode()
    uids = [event["UID"] for event in Calendar.from_ical(answer.content).walk("VEVENT")]
    assert len(set(uids)) == 3


def test_a_procedure_that_is_over_has_no_hearing(lease: Lease) -> None:
    make_hearing(lease, date(2027, 1, 12))
    Procedure.objects.update(ended_on=TODAY)
    assert days(read(address_of(make_user(role=Role.RENTAL_MANAGER)))) == []


def test_a_social_worker_has_own_visits_and_the_hearings_of_own_households(lease: Lease) -> None:
    worker, colleague = (make_user(role=Role.SOCIAL_WORKER) for _ in range(2))
    make_referent(household=lease.household, user=worker)
    actor = Actor.of(worker)
    for day, at in ((date(2026, 12, 2), time(9, 30)), (date(2026, 12, 3), None)):
        plan_contact(household=lease.household, kind="VISIT", day=day, at=at, request_key=uuid4(), actor=actor)
    make_hearing(lease, date(2027, 1, 12))
    found = days(read(address_of(worker)))
    assert [(title, start) for title, start, _ in found] == [
        ("Audience", date(2027, 1, 12)),
        ("Rendez-vous", "2026-12-02T09:30:00+01:00"),
        ("Rendez-vous", date(2026, 12, 3)),
    ]
    assert {path for title, _, path in found if title == "Rendez-vous"} == {"/social/contacts/"}
    assert days(read(address_of(colleague))) == []


def test_a_technician_has_own_passages_and_no_hearing(lease: Lease) -> None:
    technician = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(lease=lease, technician=technician, planned_on=date(2026, 11, 6))
    make_ticket(lease=lease, technician=make_user(role=Role.TECHNICIAN), planned_on=date(2026, 11, 6))
    make_hearing(lease, date(2027, 1, 12))
    Task.objects.all().delete()
    assert days(read(address_of(technician))) == [
        ("Rendez-vous", date(2026, 11, 6), f"/technique/demandes/{ticket.pk}/")
    ]


def test_it_costs_the_same_for_many_days(lease: Lease) -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    cases, address = [make_arrears(lease=lease), make_arrears()], address_of(user)
    Task.objects.all().delete()
    read(address)
    with CaptureQueriesContext(connection) as few:
        read(address)
    for number, case in enumerate(cases):
        make_task(case, due_on=TODAY + timedelta(days=number))
        make_task(case, due_on=TODAY + timedelta(days=9), kind=ArrearsDuty.DECISION)
    make_hearing(lease, date(2027, 1, 12))
    with CaptureQueriesContext(connection) as many:
        read(address)
    assert len(many) == len(few)


# -- to whom it answers ----------------------------------------------------------------------------------------------


def test_it_is_kept_by_the_calendar_alone_and_sent_when_it_changed(lease: Lease) -> None:
    address = address_of(make_user(role=Role.RENTAL_MANAGER))
    first = read(address)
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    again = read(address, if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    make_hearing(lease, date(2027, 1, 12))
    assert read(address, if_none_match=first.headers["ETag"]).status_code == 200
    assert Client().head(address).content == b""
    assert Client().post(address).status_code == 405


def test_a_session_changes_nothing(lease: Lease) -> None:
    """It is the address that says whose days they are."""
    make_hearing(lease, date(2027, 1, 12))
    address = address_of(make_user(role=Role.RENTAL_MANAGER))
    assert signed_in(make_user(role=Role.TECHNICIAN)).get(address).content == read(address).content


def _closed(user: User) -> None:
    user.is_active = False
    user.save()


LOST = {
    "another was made": lambda user: make_calendar_address(actor=Actor.of(user)),
    "it was ended": lambda user: end_calendar_address(actor=Actor.of(user)),
    "the password changed": lambda user: end_tokens(user_id=user.pk),
    "the account is closed": _closed,
    "no role is left": lambda user: user.grants.all().delete(),
}


@pytest.mark.parametrize("lose", LOST.values(), ids=LOST)
def test_an_address_that_is_lost_is_not_found_as_any_other(lose: Any) -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    address = address_of(user)
    assert read(address).status_code == 200
    lose(user)
    lost, unknown = read(address), read(reverse("calendar_feed", args=["inconnu"]))
    assert (lost.status_code, unknown.status_code) == (404, 404)
    assert "ETag" not in lost.headers


def test_who_lacks_a_second_factor_reads_nothing(settings: Any) -> None:
    address = address_of(make_user(role=Role.RENTAL_MANAGER))
    settings.MFA_REQUIRED_ROLES = [Role.RENTAL_MANAGER]
    assert read(address).status_code == 404


def test_the_address_is_shown_once_and_only_its_hash_is_kept() -> None:
    user = make_user(role=Role.SOCIAL_WORKER)
    client, page = signed_in(user), reverse("office:calendar")
    assert "Créer l’adresse" in client.get(page).content.decode()
    made = client.post(page)
    address = made.context["address"]
    assert address in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert read(urlsplit(address).path).status_code == 200
    later = client.get(page).content.decode()
    assert ".ics" not in later
    assert "Lue la dernière fois" in later
    [kept] = CalendarFeed.objects.values()
    assert (kept["user_id"], kept["last_used_on"]) == (user.pk, TODAY)
    assert not [value for value in kept.values() if str(value) in address and len(str(value)) > 20]
    for _ in range(2):  # a second click changes nothing
        assert client.post(reverse("office:calendar_end")).status_code == 302
    assert read(urlsplit(address).path).status_code == 404


# -- the page of a task ----------------------------------------------------------------------------------------------


def test_a_task_leads_to_where_it_is_done_and_home_once_it_is_not_the_readers(lease: Lease) -> None:
    case = make_arrears(lease=lease)
    Task.objects.all().delete()
    task = make_task(case, due_on=TODAY, kind=ArrearsDuty.DECISION)
    manager, technician = signed_in(make_user(role=Role.RENTAL_MANAGER)), signed_in(make_user(role=Role.TECHNICIAN))
    address = reverse("desk:task", args=[task.pk])
    assert manager.get(address).url == reverse("rent_ledger:case", args=[case.pk])
    assert technician.get(address).url == technician.get(reverse("desk:task", args=[task.pk + 1])).url == "/"
    task.delete()
    assert "n’est plus à tenir" in manager.get(address, follow=True).content.decode()
