"""The pages of the credits: the list with its totals, one credit, decided and taken back; who only reads."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.credits.models import CreditChoice
from tests.factories import make_association, make_iban, make_user
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
    for role in (Role.DIRECTOR, Role.SOCIAL_WORKER):
        reader = signed_in(make_user(role=role))
        said = plain(reader.get(here))
        assert "Rembourser au ménage" in said
        assert iban not in said
        assert reader.post(here, {"use": "KEEP"}).status_code == 403
