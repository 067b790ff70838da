"""Icons, badges, states, initials: what is seen before it is read."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from common import typography
from common.looks import HUES, MEANINGS, TRADES

register = template.Library()


def written(template_name: str, **context: Any) -> SafeString:
    """An include inside a line: without the end of line of its file."""
    return mark_safe(render_to_string(template_name, context).strip())  # noqa: S308  a template's


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("vendor/icons.svg")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; `size` is `sm` or `lg`; with `label` it is read aloud, else it is decoration."""
    return _icon(name, size, conditional_escape(label), css)


@lru_cache(maxsize=1024)
def _icon(name: str, size: str, label: str, css: str) -> SafeString:
    classes = " ".join(filter(None, ["icon", f"icon-{size}" if size else "", css]))
    return written("common/includes/icon.html", classes=classes, label=label, href=f"{_sprite()}#i-{name}")


def _meaning(meaning: str, icon_name: str) -> tuple[str, str]:
    meaning = str(meaning)
    if meaning in MEANINGS and not (icon_name and meaning in HUES):
        hue, own_icon = MEANINGS[meaning]
        return hue, icon_name or own_icon
    if meaning in HUES:
        return meaning, icon_name
    raise ValueError(f"badge: « {meaning} » is neither a meaning ({', '.join(MEANINGS)}) nor a hue")


def _mark(css: str, text: Any, meaning: str, icon_name: str) -> SafeString:
    # A `SafeString` equals the plain `str` with the same text, but must not be escaped: they need separate cache keys.
    return _marked(css, conditional_escape(text), str(meaning), icon_name)


@lru_cache(maxsize=1024)
def _marked(css: str, text: SafeString, meaning: str, icon_name: str) -> SafeString:
    hue, icon_name = _meaning(meaning, icon_name)
    return written("common/includes/mark.html", css=css, hue=hue, image=icon_name, text=text)


@register.simple_tag
def badge(text: Any, meaning: str = "neutral", icon: str = "") -> SafeString:
    """Icon, word, soft ground. `meaning` is a key of `MEANINGS`, or a hue with `icon=`."""
    return _mark("a-badge", text, meaning, icon)


@register.simple_tag
def state(text: Any, meaning: str = "neutral", icon: str = "") -> SafeString:
    """A badge inside a sentence: no ground."""
    return _mark("a-state", text, meaning, icon)


@register.inclusion_tag("common/includes/tick.html")
def tick(text: Any, meaning: str = "done", image: str = "") -> dict[str, Any]:
    """A line of `ul.a-tick`: an icon, a sentence."""
    hue, name = _meaning(meaning, image)
    return {"hue": hue, "image": name or "check", "text": text}


@register.simple_tag
def avatar(name: Any, hue: str = "rent", small: bool = False) -> SafeString:
    """Initials of a name that is written beside it (decoration)."""
    return _avatar(typography.initials(str(name or "")), hue, small)


@lru_cache(maxsize=1024)
def _avatar(initials: str, hue: str, small: bool) -> SafeString:
    return written("common/includes/avatar.html", initials=initials, hue=hue, small=small)


@register.simple_tag
def trade_dot(trade: str) -> SafeString:
    """The round icon of a trade (`rent`, `social`, `tech`), named for a screen reader."""
    return _trade_dot(str(trade))


@lru_cache(maxsize=16)
def _trade_dot(trade: str) -> SafeString:
    hue, name, label = TRADES[trade]
    return written("common/includes/trade_dot.html", hue=hue, image=name, label=label)


@register.filter
def trade_name(trade: str) -> str:
    """« Gestion locative » for `rent`."""
    return TRADES[str(trade)][2]
