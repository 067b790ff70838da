"""The pages of reports: by deadline, prepared in one gesture, read, sent, proved, answered, taken back."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leases.contracts.services.ending import end_lease
from leases.models import Household, Person
from office.models import Association
from rent_ledger.arrears.queries.reports import deadlines
from rent_ledger.models import ArrearsCase, PayerReport, ReportProof
from tests.factories import make_actor, make_association, make_let, make_picture, make_right, make_user
from tests.pages import plain, signed_in
from tests.rent_ledger.arrears.pages.test_arrears import NOV, OCT, indebted

pytestmark = pytest.mark.django_db
LIST = "/loyers/impayes/declarations/"
DECIDE = "/loyers/impayes/decider/"


@pytest.fixture
def client() -> Client:
    make_association()
    return signed_in(make_user())


def prepared(client: Client, case: ArrearsCase) -> str:
    """The address of its page."""
    return str(client.post(reverse("rent_ledger:report_new", args=[case.pk])).url)


def pick(case: ArrearsCase) -> str:
    return f"{case.account_id}:REPORT"


def test_what_is_to_report_stands_by_deadline(client: Client) -> None:
    case = indebted(OCT, NOV, name="Mme Inès Roy")
    gone = make_let(start=date(2024, 3, 15), name="M. Ali Benali")
    make_right(lease=gone, amount="267.00", start=date(2024, 4, 1))
    end_lease(actor=make_actor(), lease=gone, last_day=date(2026, 10, 31), reason="UNKNOWN")
    page = plain(client.get(LIST))
    assert page.index("M. Ali Benali") < page.index("Mme Inès Roy")
    assert "Parti le 31 oct. 2026 · au plus tard le 30 nov. 2026" in page
    assert "25 jours restants" in page
    # Each leads to what it is about.
    assert f'href="{reverse("rent_ledger:case", args=[case.pk])}">Mme Inès Roy' in page
    assert f'href="{reverse("desk:household", args=[gone.household_id])}">M. Ali Benali' in page
    # What is far does not stand out, here nor on the case.
    assert "is-danger" not in page
    assert "jours restants" in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "57 jours restants" in page
    assert [row.left for row in deadlines(day=date(2027, 1, 2))] == [-33, -1]
    letter = client.post(reverse("rent_ledger:departure_new", args=[gone.pk]))
    assert "Départ de M. Ali Benali" in plain(client.get(letter.url))


def test_declare_leads_to_the_report(client: Client) -> None:
    case = indebted(OCT, NOV)
    by_hand = client.post(DECIDE, {"compte": pick(case), "decision": "CONFIRM"})
    report = PayerReport.objects.get()
    page = reverse("rent_ledger:report", args=[report.pk])
    assert by_hand.url == page
    stays = client.post(DECIDE, {"compte": pick(case), "decision": "CONFIRM"}, headers={"HX-Request": "true"})
    assert stays["HX-Redirect"] == page
    case.refresh_from_db()
    assert case.reported_on is None
    assert page in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))


def test_several_are_prepared_in_one_gesture(client: Client) -> None:
    first, second = indebted(OCT, NOV), indebted(OCT, NOV)
    ticked = client.post(DECIDE, {"compte": [pick(first), pick(second)], "decision": "CONFIRM"}, follow=True)
    assert "2 déclarations préparées" in plain(ticked)
    assert ticked.request["PATH_INFO"] == LIST
    PayerReport.objects.all().delete()
    assert "Préparer les 2 déclarations" in plain(client.get(LIST))
    assert "2 déclarations préparées" in plain(client.post(f"{LIST}preparer/", follow=True))
    assert "déjà préparées" in plain(client.post(f"{LIST}preparer/", follow=True))
    assert PayerReport.objects.count() == 2


def test_a_report_from_prepared_to_answered_and_back(client: Client, own_media: None) -> None:
    case = indebted(OCT, NOV, name="Mme Inès Roy")
    page = prepared(client, case)
    shown = plain(client.get(page))
    assert "au plus tard le 1<sup>er</sup> janv. 2027" in shown
    assert "426,00 €" in shown
    assert client.get(f"{page}lettre.pdf").content.startswith(b"%PDF")
    refused = plain(client.post(f"{page}envoi/", {"sent_on": "06/11/2026", "sent_by": "PORTAL"}, follow=True))
    assert "jour des faits, et aujourd’hui" in refused
    assert "Dites par quelle voie" in plain(client.post(f"{page}envoi/", {"sent_on": "05/11/2026"}, follow=True))
    told = plain(client.post(f"{page}envoi/", {"sent_on": "05/11/2026", "sent_by": "PORTAL"}, follow=True))
    assert "dans le délai" in told
    assert "En attente de la suite" in told
    assert "1 déclaration attend la réponse de l’organisme" in plain(client.get(LIST))
    here = reverse("rent_ledger:case", args=[case.pk])
    assert "En attente de la suite" in plain(client.get(here))
    # Of a case that is closed nothing is waited for.
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=date(2026, 11, 5))
    assert "En attente de la suite" not in plain(client.get(here))
    ArrearsCase.objects.filter(pk=case.pk).update(closed_on=None)
    proof = SimpleUploadedFile("accusé.jpg", make_picture().getvalue())
    assert "1 preuve gardée" in plain(client.post(f"{page}preuves/", {"proofs": proof}, follow=True))
    [kept] = PayerReport.objects.get().proofs.all()
    assert client.get(f"{page}preuves/{kept.uuid}/").status_code == 200
    assert "Preuve retirée" in plain(client.post(f"{page}preuves/{kept.uuid}/retirer/", follow=True))
    answered = plain(client.post(f"{page}suite/", {"route": "PLAN", "answered_on": "05/11/2026"}, follow=True))
    assert "Plan attendu au plus tard le 5 mai 2027" in answered
    assert "attend la réponse de l’organisme" not in plain(client.get(LIST))
    assert "envoyée le 5 nov. 2026 · Plan attendu au plus tard le 5 mai 2027" in plain(client.get(LIST))
    assert "Plan attendu au plus tard le 5 mai 2027" in plain(client.get(reverse("rent_ledger:case", args=[case.pk])))
    assert "de nouveau attendue" in plain(client.post(f"{page}suite/annuler/", follow=True))
    assert "de nouveau à envoyer" in plain(client.post(f"{page}envoi/annuler/", follow=True))
    assert "Écartée le" in plain(client.post(f"{page}ecarter/", follow=True))


def test_what_is_refused_is_shown_again_as_it_was_typed(client: Client) -> None:
    page = prepared(client, indebted(OCT, NOV))
    refused = client.post(f"{page}envoi/", {"sent_on": "06/11/2026", "sent_by": "PORTAL"})
    assert refused.status_code == 422
    assert [refused.context["sent_form"][name].value() for name in ("sent_on", "sent_by")] == ["06/11/2026", "PORTAL"]
    client.post(f"{page}envoi/", {"sent_on": "05/11/2026", "sent_by": "PORTAL"})
    # Noted in another tab meanwhile: the page says which day.
    again = client.post(f"{page}envoi/", {"sent_on": "05/11/2026", "sent_by": "LETTER"}, follow=True)
    assert "L’envoi est déjà noté" in plain(again)
    answer = {"route": "PLAN", "answered_on": "05/11/2026", "refused_on": "01/01/2020", "plan_sent_on": "05/11/2026"}
    refused = client.post(f"{page}suite/", answer)
    assert refused.status_code == 422
    assert {name: refused.context["answer_form"][name].value() for name in answer} == answer
    assert "jour de la suite donnée" in plain(refused)


def test_a_report_that_never_left_has_no_proof(client: Client, own_media: None) -> None:
    page = prepared(client, indebted(OCT, NOV))
    client.post(f"{page}ecarter/")
    proof = SimpleUploadedFile("accusé.jpg", make_picture().getvalue())
    told = plain(client.post(f"{page}preuves/", {"proofs": proof}, follow=True))
    assert "Cette déclaration a été écartée" in told
    assert "Garder la preuve" not in told
    assert not PayerReport.objects.get().proofs.exists()


def test_files_beyond_the_bound_are_named(client: Client, own_media: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReportProof, "kind", replace(ReportProof.kind, per_owner=1))
    page = prepared(client, indebted(OCT, NOV))
    sent = [SimpleUploadedFile(name, make_picture().getvalue()) for name in ("un.jpg", "deux.jpg", "trois.jpg")]
    told = plain(client.post(f"{page}preuves/", {"proofs": sent}, follow=True))
    assert "« deux.jpg », « trois.jpg » ne sont pas gardés" in told
    assert "1 preuve gardée" in told


def test_nothing_to_report_says_so(client: Client) -> None:
    case = indebted(NOV)
    told = client.post(reverse("rent_ledger:report_new", args=[case.pk]), follow=True)
    assert "seuil légal n’est pas atteint" in plain(told)
    assert "Rien à déclarer" in plain(client.get(LIST))
    Association.objects.all().delete()
    other = indebted(OCT, NOV)
    assert "l’identité de l’association" in plain(
        client.post(reverse("rent_ledger:report_new", args=[other.pk]), follow=True)
    )


def test_an_address_that_is_protected_since_is_told_to_who_is_in_charge(client: Client) -> None:
    case = indebted(OCT, NOV)
    page, lease = prepared(client, case), case.account.lease
    assert lease is not None
    whole = client.get(f"{page}lettre.pdf").content
    Person.objects.filter(memberships__household=lease.household).update(is_address_protected=True)
    hidden = client.get(f"{page}lettre.pdf").content
    assert hidden != whole
    assert lease.unit.dwelling.building.street not in plain(client.get(page))
    mine = make_user()
    Household.objects.filter(pk=lease.household_id).update(manager=mine)
    assert signed_in(mine).get(f"{page}lettre.pdf").content == whole


def test_the_list_costs_as_much_for_three_as_for_one(client: Client) -> None:
    indebted(OCT, NOV)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    indebted(OCT, NOV)
    prepared(client, indebted(OCT, NOV))
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)
