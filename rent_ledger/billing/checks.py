"""What Django refuses to start with (`manage.py check`): a source of lines that no demand can bill."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from leases.contracts.natures import Nature


@register()
def check_sources(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E005: a source of the lines of demands declares a nature that no demand can bill."""
    # Not above: they need the models, and this module is read while the apps are loaded.
    from rent_ledger.billing import sources

    return [
        Error(
            f"The source {source.code} makes lines of {nature.value}, which has no income account.",
            hint="Give the nature an `income` in leases.contracts.natures.",
            id="rent_ledger.E005",
        )
        for source in sources.SOURCES
        for nature in sorted(source.natures)
        if nature != Nature.BENEFIT and nature.rule.income is None
    ]
