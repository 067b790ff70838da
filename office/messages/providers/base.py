"""What every provider answers, and how it refuses."""

from datetime import timedelta
from typing import Protocol

from office.messages.models import Message


class ProviderError(Exception):
    """`str(error)` is a French sentence for who decided the message. It holds no address and no key."""


class Refused(ProviderError):
    """It will never arrive as it is: no such number, refused text."""


class TryLater(ProviderError):
    """It surely did not leave, and may later: no connection, no credit, wrong settings of ours."""


class Unknown(ProviderError):
    """It may have left: the connection was lost after the text was handed over."""


class AlreadyTaken(ProviderError):
    """The provider knows this key: it took the message at an earlier try whose answer was lost."""


class Provider(Protocol):
    """`key_life`: for how long a message sent again under the same key (`Message.send_key`) leaves once only. None:
    it takes no key."""

    name: str
    key_life: timedelta | None

    def send(self, message: Message) -> str:
        """Hand over one message; the provider's reference for it, or "". Raises a `ProviderError`."""
        ...
