"""The household page: three views, one thread, and what each role may read there."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.periods import Month, period
from common.reasons import Reason
from leases.models import Household, Lease, LeaseParty, Membership, Person
from office.access.codes import Role
from office.access.idle import mark_used
from office.jobs.worker import drain
from office.models import AccessLog, User
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.social import record_social_answer
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import AccountState, ArrearsCase, CaseDecision, Posting, Receipt, RentDemand
from social_link.alerts.codes import AlertWhy
from social_link.contacts.services import plan_contact
from social_link.measures.services.measures import open_measure
from social_link.models import Alert, Contact, Note, NoteReader
from tests.factories import (
    actor_of,
    make_actor,
    make_alert,
    make_arrears,
    make_association,
    make_demand,
    make_let,
    make_note,
    make_referent,
    make_right,
    make_ticket,
    make_user,
    owe,
    pay,
)
from tests.pages import plain

pytestmark = pytest.mark.django_db
PRIVATE, SHARED, SEALED = "Parle de son frère", "Vient le lundi à l’accueil", "Dit à la référente seule"


class Situation:
    """Two terms unpaid, a payment, a leak, an alert, a visit, three notes; `other`: somebody else's household."""

    def __init__(self) -> None:
        self.lease: Lease = make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr")
        make_right(lease=self.lease, amount="10.00", start=date(2024, 4, 1))
        self.household: Household = self.lease.household
        self.referent: User = make_referent(
            household=self.household, user=make_user(role=Role.SOCIAL_WORKER, first_name="Inès", last_name="Rousseau")
        )
        self.case: ArrearsCase = make_arrears(
            lease=self.lease, dues=[date(2026, 10, 1), date(2026, 11, 1)], paid="120.00"
        )
        self.ticket = make_ticket(lease=self.lease)
        self.alert = make_alert(household=self.household, to=self.referent)
        visit = Contact.objects.create(
            household=self.household, kind="VISIT", happened_on=date(2026, 10, 14), author=self.referent,
            request_key=uuid4(),
        )  # fmt: skip
        for level, text in (("PRIVATE", PRIVATE), ("SHARED", SHARED), ("SEALED", SEALED)):
            make_note(household=self.household, contact=visit, level=level, text=text, author=self.referent)

    def page(self, client: Client, view: str = "", **query: str) -> Any:
        return client.get(f"/menages/{self.household.pk}/{view}", query)


@pytest.fixture
def situation(db: None) -> Situation:
    return Situation()


def _text(response: Any) -> str:
    return plain(response)


# ---------- the rent view ----------


def test_the_manager_reads_what_is_owed_and_why(client_as: Any, situation: Situation) -> None:
    shown = _text(situation.page(client_as(Role.RENTAL_MANAGER)))
    assert "Mme Fatou Sarr" in shown
    assert "Sous-location" in shown
    assert "306,00 €" in shown
    assert f"/loyers/comptes/{situation.case.account_id}/pourquoi/" in shown
    assert "Dernier paiement" in shown
    assert "120,00 €" in shown
    assert "Seuil CAF" in shown
    assert "Impayé ouvert" in shown


def test_a_payment_that_came_back_is_not_the_last_one(client_as: Any, situation: Situation) -> None:
    AccountState.objects.filter(account=situation.case.account).update(
        last_payment_on=date(2026, 10, 5), last_payment=Decimal("219.16"), last_return_on=date(2026, 11, 4)
    )
    shown = _text(situation.page(client_as(Role.RENTAL_MANAGER)))
    assert "le 5 oct. ; un autre rejeté le 4 nov." in shown


def test_the_legal_threshold_is_for_who_reads_the_cases(client_as: Any, situation: Situation) -> None:
    """Without the case, the day would be that of today's debt: another deadline than the one that counts."""
    ArrearsCase.objects.filter(pk=situation.case.pk).update(
        constituted_on=date(2026, 10, 6), report_due_on=date(2026, 12, 6)
    )
    assert "au plus tard le 6 déc." in _text(situation.page(client_as(Role.RENTAL_MANAGER)))
    shown = _text(situation.page(client_as(Role.DIRECTOR)))
    assert "306,00 €" in shown
    assert "Seuil CAF" not in shown
    assert "au plus tard" not in shown


