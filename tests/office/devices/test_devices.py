"""What a phone may keep, for whom; what it needs without network; what its outbox is told."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from maintenance.tickets.codes import PaidBy, TicketState
from maintenance.tickets.services.tickets import assign
from office.access.actor import Actor
from office.access.codes import Role
from office.devices.keeping import NOBODY, mark_of, may_keep
from office.models import Notice, User
from social_link.contacts.codes import ContactKind, NoteLevel
from social_link.contacts.services import log_contact, plan_contact
from tests.access.test_pages import PAGES
from tests.factories import make_let, make_referent, make_ticket, make_user, owe

pytestmark = pytest.mark.django_db
KEEP, PERSON = "Ancrage-Keep", "Ancrage-Person"
OUTBOX = {"Ancrage-Outbox": "1"}


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def yann() -> User:
    return make_user(role=Role.TECHNICIAN)


@pytest.mark.parametrize(
    ("roles", "keeps"),
    [
        ([Role.TECHNICIAN], True),
        ([Role.SOCIAL_WORKER], True),
        ([Role.SOCIAL_WORKER, Role.TECHNICIAN], True),
        ([Role.RENTAL_MANAGER], False),
        ([Role.HEAD_OF_SOCIAL], False),
        ([Role.DIRECTOR], False),
        ([Role.FUNDER], False),
        ([Role.ADMINISTRATOR], False),
        ([Role.TECHNICIAN, Role.RENTAL_MANAGER], False),
        ([], False),
    ],
)
def test_only_who_works_outside_keeps_pages(roles: list[Role], *, keeps: bool) -> None:
    assert may_keep(Actor(user=make_user(), roles=frozenset(roles))) is keeps


def test_the_pages_of_the_day_are_kept_and_no_other(yann: User) -> None:
    ticket, client = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today()), signed_in(yann)
    for address in (
        reverse("maintenance:round"),
        reverse("maintenance:signal"),
        reverse("maintenance:job", args=[ticket.pk]),
    ):
        assert client.get(address)[KEEP] == clock.today().isoformat(), address
        assert KEEP not in client.get(address, headers={"HX-Request": "true"}), "a part is no page"
    for address in (reverse("maintenance:tickets"), reverse("stock:dwellings"), reverse("office:notices")):
        assert KEEP not in client.get(address), address
    assert KEEP not in client.get(reverse("maintenance:job", args=[ticket.pk + 1]))


def test_no_page_with_money_is_kept_by_a_social_worker() -> None:
    client = signed_in(make_user(role=Role.SOCIAL_WORKER))
    hers = {name: page for name, page in PAGES.items() if page.get and "S" in page.roles}
    alone = [reverse(name) for name, page in hers.items() if not page.of or page.bare]
    assert {reverse("desk:home"), reverse("rent_ledger:arrears"), reverse("social_link:alerts")} < set(alone)
    of_the_day = {reverse(f"social_link:{name}") for name in ("agenda", "contacts", "contact_new", "visit_new")}
    assert {address for address in alone if KEEP in client.get(address)} == of_the_day
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    assert [address for address in of_the_day if KEEP in head.get(address)] == []


def test_the_agenda_that_is_kept_shows_no_money_and_no_text_of_a_note() -> None:
    lease = make_let(name="Mme Sarr")
    owe(lease=lease, due_on=clock.today())
    household, day = lease.household, clock.today()
    worker = make_referent(household=household)
    log_contact(
        household=household, kind=ContactKind.CALL, day=day, request_key=uuid4(), actor=Actor.of(worker),
        note="Elle cherche un emploi.", level=NoteLevel.SHARED,
    )  # fmt: skip
    plan_contact(household=household, kind=ContactKind.HOME_VISIT, day=day, request_key=uuid4(), actor=Actor.of(worker))
    answer = signed_in(worker).get(reverse("social_link:contacts"))
    page = answer.content.decode()
    assert answer[KEEP] == day.isoformat()
    assert page.count(">Mme Sarr</a></strong>") == 1
    assert "Note partagée" in page
    assert "emploi" not in page
    assert "€" not in page
    # The visit of the day leads to its door.
    assert lease.unit.dwelling.building.street in page


def test_a_page_says_whose_it_is(yann: User) -> None:
    client = signed_in(yann)
    mine = client.get(reverse("maintenance:round"))
    assert mine[PERSON] == mark_of(Actor.of(yann))
    assert f'data-person="{mine[PERSON]}"' in mine.content.decode()
    assert signed_in(make_user(role=Role.TECHNICIAN)).get(reverse("maintenance:round"))[PERSON] != mine[PERSON]
    assert Client().get(reverse("account_login"))[PERSON] == NOBODY
    manager = signed_in(make_user(role=Role.RENTAL_MANAGER)).get(reverse("leases:households"))
    assert PERSON in manager
    assert "data-person" not in manager.content.decode()
    assert "phone.js" not in manager.content.decode()


def test_what_a_phone_needs_is_told_to_anybody_and_tells_nothing() -> None:
    client = Client()
    manifest = json.loads(client.get(reverse("devices:manifest")).content)
    assert (manifest["name"], manifest["lang"], manifest["display"]) == ("Ancrage", "fr", "standalone")
    for icon in manifest["icons"]:
        assert icon["src"].startswith("/static/common/icon")
    service = client.get(reverse("devices:service"))
    assert service["Service-Worker-Allowed"] == "/"
    assert service["Cache-Control"] == "no-cache"
    assert service["Content-Type"].startswith("text/javascript")
    assert "Hors ligne" in client.get(reverse("devices:offline")).content.decode()
    assert client.get(reverse("devices:token")).json()["person"] == NOBODY


def test_the_parts_that_are_kept_are_those_that_a_page_of_the_phone_asks_for(yann: User) -> None:
    service = signed_in(yann).get(reverse("devices:service")).content.decode()
    told = json.loads(service.split("self.ANCRAGE = ")[1].split(";\n")[0])
    ticket = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today())
    page = signed_in(yann).get(reverse("maintenance:job", args=[ticket.pk])).content.decode()
    asked = {piece.split('"')[0].split("#")[0] for piece in page.split('"/static/')[1:]}
    lacking = {f"/static/{name}" for name in asked} - set(told["shell"])
    assert lacking <= {path for path in lacking if "icon-192" in path or "django-htmx" in path}, lacking


def test_a_page_that_is_kept_ahead_is_not_read_yet(yann: User) -> None:
    manager = make_user(role=Role.RENTAL_MANAGER)
    ticket = make_ticket(lease=make_let(), problem="WATER_NONE")
    assign(ticket=ticket, to=yann, actor=Actor.of(manager))
    address, client = reverse("maintenance:job", args=[ticket.pk]), signed_in(yann)
    unseen = Notice.objects.filter(user=yann, seen_at=None)
    before = unseen.count()
    assert before
    client.get(address, headers={"Ancrage-Ahead": "1"})
    assert unseen.count() == before
    client.get(address)
    assert unseen.count() == before - 1


def test_the_outbox_is_told_what_became_of_a_form(yann: User) -> None:
    ticket, client = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today()), signed_in(yann)
    sent = {"seen": ticket.seen, "request_key": str(uuid4())}
    start = reverse("maintenance:job_start", args=[ticket.pk])
    done = {"state": "done", "to": reverse("maintenance:job", args=[ticket.pk])}
    assert client.post(start, sent, headers=OUTBOX).json() == done
    assert client.post(start, sent, headers=OUTBOX).json() == done, "the answer was lost: it is sent again"

    refused = client.post(start, sent | {"request_key": str(uuid4())}, headers=OUTBOX)
    assert refused.status_code == 422
    assert "déjà commencée" in refused.json()["text"]
    reused = client.post(start, sent | {"seen": "x"}, headers=OUTBOX)
    assert (reused.status_code, reused.json()["state"]) == (409, "refused")

    close = reverse("maintenance:job_close", args=[ticket.pk])
    wrong = client.post(close, {"seen": "x", "request_key": str(uuid4())}, headers=OUTBOX)
    assert wrong.status_code == 422
    assert "text/html" in wrong["Content-Type"]


def test_the_end_is_written_before_the_beginning_has_left(yann: User) -> None:
    """Without network both are written on one page, and leave in their order."""
    ticket, client = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today()), signed_in(yann)
    page = client.get(reverse("maintenance:job", args=[ticket.pk])).content.decode()
    assert "data-after-start hidden" in page
    assert f'name="seen" value="{ticket.seen_once_started}"' in page
    start = {"seen": ticket.seen, "request_key": str(uuid4())}
    client.post(reverse("maintenance:job_start", args=[ticket.pk]), start, headers=OUTBOX)
    end = {"seen": ticket.seen_once_started, "request_key": str(uuid4()), "outcome": "DONE", "paid_by": PaidBy.OPERATOR}
    told = client.post(reverse("maintenance:job_close", args=[ticket.pk]), end, headers=OUTBOX)
    assert told.json()["state"] == "done"
    ticket.refresh_from_db()
    assert ticket.state == TicketState.DONE


def test_the_end_is_refused_where_the_ticket_was_changed_meanwhile(yann: User) -> None:
    ticket, client = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today()), signed_in(yann)
    written = ticket.seen_once_started
    client.post(reverse("maintenance:job_start", args=[ticket.pk]), {"seen": ticket.seen, "request_key": str(uuid4())})
    ticket.refresh_from_db()
    ticket.planned_on = clock.today() + timedelta(days=1)
    ticket.save()
    end = {"seen": written, "request_key": str(uuid4()), "outcome": "DONE", "paid_by": PaidBy.OPERATOR}
    told = client.post(reverse("maintenance:job_close", args=[ticket.pk]), end, headers=OUTBOX)
    assert told.status_code == 422
