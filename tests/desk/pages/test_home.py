"""Role homes: the right one for each role, true figures, nobody's data on the wrong one, a fixed number of queries."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from common import clock
from common.periods import period
from common.reasons import Reason
from desk.queries.social_home import current_week, social_home
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.models import Job, ParameterValue, User
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.books.codes import DefaultWhy
from rent_ledger.models import AccountState, BankLine, KeptAnswer
from social_link.alerts.codes import AlertState, AlertWhy
from social_link.alerts.services.absences import set_absence
from social_link.contacts.parameters import SILENCE_DAYS
from social_link.measures.queries import households_by_worker
from social_link.models import Alert, AlertFact, Contact, Measure
from stock.models import HeadAgreement
from tests.factories import (
    actor_of,
    make_actor,
    make_alert,
    make_arrears,
    make_bank_account,
    make_bank_known,
    make_demand,
    make_let,
    make_organisation,
    make_referent,
    make_right,
    make_ticket,
    make_user,
    owe,
    pay,
)
from tests.pages import plain

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


def text(response: Any) -> str:
    assert response.status_code == 200
    return plain(response).replace("&nbsp;", " ")


def main_of(response: Any) -> str:
    return text(response).split("<main", 1)[1].split("</main>", 1)[0]


@pytest.fixture
def bank(db: None) -> Any:
    return make_bank_known(until=date(2026, 11, 5))


# ---------- who lands where ----------


@pytest.mark.parametrize("role", [r for r in Role if r != Role.TECHNICIAN])
def test_an_empty_house_has_a_home_for_everybody(client_as: Any, role: Role) -> None:
    assert client_as(role).get("/").status_code == 200


def test_a_technician_starts_with_the_round(client_as: Any) -> None:
    response = client_as(Role.TECHNICIAN).get("/")
    assert response.status_code == 302
    assert response["Location"] == "/technique/tournee/"


def test_somebody_without_a_role_has_no_home(client_as: Any) -> None:
    assert client_as(make_user(role=None)).get("/").status_code == 403


def test_two_roles_start_with_the_first_and_link_the_other(client_as: Any) -> None:
    client = client_as(make_user(roles=(Role.DIRECTOR, Role.RENTAL_MANAGER)))
    first = main_of(client.get("/"))
    assert "À faire aujourd’hui" in first
    assert "?role=DIRECTOR" in first
    assert "L’association en" in main_of(client.get("/?role=DIRECTOR"))
    assert "À faire aujourd’hui" in main_of(client.get("/?role=ADMINISTRATOR"))


# ---------- the rental manager ----------


def test_the_day_of_the_manager(client_as: Any, bank: Any) -> None:
    lease = make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr")
    make_right(lease=lease, amount="10.00", start=date(2024, 4, 1))
    make_arrears(lease=lease, dues=[date(2026, 9, 1), date(2026, 10, 1)], amount="499.00")
    for state in ("PROPOSED", "TO_PLACE", "TO_PLACE", "SURE"):
        BankLine.objects.create(
            bank_account=bank.bank_account, statement=bank, booking_day=date(2026, 11, 4), amount=Decimal("10.00"),
            content_hash=uuid4().hex, state=state,
        )  # fmt: skip
    shown = main_of(client_as(Role.RENTAL_MANAGER).get("/"))
    assert "Décider pour Mme Fatou Sarr" in shown
    assert "Déclarer Mme Fatou Sarr à la CAF" in shown
    assert "3 lignes de banque à confirmer ou à placer" in shown
    assert "1 proposée, 2 à placer" in shown
    assert "998,00 €" in shown
    assert "450 € ou 3 mois" in shown


def test_what_is_done_disappears(client_as: Any, bank: Any) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    lease = make_let(start=date(2024, 3, 15))
    case = make_arrears(lease=lease, dues=[date(2026, 10, 1)])
    assert "Décider pour" in main_of(client.get("/"))
    pay(account=case.account_id, on=date(2026, 11, 5))
    shown = main_of(client.get("/"))
    assert "Décider pour" not in shown
    assert "Aucun impayé" in shown


def test_the_month_counts_what_is_settled_of_what_was_asked(client_as: Any, bank: Any) -> None:
    for n, paid in enumerate(["400.00", "100.00", ""]):
        lease = make_let(start=date(2024, 1, 1), name=f"Ménage {n}")
        account = owe(lease=lease, due_on=date(2026, 11, 1), amount="400.00")
        make_demand(lease=lease, month=date(2026, 11, 1), net="400.00", account=account)
        if paid:
            pay(account=account, on=date(2026, 11, 3), amount=paid)
    shown = main_of(client_as(Role.RENTAL_MANAGER).get("/"))
    assert "500,00 €" in shown
    assert "sur 1 200 €" in shown
    assert "41,7 %" in shown


def test_a_contract_held_back_is_named_with_its_reason(client_as: Any, bank: Any) -> None:
    account = owe(lease=(billed := make_let()), due_on=date(2026, 11, 1))
    make_demand(lease=billed, month=date(2026, 11, 1), account=account)
    make_let(start=date(2026, 11, 1), name="M. Moussa Ba", state="DRAFT")
    shown = main_of(client_as(Role.RENTAL_MANAGER).get("/"))
    assert "encore retenu" in shown
    assert "Préparation à terminer (M. Moussa Ba)" in shown


def test_the_answer_of_the_social_service_arrives(client_as: Any, bank: Any) -> None:
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), name="M. Issa Kaboré"))
    record_social_answer(
        case=case, contact_made=True, cause="JOB_LOSS", hold_until=date(2026, 11, 20), plan_asked=True,
        plan_amount=Decimal("45.00"), next_step="VISIT", next_step_on=date(2026, 11, 20),
        actor=actor_of(make_user(role=Role.SOCIAL_WORKER)),
    )  # fmt: skip
    shown = main_of(client_as(Role.RENTAL_MANAGER).get("/"))
    plan = "Plan de 45,00 € par mois · Visite à domicile le 20 nov."
    for part in ("M. Issa Kaboré", "Perte d’emploi", plan, "Pause jusqu’au 20 nov."):
        assert part in shown


# ---------- the social service ----------


def test_a_worker_finds_own_alerts_week_and_deadlines(client_as: Any) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    mine, other = make_let(name="Mme Léa Roy").household, make_let(name="M. Paul Autre").household
    make_referent(household=mine, user=camille, from_day=date(2026, 1, 1))
    alert = make_alert(household=mine, to=camille)
    make_alert(household=other)
    Contact.objects.create(
        household=mine, kind="VISIT", happened_on=date(2026, 11, 6), at_time="09:30", is_planned=True, author=camille,
        request_key=uuid4(),
    )  # fmt: skip
    Measure.objects.create(
        household=mine, kind="ASLL", referent=camille, period=period(date(2026, 5, 1)), planned_end=date(2026, 11, 14)
    )
    client = client_as(camille)
    shown = main_of(client.get("/"))
    assert "Mme Léa Roy" in shown
    assert "M. Paul Autre" not in shown
    assert "9 h 30" in shown
    assert "Mme Léa Roy, ASLL" in shown
    assert "308 j" in shown
    taken = client.post(f"/social/alertes/{alert.pk}/prendre/")
    assert taken.status_code == 302
    after = main_of(client.get("/"))
    assert "Aucune alerte à prendre" in after
    assert "Réponses à donner" in after


def _contact(household: Any, user: Any, day: date, *, planned: bool = False) -> None:
    Contact.objects.create(
        household=household, kind="VISIT", happened_on=day, is_planned=planned, author=user, request_key=uuid4()
    )


@pytest.mark.parametrize(
    ("day", "monday"),
    [("2026-11-19", "16 nov. au 20 nov."), ("2026-11-21", "23 nov. au 27 nov."), ("2026-11-23", "23 nov. au 27 nov.")],
)
def test_at_the_weekend_the_week_is_the_one_to_come(client_as: Any, day: str, monday: str) -> None:
    with clock.travel(date.fromisoformat(day)):
        shown = main_of(client_as(Role.SOCIAL_WORKER).get("/"))
        assert monday in shown
        before = main_of(client_as(Role.SOCIAL_WORKER).get("/", {"s": "-1"}))
        assert monday not in before


@pytest.mark.parametrize(
    ("day", "hour", "monday"),
    [(16, 8, 16), (20, 16, 16), (20, 17, 23), (21, 9, 23), (22, 23, 23), (23, 0, 23)],
)
def test_the_week_turns_on_friday_at_five(day: int, hour: int, monday: int) -> None:
    assert current_week(date(2026, 11, day), hour) == date(2026, 11, monday)


def test_what_was_noted_on_past_days_is_one_line_a_day(client_as: Any) -> None:
    camille, household = make_user(role=Role.SOCIAL_WORKER), make_let(name="Mme Léa Roy").household
    for day, planned in ((4, False), (4, False), (4, True), (5, False)):
        _contact(household, camille, date(2026, 11, day), planned=planned)
    client = client_as(camille)
    shown = main_of(client.get("/"))
    assert "2 contacts notés" in shown
    # What is to note still stands, and so does what one did today.
    page = client.get("/").content.decode()
    assert page.count('class="a-ev') == 2
    week = social_home(actor=Actor.of(camille), day=TODAY).week
    assert [(len(d.events), len(d.noted)) for d in week] == [(0, 0), (0, 0), (1, 2), (1, 0), (0, 0)]


def test_alerts_of_one_day_stand_by_surname(client_as: Any) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    for name in ("Mme Zoé Abel", "M. Albert Zola", "Mme Odile Martin"):
        make_alert(household=make_let(name=name).household, to=camille)
    cards = social_home(actor=Actor.of(camille), day=TODAY).alerts
    keys = [card.alert.household.sort_key for card in cards]
    assert len(keys) == 3
    assert keys == sorted(keys)


def test_who_stands_in_has_the_silences_of_who_is_away() -> None:
    malo, camille = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    other = make_user(role=Role.SOCIAL_WORKER)
    mine, named = make_let(name="Mme Proche").household, make_let(name="M. Lointain").household
    for household in (mine, named):
        make_referent(household=household, user=malo, from_day=date(2026, 1, 1))

    def silent(user: User) -> list[str]:
        return [row.household.name for row in social_home(actor=Actor.of(user), day=TODAY).silent]

    assert silent(camille) == []
    set_absence(
        user=malo, first=TODAY, last=date(2026, 11, 13), stand_in=camille, named={named: other},
        actor=make_actor(role=Role.HEAD_OF_SOCIAL),
    )  # fmt: skip
    assert (silent(camille), silent(other)) == (["Mme Proche"], ["M. Lointain"])


def test_a_household_that_one_follows_by_a_measure_alone_counts_and_is_watched() -> None:
    camille, household = make_user(role=Role.SOCIAL_WORKER), make_let(name="Mme Mesure").household
    Measure.objects.create(
        household=household, kind="ASLL", referent=camille, planned_end=date(2027, 3, 31),
        period=period(date(2026, 1, 1), date(2027, 4, 1)),
    )  # fmt: skip
    home = social_home(actor=Actor.of(camille), day=TODAY)
    assert (home.caseload, [row.household.name for row in home.silent]) == (1, ["Mme Mesure"])
    # On the head's home too, and once when one is its referent as well.
    assert households_by_worker(TODAY) == {camille.pk: 1}
    make_referent(household=household, user=camille, from_day=date(2026, 1, 1))
    assert households_by_worker(TODAY) == {camille.pk: 1}


def test_the_silence_that_is_named_is_a_dated_parameter(client_as: Any) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    for name, days in (("Mme Proche", 11), ("M. Lointain", 26)):
        household = make_let(name=name).household
        make_referent(household=household, user=camille, from_day=date(2026, 1, 1))
        _contact(household, camille, clock.today() - timedelta(days=days))
    client = client_as(camille)
    shown = main_of(client.get("/"))
    assert "M. Lointain" in shown
    assert "Mme Proche" not in shown
    assert "limite 30 j" in shown
    ParameterValue.objects.create(
        key=SILENCE_DAYS, value=15, period=period(None), source="Réunion", scope="ASSOCIATION", author=camille
    )
    stricter = main_of(client.get("/"))
    assert "Mme Proche" in stricter
    assert "limite 15 j" in stricter


OWED = Reason(AlertWhy.OWED, {"total": Decimal(400), "terms": 2, "since": date(2026, 10, 2)})
ASKED = Reason(AlertWhy.ASKED_UNSIGNED, {"on": date(2026, 11, 5)})
DETAILS = [
    Reason(AlertWhy.TERM_LEFT, {"due_on": date(2026, 10, 1), "remaining": Decimal(200)}),
    Reason(AlertWhy.NO_PAYMENT),
    Reason(AlertWhy.BANK_KNOWN, {"until": date(2026, 11, 4)}),
]


@pytest.mark.parametrize(
    ("rule", "reasons", "told"),
    [
        ("R1", [OWED, *DETAILS, Reason(DefaultWhy.TYPE_2)], ["400,00 € dus sur deux termes", "Ménage de type 2"]),
        ("ASKED", [ASKED, OWED, *DETAILS], ["Demandé par la gestion locative", "400,00 € dus sur deux termes"]),
        ("R9", [Reason(AlertWhy.AS_WRITTEN, {"text": "Absent deux fois"})], ["Absent deux fois"]),
    ],
)
def test_an_alert_of_the_home_tells_what_decides(
    client_as: Any, rule: str, reasons: list[Reason], told: list[str]
) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    alert = make_alert(household=make_let(name="Mme Léa Roy").household, to=camille)
    alert.facts.update(rule=rule, reasons=[reason.to_json() for reason in reasons])
    shown = main_of(client_as(camille).get("/"))
    assert [words for words in told if words not in shown] == []
    assert not [words for words in ("Terme du", "Aucun paiement", "Banque connue") if words in shown]


def test_an_urgent_fact_is_told_before_the_later_ones(client_as: Any) -> None:
    camille = make_user(role=Role.SOCIAL_WORKER)
    alert = make_alert(household=make_let(name="Mme Léa Roy").household, to=camille)
    said = {"on": date(2026, 11, 3), "hour": "9 h", "what": "danger au logement", "kind": "DANGER", "signal_id": 1}
    alert.facts.update(rule="R10", reasons=[Reason(AlertWhy.SIGNAL, said).to_json()])
    later = Reason(AlertWhy.AS_WRITTEN, {"text": "Aide en baisse"})
    for n in range(2):
        AlertFact.objects.create(alert=alert, key=f"R5:{n}", rule="R5", reasons=[later.to_json()])
    shown = main_of(client_as(camille).get("/"))
    assert "danger au logement" in shown
    assert "Aide en baisse" not in shown
    assert "2 autres faits" in shown.replace("\u00a0", " ")


def test_the_head_sees_all_alerts_late_ones_first(client_as: Any) -> None:
    make_alert(household=make_let(name="Mme À l’heure").household)
    late = make_alert(household=make_let(name="M. En Retard").household)
    type(late).objects.filter(pk=late.pk).update(ack_due_on=date(2026, 11, 2))
    shown = main_of(client_as(Role.HEAD_OF_SOCIAL).get("/"))
    assert shown.index("M. En Retard") < shown.index("Mme À l’heure")
    assert "1 en retard" in shown


def test_the_head_counts_all_alerts_and_shows_the_first(client_as: Any) -> None:
    for n in range(14):
        make_alert(household=make_let(name=f"Mme N{n:02d}").household)
    Alert.objects.update(escalated_at=clock.now())
    page = client_as(Role.HEAD_OF_SOCIAL).get("/").context["page"]
    assert (page.open_alerts, page.to_take, page.escalated_count) == (14, 14, 14)
    assert (len(page.alerts), len(page.escalated)) == (12, 12)
    assert sum(row.to_take for row in page.workers) == 14


def test_the_head_sees_or_gives_the_alerts_of_others(client_as: Any) -> None:
    """She had the gestures of the worker: to take, or to answer, what is somebody else's."""
    head = make_user(role=Role.HEAD_OF_SOCIAL)
    raised = make_alert(household=make_let(name="Mme Roy").household)
    taken = make_alert(household=make_let(name="M. Ba").household)
    Alert.objects.filter(pk=taken.pk).update(state=AlertState.ACKNOWLEDGED, acknowledged_by=taken.assignee)
    shown = main_of(client_as(head).get("/"))
    assert shown.count("Réattribuer<") == 2
    assert "Je prends" not in shown
    assert "Répondre<" not in shown
    # The address opens the question, in both states.
    for alert, button in ((raised, "reattribuer"), (taken, "passer")):
        address = f"/social/alertes/{alert.pk}/"
        # It names where she came from, so that she lands there again.
        assert f'href="{address}?retour=%2F#{button}"' in shown
        assert f'id="{button}" data-dialog="#confier"' in text(client_as(head).get(address))
    make_alert(household=make_let(name="Mme Seule").household, to=head)
    assert main_of(client_as(head).get("/")).count("Je prends") == 1