def test_a_return_is_told_of_the_payment_that_came_back(client_as: Any) -> None:
    """The last payment stands: what the bank sent back since is another one."""
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=date(2026, 10, 1), amount="400.00")
    kept, back = date(2026, 10, 6), date(2026, 10, 20)
    first = pay(account=account, on=kept, amount="120.00")
    later = pay(account=account, on=date(2026, 10, 12), amount="80.00")
    reverse_entries(entry_ids=[later], actor=make_actor(), effective_on=back, kind=EntryKind.RETURN)
    client = client_as(Role.RENTAL_MANAGER)
    shown = _text(client.get(f"/menages/{lease.household_id}/"))
    assert "120,00 €" in shown
    assert "le 6 oct. ; un autre rejeté le 20 oct." in shown
    reverse_entries(entry_ids=[first], actor=make_actor(), effective_on=back, kind=EntryKind.RETURN)
    shown = _text(client.get(f"/menages/{lease.household_id}/"))
    assert "un paiement rejeté le 20 oct." in shown


def test_a_file_settled_within_a_week_is_one_small_line_of_the_thread(client_as: Any) -> None:
    lease = make_let(start=date(2024, 3, 15))
    case = make_arrears(lease=lease, dues=[date(2026, 11, 1)], amount="213.00")
    client = client_as(Role.RENTAL_MANAGER)
    assert "Impayé ouvert" in _text(client.get(f"/menages/{lease.household_id}/"))
    ArrearsCase.objects.filter(pk=case.pk).update(opened_on=date(2026, 11, 2), closed_on=date(2026, 11, 5))
    shown = _text(client.get(f"/menages/{lease.household_id}/"))
    assert "Impayé de 3 jours, soldé : 213,00 €" in shown
    assert "Impayé ouvert" not in shown
    CaseDecision.objects.create(case=case, decision="CONFIRM", proposed="CALL", action="CALL")
    decided = _text(client.get(f"/menages/{lease.household_id}/"))
    assert "Impayé ouvert" in decided
    assert "Impayé soldé" in decided


def test_a_debt_outlives_the_lease_and_follows_its_debtors(client_as: Any) -> None:
    """A co-holder who left a former home brings its debt along, and his former household keeps it too."""
    old = make_let(start=date(2022, 1, 1), end=date(2023, 1, 1), name="M. et Mme Kaboré")
    partner = Person.objects.create(civility="M", first_name="Issa", last_name="Kaboré")
    LeaseParty.objects.create(lease=old, person=partner, role="CO_HOLDER", period=period(date(2022, 1, 1)))
    owe(lease=old, due_on=date(2022, 12, 1), amount="500.00", nature="INDEMNITY")
    new = make_let(start=date(2025, 1, 1), name="M. Issa Kaboré")
    new.household.memberships.all().delete()
    Membership.objects.create(household=new.household, person=partner, period=period(date(2025, 1, 1)))
    LeaseParty.objects.filter(lease=new).update(person=partner)
    owe(lease=new, due_on=date(2026, 11, 1), amount="100.00")
    client = client_as(Role.RENTAL_MANAGER)
    shown = _text(client.get(f"/menages/{new.household_id}/"))
    assert "600,00 €" in shown
    assert old.reference in shown
    assert "Nouvelle demande" in shown
    assert "terminé le 31 déc. 2022" in shown
    before = _text(client.get(f"/menages/{old.household_id}/"))
    assert "500,00 €" in before
    assert "parti le 31 déc. 2022" in before
    assert "Indemnité d’occupation" in before
    assert "Nouvelle demande" not in before  # no dwelling is held any more: the form would not be found


def test_a_protected_address_is_told_to_who_is_in_charge_only(client_as: Any, situation: Situation) -> None:
    Person.objects.filter(memberships__household=situation.household).update(is_address_protected=True)
    street, reference = situation.lease.unit.dwelling.building.street, situation.lease.unit.dwelling.reference
    in_charge, other = make_user(), make_user()
    Household.objects.filter(pk=situation.household.pk).update(manager=in_charge)
    for user in (in_charge, situation.referent, make_user(role=Role.HEAD_OF_SOCIAL)):
        assert street in _text(situation.page(client_as(user)))
    for user in (other, make_user(role=Role.SOCIAL_WORKER), make_user(role=Role.DIRECTOR)):
        shown = _text(situation.page(client_as(user)))
        assert "Adresse protégée" in shown
        assert street not in shown
        assert reference not in shown.split("</main>")[0]


