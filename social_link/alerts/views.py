"""The alerts: list, page, and what one does with them; and who accompanies a household, with its alert; who is away."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock, typography
from common.address import number_in
from common.answers import attempt, status_of, tell_done
from common.links import link, way_back
from common.typography import euros, short_day
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.models import Task
from office.notices.services import mark_opened
from office.requests.pages import form_sent_once
from rent_ledger.arrears.codes import NextStep
from rent_ledger.arrears.parameters import plan_months_most
from rent_ledger.arrears.queries.arrears import least_instalment
from rent_ledger.books.queries.statement import statement
from rent_ledger.models import AccountState
from social_link.alerts import notices
from social_link.alerts.codes import OPEN_ALERTS
from social_link.alerts.forms import AnswerForm, FollowedForm, LateNoteForm, OutcomeForm, PassOnForm
from social_link.alerts.models import Alert
from social_link.alerts.parameters import alert_params
from social_link.alerts.queries import (
    ALERT_FILTERS,
    alerts_for,
    carried_by,
    debt_now,
    is_closed_by_outcome,
    outcomes_of,
    pressing_first,
    settled_debts,
    signal_photos,
    taken_back,
    told_facts,
    told_once,
    usual_causes,
    waiting_signals,
)
from social_link.alerts.services import answers as services
from social_link.alerts.services.absences import Moved, end_absence, resume_absence, set_absence
from social_link.alerts.services.naming import name_referent
from social_link.alerts.services.releasing import release
from social_link.alerts.services.signals import say_outcome, take_back_outcome
from social_link.alerts.services.steps import finish_step, resume_step
from social_link.contacts.duties import STEP
from social_link.contacts.models import Contact
from social_link.contacts.perms import followed_by
from social_link.contacts.queries import contacts_for, home_of, phone_of
from social_link.contacts.services import write_note
from social_link.measures.forms import AbsenceForm, ReferentForm, days_of
from social_link.measures.models import Absence
from social_link.measures.queries import absences_from, social_people

PER_PAGE = 25
FILTERS = [
    ("ouvertes", "Ouvertes"),
    ("a_prendre", "À prendre"),
    ("a_repondre", "À répondre"),
    ("remontees", "Remontées"),
    ("repondues", "Répondues"),
    ("sans_objet", "Sans objet"),
]


@require_GET
@allow(Read(Data.ALERT, OWN))
def alerts(request: HouseRequest) -> HttpResponse:
    """Own alerts (all for the head), the most pressing first."""
    actor = request.actor
    state = request.GET.get("etat", "ouvertes")
    state = state if state in ALERT_FILTERS else "ouvertes"
    rows = alerts_for(actor).filter(ALERT_FILTERS[state])
    if (who := number_in(request.GET.get("a"))) is not None:
        rows = rows.filter(assignee=who)
    if state == "repondues":
        rows = rows.order_by("-answered_at", "-id")
    else:
        rows = pressing_first(rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    settled = settled_debts(page)
    is_head = can(actor, Read(Data.ALERT))
    return render(
        request,
        "social_link/alerts/list.html",
        {
            "page": page,
            "rows": [(row, settled.get(row.pk)) for row in page],
            "filters": FILTERS,
            "state": state,
            "who": who,
            "people": social_people() if is_head else [],
            "is_head": is_head,
            "here": request.get_full_path(),
        },
    )


def _then(request: HouseRequest, pk: int) -> HttpResponse:
    """Back to the list where one acted on it; else the alert."""
    return redirect(
        way_back(request, "social_link:alerts") if "retour" in request.POST else link("social_link:alert", pk)
    )


def _alert(request: HouseRequest, pk: int) -> Alert:
    return get_object_or_404(alerts_for(request.actor).select_related("case"), pk=pk)


@require_GET
@allow(Read(Data.ALERT, OWN))
def alert(request: HouseRequest, pk: int) -> HttpResponse:
    """One alert: facts as known then, the clock, the answer."""
    row = _alert(request, pk)
    mark_opened(*notices.ALL, notices.RESCUE, about_id=row.pk, actor=request.actor)
    return _page(request, row)


def _plan_hint(now: AccountState | None, day: date) -> str:
    """What pays the whole debt within the longest plan."""
    if now is None or not now.arrears:
        return ""
    least, months = least_instalment(now.arrears, day=day), plan_months_most(day)
    return f"{euros(least)} par mois au moins pour payer {euros(now.arrears)} en {months} mois."


def _answer_form(row: Alert, usual: list[str], *args: Any, **kwargs: Any) -> AnswerForm:
    longest = alert_params(clock.today()).hold_max_days
    return AnswerForm(*args, has_case=row.case_id is not None, longest=longest, usual=usual, **kwargs)


def _usual(row: Alert) -> list[str]:
    """The causes that stand first, where one is asked."""
    return usual_causes(clock.today()) if row.case_id and row.is_open else []


def _page(
    request: HouseRequest,
    row: Alert,
    form: AnswerForm | None = None,
    status: int = 200,
    late: LateNoteForm | None = None,
    outcome: OutcomeForm | None = None,
) -> HttpResponse:
    """`late`: the note of an answer that another one came before."""
    actor, day = request.actor, clock.today()
    usual = _usual(row)
    back = request.GET.get("retour", "")
    now = debt_now(row.case) if row.case else None
    waiting = row.is_open and bool(waiting_signals(row))
    said = outcomes_of(row)
    contacts = list(contacts_for(actor).filter(household=row.household, is_planned=False)[:6])
    raised_on = row.raised_at.astimezone(clock.PARIS).date()
    met = next((one for one in contacts if one.is_met and one.happened_on >= raised_on), None)
    return render(
        request,
        "social_link/alerts/alert.html",
        {
            "alert": row,
            "household": row.household,
            "home": home_of(row.household, day, actor=request.actor),
            "phone": phone_of(row.household, day),
            "facts": told_once(told_facts(row)),
            "months": statement(row.case.account_id).months if row.case else (),
            "photos": signal_photos(row),
            "now": now,
            "settled": settled_debts([row]).get(row.pk),
            "contacts": contacts,
            "met_hint": f"{met.kind_words} du {short_day(met.happened_on, today=day)}" if met else "",
            "form": form or _answer_form(row, usual, initial=_before(row, met)),
            "late": late,
            "outcome_form": (outcome or OutcomeForm(auto_id="issue_%s")) if waiting else None,
            "outcomes": said,
            "closed_by_outcome": is_closed_by_outcome(row, said),
            "pass_on": PassOnForm(auto_id="passer_%s"),
            # Given away, one goes on in the list that one came from.
            "pass_url": link("social_link:alert_reassign", row.pk, **({"retour": back} if back else {})),
            "followed": FollowedForm(auto_id="suivi_%s", usual=usual),
            "is_mine": row.acknowledged_by_id == actor.user_id,
            "opens_measure": row.answer is not None and row.answer.next_step == NextStep.MEASURE,
            "step_waits": Task.objects.to_do().filter(kind=STEP.code, about_id=row.pk).exists(),
            "plan_hint": _plan_hint(now, day),
        },
        status=status,
    )


def _before(row: Alert, met: Contact | None) -> dict[str, Any]:
    """What the form shows at first: the answer that was taken back, to correct it; else that the household was met."""
    if said := taken_back(row):
        return said | {"contact_made": "oui" if said["contact_made"] else "non"}
    return {"contact_made": "oui"} if met else {}


@require_POST
@allow(Write(Data.ALERT, OWN))
def take_back(request: HouseRequest, pk: int) -> HttpResponse:
    """« Reprendre la réponse »."""
    row = _alert(request, pk)
    back = attempt(lambda: services.take_back_answer(alert=row, actor=request.actor))
    back.tell(request, "Réponse reprise : la gestion locative ne la lit plus. Corrigez-la, puis envoyez-la de nouveau.")
    if back.refusal is not None and back.refusal.code == "already_open":
        other = alerts_for(request.actor).filter(household=row.household_id, state__in=OPEN_ALERTS).first()
        return redirect("social_link:alert", pk=other.pk if other else pk)
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def step_done(request: HouseRequest, pk: int) -> HttpResponse:
    """« C’est fait »: of the next step that the answer announced."""
    row = _alert(request, pk)
    done = attempt(lambda: finish_step(alert=row, actor=request.actor))
    done.tell(request)
    if done and row.answer is not None:
        told = f"{row.answer.get_next_step_display()} : c’est fait, pour {row.household}."
        tell_done(request, told, undo=link("social_link:alert_step_back", pk))
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def step_back(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler »: the step is to do again."""
    row = _alert(request, pk)
    attempt(lambda: resume_step(alert=row, actor=request.actor)).tell(
        request, f"L’étape annoncée pour {row.household} est de nouveau à faire."
    )
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def take(request: HouseRequest, pk: int) -> HttpResponse:
    """« Je prends »."""
    row = _alert(request, pk)
    limit = short_day(row.answer_due_on, today=clock.today())
    was_raised = row.is_raised
    taken = attempt(lambda: services.acknowledge(alert=row, actor=request.actor))
    taken.tell(request)
    if taken:
        told = f"L’alerte de {row.household} est à vous, réponse au plus tard le {limit.removesuffix('.')}."
        # One that was taken already is not given back by a second press.
        tell_done(request, told, undo=link("social_link:alert_release", pk) if was_raised else "")
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def release_alert(request: HouseRequest, pk: int) -> HttpResponse:
    """« Rendre »: it is to take again."""
    row = _alert(request, pk)
    given = attempt(lambda: release(alert=row, actor=request.actor))
    given.tell(request, lambda done: f"L’alerte de {row.household} est de nouveau à prendre, par {done.assignee}.")
    return _then(request, pk) if not given or _still_sees(request, pk) else redirect("social_link:alerts")


