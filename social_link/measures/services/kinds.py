"""A measure changes its type within its family: CCAS type 1 to 2, simple to reinforced, AVDL as one moves in."""

from datetime import date

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from social_link.measures.codes import MeasureKind
from social_link.measures.locks import changeable, must_not_be_ended
from social_link.measures.models import FormerKind, Measure
from social_link.measures.parameters import measure_rule
from social_link.measures.queries import earlier_spans
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import paper_refusal, refusals


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def change_kind(*, measure: Measure, kind: str, from_day: date, actor: Actor) -> Measure:
    """The measure is of another kind of its family from `from_day` on, and was of its own until the day before. The
    same change again changes nothing; `take_back_kind` undoes it.

    `InvalidInput`: another family, a day before its start or that is to come, out of the bounds of the new kind.
    """
    row = changeable(measure, actor)
    must_not_be_ended(row)
    former = row.formers.order_by("-until").first()
    if row.kind == kind and former is not None and former.until == from_day - ONE_DAY:
        return row
    family = KINDS[MeasureKind(row.kind)].family
    if kind == row.kind or kind not in family:
        raise InvalidInput(f"Une mesure {row.get_kind_display()} ne change pas pour celle-ci.", field="kind")
    if not row.period.lower < from_day <= min(clock.today(), row.planned_end):
        raise InvalidInput(
            f"Le type change après le premier jour, du {row.period.lower:%d/%m/%Y}, et aujourd’hui au plus tard. "
            "S’il était faux dès le début, retirez la mesure et ouvrez la bonne.",
            field="from_day",
        )  # fmt: skip
    if former is not None and from_day <= former.until + ONE_DAY:
        raise Conflict(
            f"Le type a déjà changé le {former.until + ONE_DAY:%d/%m/%Y} : choisissez un jour d’après, ou reprenez ce "
            "changement.",
            code="in_use",
        )
    if hasattr(row, "masp"):
        raise Conflict("Cette mesure a un contrat de MASP 2 : terminez-la, et ouvrez l’autre.", code="in_use")
    Household.objects.select_for_update().get(pk=row.household_id)
    rule = measure_rule(kind, from_day)
    if lack := paper_refusal(rule, row.papers, today=clock.today()):
        raise InvalidInput(lack.words, field="kind", code="papers")
    earlier = earlier_spans(row.household, kind, but=row)
    if refused := refusals(rule, start=row.period.lower, end=row.first_end, earlier=earlier):
        raise InvalidInput(refused[0], field="kind", code="out_of_bounds")
    FormerKind.objects.create(measure=row, kind=row.kind, until=from_day - ONE_DAY, author=actor.user)
    row.kind = kind
    row.save(update_fields=["kind"])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def take_back_kind(*, measure: Measure, actor: Actor, former_id: int) -> Measure:
    """The last change of type was a mistake: the measure has the kind of before it. The change stays in the history of
    the table. Again changes nothing; `Conflict` where another change followed, or a commission decided it."""
    row = changeable(measure, actor)
    former = row.formers.order_by("-until").first()
    if former is None or not row.formers.filter(pk=former_id).exists():
        return row
    must_not_be_ended(row)
    if former.pk != former_id:
        raise Conflict("Un autre changement suit celui-ci : reprenez d’abord l’autre.", code="in_use")
    decided = row.commission_items.filter(made=former_id).select_related("commission").first()
    if decided is not None:
        raise Conflict(
            f"C’est une décision de la commission du {decided.commission.held_on:%d/%m/%Y} : reprenez-la sur sa page.",
            code="in_use",
        )
    row.kind = former.kind
    former.delete()
    row.save(update_fields=["kind"])
    return row
