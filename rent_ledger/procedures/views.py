"""The procedure of an account: where it stands, what is next and why, its steps with their proofs."""

from collections.abc import Callable
from datetime import date
from typing import Any, BinaryIO
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed_of
from office.files.answers import keep_each, serve
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.perms import can_decide
from rent_ledger.arrears.queries.arrears import cases_for
from rent_ledger.arrears.views.cases import case_of
from rent_ledger.books.queries.statement import statement
from rent_ledger.procedures.codes import ABOUT_PROCEDURE, HEARD, ProcedureQuestion, StepKind, Track
from rent_ledger.procedures.forms import DelayForm, StepForm, StepProofForm
from rent_ledger.procedures.models import ProcedureStep, StepProof
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import facts_of
from rent_ledger.procedures.queries.prescription import soon_barred
from rent_ledger.procedures.rules.standing import standing
from rent_ledger.procedures.rules.steps import following, kinds_of, main_step
from rent_ledger.procedures.services import clauses, proofs, steps


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def procedure(request: HouseRequest, pk: int) -> HttpResponse:
    """Where it stands, what is next and by which day, what is done and proved, what applies to the contract."""
    return _page(request, case_of(request, pk))


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def procedure_step(request: HouseRequest, pk: int) -> HttpResponse:
    """The page of the procedure of a step."""
    step = get_object_or_404(ProcedureStep.objects.select_related("procedure"), pk=pk)
    found = cases_for(request.actor).filter(account=step.procedure.account_id).order_by("-pk").first()
    if found is None:
        raise Http404
    return redirect("rent_ledger:procedure", found.pk)


@require_POST
@allow(Write(Data.ARREARS))
def procedure_note(request: HouseRequest, pk: int, kind: str) -> HttpResponse:
    """Note a step."""
    if kind not in StepKind.values:
        raise Http404
    case = case_of(request, pk)
    day = clock.today()
    now = facts_of(case.account, day=day, params=procedure_params(day))
    form = StepForm(request.POST, kind=StepKind(kind), track=now.facts.track, prefix=kind)
    noted = attempt(
        lambda: steps.note_step(
            account=case.account, kind=kind, actor=request.actor, answers=form.answers, **form.typed()
        ),
        form,
    )
    if not noted:
        return _page(request, case, refused=(kind, form))
    undo = link("rent_ledger:procedure_undo", pk, noted.value.pk)
    tell_done(request, f"Noté : {noted.value.get_kind_display()}.", undo=undo)
    return redirect("rent_ledger:procedure", pk)


@require_POST
@allow(Write(Data.ARREARS))
def procedure_undo(request: HouseRequest, pk: int, step_id: int) -> HttpResponse:
    """« Annuler » the last step. One that is gone already changes nothing."""
    case = case_of(request, pk)
    step = ProcedureStep.objects.filter(pk=step_id, procedure__account=case.account_id).first()
    if step is not None:
        undone = attempt(lambda: steps.undo_step(step=step, actor=request.actor))
        undone.tell(request)
        if undone:
            tell_done(request, "Étape annulée : la procédure en est là où elle en était avant elle.")
    return redirect("rent_ledger:procedure", pk)


def _step(case: ArrearsCase, step_id: int) -> ProcedureStep:
    return get_object_or_404(ProcedureStep, pk=step_id, procedure__account=case.account_id)


@require_POST
@allow(Write(Data.ARREARS))
def procedure_proofs_add(request: HouseRequest, pk: int, step_id: int) -> HttpResponse:
    """Proofs of a step. Each good file is kept; of the others the page says what is wrong."""
    step = _step(case_of(request, pk), step_id)

    def keep(file: BinaryIO) -> StepProof:
        return proofs.add_step_proof(step=step, file=file, actor=request.actor)

    keep_each(request, "proofs", keep, limit=StepProof.kind.per_owner, of="étape", word="preuve")
    return redirect("rent_ledger:procedure", pk)


@require_GET
@allow(Read(Data.ARREARS_CAUSE))
def procedure_proof(request: HouseRequest, pk: int, step_id: int, uuid: UUID) -> HttpResponse:
    """A file that proves a step."""
    step = _step(case_of(request, pk), step_id)
    return serve(request, get_object_or_404(StepProof.objects.select_related("blob"), step=step, uuid=uuid))


