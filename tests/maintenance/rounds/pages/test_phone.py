"""The technician's phone: the round, a job, the signal. Never a balance, a note or a reason."""

from datetime import date, time, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from maintenance.models import Intervention, Photo, Ticket, WeakSignal
from maintenance.rounds.queries import round_of
from maintenance.tickets.services import tickets as services
from office.access.actor import Actor
from office.access.codes import Role
from office.files.kinds import FileKind
from office.models import RoleGrant, User
from tests.factories import make_let, make_picture, make_ticket, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def yann() -> User:
    return make_user(role=Role.TECHNICIAN, first_name="Yann", last_name="Le Bihan")


@pytest.fixture
def client(yann: User) -> Client:
    client = Client()
    client.force_login(yann)
    return client


def page(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"maintenance:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, name: str, ticket: Ticket, **sent: object) -> str:
    ticket.refresh_from_db()
    given = {"seen": ticket.seen, "request_key": uuid4()} | sent
    return client.post(reverse(f"maintenance:{name}", args=[ticket.pk]), given, follow=True).content.decode()


def test_the_round_says_where_and_what_and_nothing_else(client: Client, yann: User) -> None:
    lease = make_let(name="Mme Fatou Sarr")
    dwelling, person = lease.unit.dwelling, lease.household.memberships.get().person
    dwelling.floor, dwelling.door, dwelling.access_notes, dwelling.safety_notice = 2, "gauche", "code 4B17", "chien"
    dwelling.save()
    person.phone = "0612345678"
    person.save()
    ticket = make_ticket(lease=lease, technician=yann, planned_on=TODAY)
    text = page(client, "round")
    for word in ("Fuite légère", "Mme Fatou Sarr", dwelling.building.street, "2<sup>e</sup> étage, porte gauche",
                 "code 4B17", "chien", 'href="tel:0612345678"', "Commencer"):  # fmt: skip
        assert word in text
    assert "is-now" in text
    for word in ("€", "impayé", "solde", "dette", "note"):
        assert word not in text.lower().replace("a-note", "").replace("notifications", "").replace("noter", "")
    assert str(ticket.pk) in text


def test_the_order_of_the_day_and_the_next_job(yann: User) -> None:
    actor = Actor.of(yann)
    done = make_ticket(technician=yann, planned_on=TODAY)
    services.start(ticket=done, actor=actor)
    done.refresh_from_db()
    services.close(ticket=done, actor=actor, paid_by="OPERATOR")
    absent = make_ticket(technician=yann, planned_on=TODAY)
    services.mark_absent(ticket=absent, actor=actor)
    next_ = make_ticket(technician=yann, planned_on=TODAY)
    make_ticket(technician=yann, planned_on=TODAY + timedelta(days=1))
    unplanned = make_ticket(technician=yann)
    make_ticket(technician=make_user(role=Role.TECHNICIAN), planned_on=TODAY)
    found = round_of(actor, TODAY)
    assert [job.ticket.pk for job in found.jobs] == [done.pk, absent.pk, next_.pk]
    assert [job.ticket.pk for job in found.to_plan] == [unplanned.pk]
    assert found.current is not None
    assert (found.current.ticket.pk, found.done) == (next_.pk, 2)


def test_an_emergency_without_a_day_comes_first_with_its_badge_and_its_act(client: Client, yann: User) -> None:
    make_ticket(technician=yann, planned_on=TODAY)
    make_ticket(technician=yann)
    gas = make_ticket(technician=yann, problem="GAS")
    text = page(client, "round")
    assert text.index("Urgences sans rendez-vous") < text.index("Odeur de gaz") < text.index("Fuite légère")
    first = text[text.index("Urgences sans rendez-vous") : text.index("Aujourd’hui</h2>")]
    assert ">Urgence<" in first
    assert reverse("maintenance:job_start", args=[gas.pk]) in first
    assert text.count(">Urgence<") == 1
    assert "Commencé" in send(client, "job_start", gas)
    text = page(client, "round")
    assert "Urgences sans rendez-vous" not in text
    assert text.index("Odeur de gaz") < text.index("Fuite légère")


def test_an_emergency_that_nobody_opened_for_is_to_do_again(yann: User) -> None:
    gas = make_ticket(technician=yann, problem="GAS", planned_on=TODAY)
    assert round_of(Actor.of(yann), TODAY).urgent == []
    services.mark_absent(ticket=gas, actor=Actor.of(yann))
    found = round_of(Actor.of(yann), TODAY)
    assert ([job.ticket.pk for job in found.jobs], found.done) == ([gas.pk], 1)
    assert [job.ticket.pk for job in found.urgent] == [gas.pk]


def test_each_emergency_of_the_day_has_its_badge_and_without_an_hour_is_first(client: Client, yann: User) -> None:
    at_nine = make_ticket(technician=yann, problem="GAS", planned_on=TODAY)
    early = make_ticket(technician=yann, planned_on=TODAY)
    Ticket.objects.filter(pk=at_nine.pk).update(planned_at=time(9, 30))
    Ticket.objects.filter(pk=early.pk).update(planned_at=time(8))
    at_once = make_ticket(technician=yann, problem="GAS", planned_on=TODAY)
    found = round_of(Actor.of(yann), TODAY)
    assert [job.ticket.pk for job in found.jobs] == [at_once.pk, early.pk, at_nine.pk]
    assert page(client, "round").count(">Urgence<") == 2


def test_a_passage_left_open_since_another_day_says_so(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    with clock.travel(TODAY - timedelta(days=1)):
        services.start(ticket=ticket, actor=Actor.of(yann))
    text = page(client, "round")
    assert "commencé le 4\u00a0nov." in text
    assert "Continuer" in text
    # It is the job framed: its task is not told a second time.
    assert "À faire" not in text


def test_what_else_is_asked_of_him_stands_before_his_round(client: Client) -> None:
    """A kind that falls to technicians stands there without a change of the page."""
    make_ticket(problem="GAS")
    RoleGrant.objects.filter(user__first_name="Yann").update(role=Role.RENTAL_MANAGER)
    assert client.get(reverse("maintenance:round")).status_code == 403
    user = User.objects.get(first_name="Yann")
    RoleGrant.objects.create(user=user, role=Role.TECHNICIAN, period=(date(2020, 1, 1), None))
    text = page(client, "round")
    assert text.index("À faire") < text.index("Odeur de gaz") < text.index("Rien de prévu")


def test_a_passage_that_needs_another_trade_stays_in_the_day_of_who_made_it(client: Client, yann: User) -> None:
    """And is no job of his any more, even while a colleague is at work on it."""
    actor, rose = Actor.of(yann), make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=actor)
    ticket.refresh_from_db()
    services.close(ticket=ticket, actor=actor, outcome="TRADE", other_trade="ELECTRIC", report="Le tableau")

    def day() -> tuple[list[int], int, object]:
        found = round_of(actor, TODAY)
        return [job.ticket.pk for job in found.jobs], found.done, found.current

    assert day() == ([ticket.pk], 1, None)
    assert ticket.title in page(client, "round")
    ticket.refresh_from_db()
    services.plan(ticket=ticket, to=rose, on=TODAY, actor=Actor.of(make_user()))
    ticket.refresh_from_db()
    services.start(ticket=ticket, actor=Actor.of(rose))
    assert day() == ([ticket.pk], 1, None)


def test_who_passed_a_job_on_reads_what_he_did_there_and_nothing_after(client: Client, yann: User) -> None:
    """Who lives there, and where, on that day only; he does nothing there any more."""
    rose, lease = make_user(role=Role.TECHNICIAN, last_name="Rosier"), make_let(name="Mme Fatou Sarr")
    ticket = make_ticket(lease=lease, technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=Actor.of(yann))
    ticket.refresh_from_db()
    services.close(ticket=ticket, actor=Actor.of(yann), outcome="TRADE", other_trade="ELECTRIC", report="Le tableau")
    ticket.refresh_from_db()
    services.plan(ticket=ticket, to=rose, on=TODAY + timedelta(days=1), actor=Actor.of(make_user()))
    street, address = lease.unit.dwelling.building.street, reverse("maintenance:job", args=[ticket.pk])
    assert address in page(client, "round")
    text = page(client, "job", ticket.pk)
    for word in ("Le tableau", "Mme Fatou Sarr", street):
        assert word in text
    for word in ("Rosier", "Clore l’intervention", "Commencer", 'name="kind"'):
        assert word not in text
    with clock.travel(TODAY + timedelta(days=1)):
        ticket.refresh_from_db()
        services.start(ticket=ticket, actor=Actor.of(rose))
        ticket.refresh_from_db()
        services.close(ticket=ticket, actor=Actor.of(rose), paid_by="OPERATOR", report="Disjoncteur remis")
        text = page(client, "job", ticket.pk)
    assert "Le tableau" in text
    for word in ("Mme Fatou Sarr", street, "Disjoncteur"):
        assert word not in text
    # A protected address is for the technician of the job.
    lease.household.memberships.get().person.__class__.objects.update(is_address_protected=True)
    assert street not in page(client, "job", ticket.pk)
    for name in ("job_start", "job_absent", "job_close"):
        sent = {"seen": ticket.seen, "request_key": uuid4()}
        assert client.post(reverse(f"maintenance:{name}", args=[ticket.pk]), sent).status_code == 404
    # One where he never was does not exist.
    other = make_ticket(technician=rose, planned_on=TODAY)
    assert client.get(reverse("maintenance:job", args=[other.pk])).status_code == 404


def test_what_was_seen_leaves_in_place_beside_the_report_being_typed(client: Client, yann: User) -> None:
    """The answer brings the signals again and the message; nothing else of the page is replaced."""
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=Actor.of(yann))
    text = page(client, "job", ticket.pk)
    form = text[text.index(f'id="vu-{ticket.pk}"') :]
    for attribute in (f'hx-select="#vu-{ticket.pk}"', 'hx-select-oob="#messages"', f'hx-target="#vu-{ticket.pk}"'):
        assert attribute in form[: form.index("</form>")]
    assert text.index('name="report"') < text.index(f'id="vu-{ticket.pk}"')
    answer = client.post(
        reverse("maintenance:job_signal", args=[ticket.pk]), {"kind": "DANGER", "request_key": uuid4()},
        headers={"HX-Request": "true"}, follow=True,
    ).content.decode()  # fmt: skip
    assert "Reçu." in answer[answer.index('id="messages"') :]
    assert f'id="vu-{ticket.pk}"' in answer


