"""The social worker's week, and the head of social's view of the whole service. Only for the social roles."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, QuerySet

from common.reasons import Reason
from common.workdays import holidays
from leases.models import Household, Membership, Occupancy
from office.access.actor import Actor
from office.models import User
from office.parameters.queries import params_on
from office.tasks.queries import Todo, agenda, tasks_of
from social_link.alerts.codes import ALERT_DETAILS, OPEN_ALERTS, AlertLevel, AlertRule, AlertState
from social_link.alerts.duties import ANSWER, TAKE
from social_link.alerts.queries import Settled, alerts_for, settled_debts
from social_link.alerts.services.following import gravest_first
from social_link.contacts.codes import ContactKind
from social_link.contacts.parameters import silence_params
from social_link.contacts.rhythm import limits_of
from social_link.measures.codes import MeasureKind
from social_link.measures.parameters import ENDING_DAYS
from social_link.measures.queries import absences_of, accompanied, households_by_worker, measures_for
from social_link.measures.rules.rhythm import Limit
from social_link.models import Absence, Alert, Contact, Measure, Referent

LIST = 8
# Alerts on the home page of the head.
SHOWN = 12
SILENCES = frozenset({AlertRule.SILENCE, AlertRule.RHYTHM})
FRIDAY, EVENING = 4, 17
"""From Friday at this hour on, the week that counts is the next one."""

KIND_ICONS: dict[str, tuple[str, str]] = {
    ContactKind.HOME_VISIT: ("home-check", "social"),
    ContactKind.APPOINTMENT: ("message-2", "social"),
    ContactKind.CALL: ("phone", "neutral"),
    ContactKind.ABSENCE: ("door-exit", "neutral"),
    ContactKind.ACCOMPANIMENT: ("walk", "social"),
    ContactKind.DUTY: ("users", "neutral"),
    ContactKind.WATCH: ("eye", "neutral"),
    ContactKind.WORKSHOP: ("users", "social"),
    ContactKind.INFORMATION: ("users", "neutral"),
}


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An open alert, where the household lives, and the deadline that runs. `settled`: its debt is paid."""

    alert: Alert
    place: str
    due: date
    day: date
    settled: Settled | None = None

    @property
    def is_late(self) -> bool:
        return self.due < self.day

    @property
    def facts(self) -> list[Reason]:
        """The main facts of the gravest finding: how much, since when and why. The alert's page has the rest."""
        found = gravest_first(self.alert.standing)
        return [reason for reason in found[0].said if reason.code not in ALERT_DETAILS] if found else []

    @property
    def others(self) -> int:
        """How many findings stand beside that one."""
        return max(len(self.alert.standing) - 1, 0)


@dataclass(frozen=True, slots=True)
class WeekEvent:
    contact: Contact
    icon: str
    hue: str

    @property
    def at(self) -> str:
        """`9 h 30`, `14 h`; nothing for a contact without an hour."""
        time = self.contact.at_time
        if time is None:
            return ""
        return f"{time.hour}\u00a0h" + (f"\u00a0{time.minute:02d}" if time.minute else "")


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: date
    holiday: str
    events: list[WeekEvent]
    noted: list[WeekEvent]
    """What took place on a day that is past: one line."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A household that is to be met soon, or was to be by `limit`."""

    household: Household
    limit: Limit
    day: date

    @property
    def days(self) -> int:
        return self.limit.silent_for(self.day)

    @property
    def is_late(self) -> bool:
        return self.limit.is_late(self.day)


@dataclass(slots=True)
class SocialHome:
    tasks: list[Todo]
    alerts: list[AlertCard]
    to_answer: list[AlertCard]
    week: list[WeekDay]
    ending: list[Measure]
    silent: list[Silence]

    measures: list[tuple[str, int]]
    caseload: int
    absences: list[Absence]
    holiday: tuple[date, str] | None


def current_week(day: date, hour: int) -> date:
    """The Monday of the week to show at `hour` of `day`: from Friday evening on, the next one."""
    is_over = (day.weekday(), hour) >= (FRIDAY, EVENING)
    return day - timedelta(days=day.weekday()) + timedelta(weeks=is_over)


