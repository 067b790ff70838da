"""The pages of the credits: the list with its totals, one credit, decided and taken back; who only reads."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from office.access.codes import Role
from rent_ledger.credits.models import CreditChoice, RefundFile
from tests.factories import make_association, make_bank_account, make_iban, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.credits.services.test_credits import account_of

pytestmark = pytest.mark.django_db
LIST = reverse("rent_ledger:credits")


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def test_the_list_says_what_the_books_say(client: Client) -> None:
    account = account_of(on=date(2026, 6, 1))
    account_of(paid="230.00")
    said = plain(client.get(LIST))
    assert "2 comptes · 130,00 € au total" in said
    assert reverse("rent_ledger:credit", args=[account.pk]) in said
    said = plain(client.get(LIST, {"etat": "a-decider"}))
    assert "1 compte · 100,00 €" in said


def test_a_credit_is_kept_refunded_and_taken_back(client: Client) -> None:
    account = account_of()
    here = reverse("rent_ledger:credit", args=[account.pk])
    said = plain(client.post(here, {"use": "KEEP", "until": "31/01/2027"}, follow=True))
    assert "à revoir après le 31/01/2027" in said
    said = plain(client.post(here, {"use": "REFUND", "iban": make_iban(number=7)}, follow=True))
    assert "Remboursement de 100,00 € préparé" in said
    said = plain(
        client.post(reverse("rent_ledger:credit_undo", args=[CreditChoice.objects.latest("pk").pk]), follow=True)
    )
    assert "attend de nouveau une décision" in said
    assert client.post(here, {"use": "KEEP"}).status_code == 422


def test_who_reads_the_accounts_reads_and_decides_nothing(client: Client) -> None:
    account = account_of()
    here = reverse("rent_ledger:credit", args=[account.pk])
    iban = make_iban(number=7)
    client.post(here, {"use": "REFUND", "iban": iban})
    # Nobody needs the whole of it once it is decided.
    said = plain(client.get(here))
    assert f"IBAN ···· {iban[-4:]}" in said
    assert iban not in said
    for role in (Role.DIRECTOR, Role.SOCIAL_WORKER):
        reader = signed_in(make_user(role=role))
        said = plain(reader.get(here))
        assert "Rembourser au ménage" in said
        assert iban not in said
        assert reader.post(here, {"use": "KEEP"}).status_code == 403


def test_refunds_leave_by_a_file(client: Client) -> None:
    """Prepared, downloaded, given to the bank; who only reads the accounts has none of it."""
    files, iban = reverse("rent_ledger:refund_files"), make_iban(number=7)
    assert "Aucun remboursement à payer" in plain(client.get(files))
    client.post(reverse("rent_ledger:credit", args=[account_of().pk]), {"use": "REFUND", "iban": iban})
    choice, bank = CreditChoice.objects.get(), make_bank_account()
    said = plain(client.get(files))
    assert f"IBAN ···· {iban[-4:]}" in said
    assert iban not in said
    facts = {"bank_account": bank.pk, "execute_on": "01/12/2026"}
    assert "Cochez au moins un remboursement" in plain(client.post(files, facts))
    client.post(files, facts | {"choices": [choice.pk], "execute_on": f"{clock.today():%d/%m/%Y}"})
    file = RefundFile.objects.get()
    here = reverse("rent_ledger:refund_file", args=[file.pk])
    said = plain(client.get(here))
    assert "1 virement · 100,00 €" in said
    assert file.digest in said
    assert file.digest.replace(" ", "") == file.sha256
    assert iban not in said
    sent = client.get(reverse("rent_ledger:refund_file_content", args=[file.pk]))
    assert iban in sent.content.decode()
    assert f'filename="{file.reference}.xml"' in sent.headers["Content-Disposition"]
    shown = reverse("rent_ledger:credit", args=[choice.account_id])
    assert "Prévenir le ménage" in plain(client.get(shown))
    client.post(reverse("rent_ledger:credit_tell", args=[choice.pk]))
    assert "Prévenu : Courrier, À envoyer" in plain(client.get(shown))
    transfer = file.transfers.get()
    for name, pk, words in (
        ("refund_file_hand", file.pk, "Remis à la banque"),
        ("refund_file_withdraw", file.pk, "annulez d’abord la remise"),
        ("refund_refused", transfer.pk, "refusé par la banque"),
        ("refund_unrefused", transfer.pk, "Refus annulé"),
        ("refund_file_unhand", file.pk, "le fichier attend de nouveau"),
        ("refund_file_withdraw", file.pk, "Écarté"),
    ):
        assert words in plain(client.post(reverse(f"rent_ledger:{name}", args=[pk]), follow=True)), name
    assert client.get(reverse("rent_ledger:refund_file_content", args=[file.pk])).status_code == 404
    director = signed_in(make_user(role=Role.DIRECTOR))
    assert [director.get(page).status_code for page in (files, here)] == [403, 403]
