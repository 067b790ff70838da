"""Collective contacts, those of a partner, the four themes: counted apart (S1-10, S2-03, S4-02)."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from common.errors import InvalidInput
from office.access.actor import Actor
from office.access.codes import Role
from social_link.contacts import services
from social_link.contacts.models import Contact
from social_link.contacts.queries import Held, held
from social_link.contacts.rhythm import limits_of
from social_link.funding.queries import Told, contacts_held
from social_link.measures.services.measures import open_measure
from social_link.models import FormerKind
from social_link.objectives.services.objectives import Aim, fix_objective
from social_link.visits.services.visits import NewVisit, note_visit
from tests.factories import make_let, make_referent, make_user
from tests.pages import signed_in, words

pytestmark = pytest.mark.django_db
TODAY, YEAR = date(2026, 11, 5), (date(2026, 1, 1), date(2026, 11, 6))


def test_who_took_part_is_counted_apart() -> None:
    household, other = make_let().household, make_let().household
    user = make_referent(household=household)
    make_referent(household=other, user=user)
    actor = Actor.of(user)

    def log(kind: str, day: int, month: int = 11, **given: object) -> Contact:
        told = {"household": household, "kind": kind, "day": date(2026, month, day), "request_key": uuid4()}
        return services.log_contact(**told | {"actor": actor} | given)  # type: ignore[arg-type]

    measure = open_measure(
        household=household, kind="RENF", start=date(2026, 10, 1), planned_end=date(2027, 3, 31), referent=user,
        actor=actor,
    )  # fmt: skip
    FormerKind.objects.create(measure=measure, kind="SIMPLE", until=date(2026, 10, 31))
    seen = log("VISIT", 20, 10, outcome="SEEN", theme="SOLVENCY")
    log("WITH", 2, by_partner=True, theme="SETTLE")
    log("OFFICE", 3, outcome="PUT_OFF", theme="SETTLE")  # nobody was met
    log("ABSENCE", 3)
    log("WATCH", 3)  # nobody was there
    group = log("GROUP", 4, theme="SOLVENCY")
    log("INFO", 4, by_partner=True)
    log("CALL", 4, household=other)

    # Neither the rhythm nor the last contact knows of what was collective.
    assert limits_of([household.pk], TODAY)[household.pk].last == date(2026, 11, 2)
    assert (group.is_met, seen.is_met) == (False, True)
    assert held(Contact.objects.filter(household=household)) == Held(individual=2, collective=2, by_partner=2)
    counts = contacts_held(*YEAR)
    assert counts.by_kind == [
        Told("Accompagnement simple", 1, 0, 0), Told("Accompagnement renforcé", 1, 2, 2), Told("Hors mesure", 1, 0, 0)
    ]  # fmt: skip
    assert counts.by_theme == [
        Told("Installation et appropriation", 1, 0, 1),
        Told("Solvabilité et situation personnelle", 1, 1, 0),
        Told("Thème non dit", 1, 1, 1),
    ]
    assert counts.by_way == [
        Told("Visite à domicile", 1, 0, 0), Told("Appel", 1, 0, 0), Told("Accompagnement", 1, 0, 1),
        Told("Atelier collectif", 0, 1, 0), Told("Information collective", 0, 1, 1),
    ]  # fmt: skip
    assert counts.total == Told("Total", 3, 2, 2)

    client = signed_in(user)
    page = words(client.get(reverse("social_link:measure", args=[measure.pk])))
    assert "2 contacts individuels, 2 temps collectifs, dont 2 par un partenaire" in page
    assert "Atelier collectif" in page
    head = signed_in(make_user(role=Role.HEAD_OF_SOCIAL))
    address = reverse("social_link:fundings")
    shown = head.get(address)
    assert words(shown).count("Accompagnement renforcé 1 2 2") == 1
    assert words(shown).count("Durée moyenne de toutes") == 1
    assert household.name not in shown.content.decode()
    sheet = head.get(address, {"export": "contacts"}).content.decode("utf-8-sig").splitlines()
    assert sheet[2] == "Mesure;Accompagnement renforcé;1;2;2"
    assert sheet[-1].endswith("Total;3;2;2")


def test_a_collective_one_is_neither_to_come_nor_taken_for_a_meeting() -> None:
    household = make_let().household
    user = make_referent(household=household)
    actor = Actor.of(user)
    with pytest.raises(InvalidInput, match="une fois qu’il a eu lieu"):
        services.plan_contact(household=household, kind="GROUP", day=TODAY, request_key=uuid4(), actor=actor)
    planned = services.plan_contact(household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=actor)
    with pytest.raises(InvalidInput, match="une fois qu’il a eu lieu"):
        services.correct_contact(contact=planned, kind="INFO", day=TODAY, actor=actor)
    done = services.complete_contact(contact=planned, actor=actor)
    done = services.correct_contact(
        contact=done, kind="GROUP", day=TODAY, theme="MEDIATE", by_partner=True, actor=actor
    )
    assert services.correct_contact(contact=done, kind="GROUP", day=TODAY, minutes=30, actor=actor).theme == "MEDIATE"
    again = services.plan_again(contact=done, kind="VISIT", actor=actor)
    assert (again.is_planned, again.kind, again.theme, again.by_partner) == (True, "VISIT", "", False)


def test_a_visit_has_the_theme_of_the_objectives_that_it_touched() -> None:
    household = make_let().household
    user = make_referent(household=household)
    actor = Actor.of(user)
    measure = open_measure(
        household=household, kind="RENF", start=date(2026, 10, 1), planned_end=date(2027, 3, 31), referent=user,
        actor=actor,
    )  # fmt: skip
    pay, calm = (fix_objective(measure=measure, aim=Aim(*of), actor=actor) for of in
                 (("SOLVENCY", "Payer le 5"), ("MEDIATE", "Parler aux voisins")))  # fmt: skip
    for touched, theme in (([pay], "SOLVENCY"), ([pay, calm], ""), ([], "")):
        planned = services.plan_contact(
            household=household, kind="VISIT", day=TODAY, request_key=uuid4(), actor=actor, answers=None
        )
        said = NewVisit(day=TODAY, outcome="SEEN", objectives={row.pk: "MOVES" for row in touched})
        key = uuid4()
        if theme:
            planned = None  # type: ignore[assignment]
        for _ in range(2):
            visit = note_visit(household=household, visit=said, request_key=key, actor=actor, planned=planned)
        assert visit.contact.theme == theme
        visit.contact.reviews.all().delete()
