"""The way of a household: referred, decided in commission, signed, renewed, ended, begun again, with both measures."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.periods import add_months
from leases.models import Household
from social_link.models import Measure, Referent
from tests.browser.conftest import Comes
from tests.browser.person import PHONE, WIDE

pytestmark = pytest.mark.browser


def _french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _step(page: Page, name: str) -> None:
    """Note one step of the referral."""
    step = page.locator("details").filter(has=page.get_by_text(name, exact=True))
    step.locator("summary").click()
    step.get_by_role("button", name="Noter").click()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_from_a_referral_to_a_second_measure(comes: Comes, size: tuple[int, int]) -> None:
    today = clock.today()
    camille, helene = comes("camille", size=size), comes("helene", size=size)
    page, head = camille.page, helene.page

    # A partner calls: whom, and what is asked.
    camille.go("/social/saisines/")
    page.get_by_role("link", name="Noter une saisine").first.click()
    page.get_by_label("Nom", exact=True).fill("Quintrec")
    page.get_by_label("Prénom").fill("Maëlle")
    page.get_by_label("Qui saisit").select_option(index=1)
    page.get_by_text("Accompagner l’entrée ou le maintien").click()
    camille.assert_clean()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Maëlle Quintrec")
    page.get_by_text("Personne inconnue").click()
    page.get_by_role("radio", name="Mme").check()
    page.get_by_role("button", name="Créer et rattacher").click()
    camille.assert_clean()
    _step(page, "En évaluation")
    _step(page, "En commission")
    camille.assert_clean()

    # The head plans a commission of today.
    helene.go("/social/commissions/")
    head.get_by_role("link", name="Prévoir une commission").first.click()
    head.get_by_role("combobox", name="Commission").select_option(label="Commission ASLL")
    head.get_by_label("Jour", exact=True).fill(_french(today))
    head.get_by_role("button", name="Prévoir").click()
    helene.assert_clean()
    commission = head.url

    # Asked from the referral: an ASLL of six months.
    page.reload()
    page.get_by_role("link", name="Inscrire à une commission…").click()
    page.get_by_label("Mesure demandée").select_option(label="ASLL")
    page.get_by_role("radio", name="Aucun de ces cas").check()
    page.get_by_role("button", name="Inscrire").click()
    camille.assert_clean()
    page.get_by_role("radio", name="Favorable", exact=True).check()
    page.get_by_role("button", name="Le dossier est prêt").click()
    camille.assert_clean()

    # The head holds it: granted from a day on, by one key.
    first = add_months(today, -5)
    head.goto(commission)
    head.get_by_role("link", name="Tenir la séance").click()
    helene.assert_clean()
    head.get_by_label("À compter du").fill(_french(first))
    head.get_by_role("heading", level=1).click()
    head.keyboard.press("o")
    expect(head.locator("#messages")).to_contain_text("oui.")
    helene.assert_clean()
    household = Household.objects.get(name__contains="Quintrec")
    row = Measure.objects.get(household=household)
    assert (row.kind, row.period.lower, row.planned_end) == ("ASLL", first, add_months(first, 6) - timedelta(days=1))
    # What was asked first is what it is for, and somebody follows the household.
    assert row.aims == ["KEEPING"]
    assert Referent.objects.get(household=household).user == row.referent

    # Prepared, signed by both on paper.
    camille.go(f"/social/mesures/{row.pk}/")
    page.get_by_role("button", name="Préparer le contrat").click()
    for party, who in (("le ménage", "Maëlle Quintrec"), ("l’association", "Camille Rousseau")):
        page.get_by_role("radio", name=party).check()
        page.get_by_label("Nom de la personne qui a signé").fill(who)
        page.get_by_role("button", name="Noter la signature").click()
        expect(page.locator("#messages")).to_contain_text("Signature notée")
    camille.assert_clean()

    # It ends soon: a further contract of the same measure.
    camille.go(f"/social/mesures/{row.pk}/")
    page.get_by_role("link", name="Renouveler…").click()
    page.get_by_label("Nouvelle fin prévue").fill(_french(add_months(first, 10) - timedelta(days=1)))
    page.get_by_role("radio", name="En bonne voie").check()
    page.get_by_role("radio", name="Accord", exact=True).press("Space")
    camille.assert_clean()
    page.get_by_role("button", name="Renouveler la mesure").click()
    camille.assert_clean()

    # It ends, with what was reached and what was said.
    page.get_by_role("link", name="Clore…").click()
    page.get_by_label("Dernier jour").fill(_french(today - timedelta(days=1)))
    page.get_by_role("radio", name="Objectifs atteints").check()
    page.get_by_label("Conseils et orientations").fill("Prélèvement au 5 du mois")
    page.get_by_role("button", name="Clore la mesure").click()
    camille.assert_clean()

    # The household asks again: the first measure stays, a second one begins.
    page.get_by_role("link", name="Demande de reprise…").click()
    page.get_by_role("radio", name="Le ménage").check()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Noter la demande").click()
    camille.assert_clean()
    page.get_by_label("Service").select_option("HOUSE")
    page.get_by_role("button", name="Orienter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ouvrir une mesure")
    page.get_by_role("radio", name="Aucun de ces cas").check()
    page.get_by_label("Début").fill(_french(today))
    page.get_by_label("Fin prévue").fill(_french(add_months(today, 6) - timedelta(days=1)))
    page.get_by_role("button", name="Ouvrir la mesure").click()
    camille.assert_clean()
    expect(page.get_by_role("main")).to_contain_text("reste lisible")
    camille.go(f"/menages/{household.pk}/social/")
    camille.assert_clean()
    first_one, second = Measure.objects.filter(household=household).order_by("period")
    assert (first_one.ended_on, first_one.advice) == (today - timedelta(days=1), "Prélèvement au 5 du mois")
    assert (second.period.lower, second.ended_on, second.aims) == (today, None, ["KEEPING"])
