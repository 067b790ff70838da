"""`/api/v1/`: one NinjaAPI, the routers of the apps, the page of documentation.

The pages and the OpenAPI document are for who is signed in (the site's login applies).
"""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema

from common.links import link
from config.api_pages import listed, operation
from leases.api import ROUTERS as LEASES
from maintenance.tickets.api import router as maintenance
from office.api import ROUTERS as OFFICE
from office.api_base import install_errors
from rent_ledger.api import ROUTERS as RENT_LEDGER
from social_link.api import ROUTERS as SOCIAL_LINK
from stock.api import ROUTERS as STOCK

DESCRIPTION = """Rental management for insertion housing: from a dwelling to a social worker's door.

Sign in with the site's session (and its CSRF token), or send `Authorization: Bearer <token>`: a token is made on the
site, for one person, and does what its scopes and that person's roles both allow.

Amounts are decimal strings in euros, days are ISO dates, periods give their last day included. Lists are paged
(`page`, `page_size`). A refusal is `{"error": {"code", "message", "field", "details"}}`, its codes listed by operation.
An object out of the caller's scope answers 404. Every write carries an `Idempotency-Key`, a UUID drawn by the
caller: the same one again gives the first answer, kept for seven days."""


class Docs(DocsBase):
    """The OpenAPI document as pages of the house: all operations, or the one of `?operation=`."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema()
        if key := request.GET.get("operation"):
            found = operation(document, key)
            if found is None:
                raise Http404("Aucune opération de ce nom.")
            return render(request, "config/api_operation.html", {"operation": found})
        groups = listed(document)
        context = {
            "groups": groups,
            "count": sum(len(lines) for _, lines in groups),
            "tokens_url": link("office:tokens"),
        }
        return render(request, "config/api_docs.html", context)


class HouseAPI(NinjaAPI):
    """Caches the OpenAPI document: it is the same for everybody until the process ends."""

    @cached_property
    def _document(self) -> OpenAPISchema:
        return super().get_openapi_schema()

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        return self._document


def make_api() -> NinjaAPI:
    """The API of version 1."""
    api = HouseAPI(
        title="Ancrage",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api-v1",
        docs=Docs(),
    )
    install_errors(api)
    for router in (*OFFICE, *STOCK, *LEASES, *RENT_LEDGER, maintenance, *SOCIAL_LINK):
        api.add_router("", router)
    return api


def unknown(request: HttpRequest, **rest: str) -> JsonResponse:
    """An address that no operation has: the same envelope as the others."""
    error: dict[str, Any] = {
        "code": "not_found",
        "message": "Cette adresse n’existe pas dans l’API.",
        "field": None,
        "details": [],
    }
    return JsonResponse({"error": error}, status=404)


api = make_api()
DOCUMENTED = {"openapi-json", "openapi-view"}
unknown.login_required = False  # type: ignore[attr-defined]


def _urls() -> list[URLPattern | URLResolver]:
    """Operations answer 401 by themselves; the two pages of documentation are under the site's login."""
    patterns, app_name, namespace = api.urls
    found: Any
    for found in patterns:
        if found.name == "api-root":
            found.callback = unknown
        elif found.name not in DOCUMENTED:
            found.callback.login_required = False
    return [path("", (patterns, app_name, namespace)), path("<path:rest>", unknown)]


urlpatterns = _urls()
