"""The filters of a list are kept under a name, and found again as a chip in its head."""

import re

import pytest
from playwright.sync_api import expect

from office.models import SavedView
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", ["/menages/", "/technique/demandes/", "/loyers/impayes/"])
def test_what_was_filtered_without_a_reload_is_what_the_chip_opens(comes: Comes, path: str) -> None:
    nadege = comes("nadege", size=PHONE)
    page = nadege.page
    nadege.go(path)
    views = page.locator("#vues")
    expect(views.get_by_text("Garder ces filtres")).to_be_visible()
    page.evaluate("history.replaceState(null, '', location.pathname + '?tri=-solde&q=sarr')")
    views.get_by_text("Garder ces filtres").click()
    views.get_by_label("Nom de la vue").fill("Ma vue")
    views.get_by_role("button", name="Garder", exact=True).click()
    chip = views.get_by_role("link", name="Ma vue", exact=True)
    expect(chip).to_be_visible()
    assert SavedView.objects.latest("pk").query == "tri=-solde"
    chip.click()
    expect(page).to_have_url(re.compile(re.escape(f"{path}?tri=-solde") + "$"))
    nadege.assert_clean()


def test_a_view_that_is_taken_out_comes_back(comes: Comes) -> None:
    nadege = comes("nadege", size=NARROW)
    page = nadege.page
    nadege.go("/menages/?tri=-solde")
    page.locator("#vues").get_by_text("Garder ces filtres").click()
    page.locator("#vues").get_by_label("Nom de la vue").fill("À retirer")
    page.locator("#vues").get_by_role("button", name="Garder", exact=True).click()
    page.locator("#vues").get_by_role("link", name="Mes vues").click()
    row = page.locator("#contenu .a-list li", has_text="À retirer")
    row.get_by_role("button", name="Retirer").click()
    expect(page.get_by_text("La vue « À retirer » est retirée.").first).to_be_visible()
    expect(row).to_have_count(0)
    page.locator("#messages").get_by_role("button", name=re.compile("Annuler")).click()
    expect(row).to_be_visible()
    nadege.assert_clean()
