"""What waits, and what goes further by itself: a hold, an alert that nobody takes, a proposal without effect."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from common import clock
from common.workdays import next_working_day
from leases.models import Person as Tenant
from office.access.actor import Actor
from office.messages.worker import deliver
from office.models import BankAccount, Message
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.models import ArrearsCase, HelpRequest
from social_link.alerts.services.raising import raise_alerts
from social_link.models import Alert
from tests.browser.conftest import Comes
from tests.browser.house import actor, colleague
from tests.factories import make_bank_known, make_let, make_referent, owe

pytestmark = pytest.mark.browser
Ahead = Callable[[date], None]
DAY = timedelta(days=1)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    """`ahead(day)`: it is 10:00 of that day for everybody, the threads that serve the pages too. Who was signed in
    before is not any more."""

    def go(day: date) -> None:
        # A context variable is of one thread; its default is of all. `clock.now` itself is the default of fields.
        instant = datetime.combine(day, time(10), tzinfo=clock.PARIS)
        monkeypatch.setattr(clock, "_played", ContextVar("played_everywhere", default=instant))

    return go


def _owes(name: str, *dues: date) -> ArrearsCase:
    """A household that Camille accompanies and that can be written to, with 200.00 unpaid since each of `dues`."""
    lease = make_let(name=name, rent="200.00", charges="0.00", start=clock.today() - timedelta(days=400))
    Tenant.objects.filter(lease_parties__lease=lease).update(phone="0612345678")
    make_referent(household=lease.household, user=colleague("camille"))
    for due in dues:
        account = owe(lease=lease, due_on=due, amount="200.00")
    detect_arrears(day=clock.today(), actor=Actor.system(), account_ids=[account])
    return ArrearsCase.objects.get(account=account)


def test_a_letter_waits_for_the_end_of_a_hold(comes: Comes, ahead: Ahead, settings: Any, tmp_path: Path) -> None:
    settings.MESSAGE_FOLDER = tmp_path
    today = next_working_day(clock.today())
    ahead(today)
    case = _owes("Mme Patiente", today - timedelta(days=70), today - timedelta(days=40))
    decide(case=case, decision="CHANGE", action="COURTESY", reason="Vue hier", actor=actor("nadege"))
    raise_alerts(day=today, actor=Actor.system())
    alert = Alert.objects.get(case=case)
    message = Message.objects.get(about_id=case.pk, kind="COURTESY")

    back_on = next_working_day(today + 3 * DAY)
    camille = comes("camille")
    page = camille.page
    camille.go(f"/social/alertes/{alert.pk}/")
    page.get_by_role("button", name="Je prends").click()
    page.get_by_role("group", name="Contact pris avec le ménage").get_by_text("Oui", exact=True).click()
    page.get_by_text("Autres causes").first.click()
    page.get_by_text("Perte d’emploi").first.click()
    page.get_by_text("Jusqu’à un jour").click()
    page.get_by_label("Relances en pause jusqu’au").fill(f"{back_on - DAY:%d/%m/%Y}")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.get_by_text("Ce que voit la gestion locative")).to_be_visible()
    camille.assert_clean()

    # The manager reads at the gate why it waits, and until when.
    assert deliver() == 0
    nadege = comes("nadege")
    nadege.go(f"/bureau/messages/{message.uuid}/")
    expect(nadege.page.locator("main")).to_contain_text("Relances suspendues par le service social")
    expect(nadege.page.locator("main")).to_contain_text("puis il part de lui-même")
    expect(nadege.page.locator("main")).not_to_contain_text("Perte d’emploi")
    nadege.assert_clean()

    ahead(back_on - DAY)
    Message.objects.filter(pk=message.pk).update(due_at=clock.now())
    assert deliver() == 0
    ahead(back_on)
    detect_arrears(day=back_on, actor=Actor.system())
    assert deliver() == 1
    nadege = comes("nadege")
    nadege.go(f"/loyers/impayes/dossiers/{case.pk}/")
    expect(nadege.page.locator("main")).to_contain_text("Terminée")
    expect(nadege.page.locator("main")).not_to_contain_text("En pause")
    nadege.assert_clean()
    nadege.go(f"/bureau/messages/{message.uuid}/")
    expect(nadege.page.locator("main")).to_contain_text("Envoyé")
    expect(nadege.page.locator("main")).not_to_contain_text("Relances suspendues")


def test_an_alert_that_nobody_takes_goes_up_to_the_head(comes: Comes, ahead: Ahead) -> None:
    alert = Alert.objects.get(household__name__contains="Delaunoy")
    ahead(alert.ack_due_on)
    raise_alerts(day=alert.ack_due_on, actor=Actor.system())
    alert.refresh_from_db()
    assert alert.escalated_at is None
    ahead(alert.ack_due_on + DAY)
    raise_alerts(day=alert.ack_due_on + DAY, actor=Actor.system())

    helene = comes("helene")
    page = helene.page
    helene.go("/")
    expect(page.get_by_role("region", name="Remontées à vous")).to_contain_text("Delaunoy")
    helene.assert_clean()
    helene.go("/social/alertes/?etat=remontees")
    row = page.get_by_role("listitem").filter(has_text="Delaunoy")
    expect(row).to_contain_text("Remontée")
    row.get_by_role("link", name="Réattribuer").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("À qui").select_option(label=str(colleague("helene")))
    dialog.get_by_role("button", name="Confier l’alerte").click()
    expect(page.locator("#messages")).to_contain_text(re.compile("Delaunoy est confiée à Hélène"))
    row.get_by_role("button", name="Je prends").click()
    expect(page.locator("#messages")).to_contain_text("est à vous")
    helene.assert_clean()

    # It is hers, and no more among those of Camille.
    camille = comes("camille")
    camille.go("/")
    expect(camille.page.locator("main")).not_to_contain_text("Alerte à prendre : Delaunoy")
    alert.refresh_from_db()
    assert (alert.assignee, alert.late_with) == (colleague("helene"), colleague("camille"))


def test_a_message_without_effect_gives_way_to_a_call_and_the_call_to_the_social_service(
    comes: Comes, ahead: Ahead
) -> None:
    today = clock.today()
    case = _owes("M. Muet", today - timedelta(days=6))

    def decides(step: str, why: str) -> None:
        """At the list, by the keyboard: the row says `step`, its reason `why`; it is confirmed as it is."""
        nadege = comes("nadege")
        page = nadege.page
        nadege.go("/loyers/impayes/?situation=tous&q=Muet")
        row = page.locator("tbody > tr[data-row]")
        expect(row).to_contain_text(step)
        row.focus()
        page.keyboard.press("Enter")
        expect(page.locator("tr.a-why-row:visible")).to_contain_text("Pourquoi")
        expect(page.locator("tbody")).to_contain_text(why)
        nadege.assert_clean()
        page.keyboard.press("c")
        if step == "Message courtois":
            page.locator("dialog[open]").get_by_role("button", name="Envoyer").press("Enter")
        expect(page.locator("#messages")).to_contain_text(re.compile("pour .*Muet"))
        nadege.assert_clean()

    def later(days: int) -> None:
        day = clock.today() + timedelta(days=days)
        ahead(day)
        for bank_account in BankAccount.objects.all():
            make_bank_known(until=day, bank_account=bank_account)
        detect_arrears(day=day, actor=Actor.system())

    decides("Message courtois", "Premier retard depuis l’entrée")
    later(11)
    decides("Appeler", "aucun paiement depuis")
    nadege = comes("nadege")
    nadege.go("/bureau/messages/appels/")
    expect(nadege.page.locator("main")).to_contain_text("M. Muet")
    nadege.assert_clean()
    later(11)
    decides("Alerter le social", "jamais passé")
    assert HelpRequest.objects.get(case=case).withdrawn_at is None
