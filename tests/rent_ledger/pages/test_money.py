"""The desk and the pages of aid."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from leases.contracts.natures import Nature
from office.access.codes import Role
from office.models import Document
from rent_ledger.benefits.codes import BenefitLineState
from rent_ledger.models import AccountState, BenefitLine, BenefitRight, BenefitStatement, Payment, Posting
from tests.factories import make_association, make_let, make_payer, make_right, make_user, owe
from tests.rent_ledger.benefits.services.test_benefits import bordereau, bring, housed

pytestmark = pytest.mark.django_db
DESK = reverse("rent_ledger:payments")
AID = reverse("rent_ledger:benefits")


def signed_in(role: str = Role.RENTAL_MANAGER) -> Client:
    client = Client()
    client.force_login(make_user(role=role))
    return client


@pytest.fixture
def client() -> Client:
    return signed_in()


def plain(page) -> str:
    return page.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def sent(**changes: str) -> dict[str, str]:
    return {
        "method": "CASH", "amount": "120,00", "received_on": "05/11/2026", "request_key": str(uuid4())
    } | changes  # fmt: skip


# -- the desk -------------------------------------------------------------------------------------------------------


def test_search_choose_take_and_print(client):
    make_association()
    lease = make_let(name="Mme Fatou Sarr")
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    found = plain(client.get(DESK, {"q": "sarr"}))
    assert f"?pour=bail-{lease.pk}" in found
    url = f"{DESK}?pour=bail-{lease.pk}"
    assert "doit 480,00 €" in plain(client.get(url))
    done = client.post(url, sent(payer="M. Sarr"), follow=True)
    payment = Payment.objects.get()
    assert done.redirect_chain == [(reverse("rent_ledger:payment", args=[payment.pk]), 302)]
    assert "120,00 € encaissés" in plain(done)
    assert AccountState.objects.get(account_id=account).debt == Decimal("360.00")
    pdf = client.post(reverse("rent_ledger:payment_receipt", args=[payment.pk]))
    assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    data = Document.objects.get(kind="payment_receipt").data
    assert (data["debt_before"], data["debt_after"]) == ("480.00", "360.00")
    assert client.post(reverse("rent_ledger:payment_receipt", args=[payment.pk])).content == pdf.content


def test_the_same_form_twice_is_one_payment(client):
    lease = make_let()
    url, form = f"{DESK}?pour=bail-{lease.pk}", sent()
    client.post(url, form)
    client.post(url, form)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"amount": "12O"}, "Une lettre O"),
        ({"amount": "0"}, "supérieur à zéro"),
        ({"received_on": "06/11/2026"}, "dans le futur"),
        ({"received_on": "31/02/2026"}, "28 jours"),
    ],
)
def test_what_is_typed_wrong_is_told_in_its_field(client, changes, message):
    lease = make_let()
    answer = client.post(f"{DESK}?pour=bail-{lease.pk}", sent(**changes))
    assert (answer.status_code, message in plain(answer)) == (422, True)
    assert Payment.objects.count() == 0


def test_the_desk_opens_on_a_household_or_an_account(client):
    lease = make_let(name="Mme Roy")
    account = owe(lease=lease, due_on=date(2026, 11, 1))
    for query in ({"menage": lease.household_id}, {"compte": account}):
        assert "Encaisser pour Mme Roy" in plain(client.get(DESK, query))


def test_a_payment_is_undone_from_its_page(client):
    lease = make_let()
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    client.post(f"{DESK}?pour=bail-{lease.pk}", sent())
    payment = Payment.objects.get()
    seen = client.post(reverse("rent_ledger:payment_cancel", args=[payment.pk]), follow=True)
    assert "est annulé" in plain(seen)
    assert AccountState.objects.get(account_id=account).debt == Decimal("480.00")


def test_the_cost_of_the_desk_does_not_follow_its_payments(client, django_assert_max_num_queries):
    lease = make_let()
    for _ in range(2):
        client.post(f"{DESK}?pour=bail-{lease.pk}", sent())
    client.get(DESK)
    with django_assert_max_num_queries(25) as few:
        client.get(DESK)
        cost = len(few)
    for _ in range(6):
        client.post(f"{DESK}?pour=bail-{make_let().pk}", sent())
    with django_assert_max_num_queries(cost):
        client.get(DESK)


# -- aid ------------------------------------------------------------------------------------------------------------


def drop_bordereau(client: Client, payer, data: bytes):
    return client.post(
        AID, {"payer": payer.pk, "paid_on": "05/11/2026", "file": SimpleUploadedFile("b.csv", data)}, follow=True
    )


COLUMNS = {"number": "allocataire", "month": "mois", "amount": "montant", "name": "", "lease": "", "kind": ""}


@pytest.mark.clock("2026-11-26")
def test_a_bordereau_is_read_shown_then_imported(client):
    _, right = housed()
    seen = drop_bordereau(client, right.payer, bordereau((right.beneficiary_number, "11/2026", "200,00")))
    url = seen.redirect_chain[-1][0]
    assert "Que contient chaque colonne" in plain(seen)
    dry = plain(client.post(url, COLUMNS))
    assert "Importer 1 ligne" in dry
    assert BenefitStatement.objects.count() == 0
    done = plain(client.post(url, COLUMNS | {"importer": "1"}, follow=True))
    assert "1 rapprochée, 1 de montant changé" in done
    assert "Montant changé" in done
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("50.00")


def test_errors_of_a_bordereau_are_told_by_line(client):
    payer = make_payer()
    seen = drop_bordereau(client, payer, bordereau(("1", "11/2026", "x"), ("2", "99/2026", "1,00")))
    answer = client.post(seen.redirect_chain[-1][0], COLUMNS | {"importer": "1"})
    assert answer.status_code == 422
    for line in ("Ligne 2 :", "Ligne 3 :"):
        assert line in plain(answer)
    assert BenefitStatement.objects.count() == 0


@pytest.mark.clock("2026-11-26")
def test_a_line_received_before_is_shown_and_waits_for_a_word(client):
    _, right = housed()
    first = bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    rows = ((right.beneficiary_number, "11/2026", "250,00"), (right.beneficiary_number, "10/2026", "250,00"))
    url = drop_bordereau(client, right.payer, bordereau(*rows)).redirect_chain[-1][0]
    dry = plain(client.post(url, COLUMNS))
    assert "1 ligne est déjà dans un autre bordereau" in dry
    assert reverse("rent_ledger:benefit_statement", args=[first.statement_id]) in dry
    refused = client.post(url, COLUMNS | {"importer": "1"})
    assert (refused.status_code, "1 ligne déjà reçue" in plain(refused)) == (422, True)
    assert 'name="encore"' in plain(refused)
    assert BenefitStatement.objects.count() == 1
    client.post(url, COLUMNS | {"importer": "1", "encore": "1"})
    assert BenefitStatement.objects.count() == 2


@pytest.mark.parametrize(("data", "message"), [(b"%PDF", "PDF"), (b"un\n", "colonne"), (b"", "vide")])
def test_what_is_no_bordereau_is_refused(client, data, message):
    answer = drop_bordereau(client, make_payer(), data)
    assert (answer.status_code, message in plain(answer)) == (422, True)


def test_the_columns_of_somebody_else_s_file_are_not_found(client):
    seen = drop_bordereau(client, make_payer(), bordereau(("1", "11/2026", "1,00")))
    assert signed_in().get(seen.redirect_chain[-1][0]).status_code == 404


@pytest.mark.clock("2026-11-26")
def test_an_unknown_line_is_given_to_a_right(client):
    _, right = housed()
    bring(right.payer, ("7777777", "11/2026", "250,00"))
    statement, line = BenefitStatement.objects.get(), BenefitLine.objects.get()
    seen = plain(client.get(reverse("rent_ledger:benefit_statement", args=[statement.pk])))
    assert "À reconnaître" in seen
    assert f'name="droit" value="{right.pk}"' in seen
    client.post(reverse("rent_ledger:benefit_assign", args=[line.pk]), {"droit": right.pk})
    assert BenefitLine.objects.get().state == BenefitLineState.MATCHED


@pytest.mark.clock("2026-11-26")
def test_a_line_given_where_the_same_amount_came_is_confirmed_on_the_page(client):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "250,00"))
    bring(right.payer, ("7777777", "11/2026", "250,00"))
    line = BenefitLine.objects.get(right=None)
    url = reverse("rent_ledger:benefit_assign", args=[line.pk])
    page = client.get(reverse("rent_ledger:benefit_statement", args=[line.statement_id]))
    assert "Imputer quand même" not in plain(page)
    refused = plain(client.post(url, {"droit": right.pk}, follow=True))
    assert ("sont déjà reçus" in refused, "Imputer quand même" in refused) == (True, True)
    assert BenefitLine.objects.get(pk=line.pk).right is None
    client.post(url, {"droit": right.pk, "encore": "1"})
    assert BenefitLine.objects.get(pk=line.pk).right == right


@pytest.mark.clock("2026-11-26")
def test_a_changed_amount_is_awaited_from_the_next_month(client):
    _, right = housed()
    bring(right.payer, (right.beneficiary_number, "11/2026", "200,00"))
    url = reverse("rent_ledger:benefit_follow", args=[BenefitLine.objects.get().pk])
    client.post(url)
    assert list(BenefitRight.objects.order_by("period").values_list("amount", flat=True)) == [
        Decimal("250.00"), Decimal("200.00"),
    ]  # fmt: skip
    assert "déjà terminé ou changé" in plain(client.post(url, follow=True))


@pytest.mark.clock("2026-11-26")
def test_rights_of_a_lease_set_ended_and_a_month_settled(client):
    lease, right = housed()
    url = reverse("rent_ledger:benefit_rights", args=[lease.pk])
    assert "250,00 €" in plain(client.get(url))
    new = {
        "payer": right.payer_id, "kind": "APL", "beneficiary_number": right.beneficiary_number, "amount": "180,00",
        "start": "12/2026", "is_direct": "on",
    }  # fmt: skip
    client.post(url, new)
    current = BenefitRight.objects.get(amount="180.00")
    again = client.post(url, new)
    assert (again.status_code, "commence déjà" in plain(again)) == (422, True)
    with_end = reverse("rent_ledger:benefit_right_end", args=[lease.pk, current.pk])
    client.post(with_end, {"last": "03/2027"})
    current.refresh_from_db()
    assert current.period.upper == date(2027, 4, 1)
    client.post(reverse("rent_ledger:benefit_settle", args=[lease.pk]), {"month": "11/2026", "reason": "Suspendue"})
    assert Posting.objects.get(nature=Nature.SHORTFALL).amount == Decimal("250.00")


@pytest.mark.clock("2026-11-26")
def test_the_cost_of_a_bordereau_does_not_follow_its_lines(client, django_assert_max_num_queries):
    payer = make_payer()
    rights = [housed(payer=payer)[1] for _ in range(5)]
    two = bring(payer, *[(r.beneficiary_number, "11/2026", "200,00") for r in rights[:2]], ("1", "11/2026", "9,00"))
    five = bring(
        payer, *[(r.beneficiary_number, "10/2026", "250,00") for r in rights], ("2", "11/2026", "9,00"),
        ("3", "11/2026", "9,00"),
    )  # fmt: skip
    urls = [reverse("rent_ledger:benefit_statement", args=[r.statement_id]) for r in (two, five)]
    client.get(urls[0])
    with django_assert_max_num_queries(25) as few:
        client.get(urls[0])
        cost = len(few)
    with django_assert_max_num_queries(cost):
        client.get(urls[1])


@pytest.mark.parametrize("role", [r for r in Role if r != Role.RENTAL_MANAGER])
@pytest.mark.clock("2026-11-26")
def test_money_pages_are_for_the_rental_manager(role):
    lease, right = housed()
    report = bring(right.payer, ("7777777", "11/2026", "250,00"))
    line = BenefitLine.objects.get()
    manager = signed_in()
    manager.post(f"{DESK}?pour=bail-{lease.pk}", sent())
    payment = Payment.objects.get()
    client = signed_in(role)
    for method, name, args in (
        ("get", "payments", []),
        ("get", "payment", [payment.pk]),
        ("post", "payment_receipt", [payment.pk]),
        ("post", "payment_cancel", [payment.pk]),
        ("get", "benefits", []),
        ("get", "benefit_columns", ["x"]),
        ("get", "benefit_statement", [report.statement_id]),
        ("post", "benefit_assign", [line.pk]),
        ("post", "benefit_follow", [line.pk]),
        ("get", "benefit_rights", [lease.pk]),
        ("post", "benefit_rights", [lease.pk]),
        ("post", "benefit_right_end", [lease.pk, right.pk]),
        ("post", "benefit_settle", [lease.pk]),
    ):
        assert getattr(client, method)(reverse(f"rent_ledger:{name}", args=args)).status_code == 403, name


def test_another_lease_s_right_is_not_ended_from_here(client):
    one, two = make_let(), make_let()
    right = make_right(lease=two, start=date(2026, 2, 1))
    url = reverse("rent_ledger:benefit_right_end", args=[one.pk, right.pk])
    assert client.post(url, {"last": "03/2027"}).status_code == 404
