"""Somebody is away: what is his goes to who stands in for him, and what is still open comes back."""

from collections.abc import Callable
from datetime import date, datetime, time
from uuid import uuid4

import pytest

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Task, User
from office.tasks.codes import TaskState
from social_link.alerts.services.absences import end_absence, is_waiting, resume_absence, set_absence
from social_link.alerts.services.answers import acknowledge, answer, reassign
from social_link.alerts.services.naming import name_referent
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.recipients import recipients_of
from social_link.alerts.services.releasing import release
from social_link.alerts.services.waiting import has_waiting
from social_link.contacts.perms import followed_by
from social_link.contacts.services import plan_contact, write_note
from social_link.models import Absence, Alert, Contact, Note
from tests.factories import make_actor, make_alert, make_let, make_referent, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]
TODAY, LAST, BACK = date(2026, 11, 5), date(2026, 11, 13), datetime(2026, 11, 14, 0, 10, tzinfo=clock.PARIS)


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def malo(household: Household) -> User:
    """The referent, with an alert and two visits: one within the absence, one after it."""
    user = make_referent(household=household)
    make_alert(household=household, to=user)
    for day in (date(2026, 11, 10), date(2026, 12, 1)):
        plan_contact(household=household, kind="VISIT", day=day, request_key=uuid4(), actor=Actor.of(user))
    return user


@pytest.fixture
def camille() -> User:
    return make_user(role=Role.SOCIAL_WORKER)


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def away(user: User, to: User, head: Actor, first: date = TODAY, last: date = LAST, **more: object) -> Absence:
    return set_absence(user=user, first=first, last=last, stand_in=to, actor=head, **more)[0]  # type: ignore[arg-type]


def holders() -> list[User]:
    """Who has the alert, the visit within the absence, and the visit after it."""
    visits = Contact.objects.order_by("happened_on", "pk")
    return [Alert.objects.get().assignee, *(visit.author for visit in visits)]


def tick() -> None:
    """What the minute does, at the turn of a day."""
    today = clock.today()
    assert has_waiting(today)
    raise_alerts(day=today, actor=Actor.system())
    assert not is_waiting(today)


def test_what_is_open_passes_and_comes_back(household: Household, malo: User, camille: User, head: Actor) -> None:
    _, moved = set_absence(user=malo, first=TODAY, last=LAST, stand_in=camille, actor=head)
    assert holders() == [camille, camille, malo]
    assert moved.told.replace("\u00a0", " ") == "1 alerte, 1 visite prévue"
    todo = Task.objects.filter(state=TaskState.TODO, about_id=Alert.objects.get().pk)
    assert set(todo.values_list("assignee", flat=True)) == {camille.pk}
    with clock.travel(BACK):
        tick()
        assert Alert.objects.get().assignee == malo
        assert Alert.objects.get().absence is None


def test_the_stand_in_acts_on_the_households(household: Household, malo: User, camille: User, head: Actor) -> None:
    actor = Actor.of(camille)
    Alert.objects.all().update(assignee=make_user(role=Role.SOCIAL_WORKER))
    assert household not in followed_by(actor)
    away(malo, camille, head)
    assert household in followed_by(actor)
    own = write_note(household=household, text="Vue à la porte", level="TEAM", actor=actor)
    private = write_note(household=household, text="Pour moi", level="PRIVATE", actor=Actor.of(malo))
    assert list(Note.objects.readable_by(actor)) == [own]
    assert private not in Note.objects.readable_by(actor)
    with clock.travel(BACK):
        assert household not in followed_by(actor)
        with pytest.raises(NotAllowed):
            write_note(household=household, text="Trop tard", level="TEAM", actor=actor)


def test_before_the_first_day_nothing_moves(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head, first=date(2026, 11, 9))
    assert holders() == [malo, malo, malo]
    assert not is_waiting(TODAY)
    Alert.objects.all().update(assignee=malo)
    with clock.travel(datetime(2026, 11, 9, 0, 1, tzinfo=clock.PARIS)):
        tick()
        assert holders() == [camille, camille, malo]


