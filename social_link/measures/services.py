"""Referents and measures of support."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from common.periods import period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, roles_with
from office.access.permissions import needs
from office.models import Organisation, User
from office.notices.services import NewNotice, notify
from social_link.contacts.perms import require_follows
from social_link.contacts.services import hand_over_visits
from social_link.measures import notices
from social_link.measures.codes import MeasureEnd, MeasureKind, Paper
from social_link.measures.models import Measure, Referent
from social_link.measures.parameters import ENDING_DAYS, measure_rule
from social_link.measures.queries import referents_seen
from social_link.measures.rules.measures import MeasureRule, Papers, Span, paper_refusal, refusals

DAY = timedelta(days=1)


def _social(user: User, day: date, field: str) -> None:
    if not user.grants.filter(role__in=roles_with(Write(Data.MEASURE, OWN)), period__contains=day).exists():
        raise InvalidInput(f"{user} ne fait pas partie du service social le {day:%d/%m/%Y}.", field=field)


@needs(Write(Data.REFERENT))
@transaction.atomic
def set_referent(
    *,
    household: Household,
    user: User,
    from_day: date,
    actor: Actor,
    seen: str | None = None,
    with_visits: bool = True,
) -> Referent:
    """Name the referent from `from_day` on, after the one before, whose last day is the day before. Naming the same
    person again changes nothing. The visits that the one before has planned from that day on are the new one's, unless
    `with_visits` is false.

    `seen`: the referents that the caller saw (`referents_seen`); `Conflict` where somebody named another since.
    """
    _social(user, from_day, "user")
    Household.objects.select_for_update().get(pk=household.pk)
    if seen is not None and seen != referents_seen(household):
        raise Conflict("Quelqu’un a changé le référent entre-temps : relisez qui suit ce ménage.", code="seen")
    later = Referent.objects.filter(household=household, period__startswith__gt=from_day).order_by("period").first()
    end = later.period.lower if later else None
    current = Referent.objects.select_for_update().filter(household=household, period__contains=from_day).first()
    if current and current.user_id == user.pk:
        return current
    if current and with_visits:
        hand_over_visits(household=household, former=current.user, to=user, from_day=from_day, actor=actor)
    if current and current.period.lower == from_day:
        current.user = user
        current.save(update_fields=["user"])
        _tell_referent(current, actor)
        return current
    if current:
        current.period = period(current.period.lower, from_day)
        current.save(update_fields=["period"])
    named = Referent.objects.create(household=household, user=user, period=period(from_day, end))
    _tell_referent(named, actor)
    return named


def _tell_referent(named: Referent, actor: Actor) -> None:
    key = f"{named.pk}:{named.user_id}"
    notify(new=[NewNotice(notices.REFERENT, named.user_id, named.household_id, key)], actor=actor)


@needs(Write(Data.REFERENT))
@transaction.atomic
def end_referent(*, household: Household, on: date, actor: Actor) -> Referent | None:
    """The household has no referent from `on` on: it left, or needs none any more. Calling it again changes nothing."""
    Household.objects.select_for_update().get(pk=household.pk)
    current = Referent.objects.select_for_update().filter(household=household, period__contains=on).first()
    if current is None:
        return None
    if current.period.upper is not None:
        raise Conflict(f"{current.user} laisse déjà la place le {current.period.upper:%d/%m/%Y}.")
    if current.period.lower == on:
        raise InvalidInput(f"{current.user} suit ce ménage depuis ce jour-là.", field="on")
    current.period = period(current.period.lower, on)
    current.save(update_fields=["period"])
    return current


def earlier_spans(household: Household, kind: str, but: Measure | None = None) -> list[Span]:
    """The contracts of this kind that the household had, or has, but one."""
    rows = Measure.objects.filter(household=household, kind=kind)
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return [Span(row.period.lower, row.ended_on or row.planned_end) for row in rows]


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def open_measure(
    *,
    household: Household,
    kind: str,
    start: date,
    planned_end: date,
    referent: User,
    actor: Actor,
    funder: Organisation | None = None,
    agreed_on: date | None = None,
    signed_on: date | None = None,
    is_lead: bool = True,
) -> Measure:
    """Open a measure within the bounds of its kind, `planned_end` included, with the papers that its text asks for; one
    lead at a time (`Conflict`)."""
    if not actor.is_system:
        require_follows(actor, household)
    if kind not in MeasureKind.values:
        raise InvalidInput("Choisissez la mesure.", field="kind")
    _social(referent, max(start, clock.today()), "referent")
    Household.objects.select_for_update().get(pk=household.pk)
    if Measure.objects.filter(household=household, kind=kind, ended_on=None).exists():
        raise Conflict(
            f"Une mesure {MeasureKind(kind).label} est déjà ouverte pour ce ménage : "
            "renouvelez-la, ou terminez-la d’abord.",
            code="already_open",
        )
    if signed_on is not None and signed_on > clock.today():
        raise InvalidInput("La signature est aujourd’hui ou plus tôt.", field="signed_on")
    rule = measure_rule(kind, start)
    refused = refusals(rule, start=start, end=planned_end, earlier=earlier_spans(household, kind))
    if refused:
        raise InvalidInput(refused[0], field="planned_end", code="out_of_bounds")
    _check_papers(rule, Papers(funder is not None, signed_on, agreed_on))
    try:
        with transaction.atomic():
            return Measure.objects.create(
                household=household, kind=kind, funder=funder, referent=referent, is_lead=is_lead, signed_on=signed_on,
                agreed_on=agreed_on,
                period=period(start, planned_end + DAY), planned_end=planned_end, author=actor.user,
            )  # fmt: skip
    except IntegrityError as error:
        raise _second_lead(household, start, planned_end) from error


_FIELDS = {Paper.FUNDER: "funder", Paper.CONTRACT: "signed_on", Paper.AGREEMENT: "agreed_on"}


def _check_papers(rule: MeasureRule, papers: Papers) -> None:
    lack = paper_refusal(rule, papers, today=clock.today())
    if lack is not None:
        raise InvalidInput(lack.words, field=_FIELDS[lack.paper], code="papers")


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def complete_papers(
    *, measure: Measure, funder: Organisation | None, agreed_on: date | None, signed_on: date | None, actor: Actor
) -> Measure:
    """The papers that followed the first day of a measure, or their right days. What its text asks for stays."""
    row = _changeable(measure, actor)
    if any(day is not None and day > clock.today() for day in (agreed_on, signed_on)):
        late = "signed_on" if signed_on is not None and signed_on > clock.today() else "agreed_on"
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field=late)
    _check_papers(measure_rule(row.kind, row.period.lower), Papers(funder is not None, signed_on, agreed_on))
    row.funder, row.agreed_on, row.signed_on = funder, agreed_on, signed_on
    row.save(update_fields=["funder", "agreed_on", "signed_on"])
    return row


def _changeable(measure: Measure, actor: Actor) -> Measure:
    """The measure under lock, if the actor may change it."""
    rows = Measure.objects.select_for_update(of=("self",)).select_related("household", "referent")
    row = rows.filter(pk=measure.pk).first()
    if row is None:
        raise Conflict("Cette mesure a été retirée.", code="wrong_state")
    if not actor.is_system and row.referent_id != actor.user_id:
        require_follows(actor, row.household)
    return row


def _must_not_be_ended(row: Measure) -> None:
    if row.ended_on is None:
        return
    if row.ended_on >= clock.today():
        raise Conflict(f"Cette mesure est déjà renouvelée, ou close au {row.ended_on:%d/%m/%Y}.", code="wrong_state")
    raise Conflict(f"Cette mesure est terminée depuis le {row.ended_on:%d/%m/%Y}.", code="wrong_state")


def _second_lead(household: Household, start: date, end: date, but: Measure | None = None) -> Conflict:
    leads = Measure.objects.filter(household=household, is_lead=True, period__overlap=(start, end + DAY))
    other = (leads.exclude(pk=but.pk) if but else leads).first()
    which = f" : {other.get_kind_display()} jusqu’au {other.period.upper - DAY:%d/%m/%Y}" if other else ""
    return Conflict(
        f"Ce ménage a déjà un accompagnement principal sur cette période{which}. Terminez-le d’abord, ou ouvrez "
        "celui-ci en complément.",
        code="second_lead",
    )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def renew_measure(*, measure: Measure, planned_end: date, actor: Actor, signed_on: date | None = None) -> Measure:
    """The contract that follows: the measure runs until its term and ends on it, and another of its kind begins the day
    after, with the same referent, funder and agreement. From `ENDING_DAYS` before the term on; within the bounds of the
    kind. `reopen_measure` takes it back before it begins."""
    row = _changeable(measure, actor)
    _must_not_be_ended(row)
    if row.planned_end > clock.today() + timedelta(days=ENDING_DAYS):
        raise InvalidInput(f"Elle court jusqu’au {row.planned_end:%d/%m/%Y} : il est trop tôt pour la renouveler.")
    row.ended_on, row.end_reason = row.planned_end, MeasureEnd.TERM
    row.save(update_fields=["ended_on", "end_reason"])
    return open_measure(
        household=row.household, kind=row.kind, start=row.planned_end + DAY, planned_end=planned_end,
        referent=row.referent, funder=row.funder, agreed_on=row.agreed_on, signed_on=signed_on, is_lead=row.is_lead,
        actor=actor,
    )  # fmt: skip


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def close_measure(*, measure: Measure, reason: str, on: date, actor: Actor) -> Measure:
    """End a measure on `on` (its last day, its term at the latest) with its reason. Ended twice: `Conflict`."""
    row = _changeable(measure, actor)
    _must_not_be_ended(row)
    if reason not in MeasureEnd.values:
        raise InvalidInput("Choisissez le motif de fin.", field="reason")
    if row.period.lower > clock.today():
        raise InvalidInput(
            f"Elle commence le {row.period.lower:%d/%m/%Y} : retirez-la, ou corrigez ses jours.", field="on"
        )
    if on < row.period.lower:
        raise InvalidInput("La fin suit le début de la mesure.", field="on")
    if on > clock.today():
        raise InvalidInput("La mesure se termine aujourd’hui ou plus tôt.", field="on")
    if on > row.planned_end:
        raise InvalidInput(
            f"Elle finit au plus tard à son terme, le {row.planned_end:%d/%m/%Y}. Si elle a duré plus longtemps, "
            "renouvelez-la d’abord.",
            field="on", code="out_of_bounds",
        )  # fmt: skip
    row.ended_on, row.end_reason, row.period = on, reason, period(row.period.lower, on + DAY)
    row.save(update_fields=["ended_on", "end_reason", "period"])
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def reopen_measure(*, measure: Measure, actor: Actor) -> Measure:
    """The closing of a measure was a mistake, or its renewal was: it runs until its term, as before. A renewal that has
    not begun is withdrawn with it. Again changes nothing.

    `Conflict` where another measure stands on its end: one of its kind, or another lead on its days.
    """
    row = _changeable(measure, actor)
    if row.ended_on is None:
        return row
    Household.objects.select_for_update().get(pk=row.household_id)
    later = Measure.objects.select_for_update().filter(household=row.household_id, kind=row.kind, ended_on=None)
    for other in later.exclude(pk=row.pk).order_by("pk"):
        if other.period.lower <= clock.today():
            raise Conflict(
                f"Une mesure {other.get_kind_display()} a été ouverte le {other.period.lower:%d/%m/%Y} : "
                "terminez-la d’abord.",
                code="already_open",
            )
        other.delete()
    row.ended_on, row.end_reason, row.period = None, "", period(row.period.lower, row.planned_end + DAY)
    try:
        with transaction.atomic():
            row.save(update_fields=["ended_on", "end_reason", "period"])
    except IntegrityError as error:
        raise _second_lead(row.household, row.period.lower, row.planned_end, but=row) from error
    return row


def _last_of_its_kind(row: Measure) -> None:
    """`Conflict` where the measure has ended, or another of its kind counts on its days."""
    _must_not_be_ended(row)
    later = Measure.objects.filter(household=row.household_id, kind=row.kind, period__startswith__gt=row.period.lower)
    if (other := later.exclude(pk=row.pk).order_by("period").first()) is not None:
        raise Conflict(
            f"Une autre mesure {other.get_kind_display()} commence le {other.period.lower:%d/%m/%Y} et compte sur les "
            "jours de celle-ci : retirez d’abord l’autre.",
            code="in_use",
        )


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def move_measure(*, measure: Measure, start: date, planned_end: date, actor: Actor) -> Measure:
    """Other days of a measure that nobody has ended, within the bounds of its kind. The former ones stay in its
    history; moving it back takes it back."""
    row = _changeable(measure, actor)
    Household.objects.select_for_update().get(pk=row.household_id)
    _last_of_its_kind(row)
    earlier = earlier_spans(row.household, row.kind, but=row)
    if any(span.end >= start for span in earlier):
        last = max(span.end for span in earlier)
        raise InvalidInput(
            f"La mesure d’avant court jusqu’au {last:%d/%m/%Y} : celle-ci commence après.", field="start"
        )
    rule = measure_rule(row.kind, start)
    if refused := refusals(rule, start=start, end=planned_end, earlier=earlier):
        raise InvalidInput(refused[0], field="planned_end", code="out_of_bounds")
    row.period, row.planned_end = period(start, planned_end + DAY), planned_end
    try:
        with transaction.atomic():
            row.save(update_fields=["period", "planned_end"])
    except IntegrityError as error:
        raise _second_lead(row.household, start, planned_end, but=row) from error
    return row


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def give_measure(*, measure: Measure, to: User, actor: Actor) -> Measure:
    """Another referent of a measure that nobody has ended. Given to who has it, nothing changes."""
    row = _changeable(measure, actor)
    _must_not_be_ended(row)
    if row.referent_id == to.pk:
        return row
    _social(to, clock.today(), "to")
    row.referent = to
    row.save(update_fields=["referent"])
    return row


@transaction.atomic
def hand_over_measures(*, household: Household, former: User, to: User, actor: Actor) -> int:
    """The measures that `former` has open with the household are `to`'s. For the service that names the referent.
    Returns how many."""
    rows = Measure.objects.select_for_update(of=("self",)).filter(household=household, referent=former, ended_on=None)
    for row in (found := list(rows.order_by("pk"))):
        give_measure(measure=row, to=to, actor=actor)
    return len(found)


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def withdraw_measure(*, measure_id: int, actor: Actor) -> None:
    """A measure that was opened by mistake: nothing counts it. Again changes nothing; `bring_back_measure` undoes it.

    `Conflict` where it has ended, or another of its kind counts on its days.
    """
    row = Measure.objects.filter(pk=measure_id).first()
    if row is None:
        return
    row = _changeable(row, actor)
    _last_of_its_kind(row)
    row.delete()


@needs(Write(Data.MEASURE, OWN))
@transaction.atomic
def bring_back_measure(*, measure_id: int, actor: Actor) -> Measure:
    """Undo `withdraw_measure`: the measure as it was. Again changes nothing. `Conflict` where another one of its kind,
    or another lead, was opened meanwhile."""
    standing = Measure.objects.filter(pk=measure_id).first()
    if standing is not None:
        return _changeable(standing, actor)
    event = deleted(Measure, id=measure_id).first()
    household = Household.objects.select_for_update().filter(pk=event.household_id).first() if event else None
    if event is None or household is None:
        raise NotAllowed("Cette mesure n’est pas de vos ménages.")
    if not actor.is_system and event.referent_id != actor.user_id:
        require_follows(actor, household)
    if Measure.objects.filter(household=household, kind=event.kind, ended_on=None).exists():
        raise Conflict(
            "Une autre mesure de ce genre a été ouverte entre-temps : retirez-la d’abord.", code="already_open"
        )
    try:
        with transaction.atomic():
            [row] = brought_back(Measure, [event])
    except IntegrityError as error:
        raise _second_lead(household, event.period.lower, event.planned_end) from error
    return row
