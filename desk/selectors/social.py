"""The social side of a household, called only for who may read it: whole for the social service, facts for the rental
manager, nothing for the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from common import clock
from leases.models import Household
from office.access import Access, Data, access_of, can
from office.actor import Actor
from office.enums import Role
from office.models import AccessLog, User
from social_link.enums import OPEN_ALERTS, AlertState, ContactKind, NoteLevel
from social_link.models import Alert, Contact, Measure, Note, Referent

CONTACTS = 20
# What a technician would see of a visit is nothing; what the rental manager sees of one is that it took place.
_VEILED_KINDS = {ContactKind.DUTY, ContactKind.ACCOMPANIMENT}


@dataclass(frozen=True, slots=True)
class Standing:
    """Who accompanies the household today, and whether the actor does."""

    referent: User | None
    is_own_case: bool


@dataclass(frozen=True, slots=True)
class SocialView:
    """`alerts` and `measures` are empty for a social worker whose case it is not."""

    alerts: list[Alert]
    measures: list[Measure]
    contacts: list[Contact]
    notes: list[Note]
    sealed: int
    is_whole: bool


def standing_of(household: Household, actor: Actor, day: date) -> Standing:
    """One query for the referent, one more for a social worker who is not it (an open alert makes a case his)."""
    row = household.referents.filter(period__contains=day).select_related("user").first()
    referent = row.user if row else None
    if not actor.has_role(Role.SOCIAL_WORKER):
        return Standing(referent, is_own_case=False)
    own = (referent is not None and referent.pk == actor.user_id) or Alert.objects.filter(
        household=household, assignee=actor.user_id, state__in=OPEN_ALERTS
    ).exists()
    return Standing(referent, own)


def reads_alerts(actor: Actor, *, is_own_case: bool) -> bool:
    """Whether the whole alert may be read, with its answer."""
    levels = access_of(actor, Data.ALERT)
    return Access.FULL in levels or (Access.OWN in levels and is_own_case)


def notes_for(household: Household, actor: Actor) -> QuerySet[Note]:
    """Shared notes for who reads them; of the others, one's own and those on which one is named."""
    mine = Q(author=actor.user_id) | Q(level=NoteLevel.SEALED, readers__user=actor.user_id)
    allowed = Q(pk__in=[])
    if can(actor, Data.SHARED_NOTE, Access.FULL):
        allowed |= Q(level=NoteLevel.SHARED)
    if can(actor, Data.PRIVATE_NOTE, Access.OWN, Access.WITH_REASON) and actor.user_id:
        allowed |= mine
    return Note.objects.filter(allowed, household=household).select_related("author").distinct()


def social_view(household: Household, actor: Actor, *, is_own_case: bool) -> SocialView:
    """What the social tab shows (at most seven queries). Reading notes is logged by `log_notes`."""
    whole = reads_alerts(actor, is_own_case=is_own_case)
    notes = list(notes_for(household, actor).order_by("-id")[:CONTACTS])
    sealed = 0
    if can(actor, Data.PRIVATE_NOTE, Access.WITH_REASON):
        kept = Note.objects.filter(household=household).exclude(level=NoteLevel.SHARED)
        sealed = kept.exclude(pk__in=[n.pk for n in notes]).count()
    return SocialView(
        alerts=_alerts(household) if whole else [],
        measures=list(household.measures.select_related("funder", "referent").order_by("-period")) if whole else [],
        contacts=list(
            household.contacts.select_related("author").order_by("-happened_on", "-id")[:CONTACTS]
        ) if actor.is_social else [],
        notes=notes,
        sealed=sealed,
        is_whole=whole,
    )  # fmt: skip


def _alerts(household: Household) -> list[Alert]:
    return list(
        household.alerts.select_related("assignee", "answer").prefetch_related("facts").order_by("-raised_at")[:10]
    )


def manager_alerts(household: Household, actor: Actor) -> list[Alert]:
    """The alerts of a household for the rental manager: facts, deadlines and the answer's codes."""
    return _alerts(household) if can(actor, Data.ALERT, Access.FACTS, Access.FULL) else []


def log_notes(notes: Sequence[Note], actor: Actor) -> None:
    """Each note of somebody else that was shown leaves a line in the access log."""
    AccessLog.objects.bulk_create(
        AccessLog(
            user=actor.user, subject="note", object_type="social_link.note", object_id=note.pk,
            household_id=note.household_id,
        )
        for note in notes
        if note.author_id != actor.user_id
    )  # fmt: skip


def social_events(household: Household, actor: Actor, *, is_own_case: bool, limit: int) -> list[dict[str, Any]]:
    """Alerts, contacts and measures as events. The rental manager reads that they took place, no more; what a social
    worker reads of somebody else's case is veiled in the same way."""
    if not can(actor, Data.TIMELINE, Access.FULL, Access.EVENTS):
        return []
    whole = reads_alerts(actor, is_own_case=is_own_case)
    facts = whole or can(actor, Data.ALERT, Access.FACTS)
    social = actor.is_social
    events = []
    for alert in household.alerts.select_related("assignee").prefetch_related("facts").order_by("-id")[:limit]:
        rows = [line for fact in alert.facts.all() for line in fact.facts]
        events.append(
            {
                "trade": "social",
                "title": f"Alerte envoyée à {alert.assignee.get_short_name()}",
                "text": " · ".join(rows[:2]) if facts else "",
                "day": _paris(alert.raised_at),
                "veiled": not facts,
                "rank": alert.pk,
            }
        )
        if alert.acknowledged_at and alert.state != AlertState.RAISED:
            events.append(
                {"trade": "social", "title": "Alerte prise", "day": _paris(alert.acknowledged_at), "rank": alert.pk + 1}
            )
    today = clock.today()
    for contact in household.contacts.select_related("author").order_by("-happened_on", "-id")[:limit]:
        if contact.is_planned and contact.happened_on > today and not social:
            continue
        title = str(contact.get_kind_display())
        if contact.is_planned and contact.happened_on >= today:
            title += " prévu" + ("e" if contact.kind == ContactKind.HOME_VISIT else "")
        events.append(
            {
                "trade": "social",
                "title": title,
                "text": contact.author.get_short_name() if social else "",
                "day": contact.happened_on,
                "veiled": not social,
                "rank": contact.pk,
            }
        )
    if whole:
        for measure in household.measures.order_by("-id")[:limit]:
            name = measure.get_kind_display()
            events.append({"trade": "social", "title": f"Mesure ouverte : {name}", "day": measure.period.lower})
            if measure.ended_on:
                events.append(
                    {
                        "trade": "social",
                        "title": f"Mesure terminée : {name}",
                        "text": str(measure.get_end_reason_display()),
                        "day": measure.ended_on,
                    }
                )
    return events


def _paris(moment: Any) -> date:
    day: date = moment.astimezone(clock.PARIS).date()
    return day


__all__ = [
    "Standing",
    "SocialView",
    "log_notes",
    "manager_alerts",
    "notes_for",
    "reads_alerts",
    "social_events",
    "social_view",
    "standing_of",
    "Referent",
]