# ---------- the matrix ----------


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR])
@pytest.mark.parametrize("view", ["", "technique/", "social/"])
def test_other_roles_have_no_household_page(client_as: Any, situation: Situation, role: Role, view: str) -> None:
    assert situation.page(client_as(role), view).status_code == 403


def test_the_director_reads_the_ledger_and_nothing_social(client_as: Any, situation: Situation) -> None:
    client = client_as(Role.DIRECTOR)
    shown = _text(situation.page(client))
    assert "306,00 €" in shown
    assert "Fil du ménage" not in shown
    assert "Avis et quittances" not in shown
    assert "Dossier et réponses" not in shown
    assert "Signalé" not in shown
    assert "Visite" not in shown
    assert situation.page(client, "social/").status_code == 403
    assert situation.ticket.title in _text(situation.page(client, "technique/"))


def test_the_manager_reads_that_a_visit_took_place_and_no_more(client_as: Any, situation: Situation) -> None:
    client = client_as(Role.RENTAL_MANAGER)
    shown = _text(situation.page(client))
    assert "Visite à domicile" in shown
    assert "Contenu réservé au service social" in shown
    assert "La vue sociale est réservée à Inès Rousseau" in shown
    social = _text(situation.page(client, "social/"))
    assert "Absent deux fois" in social
    assert SHARED in social
    for page in (shown, social):
        assert PRIVATE not in page
        assert SEALED not in page


def test_what_a_technician_saw_of_a_person_is_for_the_social_service(client_as: Any, situation: Situation) -> None:
    figures = {"on": date(2026, 11, 4), "hour": "10 h", "what": "personne qui ne va pas bien", "signal_id": 0}
    fact = Alert.objects.get(household=situation.household).facts.get()
    fact.reasons = [Reason(AlertWhy.SIGNAL, figures).to_json()]
    fact.save()
    for client, reads in ((client_as(Role.RENTAL_MANAGER), False), (client_as(situation.referent), True)):
        for view in ("", "social/"):
            page = plain(situation.page(client, view))
            assert "Signalé le 4 novembre 2026 à 10 h par le technicien" in page
            assert ("qui ne va pas bien" in page) == reads


def test_a_worker_reads_the_whole_of_own_cases(client_as: Any, situation: Situation) -> None:
    shown = _text(situation.page(client_as(situation.referent), "social/"))
    for text in (PRIVATE, SHARED, SEALED, "Absent deux fois", "Visite à domicile"):
        assert text in shown
    assert "Contenu réservé" not in shown


def test_the_social_page_begins_with_where_one_stands(
    client_as: Any, situation: Situation, django_assert_max_num_queries: Any
) -> None:
    actor = actor_of(situation.referent)
    following = {"household": situation.household, "actor": actor}

    def measure(kind: str, start: date, end: date, **given: bool) -> None:
        open_measure(kind=kind, start=start, planned_end=end, referent=situation.referent, **following, **given)

    measure("SIMPLE", date(2026, 9, 5), date(2027, 3, 4))
    plan_contact(kind="VISIT", day=date(2026, 11, 12), request_key=uuid4(), **following)
    client = client_as(situation.referent)
    with django_assert_max_num_queries(150) as few:
        situation.page(client, "social/")
    measure("AEB", date(2026, 11, 20), date(2027, 2, 19), is_lead=False)
    for day in range(13, 20):
        plan_contact(kind="CALL", day=date(2026, 11, day), request_key=uuid4(), **following)
    with django_assert_max_num_queries(len(few)):
        page = situation.page(client, "social/")
    first = _text(page).split("Où en est-on ?")[1].split("Alerte en cours")[0]
    for said in (
        "mois 3 sur 6",
        "jusqu’au 4 mars 2027",
        "commence le 20 nov. 2026",
        "14 oct. 2026",
        "le prochain au plus tard le 13 nov. 2026",
        "Visite à domicile le 12 nov. 2026",
    ):
        assert said in first, said
    with clock.travel(date(2026, 11, 14)):
        mark_used(session := client.session)
        session.save()
        late = _text(situation.page(client, "social/")).split("14 oct. 2026")[1].split("</dd>")[0]
    assert "dépassé" in late
    assert "au plus tard le 13 nov. 2026" in late