def _still_sees(request: HouseRequest, pk: int) -> bool:
    """Given back, the household may be out of one's own cases."""
    return Alert.objects.visible_to(request.actor).filter(pk=pk).exists()


def _tell_answered(request: HouseRequest, row: Alert, text: str) -> None:
    """« Annuler » takes the answer back."""
    tell_done(request, text, undo=link("social_link:alert_take_back", row.pk))


@require_POST
@allow(Write(Data.ALERT, OWN))
def close_paid(request: HouseRequest, pk: int) -> HttpResponse:
    """« Clore : payé le … »."""
    row = _alert(request, pk)
    closed = attempt(lambda: services.close_paid(alert=row, actor=request.actor))
    closed.tell(request)
    if closed:
        _tell_answered(request, row, f"L’alerte de {row.household} est close : la dette est soldée.")
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def pass_on(request: HouseRequest, pk: int) -> HttpResponse:
    """« Réattribuer »."""
    row, form = _alert(request, pk), PassOnForm(request.POST)
    passed = attempt(lambda: services.reassign(alert=row, actor=request.actor, **form.cleaned_data), form)
    passed.tell(request, lambda _: f"L’alerte de {row.household} est confiée à {form.cleaned_data['to']}.")
    # Given away, the household may be out of one's own cases.
    return redirect(way_back(request, "social_link:alerts")) if passed else redirect("social_link:alert", pk=pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def followed(request: HouseRequest, pk: int) -> HttpResponse:
    """« Déjà suivi »: taken and answered in one gesture."""
    row, form = _alert(request, pk), FollowedForm(request.POST)
    sent = attempt(lambda: services.already_followed(alert=row, actor=request.actor, **form.cleaned_data), form)
    sent.tell(request)
    if sent:
        _tell_answered(request, row, "Réponse envoyée : le ménage est déjà suivi.")
    return redirect("social_link:alert", pk=pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
def answer(request: HouseRequest, pk: int) -> HttpResponse:
    """The answer reaches the debt file; the note stays here."""
    actor = request.actor
    row = _alert(request, pk)
    form = _answer_form(row, _usual(row), request.POST)

    @transaction.atomic
    def send() -> None:
        data = form.cleaned_data.copy()
        note = data.pop("note")
        services.answer(alert=row, actor=actor, **data)
        if note.strip():
            write_note(household=row.household, text=note, actor=actor)

    sent = attempt(send, form)
    if sent:
        told = "La gestion locative voit votre réponse." if row.case_id else "L’alerte est close."
        _tell_answered(request, row, f"Réponse envoyée. {told}")
        return redirect("social_link:alert", pk=pk)
    row.refresh_from_db(fields=["state", "answered_at", "answer", "assignee", "acknowledged_at", "acknowledged_by"])
    if not row.is_open:
        if sent.refusal is not None:
            sent.tell(request)
        else:
            messages.error(request, "Cette alerte a déjà sa réponse.")
        if not (note := request.POST.get("note", "").strip()):
            return redirect("social_link:alert", pk=pk)
        return _page(request, row, status=409, late=LateNoteForm(initial={"note": note}))
    return _page(request, row, form, status=422)


@require_POST
@allow(Write(Data.ALERT, OWN))
def outcome(request: HouseRequest, pk: int) -> HttpResponse:
    """What came of a technician's signal."""
    row, form = _alert(request, pk), OutcomeForm(request.POST, auto_id="issue_%s")
    said = attempt(lambda: say_outcome(alert=row, actor=request.actor, **form.cleaned_data), form)
    if not said:
        row = _alert(request, pk)
        if row.is_open and waiting_signals(row):
            return _page(request, row, status=422, outcome=form)
        said.tell(request)
        return redirect("social_link:alert", pk=pk)
    undo = link("social_link:alert_outcome_back", pk, issue=outcomes_of(said.value)[-1].key)
    tell_done(request, _told_outcome(said.value, form.cleaned_data), undo=undo)
    return redirect("social_link:alert", pk=pk)


def _told_outcome(row: Alert, data: dict[str, Any]) -> str:
    if data["back_on"] is not None:
        return f"Visite de {row.household} prévue le {data['back_on']:%d/%m/%Y}. L’alerte attend toujours."
    told = "L’alerte est close." if row.is_answered else "Il reste à répondre de l’alerte elle-même."
    return f"C’est noté ; le technicien sait que son signalement est traité, sans plus. {told}"


@require_POST
@allow(Write(Data.ALERT, OWN))
def outcome_back(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler »: what was said of the signal (`issue`) was a slip. A second click takes nothing else back."""
    row = _alert(request, pk)
    try:
        key = UUID(request.GET.get("issue") or request.POST.get("issue") or "")
    except ValueError:
        messages.warning(request, "Choisissez ce qui est à reprendre sur la page de l’alerte.")
        return redirect("social_link:alert", pk=pk)
    back = attempt(lambda: take_back_outcome(alert=row, key=key, actor=request.actor))
    back.tell(request, f"Repris : le signal de {row.household} attend de nouveau que l’on dise ce qu’il en est.")
    return _then(request, pk)


@require_POST
@allow(Write(Data.ALERT, OWN))
@form_sent_once
def late_note(request: HouseRequest, pk: int) -> HttpResponse:
    """The note of an answer that another one came before: it is kept without it."""
    actor, row, form = request.actor, _alert(request, pk), LateNoteForm(request.POST)
    kept = attempt(lambda: write_note(household=row.household, text=form.cleaned_data["note"], actor=actor), form)
    if not kept:
        return _page(request, row, status=422, late=form)
    kept.tell(request, f"Note écrite pour {row.household}.")
    return redirect("social_link:notes", pk=row.household_id)


@allow(Write(Data.REFERENT))
def referent(request: HouseRequest, pk: int) -> HttpResponse:
    """Who accompanies a household from a day on."""
    actor, household = request.actor, get_object_or_404(followed_by(request.actor), pk=pk)
    form = ReferentForm(request.POST or None, household=household)
    named = attempt(lambda: name_referent(household=household, actor=actor, **form.cleaned_data), form)
    if named:
        named.tell(request, lambda done: f"{done.referent.user} accompagne {household}.{done.told}")
        # From the list of those who have none, the next one is named.
        return redirect(way_back(request, "leases:households") if request.GET.get("retour") else request.path)
    past = household.referents.select_related("user").order_by("-period")
    current = next((row for row in past if row.period.upper is None and row.period.lower < clock.today()), None)
    context = {
        "form": form,
        "household": household,
        "past": past,
        "current": current,
        "page_url": link("desk:household_social", pk),
    }
    return render(request, "social_link/measures/referent.html", context, status=status_of(form))


@require_GET
@allow(Write(Data.REFERENT))
def absences(request: HouseRequest) -> HttpResponse:
    """The absences that run or are to come, and the team."""
    day = clock.today()
    rows = absences_from(day)
    return render(request, "social_link/absences/list.html", {"absences": rows, "people": social_people(), "day": day})


@allow(Write(Data.REFERENT))
def absence_new(request: HouseRequest) -> HttpResponse:
    """« Absence de … » : with the person known (`user`), what the chosen days will move is shown, and a household may
    go to another."""
    sent = request.POST or request.GET
    person = social_people().filter(pk=number_in(sent.get("user")) or 0).first()
    first, last = days_of(sent)
    carried = carried_by(person, first, last) if person else None
    cases = carried.households if carried else []
    form = AbsenceForm(request.POST or None, cases=cases, initial={"user": person, "first": first, "last": last})
    made = attempt(lambda: set_absence(actor=request.actor, **form.asked()), form)
    if made:
        absence, moved = made.value
        whose = typography.of(str(absence.user))
        words = f"Absence {whose}, du {absence.period.lower:%d/%m/%Y} au {absence.last_day:%d/%m/%Y}."
        tell_done(request, words + _told(moved, "Passent"), undo=link("social_link:absence_end", absence.pk))
        return redirect("social_link:absences")
    context = {"form": form, "person": person, "carried": carried, "first": first, "last": last,
               "spread": [form[name] for name in form.cases]}  # fmt: skip
    return render(request, "social_link/absences/form.html", context, status=status_of(form))


def _told(moved: Moved, verb: str) -> str:
    return f" {verb} aujourd’hui : {moved.told}." if moved.told else ""


@require_POST
@allow(Write(Data.REFERENT))
def absence_end(request: HouseRequest, pk: int) -> HttpResponse:
    """He is back, or the absence was a mistake."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    ended = attempt(lambda: end_absence(absence=absence, actor=request.actor))
    ended.tell(request)
    if ended:
        words = f"L’absence {typography.of(str(absence.user))} est terminée.{_told(ended.value, 'Lui reviennent')}"
        tell_done(request, words, undo=link("social_link:absence_resume", pk))
    return redirect("social_link:absences")


@require_POST
@allow(Write(Data.REFERENT))
def absence_resume(request: HouseRequest, pk: int) -> HttpResponse:
    """The absence was ended by mistake."""
    absence = get_object_or_404(Absence.objects.select_related("user"), pk=pk)
    attempt(lambda: resume_absence(absence=absence, actor=request.actor)).tell(
        request,
        lambda moved: f"L’absence {typography.of(str(absence.user))} court de nouveau.{_told(moved, 'Passent')}",
    )
    return redirect("social_link:absences")
