"""Who of the house may do a thing today."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from common import clock
from office.access.matrix import Capability, roles_with


def people_who(*wanted: Capability) -> "QuerySet[Any, Any]":
    """Users who may do one of these things today, by a role in force, with an open account. In order of arrival."""
    return (
        get_user_model()
        ._default_manager.filter(
            is_active=True, grants__role__in=roles_with(*wanted), grants__period__contains=clock.today()
        )
        .order_by("id")
        .distinct()
    )
