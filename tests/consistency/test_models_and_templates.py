"""What holds for every model and every template of the product."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

OURS = ("office", "stock", "leases", "rent_ledger", "maintenance", "social_link")
ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path for app in ("common", *OURS, "desk", "config") for path in (ROOT / app).glob("templates/**/*.html")
)
# Rows that are nothing without the other one: parts of a job, of a schedule, what is rebuilt from the ledger; a purged
# job leaves its import.
NOT_PROTECTED = {
    "office.JobChunk.job": "CASCADE",
    "office.ScheduleRun.schedule": "CASCADE",
    "rent_ledger.OpenItem.posting": "CASCADE",
    "rent_ledger.OpenItem.account": "CASCADE",
    "rent_ledger.AccountState.account": "CASCADE",
    "rent_ledger.BankFile.job": "SET_NULL",
    "rent_ledger.RentRun.job": "SET_NULL",
}


def own_models() -> list[type[models.Model]]:
    """The models of the product, without the history that pghistory derives from them."""
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not hasattr(model, "pgh_tracked_model")
    ]


def test_nothing_is_deleted_with_something_else() -> None:
    found = {
        f"{model._meta.label}.{field.name}": field.remote_field.on_delete.__name__
        for model in own_models()
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
    }
    assert len(found) > 100
    assert {name: rule for name, rule in found.items() if rule != "PROTECT"} == NOT_PROTECTED


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_a_model_and_its_fields_have_french_names(model: type[models.Model]) -> None:
    given = model._meta.original_attrs.get("verbose_name")
    assert given, "no verbose_name"
    assert given[0].islower() or given.split()[0].isupper()
    for field in model._meta.local_fields:
        # A column to sort and search by has no label; a name of one word may be the same in French.
        if "_" in field.name and field.name != "sort_key":
            assert field.verbose_name != field.name.replace("_", " "), field.name


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_template_runs_under_the_content_security_policy(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:", text)
    for attributes in re.findall(r"<script([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes, attributes


def test_every_template_is_used() -> None:
    sources = "\n".join(
        path.read_text()
        for app in ("common", *OURS, "desk", "config")
        for path in (ROOT / app).rglob("*")
        if path.suffix in {".py", ".html"} and "migrations" not in path.parts
    )
    named = set(re.findall(r"[\w/-]+\.html", sources))
    # What Django and allauth look for by themselves, by name or by the kind of an element.
    theirs = re.compile(r"^(account|mfa|usersessions|allauth|socialaccount)/|^(400|403|403_csrf|404|500)\.html$")
    found = {path.as_posix().split("/templates/", 1)[1] for path in TEMPLATES}
    assert sorted(name for name in found - named if not theirs.match(name)) == []
