"""The pages of write-offs: asked from the case, signed or refused by the direction, taken back; papers, recoveries."""

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.models import AccountState, ArrearsCase, Recovery, WriteOff, WriteOffPaper
from tests.factories import make_association, make_picture, make_user, pay
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import NOV, OCT, indebted

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


@pytest.fixture
def director() -> Client:
    return signed_in(make_user(role=Role.DIRECTOR))


def url(name: str, *args: int) -> str:
    return reverse(f"rent_ledger:{name}", args=args)


def ask(client: Client, case: ArrearsCase, **more: str):
    page = client.get(url("write_off_new", case.pk))
    debts = [value for value, _ in page.context["form"].fields["debts"].choices]
    return client.post(url("write_off_new", case.pk), {"why": "NO_HEIR", "debts": debts} | more, follow=True)


def owed(case: ArrearsCase) -> str:
    return str(AccountState.objects.get(account=case.account_id).arrears)


def test_from_the_case_to_the_signature_and_back(client: Client, director: Client) -> None:
    case = indebted(OCT, NOV)
    assert url("write_off_new", case.pk) in client.get(url("case", case.pk)).text
    said = plain(ask(client, case, amount="300,00"))
    row = WriteOff.objects.get()
    assert "Perte de 300,00 € demandée : la direction décide." in said
    assert "Décès sans héritier" in said
    # Who asked has no button to sign, and the case says that one waits.
    assert url("write_off_sign", row.pk) not in said
    assert "attend déjà" in plain(client.get(url("write_off_new", case.pk)))
    page = director.get(url("write_offs"))
    assert "1 demande à décider" in plain(page)
    assert "Pertes et remises" in plain(director.get("/"))
    said = plain(director.post(url("write_off_sign", row.pk), follow=True))
    assert "Décidé : 300,00 € ne sont plus demandés." in said
    assert owed(case) == "126.00"
    assert "Passé en perte" in plain(client.get(url("statement", case.account_id)))
    assert "<dt>Passé en perte</dt><dd>300,00 €</dd>" in plain(client.get(url("write_offs")))
    page = director.post(url("write_off_undo", row.pk), {"undo-reason": ""})
    assert page.status_code == 422
    assert "Dites pourquoi" in plain(page)
    said = plain(director.post(url("write_off_undo", row.pk), {"undo-reason": "Héritier trouvé"}, follow=True))
    assert "de nouveau dues" in said
    assert "Héritier trouvé" in said
    assert owed(case) == "426.00"


def test_refused_with_a_reason_or_withdrawn_by_who_asked(client: Client, director: Client) -> None:
    case = indebted(OCT)
    ask(client, case)
    row = WriteOff.objects.get()
    assert director.post(url("write_off_refuse", row.pk), {"refuse-reason": ""}).status_code == 422
    said = plain(director.post(url("write_off_refuse", row.pk), {"refuse-reason": "Garant solvable"}, follow=True))
    assert "Garant solvable" in said
    ask(client, case)
    waits = WriteOff.objects.get(state="ASKED")
    for _ in range(2):
        page = client.post(url("write_off_withdraw", waits.pk), follow=True)
        assert "Demande retirée" in plain(page)
    assert owed(case) == "213.00"


def test_what_is_asked_wrongly_says_what_to_do(client: Client) -> None:
    case = indebted(OCT)
    page = ask(client, case, amount="500,00")
    assert page.status_code == 422
    assert "au plus 213,00 €" in plain(page)
    page = ask(client, case, why="")
    assert "Choisissez un motif." in plain(page)


def test_money_after_a_loss_is_taken_for_it_and_given_back(client: Client, director: Client) -> None:
    case = indebted(OCT)
    ask(client, case)
    row = WriteOff.objects.get()
    director.post(url("write_off_sign", row.pk))
    pay(account=case.account_id, on=NOV, amount="100.00")
    assert "Prendre l’avance de 100,00 €" in plain(client.get(url("write_off", row.pk)))
    said = plain(client.post(url("write_off_recover", row.pk), follow=True))
    assert "100,00 € rentrés sur cette perte." in said
    assert "113,00 € restent en perte" in said
    said = plain(client.post(url("recovery_undo", Recovery.objects.get().pk), follow=True))
    assert "de nouveau une avance" in said


def test_a_paper_is_read_by_who_decides(client: Client, director: Client) -> None:
    case = indebted(OCT)
    ask(client, case)
    row = WriteOff.objects.get()
    sent = make_picture()
    sent.name = "certificat.jpg"
    assert "1 pièce gardée." in plain(client.post(url("write_off_papers_add", row.pk), {"papers": sent}, follow=True))
    paper = WriteOffPaper.objects.get()
    address = reverse("rent_ledger:write_off_paper", args=[row.pk, paper.uuid])
    assert address in director.get(url("write_off", row.pk)).text
    assert director.get(address).status_code == 200
    client.post(reverse("rent_ledger:write_off_paper_remove", args=[row.pk, paper.uuid]))
    assert not WriteOffPaper.objects.exists()
