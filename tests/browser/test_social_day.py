"""An alert, from the social worker who takes it to the manager who sees what was held; and the technician's door."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from common import clock
from leases.models import Household
from maintenance.models import Ticket
from social_link.models import Alert, Contact
from tests.browser.conftest import Comes, Picture
from tests.browser.person import PHONE
from tests.factories import make_picture

pytestmark = pytest.mark.browser


def test_an_alert_is_taken_a_visit_noted_the_letters_held(comes: Comes, picture: Picture) -> None:
    household = Household.objects.get(name__contains="Delaunoy")
    alert = Alert.objects.get(household=household)
    camille = comes("camille")
    page = camille.page
    camille.go("/")
    camille.assert_clean()
    picture(page, "accueil-social")

    camille.go("/social/alertes/")
    camille.assert_clean()
    page.get_by_role("listitem").filter(has_text="Delaunoy").get_by_role("button", name="Je prends").click()
    expect(page.locator("#messages")).to_contain_text("est à vous")
    page.get_by_role("listitem").filter(has_text="Delaunoy").get_by_role("link", name="Répondre").click()
    expect(page.get_by_text("Prise par vous").first).to_be_visible()
    camille.assert_clean()
    picture(page, "alerte")

    page.get_by_role("link", name="Noter un contact").click()
    page.get_by_text("Visite à domicile").click()
    page.get_by_role("textbox", name="Note").fill("Facture d’eau à revoir ensemble")
    camille.assert_clean()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#messages")).to_contain_text("Contact noté")
    camille.assert_clean()
    assert Contact.objects.filter(household=household, kind="VISIT", is_planned=False).count() == 1

    camille.go(f"/social/alertes/{alert.pk}/")
    until = clock.today() + timedelta(days=12)
    page.get_by_role("group", name="Contact pris avec le ménage").get_by_text("Oui", exact=True).click()
    page.get_by_text("Autres causes").first.click()
    page.get_by_text("Perte d’emploi").first.click()
    page.get_by_text("Jusqu’à un jour").click()
    page.get_by_label("Relances en pause jusqu’au").fill(f"{until:%d/%m/%Y}")
    page.get_by_label("Prochaine étape").first.select_option(label="Rendez-vous budget")
    page.get_by_label("Jour de cette étape").first.fill(f"{until:%d/%m/%Y}")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_text("Ce que voit la gestion locative")).to_be_visible()
    camille.assert_clean()

    nadege = comes("nadege")
    nadege.go("/loyers/impayes/?situation=pause")
    expect(nadege.page.get_by_role("row").filter(has_text="Delaunoy").first).to_contain_text("pause")
    nadege.assert_clean()
    nadege.go(f"/menages/{household.pk}/")
    expect(nadege.page.get_by_role("main")).to_contain_text("pause")
    expect(nadege.page.get_by_role("main")).not_to_contain_text("Facture d’eau")
    nadege.assert_clean()


def test_a_contact_in_four_taps_at_360(comes: Comes, picture: Picture) -> None:
    camille = comes("camille", size=PHONE, has_touch=True)
    page = camille.page
    camille.go("/social/contacts/nouveau/?q=Delaunoy")
    camille.assert_clean()
    page.get_by_role("link", name=re.compile("Delaunoy")).first.tap()
    page.get_by_text("Appel", exact=True).tap()
    camille.assert_clean()
    picture(page, "contact")
    page.get_by_role("button", name="Enregistrer").tap()
    expect(page.locator("#messages")).to_contain_text("Contact noté")
    camille.assert_clean()
    assert Contact.objects.filter(household__name__contains="Delaunoy", kind="CALL").count() == 1


def test_the_technician_closes_a_ticket_at_360_and_sends_a_signal(comes: Comes, picture: Picture) -> None:
    ticket = Ticket.objects.get(household__name__contains="Delaunoy")
    yann = comes("yann", size=PHONE, has_touch=True)
    page = yann.page
    yann.go("/technique/tournee/")
    yann.assert_clean()
    picture(page, "tournee")
    yann.go(f"/technique/tournee/{ticket.pk}/")
    yann.assert_clean()
    page.get_by_role("button", name="Humidité, danger").tap()
    expect(page.locator("#messages")).to_contain_text("Reçu")
    yann.assert_clean()
    assert ticket.household is not None
    assert ticket.household.signals.filter(kind="DANGER").count() == 1

    page.get_by_role("button", name="Commencer").tap()
    expect(page.get_by_role("heading", name="2. Travail fait")).to_be_visible()
    yann.assert_clean()
    page.get_by_role("textbox", name="Travail fait").fill("Joint du siphon remplacé")
    page.get_by_label("Après le travail").set_input_files(
        {"name": "siphon.jpg", "mimeType": "image/jpeg", "buffer": make_picture().getvalue()}
    )
    expect(page.locator("#photos-liste img")).to_have_count(1)
    page.get_by_text("Association", exact=True).tap()
    yann.assert_clean()
    picture(page, "intervention")
    page.get_by_role("button", name="Clore l’intervention").tap()
    expect(page.locator("#messages")).to_contain_text("Passage clos")
    yann.assert_clean()
    ticket.refresh_from_db()
    assert ticket.state == "DONE"
    assert not ticket.is_open
