"""Tickets: opened once, moved by an allow-list, and the second of two people is told."""

from collections.abc import Callable
from datetime import date, time, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Occupancy, Person
from maintenance.models import Intervention, Photo, Ticket, WeakSignal
from maintenance.rounds.queries import job_of
from maintenance.tickets.codes import Outcome, TicketState
from maintenance.tickets.queries import photos_for
from maintenance.tickets.services import tickets as services
from office.access.actor import Actor
from office.access.codes import Role
from tests.factories import make_actor, make_let, make_picture, make_ticket, make_user

TODAY = date(2026, 11, 5)
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def manager() -> Actor:
    return make_actor()


def technician(**kwargs: str) -> Actor:
    return Actor.of(make_user(role=Role.TECHNICIAN, **kwargs))


def started(actor: Actor, **kwargs: object) -> Ticket:
    ticket = make_ticket(technician=actor.user, planned_on=TODAY, **kwargs)
    services.start(ticket=ticket, actor=actor)
    ticket.refresh_from_db()
    return ticket


# ---------- a protected address ----------


@pytest.mark.django_db
def test_a_job_at_a_protected_address_starts_on_its_day(manager: Actor) -> None:
    """To start it shows the street: on another day it is asked of who shares the work."""
    yann = technician()
    ticket = make_ticket(technician=yann.user, planned_on=TODAY + timedelta(days=12))
    Person.objects.filter(memberships__household=ticket.household).update(is_address_protected=True)

    def is_shown() -> bool:
        job = job_of(ticket.pk, yann)
        assert job is not None
        return not job.is_masked

    with pytest.raises(Conflict, match="commence le jour où elle est prévue"):
        services.start(ticket=ticket, actor=yann)
    unplanned = make_ticket(technician=yann.user)
    Ticket.objects.filter(pk=unplanned.pk).update(household=ticket.household)
    with pytest.raises(Conflict):
        services.start(ticket=unplanned, actor=yann)
    assert not is_shown()
    services.plan(ticket=ticket, on=TODAY, actor=manager)
    assert is_shown()
    ticket.refresh_from_db()
    services.start(ticket=ticket, actor=yann)
    assert is_shown()
    # A passage that nobody ended tells the street no longer.
    with clock.travel(TOMORROW):
        assert not is_shown()


@pytest.mark.django_db
def test_any_other_job_starts_when_the_technician_is_there() -> None:
    yann = technician()
    services.start(ticket=make_ticket(technician=yann.user, planned_on=TOMORROW), actor=yann)


# ---------- opening ----------


@pytest.mark.django_db
def test_opening_finds_household_priority_and_due_date(manager: Actor) -> None:
    lease = make_let()
    ticket = services.open_ticket(
        dwelling=lease.unit.dwelling, trade="", problem="GAS", actor=manager, request_key=uuid4()
    )
    assert ticket.household == lease.household
    assert (ticket.trade, ticket.title, ticket.priority) == ("HEATING", "Odeur de gaz", "URGENT")
    assert ticket.due_on == TOMORROW
    assert ticket.reference == f"D{ticket.pk:05d}"
    assert (ticket.state, ticket.author) == (TicketState.OPEN, manager.user)


@pytest.mark.django_db
def test_the_same_key_is_one_ticket_and_another_content_a_conflict(manager: Actor) -> None:
    lease, key = make_let(), uuid4()
    given = {"dwelling": lease.unit.dwelling, "trade": "OTHER", "actor": manager, "request_key": key}
    first = services.open_ticket(title="Volet", **given)
    assert services.open_ticket(title="Volet", **given) == first
    with pytest.raises(Conflict, match=first.reference):
        services.open_ticket(title="Porte", **given)
    assert Ticket.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"trade": "MAGIC"}, "trade"),
        ({"problem": "DRAGON"}, "problem"),
        ({"title": "  "}, "title"),
        ({"priority": "ASAP"}, "priority"),
    ],
)
def test_what_cannot_be_used_names_its_field(manager: Actor, wrong: dict[str, str], field: str) -> None:
    given = {"trade": "OTHER", "title": "Volet"} | wrong
    with pytest.raises(InvalidInput) as refusal:
        services.open_ticket(dwelling=make_let().unit.dwelling, actor=manager, request_key=uuid4(), **given)
    assert refusal.value.field == field


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.DIRECTOR, Role.FUNDER, Role.ADMINISTRATOR])
def test_who_may_not_open(role: str) -> None:
    with pytest.raises(NotAllowed):
        services.open_ticket(
            dwelling=make_let().unit.dwelling,
            trade="OTHER",
            title="x",
            actor=make_actor(role=role),
            request_key=uuid4(),
        )


