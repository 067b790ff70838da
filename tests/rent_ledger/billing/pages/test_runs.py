"""The pages of the rent run: launch, progress, undo, sending, the batch; who may open what."""

import re
from datetime import date

import pytest
from django.urls import reverse

from common import clock
from common.periods import Month
from leases.contracts.services.wishes import record_wish
from leases.models import Lease
from office.access.codes import Role
from office.jobs.worker import drain
from office.messages.services.post import mark_posted, take_out
from office.models import Association, Document, Job
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import Receipt, RentDemand, RentRun
from tests.factories import (
    make_actor,
    make_association,
    make_bank_account,
    make_let,
    make_right,
    make_user,
    pay,
)
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
NOV, DEC = Month(2026, 11), Month(2026, 12)
OTHERS = [role for role in Role if role != Role.RENTAL_MANAGER]
NB = "\u00a0"


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


def bill(month: Month = NOV, lease: Lease | None = None) -> RentRun:
    run = launch_run(month=month, actor=make_actor(), lease_ids=[lease.pk] if lease else None)
    drain(run.job_id)
    run.refresh_from_db()
    return run


def stop(run: RentRun) -> None:
    """Its job failed before the first demand."""
    run.job.chunks.update(state="FAILED", error="Panne")  # type: ignore[union-attr]
    Job.objects.filter(pk=run.job_id).update(state="FAILED", error="Panne", ended_at=clock.now())


# ---------- launch, progress ----------


def test_a_launch_leads_to_its_progress_and_the_end_is_said_once(client_as):
    make_let()
    client = client_as(Role.RENTAL_MANAGER)
    answer = client.post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"})
    run = RentRun.objects.get()
    assert answer.url == reverse("rent_ledger:run", args=[run.pk])
    going = text(client.get(answer.url))
    assert "0 sur 1" in going
    assert "Vous pouvez quitter cette page" in going
    assert 'hx-trigger="every 2s"' in going
    drain(run.job_id)
    ended = text(client.get(reverse("rent_ledger:run_body", args=[run.pk]), headers={"HX-Request": "true"}))
    assert "every 2s" not in ended
    assert f"1{NB}avis produit de décembre{NB}2026." in ended
    assert 'role="status"' in ended
    assert RentDemand.objects.count() == 1


