"""The schemes: what bodies pay for, how much, to whom, by which source; one of them, typed and corrected."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from common import clock
from common.answers import attempt, status_of
from office.access.matrix import can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.schemes import services
from office.schemes.forms import SchemeForm
from office.schemes.models import AidScheme
from office.schemes.perms import READERS, WRITERS


@require_GET
@allow(*READERS)
def schemes(request: HouseRequest) -> HttpResponse:
    """Those that hold today, then those that are over or to come."""
    day, rows = clock.today(), AidScheme.objects.select_related("organisation")
    active = rows.active_on(day)
    return render(
        request,
        "office/schemes/list.html",
        {
            "active": active,
            "others": rows.exclude(pk__in=active.values("pk")),
            "may_edit": can(request.actor, *WRITERS),
            "day": day,
        },
    )


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def scheme(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    row = get_object_or_404(AidScheme, pk=pk) if pk else None
    form = SchemeForm(request.POST or None) if request.POST or not row else SchemeForm.of(row)
    saved = attempt(lambda: services.save_scheme(actor=request.actor, scheme_id=pk, **form.cleaned_data), form)
    if saved:
        saved.tell(request, lambda kept: f"{kept.name} : fiche enregistrée.")
        return redirect("office:schemes")
    context = {
        "form": form,
        "heading": row.name if row else "Nouvelle aide",
        "back": "office:schemes",
        "parent": "Aides mobilisables",
    }
    return render(request, "office/form.html", context, status=status_of(form))
