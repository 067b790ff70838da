"""Who acts: a user with the roles and teams of the day, passed to every service, list and permission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import connection

from common import clock
from office.access.codes import Role
from office.access.matrix import COLUMNS, OWN, Data, Write, can

if TYPE_CHECKING:
    # The model that `AUTH_USER_MODEL` names: the staff stands above.
    from django.contrib.auth.models import _User as User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `is_system` marks background jobs (`Actor.system()`): they may call services and see nothing on a page.
    A visitor who did not sign in has no user and no role, and is not the system.

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
        """The actor of a signed-in user, with the roles in force today (one query, because every page needs it)."""
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
            roles=frozenset(COLUMNS[role].role for role, _, _ in rows if role),
            team_ids=frozenset(team for _, _, team in rows if team),
            organisation_ids=frozenset(organisation for _, organisation, _ in rows if organisation),
            scopes=scopes,
        )

    @classmethod
    def of_user_id(cls, user_id: int | None) -> Actor:
        """The actor of a stored author: the user with today's roles, or the system if `user_id` is None."""
        if user_id is None:
            return cls.system()
        return cls.of(get_user_model().objects.get(pk=user_id))

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def is_social(self) -> bool:
        """Whether the actor follows households, one's own or all."""
        return can(self, Write(Data.CONTACT, OWN))
