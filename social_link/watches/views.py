"""What follows the end of a measure: news at each step, orientations, requests to begin again; what became of exits."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, paper, status_of, tell_done
from common.links import link
from common.sheets import sheet
from common.typography import uncapitalised
from office.access.actor import Actor
from office.access.matrix import OWN, TOTALS, Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.funding.views import asked_year
from social_link.measures.eligibility import eligible_kinds
from social_link.measures.forms import MeasureForm
from social_link.measures.models import Measure
from social_link.measures.queries import measures_for
from social_link.watches.codes import Found
from social_link.watches.exits import EXITS_HEAD, exit_rows, exits_of
from social_link.watches.forms import AskAgainForm, MoreStepForm, OrientAgainForm, OrientationForm, StepForm
from social_link.watches.models import Reopening, Watch
from social_link.watches.parameters import window_on
from social_link.watches.queries import lines_for, requests_for, watches_for
from social_link.watches.services import after
from social_link.watches.services import reopening as services
from social_link.watches.services.paper import print_end


@require_GET
@allow(Read(Data.MEASURE, OWN))
def watches(request: HouseRequest) -> HttpResponse:
    """Of whom to take news, who asks to begin again, and what was noted of late."""
    context = lines_for(request.actor, clock.today())
    return render(request, "social_link/watches/list.html", context)


def _step(pk: int, actor: Actor) -> Watch:
    return get_object_or_404(watches_for(actor), pk=pk)


@allow(Write(Data.MEASURE, OWN))
def watch(request: HouseRequest, pk: int) -> HttpResponse:
    """What is found at a step."""
    step = _step(pk, request.actor)
    form = StepForm(request.POST or None, step=step)
    noted = attempt(lambda: after.note_step(step=step, actor=request.actor, **form.cleaned_data), form)
    if noted:
        words = uncapitalised(Found(noted.value.found).label)
        undo = link("social_link:watch_back", pk)
        tell_done(request, f"Noté pour {step.measure.household} : {words}.", undo=undo)
        return redirect("social_link:measure", pk=step.measure_id)
    first, last = window_on(step.due_on).around(step.due_on)
    context = {
        "form": form, "step": step, "measure": step.measure, "household": step.measure.household, "first": first,
        "last": last,
    }  # fmt: skip
    return render(request, "social_link/watches/step.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def watch_back(request: HouseRequest, pk: int) -> HttpResponse:
    """What was noted was a mistake."""
    step = _step(pk, request.actor)
    attempt(lambda: after.take_back_step(step=step, actor=request.actor)).tell(
        request, "L’étape est à noter de nouveau."
    )
    return redirect("social_link:measure", pk=step.measure_id)


def _measure(pk: int, actor: Actor) -> Measure:
    return get_object_or_404(measures_for(actor), pk=pk)


def _form_page(
    request: HouseRequest, form: MoreStepForm | OrientationForm, row: Measure, title: str, verb: str
) -> HttpResponse:
    context = {"form": form, "measure": row, "household": row.household, "title": title, "verb": verb}
    return render(request, "social_link/watches/form.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def step_new(request: HouseRequest, pk: int) -> HttpResponse:
    """One more step."""
    row, form = _measure(pk, request.actor), MoreStepForm(request.POST or None)
    made = attempt(lambda: after.add_step(measure=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:step_remove", pk, made.value.pk)
        tell_done(request, f"Étape ajoutée, {made.value.months} mois après la fin.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    return _form_page(request, form, row, "Ajouter une étape", "Ajouter")


@require_POST
@allow(Write(Data.MEASURE, OWN))
def step_remove(request: HouseRequest, pk: int, step: int) -> HttpResponse:
    """A step that nobody will take."""
    row = _measure(pk, request.actor)
    gone = attempt(lambda: after.remove_step(measure=row, step_id=step, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Étape retirée.", undo=link("social_link:step_back", pk, step))
    return redirect("social_link:measure", pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def step_back(request: HouseRequest, pk: int, step: int) -> HttpResponse:
    """The step that was removed is there again."""
    row = _measure(pk, request.actor)
    back = attempt(lambda: after.bring_back_step(measure=row, step_id=step, actor=request.actor))
    back.tell(request, "L’étape est de nouveau là.")
    return redirect("social_link:measure", pk=pk)


@allow(Write(Data.MEASURE, OWN))
def orientation_new(request: HouseRequest, pk: int) -> HttpResponse:
    """To whom the household was oriented as its measure ended."""
    row, form = _measure(pk, request.actor), OrientationForm(request.POST or None)
    made = attempt(lambda: after.add_orientation(measure=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:orientation_remove", pk, made.value.pk)
        tell_done(request, f"Orientation notée : {made.value}.", undo=undo)
        return redirect("social_link:measure", pk=pk)
    return _form_page(request, form, row, "Noter une orientation", "Noter")


@require_POST
@allow(Write(Data.MEASURE, OWN))
def orientation_remove(request: HouseRequest, pk: int, orientation: int) -> HttpResponse:
    """An orientation that was a mistake."""
    row = _measure(pk, request.actor)
    gone = attempt(lambda: after.remove_orientation(measure=row, orientation_id=orientation, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Orientation retirée.", undo=link("social_link:orientation_back", pk, orientation))
    return redirect("social_link:measure", pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def orientation_back(request: HouseRequest, pk: int, orientation: int) -> HttpResponse:
    """The orientation that was removed is there again."""
    row = _measure(pk, request.actor)
    back = attempt(lambda: after.bring_back_orientation(measure=row, orientation_id=orientation, actor=request.actor))
    back.tell(request, "L’orientation est de nouveau là.")
    return redirect("social_link:measure", pk=pk)


@require_GET
@allow(Write(Data.MEASURE, OWN))
def end_paper(request: HouseRequest, pk: int) -> HttpResponse:
    """What the household keeps of the end, for the printer; nothing keeps it."""
    row = _measure(pk, request.actor)
    printed = attempt(lambda: print_end(measure=row, actor=request.actor))
    if not printed:
        printed.tell(request)
        return redirect("social_link:measure", pk=pk)
    return paper(*printed.value)


@allow(Write(Data.MEASURE, OWN))
def reopening_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Somebody asks that the support begins again."""
    row, form = _measure(pk, request.actor), AskAgainForm(request.POST or None)
    made = attempt(lambda: services.ask_again(former=row, actor=request.actor, **form.cleaned_data), form)
    if made:
        undo = link("social_link:reopening_withdraw", made.value.pk)
        tell_done(request, f"Demande de reprise notée pour {row.household}.", undo=undo)
        return redirect("social_link:reopening", pk=made.value.pk)
    context = {"form": form, "measure": row, "household": row.household}
    return render(request, "social_link/watches/ask.html", context, status=status_of(form))


