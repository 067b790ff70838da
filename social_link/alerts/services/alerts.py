"""Alerts: raised from facts to a named person, taken, passed on, answered.

A fact alerts once (`AlertFact.key`); a household has one open alert, which later facts join.
"""

import logging
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, Q

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.reasons import Reason
from common.typography import counted, instant, uncapitalised
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can, roles_with
from office.access.people import people_who
from office.access.permissions import needs
from office.house.parameters import ALSACE_MOSELLE
from office.models import RoleGrant, ScheduleRun, User
from office.notices.services import NewNotice, notify, over
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import CauseCode, LetterHoldSource, NextStep
from rent_ledger.arrears.services.letter_holds import NewHold, hold_letters_of
from rent_ledger.arrears.services.social import record_social_answer, withdraw_social_answer
from rent_ledger.books.services.kept import reads_from_here
from rent_ledger.models import ArrearsCase, LetterHold
from social_link.alerts import notices
from social_link.alerts.codes import ALERT_FLOW, AlertLevel, AlertRule, AlertState
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.parameters import alert_params
from social_link.alerts.queries import is_closed_by_outcome, outcomes_of, settled_debts, waiting_signals
from social_link.alerts.rules import alerts as rules
from social_link.alerts.rules.alerts import AlertParams, Found
from social_link.alerts.services.absences import follow_absences
from social_link.alerts.services.deadlines import answer_by, refresh_alert_tasks, take_by
from social_link.alerts.services.following import follow_causes, follow_joined
from social_link.alerts.services.giving import give, one_pass
from social_link.alerts.services.registry import RULES, Reading, Rule, Trigger
from social_link.measures.away import Away
from social_link.measures.models import Referent

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


# ---------- raising ----------


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
    follow_joined()
    follow_causes(day)
    reads_from_here(READER, day=day)
    _report(report, _triggers(report))
    report.escalated = _escalate(day)
    return report


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
            _record(told, {pk: copy(alert) for pk, alert in open_ones.items()}, day)
        return {trigger.key for trigger, _ in told}
    except Exception:
        logger.exception("Alerts could not be written together: each household is written alone")
    written: set[str] = set()
    for household in dict.fromkeys(trigger.household_id for trigger, _ in told):
        own = [(trigger, to) for trigger, to in told if trigger.household_id == household]
        try:
            with transaction.atomic():
                _record(own, {household: open_ones[household]} if household in open_ones else {}, day)
            written |= {trigger.key for trigger, _ in own}
        except Exception:
            logger.exception("The alerts of household %s could not be written", household)
    return written


def recipients_of(household_ids: Iterable[int], day: date) -> dict[int, User]:
    """The referent of each household on `day`, or who stands in for him; else the head of the social service."""
    referents = Referent.objects.filter(household__in=household_ids, period__contains=day, user__is_active=True)
    away = Away.on(day)
    found = {row.household_id: row.user for row in referents.select_related("user")}
    found = {pk: there for pk, user in found.items() if (there := away.there(user, pk)) is not None}
    missing = [pk for pk in household_ids if pk not in found]
    if missing:
        grant = (
            RoleGrant.objects.filter(role__in=roles_with(Write(Data.ALERT)), period__contains=day, user__is_active=True)
            .select_related("user")
            .order_by("id")
            .first()
        )
        if grant:
            found |= dict.fromkeys(missing, grant.user)
    return found


