"""Alerts are raised from facts, each to a named person.

A fact alerts once (`AlertFact.key`); a household has one open alert, which later facts join.
"""

import logging
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Max, Q

from common import clock
from common.errors import Conflict, InvalidInput
from common.reasons import Reason
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import ScheduleRun, User
from office.notices.services import NewNotice, notify
from rent_ledger.books.services.kept import reads_from_here
from social_link.alerts import notices
from social_link.alerts.codes import AlertRule, AlertState
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.parameters import alert_params
from social_link.alerts.rules.alerts import Found
from social_link.alerts.services.absences import follow_absences
from social_link.alerts.services.deadlines import refresh_alert_tasks
from social_link.alerts.services.following import follow_causes, follow_joined
from social_link.alerts.services.giving import give, one_pass
from social_link.alerts.services.recipients import heads_of_service, recipients_of
from social_link.alerts.services.recording import record_facts
from social_link.alerts.services.registry import RULES, Reading, Rule, Trigger
from social_link.measures.queries import social_people

logger = logging.getLogger(__name__)

SCHEDULE = "alerts"
READER = "alerts"
"""Under which name a pass keeps which version of the books it has read."""


@dataclass(frozen=True, slots=True)
class RaisedLine:
    """One fact of a report: for whom, by which rule, what is said; `opens`: a new alert, else it joins the open one."""

    household_id: int
    household: str
    rule: str
    level: str
    reasons: tuple[Reason, ...]
    assignee: str
    opens: bool


@dataclass(slots=True)
class RaiseReport:
    """What a pass found. `unassigned`: households for whom nobody of the social service could be found; `failed`:
    households and rules that an unexpected error left out (in the log); the next pass finds them again."""

    day: date
    dry: bool
    lines: list[RaisedLine] = field(default_factory=list)
    escalated: int = 0
    unassigned: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def opened(self) -> int:
        return sum(line.opens for line in self.lines)

    @property
    def joined(self) -> int:
        return len(self.lines) - self.opened


def last_day() -> date | None:
    """The day of the last pass that wrote."""
    newest = AlertFact.objects.aggregate(at=Max("recorded_at"))["at"]
    ran = ScheduleRun.objects.filter(schedule__task=SCHEDULE, ended_at__isnull=False).aggregate(day=Max("period"))[
        "day"
    ]
    days = [newest.astimezone(clock.PARIS).date()] if newest else []
    return max([*days, *([date.fromisoformat(ran)] if ran else [])], default=None)


def pass_to_come(today: date) -> date | None:
    """The day of the last pass, where it is still to come: a clock was ahead."""
    last = last_day()
    return last if last is not None and last > today else None


@needs(Write(Data.ALERT))
def raise_alerts(*, day: date, actor: Actor, dry: bool = False) -> RaiseReport:
    """Find new facts up to `day`, raise alerts, escalate those that wait too long. A second run changes nothing.

    `dry`: read only, for any day. Otherwise `Conflict` if `day` is past and before the last pass, `InvalidInput` if it
    is after today.
    """
    if dry:
        report = RaiseReport(day, dry=True)
        _report(report, _triggers(report))
        return report
    today, last = clock.today(), last_day()
    if day > today:
        raise InvalidInput("Les alertes ne se lèvent pas pour un jour à venir.", code="future_day")
    # For who asks for a day that is past. A live pass goes on after a pass of a day to come (a clock that was wrong):
    # a fact alerts once by its key, and the administrator is told (`pass_to_come`).
    if last is not None and day < min(last, today):
        raise Conflict(
            f"Les alertes sont déjà passées le {last:%d/%m/%Y} : pour un jour antérieur, lisez seulement, "
            "sans --wet-run.",
            code="past_day",
        )
    if day < today:
        with clock.travel(day):
            return _raise(day, actor)
    return _raise(day, actor)


@transaction.atomic
def _raise(day: date, actor: Actor) -> RaiseReport:
    """One pass at a time (advisory lock): a second one waits, then finds the facts of the first already recorded."""
    one_pass()
    report = RaiseReport(day, dry=False)
    follow_absences(day, Actor.system())
    _follow_departures(day)
    follow_joined()
    follow_causes(day)
    reads_from_here(READER, day=day)
    _report(report, _triggers(report))
    report.escalated = _escalate(day)
    return report


LEFT = "Ne fait plus partie du service social"


def _follow_departures(day: date) -> None:
    """What is open with somebody who has left the service goes to who gets the alerts of the household now."""
    rows = list(
        Alert.objects.open().exclude(assignee__in=social_people(day)).select_for_update(of=("self",)).order_by("pk")
    )
    recipients = recipients_of({row.household_id for row in rows}, day) if rows else {}
    for row in rows:
        if (to := recipients.get(row.household_id)) is not None:
            row.absence = None
            give(row, to, actor=Actor.system(), reason=LEFT)


