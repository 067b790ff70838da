"""The pages of the referrals: what waits, one from its reception to its orientation, the year in numbers."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from common.history import events_of
from leases.models import Household, Person
from office.access.codes import Role
from office.house.codes import OrganisationKind
from social_link.models import Referral
from social_link.referrals.services import referrals, steps
from tests.factories import make_actor, make_household, make_organisation, make_user
from tests.pages import signed_in
from tests.pages import text as page_text

TODAY, OCT_20 = date(2026, 11, 5), date(2026, 10, 20)
pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return page_text(answer).replace("\u00a0", " ").replace("\u202f", " ")


def test_from_the_queue_to_an_orientation() -> None:
    known = make_household()
    worker = signed_in(make_user(role=Role.SOCIAL_WORKER))
    queue, new = reverse("social_link:referrals"), reverse("social_link:referral_new")
    assert "Aucune saisine ici" in words(worker.get(queue))
    ccas = make_organisation(kinds=[OrganisationKind.CCAS], name="CCAS de Nantes")
    sent = {
        "last_name": "Sarr", "first_name": "Awa", "received_on": "20/10/2026", "referrer": "CCAS",
        "organisation": ccas.pk, "aims": ["KEEPING"], "urgency": "URGENT",
    }  # fmt: skip
    assert worker.post(new, sent | {"aims": [], "request_key": str(uuid4())}).status_code == 422
    key = {"request_key": str(uuid4())}
    page = worker.post(new, sent | key, follow=True)
    worker.post(new, sent | key)  # sent twice, it is there once
    row = Referral.objects.get()
    assert row.assignee is not None
    shown = words(page)
    assert "Accusé de réception à envoyer, au plus tard le 23 oct. 2026" in shown
    assert "en retard" in shown
    assert "C’est ce ménage" not in shown
    # Nobody of that name: another is searched, chosen, and taken back.
    found = worker.get(reverse("social_link:referral", args=[row.pk]), {"q": known.reference})
    assert "C’est ce ménage" in words(found)
    match = reverse("social_link:referral_match", args=[row.pk])
    assert f"rattachée à {known.name}" in words(worker.post(match, {"menage": known.pk}, follow=True))
    back = worker.post(reverse("social_link:referral_unmatch", args=[row.pk]), follow=True)
    assert "Awa Sarr" in words(back)
    assert worker.post(match, {"first_name": "Awa"}).status_code == 422
    person = {"civility": "MME", "first_name": "Awa", "last_name": "Sarr"}
    assert "rattachée à Mme Awa Sarr" in words(worker.post(match, person, follow=True))
    # It has no rental manager yet; its history says who made it, and those who are in it.
    made = Household.objects.get(name="Mme Awa Sarr")
    assert made.manager is None
    member = made.memberships.get()
    for model, pk in ((Household, made.pk), (Person, member.person_id)):
        event = events_of(model).select_related("pgh_context").get(pgh_obj_id=pk)
        assert event.pgh_context.metadata["user"] == row.assignee_id
    # An orientation says where; taken back, it waits again.
    step = reverse("social_link:referral_step", args=[row.pk, "OUTSIDE"])
    assert worker.post(step, {"on": "05/11/2026"}).status_code == 422
    told = worker.post(step, {"on": "05/11/2026", "service": "ADIL"}, follow=True)
    assert "Mme Awa Sarr : Orientée ailleurs." in words(told)
    assert "Aucune saisine ici" in words(worker.get(queue))
    assert "S-" in words(worker.get(queue, {"etat": "finies"}))
    last = row.steps.latest("pk")
    worker.post(reverse("social_link:referral_step_back", args=[row.pk, last.pk]))
    assert "Mme Awa Sarr" in words(worker.get(queue, {"etat": "miennes"}))
    worker.post(reverse("social_link:referral_withdraw", args=[row.pk]))
    assert "Aucune saisine ici" in words(worker.get(queue))
    worker.post(reverse("social_link:referral_back", args=[row.pk]))
    assert "Mme Awa Sarr" in words(worker.get(queue))


def test_taken_given_and_joined() -> None:
    head, worker = make_actor(role=Role.HEAD_OF_SOCIAL), make_actor(role=Role.SOCIAL_WORKER)
    household = make_household()
    facts: dict[str, Any] = {"received_on": OCT_20, "referrer": "HOUSEHLD", "aims": ["KEEPING"], "actor": head}
    first = referrals.receive(household=household, **facts)
    hers = signed_in(worker.user)
    address = reverse("social_link:referral", args=[first.pk])
    assert "Je la prends" in words(hers.get(address))
    assign = reverse("social_link:referral_assign", args=[first.pk])
    assert f"Suivie par {worker.user}" in words(hers.post(assign, {"prendre": ""}, follow=True))
    assert "plus à personne" in words(hers.post(assign, {}, follow=True))
    boss = signed_in(head.user)
    assert f"Suivie par {worker.user}" in words(boss.post(assign, {"to": worker.user_id}, follow=True))
    new = reverse("social_link:referral_new", args=[household.pk])
    assert "y sera jointe" in words(boss.get(new))
    body = {"received_on": "05/11/2026", "referrer": "CAF_DESK", "contact_name": "Mme Diallo", "aims": ["INSERT"]}
    joined = boss.post(new, body | {"urgency": "NORMAL", "request_key": str(uuid4())}, follow=True)
    assert f"jointe à la {first.number}" in words(joined)
    second = Referral.objects.latest("pk")
    refused = boss.post(reverse("social_link:referral_separate", args=[second.pk]), follow=True)
    assert "joignez celle-ci" in words(refused)
    assert "Jointes à celle-ci" in words(boss.get(address))
    correct = reverse("social_link:referral_correct", args=[second.pk])
    assert "est à jour" in words(boss.post(correct, body | {"urgency": "URGENT"}, follow=True))
    # Words that touch health are read again before they are kept.
    touched = body | {"urgency": "URGENT", "exclusions": ["HOSTED"], "despite": "Elle est dépressive"}
    assert boss.post(correct, touched).status_code == 422


def test_the_queue_asks_a_constant_number_of_queries(django_assert_max_num_queries: Any) -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    client = signed_in(head.user)
    for _ in range(12):
        referrals.receive(
            household=make_household(), received_on=OCT_20, referrer="HOUSEHLD", aims=["KEEPING"], actor=head
        )
    with django_assert_max_num_queries(12):
        page = client.get(reverse("social_link:referrals"))
    assert "12 saisines" in words(page)


def test_the_year_in_numbers_without_a_name() -> None:
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    for state, said in (
        ("OUTSIDE", {"service": "ADIL"}),
        ("OUTSIDE", {"service": "CCAS"}),
        ("INSIDE", {"service": "SUPPORT"}),
        ("DROPPED", {"why": "SETTLED"}),
        ("ASSESSED", {}),
    ):
        row = referrals.receive(
            received_on=OCT_20, referrer="HOUSEHLD", last_name="Introuvable", aims=["KEEPING"], actor=head
        )
        steps.note_step(referral=row, state=state, on=TODAY, actor=head, **said)
    director = signed_in(make_user(role=Role.DIRECTOR))
    address = reverse("social_link:referral_totals")
    page = director.get(address)
    assert "67 %" in words(page)  # two of three that were oriented
    assert "16 jours" in words(page)
    assert "Introuvable" not in page.content.decode()
    lines = director.get(address, {"export": "1"}).content.decode("utf-8-sig").splitlines()
    assert lines[4].endswith(";5;1;1;2;1;67;;16")
    assert len(lines) == 6
    before = director.get(address, {"annee": "2025"})
    assert "0 saisine" in words(before)
