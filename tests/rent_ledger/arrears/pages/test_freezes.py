"""The page of overindebtedness of a case: decisions noted, refused, taken back; who may only read it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from office.access.codes import Role
from rent_ledger.arrears.freezes import DebtFreeze, FreezeStep
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.models import AccountState, ArrearsCase
from tests.factories import make_actor, make_association, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import NOV, OCT, indebted

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def person_of(case: ArrearsCase) -> int:
    return case.account.lease.parties.get(role="HOLDER").person_id


def note(client: Client, case: ArrearsCase, kind: str, on: str, **more: str):
    person = person_of(case)
    sent = {f"p{person}-{name}": value for name, value in {"kind": kind, "on": on, **more}.items()}
    return client.post(reverse("rent_ledger:freeze_note", args=[case.pk, person]), sent, follow=True)


def test_from_admissible_to_erased_and_back(client: Client) -> None:
    case = indebted(OCT, NOV)
    address = reverse("rent_ledger:freezes", args=[case.pk])
    assert address in client.get(reverse("rent_ledger:case", args=[case.pk])).text
    page = client.get(address)
    assert "Aucun dossier de surendettement n’est noté" in plain(page)
    # A year typed wrong freezes nothing, which the page says.
    assert "Aucune dette n’est gelée par un dossier recevable du 20/10/2016" in plain(
        note(client, case, "ADMISSIBLE", "20/10/2016")
    )
    client.post(reverse("rent_ledger:freeze_undo", args=[case.pk, FreezeStep.objects.get().pk]))
    page = note(client, case, "ADMISSIBLE", "20/10/2026", reference="000126001234")
    assert "Aucune dette n’est gelée" not in plain(page)
    said = plain(page)
    assert "<strong>213,00 €</strong> gelés jusqu’au 20 oct. 2028" in said
    assert "dossier 000126001234" in said
    assert "ne se réclame ni ne se paie" in said
    assert "L’aide au logement est rétablie" in said
    assert str(AccountState.objects.get(account=case.account_id).arrears) == "213.00"
    said = plain(note(client, case, "MORATORIUM", "05/11/2026", until="05/11/2028"))
    assert "<strong>213,00 €</strong> gelés jusqu’au 5 nov. 2028" in said
    said = plain(note(client, case, "ERASED", "05/11/2026"))
    assert "Dossier fini le 5 nov. 2026" in said
    assert "La clause résolutoire est suspendue jusqu’au 5 nov. 2028" in said
    last = FreezeStep.objects.latest("pk")
    undo = reverse("rent_ledger:freeze_undo", args=[case.pk, last.pk])
    for _ in range(2):
        page = client.post(undo, follow=True)
    assert "<strong>213,00 €</strong> gelés jusqu’au 5 nov. 2028" in plain(page)
    # What a debt in the list says of it.
    assert "gelés (surendettement)" in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def test_a_decision_that_cannot_be_says_what_to_do(client: Client) -> None:
    case = indebted(OCT, NOV)
    page = note(client, case, "ADMISSIBLE", "06/11/2026")
    assert page.status_code == 422
    assert "La décision est d’aujourd’hui au plus tard." in plain(page)
    assert "Dites le jour de la décision" in plain(note(client, case, "ADMISSIBLE", ""))
    note(client, case, "ADMISSIBLE", "20/10/2026")
    said = plain(note(client, case, "MEASURES", "05/11/2026", until="06/11/2033"))
    assert "La fin est du 06/11/2026 au 05/11/2033." in said
    assert DebtFreeze.objects.get().decisions.count() == 1


def test_who_follows_the_household_reads_and_decides_nothing(client: Client) -> None:
    case = indebted(OCT, NOV)
    note(client, case, "ADMISSIBLE", "20/10/2026")
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    page = head.get(reverse("rent_ledger:freezes", args=[case.pk]))
    assert "gelés jusqu’au" in plain(page)
    assert "Annuler cette décision" not in plain(page)
    assert "Noter" not in plain(page)


def test_what_all_is_frozen_leaves_no_proposal(client: Client) -> None:
    case = indebted(OCT)
    note(client, case, "ADMISSIBLE", "20/10/2026")
    detect_arrears(day=date(2026, 11, 5), actor=make_actor())
    assert AccountState.objects.get(account=case.account_id).lane == "HELD"
