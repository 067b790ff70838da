"""The phone of who works outside, without network: the day is read, what is written waits and leaves once."""

import time
from collections.abc import Callable
from datetime import time as clock_time
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from common import clock
from leases.models import Household
from maintenance.models import Photo, Ticket
from maintenance.tickets.codes import Priority, TicketState
from social_link.contacts.services import complete_contact, plan_contact
from social_link.models import Contact, Referent
from tests.browser.conftest import Comes
from tests.browser.house import actor, colleague
from tests.browser.person import PHONE, Person
from tests.browser.test_photos import file
from tests.factories import make_picture, make_ticket

pytestmark = pytest.mark.browser

KEPT = "async () => (await (await caches.open('ancrage-pages')).keys()).map((r) => new URL(r.url).pathname)"
WAITS = "async () => (await (await idb.openDB('ancrage-phone', 1)).getAll('outbox')).length"


@pytest.fixture
def given(house: None) -> Ticket:
    return make_ticket(technician=colleague("yann"), planned_on=clock.today())


def until(page: Page, script: str, is_so: Callable[[Any], bool], *, seconds: int = 30) -> None:
    """Wait until what the phone keeps is so."""
    end = time.monotonic() + seconds
    while not is_so(found := page.evaluate(script)):
        assert time.monotonic() < end, found
        page.wait_for_timeout(100)


def ready(person: Person, ticket: Ticket) -> str:
    """The round was opened with network, and its jobs are kept."""
    job = f"/technique/tournee/{ticket.pk}/"
    person.go("/technique/tournee/")
    until(person.page, KEPT, lambda paths: {"/technique/tournee/", job} <= set(paths))
    return job


def test_the_round_is_read_without_network(comes: Comes, given: Ticket) -> None:
    yann = comes("yann", size=PHONE)
    job = ready(yann, given)
    page = yann.page
    page.context.set_offline(True)
    page.goto(yann.base + "/technique/tournee/")
    expect(page.locator(".a-net")).to_contain_text("Hors ligne : page de")
    page.goto(yann.base + job)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    yann.assert_clean()
    page.goto(yann.base + "/technique/demandes/")
    expect(page.get_by_role("heading", name="Hors ligne")).to_be_visible()
    expect(page.get_by_role("link", name="Ma tournée")).to_be_visible()
    yann.was_offline()
    page.context.set_offline(False)
    page.goto(yann.base + "/technique/tournee/")
    expect(page.locator(".a-net")).to_be_hidden()


