"""The desk: search, take, print, cancel."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from office.access.matrix import COLUMNS, Access, Data
from office.models import Document
from rent_ledger.models import AccountState, Payment
from tests.factories import make_association, make_let, make_user, owe
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
DESK = reverse("rent_ledger:payments")


@pytest.fixture
def client() -> Client:
    return signed_in(make_user())


def sent(**changes: str) -> dict[str, str]:
    return {
        "method": "CASH", "amount": "120,00", "received_on": "05/11/2026", "request_key": str(uuid4())
    } | changes  # fmt: skip


def test_who_reads_payments_sees_the_list_and_takes_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """No role of today: a page of one payment that its list refuses would be found by nobody."""
    make_association()
    lease = make_let(name="Mme Fatou Sarr")
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    url = f"{DESK}?pour=bail-{lease.pk}"
    client.post(url, sent())
    auditor = COLUMNS[Role.DIRECTOR]
    read = {data: level for data, level in auditor.read.items() if data != Data.LEDGER} | {Data.PAYMENT: Access.FULL}
    monkeypatch.setitem(COLUMNS, Role.DIRECTOR, replace(auditor, read=read))
    reader = signed_in(make_user(role=Role.DIRECTOR))
    page, one = (
        plain(reader.get(url)),
        plain(reader.get(reverse("rent_ledger:payment", args=[Payment.objects.get().pk]))),
    )
    assert "Mme Fatou Sarr" in page
    for text in (page, one):
        assert not [
            word for word in ("Qui paie", "Encaisser", "Imprimer", "Annuler", "Relevé du compte") if word in text
        ]
    assert reader.post(url, sent()).status_code == 403
    assert Payment.objects.count() == 1


def test_search_choose_take_and_print(client):
    make_association()
    lease = make_let(name="Mme Fatou Sarr")
    account = owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    url = f"{DESK}?pour=bail-{lease.pk}"
    assert client.get(DESK, {"q": "sarr"}).headers["Location"] == url
    typed = client.get(DESK, {"q": "sarr"}, headers={"HX-Request": "true", "HX-Target": "trouves"})
    assert url in plain(typed)
    assert "<html" not in plain(typed)
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


def test_of_two_households_of_one_name_the_page_lets_choose(client):
    leases = [make_let(name=f"Mme Roy {n}") for n in (1, 2)]
    page = plain(client.get(DESK, {"q": "roy"}))
    assert all(f"?pour=bail-{lease.pk}" in page for lease in leases)


def test_what_is_due_is_proposed_and_told_month_by_month(client):
    lease = make_let(name="Mme Fatou Sarr")
    for month, amount in ((9, "70.00"), (10, "155.52")):
        owe(lease=lease, due_on=date(2026, month, 1), amount=amount)
    page = plain(client.get(f"{DESK}?pour=bail-{lease.pk}"))
    [field] = re.findall(r'<input[^>]*name="amount"[^>]*>', page)
    assert 'value="225,52"' in field
    assert "autofocus" in field
    told = " ".join(re.sub("<[^>]+>", " ", page.partition("Ce qui est dû")[2].partition("</section>")[0]).split())
    assert "Septembre 2026 échéance du 1er sept. 70,00 €" in told.replace("1 er", "1er")
    assert "Octobre 2026" in told
    assert "Dû aujourd’hui 225,52 €" in told


def test_the_sums_that_are_likely_are_one_press_away(client):
    lease = make_let(name="Mme Fatou Sarr")
    for month, amount in ((9, "49.52"), (10, "176.00"), (12, "180.00")):
        owe(lease=lease, due_on=date(2026, month, 1), amount=amount)
    AccountState.objects.update(net_term=Decimal("176.00"))
    page = plain(client.get(f"{DESK}?pour=bail-{lease.pk}"))
    chips = [
        "Tout : 225,52 €", "Le terme : 176,00 €", "Avec ce qui est à échoir : 405,52 €"
    ]  # fmt: skip
    assert [chip for chip in chips if chip in page] == chips
    AccountState.objects.update(debt=Decimal("100.00"), upcoming=Decimal(0))
    page = plain(client.get(f"{DESK}?pour=bail-{lease.pk}"))
    # A term would be more than what is due.
    assert "Tout : 100,00 €" in page
    assert "Le terme :" not in page
    AccountState.objects.update(debt=Decimal(0), upcoming=Decimal("180.00"))
    page = plain(client.get(f"{DESK}?pour=bail-{lease.pk}"))
    assert "Le prochain terme : 180,00 €" in page


def test_the_takings_of_the_day_are_told_once(client):
    lease = make_let(name="Mme Fatou Sarr")
    url = f"{DESK}?pour=bail-{lease.pk}"
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    client.post(url, sent())
    for address in (DESK, url):
        assert plain(client.get(address)).count("espèces 120,00 €") == 1


def test_who_owes_nothing_is_proposed_nothing(client):
    page = plain(client.get(f"{DESK}?pour=bail-{make_let().pk}"))
    [field] = re.findall(r'<input[^>]*name="amount"[^>]*>', page)
    assert "value=" not in field
    assert "Rien n’est dû aujourd’hui" in page


def test_the_receipt_says_which_months_it_pays_and_what_remains(client):
    make_association()
    lease = make_let(name="Mme Fatou Sarr")
    for month in (9, 10):
        owe(lease=lease, due_on=date(2026, month, 1), amount="100.00")
    url = f"{DESK}?pour=bail-{lease.pk}"
    done = plain(client.post(url, sent(amount="130,00"), follow=True))
    assert "Le ménage doit encore 70,00 €." in done
    rows = [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall(r"(?s)<tr>.*?</tr>", done)]
    assert rows[1:] == [
        "Septembre 2026 100,00 € rien –", "Octobre 2026 30,00 € 70,00 € –",
    ]  # fmt: skip
    assert reverse("desk:household", args=[lease.household_id]) in done
    ahead = plain(client.post(url, sent(amount="90,00", questions="above_due", because="Décembre"), follow=True))
    assert "Le ménage ne doit plus rien, et a 20,00 € d’avance." in ahead
    assert "Avance" in ahead


def test_a_payment_that_is_undone_pays_nothing_and_says_what_is_due_again(client):
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 10, 1), amount="100.00")
    done = plain(client.post(f"{DESK}?pour=bail-{lease.pk}", sent(amount="100,00"), follow=True))
    undo = reverse("rent_ledger:payment_cancel", args=[Payment.objects.get().pk])
    assert f'hx-post="{undo}"' in done
    undone = plain(client.post(undo, follow=True))
    assert "100,00 € ne sont plus comptés. Le ménage doit encore 100,00 €." in undone
    assert "Elle ne paie plus rien" in undone


def test_the_same_form_twice_is_one_payment(client):
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
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


def test_more_than_is_owed_is_asked_about_and_taken_once_confirmed(client):
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    url, form = f"{DESK}?pour=bail-{lease.pk}", sent(amount="500,00")
    assert 'type="text" name="because"' not in plain(client.get(url))
    asked = client.post(url, form)
    assert (asked.status_code, 'type="text" name="because"' in asked.content.decode()) == (422, True)
    assert "20,00 € resteraient en avance" in plain(asked)
    assert re.search(r'<input[^>]*name="because"[^>]* required', asked.content.decode())
    assert Payment.objects.count() == 0
    answer = {"questions": "above_due", "because": ""}
    assert client.post(url, form | answer).status_code == 422
    done = plain(client.post(url, form | answer | {"because": "Elle paie décembre"}, follow=True))
    assert Payment.objects.get().amount == Decimal("500.00")
    assert "20,00 € resteraient en avance" in done
    assert "« Elle paie décembre »" in done


def test_what_another_amount_would_ask_is_asked_though_something_was_answered(client):
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    answered = {"questions": "above_due", "because": "Elle paie décembre"}
    asked = client.post(f"{DESK}?pour=bail-{lease.pk}", sent(amount="2000,00", method="CASH") | answered)
    assert asked.status_code == 422
    assert "plus de 1 000,00 € en espèces" in plain(asked)
    assert Payment.objects.count() == 0


def test_the_same_question_about_another_amount_is_asked_again(client):
    lease = make_let()
    owe(lease=lease, due_on=date(2026, 11, 1), amount="480.00")
    url = f"{DESK}?pour=bail-{lease.pk}"
    asked = client.post(url, sent(amount="500,00")).content.decode()
    [mark] = re.findall(r'name="questions" value="(above_due~[0-9a-f]{8})"', asked)
    answered = {"questions": mark, "because": "Elle paie décembre"}
    again = client.post(url, sent(amount="5000,00") | answered)
    assert (again.status_code, Payment.objects.count()) == (422, 0)
    assert "4 520,00 € resteraient en avance" in plain(again).replace("\u00a0", " ")
    [*_, marks] = re.findall(r'name="questions" value="([^"]+)"', again.content.decode())
    client.post(url, sent(amount="5000,00") | answered | {"questions": marks})
    assert Payment.objects.get().amount == Decimal("5000.00")


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
    assert "Imprimer le reçu annulé" in plain(seen)
    assert 'btn-primary">' not in seen.content.decode().partition("Imprimer")[0].rpartition("<form")[2]
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
