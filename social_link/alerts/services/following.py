"""Alerts follow what they tell: an absence that was none, a signal or a request that its author withdrew, a debt file
that another one goes on with.

A fact stays where it is, marked; what was corrected by mistake makes it stand again. An alert that somebody took is his
to answer; one that nobody took, and of which nothing stands, is dropped, but never an urgent one: a person looks.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import QuerySet

from common import clock
from maintenance.models import WeakSignal
from maintenance.tickets.codes import URGENT_SIGNALS
from office.access.actor import Actor
from office.house.parameters import ALSACE_MOSELLE
from office.notices.services import over
from office.parameters.queries import params_on
from rent_ledger.models import ArrearsCase, HelpRequest
from social_link.alerts import notices
from social_link.alerts.codes import ALERT_FLOW, OPEN_ALERTS, AlertLevel, AlertRule, AlertState
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.parameters import alert_params
from social_link.alerts.rules import alerts as rules
from social_link.alerts.services.deadlines import answer_by, refresh_alert_tasks, take_by
from social_link.alerts.services.facts import absences_of
from social_link.alerts.services.registry import RULES

FOLLOWED = (AlertRule.TWO_ABSENCES, AlertRule.WEAK_SIGNAL, AlertRule.REQUESTED)
# What a key names: an absence of a technician (I) or of the social service (C), a signal (S); a request on a case.
_RECORD = re.compile(r"^[^:]+:(?:H(?P<household>\d+):(?P<record>[ICS]\d+)|C\d+:(?P<request>\d+))$")


def changed_facts(day: date) -> tuple[list[AlertFact], list[AlertFact]]:
    """The facts whose cause stands no more, and those marked so whose cause does again. One query where no alert tells
    an absence, a signal or a request."""
    facts = [
        fact
        for fact in AlertFact.objects.filter(rule__in=FOLLOWED, alert__state__in=[*OPEN_ALERTS, AlertState.DROPPED])
        if _RECORD.match(fact.key)
    ]
    if not facts:
        return [], []
    standing = _standing_keys(facts, day)
    gone = [fact for fact in facts if fact.withdrawn_at is None and fact.key not in standing]
    return gone, [fact for fact in facts if fact.withdrawn_at is not None and fact.key in standing]


def follow_causes(day: date) -> int:
    """Mark the facts whose cause stands no more, and make those stand whose cause does again; then their alerts.
    Returns how many facts changed."""
    gone, back = changed_facts(day)
    if not gone and not back:
        return 0
    touched = {fact.alert_id for fact in [*gone, *back]}
    alerts = {row.pk: row for row in Alert.objects.select_for_update().filter(pk__in=touched).order_by("pk")}
    AlertFact.objects.filter(pk__in=[fact.pk for fact in gone]).update(withdrawn_at=clock.now())
    AlertFact.objects.filter(pk__in=[fact.pk for fact in back]).update(withdrawn_at=None)
    for row in alerts.values():
        follow(row)
    refresh_alert_tasks(list(alerts), Actor.system())
    return len(gone) + len(back)


def joined_alerts() -> QuerySet[Alert]:
    """The open alerts of a debt file that was closed by mistake, and with which a newer one goes on."""
    return Alert.objects.open().filter(case__closed_on__isnull=False, case__reopenings__contains=[{"joined": True}])


def follow_joined() -> int:
    """These alerts, and what they tell, are of the newer file: the answer reaches the one that stands open. Returns how
    many. Again changes nothing."""
    ids = list(joined_alerts().order_by().values_list("pk", flat=True))
    if not ids:
        return 0
    moved = 0
    for row in Alert.objects.select_for_update().filter(pk__in=ids, state__in=OPEN_ALERTS).order_by("pk"):
        if row.case_id is None:
            continue
        old = ArrearsCase.objects.get(pk=row.case_id)
        later = ArrearsCase.objects.filter(account=old.account_id, opened_on__gte=old.closed_on).exclude(pk=old.pk)
        new = later.order_by("opened_on", "pk").first()
        if new is None:
            continue
        row.case = new
        row.save(update_fields=["case"])
        for fact in row.facts.filter(key__contains=f":C{old.pk}:"):
            key = fact.key.replace(f":C{old.pk}:", f":C{new.pk}:", 1)
            # The newer file may have told the same meanwhile.
            if not AlertFact.objects.filter(key=key).exists():
                AlertFact.objects.filter(pk=fact.pk).update(key=key)
        moved += 1
    return moved


def _standing_keys(facts: Iterable[AlertFact], day: date) -> set[str]:
    """The keys of the absences, signals and requests that are still there (four queries at most)."""
    of_rule: dict[str, list[re.Match[str]]] = {rule: [] for rule in FOLLOWED}
    for fact in facts:
        if match := _RECORD.match(fact.key):
            of_rule[fact.rule].append(match)
    found: set[str] = set()
    if told := of_rule[AlertRule.WEAK_SIGNAL]:
        ids = {int(match["record"][1:]) for match in told}
        there = set(WeakSignal.objects.filter(pk__in=ids).values_list("pk", flat=True))
        found |= {match.string for match in told if int(match["record"][1:]) in there}
    if told := of_rule[AlertRule.REQUESTED]:
        ids = {int(match["request"]) for match in told}
        there = set(HelpRequest.objects.filter(pk__in=ids, withdrawn_at=None).values_list("pk", flat=True))
        found |= {match.string for match in told if int(match["request"]) in there}
    if told := of_rule[AlertRule.TWO_ABSENCES]:
        known = absences_of({int(match["household"]) for match in told}, day)
        rule = RULES[AlertRule.TWO_ABSENCES]
        found |= {rule.trigger(row).key for row in rules.repeated_absences(known, params=alert_params(day))}
    return found


def follow(alert: Alert) -> None:
    """The alert, locked, as its standing facts make it: level, rule and deadlines, or nothing at all."""
    standing = list(alert.facts.filter(withdrawn_at=None))
    if not standing:
        if alert.state == AlertState.RAISED and alert.level != AlertLevel.URGENT:
            alert.state, alert.escalated_at = AlertState.DROPPED, None
            alert.save(update_fields=["state", "escalated_at"])
            over(*notices.ALL, about_ids=[alert.pk])
        return
    if alert.state == AlertState.DROPPED:
        other = Alert.objects.open().filter(household=alert.household_id).first()
        if other is not None:
            alert.facts.filter(withdrawn_at=None).update(alert=other)
            return
        ALERT_FLOW.check(alert.state, AlertState.RAISED, message="Cette alerte ne se lève plus.")
        alert.state = AlertState.RAISED
    level, rule = _highest(standing)
    is_calmer = alert.level == AlertLevel.URGENT != level
    if level != alert.level or alert.facts.filter(rule=AlertRule.WEAK_SIGNAL, withdrawn_at__isnull=False).exists():
        day = alert.raised_at.astimezone(clock.PARIS).date()
        params, alsace = alert_params(day), params_on(day).flag(ALSACE_MOSELLE)
        told = {(level, rule), *((_level(fact), fact.rule) for fact in standing)}
        alert.answer_due_on = min(answer_by(*of_fact, day, params, alsace) for of_fact in told)
        alert.ack_due_on = min(take_by(level, rule, day, params, alsace), alert.answer_due_on)
    alert.level, alert.rule = level, rule
    due = alert.ack_due_on if alert.state == AlertState.RAISED else alert.answer_due_on
    if is_calmer and due >= clock.today():
        # It went to the head, or was late, by a fact that stands no more.
        alert.escalated_at = None
        over(notices.LATE, about_ids=[alert.pk])
    alert.save(update_fields=["state", "level", "rule", "ack_due_on", "answer_due_on", "escalated_at"])


def _highest(facts: Collection[AlertFact]) -> tuple[str, str]:
    """The highest level of these facts, and the rule that first gave it."""
    level, rule = "", ""
    for fact in facts:
        of_fact = _level(fact)
        if not rule or rules.higher(level, of_fact) != level:
            level, rule = of_fact, fact.rule
    return level, rule


def gravest_first(facts: Iterable[AlertFact]) -> list[AlertFact]:
    """The facts of an alert by their level, the latest one first among equals."""
    return sorted(facts, key=lambda fact: (list(AlertLevel).index(AlertLevel(_level(fact))), fact.pk), reverse=True)


def _level(fact: AlertFact) -> str:
    kinds = {reason.figures.get("kind") for reason in fact.said}
    if fact.rule == AlertRule.WEAK_SIGNAL and kinds & URGENT_SIGNALS:
        return AlertLevel.URGENT
    return RULES[AlertRule(fact.rule)].level