def _record(told: Sequence[tuple[Trigger, User]], open_ones: dict[int, Alert], day: date) -> None:
    """Write each fact on its household's open alert (locked, by household), or on a new one; then hold the letters."""
    params = alert_params(day)
    alsace = params_on(day).flag(ALSACE_MOSELLE)
    alerts = dict(open_ones)
    opened: list[Alert] = []
    joined: dict[int, Alert] = {}
    for trigger, to in told:
        alert = alerts.get(trigger.household_id)
        if alert is None:
            alerts[trigger.household_id] = alert = _new_alert(trigger, to, day, params, alsace)
            opened.append(alert)
            continue
        _join(alert, trigger, day, params, alsace)
        if alert.pk:
            joined[alert.pk] = alert
    if opened and (away := Away.on(day)).absences:
        rows = Referent.objects.filter(household__in=[row.household_id for row in opened], period__contains=day)
        absences = {row.household_id: away.absence_of(row.user_id) for row in rows}
        for row in opened:
            absence = absences.get(row.household_id)
            # Given to the head where nobody could stand in, it is hers.
            if absence is not None and away.stand_in(absence, row.household_id) == row.assignee_id:
                row.absence = absence
    Alert.objects.bulk_create(opened)
    Alert.objects.bulk_update(
        joined.values(), ["level", "rule", "case", "escalated_at", "ack_due_on", "answer_due_on"], batch_size=1000
    )
    AlertFact.objects.bulk_create(
        AlertFact(alert=alerts[t.household_id], rule=t.rule, key=t.key, reasons=[r.to_json() for r in t.reasons])
        for t, _ in told
    )
    raised = [(alerts[trigger.household_id], trigger) for trigger, _ in told]
    _hold(raised, day, params)
    _tell_urgent([pair for pair in raised if pair[1].level == AlertLevel.URGENT])
    refresh_alert_tasks({*(alert.pk for alert in opened), *joined}, Actor.system())


def heads_of_service() -> list[int]:
    """Who sees every alert of the service, and answers for it."""
    return list(people_who(Write(Data.ALERT)).values_list("pk", flat=True))


def _tell_urgent(raised: Sequence[tuple[Alert, Trigger]]) -> None:
    """An urgent fact is told at once to who has the alert and to the heads of the service."""
    heads = heads_of_service() if raised else []
    notify(
        new=[
            NewNotice(notices.URGENT, user, alert.pk, trigger.key, is_urgent=True)
            for alert, trigger in raised
            for user in dict.fromkeys([alert.assignee_id, *heads])
        ],
        actor=Actor.system(),
    )


def _new_alert(trigger: Trigger, to: User, day: date, params: AlertParams, alsace: bool) -> Alert:
    urgent = trigger.level == AlertLevel.URGENT
    answer_due = answer_by(trigger.level, trigger.rule, day, params, alsace)
    return Alert(
        household_id=trigger.household_id,
        case_id=trigger.case_id,
        rule=trigger.rule,
        level=trigger.level,
        assignee=to,
        ack_due_on=min(take_by(trigger.level, day, params, alsace), answer_due),
        answer_due_on=answer_due,
        # An urgent signal goes to the head of the service at once, not after the delay.
        escalated_at=clock.now() if urgent else None,
    )


def _join(alert: Alert, trigger: Trigger, day: date, params: AlertParams, alsace: bool) -> None:
    """A later fact: the alert keeps the highest level, the rule that gave it, and the debt file if there is one."""
    if rules.higher(alert.level, trigger.level) != alert.level:
        alert.level, alert.rule = trigger.level, trigger.rule
    if alert.case_id is None:
        alert.case_id = trigger.case_id
    if trigger.level == AlertLevel.URGENT or trigger.rule == AlertRule.WEAK_SIGNAL:
        due = answer_by(trigger.level, trigger.rule, day, params, alsace)
        alert.answer_due_on = min(alert.answer_due_on, due)
        # Nobody takes it after the day by which it is answered.
        if alert.state == AlertState.RAISED:
            alert.ack_due_on = min(alert.ack_due_on, alert.answer_due_on)
    if trigger.level == AlertLevel.URGENT:
        alert.escalated_at = alert.escalated_at or clock.now()
        if alert.state == AlertState.RAISED:
            alert.ack_due_on = min(alert.ack_due_on, take_by(trigger.level, day, params, alsace))


def _hold(raised: Sequence[tuple[Alert, Trigger]], day: date, params: AlertParams) -> None:
    """Hold the letters of the cases as long as their rule says; a hold of a rule is never made shorter."""
    wanted: dict[int, date] = {}
    for alert, trigger in raised:
        hold = RULES[trigger.rule].hold
        if hold is None or trigger.case_id is None:
            continue
        until = hold(day, alert.answer_due_on, params)
        if trigger.case_id not in wanted or until > wanted[trigger.case_id]:
            wanted[trigger.case_id] = until
    if not wanted:
        return
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(pk__in=wanted, closed_on__isnull=True)
    running = dict(
        LetterHold.objects.filter(case__in=wanted, source=LetterHoldSource.RULE, lifted_at__isnull=True)
        .values_list("case_id")
        .annotate(until=Max("until"))
    )
    holds = [
        NewHold(case, wanted[case.pk], "Alerte envoyée au service social")
        for case in cases.order_by("pk")
        if case.pk not in running or running[case.pk] < wanted[case.pk]
    ]
    if holds:
        hold_letters_of(holds=holds, source=LetterHoldSource.RULE, actor=Actor.system())


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


