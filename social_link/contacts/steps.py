"""The steps that answers have announced follow what is done of them: a contact, a measure that is opened."""

from collections.abc import Collection

from office.access.actor import Actor
from office.tasks.services.tasks import refresh_tasks
from social_link.alerts.codes import AlertState
from social_link.alerts.models import Alert
from social_link.contacts.duties import STEP


def refresh_steps(households: Collection[int], actor: Actor) -> None:
    """The steps announced about these households, under lock."""
    told = Alert.objects.filter(
        household__in=households, state=AlertState.ANSWERED, answer__next_step_on__isnull=False, case__closed_on=None
    )
    ids = list(told.order_by().values_list("pk", flat=True))
    if ids:
        list(Alert.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
        refresh_tasks(STEP, ids=ids, actor=actor)
