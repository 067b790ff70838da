"""Writes messages as files under `var/outbox`: the default, so that nothing leaves a machine that was not set up."""

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.providers.base import TryLater
from office.messages.providers.mail import written


class FileProvider:
    """`<key>.eml` for an e-mail, `<key>.txt` for an SMS. The same key writes the same file again."""

    name = "file"
    key_life: timedelta | None = timedelta.max

    def send(self, message: Message) -> str:
        if message.channel == Channel.EMAIL:
            name, content = f"{message.send_key}.eml", written(message).as_bytes()
        else:
            name, content = f"{message.send_key}.txt", f"{message.address}\n\n{message.body}\n".encode()
        try:
            folder = Path(settings.MESSAGE_FOLDER)
            folder.mkdir(parents=True, exist_ok=True)
            # Renamed when whole, so that a full disk leaves no half of a message.
            half = folder / f".{name}"
            half.write_bytes(content)
            half.replace(folder / name)
        except OSError as error:
            raise TryLater("Le dossier des messages ne peut pas être écrit.") from error
        return message.send_key
