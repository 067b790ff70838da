"""The steps of a file for an aid: noted as facts with their day, refused where they can't follow, taken back."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.money import ZERO
from office.access.actor import Actor
from office.access.matrix import FACTS, OWN, Data, Write
from office.access.permissions import needs
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.aid_files.codes import FACTS_MAY, WITH_UNTIL, AidClosing, AidRefusal, AidStepKind, Payee
from rent_ledger.aid_files.duties import NEXT
from rent_ledger.aid_files.models import AidFile, AidFileStep
from rent_ledger.aid_files.perms import NOT_YOURS, can_note_money, can_write
from rent_ledger.aid_files.queries import facts_of, money_gone, payments_for
from rent_ledger.aid_files.rules.steps import ended_on, following
from rent_ledger.aid_files.services.files import locked

GONE = "Ce dossier a été retiré. Revenez à la liste."
NOT_NEXT = "Cette étape ne suit pas la dernière notée. Rechargez la page."
NOT_YET = "Une étape se note une fois faite : son jour est aujourd’hui au plus tard."
NOT_LAST = "Une autre étape a été notée depuis : annulez-la d’abord."
RUNS_AGAIN = "Un autre dossier court depuis pour la même aide : cette étape ne s’annule plus."
AMOUNT = "Dites le montant accordé, en don ou en prêt, plus de 0 €."
PAID_TO = "Dites à qui l’aide a été versée."
PAID_HOW_MUCH = "Dites combien a été versé, plus de 0 €."
WHICH = (
    "Choisissez l’encaissement de cette aide sur le compte du ménage. S’il n’est pas là, placez-le d’abord à la banque."
)
WHY = "Dites pourquoi, d’après le courrier reçu."


@needs(Write(Data.AID_FILE, OWN, FACTS))
@transaction.atomic
def note_aid_step(
    *,
    file: AidFile,
    kind: str,
    on: date,
    actor: Actor,
    until: date | None = None,
    grant: Decimal | None = None,
    loan: Decimal | None = None,
    amount: Decimal | None = None,
    payee: str = "",
    posting_id: int | None = None,
    why: str = "",
) -> AidFileStep:
    """A step, with its day; a last one ends the file. The same step again is the first.

    What the kind has no use for is left out. Money that came to us is named (`posting_id`, a payment on an account of
    the household): its amount is that of the step, its day the step's. `InvalidInput` [kind, on, until, grant, amount,
    payee, posting, why], `NotAllowed` for who may not, `Conflict` (`gone`).
    """
    row = locked(file.pk)
    if row is None:
        raise Conflict(GONE, code="gone")
    may = can_note_money if kind in FACTS_MAY else can_write
    if not (actor.is_system or may(actor, row.household_id)):
        raise NotAllowed(NOT_YOURS)
    rows = list(row.steps.select_related("posting"))
    step = _step(row, kind, on, until, grant, loan, amount, payee, posting_id, why)
    if rows and _says(rows[-1]) == _says(step):
        return rows[-1]
    facts = facts_of(rows, money_gone(rows))
    if kind not in AidStepKind.values or kind not in following(facts):
        raise InvalidInput(NOT_NEXT, field="kind")
    _check(row, step, rows)
    step.author_id = actor.user_id
    with french_refusals(step):
        step.save()
    _settle(row, actor)
    return step


@needs(Write(Data.AID_FILE, OWN, FACTS))
@transaction.atomic
def undo_aid_step(*, step: AidFileStep, actor: Actor) -> None:
    """A step was noted by mistake: the file is as before it. Only the last one; again changes nothing.

    `Conflict` where another step follows, or the same file was opened anew.
    """
    row = locked(step.file_id)
    found = AidFileStep.objects.filter(pk=step.pk).first() if row else None
    if row is None or found is None:
        return
    may = can_note_money if found.kind in FACTS_MAY else can_write
    if not (actor.is_system or may(actor, row.household_id)):
        raise NotAllowed(NOT_YOURS)
    if row.steps.filter(pk__gt=found.pk).exists():
        raise Conflict(NOT_LAST, code="not_last")
    again = AidFile.objects.filter(
        household=row.household_id, scheme=row.scheme_id, need=row.need, ended_on=None
    ).exclude(pk=row.pk)
    if row.ended_on is not None and again.exists():
        raise Conflict(RUNS_AGAIN, code="runs_again")
    found.delete()
    _settle(row, actor)


def _settle(row: AidFile, actor: Actor) -> None:
    """Whether something is awaited still, and whose task it is."""
    rows = list(row.steps.select_related("posting"))
    row.ended_on = ended_on(facts_of(rows, money_gone(rows)))
    with french_refusals(row):
        row.save(update_fields=["ended_on"])
    refresh_tasks(NEXT, ids=[row.pk], actor=actor)


def _step(
    file: AidFile, kind: str, on: date, until: date | None, grant: Decimal | None, loan: Decimal | None,
    amount: Decimal | None, payee: str, posting_id: int | None, why: str,
) -> AidFileStep:  # fmt: skip
    """The step, without what its kind has no use for."""
    is_grant, is_paid = kind == AidStepKind.GRANTED, kind == AidStepKind.PAID
    to_us = is_paid and payee == Payee.LANDLORD
    return AidFileStep(
        file=file, kind=kind, on=on, until=until if kind in WITH_UNTIL else None,
        grant=(grant or ZERO) if is_grant else None, loan=(loan or ZERO) if is_grant else None,
        amount=amount if is_paid else None, payee=payee if is_paid else "",
        posting_id=posting_id if to_us else None,
        why=why if kind in (AidStepKind.REFUSED, AidStepKind.CLOSED) else "",
    )  # fmt: skip


def _says(row: AidFileStep) -> tuple[object, ...]:
    """What a step says; of money on an account, which: its day and amount follow from it."""
    if row.posting_id is not None:
        return (row.kind, row.payee, row.posting_id)
    return (row.kind, row.on, row.until, row.grant, row.loan, row.amount, row.payee, row.why)


def _check(file: AidFile, step: AidFileStep, rows: list[AidFileStep]) -> None:
    if step.kind == AidStepKind.PAID:
        _check_paid(file, step)
    if step.on > clock.today():
        raise InvalidInput(NOT_YET, field="on")
    first = rows[-1].on if rows else file.opened_on
    # A form may have been sent before somebody opened the file here.
    if rows and step.on < first:
        raise InvalidInput(f"Cette étape suit celle du {first:%d/%m/%Y}.", field="on")
    if step.until is not None and step.until < step.on:
        raise InvalidInput("Ce jour vient après celui de l’étape.", field="until")
    if step.kind == AidStepKind.GRANTED and not ((step.grant or ZERO) >= ZERO and (step.loan or ZERO) >= ZERO):
        raise InvalidInput(AMOUNT, field="grant")
    if step.kind == AidStepKind.GRANTED and (step.grant or ZERO) + (step.loan or ZERO) <= ZERO:
        raise InvalidInput(AMOUNT, field="grant")
    if step.kind == AidStepKind.REFUSED and step.why not in AidRefusal.values:
        raise InvalidInput(WHY, field="why")
    if step.kind == AidStepKind.CLOSED and step.why not in AidClosing.values:
        raise InvalidInput("Dites pourquoi le dossier s’arrête là.", field="why")


def _check_paid(file: AidFile, step: AidFileStep) -> None:
    if step.payee not in Payee.values:
        raise InvalidInput(PAID_TO, field="payee")
    if step.payee != Payee.LANDLORD:
        if step.amount is None or step.amount <= ZERO:
            raise InvalidInput(PAID_HOW_MUCH, field="amount")
        return
    found = next((one for one in payments_for(file) if one.pk == step.posting_id), None)
    if found is None:
        raise InvalidInput(WHICH, field="posting")
    step.amount, step.on = found.amount, found.effective_on
