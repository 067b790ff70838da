"""The desk's pages of the repairs: list, ticket, new ticket, photo."""

import html
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from leases.models import Person
from maintenance.models import Photo, Ticket
from maintenance.tickets.services import tickets as services
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog, User
from stock.models import Dwelling
from tests.api import Api
from tests.factories import make_actor, make_let, make_picture, make_ticket, make_user
from tests.pages import signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


@pytest.fixture
def manager() -> User:
    return make_user()


@pytest.fixture
def client(manager: User) -> Client:
    return signed_in(manager)


def test_the_list_shows_and_filters(client: Client) -> None:
    leak, gas = make_ticket(), make_ticket(problem="GAS")
    page = client.get(reverse("maintenance:tickets"))
    assert page.status_code == 200
    assert [t.pk for t in page.context["page"]] == [gas.pk, leak.pk]
    only = client.get(reverse("maintenance:tickets"), {"metier": "HEATING"}).context["page"]
    assert [t.pk for t in only] == [gas.pk]
    found = client.get(reverse("maintenance:tickets"), {"q": leak.household.name}).context["page"]
    assert [t.pk for t in found] == [leak.pk]
    by_place = client.get(reverse("maintenance:tickets"), {"tri": "-logement"}).context["page"]
    references = [t.dwelling.reference for t in by_place]
    assert references == sorted(references, reverse=True)


def test_states_of_the_list(client: Client, manager: User) -> None:
    actor = Actor.of(manager)
    yann = make_user(role=Role.TECHNICIAN)
    open_, held, cancelled, late = make_ticket(), make_ticket(), make_ticket(), make_ticket(technician=yann)
    services.hold(ticket=held, reason="PART", until=TODAY + timedelta(days=2), actor=actor)
    services.cancel(ticket=cancelled, reason="Doublon", actor=actor)
    Ticket.objects.filter(pk=late.pk).update(due_on=TODAY - timedelta(days=1))

    def listed(state: str) -> set[int]:
        return {t.pk for t in client.get(reverse("maintenance:tickets"), {"etat": state}).context["page"]}

    assert listed("") == listed("nouvelles") == {open_.pk, held.pk, late.pk}
    assert listed("a_attribuer") == {open_.pk}
    assert listed("en_attente") == {held.pk}
    assert listed("en_retard") == {late.pk}
    assert listed("toutes") == {open_.pk, held.pk, late.pk, cancelled.pk}


@pytest.mark.parametrize("count", [2, 12])
def test_the_list_costs_a_constant_number_of_queries(client: Client, count: int, django_assert_max_num_queries) -> None:
    yann = make_user(role=Role.TECHNICIAN)
    for _ in range(count):
        make_ticket(technician=yann)
    with django_assert_max_num_queries(14):
        assert client.get(reverse("maintenance:tickets")).status_code == 200


def test_several_are_given_to_one(client: Client) -> None:
    yann = make_user(role=Role.TECHNICIAN)
    tickets = [make_ticket(), make_ticket()]
    answer = client.post(
        reverse("maintenance:assign_many"), {"ids": [t.pk for t in tickets], "to": yann.pk}, follow=True
    )
    assert f"2\u00a0demandes pour {yann}" in answer.content.decode()
    assert set(Ticket.objects.values_list("assignee", flat=True)) == {yann.pk}


def test_what_was_given_together_is_given_back_from_the_foot_of_the_list(client: Client) -> None:
    yann, rose = make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)
    mine, open_ = make_ticket(technician=rose), make_ticket()
    sent = {"ids": [mine.pk, open_.pk], "to": yann.pk}
    done = client.post(reverse("maintenance:assign_many"), sent, follow=True).content.decode()
    [undo] = re.findall(r'hx-post="([^"]*/attribuer/annuler/[^"]*)"', done)
    answer = client.post(html.unescape(undo), follow=True).content.decode()
    assert "2\u00a0demandes rendues à qui les avait." in answer
    assert dict(Ticket.objects.values_list("pk", "assignee")) == {mine.pk: rose.pk, open_.pk: None}
    assert "a changé depuis" in client.post(html.unescape(undo), follow=True).content.decode()


@pytest.mark.parametrize("sent", [{}, {"to": "x"}, {"ids": ["abc"], "to": "1"}])
def test_an_empty_choice_is_said(client: Client, sent: dict[str, object]) -> None:
    answer = client.post(reverse("maintenance:assign_many"), sent, follow=True)
    assert "Choisissez au moins une demande" in answer.content.decode()


