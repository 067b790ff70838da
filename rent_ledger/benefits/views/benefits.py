"""Aid of the CAF and MSA: bordereaux dropped, their columns, their lines; the rights of a lease."""

from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common import clock, typography
from common.answers import attempt, file_page, leads_on, status_of
from common.errors import Conflict
from common.periods import Month
from common.typography import counted, euros
from leases.models import Lease
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from office.files.services.deposits import deposit, deposited
from office.models import Organisation
from rent_ledger.benefits import queries as read
from rent_ledger.benefits.forms import (
    BenefitFileForm,
    MappingForm,
    RetentionEndForm,
    RetentionForm,
    SettleForm,
    WithdrawForm,
)
from rent_ledger.benefits.models import BenefitLine, BenefitStatement
from rent_ledger.benefits.rules.benefit_files import Table, read_table
from rent_ledger.benefits.services.benefit_statements import (
    BenefitImportReport,
    assign_benefit_line,
    import_benefit_statement,
)
from rent_ledger.benefits.services.departure import drop_departure_month, keep_departure_month
from rent_ledger.benefits.services.withdrawal import stands_on_benefits, withdraw_benefit_statement
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.rights.forms import RightEndForm, RightForm
from rent_ledger.rights.models import BenefitRight
from rent_ledger.rights.services import end_right, set_right

SESSION_KEY = "benefit_files"
GONE = "Ce fichier n’est plus là : un dépôt est gardé sept jours. Déposez-le de nouveau."
SHOWN_ROWS = 6
PER_PAGE = 30


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BENEFIT))
@leads_on
def benefits(request: HouseRequest) -> HttpResponse:
    """The bordereaux, and a new one dropped: it is kept until its columns are confirmed, nothing is written."""
    form = BenefitFileForm(request.POST or None, request.FILES or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        data = file.read()
        table = attempt(lambda: read_table(data, filename=file.name or ""))
        errors = table.errors
        if table:
            digest = deposit(data)
            request.session[SESSION_KEY] = {
                digest: [
                    (file.name or "")[:200], form.cleaned_data["payer"].pk, form.cleaned_data["paid_on"].isoformat()
                ]
            }  # fmt: skip
            return redirect("rent_ledger:benefit_columns", digest=digest)
    page = Paginator(read.statements_of_benefits(), PER_PAGE).get_page(request.GET.get("p"))
    context = {"page": page, "awaited": read.awaited_total(day=clock.today())}
    return file_page(request, "rent_ledger/benefits/list.html", context, form=form, errors=errors)


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BENEFIT))
def columns(request: HouseRequest, digest: str) -> HttpResponse:
    """Which column holds what, what the import would do, and do it. Only who dropped the file, in the same session."""
    kept = request.session.get(SESSION_KEY, {}).get(digest)
    if kept is None:
        raise Http404
    name, payer_id, paid_on = kept
    payer = get_object_or_404(Organisation, pk=payer_id)
    data = deposited(digest)
    if data is None:
        messages.error(request, GONE)
        return redirect("rent_ledger:benefits")
    table = read_table(data, filename=name)
    form = MappingForm(request.POST or None, headers=table.headers, guessed=dict(table.guessed))
    errors: list[str] = []
    report: BenefitImportReport | None = None
    if request.method == "POST" and form.is_valid():
        wet, again = request.POST.get("importer") == "1", request.POST.get("encore") == "1"
        bring = partial(
            import_benefit_statement,
            data=data,
            name=name,
            payer=payer,
            mapping=form.mapping,
            paid_on=_day(paid_on),
            default_month=form.cleaned_data["default_month"],
            actor=request.actor,
        )
        brought = attempt(lambda: bring(wet=wet, again=again))
        report, errors = brought.result, brought.errors
        if brought.refusal is not None and brought.refusal.code == "lines_again":
            report = bring(wet=False)
        if brought and wet and brought.value.statement_id is not None:
            brought.tell(request, _summary)
            return redirect("rent_ledger:benefit_statement", pk=brought.value.statement_id)
    return _columns_page(request, form, table, name, payer, paid_on, report, errors)


def _columns_page(
    request: HouseRequest,
    form: MappingForm,
    table: Table,
    name: str,
    payer: Organisation,
    paid_on: str,
    report: BenefitImportReport | None,
    errors: list[str],
) -> HttpResponse:
    context = {
        "table": table, "rows": table.rows[:SHOWN_ROWS], "count": len(table.rows), "name": name, "payer": payer,
        "paid_on": _day(paid_on), "report": report,
    }  # fmt: skip
    return file_page(request, "rent_ledger/benefits/columns.html", context, form=form, errors=errors)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _summary(report: BenefitImportReport) -> str:
    left = len(report.unknown) + len(report.no_right)
    return (
        f"{counted(len(report.lines), 'ligne')}, {euros(report.total)} : {counted(len(report.matched), 'rapprochée')}, "
        f"{len(report.changed)} de montant changé, {left} à reconnaître."
    )


