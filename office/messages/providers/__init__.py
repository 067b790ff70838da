"""The ways out of the house, a folder each. Settings choose the one of each channel."""

from collections.abc import Callable

from django.conf import settings

from office.messages.codes import Channel
from office.messages.providers.base import Provider
from office.messages.providers.file import FileProvider
from office.messages.providers.octopush import OctopushProvider
from office.messages.providers.smtp import SmtpProvider

PROVIDERS: dict[str, Callable[[], Provider]] = {
    "file": FileProvider,
    "smtp": SmtpProvider,
    "octopush": OctopushProvider,
}
SETTINGS = {Channel.EMAIL: "MAIL_PROVIDER", Channel.SMS: "SMS_PROVIDER"}
"""The setting that names the provider of a channel that leaves by itself."""


def provider_of(channel: str) -> Provider:
    return PROVIDERS[getattr(settings, SETTINGS[Channel(channel)])]()
