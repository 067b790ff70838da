"""Template tags and filters of the house: French words and figures, icons, badges, reasons, tables, forms.

A builtin of the template engine (no `{% load %}`). How to use each: `docs/ui.md`.
"""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe

from common import clock, typography
from common.columns import Column
from common.links import link
from common.looks import HUES, MEANINGS, TRADES
from common.periods import DateRange, Month, last_day
from common.reasons import Reason, question_of

register = template.Library()

EMPTY = SafeString("")
# Beyond this, the rest of a level is folded.
LEAVES = 7


@register.filter
def lien(pk: int, name: str) -> str:
    """The address of a page by its id: `{{ row.pk|lien:"stock:dwelling" }}`. For lists: ten times faster than `url`."""
    return link(name, pk)


# ---------- words and figures ----------


@lru_cache(maxsize=4096)
def _raised(text: str) -> SafeString:
    """Escaped `text` with raised ordinals: 1<sup>er</sup>, 2<sup>e</sup>."""
    escaped = html.escape(text, quote=False)
    return mark_safe(  # noqa: S308  escaped on the line above
        re.sub(r"(?<![\w-])(\d+)(er|re|ers|res|es|e)(?!\w)", r"\1<sup>\2</sup>", escaped)
    )


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
    """`novembre 2026`; styles `seul`, `court`, `de`."""
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


# ---------- icons, badges ----------


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
    role = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#i-{}"/></svg>', classes, role, _sprite(), name)


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
    image = icon(icon_name) if icon_name else EMPTY
    return format_html('<span class="{} is-{}">{}<span>{}</span></span>', css, hue, image, text)


@register.simple_tag
def badge(text: Any, meaning: str = "neutral", icon: str = "") -> SafeString:
    """Icon, word, soft ground. `meaning` is a key of `MEANINGS`, or a hue with `icon=`."""
    return _mark("a-badge", text, meaning, icon)


@register.simple_tag
def state(text: Any, meaning: str = "neutral", icon: str = "") -> SafeString:
    """A badge inside a sentence: no ground."""
    return _mark("a-state", text, meaning, icon)


@register.simple_tag
def tick(text: Any, meaning: str = "done", image: str = "") -> SafeString:
    """A line of `ul.a-tick`: an icon, a sentence."""
    hue, name = _meaning(meaning, image)
    return format_html('<li class="is-{}">{}<span>{}</span></li>', hue, icon(name or "check"), text)


@register.simple_tag
def avatar(name: Any, hue: str = "rent", small: bool = False) -> SafeString:
    """Initials of a name that is written beside it (decoration)."""
    css = "avatar avatar-s" if small else "avatar"
    return format_html('<span class="{} is-{}" aria-hidden="true">{}</span>', css, hue, initiales(name))


@register.simple_tag
def trade_dot(trade: str) -> SafeString:
    """The round icon of a trade (`rent`, `social`, `tech`), named for a screen reader."""
    hue, name, label = TRADES[str(trade)]
    return format_html('<span class="a-dot is-{}">{}</span>', hue, icon(name, label=label))


@register.filter
def trade_name(trade: str) -> str:
    """« Gestion locative » for `rent`."""
    return TRADES[str(trade)][2]


# ---------- the reason behind a figure ----------


@dataclass(frozen=True, slots=True)
class _Line:
    """One node of a tree, put into French: what `reason_leaf.html` writes."""

    label: str
    amount: Decimal | None
    detail: str
    rule: str
    url: str
    on: date | None
    shown: "list[_Line]"
    folded: "list[_Line]"

    @classmethod
    def of(cls, node: Reason, today: date) -> "_Line":
        label = node.text(today=today)
        detail, rule = (r.text(today=today) if r else "" for r in (node.detail, node.rule))
        lines = [cls.of(part, today) for part in node.parts]
        # Never fold a single line: the "show more" line would take as much room.
        cut = LEAVES if len(lines) > LEAVES + 1 else len(lines)
        return cls(label, node.amount, detail, rule, node.url, node.on, lines[:cut], lines[cut:])


@register.filter
def raison(reason: Reason | str | None, style: str = "") -> SafeString:
    """The sentence of a `Reason`; the years of its days as `jour` writes them, or all of them with style `an`."""
    if not reason or isinstance(reason, str):
        return typo(reason or "")
    return typo(reason.text(today=None if style == "an" else clock.today()))


