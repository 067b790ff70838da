"""What pages and API read of the alerts. Only for actors who may: each list starts from `visible_to`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from common import clock
from common.history import deleted
from common.periods import add_months
from common.reasons import Reason
from common.typography import short_day
from leases.models import Household
from maintenance.models import Photo
from office.access.actor import Actor
from office.models import User
from rent_ledger.models import AccountState, ArrearsCase, HelpRequest, SocialAnswer
from social_link.alerts.codes import DEBT_RULES, OPEN_ALERTS, AlertLevel, AlertRule, AlertState
from social_link.alerts.models import Alert, AlertFact, SignalAnswer
from social_link.contacts.models import Contact
from social_link.measures.queries import caseload


def pressing_first(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Urgent ones first, then by the deadline that runs (to take it, or to answer it), then by surname."""
    rank = Case(When(level=AlertLevel.URGENT, then=0), default=1)
    due = Case(When(state=AlertState.RAISED, then=F("ack_due_on")), default=F("answer_due_on"))
    return alerts.order_by(rank, due, "household__sort_key", "pk")


def alerts_for(actor: Actor) -> QuerySet[Alert]:
    """The alerts that the actor may see, with what a line shows; those that wait first."""
    return (
        Alert.objects.visible_to(actor)
        .select_related("household", "assignee", "acknowledged_by", "answer")
        .prefetch_related("facts")
    )


def debt_now(case: ArrearsCase) -> AccountState | None:
    """The account as it stands today, beside the facts that were known when the alert was raised."""
    return AccountState.objects.filter(account=case.account_id).first()


@dataclass(frozen=True, slots=True)
class Settled:
    """The debt of an open alert is at zero. `paid_on`: the last payment of the household since its default; None where
    something else settled it (aid, a correction)."""

    paid_on: date | None

    @property
    def words(self) -> str:
        return f"payé le {short_day(self.paid_on, today=clock.today())}" if self.paid_on else "dette soldée"


def settled_debts(alerts: Iterable[Alert]) -> dict[int, Settled]:
    """Open alerts that tell nothing but a debt, of households that owe nothing any more, by alert id. One query.

    Facts of two contracts join one alert, so every account of the household counts.
    """
    told = {
        alert.pk: alert.case_id
        for alert in alerts
        if alert.is_open and alert.case_id and all(fact.rule in DEBT_RULES for fact in alert.standing)
    }
    if not told:
        return {}
    # What a plan spreads is owed still, on the days on which none of it is due.
    owing = AccountState.objects.filter(
        Q(debt__gt=0) | Q(spread__gt=0), account__household=OuterRef("account__household")
    )
    cases = ArrearsCase.objects.filter(~Exists(owing), pk__in=set(told.values()))
    settled = {
        case: Settled(paid_on if paid_on and paid_on >= default else None)
        for case, default, paid_on in cases.values_list("pk", "first_default_on", "account__state__last_payment_on")
    }
    return {alert: settled[case] for alert, case in told.items() if case in settled}


ANSWER_FIELDS = ("contact_made", "cause", "hold_until", "plan_asked", "plan_amount", "next_step", "next_step_on")


USUAL = 4


def usual_causes(day: date) -> list[str]:
    """The causes that the answers of the last year name most, the first four (one query)."""
    answers = SocialAnswer.objects.filter(answered_at__date__gt=add_months(day, -12)).order_by()
    named = answers.values("cause").annotate(count=Count("id")).order_by("-count", "cause")
    return [row["cause"] for row in named[:USUAL]]


def taken_back(alert: Alert) -> dict[str, Any]:
    """What the answer of this alert said before it was taken back, by the field of the form; empty without one."""
    if alert.case_id is None or not alert.is_taken:
        return {}
    event = deleted(SocialAnswer, case_id=alert.case_id, answered_at__gte=alert.raised_at).first()
    return {name: getattr(event, name) for name in ANSWER_FIELDS} if event else {}


def told_facts(alert: Alert) -> list[AlertFact]:
    """The facts of an alert; `request_withdrawn_at`: when the rental side took back the request that one tells, or
    None. The alert stays with who took it; one that nobody took is over (`services.following`)."""
    facts = list(alert.facts.all())
    asked = {fact.pk: int(fact.key.rsplit(":", 1)[1]) for fact in facts if fact.rule == AlertRule.REQUESTED}
    back = dict(
        HelpRequest.objects.filter(pk__in=asked.values(), withdrawn_at__isnull=False).values_list("pk", "withdrawn_at")
        if asked
        else ()
    )
    for fact in facts:
        fact.request_withdrawn_at = back.get(asked.get(fact.pk, 0))  # type: ignore[attr-defined]
    return facts


