"""The bank under the keyboard: lines placed, shared and taken back without a mouse, and no reload."""

import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from common import clock
from common.periods import Month
from rent_ledger.bank.codes import LineState
from rent_ledger.models import AccountState, BankLine, Match
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE
from tests.browser.test_rental_day import _drop, _statement
from tests.factories import make_let, owe

pytestmark = pytest.mark.browser


def _owing(*names: str) -> dict[str, int]:
    """Households that owe a term of 480 €: the accounts, by name."""
    month = Month.of(clock.today()).plus(-1)
    return {
        name: owe(lease=make_let(name=name, start=month.plus(-3).first), due_on=month.first, amount="480.00")
        for name in names
    }


def _debts(accounts: dict[str, int]) -> list[Decimal]:
    return [AccountState.objects.get(account_id=account).debt for account in accounts.values()]


def _types(page: Page, name: str) -> None:
    """A name in the field that has the focus; Entrée at once, as who knows that it is the only one."""
    expect(page.locator("[data-choose]")).to_be_focused()
    page.keyboard.type(name, delay=20)
    page.keyboard.press("Enter")


def test_ten_lines_are_placed_by_keyboard_two_of_them_shared(
    comes: Comes, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    names = [f"Placeton{letter}" for letter in "abcdefghijkl"]
    accounts = _owing(*names)
    nadege = comes("nadege")
    page = nadege.page
    alone = [(f"VIR INCONNU {n}", "", Decimal("480.00") - n) for n in range(8)]
    shared = [(f"VIR DE DEUX {n}", "", Decimal("700.00") + n) for n in range(2)]
    _drop(nadege, _statement(tmp_path, *alone, *shared))
    lines = BankLine.objects.filter(bank_reference__startswith="BROWSER")
    assert {line.state for line in lines} == {LineState.TO_PLACE}
    page.evaluate("window.isTheSamePage = true")
    rows = page.locator("section [data-row]")

    began = time.monotonic()
    for n, name in enumerate(names[:8]):
        page.keyboard.press("h" if n else "Enter")  # the line has no proposal: Entrée asks for whom it is
        _types(page, name)
        expect(page.locator("#messages")).to_contain_text(f"placés sur {name}")
        expect(rows).to_have_count(min(8, 9 - n))
        expect(rows.first).to_be_focused()
        expect(page.locator("#n-a-placer")).to_have_text(str(9 - n))
    for left, (one, other) in ((1, names[8:10]), (0, names[10:12])):
        page.keyboard.press("s")
        _types(page, one)
        expect(page.locator("[data-share]")).to_have_count(1)
        _types(page, other)
        expect(page.locator("[data-share]")).to_have_count(2)
        expect(page.locator("[data-share]").first).to_have_value("480,00")
        expect(page.locator("[data-left]")).to_contain_text("0,00")
        expect(page.locator("[data-choose]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(rows).to_have_count(left)
        expect(rows.first if left else page.locator("#contenu")).to_be_focused()
        expect(page.locator("#messages")).to_contain_text("placés sur 2 ménages")
    played = time.monotonic() - began
    reloads = int(not page.evaluate("window.isTheSamePage === true"))
    record_property("measured", f"10 bank lines, 2 shared: {played:.0f} s played, no mouse, {reloads} reloads")
    assert reloads == 0
    assert played < 90
    assert not lines.exclude(state=LineState.PLACED).exists()
    assert _debts(accounts) == [Decimal(n) for n in (*range(8), 0, 260, 0, 259)]

    # The last one comes back, by one key.
    page.keyboard.press("z")
    expect(rows).to_have_count(1)
    expect(rows.first).to_be_focused()
    assert _debts(accounts)[-2:] == [Decimal("480.00")] * 2
    nadege.assert_clean()


def test_what_remains_is_told_as_one_types_and_a_wrong_sum_keeps_what_was_typed(comes: Comes, tmp_path: Path) -> None:
    _owing("Partageon", "Partagette")
    nadege = comes("nadege")
    page = nadege.page
    _drop(nadege, _statement(tmp_path, ("VIR DE DEUX", "", Decimal("700.00"))))
    page.keyboard.press("s")
    _types(page, "Partageon")
    expect(page.locator("[data-share]")).to_have_value("700,00")
    page.locator("[data-share]").fill("1 00,5")
    expect(page.locator("[data-left]")).to_contain_text("599,50")
    page.locator("[data-share]").fill("100")
    page.locator("[data-choose]").focus()
    _types(page, "Partagette")
    shares = page.locator("[data-share]")
    expect(shares).to_have_count(2)
    expect(shares.nth(1)).to_have_value("600,00")
    nadege.assert_clean()
    nadege.expected.add(422)
    shares.nth(1).fill("500")
    shares.nth(1).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("la différence est de")
    expect(shares.nth(1)).to_have_value("500")
    page.get_by_role("link", name="Retirer Partagette").click()
    expect(shares).to_have_count(1)
    nadege.assert_clean()
    page.keyboard.press("Escape")
    expect(page.locator("section [data-row]").first).to_be_focused()
    expect(page.locator("[data-share]")).to_have_count(0)
    assert not Match.objects.filter(line__bank_reference__startswith="BROWSER", is_accepted=True).exists()


def test_of_several_households_the_arrows_choose(comes: Comes, tmp_path: Path) -> None:
    accounts = _owing("Flécheton Un", "Flécheton Deux")
    nadege = comes("nadege")
    page = nadege.page
    _drop(nadege, _statement(tmp_path, ("VIR INCONNU", "", Decimal("480.00"))))
    page.keyboard.press("h")
    _types(page, "flécheton")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    page.keyboard.press("ArrowDown")
    chosen = page.locator('[role="option"][aria-selected="true"]')
    name = chosen.locator("strong").inner_text()
    assert name == options.nth(1).locator("strong").inner_text()
    nadege.assert_clean()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"placés sur {name}")
    assert [who for who, debt in zip(accounts, _debts(accounts), strict=True) if not debt] == [name]


@pytest.mark.parametrize("size", [(1280, 800), PHONE])
def test_a_card_unfolds_without_being_cut(comes: Comes, tmp_path: Path, size: tuple[int, int]) -> None:
    _owing("Placetout")
    nadege = comes("nadege", size=size)
    page = nadege.page
    _drop(nadege, _statement(tmp_path, ("VIR INCONNU", "", Decimal("480.00"))))
    page.get_by_role("link", name="Partager").first.click()
    _types(page, "Placetout")
    expect(page.locator("[data-share]")).to_have_count(1)
    nadege.assert_clean()
    if size == PHONE:
        # What a page without scripts would show stands in the card too, and is not seen.
        buttons = page.locator("[data-unfolded] :is(.btn, [role=option]):visible").all()
        assert len(buttons) >= 2
        for button in buttons:
            assert (button.bounding_box() or {})["height"] >= 44


def test_on_a_phone_the_names_of_a_share_are_whole_and_nothing_covers_the_results(comes: Comes, tmp_path: Path) -> None:
    names = ["Partageonneau", "Partageondre"]
    _owing(*names)
    nadege = comes("nadege", size=NARROW)
    page = nadege.page
    _drop(nadege, _statement(tmp_path, ("VIR PARTAGE", "", Decimal("731.00"))))
    card = page.locator("section [data-row]", has_text="VIR PARTAGE")
    card.get_by_role("link", name="Partager").click()
    for name in names:
        card.locator("[data-choose]").fill(name)
        card.get_by_role("option", name=name).first.click()
        label = card.locator("form[data-shares] label", has_text=name)
        expect(label).to_be_visible()
        # One line high: the name is not cut in two.
        high = label.locator("strong").evaluate("e => e.getClientRects().length")
        assert high == 1, name
    card.locator("[data-choose]").fill("Partag")
    expect(card.get_by_role("option").first).to_be_visible()
    assert page.locator(".a-bulk").evaluate_all("bars => bars.every(b => getComputedStyle(b).position === 'static')")
