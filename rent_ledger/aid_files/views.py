"""Files for an aid: what waits, those of one household to open, one of them with its steps, money and papers."""

from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import euros
from leases.models import Household
from office.access.matrix import FACTS, OWN, Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from office.models import AidScheme
from rent_ledger.aid_files import perms
from rent_ledger.aid_files.codes import FACTS_MAY, AidStepKind
from rent_ledger.aid_files.forms import AidPapersForm, AidStepForm, FileForm
from rent_ledger.aid_files.models import AidFile, AidFileStep, AidPaper
from rent_ledger.aid_files.queries import files_on, payments_for
from rent_ledger.aid_files.rules.steps import following
from rent_ledger.aid_files.services import files as file_services
from rent_ledger.aid_files.services import steps as step_services
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.books.models import Account

PER_PAGE = 50
FILTERS = (("", "En cours"), ("a-suivre", "À suivre"), ("finis", "Finis"))


@require_GET
@allow(*perms.READERS)
def aid_files(request: HouseRequest) -> HttpResponse:
    """Those that run, the first to lapse first; those that ask something of us (`a-suivre`); those that are over."""
    day, asked = clock.today(), request.GET.get("etat", "")
    wanted = asked if asked in dict(FILTERS) else ""
    page: Page[Any]
    if wanted == "finis":
        over = AidFile.objects.exclude(ended_on=None).order_by("-ended_on", "-pk")
        page = Paginator(over, PER_PAGE).get_page(request.GET.get("p"))
        rows = files_on(over.filter(pk__in=[one.pk for one in page]), day=day)
    else:
        running = files_on(AidFile.objects.filter(ended_on=None), day=day)
        if wanted:
            running = [now for now in running if now.awaited is not None and now.awaited.is_task]
        running.sort(key=lambda now: (now.awaited.due_on if now.awaited else day, now.file.pk))
        page = Paginator(running, PER_PAGE).get_page(request.GET.get("p"))
        rows = list(page)
    return render(
        request,
        "rent_ledger/aid_files/list.html",
        {
            "page": page,
            "rows": rows,
            "tabs": [(link("rent_ledger:aid_files", etat=word), label, word == wanted) for word, label in FILTERS],
        },
    )


