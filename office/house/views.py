"""Settings of the association: identity, bank accounts, organisations."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from common.answers import attempt, status_of
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.house import services as house
from office.house.filters import OrganisationFilter
from office.house.forms import AssociationForm, BankAccountForm, OrganisationForm
from office.house.models import BankAccount, Organisation
from office.house.queries import this_association

PER_PAGE = 50


@require_GET
@allow(Read(Data.HOUSE))
def settings(request: HouseRequest) -> HttpResponse:
    """Who we are on paper, and where the money is."""
    return render(
        request,
        "office/house/settings.html",
        {
            "house": this_association(),
            "accounts": BankAccount.objects.select_related("organisation"),
            "organisations": Organisation.objects.count(),
            "may_edit": can(request.actor, Write(Data.HOUSE)),
        },
    )


@require_http_methods(["GET", "POST"])
@allow(Write(Data.HOUSE))
def association(request: HouseRequest) -> HttpResponse:
    now = this_association()
    form = AssociationForm(request.POST or None) if request.POST or not now else AssociationForm.of(now)
    saved = attempt(lambda: house.save_association(actor=request.actor, **form.cleaned_data), form)
    if saved:
        saved.tell(request, "Identité enregistrée. Les prochains documents la porteront.")
        return redirect("office:settings")
    context = {"form": form, "heading": "Identité de l’association", "back": "office:settings", "parent": "Réglages"}
    return render(request, "office/form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(Write(Data.HOUSE))
def bank_account(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    account = get_object_or_404(BankAccount, pk=pk) if pk else None
    if request.method == "POST":
        form = BankAccountForm(request.POST)
        saved = attempt(
            lambda: house.save_bank_account(
                actor=request.actor,
                bank_account_id=pk,
                **form.cleaned_data,
            ),
            form,
        )
        if saved:
            saved.tell(request, "Compte bancaire enregistré.")
            return redirect("office:settings")
    else:
        form = BankAccountForm.of(account) if account else BankAccountForm()
    context = {
        "form": form,
        "heading": account.label if account else "Nouveau compte bancaire",
        "back": "office:settings",
        "parent": "Réglages",
    }
    return render(request, "office/form.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.ORGANISATION))
def organisations(request: HouseRequest) -> HttpResponse:
    """The address book: landlords, CCAS, funders, contractors."""
    filters = OrganisationFilter(request.GET, queryset=Organisation.objects.prefetch_related("roles"))
    page = Paginator(filters.qs, PER_PAGE).get_page(request.GET.get("p"))
    return render(request, "office/house/organisations.html", {"page": page, "filters": filters})


@require_http_methods(["GET", "POST"])
@allow(Write(Data.ORGANISATION))
def organisation(request: HouseRequest, pk: int | None = None) -> HttpResponse:
    body = get_object_or_404(Organisation.objects.prefetch_related("roles"), pk=pk) if pk else None
    if request.method == "POST":
        form = OrganisationForm(request.POST)
        saved = attempt(
            lambda: house.save_organisation(
                actor=request.actor,
                organisation_id=pk,
                **form.cleaned_data,
            ),
            form,
        )
        if saved:
            saved.tell(request, lambda row: f"{row.name} : fiche enregistrée.")
            return redirect("office:organisations")
    else:
        form = OrganisationForm.of(body) if body else OrganisationForm()
    context = {
        "form": form,
        "heading": body.name if body else "Nouvel organisme",
        "back": "office:organisations",
        "parent": "Organismes",
    }
    return render(request, "office/form.html", context, status=status_of(form))
