"""Measures of support: list, page, opening, closing."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import link
from office.access.matrix import OWN, TOTALS, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.agreements.queries import agreements_of
from social_link.chains.queries import way_of
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import contacts_for, held, home_of
from social_link.contacts.rhythm import limits_of
from social_link.funding.queries import shares_of
from social_link.masp.models import MaspContract
from social_link.measures.codes import MeasureKind, OutcomeDomain, RenewalDecision
from social_link.measures.eligibility import eligible_kinds
from social_link.measures.forms import (
    CloseMeasureForm,
    GiveMeasureForm,
    MeasureForm,
    MoveMeasureForm,
    PapersForm,
)
from social_link.measures.models import Measure
from social_link.measures.parameters import ENDING_DAYS
from social_link.measures.queries import (
    ended_by_commission,
    measure_span,
    measure_totals,
    measures_for,
    withdrawn_for,
)
from social_link.measures.rules.kinds import KINDS
from social_link.measures.rules.measures import may_go_on
from social_link.measures.services import measures as services
from social_link.objectives.queries import axes_of, objectives_of
from social_link.watches.models import Reopening
from social_link.watches.queries import after_of

PER_PAGE = 50
FILTERS = [
    ("en_cours", "En cours"),
    ("finissent", "À clore ou à renouveler"),
    ("a_venir", "À venir"),
    ("terminees", "Terminées"),
    ("toutes", "Toutes"),
]


@require_GET
@allow(Read(Data.MEASURE, OWN, TOTALS))
def measures(request: HouseRequest) -> HttpResponse:
    """Own measures (all for the head); a director sees totals, without names."""
    actor, day = request.actor, clock.today()
    if not can(actor, Read(Data.MEASURE, OWN)):
        return render(request, "social_link/measures/totals.html", {"totals": measure_totals(day), "year": day.year})
    state, kind = request.GET.get("etat", "en_cours"), request.GET.get("mesure", "")
    rows = measures_for(actor)
    if state == "terminees":
        rows = rows.filter(ended_on__lt=day).order_by("-ended_on", "-id")
    elif state == "finissent":
        rows = rows.ending_by(day + timedelta(days=ENDING_DAYS)).order_by("planned_end", "household__sort_key", "id")
    elif state == "a_venir":
        rows = rows.filter(period__startswith__gt=day).order_by("period", "id")
    elif state != "toutes":
        state = "en_cours"
        rows = rows.running_on(day).order_by("planned_end", "household__sort_key", "id")
    if kind in MeasureKind.values:
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    return render(
        request,
        "social_link/measures/list.html",
        {
            "page": page,
            "filters": FILTERS,
            "state": state,
            "kind": kind,
            "kinds": MeasureKind.choices,
            "counts_places": can(actor, Read(Data.MEASURE)),
            "counts_difficulties": can(actor, Read(Data.DIFFICULTY, TOTALS)),
            "soon": day + timedelta(days=ENDING_DAYS),
        },
    )


@require_GET
@allow(Read(Data.MEASURE, OWN))
def measure(request: HouseRequest, pk: int) -> HttpResponse:
    """One measure within its bounds, with the rhythm of the contacts."""
    actor, day = request.actor, clock.today()
    row = get_object_or_404(
        measures_for(actor)
        .select_related("lease")
        .prefetch_related("renewals", "formers", "commission_items__commission"),
        pk=pk,
    )
    span = measure_span(row, day)
    fixed = KINDS[MeasureKind(row.kind)]
    granted = sum(renewal.decision == RenewalDecision.GRANTED for renewal in row.renewals.all())
    first, last = row.period.lower, span.last
    contacts = contacts_for(actor).filter(household=row.household, happened_on__gte=first, happened_on__lte=last)
    return render(
        request,
        "social_link/measures/measure.html",
        {
            "measure": row,
            "household": row.household,
            "home": home_of(row.household, day, actor=request.actor),
            "span": span,
            "contacts": contacts.filter(is_planned=False)[:12],
            "held": held(contacts),
            "limit": limits_of([row.household_id], day).get(row.household_id) if row.ended_on is None else None,
            "rhythm": span.rule.rhythm_days,
            "missing": row.papers.missing(span.rule.expected),
            "is_ended": row.ended_on is not None and row.ended_on < day,
            "is_to_come": first > day,
            "ended_by": ended_by_commission(row),
            "is_ending": row.ended_on is None and row.planned_end <= day + timedelta(days=ENDING_DAYS),
            "may_go_on": may_go_on(span.rule, done=granted, term=row.planned_end, limit=span.limit),
            "is_over": row.ended_on is None and row.planned_end < day,
            "renewals": list(row.renewals.all()),
            "waiting": next((renewal for renewal in row.renewals.all() if renewal.waits), None),
            "formers": list(row.formers.all()),
            "domains": [OutcomeDomain(code).label for code in row.domains],
            "shares": shares_of(row),
            "objectives": objectives_of(row),
            "axes": axes_of(row, actor),
            "agreements": agreements_of(row),
            "masp": MaspContract.objects.filter(measure=row).first(),
            "is_masp2": row.kind == MeasureKind.MASP2,
            "before_entry": fixed.with_lease and row.signed_on is None and row.ended_on is None,
            "lease": row.lease,
            "with_lease": fixed.with_lease,
            "changes": len(fixed.family) > 1,
            "between": fixed.between,
            "stands_alone": not row.renewals.all() and not row.formers.all(),
            "way": way_of(row),
            "intensities": list(row.intensities.all()),
            "carriers": list(row.carriers.select_related("organisation")),
            "after": after_of(row, day) if row.ended_on else None,
            "begins_again": Reopening.objects.filter(measure=row).first(),
            "page_url": link("desk:household_social", row.household_id),
        },
    )


@allow(Write(Data.MEASURE, OWN))
def measure_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Open a measure for a household of one's own."""
    actor, household = request.actor, get_object_or_404(followed_by(request.actor), pk=pk)
    form = MeasureForm(request.POST or None, initial={"referent": actor.user_id, "start": clock.today()})
    made = attempt(lambda: services.open_measure(household=household, actor=actor, **form.asked()), form)
    if made:
        made.tell(request, lambda row: f"Mesure ouverte pour {household} : {row.get_kind_display()}.")
        return redirect("social_link:measure", pk=made.value.pk)
    return render(
        request,
        "social_link/measures/open.html",
        {"form": form, "household": household, "kinds": eligible_kinds(household, clock.today())},
        status=status_of(form),
    )


