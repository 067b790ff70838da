"""Credits as data: where they come from, what was decided; where a refund is paid, masked."""

from datetime import date

import pytest

from common import clock
from office.access.codes import Role
from rent_ledger.bank.models import KnownIban
from rent_ledger.credits.codes import CreditUse
from rent_ledger.credits.services.transfers import prepare_refund_file
from tests.api import ROOT, Api
from tests.factories import make_actor, make_association, make_bank_account, make_iban
from tests.pages import cost
from tests.rent_ledger.credits.services.test_credits import account_of, decide

pytestmark = pytest.mark.django_db


def test_credits_are_read_and_no_iban_is_whole() -> None:
    make_association()
    account, manager, director = account_of(on=date(2026, 6, 1)), Api(Role.RENTAL_MANAGER), Api(Role.DIRECTOR)
    KnownIban.objects.create(iban=make_iban(number=7), account=account, since=date(2026, 6, 1))
    [told] = manager.get("/credits")["items"]
    assert (told["account_id"], told["amount"], told["paid"], told["aid"]) == (account.pk, "100.00", "100.00", "0.00")
    assert (told["standing"], told["household"]["id"]) == ("TO_DECIDE", account.household_id)
    alone = cost(manager.client, f"{ROOT}/credits")
    decide(account)
    choice, iban = decide(account, CreditUse.REFUND), make_iban(number=7)
    recent = account_of(paid="230.00")
    assert [row["account_id"] for row in director.get("/credits", standing="TO_PAY")["items"]] == [account.pk]
    assert [row["account_id"] for row in director.get("/credits", standing="RECENT")["items"]] == [recent.pk]
    assert cost(manager.client, f"{ROOT}/credits") == alone
    at = f"/accounts/{account.pk}/credit"
    refund, kept = manager.get(at)["choices"]
    assert (refund["id"], refund["use"], refund["iban_end"]) == (choice.pk, "REFUND", iban[-4:])
    assert (kept["use"], kept["iban_end"], kept["replaced_at"] is None) == ("KEEP", None, False)
    assert [row["iban_end"] for row in director.get(at)["choices"]] == [None, None]
    prepare_refund_file(
        choice_ids=[choice.pk], bank_account=make_bank_account(), execute_on=clock.today(), actor=make_actor()
    )
    [file] = manager.get("/refund-files")["items"]
    assert (file["total"], file["handed_at"]) == ("100.00", None)
    assert [(row["account_id"], row["iban_end"]) for row in file["transfers"]] == [(account.pk, iban[-4:])]
    director.get("/refund-files", status=403)
    Api(Role.TECHNICIAN).get("/credits", status=403)


def test_an_account_without_a_credit_has_none_to_read() -> None:
    make_association()
    Api(Role.DIRECTOR).get(f"/accounts/{account_of(paid='200.00').pk}/credit", status=404)
