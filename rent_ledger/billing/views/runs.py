"""The rent run: preview, launch, progress, what was produced, undo, sending."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from common import clock, typography
from common.answers import attempt, why
from common.forms import AnsweringForm
from common.links import household_page, link
from common.periods import Month
from common.reasons import Reason
from common.sheets import sheet
from common.text import search_words
from leases.households.perms import can_read_address
from leases.models import Household, Lease, Membership
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.confirmations.queries import confirmed
from office.confirmations.services import sentences
from office.documents.services import render_together, without_address
from office.jobs.codes import JobState
from office.messages.models import Message
from office.models import Job
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.billing.codes import ABOUT_RUN, DemandState, GapGroup, RunQuestion, RunState
from rent_ledger.billing.looks import GROUP_WORDS
from rent_ledger.billing.models import RentDemand, RentRun, RunPreview, RunPreviewHeld, RunPreviewRow
from rent_ledger.billing.queries.explain_demand import explain_draft
from rent_ledger.billing.queries.messages import Sending, marked_by_hand, sending_of, sent_marks, ways_of
from rent_ledger.billing.queries.missing import MissingDemand, lacking
from rent_ledger.billing.queries.previews import compare
from rent_ledger.billing.queries.runs import (
    InTheWayOf,
    RunTotals,
    awaited_aid,
    by_month,
    made_of,
    month_to_run,
    obstacles_by_household,
    run_totals,
    runs_of,
)
from rent_ledger.billing.services.corrections import (
    correct_all,
    correct_demand,
    stale_demands,
    unclaimed,
)
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.previews import current_preview, is_quick, preview, preview_unless_busy
from rent_ledger.billing.services.runs import is_early, launch_run, resume_run, undo_run
from rent_ledger.billing.services.sending import KIND_SEND, mark_sent, send_run, unmark_sent

PER_PAGE = 50
VIEWS = ("differents", "identiques", "tous", "retenus")
SHOWN_BLOCKED = 10
SHOWN_OBSTACLES = 20
MONTHS_AROUND = 6


def _month(request: HouseRequest) -> Month:
    text = request.GET.get("mois", "")
    if text:
        try:
            return Month.parse(text)
        except ValueError as error:
            raise Http404 from error
    return month_to_run(today=clock.today())


# ---------- preview ----------


@require_GET
@allow(Read(Data.RENT_RUN))
def runs(request: HouseRequest) -> HttpResponse:
    """The preview of a month beside the month before, and the runs already made.

    In a large house the page comes at once and asks for the rest, which is made for that second request: by htmx, or
    without script by a link (`?calcul=`).
    """
    month = _month(request)
    today = Month.of(clock.today())
    of_month = RentRun.objects.filter(month=month.first, state__in=[RunState.RUNNING, RunState.UNDOING])
    lines = runs_of(limit=12, month=month)
    context = {
        "month": month,
        "history": by_month(lines),
        "made": made_of(lines, month=month),
        "is_early": is_early(month),
        "early_asked": sentences([Reason(RunQuestion.EARLY_MONTH, {"month": month})]),
        "early_questions": RunQuestion.EARLY_MONTH.lower(),
        "months": list(today.plus(-MONTHS_AROUND).until(today.plus(2))),
        "going": of_month.select_related("job").first(),
        "preview": (found := _preview(request, month)),
        "at": clock.now(),
        "again": link("rent_ledger:runs", **{**request.GET.dict(), "calcul": "1"}),
    }
    if found is not None:
        context |= _preview_context(request, found)
    response = render(request, "rent_ledger/billing/runs.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _preview(request: HouseRequest, month: Month) -> RunPreview | None:
    """None where the person is to be shown that it is being made."""
    if request.htmx or "calcul" in request.GET:
        return preview_unless_busy(month)
    return current_preview(month) or (preview(month) if is_quick() else None)


def _preview_context(request: HouseRequest, found: RunPreview) -> dict[str, Any]:
    view = request.GET.get("vue", "differents")
    view = view if view in VIEWS else "differents"
    group = request.GET.get("motif", "")
    group = group if group in GapGroup.values else ""
    text = request.GET.get("q", "")
    of_month = RunPreviewRow.objects.filter(preview=found)
    rows = of_month.none() if view == "retenus" else of_month.pick(view=view, group=group, text=text)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("p"))
    held = RunPreviewHeld.objects.filter(preview=found)
    blocked = list(held if view == "retenus" else held[:SHOWN_BLOCKED])
    return {
        "view": view,
        "group": group,
        "text": text,
        "page": page,
        "rows": [(row, household_page(row.household_id)) for row in page],
        "blocked": [(row, link("leases:lease", row.lease_id)) for row in blocked],
        "hidden_blocked": found.held_count - len(blocked),
        "groups": [(sum_, GROUP_WORDS[sum_.code]) for sum_ in found.groups],
        "stale": [(demand, household_page(demand.household_id)) for demand in [*stale_demands(), *unclaimed()]],
        "missing": _missing(),
        "may_launch": can(request.actor, Write(Data.RENT_RUN)),
        "ticks": _ticks(found),
    }


def _missing() -> list[tuple[Month, bool, list[tuple[MissingDemand, str]]]]:
    """What the months already billed lack: by month, whether it is closed, and each with the page of its household."""
    by_month: dict[date, list[MissingDemand]] = {}
    for one in lacking(clock.today()).demands:
        by_month.setdefault(one.month, []).append(one)
    return [
        (Month.of(first), found[0].is_closed, [(one, household_page(one.household_id)) for one in found])
        for first, found in by_month.items()
    ]


def _ticks(found: RunPreview) -> list[tuple[str, str]]:
    """What a manager checks before producing, in words."""
    previous = typography.month(found.previous, "de")
    waiting, aid = awaited_aid(found.previous)
    if waiting:
        aids = ("attention", f"Aides {previous}\u00a0: {typography.euros(aid)} encore attendus")
    else:
        aids = ("done", f"Aides {previous}\u00a0: rien n’est en attente")
    ticks = [aids]
    for known in bank_knowledge(day=clock.today()).accounts:
        if known.until is None:
            ticks.append(("attention", f"{known.label}\u00a0: aucun relevé lu"))
        else:
            until = typography.short_day(known.until, today=clock.today())
            ticks.append(("done", f"{known.label}\u00a0: banque connue jusqu’au {until}"))
    if found.made_count:
        ticks.append(("done", f"{typography.counted(found.made_count, 'avis déjà produit,avis déjà produits')}"))
    if found.held_count:
        held = typography.counted(found.held_count, "avis retenu,avis retenus")
        ticks.append(("attention", f"{held}\u00a0: vous pourrez les produire seuls plus tard"))
    return ticks


@require_GET
@allow(Read(Data.RENT_RUN))
def draft_why(request: HouseRequest, month: str, lease_id: int) -> HttpResponse:
    """Body of the popover behind an amount of the preview, or a page of its own."""
    try:
        of_month = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    lease = get_object_or_404(Lease.objects.visible_to(request.actor), pk=lease_id)
    reason = explain_draft(of_month, lease.pk, kind_of_lease=lease.kind)
    if reason is None:
        raise Http404
    label = f"Quittancement {typography.month(of_month, 'de')}"
    return why(request, reason, back=(label, link("rent_ledger:runs", mois=str(of_month))))


@require_POST
@allow(Write(Data.RENT_RUN))
def run_launch(request: HouseRequest) -> HttpResponse:
    """Start the run of a month. Refused (another is going, nothing to bill, month closed): said on the preview."""
    try:
        month = Month.parse(request.POST.get("mois", ""))
    except ValueError as error:
        raise Http404 from error
    form = AnsweringForm(request.POST)
    launched = attempt(lambda: launch_run(month=month, actor=request.actor, answers=form.answers), form)
    if launched:
        return redirect("rent_ledger:run", launched.value.pk)
    launched.tell(request)
    return redirect(f"{reverse('rent_ledger:runs')}?mois={month}")


@require_POST
@allow(Write(Data.RENT_RUN))
def run_correct(request: HouseRequest) -> HttpResponse:
    """Bill again the demands that a contract's or a stay's end made false: all, or the one of `avis`."""
    wanted = request.POST.get("avis", "")
    actor = request.actor

    def correct() -> int:
        if wanted.isdecimal():
            correct_demand(demand=get_object_or_404(RentDemand, pk=int(wanted)), actor=actor)
            return 1
        return correct_all(actor=actor)

    attempt(correct).tell(
        request,
        lambda n: format_html("<strong>{}.</strong>", typography.counted(n, "avis corrigé,avis corrigés")),
    )
    return redirect("rent_ledger:runs")


# ---------- a run ----------


def _run(pk: int) -> RentRun:
    return get_object_or_404(RentRun.objects.select_related("job", "author"), pk=pk)


@require_GET
@allow(Read(Data.RENT_RUN))
def run(request: HouseRequest, pk: int) -> HttpResponse:
    """A run while it goes and after: its demands, what was sent, what stands in the way of an undo."""
    found = _run(pk)
    # Only of a run that came early was anything asked.
    came_early = is_early(Month.of(found.month), on=found.launched_at.astimezone(clock.PARIS).date())
    asked = confirmed(ABOUT_RUN, found.pk, RunQuestion) if came_early else []
    return render(request, "rent_ledger/billing/run.html", _run_context(request, found) | {"confirmed": asked})


@require_GET
@allow(Read(Data.RENT_RUN))
def run_body(request: HouseRequest, pk: int) -> HttpResponse:
    """What the page asks every two seconds while a run goes; it tells the end once, politely."""
    found = _run(pk)
    return render(
        request, "rent_ledger/billing/includes/run_body.html", _run_context(request, found) | {"polled": True}
    )


def _run_context(request: HouseRequest, found: RentRun) -> dict[str, Any]:
    job = found.job
    going = found.state in (RunState.RUNNING, RunState.UNDOING)
    # Of two undos that were tried, one may have been refused because the other had done it.
    is_refused = job is not None and job.state == JobState.FAILED and found.state != RunState.UNDONE
    failed = job.error if job is not None and is_refused else ""
    context: dict[str, Any] = {
        "run": found,
        "job": job,
        "month": Month.of(found.month),
        "going": going,
        "failed": failed,
        "may_resume": found.has_stopped and can(request.actor, Write(Data.RENT_RUN)),
        "is_mine": found.author_id is not None and found.author_id == request.actor.user_id,
        "text": request.GET.get("q", ""),
    }
    if going:
        return context
    totals = run_totals(found)
    # Keys alone are sorted: the rows with their names would be read for all the pages that are not shown.
    page = Paginator(_demands(found, context["text"]), PER_PAGE).get_page(request.GET.get("p"))
    is_done = found.state == RunState.DONE and totals.issued > 0
    is_sent = totals.sent == totals.issued
    stuck = obstacles_by_household(found, is_sent=is_sent, limit=SHOWN_OBSTACLES) if is_done else InTheWayOf([], 0)
    sending, writing = sending_of(found), _writing(found)
    context |= {
        "ways": sending,
        "writing": writing if writing and writing.state == JobState.RUNNING else None,
        "write_error": writing.error if writing and writing.has_failed else "",
        "sees_messages": can(request.actor, Read(Data.MESSAGE)),
        "totals": totals,
        "page": page,
        "rows": _demand_rows(found, _whole(page)),
        "obstacles": [(name, household_page(pk), what) for name, pk, what in stuck.lines],
        "more_obstacles": stuck.more,
        "undo": _undo_words(found, totals),
        "sending": _sending_words(found, totals),
        "leave": _leave_words(found, sending),
        "can_undo": is_done and not stuck.lines and not sending.leaving,
        "said": _said(found, totals, failed=failed),
        "marks": sent_marks(found),
        "by_hand": marked_by_hand(found).count() if is_done and totals.sent else 0,
    }
    return context


def _writing(found: RentRun) -> Job | None:
    """The latest job that wrote the messages of the run."""
    return Job.objects.filter(kind=KIND_SEND, payload__run=found.pk).order_by("-id").first()


def _demands(found: RentRun, text: str) -> "QuerySet[RentDemand, int]":
    demands = found.demands.order_by("lease__household__sort_key", "id")
    if found.state != RunState.UNDONE:
        demands = demands.filter(state=DemandState.ISSUED)
    if search_words(text):
        demands = demands.filter(lease__household__in=Household.objects.matching(text))
    return demands.values_list("pk", flat=True)


def _whole(pks: Iterable[int]) -> list[RentDemand]:
    """The demands of a page, in its order."""
    wanted = list(pks)
    demands = RentDemand.objects.select_related("lease__household", "run").in_bulk(wanted)
    return [demands[pk] for pk in wanted]


def _demand_rows(found: RentRun, demands: Sequence[RentDemand]) -> list[tuple[RentDemand, Any, str, Message | None]]:
    """Each demand, its lease beside the month before (told once per lease), the household's page, what carries it."""
    standing = [d.lease_id for d in demands if d.state == DemandState.ISSUED]
    beside = compare(Month.of(found.month), standing)
    carried = ways_of(demands)
    return [(d, beside.pop(d.lease_id, None), household_page(d.lease.household_id), carried.get(d.pk)) for d in demands]