@allow(Write(Data.MEASURE, OWN))
def measure_close(request: HouseRequest, pk: int) -> HttpResponse:
    """End a measure with its reason."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    held_on = ended_by_commission(row)
    form = CloseMeasureForm(
        request.POST or None, planned_end=row.planned_end, initial=_as_ended(row) if held_on is not None else None
    )
    closed = attempt(lambda: services.close_measure(measure=row, actor=actor, **form.cleaned_data), form)
    if closed:
        if held_on is not None:
            tell_done(request, f"Fin complétée pour {row.household} : {row.get_kind_display()}.")
        else:
            words = f"Mesure terminée pour {row.household} : {row.get_kind_display()}."
            tell_done(request, words, undo=link("social_link:measure_reopen", pk))
        return redirect("social_link:measure", pk=row.pk)
    context = {"form": form, "household": row.household, "measure": row,
               "verb": "Compléter la fin de" if held_on is not None else "Clore",
               "missing_axes": axes_of(row, actor, is_ending=True).missing}  # fmt: skip
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


def _as_ended(row: Measure) -> dict[str, Any]:
    """What is known of its end."""
    return {
        "on": row.ended_on, "reason": row.end_reason, "outcome": row.outcome, "domains": row.domains,
        "advice": row.advice, "orientations": list(row.orientations.values_list("service", flat=True)),
    }  # fmt: skip


@require_POST
@allow(Write(Data.MEASURE, OWN))
def measure_reopen(request: HouseRequest, pk: int) -> HttpResponse:
    """The closing of a measure was a mistake."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    attempt(lambda: services.reopen_measure(measure=row, actor=request.actor)).tell(
        request,
        lambda again: f"La mesure {again.get_kind_display()} court de nouveau jusqu’au {again.planned_end:%d/%m/%Y}.",
    )
    return redirect("social_link:measure", pk=pk)


@allow(Write(Data.MEASURE, OWN))
def measure_papers(request: HouseRequest, pk: int) -> HttpResponse:
    """Funder, agreement and signature of a measure that has begun."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    initial = {"funder": row.funder_id, "agreed_on": row.agreed_on, "signed_on": row.signed_on, "aims": row.aims}
    form = PapersForm(request.POST or None, initial=initial)
    done = attempt(lambda: services.complete_papers(measure=row, actor=actor, **form.cleaned_data), form)
    if done:
        done.tell(request, "Le contrat de la mesure est à jour.")
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "household": row.household, "measure": row, "verb": "Compléter"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def measure_move(request: HouseRequest, pk: int) -> HttpResponse:
    """Other days of a measure."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    form = MoveMeasureForm(request.POST or None, initial={"start": row.period.lower, "planned_end": row.planned_end})
    moved = attempt(lambda: services.move_measure(measure=row, actor=actor, **form.cleaned_data), form)
    if moved:
        moved.tell(request, "Les jours de la mesure sont corrigés.")
        return redirect("social_link:measure", pk=pk)
    context = {"form": form, "household": row.household, "measure": row, "verb": "Corriger les jours de"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def measure_give(request: HouseRequest, pk: int) -> HttpResponse:
    """Another referent of a measure."""
    actor = request.actor
    row = get_object_or_404(measures_for(actor), pk=pk)
    form = GiveMeasureForm(request.POST or None)
    given = attempt(lambda: services.give_measure(measure=row, actor=actor, **form.cleaned_data), form)
    if given:
        given.tell(request, lambda new: f"La mesure est confiée à {new.referent}.")
        # Given away, the household may be out of one's own cases.
        return redirect("social_link:measures")
    context = {"form": form, "household": row.household, "measure": row, "verb": "Confier"}
    return render(request, "social_link/measures/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def measure_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A measure that was opened by mistake."""
    get_object_or_404(measures_for(request.actor), pk=pk)
    gone = attempt(lambda: services.withdraw_measure(measure_id=pk, actor=request.actor))
    gone.tell(request)
    if not gone:
        return redirect("social_link:measure", pk=pk)
    tell_done(request, "Mesure retirée. Plus rien ne la compte.", undo=link("social_link:measure_back", pk))
    return redirect("social_link:measures")


@require_POST
@allow(Write(Data.MEASURE, OWN))
def measure_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The measure that was withdrawn is there again."""
    if not measures_for(request.actor).filter(pk=pk).exists() and not withdrawn_for(request.actor, pk).exists():
        raise Http404
    back = attempt(lambda: services.bring_back_measure(measure_id=pk, actor=request.actor))
    back.tell(request, "La mesure est de nouveau là.")
    return redirect("social_link:measure", pk=pk) if back else redirect("social_link:measures")