def social_home(*, actor: Actor, day: date, hour: int = 0, week: int = 0) -> SocialHome:
    """Fifteen queries, and those of the tasks. `week`: how many weeks after the current one is shown
    (`current_week`, at `hour`)."""
    monday = current_week(day, hour) + timedelta(weeks=week)

    # Each alert has a card of its own, with what it says: the first of those that are to take and to answer.
    waiting = tasks_of(actor).filter(kind__in=[TAKE.code, ANSWER.code])
    cards = alert_cards(alerts_for(actor).filter(pk__in=waiting.order_by().values("about_id")), day)
    caseload, silent = _silent(actor, day)
    ending = (
        Measure.objects.filter(referent=actor.user_id)
        .ending_by(day + timedelta(days=ENDING_DAYS))
        .select_related("household")
        .order_by("planned_end", "household__sort_key", "id")[:LIST]
    )
    counts = Counter(
        # As its list counts them.
        measures_for(actor).running_on(day).order_by().values_list("kind", flat=True)
    )
    days = _week(actor, monday, day)
    return SocialHome(
        tasks=agenda(actor, day=day, without=(TAKE, ANSWER)),
        alerts=[card for card in cards if card.alert.state == AlertState.RAISED],
        to_answer=[card for card in cards if card.alert.state == AlertState.ACKNOWLEDGED],
        week=days,
        ending=list(ending),
        silent=silent,
        measures=[(str(MeasureKind(kind).label), n) for kind, n in counts.most_common()],
        caseload=caseload,
        absences=absences_of(actor.user_id or 0, day),
        holiday=next(((d.day, d.holiday) for d in days if d.holiday and d.day >= day), None),
    )


def alert_cards(alerts: QuerySet[Alert], day: date, *, limit: int = 50) -> list[AlertCard]:
    """Urgent first, then by deadline and surname. Four queries. The dwelling of a protected household is not named."""
    protected = Membership.objects.filter(
        household=OuterRef("household"), period__contains=day, person__is_address_protected=True
    )
    rows = list(
        alerts.annotate(is_protected=Exists(protected)).order_by("ack_due_on", "household__sort_key", "id")[:limit]
    )
    places = dict(
        Occupancy.objects.filter(household__in={row.household_id for row in rows}, period__contains=day)
        .order_by("household", "main_period")
        .values_list("household", "dwelling__reference")
    )
    settled = settled_debts(rows)
    cards = [
        AlertCard(
            alert=row,
            place="" if row.is_protected else places.get(row.household_id, ""),
            due=row.ack_due_on if row.state == AlertState.RAISED else row.answer_due_on,
            day=day,
            settled=settled.get(row.pk),
        )
        for row in rows
    ]
    return sorted(
        cards,
        key=lambda card: (
            card.alert.level != AlertLevel.URGENT,
            card.due,
            card.alert.household.sort_key,
            card.alert.pk,
        ),
    )


def _week(actor: Actor, monday: date, today: date) -> list[WeekDay]:
    """What one planned or did from Monday to Friday; what was noted on a day that is past is folded."""
    days = [monday + timedelta(days=n) for n in range(5)]
    rows = (
        Contact.objects.filter(author=actor.user_id, happened_on__range=(days[0], days[-1]))
        .select_related("household")
        .order_by("happened_on", "at_time", "id")
    )
    events: dict[date, list[WeekEvent]] = {day: [] for day in days}
    noted: dict[date, list[WeekEvent]] = {day: [] for day in days}
    for row in rows:
        icon, hue = KIND_ICONS[row.kind]
        is_over = row.happened_on < today and not row.is_planned
        (noted if is_over else events)[row.happened_on].append(WeekEvent(row, icon, hue))
    return [WeekDay(day, holidays(day.year).get(day, ""), events[day], noted[day]) for day in days]


def _silent(actor: Actor, day: date) -> tuple[int, list[Silence]]:
    """The size of the caseload, with what one has of a colleague who is away, and its households that are to be met
    soon or were to be, the longest overdue first."""
    ids = set(accompanied(actor.user_id or 0).values_list("pk", flat=True))
    params = params_on(day)
    notice = silence_params(day, params=params).notice_days
    limits = limits_of(ids, day, params=params)
    near = {pk: limit for pk, limit in limits.items() if limit.is_near(day, notice)}
    households = Household.objects.in_bulk(near)
    found = [Silence(households[pk], limit, day) for pk, limit in near.items()]
    found.sort(key=lambda s: (s.limit.on, s.household.sort_key, s.household.pk))
    return len(ids), found[:LIST]


# ---------- the head of social ----------


@dataclass(frozen=True, slots=True)
class Workload:
    """One social worker: households, alerts to take and to answer, and how many of each are late; those of them that
    tell of a silence; measures to close or to renew."""

    user: User
    households: int
    to_take: int
    late_take: int
    to_answer: int
    late_answer: int
    silences: int
    deciding: int


