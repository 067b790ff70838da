"""API of the social service: alerts and their answers, contacts, measures. Notes are not in it."""

from typing import Any

from django.http import HttpRequest
from ninja import Query

from common import clock
from leases.models import Household
from office.actor import Actor, actor_on
from office.api_base import HouseRouter, IdempotencyKey, Page, found, page_of, ref, referred, span_of
from office.enums import OrganisationKind, Role, TokenScope
from office.models import Organisation
from social_link.models import Alert, Contact, Measure
from social_link.models.measure import followed_by
from social_link.schemas import (
    AlertDetail,
    AlertListed,
    AlertQuery,
    AnswerIn,
    ContactIn,
    ContactQuery,
    ContactShown,
    MeasureCloseIn,
    MeasureIn,
    MeasureQuery,
    MeasureShown,
    ReassignIn,
)
from social_link.selectors import (
    ALERT_FILTERS,
    alerts_for,
    contacts_for,
    debt_now,
    home_of,
    measures_for,
    phone_of,
    social_people,
)
from social_link.services import alerts, contacts, measures

router = HouseRouter(tag="social_link", read=TokenScope.SOCIAL_READ, write=TokenScope.SOCIAL_WRITE)

SOCIAL = (Role.SOCIAL_WORKER, Role.HEAD_OF_SOCIAL)
STATES = {
    "open": "ouvertes",
    "to_acknowledge": "a_prendre",
    "to_answer": "a_repondre",
    "escalated": "remontees",
    "answered": "repondues",
}


# -- alerts ---------------------------------------------------------------------------------------------------------


def _listed(row: Alert) -> dict[str, Any]:
    names = ("rule", "level", "state", "raised_at", "ack_due_on", "answer_due_on", "escalated_at")
    return {name: getattr(row, name) for name in names} | {
        "id": row.pk,
        "household": ref(row.household),
        "assignee": ref(row.assignee),
    }


def _alert(row: Alert) -> dict[str, Any]:
    day = clock.today()
    home = home_of(row.household, day)
    return _listed(row) | {
        "case_id": row.case_id,
        "address": home.dwelling.address if home else "",
        "phone": phone_of(row.household, day),
        "facts": list(row.facts.all()),
        "now": debt_now(row.case) if row.case else None,
        "acknowledged_at": row.acknowledged_at,
        "acknowledged_by": ref(row.acknowledged_by),
        "answered_at": row.answered_at,
        "answer": row.answer,
    }


def _own(pk: int, actor: Actor) -> Alert:
    return found(alerts_for(actor).select_related("case"), pk)


@router.reads("/alerts", response=Page[AlertListed], roles=SOCIAL)
def list_alerts(request: HttpRequest, query: Query[AlertQuery]) -> Any:
    """Own alerts (all for the head of the service), the most pressing first."""
    rows = alerts_for(actor_on(request)).filter(ALERT_FILTERS[STATES[query.state]])
    if query.assignee_id is not None:
        rows = rows.filter(assignee_id=query.assignee_id)
    return page_of(rows.order_by("ack_due_on", "id"), query, lambda page: [_listed(row) for row in page])


@router.reads("/alerts/{alert_id}", response=AlertDetail, roles=SOCIAL)
def read_alert(request: HttpRequest, alert_id: int) -> Any:
    """One alert: the facts as known then, the account now, the clock, the answer."""
    return _alert(_own(alert_id, actor_on(request)))


@router.writes(
    "/alerts/{alert_id}/acknowledge", response=AlertDetail, roles=SOCIAL, errors={409: ("taken", "answered")}
)
def acknowledge_alert(request: HttpRequest, alert_id: int) -> Any:
    """« Je prends ». Of two people at once one has it, the other is told who."""
    actor = actor_on(request)
    alerts.acknowledge(alert=_own(alert_id, actor), actor=actor)
    return _alert(_own(alert_id, actor))


@router.writes("/alerts/{alert_id}/reassign", response=AlertListed, roles=SOCIAL, errors={409: ("answered",)})
def reassign_alert(request: HttpRequest, alert_id: int, data: ReassignIn) -> Any:
    """Give the alert to a colleague, who has to take it. The deadlines stay."""
    actor = actor_on(request)
    to = referred(social_people(), data.to_id, field="to_id")
    return _listed(alerts.reassign(alert=_own(alert_id, actor), to=to, reason=data.reason, actor=actor))


@router.writes("/alerts/{alert_id}/answer", response=AlertDetail, roles=SOCIAL, errors={409: ("answered",)})
def answer_alert(request: HttpRequest, alert_id: int, data: AnswerIn) -> Any:
    """Answer: the debt file learns the cause code, the hold, the plan asked and the next step, and nothing else."""
    actor = actor_on(request)
    answered = alerts.answer(
        alert=_own(alert_id, actor), actor=actor, **data.dict(exclude={"cause"}), cause=data.cause or ""
    )
    return _alert(Alert.objects.select_related("household", "assignee", "answer", "case").get(pk=answered.pk))


