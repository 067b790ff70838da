"""Finding: a name and a verb in the search field, letters in the filters of a list, without a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Comes
from tests.browser.person import PHONE
from tests.factories import make_let

pytestmark = pytest.mark.browser


def test_a_verb_is_typed_and_the_desk_opens_with_the_sum(comes: Comes) -> None:
    make_let(name="Mme Zoé Vingtrois")
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/")
    page.keyboard.press("/")
    page.keyboard.type("encaisser vingtrois 120")
    first = page.locator("#resultats [role=option]").first
    expect(first).to_contain_text("Encaisser pour Mme Zoé Vingtrois")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/loyers/encaissements/\?menage=\d+&montant=120"))
    expect(page.locator("input[name=amount]")).to_have_value("120,00")


def test_letters_in_a_filter_change_the_list_and_the_field_keeps_its_focus(comes: Comes) -> None:
    for name in ("Mme Awa Vingtquatre", "M. Issa Vingtcinq"):
        make_let(name=name)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/menages/")
    page.evaluate("window.isTheSamePage = true")
    field, rows = page.locator("main input[name=q]"), page.locator("#liste tbody tr")
    field.click()
    page.keyboard.type("vingt")
    expect(rows).to_have_count(2)
    expect(page.locator("#combien")).to_have_text("2 ménages")
    page.keyboard.type("c")
    expect(rows).to_have_count(1)
    assert page.evaluate("document.activeElement.name") == "q"
    assert page.evaluate("window.isTheSamePage === true")
    expect(page).to_have_url(re.compile(r"q=vingtc"))
    page.reload()
    expect(rows).to_have_count(1)
    page.locator("main select[name=etat]").select_option("partis")
    expect(page.locator("#liste")).to_contain_text("Aucun ménage ici")


def test_results_are_wide_enough_for_a_thumb(comes: Comes) -> None:
    make_let(name="Mme Zoé Vingtrois")
    nadege = comes("nadege", size=PHONE)
    page = nadege.page
    nadege.go("/")
    page.locator("[data-search-field]").fill("vingtrois")
    options = page.locator("#resultats [role=option]")
    expect(options.first).to_be_visible()
    heights = [options.nth(n).bounding_box() for n in range(options.count())]
    assert min(box["height"] for box in heights if box) >= 44
    nadege.go("/menages/")
    for control in page.locator(".a-filters :is(input, select)").all():
        if box := control.bounding_box():
            assert box["height"] >= 44
