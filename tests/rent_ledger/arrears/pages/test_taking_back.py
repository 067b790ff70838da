"""« Annuler » on the page of a case, and in the API: the last decision that stands, for who decides."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.services.decisions import decide
from rent_ledger.arrears.services.social import record_social_answer, request_help
from rent_ledger.models import ArrearsCase, CaseDecision, HelpRequest
from tests.factories import hold_letters, make_actor, make_association, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import DECIDE, LIST, OCT, SEP, indebted, pick

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def _page(client: Client, case: ArrearsCase) -> str:
    return plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def _undo(case: ArrearsCase, decision: CaseDecision) -> str:
    return reverse("rent_ledger:decision_undo", args=[case.pk, decision.pk])


def test_the_last_decision_is_undone_from_the_page_and_stays_in_the_history(client: Client) -> None:
    case = indebted()
    first = decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    last = decide(case=case, decision="CHANGE", action="NOTHING", reason="Vu au guichet", actor=make_actor())
    page = _page(client, case)
    assert _undo(case, last) in page
    assert _undo(case, first) not in page
    said = plain(client.post(_undo(case, last), follow=True))
    assert "Décision annulée" in said
    assert "Annulée le 5 nov." in said
    assert "Vu au guichet" in said
    assert _undo(case, first) in said
    assert _undo(case, last) not in said
    # A second click says the same, and takes nothing else back.
    client.post(_undo(case, last))
    assert CaseDecision.objects.standing().get() == first


def test_what_can_not_be_undone_any_more_says_why(client: Client) -> None:
    case = indebted()
    first = decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    decide(case=case, decision="CHANGE", action="NOTHING", reason="Vu au guichet", actor=make_actor())
    assert "Une décision plus récente a suivi" in plain(client.post(_undo(case, first), follow=True))


def test_a_decision_of_another_case_is_not_found(client: Client) -> None:
    case, other = indebted(), indebted()
    decision = decide(case=other, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    assert client.post(_undo(case, decision)).status_code == 404


def test_the_request_to_the_social_service_is_taken_back(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00")
    request_help(case=case, actor=make_actor())
    assert "Annuler la demande" in _page(client, case)
    said = plain(client.post(reverse("rent_ledger:case_help_withdraw", args=[case.pk]), follow=True))
    assert "Demande annulée." in said
    assert "Annuler la demande" not in said
    assert HelpRequest.objects.get().withdrawn_at is not None


def test_what_a_case_did_is_taken_back_from_the_foot(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00")
    page = reverse("rent_ledger:case", args=[case.pk])
    hold = hold_letters(case=case, until=date(2026, 11, 12), source="RENT", actor=make_actor())
    zone, address = _said(plain(client.post(reverse("rent_ledger:hold_lift", args=[case.pk, hold.pk]), follow=True)))
    assert "Pause levée." in zone
    assert "La pause court de nouveau" in plain(client.post(address, {"retour": page}, follow=True))
    hold.refresh_from_db()
    assert hold.lifted_at is None
    zone, address = _said(plain(client.post(reverse("rent_ledger:case_help", args=[case.pk]), follow=True)))
    assert "Demande envoyée au service social." in zone
    assert "Demande annulée." in plain(client.post(address, {"retour": page}, follow=True))
    assert HelpRequest.objects.get().withdrawn_at is not None


def test_the_request_to_the_social_service_is_asked_with_its_facts(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00")
    dialog = _page(client, case).partition('id="alerter"')[2].partition("</dialog>")[0]
    assert "424,00 € dus" in dialog
    assert "Ne pas envoyer" in dialog


def test_who_only_reads_has_no_button() -> None:
    make_association()
    case = indebted()
    decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    assert "/annuler/" not in _page(signed_in(make_user(role=Role.HEAD_OF_SOCIAL)), case)


def test_the_api_undoes_too(client: Client) -> None:
    case = indebted()
    decision = decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    sent: dict[str, Any] = {"data": "{}", "content_type": "application/json", "headers": {"Idempotency-Key": "a" * 32}}
    answer = client.post(f"/api/v1/arrears/decisions/{decision.pk}/undo", **sent)
    assert answer.status_code == 200, answer.content
    assert answer.json()["undone_at"]


def _said(page: str) -> tuple[str, str]:
    """What the foot of the window says, and the address that takes it back."""
    zone = page.split('id="messages"', 1)[1].split('class="a-head"', 1)[0]
    address = re.search(r'action="([^"]+)"', zone)
    return zone, address.group(1) if address else ""


def _ask_help(client: Client, *cases: ArrearsCase) -> tuple[str, str]:
    back = f"{LIST}?situation=tous"
    client.post(DECIDE, {"compte": [pick(case) for case in cases], "decision": "CONFIRM", "retour": back})
    return _said(plain(client.get(back)))


def test_the_list_says_for_whom_it_was_and_takes_it_back(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00", name="Mme Inès Roy")
    zone, address = _ask_help(client, case)
    assert re.search("Décidé pour Mme Inès Roy.: alerter le social", zone)
    zone, again = _said(plain(client.post(address, {"retour": f"{LIST}?situation=tous"}, follow=True)))
    assert "1 décision annulée" in zone
    assert again == ""
    assert not CaseDecision.objects.standing().exists()


def test_all_that_was_decided_at_once_is_taken_back(client: Client) -> None:
    zone, address = _ask_help(client, *[indebted(SEP, OCT, amount="212.00") for _ in range(3)])
    assert "3 décisions enregistrées" in zone
    assert "3 décisions annulées" in plain(client.post(address, {"retour": LIST}, follow=True))
    assert not CaseDecision.objects.standing().exists()


def test_what_somebody_built_on_stays_and_says_why(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00")
    _, address = _ask_help(client, case)
    decide(case=case, decision="REFUSE", reason="Virement annoncé", actor=make_actor())
    assert "Une décision plus récente a suivi" in plain(client.post(address, follow=True))
    assert CaseDecision.objects.standing().count() == 2


def test_nothing_to_take_back_says_so(client: Client) -> None:
    said = plain(client.post(reverse("rent_ledger:arrears_undo") + "?d=4071,x", follow=True))
    assert "Il n’y a plus rien à annuler ici" in said


def test_an_alert_that_was_answered_is_not_offered_to_be_taken_back(client: Client) -> None:
    case = indebted()
    last = decide(case=case, decision="CHANGE", action="ALERT", reason="Sans nouvelles", actor=make_actor())
    assert _undo(case, last) in _page(client, case)
    record_social_answer(case=case, contact_made=True, cause="BUDGET", actor=Actor.system())
    assert _undo(case, last) not in _page(client, case)
    assert "Le service social a répondu depuis" in plain(client.post(_undo(case, last), follow=True))
