"""The pages of guarantors: the list, a guarantee with its letters, a claim from the case to what was paid, and back."""

import pytest
from django.test import Client
from django.urls import reverse

from rent_ledger.guarantees.models import GuaranteeClaim, GuarantorNotice, GuarantorPayment
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import make_association, make_picture, make_user
from tests.pages import cost, plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import NOV, OCT, indebted
from tests.rent_ledger.guarantees.services.test_guarantees import surety, visale

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def url(name: str, *args: object) -> str:
    return reverse(f"rent_ledger:{name}", args=args)


def owed(case: ArrearsCase) -> str:
    return str(AccountState.objects.get(account=case.account_id).arrears)


def test_a_claim_from_the_case_to_what_was_paid_and_back(client: Client) -> None:
    case = indebted(OCT, NOV)
    row = visale(case)
    assert url("case_guarantees", case.pk) in client.get(url("case", case.pk)).text
    part = plain(client.get(url("case_guarantees", case.pk)))
    assert "2 mois entiers impayés" in part
    assert url("guarantee", row.pk) in client.get(url("case_guarantees", case.pk)).text
    assert "À demander" in plain(client.get(url("guarantees"), {"etat": "a-faire"}))
    page = client.get(url("guarantee", row.pk))
    debts = [value for value, _ in page.context["claim_form"].fields["debts"].choices]
    refused = client.post(url("claim_new", row.pk), {"debts": debts, "amount": "500,00", "asked_on": "05/11/2026"})
    assert refused.status_code == 422
    assert "au plus 426,00 €" in plain(refused)
    said = plain(client.post(url("claim_new", row.pk), {"debts": debts, "asked_on": "05/11/2026"}, follow=True))
    assert "Appel de 426,00 € noté." in said
    claim = GuaranteeClaim.objects.get()
    refused = client.post(url("claim_answer", claim.pk), {"answer": "REFUSED", "answered_on": "05/11/2026"})
    assert "Dites pourquoi c’est refusé" in plain(refused)
    client.post(url("claim_answer", claim.pk), {"answer": "ACCEPTED", "answered_on": "05/11/2026"})
    paid = {"amount": "426,00", "paid_on": "05/11/2026", "reference": "VIR 1"}
    said = plain(client.post(url("claim_pay", claim.pk), paid, follow=True))
    assert "426,00 € payés par le garant : le ménage les lui doit." in said
    assert owed(case) == "0.00"
    assert "Payé par le garant" in plain(client.get(url("statement", case.account_id)))
    assert "dus au garant, pas à l’association" in plain(client.get(url("case_guarantees", case.pk)))
    assert "426,00 € payés" in plain(client.get(url("guarantees"), {"etat": "payes"}))
    said = plain(client.post(url("guarantor_payment_undo", GuarantorPayment.objects.get().pk), follow=True))
    assert "de nouveau dues à l’association" in said
    assert owed(case) == "426.00"
    assert "Réponse annulée" in plain(client.post(url("claim_unanswer", claim.pk), follow=True))
    assert "Appel retiré" in plain(client.post(url("claim_withdraw", claim.pk), follow=True))


def test_a_letter_is_prepared_read_sent_and_taken_back(client: Client) -> None:
    case = indebted(OCT, NOV)
    row = surety(case)
    assert "Lettre prête" in plain(client.post(url("notice_new", row.pk), follow=True))
    letter = GuarantorNotice.objects.get()
    pdf = client.get(url("notice_pdf", letter.pk))
    assert pdf.content.startswith(b"%PDF")
    page = client.post(url("notice_sent", letter.pk), {"sent_on": "01/11/2026", "sent_by": "RECORDED"})
    assert page.status_code == 422
    client.post(url("notice_sent", letter.pk), {"sent_on": "05/11/2026", "sent_by": "RECORDED"})
    assert "envoyée le 5 nov. 2026, recommandé" in plain(client.get(url("guarantee", row.pk)))
    assert "Envoi annulé" in plain(client.post(url("notice_unsent", letter.pk), follow=True))
    assert "Lettre écartée" in plain(client.post(url("notice_withdraw", letter.pk), follow=True))


def test_papers_of_a_claim(client: Client) -> None:
    case = indebted(OCT, NOV)
    row = visale(case)
    debts = [value for value, _ in client.get(url("guarantee", row.pk)).context["claim_form"].fields["debts"].choices]
    client.post(url("claim_new", row.pk), {"debts": debts, "asked_on": "05/11/2026"})
    claim = GuaranteeClaim.objects.get()
    sent = make_picture()
    sent.name = "quittance.jpg"
    assert "1 pièce gardée." in plain(client.post(url("claim_papers_add", claim.pk), {"papers": sent}, follow=True))
    paper = claim.papers.get()
    assert client.get(url("claim_paper", claim.pk, paper.uuid)).status_code == 200
    client.post(url("claim_paper_remove", claim.pk, paper.uuid))
    assert not claim.papers.exists()


def test_the_list_costs_the_same_whatever_its_length(client: Client) -> None:
    visale(indebted(OCT, NOV))
    one = cost(client, url("guarantees"))
    for _ in range(3):
        visale(indebted(OCT, NOV))
        surety(indebted(OCT, NOV))
    assert cost(client, url("guarantees")) == one
