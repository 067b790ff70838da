"""Alerts: raised from facts to a named person, taken, passed on, answered.

A fact alerts once (`AlertFact.key`); a household has one open alert, which later facts join.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Max, Q

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from common.typography import instant
from common.workdays import add_working_days
from leases.models import Household
from office.actor import Actor
from office.enums import SOCIAL_ROLES, Role
from office.models import RoleGrant, ScheduleRun, User
from office.parameters import ALSACE_MOSELLE, params_on
from office.permissions import require
from rent_ledger.enums import LetterHoldSource
from rent_ledger.models import ArrearsCase, LetterHold
from rent_ledger.services.arrears import NewHold, hold_letters_of, record_social_answer
from social_link.enums import AlertLevel, AlertRule, AlertState
from social_link.models import Alert, AlertFact, Referent
from social_link.parameters import alert_params
from social_link.rules import alerts as rules
from social_link.rules.alerts import AlertParams, Trigger
from social_link.services import facts

SCHEDULE = "alerts"
# One pass at a time: "ALER" in ASCII.
_LOCK = 0x414C4552


@dataclass(frozen=True, slots=True)
class RaisedLine:
    """One fact of a report: for whom, by which rule, what is said; `opens`: a new alert, else it joins the open one."""

    household_id: int
    household: str
    rule: str
    level: str
    facts: tuple[str, ...]
    assignee: str
    opens: bool


@dataclass(slots=True)
class RaiseReport:
    """What a pass found. `unassigned`: households for whom nobody of the social service could be found."""

    day: date
    dry: bool
    lines: list[RaisedLine] = field(default_factory=list)
    escalated: int = 0
    unassigned: list[str] = field(default_factory=list)

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


def raise_alerts(*, day: date, actor: Actor, dry: bool = False) -> RaiseReport:
    """Find what is new by `day` and alert about it; escalate what waits too long. Again the same day: nothing more.

    `dry` reads only, as of any day. Otherwise `day` is played: never before the last pass (`Conflict`), nor after
    today (`InvalidInput`).
    """
    if not actor.is_system:
        require(actor, Role.HEAD_OF_SOCIAL)
    if dry:
        return _report(day, _triggers(day), dry=True)
    today, last = clock.today(), last_day()
    if day > today:
        raise InvalidInput("Les alertes ne se lèvent pas pour un jour à venir.", code="future_day")
    if last is not None and day < last:
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
    """One pass at a time: the second one finds told what the first has told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    report = _report(day, _triggers(day), dry=False)
    report.escalated = _escalate(day)
    return report


def _triggers(day: date) -> list[Trigger]:
    """Everything that is new by `day`, in one order of locks: cases by number, then households."""
    params = alert_params(day)
    found: list[Trigger] = []
    cases = facts.case_facts(day)
    firing = {f.case_id: t.key for _, f in cases if (t := rules.unpaid(f, day=day, params=params))}
    new = _new_keys(firing.values())
    told = [(account, f) for account, f in cases if firing.get(f.case_id) in new]
    for full in facts.with_payments(told, day):
        trigger = rules.unpaid(full, day=day, params=params)
        assert trigger is not None
        found.append(trigger)
    others = [t for b in facts.benefit_facts(day, params) if (t := rules.benefit_fell(b, params=params))]
    others += rules.repeated_absences(facts.absences(day, params), params=params)
    unknown = _new_keys(t.key for t in others)
    found += [t for t in others if t.key in unknown]
    found += [rules.weak_signal(s) for s in facts.signals(day)]
    found += [rules.asked(r, day=day) for r in facts.requests(day)]
    # A fact that two kinds of benefit tell at once is one fact.
    once = {t.key: t for t in reversed(found)}.values()
    return sorted(once, key=lambda t: (t.case_id is None, t.case_id or 0, t.household_id, t.key))


def _new_keys(keys: Iterable[str]) -> set[str]:
    wanted = set(keys)
    return wanted - set(AlertFact.objects.filter(key__in=wanted).values_list("key", flat=True))


