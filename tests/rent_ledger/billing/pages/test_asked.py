"""What a household is asked is one sum on the avis, its page, the household's page, the statement and its paper."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.periods import Month
from leases.contracts.services.ending import end_lease
from leases.contracts.services.parties import end_party
from leases.models import Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.documents.services import render
from office.jobs.worker import drain
from office.models import Document
from rent_ledger.billing.services.drafting import draft
from rent_ledger.billing.services.papers import demand_data
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.billing.services.statement_paper import statement_document
from rent_ledger.books.queries.statement import statement
from rent_ledger.models import Account, AccountState, RentDemand
from tests.api import Api
from tests.factories import ANYWAY, make_actor, make_association, make_bank_account, make_let, make_right, pay
from tests.pages import plain, words

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-10")]
OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


def bill(month: Month, on: date) -> list[RentDemand]:
    with clock.travel(on):
        run = launch_run(month=month, actor=make_actor(), answers=ANYWAY)
        drain(run.job_id)
    return list(RentDemand.objects.filter(run=run).order_by("id"))


def lacking_aid() -> tuple[Lease, RentDemand]:
    """December's avis asks its 230 euros, and the 250 of October's aid that did not come."""
    lease = make_let(rent="400.00", charges="80.00", due_day=5)
    make_right(lease=lease, amount="250.00", start=date(2026, 2, 1))
    bill(OCT, OCT.first)
    settle_benefit_month(lease_id=lease.pk, month=OCT, reason="refus de la CAF", actor=make_actor())
    return lease, bill(DEC, date(2026, 11, 28))[0]


def test_page_and_household_ask_what_the_paper_asks(client_as: Callable[..., Client]) -> None:
    lease, demand = lacking_aid()
    assert demand_data([demand])[demand.pk]["to_pay"] == "480.00"
    client = client_as(Role.RENTAL_MANAGER)
    with clock.travel(date(2026, 11, 28)):
        page = words(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
        household = words(client.get(reverse("desk:household", args=[lease.household_id])))
    assert "Aide non versée d’octobre 2026, due le même jour : 250,00 €" in page
    assert "480,00 € demandés par l’avis" in page
    assert "480,00 € 230,00 € pour ce mois" in household


def test_the_page_of_an_avis_shows_the_box_of_the_paper(client_as: Callable[..., Client]) -> None:
    _, demand = lacking_aid()
    paper = demand_data([demand])[demand.pk]
    client = client_as(Role.RENTAL_MANAGER)
    page = words(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert "À payer 480,00 € Avant le, ce jour compris" in page
    assert f"en recopiant {paper['payment_reference']} IBAN {paper['bank']['iban']}" in page
    drain(undo_run(run=demand.run, actor=make_actor()).job_id)
    assert "Avant le, ce jour compris" not in words(client.get(reverse("rent_ledger:demand", args=[demand.pk])))


def test_an_avis_that_was_made_anew_is_one_row_with_its_parts_behind_it(client_as: Callable[..., Client]) -> None:
    lease = make_let(rent="400.00", charges="0")
    [first] = bill(NOV, date(2026, 10, 28))
    with clock.travel(date(2026, 10, 29)):
        drain(undo_run(run=first.run, actor=make_actor()).job_id)
    [second] = bill(NOV, date(2026, 10, 30))
    client = client_as(Role.RENTAL_MANAGER)
    for url in (
        reverse("desk:household", args=[lease.household_id]),
        reverse("rent_ledger:statement", args=[second.account_id]),
    ):
        page = plain(client.get(url))
        rows = re.findall(r'(?s)<tr id="ecriture-\d+".*?</tr>', page)
        assert len(rows) == 1
        assert "corrigé, 3 écritures" in rows[0]
        assert len(re.findall(r'<tr class="a-mut" data-of="\d+" hidden>', page)) == 3
        # Without script the link writes everything out.
        assert " hidden>" not in plain(client.get(url, {"tout": "oui"})).partition("<tbody")[2].partition("</table>")[0]
    printed = client.get(reverse("rent_ledger:statement_print", args=[second.account_id]))
    assert len(re.findall(r'<tr id="ecriture-', plain(printed))) == 1
    account = Account.objects.get(pk=second.account_id)
    data = statement_document(account=account, statement=statement(account.pk), actor=Actor.system()).data
    assert [line["due"] for line in data["lines"]] == ["400.00"]


def test_what_is_to_fall_due_is_listed_apart_with_its_sum(client_as: Callable[..., Client]) -> None:
    lease = make_let(rent="400.00", charges="0", start=date(2026, 12, 1))
    [demand] = bill(DEC, date(2026, 11, 10))
    read = statement(demand.account_id)
    state = AccountState.objects.get(account=demand.account_id)
    assert (len(read.lines), len(read.coming), read.upcoming) == (0, 1, Decimal("400.00"))
    assert read.upcoming == state.upcoming
    client = client_as(Role.RENTAL_MANAGER)
    for url in (
        reverse("desk:household", args=[lease.household_id]),
        reverse("rent_ledger:statement", args=[demand.account_id]),
    ):
        shown = words(client.get(url))
        assert "Aucun mouvement" not in shown
        assert "À échoir : 400,00 €" in shown
    answer = Api(Role.RENTAL_MANAGER).get(f"/accounts/{demand.account_id}/statement")
    assert (answer["lines"], answer["upcoming"], len(answer["coming"])) == ([], "400.00", 1)
    assert answer["coming"][0]["title"].startswith("Avis")


def test_the_last_line_and_what_is_to_come_make_the_whole() -> None:
    make_let(rent="400.00", charges="0")
    [november] = bill(NOV, date(2026, 11, 1))
    pay(account=november.account_id, on=date(2026, 11, 5), amount="490.67")
    bill(DEC, date(2026, 11, 10))
    read = statement(november.account_id)
    state = AccountState.objects.get(account=november.account_id)
    assert read.remaining == Decimal("-90.67")
    assert read.coming[-1].remaining == state.total == Decimal("309.33")
    account = Account.objects.get(pk=november.account_id)
    data = statement_document(account=account, statement=read, actor=Actor.system()).data
    assert (data["remaining"], data["coming_sum"], data["total"]) == ("-90.67", "400.00", "309.33")
    assert render(Document.objects.get(kind="account_statement")).startswith(b"%PDF")


def test_what_was_taken_back_before_it_fell_due_is_not_to_come() -> None:
    make_let(rent="400.00", charges="0", start=date(2026, 12, 1))
    [demand] = bill(DEC, date(2026, 11, 10))
    drain(undo_run(run=demand.run, actor=make_actor()).job_id)
    assert statement(demand.account_id).coming == ()
    # On a past day, what was not asked yet is not to come.
    assert statement(demand.account_id, day=date(2026, 11, 9)).coming == ()


def test_a_contract_that_binds_nobody_is_held_back() -> None:
    lease = make_let()
    party = lease.parties.get()
    end_party(actor=Actor.system(), party=party, last_day=date(2026, 11, 15), answers=ANYWAY)
    drafts, _ = draft(month=NOV)
    assert [d.lease_id for d in drafts] == [lease.pk]
    drafts, [held] = draft(month=DEC)
    assert drafts == []
    assert held.reason.text() == "Personne n’est tenu par ce contrat ce mois-ci"
    assert "titulaire" in held.cure.text()


def test_an_ended_contract_that_is_still_occupied_is_said_to_have_ended(client_as: Callable[..., Client]) -> None:
    lease = make_let()
    bill(NOV, date(2026, 11, 1))
    end_lease(actor=make_actor(), lease=lease, last_day=date(2026, 11, 9), reason="UNKNOWN", still_occupied=True)
    shown = words(client_as(Role.RENTAL_MANAGER).get(reverse("desk:household", args=[lease.household_id])))
    assert "terminé le 9 nov. 2026 le ménage occupe encore le logement" in shown
    assert "Fin du contrat" in shown