# ---------- sharing out ----------


@pytest.mark.django_db
def test_only_a_technician_of_today_gets_a_ticket(manager: Actor) -> None:
    with pytest.raises(InvalidInput, match="n’est pas technicien"):
        services.assign(ticket=make_ticket(), to=make_user(role=Role.SOCIAL_WORKER), actor=manager)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR])
def test_who_may_not_share_out(role: str) -> None:
    actor, to, ticket = make_actor(role=role), make_user(role=Role.TECHNICIAN), make_ticket()
    for call in (
        lambda: services.assign(ticket=ticket, to=to, actor=actor),
        lambda: services.assign_many(tickets=[ticket], to=to, actor=actor),
        lambda: services.plan(ticket=ticket, to=to, on=TOMORROW, actor=actor),
        lambda: services.cancel(ticket=ticket, reason="x", actor=actor),
    ):
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.django_db
def test_a_form_that_saw_another_state_is_told_who_has_it(manager: Actor) -> None:
    ticket = make_ticket()
    seen = ticket.seen
    yann, rose = make_user(role=Role.TECHNICIAN, last_name="Le Bihan"), make_user(role=Role.TECHNICIAN)
    services.assign(ticket=ticket, to=yann, actor=manager, seen=seen)
    with pytest.raises(Conflict, match="elle est maintenant à Camille Le Bihan"):
        services.assign(ticket=Ticket.objects.get(), to=rose, actor=manager, seen=seen)
    assert Ticket.objects.get().assignee == yann


@pytest.mark.django_db
def test_several_are_assigned_all_or_none(manager: Actor) -> None:
    yann = technician()
    tickets = [make_ticket(), make_ticket(), started(yann)]
    with pytest.raises(Conflict, match="en cours"):
        services.assign_many(tickets=tickets, to=make_user(role=Role.TECHNICIAN), actor=manager)
    assert Ticket.objects.filter(state=TicketState.OPEN).count() == 2
    given = services.assign_many(tickets=tickets[:2], to=yann.user, actor=manager, planned_on=TOMORROW)
    assert [one.former_id for one in given] == [None, None]
    assert Ticket.objects.filter(assignee=yann.user, planned_on=TOMORROW).count() == 2


@pytest.mark.django_db
def test_planning_a_past_day_is_refused(manager: Actor) -> None:
    with pytest.raises(InvalidInput, match="à venir"):
        services.plan(
            ticket=make_ticket(), to=make_user(role=Role.TECHNICIAN), on=TODAY - timedelta(days=1), actor=manager
        )


@pytest.mark.django_db
def test_a_hold_stops_the_clock_and_gives_the_days_back(manager: Actor) -> None:
    ticket = make_ticket(problem="TAP")
    due = ticket.due_on
    ticket = services.hold(ticket=ticket, reason="PART", until=TODAY + timedelta(days=9), actor=manager)
    assert (ticket.held_since, ticket.is_held, ticket.due_on) == (TODAY, True, due)
    with clock.travel(TODAY + timedelta(days=6)):
        ticket = services.resume(ticket=ticket, actor=manager)
    assert (ticket.is_held, ticket.due_on) == (False, due + timedelta(days=6))
    with pytest.raises(Conflict, match="n’est pas en attente"):
        services.resume(ticket=ticket, actor=manager)


@pytest.mark.django_db
def test_planning_ends_a_hold(manager: Actor) -> None:
    ticket = services.hold(ticket=make_ticket(), reason="OWNER", until=TOMORROW, actor=manager)
    ticket = services.plan(
        ticket=ticket, to=make_user(role=Role.TECHNICIAN), on=TOMORROW, at=time(10, 30), actor=manager
    )
    assert not ticket.is_held
    assert (ticket.planned_on, ticket.planned_at) == (TOMORROW, time(10, 30))


