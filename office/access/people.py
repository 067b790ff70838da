"""Who of the house may do a thing today."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet

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


def one_witness(user_id: int | None, whom: str = "pk") -> Q:
    """The person herself, and those who are no second person beside her: one of both opened the account of the other,
    gave it a role, a link or an address, and nobody confirmed it. A link that a second person confirmed since, and gave
    herself, ends that. `whom`: the field of the user."""
    # Their model is of a subject above.
    requests = get_user_model()._meta.get_field("requests").related_model._default_manager.filter(is_granted=True)
    # Of what is confirmed, a link says neither a role nor an address.
    since = requests.filter(user=OuterRef("user"), role="", email="", decided_by__isnull=False, pk__gt=OuterRef("pk"))
    alone = requests.filter(~Exists(since), decided_by__isnull=True)
    return (
        Q(**{whom: user_id})
        | Q(**{f"{whom}__in": alone.filter(asked_by=user_id).values("user")})
        | Q(**{f"{whom}__in": alone.filter(user=user_id).values("asked_by")})
    )


def witnesses_of(user_id: int | None, *wanted: Capability) -> "QuerySet[Any, Any]":
    """Who may confirm what this person asks: `people_who`, without her and those who are one with her."""
    return people_who(*wanted).exclude(one_witness(user_id))