def _triggers(report: RaiseReport) -> list[Trigger]:
    """All new facts up to the day, in a fixed order of locks: cases by id, then households."""
    reading = Reading(report.day, alert_params(report.day))
    once: dict[str, Trigger] = {}
    for rule in RULES.values():
        try:
            with transaction.atomic():
                once |= new_of_rule(rule, reading)
        except Exception:  # a rule that fails must not stop the others
            logger.exception("The rule %s of the alerts failed", rule.code)
            report.failed.append(rule.code.label)
    # A silence adds nothing where something else asks for a contact on the same day; with a debt it is told as one.
    for quiet in (AlertRule.SILENCE, AlertRule.RHYTHM):
        asked = {t.household_id for t in once.values() if t.rule not in (quiet, AlertRule.RHYTHM)}
        once = {key: t for key, t in once.items() if t.rule != quiet or t.household_id not in asked}
    return sorted(once.values(), key=lambda t: (t.case_id is None, t.case_id or 0, t.household_id, t.key))


def new_of_rule(rule: Rule, reading: Reading) -> dict[str, Trigger]:
    """New facts of the rule, by key. The same fact found for two kinds of benefit counts once."""
    found = {rule.trigger(row).key: row for row in rule.find(reading, rule)}
    new = _new_keys(found)
    told: Sequence[Found] = [row for key, row in found.items() if key in new]
    if rule.complete and told:
        told = rule.complete(reading, told)
    return {trigger.key: trigger for trigger in map(rule.trigger, told)}


def _new_keys(keys: Iterable[str]) -> set[str]:
    wanted = set(keys)
    return wanted - set(AlertFact.objects.filter(key__in=wanted).values_list("key", flat=True))


def _report(report: RaiseReport, triggers: Sequence[Trigger]) -> None:
    """Find the recipient of each trigger, and write the alerts unless the report is dry."""
    if not triggers:
        return
    day = report.day
    ids = {t.household_id for t in triggers}
    names = dict(Household.objects.filter(pk__in=ids).values_list("pk", "name"))
    recipients = recipients_of(ids, day)
    now_open = Alert.objects.open().filter(household__in=ids)
    if not report.dry:
        # If someone is answering one of them now, wait: once answered it is closed, and new facts open a new alert.
        # No join under the lock: after a wait, PostgreSQL would compare the new row with the people of the old one.
        now_open = now_open.select_for_update().order_by("pk")
    open_ones = {alert.household_id: alert for alert in now_open}
    users = User.objects.in_bulk({*(a.assignee_id for a in open_ones.values()), *(u.pk for u in recipients.values())})
    seen: set[int] = set(open_ones)
    told: list[tuple[Trigger, User]] = []
    lines: dict[str, RaisedLine] = {}
    for trigger in triggers:
        household = trigger.household_id
        to = users.get(open_ones[household].assignee_id) if household in open_ones else recipients.get(household)
        if to is None:
            report.unassigned.append(names[household])
            continue
        told.append((trigger, to))
        lines[trigger.key] = RaisedLine(
            household, names[household], trigger.rule, trigger.level, trigger.reasons, to.get_full_name(),
            household not in seen,
        )  # fmt: skip
        seen.add(household)
    if not report.dry:
        written = _record_each(told, open_ones, day)
        lost = {t.household_id for t, _ in told if t.key not in written}
        report.failed += [names[household] for household in sorted(lost)]
        lines = {key: line for key, line in lines.items() if key in written}
    report.lines += lines.values()


def _record_each(told: Sequence[tuple[Trigger, User]], open_ones: dict[int, Alert], day: date) -> set[str]:
    """Write all at once; if that fails, household by household, so that an error loses one household only.

    Returns the keys written.
    """
    try:
        with transaction.atomic():
            record_facts(told, {pk: copy(alert) for pk, alert in open_ones.items()}, day)
        return {trigger.key for trigger, _ in told}
    except Exception:
        logger.exception("Alerts could not be written together: each household is written alone")
    written: set[str] = set()
    for household in dict.fromkeys(trigger.household_id for trigger, _ in told):
        own = [(trigger, to) for trigger, to in told if trigger.household_id == household]
        try:
            with transaction.atomic():
                record_facts(own, {household: open_ones[household]} if household in open_ones else {}, day)
            written |= {trigger.key for trigger, _ in own}
        except Exception:
            logger.exception("The alerts of household %s could not be written", household)
    return written


def _escalate(day: date) -> int:
    """R12: an alert not taken or not answered in time becomes visible to the head of the service. Once per alert."""
    late = Q(state=AlertState.RAISED, ack_due_on__lt=day) | Q(answer_due_on__lt=day)
    rows = list(Alert.objects.open().filter(late, escalated_at__isnull=True).select_for_update().order_by("pk"))
    Alert.objects.filter(pk__in=[row.pk for row in rows]).update(escalated_at=clock.now())
    heads = heads_of_service() if rows else []
    notify(
        new=[NewNotice(notices.LATE, head, row.pk, str(row.pk)) for row in rows for head in heads], actor=Actor.system()
    )
    if rows:
        refresh_alert_tasks([row.pk for row in rows], Actor.system())
    return len(rows)
