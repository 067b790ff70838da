"""Who acts: a user with the roles and teams of the day, passed to every service, list and permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from common import clock
from office.enums import SOCIAL_ROLES, Role

if TYPE_CHECKING:
    from django.http import HttpRequest

    from office.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """`is_system` marks the house's own jobs (`Actor.system()`): they may run services and see nothing on a page.
    A visitor who did not sign in has no user, no role, and is not the system.

    `scopes` is None for a session; for an API token it limits what the roles allow.
    """

    user: User | None
    roles: frozenset[Role] = frozenset()
    team_ids: frozenset[int] = frozenset()
    organisation_ids: frozenset[int] = frozenset()
    scopes: frozenset[str] | None = None
    is_system: bool = False

    @classmethod
    def system(cls) -> Actor:
        return cls(user=None, is_system=True)

    @classmethod
    def of(cls, user: User, *, scopes: frozenset[str] | None = None) -> Actor:
        """The actor of a signed-in user, with the roles in force today (two queries)."""
        grants = list(user.grants.filter(period__contains=clock.today()).values_list("role", "organisation_id"))
        return cls(
            user=user,
            roles=frozenset(Role(role) for role, _ in grants),
            team_ids=frozenset(user.teams.values_list("id", flat=True)),
            organisation_ids=frozenset(filter(None, (organisation for _, organisation in grants))),
            scopes=scopes,
        )

    @classmethod
    def of_user_id(cls, user_id: int | None) -> Actor:
        """The actor behind a stored author: the user with today's roles, or the house where there is none."""
        if user_id is None:
            return cls.system()
        from office.models import User

        return cls.of(User.objects.get(pk=user_id))

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def is_social(self) -> bool:
        return bool(self.roles & SOCIAL_ROLES)


def actor_on(request: HttpRequest) -> Actor:
    """The actor that `ActorMiddleware` put on a request."""
    return cast(Actor, request.actor)  # type: ignore[attr-defined]
