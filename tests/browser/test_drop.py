"""A file leaves with its size told, its progress, and a way to stop it; without script it leaves too."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Comes
from tests.browser.person import NARROW
from tests.browser.test_rental_day import _statement

pytestmark = pytest.mark.browser


def test_a_statement_is_measured_stopped_and_sent(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege", size=NARROW)
    page = nadege.page
    nadege.go("/loyers/banque/")
    page.get_by_role("link", name="Déposer un relevé").first.click()
    field, said = page.locator("input[type=file]"), page.locator(".a-upload [role=status]")
    path = _statement(tmp_path, ("VIR MESURE", "", Decimal("480.00")))
    field.set_input_files(path)
    expect(said).to_have_text(re.compile(rf"{re.escape(path.name)}, \d+\sKo"))
    nadege.assert_clean()

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    field.evaluate("e => { e.dataset.most = 10; }")
    page.get_by_role("button", name="Importer").click()
    expect(said).to_have_text(re.compile("la limite est de"))
    assert sent == []

    field.evaluate("e => { e.dataset.most = 1e9; }")
    page.route("**/banque/**", lambda route: None if route.request.method == "POST" else route.continue_())
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("progressbar", name="Envoi du fichier")).to_be_visible()
    page.get_by_role("button", name="Arrêter l’envoi").click()
    expect(said).to_have_text(re.compile("Envoi arrêté"))
    expect(page.get_by_role("progressbar", name="Envoi du fichier")).to_be_hidden()
    assert field.evaluate("e => e.files.length") == 1

    page.unroute("**/banque/**")
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_role("heading", name="À traiter")).to_be_visible()
    expect(page.locator("#messages")).to_contain_text("1 ligne nouvelle")
    assert "/deposer" not in page.url


def test_what_is_refused_is_said_beside_the_file(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/banque/")
    page.get_by_role("link", name="Déposer un relevé").first.click()
    (tmp_path / "photo.xml").write_bytes(b"rien de lisible")
    page.locator("input[type=file]").set_input_files(tmp_path / "photo.xml")
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_text("Rien n’a été importé.")).to_be_visible()
    expect(page.get_by_role("button", name="Importer")).to_be_enabled()
