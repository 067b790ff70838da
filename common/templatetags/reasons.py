"""Why: the reason behind a figure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from common import clock, typography
from common.reasons import Reason, question_of
from common.templatetags.figures import typo

register = template.Library()

# Beyond this, the rest of a level is folded.
LEAVES = 7


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
