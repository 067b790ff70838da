"""Import of an RPLS file: upload, preview with line errors, confirm."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from common.answers import Attempt, attempt, leads_on, status_of
from common.typography import counted
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.services.deposits import deposit, deposited
from stock.agreements.models import HeadAgreement
from stock.importing.forms import ImportForm
from stock.importing.models import StockImport
from stock.importing.services import Preview, import_stock, preview_stock_import

SESSION_KEY = "stock_import_files"
SHOWN = 100
GONE = "Ce fichier n’est plus là : un dépôt est gardé sept jours. Déposez-le de nouveau."


@allow(Write(Data.STOCK))
@leads_on
def upload(request: HouseRequest) -> HttpResponse:
    """Deposit the file, for its preview; one that is refused is not kept. Nothing of the stock is written."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data, name, agreement = file.read(), file.name[:200], form.cleaned_data["agreement"]
        read = attempt(lambda: preview_stock_import(data=data, file_name=name, agreement=agreement))
        if not read or read.value.errors:
            return _preview_page(request, name, read, agreement=agreement, status=422)
        digest = deposit(data)
        request.session[SESSION_KEY] = {digest: name}
        query = f"?{urlencode({'convention': agreement.pk})}" if agreement else ""
        return redirect(reverse("stock:import_preview", args=[digest]) + query)
    context = {"form": form, "done": StockImport.objects.select_related("author", "agreement")[:10]}
    return render(request, "stock/importing/upload.html", context, status=status_of(form))


@allow(Write(Data.STOCK))
def preview(request: HouseRequest, digest: str) -> HttpResponse:
    """What the import would do (GET), and do it (POST). Only who deposited the file, in the same session."""
    name = request.session.get(SESSION_KEY, {}).get(digest)
    if name is None:
        raise Http404
    data = deposited(digest)
    if data is None:
        messages.error(request, GONE)
        return redirect("stock:import")
    options = request.POST if request.method == "POST" else request.GET
    expand_groups = options.get("deplier") == "1"
    wanted = options.get("convention", "")
    agreement = HeadAgreement.objects.filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    if request.method == "POST":
        brought = attempt(
            lambda: import_stock(
                actor=request.actor,
                data=data,
                file_name=name,
                agreement=agreement,
                expand_groups=expand_groups,
            )
        )
        brought.tell(
            request,
            lambda done: (
                f"{counted(done.created, 'logement créé,logements créés')}, {done.updated} mis à jour, "
                f"{counted(done.unchanged, 'inchangé')}."
            ),
        )
        return redirect("stock:dwellings" if brought else request.get_full_path())
    read = attempt(
        lambda: preview_stock_import(data=data, file_name=name, expand_groups=expand_groups, agreement=agreement)
    )
    return _preview_page(request, name, read, agreement=agreement, expand_groups=expand_groups)


def _preview_page(
    request: HouseRequest,
    name: str,
    read: Attempt[Preview],
    *,
    agreement: HeadAgreement | None,
    expand_groups: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "name": name,
        "agreement": agreement,
        "expand_groups": expand_groups,
        "shown": SHOWN,
        "shown_slice": f":{SHOWN}",
        "preview": read.result,
        "refused": read.errors,
    }
    return render(request, "stock/importing/preview.html", context, status=status)