def test_a_worker_reads_shared_notes_only_of_others_cases(client_as: Any, situation: Situation) -> None:
    shown = _text(situation.page(client_as(Role.SOCIAL_WORKER), "social/"))
    assert SHARED in shown
    assert "Ce ménage est suivi par Inès Rousseau" in shown
    for text in (PRIVATE, SEALED, "Absent deux fois"):
        assert text not in shown


def test_the_plan_of_an_answer_is_read_on_own_cases(client_as: Any, situation: Situation) -> None:
    """Somebody else's case tells its cause, which goes with the debt, and no more."""
    record_social_answer(
        case=situation.case, contact_made=True, cause="JOB_LOSS", plan_asked=True, plan_amount=Decimal("45.00"),
        next_step="MEETING", next_step_on=date(2026, 11, 20), actor=actor_of(situation.referent),
    )  # fmt: skip
    for user in (situation.referent, make_user(), make_user(role=Role.HEAD_OF_SOCIAL)):
        shown = _text(situation.page(client_as(user)))
        assert "Perte d’emploi" in shown
        assert shown.count("Rendez-vous budget") == 2
        assert "45,00 €" in shown
    other = _text(situation.page(client_as(Role.SOCIAL_WORKER)))
    assert "Perte d’emploi" in other
    assert "Rendez-vous budget" not in other
    assert "45,00 €" not in other


def test_the_next_step_of_an_answer_follows_the_day_of_its_hold(client_as: Any, situation: Situation) -> None:
    answer = record_social_answer(
        case=situation.case, contact_made=True, cause="OVERSIGHT", hold_until=date(2026, 12, 1),
        next_step="FSL", next_step_on=date(2026, 12, 3), actor=actor_of(situation.referent),
    )  # fmt: skip
    Alert.objects.filter(pk=situation.alert.pk).update(answer=answer)
    shown = _text(situation.page(client_as(situation.referent), "social/"))
    assert ", prochaine étape : Dossier FSL le 3 déc." in shown
    assert ".. " not in shown


def test_a_named_reader_reads_a_sealed_note(client_as: Any, situation: Situation) -> None:
    colleague = make_user(role=Role.SOCIAL_WORKER)
    NoteReader.objects.create(note=Note.objects.get(level="SEALED"), user=colleague)
    shown = _text(situation.page(client_as(colleague), "social/"))
    assert SEALED in shown
    assert PRIVATE not in shown


def test_the_head_reads_alerts_and_knows_that_notes_are_kept(client_as: Any, situation: Situation) -> None:
    shown = _text(situation.page(client_as(Role.HEAD_OF_SOCIAL), "social/"))
    assert "Absent deux fois" in shown
    assert SHARED in shown
    assert PRIVATE not in shown
    assert SEALED not in shown
    assert shown.count("Lire avec un motif") == 2


def test_reading_somebody_elses_note_is_logged(client_as: Any, situation: Situation) -> None:
    situation.page(client_as(situation.referent), "social/")
    assert not AccessLog.objects.exists()
    reader = make_user()
    situation.page(client_as(reader), "social/")
    row = AccessLog.objects.get()
    assert (row.user, row.household_id) == (reader, situation.household.pk)
    assert row.object_id == Note.objects.get(level="SHARED").pk


def test_an_unknown_household_is_not_found(client_as: Any, situation: Situation) -> None:
    assert client_as(Role.RENTAL_MANAGER).get("/menages/999999/").status_code == 404


def test_without_a_request_the_page_offers_one_where_one_can_be_opened(client_as: Any) -> None:
    here, gone = make_let(start=date(2024, 3, 15)), make_let(start=date(2024, 3, 15), end=date(2026, 7, 1))
    client = client_as(Role.RENTAL_MANAGER)
    offered = _text(client.get(f"/menages/{here.household_id}/technique/"))
    assert "ouvrez une demande" in offered
    left = _text(client.get(f"/menages/{gone.household_id}/technique/"))
    assert "ouvrez une demande" not in left
    assert "n’occupe plus de logement" in left


