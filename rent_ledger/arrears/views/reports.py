"""Reports to the CAF, the MSA or the CCAPEX: what is to tell by when; one report, its letter, its proof, its answer."""

from collections.abc import Callable
from decimal import Decimal
from typing import BinaryIO
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import agree, counted
from leases.models import Lease
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from rent_ledger.aid_files.queries import seized_on
from rent_ledger.arrears.codes import ReportKind
from rent_ledger.arrears.forms import AnswerForm, BrokenToldForm, ProofForm, SentForm
from rent_ledger.arrears.parameters import soon_days
from rent_ledger.arrears.queries.arrears import cases_for
from rent_ledger.arrears.queries.payer_plans import broken_untold
from rent_ledger.arrears.queries.reports import deadlines, open_reports, waiting
from rent_ledger.arrears.reports import PayerReport, ReportProof
from rent_ledger.arrears.services import payer_plans, report_proofs
from rent_ledger.arrears.services import reports as services
from rent_ledger.arrears.views.cases import case_of
from rent_ledger.billing.views.papers import pdf_response


def _report(pk: int) -> PayerReport:
    rows = PayerReport.objects.select_related("lease__household", "case", "payer", "document", "author", "withdrawn_by")
    return get_object_or_404(rows, pk=pk)


@require_GET
@allow(Write(Data.ARREARS))
def reports(request: HouseRequest) -> HttpResponse:
    """What is to tell, by deadline, and what the payers wait for."""
    day = clock.today()
    told = waiting(open_reports(), day=day)
    return render(
        request,
        "rent_ledger/arrears/reports.html",
        {
            "deadlines": (rows := deadlines(day=day)),
            "unprepared": sum(row.prepared is None for row in rows if row.case),
            "waiting": [one for one in told if one.report.answered_on],
            "awaited": sorted(
                (one for one in told if not one.report.answered_on), key=lambda one: one.report.sent_on or day
            ),
            "soon": soon_days(day),
            "day": day,
        },
    )


@require_POST
@allow(Write(Data.ARREARS))
def reports_prepare(request: HouseRequest) -> HttpResponse:
    """The reports of all cases that wait for one, or of those that were named (`dossier`)."""
    asked = [int(pk) for pk in request.POST.getlist("dossier") if pk.isdecimal()]
    waits = [row.case.pk for row in deadlines(day=clock.today()) if row.case and not row.prepared]
    cases = list(cases_for(request.actor).filter(pk__in=asked or waits))
    prepared = attempt(lambda: services.prepare_reports(cases=cases, actor=request.actor))
    prepared.tell(request)
    if prepared:
        if n := len(prepared.value.done):
            said = f"{counted(n, 'déclaration')} {agree(n, 'préparée,préparées')} : relisez, envoyez, notez l’envoi."
            messages.success(request, said)
        elif not prepared.value.refused:
            messages.info(request, "Toutes les déclarations sont déjà préparées.")
        for text in dict.fromkeys(text for _, text in prepared.value.refused):
            messages.warning(request, text)
    return redirect("rent_ledger:reports")