@require_POST
@allow(Write(Data.ARREARS))
def procedure_proof_remove(request: HouseRequest, pk: int, step_id: int, uuid: UUID) -> HttpResponse:
    """Take a proof back."""
    step = _step(case_of(request, pk), step_id)
    return _act(
        request, pk, lambda: proofs.remove_step_proof(step=step, proof=uuid, actor=request.actor), "Preuve retirée."
    )


@require_POST
@allow(Write(Data.ARREARS))
def procedure_delay(request: HouseRequest, pk: int) -> HttpResponse:
    """Say the delay that the contract writes."""
    case, form = case_of(request, pk), DelayForm(request.POST)
    lease = case.account.lease
    if lease is None:
        raise Http404
    said = attempt(lambda: clauses.choose_delay(lease=lease, actor=request.actor, **form.cleaned_data), form)
    if not said:
        return _page(request, case, delay_form=form)
    tell_done(request, "Délai de la clause gardé.", undo=link("rent_ledger:procedure_delay_forget", pk))
    return redirect("rent_ledger:procedure", pk)


@require_POST
@allow(Write(Data.ARREARS))
def procedure_delay_forget(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler »: the day of the signature decides again."""
    lease = case_of(request, pk).account.lease
    if lease is None:
        raise Http404
    done = "Le délai est de nouveau celui du jour de la signature."
    return _act(request, pk, lambda: clauses.forget_delay(lease=lease, actor=request.actor), done)


def _act(request: HouseRequest, pk: int, call: Callable[[], object], done: str) -> HttpResponse:
    tried = attempt(call)
    tried.tell(request)
    if tried:
        tell_done(request, done)
    return redirect("rent_ledger:procedure", pk)


def _page(
    request: HouseRequest,
    case: ArrearsCase,
    *,
    refused: tuple[str, StepForm] | None = None,
    delay_form: Form | None = None,
) -> HttpResponse:
    day, account = clock.today(), case.account
    params = procedure_params(day)
    now = facts_of(account, day=day, params=params)
    stands = standing(now.facts, params)
    is_over = now.procedure is not None and now.procedure.ended_on is not None
    last = main_step(now.facts.steps)
    may_note = can_decide(request.actor)
    forms = []
    steps_now = () if is_over else now.facts.steps
    for kind in following(
        now.facts.track, steps_now, frozen=now.facts.frozen, has_guarantor=now.facts.has_guarantor
    ):  # fmt: skip
        form = StepForm(kind=kind, track=now.facts.track, prefix=kind.value, initial={"on": day})
        forms.append((kind, refused[1] if refused and refused[0] == kind else form))
    if refused and refused[0] not in {kind for kind, _ in forms}:
        messages.error(request, steps.NOT_NEXT)
    kept = confirmed_of(ABOUT_PROCEDURE, [row.pk for row in now.rows], ProcedureQuestion)
    noted = {step.kind for step in now.facts.steps}
    context: dict[str, Any] = {
        "case": case,
        "account": account,
        "household_url": household_page(account.household_id),
        "now": now,
        "stands": stands,
        "coming": [(one, _left(one.by_on, day)) for one in stands.coming],
        "is_over": is_over,
        "rows": [(row, kept.get(row.pk, [])) for row in reversed(now.rows)],
        "last_pk": now.rows[-1].pk if now.rows else None,
        "forms": forms if may_note else [],
        "kinds": [(kind, kind in noted) for kind in kinds_of(now.facts.track)],
        "barred": soon_barred([account.pk], day=day),
        "is_lease": now.facts.track == Track.LEASE,
        # Art. 24 V: whether the rent that runs was paid again is read in the months before the hearing.
        "months": statement(account.pk, day=day).months if last and last.kind in HEARD else [],
        "delay_form": delay_form or DelayForm(initial={"delay": now.facts.delay}),
        "proof_form": StepProofForm(),
        "may_note": may_note,
        "day": day,
    }
    return render(
        request,
        "rent_ledger/procedures/procedure.html",
        context,
        status=status_of(refused[1] if refused else None, delay_form),
    )


def _left(by_on: date | None, day: date) -> int | None:
    return (by_on - day).days if by_on else None
