"""Refusals by role."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.errors import NotAllowed
from office.access import Access, Data
from office.actor import Actor
from office.enums import Role
from office.middleware import NOBODY
from office.permissions import allow, allow_data, require, require_data


def _request(*roles: Role) -> HttpRequest:
    request = RequestFactory().get("/")
    request.actor = Actor(user=None, roles=frozenset(roles)) if roles else NOBODY  # type: ignore[attr-defined]
    return request


@allow(Role.RENTAL_MANAGER, Role.DIRECTOR)
def page(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(number))


@allow_data(Data.LEDGER, Access.FULL)
def ledger(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_an_allowed_role_passes_with_the_arguments_of_the_view() -> None:
    assert page(_request(Role.DIRECTOR), 7).content == b"7"


@pytest.mark.parametrize("roles", [(), (Role.TECHNICIAN,)])
def test_another_role_gets_a_french_refusal(roles: tuple[Role, ...]) -> None:
    with pytest.raises(PermissionDenied, match="réservée aux rôles suivants : Gestion locative, Direction"):
        page(_request(*roles), 7)


def test_the_matrix_guards_a_view() -> None:
    assert ledger(_request(Role.SOCIAL_WORKER)).content == b"ok"
    for role in (Role.TECHNICIAN, Role.FUNDER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            ledger(_request(role))


def test_a_service_refuses_and_the_system_passes() -> None:
    with pytest.raises(NotAllowed, match="Direction"):
        require(Actor(user=None, roles=frozenset({Role.TECHNICIAN})), Role.DIRECTOR)
    with pytest.raises(NotAllowed):
        require_data(NOBODY, Data.LEDGER)
    require(Actor.system(), Role.DIRECTOR)
    require_data(Actor.system(), Data.LEDGER)
