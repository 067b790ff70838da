"""The proof of a line of an account: its avis, receipt, bank line and bordereau, to who may read each."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.queries.statement import StatementLine, statement
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import Account, BankLine, Match, RentDemand
from tests.factories import make_arrears, make_bank_known, make_let
from tests.pages import plain

pytestmark = pytest.mark.django_db
OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
READERS = [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR]
ClientAs = Callable[..., Client]


def address(line: StatementLine) -> str:
    return reverse("desk:proof", args=[line.account_id, line.entry_id])


def line_of(account_id: int, kind: EntryKind) -> StatementLine:
    return next(line for line in reversed(statement(account_id).lines) if line.kind == kind)


@pytest.fixture
def account() -> int:
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr"), dues=[OCT, NOV], paid="120.00")
    return case.account_id


@pytest.mark.parametrize("role", READERS)
def test_who_reads_the_account_reads_what_a_payment_settled(client_as: ClientAs, account: int, role: Role) -> None:
    page = client_as(role).get(address(line_of(account, EntryKind.PAYMENT)))
    text = plain(page)
    assert page.status_code == 200
    assert "Imputé sur" in text
    assert "Mois d’octobre 2026" in text
    assert "120,00" in text


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR])
def test_nobody_else_reads_it(client_as: ClientAs, account: int, role: Role) -> None:
    assert client_as(role).get(address(line_of(account, EntryKind.PAYMENT))).status_code == 403


def test_a_line_of_another_account_is_no_proof_of_this_one(client_as: ClientAs, account: int) -> None:
    other = make_arrears(lease=make_let(start=date(2024, 3, 15)), dues=[OCT], paid="10.00").account_id
    entry = line_of(other, EntryKind.PAYMENT).entry_id
    assert client_as(Role.RENTAL_MANAGER).get(reverse("desk:proof", args=[account, entry])).status_code == 404


def test_inside_a_page_it_is_a_panel_and_alone_a_page(client_as: ClientAs, account: int) -> None:
    client, url = client_as(Role.RENTAL_MANAGER), address(line_of(account, EntryKind.PAYMENT))
    panel = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<dialog" in panel
    assert "<html" not in panel
    alone = client.get(url).content.decode()
    assert "a-panel" not in alone
    assert "<h1>" in alone


def test_an_avis_says_what_it_asks_and_what_settled_it(client_as: ClientAs, account: int) -> None:
    line = next(line for line in statement(account).lines if line.kind == EntryKind.DEMAND)
    demand = RentDemand.objects.get(entry=line.entry_id)
    text = plain(client_as(Role.RENTAL_MANAGER).get(address(line)))
    assert demand.reference in text
    assert "Ce que l’avis demande" in text
    assert "Paiement" in text.partition("Ce qui l’a réglé")[2]


def test_a_line_that_was_undone_leads_to_what_undid_it_and_back(client_as: ClientAs, account: int) -> None:
    paid = line_of(account, EntryKind.PAYMENT)
    reverse_entries(entry_ids=[paid.entry_id], actor=Actor.system(), effective_on=NOV)
    undone = line_of(account, EntryKind.REVERSAL)
    client = client_as(Role.RENTAL_MANAGER)
    assert address(undone) in client.get(address(paid)).content.decode()
    assert address(paid) in client.get(address(undone)).content.decode()


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.RENTAL_MANAGER, True), (Role.HEAD_OF_SOCIAL, True),
        (Role.SOCIAL_WORKER, False), (Role.DIRECTOR, False),
    ],
)  # fmt: skip
def test_the_label_of_the_bank_is_for_who_reads_the_papers(
    client_as: ClientAs, account: int, role: Role, sees: bool
) -> None:
    paid = line_of(account, EntryKind.PAYMENT)
    bank = make_bank_known(until=NOV)
    line = BankLine.objects.create(
        bank_account=bank.bank_account, statement=bank, booking_day=OCT, amount=Decimal("120.00"),
        content_hash="0" * 32, label="VIR MME SARR LOYER", state="SURE",
    )  # fmt: skip
    Match.objects.create(line=line, account_id=account, amount=Decimal("120.00"), rule="NAME", is_accepted=True,
                         entry_id=paid.entry_id)  # fmt: skip
    text = plain(client_as(role).get(address(paid)))
    assert ("VIR MME SARR LOYER" in text) is sees


def test_rows_timeline_and_why_lead_to_it(client_as: ClientAs, account: int) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    paid = address(line_of(account, EntryKind.PAYMENT))
    household = Account.objects.get(pk=account).household_id
    assert client.get(reverse("desk:household", args=[household])).content.decode().count(paid) == 2
    assert paid in client.get(reverse("rent_ledger:statement", args=[account])).content.decode()
    assert paid in client.get(reverse("rent_ledger:why_debt", args=[account])).content.decode()
    assert paid not in client.get(reverse("rent_ledger:statement_print", args=[account])).content.decode()