def test_what_ends_or_is_silent_leads_to_what_is_to_do(client_as: Any) -> None:
    """Both led to the household, where one had to find the measure, or the form, again."""
    camille = make_user(role=Role.SOCIAL_WORKER)
    household = make_let(name="M. Lointain").household
    make_referent(household=household, user=camille)
    measure = Measure.objects.create(
        household=household, kind="ASLL", period=period(date(2026, 6, 1)), planned_end=date(2026, 11, 30),
        referent=camille,
    )  # fmt: skip
    for person in (camille, Role.HEAD_OF_SOCIAL):
        assert f'href="/social/mesures/{measure.pk}/"' in main_of(client_as(person).get("/"))
    assert f'href="/social/visites/nouvelle/{household.pk}/?retour=/"' in main_of(client_as(camille).get("/"))


# ---------- figures without names ----------


def test_the_director_reads_figures_and_no_name(client_as: Any, bank: Any) -> None:
    lease = make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr")
    make_arrears(lease=lease, dues=[date(2026, 10, 1)], amount="400.00", paid="300.00")
    make_alert(household=lease.household)
    make_ticket(lease=lease)
    HeadAgreement.objects.filter(pk=lease.agreement_id).update(period=period(date(2020, 1, 1), date(2027, 1, 1)))
    shown = main_of(client_as(Role.DIRECTOR).get("/"))
    assert "31 déc." in shown  # the last day of the agreement that ends
    assert "75,0 %" in shown
    assert "100,00 €" in shown
    for secret in ("Sarr", "Essai", lease.reference, "Absent deux fois"):
        assert secret not in shown


