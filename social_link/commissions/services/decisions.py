"""What a commission decides, as it is typed: each decision runs the service of the measure, in one transaction.

A decision of a commission bears its day. What cannot be done is refused with its reason, and nothing is noted.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from common import clock
from common.db import checked
from common.errors import Conflict, InvalidInput
from common.periods import ONE_DAY, add_months
from common.typography import counted, long_date
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from social_link.commissions.codes import Ask, Condition, Ruling
from social_link.commissions.duties import PREPARE, TELL
from social_link.commissions.locks import item_of, opened
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.rules.decisions import ANSWERS, GRANTS, MOST_MONTHS, missing_members
from social_link.commissions.services.telling import withdraw_letters
from social_link.measures.codes import MeasureEnd, RenewalDecision
from social_link.measures.models import FormerKind, Measure
from social_link.measures.rules.measures import Span
from social_link.measures.services import kinds, measures, renewals
from social_link.referrals.queries import aims_asked


@needs(Write(Data.COMMISSION))
@transaction.atomic
def decide(
    *,
    item: CommissionItem,
    decision: str,
    actor: Actor,
    months: int | None = None,
    day: date | None = None,
    conditions: Sequence[str] = (),
) -> CommissionItem:
    """Note what was decided, and do it. `months`: of a yes or a renewal, what was asked by default; `day`: the first of
    an opening or a change (that of the commission by default), the last of what ends (the same, or its term where that
    is past).

    The same decision again changes nothing; another one, or for so many other months: `Conflict`, which says whose the
    first is.
    """
    row = item_of(item, actor)
    if row.removed_at is not None:
        raise Conflict("Cette demande est ôtée de l’ordre du jour : remettez-la d’abord.", code="wrong_state")
    if row.decision:
        if row.decision == decision and (decision not in GRANTS or months in (None, row.granted)):
            return row
        length = f", {row.granted} mois" if row.granted else ""
        raise Conflict(
            f"{row.decided_by} a déjà noté : {row.get_decision_display()}{length}. Reprenez d’abord cette décision.",
            code="decided",
        )
    held_on = row.commission.held_on
    if held_on > clock.today():
        raise Conflict(
            f"La commission est le {held_on:%d/%m/%Y} : ses décisions se notent ce jour-là.", code="wrong_state"
        )
    if decision not in ANSWERS[Ask(row.ask)]:
        raise InvalidInput("Choisissez une des décisions proposées.", field="decision")
    if any(code not in Condition.values for code in conditions):
        raise InvalidInput("Choisissez parmi les conditions proposées.", field="conditions")
    if decision in GRANTS and months is not None and not 0 < months <= MOST_MONTHS:
        raise InvalidInput(f"Dites pour combien de mois, de 1 à {MOST_MONTHS}.", field="months")
    _DO[Ask(row.ask)](row, Ruling(decision), months, day, actor)
    row.decision, row.decided_at, row.decided_by = decision, clock.now(), actor.user
    row.conditions = [code for code in Condition if code in conditions] if decision in GRANTS else []
    checked(row)
    row.save()
    refresh_tasks(PREPARE, ids=[row.pk], actor=actor)
    return row


def _open(row: CommissionItem, decision: Ruling, months: int | None, day: date | None, actor: Actor) -> None:
    if decision != Ruling.YES:
        return
    start, length = day or row.commission.held_on, months or row.months or 0
    row.measure = measures.open_measure(
        household=row.household, kind=row.kind, start=start, planned_end=add_months(start, length) - ONE_DAY,
        referent=row.referent, funder=row.funder, agreed_on=row.agreed_on, proposed_by=row.proposed_by,
        exclusions=row.exclusions, despite=row.despite, aims=aims_asked(row.household), actor=actor,
    )  # fmt: skip
    row.day, row.granted = start, length


def _renew(row: CommissionItem, decision: Ruling, months: int | None, day: date | None, actor: Actor) -> None:
    # The database says so.
    assert row.renewal is not None
    assert row.measure is not None
    held_on, last = row.commission.held_on, None
    if decision == Ruling.RENEWED:
        first, proposed = row.renewal.period.lower, row.renewal.last_day
        asked = Span(first, proposed).months
        last = add_months(first, months) - ONE_DAY if months is not None and months != asked else None
        row.months, row.granted = asked, months or asked
    decided = {
        Ruling.RENEWED: RenewalDecision.GRANTED,
        Ruling.ADJOURNED: RenewalDecision.ADJOURNED,
    }.get(decision, RenewalDecision.REFUSED)
    renewals.decide_renewal(renewal=row.renewal, decision=decided, decided_on=held_on, last=last, actor=actor)
    if decision == Ruling.ENDED:
        _end(row, decision, None, day, actor)


def _change(row: CommissionItem, decision: Ruling, months: int | None, day: date | None, actor: Actor) -> None:
    if decision != Ruling.YES:
        return
    assert row.measure is not None
    row.day = day or row.commission.held_on
    kinds.change_kind(measure=row.measure, kind=row.kind, from_day=row.day, actor=actor)
    former = FormerKind.objects.get(measure=row.measure_id, until=row.day - ONE_DAY)
    row.made = former.pk


def _end(row: CommissionItem, decision: Ruling, months: int | None, day: date | None, actor: Actor) -> None:
    if decision != Ruling.ENDED:
        return
    assert row.measure is not None
    row.day = day or min(row.commission.held_on, row.measure.planned_end)
    reason = row.end_reason or MeasureEnd.TERM
    measures.close_measure(measure=row.measure, reason=reason, on=row.day, actor=actor)


_DO = {Ask.OPENING: _open, Ask.RENEWAL: _renew, Ask.CHANGE: _change, Ask.END: _end}


@needs(Write(Data.COMMISSION))
@transaction.atomic
def take_back(*, item: CommissionItem, actor: Actor) -> CommissionItem:
    """A decision was noted by mistake: what it did is undone, and the household waits for its decision. Again changes
    nothing. `Conflict` where something stands on what it did, or it was carried to another agenda."""
    row = item_of(item, actor)
    if not row.decision:
        return row
    carried = CommissionItem.objects.kept().filter(carried_from=row).select_related("commission").first()
    if carried is not None:
        raise Conflict(
            f"Ajournée, elle est à l’ordre du jour de la commission du {carried.commission.held_on:%d/%m/%Y} : ôtez-la "
            "de là d’abord.",
            code="in_use",
        )
    CommissionItem.objects.filter(carried_from=row).update(carried_from=None)
    was, measure, made = row.decision, row.measure, row.made
    row.decision, row.decided_at, row.decided_by = "", None, None
    row.day, row.granted, row.conditions, row.made = None, None, [], None
    if row.ask == Ask.OPENING:
        row.measure = None
    if row.ask == Ask.RENEWAL:
        row.months = None
    row.save()
    if measure is not None:
        _undo(row, Ruling(was), measure, made, actor)
    refresh_tasks(PREPARE, ids=[row.pk], actor=actor)
    return row


def _undo(row: CommissionItem, was: Ruling, measure: Measure, made: int | None, actor: Actor) -> None:
    if row.ask == Ask.OPENING and was == Ruling.YES:
        measures.withdraw_measure(measure_id=measure.pk, actor=actor)
    if was == Ruling.ENDED:
        measures.reopen_measure(measure=measure, actor=actor)
    # Adjourned, and decided since on the page of the measure: that decision is another one's.
    if row.renewal is not None and (was != Ruling.ADJOURNED or row.renewal.decision == RenewalDecision.ADJOURNED):
        renewals.take_back_decision(renewal=row.renewal, actor=actor)
    if made is not None:
        kinds.take_back_kind(measure=measure, former_id=made, actor=actor)


@needs(Write(Data.COMMISSION))
@transaction.atomic
def close_commission(*, commission: Commission, actor: Actor) -> Commission:
    """The meeting is over: nothing of it changes any more. Again changes nothing.

    `Conflict` (`undecided`, `quorum`): a household waits for its decision, or members are missing.
    """
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    if row.closed_at is not None:
        return row
    row = opened(row)
    if row.held_on > clock.today():
        raise Conflict(f"La commission est le {long_date(row.held_on)} : elle se clôt ce jour-là.", code="wrong_state")
    if waiting := CommissionItem.objects.waiting().filter(commission=row).count():
        raise Conflict(
            f"{counted(waiting, 'dossier n’a pas,dossiers n’ont pas')} de décision : décidez, ajournez, ou ôtez de "
            "l’ordre du jour.",
            code="undecided",
        )
    if missing := missing_members(row.quorum, row.members.filter(is_present=True).count()):
        raise Conflict(
            f"Le quorum est de {counted(row.quorum or 0, 'membre')} : il en manque {missing}. Notez qui est là.",
            code="quorum",
        )
    row.closed_at, row.closed_by = clock.now(), actor.user
    row.save(update_fields=["closed_at", "closed_by"])
    refresh_tasks(TELL, ids=[row.pk], actor=actor)
    return row


@needs(Write(Data.COMMISSION))
@transaction.atomic
def reopen_commission(*, commission: Commission, actor: Actor) -> Commission:
    """It was closed too early: what waits to leave is withdrawn. Again changes nothing; `Conflict` once something has
    left."""
    row = Commission.objects.select_for_update(of=("self",)).get(pk=commission.pk)
    if row.closed_at is None:
        return row
    withdraw_letters(row)
    row.closed_at, row.closed_by = None, None
    row.save(update_fields=["closed_at", "closed_by"])
    refresh_tasks(TELL, ids=[row.pk], actor=actor)
    return row
