"""A measure goes on, or changes its type: each with the way back."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from common.periods import ONE_DAY
from common.typography import short_day, uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.measures.codes import RenewalDecision
from social_link.measures.forms import ChangeKindForm, DecideRenewalForm, RenewMeasureForm
from social_link.measures.models import Renewal
from social_link.measures.parameters import measure_rule
from social_link.measures.queries import measures_for
from social_link.measures.services import kinds, renewals


@allow(Write(Data.MEASURE, OWN))
def measure_renew(request: HouseRequest, pk: int) -> HttpResponse:
    """Propose that a measure goes on past its term, with the decision where it is known."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    rule = measure_rule(row.kind, row.planned_end + ONE_DAY)
    form = RenewMeasureForm(request.POST or None, planned_end=row.planned_end, rule=rule)
    made = attempt(lambda: renewals.renew_measure(measure=row, actor=actor, **form.cleaned_data), form)
    if made:
        tell_done(request, _told(made.value), undo=link("social_link:renewal_back", made.value.pk))
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "household": row.household, "measure": row, "verb": "Renouveler"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


def _told(renewal: Renewal) -> str:
    last = short_day(renewal.last_day, today=clock.today())
    if renewal.decision == RenewalDecision.GRANTED:
        return f"Mesure renouvelée jusqu’au {last}."
    if renewal.decision:
        return f"Décision notée : {uncapitalised(renewal.get_decision_display())}."
    return f"Renouvellement proposé jusqu’au {last}. Notez la décision quand elle est prise."


def _renewal(actor: Actor, pk: int) -> Renewal:
    rows = Renewal.objects.filter(measure__in=measures_for(actor).order_by().values("pk"))
    return get_object_or_404(rows.select_related("measure__household"), pk=pk)


@allow(Write(Data.MEASURE, OWN))
def renewal_decide(request: HouseRequest, pk: int) -> HttpResponse:
    """The decision of a renewal, or the day on which its contract was signed."""
    actor = request.actor
    row = _renewal(actor, pk)
    form = DecideRenewalForm(request.POST or None, renewal=row)
    if row.waits:
        done = attempt(lambda: renewals.decide_renewal(renewal=row, actor=actor, **form.cleaned_data), form)
    else:
        done = attempt(lambda: renewals.sign_renewal(renewal=row, actor=actor, **form.cleaned_data), form)
    if done:
        done.tell(request, _told if row.waits else "Le contrat du renouvellement est à jour.")
        return redirect("social_link:measure", pk=row.measure_id)
    context = {
        "form": form, "household": row.measure.household, "measure": row.measure,
        "verb": "Décider du renouvellement de" if row.waits else "Signer le renouvellement de",
    }  # fmt: skip
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def renewal_back(request: HouseRequest, pk: int) -> HttpResponse:
    """A renewal was a mistake."""
    row = _renewal(request.actor, pk)
    back = attempt(lambda: renewals.take_back_renewal(renewal_id=pk, actor=request.actor))
    back.tell(
        request,
        lambda waits: (
            "Décision reprise. Le renouvellement est ajourné, comme la commission l’a laissé."
            if waits
            else "Renouvellement retiré. La mesure court jusqu’à son terme d’avant."
        ),
    )
    return redirect("social_link:measure", pk=row.measure_id)


@allow(Write(Data.MEASURE, OWN))
def measure_kind(request: HouseRequest, pk: int) -> HttpResponse:
    """Another type of a measure, from a day on."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    form = ChangeKindForm(request.POST or None, kind=row.kind)
    done = attempt(lambda: kinds.change_kind(measure=row, actor=actor, **form.cleaned_data), form)
    if done:
        former = done.value.formers.order_by("-until").first()
        undo = link("social_link:kind_back", pk, former.pk) if former else ""
        tell_done(request, f"La mesure est maintenant : {done.value.get_kind_display()}.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "household": row.household, "measure": row, "verb": "Changer le type de"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def kind_back(request: HouseRequest, pk: int, former: int) -> HttpResponse:
    """A change of type was a mistake."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    back = attempt(lambda: kinds.take_back_kind(measure=row, former_id=former, actor=request.actor))
    back.tell(request, lambda again: f"La mesure est de nouveau : {again.get_kind_display()}.")
    return redirect("social_link:measure", pk=pk)
