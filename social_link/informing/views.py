"""The letters of a support on screen, beside what who referred was told."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common.answers import attempt, paper, status_of, tell_done
from common.links import link
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from social_link.informing import services
from social_link.informing.forms import LetterTextForm, TellForm
from social_link.informing.models import LetterText, SupportLetter
from social_link.informing.queries import telling_of, text_in_use
from social_link.informing.wording import LABELS
from social_link.measures.models import Measure
from social_link.measures.queries import measures_for
from social_link.objectives.codes import Moment


def _letter(pk: int, actor: Actor) -> SupportLetter:
    rows = SupportLetter.objects.filter(measure__in=measures_for(actor))
    return get_object_or_404(rows.select_related("measure__household"), pk=pk)


@require_GET
@allow(Read(Data.MEASURE, OWN))
def letters(request: HouseRequest, pk: int) -> HttpResponse:
    """What the household was told at each moment of a measure, and who referred it."""
    return _page(request, get_object_or_404(measures_for(request.actor), pk=pk))


def _page(request: HouseRequest, row: Measure, *, refused: tuple[int, TellForm] | None = None) -> HttpResponse:
    told = telling_of(row)
    forms = {
        step.letter.pk: refused[1] if refused and refused[0] == step.letter.pk else TellForm(prefix=step.moment)
        for step in told.steps
        if step.letter and step.letter.told_on is None
    }
    context = {
        "measure": row, "household": row.household, "telling": told,
        "steps": [(step, forms.get(step.letter.pk) if step.letter else None) for step in told.steps],
        "may_write_text": can(request.actor, Write(Data.MEASURE)),
    }  # fmt: skip
    return render(
        request, "social_link/informing/letters.html", context, status=status_of(refused[1] if refused else None)
    )


@require_POST
@allow(Write(Data.MEASURE, OWN))
def letter_write(request: HouseRequest, pk: int, moment: str) -> HttpResponse:
    """Write the letter of a moment."""
    row = get_object_or_404(measures_for(request.actor), pk=pk)
    made = attempt(lambda: services.write_letter(measure=row, moment=moment, actor=request.actor))
    made.tell(request)
    if made:
        undo = link("social_link:letter_withdraw", made.value.pk)
        tell_done(request, "Lettre écrite : imprimez-la, puis notez quand le ménage l’a eue.", undo=undo)
    return redirect("social_link:letters", pk)


@require_GET
@allow(Read(Data.MEASURE, OWN))
def letter_paper(request: HouseRequest, pk: int) -> HttpResponse:
    """The letter for the printer, as it was made."""
    return paper(*services.printed(_letter(pk, request.actor)), is_saved=False)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def letter_tell(request: HouseRequest, pk: int) -> HttpResponse:
    """The household had it."""
    row = _letter(pk, request.actor)
    form = TellForm(request.POST, prefix=row.moment)
    told = attempt(lambda: services.tell_letter(letter=row, actor=request.actor, **form.cleaned_data), form)
    if not told:
        return _page(request, row.measure, refused=(pk, form))
    tell_done(request, "Noté : le ménage a eu la lettre.", undo=link("social_link:letter_untell", pk))
    return redirect("social_link:letters", row.measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def letter_untell(request: HouseRequest, pk: int) -> HttpResponse:
    """It was noted by mistake."""
    row = _letter(pk, request.actor)
    back = attempt(lambda: services.untell_letter(letter=row, actor=request.actor))
    back.tell(request, "C’est repris : le ménage n’a pas encore eu la lettre.")
    return redirect("social_link:letters", row.measure_id)


@require_POST
@allow(Write(Data.MEASURE, OWN))
def letter_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """A letter that the household never had."""
    row = _letter(pk, request.actor)
    gone = attempt(lambda: services.withdraw_letter(letter_id=pk, actor=request.actor))
    gone.tell(request, "Lettre retirée. « Écrire la lettre » la refait.")
    return redirect("social_link:letters", row.measure_id)


@allow(Write(Data.MEASURE))
def letter_text(request: HouseRequest, moment: str) -> HttpResponse:
    """The words of the association in the letters of a moment, by version."""
    if moment not in Moment.values:
        raise Http404
    body, version = text_in_use(Moment(moment))
    form = LetterTextForm(request.POST or None, initial={"body": body, "seen_version": version})
    done = attempt(
        lambda: services.write_letter_text(moment=moment, actor=request.actor, **form.cleaned_data), form
    )  # fmt: skip
    if done:
        done.tell(request, "Texte enregistré. Les prochaines lettres le diront ainsi.")
        return redirect("social_link:letter_text", moment)
    context = {
        "form": form, "label": LABELS[Moment(moment)],
        "others": [(one, label) for one, label in LABELS.items() if one != moment],
        "versions": LetterText.objects.filter(moment=moment).select_related("author"),
    }  # fmt: skip
    return render(request, "social_link/informing/text.html", context, status=status_of(form))
