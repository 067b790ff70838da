"""The agenda: one's day, the week of the team, and a meeting that hardly fits."""

from datetime import date, time
from typing import Any
from uuid import uuid4

import pytest

from common import clock
from common.errors import Asked
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from office.confirmations.models import Confirmation
from office.models import User
from social_link.alerts.services.absences import set_absence
from social_link.contacts import agenda, services
from social_link.contacts.agenda import agenda_day, team_week
from social_link.models import Contact
from tests.desk.pages.test_home import main_of
from tests.factories import make_actor, make_let, make_referent, make_user

pytestmark = pytest.mark.django_db
TODAY, HOLIDAY = date(2026, 11, 5), date(2026, 11, 11)
MONDAY = date(2026, 11, 2)


@pytest.fixture
def camille() -> User:
    return make_user(role=Role.SOCIAL_WORKER)


def home(camille: User, name: str) -> Household:
    household = make_let(name=name).household
    make_referent(household=household, user=camille)
    return household


def plan(household: Household, user: User, at: time | None = None, day: date = TODAY, **given: Any) -> Contact:
    return services.plan_contact(
        household=household, kind="VISIT", day=day, at=at, request_key=given.pop("key", None) or uuid4(),
        actor=Actor.of(user), **given,
    )  # fmt: skip


def test_a_meeting_that_hardly_fits_is_asked_about_once_and_the_reason_is_kept(camille: User) -> None:
    first, second = home(camille, "Mme Sarr"), home(camille, "M. Briand")
    plan(first, camille, time(14))
    key = uuid4()
    with pytest.raises(Asked) as asked:
        plan(second, camille, time(14, 30), key=key)
    assert asked.value.questions == ("overlap",)
    assert "14" in asked.value.message
    assert "Sarr" not in asked.value.message
    answers = {"overlap": "Même immeuble"}
    kept = plan(second, camille, time(14, 30), key=key, answers=answers)
    # The same send again, and again without its reason, is the same meeting.
    assert plan(second, camille, time(14, 30), key=key, answers=answers) == kept
    assert plan(second, camille, time(14, 30), key=key) == kept
    assert [(row.about_id, row.reason) for row in Confirmation.objects.all()] == [(kept.pk, "Même immeuble")]
    # A colleague's hour is no clash, nor one of another day.
    plan(second, camille, time(14), date(2026, 11, 6))
    malo = make_user(role=Role.SOCIAL_WORKER)
    plan(home(malo, "Mme Roy"), malo, time(14))


def test_a_holiday_an_absence_and_the_same_household_are_asked_about_when_it_moves(camille: User) -> None:
    household = home(camille, "Mme Sarr")
    malo = make_user(role=Role.SOCIAL_WORKER)
    away = HOLIDAY.replace(day=12)
    set_absence(
        user=camille, first=away, last=away, stand_in=malo, named={}, actor=make_actor(role=Role.HEAD_OF_SOCIAL)
    )
    row = plan(household, camille, time(9))
    for day, code in ((HOLIDAY, "holiday"), (away, "away")):
        with pytest.raises(Asked) as asked:
            services.correct_contact(contact=row, kind="VISIT", day=day, at=time(9), actor=Actor.of(camille))
        assert asked.value.questions == (code,)
    with pytest.raises(Asked) as asked:
        plan(household, camille)
    assert asked.value.questions == ("twice",)
    # Another kind on the same day and hour asks nothing.
    services.correct_contact(contact=row, kind="OFFICE", day=TODAY, at=time(9), actor=Actor.of(camille))


def test_a_move_is_said_and_taken_back_in_one_tap(client_as: Any, camille: User) -> None:
    row = plan(home(camille, "Mme Sarr"), camille, time(9))
    plan(home(camille, "M. Briand"), camille, time(10), date(2026, 11, 6))
    client, page = client_as(camille), f"/social/contacts/{row.pk}/"
    sent = {"kind": "VISIT", "day": "06/11/2026", "at": "10:30", "retour": "/social/agenda/?jour=2026-11-05"}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert "Un autre rendez-vous est prévu" in refused.content.decode().replace("\u00a0", " ")
    mark = refused.context["form"]["questions"].value()
    moved = client.post(page, sent | {"questions": mark, "because": "À deux pas"})
    assert moved.headers["Location"] == "/social/agenda/?jour=2026-11-05"
    row.refresh_from_db()
    assert (row.happened_on, row.at_time) == (date(2026, 11, 6), time(10, 30))
    assert "À deux pas" in main_of(client.get(page))
    undo = f"/social/contacts/{row.pk}/revenir/?genre=VISIT&jour=2026-11-05&heure=09:00"
    for _ in range(2):
        client.post(undo)
        row.refresh_from_db()
        assert (row.happened_on, row.at_time, row.is_planned) == (TODAY, time(9), True)
    client.post(f"/social/contacts/{row.pk}/revenir/?genre=VISIT&jour=hier")
    services.complete_contact(contact=row, actor=Actor.of(camille))
    client.post(undo)
    row.refresh_from_db()
    assert not row.is_planned


