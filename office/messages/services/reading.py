"""Reading what a message says to a household: by a person who may, and logged."""

from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import needs
from office.access.services.access_log import log_access
from office.messages.models import Message


@needs(Read(Data.MESSAGE))
def open_message(*, message: Message, actor: Actor) -> Message:
    """The message with its text, which the person is about to read."""
    log_access(actor=actor, subject=Data.MESSAGE, obj=message, household_id=message.household_id)
    return message
