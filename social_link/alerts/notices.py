"""What the social service is told of alerts: what is urgent, late, or given by a colleague. The rest waits at home."""

from collections.abc import Callable, Collection, Mapping

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from maintenance.models import WeakSignal
from office.access.actor import Actor
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.notices.kinds import NoticeKind, Shown, declare
from social_link.alerts.codes import ABOUT_ALERT, ABOUT_SIGNAL, AlertNotice, SignalNotice
from social_link.alerts.models import Alert

Readable = Callable[[Actor], QuerySet[Alert]]
Sentences = Callable[[Collection[int]], Mapping[int, Shown]]


def _shown(words: str) -> Sentences:
    def shown(ids: Collection[int]) -> Mapping[int, Shown]:
        rows = Alert.objects.filter(pk__in=ids).values_list("pk", "household__name")
        return {pk: Shown(f"{words} : {name}", link("social_link:alert", pk)) for pk, name in rows}

    return shown


def _passed_on(ids: Collection[int]) -> Mapping[int, Shown]:
    """Who lost an alert may follow the household no more: the sentence says who has it now, and leads to his list."""
    rows = Alert.objects.filter(pk__in=ids).select_related("household", "assignee")
    page = link("social_link:alerts")
    return {row.pk: Shown(f"Alerte confiée à {row.assignee} : {row.household.name}", page) for row in rows}


def _had(actor: Actor) -> QuerySet[Alert]:
    """Of whom this notice names: only who had the alert gets it."""
    return Alert.objects.all()


def _kind(
    code: AlertNotice, many: str, icon: str, shown: Sentences, readable: Readable = Alert.objects.visible_to
) -> NoticeKind:
    return declare(
        NoticeKind(
            code=code,
            about=ABOUT_ALERT,
            many=many,
            icon=icon,
            needs=Read(Data.ALERT, OWN),
            scope=TokenScope.SOCIAL_READ,
            readable=readable,
            shown=shown,
        )
    )


URGENT = _kind(AlertNotice.URGENT, "alerte urgente,alertes urgentes", "alert-triangle", _shown("Alerte urgente"))
LATE = _kind(
    AlertNotice.LATE, "alerte en retard,alertes en retard", "clock", _shown("Alerte sans réponse dans le délai")
)
GIVEN = _kind(
    AlertNotice.GIVEN,
    "alerte réattribuée,alertes réattribuées",
    "heart-handshake",
    _shown("Alerte qui vous est réattribuée"),
)
LOST = _kind(AlertNotice.LOST, "alerte confiée à un collègue,alertes confiées à un collègue", "send", _passed_on, _had)
RESCUE = _kind(AlertNotice.RESCUE, "appel aux secours,appels aux secours", "alert-octagon", _shown("Secours appelés"))
ALL = (URGENT, LATE, GIVEN)
"""What is over when somebody took, gave on or answered the alert. Who lost it is told until he has seen it."""


def _signalled(actor: Actor) -> QuerySet[WeakSignal]:
    return WeakSignal.objects.filter(author_id=actor.user_id or 0)


def _handled(ids: Collection[int]) -> Mapping[int, Shown]:
    """To who saw it: neither what came of it, nor of whom."""
    page, today = link("maintenance:signal"), clock.today()
    rows = WeakSignal.objects.filter(pk__in=ids).values_list("pk", "seen_at")
    days = {pk: short_day(at.astimezone(clock.PARIS).date(), today=today) for pk, at in rows}
    return {pk: Shown(f"Votre signalement du {day} a été traité", page) for pk, day in days.items()}


HANDLED = declare(
    NoticeKind(
        code=SignalNotice.HANDLED,
        about=ABOUT_SIGNAL,
        many="signalement traité,signalements traités",
        icon="circle-check",
        needs=Read(Data.TICKET, OWN),
        scope=TokenScope.MAINTENANCE_READ,
        readable=_signalled,
        shown=_handled,
    )
)
