"""A measure goes on: a further contract of its own, proposed by one and decided by another."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from common import clock
from common.db import constraint_name
from common.errors import Conflict, InvalidInput
from common.history import events_of
from common.periods import ONE_DAY, period
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from social_link.measures.codes import Proposer, RenewalDecision
from social_link.measures.duties import OF_MEASURE
from social_link.measures.locks import changeable, must_not_be_ended, second_lead
from social_link.measures.models import Measure, Renewal
from social_link.measures.parameters import ENDING_DAYS, measure_rule
from social_link.measures.queries import earlier_spans
from social_link.measures.rules.measures import refusals, renewal_refusal


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def renew_measure(
    *,
    measure: Measure,
    last: date,
    proposed_by: str,
    actor: Actor,
    proposed_on: date | None = None,
    progress: str = "",
    decision: str = "",
    decided_on: date | None = None,
    signed_on: date | None = None,
) -> Renewal:
    """Propose that a measure goes on from the day after its term until `last`, included; with its decision where that
    is known. From `ENDING_DAYS` before the term on, also past it. The same proposal again gives the one that waits.

    `InvalidInput`: out of the bounds of its kind, by somebody else than its text says, without the evaluation that it
    asks for. `Conflict`: another proposal waits, or the measure has ended.
    """
    row = changeable(measure, actor)
    must_not_be_ended(row)
    first = row.planned_end + ONE_DAY
    waiting = next((other for other in row.renewals.all() if other.waits), None)
    if waiting is not None:
        if (waiting.period, waiting.proposed_by, waiting.decision) == (
            period(first, last + ONE_DAY),
            proposed_by,
            decision,
        ):
            return waiting
        raise Conflict(
            f"Un renouvellement proposé le {waiting.proposed_on:%d/%m/%Y} attend déjà sa décision : décidez-le, ou "
            "retirez-le d’abord.",
            code="waits",
        )
    granted = row.renewals.filter(decision=RenewalDecision.GRANTED).order_by("-period").first()
    if granted is not None and decision == RenewalDecision.GRANTED and granted.last_day == last == row.planned_end:
        return granted
    if row.planned_end > clock.today() + timedelta(days=ENDING_DAYS):
        raise InvalidInput(f"Elle court jusqu’au {row.planned_end:%d/%m/%Y} : il est trop tôt pour la renouveler.")
    if proposed_by not in Proposer.values:
        raise InvalidInput("Dites qui propose le renouvellement.", field="proposed_by")
    day = proposed_on or clock.today()
    if day > clock.today():
        raise InvalidInput("La proposition est d’aujourd’hui ou d’un jour passé.", field="proposed_on")
    rule = measure_rule(row.kind, first)
    done = row.renewals.filter(decision=RenewalDecision.GRANTED).count()
    if refusal := renewal_refusal(rule, done=done, proposer=proposed_by, progress=progress):
        raise InvalidInput(refusal[1], field=refusal[0] or None, code="not_renewed")
    _within_bounds(row, first, last)
    renewal = Renewal.objects.create(
        measure=row, period=period(first, last + ONE_DAY), proposed_by=proposed_by, proposed_on=day, progress=progress,
        author=actor.user,
    )  # fmt: skip
    return _decide(row, renewal, decision, decided_on, signed_on, actor) if decision else renewal


def _within_bounds(row: Measure, first: date, last: date) -> None:
    rule = measure_rule(row.kind, first)
    earlier = earlier_spans(row.household, row.kind, but=row)
    if refused := refusals(rule, start=first, end=last, earlier=earlier, since=row.period.lower):
        raise InvalidInput(refused[0], field="last", code="out_of_bounds")


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def decide_renewal(
    *,
    renewal: Renewal,
    decision: str,
    decided_on: date | None,
    actor: Actor,
    signed_on: date | None = None,
    last: date | None = None,
) -> Renewal:
    """What was decided of a renewal. Granted, its days are days of the measure, until `last` if another day than
    the proposed one is given; adjourned, it waits for another decision. The same decision again changes nothing;
    another one: `Conflict`."""
    row = changeable(renewal.measure, actor)
    renewal = _still_there(renewal)
    if not renewal.waits or (renewal.decision == decision and renewal.decided_on == decided_on):
        if (renewal.decision, renewal.decided_on) == (decision, decided_on):
            return renewal
        raise Conflict(
            f"La décision est déjà prise : {renewal.get_decision_display()}, le {renewal.decided_on:%d/%m/%Y}.",
            code="wrong_state",
        )
    must_not_be_ended(row)
    if not decision:
        raise InvalidInput("Choisissez la décision.", field="decision")
    if last is not None and decision == RenewalDecision.GRANTED:
        if last < renewal.period.lower:
            raise InvalidInput("La fin prévue suit le début.", field="last")
        renewal.period = period(renewal.period.lower, last + ONE_DAY)
    return _decide(row, renewal, decision, decided_on, signed_on, actor)


def _still_there(renewal: Renewal) -> Renewal:
    found = Renewal.objects.filter(pk=renewal.pk).first()
    if found is None:
        raise Conflict("Ce renouvellement a été retiré.", code="wrong_state")
    return found


def _decide(
    row: Measure, renewal: Renewal, decision: str, on: date | None, signed_on: date | None, actor: Actor
) -> Renewal:
    if decision not in RenewalDecision.values:
        raise InvalidInput("Choisissez la décision.", field="decision")
    on = on or clock.today()
    if on > clock.today():
        raise InvalidInput("La décision est d’aujourd’hui ou d’un jour passé.", field="decided_on")
    if on < renewal.proposed_on:
        raise InvalidInput(f"La décision suit la proposition, du {renewal.proposed_on:%d/%m/%Y}.", field="decided_on")
    if signed_on is not None and (signed_on > clock.today() or decision != RenewalDecision.GRANTED):
        raise InvalidInput("Le contrat se signe après l’accord, aujourd’hui ou plus tôt.", field="signed_on")
    renewal.decision, renewal.decided_on, renewal.signed_on = decision, on, signed_on
    if decision == RenewalDecision.GRANTED:
        # A bound may have changed since the proposal.
        _within_bounds(row, renewal.period.lower, renewal.last_day)
    try:
        with transaction.atomic():
            renewal.save(update_fields=["period", "decision", "decided_on", "signed_on"])
            if decision == RenewalDecision.GRANTED:
                row.planned_end, row.period = renewal.last_day, period(row.period.lower, renewal.period.upper)
                row.save(update_fields=["planned_end", "period"])
    except IntegrityError as error:
        if constraint_name(error) != "measure_one_lead":
            raise
        raise second_lead(row.household, renewal.period.lower, renewal.last_day, but=row) from error
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    return renewal


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def sign_renewal(*, renewal: Renewal, signed_on: date | None, actor: Actor) -> Renewal:
    """The day on which the contract of a granted renewal was signed; None where it was not."""
    changeable(renewal.measure, actor)
    renewal = _still_there(renewal)
    if signed_on is not None and (signed_on > clock.today() or renewal.decision != RenewalDecision.GRANTED):
        raise InvalidInput("Le contrat se signe après l’accord, aujourd’hui ou plus tôt.", field="signed_on")
    renewal.signed_on = signed_on
    renewal.save(update_fields=["signed_on"])
    return renewal


def _was_adjourned(renewal: Renewal) -> bool:
    """Whether a commission adjourned it, and somebody decided it since on the page of the measure. `Conflict` where it
    stands as a commission decided it: that is taken back where it was."""
    items = renewal.commission_items.exclude(decision="").select_related("commission")
    decided = items.order_by("-commission__held_on", "-decided_at").first()
    if decided is None:
        return False
    if decided.decision == RenewalDecision.ADJOURNED and renewal.decision != RenewalDecision.ADJOURNED:
        return True
    raise Conflict(
        f"C’est une décision de la commission du {decided.commission.held_on:%d/%m/%Y} : reprenez-la sur sa page.",
        code="in_use",
    )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def take_back_decision(*, renewal: Renewal, actor: Actor) -> Renewal:
    """The decision of a renewal was a mistake: it waits as it was proposed, or as it was adjourned before. Without a
    decision, nothing changes.

    `Conflict` where the measure has ended, its contract is signed, or another renewal or a change of type follows.
    """
    row = changeable(renewal.measure, actor)
    renewal = _still_there(renewal)
    if not renewal.decision:
        return renewal
    must_not_be_ended(row)
    was = events_of(Renewal).filter(id=renewal.pk, pgh_label="before")
    was = was.filter(decision__in=["", RenewalDecision.ADJOURNED])
    before = was.exclude(decision=renewal.decision, decided_on=renewal.decided_on).last()
    if renewal.decision == RenewalDecision.GRANTED:
        if renewal.signed_on is not None:
            raise Conflict(
                f"Le contrat de ce renouvellement est signé du {renewal.signed_on:%d/%m/%Y} : ôtez d’abord ce jour.",
                code="in_use",
            )
        _shorten(row, renewal)
    if before is None:
        renewal.decision, renewal.decided_on = "", None
    else:
        renewal.period, renewal.decision, renewal.decided_on = before.period, before.decision, before.decided_on
    renewal.save(update_fields=["period", "decision", "decided_on"])
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    return renewal


def _shorten(row: Measure, renewal: Renewal) -> None:
    """The measure runs until its term of before this renewal. `Conflict` where something stands on its days."""
    if renewal.last_day != row.planned_end:
        raise Conflict("Un autre renouvellement suit celui-ci : reprenez d’abord l’autre.", code="in_use")
    before = renewal.period.lower - ONE_DAY
    former = row.formers.order_by("-until").first()
    if former is not None and former.until >= before:
        raise Conflict("Le type a changé pendant ce renouvellement : reprenez d’abord ce changement.", code="in_use")
    row.planned_end, row.period = before, period(row.period.lower, renewal.period.lower)
    row.save(update_fields=["planned_end", "period"])


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def take_back_renewal(*, renewal_id: int, actor: Actor) -> Renewal | None:
    """A renewal that was typed by mistake: the measure runs until its term of before. It stays in the history of the
    table. Again changes nothing. One that a commission had adjourned waits again, as it left it, and is given back.

    `Conflict` where the measure has ended, another renewal follows it, or it has begun and was not typed today.
    """
    renewal = Renewal.objects.select_related("measure").filter(pk=renewal_id).first()
    if renewal is None:
        return None
    row = changeable(renewal.measure, actor)
    renewal = Renewal.objects.filter(pk=renewal_id).first()
    if renewal is None:
        return None
    must_not_be_ended(row)
    adjourned = _was_adjourned(renewal)
    if renewal.decision == RenewalDecision.GRANTED:
        typed = max(renewal.created_at.astimezone(clock.PARIS).date(), renewal.decided_on or date.min)
        if renewal.period.lower <= clock.today() and typed < clock.today():
            raise Conflict(
                f"Ce renouvellement court depuis le {renewal.period.lower:%d/%m/%Y} : terminez la mesure à son jour.",
                code="in_use",
            )
        if not adjourned:
            _shorten(row, renewal)
    if adjourned:
        return take_back_decision(renewal=renewal, actor=actor)
    # What waits for a commission is on its agenda no more.
    renewal.commission_items.all().delete()
    renewal.delete()
    refresh_tasks(*OF_MEASURE, ids=[row.pk], actor=actor)
    return None