def _undo_words(found: RentRun, totals: RunTotals) -> dict[str, str]:
    count = typography.counted(totals.issued, "avis,avis")
    month = typography.month(Month.of(found.month), "de")
    return {
        "question": f"Annuler {count} {month} ?",
        "text": f"{typography.euros(totals.net)} ne seront plus demandés aux ménages. "
        "Rien n’est parti, rien n’est payé sur ces avis.",
        "verb": "Annuler l’avis" if totals.issued == 1 else f"Annuler les {count}",
    }


def _sending_words(found: RentRun, totals: RunTotals) -> dict[str, str]:
    words = "avis sera marqué comme envoyé,avis seront marqués comme envoyés"
    count = typography.counted(totals.issued - totals.sent, words)
    month = typography.month(Month.of(found.month), "de")
    return {
        "question": f"Les avis {month} sont-ils partis autrement ?",
        "text": f"{count} aujourd’hui, et ce qui attend dans le courrier en est retiré. Les avis envoyés ne s’annulent "
        "plus ensemble.",
        "verb": "Marquer comme envoyés",
    }


def _leave_words(found: RentRun, sending: Sending) -> dict[str, str]:
    ways = []
    if sending.by_email and not sending.lacking:
        ways.append(f"{typography.number(sending.by_email)} par courriel, là où le locataire l’a accepté")
    if sending.by_post:
        ways.append(f"{typography.number(sending.by_post)} par courrier, dans le lot à poster")
    return {
        "lacking": f"{typography.counted(sending.by_email, 'avis attend,avis attendent')} : les courriels ont besoin "
        f"de {sending.lacking}. Complétez l’identité de l’association, ou changez le texte du message."
        if sending.lacking
        else "",
        "question": f"Envoyer {typography.counted(sending.ready, 'avis,avis')} ?",
        "text": f"{' ; '.join(ways)}. Les courriels partent tout de suite ; une lettre est envoyée quand vous dites "
        "qu’elle est postée. Jusque-là, annuler le quittancement retire ce qui attend.",
        "verb": "Envoyer l’avis" if sending.ready == 1 else "Envoyer les avis",
    }


