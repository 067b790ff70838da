"""Refusals by the matrix, of views and of services."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.errors import NotAllowed
from office.access.actor import Actor
from office.access.codes import Role
from office.access.matrix import OWN, Data, Read, Write
from office.access.middleware import NOBODY
from office.access.permissions import allow, must, needs, needs_of, require, require_scope


def _actor(*roles: Role) -> Actor:
    return Actor(user=None, roles=frozenset(roles)) if roles else NOBODY


def _request(*roles: Role) -> HttpRequest:
    request = RequestFactory().get("/")
    request.actor = _actor(*roles)  # type: ignore[attr-defined]
    return request


@allow(Read(Data.LEDGER))
def ledger(request: HttpRequest, number: int) -> HttpResponse:
    """The doc of the view."""
    return HttpResponse(str(number))


@allow(Read(Data.STOCK))
@allow(Read(Data.BANK), Read(Data.TICKET, OWN))
def both(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_who_has_the_capability_passes_with_the_arguments_of_the_view() -> None:
    assert ledger(_request(Role.DIRECTOR), 7).content == b"7"
    assert ledger.__doc__ == "The doc of the view."


@pytest.mark.parametrize("roles", [(), (Role.TECHNICIAN,), (Role.FUNDER,), (Role.TECHNICIAN, Role.ADMINISTRATOR)])
def test_another_role_gets_a_french_refusal(roles: tuple[Role, ...]) -> None:
    names = "Gestion locative, Travail social, Responsable du service social, Direction"
    with pytest.raises(PermissionDenied, match=f"^Cette page est réservée aux rôles suivants : {names}.$"):
        ledger(_request(*roles), 7)


def test_the_house_opens_no_page() -> None:
    request = _request()
    request.actor = Actor.system()  # type: ignore[attr-defined]
    with pytest.raises(PermissionDenied):
        ledger(request, 7)


def test_one_of_a_decorator_and_all_decorators_are_asked() -> None:
    assert both(_request(Role.TECHNICIAN)).content == b"ok"  # the stock, and own tickets
    assert both(_request(Role.RENTAL_MANAGER)).content == b"ok"
    for role in (Role.FUNDER, Role.ADMINISTRATOR):
        with pytest.raises(PermissionDenied):
            both(_request(role))
    assert needs_of(both) == ((Read(Data.STOCK),), (Read(Data.BANK), Read(Data.TICKET, OWN)))


def test_in_the_middle_of_a_view() -> None:
    must(_request(Role.ADMINISTRATOR), Write(Data.STAFF))
    with pytest.raises(PermissionDenied, match="rôles suivants : Administration"):
        must(_request(Role.DIRECTOR), Write(Data.STAFF))


def test_a_service_refuses_and_the_house_passes() -> None:
    with pytest.raises(NotAllowed, match=r"^Cette action est réservée aux rôles suivants : Administration\.$"):
        require(_actor(Role.DIRECTOR), Write(Data.HOUSE))
    with pytest.raises(NotAllowed):
        require(NOBODY, Write(Data.HOUSE))
    require(Actor.system(), Write(Data.HOUSE))
    require(_actor(Role.ADMINISTRATOR), Write(Data.HOUSE))


def test_a_service_asks_before_it_reads_its_arguments() -> None:
    ran = []

    @needs(Write(Data.BANK))
    def import_it(*, amount: str, actor: Actor) -> str:
        ran.append(amount)
        return f"{int(amount)} lines"

    refused: Any = {"amount": "no number"}
    with pytest.raises(NotAllowed):
        import_it(actor=_actor(Role.DIRECTOR), **refused)
    with pytest.raises(NotAllowed):
        import_it(actor=_actor(Role.DIRECTOR))  # type: ignore[call-arg]
    assert ran == []
    assert import_it(amount="2", actor=_actor(Role.RENTAL_MANAGER)) == "2 lines"
    assert import_it(amount="3", actor=Actor.system()) == "3 lines"
    assert needs_of(import_it) == ((Write(Data.BANK),),)
    with pytest.raises(TypeError, match="actor"):
        import_it(amount="2")  # type: ignore[call-arg]


def test_a_service_without_a_keyword_actor_is_an_error_at_start() -> None:
    def no_actor(*, amount: str) -> None: ...
    def positional(actor: Actor) -> None: ...

    for service in (no_actor, positional):
        with pytest.raises(TypeError, match="takes no keyword-only actor"):
            needs(Write(Data.BANK))(service)


def test_a_token_does_what_its_scopes_say_and_a_session_what_its_roles_say() -> None:
    director = frozenset({Role.DIRECTOR})
    require_scope(Actor(user=None, roles=director), "read:ledger")
    require_scope(Actor(user=None, roles=director, scopes=frozenset({"read:stock", "read:ledger"})), "read:ledger")
    for scopes in (frozenset[str](), frozenset({"read:stock"})):
        with pytest.raises(NotAllowed, match="^Ce jeton n’a pas la portée « read:ledger »"):
            require_scope(Actor(user=None, roles=director, scopes=scopes), "read:ledger")
