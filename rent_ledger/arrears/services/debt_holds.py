"""Debts out of the queue: a plan that is kept, a freeze, a dispute. They are neither allocated to nor in arrears."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import period
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.jobs.wake import wake
from rent_ledger.arrears.freezes import FrozenDebt
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, HoldKind
from rent_ledger.books.models import DebtHold, OpenItem
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.books.services import projections
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.books.services.settling import OpenBooks, allocate_free_credit

IN_A_PLAN = "Une de ces dettes est dans un plan signé : mettez fin au plan, elle sera de nouveau en relance."


@needs(Write(Data.ARREARS))
@transaction.atomic
def hold_debt(
    *,
    posting_ids: Collection[int],
    kind: str,
    reason: str,
    actor: Actor,
    from_day: date | None = None,
    until: date | None = None,
) -> list[DebtHold]:
    """Exclude debts from allocation and arrears: plan kept, freeze, dispute. `until`: first day no longer held."""
    if kind not in HoldKind.values:
        raise InvalidInput("Choisissez un plan, un gel ou une contestation.", field="kind")
    if not reason.strip():
        raise InvalidInput("Dites pourquoi en quelques mots.", field="reason")
    start = from_day or clock.today()
    if until is not None and until <= start:
        raise InvalidInput("La fin vient après le début.", field="until")
    items = _open_debts(posting_ids)
    if DebtHold.objects.filter(posting_id__in=posting_ids, period__overlap=period(start, until)).exists():
        raise Conflict("Une de ces dettes est déjà hors file sur une partie de la période.")
    holds = DebtHold.objects.bulk_create(
        DebtHold(posting_id=pk, kind=kind, period=period(start, until), reason=reason[:200], author_id=actor.user_id)
        for pk in sorted(set(posting_ids))
    )
    projections.refresh(account_ids=items)
    wake("arrears_changed")
    return holds


@needs(Write(Data.ARREARS))
@transaction.atomic
def release_debt(*, posting_ids: Collection[int], actor: Actor, on: date | None = None) -> int:
    """End the holds of debts on `on` (today): the debts count again for allocation and arrears. Returns how many ended.

    Free credit of their accounts is allocated to them at once (for a future day, by `projections.roll`). The open case
    of each account remembers what held its debts: `taking_back.undo_release`. What a procedure of overindebtedness
    froze stays put back, whatever is decided next.
    """
    day = on or clock.today()
    accounts = _lock_accounts_of(posting_ids)
    planned = RepaymentPlan.objects.filter(signed_on__isnull=False, ended_on=None, debts__posting__in=posting_ids)
    if planned.exists():
        raise Conflict(IN_A_PLAN, code="in_plan")
    holds = DebtHold.objects.filter(posting_id__in=posting_ids)
    running = running_after(holds, day)
    _remember_release(running.select_related("posting").order_by("pk"), actor)
    FrozenDebt.objects.filter(
        posting__in=running.filter(kind=HoldKind.FREEZE).values("posting"), freeze__ended_on=None
    ).update(put_back_on=day)
    return end_holds(holds, accounts=accounts, day=day)


def running_after(holds: QuerySet[DebtHold], day: date) -> QuerySet[DebtHold]:
    """Those that run on `day` or later."""
    return holds.filter(Q(period__endswith__isnull=True) | Q(period__endswith__gt=day))


def _remember_release(holds: Iterable[DebtHold], actor: Actor) -> None:
    ended: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for hold in holds:
        until = hold.period.upper
        ended[hold.posting.debit_id].append({
            "hold": hold.pk, "posting": hold.posting_id, "kind": hold.kind, "reason": hold.reason,
            "until": until.isoformat() if until else None,
        })  # fmt: skip
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(account__in=ended, closed_on=None)
    for case in cases.order_by("pk"):
        case.releases.append({"at": clock.now().isoformat(), "by": actor.user_id, "holds": ended[case.account_id]})
        case.save(update_fields=["releases"])


def end_holds(holds: QuerySet[DebtHold], *, accounts: Sequence[int], day: date, forget: bool = False) -> int:
    """End these holds on `day`, where they still run then: how many. The caller has locked their `accounts`. `forget`:
    as if they had never been."""
    if ended := cut_holds(holds, day=day, forget=forget):
        settle_freed(accounts)
    return ended


def cut_holds(holds: QuerySet[DebtHold], *, day: date, forget: bool = False) -> int:
    """`end_holds` for who holds some of these debts otherwise at once: he calls `settle_freed` next, or free credit
    would pay them in between."""
    ended = 0
    for hold in running_after(holds, day).select_for_update():
        # A hold released on its first day never held anything.
        if forget or hold.period.lower >= day:
            hold.delete()
        else:
            hold.period = period(hold.period.lower, day)
            hold.save(update_fields=["period"])
        ended += 1
    return ended


def settle_freed(accounts: Sequence[int]) -> None:
    """Free credit goes to the debts that nothing holds any more. The caller has locked the accounts."""
    allocate_free_credit(OpenBooks(lock_accounts(accounts)))
    projections.refresh(account_ids=accounts)
    wake("arrears_changed")


def _open_debts(posting_ids: Collection[int]) -> list[int]:
    """Lock the accounts of these open debts; `InvalidInput` if one has nothing left."""
    accounts = _lock_accounts_of(posting_ids)
    found = OpenItem.objects.filter(posting_id__in=posting_ids, is_debit=True).count()
    if not posting_ids or found != len(set(posting_ids)):
        raise InvalidInput("Une de ces dettes n’est plus due. Rechargez la page.")
    return accounts


def _lock_accounts_of(posting_ids: Collection[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.id FROM rent_ledger_account a
            WHERE a.id IN (SELECT debit_id FROM rent_ledger_posting WHERE id = ANY(%s)) AND a.id >= %s
            ORDER BY a.id FOR NO KEY UPDATE
            """,
            [list(posting_ids), FIRST_SUBLEDGER_ID],
        )
        return [row[0] for row in cursor.fetchall()]
