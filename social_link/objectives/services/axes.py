"""The seven axes of a measure: filled in at its start, in its middle and at its end, each taken back."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import InvalidInput, NotAllowed
from common.history import brought_back, deleted
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from social_link.measures.locks import changeable
from social_link.measures.models import Measure
from social_link.objectives.codes import HIGHEST, LOWEST, Axis, Moment
from social_link.objectives.models import AXES, Assessment
from social_link.objectives.perms import reads_health


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def assess(
    *,
    measure: Measure,
    moment: str,
    on: date,
    levels: Mapping[Axis, int | None],
    actor: Actor,
    with_person: bool = True,
    standing: Assessment | None = None,
) -> Assessment:
    """Where the household stands on a day of its measure. The start and the end are filled in once each: again corrects
    them, and the former ones stay in the history; so does a middle of the same day.
    `standing`: the one that is corrected, where its moment or its day is.

    `levels` of axes that the actor does not read are left as they stand.
    """
    row = changeable(measure, actor)
    if moment not in Moment.values:
        raise InvalidInput("Choisissez le moment.", field="moment")
    last = min(row.ended_on or clock.today(), clock.today())
    if not row.period.lower <= on <= last:
        raise InvalidInput(
            f"Le bilan est d’un jour de la mesure : du {row.period.lower:%d/%m/%Y} au {last:%d/%m/%Y}.", field="on"
        )
    told = {axis: level for axis, level in levels.items() if axis != Axis.HEALTH or reads_health(actor, row)}
    if any(level is not None and not LOWEST <= level <= HIGHEST for level in told.values()):
        raise InvalidInput(f"Chaque axe va de {LOWEST} à {HIGHEST}.", field="moment")
    if all(level is None for level in told.values()):
        raise InvalidInput("Remplissez un axe au moins.", field="moment")
    same = {"on": on} if moment == Moment.MIDDLE else {}
    facts = {"pk": standing.pk} if standing else {"moment": moment, **same}
    assessment = Assessment.objects.filter(measure=row, **facts).first() or Assessment(measure=row)
    assessment.moment, assessment.on = moment, on
    assessment.with_person, assessment.author = with_person, actor.user
    for axis, level in told.items():
        setattr(assessment, AXES[axis], level)
    with french_refusals(assessment):
        assessment.save()
    return assessment


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_assessment(*, assessment_id: int, actor: Actor) -> None:
    """One that was a mistake. Again changes nothing; `bring_back_assessment` undoes it."""
    found = Assessment.objects.filter(pk=assessment_id).select_related("measure").first()
    if found is not None:
        changeable(found.measure, actor)
        Assessment.objects.filter(pk=assessment_id).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_assessment(*, assessment_id: int, actor: Actor) -> Assessment:
    """Undo `withdraw_assessment`. Again changes nothing. `Conflict` where its place is taken meanwhile."""
    standing = Assessment.objects.filter(pk=assessment_id).first()
    event = standing or deleted(Assessment, id=assessment_id).first()
    measure = Measure.objects.filter(pk=event.measure_id).first() if event else None
    if event is None or measure is None:
        raise NotAllowed("Ce bilan n’est pas de vos ménages.")
    changeable(measure, actor)
    if standing is not None:
        return standing
    with french_refusals():
        [row] = brought_back(Assessment, [event])
    return row
