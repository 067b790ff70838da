"""What a planned contact asks once its day has come: to be noted by who planned it. What the answer to an alert has
announced as the next step: to be done by its day."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import TruncDate

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.arrears.codes import NextStep
from rent_ledger.models import SocialAnswer
from social_link.alerts.codes import ABOUT_ALERT, AlertState
from social_link.alerts.models import Alert
from social_link.contacts.codes import ABOUT_CONTACT, COLLECTIVE, MEETINGS, NOT_HELD, ContactDuty, ContactKind
from social_link.contacts.models import Contact
from social_link.measures.away import Away
from social_link.measures.models import Measure, Referent


def _contacts(ids: Collection[int]) -> QuerySet[Contact]:
    return Contact.objects.filter(pk__in=ids)


def _to_note(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the day itself on; the check of the morning opens those of the day."""
    rows = Contact.objects.filter(is_planned=True, happened_on__lte=clock.today()).order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(pk, due_on=day, household_id=household, assignee_id=author)
        for pk, day, household, author in rows.values_list("pk", "happened_on", "household_id", "author_id")
    ]


def _noted(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return {pk: Ending() for pk in _contacts(raised).values_list("pk", flat=True)}


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        contact.pk: TaskLine(
            f"{contact.get_kind_display()} à noter : {contact.household.name}",
            short_day(contact.happened_on, today=today),
            contact.household.name,
            f"{_page()}#c{contact.pk}",
        )
        for contact in _contacts(ids).select_related("household")
    }


def _page() -> str:
    return link("social_link:contacts")


NOTE = declare(
    TaskKind(
        code=ContactDuty.NOTE, about=ABOUT_CONTACT, reveals=Data.CONTACT, falls_to=Write(Data.CONTACT),
        causes=_to_note, endings=_noted, show=_shown, locks=_contacts,
        look=TaskLook("calendar-check", "social", "Noter", "contact à noter,contacts à noter", _page),
    )
)  # fmt: skip


# ---------- the next step of an answer ----------

DONE_BY: Mapping[NextStep, frozenset[ContactKind]] = {
    NextStep.MEETING: MEETINGS,
    NextStep.VISIT: frozenset({ContactKind.HOME_VISIT}),
    # Nobody there: it was tried again.
    NextStep.CONTACT: frozenset(ContactKind) - COLLECTIVE,
}
"""The steps that a contact does, and which one. A measure that is opened does its own; somebody says of the others
that they are done."""
FOLLOWED = "Une autre réponse a suivi"
PAID = "La dette est soldée"
PLANNED = "C’est prévu dans l’agenda"


@dataclass(frozen=True, slots=True)
class _Told:
    """A step as it stands. `referent`: who accompanies the household today. `is_later`: another answer came since.
    `met`, `planned`: a contact of a fitting kind came after the answer, or is to come; a measure that was opened since
    is `met` too."""

    alert_id: int
    day: date | None
    household_id: int
    assignee_id: int
    referent_id: int | None
    done_by_id: int | None
    closed_on: date | None
    is_later: bool
    met: bool
    planned: bool

    @property
    def is_asked(self) -> bool:
        return not (self.done_by_id or self.closed_on or self.is_later or self.met or self.planned)


def _told(rows: QuerySet[Alert]) -> list[_Told]:
    """The steps that the answers of these alerts announced, but « réglé », which asks nothing. One query."""
    later = SocialAnswer.objects.filter(case=OuterRef("case"), pk__gt=OuterRef("answer"))
    referent = Referent.objects.filter(
        household=OuterRef("household"), period__contains=clock.today(), user__is_active=True
    )
    opened = Measure.objects.filter(household=OuterRef("household"), created_at__gt=OuterRef("answered_at"))
    found = (
        rows.filter(state=AlertState.ANSWERED, answer__next_step_on__isnull=False)
        .exclude(answer__next_step=NextStep.PAID)
        .annotate(answered_on=TruncDate("answered_at", tzinfo=clock.PARIS))
        .annotate(
            referent=Subquery(referent.values("user")[:1]),
            is_later=Exists(later),
            met=_kept(Q(Exists(opened), answer__next_step=NextStep.MEASURE), is_planned=False),
            planned=_kept(is_planned=True),
        )
        .order_by("pk")
    )
    return [
        _Told(*row)
        for row in found.values_list(
            "pk", "answer__next_step_on", "household_id", "assignee_id", "referent", "step_done_by_id",
            "case__closed_on", "is_later", "met", "planned",
        )
    ]  # fmt: skip


def _kept(otherwise: Q | None = None, *, is_planned: bool) -> Case:
    """Whether a contact of a kind that does the step is to come, or came after the answer; or `otherwise`."""
    contacts = Contact.objects.filter(household=OuterRef("household"), is_planned=is_planned)
    if not is_planned:
        contacts = contacts.exclude(outcome__in=NOT_HELD).filter(
            Q(happened_on__gt=OuterRef("answered_on"))
            | Q(happened_on=OuterRef("answered_on"), recorded_at__gt=OuterRef("answered_at"))
        )
    cases = [
        When(Q(answer__next_step=step) & Exists(contacts.filter(kind__in=sorted(kinds))), then=True)
        for step, kinds in DONE_BY.items()
    ]
    return Case(*cases, *([When(otherwise, then=True)] if otherwise else []), default=False)


def _steps(ids: Collection[int] | None) -> Iterable[Cause]:
    """Asked of who accompanies the household, or stands in for him; else of who had the alert."""
    rows = Alert.objects.filter(case__closed_on=None, step_done_at=None)
    asked = [step for step in _told(rows if ids is None else rows.filter(pk__in=ids)) if step.is_asked]
    away = Away.on(clock.today()) if asked else None
    causes = []
    for step in asked:
        who = step.referent_id or step.assignee_id
        if away is not None and (absence := away.absence_of(who)) is not None:
            who = away.stand_in(absence, step.household_id) or who
        causes.append(Cause(step.alert_id, due_on=step.day, household_id=step.household_id, assignee_id=who))
    return causes


def _stepped(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    found = {}
    for step in _told(Alert.objects.filter(pk__in=raised)):
        if step.done_by_id or step.met:
            found[step.alert_id] = Ending(by_id=step.done_by_id)
        elif why := (FOLLOWED if step.is_later else PAID if step.closed_on else PLANNED if step.planned else ""):
            found[step.alert_id] = Ending(why)
    return found


def _shown_steps(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    found = {}
    for alert in Alert.objects.filter(pk__in=ids, answer__isnull=False).select_related("household", "answer"):
        name, answer = alert.household.name, alert.answer
        assert answer is not None
        told = short_day(answer.answered_at.astimezone(clock.PARIS).date(), today=today)
        found[alert.pk] = TaskLine(
            f"{answer.get_next_step_display()} : {name}",
            f"Annoncé dans la réponse du {told}",
            name,
            f"{link('social_link:alert', alert.pk)}#t-vu",
        )
    return found


STEP = declare(
    TaskKind(
        code=ContactDuty.STEP, about=ABOUT_ALERT, reveals=Data.ALERT, falls_to=Write(Data.ALERT),
        causes=_steps, endings=_stepped, show=_shown_steps, locks=lambda ids: Alert.objects.filter(pk__in=ids),
        look=TaskLook(
            "calendar-check", "social", "Ouvrir", "étape annoncée,étapes annoncées",
            lambda: link("social_link:alerts", etat="repondues"), days_ahead=7,
        ),
    )
)  # fmt: skip
