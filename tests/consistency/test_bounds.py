"""Each text that a person types has a bound, in its form, in the API and in its column."""

import importlib
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models

from common.forms import MonthField
from common.text import LONGEST_TEXT
from office.api_base.types import Input

ROOT = Path(settings.BASE_DIR)
OURS = {"office", "stock", "leases", "rent_ledger", "maintenance", "social_link"}
# Texts without a bound of their column, and what bounds them.
WRITTEN_BY_US = {
    "rent_ledger.BankLine.label": "the readers of bank files cut it",
    "leases.Household.sort_key": "made of a name and a reference, by a trigger",
    "rent_ledger.RunPreviewRow.search": "made of names and references",
    "rent_ledger.RefundFile.content": "a file that we write",
    "office.Job.error": "a sentence of ours",
    "office.JobChunk.error": "a sentence of ours",
    "office.ScheduleRun.error": "cut by the tick",
    "office.AccessLog.reason": "the form where it is typed",
    "office.SentRequest.answer": "an answer of ours",
    "office.MessageText.body": "the rules of the merge, by channel",
    "office.Message.body": "the rules of the merge, by channel",
}


def texts() -> dict[str, bool]:
    """The text columns of the house, and whether a constraint bounds them. A generated column follows its source."""
    found = {}
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in OURS or meta.object_name.endswith("Event"):
            continue
        bounds = {str(constraint.name) for constraint in meta.constraints}
        for field in meta.concrete_fields:
            if isinstance(field, models.TextField):
                bounded = any(name.endswith(f"_{field.name}_bounded") for name in bounds)
                found[f"{meta.label}.{field.name}"] = bounded and field.max_length == LONGEST_TEXT
    return found


def test_a_text_column_is_bounded_or_says_what_bounds_it() -> None:
    assert {name for name, bounded in texts().items() if not bounded} == set(WRITTEN_BY_US)


def _forms() -> list[type[forms.BaseForm]]:
    paths = [path for app in settings.INSTALLED_APPS for path in (ROOT / app).rglob("forms.py")]
    modules = [importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in paths]
    return [
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, forms.BaseForm) and kind.__module__ == module.__name__
    ]


def test_a_text_of_a_form_has_a_bound() -> None:
    """A field that people don't see comes from our page, and is compared with what we know."""
    found = _forms()
    assert len(found) > 30
    free = {
        f"{form.__name__}.{name}"
        for form in found
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField)
        and not isinstance(field, forms.RegexField | forms.UUIDField | MonthField)
        and not isinstance(field.widget, forms.HiddenInput)
        and not (field.max_length and field.max_length <= LONGEST_TEXT)
    }
    assert free == {"TextForm.body", "LetterForm.body"}, "these the rules of the merge bound, by channel"


def test_a_text_of_the_api_has_a_bound_without_saying_it() -> None:
    class Said(Input):
        text: str = ""

    Said(text="a" * LONGEST_TEXT)
    with pytest.raises(ValueError, match=f"at most {LONGEST_TEXT} characters"):
        Said(text="a" * (LONGEST_TEXT + 1))