# ---------- a person's answer ----------


def locked(alert: Alert, actor: Actor) -> Alert:
    """The alert under lock, if the actor may act on it."""
    # No join under the lock: after a wait, PostgreSQL would compare the new row with the people of the old one.
    row = Alert.objects.select_for_update().get(pk=alert.pk)
    if not Alert.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette alerte concerne un ménage que vous ne suivez pas.")
    return row


def must_be_open(row: Alert) -> None:
    if row.state == AlertState.ANSWERED:
        when = instant(row.answered_at, today=clock.today()) if row.answered_at else ""
        raise Conflict(f"Cette alerte a déjà sa réponse, {when}.", code="answered")
    if row.state == AlertState.DROPPED:
        raise Conflict("Cette alerte est sans objet : ce qu’elle disait était une erreur.", code="answered")


def must_be_alone(row: Alert) -> None:
    """One that is to be answered again: the household has no other open one."""
    if Alert.objects.open().filter(household=row.household_id).exists():
        raise Conflict(
            "Ce ménage a une autre alerte ouverte depuis, que voici : répondez à celle-ci, sa réponse compte seule.",
            code="already_open",
        )


def move(row: Alert, state: AlertState) -> None:
    now = uncapitalised(AlertState(row.state).label)
    ALERT_FLOW.check(row.state, state, message=f"Cette alerte est {now} : cette action n’est plus possible.")
    row.state = state


