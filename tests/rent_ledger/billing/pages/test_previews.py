"""The preview of a month: what differs, what is held and why, in a large house too."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from common import clock
from common.periods import period
from leases.models import Lease, RentTerm
from office.access.codes import Role
from office.jobs.worker import drain
from rent_ledger.billing.codes import DemandState
from rent_ledger.billing.services import previews
from rent_ledger.billing.services.sending import mark_sent
from rent_ledger.models import LedgerMonth, RentDemand, RentRun, RunPreview, RunPreviewRow
from tests.factories import (
    make_actor,
    make_association,
    make_bank_account,
    make_bank_known,
    make_let,
    make_right,
)
from tests.pages import text
from tests.rent_ledger.billing.pages.test_runs import DEC, NB, NOV, bill

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]


@pytest.fixture(autouse=True)
def house() -> None:
    make_association()
    make_bank_account()


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
    with django_assert_max_num_queries(26):
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