def test_a_household_of_another_colleague(household: Household, malo: User, camille: User, head: Actor) -> None:
    other = make_user(role=Role.SOCIAL_WORKER)
    away(malo, camille, head, named={household: other})
    assert holders() == [other, other, malo]
    assert household in followed_by(Actor.of(other))
    assert household not in followed_by(Actor.of(camille))
    assert recipients_of([household.pk], TODAY) == {household.pk: other}


def test_new_facts_go_to_the_stand_in(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    assert recipients_of([household.pk], TODAY) == {household.pk: camille}
    assert recipients_of([household.pk], date(2026, 11, 14)) == {household.pk: malo}


def test_what_was_answered_meanwhile_stays(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    answer(alert=Alert.objects.get(), contact_made=True, actor=Actor.of(camille))
    with clock.travel(BACK):
        raise_alerts(day=clock.today(), actor=Actor.system())
        assert Alert.objects.get().assignee == camille


def test_one_that_he_took_comes_back_taken(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    acknowledge(alert=Alert.objects.get(), actor=Actor.of(camille))
    with clock.travel(BACK):
        tick()
        back = Alert.objects.get()
        assert (back.assignee, back.state, back.acknowledged_by) == (malo, "ACK", camille)


def test_what_a_person_gave_on_stays_there(household: Household, malo: User, camille: User, head: Actor) -> None:
    other = make_user(role=Role.SOCIAL_WORKER)
    away(malo, camille, head)
    reassign(alert=Alert.objects.get(), to=other, actor=head)
    with clock.travel(BACK):
        raise_alerts(day=clock.today(), actor=Actor.system())
        assert Alert.objects.get().assignee == other


def test_what_he_takes_while_away_is_his(household: Household, malo: User, camille: User, head: Actor) -> None:
    """He was given it back, and lost it again at the next minute."""
    absence = away(malo, camille, head)
    with clock.travel(datetime(2026, 11, 6, 9, 0, tzinfo=clock.PARIS)):
        acknowledge(alert=Alert.objects.get(), actor=Actor.of(malo))
        assert not is_waiting(clock.today())
        raise_alerts(day=clock.today(), actor=Actor.system())
        assert Alert.objects.get().assignee == malo
        # Given up again, it is with who stands in.
        release(alert=Alert.objects.get(), actor=Actor.of(malo))
        assert Alert.objects.get().assignee == camille
        acknowledge(alert=Alert.objects.get(), actor=Actor.of(malo))
    with clock.travel(BACK):
        tick()
        kept = Alert.objects.get()
        assert (kept.assignee, kept.absence, kept.acknowledged_by) == (malo, None, malo)
    assert absence.ended_at is None


@pytest.mark.parametrize(
    "taken", [datetime(2026, 11, 5, 9, 59, tzinfo=clock.PARIS), datetime(2026, 11, 8, 23, 59, tzinfo=clock.PARIS)]
)
def test_what_he_took_before_passes(
    taken: datetime, household: Household, malo: User, camille: User, head: Actor
) -> None:
    """Before the absence was written, or before its first day."""
    first = TODAY if taken.date() == TODAY else date(2026, 11, 9)
    with clock.travel(taken):
        acknowledge(alert=Alert.objects.get(), actor=Actor.of(malo))
    away(malo, camille, head, first=first)
    with clock.travel(datetime.combine(first, time(11), tzinfo=clock.PARIS)):
        raise_alerts(day=clock.today(), actor=Actor.system())
        assert Alert.objects.get().assignee == camille


def test_a_visit_that_he_plans_while_away_is_his(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    with clock.travel(datetime(2026, 11, 6, 9, 0, tzinfo=clock.PARIS)):
        day = date(2026, 11, 12)
        mine = plan_contact(
            household=household, kind="VISIT", day=day, request_key=uuid4(), actor=Actor.of(malo),
            answers={"away": "Il rentre ce jour-là"},
        )  # fmt: skip
        assert not is_waiting(clock.today())
        raise_alerts(day=clock.today(), actor=Actor.system())
        mine.refresh_from_db()
        assert (mine.author, mine.absence) == (malo, None)


def test_a_delay_stays_with_whom_it_passed(household: Household, malo: User, camille: User, head: Actor) -> None:
    Alert.objects.all().update(ack_due_on=date(2026, 11, 2))
    away(malo, camille, head)
    assert Alert.objects.get().late_with == malo
    with clock.travel(BACK):
        tick()
        assert Alert.objects.get().late_with == malo


def test_he_is_back_sooner_and_away_again(household: Household, malo: User, camille: User, head: Actor) -> None:
    absence = away(malo, camille, head)
    assert end_absence(absence=absence, actor=head).told
    assert holders() == [malo, malo, malo]
    assert end_absence(absence=absence, actor=head).told == ""
    resume_absence(absence=absence, actor=head)
    assert holders() == [camille, camille, malo]
    assert resume_absence(absence=absence, actor=head).told == ""
    assert Absence.objects.get().ended_at is None


def test_an_absence_that_is_past_is_not_resumed(malo: User, camille: User, head: Actor) -> None:
    absence = away(malo, camille, head)
    end_absence(absence=absence, actor=head)
    with clock.travel(BACK), pytest.raises(Conflict, match="13/11/2026"):
        resume_absence(absence=absence, actor=head)


def test_a_new_referent_keeps_what_was_handed_over(
    household: Household, malo: User, camille: User, head: Actor
) -> None:
    new = make_user(role=Role.SOCIAL_WORKER)
    absence = away(malo, camille, head)
    name_referent(household=household, user=new, from_day=TODAY, actor=head)
    assert holders() == [new, new, new]
    end_absence(absence=absence, actor=head)
    assert holders() == [new, new, new]


def test_two_absences_that_follow_each_other(household: Household, malo: User, camille: User, head: Actor) -> None:
    other = make_user(role=Role.SOCIAL_WORKER)
    away(malo, camille, head)
    away(malo, other, head, first=date(2026, 11, 14), last=date(2026, 11, 20))
    with clock.travel(BACK):
        tick()
        assert Alert.objects.get().assignee == other


def test_a_stand_in_who_left_gets_nothing(household: Household, malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head, first=date(2026, 11, 9))
    User.objects.filter(pk=camille.pk).update(is_active=False)
    with clock.travel(datetime(2026, 11, 9, 0, 1, tzinfo=clock.PARIS)):
        assert not is_waiting(clock.today())
        assert recipients_of([household.pk], clock.today()) == {household.pk: head.user}


def _of_himself(malo: User, camille: User, head: Actor) -> None:
    away(malo, malo, head)


def _by_who_is_away(malo: User, camille: User, head: Actor) -> None:
    away(camille, make_user(role=Role.SOCIAL_WORKER), head, first=LAST, last=date(2026, 11, 20))
    away(malo, camille, head)


def _of_who_stands_in(malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    away(camille, make_user(role=Role.SOCIAL_WORKER), head)


def _by_another_service(malo: User, camille: User, head: Actor) -> None:
    away(malo, make_user(role=Role.TECHNICIAN), head)


def _of_the_past(malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head, first=date(2026, 11, 4))


def _the_wrong_way_round(malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head, last=date(2026, 11, 4))


def _without_end(malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head, last=date(2027, 12, 31))


def _twice(malo: User, camille: User, head: Actor) -> None:
    away(malo, camille, head)
    away(malo, camille, head, first=LAST, last=date(2026, 11, 20))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_of_himself, "ne peut pas se remplacer"),
        (_by_who_is_away, "du 13/11/2026 au 20/11/2026 : choisissez un autre"),
        (_of_who_stands_in, "remplace .* du 05/11/2026 au 13/11/2026"),
        (_by_another_service, "service social"),
        (_of_the_past, "aujourd’hui ou plus tard"),
        (_the_wrong_way_round, "suit le premier"),
        (_without_end, "un an au plus"),
        (_twice, "déjà en absence, du 05/11/2026 au 13/11/2026"),
    ],
)
def test_what_is_refused(
    make: Callable[[User, User, Actor], None], words: str, malo: User, camille: User, head: Actor
) -> None:
    with pytest.raises((InvalidInput, Conflict), match=words):
        make(malo, camille, head)
