"""The file for an aid that the social service asked for, opened by the rental managers from the case."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page
from office.access.matrix import FACTS, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.models import AidScheme
from rent_ledger.aid_files.forms import FileForm
from rent_ledger.aid_files.models import AidFile
from rent_ledger.aid_files.queries import files_on
from rent_ledger.arrears.services.aid_files import open_on_answer
from rent_ledger.arrears.views.cases import case_of


@require_http_methods(["GET", "POST"])
@allow(Write(Data.AID_FILE, FACTS))
def case_aid_file(request: HouseRequest, pk: int) -> HttpResponse:
    """Open the file that the answer of the social service asks for; who answered follows it."""
    case = case_of(request, pk)
    schemes = AidScheme.objects.active_on(clock.today()).select_related("organisation")
    form = FileForm(request.POST or None, schemes=schemes, accounts=[case.account])
    opened = attempt(lambda: open_on_answer(case=case, actor=request.actor, **form.typed), form)
    if opened:
        tell_done(request, "Dossier ouvert : la personne référente le prépare.")
        return redirect("rent_ledger:aid_file", opened.value.pk)
    household = case.account.household
    return render(
        request,
        "rent_ledger/aid_files/new.html",
        {
            "household": household,
            "household_url": household_page(case.account.household_id),
            "form": form,
            "running": files_on(AidFile.objects.filter(household=household, ended_on=None), day=clock.today()),
            "open_url": request.path,
            "schemes": schemes,
        },
        status=status_of(form),
    )