def test_what_an_outcome_asks_is_shown_with_it(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=Actor.of(yann))
    text = send(client, "job_close", ticket, outcome="PART", paid_by="OPERATOR", report="Fuite arrêtée")
    assert "Dites quelle pièce il faut." in text
    assert "Fuite arrêtée" in text
    form = text[text.index('id="f"') :]
    assert form.index("a-if-part") < form.index('name="part"') < form.index("a-if-trade")
    assert "<details" not in form[: form.index("</form>")]
    send(client, "job_close", ticket, outcome="PART", paid_by="OPERATOR", part="Joint de 12")
    assert Intervention.objects.get().report.startswith("Pièce à commander : Joint de 12")


@pytest.mark.parametrize("count", [2, 10])
def test_the_round_costs_a_constant_number_of_queries(
    client: Client, yann: User, count: int, django_assert_max_num_queries
) -> None:
    for _ in range(count):
        make_ticket(technician=yann, planned_on=TODAY)
    with django_assert_max_num_queries(14):
        page(client, "round")


def test_an_empty_day(client: Client) -> None:
    assert "Rien de prévu" in page(client, "round")
    assert "Aucun passage" in page(client, "signal")


def test_start_then_done_with_a_photo(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    assert "Commencer" in page(client, "job", ticket.pk)
    assert "Clore" in send(client, "job_start", ticket)
    text = send(
        client, "job_close", ticket, outcome="DONE", paid_by="OPERATOR", report="Joint changé", after=make_picture()
    )
    assert "Passage clos" in text
    ticket.refresh_from_db()
    assert (ticket.state, ticket.paid_by) == ("DONE", "OPERATOR")
    assert Photo.objects.get().intervention.report == "Joint changé"
    text = page(client, "job", ticket.pk)
    assert "est close" in text
    assert "Joint changé" in text
    assert f"{Photo.objects.get().uuid}/?cote=320" in text


def test_the_payer_is_proposed_by_rule(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY, problem="TAP")
    text = send(client, "job_start", ticket)
    assert "87-712" in text


def test_a_bad_photo_keeps_the_form(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    send(client, "job_start", ticket)
    ticket.refresh_from_db()
    bad = BytesIO(b"pas une photo")
    bad.name = "photo.jpg"
    answer = client.post(
        reverse("maintenance:job_close", args=[ticket.pk]),
        {
            "seen": ticket.seen,
            "outcome": "DONE",
            "paid_by": "WEAR",
            "report": "Siphon",
            "after": bad,
            "request_key": uuid4(),
        },
    )
    assert answer.status_code == 422
    assert "n’est pas lisible ici" in answer.content.decode()
    assert "Siphon" in answer.content.decode()


def photos_sent(client: Client, ticket: Ticket, *, htmx: bool = False, **sent: object) -> tuple[int, str]:
    headers = {"HX-Request": "true"} if htmx else {}
    answer = client.post(reverse("maintenance:job_photos", args=[ticket.pk]), sent, headers=headers)
    return answer.status_code, answer.content.decode()


def bad_file() -> BytesIO:
    bad = BytesIO(b"pas une photo")
    bad.name = "notes.txt"
    return bad


def test_photos_leave_one_by_one_with_script(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    send(client, "job_start", ticket)
    status, text = photos_sent(client, ticket, htmx=True, before=make_picture())
    photo = Photo.objects.get()
    assert (status, photo.stage) == (200, "BEFORE")
    assert text.lstrip().startswith('<div id="photos-liste"')
    assert f"/technique/photos/{photo.uuid}/?cote=320" in text
    assert "Avant&nbsp;: 1" in text
    status, text = photos_sent(client, ticket, htmx=True, after=bad_file())
    assert status == 422
    assert "notes.txt" in text
    assert "n’est pas lisible ici" in text
    assert f"{photo.uuid}" in text


def test_photos_leave_together_without_script_and_what_was_typed_stays(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    send(client, "job_start", ticket)
    ticket.refresh_from_db()
    typed = {"seen": ticket.seen, "report": "Joint changé", "paid_by": "WEAR", "outcome": "DONE"}
    sent = {"before": make_picture(side=20), "after": [make_picture(side=30), bad_file()]}
    status, text = photos_sent(client, ticket, **typed, **sent)
    assert status == 200
    assert sorted(Photo.objects.values_list("stage", flat=True)) == ["AFTER", "BEFORE"]
    assert "2\u00a0photos gardées" in text
    assert "«\u00a0notes.txt\u00a0» n’est pas lisible ici" in text
    assert "Joint changé" in text
    ticket.refresh_from_db()
    assert ticket.is_started
    assert photos_sent(client, ticket, **typed)[0] == 422
    assert "Passage clos" in send(client, "job_close", ticket, **typed | {"after": make_picture(side=50)})
    assert Photo.objects.count() == 3


def test_of_too_many_photos_the_first_are_read(client: Client, yann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    send(client, "job_start", ticket)
    monkeypatch.setattr(Photo, "kind", FileKind(per_owner=2))
    status, text = photos_sent(client, ticket, before=[make_picture(side=20), make_picture(side=30), bad_file()])
    assert (status, Photo.objects.count()) == (200, 2)
    assert "2 photos au plus par envoi" in text.replace("\u00a0", " ")
    assert "notes.txt" in text
    assert "n’est pas lisible" not in text


def test_a_photo_is_taken_back(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    send(client, "job_start", ticket)
    photos_sent(client, ticket, before=make_picture())
    address = reverse("maintenance:job_photo_remove", args=[ticket.pk, Photo.objects.get().uuid])
    assert f'action="{address}"' in page(client, "job", ticket.pk)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(address, headers=headers)
        assert answer.status_code == (200 if headers else 302)
        assert not Photo.objects.exists()


def test_before_the_start_and_after_the_end_there_are_no_photos_to_send(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    # They stand there for a beginning that waits for the network: hidden, and the server says the same.
    assert page(client, "job", ticket.pk).index("data-after-start hidden") < page(client, "job", ticket.pk).index(
        'name="before"'
    )
    assert "Commencez d’abord" in photos_sent(client, ticket, before=make_picture())[1]
    send(client, "job_start", ticket)
    send(client, "job_close", ticket, outcome="DONE", paid_by="OPERATOR")
    status, text = photos_sent(client, ticket, htmx=True, before=make_picture())
    assert (status, "Ce passage est terminé" in text) == (422, True)
    assert not Photo.objects.exists()


def test_a_signal_leaves_with_a_photo(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    bad = {"kind": "DANGER", "request_key": uuid4(), "photo": bad_file()}
    assert "n’est pas lisible" in send(client, "job_signal", ticket, **bad)
    assert not WeakSignal.objects.exists()
    assert "Reçu." in send(client, "job_signal", ticket, **bad | {"photo": make_picture()})
    assert Photo.objects.get().signal == WeakSignal.objects.get()


def test_absent_in_two_taps(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    assert f'data-dialog="#absent-{ticket.pk}"' in page(client, "job", ticket.pk)
    assert "Absence notée" in send(client, "job_absent", ticket)
    assert Intervention.objects.get().outcome == "ABSENT"


def test_two_tabs(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    seen = ticket.seen
    send(client, "job_start", ticket)
    text = client.post(
        reverse("maintenance:job_start", args=[ticket.pk]), {"seen": seen, "request_key": uuid4()}, follow=True
    ).content.decode()
    assert "déjà commencée par Yann Le Bihan" in text


def test_a_signal_gets_an_acknowledgement_only(client: Client, yann: User) -> None:
    ticket = make_ticket(technician=yann, planned_on=TODAY)
    assert page(client, "signal").count('name="kind"') == 5
    key = uuid4()
    for answer in ("Reçu.", "Cet envoi était déjà reçu"):
        assert answer in send(client, "job_signal", ticket, kind="UNWELL", request_key=key)
    assert WeakSignal.objects.get().kind == "UNWELL"
    text = page(client, "job", ticket.pk)
    assert "UNWELL" in text  # the button itself
    assert "signalé" not in text.lower()


def test_the_job_of_another_does_not_exist(client: Client) -> None:
    foreign = make_ticket(technician=make_user(role=Role.TECHNICIAN), planned_on=TODAY)
    assert client.get(reverse("maintenance:job", args=[foreign.pk])).status_code == 404
    for name in ("job_start", "job_absent", "job_close"):
        address = reverse(f"maintenance:{name}", args=[foreign.pk])
        assert client.post(address, {"seen": foreign.seen, "request_key": uuid4()}).status_code == 404


def test_a_protected_address_is_told_on_the_day_only(client: Client, yann: User) -> None:
    lease = make_let()
    person = lease.household.memberships.get().person
    person.is_address_protected = True
    person.save()
    street = lease.unit.dwelling.building.street
    ticket = make_ticket(lease=lease, technician=yann, planned_on=TODAY + timedelta(days=1))
    assert street not in page(client, "job", ticket.pk)
    assert "Adresse protégée" in page(client, "job", ticket.pk)
    Ticket.objects.update(planned_on=TODAY)
    assert street in page(client, "job", ticket.pk)
    assert street in page(client, "round")


@pytest.mark.parametrize("role", [r for r in Role if r != Role.TECHNICIAN])
def test_the_phone_is_the_technicians(role: str) -> None:
    client = Client()
    client.force_login(make_user(role=role))
    for name in ("round", "signal"):
        assert client.get(reverse(f"maintenance:{name}")).status_code == 403


def passed_on(yann: User) -> Ticket:
    """A job that went on to another trade after a passage of today."""
    ticket = make_ticket(lease=make_let(), technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=Actor.of(yann))
    ticket.refresh_from_db()
    services.close(ticket=ticket, actor=Actor.of(yann), outcome="TRADE", other_trade="ELECTRIC", report="Prise brûlée")
    ticket.refresh_from_db()
    return ticket


def test_what_was_seen_at_a_job_that_went_on_is_told_too(client: Client, yann: User) -> None:
    ticket = passed_on(yann)
    address = reverse("maintenance:job_signal", args=[ticket.pk])
    assert address in page(client, "signal")
    assert "Reçu" in send(client, "job_signal", ticket, kind="UNWELL")
    signal = WeakSignal.objects.get()
    back = reverse("maintenance:signal_withdraw", args=[signal.pk])
    assert back in page(client, "signal")
    client.post(back)
    assert not WeakSignal.objects.exists()


def test_the_door_where_one_stands_is_open_and_those_where_something_was_sent(client: Client, yann: User) -> None:
    """All the doors of the day had their five buttons open: a page of four screens."""
    jobs = [make_ticket(lease=make_let(), technician=yann, planned_on=TODAY) for _ in range(3)]

    def opened() -> list[bool]:
        cards = page(client, "signal").split('<details\n  class="card"')[1:]
        return [" open" in card[: card.index(">")] for card in cards]

    assert opened() == [True, False, False]
    send(client, "job_signal", jobs[2], kind="UNWELL")
    assert opened() == [True, False, True]
    send(client, "job_absent", jobs[0])
    assert [job.ticket.pk for job in round_of(Actor.of(yann), TODAY).jobs] == [jobs[0].pk, jobs[1].pk, jobs[2].pk]
    assert opened() == [False, True, True]


def test_another_technician_tells_nothing_of_a_job_where_he_was_not(yann: User) -> None:
    ticket, other = passed_on(yann), Client()
    other.force_login(make_user(role=Role.TECHNICIAN))
    sent = {"kind": "UNWELL", "request_key": uuid4()}
    assert other.post(reverse("maintenance:job_signal", args=[ticket.pk]), sent).status_code == 404
    own = Client()
    own.force_login(yann)
    with clock.travel(TODAY + timedelta(days=1)):
        assert own.post(reverse("maintenance:job_signal", args=[ticket.pk]), sent).status_code == 404


def test_the_answer_to_a_signal_brings_what_takes_it_back(client: Client, yann: User) -> None:
    ticket = make_ticket(lease=make_let(), technician=yann, planned_on=TODAY)
    answer = send(client, "job_signal", ticket, kind="TENSION")
    part = answer[answer.index(f'id="vu-{ticket.pk}"') :]
    assert reverse("maintenance:signal_withdraw", args=[WeakSignal.objects.get().pk]) in part


def test_of_two_closings_the_second_is_told_and_its_text_kept(client: Client, yann: User) -> None:
    ticket = make_ticket(lease=make_let(), technician=yann, planned_on=TODAY)
    services.start(ticket=ticket, actor=Actor.of(yann))
    ticket.refresh_from_db()
    seen = {"seen": ticket.seen, "outcome": "DONE", "paid_by": "LANDLORD"}
    address = reverse("maintenance:job_close", args=[ticket.pk])
    assert client.post(address, seen | {"report": "Joint", "request_key": uuid4()}).status_code == 302
    second = client.post(address, seen | {"report": "Joint et siphon", "request_key": uuid4()})
    text = second.content.decode()
    assert second.status_code == 422
    assert "n’est pas enregistré" in text
    assert "Joint et siphon</textarea>" in text
    assert 'role="alert"' in text
    assert Ticket.objects.get().interventions.get().report == "Joint"