def _report(day: date, triggers: Sequence[Trigger], *, dry: bool) -> RaiseReport:
    report = RaiseReport(day, dry)
    if not triggers:
        return report
    ids = {t.household_id for t in triggers}
    names = dict(Household.objects.filter(pk__in=ids).values_list("pk", "name"))
    recipients = _recipients(ids, day)
    now_open = Alert.objects.open().filter(household__in=ids)
    if not dry:
        # Whoever answers one of them now is waited for, then has ended it: what is new opens another one.
        # No join under the lock: after a wait, PostgreSQL would compare the new row with the people of the old one.
        now_open = now_open.select_for_update().order_by("pk")
    open_ones = {alert.household_id: alert for alert in now_open}
    users = User.objects.in_bulk({*(a.assignee_id for a in open_ones.values()), *(u.pk for u in recipients.values())})
    seen: set[int] = set(open_ones)
    told: list[tuple[Trigger, User]] = []
    for trigger in triggers:
        household = trigger.household_id
        to = users.get(open_ones[household].assignee_id) if household in open_ones else recipients.get(household)
        if to is None:
            report.unassigned.append(names[household])
            continue
        told.append((trigger, to))
        report.lines.append(
            RaisedLine(
                household, names[household], trigger.rule, trigger.level, trigger.facts, to.get_full_name(),
                household not in seen,
            )
        )  # fmt: skip
        seen.add(household)
    if not dry:
        _record(told, open_ones, day)
    return report


