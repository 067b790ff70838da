"""API tokens and the access log."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.db.utils import DatabaseError

from common import clock
from common.errors import Conflict, InvalidInput, NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import Data
from office.access.permissions import require_scope
from office.access.services.access_log import log_access
from office.access.services.tokens import actor_of_token, issue_token, revoke_token
from office.models import AccessLog, ApiToken
from tests.factories import actor_of, make_actor, make_team, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 5)


def _issue(actor: Actor, **fields: Any) -> tuple[ApiToken, str]:
    given = {"label": "Tableur", "scopes": ["stock:read"], "expires_on": date(2027, 1, 1)}
    return issue_token(actor=actor, **given | fields)


def test_a_token_acts_for_its_user_within_its_scopes() -> None:
    actor = make_actor(role=Role.RENTAL_MANAGER)
    token, secret = _issue(actor)
    assert secret not in str(ApiToken.objects.values().get())
    found = actor_of_token(secret)
    assert found is not None
    assert (found.user_id, found.roles, found.scopes) == (actor.user_id, actor.roles, {"stock:read"})
    require_scope(found, "stock:read")
    require_scope(actor, "stock:write")
    with pytest.raises(NotAllowed, match="stock:write"):
        require_scope(found, "stock:write")
    token.refresh_from_db()
    assert token.last_used_on == TODAY


def test_a_token_follows_the_roles_of_its_user() -> None:
    user = make_user(role=Role.RENTAL_MANAGER)
    _, secret = _issue(actor_of(user))
    user.grants.all().delete()
    found = actor_of_token(secret)
    assert found is not None
    assert found.roles == frozenset()


def test_a_token_ends() -> None:
    actor = make_actor()
    token, secret = _issue(actor, expires_on=date(2026, 11, 10))
    with clock.travel(date(2026, 11, 10)):
        assert actor_of_token(secret)
    with clock.travel(date(2026, 11, 11)):
        assert actor_of_token(secret) is None
    revoke_token(token_id=token.pk, actor=actor)
    assert actor_of_token(secret) is None
    with pytest.raises(Conflict):
        revoke_token(token_id=token.pk, actor=actor)


def test_a_closed_account_has_no_token() -> None:
    user = make_user()
    _, secret = _issue(actor_of(user))
    user.is_active = False
    user.save()
    assert actor_of_token(secret) is None
    assert actor_of_token("ancrage_inconnu") is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"label": " "}, "label"),
        ({"expires_on": TODAY}, "expires_on"),
        ({"expires_on": TODAY + timedelta(days=367)}, "expires_on"),
    ],
)
def test_what_is_wrong_names_its_field(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _issue(make_actor(), **fields)
    assert refusal.value.field == field


def test_a_token_can_not_make_tokens_nor_can_the_system() -> None:
    _, secret = _issue(make_actor())
    by_token = actor_of_token(secret)
    assert by_token is not None
    for actor in (by_token, Actor.system()):
        with pytest.raises(NotAllowed):
            _issue(actor)


def test_the_token_of_somebody_else_is_for_the_administrator() -> None:
    token, _ = _issue(make_actor())
    with pytest.raises(NotAllowed):
        revoke_token(token_id=token.pk, actor=make_actor(role=Role.DIRECTOR))
    revoke_token(token_id=token.pk, actor=make_actor(role=Role.ADMINISTRATOR))


# -- access log -----------------------------------------------------------------------------------------------------


def test_a_read_is_recorded() -> None:
    actor = make_actor(role=Role.HEAD_OF_SOCIAL)
    row = log_access(actor=actor, subject=Data.PRIVATE_NOTE, obj=make_team(), household_id=7, reason=" Signalement ")
    assert (row.user, row.subject, row.object_type, row.reason) == (
        actor.user,
        "PRIVATE_NOTE",
        "office.team",
        "Signalement",
    )


def test_only_people_read() -> None:
    with pytest.raises(InvalidInput):
        log_access(actor=Actor.system(), subject=Data.PRIVATE_NOTE, obj=make_team())


def test_the_log_can_not_be_rewritten() -> None:
    log_access(actor=make_actor(), subject=Data.PRIVATE_NOTE, obj=make_team())
    for change in (
        lambda: AccessLog.objects.update(reason="autre"),
        lambda: AccessLog.objects.all()._raw_delete("default"),
        lambda: connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE office_accesslog"),
    ):
        with pytest.raises((InternalError, DatabaseError), match="Ce journal ne se modifie pas"), transaction.atomic():
            change()
    assert AccessLog.objects.count() == 1


def test_the_head_of_social_reads_the_log_of_the_own_teams() -> None:
    north, south = make_team(), make_team()
    reader, stranger = make_user(role=Role.SOCIAL_WORKER, team=north), make_user(role=Role.SOCIAL_WORKER, team=south)
    for user in (reader, stranger):
        log_access(actor=actor_of(user), subject=Data.PRIVATE_NOTE, obj=north)
    head = actor_of(make_user(role=Role.HEAD_OF_SOCIAL, team=north))
    assert [row.user for row in AccessLog.objects.visible_to(head)] == [reader]
    for role, count in [(Role.ADMINISTRATOR, 2), (Role.DIRECTOR, 2), (Role.SOCIAL_WORKER, 0), (Role.RENTAL_MANAGER, 0)]:
        assert AccessLog.objects.visible_to(make_actor(role=role)).count() == count