@dataclass(frozen=True, slots=True)
class Told:
    """What the same facts tell: rules that found one debt say it once. A fact that was withdrawn stands alone."""

    facts: list[AlertFact]
    reasons: list[Reason]

    @property
    def is_mistaken(self) -> bool:
        return any(fact.withdrawn_at and not fact.request_withdrawn_at for fact in self.facts)  # type: ignore[attr-defined]

    @property
    def request_withdrawn_at(self) -> datetime | None:
        found: list[datetime | None] = [fact.request_withdrawn_at for fact in self.facts]  # type: ignore[attr-defined]
        return next((at for at in found if at), None)


def told_once(facts: Iterable[AlertFact]) -> list[Told]:
    """`told_facts`, each reason once with the facts that it stands for, in their order; what was withdrawn last."""
    found: list[Told] = []
    gone: list[Told] = []
    said: list[tuple[Reason, list[AlertFact]]] = []
    for fact in facts:
        reasons = fact.said
        if fact.withdrawn_at or fact.request_withdrawn_at or not reasons:  # type: ignore[attr-defined]
            gone.append(Told([fact], reasons))
            continue
        for reason in reasons:
            of = next((facts for other, facts in said if other == reason), None)
            if of is None:
                said.append((reason, [fact]))
            elif fact not in of:
                of.append(fact)
    for reason, of in said:
        if same := next((told for told in found if told.facts == of), None):
            same.reasons.append(reason)
        else:
            found.append(Told(of, [reason]))
    return found + gone


def signal_photos(alert: Alert) -> list[Photo]:
    """The pictures that came with the signals of an alert."""
    ids = [
        reason.figures["signal_id"]
        for fact in alert.facts.all()
        if fact.rule == AlertRule.WEAK_SIGNAL
        for reason in fact.said
    ]
    return list(Photo.objects.filter(signal__in=ids).order_by("pk")) if ids else []


def waiting_signals(alert: Alert) -> list[AlertFact]:
    """The facts that a technician signalled and of which nobody has said yet what came of them."""
    facts = [fact for fact in alert.standing if fact.rule == AlertRule.WEAK_SIGNAL]
    if not facts:
        return []
    said = set(SignalAnswer.objects.standing().final().filter(fact__in=facts).values_list("fact_id", flat=True))
    return [fact for fact in facts if fact.pk not in said]


def outcomes_of(alert: Alert) -> list[SignalAnswer]:
    """What was said of the signals of an alert and stands, each gesture once, in its order."""
    facts = [fact for fact in alert.facts.all() if fact.rule == AlertRule.WEAK_SIGNAL]
    if not facts:
        return []
    rows = SignalAnswer.objects.standing().filter(fact__in=facts).select_related("said_by").order_by("pk")
    return list({row.key: row for row in rows}.values())


def is_closed_by_outcome(alert: Alert, said: Iterable[SignalAnswer]) -> bool:
    """Whether what was said of its signals (`outcomes_of`) is what answered the alert."""
    return alert.is_answered and alert.tells_a_signal_only and not all(one.is_not_seen for one in said)


OPEN_STATES = sorted(OPEN_ALERTS)
ALERT_FILTERS: dict[str, Q] = {
    "a_prendre": Q(state=AlertState.RAISED),
    "a_repondre": Q(state=AlertState.ACKNOWLEDGED),
    "ouvertes": Q(state__in=OPEN_STATES),
    "remontees": Q(state__in=OPEN_STATES, escalated_at__isnull=False),
    "repondues": Q(state=AlertState.ANSWERED),
    "sans_objet": Q(state=AlertState.DROPPED),
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What an absence of these days would hand over. `households`: those that he accompanies on its first day.
    `open_alerts` as of now. `visits`: those planned for these days, the next first; `kept`: how many he has planned for
    other days, which stay his."""

    households: list[Household]
    open_alerts: int
    visits: list[Contact]
    kept: int


def carried_by(user: User, first: date, last: date | None) -> Carried:
    """`last` is None where it is not known yet: every visit from `first` on counts. Three queries."""
    planned = Contact.objects.filter(author=user, is_planned=True, happened_on__gte=clock.today())
    rows = list(planned.select_related("household").order_by("happened_on", "at_time", "pk"))
    visits = [row for row in rows if first <= row.happened_on and (last is None or row.happened_on <= last)]
    return Carried(
        households=list(caseload(user, first)),
        open_alerts=Alert.objects.open().filter(assignee=user).count(),
        visits=visits,
        kept=len(rows) - len(visits),
    )
