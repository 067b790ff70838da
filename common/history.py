"""What was taken out on purpose stays in its history (`django-pghistory`, events of `delete`): how it comes back."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
DELETED = "delete"
"""The label of `pghistory.DeleteEvent`."""


def events_of(model: type[M]) -> "QuerySet[Any]":
    """The history of all rows of `model`, in its order."""
    events = model._meta.get_field("events").related_model
    assert isinstance(events, type)
    return events._default_manager.order_by("pgh_id")


def deleted(model: type[M], **facts: Any) -> "QuerySet[Any]":
    """The events of deletion of rows of `model` with these facts, the last one first."""
    return events_of(model).filter(pgh_label=DELETED, **facts).order_by("-pgh_id")


def brought_back(model: type[M], events: Iterable[Any]) -> list[M]:
    """The rows as these events of deletion keep them, written again with their ids."""
    names = [field.attname for field in model._meta.concrete_fields if not field.generated]
    rows = [model(**{name: getattr(event, name) for name in names}) for event in events]
    return list(model._default_manager.bulk_create(rows))
