"""The twelve months of an account at every width, and the panel that opens beside a row."""

import pytest

from leases.models import Household, Occupancy
from rent_ledger.models import Account, ArrearsCase
from social_link.models import Alert
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE, WIDE, Person

pytestmark = pytest.mark.browser
# Pixels of each word of a chart as it stands in the window, and marks that stand out of the chart.
WORDS = """() => [...document.querySelectorAll('.a-strip-plot text')].filter((t) => t.checkVisibility())
  .map((t) => parseFloat(getComputedStyle(t).fontSize))"""
OUTSIDE = """() => [...document.querySelectorAll('.a-strip-plot :is(rect, text)')].filter((mark) => {
  if (!mark.checkVisibility()) return false;
  const box = mark.getBoundingClientRect(), plot = mark.ownerSVGElement.getBoundingClientRect();
  return box.left < plot.left - 2 || box.right > plot.right + 2;
}).map((mark) => mark.outerHTML)"""

TODAY_IS_SEEN = """() => {
  const today = document.querySelector('.a-chart .m-now').getBoundingClientRect();
  return today.left >= 0 && today.right <= innerWidth && document.documentElement.scrollWidth <= innerWidth;
}"""

# Strips of figures with a hole at the end of a row.
HOLES = """() => [...document.querySelectorAll('.a-figs')].filter((strip) => {
  const boxes = [...strip.children].map((figure) => figure.getBoundingClientRect());
  const right = strip.getBoundingClientRect().right;
  return boxes.some((box, at) => (!boxes[at + 1] || boxes[at + 1].top > box.top + 2) && box.right < right - 2);
}).map((strip) => strip.innerText)"""


def look(person: Person, path: str) -> None:
    for size in (WIDE, PHONE, NARROW):
        person.resize(size)
        person.go(path)
        words = person.page.evaluate(WORDS)
        assert words, path
        assert min(words) >= 11, (path, size)
        assert person.page.evaluate(OUTSIDE) == []
        person.page.locator(".a-strip summary").first.click()
        assert person.page.locator(".a-strip table tbody tr").first.is_visible()
        person.assert_clean()


def test_the_twelve_months_are_read_at_every_width(comes: Comes) -> None:
    nadege = comes("nadege")
    case = ArrearsCase.objects.filter(closed_on=None).earliest("pk")
    for path in (
        f"/menages/{case.account.household_id}/",
        f"/loyers/impayes/dossiers/{case.pk}/",
        f"/loyers/comptes/{case.account_id}/releve/",
        "/",
    ):
        look(nadege, path)


def test_the_frieze_of_a_dwelling_begins_at_today(comes: Comes) -> None:
    nadege = comes("nadege")
    case = ArrearsCase.objects.filter(closed_on=None).earliest("pk")
    stay = Occupancy.objects.filter(household=case.account.household_id).latest("pk")
    for size in (WIDE, PHONE):
        nadege.resize(size)
        nadege.go(f"/parc/logements/{stay.dwelling_id}/")
        nadege.page.locator(".a-chart .m-now").wait_for(state="attached")
        assert nadege.page.evaluate(TODAY_IS_SEEN), size


def test_figures_fill_their_strip_on_a_tablet(comes: Comes) -> None:
    """Five at a household, four at a run and a statement, three at a case."""
    nadege = comes("nadege")
    case = ArrearsCase.objects.filter(closed_on=None).earliest("pk")
    for width in (768, 1024):
        nadege.resize((width, 900))
        for path in (
            f"/menages/{case.account.household_id}/",
            "/loyers/quittancement/",
            f"/loyers/comptes/{case.account_id}/releve/",
            f"/loyers/impayes/dossiers/{case.pk}/",
        ):
            nadege.go(path)
            assert nadege.page.locator(".a-figs").count(), path
            assert nadege.page.evaluate(HOLES) == [], (width, path)


def test_an_alert_shows_them_too_and_the_director_his_line(comes: Comes) -> None:
    alert = Alert.objects.exclude(case=None).earliest("pk")
    look(comes("helene"), f"/social/alertes/{alert.pk}/")
    look(comes("marc"), "/")


def test_a_row_opens_its_proof_beside_the_page_and_escape_comes_back_to_it(comes: Comes) -> None:
    nadege = comes("nadege")
    household = Household.objects.get(name__contains="Vernoux")
    account = Account.objects.filter(household=household).earliest("pk")
    page = nadege.page
    for size in (WIDE, PHONE):
        nadege.resize(size)
        nadege.go(f"/loyers/comptes/{account.pk}/releve/")
        row = page.locator("#t-compte ~ table tbody th a, .a-table tbody th a.a-drill").first
        title = row.inner_text()
        row.focus()
        page.keyboard.press("Enter")
        panel = page.get_by_role("dialog", name=title)
        panel.wait_for()
        assert "/releve/" in page.url
        nadege.assert_clean()
        page.keyboard.press("Escape")
        panel.wait_for(state="hidden")
        assert row.evaluate("(link) => link === document.activeElement")


def test_without_script_the_proof_is_a_page(comes: Comes) -> None:
    nadege = comes("nadege")
    account = Account.objects.filter(household__name__contains="Vernoux").earliest("pk")
    nadege.go(f"/loyers/comptes/{account.pk}/releve/")
    address = nadege.page.locator("a.a-drill").first.get_attribute("href")
    assert address
    nadege.go(address)
    assert nadege.page.get_by_role("heading", level=1).is_visible()
    nadege.assert_clean()
