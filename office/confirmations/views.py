"""The list of what was confirmed."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from office.access.matrix import Data, Read
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.filters import ConfirmationFilter
from office.confirmations.queries import confirmations_for, kept

PER_PAGE = 50


@require_GET
@allow(Read(Data.RENT_RUN), Read(Data.ACCESS_LOG))
def confirmations(request: HouseRequest) -> HttpResponse:
    """Who went on with something unusual, when and why, the latest first: for who answers for the rents, and for who
    reads the logs. What was said of a thing is told to who may read it (`Subject.tells`)."""
    filters = ConfirmationFilter(request.GET, queryset=confirmations_for(request.actor), request=request)
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "kept": kept(page.object_list, request.actor), "filters": filters}
    return render(request, "office/confirmations/list.html", context)