@register.inclusion_tag("common/includes/reason_tree.html")
def reason_tree(reason: Reason) -> dict[str, Any]:
    """The tree of an amount or of a proposal: branches, leaves with their proof, total."""
    return {"root": _Line.of(reason, clock.today())}


@register.inclusion_tag("common/includes/reason_body.html")
def reason_body(reason: Reason) -> dict[str, Any]:
    """The tree and its rule: the content of the popover."""
    return {"root": _Line.of(reason, clock.today())}


@register.inclusion_tag("common/includes/why_figure.html")
def why(
    value: Any,
    *,
    url: str = "",
    reason: Reason | None = None,
    question: str = "",
    about: str = "",
    text: str = "",
    id: str = "",
) -> dict[str, Any]:
    """A figure with its explanation: a button that opens a popover.

    `value` is an amount (shown in euros), any text, or a `Reason` (shows its amount, else its sentence). `text` is
    shown instead of it. The explanation is given as `reason`, or loaded from `url` at the first click; without either
    there is no button. `about` ends the sentence « voir le calcul … » for screen readers.
    Not inside a `<p>`: the popover is a block.
    """
    today = clock.today()
    if isinstance(value, Reason):
        reason = reason or value
        value = value.text(today=today) if value.amount is None else value.amount
    shown = text or (typography.euros(value) if isinstance(value, Decimal | int) else value)
    if not url and reason is None:
        return {"shown": shown}
    return {
        "shown": shown,
        "pop": id or f"w-{uuid4().hex[:10]}",
        "url": "" if reason else url,
        "root": _Line.of(reason, today) if reason else None,
        "title": question or question_of(value if isinstance(value, Decimal | int) else None),
        # A day may hold `1<sup>er</sup>`: the name for screen readers has its words only.
        "label": f"{strip_tags(str(shown))}{typography.NBSP}: voir le calcul" + (f" {about}" if about else ""),
    }


# ---------- page and tables ----------


@register.simple_tag
def crumbs(*parts: Any) -> SafeString:
    """The breadcrumb: label, address, label, address, …, label of this page."""
    *links, last = parts
    if len(links) % 2:
        raise ValueError("crumbs: label, address, …, then the label of this page")
    items = format_html_join(
        "", '<li class="breadcrumb-item"><a href="{1}">{0}</a></li>', zip(links[::2], links[1::2], strict=True)
    )
    return format_html(
        '<nav aria-label="Fil d’Ariane"><ol class="breadcrumb">{}'
        '<li class="breadcrumb-item active" aria-current="page">{}</li></ol></nav>',
        items,
        last,
    )


def _address(context: Context, changes: dict[str, str], drop: Iterable[str] = ()) -> str:
    query = context["request"].GET.copy()
    for key in drop:
        query.pop(key, None)
    for key, value in changes.items():
        query[key] = value
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def sort_head(
    context: Context,
    label: str,
    key: str = "",
    num: bool = False,
    first: str = "asc",
    param: str = "tri",
    css: str = "",
) -> SafeString:
    """A `<th>` whose link sorts by `key`: `?tri=key` upwards, `?tri=-key` downwards; other filters stay, `?p` goes."""
    classes = " ".join(filter(None, ["a-num" if num else "", css]))
    classed = format_html(' class="{}"', classes) if classes else EMPTY
    if not key:
        return format_html('<th scope="col"{}>{}</th>', classed, label)
    now = context["request"].GET.get(param, "")
    order = {key: "ascending", f"-{key}": "descending"}.get(now, "")
    if order:
        target = key if order == "descending" else f"-{key}"
    else:
        target = f"-{key}" if first == "desc" else key
    arrow = icon("arrow-up" if order == "ascending" else "arrow-down", size="sm") if order else EMPTY
    return format_html(
        '<th scope="col"{}{}><a class="a-sort" href="{}">{}{}</a></th>',
        classed,
        format_html(' aria-sort="{}"', order) if order else EMPTY,
        _address(context, {param: target}, drop=["p"]),
        label,
        arrow,
    )


@register.simple_tag(takes_context=True)
def column_head(context: Context, column: Column) -> SafeString:
    """`sort_head` of a declared column."""
    return sort_head(context, column.label, column.key, column.num, column.first)


@register.simple_tag(takes_context=True)
def page_address(context: Context, number: int | str, param: str = "p") -> str:
    """The address of another page of the same list, its filters kept."""
    return _address(context, {param: str(number)})


