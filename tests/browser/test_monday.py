"""A Monday of the social worker: she signs in, takes an alert and plans a visit, from her home."""

from datetime import time, timedelta

import pytest
from playwright.sync_api import expect

from common import clock
from leases.models import Household
from social_link.contacts.agenda import holiday_on
from social_link.models import Alert, Contact
from tests.browser.conftest import Comes
from tests.browser.house import colleague
from tests.browser.person import PHONE, WIDE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_what_waits_is_done_from_the_home(comes: Comes, size: tuple[int, int]) -> None:
    household = Household.objects.get(name__contains="Delaunoy")
    camille = comes(None, size=size)
    page = camille.page
    camille.go("/compte/login/")
    page.locator("[name=login]").fill(colleague("camille").email)
    page.locator("[name=password]").fill("ancrage-demo")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    camille.assert_clean()

    # The alert, at once; its answer is the next line of the list.
    alert = Alert.objects.get(household=household)
    page.get_by_role("button", name="Je prends").click()
    expect(page.locator("#messages")).to_contain_text("est à vous")
    camille.assert_clean()
    camille.go("/")
    answers = page.locator("section").filter(has=page.get_by_role("heading", name="Réponses à donner"))
    expect(answers.get_by_role("listitem").filter(has_text="Delaunoy").first).to_be_visible()
    alert.refresh_from_db()
    assert alert.acknowledged_at is not None

    # Nobody saw her for too long: a visit, on the next working day.
    silent = page.get_by_role("listitem").filter(has_text="Delaunoy").filter(has_text="prévoir une visite").last
    silent.get_by_role("link", name="prévoir une visite").click()
    camille.assert_clean()
    day = clock.today()
    while day.weekday() > 4 or holiday_on(day):
        day += timedelta(days=1)
    page.get_by_label("Le", exact=True).fill(f"{day:%d/%m/%Y}")
    page.locator("[name=at]").fill("07:10")
    page.get_by_role("button", name="Prévoir").click()
    expect(page.locator("#messages")).to_contain_text("Prévu pour Mme Irène Delaunoy")
    visit = Contact.objects.get(household=household, is_planned=True, happened_on=day)
    assert (visit.kind, visit.author, visit.at_time) == ("VISIT", colleague("camille"), time(7, 10))

    # It stands in her week, and leads to the household.
    camille.go(f"/social/agenda/semaine/?jour={day}")
    expect(page.get_by_role("main")).to_contain_text("7 h 10")
    camille.assert_clean()
    page.get_by_role("main").get_by_role("link", name="Delaunoy").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Delaunoy")
    camille.assert_clean()
