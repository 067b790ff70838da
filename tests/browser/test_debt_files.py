"""The files of a debt, from the list to their end: a plan, a report to the payer, a procedure of overindebtedness."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from common import clock
from common.periods import Month, add_months
from office.access.actor import Actor
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.models import AccountState, ArrearsCase, RepaymentPlan
from tests.browser.conftest import Comes
from tests.factories import make_actor, make_let, make_right, owe

pytestmark = pytest.mark.browser


def _indebted(name: str, *, aid: str = "") -> ArrearsCase:
    """Three terms of 200.00, the last one of last month."""
    month = Month.of(clock.today())
    lease = make_let(name=name, rent="300.00", charges="0.00", start=month.plus(-12).first)
    if aid:
        make_right(lease=lease, amount=aid, start=month.plus(-12).first)
    for back in (3, 2, 1):
        account = owe(lease=lease, due_on=month.plus(-back).first, amount="200.00")
    detect_arrears(day=clock.today(), actor=Actor.system(), account_ids=[account])
    return ArrearsCase.objects.get(account=account)


def _french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def test_a_plan_from_what_if_to_signed_and_broken(comes: Comes) -> None:
    case = _indebted("Mme Étalée")
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(f"/loyers/impayes/dossiers/{case.pk}/")
    page.get_by_role("link", name=re.compile("plan", re.I)).first.click()
    # What if: the lengths side by side fill the form.
    page.get_by_role("link", name="6 mois", exact=True).click()
    expect(page.get_by_label("Nombre de mois")).to_have_value("6")
    page.get_by_role("button", name="Préparer").click()
    expect(page.locator("main")).to_contain_text("Plan préparé")
    nadege.assert_clean()
    page.get_by_label(re.compile("^Signé")).fill(_french(clock.today()))
    page.get_by_role("button", name="Noter la signature").click()
    expect(page.locator("main")).to_contain_text("600,00 € à payer encore sur 600,00 €")
    nadege.assert_clean()
    assert RepaymentPlan.objects.get(account=case.account_id).is_running

    # Of another household, signed some weeks ago and not paid.
    missed = _indebted("M. Rompu")
    then = clock.today() - timedelta(days=25)
    with clock.travel(then):
        first_on = clock.today() + timedelta(days=10)
        plan = propose_plan(case=missed, months=3, first_on=first_on, actor=make_actor())
        sign_plan(plan=plan, signed_on=then, actor=make_actor())
    detect_arrears(day=clock.today(), actor=Actor.system(), account_ids=[missed.account_id])
    assert AccountState.objects.get(pk=missed.account_id).lane == "BROKEN"
    nadege.go("/loyers/impayes/?situation=plan-rompu&q=Rompu")
    expect(page.locator("tbody > tr[data-row]")).to_have_count(1)
    nadege.go(f"/loyers/impayes/dossiers/{missed.pk}/")
    # The social service is asked before any letter.
    expect(page.locator("main")).to_contain_text("Demande envoyée")
    nadege.assert_clean()


def test_overindebtedness_from_admissible_to_erased(comes: Comes) -> None:
    case = _indebted("Mme Gelée")
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(f"/loyers/impayes/dossiers/{case.pk}/surendettement/")

    def note(opens: str, kind: str, on: date, until: date | None = None) -> None:
        page.get_by_text(opens, exact=True).click()
        page.get_by_label(kind, exact=True).check()
        page.get_by_label("Décidée le").fill(_french(on))
        if until:
            page.get_by_label("Jusqu’au").fill(_french(until))
        page.get_by_role("button", name="Noter", exact=True).click()

    today = clock.today()
    # After the first two terms, before the third.
    admitted = Month.of(today).plus(-2).first + timedelta(days=10)
    note("Noter la recevabilité", "Recevabilité", admitted)
    expect(page.locator("main")).to_contain_text("400,00 €")
    nadege.assert_clean()
    state = AccountState.objects.get(pk=case.account_id)
    assert (str(state.held), str(state.arrears)) == ("400.00", "200.00")
    note("Noter une décision", "Moratoire", today, add_months(today, 12))
    expect(page.locator("main")).to_contain_text("Moratoire")
    note("Noter une décision", "Effacement des dettes", today)
    # Due since: erased too (L. 741-2); nothing is left.
    expect(page.locator("main")).to_contain_text("Effacement des dettes")
    nadege.assert_clean()
    state.refresh_from_db()
    assert (str(state.debt), str(state.held)) == ("0.00", "0.00")
    # Taken back, it is frozen again as it was.
    page.get_by_role("button", name=re.compile("Annuler")).first.click()
    expect(page.locator("main")).to_contain_text("Moratoire")
    expect(page.get_by_text("400,00 €").first).to_be_visible()
    state.refresh_from_db()
    assert (str(state.held), str(state.arrears)) == ("400.00", "200.00")


def test_a_report_to_the_payer_in_time(comes: Comes) -> None:
    # Constituted with the third term, last month: two months are not over.
    case = _indebted("Mme Aidée", aid="20.00")
    assert case.constituted_on is not None
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/declarations/")
    row = page.locator("li", has_text="Mme Aidée")
    row.get_by_role("button", name="Préparer").click()
    expect(page.locator("main")).to_contain_text("Noter l’envoi")
    nadege.assert_clean()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Noter l’envoi").click()
    expect(page.locator("main")).to_contain_text("dans le délai")
    nadege.assert_clean()
    report = PayerReport.objects.get(lease=case.account.lease_id)
    assert report.sent_on == clock.today()
    # It is waited for, and no more to do.
    nadege.go("/loyers/impayes/declarations/")
    expect(page.locator("main")).to_contain_text("1 déclaration attend la réponse de l’organisme")
    page.get_by_role("link", name="Mme Aidée").click()
    page.get_by_role("button", name="Annuler l’envoi").click()
    expect(page.locator("main")).to_contain_text("Noter l’envoi")
