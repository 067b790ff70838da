"""Settings of the association: identity, bank accounts, organisations."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.answers import attempt, status_of
from common.identifiers import compact
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.house import services as house
from office.house.filters import OrganisationFilter
from office.house.forms import AssociationForm, BankAccountForm, OrganisationForm
from office.house.models import BankAccount, IbanChange, Organisation
from office.house.queries import this_association

PER_PAGE, SHOWN = 50, 20
WAITS = "une deuxième personne (direction ou administration) doit d’abord confirmer."


@require_GET
@allow(Read(Data.HOUSE))
def settings(request: HouseRequest) -> HttpResponse:
    """Who we are on paper, and where the money is."""
    return render(
        request,
        "office/house/settings.html",
        {
            "house": this_association(),
            "accounts": BankAccount.objects.select_related("organisation").annotate(
                is_asked=Exists(IbanChange.objects.waiting().filter(bank_account=OuterRef("pk")))
            ),
            "organisations": Organisation.objects.count(),
            "may_edit": can(request.actor, Write(Data.HOUSE)),
            "to_confirm": IbanChange.objects.visible_to(request.actor).waiting().count(),
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
            is_asked = form.cleaned_data["is_active"] and not saved.value.is_active
            saved.tell(request, "Compte bancaire enregistré." + (f" Avant qu’il serve, {WAITS}" if is_asked else ""))
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
            is_asked = compact(form.cleaned_data["iban"]) != saved.value.iban
            saved.tell(
                request,
                lambda row: f"{row.name} : fiche enregistrée." + (f" Le nouvel IBAN : {WAITS}" if is_asked else ""),
            )
            return redirect("office:organisation", saved.value.pk) if is_asked else redirect("office:organisations")
    else:
        form = OrganisationForm.of(body) if body else OrganisationForm()
    changes = list(body.iban_changes.select_related("asked_by", "decided_by")[:SHOWN]) if body else []
    context = {
        "form": form,
        "heading": body.name if body else "Nouvel organisme",
        "back": "office:organisations",
        "parent": "Organismes",
        "waiting": [row for row in changes if row.decided_at is None],
        "decided": [row for row in changes if row.decided_at is not None],
    }
    return render(request, "office/house/organisation.html", context, status=status_of(form))


@require_GET
@allow(Write(Data.IBAN_SECOND))
def iban_changes(request: HouseRequest) -> HttpResponse:
    """Where somebody asked that money goes from now on, for a second person to confirm; and what was decided."""
    rows = IbanChange.objects.select_related("organisation", "bank_account", "asked_by", "decided_by")
    context = {
        "waiting": rows.waiting(),
        "decided": rows.filter(decided_at__isnull=False)[:SHOWN],
        "reads_accounts": can(request.actor, Read(Data.LEDGER)),
        "to_confirm": set(rows.waiting().visible_to(request.actor).values_list("pk", flat=True)),
    }
    return render(request, "office/house/iban_changes.html", context)


@require_POST
@allow(Write(Data.IBAN_SECOND))
def iban_change_decide(request: HouseRequest, pk: int) -> HttpResponse:
    get_object_or_404(IbanChange.objects.visible_to(request.actor), pk=pk)
    is_granted = request.POST.get("verb") == "confirm"
    decided = attempt(lambda: house.decide_iban(change_id=pk, is_granted=is_granted, actor=request.actor))
    decided.tell(request, "Confirmé : l’argent va là désormais." if is_granted else "Refusé : rien n’a changé.")
    return redirect("office:iban_changes")


@require_POST
@allow(Write(Data.ORGANISATION))
def iban_change_take_back(request: HouseRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(IbanChange, pk=pk)
    attempt(lambda: house.take_back_iban(change_id=pk, actor=request.actor)).tell(
        request, "Demande annulée : rien ne part vers cet IBAN."
    )
    if change.organisation_id:
        return redirect("office:organisation", change.organisation_id)
    if change.payee_id:
        return redirect("rent_ledger:credit", change.payee_id)
    return redirect("office:settings")
