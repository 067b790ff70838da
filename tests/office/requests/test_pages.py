"""Forms of the phone and files of the bank: sent twice, done once."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from common import clock
from common.errors import Busy
from maintenance.models import Ticket
from maintenance.tickets.codes import TicketState
from maintenance.tickets.services.tickets import start
from office.access.actor import Actor
from office.access.codes import Role
from office.models import SentRequest
from office.requests import pages
from rent_ledger.models import BankFile
from tests.factories import make_bank_account, make_let, make_ticket, make_user
from tests.rent_ledger.banking import camt, movement, written

pytestmark = pytest.mark.django_db
AGAIN = "Cet envoi était déjà reçu"


@pytest.fixture
def yann():
    return make_user(role=Role.TECHNICIAN)


@pytest.fixture
def phone(yann) -> Client:
    client = Client()
    client.force_login(yann)
    return client


def job(yann, *, running: bool = False) -> Ticket:
    ticket = make_ticket(lease=make_let(), technician=yann, planned_on=clock.today())
    if running:
        start(ticket=ticket, actor=Actor.of(yann), seen=ticket.seen)
        ticket.refresh_from_db()
    return ticket


def send(client: Client, name: str, ticket: Ticket, **given: object):
    return client.post(reverse(f"maintenance:{name}", args=[ticket.pk]), given, follow=True)


def test_nobody_at_the_door_is_noted_once(phone, yann) -> None:
    ticket, key = job(yann), uuid4()
    given = {"seen": ticket.seen, "request_key": key}
    assert "Absence notée" in send(phone, "job_absent", ticket, **given).content.decode()
    again = send(phone, "job_absent", ticket, **given)
    assert AGAIN in again.content.decode()
    assert again.redirect_chain[-1][0] == reverse("maintenance:round")
    assert ticket.interventions.count() == 1


def test_a_page_says_that_the_first_send_is_still_at_work(phone, yann, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: object) -> None:
        raise Busy("Cet envoi est déjà en cours.")

    monkeypatch.setattr(pages, "once", busy)
    ticket = job(yann)
    page = send(phone, "job_absent", ticket, seen=ticket.seen, request_key=uuid4())
    assert (page.status_code, page["Retry-After"]) == (409, "5")
    assert "Cet envoi est déjà en cours." in page.content.decode()


def test_the_key_of_another_content_gives_a_page_that_says_so(phone, yann) -> None:
    ticket, key = job(yann, running=True), uuid4()
    send(phone, "job_signal", ticket, kind="DANGER", request_key=key)
    answer = send(phone, "job_signal", ticket, kind="TENSION", request_key=key)
    assert answer.status_code == 409
    assert "Ce formulaire a déjà servi" in answer.content.decode()
    assert ticket.signals.count() == 1


def test_a_form_completed_after_its_send_is_refused_as_it_was_filled(phone, yann) -> None:
    ticket, key = job(yann, running=True), uuid4()
    given = {"seen": ticket.seen, "request_key": key, "outcome": "DONE", "paid_by": "LANDLORD"}
    assert send(phone, "job_close", ticket, report="Joint changé.", **given).status_code == 200
    answer = send(phone, "job_close", ticket, report="Joint changé, siphon nettoyé.", **given)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Joint changé, siphon nettoyé." in page
    assert "n’est pas enregistré" in page
    ticket.refresh_from_db()
    assert ticket.interventions.get().report == "Joint changé."


def test_a_form_to_correct_keeps_its_key_free(phone, yann) -> None:
    ticket, key = job(yann, running=True), uuid4()
    given = {"seen": ticket.seen, "request_key": key, "outcome": "DONE", "report": "Joint changé."}
    assert send(phone, "job_close", ticket, **given).status_code == 422
    assert not SentRequest.objects.exists()
    assert send(phone, "job_close", ticket, paid_by="LANDLORD", **given).status_code == 200
    ticket.refresh_from_db()
    assert ticket.state == TicketState.DONE


def test_a_form_without_its_key_is_not_read(phone, yann) -> None:
    ticket = job(yann)
    assert send(phone, "job_absent", ticket, seen=ticket.seen).status_code == 400
    assert send(phone, "job_absent", ticket, seen=ticket.seen, request_key="x").status_code == 400
    ticket.refresh_from_db()
    assert ticket.state == TicketState.ASSIGNED


def test_a_file_of_the_bank_sent_by_a_double_click_leads_to_its_statement() -> None:
    client, key = Client(), uuid4()
    client.force_login(make_user(role=Role.RENTAL_MANAGER))
    data = camt(written(make_bank_account(), movement("10.00")))

    def drop():
        sent = {"file": SimpleUploadedFile("releve.xml", data), "request_key": key}
        return client.post(reverse("rent_ledger:bank_upload"), sent, follow=True)

    first, again = drop(), drop()
    assert again.redirect_chain == first.redirect_chain
    assert (AGAIN in again.content.decode(), BankFile.objects.count()) == (True, 1)


def forms(client: Client, address: str) -> dict[str, bool]:
    """Address that a form is sent to → it has a key; those of the views that ask for one."""
    text = client.get(address).content.decode()
    found = {}
    for attributes, body in re.findall(r"<form\b([^>]*)>(.*?)</form>", text, re.S):
        action = re.search(r'action="([^"]+)"', attributes)
        target = action[1] if action else address
        if getattr(resolve(target).func, "asks_for_key", False):
            found[target] = 'name="request_key" value="' in body
    return found


def test_each_form_whose_view_asks_for_a_key_has_one(phone, yann) -> None:
    waiting, running = job(yann), job(yann, running=True)
    names = {
        reverse(f"maintenance:{name}", args=[ticket.pk])
        for name, ticket in [
            ("job_start", waiting), ("job_absent", waiting), ("job_close", waiting), ("job_signal", waiting),
            ("job_absent", running), ("job_close", running), ("job_signal", running),
        ]
    }  # fmt: skip
    pages = ["round", "signal"]
    seen = forms(phone, reverse("maintenance:job", args=[waiting.pk]))
    seen |= forms(phone, reverse("maintenance:job", args=[running.pk]))
    assert set(seen) == names
    for name in pages:
        seen |= forms(phone, reverse(f"maintenance:{name}"))
    manager = Client()
    manager.force_login(make_user(role=Role.RENTAL_MANAGER))
    seen |= forms(manager, reverse("rent_ledger:bank_upload"))
    assert set(seen) == names | {reverse("rent_ledger:bank_upload")}
    assert all(seen.values()), seen
