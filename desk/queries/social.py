"""The social side of a household, called only for an actor who may read it.

The social service reads the whole, the rental manager the facts, the others nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from common import clock
from common.links import link
from common.params import Params
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import EVENTS, FACTS, OWN, Access, Data, Read, access_of, can
from office.models import User
from office.tasks.queries import Todo, household_agenda
from social_link.alerts.codes import OPEN_ALERTS, AlertState
from social_link.alerts.duties import ANSWER, TAKE
from social_link.alerts.queries import alerts_for
from social_link.contacts.duties import NOTE
from social_link.contacts.models import met
from social_link.contacts.perms import can_change_contact, followed_by
from social_link.contacts.queries import contacts_for
from social_link.contacts.rhythm import limit_by, limits_of
from social_link.measures.away import Away
from social_link.measures.models import Referent
from social_link.measures.queries import measures_for
from social_link.measures.rules.measures import Span, month_of
from social_link.measures.rules.rhythm import Limit
from social_link.models import Absence, Alert, Contact, Measure

CONTACTS = 20
# What has a card of its own on the page: an alert to take or to answer, a contact to note.
SHOWN_APART = (TAKE, ANSWER, NOTE)
ALERTS = 10
# Planned contacts at the head of the thread; the social tab has them all.
NEXT = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """Who accompanies the household today and since when, and whether it is one of the actor's own cases.
    `is_referent`: he accompanies it himself."""

    referent: User | None
    is_own_case: bool
    since: date | None
    is_referent: bool


@dataclass(frozen=True, slots=True)
class MeasureNow:
    """A measure that nobody has ended: the month of it that runs, of how many. `is_over`: it is past its term, and
    waits to be renewed or closed; `is_to_come`: it begins later."""

    measure: Measure
    month: int
    months: int
    is_over: bool
    is_to_come: bool


@dataclass(frozen=True, slots=True)
class SocialView:
    """Where the household stands. `alerts`: those that are open; the others are in the thread, as the contacts that
    took place are. `running`: the measures that nobody has ended; `ended`: the others. `todo`: what the actor has to do
    for it. `planned`: the contacts to come or to note, the next first; `next`: the first that is to come; `last`: the
    latest with somebody, `limit`: by when the next one is due, None where nobody accompanies the household.
    `absence`: the referent's, while it runs; `stand_in`: who has the household then, None where nobody can.

    `alerts` and the measures are empty for a social worker whose case it is not.
    """

    alerts: list[Alert]
    running: list[MeasureNow]
    ended: list[Measure]
    todo: list[Todo]
    planned: list[Contact]
    next: Contact | None
    last: Contact | None
    limit: Limit | None
    absence: Absence | None
    stand_in: User | None
    is_whole: bool


def standing_of(household: Household, actor: Actor, day: date) -> Standing:
    """One query for the referent, one more for a social worker who is somebody else."""
    held = Referent.objects.filter(household=household, period__contains=day)
    row = held.select_related("user").order_by("pk").first()
    follows_own = OWN in access_of(actor, Data.CONTACT)
    is_referent = bool(row and follows_own and row.user_id == actor.user_id)
    own = is_referent or (follows_own and followed_by(actor).filter(pk=household.pk).exists())
    return Standing(row.user if row else None, own, row.period.lower if row else None, is_referent)


def reads_alerts(actor: Actor, *, is_own_case: bool) -> bool:
    """Whether the whole alert may be read, with its answer."""
    levels = access_of(actor, Data.ALERT)
    return Access.FULL in levels or (Access.OWN in levels and is_own_case)


def reads_answers(actor: Actor, *, is_own_case: bool) -> bool:
    """Whether pause, plan and next step of an answer may be read; its cause is read with the debt."""
    return reads_alerts(actor, is_own_case=is_own_case) or can(actor, Read(Data.ALERT, FACTS))


def social_view(household: Household, actor: Actor, *, standing: Standing, day: date, params: Params) -> SocialView:
    """What the social tab begins with: nine queries at most, two more while somebody is away, and those with which
    each kind of task shows itself."""
    whole = reads_alerts(actor, is_own_case=standing.is_own_case)
    away, referent = Away.on(day), standing.referent
    contacts = contacts_for(actor).filter(household=household).prefetch_related(None)
    planned = list(contacts.filter(is_planned=True).order_by("happened_on", "id")[:CONTACTS])
    for row in planned:
        row.may_change = can_change_contact(actor, row.author_id)  # type: ignore[attr-defined]
    last = contacts.filter(met()).order_by("-happened_on", "-id").first()
    measures = list(measures_for(actor).filter(household=household).order_by("-period")) if whole else []
    limit = _limit(household, actor, standing, measures, last, day, params) if whole else None
    return SocialView(
        alerts=list(alerts_for(actor).filter(household=household, state__in=OPEN_ALERTS)) if whole else [],
        running=[_now(row, day) for row in measures if row.ended_on is None],
        ended=[row for row in measures if row.ended_on is not None],
        todo=household_agenda(household.pk, actor, day=day, without=SHOWN_APART),
        planned=planned,
        next=next((row for row in planned if row.happened_on >= day), None),
        last=last,
        limit=limit,
        absence=away.absence_of(referent.pk) if referent else None,
        stand_in=away.there(referent, household.pk) if referent else None,
        is_whole=whole,
    )


def _limit(
    household: Household,
    actor: Actor,
    standing: Standing,
    measures: list[Measure],
    last: Contact | None,
    day: date,
    params: Params,
) -> Limit | None:
    """By when the household is to be met. Two queries where the actor may not see all its measures."""
    if standing.is_referent or can(actor, Read(Data.MEASURE)):
        running = [row for row in measures if row.runs_on(day)]
        met_on = last.happened_on if last else None
        return limit_by(running, last=met_on, since=standing.since, day=day, params=params)
    seen = {household.pk: last.happened_on} if last else {}
    return limits_of([household.pk], day, met_on=seen, params=params).get(household.pk)


def _now(measure: Measure, day: date) -> MeasureNow:
    first, last = measure.period.lower, measure.planned_end
    month, months = month_of(Span(first, last), day)
    return MeasureNow(measure, month, months, is_over=last < day, is_to_come=first > day)


def manager_alerts(household: Household, actor: Actor) -> list[Alert]:
    """The alerts of a household for the rental manager: facts, deadlines and the answer's codes."""
    if not can(actor, Read(Data.ALERT, FACTS)):
        return []
    return list(
        Alert.objects.filter(household=household)
        .select_related("assignee", "answer")
        .prefetch_related("facts")
        .order_by("-raised_at", "-id")[:ALERTS]
    )


