"""Forms: fields, errors, the key of a form sent once, a confirmation."""

from collections.abc import Iterable
from typing import Any, cast
from uuid import uuid4

from django import forms, template
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from common import clock, typography
from common.guard import Guarded
from common.links import link
from common.picking import PickField
from common.quick import Quick, chips_of
from common.templatetags.figures import EMPTY

register = template.Library()

# What Django says of an empty field; `forms.js` has words of its own for it.
_MISSING = forms.Field.default_error_messages["required"]


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
    elif isinstance(widget, forms.FileInput) and not widget.allow_multiple_selected:
        css = "form-control a-drop"
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
    if isinstance(field.field, PickField):
        attributes["data-pick"] = f"{link(field.field.url)}?{field.field.asks}"
        attributes["data-pick-list"] = f"{field.auto_id}_trouves"
    missing = field.field.error_messages.get("required", _MISSING)
    if field.field.required and missing != _MISSING:
        attributes["data-missing"] = str(missing)
    return {k: v for k, v in attributes.items() if k in ("class", "aria-describedby") or k not in widget.attrs}


DASHES = "---------"
"""What Django writes where nothing is chosen, and no form says better."""


def _name_no_choice(field: forms.ChoiceField) -> None:
    word = "Choisir…" if field.required else "Aucun choix"
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = word
        return
    choices = list(cast("Iterable[Any]", field.choices))
    if ("", DASHES) in choices:
        field.choices = [("", word) if choice == ("", DASHES) else choice for choice in choices]


# Choices of few words stand side by side.
_BESIDE, _LONGEST = range(2, 7), 24


def _are_beside(field: BoundField, options: list[Any]) -> bool:
    is_radio = isinstance(field.field.widget, forms.RadioSelect)
    return is_radio and len(options) in _BESIDE and all(len(str(w.choice_label)) <= _LONGEST for w in options)


def _chips(field: BoundField) -> list[Quick]:
    """The chips of a field, each with the text that it writes."""
    widget = field.field.widget
    return [
        Quick(chip.label, widget.format_value(field.field.prepare_value(chip.value)) or "")
        for chip in chips_of(getattr(field.field, "quick", ()), clock.today())
    ]


def _field_context(field: BoundField, hint: str, label: str) -> dict[str, Any]:
    hint = hint or str(field.help_text or "")
    if isinstance(field.field, forms.ChoiceField):
        _name_no_choice(field.field)
    attributes = _attributes(field, hint)
    if isinstance(field.field.widget, forms.Textarea):
        # A browser cuts what is pasted beyond it without a word: the form refuses it, and keeps it to be shortened.
        field.field.widget.attrs.pop("maxlength", None)
    kind = _kind(field)
    options = [w for w in field.subwidgets if not w.data.get("is_group")] if kind == "choices" else []
    is_day = isinstance(field.field, forms.DateField) and not isinstance(field.field.widget, forms.MultiWidget)
    return {
        "field": field,
        "kind": kind,
        "control": EMPTY if kind == "choices" else field.as_widget(attrs=attributes),
        "options": options,
        "beside": _are_beside(field, options),
        "chips": [] if kind == "choices" else _chips(field),
        "is_day": is_day and not field.field.disabled,
        "pick": field.field if isinstance(field.field, PickField) else None,
        "label": label or field.label,
        "optional": not field.field.required and not field.field.disabled and kind != "check",
        "hint": hint,
        "hint_id": f"{field.auto_id}_helptext",
        "error_id": f"{field.auto_id}_error",
        "missing": attributes.get("data-missing", ""),
        "describedby": attributes.get("aria-describedby", ""),
    }