def test_opening_from_the_desk(client: Client) -> None:
    lease = make_let(name="Mme Bérénice Quimper")
    already = make_ticket(lease=lease)
    where = client.get(reverse("maintenance:ticket_new"), {"q": "quimper"})
    assert f"logement={lease.unit.dwelling_id}" in where.content.decode()
    partial = client.get(reverse("maintenance:ticket_new"), {"q": "quimper"}, headers={"HX-Request": "true"})
    assert "<html" not in partial.content.decode()
    assert "Mme Bérénice Quimper" in partial.content.decode()
    address = reverse("maintenance:ticket_new") + f"?logement={lease.unit.dwelling_id}"
    form = client.get(address)
    assert already.reference in form.content.decode()
    key = uuid4()
    sent = {"problem": "TAP", "request_key": key, "source": "DESK", "household": lease.household_id}
    for _ in range(2):  # a double submit
        answer = client.post(address, sent)
        made = Ticket.objects.get(request_key=key)
        assert answer.url == reverse("maintenance:ticket", args=[made.pk])
    assert made.household == lease.household


def test_opening_from_the_household_page(client: Client) -> None:
    lease = make_let()
    form = client.get(reverse("maintenance:ticket_new"), {"menage": lease.household_id})
    assert lease.unit.dwelling.reference in form.content.decode()
    assert client.get(reverse("maintenance:ticket_new"), {"menage": "999999"}).status_code == 404


def test_an_empty_request_says_what_to_do(client: Client) -> None:
    address = reverse("maintenance:ticket_new") + f"?logement={make_let().unit.dwelling_id}"
    answer = client.post(address, {"request_key": uuid4(), "source": "DESK"})
    assert answer.status_code == 422
    assert "Choisissez un problème" in answer.content.decode()
    assert not Ticket.objects.exists()


def test_a_ticket_is_planned_held_resumed_and_cancelled(client: Client) -> None:
    yann = make_user(role=Role.TECHNICIAN)
    ticket = make_ticket()
    page = reverse("maintenance:ticket", args=[ticket.pk])
    assert client.get(page).status_code == 200

    def act(name: str, **sent: object) -> str:
        ticket.refresh_from_db()
        address = reverse(f"maintenance:ticket_{name}", args=[ticket.pk])
        text = client.post(address, {"seen": ticket.seen} | sent, follow=True).content.decode()
        ticket.refresh_from_db()
        return text

    act("assign", to=yann.pk, planned_on="06/11/2026", planned_at="10:30")
    assert (ticket.assignee, ticket.planned_on) == (yann, date(2026, 11, 6))
    assert "délai est arrêté" in act("hold", reason="PART", until="12/11/2026")
    assert ticket.is_held
    act("resume")
    assert not ticket.is_held
    assert "Pourquoi" in act("cancel", reason="")
    assert ticket.is_open
    act("cancel", reason="Réparé par le voisin")
    assert ticket.state == "CANCEL"
    assert "est annulée" in act("note_done", outcome="DONE", paid_by="OPERATOR")


def test_a_stale_form_is_told(client: Client, manager: User) -> None:
    yann, rose = make_user(role=Role.TECHNICIAN, last_name="Le Bihan"), make_user(role=Role.TECHNICIAN)
    ticket = make_ticket()
    seen = ticket.seen
    services.assign(ticket=ticket, to=yann, actor=Actor.of(manager))
    answer = client.post(
        reverse("maintenance:ticket_assign", args=[ticket.pk]), {"to": rose.pk, "seen": seen}, follow=True
    )
    assert "Camille Le Bihan" in answer.content.decode()
    assert Ticket.objects.get().assignee == yann


