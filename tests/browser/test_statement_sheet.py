"""The statement to print, on a phone and on paper: every amount is there, nothing has to be scrolled to."""

import pytest

from leases.models import Household
from rent_ledger.models import Account
from tests.browser.conftest import Comes
from tests.browser.person import NARROW, PHONE, WIDE

pytestmark = pytest.mark.browser
# Cells that begin or end outside of the window.
CUT = """() => [...document.querySelectorAll('.a-paper :is(td, th)')].filter((cell) => {
  const box = cell.getBoundingClientRect(), sheet = document.querySelector('.a-paper').getBoundingClientRect()
  return box.width > 1 && (box.left < sheet.left - 1 || box.right > sheet.right + 1)
}).map((cell) => cell.innerText)"""


def test_no_amount_of_the_statement_to_print_is_cut(comes: Comes) -> None:
    nadege = comes("nadege")
    household = Household.objects.get(name__contains="Vernoux")
    account = Account.objects.filter(household=household).earliest("pk")
    for size in (WIDE, PHONE, NARROW):
        nadege.resize(size)
        nadege.go(f"/loyers/comptes/{account.pk}/releve/imprimer/")
        assert nadege.page.locator("#contenu tbody tr").count() >= 3
        assert nadege.page.evaluate(CUT) == []
        nadege.assert_clean()
    # What goes to a printer is a table, however narrow the sheet.
    nadege.page.emulate_media(media="print")
    nadege.page.set_viewport_size({"width": 718, "height": 1000})
    assert nadege.page.evaluate(CUT) == []
    assert nadege.page.locator(".a-account").evaluate("(table) => getComputedStyle(table).display") == "table"
