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


def test_of_three_files_the_wrong_one_says_why_and_the_others_go_on(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege", size=NARROW)
    page = nadege.page
    nadege.expected.add(422)
    nadege.go("/loyers/banque/releves/deposer/")
    paths = []
    for name, amount in (("un", "481.00"), ("trois", "483.00")):
        (tmp_path / name).mkdir()
        path = _statement(tmp_path / name, (f"VIR {name}", "", Decimal(amount)))
        path.write_bytes(path.read_bytes().replace(b"BROWSER", name.encode()))
        paths.append(path.rename(tmp_path / f"{name}.xml"))
    wrong = tmp_path / "deux.xml"
    wrong.write_bytes(b"rien de lisible")
    page.locator("input[type=file]").set_input_files([paths[0], wrong, paths[1]])
    page.get_by_role("button", name="Importer").click()

    expect(page.locator(".a-upload [role=status]")).to_have_text(re.compile(r"^2\sfichiers reçus, 1\srefusé\.$"))
    rows = page.get_by_role("list", name="Fichiers envoyés").get_by_role("listitem")
    for place, name in ((0, "un.xml"), (2, "trois.xml")):
        expect(rows.nth(place)).to_contain_text(re.compile(f"{name}.*1\\sligne nouvelle"))
        expect(rows.nth(place).get_by_role("link", name="Ouvrir ses lignes")).to_be_visible()
    expect(rows.nth(1)).to_contain_text("deux.xmlRefusé, rien n’en a été écrit")
    expect(rows.nth(1)).to_contain_text("relevé")
    expect(page.get_by_role("progressbar")).to_have_count(0)
    # What was told is told once, and nothing is chosen any more.
    expect(page.get_by_role("button", name="Importer")).to_be_enabled()
    assert page.locator("input[type=file]").evaluate("e => e.files.length") == 0
    nadege.assert_clean()

    # What the network lost stays chosen, and counts once when it is sent again.
    more = _statement(tmp_path, ("VIR quatre", "", Decimal("484.00")))
    more.write_bytes(more.read_bytes().replace(b"BROWSER", b"quatre"))
    again = more.rename(tmp_path / "quatre.xml")
    page.route("**/deposer/", lambda route: route.abort())
    page.locator("input[type=file]").set_input_files([again, wrong])
    page.get_by_role("button", name="Importer").click()
    expect(page.locator(".a-upload [role=status]")).to_have_text(re.compile(r"^2\spas partis"))
    assert page.locator("input[type=file]").evaluate("e => e.files.length") == 2
    page.unroute("**/deposer/")
    page.get_by_role("button", name="Importer").click()
    expect(page.locator(".a-upload [role=status]")).to_have_text(re.compile(r"^1\sfichier reçu, 1\srefusé"))
    rows.nth(3).get_by_role("link", name="Ouvrir ses lignes").click()
    expect(page.get_by_role("heading", name="À traiter")).to_be_visible()
