"""Write-offs: what waits for a signature, what was given up; one of them, and what is done of it."""

from collections.abc import Callable
from typing import Any, BinaryIO
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import euros
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.answers import keep_each, serve
from office.notices.services import mark_opened
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.views.cases import case_of
from rent_ledger.write_offs.forms import AskForm, PapersForm, ReasonForm
from rent_ledger.write_offs.models import Recovery, WriteOff, WriteOffPaper
from rent_ledger.write_offs.notices import ASKED, DECIDED
from rent_ledger.write_offs.parameters import write_off_params
from rent_ledger.write_offs.perms import READERS
from rent_ledger.write_offs.queries import for_list, free_credit, given_up, open_debts
from rent_ledger.write_offs.services import papers as paper_services
from rent_ledger.write_offs.services import write_offs as services

SHOWN = 50


@require_GET
@allow(*READERS)
def write_offs(request: HouseRequest) -> HttpResponse:
    """What waits for a signature, then what was decided, the latest first; and the sums of the year."""
    day = clock.today()
    rows = for_list()
    return render(
        request,
        "rent_ledger/write_offs/list.html",
        {
            "waiting": rows.waiting().order_by("pk"),
            "to_sign": set(WriteOff.objects.to_sign(request.actor).values_list("pk", flat=True)),
            "decided": rows.exclude(pk__in=WriteOff.objects.waiting())[:SHOWN],
            "year": given_up(day.replace(month=1, day=1), day.replace(year=day.year + 1, month=1, day=1)),
            "day": day,
        },
    )


@require_GET
@allow(*READERS)
def write_off(request: HouseRequest, pk: int) -> HttpResponse:
    """One: the debts, the reason, the papers, who asked, who signed, and what came back."""
    found = _found(pk)
    mark_opened(ASKED, DECIDED, about_id=pk, actor=request.actor)
    return _page(request, found)


@require_http_methods(["GET", "POST"])
@allow(Write(Data.ARREARS))
def write_off_new(request: HouseRequest, pk: int) -> HttpResponse:
    """Ask to give up debts of a case."""
    case = case_of(request, pk)
    debts = open_debts(case.account_id, day=clock.today())
    form = AskForm(request.POST or None, debts=debts)
    if request.method == "POST":
        asked = attempt(lambda: services.ask_write_off(account=case.account, actor=request.actor, **form.asked), form)
        if asked:
            row = asked.value
            tell_done(
                request,
                f"{row.get_kind_display()} de {euros(row.amount)} demandée : {_who_signs(row)}.",
                undo=link("rent_ledger:write_off_withdraw", row.pk),
            )
            return redirect("rent_ledger:write_off", row.pk)
    return render(
        request,
        "rent_ledger/write_offs/new.html",
        {
            "case": case, "account": case.account, "form": form, "debts": debts,
            "planned": [debt for debt in debts if debt.in_plan],
            "waiting": case.account.write_offs.waiting().first(),
            "most": write_off_params(clock.today()).one_signature_most,
            "household_url": household_page(case.account.household_id),
        },
        status=status_of(form),
    )  # fmt: skip


@require_POST
@allow(Write(Data.WRITE_OFF_SECOND))
def write_off_sign(request: HouseRequest, pk: int) -> HttpResponse:
    """Sign what another person asked."""
    done: Callable[[WriteOff], str] = lambda row: (  # noqa: E731
        f"Décidé : {euros(row.amount)} ne sont plus demandés."
        if row.stands
        else "Signé : une deuxième personne doit encore signer."
    )
    return _act(request, pk, lambda found: services.sign_write_off(write_off=found, actor=request.actor), done)


@require_POST
@allow(Write(Data.WRITE_OFF_SECOND))
def write_off_refuse(request: HouseRequest, pk: int) -> HttpResponse:
    """Refuse what another person asked, and say why."""
    return _say_why(request, pk, "refuse", services.refuse_write_off, "Refusé : rien n’a changé au compte.")