def test_what_waits_for_the_director_is_counted_once_and_opens_its_rows(client_as: Any, bank: Any) -> None:
    ends = period(date(2020, 1, 1), date(2027, 1, 1))
    for _ in range(6):
        HeadAgreement.objects.filter(pk=make_let(start=date(2024, 3, 15)).agreement_id).update(period=ends)
    client = client_as(Role.DIRECTOR)
    answer = client.get("/")
    opened = client.get(answer.context["ending_url"]).context["page"].paginator.count
    assert answer.context["page"].ending == answer.context["waiting"] == opened == 6
    assert "Attend votre décision" in main_of(answer)
    assert len(answer.context["page"].decisions) == 5
    # What the rental managers decide is counted apart.
    assert "Attend la gestion locative" not in main_of(answer)
    old = clock.today() - timedelta(days=90)
    pay(account=owe(lease=make_let(start=date(2024, 3, 15)), due_on=old, amount="10.00"), on=old, amount="30.00")
    again = client.get("/")
    assert (again.context["credits"], again.context["waiting"]) == (1, 6)
    assert "Attend la gestion locative" in main_of(again)


def test_vacancy_counts_days_that_nobody_held(client_as: Any) -> None:
    """A home left on 11 October stood empty for 21 days of that month; another was held all along."""
    make_let(start=date(2024, 1, 1))
    make_let(start=date(2024, 1, 1), end=date(2026, 10, 11))
    shown = main_of(client_as(Role.DIRECTOR).get("/"))
    assert "21 j" in shown
    assert "1 sur 2 logements" in shown


