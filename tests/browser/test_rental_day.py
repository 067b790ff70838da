"""The rental manager's day, as she does it: the run, the bank, the arrears, the desk."""

import re
import threading
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from common import clock
from common.periods import Month
from leases.models import Household
from office.house.codes import HeldFor
from office.models import BankAccount
from rent_ledger.bank.formats.write_camt053 import write_camt053
from rent_ledger.bank.formats.written import WrittenEntry, WrittenStatement
from rent_ledger.billing.queries.previews import simulate
from rent_ledger.billing.services import previews
from rent_ledger.models import AccountState, BankLine, BankStatement, Payment, RentDemand
from tests.browser.conftest import Comes, Picture
from tests.browser.person import Person

pytestmark = pytest.mark.browser


def test_she_previews_and_launches_the_next_run(comes: Comes, worker: None, picture: Picture) -> None:
    month = Month.of(clock.today()).plus(1)
    nadege = comes("nadege")
    page = nadege.page
    nadege.go(f"/loyers/quittancement/?mois={month}")
    nadege.assert_clean()
    picture(page, "quittancement")
    produce = page.get_by_role("button", name=re.compile("^Produire"))
    count = int(re.sub(r"\D", "", produce.inner_text()))
    assert count > 0
    assert not RentDemand.objects.filter(month=month.first).exists()

    produce.click()
    expect(page.get_by_text("Avis produits", exact=True)).to_be_visible(timeout=60_000)
    nadege.assert_clean()
    assert RentDemand.objects.filter(month=month.first).count() == count
    expect(page.locator(".a-fig", has_text="Avis produits").locator(".a-big")).to_have_text(str(count))

    nadege.go(f"/loyers/quittancement/?mois={month}")
    expect(page.get_by_role("heading", name="Rien à produire")).to_be_visible()
    nadege.assert_clean()


def test_in_a_large_house_the_preview_comes_after_the_page(comes: Comes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 0)
    held = threading.Event()
    monkeypatch.setattr(previews, "simulate", lambda month: held.wait(30) and simulate(month))
    nadege = comes("nadege")
    page = nadege.page
    # Another month than that of the other tests.
    month = Month.of(clock.today()).plus(2)
    nadege.go(f"/loyers/quittancement/?mois={month}&vue=tous")
    expect(page.get_by_text("Calcul de l’aperçu")).to_be_visible()
    nadege.assert_clean()
    held.set()
    expect(page.get_by_role("button", name=re.compile("^Produire"))).to_be_visible()
    expect(page.get_by_role("heading", name="Tous les avis")).to_be_visible()
    expect(page.locator("#apercu-dit")).to_contain_text("Aperçu calculé")
    expect(page.locator("#apercu")).to_have_count(1)
    assert "vue=tous" in page.url
    nadege.assert_clean()


def _debt(name: str) -> AccountState:
    return AccountState.objects.get(account__household=Household.objects.get(name__contains=name))


def _statement(folder: Path, *entries: tuple[str, str, Decimal]) -> Path:
    """A camt.053 that follows the last statement read: (label, name of the payer, amount) booked today."""
    account = BankAccount.objects.get(held_for=HeldFor.ITSELF)
    last = BankStatement.objects.filter(bank_account=account).order_by("-last_day", "-id").first()
    assert last is not None
    assert last.closing is not None
    assert last.last_day is not None
    today = clock.today()
    written = WrittenStatement(
        iban=account.iban, opening=last.closing, opening_day=last.last_day, closing_day=today, sequence=9000,
        entries=tuple(
            WrittenEntry(label=label, name=name, amount=amount, booking_day=today, bank_reference=f"BROWSER{n}")
            for n, (label, name, amount) in enumerate(entries)
        ),
    )  # fmt: skip
    path = folder / "releve.xml"
    path.write_bytes(write_camt053([written], version="02"))
    return path


def _drop(person: Person, path: Path) -> None:
    person.go("/loyers/banque/")
    person.page.get_by_role("link", name="Déposer un relevé").first.click()
    person.page.locator("input[type=file]").set_input_files(path)
    person.page.get_by_role("button", name="Importer").click()
    expect(person.page.get_by_role("heading", name="À traiter")).to_be_visible()


def _card(person: Person, line: BankLine) -> Locator:
    return person.page.locator(f"#ligne-{line.pk}")


def _choose(person: Person, line: BankLine, name: str) -> None:
    card = _card(person, line)
    card.get_by_text("Choisir un ménage").click()
    expect(card.locator("input[type=search]")).to_be_focused()
    card.get_by_label("Ménage", exact=True).fill(name)
    card.get_by_role("option", name=re.compile(name)).first.click()


