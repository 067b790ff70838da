"""Commissions on screen: one to prepare, one live, one closed, its papers; who sees what of it."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from leases.models import Person
from office.access.actor import Actor
from office.access.codes import Role
from office.models import User
from social_link.commissions.services.agenda import ask_about_measure, ask_opening, prepare_item
from social_link.commissions.services.decisions import close_commission, decide
from social_link.commissions.services.sittings import add_member, plan_commission
from social_link.measures.services.measures import open_measure
from social_link.models import Commission, CommissionItem, Measure
from tests.factories import make_association, make_let, make_referent, make_user
from tests.pages import signed_in, words
from tests.pages import text as page_text
from tests.pdf import pdf_text

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 5)


@pytest.fixture
def head() -> User:
    return make_user(role=Role.HEAD_OF_SOCIAL)


@pytest.fixture
def client(head: User) -> Client:
    return signed_in(head)


@pytest.fixture
def commission(head: User) -> Commission:
    """Of today, with two households of two referents."""
    make_association()
    made = plan_commission(kind="ASLL", held_on=DAY, place="Salle du Ponton", actor=Actor.of(head))
    add_member(commission=made, function="Conseillère technique", actor=Actor.of(head))
    for _ in range(2):
        household = make_let().household
        worker = make_referent(household=household)
        ask_opening(commission=made, household=household, kind="ASLL", months=6, referent=worker, actor=Actor.of(head))
    return made


def post(client: Client, name: str, pk: int, **data: object) -> str:
    return page_text(client.post(reverse(f"social_link:{name}", args=[pk]), data, follow=True))


def test_a_commission_is_planned_prepared_and_held(client: Client, commission: Commission) -> None:
    assert "Salle du Ponton" in page_text(client.get(reverse("social_link:commissions")))
    page = page_text(client.get(reverse("social_link:commission", args=[commission.pk])))
    assert "avis attendu" in page
    assert "Conseillère technique" in page
    first, second = commission.items.all()
    asked = post(client, "commission_item", first.pk, opinion="FOR", words="Loyer payé, dépression soignée")
    assert "Relisez ce texte" in asked
    post(client, "commission_item", first.pk, opinion="FOR", words="Loyer payé depuis mars")
    live = page_text(client.get(reverse("social_link:commission_live", args=[commission.pk])))
    assert "dossier 1 sur 2" in live
    assert "Loyer payé depuis mars" in live
    # The reference stands in the room, not the name, in what one reads as in what one has typed.
    assert first.household.reference in live
    assert first.household.name not in live
    after = post(client, "commission_decide", first.pk, decision="ACCORD", months=3, conditions=["RENT"])
    assert "dossier 2 sur 2" in after
    assert f"{first.household.reference} : oui." in after.replace("\xa0", " ")
    assert first.household.name not in after
    made = Measure.objects.get()
    assert (made.household_id, made.planned_end) == (first.household_id, date(2027, 2, 4))
    refused = post(client, "commission_decide", second.pk, decision="ACCORD", months=24)
    assert "6 mois au plus" in refused
    assert "commission du 5 nov. 2026" in words(client.get(reverse("social_link:measure", args=[made.pk])))
    assert "n’ont pas" not in post(client, "commission_decide", second.pk, decision="ADJOURN")
    assert "la décision est reprise" in post(client, "commission_undecide", second.pk)
    post(client, "commission_decide", second.pk, decision="NO")
    # All is decided: the last file is shown.
    live = page_text(client.get(reverse("social_link:commission_live", args=[commission.pk])))
    assert "dossier 2 sur 2" in live
    closed = post(client, "commission_close", commission.pk)
    assert "Rouvrir" in closed
    assert "est close" in post(client, "commission_undecide", second.pk)


def test_the_papers_tell_what_members_need_and_no_more(client: Client, head: User, commission: Commission) -> None:
    first, second = commission.items.select_related("household")
    Person.objects.update(is_address_protected=True)
    prepare_item(item=first, opinion="RESERVED", words="Deux loyers en retard", actor=Actor.of(head))
    files = pdf_text(client.get(reverse("social_link:commission_files", args=[commission.pk])).content)
    assert "Deux loyers en retard" in files
    assert "1 adulte" in files.replace("\xa0", " ")
    for item in (first, second):
        assert item.household.reference in files
        assert item.household.name not in files
        dwelling = item.household.leases.get().unit.dwelling
        assert dwelling.building.street not in files
    alone = pdf_text(
        client.get(reverse("social_link:commission_files", args=[commission.pk]), {"d": second.pk}).content
    )
    assert first.household.reference not in alone
    assert "Provisoire" in pdf_text(client.get(reverse("social_link:commission_minutes", args=[commission.pk])).content)
    for item in (first, second):
        decide(item=item, decision="NO", actor=Actor.of(head))
    close_commission(commission=commission, actor=Actor.of(head))
    minutes = pdf_text(client.get(reverse("social_link:commission_minutes", args=[commission.pk])).content)
    assert "Provisoire" not in minutes
    assert "Conseillère technique" in minutes


def test_a_social_worker_reads_of_his_households_only(commission: Commission) -> None:
    mine, other = commission.items.select_related("household", "referent")
    client = signed_in(mine.referent)
    page = page_text(client.get(reverse("social_link:commission", args=[commission.pk])))
    assert mine.household.name in page
    assert other.household.name not in page
    assert "dossier d’un autre référent" in page
    assert client.get(reverse("social_link:commission_item", args=[other.pk])).status_code == 404
    files = pdf_text(client.get(reverse("social_link:commission_files", args=[commission.pk])).content)
    assert other.household.reference not in files
    assert client.get(reverse("social_link:commission_live", args=[commission.pk])).status_code == 403


def test_a_director_reads_totals_without_a_name(head: User, commission: Commission) -> None:
    for item in commission.items.all():
        decide(item=item, decision="ADJOURN", actor=Actor.of(head))
    close_commission(commission=commission, actor=Actor.of(head))
    page = page_text(signed_in(make_user(role=Role.DIRECTOR)).get(reverse("social_link:commissions")))
    cells = [f'<td class="a-num">{n}</td>' for n in (2, 0, 0, 0, 0, 2)]
    assert "".join(cells) in page.replace("> <", "><")
    assert commission.items.all()[0].household.name not in page


def test_the_live_page_asks_as_many_queries_for_ten_files(
    client: Client, head: User, commission: Commission, django_assert_max_num_queries: object
) -> None:
    url = reverse("social_link:commission_live", args=[commission.pk])
    client.get(url)
    with django_assert_max_num_queries(40) as few:  # type: ignore[operator]
        client.get(url)
    household = make_let().household
    worker = make_referent(household=household)
    for kind in ("AEB", "MASP1", "SIMPLE", "RENF", "T1", "T2"):
        given = {"months": 6, "referent": worker, "exclusions": [], "actor": Actor.of(head)}
        ask_opening(commission=commission, household=household, kind=kind, **given)  # type: ignore[arg-type]
    assert CommissionItem.objects.count() == 8
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        client.get(url)


def test_the_record_of_one_without_members_says_so(client: Client, head: User) -> None:
    make_association()
    made = plan_commission(kind="INTERNAL", held_on=DAY, actor=Actor.of(head))
    paper = pdf_text(client.get(reverse("social_link:commission_minutes", args=[made.pk])).content)
    assert "Aucun membre noté." in paper
    assert "Présents" not in paper


def test_what_a_commission_ended_is_completed_on_the_page_of_the_measure(client: Client, head: User) -> None:
    made = plan_commission(kind="INTERNAL", held_on=DAY, actor=Actor.of(head))
    household = make_let().household
    worker = make_referent(household=household)
    measure = open_measure(
        household=household, kind="SIMPLE", start=date(2026, 5, 1), planned_end=date(2026, 12, 31), referent=worker,
        actor=Actor.of(worker),
    )  # fmt: skip
    item = ask_about_measure(commission=made, measure=measure, ask="END", end_reason="GOALS", actor=Actor.of(head))
    decide(item=item, decision="ENDED", actor=Actor.of(head))
    page = words(client.get(reverse("social_link:measure", args=[measure.pk])))
    assert "Compléter la fin" in page
    assert "Annuler la fin" not in page
    url = reverse("social_link:measure_close", args=[measure.pk])
    form = client.get(url).context["form"]
    assert (form["on"].value(), form["reason"].value()) == (DAY, "GOALS")
    sent = {"on": "05/11/2026", "reason": "GOALS", "outcome": "STAYED"}
    assert "Fin complétée" in words(client.post(url, sent, follow=True))
    measure.refresh_from_db()
    assert (measure.ended_on, measure.outcome) == (DAY, "STAYED")


def test_what_is_told_is_read_before_it_leaves(client: Client, head: User, commission: Commission) -> None:
    for item in commission.items.all():
        decide(item=item, decision="NO", actor=Actor.of(head))
    url = reverse("social_link:commission_tell", args=[commission.pk])
    assert "La commission n’est pas close" in page_text(client.get(url))
    close_commission(commission=commission, actor=Actor.of(head))
    assert words(client.get(url)).count("Elle n’a pas accordé la mesure ASLL") == 2
    page = reverse("social_link:commission", args=[commission.pk])
    assert "Envoyer les décisions" in words(client.get(page))
    sent = words(client.post(url, follow=True))
    assert "Envoyer les décisions" not in words(client.get(page))
    assert "Rouvrir" in words(client.get(page))
    assert "Imprimer les lettres" in sent
    assert "accordé" not in sent
    letters = client.post(reverse("social_link:commission_letters", args=[commission.pk]))
    assert letters["Content-Type"] == "application/pdf"
    # A letter that is printed is leaving.
    assert "Rouvrir" not in words(client.get(page))
    posted = page_text(post_to(client, "commission_posted", commission.pk)).replace("\xa0", " ")
    assert "2 lettres postées" in posted
    assert "Imprimer les lettres" not in posted
    assert "Rouvrir" not in words(client.get(page))


def post_to(client: Client, name: str, pk: int) -> object:
    return client.post(reverse(f"social_link:{name}", args=[pk]), follow=True)
