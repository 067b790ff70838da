"""What Django refuses to start with: a channel whose provider does not exist."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

from office.messages.providers import PROVIDERS, SETTINGS


@register()
def each_channel_has_a_provider(**_: Any) -> list[Error]:
    return [
        Error(f"{name}: no provider {chosen!r}", hint=f"one of {', '.join(PROVIDERS)}", id="messages.E1")
        for name in SETTINGS.values()
        if (chosen := getattr(settings, name)) not in PROVIDERS
    ]
