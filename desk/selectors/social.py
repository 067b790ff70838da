"""The social side of a household, called only for who may read it: whole for the social service, facts for the rental
manager, nothing for the others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from common import clock
from common.prepared import Prepared, Slot
from leases.models import Household
from office.access import Access, Data, access_of, can
from office.actor import Actor
from office.enums import Role
from office.models import User
from office.services.access_log import log_reads
from social_link.enums import AlertState, ContactKind, NoteLevel
from social_link.models import Alert, Contact, Measure
from social_link.models.measure import Referent, followed_by
from social_link.selectors import NoteLine, alerts_for, contacts_for, measures_for, notes_of

CONTACTS = 20
ALERTS = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """Who accompanies the household today, and whether it is one of the actor's own cases."""

    referent: User | None
    is_own_case: bool


@dataclass(frozen=True, slots=True)
class SocialView:
    """`alerts` and `measures` are empty for a social worker whose case it is not."""

    alerts: list[Alert]
    measures: list[Measure]
    contacts: list[Contact]
    is_whole: bool


_REFERENT = Prepared(
    lambda: (
        Referent.objects.filter(household=Slot("household"), period__contains=Slot("day"))
        .select_related("user")
        .order_by("pk")[:1]
    )
)


def standing_of(household: Household, actor: Actor, day: date) -> Standing:
    """One query for the referent, one more for a social worker."""
    row = next(iter(_REFERENT(household=household.pk, day=day)), None)
    own = actor.has_role(Role.SOCIAL_WORKER) and followed_by(actor).filter(pk=household.pk).exists()
    return Standing(row.user if row else None, own)


def reads_alerts(actor: Actor, *, is_own_case: bool) -> bool:
    """Whether the whole alert may be read, with its answer."""
    levels = access_of(actor, Data.ALERT)
    return Access.FULL in levels or (Access.OWN in levels and is_own_case)


def reads_answers(actor: Actor, *, is_own_case: bool) -> bool:
    """Whether plan and next step of an answer may be read; its cause is read with the debt."""
    return reads_alerts(actor, is_own_case=is_own_case) or can(actor, Data.ALERT, Access.FACTS)


def social_view(household: Household, actor: Actor, *, is_own_case: bool) -> SocialView:
    """What the social tab shows besides the notes (at most five queries)."""
    whole = reads_alerts(actor, is_own_case=is_own_case)
    return SocialView(
        alerts=list(alerts_for(actor).filter(household=household).order_by("-raised_at", "-id")[:ALERTS])
        if whole
        else [],
        measures=list(measures_for(actor).filter(household=household).order_by("-period")) if whole else [],
        contacts=list(contacts_for(actor).filter(household=household).order_by("-happened_on", "-id")[:CONTACTS]),
        is_whole=whole,
    )


def notes_shown(household: Household, actor: Actor) -> list[NoteLine]:
    """The notes that the actor reads (without a text where it takes a reason); each read of a text is logged."""
    lines = notes_of(household, actor)
    log_reads(
        actor=actor,
        reads=[
            (Data.SHARED_NOTE if line.note.level == NoteLevel.SHARED else Data.PRIVATE_NOTE, line.note, household.pk)
            for line in lines
            if line.text is not None and line.note.author_id != actor.user_id
        ],
    )
    return lines


_LATEST_ALERTS = Prepared(
    lambda: (
        Alert.objects.filter(household=Slot("household"))
        .select_related("assignee", "answer")
        .prefetch_related("facts")
        .order_by("-raised_at", "-id")[:ALERTS]
    )
)


def manager_alerts(household: Household, actor: Actor) -> list[Alert]:
    """The alerts of a household for the rental manager: facts, deadlines and the answer's codes."""
    if not can(actor, Data.ALERT, Access.FACTS, Access.FULL):
        return []
    return _LATEST_ALERTS(household=household.pk)


# ---------- the thread ----------


@cache
def _alerts(limit: int) -> Prepared[Alert]:
    return Prepared(
        lambda: (
            Alert.objects.filter(household=Slot("household"))
            .select_related("assignee")
            .prefetch_related("facts")
            .order_by("-raised_at")[:limit]
        )
    )


@cache
def _contacts(limit: int) -> Prepared[Contact]:
    return Prepared(
        lambda: (
            Contact.objects.filter(household=Slot("household"))
            .select_related("author")
            .order_by("-happened_on", "-id")[:limit]
        )
    )


@cache
def _measures(limit: int) -> Prepared[Measure]:
    return Prepared(lambda: Measure.objects.filter(household=Slot("household")).order_by("-period")[:limit])


def social_events(household: Household, actor: Actor, *, is_own_case: bool, limit: int) -> list[dict[str, Any]]:
    """Alerts, contacts and measures as events (at most four queries). The rental manager reads that a contact took
    place, no more; what a social worker reads of somebody else's case is veiled in the same way."""
    if not can(actor, Data.TIMELINE, Access.FULL, Access.EVENTS):
        return []
    whole = reads_alerts(actor, is_own_case=is_own_case)
    facts = whole or can(actor, Data.ALERT, Access.FACTS)
    events = [
        *_alert_events(household, limit, facts=facts),
        *_contact_events(household, limit, names=actor.is_social, veiled=not whole),
    ]
    return [*events, *_measure_events(household, limit)] if whole else events


def _alert_events(household: Household, limit: int, *, facts: bool) -> Iterable[dict[str, Any]]:
    for alert in _alerts(limit)(household=household.pk):
        rows = [line for fact in alert.facts.all() for line in fact.facts]
        yield {
            "trade": "social",
            "title": f"Alerte envoyée à {alert.assignee.get_short_name()}",
            "text": " · ".join(rows[:2]) if facts else "",
            "day": _paris(alert.raised_at),
            "veiled": not facts,
            "rank": alert.pk,
        }
        if alert.acknowledged_at and alert.state != AlertState.RAISED:
            yield {"trade": "social", "title": "Alerte prise", "day": _paris(alert.acknowledged_at), "rank": alert.pk}


def _contact_events(household: Household, limit: int, *, names: bool, veiled: bool) -> Iterable[dict[str, Any]]:
    today = clock.today()
    for contact in _contacts(limit)(household=household.pk):
        # What is planned is known to the team; the others learn what took place.
        if contact.is_planned and not names:
            continue
        title = str(contact.get_kind_display())
        if contact.is_planned:
            feminine = contact.kind in (ContactKind.HOME_VISIT, ContactKind.DUTY)
            title += " prévue" if feminine else " prévu"
            if contact.happened_on < today:
                title += ", à noter"
        yield {
            "trade": "social",
            "title": title,
            "text": contact.author.get_short_name() if names else "",
            "day": contact.happened_on,
            "veiled": veiled,
            "rank": contact.pk,
        }


def _measure_events(household: Household, limit: int) -> Iterable[dict[str, Any]]:
    for measure in _measures(limit)(household=household.pk):
        name = measure.get_kind_display()
        yield {"trade": "social", "title": f"Mesure ouverte : {name}", "day": measure.period.lower}
        if measure.ended_on:
            reason = str(measure.get_end_reason_display())
            yield {"trade": "social", "title": f"Mesure terminée : {name}", "text": reason, "day": measure.ended_on}


def _paris(moment: Any) -> date:
    day: date = moment.astimezone(clock.PARIS).date()
    return day
