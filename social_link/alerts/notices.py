"""What the social service is told of alerts: what is urgent, late, or given by a colleague. The rest waits at home."""

from collections.abc import Callable, Collection, Mapping

from common.links import link
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.notices.kinds import NoticeKind, Shown, declare
from social_link.alerts.codes import ABOUT_ALERT, AlertNotice
from social_link.alerts.models import Alert


def _shown(words: str) -> Callable[[Collection[int]], Mapping[int, Shown]]:
    def shown(ids: Collection[int]) -> Mapping[int, Shown]:
        rows = Alert.objects.filter(pk__in=ids).values_list("pk", "household__name")
        return {pk: Shown(f"{words} : {name}", link("social_link:alert", pk)) for pk, name in rows}

    return shown


def _kind(code: AlertNotice, plural: str, icon: str, words: str) -> NoticeKind:
    return declare(
        NoticeKind(
            code=code,
            about=ABOUT_ALERT,
            plural=plural,
            icon=icon,
            needs=Read(Data.ALERT, OWN),
            scope=TokenScope.SOCIAL_READ,
            readable=Alert.objects.visible_to,
            shown=_shown(words),
        )
    )


URGENT = _kind(AlertNotice.URGENT, "alertes urgentes", "alert-triangle", "Alerte urgente")
LATE = _kind(AlertNotice.LATE, "alertes en retard", "clock", "Alerte sans réponse dans le délai")
GIVEN = _kind(AlertNotice.GIVEN, "alertes réattribuées", "heart-handshake", "Alerte qui vous est réattribuée")
ALL = (URGENT, LATE, GIVEN)
