"""A new role is one more column: pages, menu, API and services answer by it, and nothing else is changed here."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.codes import Code
from common.errors import NotAllowed
from desk.checks import check_menu
from desk.menu import PLACES
from office.access.actor import Actor
from office.access.codes import Home
from office.access.matrix import COLUMNS, FULL, OWN, TOTALS, Column, Data
from rent_ledger.bank.services.bank import import_bank_file
from rent_ledger.payments.services.payments import cancel_payment
from tests.access.test_api import CALLS, OPERATIONS, call
from tests.access.test_pages import PAGES, ask
from tests.access.test_services import FOUND, SERVICES, refuses
from tests.access.world import World
from tests.factories import make_user

pytestmark = pytest.mark.django_db


class NewRole(Code):
    BOOKKEEPER = "BOOKKEEPER", "Comptabilité"


BOOKKEEPER = Column(
    NewRole.BOOKKEEPER,  # type: ignore[arg-type]  # no member of Role: the house does not know it
    Home.PLAIN,
    read={
        Data.IDENTITY: FULL,
        Data.LEDGER: FULL,
        Data.BANK: FULL,
        Data.PAYMENT: FULL,
        Data.ARREARS_CAUSE: TOTALS,
        Data.SELF: OWN,
    },
    write={Data.PAYMENT: FULL, Data.SELF: OWN},
)
READS = {
    "desk:home", "desk:proof", "desk:recovery", "desk:search", "desk:household", "desk:household_technical",
    "leases:households",
    "office:calendar", "office:my_views", "office:notice", "office:notice_choices", "office:notices", "office:tokens",
    "rent_ledger:arrears", "rent_ledger:bank", "rent_ledger:bank_payees", "rent_ledger:bank_statement",
    "rent_ledger:bank_statements", "rent_ledger:credit", "rent_ledger:credits", "rent_ledger:demand",
    "rent_ledger:demand_why", "rent_ledger:payment", "rent_ledger:refund_file", "rent_ledger:refund_file_content",
    "rent_ledger:refund_files",
    "rent_ledger:payments", "rent_ledger:statement", "rent_ledger:why_debt",
}  # fmt: skip
POSTS = {
    "office:calendar", "office:calendar_end", "office:notice_choices", "office:notices_seen",
    "office:notices_unseen", "office:saved_view_back",
    "office:saved_view_new", "office:saved_view_remove", "office:saved_view_rename", "office:token_revoke",
    "office:tokens",
    "rent_ledger:credit", "rent_ledger:credit_tell", "rent_ledger:credit_undo", "rent_ledger:payment_cancel",
     "rent_ledger:payment_receipt",
    "rent_ledger:payments", "rent_ledger:refund_file_hand", "rent_ledger:refund_file_unhand",
    "rent_ledger:refund_file_withdraw", "rent_ledger:refund_files", "rent_ledger:refund_refused",
    "rent_ledger:refund_unrefused",
}  # fmt: skip
CALLED = {
    "cancel_payment", "explain_account_debt", "list_accounts", "list_bank_lines", "list_bank_statements",
    "list_benefit_rights", "list_credits", "list_households", "list_notices", "list_refund_files", "mark_notice_seen",
    "read_account", "read_account_statement", "read_arrears_totals",
    "read_bank_line", "read_credit", "read_household", "read_me", "read_rent_demand", "take_payment",
}  # fmt: skip
CALLS_SERVICES = {
    "office.calendars.end_calendar_address", "office.calendars.make_calendar_address",
    "office.choices.save_choice", "office.house.ask_refund_iban", "office.house.give_up_refund_iban",
    "office.notices.mark_all_seen", "office.notices.mark_opened", "office.notices.mark_seen",
    "office.notices.mark_unseen", "office.saved_views.put_back_view", "office.saved_views.remove_view",
    "office.saved_views.rename_view", "office.saved_views.save_view",
    "office.tokens.issue_token", "office.tokens.revoke_token",
    "rent_ledger.credits.decide_credit", "rent_ledger.credits.undo_credit_choice",
    "rent_ledger.payment_receipts.payment_receipt",
    "rent_ledger.payments.cancel_payment", "rent_ledger.payments.take_payment",
    "rent_ledger.telling.tell_household",
    "rent_ledger.transfers.hand_refund_file", "rent_ledger.transfers.note_refused",
    "rent_ledger.transfers.prepare_refund_file", "rent_ledger.transfers.take_back_handing",
    "rent_ledger.transfers.take_back_refused", "rent_ledger.transfers.withdraw_refund_file",
}  # fmt: skip
MENU = ["Accueil", "Impayés", "Banque", "Encaissements", "Avances et trop-perçus", "Ménages"]


@pytest.fixture
def bookkeeper(world: World, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody signed in with the new role. The world is built first, without it."""
    monkeypatch.setitem(COLUMNS, NewRole.BOOKKEEPER, BOOKKEEPER)
    client = Client()
    client.force_login(make_user(role=NewRole.BOOKKEEPER))
    return client


def test_it_opens_its_pages_and_no_other(bookkeeper: Client, world: World) -> None:
    read, posted = set(), set()
    for name, page in PAGES.items():
        address = reverse(name, args=[world.objects[kind][0] for kind in page.of])
        if page.get and ask(bookkeeper, "GET", address, undo=True) != 403:
            read.add(name)
        if page.post and ask(bookkeeper, "POST", address, undo=True) != 403:
            posted.add(name)
    assert read == READS
    assert posted == POSTS


def test_the_menu_shows_these_pages(bookkeeper: Client) -> None:
    assert check_menu(None) == []
    answer = bookkeeper.get("/")
    shell = answer.context["shell"]
    assert [entry.label for section in shell.sections for entry in section.entries] == MENU
    assert [entry.label for entry in shell.tabs] == ["Accueil", "Impayés", "Ménages"]
    assert shell.title == "Comptabilité"
    assert shell.search_url
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert [label for label in (place.label for place in PLACES.values()) if f">{label}</a>" in main] == MENU


def test_it_calls_its_operations_and_no_other(bookkeeper: Client, world: World) -> None:
    called = set()
    for method, path, name in CALLS:
        kind = OPERATIONS[name][1]
        # Its own name is no `Role`, which is all that /me could say of it.
        if name == "read_me" or call(bookkeeper, method, path, name, world.objects[kind][0] if kind else "") != 403:
            called.add(name)
    assert called == CALLED


def test_it_calls_its_services_and_no_other(bookkeeper: Client) -> None:
    actor = Actor(None, frozenset({NewRole.BOOKKEEPER}))  # type: ignore[arg-type]
    let_in = {name for name in SERVICES if not refuses(FOUND[name], actor)}
    assert let_in == CALLS_SERVICES


def test_a_refusal_names_it_among_who_may(bookkeeper: Client, world: World) -> None:
    stranger: Any = Actor(None)
    with pytest.raises(NotAllowed, match="rôles suivants : Gestion locative, Comptabilité"):
        cancel_payment(payment_id=1, actor=stranger)
    with pytest.raises(NotAllowed, match=r"rôles suivants : Gestion locative\.$"):
        import_bank_file(actor=stranger)  # type: ignore[call-arg]