@register.inclusion_tag("common/includes/field.html")
def field(bound: BoundField, hint: str = "", label: str = "", quiet: bool = False) -> dict[str, Any]:
    """A form field in the house style: label above, hint and error under, boxes for choices.

    `quiet` leaves out the word *facultatif*: in a form of filters nothing is asked. Choices of few words stand side by
    side; a field with `quick` has its chips, a day its calendar.
    """
    bound.form.__dict__.setdefault("_shown_fields", set()).add(bound.name)
    if bound.is_hidden:
        return {"kind": "hidden", "control": bound.as_widget()}
    context = _field_context(bound, hint, label)
    if quiet:
        context |= {"optional": False, "is_day": context["is_day"] and bool(context["chips"])}
    return context


@register.inclusion_tag("common/includes/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """The fields of `form` that no `field` tag has shown yet, hidden ones included."""
    shown = form.__dict__.get("_shown_fields", set())
    return {"fields": [bound for bound in form if bound.name not in shown]}


def _anchor(bound: BoundField) -> str:
    return f"{bound.auto_id}_0" if _kind(bound) == "choices" else str(bound.auto_id)


@register.inclusion_tag("common/includes/form_errors.html")
def form_errors(*all_forms: BaseForm) -> dict[str, Any]:
    """The summary of errors, first in the form: it takes the focus and links to each field. With it, what a guarded
    form asks to read again (`common.guard`), and what confirms it."""
    bound_forms = [form for form in all_forms if form.is_bound]
    refused = [bound for form in bound_forms for bound in form if bound.errors]
    wrong = [(_anchor(bound), str(bound.label)) for bound in refused if not bound.is_hidden]
    general = [error for form in bound_forms for error in form.non_field_errors()]
    general += [error for bound in refused if bound.is_hidden for error in bound.errors]
    count = len(wrong)
    guarded = [form for form in all_forms if isinstance(form, Guarded)]
    for form in guarded:
        form.__dict__.setdefault("_shown_fields", set()).add("confirmed")
    return {
        "guarded": guarded,
        "general": general,
        # A question is named in the line of fields, not asked again: « ?. » is no end of a sentence.
        "wrong": [(anchor, typography.uncapitalised(label).rstrip(f" ?{typography.NBSP}")) for anchor, label in wrong],
        "title": f"{typography.in_words(count).capitalize()} "
        + typography.agree(count, "champ à corriger,champs à corriger"),
    }


@register.inclusion_tag("common/includes/once.html")
def once() -> dict[str, Any]:
    """A hidden `request_key`, new each time that the form is shown: sent twice, it counts once."""
    return {"key": uuid4()}


@register.simple_tag
def stays(address: str) -> SafeString:
    """Attributes of a form that posts to `address` and stays: its page comes back in its place, with the counts of the
    menu. Without script the form posts, and the page is loaded anew."""
    return format_html(
        'action="{0}" hx-post="{0}" hx-target="#contenu" hx-select="#contenu" hx-select-oob="#menu,#menu-plus" '
        'hx-swap="outerHTML" hx-sync="this:drop"',
        address,
    )


@register.simple_tag
def drops(address: str) -> SafeString:
    """Attributes of a form that sends files to `address` with their progress (`common/drop.js`). Its view stands under
    `common.answers.leads_on`. Without script the form posts."""
    return format_html(
        'action="{0}" hx-post="{0}" enctype="multipart/form-data" hx-encoding="multipart/form-data" '
        'hx-target="#contenu" hx-select="#contenu" hx-swap="outerHTML" hx-sync="this:drop" data-drop',
        address,
    )


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
    opened: bool = False,
    waits: str = "",
    about: str = "",
    chain: str = "",
) -> SafeString:
    """A confirmation dialog with its own facts or fields between the tags. `opened`: it opens with the page, as what
    was typed in it was refused. `waits`: its name in the outbox of a phone, `about` whom, in the `chain` of a page."""
    if context.template is None:
        raise ValueError("confirm: outside a template")
    dialog = context.template.engine.get_template("common/includes/confirm_dialog.html")
    body = mark_safe(content)  # noqa: S308  nodes already rendered
    values = {"id": id, "question": question, "action": action, "verb": verb, "keep": keep, "danger": danger}
    with context.push(**values, body=body, opened=opened, waits=waits, about=about, chain=chain):
        return dialog.render(context)
