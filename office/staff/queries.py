"""Reads of people that the subjects share."""

from django.db.models import QuerySet

from common import clock
from office.access.matrix import Capability, roles_with
from office.staff.models import User


def people_who(*wanted: Capability) -> "QuerySet[User]":
    """Who may do one of these things today, by a role in force, with an open account. In order of arrival."""
    return (
        User.objects.filter(
            is_active=True, grants__role__in=roles_with(*wanted), grants__period__contains=clock.today()
        )
        .order_by("id")
        .distinct()
    )