@pytest.mark.parametrize(
    ("name", "form", "typed", "kept"),
    [
        ("hold", "hold_form", {"reason": "PART", "until": "32/13/2026"}, "32/13/2026"),
        ("assign", "assign_form", {"to": "", "planned_on": "12/11/2026", "planned_at": "10:30"}, "10:30"),
        ("cancel", "cancel_form", {"reason": "x" * 201}, "x" * 201),
        (
            "note_done",
            "close_form",
            {"outcome": "PART", "paid_by": "OPERATOR", "report": "Joint à changer, vu au téléphone"},
            "Joint à changer, vu au téléphone",
        ),
    ],
)
def test_what_was_typed_and_refused_is_shown_again(
    client: Client, name: str, form: str, typed: dict[str, str], kept: str
) -> None:
    ticket = make_ticket(technician=make_user(role=Role.TECHNICIAN))
    answer = client.post(reverse(f"maintenance:ticket_{name}", args=[ticket.pk]), {**typed, "seen": ticket.seen})
    page = answer.content.decode()
    assert (answer.status_code, kept in page) == (422, True)
    assert answer.context[form].errors
    # Each form has the ids of its own, and its part of the page stands open.
    assert page.count(f'id="{answer.context[form]["seen"].auto_id}"') == 1
    if name == "cancel":
        assert (
            'id="annuler" role="alertdialog" aria-labelledby="annuler-t" aria-describedby="annuler-d" data-auto-open'
            in page
        )
    if name in ("hold", "note_done"):
        assert re.search(r"<details[^>]*\bopen\b", page)


def test_what_was_typed_on_a_stale_page_is_sent_again_from_what_is_shown_now(client: Client, manager: User) -> None:
    yann, ticket = make_user(role=Role.TECHNICIAN, last_name="Le Bihan"), make_ticket()
    seen = ticket.seen
    services.assign(ticket=ticket, to=yann, actor=Actor.of(manager))
    address = reverse("maintenance:ticket_hold", args=[ticket.pk])
    typed = {"reason": "PART", "until": "12/11/2026"}
    answer = client.post(address, {**typed, "seen": seen})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Le Bihan" in page
    assert "12/11/2026" in page
    client.post(address, {**typed, "seen": answer.context["hold_form"]["seen"].value()})
    assert Ticket.objects.get().is_held


def test_the_desk_notes_a_passage(client: Client) -> None:
    ticket = make_ticket(technician=make_user(role=Role.TECHNICIAN))
    client.post(
        reverse("maintenance:ticket_note_done", args=[ticket.pk]),
        {"seen": ticket.seen, "outcome": "DONE", "paid_by": "OPERATOR", "report": "Vu par téléphone"},
    )
    assert Ticket.objects.get().state == "DONE"
    assert "Vu par téléphone" in client.get(reverse("maintenance:ticket", args=[ticket.pk])).content.decode()


def test_photos_are_for_who_sees_the_ticket() -> None:
    mine, other = make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)
    ticket = make_ticket(technician=mine)
    services.start(ticket=ticket, actor=Actor.of(mine))
    ticket.refresh_from_db()
    services.close(ticket=ticket, actor=Actor.of(mine), paid_by="OPERATOR", after=[make_picture()])
    address = reverse("maintenance:photo", args=[Photo.objects.get().uuid])
    answers = {
        role: signed_in(make_user(role=role)).get(address).status_code for role in Role if role != Role.TECHNICIAN
    }
    assert {role for role, code in answers.items() if code == 200} == {
        Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR,
    }  # fmt: skip
    assert answers[Role.FUNDER] == answers[Role.ADMINISTRATOR] == 403
    assert signed_in(mine).get(address)["Content-Type"] == "image/jpeg"
    assert signed_in(other).get(address).status_code == 404


def test_the_photo_of_a_protected_home_is_for_who_may_be_told_its_address() -> None:
    """And each look is logged: it shows where somebody lives who must not be found."""
    yann, manager = make_user(role=Role.TECHNICIAN), make_user(role=Role.RENTAL_MANAGER)
    ticket = make_ticket(technician=yann, planned_on=clock.today())
    Person.objects.filter(memberships__household=ticket.household).update(is_address_protected=True)
    services.start(ticket=ticket, actor=Actor.of(yann))
    ticket.refresh_from_db()
    services.close(ticket=ticket, actor=Actor.of(yann), paid_by="OPERATOR", after=[make_picture()])
    photo = Photo.objects.get()
    address = reverse("maintenance:photo", args=[photo.uuid])

    def status(user: User) -> int:
        return signed_in(user).get(address, {"cote": 320}).status_code

    assert status(manager) == 404
    assert address not in signed_in(manager).get(reverse("maintenance:ticket", args=[ticket.pk])).content.decode()
    assert status(make_user(role=Role.DIRECTOR)) == 404
    assert not AccessLog.objects.exists()
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    assert (status(head), status(yann)) == (200, 200)
    ticket.household.manager = manager
    ticket.household.save(update_fields=["manager"])
    assert status(manager) == 200
    logged = AccessLog.objects.order_by("id").values_list("user", "subject", "object_id", "household_id")
    assert list(logged) == [
        (who.pk, "PROTECTED_ADDRESS", photo.pk, ticket.household_id) for who in (head, yann, manager)
    ]
    with clock.travel(clock.now() + timedelta(days=1)):
        assert status(yann) == 404


