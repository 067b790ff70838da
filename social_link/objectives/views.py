"""The objectives of a measure on screen."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, paper, status_of, tell_done
from common.history import deleted
from common.links import link
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.measures.queries import measures_for
from social_link.objectives.codes import Moment
from social_link.objectives.forms import AssessmentForm, ObjectiveForm, ReviewForm
from social_link.objectives.models import Assessment, Objective, ObjectiveReview
from social_link.objectives.perms import reads_health
from social_link.objectives.queries import axes_of
from social_link.objectives.services import axes
from social_link.objectives.services import objectives as services
from social_link.objectives.services.papers import print_road


def _page(measure_id: int) -> HttpResponse:
    return redirect(f"{reverse('social_link:measure', args=[measure_id])}#t-obj")


def _objective(pk: int, actor: Actor) -> Objective:
    rows = Objective.objects.with_state().filter(measure__in=measures_for(actor))
    return get_object_or_404(rows.select_related("measure__household"), pk=pk)


@allow(Write(Data.MEASURE, OWN))
def objective_new(request: HouseRequest, pk: int) -> HttpResponse:
    """An objective of a measure."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    form = ObjectiveForm(request.POST or None, initial={"phase": request.GET.get("etape", "")})
    made = attempt(lambda: services.fix_objective(measure=row, aim=form.aim(), actor=request.actor), form)
    if made:
        undo = link("social_link:objective_withdraw", made.value.pk)
        tell_done(request, f"Objectif fixé : {made.value.text}", undo=undo)
        return _page(pk)
    context = {"form": form, "measure": row, "household": row.household, "title": "Fixer un objectif"}
    return render(request, "social_link/objectives/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def objective_edit(request: HouseRequest, pk: int) -> HttpResponse:
    """Another content of an objective."""
    row = _objective(pk, request.actor)
    form = ObjectiveForm.of(row, request.POST)
    done = attempt(lambda: services.correct_objective(objective=row, aim=form.aim(), actor=request.actor), form)
    if done:
        done.tell(request, "L’objectif est corrigé.")
        return _page(row.measure_id)
    context = {"form": form, "measure": row.measure, "household": row.measure.household, "objective": row,
               "title": "Corriger l’objectif"}  # fmt: skip
    return render(request, "social_link/objectives/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def objective_review(request: HouseRequest, pk: int) -> HttpResponse:
    """How far an objective is, on a day."""
    row = _objective(pk, request.actor)
    form = ReviewForm(request.POST or None)
    done = attempt(lambda: services.review_objective(objective=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        undo = link("social_link:review_withdraw", done.value.pk)
        tell_done(request, f"{row.text} : {done.value.look.label}", undo=undo)
        return _page(row.measure_id)
    context = {"form": form, "measure": row.measure, "household": row.measure.household, "objective": row,
               "title": "Évaluer l’objectif"}  # fmt: skip
    return render(request, "social_link/objectives/form.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def objective_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """An objective that was a mistake."""
    row = _objective(pk, request.actor)
    gone = attempt(lambda: services.withdraw_objective(objective_id=pk, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Objectif retiré.", undo=link("social_link:objective_back", pk))
    return _page(row.measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def objective_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The objective that was withdrawn is there again."""
    found = Objective.objects.filter(pk=pk).first() or deleted(Objective, id=pk).first()
    if found is None or not measures_for(request.actor).filter(pk=found.measure_id).exists():
        raise Http404
    attempt(lambda: services.bring_back_objective(objective_id=pk, actor=request.actor)).tell(
        request, "L’objectif est de nouveau là."
    )
    return _page(found.measure_id)


def _measure_of_review(pk: int, actor: Actor) -> int:
    found = ObjectiveReview.objects.filter(pk=pk).first() or deleted(ObjectiveReview, id=pk).first()
    if found is None:
        raise Http404
    return _objective(found.objective_id, actor).measure_id


@require_POST
@allow(Write(Data.MEASURE, OWN))
def review_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """An evaluation that was a mistake."""
    measure_id = _measure_of_review(pk, request.actor)
    gone = attempt(lambda: services.withdraw_review(review_id=pk, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Évaluation retirée.", undo=link("social_link:review_back", pk))
    return _page(measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def review_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The evaluation that was withdrawn is there again."""
    measure_id = _measure_of_review(pk, request.actor)
    attempt(lambda: services.bring_back_review(review_id=pk, actor=request.actor)).tell(
        request, "L’évaluation est de nouveau là."
    )
    return _page(measure_id)


@allow(Write(Data.MEASURE, OWN))
def assessment(request: HouseRequest, pk: int) -> HttpResponse:
    """The seven axes of a measure, filled in together; `?bilan=` corrects one that stands."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    asked = request.GET.get("bilan", "")
    standing = (
        Assessment.objects.filter(measure=row, pk=asked).first() if asked.isdecimal() and len(asked) < 10 else None
    )
    seen = axes_of(row, request.actor)
    moment = request.GET.get("moment") or (Moment.MIDDLE if seen.told else Moment.START)
    form = AssessmentForm(
        request.POST or None, with_health=reads_health(request.actor, row), shown=standing,
        initial={} if standing else {"moment": moment},
    )  # fmt: skip
    done = attempt(lambda: axes.assess(measure=row, actor=request.actor, standing=standing, **form.asked()), form)
    if done:
        undo = link("social_link:assessment_withdraw", done.value.pk)
        tell_done(request, f"Sept axes notés, {done.value.on:%d/%m/%Y}.", undo=undo)
        return redirect(f"{reverse('social_link:measure', args=[pk])}#t-axes")
    context = {"form": form, "measure": row, "household": row.household, "title": "Noter les sept axes"}
    return render(request, "social_link/objectives/form.html", context, status=status_of(form))


@require_GET
@allow(Read(Data.MEASURE, OWN))
def road_paper(request: HouseRequest, pk: int) -> HttpResponse:
    """The road travelled, for the household; nothing keeps it."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    printed = attempt(lambda: print_road(measure=row, actor=request.actor))
    if not printed:
        printed.tell(request)
        return redirect("social_link:measure", pk=pk)
    return paper(*printed.value, is_saved=False)


def _measure_of_assessment(pk: int, actor: Actor) -> int:
    found = Assessment.objects.filter(pk=pk).first() or deleted(Assessment, id=pk).first()
    if found is None or not measures_for(actor).filter(pk=found.measure_id).exists():
        raise Http404
    measure_id: int = found.measure_id
    return measure_id


@require_POST
@allow(Write(Data.MEASURE, OWN))
def assessment_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Axes that were filled in by mistake."""
    measure_id = _measure_of_assessment(pk, request.actor)
    gone = attempt(lambda: axes.withdraw_assessment(assessment_id=pk, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Bilan des sept axes retiré.", undo=link("social_link:assessment_back", pk))
    return redirect("social_link:measure", pk=measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def assessment_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The axes that were withdrawn are there again."""
    measure_id = _measure_of_assessment(pk, request.actor)
    attempt(lambda: axes.bring_back_assessment(assessment_id=pk, actor=request.actor)).tell(
        request, "Le bilan est de nouveau là."
    )
    return redirect("social_link:measure", pk=measure_id)