def _said(found: RentRun, totals: RunTotals, *, failed: str) -> str:
    if failed:
        return f"L’annulation n’a pas eu lieu, les avis sont comme avant. {failed}"
    month = typography.month(Month.of(found.month), "de")
    if found.state == RunState.UNDONE:
        return f"{typography.counted(totals.cancelled, 'avis annulé,avis annulés')} {month}."
    return f"{typography.counted(totals.issued, 'avis produit,avis produits')} {month}."


@require_POST
@allow(Write(Data.RENT_RUN))
def run_resume(request: HouseRequest, pk: int) -> HttpResponse:
    """Take up a run that stopped, whoever launched it."""
    found = _run(pk)
    attempt(lambda: resume_run(run=found, actor=request.actor)).tell(request)
    return redirect("rent_ledger:run", pk)


@require_POST
@allow(Write(Data.RENT_RUN))
def run_undo(request: HouseRequest, pk: int) -> HttpResponse:
    """Cancel the run's demands; what stands in the way is said by name."""
    found = _run(pk)
    attempt(lambda: undo_run(run=found, actor=request.actor)).tell(request)
    return redirect("rent_ledger:run", pk)


@require_POST
@allow(Write(Data.RENT_RUN))
def run_send(request: HouseRequest, pk: int) -> HttpResponse:
    """Each avis leaves by the way that its household chose."""
    found = _run(pk)
    attempt(lambda: send_run(run=found, actor=request.actor)).tell(
        request, lambda job: f"Envoi de {typography.counted(job.total, 'avis,avis')} commencé."
    )
    return redirect("rent_ledger:run", pk)


