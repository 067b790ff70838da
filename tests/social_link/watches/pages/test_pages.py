"""The pages of what follows an end, as the referent and the head walk them."""

from datetime import date

import pytest
from django.urls import reverse

from common import clock
from office.access.actor import Actor
from office.access.codes import Role
from office.access.idle import mark_used
from social_link.measures.services.measures import close_measure, open_measure
from social_link.models import Measure, Reopening, Watch
from social_link.watches.services import after
from tests.factories import make_association, make_let, make_organisation, make_referent, make_user
from tests.pages import cost, signed_in, words
from tests.pdf import pdf_text

pytestmark = pytest.mark.django_db
END = date(2026, 11, 5)


def begun() -> tuple[Measure, Actor]:
    household = make_let().household
    actor = Actor.of(make_referent(household=household))
    assert actor.user is not None
    made = open_measure(
        household=household, kind="SIMPLE", start=date(2026, 6, 1), planned_end=date(2026, 12, 31), referent=actor.user,
        actor=actor,
    )  # fmt: skip
    return made, actor


def test_from_the_end_to_the_new_episode() -> None:
    make_association()
    row, actor = begun()
    client, page = signed_in(actor.user), reverse("social_link:measure", args=[row.pk])
    closing = reverse("social_link:measure_close", args=[row.pk])
    assert words(client.get(closing)).count("mois après") == 2
    sent = {
        "on": "05/11/2026", "reason": "GOALS", "outcome": "STAYED", "domains": ["RIGHTS"],
        "advice": "Garder le virement du 6", "orientations": ["CCAS"], "watch": ["3", "6"],
    }  # fmt: skip
    shown = words(client.post(closing, sent, follow=True))
    assert "Veille, 3 mois après prévue le 5 févr. 2027" in shown
    body = make_organisation(name="CCAS de Nantes")
    client.post(reverse("social_link:orientation_new", args=[row.pk]), {"service": "CCAS", "organisation": body.pk})
    paper = client.get(reverse("social_link:end_paper", args=[row.pk]))
    told = " ".join(pdf_text(paper.content).split())
    for expected in ("Droits ouverts", "Garder le virement du 6", "CCAS de Nantes", "février 2027 et mai 2027"):
        assert expected in told
    assert "Objectifs atteints" not in told
    assert "no-store" in paper["Cache-Control"]
    step = row.watches.first()
    with clock.travel(date(2027, 2, 5)):
        mark_used(session := client.session)
        session.save()
        address = reverse("social_link:watch", args=[step.pk])
        assert "en retard" not in words(client.get(reverse("social_link:watches")))
        assert address in client.get(reverse("social_link:watches")).content.decode()
        refused = client.post(address, {"found": "OURS", "seen_on": "05/02/2027"})
        assert (refused.status_code, "savez du loyer" in words(refused)) == (422, True)
        shown = words(client.post(address, {"found": "OURS", "debt": "SOME", "seen_on": "05/02/2027"}, follow=True))
        assert "Logé chez nous · impayé connu" in shown
        ask = reverse("social_link:reopening_new", args=[row.pk])
        assert client.post(ask, {"asked_by": "HOUSE", "asked_on": "05/02/2027"}).status_code == 422
        client.post(ask, {"asked_by": "WATCH", "asked_on": "05/02/2027", "reasons": ["DEBT"]})
        asked = Reopening.objects.get()
        assert "Reprises à orienter" in words(client.get(reverse("social_link:watches")))
        orient = reverse("social_link:reopening", args=[asked.pk])
        shown = client.post(orient, {"service": "HOUSE", "oriented_on": "05/02/2027"})
        assert shown["Location"] == reverse("social_link:reopening_open", args=[asked.pk])
        fresh = {
            "kind": "SIMPLE", "start": "05/02/2027", "planned_end": "04/08/2027", "referent": actor.user_id,
            "is_lead": "on",
        }  # fmt: skip
        opened = words(client.post(shown["Location"], fresh, follow=True))
        assert "Reprise, demandée le 5 févr. 2027" in opened
        assert "Nouvelle mesure" in words(client.get(page))


def test_the_exits_are_counted_without_a_name() -> None:
    row, actor = begun()
    close_measure(measure=row, reason="MOVED", on=END, actor=actor, outcome="SLID", domains=["TIES", "RIGHTS"])
    with clock.travel(date(2027, 5, 5)):
        after.note_step(
            step=Watch.objects.get(months=6), found="OWN", debt="NONE", seen_on=date(2027, 5, 5), actor=actor
        )
        director = signed_in(make_user(role=Role.DIRECTOR))
        mark_used(session := director.session)
        session.save()
        page = reverse("social_link:exits") + "?annee=2026"
        shown = words(director.get(page))
        assert "6 mois 1 1 100 % de 1" in shown
        assert "Droits ouverts 1" in shown
        assert "Bail glissé à son nom 1" in shown
        assert row.household.name not in shown
        told = director.get(page + "&export=1").content.decode("utf-8-sig")
        assert "6 mois après la sortie;Logés, chez eux ou chez nous;1" in told
        assert "Acquis;Liens sociaux;1" in told
        assert "12 mois après la sortie;À venir ou à noter;1" in told
        before = cost(director, page)
        other, worker = begun()
        close_measure(measure=other, reason="TERM", on=END, actor=worker, outcome="PRIVATE")
        assert cost(director, page) == before


def test_the_list_costs_the_same_for_three() -> None:
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    page = reverse("social_link:watches")

    def one() -> None:
        row, actor = begun()
        close_measure(measure=row, reason="TERM", on=END, actor=actor, watch=[1])

    one()
    before = cost(head, page)
    one()
    one()
    assert cost(head, page) == before