def _request(pk: int, actor: Actor) -> Reopening:
    return get_object_or_404(requests_for(actor), pk=pk)


@allow(Write(Data.MEASURE, OWN))
def reopening(request: HouseRequest, pk: int) -> HttpResponse:
    """A request to begin again, and where it goes."""
    row = _request(pk, request.actor)
    form = OrientAgainForm(request.POST or None)
    done = attempt(lambda: services.orient_again(request=row, actor=request.actor, **form.cleaned_data), form)
    if done:
        words = f"Demande orientée : {uncapitalised(done.value.get_service_display())}."
        tell_done(request, words, undo=link("social_link:reopening_again", pk))
        return redirect("social_link:reopening_open" if done.value.is_ours else "social_link:reopening", pk=pk)
    context = {"form": form, "row": row, "measure": row.former, "household": row.former.household}
    return render(request, "social_link/watches/reopening.html", context, status=status_of(form))


@allow(Write(Data.MEASURE, OWN))
def reopening_open(request: HouseRequest, pk: int) -> HttpResponse:
    """The measure of a request that was oriented to our service."""
    actor, row = request.actor, _request(pk, request.actor)
    household = row.former.household
    former = row.former
    initial = {"kind": former.kind, "aims": former.aims, "referent": actor.user_id, "start": clock.today()}
    form = MeasureForm(request.POST or None, initial=initial)
    made = attempt(lambda: services.open_again(request=row, actor=actor, **form.asked()), form)
    if made:
        made.tell(request, lambda new: f"Mesure ouverte pour {household} : {new.get_kind_display()}.")
        return redirect("social_link:measure", pk=made.value.pk)
    context = {"form": form, "household": household, "kinds": eligible_kinds(household, clock.today())}
    return render(request, "social_link/measures/open.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.MEASURE, OWN))
def reopening_again(request: HouseRequest, pk: int) -> HttpResponse:
    """The orientation of a request was a mistake."""
    row = _request(pk, request.actor)
    back = attempt(lambda: services.take_back_orientation(request=row, actor=request.actor))
    back.tell(request, "La demande est à orienter de nouveau.")
    return redirect("social_link:reopening", pk=pk)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def reopening_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Nobody asks any more, or it was noted by mistake."""
    row = _request(pk, request.actor)
    gone = attempt(lambda: services.withdraw_asking(request=row, actor=request.actor))
    gone.tell(request)
    if gone:
        tell_done(request, "Demande retirée.", undo=link("social_link:reopening_back", pk))
    return redirect("social_link:measure", pk=row.former_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def reopening_back(request: HouseRequest, pk: int) -> HttpResponse:
    """The request that was withdrawn is there again."""
    row = _request(pk, request.actor)
    back = attempt(lambda: services.bring_back_asking(request=row, actor=request.actor))
    back.tell(request, "La demande est de nouveau là.")
    return redirect("social_link:reopening", pk=pk)


@require_GET
@allow(Read(Data.MEASURE, TOTALS))
def exits(request: HouseRequest) -> HttpResponse:
    """How measures ended in a year, and where those who left live since; without any name."""
    start, end, day = asked_year(request.GET.get("annee", ""), clock.today())
    found = exits_of(start, end, day=clock.today())
    if request.GET.get("export"):
        return sheet(f"sorties-{start.year}", EXITS_HEAD, exit_rows(found))
    context = {
        "found": found, "year": start.year, "last_year": start.year - 1,
        "next_year": start.year + 1 if start.year < clock.today().year else None, "day": day,
    }  # fmt: skip
    return render(request, "social_link/watches/exits.html", context)
