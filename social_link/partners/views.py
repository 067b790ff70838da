"""The directory of partners, and who stands around a household."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, status_of, tell_done
from common.links import link
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.contacts.perms import followed_by
from social_link.partners import services
from social_link.partners.codes import PartnerFunction
from social_link.partners.forms import LinkForm, PartnerForm
from social_link.partners.models import Partner, PartnerLink
from social_link.partners.queries import links_of, partners_found

PER_PAGE = 50


@require_GET
@allow(Read(Data.CONTACT, OWN))
def partners(request: HouseRequest) -> HttpResponse:
    """The directory: who they are, what they do, how they are reached; no household."""
    text, function = request.GET.get("q", ""), request.GET.get("fonction", "")
    page = Paginator(partners_found(text, function), PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "text": text, "function": function, "functions": PartnerFunction.choices}
    return render(request, "social_link/partners/list.html", context)


def _household(request: HouseRequest) -> str:
    """The household to which the directory was opened, as a query; empty without one."""
    asked = request.GET.get("menage", "")
    return f"?menage={asked}" if asked.isdecimal() and len(asked) < 12 else ""


@allow(Write(Data.CONTACT, OWN))
def partner_new(request: HouseRequest) -> HttpResponse:
    """Somebody new; where a household asked for him, one is back at its form with him chosen."""
    form = PartnerForm(request.POST or None)
    done = attempt(lambda: services.save_partner(actor=request.actor, **form.cleaned_data), form)
    if done:
        tell_done(request, f"{done.value} est dans le carnet.")
        asked = _household(request).removeprefix("?menage=")
        if asked:
            return redirect(f"{reverse('social_link:partner_link_new', args=[asked])}?partenaire={done.value.pk}")
        return redirect("social_link:partners")
    context = {"form": form, "partner": None}
    return render(request, "social_link/partners/partner.html", context, status=status_of(form))


@allow(Write(Data.CONTACT, OWN))
def partner_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Another phone, another function."""
    row = get_object_or_404(Partner, pk=pk)
    initial = {name: getattr(row, name) for name in ("name", "function", "organisation", "phone", "email")}
    form = PartnerForm(request.POST or None, initial=initial)
    done = attempt(lambda: services.save_partner(partner=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        done.tell(request, "Le carnet est à jour.")
        return redirect("social_link:partners")
    context = {"form": form, "partner": row}
    return render(request, "social_link/partners/partner.html", context, status=status_of(form))


def _link(request: HouseRequest, pk: int, linked: PartnerLink | None) -> HttpResponse:
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    initial = {"partner": request.GET.get("partenaire", "")}
    if linked is not None:
        names = ("partner", "given_on", "how", "tells", "withdrawn_on")
        days = {"since": linked.period.lower, "until": linked.last_day}
        initial = {name: getattr(linked, name) for name in names} | days
    form = LinkForm(request.POST or None, initial=initial)
    done = attempt(
        lambda: services.write_link(household=household, linked=linked, actor=request.actor, **form.cleaned_data), form
    )
    if done:
        undo = "" if linked else link("social_link:partner_link_remove", pk, done.value.pk)
        tell_done(request, f"{done.value.partner.name} : {'corrigé' if linked else 'noté'}.", undo=undo)
        return redirect("desk:household_social", pk=pk)
    context = {"form": form, "household": household, "linked": linked, "links": links_of(household)}
    return render(request, "social_link/partners/link.html", context, status=status_of(form))


@allow(Write(Data.CONTACT, OWN))
def partner_link_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Somebody around the household."""
    return _link(request, pk, None)


@allow(Write(Data.CONTACT, OWN))
def partner_link_edit(request: HouseRequest, pk: int, linked: int) -> HttpResponse:
    """Until when, and what the household agrees to, or no more."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    return _link(request, pk, get_object_or_404(PartnerLink, pk=linked, household=household))


@require_POST
@allow(Write(Data.CONTACT, OWN))
def partner_link_remove(request: HouseRequest, pk: int, linked: int) -> HttpResponse:
    """It was a mistake."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    gone = attempt(lambda: services.remove_link(household=household, link_id=linked, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Partenaire retiré du ménage.", undo=link("social_link:partner_link_back", pk, linked))
    return redirect("desk:household_social", pk=pk)


@require_POST
@allow(Write(Data.CONTACT, OWN))
def partner_link_back(request: HouseRequest, pk: int, linked: int) -> HttpResponse:
    """The partner is around the household again."""
    household = get_object_or_404(followed_by(request.actor), pk=pk)
    back = attempt(lambda: services.bring_back_link(household=household, link_id=linked, actor=request.actor))
    back.tell(request, "Le partenaire est de nouveau noté.")
    return redirect("desk:household_social", pk=pk)
