"""Who gets in, and what they find where there is nothing for them."""

import pytest
from playwright.sync_api import expect

from demo.people import PASSWORD
from leases.models import Household
from tests.browser.conftest import Comes, Picture
from tests.browser.person import PHONE

pytestmark = pytest.mark.browser


def test_sign_in_with_the_keyboard_alone(comes: Comes, picture: Picture) -> None:
    visitor = comes(None)
    page = visitor.page
    visitor.go("/")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    visitor.assert_clean()
    picture(page, "connexion")
    expect(page.get_by_label("Adresse électronique")).to_be_focused()
    page.keyboard.type("nadege@rive-neuve.example")
    page.keyboard.press("Tab")
    if page.evaluate("document.activeElement.tagName") == "A":  # « Mot de passe oublié ? » stands before the field
        page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bonjour Nadège")
    visitor.assert_clean()

    # The first Tab of a page leads past the menu.
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#contenu"


def test_a_wrong_password_is_told_in_french(comes: Comes) -> None:
    visitor = comes(None, size=PHONE)
    visitor.go("/compte/login/")
    visitor.page.get_by_label("Adresse électronique").fill("nadege@rive-neuve.example")
    visitor.page.get_by_label("Mot de passe", exact=True).fill("pas celui-ci")
    visitor.page.get_by_role("button", name="Continuer").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("mot de passe")
    visitor.assert_clean()


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("yann", "/loyers/impayes/"),
        ("camille", "/loyers/banque/"),
        ("nadege", "/social/alertes/"),
        ("ccas", "/menages/"),
    ],
)
def test_the_wrong_role_is_told_in_french(comes: Comes, who: str, path: str) -> None:
    person = comes(who)
    person.go(path, status=403)
    expect(person.page.locator("html")).to_have_attribute("lang", "fr")
    expect(person.page.get_by_role("heading", level=1)).to_contain_text("rôle")
    person.assert_clean()
    person.resize(PHONE)
    person.assert_clean()


def test_nothing_there(comes: Comes) -> None:
    nadege = comes("nadege")
    beyond = Household.objects.order_by("-pk").first().pk + 1000  # type: ignore[union-attr]
    for path in (f"/menages/{beyond}/", "/nulle-part/"):
        nadege.go(path, status=404)
        expect(nadege.page.get_by_role("heading", level=1)).to_be_visible()
        expect(nadege.page.get_by_role("link").first).to_be_visible()
        nadege.assert_clean()


def test_a_name_of_one_long_word_fits_a_phone(comes: Comes) -> None:
    household = Household.objects.filter(leases__isnull=False).order_by("pk").first()
    assert household is not None
    Household.objects.filter(pk=household.pk).update(name="Mme " + "Rakotonirina" * 8)
    page = f"/menages/{household.pk}/"
    for who, paths in {"nadege": (page, f"{page}technique/", "/menages/"), "helene": (f"{page}social/",)}.items():
        person = comes(who, size=PHONE)
        for path in paths:
            person.go(path)
            assert person.overflow() == []


def test_the_chosen_theme_stays(comes: Comes, picture: Picture) -> None:
    nadege = comes("nadege", color_scheme="dark")
    page = nadege.page
    nadege.go("/loyers/impayes/?situation=tous")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    picture(page, "impayes-sombre")
    nadege.assert_clean()
    page.evaluate("localStorage.setItem('ancrage.theme', 'light')")
    nadege.go("/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")
    nadege.assert_clean()


def test_after_signing_out_the_button_back_shows_no_household(usual_comes: Comes) -> None:
    """The next person at the same desk, in a browser that keeps pages alive."""
    nadege = usual_comes("nadege")
    page, household = nadege.page, Household.objects.order_by("pk")[3]
    nadege.go(f"/menages/{household.pk}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(household.name)
    page.evaluate("document.querySelector('form[action*=\"logout\"]').submit()")
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    assert household.name not in page.content()
