"""Migrations in a few seconds instead of a minute: of what Django renders anew at each operation, most does not change.

A new model changes no other one, a new field its own model only, and a constraint, an index or a trigger no field;
Django renders every model that is related, which are nearly all. Only tests use this: an
installation runs `migrate` as Django does it, and so does `.ci/run`, once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db.migrations.state import ModelState, ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

OPTIONS = ("constraints", "indexes", "triggers")


@contextmanager
def quick_states() -> Iterator[None]:
    """For the migrations that are run inside."""
    with pytest.MonkeyPatch.context() as patch:
        for change in ("_append_option", "_remove_option"):
            patch.setattr(ProjectState, change, _of_a_state(getattr(ProjectState, change)))
        for operation in (AddTrigger, RemoveTrigger):
            patch.setattr(operation, "state_forwards", _of_an_operation(operation.state_forwards))
        patch.setattr(ProjectState, "add_model", _add_model)
        patch.setattr(ProjectState, "add_field", _add_field)
        yield


@contextmanager
def _not_rendered(state: ProjectState) -> Iterator[Any]:
    """What was rendered of the state, if anything; it stays."""
    rendered = state.__dict__.pop("apps", None)
    yield rendered
    if rendered is not None:
        state.__dict__["apps"] = rendered


def _told(state: ProjectState, rendered: Any, app_label: str, model_name: str) -> None:
    """A change of a field looks at the options of its model."""
    if rendered is not None:
        options = rendered.get_model(app_label, model_name)._meta
        for name in OPTIONS:
            setattr(options, name, list(state.models[app_label, model_name].options.get(name, [])))


def _of_a_state(change: Callable[..., None]) -> Callable[..., None]:
    def changed(state: ProjectState, app_label: str, model_name: str, *args: Any) -> None:
        with _not_rendered(state) as rendered:
            change(state, app_label, model_name, *args)
        _told(state, rendered, app_label, model_name)

    return changed


def _of_an_operation(forwards: Callable[..., None]) -> Callable[..., None]:
    def changed(operation: Any, app_label: str, state: ProjectState) -> None:
        with _not_rendered(state) as rendered:
            forwards(operation, app_label, state)
        _told(state, rendered, app_label, operation.model_name)

    return changed


_whole_add_model, _whole_add_field = ProjectState.add_model, ProjectState.add_field


def _add_model(state: ProjectState, model: ModelState) -> None:
    with _not_rendered(state) as rendered:
        _whole_add_model(state, model)
    if rendered is not None:
        rendered.render_multiple([model])


def _add_field(state: ProjectState, app_label: str, model_name: str, name: str, *args: Any) -> None:
    to = getattr(args[0].remote_field, "model", None)
    if isinstance(to, str) and to != "self" and not _knows(state, app_label, model_name, to):
        return _whole_add_field(state, app_label, model_name, name, *args)
    with _not_rendered(state) as rendered:
        _whole_add_field(state, app_label, model_name, name, *args)
    if rendered is not None:
        field = state.models[app_label, model_name].fields[name]
        rendered.get_model(app_label, model_name).add_to_class(name, field.clone())


def _knows(state: ProjectState, app_label: str, model_name: str, to: str) -> bool:
    """Whether what was rendered of a model finds the model `to`, which may have been added since."""
    if "apps" not in state.__dict__:
        return True
    label, name = to.lower().split(".")
    return name in state.apps.get_model(app_label, model_name)._meta.apps.all_models[label]
