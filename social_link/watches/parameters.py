"""Dated parameters of what follows an end. No text gives them: S1-12 asks a watch, row 144 a follow-up."""

from datetime import date

from common.params import Kind, Params, declare
from office.parameters.queries import params_on
from social_link.watches.rules.after import Window

_S1_12 = "Pratique de la veille ASLL (S1-12), aucun texte"
_ROW_144 = "Pratique du suivi des sorties, aucun texte"


def _months(name: str, label: str, source: str, default: int) -> str:
    return declare(
        key=f"measure.{name}", kind=Kind.MONTHS, unit="mois", label=label, source=source, verified=False,
        default=default,
    ).key  # fmt: skip


def _days(name: str, label: str, source: str, default: int) -> str:
    return declare(
        key=f"measure.{name}", kind=Kind.DAYS, unit="jours", label=label, source=source, verified=False,
        default=default,
    ).key  # fmt: skip


_WATCH = (
    _months("watch_1", "Veille : première étape après la fin", _S1_12, 3),
    _months("watch_2", "Veille : seconde étape après la fin", _S1_12, 6),
)
_FOLLOW_UP = (
    _months("follow_1", "Suivi après la sortie : première étape", _ROW_144, 6),
    _months("follow_2", "Suivi après la sortie : seconde étape", _ROW_144, 12),
)
_BEFORE = _days("step_before", "Étape après la fin : jours avant, où la situation compte", _ROW_144, 30)
_AFTER = _days("step_after", "Étape après la fin : jours après, où la situation compte", _ROW_144, 60)
_AGAIN = _days("again_days", "Demande de reprise : délai pour l’orienter", _S1_12, 7)


def watch_months(day: date) -> tuple[int, ...]:
    """After how many months a watch is proposed."""
    params = params_on(day)
    return tuple(sorted({params.integer(key) for key in _WATCH}))


def follow_up_months(day: date) -> tuple[int, ...]:
    """After how many months one asks where those who left live."""
    params = params_on(day)
    return tuple(sorted({params.integer(key) for key in _FOLLOW_UP}))


def window_on(day: date, *, params: Params | None = None) -> Window:
    """In which days around a step what is found counts for it."""
    params = params or params_on(day)
    return Window(params.integer(_BEFORE), params.integer(_AFTER))


def again_days(day: date) -> int:
    """Within how many days a request to begin again is oriented."""
    return params_on(day).integer(_AGAIN)