def take(row: Alert, actor: Actor) -> None:
    """The alert, locked, is taken by the actor."""
    assert actor.user is not None
    move(row, AlertState.ACKNOWLEDGED)
    row.taken_from_id = row.assignee_id
    row.acknowledged_at, row.acknowledged_by, row.assignee = clock.now(), actor.user, actor.user
    over(*notices.ALL, about_ids=[row.pk])


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def acknowledge(*, alert: Alert, actor: Actor) -> Alert:
    """« Je prends ». `Conflict` names the colleague who took it first; one's own that is taken stays as it is."""
    row = locked(alert, actor)
    must_be_open(row)
    if row.state == AlertState.ACKNOWLEDGED:
        if actor.user_id in (row.acknowledged_by_id, row.assignee_id):
            return row
        when = instant(row.acknowledged_at, today=clock.today()) if row.acknowledged_at else ""
        raise Conflict(f"{row.acknowledged_by} a déjà pris cette alerte, {when}.", code="taken")
    take(row, actor)
    row.save()
    refresh_alert_tasks([row.pk], actor)
    return row


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def reassign(*, alert: Alert, to: User, actor: Actor, reason: str = "") -> Alert:
    """Give the alert to a colleague. One that was taken stays taken, by whom and when, and waits for his answer;
    another is his to take. The deadlines stay, but nobody is given one to take by a day that is past: he has the
    delay anew. A delay stays with who had the alert then (`late_with`).

    He is told, at once if it is urgent or asks something by the next working day; so is who had it until now.

    Raises `InvalidInput` (`to`).
    """
    row = locked(alert, actor)
    must_be_open(row)
    today = clock.today()
    if (
        not to.is_active
        or not to.grants.filter(role__in=roles_with(Write(Data.ALERT, OWN)), period__contains=today).exists()
    ):
        raise InvalidInput(f"{to} ne fait pas partie du service social.", field="to")
    if to.pk == row.assignee_id:
        raise InvalidInput(f"Cette alerte est déjà à {to}.", field="to")
    row.absence = None
    give(row, to, actor=actor, reason=reason)
    return row


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def answer(
    *,
    alert: Alert,
    contact_made: bool,
    cause: str = "",
    hold_until: date | None = None,
    plan_asked: bool = False,
    plan_amount: Decimal | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> Alert:
    """Answer: the debt file learns the cause code, the hold, the plan asked and the next step, and nothing else.

    An alert that nobody took is taken by who answers. Without a debt file, the answer only ends the alert.

    `Conflict` while a technician's signal waits for what came of it (`services.signals`).

    Raises `InvalidInput` (`hold_until`, `cause`).
    """
    row = locked(alert, actor)
    must_be_open(row)
    if waiting_signals(row):
        raise Conflict(
            "Un technicien a signalé quelque chose ici : dites d’abord, sur la page de l’alerte, ce qu’il en est.",
            code="signal_waits",
        )
    today = clock.today()
    if hold_until is not None:
        longest = alert_params(today).hold_max_days
        if not today <= hold_until <= today + timedelta(days=longest):
            within = counted(longest, "jour")
            raise InvalidInput(f"Une pause va d’aujourd’hui à {within}, et se renouvelle.", field="hold_until")
    if row.state == AlertState.RAISED:
        take(row, actor)
    if row.case is not None:
        if not cause:
            raise InvalidInput("Choisissez la cause dans la liste.", field="cause")
        row.answer = record_social_answer(
            case=row.case,
            contact_made=contact_made,
            cause=cause,
            hold_until=hold_until,
            plan_asked=plan_asked,
            plan_amount=plan_amount,
            next_step=next_step,
            next_step_on=next_step_on,
            actor=actor,
        )
    move(row, AlertState.ANSWERED)
    row.answered_at = clock.now()
    row.save()
    over(*notices.ALL, about_ids=[row.pk])
    refresh_alert_tasks([row.pk], actor)
    return row


@needs(Write(Data.ALERT, OWN))
def already_followed(
    *,
    alert: Alert,
    cause: str = "",
    hold_until: date | None = None,
    next_step: str = "",
    next_step_on: date | None = None,
    actor: Actor,
) -> Alert:
    """« Déjà suivi »: the household is already followed for this. Takes and answers the alert in one step."""
    return answer(
        alert=alert, contact_made=True, cause=cause, hold_until=hold_until, next_step=next_step,
        next_step_on=next_step_on, actor=actor,
    )  # fmt: skip


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def close_paid(*, alert: Alert, actor: Actor) -> Alert:
    """« Clore : payé le … »: what the alert tells has been paid, so nobody has to be asked why.

    The debt file learns that the debt is settled, and no cause. `Conflict` where something is still due, or where the
    alert tells something else than a debt.
    """
    row = locked(alert, actor)
    must_be_open(row)
    settled = settled_debts([row]).get(row.pk)
    if settled is None:
        raise Conflict("Cette alerte attend une réponse : sa dette n’est pas soldée, ou elle dit autre chose.")
    return answer(
        alert=row, contact_made=False, cause=CauseCode.UNKNOWN, next_step=NextStep.PAID, next_step_on=settled.paid_on,
        actor=actor,
    )  # fmt: skip


@needs(Write(Data.ALERT, OWN))
@transaction.atomic
def take_back_answer(*, alert: Alert, actor: Actor) -> Alert:
    """The answer was a mistake, or « payé » was: the alert is to answer again, and the debt file as it was before, with
    the holds that waited. By who answered, who has the alert, or the head. Again changes nothing.

    `Conflict` once something stands on the answer (`withdraw_social_answer`), or the household has another open one.

    Raises `NotAllowed`.
    """
    row = locked(alert, actor)
    if row.state != AlertState.ANSWERED:
        return row
    told = row.answer
    by = told.author_id if told else row.acknowledged_by_id
    if actor.user_id not in (by, row.assignee_id) and not can(actor, Write(Data.ALERT)):
        raise NotAllowed("La personne qui a répondu reprend sa réponse, ou la responsable du service.")
    if is_closed_by_outcome(row, outcomes_of(row)):
        raise Conflict("Cette alerte est close par ce que vous avez dit du signal : reprenez-le.", code="wrong_state")
    must_be_alone(row)
    move(row, AlertState.ACKNOWLEDGED)
    row.answer, row.answered_at = None, None
    row.save()
    if told is not None:
        withdraw_social_answer(answer=told, actor=actor)
    refresh_alert_tasks([row.pk], actor)
    return row