@require_GET
@allow(Read(Data.BENEFIT))
def benefit_statement(request: HouseRequest, pk: int) -> HttpResponse:
    """A bordereau: as expected, changed, unknown, without a line."""
    statement = get_object_or_404(BenefitStatement.objects.select_related("payer", "bank_line", "author"), pk=pk)
    if statement.is_withdrawn:
        return redirect("rent_ledger:benefit_withdraw", pk=pk)
    query = request.GET.get("q", "")
    context = {
        "statement": statement,
        "view": read.statement_view(statement),
        "query": query,
        "found": read.rights_for_payer(statement.payer_id, query)[:10] if len(query) > 1 else [],
        "again": request.GET["droit"] if request.GET.get("droit", "").isdecimal() else "",
        "line_id": int(request.GET["ligne"]) if request.GET.get("ligne", "").isdecimal() else None,
    }
    return render(request, "rent_ledger/benefits/statement.html", context)


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BENEFIT))
def benefit_withdraw(request: HouseRequest, pk: int) -> HttpResponse:
    """Take out a bordereau that was wrong: what goes with it, what stands on it, and why."""
    statement = get_object_or_404(BenefitStatement.objects.select_related("payer", "bank_line", "withdrawn_by"), pk=pk)
    form = WithdrawForm(request.POST or None)

    def take_out() -> BenefitStatement:
        return withdraw_benefit_statement(statement_id=pk, reason=form.cleaned_data["reason"], actor=request.actor)

    gone = attempt(take_out, form)
    if gone:
        gone.tell(
            request, "Bordereau retiré : ses mois attendent de nouveau leur aide. Son fichier peut être redéposé."
        )
        return redirect("rent_ledger:benefits")
    context = {
        "statement": statement,
        "form": form,
        "count": statement.lines.count(),
        "obstacles": [] if statement.is_withdrawn else stands_on_benefits(statement),
    }
    return render(request, "rent_ledger/benefits/withdraw.html", context, status=status_of(form))


@require_POST
@allow(Write(Data.BENEFIT))
def benefit_assign(request: HouseRequest, pk: int) -> HttpResponse:
    """Say whose aid a line is."""
    line = get_object_or_404(BenefitLine, pk=pk)
    right = get_object_or_404(
        BenefitRight, pk=int(request.POST["droit"]) if request.POST.get("droit", "").isdecimal() else 0
    )
    assigned = attempt(
        lambda: assign_benefit_line(
            line_id=line.pk, right_id=right.pk, actor=request.actor, again=request.POST.get("encore") == "1"
        )
    )
    assigned.tell(request, f"{euros(line.amount)} imputés sur l’aide de {right.lease.household}.")
    if assigned.refusal is not None and assigned.refusal.code == "lines_again":
        page = reverse("rent_ledger:benefit_statement", args=[line.statement_id])
        return redirect(f"{page}?ligne={line.pk}&droit={right.pk}")
    return redirect("rent_ledger:benefit_statement", pk=line.statement_id)


@require_POST
@allow(Write(Data.BENEFIT))
def benefit_follow(request: HouseRequest, pk: int) -> HttpResponse:
    """Take what came for the month of a line as the amount of the right, from the next month on."""
    line = get_object_or_404(BenefitLine.objects.select_related("right__lease", "right__payer"), pk=pk)
    right, amount = line.right, read.month_total(line)
    if right is None or amount <= 0:
        raise Http404
    start = Month.of(line.month).plus(1)

    def follow() -> BenefitRight:
        if right.period.upper is not None and right.period.upper <= start.first:
            raise Conflict("Ce droit est déjà terminé ou changé. Rechargez la page.")
        return set_right(
            lease=right.lease, payer=right.payer, kind=right.kind, beneficiary_number=right.beneficiary_number,
            amount=amount, start=start.first, end=right.period.upper, is_direct=right.is_direct,
            reason=f"Bordereau {typography.month(line.month, 'de')}", actor=request.actor,
        )  # fmt: skip

    attempt(follow).tell(request, f"{euros(amount)} attendus à partir de {typography.month(start)}.")
    return redirect("rent_ledger:benefit_statement", pk=line.statement_id)


# -- the rights of a lease ------------------------------------------------------------------------------------------


def lease_of(request: HouseRequest, pk: int) -> Lease:
    """The lease, where the actor may see it."""
    return get_object_or_404(Lease.objects.visible_to(request.actor).select_related("household"), pk=pk)


def _like(rights: list[read.ShownRight]) -> dict[str, Any]:
    """What a new amount has in common with the newest right."""
    if not rights:
        return {}
    right = rights[0].right
    return {
        "payer": right.payer_id, "kind": right.kind, "beneficiary_number": right.beneficiary_number,
        "is_direct": right.is_direct,
    }  # fmt: skip


