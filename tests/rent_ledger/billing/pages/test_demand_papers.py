"""A demand and its papers: why each amount, what was printed, to whom an address is told."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from leases.models import Person
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from office.models import Document
from rent_ledger.billing.services.receipts import issue_receipt
from rent_ledger.billing.views import runs as views
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import Receipt, RentDemand
from stock.models import Building
from tests.factories import (
    make_actor,
    make_association,
    make_bank_account,
    make_let,
    make_user,
    pay,
)
from tests.pages import signed_in, text
from tests.rent_ledger.billing.pages.test_runs import DEC, NB, NOV, bill

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


# ---------- a demand and its papers ----------


def test_a_demand_says_why_each_amount_and_gives_its_papers(client_as):
    lease = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
    bill()
    demand = RentDemand.objects.get(lease=lease)
    client = client_as(Role.RENTAL_MANAGER)
    page = text(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert f"310,00{NB}€ × 14{NB}jours sur 30" in page
    assert "Aucun papier donné" in page
    pay(account=demand.account_id, on=date(2026, 11, 20), amount="159.14")
    paid = text(client.post(reverse("rent_ledger:receipt_issue", args=[demand.pk]), follow=True))
    assert f"Quittance n°{NB}1 établie." in paid
    receipt = Receipt.objects.get()
    first = client.get(reverse("rent_ledger:receipt_pdf", args=[receipt.pk]))
    again = client.get(reverse("rent_ledger:receipt_pdf", args=[receipt.pk]))
    assert first.content.startswith(b"%PDF")
    assert first.content == again.content


def test_a_payment_taken_back_leaves_the_quittance_and_says_so(client_as):
    lease = make_let(rent="400.00", charges="0")
    bill()
    demand = RentDemand.objects.get(lease=lease)
    entry = pay(account=demand.account_id, on=date(2026, 11, 20), amount="400.00")
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:receipt_issue", args=[demand.pk]))
    reverse_entries(entry_ids=[entry], actor=Actor.system(), effective_on=date(2026, 11, 27), kind=EntryKind.RETURN)
    page = text(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert "était vraie quand elle a été donnée" in page
    assert f"400,00{NB}€ sont de nouveau à régler" in page
    assert Receipt.objects.count() == 1


def test_a_cancelled_demand_is_no_paper_unless_it_was_printed(client_as):
    make_let()
    make_let()
    run = bill(DEC)
    printed, other = run.demands.order_by("id")
    client = client_as(Role.RENTAL_MANAGER)
    bytes_then = client.get(reverse("rent_ledger:demand_pdf", args=[printed.pk])).content
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    drain()
    # A copy says that it is cancelled; the bytes that were given are kept.
    copy = client.get(reverse("rent_ledger:demand_pdf", args=[printed.pk])).content
    assert (copy[:4], copy == bytes_then) == (b"%PDF", False)
    assert bytes(Document.objects.defer(None).get().pdf) == bytes_then
    assert client.get(reverse("rent_ledger:demand_pdf", args=[other.pk])).status_code == 404
    assert Document.objects.get().cancelled_at is not None
    assert "il ne demande plus rien" in text(client.get(reverse("rent_ledger:demand", args=[printed.pk])))


def test_the_statement_is_printed_and_the_same_content_is_one_document(client_as):
    lease = make_let()
    with clock.travel(NOV.first):
        bill()
    account = RentDemand.objects.get(lease=lease).account_id
    client = client_as(Role.RENTAL_MANAGER)
    first = client.get(reverse("rent_ledger:statement_pdf", args=[account]))
    assert first.content.startswith(b"%PDF")
    assert client.get(reverse("rent_ledger:statement_pdf", args=[account])).content == first.content
    assert Document.objects.filter(kind="account_statement").count() == 1
    pay(account=account, on=date(2026, 11, 20), amount="80.00")
    assert client.get(reverse("rent_ledger:statement_pdf", args=[account])).content != first.content


def test_a_paper_made_before_the_address_was_protected_tells_it_to_who_may_read_it_only(client_as):
    """Of an archived avis, of the run's file, of a quittance: a copy without the address, and the archive stays."""
    lease, other = make_let(), make_let()
    with clock.travel(NOV.first):
        run = bill()
    demand = RentDemand.objects.get(lease=lease)
    pay(account=demand.account_id, on=date(2026, 11, 1), amount=str(demand.net))
    receipt = issue_receipt(demand=demand, actor=make_actor())
    client, in_charge = client_as(Role.RENTAL_MANAGER), make_user(role=Role.RENTAL_MANAGER)
    urls = [
        reverse("rent_ledger:demand_pdf", args=[demand.pk]),
        reverse("rent_ledger:receipt_pdf", args=[receipt.pk]),
        reverse("rent_ledger:run_pdf", args=[run.pk]),
    ]
    before = [client.get(url).content for url in urls]
    lease.household.manager = in_charge
    lease.household.save()
    Person.objects.filter(lease_parties__lease=lease).update(is_address_protected=True)
    hidden = [client.get(url).content for url in urls]
    assert all(pdf.startswith(b"%PDF") for pdf in hidden)
    assert [a == b for a, b in zip(before, hidden, strict=True)] == [False, False, False]
    theirs = signed_in(in_charge)
    assert [theirs.get(url).content == pdf for url, pdf in zip(urls, before, strict=True)] == [True, True, True]
    of_other = reverse("rent_ledger:demand_pdf", args=[RentDemand.objects.get(lease=other).pk])
    assert client.get(of_other).content == theirs.get(of_other).content


def test_the_place_of_a_paper_in_the_file_tells_no_address(client_as, monkeypatch):
    """Sorted by street; who may not read an address finds its paper at the end."""
    leases = [make_let() for _ in range(3)]
    for lease, street in zip(leases, ("1 rue Basse", "2 rue Haute", "9 rue Neuve"), strict=True):
        Building.objects.filter(dwellings__units__leases=lease).update(street=street)
    with clock.travel(NOV.first):
        run = bill()
    Person.objects.filter(lease_parties__lease=leases[0]).update(is_address_protected=True)
    printed = []
    monkeypatch.setattr(views, "render_together", lambda papers, title: printed.extend(papers) or b"%PDF")
    client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:run_pdf", args=[run.pk]))
    assert [paper.data["lease"] for paper in printed] == [leases[n].reference for n in (1, 2, 0)]
