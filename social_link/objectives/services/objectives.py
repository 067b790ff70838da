"""The objectives of a measure: fixed, corrected, evaluated over time, each taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from social_link.contacts.models import Contact
from social_link.measures.locks import changeable, must_not_be_ended
from social_link.measures.models import Measure
from social_link.objectives.codes import HIGHEST, LOWEST, HowFar, Phase, Theme
from social_link.objectives.models import Objective, ObjectiveReview

GONE = "Cet objectif a été retiré."


@dataclass(frozen=True, slots=True)
class Aim:
    """The content of an objective."""

    theme: str
    text: str
    household_does: str = ""
    house_does: str = ""
    due_on: date | None = None
    phase: str = ""
    early_why: str = ""


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def fix_objective(*, measure: Measure, aim: Aim, actor: Actor) -> Objective:
    """An objective of a measure that has not ended. The same again gives the first."""
    return fix_objectives(measure=measure, aims=[aim], actor=actor)[0]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def fix_objectives(*, measure: Measure, aims: Sequence[Aim], actor: Actor) -> list[Objective]:
    """Several at once, in their order. All of them or none.

    `InvalidInput` with the code `early` where one is of the second step while the first is open, and does not say why.
    """
    row = changeable(measure, actor)
    must_not_be_ended(row)
    made = []
    for aim in aims:
        objective = Objective(measure=row, author=actor.user)
        _fill(objective, aim)
        same = Objective.objects.filter(measure=row, text=objective.text).first()
        if same is not None and _content(same) == _content(objective):
            made.append(same)
            continue
        _save(objective)
        made.append(objective)
    return made


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def correct_objective(*, objective: Objective, aim: Aim, actor: Actor) -> Objective:
    """Another content of an objective: the former one stays in its history."""
    row, measure = _locked(objective.pk, actor)
    must_not_be_ended(measure)
    _not_signed(row)
    _fill(row, aim)
    _save(row)
    return row


def _not_signed(row: Objective) -> None:
    """`Conflict` where the objective stands in a contract that somebody has signed."""
    signed = row.measure.agreements.filter(signatures__isnull=False).distinct()
    if any(one["id"] == row.pk for agreement in signed for one in agreement.data["objectives"]):
        raise Conflict(
            "Cet objectif est dans un contrat signé : notez-le « abandonné », et fixez-en un autre.", code="in_use"
        )


def _content(row: Objective) -> tuple[object, ...]:
    return (row.theme, row.phase, row.text, row.household_does, row.house_does, row.due_on, row.early_why)


def _fill(row: Objective, aim: Aim) -> None:
    if aim.theme not in Theme.values:
        raise InvalidInput("Choisissez le thème.", field="theme")
    if aim.phase not in ("", *Phase.values):
        raise InvalidInput("Choisissez l’étape.", field="phase")
    if aim.due_on is not None and aim.due_on < row.measure.period.lower:
        raise InvalidInput("Ce jour est avant le début de la mesure.", field="due_on")
    row.theme, row.phase, row.due_on = aim.theme, aim.phase, aim.due_on
    row.text, row.household_does, row.house_does = aim.text.strip(), aim.household_does.strip(), aim.house_does.strip()
    is_early = aim.phase == Phase.CAUSES and _first_is_open(row)
    row.early_why = aim.early_why.strip() if is_early else ""
    if is_early and not row.early_why:
        raise InvalidInput(
            "La première étape n’est pas finie : dites pourquoi celle-ci commence déjà, ou attendez.",
            field="early_why", code="early",
        )  # fmt: skip


def _first_is_open(row: Objective) -> bool:
    rows = Objective.objects.open().filter(measure=row.measure_id, phase=Phase.FINANCES)
    return rows.exclude(pk=row.pk).exists()


def _save(row: Objective) -> None:
    checked(row)
    with french_refusals(row):
        row.save()


def _locked(objective_id: int, actor: Actor) -> tuple[Objective, Measure]:
    """The objective and its measure, which is under lock. `Conflict` once it is withdrawn."""
    row = Objective.objects.filter(pk=objective_id).select_related("measure").first()
    if row is None:
        raise Conflict(GONE, code="wrong_state")
    measure = changeable(row.measure, actor)
    row = Objective.objects.filter(pk=objective_id).first()
    if row is None:
        raise Conflict(GONE, code="wrong_state")
    row.measure = measure
    return row, measure


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_objective(*, objective_id: int, actor: Actor) -> None:
    """An objective that was a mistake. Again changes nothing; `bring_back_objective` undoes it. `Conflict` once it was
    evaluated: it is given up instead."""
    if not Objective.objects.filter(pk=objective_id).exists():
        return
    row, _ = _locked(objective_id, actor)
    _not_signed(row)
    if row.reviews.exists():
        raise Conflict(
            "Cet objectif a été évalué : notez-le « abandonné », ou retirez d’abord ses évaluations.", code="in_use"
        )
    row.delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_objective(*, objective_id: int, actor: Actor) -> Objective:
    """Undo `withdraw_objective`. Again changes nothing."""
    if Objective.objects.filter(pk=objective_id).exists():
        return _locked(objective_id, actor)[0]
    event = deleted(Objective, id=objective_id).first()
    measure = Measure.objects.filter(pk=event.measure_id).first() if event else None
    if event is None or measure is None:
        raise NotAllowed("Cet objectif n’est pas de vos ménages.")
    changeable(measure, actor)
    with french_refusals():
        [row] = brought_back(Objective, [event])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def review_objective(
    *,
    objective: Objective,
    how_far: str,
    actor: Actor,
    on: date | None = None,
    score: int | None = None,
    contact: Contact | None = None,
) -> ObjectiveReview:
    """How far an objective is on a day (today), during its measure. Again on the same day says it anew.

    `contact`: the meeting of the household that it comes from; its day is that of the evaluation.
    """
    row, measure = _locked(objective.pk, actor)
    if how_far not in HowFar.values:
        raise InvalidInput("Choisissez où en est l’objectif.", field="how_far")
    if score is not None and not LOWEST <= score <= HIGHEST:
        raise InvalidInput(f"La note va de {LOWEST} à {HIGHEST}.", field="score")
    if contact is not None and (contact.household_id != measure.household_id or contact.is_planned):
        raise InvalidInput("Ce contact n’est pas un contact de ce ménage qui a eu lieu.", field="contact")
    day = contact.happened_on if contact is not None else on or clock.today()
    last = min(measure.ended_on or clock.today(), clock.today())
    if not measure.period.lower <= day <= last:
        raise InvalidInput(
            f"Une évaluation est d’un jour de la mesure : du {measure.period.lower:%d/%m/%Y} au {last:%d/%m/%Y}.",
            field="on",
        )
    facts = {"how_far": how_far, "score": score, "contact": contact, "author": actor.user}
    with french_refusals():
        return ObjectiveReview.objects.update_or_create(objective=row, on=day, defaults=facts)[0]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_review(*, review_id: int, actor: Actor) -> None:
    """An evaluation that was a mistake: the one before counts again. Again changes nothing; `bring_back_review` undoes
    it."""
    found = ObjectiveReview.objects.filter(pk=review_id).first()
    if found is not None:
        _locked(found.objective_id, actor)
        ObjectiveReview.objects.filter(pk=review_id).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_review(*, review_id: int, actor: Actor) -> ObjectiveReview:
    """Undo `withdraw_review`. Again changes nothing. `Conflict` where the day has another one meanwhile."""
    standing = ObjectiveReview.objects.filter(pk=review_id).first()
    event = standing or deleted(ObjectiveReview, id=review_id).first()
    if event is None:
        raise NotAllowed("Cette évaluation n’est pas de vos ménages.")
    _locked(event.objective_id, actor)
    if standing is not None:
        return standing
    with french_refusals():
        [row] = brought_back(ObjectiveReview, [event])
    return row