@require_POST
@allow(Write(Data.WRITE_OFF_SECOND))
def write_off_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » what was decided, and say why."""
    return _say_why(request, pk, "undo", services.undo_write_off, "Annulé : ces dettes sont de nouveau dues.")


@require_POST
@allow(Write(Data.ARREARS))
def write_off_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » what was asked."""
    call = lambda found: services.withdraw_write_off(write_off=found, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Demande retirée : rien n’a changé au compte.")


@require_POST
@allow(Write(Data.ARREARS))
def write_off_recover(request: HouseRequest, pk: int) -> HttpResponse:
    """The free money of the account pays the loss."""
    made = attempt(lambda: services.recover(write_off=_found(pk), actor=request.actor))
    made.tell(request)
    if made:
        undo = link("rent_ledger:recovery_undo", made.value.pk)
        tell_done(request, f"{euros(made.value.amount)} rentrés sur cette perte.", undo=undo)
    return redirect("rent_ledger:write_off", pk)


@require_POST
@allow(Write(Data.ARREARS))
def recovery_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """« Annuler » a recovery: its money is free again."""
    found = get_object_or_404(Recovery.objects.select_related("write_off"), pk=pk)
    attempt(lambda: services.undo_recovery(recovery=found, actor=request.actor)).tell(
        request, "Rentrée annulée : cet argent est de nouveau une avance du ménage."
    )
    return redirect("rent_ledger:write_off", found.write_off_id)


@require_POST
@allow(Write(Data.ARREARS))
def write_off_papers_add(request: HouseRequest, pk: int) -> HttpResponse:
    """Papers. Each good file is kept; of the others the page says what is wrong."""
    found = _found(pk)

    def keep(file: BinaryIO) -> WriteOffPaper:
        return paper_services.add_paper(write_off=found, file=file, actor=request.actor)

    keep_each(request, "papers", keep, limit=WriteOffPaper.kind.per_owner, of="demande", word="pièce")
    return redirect("rent_ledger:write_off", pk)


@require_GET
@allow(*READERS)
def write_off_paper(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """A paper of a write-off."""
    rows = WriteOffPaper.objects.select_related("blob")
    return serve(request, get_object_or_404(rows, write_off=pk, uuid=uuid))


@require_POST
@allow(Write(Data.ARREARS))
def write_off_paper_remove(request: HouseRequest, pk: int, uuid: UUID) -> HttpResponse:
    """Take a paper back."""
    call = lambda found: paper_services.remove_paper(write_off=found, paper=uuid, actor=request.actor)  # noqa: E731
    return _act(request, pk, call, "Pièce retirée.")


def _found(pk: int) -> WriteOff:
    return get_object_or_404(for_list(), pk=pk)


def _who_signs(row: WriteOff) -> str:
    return "deux personnes de la direction décident" if row.of_two else "la direction décide"


def _act(
    request: HouseRequest, pk: int, call: Callable[[WriteOff], Any], done: str | Callable[[Any], str]
) -> HttpResponse:
    found = _found(pk)
    attempt(lambda: call(found)).tell(request, done)
    return redirect("rent_ledger:write_off", pk)


def _say_why(request: HouseRequest, pk: int, name: str, service: Callable[..., WriteOff], done: str) -> HttpResponse:
    found = _found(pk)
    form = ReasonForm(request.POST, prefix=name)
    told = attempt(lambda: service(write_off=found, reason=form.cleaned_data["reason"], actor=request.actor), form)
    if not told:
        return _page(request, found, refused=(name, form))
    told.tell(request, done)
    return redirect("rent_ledger:write_off", pk)


def _page(request: HouseRequest, found: WriteOff, *, refused: tuple[str, Form] | None = None) -> HttpResponse:
    actor, day = request.actor, clock.today()
    forms = {name: ReasonForm(prefix=name) for name in ("refuse", "undo")}
    if refused is not None:
        forms[refused[0]] = refused[1]  # type: ignore[assignment]
    may_ask = can(actor, Write(Data.ARREARS))
    case = None
    if can(actor, Read(Data.ARREARS_CAUSE)):
        case = ArrearsCase.objects.filter(account=found.account_id).order_by("-pk").first()
    return render(
        request,
        "rent_ledger/write_offs/write_off.html",
        {
            "row": found, "case": case, "day": day,
            "items": found.items.select_related("posting"),
            "papers": found.papers.select_related("blob"),
            "recoveries": found.recoveries.select_related("author"),
            "may_sign": WriteOff.objects.to_sign(actor).filter(pk=found.pk).exists(),
            "may_undo": found.stands and can(actor, Write(Data.WRITE_OFF_SECOND)),
            "may_ask": may_ask,
            "left": found.amount - found.lessened - found.recovered,  # type: ignore[attr-defined]
            "free": free_credit(found.account_id) if may_ask and found.may_come_back else None,
            "refuse_form": forms["refuse"], "undo_form": forms["undo"], "papers_form": PapersForm(),
            "household_url": household_page(found.account.household_id),
        },
        status=status_of(refused[1]) if refused else 200,
    )  # fmt: skip
