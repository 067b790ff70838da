"""Who had asked for a support is told that it begins again: read before it leaves."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from common.answers import attempt
from common.typography import agree, counted
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.messages.models import Message
from social_link.referrals.services.telling import again_drafts, tell_again
from social_link.watches.queries import requests_for


@require_http_methods(["GET", "POST"])
@allow(Write(Data.MEASURE, OWN))
def reopening_tell(request: HouseRequest, pk: int) -> HttpResponse:
    """What leaves to each, and what has left."""
    row = get_object_or_404(requests_for(request.actor), pk=pk)
    if request.method == "POST":
        told = attempt(lambda: tell_again(request=row, actor=request.actor))
        told.tell(request, lambda count: f"{counted(count, 'partenaire')} {agree(count, 'prévenu,prévenus')}.")
        return redirect("social_link:reopening_tell", pk)
    drafts = again_drafts(row)
    messages = {one.key: one for one in Message.objects.filter(key__in=[draft.key for draft in drafts])}
    context = {
        "row": row, "household": row.former.household,
        "drafts": [(draft, messages.get(draft.key)) for draft in drafts],
        "count": sum(draft.key not in messages for draft in drafts),
    }  # fmt: skip
    return render(request, "social_link/referrals/again.html", context)
