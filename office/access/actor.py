"""Who acts: a user with the roles and teams of the day, passed to every service, list and permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.db import connection

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
        """The actor of a signed-in user, with the roles in force today (one query: it is asked on every page)."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT role, organisation_id, NULL FROM office_rolegrant WHERE user_id = %(user)s AND period @> %(day)s
                UNION ALL SELECT NULL, NULL, team_id FROM office_teammember WHERE user_id = %(user)s
                """,
                {"user": user.pk, "day": clock.today()},
            )
            rows = cursor.fetchall()
        return cls(
            user=user,
            roles=frozenset(Role(role) for role, _, _ in rows if role),
            team_ids=frozenset(team for _, _, team in rows if team),
            organisation_ids=frozenset(organisation for _, organisation, _ in rows if organisation),
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
