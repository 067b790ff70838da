"""The forms of the house in a browser: chips, errors in its own words, what an answer will say, drafts."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from common import clock
from leases.models import Household
from rent_ledger.models import SocialAnswer
from social_link.models import Alert, Contact
from tests.browser.conftest import Comes
from tests.browser.person import PHONE

pytestmark = pytest.mark.browser


def _alert() -> Alert:
    return Alert.objects.get(household=Household.objects.get(name__contains="Delaunoy"))


def _take(person, alert: Alert) -> None:  # type: ignore[no-untyped-def]
    person.go(f"/social/alertes/{alert.pk}/")
    person.page.get_by_role("button", name="Je prends").click()
    expect(person.page.get_by_text("Prise par vous").first).to_be_visible()


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_an_answer_is_chosen_and_read_before_it_leaves(comes: Comes, size: tuple[int, int]) -> None:
    camille, alert = comes("camille", size=size), _alert()
    _take(camille, alert)
    page = camille.page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    button = page.get_by_role("button", name="Envoyer la réponse")
    button.click()
    contact = page.get_by_role("group", name="Contact pris avec le ménage")
    expect(contact).to_contain_text("Dites si vous avez eu un contact avec le ménage.")
    expect(contact.get_by_role("radio").first).to_be_focused()
    assert sent == []
    camille.assert_clean()
    contact.get_by_text("Oui", exact=True).click()
    expect(contact).not_to_contain_text("Dites si")

    leaves = page.locator("[aria-labelledby=t-transmis]")
    expect(leaves).to_contain_text("à choisir")
    page.get_by_text("Autres causes").first.click()
    page.locator("#reponse").get_by_text("Oubli").click()
    page.locator("#reponse").get_by_text("15 jours").click()
    page.get_by_label("Prochaine étape").first.select_option(label="Rendez-vous budget")
    form = page.locator("#reponse")
    form.locator("[data-into=id_next_step_on]", has_text="dans 2 semaines").click()
    step = clock.today() + timedelta(weeks=2)
    for words in ("Oui", "Oubli", "15 jours", f"Rendez-vous budget, {step:%d/%m/%Y}", "non demandé"):
        expect(leaves).to_contain_text(words)
    camille.assert_clean()
    button.click()
    expect(page.get_by_text("Ce que voit la gestion locative")).to_be_visible()
    answer = SocialAnswer.objects.latest("id")
    assert (answer.cause, answer.hold_until) == ("OVERSIGHT", clock.today() + timedelta(days=15))
    assert answer.next_step_on == step


def test_what_was_begun_is_there_again_and_gone_once_it_left(comes: Comes) -> None:
    camille, alert = comes("camille"), _alert()
    _take(camille, alert)
    page = camille.page
    page.locator("#reponse").get_by_role("textbox", name="Note privée").fill("Rappeler mardi")
    page.wait_for_timeout(600)
    page.reload()
    expect(page.locator("#reponse")).to_contain_text("Brouillon de")
    expect(page.locator("#reponse").get_by_role("textbox", name="Note privée")).to_have_value("Rappeler mardi")
    form = page.locator("#reponse")
    form.get_by_role("group", name="Contact pris avec le ménage").get_by_text("Pas encore").click()
    form.get_by_text("Autres causes").click()
    form.get_by_text("Perte d’emploi").click()
    form.get_by_text("Aucune", exact=True).first.click()
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_text("Ce que voit la gestion locative")).to_be_visible()
    page.get_by_role("button", name="Corriger ou reprendre").click()
    page.get_by_role("button", name="Reprendre la réponse", exact=True).click()
    expect(page.locator("#reponse")).to_be_visible()
    page.wait_for_timeout(600)
    expect(page.locator("#reponse")).not_to_contain_text("Brouillon de")


def test_a_contact_returns_where_one_came_from(comes: Comes) -> None:
    camille, alert = comes("camille", size=PHONE), _alert()
    camille.go(f"/social/alertes/{alert.pk}/")
    page = camille.page
    page.get_by_role("link", name="Noter un contact").click()
    page.get_by_text("Appel", exact=True).click()
    page.get_by_role("button", name="hier").click()
    camille.assert_clean()
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_url(f"{camille.base}/social/alertes/{alert.pk}/")
    called = Contact.objects.filter(household=alert.household, kind="CALL").latest("id")
    assert called.happened_on == clock.today() - timedelta(days=1)


def test_an_act_of_the_home_page_opens_what_it_asks(comes: Comes) -> None:
    camille = comes("camille", size=PHONE)
    camille.go(f"/social/alertes/{_alert().pk}/#deja-suivi")
    expect(camille.page.locator("#suivi")).to_be_visible()
    camille.assert_clean()


# The line that says what was done lies over what has the focus: over its first line, where it is a long text.
COVERED = """() => {
  const line = document.querySelector('.a-messages > *').getBoundingClientRect()
  const held = document.activeElement.getBoundingClientRect()
  return Math.min(held.bottom, held.top + 32) > line.top && held.top < line.bottom
}"""


def test_the_line_at_the_foot_covers_nothing_that_has_the_focus(comes: Comes) -> None:
    lise = comes("lise", size=PHONE)
    page = lise.page
    lise.go("/bureau/parametres/alert.ack_days/")
    for name, typed in (("since", "01/12/2027"), ("value", "6"), ("source", "Réunion")):
        page.locator(f"main [name={name}]").last.fill(typed)
    page.get_by_role("button", name="Mettre en vigueur").click()
    line = page.locator("#messages .a-note")
    expect(line).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    page.locator("main [name=since]").focus()
    for n in range(9):
        page.keyboard.press("Tab")
        # A browser takes its time to scroll.
        assert not all(page.evaluate(COVERED) for _ in range(10) if page.wait_for_timeout(100) is None), n
    expect(line).to_be_visible()
    lise.assert_clean()
