"""New facts are written: on the open alert of the household, or on a new one; letters wait, people are told."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Max

from common import clock
from office.access.actor import Actor
from office.house.parameters import ALSACE_MOSELLE
from office.models import User
from office.notices.services import NewNotice, notify
from office.parameters.queries import params_on
from rent_ledger.arrears.codes import LetterHoldSource
from rent_ledger.arrears.services.letter_holds import NewHold, hold_letters_of
from rent_ledger.models import ArrearsCase, LetterHold
from social_link.alerts import notices
from social_link.alerts.codes import AlertLevel, AlertRule, AlertState
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.parameters import alert_params
from social_link.alerts.rules import alerts as rules
from social_link.alerts.rules.alerts import AlertParams
from social_link.alerts.services.deadlines import answer_by, refresh_alert_tasks, take_by
from social_link.alerts.services.recipients import heads_of_service
from social_link.alerts.services.registry import RULES, Trigger
from social_link.measures.away import Away
from social_link.measures.models import Referent


def record_facts(told: Sequence[tuple[Trigger, User]], open_ones: dict[int, Alert], day: date) -> None:
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
        ack_due_on=min(take_by(trigger.level, trigger.rule, day, params, alsace), answer_due),
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
            alert.ack_due_on = min(alert.ack_due_on, take_by(trigger.level, trigger.rule, day, params, alsace))


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
