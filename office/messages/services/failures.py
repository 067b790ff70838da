"""What did not arrive comes back to who decided it."""

from common import clock
from office.access.actor import Actor
from office.messages import duties
from office.messages.kinds import declared
from office.messages.models import Message
from office.messages.notices import FAILED
from office.notices.services import NewNotice, notify
from office.tasks.services.tasks import refresh_tasks


def come_back(message: Message, *, actor: Actor | None = None) -> None:
    """A message has failed: it is a task, and who decided it is told. Told once an hour: the list behind the notice has
    the others, and a server that is down all morning makes no flood. Whoever noted it himself is not told."""
    actor = actor or Actor.system()
    refresh_tasks(duties.FAILED, ids=[message.pk], actor=actor)
    if message.author_id is not None:
        key = f"{clock.now().astimezone(clock.PARIS):%Y-%m-%d %H}"
        notify(new=[NewNotice(FAILED, message.author_id, message.pk, key)], actor=actor)
    kind = declared().get(message.kind)
    if kind is not None and kind.failed is not None:
        kind.failed([message.about_id])


def waits_no_more(message: Message) -> None:
    """A person withdrew a message, or a call can't be made: whoever decided messages of its kind hears it."""
    kind = declared().get(message.kind)
    if kind is not None and kind.waits_no_more is not None:
        kind.waits_no_more([message.about_id])
