"""The desk under the keyboard: a name, Entrée, Entrée, and the receipt is there."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from common import clock
from common.periods import Month
from rent_ledger.models import AccountState, Payment
from tests.browser.conftest import Comes
from tests.browser.person import PHONE
from tests.factories import make_let, owe

pytestmark = pytest.mark.browser


def _owing(name: str) -> int:
    month = Month.of(clock.today()).plus(-1)
    return owe(lease=make_let(name=name, start=month.plus(-3).first), due_on=month.first, amount="225.52")


@pytest.mark.parametrize("is_quick", [False, True], ids=["once the results are seen", "before they have come"])
def test_a_name_entree_entree(comes: Comes, is_quick: bool, record_property: Callable[[str, object], None]) -> None:
    account = _owing("Guichetier")
    before = Payment.objects.count()
    nadege = comes("nadege")
    page = nadege.page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    nadege.go("/loyers/encaissements/")
    expect(page.locator("[data-choose]")).to_be_focused()
    page.keyboard.type("guichetier")
    if not is_quick:
        expect(page.get_by_role("option")).to_have_count(1)
        nadege.assert_clean()
    page.keyboard.press("Enter")
    amount = page.get_by_role("textbox", name="Montant")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("225,52")
    nadege.assert_clean()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("225,52 € encaissés pour Guichetier")
    expect(page.locator("#messages")).to_contain_text("Le ménage ne doit plus rien")
    expect(page.get_by_role("button", name="Imprimer le reçu")).to_be_visible()
    assert len(sent) == 1
    assert Payment.objects.count() == before + 1
    assert AccountState.objects.get(account_id=account).debt == 0
    record_property("measured", "desk payment with receipt: the name, then 2 keys")
    nadege.assert_clean()
    page.keyboard.press("z")
    expect(page.locator("#messages")).to_contain_text("Le ménage doit encore 225,52 €")
    assert AccountState.objects.get(account_id=account).debt == Decimal("225.52")
    nadege.assert_clean()


def test_another_amount_is_typed_over_the_one_proposed(comes: Comes) -> None:
    account = _owing("Guichetier")
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/encaissements/?q=guichetier")
    expect(page.get_by_role("textbox", name="Montant")).to_be_focused()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Le ménage doit encore 125,52 €")
    assert AccountState.objects.get(account_id=account).debt == Decimal("125.52")


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_the_desk_is_whole_at_any_width(comes: Comes, size: tuple[int, int]) -> None:
    _owing("Guichetier")
    nadege = comes("nadege", size=size)
    nadege.go("/loyers/encaissements/")
    nadege.page.get_by_text("Derniers encaissements").click()
    nadege.assert_clean()
    nadege.go("/loyers/encaissements/?q=guichetier")
    nadege.assert_clean()
    nadege.expected.add(422)
    nadege.page.get_by_role("textbox", name="Montant").fill("300")
    nadege.page.get_by_role("textbox", name="Montant").press("Enter")
    expect(nadege.page.get_by_text("resteraient en avance").first).to_be_visible()
    nadege.assert_clean()
