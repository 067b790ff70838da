"""The budget of a household, estimated with it; taken back where it was wrong."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from common.errors import InvalidInput
from common.money import ZERO
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from rent_ledger.aid_files.perms import require_write
from rent_ledger.arrears.budgets import BudgetEstimate, BudgetLine
from rent_ledger.arrears.codes import Outgoing
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.services.cases import lock_cases
from rent_ledger.books.models import AccountState

PERSONS = "Dites combien de personnes vivent de ce budget, de 1 à 30."
POSITIVE = "Un montant du budget n’est jamais moins de 0 €."


@needs(Write(Data.AID_FILE, OWN))
@transaction.atomic
def estimate_budget(
    *, case: ArrearsCase, persons: int, resources: Decimal, lines: Mapping[str, Decimal], actor: Actor
) -> BudgetEstimate:
    """Keep what the household says of its month; the term and the aid are those of the books. The same as the last one
    is the last one. `lines`: euros by `Outgoing`; what is nothing is left out.

    `InvalidInput` [persons, resources, or a line], `NotAllowed` for who does not follow the household.
    """
    require_write(actor, case.account.household_id or 0)
    if not 1 <= persons <= 30:
        raise InvalidInput(PERSONS, field="persons")
    if resources < ZERO:
        raise InvalidInput(POSITIVE, field="resources")
    kept = {kind: lines[kind] for kind in Outgoing if lines.get(kind)}
    if wrong := next((kind for kind, amount in kept.items() if amount < ZERO), None):
        raise InvalidInput(POSITIVE, field=wrong)
    lock_cases([case.pk])
    state = AccountState.objects.filter(account=case.account_id).first()
    term = state.net_term if state and state.net_term is not None else ZERO
    gross = state.gross_term if state and state.gross_term is not None else term
    last = BudgetEstimate.objects.filter(account=case.account_id).first()
    values = {"persons": persons, "resources": resources, "term": max(term, ZERO), "aid": max(gross - term, ZERO)}
    if (
        last is not None
        and all(getattr(last, name) == value for name, value in values.items())
        and dict(last.lines.values_list("kind", "amount")) == {str(kind): amount for kind, amount in kept.items()}
    ):
        return last
    row = BudgetEstimate.objects.create(account_id=case.account_id, author_id=actor.user_id, **values)
    for kind, amount in kept.items():
        BudgetLine.objects.create(budget=row, kind=kind, amount=amount)
    return row


@needs(Write(Data.AID_FILE, OWN))
@transaction.atomic
def withdraw_budget(*, case: ArrearsCase, budget_id: int, actor: Actor) -> None:
    """Take an estimate back: the one before counts again. Its history keeps it. Again takes no other one."""
    require_write(actor, case.account.household_id or 0)
    lock_cases([case.pk])
    row = BudgetEstimate.objects.filter(account=case.account_id, pk=budget_id).first()
    if row is not None:
        row.lines.all().delete()
        row.delete()