def rights_page(request: HouseRequest, lease: Lease, **forms: Any) -> HttpResponse:
    """The rights of a lease, with the form that was refused in its place."""
    shown = read.rights_of(lease, day=clock.today())
    context = {
        "lease": lease,
        "rights": shown,
        "awaited": read.awaited_months(lease),
        "right_form": forms.get("right_form") or RightForm(initial=_like(shown)),
        "end_form": forms.get("end_form") or RightEndForm(auto_id="fin_%s"),
        "settle_form": forms.get("settle_form") or SettleForm(auto_id="solde_%s"),
        "retentions": (kept := read.retentions_of(lease, day=clock.today())),
        "may_be_kept": not any(one.is_running for one in kept) and read.has_allowance(shown),
        "retention_form": forms.get("retention_form") or RetentionForm(auto_id="retenue_%s"),
        "retention_end_form": forms.get("retention_end_form") or RetentionEndForm(auto_id="fin_retenue_%s"),
    }
    return render(request, "rent_ledger/benefits/rights.html", context, status=422 if forms else 200)


@require_http_methods(["GET", "POST"])
@allow(Write(Data.BENEFIT))
def rights(request: HouseRequest, lease_id: int) -> HttpResponse:
    """The rights of a lease, and a new one."""
    lease = lease_of(request, lease_id)
    if request.method != "POST":
        return rights_page(request, lease)
    form = RightForm(request.POST)

    def make() -> BenefitRight:
        data = form.cleaned_data
        return set_right(
            lease=lease, payer=data["payer"], kind=data["kind"], beneficiary_number=data["beneficiary_number"],
            amount=data["amount"], start=data["start"].first, is_direct=data["is_direct"], reason=data["reason"],
            follows=data["follows"], actor=request.actor,
        )  # fmt: skip

    made = attempt(make, form)
    if made:
        since = typography.month(form.cleaned_data["start"], "de")
        made.tell(request, lambda row: f"{row.kind} de {euros(row.amount)} à partir {since}.")
        return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)
    return rights_page(request, lease, right_form=form)


@require_POST
@allow(Write(Data.BENEFIT))
def right_end(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """End a right after a month."""
    lease = lease_of(request, lease_id)
    right = get_object_or_404(BenefitRight, pk=pk, lease=lease)
    form = RightEndForm(request.POST, auto_id="fin_%s")

    def stop() -> Month:
        last: Month = form.cleaned_data["last"]
        end_right(right_id=right.pk, on=last.plus(1).first, reason=form.cleaned_data["reason"], actor=request.actor)
        return last

    ended = attempt(stop, form)
    if ended:
        ended.tell(request, lambda last: f"Le droit s’arrête après {typography.month(last)}.")
        return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)
    return rights_page(request, lease, end_form=form)


@require_POST
@allow(Write(Data.BENEFIT))
def right_keep(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """Another aided dwelling follows: the month of departure stays due here."""
    lease = lease_of(request, lease_id)
    right = get_object_or_404(BenefitRight, pk=pk, lease=lease)
    attempt(lambda: keep_departure_month(right_id=right.pk, actor=request.actor)).tell(
        request, lambda row: f"L’aide {_last_month(row)}, mois du départ, reste due ici."
    )
    return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)


@require_POST
@allow(Write(Data.BENEFIT))
def right_drop(request: HouseRequest, lease_id: int, pk: int) -> HttpResponse:
    """No aided dwelling follows after all."""
    lease = lease_of(request, lease_id)
    right = get_object_or_404(BenefitRight, pk=pk, lease=lease)
    attempt(lambda: drop_departure_month(right_id=right.pk, actor=request.actor)).tell(
        request,
        lambda row: (
            f"L’aide {_last_month(row)}, mois du départ, n’est plus due ici."
            if row.period.upper
            else "Ce droit n’a pas de mois du départ : il court toujours, rien n’a changé."
        ),
    )
    return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)


def _last_month(right: BenefitRight) -> str:
    return typography.month(Month.of(right.period.upper).plus(-1), "de")


@require_POST
@allow(Write(Data.BENEFIT))
def settle(request: HouseRequest, lease_id: int) -> HttpResponse:
    """Settle a month whose aid will not come."""
    lease = lease_of(request, lease_id)
    form = SettleForm(request.POST, auto_id="solde_%s")

    def close() -> Month:
        month: Month = form.cleaned_data["month"]
        reason = form.cleaned_data["reason"]
        settle_benefit_month(lease_id=lease.pk, month=month, reason=reason, actor=request.actor)
        return month

    settled = attempt(close, form)
    if settled:
        settled.tell(
            request, lambda month: f"{typography.month(month).capitalize()} est soldé : la différence est au compte."
        )
        return redirect("rent_ledger:benefit_rights", lease_id=lease.pk)
    return rights_page(request, lease, settle_form=form)