@pytest.mark.django_db
def test_a_cancellation_says_why_and_is_the_end(manager: Actor) -> None:
    ticket = make_ticket()
    with pytest.raises(InvalidInput, match="pourquoi"):
        services.cancel(ticket=ticket, reason=" ", actor=manager)
    ticket = services.cancel(ticket=ticket, reason="Doublon", actor=manager)
    assert ticket.closed_at is not None
    assert "Doublon" in ticket.description
    with pytest.raises(Conflict, match="est annulée"):
        services.assign(ticket=ticket, to=make_user(role=Role.TECHNICIAN), actor=manager)


# ---------- at the door ----------


@pytest.mark.django_db
def test_a_technician_works_on_his_own_jobs_only() -> None:
    yann, rose = technician(), technician()
    ticket = make_ticket(technician=yann.user)
    for call in (
        lambda: services.start(ticket=ticket, actor=rose),
        lambda: services.mark_absent(ticket=ticket, actor=rose),
        lambda: services.close(ticket=ticket, actor=rose, paid_by="OPERATOR"),
        lambda: services.send_signal(ticket=ticket, kind="DANGER", actor=rose, request_key=uuid4()),
    ):
        with pytest.raises(NotAllowed):
            call()


@pytest.mark.django_db
def test_starting_twice_says_since_when() -> None:
    yann = technician(last_name="Le Bihan")
    ticket = started(yann)
    with pytest.raises(Conflict, match="déjà commencée par Camille Le Bihan à 9"):
        services.start(ticket=ticket, actor=yann)


@pytest.mark.django_db
def test_done_keeps_the_report_the_payer_and_one_clean_photo() -> None:
    yann = technician()
    passage = services.close(
        ticket=started(yann), actor=yann, paid_by="WEAR", report=" Siphon remplacé ", after=[make_picture()]
    )
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.paid_by, ticket.closed_at) == (TicketState.DONE, "WEAR", clock.now())
    assert (passage.outcome, passage.report, passage.ended_at) == (Outcome.DONE, "Siphon remplacé", clock.now())
    assert Photo.objects.get().intervention == passage
    with pytest.raises(Conflict, match="déjà faite"):
        services.close(ticket=ticket, actor=yann, paid_by="WEAR")


@pytest.mark.django_db
def test_done_without_a_payer_or_with_a_bad_photo_changes_nothing() -> None:
    from io import BytesIO

    yann = technician()
    ticket = started(yann)
    with pytest.raises(InvalidInput, match="qui paie"):
        services.close(ticket=ticket, actor=yann)
    with pytest.raises(InvalidInput, match="« fichier » n’est pas lisible"):
        services.close(ticket=ticket, actor=yann, paid_by="WEAR", after=[BytesIO(b"rien")])
    assert Ticket.objects.get().state == TicketState.STARTED
    assert Intervention.objects.get().ended_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("at_work", [True, False])
def test_nobody_at_the_door(at_work: bool) -> None:
    yann = technician()
    ticket = started(yann) if at_work else make_ticket(technician=yann.user, planned_on=TODAY)
    passage = services.mark_absent(ticket=ticket, actor=yann)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.planned_on, ticket.assignee) == (TicketState.ASSIGNED, None, yann.user)
    assert (passage.outcome, passage.ended_at) == (Outcome.ABSENT, clock.now())
    assert Intervention.objects.count() == 1


@pytest.mark.django_db
def test_a_missing_part_holds_the_ticket() -> None:
    yann = technician()
    given = {"outcome": "PART", "part_until": TODAY + timedelta(days=4), "report": "Fuite arrêtée"}
    ticket = started(yann)
    # Who orders it has nothing else to go by.
    with pytest.raises(InvalidInput, match="quelle pièce") as refusal:
        services.close(ticket=ticket, actor=yann, part=" ", **given)
    assert refusal.value.field == "part"
    passage = services.close(ticket=ticket, actor=yann, part="Joint de 12", **given)
    assert passage.report == "Pièce à commander : Joint de 12\nFuite arrêtée"
    ticket.refresh_from_db()
    assert (ticket.state, ticket.hold_reason, ticket.held_until) == ("ASSIGNED", "PART", TODAY + timedelta(days=4))


