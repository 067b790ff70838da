"""Lines of conventions, and the shares of funders in a measure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.db import transaction

from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.history import brought_back, deleted
from common.periods import ONE_DAY, period
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.models import Organisation
from social_link.funding.codes import Counting
from social_link.funding.models import FundingLine, FundingShare
from social_link.measures.codes import MeasureKind
from social_link.measures.locks import changeable
from social_link.measures.models import Measure

WHOLE = 100


@needs(Write(Data.MEASURE))
@transaction.atomic
def write_line(
    *,
    funder: Organisation,
    kind: str,
    reference: str,
    first: date,
    last: date,
    places: int,
    actor: Actor,
    rate: Decimal | None = None,
    counting: str = Counting.ANY_DAY,
    line: FundingLine | None = None,
) -> FundingLine:
    """A new line of a convention, or (`line`) another content of one; `last` is included. The same new one again gives
    the first. Two lines never pay one kind for one funder on one day: a month would be counted twice (`Conflict`)."""
    if kind not in MeasureKind.values:
        raise InvalidInput("Choisissez la mesure.", field="kind")
    if last < first:
        raise InvalidInput("La convention finit après son premier jour.", field="last")
    facts = {
        "funder": funder, "kind": kind, "reference": reference.strip(), "period": period(first, last + ONE_DAY),
        "places": places, "rate": rate, "counting": counting,
    }  # fmt: skip
    if line is None:
        same = FundingLine.objects.filter(**facts).first()
        if same is not None:
            return same
        row = FundingLine(**facts, author=actor.user)
    else:
        found = FundingLine.objects.select_for_update().filter(pk=line.pk).first()
        if found is None:
            raise Conflict("Cette ligne a été retirée.", code="wrong_state")
        row = found
        for name, value in facts.items():
            setattr(row, name, value)
    checked(row)
    with french_refusals(row):
        row.save()
    return row


@needs(Write(Data.MEASURE))
@transaction.atomic
def withdraw_line(*, line_id: int, actor: Actor) -> None:
    """Nothing is counted for it any more. Again changes nothing; `bring_back_line` undoes it."""
    FundingLine.objects.filter(pk=line_id).delete()


@needs(Write(Data.MEASURE))
@transaction.atomic
def bring_back_line(*, line_id: int, actor: Actor) -> FundingLine:
    """Undo `withdraw_line`. Again changes nothing. `Conflict` where another line pays the same days meanwhile."""
    standing = FundingLine.objects.filter(pk=line_id).first()
    if standing is not None:
        return standing
    event = deleted(FundingLine, id=line_id).first()
    if event is None:
        raise Conflict("Cette ligne n’a jamais été écrite.", code="wrong_state")
    with french_refusals():
        [row] = brought_back(FundingLine, [event])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def add_share(
    *, measure: Measure, funder: Organisation, share: int, first: date, last: date, actor: Actor
) -> list[FundingShare]:
    """Another funder takes over `share` per cent of a measure from `first` to `last`, both included: the rest stays the
    measure's own funder's. What he holds may be in several pieces, where others hold points between. The same again
    changes nothing.

    `InvalidInput` where less is left on these days.
    """
    row = changeable(measure, actor)
    if funder.pk == row.funder_id:
        raise InvalidInput(f"{funder} finance déjà cette mesure : sa part est ce qui reste.", field="funder")
    if not 0 < share <= WHOLE:
        raise InvalidInput("Une part va de 1 à 100 %.", field="share")
    if last < first or first < row.period.lower or last > row.planned_end:
        raise InvalidInput(
            f"Ces jours sont ceux de la mesure : du {row.period.lower:%d/%m/%Y} au {row.planned_end:%d/%m/%Y}.",
            field="last" if last > row.planned_end or last < first else "first",
        )
    days = period(first, last + ONE_DAY)
    standing = list(FundingShare.objects.filter(measure=row, period__overlap=days))
    mine = [other for other in standing if other.funder_id == funder.pk]
    if mine and all(other.period == days for other in mine) and sum(other.share for other in mine) == share:
        return mine
    gaps = list(_free(standing))
    left = sum(end - start for start, end in gaps)
    if share > left:
        raise InvalidInput(
            f"Il reste {left} % à partager sur ces jours : les parts des financeurs ne passent pas 100 %.",
            field="share",
        )
    made, wanted = [], share
    for start, end in gaps:
        taken = min(wanted, end - start)
        if taken:
            made.append(
                FundingShare(measure=row, funder=funder, parts=(start, start + taken), period=days, author=actor.user)
            )
        wanted -= taken
    with french_refusals():
        for one in made:
            one.save()
    for one in made:
        one.refresh_from_db()
    return made


def _free(standing: list[FundingShare]) -> Iterator[tuple[int, int]]:
    """The points of the hundred that none of these holds, as `[start, end)`."""
    start = 0
    for lower, upper in sorted((share.parts.lower, share.parts.upper) for share in standing):
        if lower > start:
            yield start, lower
        start = max(start, upper)
    if start < WHOLE:
        yield start, WHOLE


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def remove_share(*, measure: Measure, share_id: int, actor: Actor) -> None:
    """The share, with all its pieces, goes back to the measure's own funder. `bring_back_share` undoes it.
    Again changes nothing."""
    row = changeable(measure, actor)
    one = FundingShare.objects.filter(pk=share_id, measure=row).first()
    if one is not None:
        FundingShare.objects.filter(measure=row, funder=one.funder_id, period=one.period).delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_share(*, measure: Measure, share_id: int, actor: Actor) -> None:
    """Undo `remove_share`: all pieces that went with this one. Again changes nothing. `Conflict` where others have
    taken the points meanwhile."""
    row = changeable(measure, actor)
    if FundingShare.objects.filter(pk=share_id, measure=row).exists():
        return
    gone = deleted(FundingShare, measure_id=row.pk)
    one = gone.filter(id=share_id).first()
    if one is None:
        raise Conflict("Cette part n’a jamais été écrite.", code="wrong_state")
    # The pieces of a share leave in one transaction, so at one time.
    pieces = gone.filter(funder_id=one.funder_id, period=one.period, pgh_created_at=one.pgh_created_at)
    with french_refusals():
        brought_back(FundingShare, pieces)