def test_the_day_says_who_where_and_what_meets(client_as: Any, camille: User, django_assert_num_queries: Any) -> None:
    first, second = home(camille, "Mme Sarr"), home(camille, "M. Briand")
    plan(first, camille, time(14))
    plan(second, camille, time(14, 30), answers={"overlap": "Voisins"})
    plan(home(camille, "Mme Tard"), camille)
    page = agenda_day(Actor.of(camille), TODAY, today=TODAY)
    assert [(stop.contact.household.name, stop.meets) for stop in page.stops] == [
        ("Mme Sarr", True), ("M. Briand", True), ("Mme Tard", False),
    ]  # fmt: skip
    assert all(stop.door.address for stop in page.stops)
    shown = main_of(client_as(camille).get("/social/agenda/"))
    assert "en même temps" in shown
    assert "Mme Sarr" not in main_of(client_as(camille).get("/social/agenda/?jour=2026-11-06"))
    assert "férié" in main_of(client_as(camille).get("/social/agenda/?jour=2026-11-11"))
    assert client_as(camille).get("/social/agenda/?jour=demain").status_code == 200


def test_a_passage_of_the_watch_where_nobody_was_is_no_absence(client_as: Any, camille: User) -> None:
    household = home(camille, "Mme Sarr")
    rows = [
        services.plan_contact(
            household=household, kind="WATCH", day=TODAY, request_key=uuid4(), actor=Actor.of(camille), answers=None
        )
        for _ in range(2)
    ]
    client = client_as(camille)
    client.post(f"/social/contacts/{rows[0].pk}/fait/", {"absent": "", "request_key": uuid4()})
    client.post(f"/social/contacts/{rows[1].pk}/fait/", {"fait": "", "request_key": uuid4()})
    for row in rows:
        row.refresh_from_db()
    assert [(row.kind, row.outcome, row.is_met) for row in rows] == [("WATCH", "", False), ("WATCH", "SEEN", True)]
    assert list(Contact.objects.met()) == [rows[1]]
    assert rows[0].kind_words == "Passage de veille, personne"


def test_the_week_of_the_team_is_the_head_s_and_a_worker_sees_her_own(client_as: Any, camille: User) -> None:
    malo, head = make_user(role=Role.SOCIAL_WORKER), make_actor(role=Role.HEAD_OF_SOCIAL)
    hers, his = home(camille, "Mme Sarr"), home(malo, "M. Briand")
    plan(hers, camille, time(9))
    plan(his, malo, time(9), date(2026, 11, 6))
    set_absence(user=malo, first=TODAY, last=TODAY, stand_in=camille, named={}, actor=head)
    page = team_week(head, MONDAY, today=TODAY)
    assert len(page.days) == 5
    assert {row.user: (row.households, row.planned) for row in page.rows if row.planned} == {
        camille: (1, 1), malo: (1, 1),
    }  # fmt: skip
    [of_malo] = [row for row in page.rows if row.user == malo]
    assert [box.absence is not None for box in of_malo.boxes] == [False, False, False, True, False]
    assert page.alone == []
    own = team_week(Actor.of(camille), MONDAY, today=TODAY)
    assert [row.user for row in own.rows] == [camille]
    assert "M. Briand" not in main_of(client_as(camille).get("/social/agenda/semaine/"))
    # Who stands in has left: nobody has his household on that day.
    User.objects.filter(pk=camille.pk).update(is_active=False)
    assert [household for household, _ in team_week(head, MONDAY, today=TODAY).alone] == [his]
    assert "Nommer" in main_of(client_as(Role.HEAD_OF_SOCIAL).get("/social/agenda/semaine/"))


def test_the_week_asks_as_much_for_a_large_team(django_assert_num_queries: Any) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    for _ in range(2):
        user = make_user(role=Role.SOCIAL_WORKER)
        plan(home(user, "Mme Sarr"), user, time(9))
    with django_assert_num_queries(5):
        team_week(head, MONDAY, today=clock.today())


def test_the_week_of_a_large_team_is_read_page_by_page(client_as: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "PEOPLE", 2)
    workers = [make_user(role=Role.SOCIAL_WORKER) for _ in range(3)]
    plan(home(workers[2], "Mme Sarr"), workers[2], time(9))
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    pages = [team_week(head, MONDAY, today=TODAY, page=page) for page in ("1", "2", "9")]
    assert [len(page.rows) for page in pages] == [2, 2, 2]
    assert {row.user for page in pages for row in page.rows} == {*workers, head.user}
    client = client_as(head.user)
    shown = [main_of(client.get(f"/social/agenda/semaine/?jour={MONDAY}&p={n}")) for n in (1, 2)]
    assert sum("Mme Sarr" in page for page in shown) == 1
    assert f"jour={MONDAY}&amp;p=2" in shown[0]