@require_POST
@allow(Write(Data.ARREARS))
def report_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Prepare the report of a case (`objet`: an impayé, else a signal to the CCAPEX) and read it."""
    case = case_of(request, pk)
    kind = ReportKind.CCAPEX if request.POST.get("objet") == ReportKind.CCAPEX else ReportKind.ARREARS
    made = attempt(lambda: services.prepare_report(case=case, kind=kind, actor=request.actor))
    made.tell(request)
    return redirect("rent_ledger:report", made.value.pk) if made else redirect("rent_ledger:case", pk)


@require_POST
@allow(Write(Data.ARREARS))
def departure_new(request: HouseRequest, lease_id: int) -> HttpResponse:
    """Prepare the letter that tells a departure, and read it."""
    lease = get_object_or_404(Lease.objects.visible_to(request.actor), pk=lease_id)
    made = attempt(lambda: services.prepare_departure(lease=lease, actor=request.actor))
    made.tell(request)
    return redirect("rent_ledger:report", made.value.pk) if made else redirect("rent_ledger:reports")


@require_GET
@allow(Write(Data.ARREARS))
def report(request: HouseRequest, pk: int) -> HttpResponse:
    """One report: what it tells, its letter, its sending with the proof, what the payer does with it."""
    return _page(request, _report(pk))


def _page(request: HouseRequest, found: PayerReport, **refused: Form) -> HttpResponse:
    """The page of a report. `refused`: what was typed and refused, by the name that the page gives it."""
    day = clock.today()
    [step] = waiting([found], day=day) if found.sent_on and found.kind == ReportKind.ARREARS else [None]
    return render(
        request,
        "rent_ledger/arrears/report.html",
        {
            "report": found,
            "household": found.lease.household,
            "household_url": household_page(found.lease.household_id),
            "step": step.step if step else None,
            "seized_on": seized_on([found.case.account_id]).get(found.case.account_id) if found.case else None,
            "total": Decimal(found.facts["total"]) if "total" in found.facts else None,
            "proofs": found.proofs.select_related("blob", "author"),
            "sent_form": SentForm(),
            "answer_form": AnswerForm(report=found),
            "broken_on": broken[1] if (broken := broken_untold([found.pk]).get(found.pk)) else None,
            "told_form": BrokenToldForm(),
            "proof_form": ProofForm(),
            "left": (found.due_on - day).days if found.due_on else None,
            "soon": soon_days(day),
            "day": day,
            **refused,
        },
        status=status_of(*refused.values()),
    )


def _act(request: HouseRequest, pk: int, call: Callable[[], object], done: str, undo: str = "") -> HttpResponse:
    tried = attempt(call)
    tried.tell(request)
    if tried:
        tell_done(request, done, undo=undo)
    return redirect("rent_ledger:report", pk)


@require_GET
@allow(Write(Data.ARREARS))
def report_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """The letter, with what it told on its day."""
    found = _report(pk)
    if found.document is None:
        raise Http404
    return pdf_response(found.document, found.lease, request.actor)


@require_POST
@allow(Write(Data.ARREARS))
def report_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Écarter » a report that has not left."""
    found = _report(pk)
    done = "Déclaration écartée : elle est de nouveau à préparer."
    return _act(request, pk, lambda: services.withdraw_report(report=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def report_sent(request: HouseRequest, pk: int) -> HttpResponse:
    """It left, on a day and by a way."""
    found, form = _report(pk), SentForm(request.POST)
    sent = attempt(lambda: services.note_sent(report=found, actor=request.actor, **form.cleaned_data), form)
    if not sent and (now := _report(pk)).sent_on is None and now.withdrawn_at is None:
        return _page(request, now, sent_form=form)
    sent.tell(request)
    if sent:
        tell_done(request, "Envoi noté. Gardez-en la preuve ici.", undo=link("rent_ledger:report_unsent", pk))
    return redirect("rent_ledger:report", pk)


@require_POST
@allow(Write(Data.ARREARS))
def report_unsent(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » the sending."""
    found = _report(pk)
    done = "Envoi annulé : la déclaration est de nouveau à envoyer."
    return _act(request, pk, lambda: services.take_back_sent(report=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def report_answer(request: HouseRequest, pk: int) -> HttpResponse:
    """What the payer does with it."""
    found = _report(pk)
    form = AnswerForm(request.POST, report=found)
    noted = attempt(lambda: services.note_answer(report=found, actor=request.actor, **form.cleaned_data), form)
    if not noted and (now := _report(pk)).sent_on is not None and now.kind == ReportKind.ARREARS:
        return _page(request, now, answer_form=form)
    noted.tell(request)
    if noted:
        tell_done(request, "Suite notée : son délai court.", undo=link("rent_ledger:report_unanswer", pk))
    return redirect("rent_ledger:report", pk)


@require_POST
@allow(Write(Data.ARREARS))
def report_unanswer(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » the answer of the payer."""
    found = _report(pk)
    done = "Suite annulée : la réponse de l’organisme est de nouveau attendue."
    return _act(request, pk, lambda: services.take_back_answer(report=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def report_broken(request: HouseRequest, pk: int) -> HttpResponse:
    """The payer was told that the plan broke."""
    found, form = _report(pk), BrokenToldForm(request.POST)
    told = attempt(lambda: payer_plans.note_broken_told(report=found, actor=request.actor, **form.cleaned_data), form)
    if not told and broken_untold([pk]):
        return _page(request, found, told_form=form)
    told.tell(request)
    if told:
        tell_done(request, "Noté : l’organisme le sait.", undo=link("rent_ledger:report_unbroken", pk))
    return redirect("rent_ledger:report", pk)


@require_POST
@allow(Write(Data.ARREARS))
def report_unbroken(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler »: the payer is still to be told."""
    found = _report(pk)
    done = "Annulé : la rupture est de nouveau à dire à l’organisme."
    return _act(request, pk, lambda: payer_plans.take_back_broken_told(report=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.ARREARS))
def report_proofs_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Proofs of a sending. Each good file is kept; of the others the page says what is wrong."""
    found = _report(pk)

    def keep(file: BinaryIO) -> ReportProof:
        return report_proofs.add_proof(report=found, file=file, actor=request.actor)

    keep_each(request, "proofs", keep, limit=ReportProof.kind.per_owner, of="déclaration", word="preuve")
    return redirect("rent_ledger:report", pk)


@require_GET
@allow(Write(Data.ARREARS))
def report_proof(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A file that proves a sending."""
    rows = ReportProof.objects.select_related("blob")
    return serve(request, get_object_or_404(rows, report=pk, uuid=uuid))


@require_POST
@allow(Write(Data.ARREARS))
def report_proof_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a proof back."""
    found = _report(pk)
    call = lambda: report_proofs.remove_proof(report=found, proof=uuid, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Preuve retirée.")