def test_she_reads_a_bank_file_and_the_household_leaves_the_arrears(
    comes: Comes, picture: Picture, tmp_path: Path
) -> None:
    debt = _debt("Vernoux").debt
    assert debt > 100
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/?situation=tous&q=Vernoux")
    nadege.assert_clean()
    expect(page.get_by_role("row", name=re.compile("Vernoux")).first).to_be_visible()
    nadege.go("/loyers/impayes/?situation=tous")
    picture(page, "impayes")

    _drop(nadege, _statement(tmp_path, ("VERSEMENT", "", Decimal("61.17")), ("VIR INST", "", debt - Decimal("61.17"))))
    nadege.assert_clean()
    lines = BankLine.objects.filter(bank_reference__startswith="BROWSER").order_by("pk")
    assert [line.state for line in lines] == ["TO_PLACE", "TO_PLACE"]
    for line in lines:
        _choose(nadege, line, "Vernoux")
        expect(page.locator("#messages")).to_contain_text("placés sur")
        # It has left the list, whose next line has the cursor.
        expect(page.locator(f"section #ligne-{line.pk}")).to_have_count(0)
        left = page.locator("section [data-row]")
        expect(left.first if left.count() else page.locator("#contenu")).to_be_focused()
        nadege.assert_clean()
    nadege.go("/loyers/banque/")
    picture(page, "banque")

    assert _debt("Vernoux").debt == 0
    nadege.go("/loyers/impayes/?situation=tous&q=Vernoux")
    expect(page.get_by_text("Aucun impayé ici")).to_be_visible()
    nadege.assert_clean()


