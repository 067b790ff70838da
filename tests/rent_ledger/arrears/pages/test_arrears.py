"""The list of arrears, its reasons and decisions, a case, the statement: what they show, to whom, at which cost."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from leases.models import Person
from office.access.actor import Actor
from office.access.codes import Role
from office.models import Message
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.duties import PLAN
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision, DebtHold, HelpRequest, LetterHold, OpenItem
from tests.factories import (
    make_actor,
    make_arrears,
    make_association,
    make_bank_known,
    make_let,
    make_referent,
    make_right,
    make_user,
    owe,
    pay,
)
from tests.pages import plain, signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)
SEP, OCT, NOV = date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)
LIST = "/loyers/impayes/"
# The message was read before it leaves, as a letter: these households have no phone.
SENT = {"vu": "PAPER", "channel": "PAPER", "subject": "Faire le point", "body": "Bonjour"}


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def indebted(*months: date, name: str = "", amount: str = "213.00", **lease) -> ArrearsCase:
    contract = make_let(start=date(2024, 3, 15), name=name, **lease)
    if lease.get("kind") != "OCCUPANCY":
        make_right(lease=contract, amount="267.00", start=date(2024, 4, 1))
    for month in months or (NOV,):
        account = owe(lease=contract, due_on=month, amount=amount)
    detect_arrears(day=TODAY, actor=Actor.system(), account_ids=[account])
    return ArrearsCase.objects.get(account_id=account)


def widths(page) -> set[int]:
    """How many columns each row of the list fills."""
    table = page.content.decode().split("<table", 1)[1].split("</table>", 1)[0]
    return {
        sum(int(span.group(1)) if (span := re.search(r'colspan="(\d+)"', cell)) else 1 for cell in cells)
        for row in table.split("<tr")[1:]
        if (cells := re.findall(r"<t[hd]\b[^>]*>", row))
    }


# -- the list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "columns"), [(Role.RENTAL_MANAGER, 9), (Role.HEAD_OF_SOCIAL, 8)])
def test_each_row_of_the_list_fills_its_columns(role: Role, columns: int) -> None:
    """With a box to tick for who may decide, without it for who may not."""
    indebted(NOV)
    page = signed_in(make_user(role=role)).get(LIST, {"situation": "tous"})
    assert len(page.context["rows"]) == 1
    assert widths(page) == {columns} == {len(page.context["columns"]) + page.context["may_decide"]}


def test_the_list_shows_what_waits_first_and_says_how_far_the_bank_is_known(client: Client) -> None:
    make_bank_known(until=date(2026, 11, 4))
    indebted(NOV, name="Mme Inès Roy")
    indebted(SEP, OCT, name="Mme Fatou Sarr", amount="212.00")
    page = client.get(LIST)
    text = plain(page)
    assert "banque connue jusqu’au 4 nov." in text
    assert [row.state.account.household.name for row in page.context["rows"]] == ["Mme Fatou Sarr", "Mme Inès Roy"]
    assert [row.days for row in page.context["rows"]] == [65, 4]
    assert "2 termes impayés, 424,00 € en tout" in text
    assert "2 comptes · 637,00 €" in text
    assert 'data-amount="424.00"' in text


def test_what_the_law_dates_comes_first_then_the_gravest(client: Client) -> None:
    indebted(NOV, name="Mme Petit")
    grave = indebted(SEP, OCT, NOV, name="M. Grave")
    dated = indebted(NOV, name="Mme Datée")
    ArrearsCase.objects.filter(pk=grave.pk).update(constituted_on=None, report_due_on=None)
    ArrearsCase.objects.filter(pk=dated.pk).update(
        constituted_on=TODAY, report_due_on=date(2026, 11, 20), threshold={"code": "X"}
    )

    def names(**asked: str) -> list[str]:
        return [row.name for row in client.get(LIST, asked).context["rows"]]

    assert names(situation="tous") == ["Mme Datée", "M. Grave", "Mme Petit"]
    # Declared, nothing lapses any more.
    ArrearsCase.objects.filter(pk=dated.pk).update(reported_on=TODAY)
    assert names(situation="tous")[0] == "M. Grave"


def test_small_remainders_of_who_left_are_folded_and_said(client: Client) -> None:
    here, gone = indebted(NOV, name="Mme Ici", amount="40.00"), indebted(NOV, name="M. Parti", amount="40.00")
    much = indebted(NOV, name="M. Parti Aussi", amount="400.00")
    AccountState.objects.filter(account__in=[gone.account_id, much.account_id]).update(lane="GONE", action="WRITE_GONE")
    for situation in ("tous", "decider"):
        page = client.get(LIST, {"situation": situation})
        names = [row.name for row in page.context["rows"]]
        assert "M. Parti" not in names
        assert {"M. Parti Aussi"} <= set(names)
        assert "1 petit reste" in plain(page)
        shown = client.get(LIST, {"situation": situation, "restes": "oui"})
        assert "M. Parti" in [row.name for row in shown.context["rows"]]
    assert here.account_id in [row.state.pk for row in client.get(LIST, {"situation": "tous"}).context["rows"]]
    # Who looks for somebody finds him.
    assert [row.name for row in client.get(LIST, {"situation": "tous", "q": "Parti"}).context["rows"]] != []


def test_a_household_leaves_the_list_as_soon_as_it_pays(client: Client) -> None:
    case = indebted(NOV, name="Mme Inès Roy")
    assert "Mme Inès Roy" in plain(client.get(LIST))
    pay(account=case.account_id, on=TODAY)
    page = client.get(LIST, {"situation": "tous"})
    assert "Mme Inès Roy" not in plain(page)
    assert page.context["count"] == 0


def test_the_plans_that_are_asked_have_their_list(client: Client) -> None:
    small, _ = indebted(NOV, name="Mme Inès Roy", amount="120.00"), indebted(NOV)

    def listed(**query: str) -> list[int]:
        return [row.state.pk for row in client.get(LIST, query).context["rows"]]

    assert listed(situation="plan") == []
    record_social_answer(
        case=small,
        contact_made=True,
        cause=CauseCode.BUDGET,
        plan_asked=True,
        actor=make_actor(role=Role.SOCIAL_WORKER),
    )
    assert listed(situation="plan") == [small.account_id]
    assert PLAN.look.page() == f"{LIST}?situation=plan"


def test_lanes_filters_search_and_sort(client: Client) -> None:
    small = indebted(NOV, name="Mme Inès Roy", amount="120.00")
    big = indebted(NOV, name="M. Éric Zola", amount="300.00", kind="OCCUPANCY")
    AccountState.objects.filter(pk=small.account_id).update(lane="TECHNICAL", action="NOTHING")

    def listed(**query: str) -> list[int]:
        return [row.state.pk for row in client.get(LIST, query).context["rows"]]

    assert listed() == [big.account_id]
    assert listed(situation="technique") == [small.account_id]
    assert listed(situation="tous", tri="-solde") == [big.account_id, small.account_id]
    assert listed(situation="tous", tri="solde") == [small.account_id, big.account_id]
    assert listed(situation="tous", cadre="OCCUPANCY") == [big.account_id]
    assert listed(situation="tous", q="ERIC") == [big.account_id]
    assert listed(situation="tous", q=big.account.lease.unit.dwelling.reference) == [big.account_id]
    tiles = {tile.word: tile.count for tile in client.get(LIST).context["tiles"]}
    assert (tiles["À décider"], tiles["Technique"], tiles["Nouveau"]) == (1, 1, 1)


def test_the_list_costs_a_constant_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    costs = []
    for count in (2, 9):
        while AccountState.objects.exclude(lane="NONE").count() < count:
            indebted(SEP, OCT, amount="212.00")
        with django_assert_max_num_queries(16) as seen:
            assert len(client.get(LIST).context["rows"]) == count
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_nothing_to_decide_says_so(client: Client) -> None:
    assert "Tout est décidé pour aujourd’hui" in plain(client.get(LIST))


def test_the_director_reads_totals_and_no_name() -> None:
    indebted(NOV, name="Mme Inès Roy")
    text = plain(signed_in(make_user(role=Role.DIRECTOR)).get(LIST))
    assert "213,00 €" in text
    assert "Inès" not in text


def test_the_social_worker_reads_the_list_and_decides_nothing() -> None:
    case = indebted(NOV, name="Mme Inès Roy")
    client = signed_in(make_user(role=Role.SOCIAL_WORKER))
    text = plain(client.get(LIST, {"suivi": "tous"}))
    assert "Mme Inès Roy" in text
    assert "Confirmer" not in text
    why = client.get(reverse("rent_ledger:arrears_why", args=[case.account_id]), headers={"HX-Request": "true"})
    assert "Confirmer" not in plain(why)


def test_why_tells_the_terms_and_the_rule(client: Client) -> None:
    case = indebted(SEP, OCT, amount="212.00")
    text = plain(client.get(reverse("rent_ledger:arrears_why", args=[case.account_id])))
    assert "Pourquoi alerter le social" in text
    assert "Terme d’octobre 2026 : 212,00 € dus le 1<sup>er</sup> oct., rien reçu" in text
    assert "Deuxième impayé : deux termes touchés" in text


# -- decisions ------------------------------------------------------------------------------------------------------

DECIDE = "/loyers/impayes/decider/"


def pick(case: ArrearsCase) -> str:
    return f"{case.account_id}:{AccountState.objects.get(pk=case.account_id).action}"


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


# -- a case ---------------------------------------------------------------------------------------------------------


def test_a_case_shows_its_facts_and_both_regimes(client: Client) -> None:
    case = indebted(NOV, name="Mme Inès Roy")
    text = plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "Jusqu’au 31 décembre 2026" in text
    assert "Au 1<sup>er</sup> janv. 2027" in text
    assert "R. 824-1" in text
    assert "Décret 2026-84" in text


def test_a_case_is_alerted_reported_and_its_pause_lifted(client: Client) -> None:
    case = indebted(OCT, NOV)
    page = reverse("rent_ledger:case", args=[case.pk])
    assert "au plus tard le 1<sup>er</sup> janv. 2027" in plain(client.get(page))
    client.post(reverse("rent_ledger:case_report", args=[case.pk]), {"reported_on": "05/11/2026"})
    case.refresh_from_db()
    assert case.reported_on == TODAY
    client.post(
        DECIDE, {"compte": pick(case), "decision": "PAUSE", "reason": "Prime le 20", "pause_until": "20/11/2026"}
    )
    hold = LetterHold.objects.get()
    client.post(reverse("rent_ledger:hold_lift", args=[case.pk, hold.pk]))
    hold.refresh_from_db()
    assert hold.lifted_at
    client.post(reverse("rent_ledger:case_help", args=[case.pk]))
    assert "Demande envoyée" in plain(client.get(page))


def test_an_answer_is_read_by_the_manager_and_its_follow_up_hidden_from_another_worker() -> None:
    case = indebted(NOV)
    record_social_answer(
        case=case, contact_made=True, cause="LOW_INCOME", plan_asked=True, plan_amount=Decimal("45.00"),
        next_step="FSL", next_step_on=date(2026, 12, 1), actor=make_actor(role=Role.SOCIAL_WORKER),
    )  # fmt: skip
    page = reverse("rent_ledger:case", args=[case.pk])
    manager = plain(signed_in(make_user()).get(page))
    assert "Ressources insuffisantes" in manager
    assert "Dossier FSL" in manager
    worker = plain(signed_in(make_user(role=Role.SOCIAL_WORKER)).get(page))
    assert "Ressources insuffisantes" in worker
    assert "Dossier FSL" not in worker


def test_a_case_costs_a_constant_number_of_queries(client: Client, django_assert_max_num_queries) -> None:
    short, long = indebted(OCT, NOV), indebted(*[date(2026, month, 1) for month in range(3, 12)])
    urls = [reverse("rent_ledger:case", args=[case.pk]) for case in (short, long)]
    client.get(urls[0])
    first, second = (cost(client, url, django_assert_max_num_queries) for url in urls)
    assert first == second


# -- the statement --------------------------------------------------------------------------------------------------


def test_the_statement_runs_to_what_is_owed(client: Client) -> None:
    case = indebted(OCT, NOV)
    pay(account=case.account_id, on=date(2026, 10, 12), amount="120.00")
    page = client.get(reverse("rent_ledger:statement", args=[case.account_id]))
    lines = page.context["statement"].lines
    assert [(line.on, line.due, line.received, line.remaining) for line in lines] == [
        (OCT, Decimal("213.00"), Decimal(0), Decimal("213.00")),
        (date(2026, 10, 12), Decimal(0), Decimal("120.00"), Decimal("93.00")),
        (NOV, Decimal("213.00"), Decimal(0), Decimal("306.00")),
    ]
    assert "imputé sur octobre" in plain(page)
    only = client.get(reverse("rent_ledger:statement", args=[case.account_id]), {"annee": "2025"})
    assert only.context["statement"].lines == ()
    printed = plain(client.get(reverse("rent_ledger:statement_print", args=[case.account_id])))
    assert "306,00 €" in printed


def test_why_the_debt_adds_up(client: Client) -> None:
    case = indebted(OCT, NOV)
    pay(account=case.account_id, on=date(2026, 10, 12), amount="120.00")
    answer = client.get(reverse("rent_ledger:why_debt", args=[case.account_id]))
    tree = answer.context["reason"]
    assert tree.amount == Decimal("306.00")
    assert [c.amount for c in tree.parts] == [Decimal("93.00"), Decimal("213.00")]
    assert all(sum(leaf.amount for leaf in c.parts) == c.amount for c in tree.parts)
    text = plain(answer)
    assert "Terme d’octobre 2026" in text
    assert "la dette échue d’abord, puis le logement, puis la plus ancienne" in text
    assert "1342-10" in text


@pytest.mark.parametrize(
    ("name", "title"),
    [("why_debt", "D’où viennent les 426,00 € ?"), ("arrears_why", "Impayé de {household}")],
)
def test_an_explanation_opened_by_its_address_is_a_page(client: Client, name: str, title: str) -> None:
    case = indebted(OCT, NOV)
    url = reverse(f"rent_ledger:{name}", args=[case.account_id])
    page, part = client.get(url), client.get(url, headers={"HX-Request": "true"})
    assert f"<h1>{title.format(household=case.account.household.name)}</h1>" in plain(page).replace("\u202f", " ")
    assert 'aria-label="Navigation principale"' in plain(page)
    assert "formaction" not in plain(page)  # the form of the list is not there
    assert "<h1" not in plain(part)
    for answer in (page, part):
        assert "Terme d’octobre 2026" in plain(answer)
        assert "HX-Request" in answer["Vary"]


def test_the_footnote_of_a_debt_names_the_rules_that_were_applied(client: Client) -> None:
    def footnote(case: ArrearsCase) -> str:
        tree = client.get(reverse("rent_ledger:why_debt", args=[case.account_id])).context["reason"]
        return tree.rule.text() if tree.rule else ""

    law = "ce qui est échu, puis le logement, puis le plus ancien (Code civil, art. 1342-10 al. 2)"
    chosen = "la dette que le débiteur désigne (Code civil, art. 1342-10 al. 1)"
    case = indebted(OCT, NOV)
    assert footnote(case) == ""
    november = OpenItem.objects.get(account=case.account_id, due_on=NOV)
    pay(account=case.account_id, on=date(2026, 11, 2), amount="20.00", designate=(november.posting_id,))
    assert footnote(case) == f"Règle : {chosen}"
    pay(account=case.account_id, on=date(2026, 11, 3), amount="30.00")
    assert footnote(case) == f"Règles : {chosen} ; {law}"


def cost(client: Client, url: str, counter) -> int:
    with counter(30) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("name", ["statement", "statement_print", "why_debt", "arrears_why"])
def test_an_account_costs_a_constant_number_of_queries(
    client: Client, name: str, django_assert_max_num_queries
) -> None:
    short, long = indebted(NOV), indebted(*[date(2026, month, 1) for month in range(2, 12)])
    urls = [reverse(f"rent_ledger:{name}", args=[case.account_id]) for case in (short, long)]
    client.get(urls[0])
    first, second = (cost(client, url, django_assert_max_num_queries) for url in urls)
    assert first == second


def test_only_accounts_of_households_have_a_statement(client: Client) -> None:
    assert client.get(reverse("rent_ledger:statement", args=[10])).status_code == 404


# -- export ---------------------------------------------------------------------------------------------------------


def test_the_export_is_french_and_runs_nothing(client: Client) -> None:
    indebted(NOV, name="=1+1")
    text = client.get(reverse("rent_ledger:arrears_export"), {"situation": "tous"}).content.decode("utf-8-sig")
    head, line = text.strip().split("\r\n")
    assert head.startswith("Ménage;Contrat;Logement;Cadre;Dû aujourd’hui")
    assert line.startswith("'=1+1;")
    assert ";213,00;" in line


# -- who may --------------------------------------------------------------------------------------------------------

ROLES = ["RENTAL_MANAGER", "SOCIAL_WORKER", "HEAD_OF_SOCIAL", "DIRECTOR", "TECHNICIAN", "FUNDER", "ADMINISTRATOR"]
# Page → answer of each role, in the order of ROLES.
GETS = {
    "arrears": (200, 200, 200, 200, 403, 403, 403),
    "arrears_why": (200, 200, 200, 403, 403, 403, 403),
    "arrears_export": (200, 403, 200, 403, 403, 403, 403),
    "case": (200, 200, 200, 403, 403, 403, 403),
    "statement": (200, 200, 200, 200, 403, 403, 403),
    "statement_print": (200, 403, 200, 403, 403, 403, 403),
    "why_debt": (200, 200, 200, 200, 403, 403, 403),
}
POSTS = ("arrears_decide", "case_help", "case_report", "hold_lift")


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_who_may(place: int) -> None:
    case = indebted(OCT, NOV)
    hold = LetterHold.objects.create(case=case, source="RENT", from_day=TODAY, until=TODAY)
    client = signed_in(make_user(role=ROLES[place]))
    account = case.account_id
    arguments = {"arrears": [], "arrears_export": [], "arrears_decide": [], "case": [case.pk], "case_help": [case.pk],
                 "case_report": [case.pk], "hold_lift": [case.pk, hold.pk]}  # fmt: skip
    urls = {name: reverse(f"rent_ledger:{name}", args=arguments.get(name, [account])) for name in (*GETS, *POSTS)}
    got = {name: client.get(urls[name]).status_code for name in GETS}
    assert got == {name: answers[place] for name, answers in GETS.items()}
    sent = {name: client.post(urls[name]).status_code for name in POSTS}
    assert set(sent.values()) == ({302} if ROLES[place] == "RENTAL_MANAGER" else {403})


def test_a_visitor_signs_in_first() -> None:
    assert Client().get(LIST).status_code in (302, 403)


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


def test_a_pause_that_ended_by_itself_was_not_lifted(client: Client) -> None:
    case = indebted(OCT, NOV)
    ended = {"case": case, "from_day": date(2026, 10, 1), "until": date(2026, 10, 20)}
    LetterHold.objects.create(**ended, source="SOCIAL", lifted_at=clock.now())
    shown = plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "Terminée" in shown
    assert "Levée" not in shown
    LetterHold.objects.create(case=case, source="RENT", from_day=TODAY, until=TODAY, lifted_at=clock.now())
    assert "Levée le 5 nov." in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def test_the_list_names_the_referent_by_no_query_more(client, client_as, monkeypatch, django_assert_max_num_queries):
    case = make_arrears(dues=[date(2026, 10, 1)])
    referent = make_user(role=Role.SOCIAL_WORKER, first_name="Inès", last_name="Rousseau")
    make_referent(household=case.account.household, user=referent)
    url = reverse("rent_ledger:arrears") + "?situation=tous"
    page = plain(client.get(url))
    assert "Référent" in page
    assert "Inès Rousseau" in page
    named = cost(client, url, django_assert_max_num_queries)
    monkeypatch.setattr("rent_ledger.arrears.views.arrears.asides_for", lambda actor: [])
    page = plain(client.get(url))
    assert "Inès Rousseau" not in page
    assert cost(client, url, django_assert_max_num_queries) == named
    # Who reads no name of the social service has no such column (matrix 6.6).
    monkeypatch.undo()
    assert "Inès Rousseau" not in plain(client_as(Role.DIRECTOR).get(url))
