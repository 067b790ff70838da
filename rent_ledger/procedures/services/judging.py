"""What judges gave, judged from the money each morning: a suspension ends at the first unpaid term."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from office.access.actor import Actor
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.services.cases import lock_cases
from rent_ledger.arrears.services.lanes import refresh_lanes
from rent_ledger.arrears.services.social import make_requests
from rent_ledger.bank.queries.bank_known import bank_knowledge
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.procedures.duties import LAPSED, STEP
from rent_ledger.procedures.parameters import transfer_days
from rent_ledger.procedures.queries.suspensions import accounts_judged, lapse_of


@transaction.atomic
def judge_suspensions(*, day: date, account_ids: Collection[int] | None = None) -> list[int]:
    """Find the first unpaid term of what each judge gave, or that there is none any more: money that came in time may
    be known later. The social service is asked about each that ends, before anything follows. Returns the accounts.

    It is stateless: a morning that was missed is caught up by the next. Nothing is judged beyond what the bank made
    known, nor once a commandement de quitter was served.
    """
    found = accounts_judged(account_ids)
    if found:
        lock_accounts({step.procedure.account_id for step in found})
    known, days, ended, changed = bank_knowledge(day=day), transfer_days(day), [], []
    moved: list[int] = []
    for step in accounts_judged(account_ids):
        procedure = step.procedure
        lapse = lapse_of(procedure.account, step, known=known, days=days)
        if lapse != procedure.lapsed_on:
            if procedure.lapsed_on is None:
                ended.append(procedure.account_id)
            procedure.lapsed_on = lapse
            procedure.save(update_fields=["lapsed_on"])
            changed.append(procedure.pk)
            moved.append(procedure.account_id)
    if ended:
        cases = ArrearsCase.objects.filter(account__in=ended, closed_on=None).values_list("pk", flat=True)
        make_requests(list(lock_cases(cases).values()), Actor.system())
    refresh_tasks(STEP, LAPSED, ids=changed, actor=Actor.system())
    if moved:
        refresh_lanes(account_ids=moved, day=day)
    return ended