def test_a_director_reads_and_changes_nothing() -> None:
    ticket = make_ticket()
    client = signed_in(make_user(role=Role.DIRECTOR))
    text = client.get(reverse("maintenance:ticket", args=[ticket.pk])).content.decode()
    assert "Attribuer et planifier" not in text
    for name in ("assign", "hold", "resume", "cancel", "note_done"):
        assert client.post(reverse(f"maintenance:ticket_{name}", args=[ticket.pk])).status_code == 403
    assert client.get(reverse("maintenance:ticket_new")).status_code == 403


def test_a_protected_address_is_told_to_the_manager_in_charge_only(client: Client) -> None:
    ticket = make_ticket()
    person = ticket.household.memberships.get().person
    person.is_address_protected = True
    person.save()
    street = ticket.dwelling.building.street
    page = reverse("maintenance:ticket", args=[ticket.pk])
    for reader in (client, signed_in(make_user(role=Role.DIRECTOR))):
        for address in (page, reverse("maintenance:tickets")):
            text = reader.get(address).content.decode()
            assert street not in text
            assert ticket.dwelling.reference not in text
    in_charge = make_user(role=Role.RENTAL_MANAGER)
    ticket.household.manager = in_charge
    ticket.household.save()
    assert street in signed_in(in_charge).get(page).content.decode()
    assert ticket.dwelling.reference in signed_in(in_charge).get(reverse("maintenance:tickets")).content.decode()
    assert street in signed_in(make_user(role=Role.HEAD_OF_SOCIAL)).get(page).content.decode()


def test_a_protected_household_is_found_by_its_number_without_its_dwelling() -> None:
    lease = make_let(name="Mme Jeanne Hernandez")
    Person.objects.filter(memberships__household=lease.household).update(
        is_address_protected=True, phone="06 77 22 51 65"
    )
    for query in ("0677", "hernandez"):
        page = signed_in(make_user()).get(reverse("maintenance:ticket_new"), {"q": query}).content.decode()
        assert "Hernandez" in page
        assert lease.unit.dwelling.reference not in page
        assert f"menage={lease.household_id}" in page


@pytest.fixture
def secret() -> Ticket:
    """A request of a household whose address is protected, of which nobody is in charge."""
    ticket = make_ticket(lease=make_let(name="Mme Jeanne Hernandez"))
    Person.objects.filter(memberships__household=ticket.household).update(is_address_protected=True)
    return ticket


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.DIRECTOR])
def test_a_dwelling_does_not_lead_to_who_lives_there_protected(secret: Ticket, role: Role) -> None:
    """Neither by the search nor by the order of the list, in the page and in the API."""
    user, code = make_user(role=role), secret.dwelling.reference
    client, api = signed_in(user), Api(user)

    def found(word: str) -> tuple[int, int]:
        page = client.get(reverse("maintenance:tickets"), {"etat": "toutes", "q": word}).context["page"]
        return len(page), len(api.get("/tickets", q=word)["items"])

    assert found(code) == found(secret.dwelling.door or code) == (0, 0)
    assert found("hernandez") == (1, 1)
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    assert len(head.get(reverse("maintenance:tickets"), {"q": code}).context["page"]) == 1
    # It stands last whichever way the dwellings are ordered.
    for other in ("AAA", "ZZZ"):
        Dwelling.objects.filter(pk=make_ticket().dwelling_id).update(reference=other)
    for way in ("logement", "-logement"):
        page = client.get(reverse("maintenance:tickets"), {"tri": way}).context["page"]
        assert [row.pk for row in page][-1] == secret.pk
    # Who knows the request is not told whose it is.
    assert "Hernandez" not in client.get(reverse("maintenance:ticket", args=[secret.pk])).content.decode()
    search = client.get(reverse("desk:search"), {"q": secret.reference}).content.decode()
    assert secret.reference in search
    assert "Hernandez" not in search


