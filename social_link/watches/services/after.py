"""What follows the end of a measure: planned as it ends, then noted step by step."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from common.history import brought_back, deleted
from common.periods import add_months
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from office.tasks.services.tasks import refresh_tasks
from social_link.measures.locks import changeable, ended
from social_link.measures.models import Measure
from social_link.watches.codes import HOUSED, Debt, Found, Service, WatchKind
from social_link.watches.duties import STEP
from social_link.watches.models import Orientation, Reopening, Watch
from social_link.watches.parameters import follow_up_months, window_on
from social_link.watches.rules.after import seen_refusal, steps_after

MOST_MONTHS = 36


def refresh_watches(household_id: int, actor: Actor) -> None:
    """The tasks of the steps of a household follow what was found, and the measures that it has again."""
    ids = Watch.objects.filter(measure__household=household_id).values_list("pk", flat=True)
    refresh_tasks(STEP, ids=list(ids), actor=actor)


@transaction.atomic
def plan_after(*, measure: Measure, months: Collection[int], orientations: Sequence[str], actor: Actor) -> None:
    """Write what follows a measure that ends in this transaction: the steps, and to whom the household was oriented.
    For the service that ends it.

    Raises `InvalidInput` (`watch`, `orientations`).
    """
    ended_on = measure.ended_on
    assert ended_on is not None
    if any(not 0 < count <= MOST_MONTHS for count in months):
        raise InvalidInput(f"Une étape suit la fin de 1 à {MOST_MONTHS} mois.", field="watch")
    if any(code not in Service.values for code in orientations):
        raise InvalidInput("Choisissez parmi les services proposés.", field="orientations")
    steps = steps_after(
        ended_on, reason=measure.end_reason, outcome=measure.outcome, is_lead=measure.is_lead, watch=months,
        follow_up=follow_up_months(ended_on),
    )  # fmt: skip
    for step in steps:
        Watch.objects.create(
            measure=measure, ended_on=ended_on, kind=step.kind, months=step.months, due_on=step.due_on,
            author=actor.user,
        )  # fmt: skip
    for code in Service:
        if code in orientations:
            Orientation.objects.create(measure=measure, ended_on=ended_on, service=code, author=actor.user)
    refresh_watches(measure.household_id, actor)


@transaction.atomic
def forget_after(*, measure: Measure, actor: Actor) -> None:
    """The end was a mistake: what followed it goes, into the history. For the service that takes the end back.

    `Conflict` where something was found at a step, or somebody asked to begin again.
    """
    noted = measure.watches.exclude(seen_on=None).order_by("due_on").first()
    if noted is not None and noted.seen_on is not None:
        raise Conflict(
            f"Une étape après la fin est notée, du {noted.seen_on:%d/%m/%Y} : reprenez-la d’abord.", code="in_use"
        )
    if measure.reopenings.filter(withdrawn_at=None).exists():
        raise Conflict("Une demande de reprise suit cette fin : retirez-la d’abord.", code="in_use")
    ids = list(measure.watches.values_list("pk", flat=True))
    Reopening.objects.filter(former=measure).delete()
    measure.watches.all().delete()
    measure.orientations.all().delete()
    refresh_tasks(STEP, ids=ids, actor=actor)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def add_step(*, measure: Measure, months: int, actor: Actor) -> Watch:
    """One more step of a watch, `months` after the end. The same again gives the one that stands.

    Raises `InvalidInput` (`months`).
    """
    row, ended_on = ended(measure, actor)
    if not 0 < months <= MOST_MONTHS:
        raise InvalidInput(f"Une étape suit la fin de 1 à {MOST_MONTHS} mois.", field="months")
    made, _ = Watch.objects.get_or_create(
        measure=row, months=months,
        defaults={
            "ended_on": ended_on, "kind": WatchKind.WATCH, "due_on": add_months(ended_on, months), "author": actor.user,
        },
    )  # fmt: skip
    refresh_watches(row.household_id, actor)
    return made


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_step(*, measure: Measure, step_id: int, actor: Actor) -> None:
    """A step that nobody will take. Again changes nothing; `bring_back_step` undoes it.

    `Conflict` where it is noted.
    """
    row, _ = ended(measure, actor)
    step = Watch.objects.filter(pk=step_id, measure=row).first()
    if step is None:
        return
    if step.seen_on is not None:
        raise Conflict("Cette étape est notée : reprenez d’abord ce qui est noté.", code="wrong_state")
    step.delete()
    refresh_tasks(STEP, ids=[step_id], actor=actor)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_step(*, measure: Measure, step_id: int, actor: Actor) -> None:
    """Undo `remove_step`. Again changes nothing. `Conflict` where the same step was planned meanwhile."""
    row, ended_on = ended(measure, actor)
    if Watch.objects.filter(pk=step_id).exists():
        return
    event = deleted(Watch, id=step_id, measure_id=row.pk, ended_on=ended_on).first()
    if event is None:
        raise Conflict("Cette étape n’a jamais été prévue.", code="wrong_state")
    with french_refusals():
        brought_back(Watch, [event])
    refresh_watches(row.household_id, actor)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def note_step(*, step: Watch, found: str, seen_on: date, actor: Actor, debt: str = "") -> Watch:
    """What was found at a step, on a day that counts for it. The same again changes nothing; another answer corrects
    it, and the former stays in its history.

    Raises `InvalidInput` (`found`, `debt`, `seen_on`).
    """
    row = _locked(step, actor)
    if found not in Found.values:
        raise InvalidInput("Choisissez la situation.", field="found")
    if found in HOUSED and debt not in Debt.values:
        raise InvalidInput("Dites ce que vous savez du loyer.", field="debt")
    said = debt if found in HOUSED else ""
    today = clock.today()
    if words := seen_refusal(row.due_on, seen_on, window=window_on(today), today=today):
        raise InvalidInput(words, field="seen_on")
    if (row.found, row.debt, row.seen_on) == (found, said, seen_on):
        return row
    row.found, row.debt, row.seen_on, row.noted_by = found, said, seen_on, actor.user
    with french_refusals(row):
        row.save(update_fields=["found", "debt", "seen_on", "noted_by"])
    refresh_watches(row.measure.household_id, actor)
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def take_back_step(*, step: Watch, actor: Actor) -> Watch:
    """What was noted at a step was a mistake: it is to note again. Again changes nothing."""
    row = _locked(step, actor)
    if row.seen_on is None:
        return row
    row.found, row.debt, row.seen_on, row.noted_by = "", "", None, None
    row.save(update_fields=["found", "debt", "seen_on", "noted_by"])
    refresh_watches(row.measure.household_id, actor)
    return row


def _locked(step: Watch, actor: Actor) -> Watch:
    """The step as it stands, its measure under lock."""
    measure = changeable(step.measure, actor)
    row = Watch.objects.select_for_update(of=("self",)).filter(pk=step.pk).first()
    if row is None:
        raise Conflict("Cette étape a été retirée.", code="wrong_state")
    row.measure = measure
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def add_orientation(
    *, measure: Measure, service: str, actor: Actor, organisation: Organisation | None = None
) -> Orientation:
    """To whom the household was oriented as its measure ended. The same again gives the one that stands.

    Raises `InvalidInput` (`service`).
    """
    row, ended_on = ended(measure, actor)
    if service not in Service.values:
        raise InvalidInput("Choisissez le service.", field="service")
    return Orientation.objects.get_or_create(
        measure=row, service=service, organisation=organisation, defaults={"ended_on": ended_on, "author": actor.user}
    )[0]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_orientation(*, measure: Measure, orientation_id: int, actor: Actor) -> None:
    """An orientation that was a mistake. Again changes nothing; `bring_back_orientation` undoes it."""
    row, _ = ended(measure, actor)
    Orientation.objects.filter(pk=orientation_id, measure=row).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_orientation(*, measure: Measure, orientation_id: int, actor: Actor) -> None:
    """Undo `remove_orientation`. Again changes nothing. `Conflict` where the same was noted meanwhile."""
    row, ended_on = ended(measure, actor)
    if Orientation.objects.filter(pk=orientation_id).exists():
        return
    event = deleted(Orientation, id=orientation_id, measure_id=row.pk, ended_on=ended_on).first()
    if event is None:
        raise Conflict("Cette orientation n’a jamais été notée.", code="wrong_state")
    with french_refusals():
        brought_back(Orientation, [event])