def test_what_was_kept_goes_with_its_person(comes: Comes, given: Ticket) -> None:
    yann = comes("yann", size=PHONE)
    ready(yann, given)
    page = yann.page
    # The session was ended elsewhere: the next page is that of the sign-in, and nothing is left.
    page.context.clear_cookies()
    page.goto(yann.base + "/technique/tournee/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    until(page, KEPT, lambda paths: paths == ["/appareil/qui"])
    page.context.set_offline(True)
    page.goto(yann.base + "/technique/tournee/")
    expect(page.get_by_role("heading", name="Hors ligne")).to_be_visible()
    yann.was_offline()


def test_signing_out_empties_the_phone(comes: Comes, given: Ticket) -> None:
    yann = comes("yann", size=PHONE)
    # The browser's own sending in the background would win the race now and then: no route of the page stops it.
    yann.page.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    job = ready(yann, given)
    page = yann.page
    # From here on: a question that the page asked a moment before would go through when the network comes back.
    page.context.route("**/appareil/jeton/", lambda route: route.abort())
    page.context.set_offline(True)
    page.goto(yann.base + job)
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    page.context.set_offline(False)
    out = page.get_by_role("button", name="Se déconnecter")
    page.get_by_role("button", name="Mon compte").click()
    out.click()
    expect(page.get_by_text("n’est pas parti")).to_be_visible()
    out.click()
    page.wait_for_url("**/compte/**")
    assert page.evaluate(KEPT) == ["/appareil/qui"]
    yann.was_offline()


def test_a_job_without_network_from_start_to_end(comes: Comes, given: Ticket) -> None:
    # The first of the day, framed.
    Ticket.objects.filter(pk=given.pk).update(planned_at=clock_time(0), priority=Priority.EMERGENCY)
    yann = comes("yann", size=PHONE)
    job = ready(yann, given)
    page = yann.page
    page.context.set_offline(True)
    page.goto(yann.base + job)
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    # Grey: to be without network is normal in a cellar.
    expect(page.locator(".a-net")).to_have_class("a-net is-neutral")
    expect(page.get_by_role("button", name="Clore l’intervention")).to_be_visible()
    page.get_by_label("Avant le travail").set_input_files(file("mur.jpg", make_picture(side=90).getvalue()))
    page.get_by_label("Après le travail").set_input_files(file("fini.jpg", make_picture(side=120).getvalue()))
    expect(page.locator(".a-net")).to_contain_text("3 envois en attente")
    page.get_by_role("textbox", name="Travail fait").fill("Joint changé")
    page.get_by_role("button", name="Clore l’intervention").click()
    page.wait_for_url("**/technique/tournee/")
    expect(page.locator(".a-net")).to_contain_text("4 envois en attente")
    # Its card offers none of it again.
    card = page.locator(f'.a-job[data-chain="{job}"]')
    expect(card).to_contain_text("Clore l’intervention : attend le réseau")
    expect(card.get_by_role("button")).to_have_count(0)
    yann.was_offline()
    yann.assert_clean()
    page.get_by_role("button", name="Voir").click()
    expect(page.get_by_role("dialog").get_by_text("Attend le réseau")).to_have_count(4)
    yann.assert_clean()
    page.keyboard.press("Escape")
    page.context.set_offline(False)
    until(page, WAITS, lambda left: left == 0)
    given.refresh_from_db()
    assert given.state == TicketState.DONE
    assert Photo.objects.filter(intervention__ticket=given).count() == 2
    assert given.interventions.get().report == "Joint changé"


def test_a_signal_waits_and_leaves_once_with_what_was_tapped(comes: Comes, given: Ticket) -> None:
    yann = comes("yann", size=PHONE)
    page = yann.page
    given.signals.all().delete()
    yann.go("/technique/jai-vu/")
    until(page, KEPT, lambda paths: "/technique/jai-vu/" in paths)
    page.context.set_offline(True)
    door = page.locator(f"#vu-{given.pk}")
    if not door.is_visible():  # the household is chosen first
        page.locator("details.card").filter(has=door).locator("summary").first.click()
    door.get_by_role("button", name="Ne va pas bien").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    expect(door).to_contain_text("Ne va pas bien : attend le réseau")
    yann.was_offline()
    yann.assert_clean()
    page.context.set_offline(False)
    until(page, WAITS, lambda left: left == 0)
    assert [row.kind for row in given.signals.all()] == ["UNWELL"]


def _visits() -> list[Contact]:
    """Two visits of today in Camille's agenda."""
    camille, today = actor("camille"), clock.today()
    households = [
        referent.household for referent in Referent.objects.filter(user=camille.user_id, period__contains=today)[:2]
    ]
    return [
        plan_contact(household=household, kind="VISIT", day=today, request_key=uuid4(), actor=camille)
        for household in households
    ]


def test_visits_that_took_place_or_not_are_noted_without_network(comes: Comes, house: None) -> None:
    seen, missed = _visits()
    camille = comes("camille", size=PHONE)
    page = camille.page
    camille.go("/social/contacts/")
    until(page, KEPT, lambda paths: "/social/contacts/" in paths)
    page.context.set_offline(True)
    page.locator(f"#c{seen.pk}").get_by_role("button", name="Fait").click()
    expect(page.locator(f"#c{seen.pk}")).to_contain_text("Fait : attend le réseau")
    expect(page.locator(f"#c{seen.pk}").get_by_role("button", name="Fait")).to_be_hidden()
    page.locator(f"#c{missed.pk}").get_by_role("button", name="Absent").click()
    expect(page.locator(".a-net")).to_contain_text("2 envois en attente")
    camille.was_offline()
    camille.assert_clean()
    page.context.set_offline(False)
    until(page, WAITS, lambda left: left == 0)
    found = {row.pk: (row.kind, row.is_planned) for row in Contact.objects.filter(pk__in=[seen.pk, missed.pk])}
    assert found == {seen.pk: ("VISIT", False), missed.pk: ("ABSENCE", False)}


def test_a_visit_that_somebody_else_noted_is_told_and_not_written_over(comes: Comes, house: None) -> None:
    [seen, _] = _visits()
    camille = comes("camille", size=PHONE)
    page = camille.page
    camille.go("/social/contacts/")
    until(page, KEPT, lambda paths: "/social/contacts/" in paths)
    page.context.set_offline(True)
    page.locator(f"#c{seen.pk}").get_by_role("button", name="Absent").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    complete_contact(contact=seen, actor=actor("camille"))
    camille.expected.add(422)
    page.context.set_offline(False)
    expect(page.locator(".a-net")).to_contain_text("1 envoi à revoir", timeout=30_000)
    page.get_by_role("button", name="Voir").click()
    expect(page.get_by_role("dialog").get_by_text("déjà noté")).to_be_visible()
    seen.refresh_from_db()
    assert seen.kind == "VISIT"
    camille.was_offline()


def test_a_contact_is_noted_without_network_and_leaves_once(comes: Comes, house: None) -> None:
    household = Household.objects.get(name__contains="Delaunoy")
    before = household.contacts.count()
    camille = comes("camille", size=PHONE)
    page = camille.page
    path = f"/social/contacts/nouveau/{household.pk}/"
    camille.go(path)
    until(page, KEPT, lambda paths: path in paths)
    page.context.set_offline(True)
    page.get_by_text("Appel", exact=True).click()
    page.get_by_role("textbox", name="Note").fill("Rappelle jeudi")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    camille.was_offline()
    page.context.set_offline(False)
    until(page, WAITS, lambda left: left == 0)
    assert household.contacts.count() == before + 1
    assert household.contacts.latest("pk").notes.get().text == "Rappelle jeudi"