@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER])
def test_a_request_by_the_dwelling_leads_to_no_protected_household(secret: Ticket, role: Role) -> None:
    client = signed_in(make_user(role=role))
    address = reverse("maintenance:ticket_new") + f"?logement={secret.dwelling_id}"
    form = client.get(address).content.decode()
    assert secret.reference not in form
    assert "Hernandez" not in form
    assert "éservé" not in form
    # By the household: what it asks already, and not where.
    own = client.get(reverse("maintenance:ticket_new") + f"?menage={secret.household_id}").content.decode()
    assert secret.reference in own
    assert secret.dwelling.reference not in own
    # What is asked by the dwelling says nothing of who lives there; another request there is no way to it.
    sent = {"problem": "TAP", "request_key": uuid4(), "source": "DESK"}
    made = client.post(address, sent, follow=True).content.decode()
    assert "Hernandez" not in made
    assert Ticket.objects.filter(household=secret.household).count() == 1
    asked_before = make_ticket()
    Ticket.objects.filter(pk=asked_before.pk).update(dwelling=secret.dwelling)
    page = client.get(reverse("maintenance:ticket", args=[asked_before.pk])).content.decode()
    assert secret.reference not in page


@pytest.mark.parametrize("role", [Role.FUNDER, Role.ADMINISTRATOR])
def test_who_has_no_page(role: str) -> None:
    client = signed_in(make_user(role=role))
    for name in ("tickets", "ticket_new", "round", "signal"):
        assert client.get(reverse(f"maintenance:{name}")).status_code == 403


def test_a_technician_is_sent_to_the_job_and_sees_no_other(client: Client) -> None:
    mine, other = make_user(role=Role.TECHNICIAN), make_user(role=Role.TECHNICIAN)
    ticket, foreign = make_ticket(technician=mine), make_ticket(technician=other)
    own = signed_in(mine)
    assert own.get(reverse("maintenance:ticket", args=[ticket.pk])).url == reverse("maintenance:job", args=[ticket.pk])
    assert own.get(reverse("maintenance:ticket", args=[foreign.pk])).status_code == 404
    assert [t.pk for t in own.get(reverse("maintenance:tickets")).context["page"]] == [ticket.pk]


def test_a_technician_reads_his_requests_by_day_in_the_shell_of_his_phone() -> None:
    yann = make_user(role=Role.TECHNICIAN)
    later, today = clock.today() + timedelta(days=2), clock.today()
    someday = make_ticket(technician=yann)
    then, now = make_ticket(technician=yann, planned_on=later), make_ticket(technician=yann, planned_on=today)
    page = signed_in(yann).get(reverse("maintenance:tickets"))
    assert [row.pk for row in page.context["page"]] == [now.pk, then.pk, someday.pk]
    text = page.content.decode()
    assert 'class="a-phone' in text
    assert 'id="menu"' not in text
    assert text.index("Aujourd’hui") < text.index(now.dwelling.building.street) < text.index("Sans jour fixé")


def test_a_technician_s_list_tells_no_protected_address(secret: Ticket) -> None:
    yann = make_user(role=Role.TECHNICIAN)
    Ticket.objects.filter(pk=secret.pk).update(assignee=yann, state="ASSIGNED")
    text = signed_in(yann).get(reverse("maintenance:tickets")).content.decode()
    assert "Adresse protégée" in text
    assert secret.dwelling.building.street not in text
    assert secret.dwelling.reference not in text
    assert secret.household.name not in text


def test_a_request_leads_to_its_household_and_its_dwelling(client: Client) -> None:
    ticket = make_ticket()
    page = reverse("maintenance:ticket", args=[ticket.pk])
    links = [
        reverse("desk:household", args=[ticket.household_id]),
        reverse("stock:dwelling", args=[ticket.dwelling_id]),
    ]
    text = client.get(page).content.decode()
    assert all(f'href="{address}"' in text for address in links)
    person = ticket.household.memberships.get().person
    person.is_address_protected = True
    person.save()
    text = signed_in(make_user(role=Role.DIRECTOR)).get(page).content.decode()
    assert not any(f'href="{address}"' in text for address in links)


def test_a_social_worker_opens_from_a_visit() -> None:
    actor, lease = make_actor(role=Role.SOCIAL_WORKER), make_let()
    client = signed_in(actor.user)
    client.post(
        reverse("maintenance:ticket_new") + f"?menage={lease.household_id}",
        {"problem": "MOULD", "source": "VISIT", "request_key": uuid4(), "household": lease.household_id},
    )
    assert Ticket.objects.get().author == actor.user
