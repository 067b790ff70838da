"""Reading what a message says to a household: by a person who may, and logged."""

from collections.abc import Sequence

from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import needs
from office.access.services.access_log import log_access, log_reads
from office.messages.models import Message


@needs(Read(Data.MESSAGE))
def open_message(*, message: Message, actor: Actor) -> Message:
    """The message with its text, which the person is about to read."""
    log_access(actor=actor, subject=Data.MESSAGE, obj=message, household_id=message.household_id)
    return message


@needs(Read(Data.MESSAGE))
def open_together(*, messages: Sequence[Message], actor: Actor) -> Sequence[Message]:
    """Messages that the person takes away together: a pile of letters, its list, a sheet of calls. One write."""
    log_reads(actor=actor, reads=[(Data.MESSAGE, message, message.household_id) for message in messages])
    return messages
