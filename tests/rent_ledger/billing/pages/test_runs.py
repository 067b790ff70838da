"""The pages of the rent run: preview, launch, progress, undo, sending, the batch; and the papers of a demand."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from common import clock
from common.periods import Month, period
from leases.contracts.services.wishes import record_wish
from leases.models import Lease, Person, RentTerm
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from office.messages.services.post import mark_posted, take_out
from office.models import Association, Document, Job
from rent_ledger.billing.codes import DemandState, RunState
from rent_ledger.billing.services import previews
from rent_ledger.billing.services.receipts import issue_receipt
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.sending import mark_sent
from rent_ledger.billing.views import runs as views
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.posting import reverse as reverse_entries
from rent_ledger.models import LedgerMonth, Receipt, RentDemand, RentRun, RunPreview, RunPreviewRow
from stock.models import Building
from tests.factories import (
    make_actor,
    make_association,
    make_bank_account,
    make_bank_known,
    make_let,
    make_right,
    make_user,
    pay,
)
from tests.pages import signed_in, text

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


# ---------- preview ----------


def test_the_preview_shows_only_what_differs_with_its_reason_and_the_number_on_the_button(client_as):
    make_let(name="Mme Pareille")
    risen = make_let(name="M. Révisé", rent="400.00")
    bill()
    make_let(name="Mme Nouvelle", start=date(2026, 12, 4))
    RentTerm.objects.filter(lease=risen, nature="RENT").update(period=period(date(2026, 1, 1), DEC.first))
    RentTerm.objects.create(lease=risen, nature="RENT", amount=Decimal("404.60"), period=period(DEC.first))
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12"}))
    assert f"Produire 3{NB}avis" in page
    assert "Mme Pareille" not in page
    assert f"400,00{NB}€ puis 404,60{NB}€" in page
    assert f"+4,60{NB}€" in page
    assert f"28{NB}jours sur 31" in page
    everyone = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12", "vue": "tous"}))
    assert "Mme Pareille" in everyone


def test_the_figures_of_the_preview_add_up(client_as):
    """133 that are the same and 3 that differ are 134 demands, since 2 households left."""
    figures = RunPreview(draft_count=134, made_count=0, same_count=133, changed_count=3)
    assert figures.without == 2
    assert RunPreview(draft_count=1, made_count=134, same_count=133, changed_count=3).without == 1


def test_who_left_is_told_beside_what_differs(client_as):
    make_let(name="Mme Pareille")
    gone = make_let(name="M. Parti")
    bill()
    Lease.objects.filter(pk=gone.pk).update(period=period(gone.period.lower, DEC.first))
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12"}))
    assert f"1{NB}identique, 1{NB}différence avec novembre, dont 1 sans avis" in page


def test_the_preview_says_until_when_the_bank_of_each_account_is_known(client_as):
    make_let()
    make_bank_known(until=date(2026, 11, 25))
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12"}))
    assert f"{NB}: banque connue jusqu’au 25{NB}nov." in page


def test_the_preview_says_who_is_held_and_why(client_as):
    make_let(name="M. Amadou Ba", state="DRAFT")
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12", "vue": "retenus"}))
    assert "M. Amadou" in page
    assert "Préparation à terminer" in page
    assert f"480,00{NB}€" in page
    assert "Rien à produire" in page


def test_the_preview_is_searched_and_filtered_by_reason(client_as):
    for name in ("Mme Sarr", "M. Bénali"):
        make_right(lease=make_let(name=name, start=date(2026, 10, 1)), start=date(2026, 12, 1))
    make_let(name="Mme Entrée", start=date(2026, 12, 10))
    bill()
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs")
    found = text(client.get(url, {"mois": "2026-12", "q": "benali"}))
    assert "M. Bénali" in found.replace(NB, " ")
    assert "Sarr" not in found
    aid = text(client.get(url, {"mois": "2026-12", "motif": "benefit"}))
    assert "Sarr" in aid
    assert "Mme Entrée" not in aid.replace(NB, " ")


def test_the_month_proposed_is_the_one_after_the_last_billed(client_as):
    make_let()
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs")
    assert f"Avis de novembre{NB}2026" in text(client.get(url))
    bill()
    assert f"Avis de décembre{NB}2026" in text(client.get(url))
    assert client.get(url, {"mois": "decembre"}).status_code == 404


def test_the_amount_of_a_draft_can_be_asked_why(client_as):
    lease = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
    answer = client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:draft_why", args=["2026-11", lease.pk]))
    assert f"14{NB}jours sur 30" in text(answer)
    assert f"159,14{NB}€" in text(answer)
    assert "<h1>D’où viennent les 159,14" in text(answer)
    assert f'href="{reverse("rent_ledger:runs")}?mois=2026-11"' in text(answer)
    bill()
    demand = RentDemand.objects.get()
    answer = client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:demand_why", args=[demand.pk]))
    assert "<h1>D’où viennent les 159,14" in text(answer)
    assert f'href="{reverse("rent_ledger:demand", args=[demand.pk])}"' in text(answer)


def test_a_demand_that_an_exit_made_false_is_listed_and_corrected(client_as):
    lease = make_let(rent="310.00", charges="0", name="Mme Partie")
    other = make_let(rent="310.00", charges="0", name="M. Parti")
    bill()
    for left in (lease, other):
        left.period, left.state, left.end_reason = period(date(2026, 1, 1), date(2026, 11, 16)), "ENDED", "UNKNOWN"
        left.save()
        left.occupancies.update(period=left.period, main_period=left.period)
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs")
    page = text(client.get(url))
    assert "Avis à corriger" in page
    assert f"dernier jour le 15{NB}nov., appelé jusqu’au 30{NB}nov." in page
    demand = RentDemand.objects.get(lease=lease)
    assert f"1{NB}avis corrigé." in text(
        client.post(reverse("rent_ledger:run_correct"), {"avis": demand.pk}, follow=True)
    )
    assert RentDemand.objects.get(lease=lease, state="ISSUED").gross == Decimal("155.00")
    client.post(reverse("rent_ledger:run_correct"))
    assert RentDemand.objects.get(lease=other, state="ISSUED").gross == Decimal("155.00")
    assert "Avis à corriger" not in text(client.get(url))


def test_what_no_demand_will_say_of_who_left_is_a_line_to_correct(client_as):
    lease = make_let(name="M. Parti", rent="400.00", charges="0")
    bill(NOV)
    RentTerm.objects.filter(lease=lease).update(amount=Decimal("420.00"), recorded_at=clock.now())
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), DEC.first), "ENDED", "UNKNOWN"
    lease.save()
    stay = period(date(2026, 1, 1), DEC.first)
    lease.occupancies.update(period=stay, main_period=stay)
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs")
    page = text(client.get(url))
    assert "aucun avis ne suit" in page
    assert reverse("rent_ledger:run_correct") in page
    client.post(reverse("rent_ledger:run_correct"))
    assert RentDemand.objects.get(lease=lease, state=DemandState.ISSUED).net == Decimal("420.00")
    assert "Avis à corriger" not in text(client.get(url))


@pytest.mark.parametrize(
    ("rent", "words"), [("420.00", "20,00\u00a0€ à demander"), ("390.00", "10,00\u00a0€ à rendre")]
)
def test_a_closed_month_says_what_is_left_to_settle(client_as, rent, words):
    lease = make_let(name="M. Parti", rent="400.00", charges="0")
    bill(NOV)
    RentTerm.objects.filter(lease=lease).update(amount=Decimal(rent), recorded_at=clock.now())
    lease.period, lease.state, lease.end_reason = period(date(2026, 1, 1), DEC.first), "ENDED", "UNKNOWN"
    lease.save()
    stay = period(date(2026, 1, 1), DEC.first)
    lease.occupancies.update(period=stay, main_period=stay)
    LedgerMonth.objects.filter(month=NOV.first).update(closed_at=clock.now())
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs")))
    assert f"le mois est clôturé, l’avis ne se refait plus{NB}: {words} au ménage" in page
    assert reverse("rent_ledger:run_correct") not in page


STEP = re.compile(r'aria-current="step">\s*<svg.*?</svg>\s*<span>(.*?)<', re.S)


def told(page: str) -> str:
    return plain_text(re.search(r'<span id="etat-du-mois">(.*?)</span>', page, re.S)[1])  # type: ignore[index]


def plain_text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace(NB, " ").split())


def test_the_page_of_a_month_that_is_produced_says_what_was_produced_what_is_to_send_and_what_is_held(client_as):
    first = make_let(name="Mme Sarr")
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs")
    before = text(client.get(url, {"mois": "2026-12"}))
    assert told(before).startswith("Simulation du samedi 28 novembre 2026")
    assert STEP.findall(before) == ["2. Vérifier les écarts"]
    run = bill(DEC, first)
    make_let(name="M. Ba")
    make_let(name="M. Roy", state="DRAFT")
    partly = text(client.get(url, {"mois": "2026-12"}))
    rest = "1 autre en simulation, pas encore écrit"
    assert told(partly) == f"1 avis produit · 1 à envoyer · 1 retenu, et pourquoi · {rest}"
    assert STEP.findall(partly) == ["2. Vérifier les écarts"]
    second = bill(DEC)
    page = text(client.get(url, {"mois": "2026-12"}))
    assert told(page) == "2 avis produits · 1 à envoyer · 1 à envoyer · 1 retenu, et pourquoi"
    assert STEP.findall(page) == ["4. Envoyer"]
    for one in (run, second):
        assert f'href="{reverse("rent_ledger:run", args=[one.pk])}">1 à envoyer' in page
        mark_sent(run=one, actor=make_actor())
    page = text(client.get(url, {"mois": "2026-12"}))
    assert told(page) == "2 avis produits · tous envoyés · 1 retenu, et pourquoi"
    assert STEP.findall(page) == []
    assert told(text(client.get(url, {"mois": "2027-01"}))).startswith("Simulation du samedi 28 novembre 2026")


def test_the_runs_of_a_month_stand_together_with_their_sum(client_as):
    first, second = make_let(name="Mme Sarr"), make_let(name="M. Ba")
    bill(NOV, first)
    for one in (first, second):
        bill(DEC, one)
    mark_sent(run=RentRun.objects.latest("pk"), actor=make_actor())
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12"}))
    table = page.partition("Quittancements produits")[2].partition("</table>")[0]
    bodies = [
        [" ".join(re.sub("<[^>]+>", " ", row).split()) for row in re.findall(r"(?s)<tr>.*?</tr>", body)]
        for body in re.findall(r"(?s)<tbody>(.*?)</tbody>", table)
    ]
    assert [len(rows) for rows in bodies] == [3, 1]
    whole, *runs = bodies[0]
    assert whole.startswith("Décembre 2026 2 quittancements 2 ")
    assert whole.endswith("envoyés en partie")
    assert [row.rpartition("€ ")[2] for row in runs] == ["envoyés", "à envoyer"]
    assert bodies[1][0].startswith("Novembre 2026")


@pytest.mark.parametrize("leases", [3, 12])
def test_the_preview_costs_a_constant_number_of_queries(client_as, leases, django_assert_max_num_queries):
    for n in range(leases):
        make_right(lease=make_let(start=date(2026, 10 + n % 2, 1)), start=date(2026, 12, 1))
    bill()
    client = client_as(Role.RENTAL_MANAGER)
    client.get(reverse("rent_ledger:runs"))
    with django_assert_max_num_queries(32):
        assert client.get(reverse("rent_ledger:runs"), {"mois": "2026-12"}).status_code == 200


HTMX = {"HX-Request": "true"}


def test_in_a_large_house_the_page_comes_at_once_and_asks_for_the_preview(client_as, monkeypatch):
    monkeypatch.setattr(previews, "AT_ONCE", 1)
    make_let(name="Mme Une")
    make_let(name="Mme Deux")
    client, url = client_as(Role.RENTAL_MANAGER), reverse("rent_ledger:runs") + "?mois=2026-12&vue=tous"
    first = text(client.get(url))
    assert "Calcul de l’aperçu de décembre" in first
    assert f'hx-get="{url.replace("&", "&amp;")}" hx-trigger="load, every 3s"' in first
    assert "Produire" not in first.split('id="apercu"')[1]
    assert not RunPreview.objects.exists()
    # Without script a link asks for it.
    [again] = re.findall(r'<noscript><a class="btn" href="([^"]*)">Afficher l’aperçu</a></noscript>', first)
    with monkeypatch.context() as patch:
        patch.setattr(previews, "_lock", lambda month, *, wait: wait)
        assert "Afficher l’aperçu" in text(client.get(unescape(again)))
    whole = text(client.get(unescape(again)))
    assert f"Produire 2{NB}avis" in whole
    assert "Afficher l’aperçu" not in whole
    RunPreview.objects.all().delete()
    made = text(client.get(url, headers=HTMX))
    assert f"Produire 2{NB}avis" in made
    assert f">Aperçu calculé, 2{NB}avis à produire.</p>" in made
    assert "every 3s" not in made
    # From then on it is there at once, until the books change.
    again = text(client.get(url))
    assert f"Produire 2{NB}avis" in again
    assert "Aperçu calculé" not in again
    make_let()
    assert "Calcul de l’aperçu" in text(client.get(url))


def test_who_asks_for_a_preview_that_another_computes_asks_again_later(client_as, monkeypatch):
    monkeypatch.setattr(previews, "_lock", lambda month, *, wait: wait)
    make_let()
    page = text(client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), headers=HTMX))
    assert "Calcul de l’aperçu" in page
    assert 'hx-trigger="every 3s"' in page
    assert not RunPreview.objects.exists()


def test_a_launch_bills_from_the_books_whatever_the_preview_says(client_as):
    make_let(name="Mme Une")
    preview = previews.preview(DEC)
    RunPreviewRow.objects.all().delete()
    RunPreview.objects.update(draft_count=0)
    assert "Rien à produire" in text(
        client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:runs"), {"mois": "2026-12"})
    )
    client_as(Role.RENTAL_MANAGER).post(reverse("rent_ledger:run_launch"), {"mois": "2026-12"})
    drain()
    assert RentDemand.objects.count() == preview.draft_count == 1


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


@pytest.mark.parametrize("leases", [3, 12])
def test_a_run_costs_a_constant_number_of_queries(client_as, leases, django_assert_max_num_queries):
    for _ in range(leases):
        make_let()
    run = bill(DEC)
    client = client_as(Role.RENTAL_MANAGER)
    client.get(reverse("rent_ledger:runs"))
    with django_assert_max_num_queries(32):
        assert client.get(reverse("rent_ledger:run", args=[run.pk])).status_code == 200


# ---------- a demand and its papers ----------


def test_a_demand_says_why_each_amount_and_gives_its_papers(client_as):
    lease = make_let(rent="310.00", charges="31.00", start=date(2026, 11, 17))
    bill()
    demand = RentDemand.objects.get(lease=lease)
    client = client_as(Role.RENTAL_MANAGER)
    page = text(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert f"310,00{NB}€ × 14{NB}jours sur 30" in page
    assert "Aucun papier donné" in page
    pay(account=demand.account_id, on=date(2026, 11, 20), amount="159.14")
    paid = text(client.post(reverse("rent_ledger:receipt_issue", args=[demand.pk]), follow=True))
    assert f"Quittance n°{NB}1 établie." in paid
    receipt = Receipt.objects.get()
    first = client.get(reverse("rent_ledger:receipt_pdf", args=[receipt.pk]))
    again = client.get(reverse("rent_ledger:receipt_pdf", args=[receipt.pk]))
    assert first.content.startswith(b"%PDF")
    assert first.content == again.content


def test_a_payment_taken_back_leaves_the_quittance_and_says_so(client_as):
    lease = make_let(rent="400.00", charges="0")
    bill()
    demand = RentDemand.objects.get(lease=lease)
    entry = pay(account=demand.account_id, on=date(2026, 11, 20), amount="400.00")
    client = client_as(Role.RENTAL_MANAGER)
    client.post(reverse("rent_ledger:receipt_issue", args=[demand.pk]))
    reverse_entries(entry_ids=[entry], actor=Actor.system(), effective_on=date(2026, 11, 27), kind=EntryKind.RETURN)
    page = text(client.get(reverse("rent_ledger:demand", args=[demand.pk])))
    assert "était vraie quand elle a été donnée" in page
    assert f"400,00{NB}€ sont de nouveau à régler" in page
    assert Receipt.objects.count() == 1


def test_a_cancelled_demand_is_no_paper_unless_it_was_printed(client_as):
    make_let()
    make_let()
    run = bill(DEC)
    printed, other = run.demands.order_by("id")
    client = client_as(Role.RENTAL_MANAGER)
    bytes_then = client.get(reverse("rent_ledger:demand_pdf", args=[printed.pk])).content
    client.post(reverse("rent_ledger:run_undo", args=[run.pk]))
    drain()
    # A copy says that it is cancelled; the bytes that were given are kept.
    copy = client.get(reverse("rent_ledger:demand_pdf", args=[printed.pk])).content
    assert (copy[:4], copy == bytes_then) == (b"%PDF", False)
    assert bytes(Document.objects.defer(None).get().pdf) == bytes_then
    assert client.get(reverse("rent_ledger:demand_pdf", args=[other.pk])).status_code == 404
    assert Document.objects.get().cancelled_at is not None
    assert "il ne demande plus rien" in text(client.get(reverse("rent_ledger:demand", args=[printed.pk])))


def test_the_statement_is_printed_and_the_same_content_is_one_document(client_as):
    lease = make_let()
    with clock.travel(NOV.first):
        bill()
    account = RentDemand.objects.get(lease=lease).account_id
    client = client_as(Role.RENTAL_MANAGER)
    first = client.get(reverse("rent_ledger:statement_pdf", args=[account]))
    assert first.content.startswith(b"%PDF")
    assert client.get(reverse("rent_ledger:statement_pdf", args=[account])).content == first.content
    assert Document.objects.filter(kind="account_statement").count() == 1
    pay(account=account, on=date(2026, 11, 20), amount="80.00")
    assert client.get(reverse("rent_ledger:statement_pdf", args=[account])).content != first.content


def test_a_paper_made_before_the_address_was_protected_tells_it_to_who_may_read_it_only(client_as):
    """Of an archived avis, of the run's file, of a quittance: a copy without the address, and the archive stays."""
    lease, other = make_let(), make_let()
    with clock.travel(NOV.first):
        run = bill()
    demand = RentDemand.objects.get(lease=lease)
    pay(account=demand.account_id, on=date(2026, 11, 1), amount=str(demand.net))
    receipt = issue_receipt(demand=demand, actor=make_actor())
    client, in_charge = client_as(Role.RENTAL_MANAGER), make_user(role=Role.RENTAL_MANAGER)
    urls = [
        reverse("rent_ledger:demand_pdf", args=[demand.pk]),
        reverse("rent_ledger:receipt_pdf", args=[receipt.pk]),
        reverse("rent_ledger:run_pdf", args=[run.pk]),
    ]
    before = [client.get(url).content for url in urls]
    lease.household.manager = in_charge
    lease.household.save()
    Person.objects.filter(lease_parties__lease=lease).update(is_address_protected=True)
    hidden = [client.get(url).content for url in urls]
    assert all(pdf.startswith(b"%PDF") for pdf in hidden)
    assert [a == b for a, b in zip(before, hidden, strict=True)] == [False, False, False]
    theirs = signed_in(in_charge)
    assert [theirs.get(url).content == pdf for url, pdf in zip(urls, before, strict=True)] == [True, True, True]
    of_other = reverse("rent_ledger:demand_pdf", args=[RentDemand.objects.get(lease=other).pk])
    assert client.get(of_other).content == theirs.get(of_other).content


def test_the_place_of_a_paper_in_the_file_tells_no_address(client_as, monkeypatch):
    """Sorted by street; who may not read an address finds its paper at the end."""
    leases = [make_let() for _ in range(3)]
    for lease, street in zip(leases, ("1 rue Basse", "2 rue Haute", "9 rue Neuve"), strict=True):
        Building.objects.filter(dwellings__units__leases=lease).update(street=street)
    with clock.travel(NOV.first):
        run = bill()
    Person.objects.filter(lease_parties__lease=leases[0]).update(is_address_protected=True)
    printed = []
    monkeypatch.setattr(views, "render_together", lambda papers, title: printed.extend(papers) or b"%PDF")
    client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:run_pdf", args=[run.pk]))
    assert [paper.data["lease"] for paper in printed] == [leases[n].reference for n in (1, 2, 0)]


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
