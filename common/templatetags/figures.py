"""Words and figures: amounts, days, months, plurals, typed texts."""

import html
import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from common import clock, typography
from common.periods import DateRange, Month, last_day

register = template.Library()

EMPTY = SafeString("")


@lru_cache(maxsize=4096)
def _raised(text: str) -> SafeString:
    """Escaped `text` with raised ordinals: 1<sup>er</sup>, 2<sup>e</sup>."""
    escaped = html.escape(text, quote=False)
    return mark_safe(  # noqa: S308  escaped on the line above
        re.sub(r"(?<![\w-])(\d+)(er|re|ers|res|es|e)(?!\w)", r"\1<sup>\2</sup>", escaped)
    )


@register.filter(is_safe=True)
def phrase(text: str) -> str:
    """`5 nov.`, `5 nov. 2025.`: with one full stop, at the end of a sentence."""
    return typography.sentence(text)


@register.filter
def minuscule(label: str) -> str:
    """A label inside a sentence: « Déclarer à la CAF » is « déclarer à la CAF », « SMS » stays as it is."""
    return typography.uncapitalised(str(label))


@register.filter
def euros(value: Decimal | int | None, style: int | str = 2) -> str:
    """`1 204,70 €`; style `0` rounds to the euro, `"+"` always writes the sign; `None` is `–`."""
    if value == "":
        return ""
    if style == "+":
        return typography.euros(value, signed=True)
    return typography.euros(value, int(style))


@register.filter
def nombre(value: Decimal | int | None, places: int | None = None) -> str:
    """`1 248`, `3,1`; `None` is `–`."""
    return typography.NOTHING if value is None else typography.number(value, places)


@register.filter
def pourcent(value: Decimal | int | None, places: int = 0) -> str:
    """`57,6 %` from 57.6."""
    return typography.NOTHING if value is None else f"{typography.number(value, places)}{typography.NBSP}%"


def _day(value: date | datetime) -> date:
    return value.astimezone(clock.PARIS).date() if isinstance(value, datetime) else value


@register.filter
def jour(value: date | datetime | None, style: str = "") -> str:
    """`5 nov.`; the year is added far from today, or always with style `an`, never with `sans`; `None` is `–`."""
    if value is None:
        return typography.NOTHING
    day = _day(value)
    if style:
        return _raised(typography.short_day(day, year={"an": True, "sans": False}[style]))
    return _raised(typography.short_day(day, today=clock.today()))


@register.filter
def dernier_jour(span: DateRange) -> date | None:
    """The last day, included, of a half-open period: `{{ lease.period|dernier_jour|jour }}`."""
    return last_day(span)


@register.filter
def jour_long(value: date | datetime | None) -> str:
    """`jeudi 5 novembre 2026`."""
    return typography.NOTHING if value is None else _raised(typography.long_day(_day(value)))


@register.filter
def heure(value: datetime | None) -> str:
    """`8 h 34`."""
    return typography.NOTHING if value is None else typography.hour(value)


@register.filter
def instant(value: datetime | None) -> str:
    """`5 nov. à 8 h 34`."""
    return typography.NOTHING if value is None else _raised(typography.instant(value, today=clock.today()))


@register.filter
def mois(value: Month | date | None, style: str = "") -> str:
    """`novembre 2026`; styles `seul`, `bref`, `court`, `de`."""
    return typography.NOTHING if value is None else typography.month(value, style)


def _count(value: Any) -> Decimal | int:
    return value if isinstance(value, int | Decimal) else len(value)


@register.filter
def pluriel(value: Any, words: str) -> str:
    """`3 ménages` from 3 (or a list of 3) and `"ménage"`, or `"bail,baux"`."""
    return typography.counted(_count(value), words)


@register.filter
def accord(value: Any, words: str) -> str:
    """The form of the word that agrees with the number, without the number."""
    return typography.agree(_count(value), words)


# Cache short texts only: labels repeat on every page, a longer text was typed by somebody.
SHORT = 120


@lru_cache(maxsize=4096)
def _typeset(text: str) -> SafeString:
    return _raised(typography.french(text))


def _set(text: str) -> SafeString:
    if len(text) > SHORT:
        return _raised.__wrapped__(typography.french(text))
    return _typeset(text)


@register.filter
def typo(value: Any) -> SafeString:
    """French typography for a typed text; safe HTML keeps its tags, anything else is escaped."""
    if value is None:
        return EMPTY
    if not isinstance(value, SafeString):
        return _set(str(value))
    parts = re.split(r"(<[^>]*>)", value)
    parts[::2] = [_set(html.unescape(part)) for part in parts[::2]]
    return mark_safe("".join(parts))  # noqa: S308  tags of a safe string, and escaped text


@register.filter
def initiales(value: Any) -> str:
    """`FS` for « Mme Fatou Sarr »."""
    return typography.initials(str(value or ""))


@register.filter
def telephone(value: str | None) -> str:
    """`06 12 34 56 78`."""
    return typography.phone(value or "")


@register.filter
def de(value: object) -> str:
    """`de Camille`, `d’Hélène`."""
    return typography.of(str(value))


@register.filter
def appel(value: str | None) -> str:
    """The address that calls a number: `tel:0612345678`, without its spaces."""
    return typography.call_link(value or "")