@pytest.mark.django_db
def test_another_trade_goes_back_to_the_desk() -> None:
    yann = technician()
    services.close(ticket=started(yann), actor=yann, outcome="TRADE", other_trade="ELECTRIC", report="Disjoncteur")
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.trade, ticket.assignee, ticket.planned_on) == ("OPEN", "ELECTRIC", None, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "given"), [("other_trade", {"report": "Disjoncteur"}), ("report", {"other_trade": "ELECTRIC"})]
)
def test_another_trade_says_which_and_what_remains_to_do(field: str, given: dict[str, str]) -> None:
    yann = technician()
    with pytest.raises(InvalidInput) as refused:
        services.close(ticket=started(yann), actor=yann, outcome="TRADE", **given)
    assert refused.value.field == field
    assert Ticket.objects.get().assignee == yann.user


@pytest.mark.django_db
def test_a_signal_goes_once_with_its_photo_out_of_the_technical_file() -> None:
    yann = technician()
    ticket, key = make_ticket(technician=yann.user), uuid4()
    given = {"ticket": ticket, "actor": yann, "request_key": key}
    first = services.send_signal(kind="UNWELL", photo=make_picture(), **given)
    assert services.send_signal(kind="UNWELL", **given) == first
    with pytest.raises(Conflict):
        services.send_signal(kind="DANGER", **given)
    assert first.household == ticket.household
    assert Photo.objects.count() == 1
    assert not photos_for(yann).exists()
    assert not photos_for(make_actor()).exists()


@pytest.mark.django_db
def test_an_empty_dwelling_has_nobody_to_worry_about() -> None:
    yann = technician()
    ticket = make_ticket(lease=make_let(), technician=yann.user)
    Ticket.objects.update(household=None)
    Occupancy.objects.all().delete()
    with pytest.raises(InvalidInput, match="vide"):
        services.send_signal(ticket=ticket, kind="DANGER", actor=yann, request_key=uuid4())


# ---------- two at once ----------


def race(*calls: Callable[[], object]) -> list[object]:
    """Run `calls` at the same moment, each on its own connection; results or exceptions."""
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        with clock.travel(TODAY):
            try:
                barrier.wait(10)
                results[index] = calls[index]()
            except Exception as error:
                results[index] = error
            finally:
                connection.close()

    threads = [Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_a_double_click_opens_one_ticket() -> None:
    manager, lease, key = make_actor(), make_let(), uuid4()

    def call() -> Ticket:
        return services.open_ticket(
            dwelling=lease.unit.dwelling, trade="", problem="LEAK", actor=manager, request_key=key
        )

    first, second = race(call, call)
    assert isinstance(first, Ticket)
    assert first == second
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_managers_assign_at_once_and_one_is_told() -> None:
    manager, ticket = make_actor(), make_ticket()
    people = [make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)]
    results = race(*[lambda to=to: services.assign(ticket=ticket, to=to, actor=manager) for to in people])
    refused = [r for r in results if isinstance(r, Conflict)]
    won = [r for r in results if isinstance(r, Ticket)]
    assert len(refused) == len(won) == 1
    assert str(won[0].assignee) in refused[0].message


@pytest.mark.django_db(transaction=True)
def test_two_tabs_start_once() -> None:
    yann = technician()
    ticket = make_ticket(technician=yann.user)

    def call() -> Intervention:
        return services.start(ticket=ticket, actor=yann)

    results = race(call, call)
    assert sorted(type(r).__name__ for r in results) == ["Conflict", "Intervention"]
    assert Intervention.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_signal_tapped_twice_is_one() -> None:
    yann = technician()
    ticket, key = make_ticket(technician=yann.user), uuid4()

    def call() -> WeakSignal:
        return services.send_signal(ticket=ticket, kind="TENSION", actor=yann, request_key=key)

    first, second = race(call, call)
    assert isinstance(first, WeakSignal)
    assert first == second
    assert WeakSignal.objects.count() == 1
