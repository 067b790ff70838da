"""The digest of the morning: once, on working days, only if there is something, and nothing secret in it."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from common import clock
from leases.models import Household, Person
from office.access.actor import Actor
from office.access.codes import Role
from office.digests.models import NoticeChoice
from office.digests.queries import Digest, digest_of
from office.digests.services.sending import write_digests
from office.jobs import schedules
from office.jobs.schedules import tick
from office.messages.codes import MessageState
from office.messages.providers.base import Refused
from office.messages.providers.file import FileProvider
from office.messages.worker import deliver
from office.models import Job, Message, Notice, RoleGrant, Task, User
from office.tasks.queries import groups
from tests.access.world import World, build
from tests.factories import make_ticket, make_user
from tests.office.notices.telling import tell

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T07:30")]
TODAY = date(2026, 11, 5)  # a Thursday


def at(moment: str) -> Any:
    return clock.travel(datetime.fromisoformat(moment).replace(tzinfo=clock.PARIS))


@pytest.fixture
def nadege() -> User:
    return make_user(first_name="Nadège", email="nadege@ancrage.test")


def bodies() -> list[str]:
    return [message.body.replace("\u00a0", " ") for message in Message.objects.order_by("id")]


def test_it_says_how_many_of_each_kind_and_where(nadege: User) -> None:
    tell(nadege)
    tell(nadege, is_urgent=False)
    tell(make_user())
    assert write_digests(day=TODAY) == 2
    message = Message.objects.get(about_id=nadege.pk)
    assert (message.channel, message.address, message.author, message.household_id) == (
        "EMAIL", "nadege@ancrage.test", None, None,
    )  # fmt: skip
    assert message.subject == "Ce matin dans Ancrage"
    assert message.body.replace("\u00a0", " ") == (
        "Bonjour Nadège,\n\nCe matin, il y a pour vous dans Ancrage :\n\n– 2 travaux arrêtés\n\n"
        "Tout voir : https://ancrage.test/bureau/notifications/\n\n"
        "Pour ne plus recevoir ce message : https://ancrage.test/bureau/notifications/choix/"
    )


def ask(user: User, *dues: date, kind: str = "CASE_DECISION", about: str = "arrears_case") -> None:
    for n, due in enumerate(dues, start=1):
        Task.objects.create(kind=kind, about=about, about_id=n, assignee=user, due_on=due)


def test_it_counts_what_is_to_do_in_the_numbers_of_the_home(nadege: User) -> None:
    ask(nadege, date(2026, 11, 3), TODAY, date(2026, 11, 6))
    write_digests(day=TODAY)
    [body] = bodies()
    assert "– 3 impayés attendent votre décision, dont 1 en retard\n" in body
    [group] = groups(Actor.of(nadege), day=TODAY)
    assert body.count(f"– {group.title}, dont {group.lateness}".replace("\u00a0", " ")) == 1


@pytest.mark.parametrize("dues", [(date(2026, 11, 3), date(2026, 11, 4)), (TODAY,)])
def test_where_all_are_late_or_none_is_it_says_no_part(nadege: User, dues: tuple[date, ...]) -> None:
    ask(nadege, *dues)
    write_digests(day=TODAY)
    assert "en retard" not in bodies()[0]


def test_what_is_late_by_what_it_is_is_not_said_to_be_late() -> None:
    rose = make_user(role=Role.HEAD_OF_SOCIAL)
    ask(rose, date(2026, 11, 4), TODAY, kind="ALERT_LATE", about="alert")
    write_digests(day=TODAY)
    assert "– 2 alertes remontées\n" in bodies()[0]


def test_of_which_nothing_is_due_yet_it_says_nothing(nadege: User) -> None:
    ask(nadege, TODAY + timedelta(days=1))
    assert write_digests(day=TODAY) == 0


def test_what_is_said_as_a_task_is_not_said_again_as_news(nadege: User) -> None:
    gas, water = (make_ticket(problem="GAS") for _ in range(2))
    assert Notice.objects.filter(user=nadege, kind="TICKET_URGENT").count() == 2
    Task.objects.update(due_on=TODAY)
    actor, task, news = Actor.of(nadege), "urgence sans rendez-vous", "urgence à attribuer"
    assert digest_of(actor, TODAY) == Digest([f"2\u00a0{task.replace('urgence', 'urgences')}"], [])
    Task.objects.filter(about_id=water.pk).delete()
    assert digest_of(actor, TODAY) == Digest([f"1\u00a0{task}"], [f"1\u00a0{news}"])
    # Not due yet, it is no line of what is to do: it is news.
    Task.objects.filter(about_id=gas.pk).update(due_on=TODAY + timedelta(days=1))
    assert digest_of(actor, TODAY) == Digest([], ["2\u00a0urgences à attribuer"])


def test_it_leads_to_the_home_where_something_is_to_do(nadege: User) -> None:
    tell(nadege)
    ask(nadege, TODAY)
    write_digests(day=TODAY)
    assert "Tout voir : https://ancrage.test/\n" in bodies()[0]


def test_what_nobody_looked_at_for_a_fortnight_is_said_no_more(nadege: User) -> None:
    Notice.objects.filter(pk=tell(nadege).pk).update(created_at=clock.now() - timedelta(days=14))
    Notice.objects.filter(pk=tell(nadege).pk).update(created_at=clock.now() - timedelta(days=14, seconds=1))
    write_digests(day=TODAY)
    assert "– 1 travail arrêté\n" in bodies()[0]


def test_what_one_may_read_no_more_is_not_counted(nadege: User) -> None:
    Job.objects.filter(pk=tell(nadege).about_id).update(author=make_user())
    assert write_digests(day=TODAY) == 0


def test_nothing_to_say_nothing_leaves(nadege: User) -> None:
    notice = tell(nadege)
    Notice.objects.filter(pk=notice.pk).update(seen_at=clock.now())
    assert write_digests(day=TODAY) == 0
    assert not Message.objects.exists()


def test_twice_it_is_one(nadege: User) -> None:
    tell(nadege)
    write_digests(day=TODAY)
    write_digests(day=TODAY)
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "moment", ["2026-11-07T07:30", "2026-11-08T07:30", "2026-11-11T07:30", "2026-11-05T12:00", "2026-11-05T17:00"]
)
def test_not_on_a_holiday_nor_in_the_afternoon(nadege: User, moment: str) -> None:
    tell(nadege)
    with at(moment):
        assert write_digests(day=clock.today()) == 0


def test_not_for_a_day_that_is_over(nadege: User) -> None:
    tell(nadege)
    with at("2026-11-06T07:30"):
        assert write_digests(day=TODAY) == 0


def _leaves(user: User) -> None:
    user.is_active = False
    user.save()


def _has_no_role(user: User) -> None:
    RoleGrant.objects.filter(user=user).update(period=(date(2020, 1, 1), TODAY))


def _has_no_address(user: User) -> None:
    user.email = ""
    user.save()


def _is_away(user: User) -> None:
    NoticeChoice.objects.create(user=user, away_until=TODAY)


def _wants_none(user: User) -> None:
    NoticeChoice.objects.create(user=user, wants_digest=False)


@pytest.mark.parametrize("is_so", [_leaves, _has_no_role, _has_no_address, _is_away, _wants_none])
def test_who_gets_none(nadege: User, is_so: Any) -> None:
    tell(nadege)
    is_so(nadege)
    assert write_digests(day=TODAY) == 0


def test_who_is_back_gets_it_again(nadege: User) -> None:
    tell(nadege)
    NoticeChoice.objects.create(user=nadege, away_until=TODAY - timedelta(days=1))
    assert write_digests(day=TODAY) == 1


@pytest.fixture
def only_the_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "_tasks", {"digest": schedules._tasks["digest"]})


@pytest.mark.usefixtures("only_the_digest")
def test_the_morning_of_a_server_that_was_off(nadege: User) -> None:
    tell(nadege)
    for moment, count in (
        ("2026-11-05T06:59", 0),  # too early: the run of the day before says nothing
        ("2026-11-05T09:10", 1),  # the server comes back: late, but in the morning
        ("2026-11-05T09:11", 1),
        ("2026-11-06T17:00", 1),  # a whole morning without server
        ("2026-11-09T07:00", 2),
    ):
        with at(moment):
            tick()
        assert Message.objects.count() == count, moment


def test_one_that_could_not_leave_in_the_morning_is_taken_back(nadege: User) -> None:
    tell(nadege)
    write_digests(day=TODAY)
    with at("2026-11-05T12:00"):
        deliver()
    message = Message.objects.get()
    assert (message.state, message.why) == (
        MessageState.WITHDRAWN,
        "La matinée est passée : le récapitulatif ne part plus.",
    )


def test_one_for_who_left_meanwhile_is_taken_back(nadege: User) -> None:
    tell(nadege)
    write_digests(day=TODAY)
    _leaves(nadege)
    deliver()
    assert Message.objects.get().state == MessageState.WITHDRAWN


def test_it_leaves_at_once_and_has_its_state(nadege: User) -> None:
    tell(nadege)
    write_digests(day=TODAY)
    assert deliver() == 1
    assert Message.objects.get().state == MessageState.SENT


def test_it_is_no_message_to_a_household(nadege: User) -> None:
    tell(nadege)
    write_digests(day=TODAY)
    assert not Message.objects.visible_to(Actor.of(make_user(role=Role.RENTAL_MANAGER))).exists()


def test_nothing_of_a_household_is_in_it() -> None:
    """All that the house has to tell, said to everybody: no name, no address, no phone, no amount."""
    world: World = build()
    _everything_to_everybody(world)
    assert write_digests(day=TODAY) == User.objects.filter(grants__isnull=False).distinct().count()
    households = list(Household.objects.values_list("name", flat=True))
    persons = list(Person.objects.values_list("first_name", "last_name", "phone"))
    said = [word for name in households for word in name.split() if len(word) > 3] + [w for row in persons for w in row]
    assert len(said) >= 15
    for message in Message.objects.filter(about="staff"):
        text = f"{message.subject} {message.body}"
        assert not [word for word in said if word and word in text], text
        assert "€" not in text
        assert all(re.fullmatch(r"– \d+\s[^0-9]+", line) for line in message.values["liste"].splitlines())


def _everything_to_everybody(world: World) -> None:
    """A notice of each kind about each object of the world, to each of its people."""
    from office.notices.kinds import declared

    for user in User.objects.filter(grants__isnull=False).distinct():
        actor = Actor.of(user)
        Notice.objects.bulk_create(
            Notice(user=user, kind=kind.code, about=kind.about, about_id=row.pk, key=f"all {row.pk}")
            for kind in declared().values()
            for row in kind.readable(actor)[:3]
        )


def test_one_that_does_not_arrive_is_a_task_of_nobody_and_the_administrator_sees_it(
    nadege: User, monkeypatch: pytest.MonkeyPatch, client_as: Any
) -> None:
    def send(self: FileProvider, message: Message) -> str:
        raise Refused("Cette adresse n’existe pas.")

    tell(nadege)
    write_digests(day=TODAY)
    monkeypatch.setattr(FileProvider, "send", send)
    deliver()
    assert Message.objects.get().state == MessageState.PERMANENT_FAILURE
    assert not Task.objects.exists()
    assert not Message.objects.failures().exists()
    page = client_as(Role.ADMINISTRATOR).get("/bureau/equipe/envois/").content.decode()
    assert "Cette adresse n’existe pas." in page


def test_the_digest_of_a_day_that_a_clock_ahead_has_played_is_written_on_that_day(nadege: User) -> None:
    with at("2026-12-15T07:30"):
        tell(nadege)
        tick()
    tell(nadege)
    tick()
    with at("2026-12-15T07:30"):
        tell(nadege)
        tick()
        tick()
    keys = [message.key for message in Message.objects.filter(about_id=nadege.pk).order_by("id")]
    assert keys == [
        f"digest:{nadege.pk}:2026-12-15:ahead", f"digest:{nadege.pk}:2026-11-05", f"digest:{nadege.pk}:2026-12-15",
    ]  # fmt: skip