@dataclass(slots=True)
class HeadHome:
    tasks: list[Todo]
    alerts: list[AlertCard]
    escalated: list[AlertCard]
    escalated_count: int
    workers: list[Workload]
    ending: list[Measure]
    without_referent: int
    to_take: int
    late: int
    open_alerts: int


@dataclass(frozen=True, slots=True)
class _Open:
    """An open alert as it is counted and put in order, without its household."""

    pk: int
    assignee_id: int
    late_with_id: int
    state: str
    is_urgent: bool
    due: date
    name: str
    is_late: bool
    is_escalated: bool
    is_silence: bool


def _open_alerts(actor: Actor, day: date) -> list[_Open]:
    """All of them, late ones first, then the urgent ones, by deadline and surname. One query."""
    found = []
    for pk, rule, assignee, late_with, state, level, take_by, answer_by, escalated_at, name in (
        alerts_for(actor)
        .filter(state__in=OPEN_ALERTS)
        .order_by()
        .values_list(
            "pk",
            "rule",
            "assignee",
            "late_with",
            "state",
            "level",
            "ack_due_on",
            "answer_due_on",
            "escalated_at",
            "household__sort_key",
        )
    ):
        due = take_by if state == AlertState.RAISED else answer_by
        found.append(
            _Open(
                pk, assignee, late_with or assignee, state, level == AlertLevel.URGENT, due, name, due < day,
                escalated_at is not None, rule in SILENCES,
            )
        )  # fmt: skip
    return sorted(found, key=lambda a: (not a.is_late, not a.is_urgent, a.due, a.name, a.pk))


def head_home(*, actor: Actor, day: date) -> HeadHome:
    """Eleven queries, and those of the tasks: every open alert is counted, the first ones shown, late ones first; then
    the load by worker."""
    alerts = _open_alerts(actor, day)
    shown = [alert.pk for alert in alerts[:SHOWN]]
    raised_to_head = [alert.pk for alert in alerts if alert.is_escalated][:SHOWN]
    wanted = alerts_for(actor).filter(pk__in={*shown, *raised_to_head})
    cards = {card.alert.pk: card for card in alert_cards(wanted, day)}
    workers = _workers(alerts, day)
    named = Referent.objects.filter(household=OuterRef("household"), period__contains=day)
    housed = Occupancy.objects.filter(~Exists(named), period__contains=day)
    alone = housed.aggregate(n=Count("household", distinct=True))["n"]
    ending = (
        Measure.objects.ending_by(day + timedelta(days=ENDING_DAYS))
        .select_related("household", "referent")
        .order_by("planned_end", "household__sort_key", "id")[:LIST]
    )
    return HeadHome(
        tasks=agenda(actor, day=day),
        alerts=[cards[pk] for pk in shown if pk in cards],
        escalated=[cards[pk] for pk in raised_to_head if pk in cards],
        escalated_count=sum(alert.is_escalated for alert in alerts),
        workers=workers,
        ending=list(ending),
        without_referent=alone,
        to_take=sum(alert.state == AlertState.RAISED for alert in alerts),
        late=sum(alert.is_late for alert in alerts),
        open_alerts=len(alerts),
    )


def _workers(alerts: Sequence[_Open], day: date) -> list[Workload]:
    loads = households_by_worker(day)
    by_worker: defaultdict[int, list[_Open]] = defaultdict(list)
    for alert in alerts:
        by_worker[alert.assignee_id].append(alert)
    # A delay is of who had the alert when it began.
    late = Counter((alert.late_with_id, alert.state) for alert in alerts if alert.is_late)
    ends = Measure.objects.ending_by(day + timedelta(days=ENDING_DAYS)).order_by()
    deciding = dict(ends.values_list("referent").annotate(n=Count("pk")))
    ids = set(by_worker) | set(loads) | {user for user, _ in late} | set(deciding)
    rows = []
    for user in User.objects.filter(pk__in=ids).order_by("sort_key", "id"):
        raised = [alert for alert in by_worker[user.pk] if alert.state == AlertState.RAISED]
        taken = [alert for alert in by_worker[user.pk] if alert.state == AlertState.ACKNOWLEDGED]
        rows.append(
            Workload(
                user=user,
                households=loads[user.pk],
                to_take=len(raised),
                late_take=late[user.pk, AlertState.RAISED],
                to_answer=len(taken),
                late_answer=late[user.pk, AlertState.ACKNOWLEDGED],
                silences=sum(alert.is_silence for alert in by_worker[user.pk]),
                deciding=deciding.get(user.pk, 0),
            )
        )
    return sorted(rows, key=lambda row: -(row.late_take + row.late_answer))