# -- contacts -------------------------------------------------------------------------------------------------------


def _contact(row: Contact) -> dict[str, Any]:
    return {
        "id": row.pk,
        "household": ref(row.household),
        "kind": row.kind,
        "happened_on": row.happened_on,
        "at_time": row.at_time,
        "is_planned": row.is_planned,
        "alert_id": row.alert_id,
        "author": ref(row.author),
    }


@router.reads("/contacts", response=Page[ContactShown], roles=SOCIAL)
def list_contacts(request: HttpRequest, query: Query[ContactQuery]) -> Any:
    """Contacts of the households that the caller follows, newest first; the planned ones where asked."""
    rows = contacts_for(actor_on(request)).filter(is_planned=query.planned)
    if query.household_id is not None:
        rows = rows.filter(household_id=query.household_id)
    if query.kind:
        rows = rows.filter(kind=query.kind)
    return page_of(rows.order_by("-happened_on", "-id"), query, lambda page: [_contact(row) for row in page])


def _followed(actor: Actor, pk: int) -> Household:
    return referred(followed_by(actor), pk, field="household_id")


@router.writes("/contacts", response=ContactShown, roles=SOCIAL, status=201, errors={409: ("replayed",)})
def log_contact(request: HttpRequest, idempotency_key: IdempotencyKey, data: ContactIn) -> Any:
    """A visit, an appointment, a call or an absence, or one to come. The same key again gives the first contact."""
    actor = actor_on(request)
    household = _followed(actor, data.household_id)
    if data.is_planned:
        made = contacts.plan_contact(
            household=household, kind=data.kind, day=data.day, at=data.at, request_key=idempotency_key, actor=actor
        )
    else:
        made = contacts.log_contact(
            household=household,
            kind=data.kind,
            day=data.day,
            at=data.at,
            note=data.note,
            level=data.level,
            readers=[referred(social_people(), pk, field="reader_ids") for pk in data.reader_ids],
            request_key=idempotency_key,
            actor=actor,
        )
    return _contact(made)


# -- measures -------------------------------------------------------------------------------------------------------


def _measure(row: Measure) -> dict[str, Any]:
    return {
        "id": row.pk,
        "household": ref(row.household),
        "kind": row.kind,
        "referent": ref(row.referent),
        "funder": ref(row.funder),
        "is_lead": row.is_lead,
        "signed_on": row.signed_on,
        "period": span_of(row.period),
        "planned_end": row.planned_end,
        "ended_on": row.ended_on,
        "end_reason": row.end_reason,
    }


@router.reads("/measures", response=Page[MeasureShown], roles=SOCIAL)
def list_measures(request: HttpRequest, query: Query[MeasureQuery]) -> Any:
    """Measures of the households that the caller follows."""
    rows = measures_for(actor_on(request))
    if query.household_id is not None:
        rows = rows.filter(household_id=query.household_id)
    if query.running is not None:
        rows = rows.filter(ended_on__isnull=query.running)
    return page_of(rows.order_by("-period", "-id"), query, lambda page: [_measure(row) for row in page])


@router.writes(
    "/measures",
    response=MeasureShown,
    roles=SOCIAL,
    status=201,
    errors={409: ("second_lead",), 422: ("out_of_bounds", "second_lead")},
)
def open_measure(request: HttpRequest, data: MeasureIn) -> Any:
    """Open a measure; one lead at a time."""
    actor = actor_on(request)
    funders = Organisation.objects.filter(roles__kind__in=[OrganisationKind.FUNDER, OrganisationKind.CCAS]).distinct()
    made = measures.open_measure(
        actor=actor,
        household=_followed(actor, data.household_id),
        referent=referred(social_people(), data.referent_id, field="referent_id"),
        funder=None if data.funder_id is None else referred(funders, data.funder_id, field="funder_id"),
        **data.dict(exclude={"household_id", "referent_id", "funder_id"}),
    )
    return _measure(made)


@router.writes(
    "/measures/{measure_id}/close",
    response=MeasureShown,
    roles=SOCIAL,
    errors={409: ("wrong_state",), 422: ("out_of_bounds",)},
)
def close_measure(request: HttpRequest, measure_id: int, data: MeasureCloseIn) -> Any:
    """End a measure with its reason; `on` is its last day."""
    actor = actor_on(request)
    row = found(measures_for(actor), measure_id)
    return _measure(measures.close_measure(measure=row, reason=data.reason, on=data.on, actor=actor))
