"""API of the alerts and their answers."""

from typing import Any

from ninja import Query

from common import clock
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read, Write
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, Page, PageQuery, found, paged, ref, referred
from social_link.alerts.models import Alert, AlertFact
from social_link.alerts.queries import (
    ALERT_FILTERS,
    alerts_for,
    carried_by,
    debt_now,
    outcomes_of,
    pressing_first,
    waiting_signals,
)
from social_link.alerts.schemas import (
    AbsenceQuery,
    AbsenceShown,
    AlertDetail,
    AlertListed,
    AlertQuery,
    AnswerIn,
    CarriedShown,
    OutcomeIn,
    ReassignIn,
)
from social_link.alerts.services import answers
from social_link.alerts.services.absences import check_days
from social_link.alerts.services.signals import say_outcome
from social_link.contacts.queries import home_of, phone_of
from social_link.measures.models import Absence
from social_link.measures.queries import absences_from, social_people

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

STATES = {
    "open": "ouvertes",
    "to_acknowledge": "a_prendre",
    "to_answer": "a_repondre",
    "escalated": "remontees",
    "answered": "repondues",
}


def _listed(row: Alert) -> dict[str, Any]:
    names = ("rule", "level", "state", "raised_at", "ack_due_on", "answer_due_on", "escalated_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "household": ref(row.household),
        "assignee": ref(row.assignee),
    }


def _alert(row: Alert, actor: Actor) -> dict[str, Any]:
    day = clock.today()
    home = home_of(row.household, day, actor=actor)
    return _listed(row) | {
        "case_id": row.case_id,
        "address": home.dwelling.address if home else "",
        "phone": phone_of(row.household, day),
        "facts": [_fact(fact) for fact in row.facts.all()],
        "now": debt_now(row.case) if row.case else None,
        "acknowledged_at": row.acknowledged_at,
        "acknowledged_by": ref(row.acknowledged_by),
        "answered_at": row.answered_at,
        "answer": row.answer,
        "signal_waits": row.is_open and bool(waiting_signals(row)),
        "outcomes": [
            {"outcome": one.outcome, "back_on": one.back_on, "said_at": one.said_at, "said_by": ref(one.said_by)}
            for one in outcomes_of(row)
        ],
    }


def _fact(fact: AlertFact) -> dict[str, Any]:
    said = fact.said
    return {
        "rule": fact.rule,
        "recorded_at": fact.recorded_at,
        "facts": [reason.text() for reason in said],
        "reasons": [{"code": reason.code, "text": reason.text(), "figures": dict(reason.figures)} for reason in said],
    }


def _own(pk: int, actor: Actor) -> Alert:
    return found(alerts_for(actor).select_related("case"), pk)


@router.reads("/alerts", response=Page[AlertListed], needs=Read(Data.ALERT, OWN))
def list_alerts(request: HouseRequest, query: Query[AlertQuery]) -> Any:
    """Own alerts (all for the head of the service), the most pressing first."""
    rows = alerts_for(request.actor).filter(ALERT_FILTERS[STATES[query.state]])
    if query.assignee_id is not None:
        rows = rows.filter(assignee_id=query.assignee_id)
    return paged(pressing_first(rows), query, lambda page: [_listed(row) for row in page])


@router.reads("/alerts/{alert_id}", response=AlertDetail, needs=Read(Data.ALERT, OWN))
def read_alert(request: HouseRequest, alert_id: int) -> Any:
    """One alert: the facts as known then, the account now, the clock, the answer."""
    return _alert(_own(alert_id, request.actor), request.actor)


@router.writes(
    "/alerts/{alert_id}/acknowledge",
    response=AlertDetail,
    needs=Write(Data.ALERT, OWN),
    errors={409: ("taken", "answered")},
)
def acknowledge_alert(request: HouseRequest, alert_id: int) -> Any:
    """« Je prends ». Of two people at once one has it, the other is told who."""
    actor = request.actor
    answers.acknowledge(alert=_own(alert_id, actor), actor=actor)
    return _alert(_own(alert_id, actor), actor)


@router.writes(
    "/alerts/{alert_id}/reassign", response=AlertListed, needs=Write(Data.ALERT, OWN), errors={409: ("answered",)}
)
def reassign_alert(request: HouseRequest, alert_id: int, data: ReassignIn) -> Any:
    """Give the alert to a colleague, who has to take it. The deadlines stay."""
    actor = request.actor
    to = referred(social_people(), data.to_id, field="to_id")
    return _listed(answers.reassign(alert=_own(alert_id, actor), to=to, reason=data.reason, actor=actor))


@router.writes(
    "/alerts/{alert_id}/answer",
    response=AlertDetail,
    needs=Write(Data.ALERT, OWN),
    errors={409: ("answered", "signal_waits")},
)
def answer_alert(request: HouseRequest, alert_id: int, data: AnswerIn) -> Any:
    """Answer: the debt file learns the cause code, the hold, the plan asked and the next step, and nothing else."""
    actor = request.actor
    answered = answers.answer(
        alert=_own(alert_id, actor),
        actor=actor,
        **data.dict(exclude={"cause", "next_step"}),
        cause=data.cause or "",
        next_step=data.next_step or "",
    )
    row = Alert.objects.select_related("household", "assignee", "answer", "case").get(pk=answered.pk)
    return _alert(row, request.actor)


@router.writes(
    "/alerts/{alert_id}/outcome", response=AlertDetail, needs=Write(Data.ALERT, OWN),
    errors={409: ("answered", "wrong_state")},
)  # fmt: skip
def say_signal_outcome(request: HouseRequest, alert_id: int, data: OutcomeIn) -> Any:
    """Say what came of a technician's signal. With `NOT_SEEN` a visit is planned and the alert stays open."""
    actor = request.actor
    say_outcome(alert=_own(alert_id, actor), outcome=data.outcome, back_on=data.back_on, actor=actor)
    return _alert(_own(alert_id, actor), actor)


@router.reads("/absences", response=Page[AbsenceShown], needs=Write(Data.REFERENT))
def list_absences(request: HouseRequest, query: Query[PageQuery]) -> Any:
    """The absences that run or are to come, the next first."""
    rows = absences_from(clock.today())
    return paged(rows, query, lambda page: [_absence(row) for row in page])


def _absence(row: Absence) -> dict[str, Any]:
    return {
        "id": row.pk,
        "user": ref(row.user),
        "stand_in": ref(row.stand_in),
        "first": row.period.lower,
        "last": row.last_day,
        "named": [{"household": ref(one.household), "user": ref(one.user)} for one in row.named.all()],
    }


@router.reads("/absences/foreseen", response=CarriedShown, needs=Write(Data.REFERENT))
def foresee_absence(request: HouseRequest, query: Query[AbsenceQuery]) -> Any:
    """What an absence of these days would hand over. Nothing is written."""
    user = referred(social_people(), query.user_id, field="user_id")
    check_days(query.first, query.last)
    carried = carried_by(user, query.first, query.last)
    return {
        "households": [ref(row) for row in carried.households],
        "open_alerts": carried.open_alerts,
        "visits": [{"id": row.pk, "household": ref(row.household), "on": row.happened_on} for row in carried.visits],
        "kept_visits": carried.kept,
    }
