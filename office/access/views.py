"""Who read what; one's own API tokens; the address that one's calendar reads."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of
from common.links import link
from office.access.codes import TokenScope
from office.access.filters import AccessLogFilter, SignInFilter
from office.access.forms import TokenForm
from office.access.matrix import OWN, TEAM, Data, Read, Write, can
from office.access.models import AccessLog, ApiToken, CalendarFeed, SignIn
from office.access.permissions import allow
from office.access.queries import openings
from office.access.requests import HouseRequest
from office.access.services import calendars
from office.access.services import tokens as services

PER_PAGE = 50


@require_GET
@allow(Read(Data.ACCESS_LOG, TEAM))
def access_log(request: HouseRequest) -> HttpResponse:
    """Reads of sensitive records, the latest first. Households by number: the log tells no name, and what was said of
    a household is for the social service."""
    rows = AccessLog.objects.visible_to(request.actor).select_related("user")
    filters = AccessLogFilter(request.GET, queryset=rows, request=request)
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("p"))
    context = {
        "page": page,
        "openings": openings(page.object_list, request.actor),
        "filters": filters,
        "may_read_all": can(request.actor, Read(Data.ACCESS_LOG)),
    }
    return render(request, "office/access/log.html", context)


@require_GET
@allow(Read(Data.ACCESS_LOG))
def sign_ins(request: HouseRequest) -> HttpResponse:
    """Who signed in or failed to, and from where, the latest first."""
    filters = SignInFilter(request.GET, queryset=SignIn.objects.select_related("user"), request=request)
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "office/access/sign_ins.html", {"page": page, "filters": filters})


@require_http_methods(["GET", "POST"])
@never_cache
@allow(Write(Data.SELF, OWN))
def tokens(request: HouseRequest) -> HttpResponse:
    """One's own tokens. A new one's secret is shown in this answer, and never again."""
    actor = request.actor
    form, secret = TokenForm(request.POST or None), ""
    issued = attempt(lambda: services.issue_token(actor=actor, **form.cleaned_data), form)
    status = status_of(form)
    if issued:
        secret, form = issued.value[1], TokenForm()
    rows = list(ApiToken.objects.filter(user=request.user.pk))
    for row in rows:
        row.is_usable = row.revoked_at is None and row.expires_on >= clock.today()  # type: ignore[attr-defined]
        row.dom_id = str(row.pk)  # type: ignore[attr-defined]
        row.scope_labels = [TokenScope(s).label if s in TokenScope.values else s for s in row.scopes]  # type: ignore[attr-defined]
    context = {"form": form, "tokens": rows, "secret": secret}
    return render(request, "office/access/tokens.html", context, status=status)


@require_POST
@allow(Write(Data.SELF, OWN))
def token_revoke(request: HouseRequest, pk: int) -> HttpResponse:
    get_object_or_404(ApiToken, pk=pk, user=request.user.pk)
    revoked = attempt(lambda: services.revoke_token(token_id=pk, actor=request.actor))
    revoked.tell(request, "Jeton révoqué : il ne sert plus.")
    return redirect("office:tokens")


@require_http_methods(["GET", "POST"])
@never_cache
@allow(Write(Data.SELF, OWN))
def calendar(request: HouseRequest) -> HttpResponse:
    """The address that one's calendar reads. A new one is shown in this answer, and never again."""
    address = ""
    if request.method == "POST":
        made = attempt(lambda: calendars.make_calendar_address(actor=request.actor))
        made.tell(request)
        if made:
            address = request.build_absolute_uri(link("calendar_feed", made.value))
    feed = CalendarFeed.objects.filter(user=request.user.pk).first()
    # A phone opens an address of this kind in its calendar, which then asks for the other.
    context = {"feed": feed, "address": address, "webcal": f"webcal:{address.partition(':')[2]}"}
    return render(request, "office/access/calendar.html", context)


@require_POST
@allow(Write(Data.SELF, OWN))
def calendar_end(request: HouseRequest) -> HttpResponse:
    ended = attempt(lambda: calendars.end_calendar_address(actor=request.actor))
    ended.tell(request, "Adresse supprimée : les calendriers qui s’en servent ne lisent plus rien.")
    return redirect("office:calendar")
