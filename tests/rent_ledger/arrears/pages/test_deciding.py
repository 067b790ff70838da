"""Decisions of the list of arrears: one or several, their reasons, the message that each sends."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from leases.models import Person
from office.access.codes import Role
from office.models import Message
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision, DebtHold, HelpRequest, LetterHold, OpenItem
from tests.factories import (
    make_actor,
    make_association,
    make_let,
    make_user,
    owe,
    pay,
)
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import DECIDE, LIST, NOV, OCT, SENT, SEP, TODAY, indebted, pick

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def test_several_are_confirmed_at_once(client: Client) -> None:
    cases = [indebted(NOV), indebted(SEP, OCT, amount="212.00")]
    back = f"{LIST}?situation=tous"
    answer = client.post(DECIDE, {"compte": [pick(c) for c in cases], "decision": "CONFIRM", "retour": back, **SENT})
    assert answer.url == back
    assert sorted(CaseDecision.objects.values_list("action", flat=True)) == ["ALERT", "COURTESY"]
    assert HelpRequest.objects.get().case_id == cases[1].pk
    assert "2 décisions enregistrées" in plain(client.get(LIST))


def test_one_row_is_decided_whatever_is_ticked(client: Client) -> None:
    ticked, one = indebted(NOV), indebted(NOV)
    client.post(f"{DECIDE}?un={pick(one)}", {"compte": [pick(ticked)], "decision": "CONFIRM", **SENT})
    assert [d.case_id for d in CaseDecision.objects.all()] == [one.pk]


def test_a_refusal_asks_its_reason_first(client: Client) -> None:
    case = indebted(NOV, name="Mme Inès Roy")
    asked = client.post(DECIDE, {"compte": pick(case), "decision": "REFUSE"})
    assert "Refuser la proposition pour Mme Inès Roy" in plain(asked)
    paused = client.post(DECIDE, {"compte": pick(case), "decision": "PAUSE"})
    assert "Mettre les relances en pause pour Mme Inès Roy" in plain(paused)
    assert not CaseDecision.objects.exists()
    empty = client.post(DECIDE, {"compte": pick(case), "decision": "REFUSE", "reason": ""})
    assert empty.status_code == 422
    assert "Dites pourquoi en quelques mots." in plain(empty)
    client.post(DECIDE, {"compte": pick(case), "decision": "REFUSE", "reason": "Virement annoncé"})
    assert CaseDecision.objects.get().reason == "Virement annoncé"


def test_the_reason_is_asked_in_a_dialog_where_there_is_script(client: Client) -> None:
    case = indebted(NOV)
    answer = client.post(DECIDE, {"compte": pick(case), "decision": "PAUSE"}, headers={"HX-Request": "true"})
    assert b"<dialog" in answer.content
    assert b"<html" not in answer.content
    assert (answer["HX-Retarget"], answer["HX-Reswap"], answer["HX-Reselect"]) == (
        "#dialogue",
        "innerHTML",
        "#d-decision",
    )


@pytest.mark.parametrize(
    ("back", "stays"), [("/loyers/impayes/?situation=tous&p=2", True), ("", True), ("case", True), ("/", False)]
)
def test_a_decision_asked_from_the_list_brings_the_list_anew(client: Client, back: str, stays: bool) -> None:
    case = indebted(NOV)
    back = reverse("rent_ledger:case", args=[case.pk]) if back == "case" else back
    sent = {"compte": pick(case), "decision": "PAUSE", "retour": back}
    answer = plain(client.post(DECIDE, sent, headers={"HX-Request": "true"}))
    assert ('hx-target="#contenu"' in answer) is stays


def test_what_a_decision_brings_anew_is_on_each_page(client: Client) -> None:
    case = indebted(NOV)
    page = plain(client.get(LIST))
    for part in ('id="contenu"', 'id="menu"', 'id="menu-plus"', 'hx-select-oob="#menu,#menu-plus"'):
        assert page.count(part) == 1
    assert 'hx-target="#contenu"' in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def test_a_plan_that_is_asked_is_accepted_until_a_day(client: Client) -> None:
    case = indebted(NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True, plan_amount=Decimal("45.00"),
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    assert "Répondre au plan demandé" in plain(client.get(LIST))
    sent = {"compte": f"{case.account_id}:PLAN", "decision": "CONFIRM"}
    asked = plain(client.post(DECIDE, sent))
    assert "Accepter le plan pour" in asked
    # 213.00 at 45.00 a month: five months.
    assert 'value="05/04/2027"' in asked
    refused = client.post(DECIDE, sent | {"plan_until": ""})
    assert (refused.status_code, DebtHold.objects.count()) == (422, 0)
    client.post(DECIDE, sent | {"plan_until": "31/03/2027"})
    assert DebtHold.objects.get().period.upper == date(2027, 4, 1)
    assert CaseDecision.objects.get().action == "PLAN"


def test_what_is_held_has_its_list_and_a_way_back(client: Client) -> None:
    late, held = indebted(NOV), indebted(NOV, name="Mme Inès Roy")
    debts = list(OpenItem.objects.filter(account=held.account_id, is_debit=True).values_list("posting_id", flat=True))
    hold_debt(posting_ids=debts, kind="PLAN", reason="Signé", until=date(2027, 3, 6), actor=make_actor())
    page = client.get(LIST, {"situation": "hors-relance"})
    assert [row.state.pk for row in page.context["rows"]] == [held.account_id]
    assert "Plan d’apurement tenu jusqu’au 5 mars" in plain(page)
    assert page.context["count"] == 2
    assert "Plan d’apurement tenu jusqu’au 5 mars" in plain(client.get(f"{LIST}export.csv", {"situation": "tous"}))
    assert "5 mars 2027" in plain(client.get(f"{LIST}{held.account_id}/pourquoi/"))
    file = reverse("rent_ledger:case", args=[held.pk])
    assert "Remettre en relance" in plain(client.get(file))
    other = reverse("rent_ledger:debt_release", args=[late.pk])
    assert "ne sont plus hors relance" in plain(client.post(other, {"dette": debts}, follow=True))
    back = reverse("rent_ledger:debt_release", args=[held.pk])
    assert "comptent de nouveau" in plain(client.post(back, {"dette": debts}, follow=True))
    assert AccountState.objects.get(pk=held.account_id).lane == "NEW"
    assert "ne sont plus hors relance" in plain(client.post(back, {"dette": debts}, follow=True))


def test_the_list_says_the_day_of_its_figures(client: Client) -> None:
    case = indebted(NOV)
    AccountState.objects.filter(pk=case.account_id).update(as_of=date(2026, 11, 3))
    assert "situation au 3 nov. 2026" in plain(client.get(LIST))
    assert "Situation au 3 nov. 2026" in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def test_the_pause_of_a_colleague_s_answer_is_not_told(client: Client) -> None:
    case = indebted(NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", hold_until=date(2026, 11, 23),
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    page = reverse("rent_ledger:case", args=[case.pk])
    assert plain(client.get(page)).count("Service social") > 1
    other = plain(signed_in(make_user(role=Role.SOCIAL_WORKER)).get(page))
    assert "Aucune pause" in other
    assert "le 5 nov." not in other.split('id="t-social"')[1].split("</section>")[0].split("t-pauses")[0]


def test_a_reason_that_touches_health_is_read_again(client: Client) -> None:
    case = indebted(NOV)
    sent = {"compte": pick(case), "decision": "REFUSE", "reason": "Il est alcoolique"}
    asked = client.post(DECIDE, sent)
    assert (asked.status_code, CaseDecision.objects.count()) == (422, 0)
    assert "« alcoolique » parle de santé" in plain(asked)
    token = re.search(r'name="confirmed" value="(\w+)"', asked.content.decode())
    assert token is not None
    client.post(DECIDE, sent | {"confirmed": token.group(1)})
    assert CaseDecision.objects.get().reason == "Il est alcoolique"


def test_a_pause_until_a_day(client: Client) -> None:
    case = indebted(NOV)
    client.post(
        DECIDE,
        {"compte": pick(case), "decision": "PAUSE", "reason": "Prime le 20", "pause_until": "20/11/2026"},
    )
    assert LetterHold.objects.get().until == date(2026, 11, 20)
    past = {"compte": pick(case), "decision": "PAUSE", "reason": "Prime", "pause_until": "01/11/2026"}
    assert "La pause finit aujourd’hui ou plus tard" in plain(client.post(DECIDE, past))


def test_a_change_names_the_action(client: Client) -> None:
    case = indebted(NOV)
    client.post(DECIDE, {"compte": pick(case), "decision": "CHANGE", "reason": "Sourde", "action": "CALL"})
    assert CaseDecision.objects.get().action == "CALL"


def test_what_moved_meanwhile_is_told(client: Client) -> None:
    case = indebted(NOV)
    seen = pick(case)
    pay(account=case.account_id, on=TODAY)
    client.post(DECIDE, {"compte": seen, "decision": "CONFIRM", **SENT})
    assert "n’est plus en impayé" in plain(client.get(LIST))
    assert not CaseDecision.objects.exists()


@pytest.mark.parametrize("wrong", ["https://ailleurs.test/", "x", "pas une adresse"])
def test_what_is_no_address_of_ours_is_no_way_back(client: Client, wrong: str) -> None:
    answer = client.post(DECIDE, {"compte": pick(indebted(NOV)), "decision": "CONFIRM", "retour": wrong, **SENT})
    assert answer.url == LIST


def test_a_row_whose_case_is_not_opened_yet_is_decided_all_the_same(client: Client) -> None:
    account = owe(lease=make_let(start=date(2024, 1, 1)), due_on=NOV)
    assert not ArrearsCase.objects.exists()
    client.post(DECIDE, {"compte": f"{account}:COURTESY", "decision": "CONFIRM", **SENT})
    assert CaseDecision.objects.get().case.account_id == account


# -- the message of a decision --------------------------------------------------------------------------------------


def reached(case: ArrearsCase) -> ArrearsCase:
    Person.objects.filter(lease_parties__lease=case.account.lease).update(phone="0611223344", email="a@menage.example")
    return case


def test_the_message_is_read_before_it_leaves_and_its_state_stands_on_the_case(client: Client) -> None:
    case = reached(indebted(NOV, name="Mme Inès Roy"))
    asked = client.post(DECIDE, {"compte": pick(case), "decision": "CONFIRM"})
    assert asked.status_code == 200
    assert "Envoyer ce message à Mme Inès Roy" in plain(asked)
    assert "Bonjour Mme Inès Roy, pouvez-vous appeler" in plain(asked)
    assert not Message.objects.exists()
    assert not CaseDecision.objects.exists()
    sent = {"compte": pick(case), "decision": "CONFIRM", "vu": "SMS", "channel": "SMS", "body": "Bonjour, à demain."}
    client.post(DECIDE, sent)
    message = Message.objects.get()
    assert (message.channel, message.body, message.is_edited) == ("SMS", "Bonjour, à demain.", True)
    assert "1 message part" in plain(client.get(LIST))
    page = plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "À envoyer" in page
    assert f'href="/bureau/messages/{message.uuid}/"' in page


def test_when_an_sms_leaves_is_said_before_and_after(client: Client) -> None:
    case, by_post = reached(indebted(NOV)), indebted(NOV)
    when = "le lundi 9 novembre 2026 à 9 h"
    with clock.travel(date(2026, 11, 8)):  # A Sunday.
        assert when in plain(client.post(DECIDE, {"compte": pick(case), "decision": "CONFIRM"}))
        assert when not in plain(client.post(DECIDE, {"compte": pick(by_post), "decision": "CONFIRM"}))
        both = {"compte": [pick(case), pick(by_post)], "decision": "CONFIRM"}
        assert when in plain(client.post(DECIDE, both))
        client.post(DECIDE, both | {"vu": ""})
        said = plain(client.get(LIST))
    assert "1 message part " in said
    assert f"1 SMS part {when}" in said


def test_another_way_shows_its_text_before_it_leaves(client: Client) -> None:
    case = reached(indebted(NOV))
    answer = client.post(
        DECIDE, {"compte": pick(case), "decision": "CONFIRM", "vu": "SMS", "channel": "EMAIL", "body": "Bonjour"}
    )
    assert "il reste 213,00 €" in plain(answer)
    assert 'name="vu" value="EMAIL"' in plain(answer)
    assert not Message.objects.exists()


def test_an_empty_message_is_refused_at_its_place_and_nothing_is_decided(client: Client) -> None:
    case = reached(indebted(NOV))
    answer = client.post(
        DECIDE, {"compte": pick(case), "decision": "CONFIRM", "vu": "SMS", "channel": "SMS", "body": ""}
    )
    assert answer.status_code == 422
    assert "Écrivez le texte du message." in plain(answer)
    long = client.post(
        DECIDE, {"compte": pick(case), "decision": "CONFIRM", "vu": "SMS", "channel": "SMS", "body": "b" * 460}
    )
    assert "459 caractères" in plain(long)
    assert not CaseDecision.objects.exists()


def test_a_change_to_a_message_keeps_its_reason_while_the_text_is_read(client: Client) -> None:
    case = reached(indebted(SEP, OCT, amount="212.00"))
    change = {"compte": pick(case), "decision": "CHANGE", "action": "COURTESY", "reason": "D’abord un mot"}
    asked = plain(client.post(DECIDE, change))
    assert 'name="reason" value="D’abord un mot"' in asked
    assert 'name="action" value="COURTESY"' in asked
    client.post(DECIDE, change | {"vu": "SMS", "channel": "SMS", "body": "Bonjour"})
    assert CaseDecision.objects.get().reason == "D’abord un mot"
    assert Message.objects.get().body == "Bonjour"


def test_several_messages_are_told_by_way_with_one_of_them(client: Client) -> None:
    cases = [reached(indebted(NOV, name="Mme Inès Roy")), indebted(NOV)]
    asked = plain(client.post(DECIDE, {"compte": [pick(c) for c in cases], "decision": "CONFIRM"}))
    assert "1 par SMS" in asked
    assert "1 par Courrier" in asked
    client.post(DECIDE, {"compte": [pick(c) for c in cases], "decision": "CONFIRM", "vu": ""})
    assert sorted(Message.objects.values_list("channel", flat=True)) == ["PAPER", "SMS"]


def test_who_reads_cases_reads_the_state_of_their_messages(client: Client) -> None:
    case = indebted(NOV)
    client.post(DECIDE, {"compte": pick(case), "decision": "CONFIRM", **SENT})
    social = signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert "À envoyer" in plain(social.get(reverse("rent_ledger:case", args=[case.pk])))
