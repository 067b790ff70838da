"""Overindebtedness of those who owe on a case: what was decided, what it freezes, each decision noted or taken back."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from common import clock
from common.answers import attempt, status_of, tell_done
from common.links import household_page, link
from common.typography import uncapitalised
from leases.models import Person
from office.access.matrix import Data, Read, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.arrears import perms
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.forms import FreezeForm
from rent_ledger.arrears.freezes import FreezeStep
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.queries.freezes import Debtor, debtors_of
from rent_ledger.arrears.services.freezes import freeze_holds, note_step, undo_step
from rent_ledger.arrears.views.cases import case_of


@require_safe
@allow(Read(Data.ARREARS_CAUSE))
def freezes(request: HouseRequest, pk: int) -> HttpResponse:
    """Each person who owes on the account of the case, with the procedures."""
    return _page(request, case_of(request, pk))


@require_POST
@allow(Write(Data.ARREARS))
def freeze_note(request: HouseRequest, pk: int, person_id: int) -> HttpResponse:
    """Note a decision about a person who owes on the account."""
    case = case_of(request, pk)
    person = get_object_or_404(Person, pk__in=[found.person.pk for found in _debtors(case)], pk=person_id)
    debtor = next(found for found in _debtors(case) if found.person == person)
    form = FreezeForm(request.POST, kinds=_kinds(debtor), prefix=_prefix(debtor))
    noted = attempt(lambda: note_step(person=person, actor=request.actor, **form.cleaned_data), form)
    if not noted:
        return _page(request, case, refused=(person_id, form))
    undo = link("rent_ledger:freeze_undo", pk, noted.value.pk)
    said = f"Noté pour {person} : {uncapitalised(noted.value.get_kind_display())}."
    if noted.value.kind == FreezeKind.ADMISSIBLE and not freeze_holds(noted.value.freeze).exists():
        # A year that was typed wrong freezes nothing, and the letters would go on.
        said += f" Aucune dette n’est gelée par un dossier recevable du {noted.value.on:%d/%m/%Y} : vérifiez ce jour."
    tell_done(request, said, undo=undo)
    return redirect("rent_ledger:freezes", pk)


@require_POST
@allow(Write(Data.ARREARS))
def freeze_undo(request: HouseRequest, pk: int, step_id: int) -> HttpResponse:
    """« Annuler » a decision. One that is gone already changes nothing."""
    case = case_of(request, pk)
    step = _steps(case).filter(pk=step_id).first()
    if step is not None:
        undone = attempt(lambda: undo_step(step=step, actor=request.actor))
        undone.tell(request)
        if undone:
            tell_done(request, "Décision annulée : tout est comme avant elle.")
    return redirect("rent_ledger:freezes", pk)


def _debtors(case: ArrearsCase) -> list[Debtor]:
    return debtors_of(case.account, day=clock.today())


def _steps(case: ArrearsCase) -> QuerySet[FreezeStep]:
    persons = [debtor.person.pk for debtor in _debtors(case)]
    return FreezeStep.objects.filter(freeze__person__in=persons).select_related("freeze__person")


def _prefix(debtor: Debtor) -> str:
    return f"p{debtor.person.pk}"


def _kinds(debtor: Debtor) -> list[FreezeKind]:
    """What may be noted; of a procedure that has run out, another one too."""
    if debtor.running is None:
        return [FreezeKind.ADMISSIBLE]
    kinds = list(debtor.running.next_kinds)
    if debtor.running.until is not None and debtor.running.until < clock.today():
        kinds.insert(0, FreezeKind.ADMISSIBLE)
    return kinds


def _page(request: HouseRequest, case: ArrearsCase, *, refused: tuple[int, FreezeForm] | None = None) -> HttpResponse:
    rows = []
    for debtor in _debtors(case):
        form = FreezeForm(kinds=_kinds(debtor), prefix=_prefix(debtor))
        if refused is not None and refused[0] == debtor.person.pk:
            form = refused[1]
        rows.append((debtor, form))
    return render(
        request,
        "rent_ledger/arrears/freezes.html",
        {
            "case": case,
            "account": case.account,
            "rows": rows,
            "household_url": household_page(case.account.household_id),
            "may_decide": perms.can_decide(request.actor),
        },
        status=status_of(refused[1]) if refused else 200,
    )