# ---------- the thread ----------


def test_the_thread_merges_the_trades_and_filters_them(client_as: Any, situation: Situation) -> None:
    client = client_as(situation.referent)
    everything = _text(situation.page(client))
    for text in ("Avis d’octobre 2026", "Demande technique ouverte", "Alerte envoyée", "Visite à domicile"):
        assert text in everything
    technical = _text(situation.page(client, fil="technique")).split('id="fil"')[1]
    assert "Demande technique ouverte" in technical
    assert "Avis d’octobre" not in technical
    assert "Visite à domicile" not in technical


def test_planned_contacts_push_nothing_out_of_the_thread(client_as: Any, situation: Situation) -> None:
    for n in range(15):
        Contact.objects.create(
            household=situation.household, kind=("VISIT", "CALL")[n % 2], happened_on=date(2026, 11, 10 + n),
            is_planned=True, author=situation.referent, request_key=uuid4(),
        )  # fmt: skip
    page = client_as(situation.referent).get(f"/menages/{situation.household.pk}/", {"fil": "social"})
    events = [event for _, found in page.context["thread"].months for event in found]
    to_come = [event.day for event in events if event.day > clock.today()]
    assert to_come == [date(2026, 11, 12), date(2026, 11, 11), date(2026, 11, 10)]
    assert [event.title for event in events if event.day <= clock.today()][-1] == "Visite à domicile"


def test_the_thread_dates_an_exit_on_the_last_day_in_the_dwelling(client_as: Any) -> None:
    lease = make_let(start=date(2024, 3, 15), end=date(2026, 7, 1))
    thread = client_as(Role.RENTAL_MANAGER).get(f"/menages/{lease.household_id}/").context["thread"]
    days = [event.day for _, events in thread.months for event in events if event.title == "Sortie du logement"]
    assert days == [date(2026, 6, 30)]


def test_the_thread_goes_on(client_as: Any) -> None:
    lease = make_let(start=date(2024, 1, 1))
    for month in range(1, 11):
        pay(account=owe(lease=lease, due_on=date(2026, month, 1)), on=date(2026, month, 3))
    client = client_as(Role.RENTAL_MANAGER)
    first = _text(client.get(f"/menages/{lease.household_id}/"))
    assert "Voir la suite" in first
    thread = first.split('id="fil"')[1]
    assert "Avis de janvier 2026" not in thread
    second = _text(client.get(f"/menages/{lease.household_id}/", {"suite": "2"})).split('id="fil"')[1]
    assert "Avis de janvier 2026" in second


# ---------- the budget ----------


@pytest.mark.parametrize("view", ["", "technique/", "social/"])
@pytest.mark.parametrize("role", [Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL])
def test_the_number_of_queries_does_not_grow(
    client_as: Any, situation: Situation, view: str, role: Role, django_assert_max_num_queries: Any
) -> None:
    client = client_as(situation.referent if role == Role.SOCIAL_WORKER else role)
    situation.page(client, view)
    # The social page has a part of each subject, and each asks for its own.
    with django_assert_max_num_queries(54) as first:
        situation.page(client, view)
    for month in range(1, 10):
        pay(account=owe(lease=situation.lease, due_on=date(2026, month, 1)), on=date(2026, month, 3))
        make_ticket(lease=situation.lease)
        Contact.objects.create(
            household=situation.household, kind="CALL", happened_on=date(2026, month, 8), author=situation.referent,
            request_key=uuid4(),
        )  # fmt: skip
        make_note(household=situation.household, level="SHARED", text="Suite", author=situation.referent)
    with django_assert_max_num_queries(len(first.captured_queries)):
        situation.page(client, view)