@require_http_methods(["GET", "POST"])
@allow(*perms.WRITERS)
def aid_file_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Open a file for a household that one follows."""
    actor, day = request.actor, clock.today()
    household = get_object_or_404(Household.objects.visible_to(actor), pk=pk)
    if not perms.can_write(actor, household.pk):
        raise Http404
    accounts = list(
        Account.objects.filter(household=household, kind__in=sorted(DEBT_KINDS)).select_related("lease").order_by("-pk")
    )
    schemes = AidScheme.objects.active_on(day).select_related("organisation")
    form = FileForm(request.POST or None, schemes=schemes, accounts=accounts)
    opened = attempt(lambda: file_services.open_file(household=household, actor=actor, **form.typed), form)
    if opened:
        undo = link("rent_ledger:aid_file_withdraw", opened.value.pk)
        tell_done(request, "Dossier ouvert : il est à préparer et à envoyer.", undo=undo)
        return redirect("rent_ledger:aid_file", opened.value.pk)
    return render(
        request,
        "rent_ledger/aid_files/new.html",
        {
            "household": household,
            "household_url": household_page(household.pk),
            "form": form,
            "running": files_on(AidFile.objects.filter(household=household, ended_on=None), day=day),
            "open_url": request.path,
            "schemes": schemes,
        },
        status=status_of(form),
    )


@require_GET
@allow(*perms.READERS)
def aid_file(request: HouseRequest, pk: int) -> HttpResponse:
    """One: where it stands, what it waits for, what may be noted, what was granted and paid, its papers."""
    return _page(request, _found(pk))


def _found(pk: int) -> AidFile:
    return get_object_or_404(AidFile.objects.select_related("household", "scheme__organisation"), pk=pk)


def _page(request: HouseRequest, found: AidFile, *, refused: tuple[str, Form] | None = None) -> HttpResponse:
    actor, day = request.actor, clock.today()
    [now] = files_on(AidFile.objects.filter(pk=found.pk), day=day)
    may_write = perms.can_write(actor, found.household_id)
    may_note_money = perms.can_note_money(actor, found.household_id)
    next_kinds = [kind for kind in following(now.steps) if (may_note_money if kind in FACTS_MAY else may_write)]
    forms = [(kind, refused[1] if refused and refused[0] == kind else _step_form(found, kind)) for kind in next_kinds]
    if refused and refused[0] not in next_kinds:
        messages.error(request, step_services.NOT_NEXT)
    whole = perms.reads_whole(actor, found.household_id)
    last = now.rows[-1] if now.rows else None
    return render(
        request,
        "rent_ledger/aid_files/file.html",
        {
            "file": found,
            "now": now,
            "household_url": household_page(found.household_id),
            "forms": forms,
            "whole": whole,
            "papers": found.papers.select_related("blob") if whole else [],
            "papers_form": AidPapersForm(),
            "may_write": may_write,
            "last_pk": last.pk if last and (may_note_money if last.kind in FACTS_MAY else may_write) else None,
            "day": day,
        },
        status=status_of(refused[1]) if refused else 200,
    )


def _step_form(found: AidFile, kind: AidStepKind, data: Any = None) -> AidStepForm:
    payments = payments_for(found) if kind == AidStepKind.PAID else ()
    return AidStepForm(
        data, kind=kind, gives=found.scheme.gives, payments=payments, prefix=kind.value, initial={"on": clock.today()}
    )


@require_POST
@allow(Write(Data.AID_FILE, OWN, FACTS))
def aid_step_note(request: HouseRequest, pk: int, kind: str) -> HttpResponse:
    """Note a step."""
    if kind not in AidStepKind.values:
        raise Http404
    found = _found(pk)
    form = _step_form(found, AidStepKind(kind), request.POST)
    noted = attempt(
        lambda: step_services.note_aid_step(file=found, kind=kind, actor=request.actor, **form.cleaned_data), form
    )
    if not noted:
        return _page(request, found, refused=(kind, form))
    undo = link("rent_ledger:aid_step_undo", pk, noted.value.pk)
    tell_done(request, _said(noted.value), undo=undo)
    return redirect("rent_ledger:aid_file", pk)


def _said(step: AidFileStep) -> str:
    if step.amount is not None:
        return f"Noté : {euros(step.amount)} versés."
    return f"Noté : {step.get_kind_display()}."


@require_POST
@allow(Write(Data.AID_FILE, OWN, FACTS))
def aid_step_undo(request: HouseRequest, pk: int, step_id: int) -> HttpResponse:
    """« Annuler » the last step. One that is gone already changes nothing."""
    step = AidFileStep.objects.filter(pk=step_id, file=_found(pk)).first()
    if step is not None:
        attempt(lambda: step_services.undo_aid_step(step=step, actor=request.actor)).tell(
            request, "Étape annulée : le dossier en est là où il en était avant elle."
        )
    return redirect("rent_ledger:aid_file", pk)


@require_POST
@allow(*perms.WRITERS)
def aid_file_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » a file of which nothing is noted. One that is gone already changes nothing."""
    found = AidFile.objects.filter(pk=pk).first()
    if found is None:
        return redirect("rent_ledger:aid_files")
    withdrawn = attempt(lambda: file_services.withdraw_file(file=found, actor=request.actor))
    withdrawn.tell(request, "Dossier retiré.")
    return redirect("rent_ledger:aid_files") if withdrawn else redirect("rent_ledger:aid_file", pk)


@require_POST
@allow(*perms.WRITERS)
def aid_papers_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Papers. Each good file is kept; of the others the page says what is wrong."""
    found = _found(pk)

    def keep(file: BinaryIO) -> AidPaper:
        return file_services.add_aid_paper(file=found, upload=file, actor=request.actor)

    keep_each(request, "papers", keep, limit=AidPaper.kind.per_owner, of="dossier", word="pièce")
    return redirect("rent_ledger:aid_file", pk)


@require_GET
@allow(*perms.WRITERS)
def aid_paper(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A paper of a file, for who reads it whole."""
    found = _found(pk)
    if not perms.reads_whole(request.actor, found.household_id):
        raise Http404
    return serve(request, get_object_or_404(AidPaper.objects.select_related("blob"), file=found, uuid=uuid))


@require_POST
@allow(*perms.WRITERS)
def aid_paper_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a paper back."""
    found = _found(pk)
    call: Callable[[], None] = lambda: file_services.remove_aid_paper(file=found, paper=uuid, actor=request.actor)  # noqa: E731
    attempt(call).tell(request, "Pièce retirée.")
    return redirect("rent_ledger:aid_file", pk)
