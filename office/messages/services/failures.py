"""What did not arrive comes back to who decided it."""

from common import clock
from office.access.actor import Actor
from office.messages.models import Message
from office.messages.notices import FAILED
from office.notices.services import NewNotice, notify


def tell_author(message: Message) -> None:
    """Once an hour: the list behind the notice has the others, and a server that is down all morning makes no flood."""
    if message.author_id is not None:
        key = f"{clock.now().astimezone(clock.PARIS):%Y-%m-%d %H}"
        notify(new=[NewNotice(FAILED, message.author_id, message.pk, key)], actor=Actor.system())
