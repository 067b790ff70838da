"""Two measures that a text holds: an IML, signed with the contract of the dwelling and not before the State agreed; a
MASP 2, whose contract three people sign."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.periods import add_months
from leases.models import Household
from social_link.measures.codes import MeasureKind
from social_link.measures.services.referents import set_referent
from social_link.models import MaspContract, Measure
from tests.browser.conftest import Comes
from tests.browser.house import actor, colleague
from tests.browser.person import PHONE, WIDE, Person
from tests.factories import make_building, make_dwelling, make_lease

pytestmark = pytest.mark.browser


LABELS = {"start": "Début", "end": "Fin prévue"}


def _french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _open(person: Person, household: Household, kind: MeasureKind, **days: date) -> None:
    """The page of a new measure, filled: what each kind asks."""
    page = person.page
    person.go(f"/menages/{household.pk}/social/")
    page.get_by_role("link", name="Ouvrir une mesure").first.click()
    page.get_by_role("combobox", name="Mesure").select_option(label=kind.label)
    for label, day in days.items():
        page.get_by_label(LABELS[label]).fill(_french(day))


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_an_iml_waits_for_the_state_and_is_signed_with_the_contract(comes: Comes, size: tuple[int, int]) -> None:
    today = clock.today()
    dwelling = make_dwelling(building=make_building(street="7 quai des Brumes"))
    lease = make_lease(active=False, ready=False, unit=dwelling.units.get(), from_day=today + timedelta(days=3))
    household = lease.household
    set_referent(household=household, user=colleague("camille"), from_day=today, actor=actor("helene"))
    camille = comes("camille", size=size)
    camille.expected.add(422)
    page = camille.page
    _open(camille, household, MeasureKind.IML, start=today, end=add_months(today, 6))
    camille.assert_clean()
    page.get_by_role("button", name="Ouvrir la mesure").click()
    expect(page.get_by_role("main")).to_contain_text("accord")
    camille.assert_clean()
    page.get_by_label("Accord préalable du").fill(_french(today - timedelta(days=2)))
    page.get_by_role("button", name="Ouvrir la mesure").click()
    expect(page.locator("#messages")).to_contain_text("Mesure ouverte")
    expect(page.get_by_text("Avant l’entrée")).to_be_visible()
    camille.assert_clean()

    # Its contract is signed with that of the dwelling, which nobody has signed.
    page.get_by_role("link", name="Compléter").click()
    page.get_by_label("Contrat signé le").fill(_french(today))
    page.get_by_role("button", name="Compléter").click()
    expect(page.get_by_role("main")).to_contain_text("Aucun bail de ce ménage n’est signé")
    camille.assert_clean()
    nadege = comes("nadege", size=size)
    nadege.go(f"/menages/baux/{lease.pk}/")
    nadege.page.locator("#fait-CONTRACT").fill(_french(today - timedelta(days=1)))
    nadege.page.locator("#fait-CONTRACT").press("Enter")
    expect(nadege.page.locator("#coche-CONTRACT")).to_be_visible()
    nadege.assert_clean()
    page.get_by_role("button", name="Compléter").click()
    expect(page.get_by_role("main")).to_contain_text(f"est signé le {_french(today - timedelta(days=1))}")
    camille.assert_clean()
    page.get_by_label("Contrat signé le").fill(_french(today - timedelta(days=1)))
    page.get_by_role("button", name="Compléter").click()
    expect(page.get_by_role("main")).to_contain_text(f"avec le bail {lease.reference}")
    expect(page.get_by_text("Avant l’entrée")).to_have_count(0)
    camille.assert_clean()
    # The day of the contract stays while the measure stands on it: management is told that much.
    nadege.page.locator("#coche-CONTRACT").click()
    expect(nadege.page.get_by_role("main")).to_contain_text("Un accompagnement est signé avec ce bail")
    nadege.assert_clean()
    row = Measure.objects.get(household=household)
    assert (row.signed_on, row.lease) == (today - timedelta(days=1), lease)


def _draw(page: Page) -> None:
    """A signature on the screen, with the mouse."""
    pad = page.locator(".a-sign svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    for step in range(6):
        page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 30 + 15 * (step % 2))
    page.mouse.up()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_masp_2_is_signed_by_three(comes: Comes, size: tuple[int, int]) -> None:
    today = clock.today()
    camille = comes("camille", size=size)
    camille.expected.add(422)
    page = camille.page
    household = Household.objects.get(name__contains="Delaunoy")
    Measure.objects.filter(household=household).delete()
    _open(camille, household, MeasureKind.MASP2, start=today, end=add_months(today, 5) - timedelta(days=1))
    page.get_by_role("radio", name="Aucun de ces cas").check()
    page.get_by_role("button", name="Ouvrir la mesure").click()
    expect(page.get_by_role("main")).to_contain_text("6 mois au moins")
    camille.assert_clean()
    page.get_by_label("Fin prévue").fill(_french(add_months(today, 24)))
    page.get_by_role("button", name="Ouvrir la mesure").click()
    expect(page.get_by_role("main")).to_contain_text("24 mois au plus")
    page.get_by_label("Fin prévue").fill(_french(add_months(today, 12) - timedelta(days=1)))
    page.get_by_role("button", name="Ouvrir la mesure").click()
    expect(page.locator("#messages")).to_contain_text("Mesure ouverte")
    page.get_by_role("link", name="Écrire…").click()
    camille.assert_clean()
    page.get_by_text("Sa santé et sa sécurité").click()
    page.get_by_label("Accord de la personne du").fill(_french(today))
    for words in ("Budget", "Loyer", "RSA", "Aide au logement", "Énergie et eau"):
        page.get_by_text(words, exact=True).click()
    page.get_by_role("button", name="Enregistrer le contrat").click()
    expect(page.locator("#messages")).to_contain_text("Le contrat de MASP 2 est à jour")
    expect(page.get_by_role("main")).to_contain_text("Loyer et charges courantes")
    camille.assert_clean()

    page.get_by_role("button", name="Préparer le contrat").click()
    expect(page.get_by_text("À signer", exact=True).first).to_be_visible()
    camille.assert_clean()
    parties = {"le ménage": "Irène Delaunoy", "l’association": "Camille Rousseau", "le Département": "Mme Weiss"}
    for party, who in parties.items():
        # It runs once everybody has signed, and not before.
        assert Measure.objects.get(household=household).signed_on is None
        page.get_by_role("radio", name=party).check()
        page.get_by_label("Nom de la personne qui a signé").fill(who)
        if party == "le ménage":
            _draw(page)
        page.get_by_role("button", name="Noter la signature").click()
        expect(page.locator("#messages")).to_contain_text("Signature notée")
        camille.assert_clean()
    expect(page.get_by_text("Signé", exact=True).first).to_be_visible()
    row = Measure.objects.get(household=household)
    signed = row.agreements.get().signatures.order_by("pk")
    assert row.signed_on == today
    assert [(one.name, bool(one.stroke)) for one in signed] == [
        (who, party == "le ménage") for party, who in parties.items()
    ]
    contract = MaspContract.objects.get(measure=row)
    assert (contract.works_on, contract.benefits) == (["BUDGET", "RENT"], ["RSA", "HOUSING"])
    # The rent first, whatever was ticked after it.
    assert contract.uses == ["RENT", "ENERGY"]
