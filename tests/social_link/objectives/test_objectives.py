"""Objectives of a measure: fixed in the household's words, evaluated over time, in two steps (S1-09, S1-10, S3-08)."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from common.errors import Conflict, InvalidInput, NotAllowed
from leases.models import Household
from office.access.actor import Actor
from office.access.codes import Role
from social_link.contacts.services import bring_back_contact, log_contact, withdraw_contact
from social_link.measures.services.measures import bring_back_measure, close_measure, open_measure, withdraw_measure
from social_link.models import Measure, Objective, ObjectiveReview
from social_link.objectives.codes import Phase, Theme
from social_link.objectives.queries import objectives_of, open_objectives
from social_link.objectives.services.objectives import (
    Aim,
    bring_back_objective,
    bring_back_review,
    correct_objective,
    fix_objective,
    fix_objectives,
    review_objective,
    withdraw_objective,
    withdraw_review,
)
from tests.factories import make_actor, make_let, make_referent
from tests.pages import signed_in
from tests.pages import text as page_text

TODAY = date(2026, 11, 5)
RENT = Aim("SOLVENCY", "Payer le loyer le 5", household_does="Je paie le 5", due_on=date(2027, 1, 31))
pytestmark = pytest.mark.django_db


@pytest.fixture
def household() -> Household:
    return make_let().household


@pytest.fixture
def referent(household: Household) -> Actor:
    return Actor.of(make_referent(household=household))


@pytest.fixture
def measure(household: Household, referent: Actor) -> Measure:
    assert referent.user is not None
    return open_measure(
        household=household, kind="SIMPLE", start=date(2026, 10, 1), planned_end=date(2027, 9, 30),
        referent=referent.user, actor=referent,
    )  # fmt: skip


def test_an_objective_is_fixed_once_corrected_and_taken_back(measure: Measure, referent: Actor) -> None:
    assert len(Theme) == 4  # S1-10
    first = fix_objective(measure=measure, aim=RENT, actor=referent)
    assert fix_objective(measure=measure, aim=RENT, actor=referent).pk == first.pk
    with pytest.raises(InvalidInput, match="a déjà cet objectif"):
        fix_objective(measure=measure, aim=Aim("SEARCH", RENT.text), actor=referent)
    correct_objective(objective=first, aim=Aim("SOLVENCY", "Payer le 10"), actor=referent)
    first.refresh_from_db()
    assert (first.text, first.household_does, first.events.get().text) == ("Payer le 10", "", RENT.text)  # type: ignore[attr-defined]
    for _ in range(2):
        withdraw_objective(objective_id=first.pk, actor=referent)
    assert not Objective.objects.exists()
    for _ in range(2):
        assert bring_back_objective(objective_id=first.pk, actor=referent).text == "Payer le 10"


@pytest.mark.parametrize(
    ("aim", "field"),
    [
        (Aim("JOY", "x"), "theme"),
        (Aim("SEARCH", "  "), "text"),
        (Aim("SEARCH", "x" * 201), "text"),
        (Aim("SEARCH", "x\ny"), "text"),
        (Aim("SEARCH", "x", phase="THIRD"), "phase"),
        (Aim("SEARCH", "x", due_on=date(2026, 9, 30)), "due_on"),
    ],
)
def test_what_makes_no_objective(measure: Measure, referent: Actor, aim: Aim, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        fix_objectives(measure=measure, aims=[RENT, aim], actor=referent)
    assert refused.value.field == field
    assert not Objective.objects.exists()


def test_evaluations_follow_one_another(measure: Measure, referent: Actor, household: Household) -> None:
    aim = fix_objective(measure=measure, aim=RENT, actor=referent)
    assert [row.how_far for row in open_objectives(household)] == [""]
    early = review_objective(objective=aim, how_far="HELD_UP", on=date(2026, 10, 10), score=1, actor=referent)
    for score in (2, 3):  # the same day again says it anew
        moved = review_objective(objective=aim, how_far="MOVES", score=score, actor=referent)
    [row] = open_objectives(household)
    assert (row.how_far, row.state_on, row.score, ObjectiveReview.objects.count()) == ("MOVES", TODAY, 3, 2)
    with pytest.raises(Conflict, match="a été évalué"):
        withdraw_objective(objective_id=aim.pk, actor=referent)
    with pytest.raises(Conflict, match="a été évalué"):
        withdraw_measure(measure_id=measure.pk, actor=referent)
    for _ in range(2):
        withdraw_review(review_id=moved.pk, actor=referent)
    [row] = objectives_of(measure).rows
    assert (row.how_far, [one.pk for one in row.told]) == ("HELD_UP", [early.pk])
    assert bring_back_review(review_id=moved.pk, actor=referent).score == 3
    withdraw_review(review_id=moved.pk, actor=referent)
    review_objective(objective=aim, how_far="REACHED", score=5, actor=referent)
    with pytest.raises(Conflict, match="déjà une évaluation de ce jour"):
        bring_back_review(review_id=moved.pk, actor=referent)
    assert (open_objectives(household), objectives_of(measure).reached) == ([], 1)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"how_far": "FINE"}, "how_far"),
        ({"score": 0}, "score"),
        ({"score": 6}, "score"),
        ({"on": date(2026, 9, 30)}, "on"),
        ({"on": date(2026, 11, 6)}, "on"),
    ],
)
def test_what_is_no_evaluation(measure: Measure, referent: Actor, given: dict[str, object], field: str) -> None:
    aim = fix_objective(measure=measure, aim=RENT, actor=referent)
    with pytest.raises(InvalidInput) as refused:
        review_objective(**{"objective": aim, "how_far": "MOVES", "actor": referent} | given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_what_was_found_at_a_contact_goes_and_comes_with_it(
    measure: Measure, referent: Actor, household: Household
) -> None:
    aim = fix_objective(measure=measure, aim=RENT, actor=referent)
    met = log_contact(household=household, kind="VISIT", day=date(2026, 11, 2), request_key=uuid4(), actor=referent)
    found = review_objective(objective=aim, how_far="MOVES", contact=met, actor=referent)
    assert found.on == date(2026, 11, 2)
    elsewhere = log_contact(
        household=make_let().household, kind="CALL", day=TODAY, request_key=uuid4(),
        actor=make_actor(role=Role.HEAD_OF_SOCIAL),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="contact de ce ménage"):
        review_objective(objective=aim, how_far="MOVES", contact=elsewhere, actor=referent)
    withdraw_contact(contact_id=met.pk, actor=referent)
    assert not ObjectiveReview.objects.exists()
    bring_back_contact(contact_id=met.pk, actor=referent)
    assert ObjectiveReview.objects.get() == found
    head = make_actor(role=Role.HEAD_OF_SOCIAL)
    review_objective(objective=aim, how_far="HELD_UP", contact=met, actor=head)
    with pytest.raises(Conflict, match="d’une autre personne"):
        withdraw_contact(contact_id=met.pk, actor=referent)


def test_first_the_finances_then_the_causes(measure: Measure, referent: Actor) -> None:
    """S3-08."""
    finances = fix_objective(measure=measure, aim=Aim("SOLVENCY", "Solder", phase=Phase.FINANCES), actor=referent)
    causes = Aim("MEDIATE", "Parler au voisin", phase=Phase.CAUSES)
    with pytest.raises(InvalidInput, match="n’est pas finie") as refused:
        fix_objective(measure=measure, aim=causes, actor=referent)
    assert refused.value.code == "early"
    assert not objectives_of(measure).proposes_second
    why = Aim("MEDIATE", "Parler au voisin", phase=Phase.CAUSES, early_why="Le conflit presse")
    early = fix_objective(measure=measure, aim=why, actor=referent)
    assert early.early_why == "Le conflit presse"
    withdraw_objective(objective_id=early.pk, actor=referent)
    review_objective(objective=finances, how_far="REACHED", actor=referent)
    assert objectives_of(measure).proposes_second
    assert fix_objective(measure=measure, aim=why, actor=referent).early_why == ""  # nothing to excuse any more
    shown = objectives_of(measure)
    assert (shown.proposes_second, [title for title, _ in shown.phases]) == (False, [p.label for p in Phase])


def test_a_measure_opened_by_mistake_goes_with_its_objectives(measure: Measure, referent: Actor) -> None:
    fix_objectives(measure=measure, aims=[RENT, Aim("SEARCH", "Chercher")], actor=referent)
    withdraw_measure(measure_id=measure.pk, actor=referent)
    assert not Objective.objects.exists()
    bring_back_measure(measure_id=measure.pk, actor=referent)
    assert [row.text for row in Objective.objects.all()] == [RENT.text, "Chercher"]


def test_another_worker_and_another_time(measure: Measure, referent: Actor) -> None:
    aim = fix_objective(measure=measure, aim=RENT, actor=referent)
    stranger = make_actor(role=Role.SOCIAL_WORKER)
    for write in (
        lambda: fix_objective(measure=measure, aim=RENT, actor=stranger),
        lambda: correct_objective(objective=aim, aim=RENT, actor=stranger),
        lambda: review_objective(objective=aim, how_far="MOVES", actor=stranger),
        lambda: withdraw_objective(objective_id=aim.pk, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            write()
    close_measure(measure=measure, reason="NO_ADH", on=date(2026, 11, 1), actor=referent)
    with pytest.raises(Conflict):
        fix_objective(measure=measure, aim=Aim("SEARCH", "x"), actor=referent)
    with pytest.raises(InvalidInput, match="au 01/11/2026"):
        review_objective(objective=aim, how_far="GIVEN_UP", actor=referent)
    assert review_objective(objective=aim, how_far="GIVEN_UP", on=date(2026, 11, 1), actor=referent).pk


def test_objectives_on_screen(measure: Measure, referent: Actor) -> None:
    assert referent.user is not None
    client, page = signed_in(referent.user), reverse("social_link:measure", args=[measure.pk])
    new = reverse("social_link:objective_new", args=[measure.pk])
    assert new in client.get(page).content.decode()
    sent = {"theme": "SOLVENCY", "text": "Payer le loyer le 5", "phase": "FINANCES", "due_on": "31/01/2027"}
    assert client.post(new, sent | {"text": ""}).status_code == 422
    # The guard of free texts: shown back once.
    assert "parle de santé" in page_text(client.post(new, sent | {"text": "Soigner sa dépression"}))
    shown = client.post(new, sent, follow=True).content.decode()
    aim = Objective.objects.get()
    assert "Objectif fixé" in shown
    assert reverse("social_link:objective_withdraw", args=[aim.pk]) in shown
    edit, review = (reverse(f"social_link:objective_{name}", args=[aim.pk]) for name in ("edit", "review"))
    assert "Payer le loyer le 5" in client.get(edit).content.decode()
    assert client.post(edit, sent | {"house_does": "Un rappel par SMS"}).status_code == 302
    assert client.get(review).status_code == 200
    told = page_text(client.post(review, {"how_far": "REACHED", "on": "05/11/2026", "score": "4"}, follow=True))
    assert "1 sur 1 atteint" in told.replace("\u00a0", " ")
    assert "La première étape est finie" in told
    assert "Un rappel par SMS" in told
    back = ObjectiveReview.objects.get()
    client.post(reverse("social_link:review_withdraw", args=[back.pk]))
    client.post(reverse("social_link:objective_withdraw", args=[aim.pk]))
    assert not Objective.objects.exists()
    client.post(reverse("social_link:objective_back", args=[aim.pk]))
    client.post(reverse("social_link:review_back", args=[back.pk]))
    assert ObjectiveReview.objects.get() == back