def test_the_same_file_twice_adds_nothing(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege")
    path = _statement(tmp_path, ("VERSEMENT", "", Decimal("61.17")))
    _drop(nadege, path)
    nadege.expected.add(422)
    nadege.go("/loyers/banque/releves/deposer/")
    nadege.page.locator("input[type=file]").set_input_files(path)
    nadege.page.get_by_role("button", name="Importer").click()
    expect(nadege.page.get_by_role("alert")).to_contain_text("déjà")
    nadege.assert_clean()
    assert BankLine.objects.filter(bank_reference__startswith="BROWSER").count() == 1


def test_enter_accepts_a_proposal(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege")
    demand = RentDemand.objects.filter(lease__household__name__contains="Vernoux").latest("month")
    _drop(nadege, _statement(tmp_path, ("VIR MME VERNOUX ODILE", "VERNOUX ODILE", demand.net)))
    line = BankLine.objects.get(bank_reference__startswith="BROWSER")
    assert line.state == "PROPOSED"
    card = _card(nadege, line)
    expect(card).to_be_visible()
    nadege.page.keyboard.press("Enter")  # nothing has the focus: the cursor is on the first line
    expect(nadege.page.locator("#messages")).to_contain_text("placés sur")
    line.refresh_from_db()
    assert line.state == "PLACED"
    nadege.page.keyboard.press("z")
    expect(nadege.page.locator("#messages")).to_contain_text("attendent de nouveau")
    expect(card).to_be_focused()
    line.refresh_from_db()
    assert line.state == "TO_PLACE"
    nadege.assert_clean()


def test_two_tabs_place_one_line_and_the_second_is_told(comes: Comes, tmp_path: Path) -> None:
    nadege = comes("nadege")
    _drop(nadege, _statement(tmp_path, ("VERSEMENT", "", Decimal("61.17"))))
    line = BankLine.objects.get(bank_reference__startswith="BROWSER")
    other = nadege.another_tab()
    other.page.goto(nadege.page.url)
    _choose(nadege, line, "Vernoux")
    expect(nadege.page.locator("#messages")).to_contain_text("placés sur")
    _choose(other, line, "Delaunoy")
    expect(other.page.locator("#messages")).to_contain_text("déjà")
    nadege.assert_clean()
    other.assert_clean()
    assert line.matches.filter(undone_at=None, is_accepted=True).count() == 1


def test_the_keys_of_the_arrears_list(comes: Comes, picture: Picture) -> None:
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/?situation=tous")
    page.keyboard.press("/")
    expect(page.locator("[data-search-field]")).to_be_focused()

    nadege.go("/loyers/impayes/?situation=tous")
    rows = page.locator("tbody > tr[data-row]")
    page.keyboard.press("m")  # nothing has the focus, nothing is chosen: it is about the row of the cursor
    expect(page.locator("dialog[open]")).to_contain_text(rows.first.locator("a").first.inner_text())

    nadege.go("/loyers/impayes/?situation=tous")
    expect(page.locator("[data-bulk-none]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    rows.last.focus()
    for _ in range(rows.count()):
        page.keyboard.press("ArrowUp")
    expect(rows.first).to_be_focused()
    for _ in range(rows.count()):
        if "Vernoux" in page.locator("tr.is-cursor").inner_text():
            break
        page.keyboard.press("ArrowDown")
    row = page.locator("tr.is-cursor")
    expect(row).to_contain_text("Vernoux")
    page.keyboard.press("Space")
    expect(page.locator("[data-bulk-count]")).to_have_text("1 ménage choisi")
    nadege.assert_clean()

    for key, verb in (("m", "Modifier"), ("r", "Refuser"), ("p", "pause")):
        page.keyboard.press(key)
        dialog = page.locator("dialog[open]")
        expect(dialog, verb).to_be_visible()
        nadege.assert_clean()
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        row.focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk-some]")).to_be_hidden()

    page.keyboard.press("Enter")
    expect(page.locator("tr.a-why-row:visible")).to_contain_text("Pourquoi")
    nadege.assert_clean()
    picture(page, "pourquoi")
    _confirms(page, row)
    expect(page.locator("#messages")).to_contain_text(re.compile(r"pour .*Vernoux"))
    nadege.assert_clean()


def _confirms(page: Page, row: Locator) -> None:
    """By the keyboard. A message is read before it leaves, a plan has its last day."""
    said = row.inner_text()
    is_message = any(step in said for step in ("Message courtois", "Relancer par écrit", "Mettre en demeure"))
    page.keyboard.press("c")
    if is_message:
        dialog = page.locator("dialog[open]")
        expect(dialog.get_by_role("textbox", name="Texte")).to_have_value(re.compile("Bonjour"))
        dialog.get_by_role("button", name="Envoyer").press("Enter")
    elif "Répondre au plan demandé" in said:
        page.locator("dialog[open]").get_by_role("button", name="Accepter le plan").press("Enter")


def test_a_decision_leaves_the_cursor_on_the_next_row(comes: Comes) -> None:
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/loyers/impayes/?situation=tous")
    rows = page.locator("tbody > tr[data-row]")
    shown = [row.get_attribute("data-detail") for row in rows.all()]
    assert len(shown) >= 3
    page.evaluate("window.isTheSamePage = true")

    rows.first.focus()
    page.keyboard.press("p")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=reason]").fill("Prime à venir")
    dialog.locator("[name=pause_until]").fill("01/01/2020")
    dialog.locator("[name=reason]").press("Enter")
    expect(dialog).to_contain_text("La pause finit aujourd’hui ou plus tard")
    dialog.locator("[name=pause_until]").fill(f"{clock.today() + timedelta(days=9):%d/%m/%Y}")
    dialog.locator("[name=reason]").press("Enter")
    expect(page.locator("#messages")).to_contain_text("relances en pause")
    expect(dialog).to_have_count(0)
    expect(page.locator(f"tr[data-detail='{shown[1]}']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.is-cursor")).to_have_count(1)
    nadege.assert_clean()
    assert page.evaluate("window.isTheSamePage")

    nadege.go("/loyers/impayes/?situation=decider")
    shown = [row.get_attribute("data-detail") for row in rows.all()]
    assert len(shown) >= 2
    rows.first.focus()
    for left in range(len(shown) - 1, -1, -1):
        _confirms(page, rows.first)
        expect(rows).to_have_count(left)
        expect(rows.first if left else page.locator("#contenu")).to_be_focused()
    expect(page.get_by_text("Tout est décidé pour aujourd’hui")).to_be_visible()


def _takes(person: Person, name: str, amount: str) -> None:
    """Up to the form of a payment, filled."""
    person.go(f"/loyers/encaissements/?q={name}")  # one place only has that name
    person.page.get_by_role("textbox", name="Montant").fill(amount)


def test_a_double_click_and_the_back_button_take_one_payment(comes: Comes) -> None:
    before = Payment.objects.count()
    nadege = comes("nadege")
    page = nadege.page
    _takes(nadege, "Vernoux", "37,50")
    nadege.assert_clean()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Encaisser", exact=True).dblclick()
    expect(page.locator("#messages")).to_contain_text("encaissés")
    assert len(sent) == 1
    nadege.assert_clean()
    assert Payment.objects.count() == before + 1

    # The browser shows again what was typed: sent once more, it is the same payment.
    page.go_back()
    page.get_by_role("textbox", name="Montant").fill("37,50")
    page.get_by_role("button", name="Encaisser", exact=True).click()
    page.wait_for_url("**/encaissements/*/")
    nadege.assert_clean()
    assert Payment.objects.count() == before + 1


def test_the_search_finds_a_household_under_the_keyboard(comes: Comes) -> None:
    nadege = comes("nadege")
    page = nadege.page
    nadege.go("/")
    page.keyboard.press("/")
    page.keyboard.type("vernoux")
    expect(page.locator("#resultats [role=option]").first).to_contain_text("Vernoux")
    nadege.assert_clean()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Vernoux")
    nadege.assert_clean()


def test_pictures_of_her_pages(comes: Comes, picture: Picture) -> None:
    nadege = comes("nadege")
    household = Household.objects.get(name__contains="Vernoux")
    for path, name in (("/", "accueil-gestion"), (f"/menages/{household.pk}/", "menage")):
        nadege.go(path)
        picture(nadege.page, name)
        nadege.assert_clean()
    nadege.resize((360, 780))
    nadege.assert_clean()
    picture(nadege.page, "menage")
