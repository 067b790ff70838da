"""Overindebtedness: decisions of the commission and the judge are noted, with what they change, and taken back.

What a person owed before his file was admissible is frozen on every account that he owes; current rent stays due. What
was due on the day of an erasure leaves the books by an entry of its own kind, which is no money.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from leases.models import Person
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.codes import FREEZE_UNTIL, FreezeKind
from rent_ledger.arrears.freezes import DebtFreeze, FreezeStep, FrozenDebt
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.parameters import freeze_params
from rent_ledger.arrears.queries.freezes import accounts_of, debts_to_erase, debts_to_freeze, others_bound, steps_of
from rent_ledger.arrears.rules.freezes import Step, following, frozen_until, latest_until
from rent_ledger.arrears.services.cases import refresh_cases
from rent_ledger.arrears.services.debt_holds import cut_holds, running_after, settle_freed
from rent_ledger.arrears.services.plan_judging import is_frozen, plan_holds, resume
from rent_ledger.books.codes import EntryKind, General, HoldKind, PlanEnd
from rent_ledger.books.models import DebtHold, OpenItem, Posting
from rent_ledger.books.plans import PlanDebt, RepaymentPlan
from rent_ledger.books.services import projections
from rent_ledger.books.services.entries import NewEntry, NewPosting
from rent_ledger.books.services.given_up import lessened_by
from rent_ledger.books.services.posting import lock_accounts, post, reverse

OWES_NOTHING = "Cette personne n’est tenue d’aucun loyer chez nous : il n’y a rien à geler."
OTHERS = (
    "{names} doit aussi cette dette, et l’effacement ne l’en libère pas. Notez d’abord son propre dossier, "
    "ou cochez que rien ne lui en sera réclamé."
)
NOT_NEXT = "Cette étape ne suit pas la dernière notée. Rechargez la page."
NOT_LAST = "Une autre étape a été notée depuis : annulez-la d’abord."
RUNS_AGAIN = "Un autre dossier court depuis pour cette personne : cette étape ne s’annule plus."
OTHER_PLAN = "Un autre plan court depuis sur ce compte : annulez sa signature, ou mettez-y fin d’abord."
STOPPED = "Surendettement : dossier recevable le {on:%d/%m/%Y}"
STOPPED_BY = {
    FreezeKind.MORATORIUM: "Surendettement : moratoire du {on:%d/%m/%Y}",
    FreezeKind.MEASURES: "Surendettement : mesures du {on:%d/%m/%Y}",
    FreezeKind.ERASED: "Surendettement : dettes effacées le {on:%d/%m/%Y}",
}


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_step(
    *,
    person: Person,
    kind: str,
    on: date,
    actor: Actor,
    until: date | None = None,
    reference: str = "",
    frees_others: bool = False,
) -> FreezeStep:
    """A decision about the debts of a person, with what it changes on every account that he owes.

    Noting the same decision again changes nothing. Admissibility opens the procedure, freezes what was due before it
    and stops the plans that spread it. An erasure takes what was due on its day, and frees its person alone:
    `frees_others` says that we ask no co-debtor for it either. `InvalidInput` [kind, on, until, frees_others] where the
    decision can't be.
    """
    today, accounts = clock.today(), accounts_of(person)
    if not accounts:
        raise InvalidInput(OWES_NOTHING)
    lock_accounts(accounts)
    freeze = DebtFreeze.objects.select_for_update().filter(person=person, ended_on=None).first()
    if freeze is not None and (same := freeze.decisions.filter(kind=kind, on=on, until=until).first()):
        return same
    if freeze is not None and kind == FreezeKind.ADMISSIBLE and _is_over(freeze, today):
        freeze.ended_on = today
        freeze.save()
        freeze = None
    steps = steps_of(freeze) if freeze else []
    _check(steps, Step(kind, on, until), today)
    added = _add_due(freeze, on, today) if freeze is not None and kind == FreezeKind.ERASED else []
    if freeze is not None and kind == FreezeKind.ERASED and not frees_others and (others := others_bound(freeze)):
        names = " et ".join(str(person) for person in others)
        raise InvalidInput(OTHERS.format(names=names), field="frees_others")
    if freeze is None:
        freeze = DebtFreeze.objects.create(person=person, reference=reference.strip()[:40])
    step = FreezeStep.objects.create(freeze=freeze, kind=kind, on=on, until=until, author_id=actor.user_id)
    if kind == FreezeKind.ADMISSIBLE:
        step.did = {"plans": _stop_plans(step, accounts, today)}
        freeze_earlier(day=today, freeze_ids=[freeze.pk])
    elif kind in FREEZE_UNTIL:
        step.did = {"plans": _stop_plans(step, accounts, today)}
        _bind(freeze, today, again=True)
    else:
        if kind == FreezeKind.ERASED:
            plans = _stop_plans(step, accounts, today)
            step.did = {"debts": added, "plans": plans, "entries": _erase(step, actor)}
        freeze.ended_on = today
        freeze.save()
        _bind(freeze, today)
    step.save()
    settle_freed(accounts)
    _refresh(accounts, actor)
    return step


@needs(Write(Data.ARREARS))
@transaction.atomic
def undo_step(*, step: FreezeStep, actor: Actor) -> None:
    """A decision was noted by mistake: all that it changed is as before. Only the last one; again changes nothing.

    `Conflict` where another procedure of the person has begun since, or another step.
    """
    today = clock.today()
    accounts = accounts_of(step.freeze.person)
    lock_accounts(accounts)
    freeze = DebtFreeze.objects.select_for_update().filter(pk=step.freeze_id).first()
    row = FreezeStep.objects.filter(pk=step.pk).first()
    if freeze is None or row is None:
        return
    if freeze.decisions.filter(pk__gt=row.pk).exists():
        raise Conflict(NOT_LAST, code="not_last")
    if freeze.ended_on is not None:
        if DebtFreeze.objects.filter(person=freeze.person_id, ended_on=None).exists():
            raise Conflict(RUNS_AGAIN, code="runs_again")
        freeze.ended_on = None
        freeze.save()
    row.delete()
    if row.kind == FreezeKind.ADMISSIBLE:
        freeze.ended_on = today
        freeze.save()
        _bind(freeze, today, forget=True)
        _resume_plans(row, today)
        freeze.debts.all().delete()
        freeze.delete()
    elif row.kind == FreezeKind.ERASED:
        freeze.debts.filter(pk__in=row.did.get("debts", [])).delete()
        # Held again before the entry is taken back, or free credit would pay what it gives back.
        entries = row.did.get("entries", [])
        given_back = list(
            Posting.objects.filter(allocations_received__credit_posting__entry__in=entries).values_list("pk", flat=True)
        )
        _bind(freeze, today, again=True, coming=given_back)
        _resume_plans(row, today, coming=given_back)
        reverse(entry_ids=[*entries, *lessened_by(entries)], actor=actor)
    else:
        if row.kind == FreezeKind.CLOSED:
            _refuse_plans(freeze)
        _bind(freeze, today, again=True)
        _resume_plans(row, today)
    settle_freed(accounts)
    _refresh(accounts, actor)


def freeze_earlier(*, day: date, freeze_ids: Collection[int] | None = None) -> list[int]:
    """Freeze what running procedures (or these) have not frozen yet of what was due before them: a payment that came
    back, a dispute that ended. Returns the accounts. Two queries where there is nothing; the caller has a transaction.
    """
    if freeze_ids is None and not DebtFreeze.objects.filter(ended_on=None).exists():
        return []
    found = debts_to_freeze(day=day, freeze_ids=freeze_ids)
    if not found:
        return []
    lock_accounts({debt.account_id for debt in found})
    found = debts_to_freeze(day=day, freeze_ids=freeze_ids)
    freezes = DebtFreeze.objects.in_bulk({debt.freeze_id for debt in found})
    ends = {pk: _until(freeze, day) for pk, freeze in freezes.items()}
    for debt in found:
        FrozenDebt.objects.create(freeze_id=debt.freeze_id, posting_id=debt.posting_id, amount=debt.remaining)
        until = ends[debt.freeze_id]
        if until is not None and until >= day:
            _hold(freezes[debt.freeze_id], debt.posting_id, day, until)
    accounts = sorted({debt.account_id for debt in found})
    projections.refresh(account_ids=accounts)
    return accounts


def freeze_holds(freeze: DebtFreeze) -> QuerySet[DebtHold]:
    """What holds the debts of a procedure, and held them."""
    return DebtHold.objects.filter(posting__freezes__freeze=freeze, kind=HoldKind.FREEZE)


def _check(steps: Sequence[Step], new: Step, today: date) -> None:
    if new.kind not in FreezeKind.values or new.kind not in following(steps):
        raise InvalidInput(NOT_NEXT, field="kind")
    if new.on > today:
        raise InvalidInput("La décision est d’aujourd’hui au plus tard.", field="on")
    if steps and new.on < steps[-1].on:
        raise InvalidInput(f"La décision suit celle du {steps[-1].on:%d/%m/%Y}.", field="on")
    if new.kind not in FREEZE_UNTIL:
        if new.until is not None:
            raise InvalidInput("Cette étape n’a pas de fin.", field="until")
        return
    most = latest_until(steps, new.kind, new.on, freeze_params(new.on))
    if new.until is None or not max(new.on, today) < new.until <= most:
        first = max(new.on, today) + timedelta(days=1)
        raise InvalidInput(f"La fin est du {first:%d/%m/%Y} au {most:%d/%m/%Y}.", field="until")


def _until(freeze: DebtFreeze, day: date) -> date | None:
    return frozen_until(steps_of(freeze), freeze_params(day))


def _is_over(freeze: DebtFreeze, day: date) -> bool:
    until = _until(freeze, day)
    return until is None or until < day


def _hold(freeze: DebtFreeze, posting_id: int, day: date, until: date) -> None:
    """Hold a debt from `day` to `until`; where it is frozen already, at least until then."""
    end = until + timedelta(days=1)
    hold = DebtHold.objects.filter(posting=posting_id, kind=HoldKind.FREEZE, period__contains=day).first()
    if hold is None:
        first = freeze.decisions.order_by("id")[0]
        DebtHold.objects.create(
            posting_id=posting_id, kind=HoldKind.FREEZE, period=period(day, end), author_id=first.author_id,
            reason=STOPPED.format(on=first.on),
        )  # fmt: skip
    elif hold.period.upper is not None and hold.period.upper < end:
        hold.period = period(hold.period.lower, end)
        hold.save(update_fields=["period"])


def _bind(
    freeze: DebtFreeze, today: date, *, again: bool = False, forget: bool = False, coming: Collection[int] = ()
) -> None:
    """Each debt of the procedure is held until the last day that one which runs says of it: this one, or that of
    somebody who owes it too. What none freezes any more is held no longer, or (`forget`) as if it had never been.

    `again`: what nothing holds, and is open or `coming`, is held from today. The caller settles what is freed.
    """
    ends, holds = _ends(freeze, today), freeze_holds(freeze)
    cut_holds(holds.exclude(posting__in=ends), day=today, forget=forget)
    for hold in running_after(holds.filter(posting__in=ends), today).select_for_update():
        hold.period = period(hold.period.lower, ends[hold.posting_id] + timedelta(days=1))
        hold.save(update_fields=["period"])
    if not again:
        return
    is_open = Q(posting__in=OpenItem.objects.filter(is_debit=True).values("posting")) | Q(posting__in=coming)
    held = running_after(DebtHold.objects.all(), today).values("posting")
    for posting_id in (
        freeze.debts.filter(is_open, posting__in=ends).exclude(posting__in=held).values_list("posting_id", flat=True)
    ):
        _hold(freeze, posting_id, today, ends[posting_id])


def _ends(freeze: DebtFreeze, today: date) -> dict[int, date]:
    """The last day on which each debt of a procedure is frozen by one that runs, this one or another, by posting id."""
    found: dict[int, date] = {}
    untils: dict[int, date | None] = {}
    debts = FrozenDebt.objects.filter(
        posting__in=freeze.debts.values("posting"), freeze__ended_on=None, put_back_on=None
    )
    for debt in debts.select_related("freeze"):
        if debt.freeze_id not in untils:
            untils[debt.freeze_id] = _until(debt.freeze, today)
        until = untils[debt.freeze_id]
        if until is not None and until >= today:
            found[debt.posting_id] = max(until, found.get(debt.posting_id, until))
    return found


def _stop_plans(step: FreezeStep, accounts: Sequence[int], today: date) -> list[int]:
    """A plan pays what may not be paid any more: it stops. A decision after admissibility stops those of what it
    freezes or erases, whatever was signed between the two. The caller settles what is freed."""
    plans = RepaymentPlan.objects.select_for_update(of=("self",)).filter(
        account__in=accounts, signed_on__isnull=False, ended_on=None
    )
    if step.kind != FreezeKind.ADMISSIBLE:
        # An erasure takes what was put back in the queue too.
        bound = step.freeze.debts.all()
        if step.kind != FreezeKind.ERASED:
            bound = bound.filter(put_back_on=None)
        plans = plans.filter(pk__in=PlanDebt.objects.filter(posting__in=bound.values("posting")).values("plan"))
    stopped = []
    for plan in plans:
        plan.ended_on, plan.end = today, PlanEnd.WITHDRAWN
        plan.end_reason = STOPPED_BY.get(FreezeKind(step.kind), STOPPED).format(on=step.on)
        plan.save()
        cut_holds(plan_holds([plan.pk]), day=today)
        stopped.append(plan.pk)
    return stopped


def _resume_plans(step: FreezeStep, today: date, *, coming: Collection[int] = ()) -> None:
    """The plans that a decision stopped run again; where the procedure of another still freezes their debts, once that
    is taken back. `Conflict` where another plan runs since."""
    for plan in RepaymentPlan.objects.filter(pk__in=step.did.get("plans", []), end=PlanEnd.WITHDRAWN):
        if RepaymentPlan.objects.filter(account=plan.account_id, signed_on__isnull=False, ended_on=None).exists():
            raise Conflict(OTHER_PLAN, code="other_runs")
        if not is_frozen(plan, day=today):
            resume(plan, day=today, coming=coming)
            continue
        first = FreezeStep.objects.filter(
            kind=FreezeKind.ADMISSIBLE, freeze__ended_on=None, freeze__debts__posting__plans__plan=plan
        )
        if heir := first.exclude(pk=step.pk).order_by("id").first():
            heir.did = {**heir.did, "plans": [*heir.did.get("plans", []), plan.pk]}
            heir.save()


def _refuse_plans(freeze: DebtFreeze) -> None:
    """A plan was signed of what the procedure froze, once it was closed."""
    plans = RepaymentPlan.objects.filter(signed_on__isnull=False, ended_on=None)
    if plans.filter(debts__posting__freezes__freeze=freeze).exists():
        raise Conflict(OTHER_PLAN, code="other_runs")


def _add_due(freeze: DebtFreeze, on: date, today: date) -> list[int]:
    """What an erasure takes besides what was frozen is of the procedure too. Returns the ids of the new rows."""
    return [
        FrozenDebt.objects.create(freeze=freeze, posting_id=debt.posting_id, amount=debt.remaining).pk
        for debt in debts_to_erase(freeze, on=on, day=today)
    ]


def _erase(step: FreezeStep, actor: Actor) -> list[int]:
    """What is left of the debts of the procedure is written off: an entry by account. Returns their ids."""
    items = OpenItem.objects.filter(is_debit=True, posting__freezes__freeze=step.freeze).order_by("posting_id")
    by_account: defaultdict[int, list[Any]] = defaultdict(list)
    for item in items:
        by_account[item.account_id].append(item)
    entries = [
        NewEntry(
            kind=EntryKind.ERASURE,
            key=f"erasure:{step.pk}:{account}",
            effective_on=step.on,
            label="Dettes effacées (surendettement)",
            postings=tuple(
                NewPosting(General.WRITE_OFF, account, i.remaining, i.nature, step.on, i.for_month) for i in owed
            ),
            designate=tuple(i.posting_id for i in owed),
        )
        for account, owed in sorted(by_account.items())
    ]
    return [entry.id for entry in post(entries=entries, actor=actor)]


def _refresh(accounts: Sequence[int], actor: Actor) -> None:
    refresh_cases(list(ArrearsCase.objects.filter(account__in=accounts, closed_on=None)), actor)
