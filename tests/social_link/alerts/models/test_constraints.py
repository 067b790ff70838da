"""What the database refuses of alerts, referents and measures."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from common import clock
from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role
from social_link.models import Absence, Alert, AlertFact, Contact, Measure, NoteReader, Referent, StandIn
from tests.factories import make_actor, make_alert, make_let, make_note, make_referent, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


def refused(name: str, make: object) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        make()  # type: ignore[operator]


def test_one_open_alert_per_household() -> None:
    alert = make_alert()
    refused("alert_one_open_per_household", lambda: make_alert(household=alert.household, to=alert.assignee))
    Alert.objects.filter(pk=alert.pk).update(state="ANSWERED", answered_at=clock.now())
    assert make_alert(household=alert.household, to=alert.assignee).pk


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("alert_raised_not_acknowledged", {"acknowledged_at": clock.now()}),
        ("alert_answered_iff_dated", {"state": "ANSWERED"}),
        ("alert_answered_iff_dated", {"answered_at": clock.now()}),
        ("alert_step_of_an_answer", {"step_done_at": clock.now()}),
    ],
)
def test_states_and_their_dates(name: str, changes: dict[str, object]) -> None:
    alert = make_alert()
    refused(name, lambda: Alert.objects.filter(pk=alert.pk).update(**changes))


def test_a_fact_alerts_once() -> None:
    alert, other = make_alert(), make_alert()
    fact = alert.facts.get()
    refused("key", lambda: AlertFact.objects.create(alert=other, rule="R9", key=fact.key, reasons=[]))


def test_one_referent_at_a_time() -> None:
    household = make_let().household
    user = make_referent(household=household)
    refused(
        "referent_one_at_a_time",
        lambda: Referent.objects.create(household=household, user=user, period=period(TODAY)),
    )
    refused(
        "referent_period_not_empty",
        lambda: Referent.objects.create(household=make_let().household, user=user, period=period(TODAY, TODAY)),
    )


def test_absences() -> None:
    malo, camille = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    days = period(TODAY, TODAY + timedelta(days=7))
    absence = Absence.objects.create(user=malo, stand_in=camille, period=days)

    def another(**given: object) -> Absence:
        return Absence.objects.create(**{"user": malo, "stand_in": camille, "period": days} | given)

    refused("absence_one_at_a_time", another)
    assert another(ended_at=clock.now()).pk
    refused("absence_bounded", lambda: another(period=period(TODAY + timedelta(days=30))))
    refused("absence_bounded", lambda: another(period=period(TODAY, TODAY)))
    refused("absence_by_another", lambda: another(user=camille))
    household = make_let().household
    StandIn.objects.create(absence=absence, household=household, user=camille)
    refused("stand_in_once", lambda: StandIn.objects.create(absence=absence, household=household, user=malo))


def measure(**given: object) -> Measure:
    worker = make_user(role=Role.SOCIAL_WORKER)
    return Measure.objects.create(
        **{
            "household": make_let().household, "kind": "ASLL", "referent": worker, "planned_end": date(2026, 12, 31),
            "period": period(TODAY, date(2027, 1, 1)),
        }
        | given
    )  # fmt: skip


def test_one_lead_measure() -> None:
    first = measure()
    refused("measure_one_lead", lambda: measure(household=first.household))
    assert measure(household=first.household, is_lead=False).pk


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("measure_period_not_empty", {"period": period(TODAY, TODAY)}),
        ("measure_end_explained", {"ended_on": TODAY}),
        ("measure_end_explained", {"end_reason": "GOALS"}),
        ("measure_planned_after_start", {"planned_end": TODAY - timedelta(days=1)}),
        ("measure_ended_by_its_term", {"ended_on": date(2027, 1, 1), "end_reason": "TERM"}),
        ("measure_agreed_before_signature", {"signed_on": TODAY, "agreed_on": TODAY + timedelta(days=1)}),
    ],
)
def test_a_measure_is_whole(name: str, given: dict[str, object]) -> None:
    refused(name, lambda: measure(**given))


def test_a_contact_is_entered_once_and_a_reader_named_once() -> None:
    household = make_let().household
    user = make_referent(household=household)
    row = {"household": household, "kind": "CALL", "happened_on": TODAY, "author": user, "request_key": uuid4()}
    Contact.objects.create(**row)
    refused("request_key", lambda: Contact.objects.create(**row))
    note = make_note(household=household, author=user, level="SEALED")
    NoteReader.objects.create(note=note, user=user)
    refused("note_reader_once", lambda: NoteReader.objects.create(note=note, user=user))


def test_scopes_with_the_cases_of_others() -> None:
    mine, other = make_alert(), make_alert()
    worker = Actor.of(mine.assignee)
    Measure.objects.create(
        household=other.household, kind="ASLL", referent=other.assignee, planned_end=date(2026, 12, 31),
        period=period(TODAY, date(2027, 1, 1)),
    )  # fmt: skip
    contact = Contact.objects.create(
        household=other.household, kind="CALL", happened_on=TODAY, author=other.assignee, request_key=uuid4()
    )
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    assert set(Alert.objects.visible_to(worker)) == {mine}
    assert set(Alert.objects.visible_to(head)) == {mine, other}
    assert not Measure.objects.visible_to(worker).exists()
    assert not Contact.objects.visible_to(worker).exists()
    assert Measure.objects.visible_to(head).count() == 1
    assert list(Contact.objects.visible_to(Actor.of(other.assignee))) == [contact]
    for role in (Role.RENTAL_MANAGER, Role.TECHNICIAN, Role.DIRECTOR, Role.FUNDER, Role.ADMINISTRATOR):
        actor = make_actor(role=role)
        assert not Alert.objects.visible_to(actor).exists()
        assert not Measure.objects.visible_to(actor).exists()
        assert not Contact.objects.visible_to(actor).exists()