# ---------- the thread ----------


def social_events(household: Household, actor: Actor, *, is_own_case: bool, limit: int) -> list[dict[str, Any]]:
    """Alerts, contacts and measures as events (at most four queries). The rental manager only sees that a contact took
    place; so does a social worker on a colleague's case."""
    if not can(actor, Read(Data.TIMELINE, EVENTS)):
        return []
    whole = reads_alerts(actor, is_own_case=is_own_case)
    facts = whole or can(actor, Read(Data.ALERT, FACTS))
    events = [
        *_alert_events(household, limit, whole=whole, facts=facts),
        *_contact_events(household, limit, actor, veiled=not whole),
    ]
    return [*events, *_measure_events(household, limit)] if whole else events


def _alert_events(household: Household, limit: int, *, whole: bool, facts: bool) -> Iterable[dict[str, Any]]:
    alerts = Alert.objects.filter(household=household).select_related("assignee").prefetch_related("facts")
    for alert in alerts.order_by("-raised_at")[:limit]:
        said = (alert.said if whole else alert.told)[:2] if facts else []
        yield {
            "trade": "social",
            "title": f"Alerte envoyée à {alert.assignee.get_short_name()}",
            "text": " · ".join(reason.text() for reason in said),
            "day": _paris(alert.raised_at),
            "url": link("social_link:alert", alert.pk) if whole else "",
            "veiled": not facts,
            "rank": alert.pk,
        }
        if alert.acknowledged_at and alert.state != AlertState.RAISED:
            yield {"trade": "social", "title": "Alerte prise", "day": _paris(alert.acknowledged_at), "rank": alert.pk}
        # The answer to an arrears case is told with the case.
        if alert.answered_at and not alert.answer_id:
            yield {"trade": "social", "title": "Alerte close", "day": _paris(alert.answered_at), "rank": alert.pk}


def _contact_events(household: Household, limit: int, actor: Actor, *, veiled: bool) -> Iterable[dict[str, Any]]:
    today, names = clock.today(), actor.is_social
    contacts = Contact.objects.filter(household=household).select_related("author").order_by("-happened_on", "-id")
    # Only the team sees planned contacts: the next ones, however many there are. The others see those that took place.
    rows = contacts.filter(happened_on__lte=today)[:limit] if names else contacts.filter(is_planned=False)[:limit]
    if names:
        rows = rows.union(contacts.filter(happened_on__gt=today).order_by("happened_on", "id")[:NEXT], all=True)
    for contact in rows:
        title = contact.kind_words
        if contact.is_planned:
            title += f" {contact.planned_word}"
            if contact.happened_on < today:
                title += ", à noter"
        yield {
            "trade": "social",
            "title": title,
            "text": contact.author.get_short_name() if names else "",
            "day": contact.happened_on,
            "url": link("social_link:contact_edit", contact.pk) if can_change_contact(actor, contact.author_id) else "",
            "veiled": veiled,
            "rank": contact.pk,
        }


def _measure_events(household: Household, limit: int) -> Iterable[dict[str, Any]]:
    for measure in Measure.objects.filter(household=household).order_by("-period")[:limit]:
        name = measure.get_kind_display()
        yield {"trade": "social", "title": f"Mesure ouverte : {name}", "day": measure.period.lower}
        if measure.ended_on:
            reason = str(measure.get_end_reason_display())
            yield {"trade": "social", "title": f"Mesure terminée : {name}", "text": reason, "day": measure.ended_on}


def _paris(moment: Any) -> date:
    day: date = moment.astimezone(clock.PARIS).date()
    return day
