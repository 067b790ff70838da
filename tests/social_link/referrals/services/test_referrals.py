"""A referral from its reception to a measure: by whom, twice, taken back, a second one of the same household."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from leases.households.services import NewPerson
from leases.models import Person
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.models import Task, User
from social_link.contacts.perms import followed_by
from social_link.contacts.services import log_contact
from social_link.models import Measure, Referral, ReferralStep
from social_link.referrals.queries import referrals_on
from social_link.referrals.services import referrals, steps
from tests.factories import make_actor, make_household, make_organisation, make_user

TODAY = date(2026, 11, 5)
OCT_20 = date(2026, 10, 20)
pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


@pytest.fixture
def worker() -> Actor:
    return make_actor(role=Role.SOCIAL_WORKER)


def receive(actor: Actor, **given: Any) -> Referral:
    facts = {"received_on": OCT_20, "referrer": "CAF_DESK", "contact_name": "Mme Diallo", "aims": ["KEEPING"]}
    if "household" not in given:
        facts |= {"last_name": "Sarr", "first_name": "Awa", "phone": "06 12 34 56 78"}
    return referrals.receive(actor=actor, **(facts | given))


def note(row: Referral, state: str, actor: Actor, on: date = TODAY, **said: Any) -> ReferralStep:
    return steps.note_step(referral=row, state=state, on=on, actor=actor, **said)


def task_of(row: Referral) -> Task | None:
    return Task.objects.to_do().filter(kind="REFERRAL_NEXT", about_id=row.pk).first()


def test_from_reception_to_measure(worker: Actor) -> None:
    row = receive(worker, is_mine=True)
    assert str(row) == f"Saisine S-{row.pk:05d}"
    task = task_of(row)
    assert task is not None
    assert (task.due_on, task.assignee_id) == (date(2026, 10, 25), worker.user_id)
    note(row, "ACKNOWL", worker, on=OCT_20)
    assert (task_of(row) or task).due_on == date(2026, 11, 10)  # the first meeting, 21 days
    referrals.match_new(
        referral=row, person=NewPerson(first_name="Awa", last_name="Sarr", phone="06 12 34 56 78"), actor=worker
    )
    row.refresh_from_db()
    household = row.household
    assert household is not None
    assert (row.last_name, row.first_name, row.phone, row.name) == ("", "", "", "Awa Sarr")
    # Who has it follows the household: meets it, and opens its measure.
    assert followed_by(worker).filter(pk=household.pk).exists()
    log_contact(
        household=household, kind="OFFICE", day=date(2026, 11, 3), actor=worker,
        request_key=uuid4(),
    )  # fmt: skip
    note(row, "INSIDE", worker, service="SUPPORT")
    assert (task_of(row) or task).due_on == date(2026, 12, 5)
    measure = Measure.objects.create(
        household=household, kind="SIMPLE", referent=worker.user, period=period(TODAY, date(2027, 2, 1)),
        planned_end=date(2027, 1, 31),
    )  # fmt: skip
    note(row, "MEASURE", worker, measure=measure)
    # What was asked is what it is for.
    measure.refresh_from_db()
    assert measure.aims == row.aims != []
    assert task_of(row) is None
    [now] = referrals_on(Referral.objects.filter(pk=row.pk), day=TODAY)
    assert now.awaited is None
    assert (now.waited.meeting, now.waited.orientation, now.waited.measure) == (14, 16, 16)


def test_a_call_is_no_first_meeting(worker: Actor) -> None:
    row = receive(worker, household=make_household(), is_mine=True)
    for kind, day in (("CALL", TODAY), ("ABSENCE", TODAY), ("VISIT", date(2026, 10, 19))):
        log_contact(
            household=row.household, kind=kind, day=day, actor=worker,
            request_key=uuid4(),
        )  # fmt: skip
    [now] = referrals_on(Referral.objects.filter(pk=row.pk), day=TODAY)
    assert now.met_on is None


def test_a_second_one_of_the_household_is_joined(worker: Actor, head: Actor) -> None:
    household = make_household()
    first = receive(worker, household=household)
    second = receive(worker, household=household, contact_name="M. Petit")
    assert (second.joined_to, Referral.objects.waiting().count()) == (first, 1)
    with pytest.raises(Conflict, match="jointe à une autre"):
        note(second, "ASSESSED", worker)
    with pytest.raises(Conflict, match="attend déjà"):
        referrals.separate(referral=second, actor=worker)
    with pytest.raises(Conflict, match="séparez-la"):
        referrals.withdraw(referral=first, actor=worker)
    note(first, "DROPPED", worker, why="SETTLED")
    referrals.separate(referral=second, actor=worker)
    assert Referral.objects.waiting().get() == second
    # The first stands again only if nothing else waits.
    with pytest.raises(Conflict, match="attend déjà"):
        steps.take_back_step(step_id=first.steps.latest("pk").pk, actor=head)
    first.refresh_from_db()
    assert first.state == "DROPPED"


def test_a_name_is_matched_and_taken_back(worker: Actor) -> None:
    row, household = receive(worker), make_household()
    referrals.match(referral=row, household=household, actor=worker)
    referrals.match(referral=row, household=household, actor=worker)
    with pytest.raises(Conflict, match="détachez-la"):
        referrals.match(referral=row, household=make_household(), actor=worker)
    row = referrals.unmatch(referral=row, actor=worker)
    assert (row.household, row.last_name, row.first_name, row.phone) == (None, "Sarr", "Awa", "06 12 34 56 78")
    named = receive(worker, household=household)
    with pytest.raises(Conflict, match="retirez-la"):
        referrals.unmatch(referral=named, actor=worker)
    # Matched with a household of which one waits, it is joined to that.
    assert referrals.match(referral=row, household=household, actor=worker).joined_to == named


def test_somebody_who_is_known_is_not_made_twice(worker: Actor) -> None:
    Person.objects.create(first_name="Awa", last_name="Sarr", phone="0612345678")
    row = receive(worker)
    person = NewPerson(first_name="Awa", last_name="Sarr", phone="06 12 34 56 78")
    with pytest.raises(InvalidInput) as refused:
        referrals.match_new(referral=row, person=person, actor=worker)
    assert (refused.value.code, refused.value.field) == ("known", "is_another")


def test_who_takes_it(worker: Actor, head: Actor) -> None:
    row, other = receive(worker), make_actor(role=Role.SOCIAL_WORKER)
    assert list(Referral.objects.visible_to(other)) == [row]
    with pytest.raises(NotAllowed, match="responsable"):
        referrals.assign(referral=row, to=other.user, actor=worker)
    referrals.assign(referral=row, to=worker.user, actor=worker)
    assert not Referral.objects.visible_to(other).exists()
    with pytest.raises(NotAllowed, match="quelqu’un d’autre"):
        referrals.assign(referral=row, to=other.user, actor=other)
    with pytest.raises(InvalidInput, match="service social"):
        referrals.assign(referral=row, to=_manager(), actor=head)
    referrals.assign(referral=row, to=other.user, actor=head)
    assert list(Referral.objects.visible_to(other)) == [row]
    assert not Referral.objects.visible_to(make_actor(role=Role.RENTAL_MANAGER)).exists()
    assert not Referral.objects.visible_to(make_actor(role=Role.DIRECTOR)).exists()


def _manager() -> User:
    return make_user(role=Role.RENTAL_MANAGER)


def test_what_stands_against_it(worker: Actor) -> None:
    row = receive(worker, exclusions=["HOSTED"])
    with pytest.raises(InvalidInput) as refused:
        note(row, "INSIDE", worker, service="SUPPORT")
    assert refused.value.code == "excluded"
    note(row, "OUTSIDE", worker, service="CCAS")
    other = receive(worker, exclusions=["HOSTED"], despite="La structure ferme le 30 novembre")
    note(other, "INSIDE", worker, service="SUPPORT")


def test_what_is_refused_as_it_comes_in(worker: Actor) -> None:
    mute = make_organisation(kinds=[OrganisationKind.CONTRACTOR])
    for given, field in (
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"aims": []}, "aims"),
        ({"last_name": " "}, "last_name"),
        ({"contact_name": ""}, "organisation"),
        ({"organisation": mute}, "organisation"),
        ({"commission_on": TODAY + timedelta(days=1)}, "commission_on"),
        ({"contact_email": "x"}, "contact_email"),
    ):
        with pytest.raises(InvalidInput) as refused:
            receive(worker, **given)
        assert refused.value.field == field
    with pytest.raises(InvalidInput, match="précède la saisine"):
        receive(worker, commission_on=OCT_20 + timedelta(days=1))
    # The household itself has no organisation.
    row = receive(worker, referrer="HOUSEHLD", organisation=mute, contact_email="a@b.fr")
    assert (row.organisation, row.contact_name, row.contact_email) == (None, "", "")


def test_steps_follow_one_another(worker: Actor) -> None:
    row = receive(worker)
    for said, field in (
        ({"state": "NOWHERE"}, "state"),
        ({"state": "ASSESSED", "on": OCT_20 - timedelta(days=1)}, "on"),
        ({"state": "ASSESSED", "on": TODAY + timedelta(days=1)}, "on"),
        ({"state": "INSIDE", "service": "CCAS"}, "service"),
        ({"state": "OUTSIDE"}, "service"),
        ({"state": "DROPPED"}, "why"),
        ({"state": "MEASURE"}, "state"),
    ):
        with pytest.raises(InvalidInput) as refused:
            note(row, actor=worker, **said)
        assert refused.value.field == field
    step = note(row, "OUTSIDE", worker, service="CCAS")
    with pytest.raises(Conflict, match="« Orientée ailleurs »"):
        note(row, "ASSESSED", worker)
    with pytest.raises(Conflict, match="retirez la saisine"):
        steps.take_back_step(step_id=_back(step, worker).steps.get().pk, actor=worker)
    assert steps.take_back_step(step_id=step.pk, actor=worker) is None  # again changes nothing
    row.refresh_from_db()
    assert row.state == "RECEIVED"


def _back(step: ReferralStep, actor: Actor) -> Referral:
    row = steps.take_back_step(step_id=step.pk, actor=actor)
    assert row is not None
    return row


def test_withdrawn_and_brought_back(worker: Actor) -> None:
    household = make_household()
    row = receive(worker, household=household)
    for _ in range(2):
        referrals.withdraw(referral=row, actor=worker)
    assert task_of(row) is None
    with pytest.raises(Conflict, match="retirée"):
        note(row, "ASSESSED", worker)
    other = receive(worker, household=household)
    with pytest.raises(Conflict, match="attend déjà"):
        referrals.bring_back(referral=row, actor=worker)
    referrals.withdraw(referral=other, actor=worker)
    for _ in range(2):
        referrals.bring_back(referral=row, actor=worker)
    assert task_of(row) is not None


def test_corrected(worker: Actor) -> None:
    row = receive(worker)
    note(row, "ASSESSED", worker, on=date(2026, 11, 2))
    with pytest.raises(InvalidInput) as refused:
        referrals.correct(referral=row, aims=["KEEPING"], received_on=date(2026, 11, 3), last_name="Sarr", actor=worker)
    assert refused.value.field == "received_on"
    referrals.correct(
        referral=row, aims=["FITTING", "INSERT"], received_on=date(2026, 11, 1), last_name="Sarré", urgency="URGENT",
        actor=worker,
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.aims, row.last_name, row.steps.order_by("id")[0].on) == (
        ["INSERT", "FITTING"],
        "Sarré",
        row.received_on,
    )
    task = task_of(row)
    assert task is not None
    assert task.due_on == date(2026, 11, 4)


def test_the_database_refuses_a_state_that_does_not_follow(worker: Actor) -> None:
    row = receive(worker)
    note(row, "DROPPED", worker, why="SETTLED")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(state="OUTSIDE")
