"""What Django refuses to start with (`manage.py check`): a rule of alert without its entry."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from social_link.alerts.codes import AlertRule
from social_link.alerts.looks import RULES as LOOKS
from social_link.alerts.services.registry import RULES


@register()
def check_registries(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E002: a rule of alert without entry. E003: a rule without look."""
    found: list[CheckMessage] = []
    for rule in AlertRule:
        if rule not in RULES:
            found.append(
                Error(
                    f"The alert rule {rule.name} has no entry.",
                    hint="Add it to social_link.alerts.services.registry.RULES.",
                    id="social_link.E002",
                )
            )
        if rule not in LOOKS:
            found.append(
                Error(
                    f"The alert rule {rule.name} has no look.",
                    hint="Add it to social_link.alerts.looks.RULES.",
                    id="social_link.E003",
                )
            )
    return found