def _recipients(household_ids: Iterable[int], day: date) -> dict[int, User]:
    """The referent of each household on `day`, else the head of the social service."""
    referents = Referent.objects.filter(household__in=household_ids, period__contains=day, user__is_active=True)
    found = {row.household_id: row.user for row in referents.select_related("user")}
    missing = [pk for pk in household_ids if pk not in found]
    if missing:
        grant = (
            RoleGrant.objects.filter(role=Role.HEAD_OF_SOCIAL, period__contains=day, user__is_active=True)
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
    Alert.objects.bulk_create(opened)
    Alert.objects.bulk_update(joined.values(), ["level", "rule", "case", "escalated_at", "ack_due_on"], batch_size=1000)
    AlertFact.objects.bulk_create(
        AlertFact(
            alert=alerts[t.household_id], rule=t.rule, key=t.key, facts=list(t.facts), figures=t.figures
        )
        for t, _ in told
    )  # fmt: skip
    _hold([(alerts[trigger.household_id], trigger) for trigger, _ in told], day, params)


def _new_alert(trigger: Trigger, to: User, day: date, params: AlertParams, alsace: bool) -> Alert:
    urgent = trigger.level == AlertLevel.URGENT
    return Alert(
        household_id=trigger.household_id,
        case_id=trigger.case_id,
        rule=trigger.rule,
        level=trigger.level,
        assignee=to,
        ack_due_on=_ack_due(trigger, day, params, alsace),
        answer_due_on=add_working_days(day, params.answer_days, alsace_moselle=alsace),
        # An urgent signal goes to the head of the service at once, not after the delay.
        escalated_at=clock.now() if urgent else None,
    )


def _ack_due(trigger: Trigger, day: date, params: AlertParams, alsace: bool) -> date:
    days = params.urgent_ack_days if trigger.level == AlertLevel.URGENT else params.ack_days
    return add_working_days(day, days, alsace_moselle=alsace)


def _join(alert: Alert, trigger: Trigger, day: date, params: AlertParams, alsace: bool) -> None:
    """A later fact: the alert keeps the highest level, the rule that gave it, and the debt file if there is one."""
    if rules.higher(alert.level, trigger.level) != alert.level:
        alert.level, alert.rule = trigger.level, trigger.rule
    if alert.case_id is None:
        alert.case_id = trigger.case_id
    if trigger.level == AlertLevel.URGENT:
        alert.escalated_at = alert.escalated_at or clock.now()
        if alert.state == AlertState.RAISED:
            alert.ack_due_on = min(alert.ack_due_on, _ack_due(trigger, day, params, alsace))


def _hold(raised: Sequence[tuple[Alert, Trigger]], day: date, params: AlertParams) -> None:
    """R1 holds the letters until the answer is due, R2 for some days; a hold of a rule is never made shorter."""
    wanted: dict[int, tuple[date, str]] = {}
    for alert, trigger in raised:
        untils = {
            AlertRule.FIRST_DEFAULT: max(alert.answer_due_on, day),
            AlertRule.SECOND_DEFAULT: day + timedelta(days=params.second_hold_days),
        }
        until = untils.get(AlertRule(trigger.rule))
        if until is None or trigger.case_id is None:
            continue
        if trigger.case_id not in wanted or until > wanted[trigger.case_id][0]:
            wanted[trigger.case_id] = until, f"Alerte {trigger.rule} envoyée au service social"
    if not wanted:
        return
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(pk__in=wanted, closed_on__isnull=True)
    running = dict(
        LetterHold.objects.filter(case__in=wanted, source=LetterHoldSource.RULE, lifted_at__isnull=True)
        .values_list("case_id")
        .annotate(until=Max("until"))
    )
    holds = [
        NewHold(case, *wanted[case.pk])
        for case in cases.order_by("pk")
        if case.pk not in running or running[case.pk] < wanted[case.pk][0]
    ]
    if holds:
        hold_letters_of(holds=holds, source=LetterHoldSource.RULE, actor=Actor.system())


def _escalate(day: date) -> int:
    """R12: what nobody took, or answered, in time becomes visible to the head of the service. Once per alert."""
    late = Q(state=AlertState.RAISED, ack_due_on__lt=day) | Q(answer_due_on__lt=day)
    return Alert.objects.open().filter(late, escalated_at__isnull=True).update(escalated_at=clock.now())


# ---------- a person's answer ----------


def _locked(alert: Alert, actor: Actor) -> Alert:
    """The alert under lock, if the actor may act on it."""
    require(actor, *SOCIAL_ROLES)
    # No join under the lock: after a wait, PostgreSQL would compare the new row with the people of the old one.
    row = Alert.objects.select_for_update().get(pk=alert.pk)
    if not Alert.objects.visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed("Cette alerte concerne un ménage que vous ne suivez pas.")
    return row


def _answered(row: Alert) -> Conflict:
    when = instant(row.answered_at) if row.answered_at else ""
    return Conflict(f"Cette alerte a déjà sa réponse, {when}.", code="answered")


def _take(row: Alert, actor: Actor) -> None:
    assert actor.user is not None
    row.state = AlertState.ACKNOWLEDGED
    row.acknowledged_at, row.acknowledged_by, row.assignee = clock.now(), actor.user, actor.user


@transaction.atomic
def acknowledge(*, alert: Alert, actor: Actor) -> Alert:
    """« Je prends ». Two people at once: one has it, the other is told who. Taking it again oneself changes nothing."""
    row = _locked(alert, actor)
    if row.state == AlertState.ANSWERED:
        raise _answered(row)
    if row.state == AlertState.ACKNOWLEDGED:
        if row.acknowledged_by_id == actor.user_id:
            return row
        when = instant(row.acknowledged_at) if row.acknowledged_at else ""
        raise Conflict(f"{row.acknowledged_by} a déjà pris cette alerte, {when}.", code="taken")
    _take(row, actor)
    row.save()
    return row


@transaction.atomic
def reassign(*, alert: Alert, to: User, actor: Actor, reason: str = "") -> Alert:
    """Give the alert to a colleague, who has to take it. The deadlines stay."""
    row = _locked(alert, actor)
    if row.state == AlertState.ANSWERED:
        raise _answered(row)
    today = clock.today()
    if not to.is_active or not to.grants.filter(role__in=SOCIAL_ROLES, period__contains=today).exists():
        raise InvalidInput(f"{to} ne fait pas partie du service social.", field="to")
    if to.pk == row.assignee_id:
        raise InvalidInput(f"Cette alerte est déjà à {to}.", field="to")
    row.assignee, row.reassigned_by, row.reassign_reason = to, actor.user, reason.strip()[:120]
    row.state, row.acknowledged_at, row.acknowledged_by = AlertState.RAISED, None, None
    row.save()
    return row


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
    actor: Actor,
) -> Alert:
    """Answer: the debt file learns the cause code, the hold, the plan asked and the next step, and nothing else.

    An alert that nobody took is taken by who answers. Without a debt file, the answer only ends the alert.
    """
    row = _locked(alert, actor)
    if row.state == AlertState.ANSWERED:
        raise _answered(row)
    today = clock.today()
    if hold_until is not None:
        longest = alert_params(today).hold_max_days
        if not today <= hold_until <= today + timedelta(days=longest):
            raise InvalidInput(f"Une pause va d’aujourd’hui à {longest} jours, et se renouvelle.", field="hold_until")
    if row.state == AlertState.RAISED:
        _take(row, actor)
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
            next_step=next_step.strip(),
            actor=actor,
        )
    row.state, row.answered_at = AlertState.ANSWERED, clock.now()
    row.save()
    return row


def already_followed(
    *, alert: Alert, cause: str = "", hold_until: date | None = None, next_step: str = "", actor: Actor
) -> Alert:
    """« Déjà suivi »: the household is accompanied on this already; taken and answered in one gesture."""
    return answer(alert=alert, contact_made=True, cause=cause, hold_until=hold_until, next_step=next_step, actor=actor)
