"""A referent is named, and gets what is under way: the open alert, the visits to come, the open measures."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from common import clock
from common.typography import counted
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import User
from social_link.alerts.models import Alert
from social_link.alerts.services.answers import reassign
from social_link.contacts.services import hand_over_visits
from social_link.measures.models import Referent
from social_link.measures.services.measures import hand_over_measures
from social_link.measures.services.referents import set_referent


@dataclass(frozen=True, slots=True)
class Named:
    """The referent, and how many alerts, visits and measures went to him. `waits`: his day has not come, so that alerts
    and measures stay where they are."""

    referent: Referent
    alerts: int
    visits: int
    measures: int
    waits: bool

    @property
    def told(self) -> str:
        """What follows the referent, as the end of a message; empty where nothing does."""
        counts = [
            (self.alerts, "alerte ouverte,alertes ouvertes"),
            (self.visits, "visite prévue,visites prévues"),
            (self.measures, "mesure,mesures"),
        ]
        found = ", ".join(counted(n, word) for n, word in counts if n)
        given = f" Lui passent : {found}." if found else ""
        return given + (" Alertes et mesures restent où elles sont jusque-là." if self.waits else "")


@needs(Write(Data.REFERENT))
@transaction.atomic
def name_referent(
    *,
    household: Household,
    user: User,
    from_day: date,
    actor: Actor,
    seen: str | None = None,
    with_alerts: bool = True,
    with_visits: bool = True,
    with_measures: bool = True,
) -> Named:
    """`set_referent`, and what is under way goes to the new one: the open alert of the household whoever has it, and of
    who was referent the visits from that day on and the open measures. Alerts and measures only once his day has come.
    """
    Household.objects.select_for_update().get(pk=household.pk)
    before = Referent.objects.filter(household=household, period__contains=from_day).select_related("user").first()
    former = before.user if before else None
    named = set_referent(household=household, user=user, from_day=from_day, actor=actor, seen=seen, with_visits=False)
    has_come = from_day <= clock.today()
    changes = former is not None and former.pk != user.pk
    visits = measures = alerts = 0
    if former is not None and changes and with_visits:
        visits = hand_over_visits(household=household, former=former, to=user, from_day=from_day, actor=actor)
    if former is not None and changes and with_measures and has_come:
        measures = hand_over_measures(household=household, former=former, to=user, actor=actor)
    if with_alerts and has_come:
        for alert in Alert.objects.open().filter(household=household).exclude(assignee=user).order_by("pk"):
            reassign(alert=alert, to=user, actor=actor, reason="Nouveau référent")
            alerts += 1
    return Named(named, alerts, visits, measures, waits=not has_come and (with_alerts or with_measures))