@pytest.mark.parametrize("span", ["mois", "trimestre", "annee", "nimporte"])
def test_the_director_chooses_the_period(client_as: Any, span: str) -> None:
    assert client_as(Role.DIRECTOR).get("/", {"p": span}).status_code == 200


def test_a_funder_reads_totals_of_its_own_agreements_only(client_as: Any, bank: Any) -> None:
    ccas = make_organisation(kinds=[OrganisationKind.CCAS, OrganisationKind.FUNDER], name="CCAS de Nantes")
    ours, theirs = make_let(name="Mme Fatou Sarr"), make_let(name="M. Autre")
    HeadAgreement.objects.filter(pk=ours.agreement_id).update(
        ordered_by=ccas, period=period(date(2020, 1, 1), date(2028, 1, 1))
    )
    owe(lease=ours, due_on=date(2026, 10, 1), amount="111.00")
    owe(lease=theirs, due_on=date(2026, 10, 1), amount="222.00")
    shown = main_of(client_as(make_user(role=Role.FUNDER, organisation=ccas)).get("/"))
    assert "CCAS de Nantes" in shown
    assert "111,00 €" in shown
    assert "333,00" not in shown
    assert "1 sur 1 logement" in shown
    assert "jusqu’au 31 déc. 2027" in shown  # the last day, not the day after it
    assert "Sarr" not in shown
    assert "Rien à montrer encore" in main_of(client_as(Role.FUNDER).get("/"))


