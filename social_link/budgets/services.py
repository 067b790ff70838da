"""Budgets of a household: made with it, taken out where wrong, taken over beside a plan."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput
from common.history import brought_back, deleted
from common.money import ZERO
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.services.budgets import estimate_budget
from rent_ledger.models import ArrearsCase, BudgetEstimate
from social_link.budgets.codes import Paper, RentSource, Resource, Spending
from social_link.budgets.models import Budget, BudgetAmount
from social_link.budgets.perms import require_write
from social_link.budgets.queries import books_rent, open_case
from social_link.budgets.rules.living import AS_OUTGOING

POSITIVE = "Un montant du budget n’est jamais moins de 0 €."
KINDS: tuple[Resource | Spending, ...] = (*Resource, *Spending)


@needs(Write(Data.BUDGET, OWN))
@transaction.atomic
def make_budget(
    *,
    household: Household,
    on: date,
    older: int,
    younger: int,
    rent: Decimal,
    aid: Decimal,
    amounts: Mapping[str, Decimal],
    actor: Actor,
    papers: Sequence[str] = (),
) -> Budget:
    """Keep the month of a household as it stands on the day `on`. The same as the last one of that day is the last one.
    `amounts`: euros by `Resource` and `Spending`; what is nothing is left out. Rent and aid that are those of the books
    are noted so.

    `InvalidInput` [on, older, younger, rent, aid, papers, or a line], `NotAllowed` for who does not follow it.
    """
    require_write(actor, household)
    if on > clock.today():
        raise InvalidInput("Ce jour est aujourd’hui ou plus tôt.", field="on")
    for name, count, least in (("older", older, 1), ("younger", younger, 0)):
        if not least <= count <= 30:
            raise InvalidInput(f"De {least} à 30 personnes.", field=name)
    kept = {kind.value: amounts[kind.value] for kind in KINDS if amounts.get(kind.value)}
    if wrong := next((name for name, amount in [("rent", rent), ("aid", aid), *kept.items()] if amount < ZERO), None):
        raise InvalidInput(POSITIVE, field=wrong)
    if any(code not in Paper.values for code in papers):
        raise InvalidInput("Choisissez parmi les papiers proposés.", field="papers")
    Household.objects.select_for_update().get(pk=household.pk)
    books = books_rent(household, clock.today())
    is_of_books = books is not None and (books.rent, books.aid) == (rent, aid)
    values = {
        "on": on, "older": older, "younger": younger, "rent": rent, "aid": aid,
        "source": RentSource.BOOKS if is_of_books else RentSource.SAID,
        "papers": [code for code in Paper if code in papers],
    }  # fmt: skip
    last = Budget.objects.filter(household=household, on=on).first()
    if (
        last is not None
        and all(getattr(last, name) == value for name, value in values.items())
        and dict(last.amounts.values_list("kind", "amount")) == kept
    ):
        return last
    row = Budget(household=household, author=actor.user, **values)
    with french_refusals(row):
        row.save()
    for kind, amount in kept.items():
        BudgetAmount.objects.create(budget=row, kind=kind, amount=amount)
    return row


@needs(Write(Data.BUDGET, OWN))
@transaction.atomic
def withdraw_budget(*, budget_id: int, actor: Actor) -> int | None:
    """Take a budget out: the one before counts again. The household's id, None where it is gone already."""
    row = Budget.objects.select_related("household").filter(pk=budget_id).first()
    if row is None:
        return None
    require_write(actor, row.household)
    Household.objects.select_for_update().get(pk=row.household_id)
    row.amounts.all().delete()
    Budget.objects.filter(pk=budget_id).delete()
    return row.household_id


@needs(Write(Data.BUDGET, OWN))
@transaction.atomic
def bring_back_budget(*, budget_id: int, actor: Actor) -> int:
    """Undo `withdraw_budget`. Again changes nothing."""
    event = deleted(Budget, id=budget_id).first()
    if event is None:
        raise Conflict("Ce budget n’a jamais été retiré.", code="wrong_state")
    household = Household.objects.select_for_update().get(pk=event.household_id)
    require_write(actor, household)
    if not Budget.objects.filter(pk=budget_id).exists():
        gone = deleted(BudgetAmount, budget_id=budget_id)
        # Taken out twice, an amount has two events: one by id.
        amounts = {one.id: one for one in reversed(list(gone))}
        with french_refusals():
            brought_back(Budget, [event])
            brought_back(BudgetAmount, [amounts[pk] for pk in sorted(amounts)])
    return household.pk


@needs(Write(Data.AID_FILE, OWN))
@transaction.atomic
def take_over(*, budget: Budget, actor: Actor) -> tuple[ArrearsCase, BudgetEstimate]:
    """Give the figures of a budget to the estimate beside the plan of the household's arrears: management reads the
    word that comes of them, and none of them. The term and the aid there are those of the books. The same again changes
    nothing. `Conflict` without a case."""
    require_write(actor, budget.household)
    case = open_case(budget.household)
    if case is None:
        raise Conflict("Ce ménage n’a pas de dossier d’impayé : aucun plan n’est à comparer.", code="wrong_state")
    month = budget.month
    lines = {AS_OUTGOING[kind].value: amount for kind, amount in month.spending.items() if kind in AS_OUTGOING}
    estimate = estimate_budget(
        case=case,
        persons=budget.older + budget.younger,
        resources=sum(month.resources.values(), ZERO),
        lines=lines,
        actor=actor,
    )
    return case, estimate