@require_POST
@allow(Write(Data.RENT_RUN))
def run_sent(request: HouseRequest, pk: int) -> HttpResponse:
    """The demands went out: from now on the run can't be undone."""
    found = _run(pk)
    words = "avis marqué comme envoyé,avis marqués comme envoyés"
    attempt(lambda: mark_sent(run=found, actor=request.actor)).tell(
        request, lambda n: format_html("<strong>{}.</strong>", typography.counted(n, words))
    )
    return redirect("rent_ledger:run", pk)


@require_POST
@allow(Write(Data.RENT_RUN))
def run_unsent(request: HouseRequest, pk: int) -> HttpResponse:
    """The demands noted as sent by hand did not go out: the run can be undone again."""
    found = _run(pk)
    words = "avis de nouveau à envoyer,avis de nouveau à envoyer"
    attempt(lambda: unmark_sent(run=found, actor=request.actor)).tell(
        request, lambda n: format_html("<strong>{}.</strong>", typography.counted(n, words))
    )
    return redirect("rent_ledger:run", pk)


def hidden_from(actor: Actor, lease_ids: Collection[int]) -> set[int]:
    """Those of the leases whose household has a protected address that the actor may not read. One query."""
    protected = Membership.objects.filter(
        household__leases__in=lease_ids, period__contains=clock.today(), person__is_address_protected=True
    )
    households = protected.values("household")
    leases = Lease.objects.filter(pk__in=lease_ids, household__in=households).select_related("household")
    return {lease.pk for lease in leases if not can_read_address(actor, lease.household, is_protected=True)}


