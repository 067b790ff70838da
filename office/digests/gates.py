"""What takes back a message to somebody of the house: he left, it was seen, or the morning is over."""

from collections.abc import Mapping, Sequence

from common import clock
from office.digests.letters import DIGEST, MOVED
from office.digests.queries import here
from office.digests.services.sending import MORNING_ENDS
from office.messages.codes import ABOUT_STAFF
from office.messages.gate import Stop, gate
from office.messages.models import Message
from office.notices.models import Notice

GONE = "Le compte est fermé, ou la personne est absente."
TOO_LATE = "La matinée est passée : le récapitulatif ne part plus."
SEEN = "Tout a été vu dans Ancrage entre-temps."


@gate("staff")
def outdated(messages: Sequence[Message]) -> Mapping[int, Stop]:
    """A fixed number of queries, however many messages."""
    # That an address was changed is told in any case.
    asked = [message for message in messages if message.about == ABOUT_STAFF and message.kind != MOVED.code]
    if not asked:
        return {}
    ids = {message.about_id for message in asked}
    now = clock.now().astimezone(clock.PARIS)
    present = set(here(now.date()).filter(pk__in=ids).values_list("pk", flat=True))
    unseen = Notice.objects.unseen().filter(user_id__in=ids, told_at__isnull=False)
    waiting = set(unseen.values_list("user_id", flat=True))
    found = {}
    for message in asked:
        written = message.created_at.astimezone(clock.PARIS)
        if message.about_id not in present:
            found[message.pk] = Stop(GONE, is_final=True)
        elif message.kind == DIGEST.code:
            if written.date() != now.date() or now.hour >= MORNING_ENDS:
                found[message.pk] = Stop(TOO_LATE, is_final=True)
        elif message.about_id not in waiting:
            found[message.pk] = Stop(SEEN, is_final=True)
    return found
