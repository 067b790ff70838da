"""A visit without network: from the agenda to the door, to the request for a repair; then the network is back."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from common import clock
from maintenance.models import Ticket
from maintenance.tickets.codes import Source
from social_link.contacts.services import complete_contact, plan_contact
from social_link.models import Contact, Referent, Visit
from tests.browser.conftest import Comes
from tests.browser.house import actor
from tests.browser.person import PHONE, WIDE, Person
from tests.browser.test_phone_offline import KEPT, WAITS, until
from tests.browser.test_photos import file
from tests.factories import make_picture

pytestmark = pytest.mark.browser

AGENDA = "async () => (await (await caches.open('ancrage-pages')).match('/social/contacts/')).text()"
STORED = """async () => {
  const answer = (asked) => new Promise((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const base = await answer(indexedDB.open('ancrage-phone'));
  const rows = [];
  for (const name of base.objectStoreNames) {
    rows.push(...await answer(base.transaction(name).objectStore(name).getAll()));
  }
  base.close();
  const cache = await caches.open('ancrage-pages');
  const pages = await Promise.all((await cache.keys()).map(async (key) => (await cache.match(key)).text()));
  return JSON.stringify(rows) + pages.join('');
}"""


def _expected() -> Contact:
    """A visit of today in Camille's agenda."""
    camille, today = actor("camille"), clock.today()
    household = Referent.objects.filter(user=camille.user_id, period__contains=today)[0].household
    return plan_contact(household=household, kind="VISIT", day=today, request_key=uuid4(), actor=camille)


def _arrives(person: Person, row: Contact) -> str:
    """The agenda was opened with network, and its visits are kept."""
    path = f"/social/visites/{row.pk}/"
    person.go("/social/contacts/")
    until(person.page, KEPT, lambda paths: {"/social/contacts/", path} <= set(paths))
    return path


def _told(page: Page) -> None:
    page.get_by_text("Vue", exact=True).click()
    page.get_by_text("45 min", exact=True).click()
    damp = page.get_by_role("group", name="Humidité ou danger")
    damp.get_by_text("À traiter", exact=True).click()
    line = page.locator(".a-line").filter(has=damp)
    line.get_by_label("À réparer").select_option(label="Moisissures, infiltration")
    line.get_by_label("Photos du logement").set_input_files(file("mur.jpg", make_picture(side=90).getvalue()))
    page.get_by_role("textbox", name="Note").fill("Le mur du fond est noir")
    page.get_by_role("button", name="+2 semaines").first.click()


@pytest.mark.parametrize("size", [PHONE, WIDE])
def test_a_visit_without_network_arrives_whole_and_once(comes: Comes, house: None, size: tuple[int, int]) -> None:
    row = _expected()
    camille = comes("camille", size=size)
    page = camille.page
    _arrives(camille, row)
    page.context.set_offline(True)
    page.locator(f"#c{row.pk}").get_by_role("link", name="Visite").click()
    expect(page.locator(".a-net")).to_contain_text("Hors ligne : page de")
    _told(page)
    camille.was_offline()
    camille.assert_clean()
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    camille.was_offline()
    camille.assert_clean()
    page.context.set_offline(False)
    until(page, WAITS, lambda left: left == 0)
    expect(page.get_by_text("gardé sur ce téléphone")).to_have_count(0)
    # The agenda that was kept before the visit is kept anew: without network again, it is not offered a second time.
    until(page, AGENDA, lambda text: f'id="c{row.pk}"' not in text)
    visit = Visit.objects.get(contact=row)
    ticket = Ticket.objects.get(source=Source.VISIT, household=row.household_id, problem="MOULD")
    assert ticket.photos.count() == 1
    assert [seen.ticket for seen in visit.observations.all()] == [ticket]
    assert visit.contact.notes.get().text == "Le mur du fond est noir"
    assert row.household.contacts.filter(is_planned=True, author=row.author, request_key=visit.key_of("next")).exists()
    camille.go(f"/social/visites/{row.pk}/")
    expect(page.get_by_role("link", name=ticket.reference)).to_be_visible()
    camille.assert_clean()


def test_three_taps(comes: Comes, house: None) -> None:
    row = _expected()
    camille = comes("camille", size=PHONE, has_touch=True)
    page = camille.page
    camille.go("/social/contacts/")
    page.locator(f"#c{row.pk}").get_by_role("link", name="Visite").tap()
    page.get_by_text("Vue", exact=True).tap()
    page.get_by_role("button", name="Terminer").tap()
    expect(page.locator("#messages")).to_contain_text("notée")
    camille.assert_clean()
    row.refresh_from_db()
    assert (row.is_planned, row.outcome) == (False, "SEEN")
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator("#messages")).to_contain_text("de nouveau prévue")
    row.refresh_from_db()
    assert row.is_planned


def test_a_visit_that_was_noted_meanwhile_is_told_and_nothing_is_left_after_sign_out(comes: Comes, house: None) -> None:
    row = _expected()
    camille = comes("camille", size=PHONE)
    page = camille.page
    path = _arrives(camille, row)
    page.context.set_offline(True)
    page.goto(camille.base + path)
    _told(page)
    page.get_by_role("button", name="Terminer").click()
    expect(page.locator(".a-net")).to_contain_text("1 envoi en attente")
    complete_contact(contact=row, actor=actor("camille"))
    camille.expected.add(422)
    page.context.set_offline(False)
    expect(page.locator(".a-net")).to_contain_text("1 envoi à revoir", timeout=30_000)
    row.refresh_from_db()
    assert not Visit.objects.filter(contact=row).exists()
    assert "noir" in page.evaluate(STORED)
    # Asked once more, then all of it goes.
    page.get_by_role("button", name="Mon compte").click()
    out = page.get_by_role("button", name="Se déconnecter")
    out.click()
    expect(page.get_by_text("n’est pas parti")).to_be_visible()
    out.click()
    page.wait_for_url("**/compte/**")
    left = page.evaluate(STORED)
    for word in ("noir", row.household.name, path):
        assert word not in left
    camille.was_offline()
