"""The list of arrears: what it shows, to whom, at which cost; its export; who may open what."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from office.access.actor import Actor
from office.access.codes import Role
from rent_ledger.arrears.codes import CauseCode
from rent_ledger.arrears.duties import PLAN
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.books.services import projections
from rent_ledger.models import AccountState, ArrearsCase, LetterHold
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


def cost(client: Client, url: str, counter) -> int:
    with counter(27) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


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
        # The place is kept with the proposed action.
        projections.refresh(account_ids=None, day=TODAY)
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
POSTS = ("arrears_decide", "case_help", "report_new", "hold_lift")


@pytest.mark.parametrize("place", range(len(ROLES)), ids=ROLES)
def test_who_may(place: int) -> None:
    case = indebted(OCT, NOV)
    hold = LetterHold.objects.create(case=case, source="RENT", from_day=TODAY, until=TODAY)
    client = signed_in(make_user(role=ROLES[place]))
    account = case.account_id
    arguments = {"arrears": [], "arrears_export": [], "arrears_decide": [], "case": [case.pk], "case_help": [case.pk],
                 "report_new": [case.pk], "hold_lift": [case.pk, hold.pk]}  # fmt: skip
    urls = {name: reverse(f"rent_ledger:{name}", args=arguments.get(name, [account])) for name in (*GETS, *POSTS)}
    got = {name: client.get(urls[name]).status_code for name in GETS}
    assert got == {name: answers[place] for name, answers in GETS.items()}
    sent = {name: client.post(urls[name]).status_code for name in POSTS}
    assert set(sent.values()) == ({302} if ROLES[place] == "RENTAL_MANAGER" else {403})


def test_a_visitor_signs_in_first() -> None:
    assert Client().get(LIST).status_code in (302, 403)


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


def test_the_saved_views_stand_in_the_head_of_the_list(client: Client) -> None:
    """A form in the form of the decisions would be none: that one begins after them."""
    indebted(OCT, NOV)
    page = client.get(LIST).content.decode()
    assert page.count('id="vues"') == 1
    card, views, rows = (page.index(word) for word in ('aria-labelledby="t-liste"', 'id="vues"', "data-bulk>"))
    assert card < views < rows
    assert page.count('id="dialogue"') == 1