def test_the_administrator_reads_jobs_and_staff_and_no_household(client_as: Any, bank: Any) -> None:
    make_arrears(lease=make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr"))
    Job.objects.create(kind="x", key="x", title="Quittancement de 11/2026", total=3, done=1)
    shown = main_of(client_as(Role.ADMINISTRATOR).get("/"))
    assert "Quittancement de 11/2026" in shown
    assert "1 sur 3" in shown
    assert "Sarr" not in shown
    assert "€" not in shown


# ---------- the budget ----------


@pytest.mark.parametrize("role", [r for r in Role if r != Role.TECHNICIAN])
def test_the_number_of_queries_does_not_grow(
    client_as: Any, bank: Any, role: Role, django_assert_max_num_queries: Any
) -> None:
    user = make_user(role=role)
    client = client_as(user)

    def add(n: int) -> None:
        for _ in range(n):
            lease = make_let(start=date(2024, 3, 15))
            make_arrears(lease=lease, dues=[date(2026, 9, 1), date(2026, 10, 1)])
            make_alert(household=lease.household, to=user if role == Role.SOCIAL_WORKER else None)
            make_ticket(lease=lease)

    add(2)
    client.get("/")
    # What is kept of the books would be missing from the first count only.
    KeptAnswer.objects.all().delete()
    with django_assert_max_num_queries(40) as first:
        client.get("/")
    add(6)
    assert AccountState.objects.exclude(lane="NONE").count() == 8
    make_bank_known(until=date(2026, 11, 5), bank_account=make_bank_account())
    with django_assert_max_num_queries(len(first.captured_queries)):
        client.get("/")


def test_the_home_and_the_list_of_measures_count_alike(client_as: Any) -> None:
    """One past its planned end, one to come, one of a household that she follows where a colleague is its referent."""
    camille, other = make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.SOCIAL_WORKER)
    for n, (referent, start) in enumerate([(camille, 1), (camille, 25), (other, 1)]):
        household = make_let(name=f"Mme Essai {n}").household
        make_referent(household=household, user=camille, from_day=date(2026, 1, 1))
        Measure.objects.create(
            household=household, kind="ASLL", referent=referent, period=period(date(2026, 11, start)),
            planned_end=date(2026, 11, 4) if n == 0 else date(2027, 5, 1),
        )  # fmt: skip
    client = client_as(camille)
    [(label, n)] = client.get("/").context["page"].measures
    assert (label, n) == ("ASLL", len(client.get("/social/mesures/").context["page"]))
    assert n == 2, "the one to come is not running yet"
