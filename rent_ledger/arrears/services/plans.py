"""Repayment plans: prepared, signed on paper, changed by the next version, stopped, and each of these taken back."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import add_months
from common.typography import euros
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import plan_months_most
from rent_ledger.arrears.plan_papers import PlanPaper
from rent_ledger.arrears.queries.plan_standing import would_break
from rent_ledger.arrears.queries.plans import PlanTerm, debts_for_plan, left_on
from rent_ledger.arrears.services.cases import refresh_broken, refresh_cases
from rent_ledger.arrears.services.debt_holds import end_holds, hold_debt
from rent_ledger.arrears.services.plan_judging import is_frozen, plan_holds, reason_of, resume
from rent_ledger.books.codes import HoldKind, PlanEnd
from rent_ledger.books.models import OpenItem
from rent_ledger.books.plans import PlanDebt, PlanInstalment, RepaymentPlan
from rent_ledger.books.queries.plans import running_plans
from rent_ledger.books.rules.plans import Instalment, schedule
from rent_ledger.books.services.posting import lock_accounts

FIRST_WITHIN = 3
"""The first instalment is this many months away at most: beyond, the year is a slip."""
RESUMED = frozenset({PlanEnd.WITHDRAWN, PlanEnd.BROKEN})
"""How a plan ended that may run again."""
NOTHING = "Rien n’est à étaler : ce qui est dû est payé, gelé ou contesté."
MOVED = "Ce qui est dû a changé depuis que ce plan a été préparé. Préparez-le de nouveau, puis faites-le signer."
GONE = "Ce plan a été écarté, ou remplacé par un autre. Relisez celui qui est préparé, ou préparez-en un."
PAID_ALREADY = "Une mensualité de ce plan est déjà payée : la signature reste. Mettez fin au plan, ou modifiez-le."
HAS_PAPER = "Le papier signé de ce plan est gardé : retirez-le d’abord s’il n’est pas le sien."
OTHER_DRAFT = "Un autre plan est préparé sur ce compte : écartez-le d’abord."
OTHER_RUNS = "Un autre plan court depuis sur ce compte : il n’y a qu’un plan à la fois."
ENDED = "Ce plan est fini. Rechargez la page."
NOT_RUNNING = "Ce plan ne court pas. Rechargez la page."
FROZEN = (
    "Un dossier de surendettement gèle ce que ce plan étale : il ne peut pas courir. "
    "Annulez d’abord l’étape du dossier, si elle a été saisie par erreur."
)
STILL_LATE = "Ce plan serait aussitôt rompu : ce qui manque n’est pas payé. Préparez un nouveau plan."


@needs(Write(Data.ARREARS))
@transaction.atomic
def propose_plan(
    *, case: ArrearsCase, months: int, first_on: date, actor: Actor, posting_ids: Collection[int] | None = None
) -> RepaymentPlan:
    """A draft that spreads what is due and free today (all of it, or `posting_ids`) over `months` instalments.

    Where a plan runs on the account, the draft is its next version, with what is left of it. A draft of before is
    replaced; the same one is returned as it is. Nothing changes for the household until it is signed.
    """
    today = clock.today()
    lock_accounts([case.account_id])
    most = plan_months_most(today)
    if not 1 <= months <= most:
        raise InvalidInput(f"Un plan dure de 1 à {most} mois.", field="months")
    if not today <= first_on <= add_months(today, FIRST_WITHIN):
        raise InvalidInput(
            f"La première mensualité tombe entre aujourd’hui et le {add_months(today, FIRST_WITHIN):%d/%m/%Y}.",
            field="first_on",
        )
    terms = debts_for_plan(case.account_id, day=today)
    if posting_ids is not None:
        terms = [term for term in terms if term.posting_id in set(posting_ids)]
        if len(terms) != len(set(posting_ids)):
            raise InvalidInput("Une de ces dettes n’est plus due, ou est hors relance. Rechargez la page.")
    if not terms:
        raise Conflict(NOTHING, code="nothing")
    total = sum((term.remaining for term in terms), ZERO)
    try:
        instalments = schedule(total, first_on=first_on, months=months)
    except ValueError:
        raise InvalidInput(f"{euros(total)} ne s’étalent pas sur {months} mois.", field="months") from None
    draft = RepaymentPlan.objects.select_for_update().filter(account=case.account_id, signed_on=None).first()
    running = _running(case.account_id)
    if draft is not None:
        if draft.replaces_id == (running.pk if running else None) and _is_same(draft, terms, instalments):
            return draft
        _delete(draft)
    plan = RepaymentPlan.objects.create(account_id=case.account_id, replaces=running, author_id=actor.user_id)
    PlanDebt.objects.bulk_create(PlanDebt(plan=plan, posting_id=t.posting_id, amount=t.remaining) for t in terms)
    PlanInstalment.objects.bulk_create(PlanInstalment(plan=plan, due_on=i.due_on, amount=i.amount) for i in instalments)
    return plan


@needs(Write(Data.ARREARS))
@transaction.atomic
def discard_plan(*, plan: RepaymentPlan, actor: Actor) -> None:
    """Take back a draft: its history keeps that it was there. Again changes nothing."""
    lock_accounts([plan.account_id])
    row = RepaymentPlan.objects.select_for_update().filter(pk=plan.pk).first()
    if row is None:
        return
    if row.signed_on is not None:
        raise Conflict("Ce plan est signé : mettez-y fin, ou annulez sa signature.", code="signed")
    _delete(row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def sign_plan(*, plan: RepaymentPlan, signed_on: date, actor: Actor) -> RepaymentPlan:
    """The household has signed: what the plan covers is out of the queue from today, but for its instalments.

    The version that it replaces ends. Signing again the same day changes nothing. `Conflict` where something of its
    debts was paid, or is held, since it was prepared.
    """
    today = clock.today()
    lock_accounts([plan.account_id])
    row = RepaymentPlan.objects.select_for_update().filter(pk=plan.pk).first()
    if row is None:
        raise Conflict(GONE, code="moved")
    if row.signed_on is not None:
        if row.signed_on == signed_on and row.is_running:
            return row
        raise Conflict(f"Ce plan est déjà signé, le {row.signed_on:%d/%m/%Y}. Rechargez la page.", code="signed")
    first_on = row.instalments.order_by("due_on").values_list("due_on", flat=True)[0]
    if signed_on > today or signed_on > first_on or signed_on < add_months(today, -1):
        raise InvalidInput(
            f"La signature est du {add_months(today, -1):%d/%m/%Y} au {min(today, first_on):%d/%m/%Y}.",
            field="signed_on",
        )
    left = {term.posting_id: term.remaining for term in debts_for_plan(row.account_id, day=today)}
    covered = dict(row.debts.values_list("posting_id", "amount"))
    old = _running(row.account_id)
    if any(left.get(pk) != amount for pk, amount in covered.items()) or row.replaces_id != (old.pk if old else None):
        raise Conflict(MOVED, code="moved")
    kept: set[int] = set()
    if old is not None:
        kept = set(plan_holds([old.pk]).filter(posting__in=covered).values_list("posting_id", flat=True))
        end_holds(plan_holds([old.pk]).exclude(posting__in=covered), accounts=[row.account_id], day=today)
        old.ended_on, old.end = today, PlanEnd.REPLACED
        old.save()
    row.signed_on = signed_on
    row.save()
    if fresh := set(covered) - kept:
        hold_debt(posting_ids=fresh, kind=HoldKind.PLAN, reason=reason_of(row), actor=actor)
    _refresh(row.account_id, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_signature(*, plan: RepaymentPlan, actor: Actor) -> RepaymentPlan:
    """The signature was noted by mistake: the plan is a draft again, and the version that it replaced runs again.

    `Conflict` where an instalment is paid, the plan is over, its signed paper is kept, or another draft was made. Again
    changes nothing.
    """
    today = clock.today()
    lock_accounts([plan.account_id])
    row = RepaymentPlan.objects.select_for_update().get(pk=plan.pk)
    if row.signed_on is None:
        return row
    if row.ended_on is not None:
        raise Conflict(ENDED, code="ended")
    if _paid(row) > ZERO:
        raise Conflict(PAID_ALREADY, code="paid")
    if RepaymentPlan.objects.filter(account=row.account_id, signed_on=None).exists():
        raise Conflict(OTHER_DRAFT, code="other_draft")
    if PlanPaper.objects.filter(plan=row).exists():
        raise Conflict(HAS_PAPER, code="has_paper")
    row.signed_on = None
    row.save()
    own = plan_holds([row.pk])
    if row.replaces is not None:
        own = own.exclude(posting__in=row.replaces.debts.values("posting"))
        resume(row.replaces, day=today)
    # They held nothing: nobody had signed. Cut short, they would be told as a plan that broke.
    end_holds(own, accounts=[row.account_id], day=today, forget=True)
    _refresh(row.account_id, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def end_plan(*, plan: RepaymentPlan, reason: str, actor: Actor) -> RepaymentPlan:
    """Stop a plan that runs: what is left of its debts counts again from today. Again changes nothing."""
    if not reason.strip():
        raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    if len(reason) > 200:
        raise InvalidInput("Le motif tient en 200 caractères.", field="reason")
    today = clock.today()
    lock_accounts([plan.account_id])
    row = RepaymentPlan.objects.select_for_update().get(pk=plan.pk)
    if row.end == PlanEnd.WITHDRAWN:
        return row
    if not row.is_running:
        raise Conflict(NOT_RUNNING, code="not_running")
    row.ended_on, row.end, row.end_reason = today, PlanEnd.WITHDRAWN, reason
    row.save()
    end_holds(plan_holds([row.pk]), accounts=[row.account_id], day=today)
    _refresh(row.account_id, actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def resume_plan(*, plan: RepaymentPlan, actor: Actor) -> RepaymentPlan:
    """Take back the end of a plan that was stopped, or found broken before its money was. Again changes nothing.

    `Conflict` where another one runs, nothing is left of its debts, they are frozen, or it would break again at
    once.
    """
    today = clock.today()
    lock_accounts([plan.account_id])
    row = RepaymentPlan.objects.select_for_update().get(pk=plan.pk)
    if row.is_running:
        return row
    if refused := resume_refusal(row, day=today):
        raise refused
    resume(row, day=today)
    _refresh(row.account_id, actor)
    refresh_broken([row.account_id], actor)
    return row


def resume_refusal(plan: RepaymentPlan, *, day: date) -> Conflict | None:
    """Why an ended plan can't run again on `day`; None where it can. Writes nothing: the page asks it first."""
    if plan.end not in RESUMED:
        return Conflict(ENDED, code="ended")
    runs = RepaymentPlan.objects.filter(account=plan.account_id, signed_on__isnull=False, ended_on=None)
    if runs.exists():
        return Conflict(OTHER_RUNS, code="other_runs")
    if is_frozen(plan, day=day):
        return Conflict(FROZEN, code="frozen")
    if not OpenItem.objects.filter(is_debit=True, posting__plans__plan=plan).exists():
        return Conflict(NOTHING, code="nothing")
    return Conflict(STILL_LATE, code="still_late") if would_break(plan, day=day) else None


def _delete(draft: RepaymentPlan) -> None:
    draft.debts.all().delete()
    draft.instalments.all().delete()
    draft.delete()


def _running(account_id: int) -> RepaymentPlan | None:
    rows = RepaymentPlan.objects.select_for_update(of=("self",))
    return rows.filter(account=account_id, signed_on__isnull=False, ended_on=None).first()


def _paid(plan: RepaymentPlan) -> Decimal:
    return running_plans([plan.account_id])[plan.account_id].paid(left_on(plan))


def _is_same(draft: RepaymentPlan, terms: Collection[PlanTerm], instalments: Collection[Instalment]) -> bool:
    return dict(draft.debts.values_list("posting_id", "amount")) == {t.posting_id: t.remaining for t in terms} and [
        *draft.instalments.order_by("due_on").values_list("due_on", "amount")
    ] == [tuple(i) for i in instalments]


def _refresh(account_id: int, actor: Actor) -> None:
    refresh_cases(list(ArrearsCase.objects.filter(account=account_id, closed_on=None)), actor)