@register.filter
def page_numbers(page: Any) -> list[int | str]:
    """Numbers to show in a pagination, with `…` where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))


# ---------- forms ----------


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "input"


def _attributes(field: BoundField, hint: str) -> dict[str, str | bool]:
    widget = field.field.widget
    css = "form-control"
    if isinstance(widget, forms.Select):
        css = "form-select"
    elif isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        css = "form-check-input"
    own = widget.attrs.get("class", "")
    if not own and css == "form-control" and isinstance(field.field, forms.DateField | forms.DecimalField):
        own = "a-w-s"
    attributes: dict[str, str | bool] = {
        "class": " ".join(filter(None, [css, own, "is-invalid" if field.errors else ""]))
    }
    described = [f"{field.auto_id}_helptext"] if hint else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if isinstance(field.field, forms.DateField) and not isinstance(widget, forms.MultiWidget):
        attributes |= {"placeholder": "JJ/MM/AAAA", "inputmode": "numeric", "autocomplete": "off"}
    elif isinstance(field.field, forms.DecimalField):
        attributes["inputmode"] = "decimal"
    return {k: v for k, v in attributes.items() if k in ("class", "aria-describedby") or k not in widget.attrs}


def _field_context(field: BoundField, hint: str, label: str) -> dict[str, Any]:
    hint = hint or str(field.help_text or "")
    attributes = _attributes(field, hint)
    kind = _kind(field)
    return {
        "field": field,
        "kind": kind,
        "control": EMPTY if kind == "choices" else field.as_widget(attrs=attributes),
        "options": [w for w in field.subwidgets if not w.data.get("is_group")] if kind == "choices" else [],
        "label": label or field.label,
        "optional": not field.field.required and not field.field.disabled and kind != "check",
        "hint": hint,
        "hint_id": f"{field.auto_id}_helptext",
        "error_id": f"{field.auto_id}_error",
        "describedby": attributes.get("aria-describedby", ""),
    }


@register.inclusion_tag("common/includes/field.html")
def field(bound: BoundField, hint: str = "", label: str = "", quiet: bool = False) -> dict[str, Any]:
    """A form field in the house style: label above, hint and error under, boxes for choices.

    `quiet` leaves out the word *facultatif*: in a form of filters nothing is asked.
    """
    bound.form.__dict__.setdefault("_shown_fields", set()).add(bound.name)
    if bound.is_hidden:
        return {"kind": "hidden", "control": bound.as_widget()}
    context = _field_context(bound, hint, label)
    return {**context, "optional": context["optional"] and not quiet}


@register.inclusion_tag("common/includes/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """The fields of `form` that no `field` tag has shown yet, hidden ones included."""
    shown = form.__dict__.get("_shown_fields", set())
    return {"fields": [bound for bound in form if bound.name not in shown]}


def _anchor(bound: BoundField) -> str:
    return f"{bound.auto_id}_0" if _kind(bound) == "choices" else str(bound.auto_id)


@register.inclusion_tag("common/includes/form_errors.html")
def form_errors(*all_forms: BaseForm) -> dict[str, Any]:
    """The summary of errors, first in the form: it takes the focus and links to each field."""
    bound_forms = [form for form in all_forms if form.is_bound]
    refused = [bound for form in bound_forms for bound in form if bound.errors]
    wrong = [(_anchor(bound), str(bound.label)) for bound in refused if not bound.is_hidden]
    general = [error for form in bound_forms for error in form.non_field_errors()]
    general += [error for bound in refused if bound.is_hidden for error in bound.errors]
    count = len(wrong)
    return {
        "general": general,
        "wrong": [(anchor, label[:1].lower() + label[1:]) for anchor, label in wrong],
        "title": f"{typography.in_words(count).capitalize()} "
        + typography.agree(count, "champ à corriger,champs à corriger"),
    }


@register.simple_tag
def once() -> SafeString:
    """A hidden `idempotency_key`, new each time that the form is shown: sent twice, it counts once."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    *,
    id: str,
    question: str,
    action: str,
    verb: str,
    keep: str,
    danger: bool = True,
) -> SafeString:
    """A confirmation dialog with its own facts or fields between the tags."""
    if context.template is None:
        raise ValueError("confirm: outside a template")
    dialog = context.template.engine.get_template("common/includes/confirm_dialog.html")
    body = mark_safe(content)  # noqa: S308  nodes already rendered
    with context.push(id=id, question=question, action=action, verb=verb, keep=keep, danger=danger, body=body):
        return dialog.render(context)
