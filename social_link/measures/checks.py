"""What Django refuses to start with (`manage.py check`): a kind of measure without bounds."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from social_link.measures.codes import MeasureKind
from social_link.measures.rules.kinds import KINDS


@register()
def check_kinds(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E001: a kind of measure without bounds."""
    return [
        Error(
            f"The kind of measure {kind.name} has no bounds.",
            hint="Add it to social_link.measures.rules.kinds.KINDS.",
            id="social_link.E001",
        )
        for kind in MeasureKind
        if kind not in KINDS
    ]