def test_launching_twice_bills_once_and_the_second_is_told(client_as):
    make_let()
    first, second = client_as(Role.RENTAL_MANAGER), client_as(Role.RENTAL_MANAGER)
    first.post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"})
    told = text(second.post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"}, follow=True))
    assert "déjà en cours" in told
    drain()
    assert (RentRun.objects.count(), RentDemand.objects.count()) == (1, 1)
    again = text(second.post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"}, follow=True))
    assert "Aucun avis à produire" in again


def test_a_get_launches_nothing(client_as):
    make_let()
    assert client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:run_launch")).status_code == 405
    assert not RentRun.objects.exists()


# ---------- a run ----------


def steps_done(page: str) -> list[str]:
    return re.findall(r'<span>([^<]*)<span class="visually-hidden"> \(fait\)', page)


def test_a_run_shows_its_demands_and_asks_before_it_is_undone(client_as):
    lease = make_let(name="Mme Sarr", rent="412.60", charges="86.40")
    make_right(lease=lease, amount="286.00", start=date(2026, 2, 1))
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    page = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert steps_done(page) == ["1. Préparer", "2. Vérifier les écarts", "3. Produire"]
    assert "AVIS-2612-0001" in page
    assert f"213,00{NB}€" in page
    assert f"Annuler 1{NB}avis de décembre{NB}2026\u202f?" in page
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    assert "Annulation des avis" in text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    drain()
    run.refresh_from_db()
    assert run.state == RunState.UNDONE
    undone = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "Produire à nouveau" in undone
    assert steps_done(undone) == ["1. Préparer", "2. Vérifier les écarts"]
    assert '3. Produire<span class="visually-hidden"> (annulé)</span>' in undone
    client.post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"})
    drain()
    states = list(RentDemand.objects.order_by("id").values_list("state", flat=True))
    assert states == [DemandState.CANCELLED, DemandState.ISSUED]


def test_what_stands_in_the_way_is_listed_by_name(client_as):
    lease = make_let(name="Mme Fatou Sarr")
    run = bill(DEC)
    pay(account=RentDemand.objects.get(lease=lease).account_id, on=date(2026, 11, 28), amount="10.00")
    client = client_as(Role.RENTAL_MANAGER)
    page = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "ne peuvent plus être annulés" in page
    assert f"Mme{NB}Fatou Sarr" in page
    assert 'id="annuler"' not in page
    refused = text(client.post(reverse("rent_ledger:run_undo", args=[run.pk]), follow=True))
    assert "Ce quittancement ne peut pas être annulé" in refused
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_an_undo_refused_since_its_launch_is_said_where_it_was_asked(client_as):
    lease = make_let(name="Mme Fatou Sarr")
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    pay(account=RentDemand.objects.get(lease=lease).account_id, on=date(2026, 11, 28), amount="10.00")
    drain()
    page = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "L’annulation n’a pas eu lieu, les avis sont comme avant." in page
    assert f"Mme{NB}Fatou Sarr" in page
    assert "Annulation des avis" not in page
    polled = text(client.get(reverse("rent_ledger:run_body", args=[run.pk])))
    assert re.search(r'role="status" id="fin-du-travail"[^>]*>L’annulation n’a pas eu lieu', polled)


def test_of_two_undos_the_one_that_came_too_late_does_not_say_that_nothing_was_undone(client_as):
    lease = make_let(name="Mme Fatou Sarr")
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    paid = pay(account=RentDemand.objects.get(lease=lease).account_id, on=date(2026, 11, 28), amount="10.00")
    drain()
    run.refresh_from_db()
    reverse_entries(entry_ids=[paid], actor=make_actor())
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    client.post(reverse("office:job_resume", args=[run.job_id]))
    drain()
    polled = text(client.get(reverse("rent_ledger:run_body", args=[run.pk])))
    assert re.search(rf'role="status" id="fin-du-travail"[^>]*>1{NB}avis annulé', polled)


def test_sent_demands_are_marked_once_and_stay(client_as):
    make_let()
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    page = text(client.post(reverse("rent_ledger:run_sent", args=[run.pk]), follow=True))
    assert f"1{NB}avis marqué comme envoyé.</strong>" in page
    assert RentDemand.objects.get().sent_at is not None
    assert 'id="annuler"' not in page
    assert "Avis envoyé le 28\u00a0novembre\u00a02026" in page


def test_the_avis_leave_by_the_way_each_household_chose(client_as):
    make_let(name="Mme Fatou Sarr")
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    at = reverse("rent_ledger:run", args=[run.pk])
    assert f"Un PDF trié, 1{NB}avis" in text(client.get(at))
    assert f"1{NB}par courrier" in text(client.get(at)) or "1 par courrier" in text(client.get(at))
    page = text(client.post(reverse("rent_ledger:run_send", args=[run.pk]), follow=True))
    assert "Écriture des messages" in page
    assert 'hx-trigger="every 2s"' in page
    drain()
    page = text(client.get(at))
    assert "Écriture des messages" not in page
    assert f"1{NB}lettre à sortir" in page
    assert "Un PDF trié" not in page, "who prints it too posts it twice"
    assert "Une copie de tous les avis en PDF" in page
    assert f"Courrier{NB}: à envoyer" in page
    assert 'id="envoyer"' not in page
    take_out(actor=make_actor())
    page = text(client.get(at))
    assert f"1{NB}avis est en train de partir" in page
    assert 'id="annuler"' not in page
    mark_posted(until=clock.now(), actor=make_actor())
    assert f"Courrier{NB}: envoyé le 28{NB}nov." in text(client.get(at))


def test_what_stops_the_sending_is_said_on_the_page(client_as):
    make_let()
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:run_send", args=[run.pk]))
    Job.objects.filter(kind="rent_run_send").update(state="FAILED", error="Panne du lot", ended_at=clock.now())
    page = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "Panne du lot" in page
    assert 'id="envoyer"' in page


def test_what_the_emails_lack_is_said_before_and_the_letters_leave(client_as):
    make_let()
    by_email = make_let()
    person = by_email.parties.get().person
    person.email = "sarr@menage.example"
    person.save()
    record_wish(actor=make_actor(), lease=by_email, kind="EMAIL", person=person, proof="Formulaire signé")
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    at = reverse("rent_ledger:run", args=[run.pk])
    assert f"Envoyer 2{NB}avis" in text(client.get(at))
    Association.objects.update(phone="")
    page = text(client.get(at))
    assert "Notre téléphone" in page
    assert f"Envoyer 1{NB}avis" in page
    client.post(reverse("rent_ledger:run_send", args=[run.pk]))
    drain()
    page = text(client.get(at))
    assert "Notre téléphone" in page
    assert 'id="envoyer"' not in page


def test_a_quittance_is_sent_from_the_page_of_its_term(client_as):
    lease = make_let(name="Mme Fatou Sarr")
    demand = bill(NOV).demands.get()
    pay(account=demand.account_id, on=date(2026, 11, 2), amount="480.00")
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:receipt_issue", args=[demand.pk]))
    receipt = Receipt.objects.get(demand__lease=lease)
    page = text(client.post(reverse("rent_ledger:receipt_send", args=[receipt.pk]), follow=True))
    assert "La lettre est dans le courrier à poster." in page
    assert f"Courrier{NB}: " in page
    assert reverse("rent_ledger:receipt_send", args=[receipt.pk]) not in page


def test_the_batch_is_one_file_sorted_by_address(client_as):
    for _ in range(3):
        make_let()
    run = bill(DEC)
    answer = client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:run_pdf", args=[run.pk]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert Document.objects.filter(kind="rent_demand").count() == 3


def test_the_rows_of_a_run_are_exported(client_as):
    one = make_let(rent="310.00", charges="31.00", name="Mme Zoé Zola", start=date(2026, 11, 17))
    make_let(rent="400.00", charges="0.00", name="Mme Aya Abbas")
    run = bill()
    client = client_as(Role.RENTAL_MANAGER)
    assert reverse("rent_ledger:run_sheet", args=[run.pk]) in text(
        client.get(reverse("rent_ledger:run", args=[run.pk]))
    )
    answer = client.get(reverse("rent_ledger:run_sheet", args=[run.pk]))
    assert answer["Content-Disposition"] == 'attachment; filename="avis-2026-11.csv"'
    head, *rows = answer.content.decode("utf-8-sig").splitlines()
    assert head == "Avis;Ménage;Bail;Du;Au;Loyer et charges;Aide attendue;À payer;Échéance;État"
    assert len(rows) == 2
    demand = RentDemand.objects.get(lease=one)
    [last] = [row for row in rows if "Zola" in row]
    assert last.split(";")[:9] == [
        demand.reference, "Mme Zoé Zola", one.reference, "17/11/2026", "30/11/2026", "159,14", "0,00", "159,14",
        f"{demand.due_on:%d/%m/%Y}",
    ]  # fmt: skip


@pytest.mark.parametrize("leases", [3, 12])
def test_a_run_costs_a_constant_number_of_queries(client_as, leases, django_assert_max_num_queries):
    for _ in range(leases):
        make_let()
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    client.get(reverse("rent_ledger:runs"))
    with django_assert_max_num_queries(32):
        assert client.get(reverse("rent_ledger:run", args=[run.pk])).status_code == 200


def test_a_month_later_than_the_next_is_asked_about_on_its_page(client_as):
    make_let()
    client = client_as(Role.RENTAL_MANAGER)
    runs, launch = reverse("rent_ledger:runs"), reverse("rent_ledger:run_launch")
    assert 'name="because"' not in text(client.get(runs, {"mois": "2026-12"}))
    assert 'name="because"' in text(client.get(runs, {"mois": "2027-01"}))
    refused = text(client.post(launch, {"mois": "2027-01"}, follow=True))
    assert "sont demandés plus d’un mois à l’avance : les entrées" in refused.replace(NB, " ")
    assert not RentRun.objects.exists()
    client.post(launch, {"mois": "2027-01", "questions": "early_month", "because": "Fermeture de fin d’année"})
    made = RentRun.objects.get()
    assert made.month == date(2027, 1, 1)
    shown = text(client.get(reverse("rent_ledger:run", args=[made.pk])))
    assert "Fermeture de fin d’année" in shown


def test_a_run_that_stopped_is_taken_up_by_another_manager_from_its_page(client_as):
    make_let()
    run = launch_run(month=DEC, actor=make_actor())
    stop(run)
    client = client_as(Role.RENTAL_MANAGER)
    assert client.get(reverse("office:job", args=[run.job_id])).status_code == 404
    assert "s’est arrêté avant la fin" in text(client.get(reverse("rent_ledger:runs") + "?mois=2026-12"))
    page = text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    url = reverse("rent_ledger:run_resume", args=[run.pk])
    assert f'action="{url}"' in page
    assert reverse("office:job", args=[run.job_id]) not in page
    client.post(url)
    drain(run.job_id)
    run.refresh_from_db()
    assert (run.state, run.demands.count()) == (RunState.DONE, 1)
    assert "il n’y a rien à reprendre" in text(client.post(url, follow=True))
    assert client.get(reverse("office:job", args=[run.job_id])).status_code == 200


def test_a_run_that_goes_offers_no_resume(client_as):
    make_let()
    run = launch_run(month=DEC, actor=make_actor())
    client = client_as(Role.RENTAL_MANAGER)
    url = reverse("rent_ledger:run_resume", args=[run.pk])
    assert url not in text(client.get(reverse("rent_ledger:run", args=[run.pk])))
    assert "il n’y a rien à reprendre" in text(client.post(url, follow=True))


# ---------- who may ----------


def _urls(run: RentRun, demand: RentDemand, receipt: Receipt) -> dict[str, tuple[str, str]]:
    return {
        "runs": ("get", reverse("rent_ledger:runs")),
        "draft_why": ("get", reverse("rent_ledger:draft_why", args=["2026-12", demand.lease_id])),
        "run": ("get", reverse("rent_ledger:run", args=[run.pk])),
        "run_body": ("get", reverse("rent_ledger:run_body", args=[run.pk])),
        "run_pdf": ("get", reverse("rent_ledger:run_pdf", args=[run.pk])),
        "run_launch": ("post", reverse("rent_ledger:run_launch")),
        "run_correct": ("post", reverse("rent_ledger:run_correct")),
        "run_resume": ("post", reverse("rent_ledger:run_resume", args=[run.pk])),
        "run_undo": ("post", reverse("rent_ledger:run_undo", args=[run.pk])),
        "run_sent": ("post", reverse("rent_ledger:run_sent", args=[run.pk])),
        "receipt_issue": ("post", reverse("rent_ledger:receipt_issue", args=[demand.pk])),
        "demand": ("get", reverse("rent_ledger:demand", args=[demand.pk])),
        "demand_why": ("get", reverse("rent_ledger:demand_why", args=[demand.pk])),
        "demand_pdf": ("get", reverse("rent_ledger:demand_pdf", args=[demand.pk])),
        "receipt_pdf": ("get", reverse("rent_ledger:receipt_pdf", args=[receipt.pk])),
        "statement_pdf": ("get", reverse("rent_ledger:statement_pdf", args=[demand.account_id])),
    }


LEDGER_READERS = {Role.RENTAL_MANAGER, Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL, Role.DIRECTOR}
PAPER_READERS = {Role.RENTAL_MANAGER, Role.HEAD_OF_SOCIAL}
READERS = {
    "demand": LEDGER_READERS,
    "demand_why": LEDGER_READERS,
    "demand_pdf": PAPER_READERS,
    "receipt_pdf": PAPER_READERS,
    "statement_pdf": PAPER_READERS,
}


@pytest.mark.parametrize("role", OTHERS)
def test_each_page_is_for_the_roles_of_the_matrix(client_as, role):
    lease = make_let()
    run = bill(DEC)
    demand = RentDemand.objects.get(lease=lease)
    pay(account=demand.account_id, on=date(2026, 11, 28), amount="480.00")
    client_as(Role.RENTAL_MANAGER).post(reverse("rent_ledger:receipt_issue", args=[demand.pk]))
    client = client_as(make_user(role=role))
    for name, (method, url) in _urls(run, demand, Receipt.objects.get()).items():
        expected = 200 if role in READERS.get(name, set()) else 403
        assert getattr(client, method)(url).status_code == expected, name
    run.refresh_from_db()
    assert run.state == RunState.DONE
    assert Receipt.objects.count() == 1


def test_a_social_worker_sees_the_term_without_the_files(client_as):
    lease = make_let()
    bill()
    demand = RentDemand.objects.get(lease=lease)
    page = text(client_as(Role.SOCIAL_WORKER).get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert "Avis en PDF" not in page
    assert "Établir" not in page


def test_a_stranger_is_sent_to_the_door(client):
    assert client.get(reverse("rent_ledger:runs")).status_code == 302
