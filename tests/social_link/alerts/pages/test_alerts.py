"""The alerts on screen: who sees which, take, pass on, answer, and a text that is read again."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.reasons import Reason
from leases.models import Person
from maintenance.models import Photo
from maintenance.tickets.services import tickets
from office.access.actor import Actor
from office.access.codes import Role
from office.models import AccessLog
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.services.social import request_help
from rent_ledger.arrears.services.taking_back import withdraw_request
from rent_ledger.models import LetterHold, SocialAnswer
from social_link.alerts.codes import AlertWhy
from social_link.alerts.services.answers import already_followed
from social_link.alerts.services.raising import raise_alerts
from social_link.contacts.services import log_contact
from social_link.models import Alert, AlertFact, Note, SignalAnswer
from tests.factories import (
    make_actor,
    make_alert,
    make_arrears,
    make_let,
    make_picture,
    make_referent,
    make_ticket,
    make_user,
    pay,
)
from tests.pages import plain, signed_in

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
FRIDAY = date(2026, 11, 6)

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-06")]


def on_a_debt(**kwargs: object) -> tuple[Alert, Client]:
    case = make_arrears(dues=[OCT, NOV], paid="120.00", **kwargs)
    referent = make_referent(household=case.account.household)
    raise_alerts(day=FRIDAY, actor=Actor.system())
    return Alert.objects.get(household=case.account.household), signed_in(referent)


def url(name: str, alert: Alert) -> str:
    return reverse(f"social_link:{name}", args=[alert.pk])


def test_the_list_is_of_own_cases_and_the_heads_of_all() -> None:
    mine, other = make_alert(), make_alert()
    worker, head = signed_in(mine.assignee), signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address = reverse("social_link:alerts")
    assert [a.pk for a in worker.get(address).context["page"]] == [mine.pk]
    assert {a.pk for a in head.get(address).context["page"]} == {mine.pk, other.pk}
    only = head.get(address, {"a": other.assignee_id}).context["page"]
    assert [a.pk for a in only] == [other.pk]


def test_filters_of_the_list() -> None:
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    raised, taken, up, done = make_alert(), make_alert(), make_alert(), make_alert()
    stamp = {"acknowledged_at": clock.now(), "acknowledged_by": taken.assignee}
    Alert.objects.filter(pk=taken.pk).update(state="ACK", **stamp)
    Alert.objects.filter(pk=up.pk).update(escalated_at=clock.now())
    Alert.objects.filter(pk=done.pk).update(state="ANSWERED", answered_at=clock.now(), **stamp)

    def listed(state: str) -> set[int]:
        return {a.pk for a in head.get(reverse("social_link:alerts"), {"etat": state}).context["page"]}

    assert listed("ouvertes") == listed("n’importe quoi") == {raised.pk, taken.pk, up.pk}
    assert listed("a_prendre") == {raised.pk, up.pk}
    assert listed("a_repondre") == {taken.pk}
    assert listed("remontees") == {up.pk}
    assert listed("repondues") == {done.pk}


@pytest.mark.parametrize("count", [2, 10])
def test_the_list_costs_a_constant_number_of_queries(count: int, django_assert_max_num_queries) -> None:
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    for _ in range(count):
        make_alert()
    with django_assert_max_num_queries(16):
        assert head.get(reverse("social_link:alerts")).status_code == 200


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL}])
def test_who_has_no_page(role: str) -> None:
    client, alert = signed_in(make_user(role=role)), make_alert()
    assert client.get(reverse("social_link:alerts")).status_code == 403
    assert client.get(url("alert", alert)).status_code == 403
    for name in ("alert_take", "alert_reassign", "alert_close", "alert_followed", "alert_answer"):
        assert client.post(url(name, alert)).status_code == 403


def test_the_alert_of_another_does_not_exist() -> None:
    alert, stranger = make_alert(), signed_in(make_user(role=Role.SOCIAL_WORKER))
    assert stranger.get(url("alert", alert)).status_code == 404
    for name in ("alert_take", "alert_reassign", "alert_close", "alert_followed", "alert_answer"):
        assert stranger.post(url(name, alert)).status_code == 404


def test_the_page_says_the_facts_the_clock_and_the_payments() -> None:
    alert, client = on_a_debt()
    text = plain(client.get(url("alert", alert)))
    for words in (
        "306,00 € dus sur deux termes", "Dernier paiement", "au plus tard le lundi 16 novembre 2026",
        "Dû aujourd’hui : 306,00 €", "Je prends", "Cause principale",
    ):  # fmt: skip
        assert words in text, words
    figure = r'\s*<td class="a-num">\s*(.*?)\s*</td>'
    months = re.findall(rf'<th scope="row">\s*(\w+\. 2026)\s*</th>{figure}{figure}', text)
    assert months == [("oct. 2026", "213,00 €", "120,00 €"), ("nov. 2026", "213,00 €", "0,00 €")]


def test_the_list_says_once_what_a_request_and_a_default_both_say() -> None:
    case = make_arrears(dues=[OCT, NOV], paid="120.00")
    referent = make_referent(household=case.account.household)
    request_help(case=case, actor=make_actor())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    alert = Alert.objects.get()
    assert alert.facts.count() == 2
    words = "306,00 € dus sur deux termes"

    def shown(address: str) -> str:
        return signed_in(referent).get(address).content.decode().replace("\u00a0", " ").replace("\u202f", " ")

    in_list = shown(reverse("social_link:alerts"))
    assert in_list.count(words) == 1
    assert "Demandé par la gestion locative" in in_list
    assert "Plus d’un terme net" in in_list
    page = shown(url("alert", alert))
    assert page.count(words) == 1
    # Its head names both rules, each with its day.
    head = re.findall(r"<h3[^>]*>(.*?)</h3>", page.split(words)[0], re.DOTALL)[-1]
    assert all(fact.get_rule_display() in head for fact in alert.facts.all())


def test_the_page_says_that_the_request_behind_it_was_taken_back() -> None:
    """It went on saying « Demandé par la gestion locative », as if somebody waited for the answer."""
    case = make_arrears(dues=[OCT, NOV], paid="120.00")
    referent, manager = make_referent(household=case.account.household), make_actor()
    request_help(case=case, actor=manager)
    raise_alerts(day=FRIDAY, actor=Actor.system())
    address = url("alert", Alert.objects.get())
    words = "par la gestion locative, le 6 nov. : elle n’attend plus de réponse"
    assert words not in plain(signed_in(referent).get(address))
    withdraw_request(case=case, actor=manager)
    text = plain(signed_in(referent).get(address))
    assert text.count(words) == 1
    assert "Je prends" in text


def test_an_alert_without_a_debt_file_asks_no_cause() -> None:
    alert = make_alert()
    client = signed_in(alert.assignee)
    page = plain(client.get(url("alert", alert)))
    assert "Cause principale" not in page
    assert "Rien : cette alerte n’a pas de dossier d’impayé." in page.partition('id="t-transmis"')[2]
    assert "La cause, par un code" not in page
    answer = client.post(url("alert_answer", alert), {"contact_made": "non"}, follow=True)
    assert "L’alerte est close" in answer.content.decode()


def test_take_then_answer() -> None:
    alert, client = on_a_debt()
    assert "est à vous" in client.post(url("alert_take", alert), follow=True).content.decode()
    checked = re.compile(r'name="contact_made"[^>]*checked')
    assert not checked.search(client.get(url("alert", alert)).content.decode())
    actor = Actor.of(alert.assignee)
    log_contact(household=alert.household, kind="CALL", day=FRIDAY, request_key=uuid4(), actor=actor)
    page = client.get(url("alert", alert))
    assert "oui" in checked.findall(page.content.decode())[0]
    assert "Appel du 6 nov." in plain(page)
    sent = {
        "contact_made": "oui", "cause": "BENEFIT", "hold_until": "05/12/2026", "next_step": "BENEFIT",
        "next_step_on": "12/11/2026", "plan_asked": "on", "plan_amount": "51,00", "note": "Rendez-vous CAF pris le 12",
    }  # fmt: skip
    text = client.post(url("alert_answer", alert), sent, follow=True).content.decode()
    assert "La gestion locative voit votre réponse" in text
    # What has left is said once: nothing is left to choose.
    assert "Ce que voit la gestion locative" in text
    assert "Ce qui part à la gestion locative" not in text
    answer = SocialAnswer.objects.get()
    assert (answer.cause, answer.hold_until, answer.next_step) == ("BENEFIT", date(2026, 12, 5), "BENEFIT")
    assert LetterHold.objects.get(lifted_at__isnull=True).source == "SOCIAL"
    assert Note.objects.get().level == "PRIVATE"
    # What was announced is to do, until one says that it is done.
    assert "L’étape est faite" in text
    done = client.post(url("alert_step_done", alert), follow=True)
    assert "Dossier d’aide au logement : c’est fait" in plain(done)
    page = plain(client.get(url("alert", alert)))
    assert "L’étape est faite" not in page
    assert "faite le 6 nov." in page
    back = client.post(url("alert_step_back", alert), follow=True)
    assert "de nouveau à faire" in plain(back)
    assert "L’étape est faite" in plain(back)
    again = client.post(url("alert_answer", alert), sent, follow=True).content.decode()
    assert "a déjà sa réponse" in again
    assert SocialAnswer.objects.count() == Note.objects.count() == 1
    # A measure that was announced is opened from here.
    opens = f'href="{reverse("social_link:measure_new", args=[alert.household_id])}"'
    assert opens not in again
    SocialAnswer.objects.update(next_step="MEASURE")
    assert opens in client.get(url("alert", alert)).content.decode()


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ({"pause": "15"}, date(2026, 11, 21)),
        ({"pause": "30", "hold_until": "n’importe quoi"}, date(2026, 12, 6)),
        ({"pause": "aucune", "hold_until": "05/12/2026"}, None),
        ({"pause": "jour", "hold_until": "05/12/2026"}, date(2026, 12, 5)),
        ({"hold_until": "05/12/2026"}, date(2026, 12, 5)),
    ],
)
def test_a_pause_is_a_number_of_days_or_a_day(said: dict[str, str], until: date | None) -> None:
    alert, client = on_a_debt()
    answer = client.post(url("alert_answer", alert), {"contact_made": "oui", "cause": "BUDGET"} | said)
    assert answer.status_code == 302
    assert SocialAnswer.objects.get().hold_until == until


@pytest.mark.parametrize(
    ("said", "words"),
    [({}, "Dites si les relances font une pause."), ({"pause": "jour"}, "Dites jusqu’à quel jour")],
)
def test_a_pause_is_never_guessed(said: dict[str, str], words: str) -> None:
    """Without a word the letters went on, and nobody had said so."""
    alert, client = on_a_debt()
    answer = client.post(url("alert_answer", alert), {"contact_made": "oui", "cause": "BUDGET"} | said)
    assert answer.status_code == 422
    assert words in plain(answer)
    assert not SocialAnswer.objects.exists()


def test_the_usual_causes_stand_first() -> None:
    alert, client = on_a_debt()
    for cause in ("DISPUTE", "DISPUTE", "OVERSIGHT"):
        other = make_arrears(dues=[OCT])
        SocialAnswer.objects.create(case=other, cause=cause, contact_made=True)
    form = plain(client.get(url("alert", alert))).partition('id="reponse"')[2].partition("</form>")[0]
    usual, _, others = form.partition("Autres causes")
    assert usual.index('value="DISPUTE"') < usual.index('value="OVERSIGHT"')
    assert others.count('name="cause"') == len(CauseCode) - 4
    assert "DISPUTE" not in others


def test_an_answer_that_came_too_late_keeps_its_note() -> None:
    """Somebody answered meanwhile: what was typed went with the refusal."""
    alert, client = on_a_debt()
    already_followed(alert=alert, cause="BUDGET", actor=make_actor(role=Role.HEAD_OF_SOCIAL))
    sent = {"contact_made": "oui", "cause": "BENEFIT", "pause": "aucune", "note": "Rappeler sa sœur mardi"}
    late = client.post(url("alert_answer", alert), sent)
    assert late.status_code == 409
    assert "a déjà sa réponse" in plain(late)
    assert "Rappeler sa sœur mardi" in late.content.decode()
    assert not Note.objects.exists()
    key = {"request_key": str(uuid4()), "note": "Rappeler sa sœur mardi"}
    for _ in range(2):
        assert "Rappeler sa sœur mardi" in client.post(url("alert_note", alert), key, follow=True).content.decode()
    note = Note.objects.get()
    assert (note.level, note.author) == ("PRIVATE", alert.assignee)
    heavy = client.post(url("alert_note", alert), {"request_key": str(uuid4()), "note": "Madame est menteuse"})
    assert heavy.status_code == 422
    assert "Madame est menteuse" in heavy.content.decode()


def test_a_refused_answer_keeps_what_was_typed_and_writes_nothing() -> None:
    alert, client = on_a_debt()
    answer = client.post(
        url("alert_answer", alert),
        {"contact_made": "oui", "cause": "BENEFIT", "hold_until": "05/06/2027", "note": "À garder"},
    )
    assert answer.status_code == 422
    assert "30 jours" in answer.content.decode().replace("\u00a0", " ")
    assert "À garder" in answer.content.decode()
    assert not Note.objects.exists()
    assert not SocialAnswer.objects.exists()


def test_a_note_with_heavy_words_is_read_again_then_kept() -> None:
    alert, client = on_a_debt()
    sent = {"contact_made": "oui", "cause": "BUDGET", "pause": "aucune", "note": "Madame est menteuse"}
    first = client.post(url("alert_answer", alert), sent)
    assert first.status_code == 422
    text = first.content.decode()
    assert "À relire" in text
    assert "menteuse" in text
    assert not SocialAnswer.objects.exists()
    confirmed = first.context["form"]["confirmed"].value()
    changed = sent | {"note": "Madame est ingérable", "confirmed": confirmed}
    assert client.post(url("alert_answer", alert), changed).status_code == 422
    client.post(url("alert_answer", alert), sent | {"confirmed": confirmed})
    assert Note.objects.get().text == "Madame est menteuse"


def test_a_paid_debt_is_closed_from_each_page() -> None:
    alert, client = on_a_debt()
    close = url("alert_close", alert)
    pages = [url("alert", alert), reverse("social_link:alerts"), reverse("desk:home")]
    for page in pages:
        assert close not in client.get(page).content.decode()
    pay(account=alert.case.account_id, on=FRIDAY, amount="306.00")
    for page in pages:
        text = plain(client.get(page))
        assert close in text
        assert "Clore : payé le 6 nov." in text
    text = client.post(close, follow=True).content.decode()
    assert "est close" in text
    assert "Cause non connue" in text
    assert close not in text


def test_pass_on_and_already_followed() -> None:
    alert, client = on_a_debt()
    colleague = make_user(role=Role.SOCIAL_WORKER)
    # One comes back to the list that it was opened from.
    back = f"{reverse('social_link:alerts')}?etat=remontees"
    passing = client.get(url("alert", alert), {"retour": back}).context["pass_url"]
    answer = client.post(passing, {"to": colleague.pk, "reason": "Congés"})
    assert answer["Location"] == back
    alert.refresh_from_db()
    assert alert.assignee == colleague
    other = signed_in(colleague)
    assert "Congés" in other.get(url("alert", alert)).content.decode()
    assert "Choisissez la cause" in other.post(url("alert_followed", alert), follow=True).content.decode()
    other.post(url("alert_followed", alert), {"cause": "FAMILY", "next_step": "VISIT", "next_step_on": "20/11/2026"})
    alert.refresh_from_db()
    assert alert.state == "ANSWERED"


def test_the_second_to_take_is_told_who() -> None:
    alert, client = on_a_debt()
    client.post(url("alert_take", alert))
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    text = head.post(url("alert_take", alert), follow=True).content.decode()
    assert f"{alert.assignee} a déjà pris cette alerte" in text


def test_the_photo_of_a_signal_is_for_who_follows_the_household() -> None:
    lease = make_let()
    referent = make_referent(household=lease.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    from uuid import uuid4

    tickets.send_signal(ticket=ticket, kind="DANGER", actor=yann, request_key=uuid4(), photo=make_picture())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    address = reverse("social_link:signal_photo", args=[Photo.objects.get().uuid])
    client = signed_in(referent)
    assert address in client.get(url("alert", Alert.objects.get())).content.decode()
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert not AccessLog.objects.exists()
    Person.objects.filter(memberships__household=lease.household).update(is_address_protected=True)
    assert client.get(address).status_code == 200
    assert AccessLog.objects.get().subject == "PROTECTED_ADDRESS"
    assert signed_in(make_user(role=Role.SOCIAL_WORKER)).get(address).status_code == 404
    assert signed_in(yann.user).get(address).status_code == 403


def test_nothing_is_answered_before_the_worker_says_it() -> None:
    """No contact is ticked for her, and she reads what an empty pause means."""
    alert, client = on_a_debt()
    page = plain(client.get(url("alert", alert)))
    form = page.partition('id="t-rep"')[2].partition("</form>")[0]
    assert 'name="contact_made"' in form
    assert " checked" not in form
    assert "Sans pause, les relances reprennent." in form
    assert "<legend>Pause des relances</legend>" in form  # it is asked, not « facultatif »
    answered = client.post(url("alert_answer", alert), {"cause": "BENEFIT"})
    assert answered.status_code == 422
    assert "Dites si vous avez eu un contact" in plain(answered)


def test_an_answer_that_another_alert_holds_leads_to_that_one() -> None:
    first = make_alert()
    referent = Actor.of(first.assignee)
    already_followed(alert=first, actor=referent)
    other = make_alert(household=first.household, to=first.assignee)
    answer = signed_in(first.assignee).post(url("alert_take_back", first), follow=True)
    assert answer.redirect_chain[-1][0] == url("alert", other)
    assert "que voici" in answer.content.decode()


def test_what_a_technician_saw_is_answered_by_a_code_with_nothing_chosen_before() -> None:
    lease = make_let()
    referent = make_referent(household=lease.household)
    yann = Actor.of(make_user(role=Role.TECHNICIAN))
    ticket = make_ticket(lease=lease, technician=yann.user)
    tickets.send_signal(ticket=ticket, kind="DANGER", actor=yann, request_key=uuid4())
    raise_alerts(day=FRIDAY, actor=Actor.system())
    alert, client = Alert.objects.get(), signed_in(referent)
    page = client.get(url("alert", alert)).content.decode()
    assert page.count('name="outcome"') == 4
    assert not re.search(r'name="outcome"[^>]*checked', page)
    assert 'name="contact_made"' not in page
    refused = client.post(url("alert_outcome", alert), {})
    assert (refused.status_code, "Choisissez ce qu’il en est." in plain(refused)) == (422, True)
    refused = client.post(url("alert_outcome", alert), {"outcome": "NOT_SEEN"})
    assert "Dites quel jour vous repassez" in plain(refused)
    client.post(url("alert_outcome", alert), {"outcome": "NOT_SEEN", "back_on": "09/11/2026"})
    assert "Pas vu, je repasse le 9 nov." in plain(client.get(url("alert", alert)))
    # A day that was typed for another choice is not read.
    client.post(url("alert_outcome", alert), {"outcome": "WELL", "back_on": "n’importe"})
    assert Alert.objects.get().is_answered
    page = plain(client.get(url("alert", alert)))
    assert "Va bien" in page
    assert "Corriger ou reprendre la réponse" not in page
    [key] = {one.key for one in SignalAnswer.objects.filter(outcome="WELL")}
    client.post(url("alert_outcome_back", alert), {"issue": key})
    assert Alert.objects.get().is_taken


def test_rules_that_found_one_debt_say_it_once() -> None:
    alert, client = on_a_debt()
    [first] = alert.facts.all()
    asked = Reason(AlertWhy.AS_WRITTEN, {"text": "Demandé par la gestion"})
    AlertFact.objects.create(alert=alert, rule="R2", key="R2:1", reasons=[asked.to_json(), *first.reasons])
    gone = AlertFact.objects.create(
        alert=alert, rule="R9", key="R9:1", reasons=first.reasons, withdrawn_at=clock.now()
    )  # fmt: skip
    page = client.get(url("alert", alert))
    both, alone, mistake = page.context["facts"]
    assert ([fact.rule for fact in both.facts], both.reasons) == ([first.rule, "R2"], first.said)
    assert ([fact.rule for fact in alone.facts], alone.reasons) == (["R2"], [asked])
    assert (mistake.facts, mistake.reasons, mistake.is_mistaken) == ([gone], first.said, True)
    shown = plain(page)
    assert shown.count("retiré : c’était une erreur") == 1
    card = shown.split('id="t-faits"')[1]
    assert card.count("Demandé par la gestion") == 1
    # Once where it stands, and once where it was a mistake.
    assert card.count("dus sur deux termes") == 2
