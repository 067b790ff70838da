"""What an alert asks: to take it, to answer it; of the head of the service, that it is answered after all."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.alerts.codes import ABOUT_ALERT, AlertDuty, AlertState
from social_link.alerts.models import Alert

Causes = Callable[[Collection[int] | None], Iterable[Cause]]
Endings = Callable[[Mapping[int, datetime]], Mapping[int, Ending]]


def _alerts(ids: Collection[int]) -> QuerySet[Alert]:
    return Alert.objects.filter(pk__in=ids)


def _asking(ids: Collection[int] | None) -> QuerySet[Alert]:
    rows = Alert.objects.open().order_by()
    return rows if ids is None else rows.filter(pk__in=ids)


def _raised(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = _asking(ids).filter(state=AlertState.RAISED)
    return [_cause(row, row.ack_due_on) for row in rows]


def _taken(ids: Collection[int] | None) -> Iterable[Cause]:
    rows = _asking(ids).filter(state=AlertState.ACKNOWLEDGED)
    return [_cause(row, row.answer_due_on) for row in rows]


def _cause(row: Alert, due_on: date) -> Cause:
    return Cause(row.pk, due_on=due_on, household_id=row.household_id, assignee_id=row.assignee_id)


def _escalated(ids: Collection[int] | None) -> Iterable[Cause]:
    """Due on the day on which it went up: it is late, or urgent, already."""
    rows = _asking(ids).filter(escalated_at__isnull=False)
    return [
        Cause(pk, due_on=at.astimezone(clock.PARIS).date(), household_id=household)
        for pk, at, household in rows.values_list("pk", "escalated_at", "household_id")
        if at is not None
    ]


MISTAKEN = "Ce qu’elle disait était une erreur"


def _was_taken(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return _endings(raised, "acknowledged_by_id")


def _was_answered(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return _endings(raised, "answer__author_id")


def _endings(raised: Mapping[int, datetime], by: str) -> Mapping[int, Ending]:
    rows = _alerts(raised).values_list("pk", "state", by)
    return {pk: Ending(MISTAKEN) if state == AlertState.DROPPED else Ending(by_id=user) for pk, state, user in rows}


def _lines(title: str) -> Callable[[Collection[int], Actor], Mapping[int, TaskLine]]:
    def show(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
        found = {}
        for alert in _alerts(ids).select_related("household", "assignee"):
            name = alert.household.name
            text = alert.look.label
            if alert.assignee_id != actor.user_id:
                text += f", pour {alert.assignee}"
            found[alert.pk] = TaskLine(title.format(name=name), text, name, link("social_link:alert", alert.pk))
        return found

    return show


def _page() -> str:
    return link("social_link:alerts")


def _escalated_page() -> str:
    return link("social_link:alerts", etat="remontees")


def _kind(code: AlertDuty, causes: Causes, endings: Endings, title: str, look: TaskLook) -> TaskKind:
    return declare(
        TaskKind(
            code=code, about=ABOUT_ALERT, reveals=Data.ALERT, falls_to=Write(Data.ALERT), causes=causes,
            endings=endings, show=_lines(title), locks=_alerts, look=look,
        )
    )  # fmt: skip


TAKE = _kind(
    AlertDuty.TAKE, _raised, _was_taken, "Alerte à prendre : {name}",
    TaskLook("heart-handshake", "social", "Prendre", "alerte à prendre,alertes à prendre", _page),
)  # fmt: skip
ANSWER = _kind(
    AlertDuty.ANSWER, _taken, _was_answered, "Réponse à donner : {name}",
    TaskLook("send", "social", "Répondre", "réponse à donner,réponses à donner", _page),
)  # fmt: skip
FOLLOW_UP = _kind(
    AlertDuty.FOLLOW_UP, _escalated, _was_answered, "Alerte remontée : {name}",
    TaskLook(
        "alert-octagon", "danger", "Voir", "alerte remontée,alertes remontées", _escalated_page, tells_late=False
    ),
)  # fmt: skip
