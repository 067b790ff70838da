"""What holds for every model and every template of the product."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from common.codes import Code
from common.workflow import Workflow

OURS = ("office", "stock", "leases", "rent_ledger", "maintenance", "social_link")
ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path for app in ("common", *OURS, "desk", "config") for path in (ROOT / app).glob("templates/**/*.html")
)
# Rows that are nothing without the other one: parts of a job, of a schedule, of a preview, what is rebuilt from the
# ledger or found in it each night; a purged job leaves its import.
NOT_PROTECTED = {
    "office.JobChunk.job": "CASCADE",
    "office.ScheduleRun.schedule": "CASCADE",
    "rent_ledger.OpenItem.posting": "CASCADE",
    "rent_ledger.OpenItem.account": "CASCADE",
    "rent_ledger.AccountState.account": "CASCADE",
    "rent_ledger.EarlySign.account": "CASCADE",
    "rent_ledger.BankFile.job": "SET_NULL",
    "rent_ledger.RentRun.job": "SET_NULL",
    "rent_ledger.RunPreviewRow.preview": "CASCADE",
    "rent_ledger.RunPreviewHeld.preview": "CASCADE",
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
        if "_" in field.name and not isinstance(field, models.GeneratedField):
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
    theirs = re.compile(r"^(account|mfa|usersessions|allauth|socialaccount)/|^(400|403|403_csrf|404|429|500)\.html$")
    found = {path.relative_to(ROOT).as_posix().split("/templates/", 1)[1] for path in TEMPLATES}
    assert sorted(name for name in found - named if not theirs.match(name)) == []


STATEFUL = [
    (model, field)
    for model in apps.get_models()
    for field in model._meta.concrete_fields
    if field.name == "state" and not model.__name__.endswith("Event")
]


@pytest.mark.parametrize(("model", "field"), STATEFUL, ids=lambda x: getattr(x, "__name__", ""))
def test_a_state_follows_its_workflow(model: type[models.Model], field: models.Field) -> None:
    assert isinstance(model.flow, Workflow)  # type: ignore[attr-defined]
    assert model.flow.states == {value for value, _ in field.choices}  # type: ignore[attr-defined]
    assert set(model.flow.transitions) == model.flow.states, "name the states that nothing leaves too"  # type: ignore[attr-defined]


def test_the_states_are_found() -> None:
    assert {model.__name__ for model, _ in STATEFUL} >= {"Lease", "Ticket", "RentRun", "RentDemand", "BankLine", "Job"}


def _given() -> Iterator[tuple[str, str, str]]:
    """(place, class of codes, member) of each `row.state = …` and `.update(state=…)` of the services and jobs."""
    for app in OURS:
        for path in [p for p in (ROOT / app).rglob("*.py") if {"services", "services.py", "jobs.py"} & set(p.parts)]:
            for node in ast.walk(ast.parse(path.read_text())):
                values = []
                if isinstance(node, ast.Assign):
                    for target in node.targets:
                        pairs = [(target, node.value)]
                        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                            pairs = list(zip(target.elts, node.value.elts, strict=True))
                        values += [v for t, v in pairs if isinstance(t, ast.Attribute) and t.attr == "state"]
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
                    values += [keyword.value for keyword in node.keywords if keyword.arg == "state"]
                for value in values:
                    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", value.value.id, value.attr


def test_no_service_gives_a_state_that_nothing_leads_to() -> None:
    known = {code.__name__: code for code in _classes(Code)}
    reached = {
        code.__name__: {target for targets in model.flow.transitions.values() for target in targets}  # type: ignore[attr-defined]
        for model, field in STATEFUL
        for code in known.values()
        if list(code.choices) == list(field.choices or ())
    }
    given = [(place, name, known[name][member]) for place, name, member in _given() if name in reached]
    assert len(given) > 10
    assert [(place, name) for place, name, member in given if member not in reached[name]] == []


def _classes(base: type[Code]) -> Iterator[type[Code]]:
    for cls in base.__subclasses__():
        yield cls
        yield from _classes(cls)
