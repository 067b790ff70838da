"""A list under the keyboard: a key acts on the row of the cursor, and what was done is taken back from where one is."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.periods import Month
from common.reasons import Reason
from office.access.actor import Actor
from rent_ledger.arrears.codes import SignKind, SignWhy
from rent_ledger.arrears.models import EarlySign
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision
from social_link.models import Alert
from tests.browser.conftest import Comes
from tests.browser.house import colleague
from tests.browser.person import PHONE
from tests.factories import make_actor, make_alert, make_let, owe

pytestmark = pytest.mark.browser

LIST = "/loyers/impayes/?situation=tous&q=Vingtain"


def _indebted(n: int) -> list[ArrearsCase]:
    """Households that owe two terms: what is proposed sends nothing."""
    month, accounts = Month.of(clock.today()), []
    for at in range(n):
        lease = make_let(name=f"M. Vingtain {at + 1:02d}", start=month.plus(-12).first)
        for back in (2, 1):
            account = owe(lease=lease, due_on=month.plus(-back).first + timedelta(days=at % 2))
        accounts.append(account)
    detect_arrears(day=clock.today(), actor=Actor.system(), account_ids=accounts)
    assert set(AccountState.objects.filter(pk__in=accounts).values_list("action", flat=True)) == {"CALL"}
    return list(ArrearsCase.objects.filter(account_id__in=accounts))


def _focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.tagName"))


def test_twenty_are_decided_by_twenty_keys(comes: Comes, record_property: Callable[[str, object], None]) -> None:
    _indebted(20)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST.replace("tous", "decider"))
    page.evaluate("window.isTheSamePage = true")
    rows, to_decide = page.locator("tbody > tr[data-row]"), page.locator(".a-lanes .a-lane-n").first
    expect(rows).to_have_count(20)
    waiting = int(to_decide.inner_text())
    expect(rows.first).to_have_class(re.compile("is-cursor"))
    keys = lost = 0
    for left in range(19, -1, -1):
        page.keyboard.press("c")
        keys += 1
        expect(rows).to_have_count(left)
        expect(to_decide).to_have_text(str(waiting - keys))
        expect(page.locator("#messages")).to_contain_text("Décidé pour M. Vingtain")
        lost += _focus(page) == "BODY" or (left > 0 and _focus(page) != "TR")
    reloads = int(not page.evaluate("window.isTheSamePage === true"))
    record_property("measured", f"20 arrears decided: {keys} keys, {reloads} reloads, cursor lost {lost} times")
    assert (keys, reloads, lost) == (20, 0, 0)
    assert CaseDecision.objects.standing().filter(action="CALL").count() >= 20

    page.keyboard.press("z")
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    expect(page.locator("#messages")).to_contain_text("1 décision annulée")
    assert page.evaluate("window.isTheSamePage === true")
    nadege.assert_clean()


def test_a_key_pressed_as_the_list_comes_anew_is_not_lost(comes: Comes) -> None:
    _indebted(3)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST.replace("tous", "decider"))
    # The first moment that anybody could press it: the new rows stand, and nothing else has run yet.
    page.evaluate("""new MutationObserver((_, observer) => {
      if (document.querySelectorAll("tbody > tr[data-row]").length !== 2) return;
      observer.disconnect();
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "c", bubbles: true, cancelable: true}));
    }).observe(document.body, {childList: true, subtree: true})""")
    page.keyboard.press("c")
    expect(page.locator("tbody > tr[data-row]")).to_have_count(1)
    nadege.assert_clean()


def test_all_that_was_ticked_is_taken_back_at_once(comes: Comes) -> None:
    cases = _indebted(3)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST)
    page.get_by_role("checkbox", name="Tout choisir").check()
    page.locator("tbody > tr[data-row]").first.focus()
    page.keyboard.press("c")
    expect(page.locator("#messages")).to_contain_text("3 décisions enregistrées")
    page.locator("#messages").get_by_role("button", name="Annuler").click()
    expect(page.locator("#messages")).to_contain_text("3 décisions annulées")
    assert not CaseDecision.objects.standing().filter(case__in=cases).exists()
    nadege.assert_clean()


def test_what_somebody_built_on_is_refused_where_one_is(comes: Comes) -> None:
    [case] = _indebted(1)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST)
    page.keyboard.press("c")
    expect(page.locator("#messages")).to_contain_text("Décidé pour M. Vingtain 01")
    decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    page.keyboard.press("z")
    expect(page.locator("#messages")).to_contain_text("Une décision plus récente a suivi : annulez-la d’abord.")
    expect(page.locator("tbody > tr[data-row]")).to_be_focused()
    nadege.assert_clean()


def test_a_dialog_that_is_abandoned_leaves_nothing_chosen(comes: Comes) -> None:
    _indebted(2)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST)
    rows = page.locator("tbody > tr[data-row]")
    page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_contain_text(rows.nth(0).locator("a").first.inner_text())
    page.wait_for_timeout(500)  # read, then abandoned
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_contain_text(rows.nth(1).locator("a").first.inner_text())
    expect(page.locator("[data-select]:checked")).to_have_count(0)


def _watched(n: int) -> None:
    """Accounts that show a sign and owe nothing yet."""
    today = clock.today()
    for at in range(n):
        account = owe(lease=make_let(name=f"Mme Veillée {at + 1:02d}"), due_on=today)
        why = Reason(SignWhy.LEASE_ENDS, {"on": today})
        EarlySign.objects.create(
            account_id=account, kind=SignKind.LEASE_END, key=f"{at}", since=today, known_on=today, reason=why.to_json()
        )


def test_signs_are_seen_one_after_the_other_by_keys(comes: Comes) -> None:
    """Rows that have no name of their own are told apart by their link: none is passed over."""
    _watched(4)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/a-surveiller/")
    rows = page.locator("li[data-row]")
    names, count = rows.locator("strong").all_inner_texts(), rows.count()
    page.keyboard.press("ArrowDown")
    for seen in (1, 2):
        page.keyboard.press("v")
        expect(rows).to_have_count(count - seen)
        expect(page.locator("li.is-cursor strong")).to_have_text(names[seen + 1])
    page.keyboard.press("z")
    expect(rows).to_have_count(count - 1)
    expect(page.locator("li.is-cursor strong")).to_have_text(names[2])
    nadege.assert_clean()


def test_a_list_opened_again_stands_where_it_was(comes: Comes) -> None:
    _indebted(3)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST)
    rows = page.locator("tbody > tr[data-row]")
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_class(re.compile("is-cursor"))
    nadege.go("/")
    nadege.go(LIST)
    expect(rows.nth(1)).to_have_class(re.compile("is-cursor"))
    expect(page.locator("tr.is-cursor")).to_have_count(1)


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_what_was_done_is_said_at_the_foot_and_pushes_nothing(comes: Comes, size: tuple[int, int]) -> None:
    _indebted(2)
    nadege = comes("nadege", size=size)
    page = nadege.page
    nadege.go(LIST)
    top = page.locator("h1").bounding_box()
    if size == PHONE:
        page.locator("[data-open-row]").first.click()
        page.locator(".a-why-row:visible").get_by_role("button", name="Confirmer").click()
    else:
        page.keyboard.press("c")
    note = page.locator("#messages .a-note")
    expect(note).to_be_visible()
    assert page.locator("h1").evaluate("e => e.getBoundingClientRect().top + scrollY") == (top or {})["y"]
    box = note.bounding_box() or {}
    assert size[1] / 2 < box["y"] < box["y"] + box["height"] <= size[1]
    nadege.assert_clean()
    note.get_by_role("button", name="Fermer ce message").click()
    expect(note).to_have_count(0)


def _alerts(n: int) -> None:
    """Alerts of Camille."""
    for at in range(n):
        lease = make_let(name=f"Mme Alertée {at + 1:02d}")
        make_alert(household=lease.household, to=colleague("camille"))


def test_alerts_are_taken_by_keys_and_the_list_stays(comes: Comes) -> None:
    _alerts(3)
    mine = Alert.objects.filter(acknowledged_by=colleague("camille"))
    was = mine.count()
    camille = comes("camille")
    page = camille.page
    camille.go("/social/alertes/?etat=a_prendre")
    page.evaluate("window.isTheSamePage = true")
    listed = page.locator("li[data-row]")
    before = listed.count()
    expect(listed.first).to_have_class(re.compile("is-cursor"))
    for taken in range(1, 4):
        page.keyboard.press("p")
        expect(listed).to_have_count(before - taken)
        expect(page.locator("#messages")).to_contain_text("est à vous")
        assert _focus(page) == "LI" or before == taken
    assert page.evaluate("window.isTheSamePage === true")
    assert mine.count() == was + 3
    camille.assert_clean()


def test_a_dialog_that_was_closed_stays_closed_when_its_page_comes_anew(comes: Comes) -> None:
    _indebted(1)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(LIST)
    page.keyboard.press("m")
    expect(page.locator("dialog[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.evaluate("(e => htmx.trigger(e, 'htmx:afterSettle', {elt: e}))(document.querySelector('#contenu'))")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_the_case_decides_without_reload_and_takes_back(comes: Comes) -> None:
    [case] = _indebted(1)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(f"/loyers/impayes/dossiers/{case.pk}/")
    page.evaluate("window.isTheSamePage = true")
    page.locator("main").get_by_role("button", name="Confirmer").click()
    expect(page.locator("#messages")).to_contain_text("Décidé pour M. Vingtain 01")
    page.keyboard.press("z")
    expect(page.locator("#messages")).to_contain_text("1 décision annulée")
    assert page.evaluate("window.isTheSamePage === true")
    assert not CaseDecision.objects.standing().filter(case=case).exists()
    # What leaves is asked first, with its facts.
    page.get_by_role("button", name="Alerter le social").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("dus, premier défaut le")
    assert not case.help_requests.exists()
    dialog.get_by_role("button", name="Envoyer la demande").click()
    expect(page.locator("#messages")).to_contain_text("Demande envoyée")
    page.keyboard.press("z")
    expect(page.locator("#messages")).to_contain_text("Demande annulée")
    assert case.help_requests.get().withdrawn_at is not None
    nadege.assert_clean()


def test_a_list_that_one_comes_back_to_by_the_menu_has_its_filter_and_no_name(comes: Comes) -> None:
    _indebted(1)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/?situation=tous&tri=-solde&q=Vingtain")
    nadege.go("/")
    page.locator("#menu").get_by_role("link", name="Impayés").click()
    expect(page).to_have_url(re.compile(r"situation=tous&tri=-solde$"))
    page.locator("#menu").get_by_role("link", name="Impayés").click()
    expect(page).to_have_url(re.compile(r"/loyers/impayes/$"))
