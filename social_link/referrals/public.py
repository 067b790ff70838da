"""The pages of a partner, who has no account: a referral to fill, or how far one is. The address is the secret."""

from http import HTTPStatus
from uuid import UUID

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from common import clock
from common.answers import attempt, status_of
from social_link.referrals.codes import LinkKind
from social_link.referrals.forms import IntakeForm
from social_link.referrals.models import Referral, ReferralLink
from social_link.referrals.services.links import link_of, receive_by, told_state


# No session gives this form any right: its address does. A browser that tells nobody where it comes from sends no
# origin either, so that the check of the token would refuse it.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def referral_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What the secret opens. Unknown, closed and over are the same 404; too many are told to wait."""
    if not consume(
        request, app="allauth.account", action="referral_link", config=settings.ACCOUNT_RATE_LIMITS, limit_get=True
    ):
        return _alone(render(request, "429.html", status=HTTPStatus.TOO_MANY_REQUESTS))
    link = link_of(secret, clock.today())
    if link is None or (request.method == "POST" and link.kind != LinkKind.INTAKE):
        raise Http404
    return _alone(_state(request, link) if link.kind == LinkKind.STATE else _sheet(request, link))


def _alone(answer: HttpResponse) -> HttpResponse:
    """Nothing keeps the page, finds it, or tells its address to another one."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _state(request: HttpRequest, link: ReferralLink) -> HttpResponse:
    row = link.referral
    assert row is not None  # The database says so.
    since = (row.joined_to or row).steps.order_by("-id")[0].on if row.consented_on else None
    context = {"number": row.number, "received_on": row.received_on, "state": told_state(row), "since": since}
    return render(request, "social_link/referrals/public_state.html", context)


def _sheet(request: HttpRequest, link: ReferralLink) -> HttpResponse:
    form = IntakeForm(request.POST or None)

    def receive() -> tuple[Referral, str]:
        try:
            key = UUID(request.POST.get("request_key", ""))
        except ValueError as error:
            raise SuspiciousOperation("a form without its key") from error
        return receive_by(link, request_key=key, **form.cleaned_data)

    made = attempt(receive, form)
    if made:
        row, secret = made.value
        context = {
            "row": row, "address": request.build_absolute_uri(reverse("referral_link", args=[secret])),
        }  # fmt: skip
        return render(request, "social_link/referrals/public_receipt.html", context)
    context = {"form": form, "partner": link.whose}
    return render(request, "social_link/referrals/public_sheet.html", context, status=status_of(form))