_SHEET = ["Avis", "Ménage", "Bail", "Du", "Au", "Loyer et charges", "Aide attendue", "À payer", "Échéance", "État"]


@require_GET
@allow(Read(Data.RENT_RUN))
def run_sheet(request: HouseRequest, pk: int) -> HttpResponse:
    """The rows of the run's list, all of them, as a French CSV. Columns never move."""
    found = _run(pk)
    demands = found.demands.select_related("lease__household", "run").order_by("lease__household__sort_key", "id")
    if found.state != RunState.UNDONE:
        demands = demands.filter(state=DemandState.ISSUED)
    rows = (
        [
            d.reference, d.lease.household.name, d.lease.reference, d.billed_from, d.billed_to - timedelta(days=1),
            d.gross, d.benefit, d.net, d.due_on, d.get_state_display(),
        ]
        for d in demands.iterator(chunk_size=2000)
    )  # fmt: skip
    return sheet(f"avis-{Month.of(found.month)}", _SHEET, rows)


@require_GET
@allow(Read(Data.RENT_RUN))
def run_pdf(request: HouseRequest, pk: int) -> HttpResponse:
    """All the run's avis in one file, sorted as a round is walked: town, street, dwelling; without address, last."""
    found = _run(pk)
    demands = list(
        found.demands.filter(state=DemandState.ISSUED)
        .select_related("lease")
        .order_by(
            "lease__unit__dwelling__building__postcode",
            "lease__unit__dwelling__building__street",
            "lease__unit__dwelling__reference",
            "id",
        )
    )
    if not demands:
        raise Http404
    documents = demand_documents(demands=demands, actor=request.actor)
    hidden = hidden_from(request.actor, [d.lease_id for d in demands])
    # Among those of its street, a paper without an address would tell it.
    demands.sort(key=lambda d: d.pk if d.lease_id in hidden else 0)
    papers = [without_address(documents[d.pk]) if d.lease_id in hidden else documents[d.pk] for d in demands]
    month = Month.of(found.month)
    pdf = render_together(papers, title=f"Avis d’échéance {typography.month(month, 'de')}")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="avis-{month}.pdf"'
    return response
