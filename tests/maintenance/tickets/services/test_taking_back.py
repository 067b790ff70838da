"""What was noted of a passage by mistake is taken back on the same day, while nothing followed it."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.errors import Conflict, NotAllowed
from maintenance.models import Intervention, Photo, Ticket
from maintenance.rounds.queries import round_of
from maintenance.tickets.services import tickets as services
from maintenance.tickets.services.taking_back import take_back, take_back_given
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Notice, User
from social_link.alerts.parameters import alert_params
from social_link.alerts.services.facts import absences
from tests.at_once import both_at_once
from tests.factories import make_actor, make_picture, make_ticket, make_user
from tests.pages import plain

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-05T10:00")]
TODAY = date(2026, 11, 5)


@pytest.fixture
def yann() -> User:
    return make_user(role=Role.TECHNICIAN)


def worked(yann: User, outcome: str, problem: str = "LEAK") -> Ticket:
    """Begun at ten, ended at eleven with this outcome."""
    ticket = make_ticket(technician=yann, planned_on=TODAY, problem=problem)
    actor = Actor.of(yann)
    services.start(ticket=ticket, actor=actor)
    ticket.refresh_from_db()
    with clock.travel(clock.now() + timedelta(hours=1)):
        if outcome == "ABSENT":
            services.mark_absent(ticket=ticket, actor=actor)
        else:
            services.close(
                ticket=ticket, actor=actor, outcome=outcome, paid_by="TENANT", report="Joint changé", part="Joint",
                after=[make_picture()],
            )  # fmt: skip
    ticket.refresh_from_db()
    return ticket


@pytest.mark.parametrize("outcome", ["DONE", "PART", "ABSENT"])
def test_the_work_goes_on_with_its_report_and_its_photos(yann: User, outcome: str) -> None:
    ticket, due_on = worked(yann, outcome), Ticket.objects.get().due_on
    with clock.travel(clock.now() + timedelta(hours=2)):
        take_back(ticket=ticket, actor=Actor.of(yann))
        [job] = round_of(Actor.of(yann), TODAY).jobs
    ticket.refresh_from_db()
    assert (ticket.state, ticket.paid_by, ticket.closed_at, ticket.is_held) == ("STARTED", "", None, False)
    assert (ticket.planned_on, ticket.due_on, job.is_over) == (TODAY, due_on, False)
    again, before = Intervention.objects.order_by("-id")
    # What was noted stays in the history.
    assert (before.outcome, before.ended_at is not None) == ("UNDONE", True)
    assert (again.outcome, again.started_at, again.report) == ("", before.started_at, before.report)
    assert [photo.intervention for photo in Photo.objects.all()] == ([] if outcome == "ABSENT" else [again])
    # And it may be ended anew.
    services.close(ticket=ticket, actor=Actor.of(yann), paid_by="LANDLORD")
    assert Ticket.objects.get().paid_by == "LANDLORD"


def test_an_absence_that_was_none_counts_no_more_and_its_notice_is_over(yann: User) -> None:
    desk = make_user(role=Role.RENTAL_MANAGER)
    ticket = make_ticket(technician=yann, planned_on=TODAY, problem="GAS")
    services.mark_absent(ticket=ticket, actor=Actor.of(yann))
    params = alert_params(TODAY)
    assert len(absences(TODAY, params)) == 1
    assert Notice.objects.filter(user=desk, kind="TICKET_MISSED", seen_at=None).exists()
    ticket.refresh_from_db()
    take_back(ticket=ticket, actor=Actor.of(yann))
    assert absences(TODAY, params) == []
    assert not Notice.objects.filter(kind="TICKET_MISSED", seen_at=None).exists()
    ticket.refresh_from_db()
    # Nobody had started.
    assert (ticket.state, ticket.planned_on, Intervention.objects.count()) == ("ASSIGNED", TODAY, 1)


def test_once_and_not_after_something_followed(yann: User) -> None:
    actor, desk = Actor.of(yann), make_actor()
    ticket = worked(yann, "DONE")
    take_back(ticket=ticket, actor=actor)
    with pytest.raises(Conflict, match="rien n’a été annulé"):
        take_back(ticket=ticket, actor=actor)
    for follow in (
        lambda row: services.plan(ticket=row, on=TODAY + timedelta(days=1), actor=desk),
        lambda row: services.assign(ticket=row, to=make_user(role=Role.TECHNICIAN), actor=desk),
    ):
        ticket = worked(yann, "ABSENT")
        follow(ticket)
        with pytest.raises(Conflict):
            take_back(ticket=ticket, actor=make_actor())
    with pytest.raises(Conflict):
        take_back(ticket=make_ticket(technician=yann), actor=actor)


def test_on_the_same_day_only_and_by_who_works_there(yann: User) -> None:
    ticket = worked(yann, "DONE")
    with pytest.raises(NotAllowed):
        take_back(ticket=ticket, actor=Actor.of(make_user(role=Role.TECHNICIAN)))
    with clock.travel(TODAY + timedelta(days=1)), pytest.raises(Conflict):
        take_back(ticket=ticket, actor=Actor.of(yann))
    assert Ticket.objects.get().state == "DONE"


def test_nothing_else_leads_back_from_what_is_done(yann: User) -> None:
    ticket, desk = worked(yann, "DONE"), make_actor()
    for act in (
        lambda: services.plan(ticket=ticket, on=TODAY, actor=desk),
        lambda: services.assign(ticket=ticket, to=yann, actor=desk),
        lambda: services.start(ticket=ticket, actor=Actor.of(yann)),
        lambda: services.mark_absent(ticket=ticket, actor=desk),
    ):
        with pytest.raises(Conflict):
            act()


def test_the_gesture_stands_by_what_was_noted(yann: User) -> None:
    ticket = worked(yann, "DONE")
    client = Client()
    client.force_login(yann)
    address = reverse("maintenance:job_undo", args=[ticket.pk])
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert address in client.get(reverse("maintenance:round")).content.decode()
        page = plain(client.post(address, {"request_key": uuid4()}, follow=True))
        assert "Annulé : l’intervention est de nouveau à faire." in page
        assert "Joint changé" in page
        assert "Noté par erreur, annulé" in page
        assert address not in client.get(reverse("maintenance:round")).content.decode()
        refused = client.post(address, {"request_key": uuid4()}, follow=True).content.decode()
    assert "rien n’a été annulé" in refused


@pytest.mark.django_db(transaction=True)
def test_two_at_once_take_back_once(yann: User) -> None:
    ticket, noon = worked(yann, "DONE"), clock.now() + timedelta(hours=2)

    def call() -> object:
        with clock.travel(noon):  # each thread has a clock of its own
            return take_back(ticket=ticket, actor=Actor.of(yann))

    results = both_at_once(call, call)
    assert sum(isinstance(result, Conflict) for result in results) == 1
    assert Intervention.objects.filter(ended_at=None).count() == 1


def test_another_trade_that_was_none_is_his_again(yann: User) -> None:
    desk = make_user(role=Role.RENTAL_MANAGER)
    ticket = make_ticket(technician=yann, planned_on=TODAY, problem="GAS")
    trade, actor = ticket.trade, Actor.of(yann)
    services.start(ticket=ticket, actor=actor)
    ticket.refresh_from_db()
    with clock.travel(clock.now() + timedelta(hours=1)):
        services.close(ticket=ticket, actor=actor, outcome="TRADE", other_trade="ELECTRIC", report="Prise brûlée")
    assert Notice.objects.filter(user=desk, kind="TICKET_URGENT", seen_at=None).exists()
    ticket.refresh_from_db()
    with pytest.raises(NotAllowed):
        take_back(ticket=ticket, actor=Actor.of(make_user(role=Role.TECHNICIAN)))
    with clock.travel(clock.now() + timedelta(hours=2)):
        [job] = round_of(actor, TODAY).jobs
        assert job.may_take_back
        client = Client()
        client.force_login(yann)
        answer = client.post(reverse("maintenance:job_undo", args=[ticket.pk]), {"request_key": uuid4()})
        assert answer["Location"] == reverse("maintenance:job", args=[ticket.pk])
    ticket.refresh_from_db()
    assert (ticket.state, ticket.trade, ticket.assignee, ticket.planned_on) == ("STARTED", trade, yann, TODAY)
    assert [row.outcome for row in Intervention.objects.order_by("-id")] == ["", "UNDONE"]
    assert not Notice.objects.filter(kind="TICKET_URGENT", seen_at=None).exists()


def test_another_trade_that_somebody_has_by_now_stays(yann: User) -> None:
    ticket, actor = make_ticket(technician=yann, planned_on=TODAY, problem="LEAK"), Actor.of(yann)
    services.close(ticket=ticket, actor=actor, outcome="TRADE", other_trade="ELECTRIC", report="Prise brûlée")
    ticket.refresh_from_db()
    services.assign(ticket=ticket, to=make_user(role=Role.TECHNICIAN), actor=make_actor(role=Role.RENTAL_MANAGER))
    with pytest.raises((Conflict, NotAllowed)):
        take_back(ticket=ticket, actor=actor)


def test_tickets_given_together_are_with_who_had_them_again_all_or_none(yann: User) -> None:
    rose, manager = make_user(role=Role.TECHNICIAN), make_actor()
    hers, nobodys = make_ticket(technician=rose, planned_on=TODAY), make_ticket()
    given = services.assign_many(tickets=[nobodys, hers], to=yann, actor=manager)
    services.plan(ticket=Ticket.objects.get(pk=nobodys.pk), on=TODAY, actor=manager)
    with pytest.raises(Conflict, match=f"{nobodys.reference} a changé depuis") as refused:
        take_back_given(given=given, actor=manager)
    assert refused.value.code == "stale"
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {yann.pk}
    [hers_again] = [one for one in given if one.ticket_id == hers.pk]
    assert take_back_given(given=[hers_again], actor=manager) == 1
    hers.refresh_from_db()
    assert (hers.assignee, hers.state, hers.planned_on) == (rose, "ASSIGNED", TODAY)
    with pytest.raises(Conflict):
        take_back_given(given=[hers_again], actor=manager)


def test_an_emergency_that_is_given_back_to_nobody_is_told_to_the_desk_again(yann: User) -> None:
    manager, other = make_actor(), make_user(role=Role.RENTAL_MANAGER)
    ticket = make_ticket(problem="WATER_NONE")
    given = services.assign_many(tickets=[ticket], to=yann, actor=manager)
    Notice.objects.exclude(user=yann).delete()
    take_back_given(given=given, actor=manager)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state) == (None, "OPEN")
    assert not Notice.objects.unseen().filter(user=yann).exists()
    assert Notice.objects.unseen().filter(user=other, about_id=ticket.pk).exists()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.SOCIAL_WORKER, Role.DIRECTOR])
def test_who_may_not_give_tickets_takes_none_back(yann: User, role: str) -> None:
    given = services.assign_many(tickets=[make_ticket()], to=yann, actor=make_actor())
    with pytest.raises(NotAllowed):
        take_back_given(given=given, actor=make_actor(role=role))