def test_list_case_household_page_and_api_round_the_terms_alike(client_as: Any) -> None:
    """2,45 terms are 2,5: half-up, where half-even would say 2,4."""
    case = make_arrears(lease=make_let(start=date(2024, 3, 15), name="Mme Fatou Sarr"))
    AccountState.objects.filter(account=case.account_id).update(terms=Decimal("2.45"))
    client = client_as(Role.RENTAL_MANAGER)
    pages = [
        plain(client.get(address))
        for address in (
            reverse("rent_ledger:arrears"),
            reverse("rent_ledger:case", args=[case.pk]),
            f"/menages/{case.account.household_id}/",
        )
    ]
    assert ">2,5<" in pages[0]
    assert all("2,5 termes" in page for page in pages[1:])
    [line] = client.get("/api/v1/arrears").json()["items"]
    assert Decimal(line["terms"]) == Decimal("2.45")


@pytest.mark.parametrize("is_own", [True, False])
def test_who_visits_reads_how_one_gets_in(client_as: Any, is_own: bool) -> None:
    lease = make_let()
    lease.unit.dwelling.access_notes = "Code 12A4"
    lease.unit.dwelling.save()
    worker = make_user(role="SOCIAL_WORKER")
    make_referent(household=lease.household, user=worker if is_own else None)
    page = plain(client_as(worker).get(reverse("desk:household_technical", args=[lease.household_id])))
    assert ("Code 12A4" in page) == is_own


def test_the_avis_to_pay_come_first_then_each_month_before_its_quittance(client_as: Any) -> None:
    """Quittances made on one day, all of them, once hid every avis."""
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=date(2024, 5, 5))
    old = make_demand(lease=lease, month=date(2024, 5, 1), account=account)
    for number in range(1, 13):
        month = date(2025, number, 1)
        owe(lease=lease, due_on=month)
        demand = make_demand(lease=lease, month=month, account=account)
        owed = Posting.objects.filter(entry=demand.entry_id).values_list("pk", flat=True)
        pay(account=account, on=date(2025, number, 20), designate=tuple(owed))
        Receipt.objects.create(
            demand=demand, kind="FULL", amount=demand.net, number=number, issued_on=date(2026, 11, 5)
        )
    page = client_as(Role.RENTAL_MANAGER).get(reverse("desk:household", args=[lease.household_id]))
    papers = page.context["papers"]
    assert [(p.kind, p.month, p.state) for p in papers[:4]] == [
        ("demand", date(2024, 5, 1), "à payer"),
        ("demand", date(2025, 12, 1), ""),
        ("receipt", date(2025, 12, 1), ""),
        ("demand", date(2025, 11, 1), ""),
    ]
    assert papers[0].url == reverse("rent_ledger:demand", args=[old.pk])
    assert "à payer" in plain(page)


@pytest.mark.parametrize(
    ("kind", "said"), [("PLAN", "dans un plan"), ("FREEZE", "gelé (surendettement)"), ("DISPUTE", "contesté")]
)
def test_an_avis_that_a_plan_a_freeze_or_a_dispute_holds_is_not_said_to_be_to_pay(
    client_as: Any, kind: str, said: str
) -> None:
    lease = make_let(start=date(2024, 3, 15))
    account = owe(lease=lease, due_on=date(2025, 12, 1))
    demand = make_demand(lease=lease, month=date(2025, 12, 1), account=account)
    owed = Posting.objects.filter(entry=demand.entry_id, debit=account).values_list("pk", flat=True)
    hold_debt(posting_ids=list(owed), kind=kind, reason="Dit", from_day=date(2025, 12, 2), actor=make_actor())
    page = client_as(Role.RENTAL_MANAGER).get(reverse("desk:household", args=[lease.household_id]))
    assert [paper.state for paper in page.context["papers"]] == [said]


@pytest.mark.parametrize(("role", "sees"), [(Role.RENTAL_MANAGER, True), (Role.SOCIAL_WORKER, False)])
def test_the_rights_to_an_aid_are_reached_from_household_contract_and_avis(
    client_as: Any, role: Role, sees: bool
) -> None:
    make_association()
    lease = make_let(start=date(2024, 3, 15))
    launch_run(month=Month(2026, 11), actor=make_actor())
    drain()
    demand = RentDemand.objects.get()
    client, address = client_as(role), reverse("rent_ledger:benefit_rights", args=[lease.pk])
    for page in (
        reverse("desk:household", args=[lease.household_id]),
        reverse("leases:lease", args=[lease.pk]),
        reverse("rent_ledger:demand", args=[demand.pk]),
    ):
        assert (address in plain(client.get(page))) == sees, page
