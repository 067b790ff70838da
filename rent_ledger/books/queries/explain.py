"""« D'où viennent les 306,00 € ? »: the debt of an account, month by month, down to each entry."""

from collections.abc import Sequence
from datetime import date

from common.links import link
from common.money import ZERO
from common.reasons import Reason
from common.typography import uncapitalised
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import require
from rent_ledger.books.codes import AllocationRule, DebtWhy, HoldKind, PaymentMethod, RuleWords
from rent_ledger.books.models import AccountState
from rent_ledger.books.queries.statement import AllocatedMoney, OwedMonth, owed_months
from rent_ledger.books.rules.natures import BENEFIT_BASE


def explain_debt(account_id: int, day: date, actor: Actor) -> Reason:
    """What the household owes on `day`: each unpaid month, what was billed, the aid expected, what paid it and why.

    The parts add up to the amount. `NotAllowed` if the actor may not read the ledger. Three queries. What the plan of
    today asks later is taken off, but of another day: which plan ran then is not kept.
    """
    require(actor, Read(Data.LEDGER))
    months = owed_months(account_id, day=day)
    total = sum((owed.remaining for owed in months), ZERO)
    parts = tuple(_month(owed, account_id) for owed in months)
    state = AccountState.objects.filter(pk=account_id, as_of=day).only("spread").first()
    if state is not None and state.spread:
        total -= state.spread
        parts += (Reason(DebtWhy.SPREAD, amount=-state.spread),)
    return Reason(DebtWhy.OWED, {"on": day}, total, parts, rule=_rules(months))


def _rules(months: Sequence[OwedMonth]) -> Reason | None:
    """The rules by which money was allocated to these months; None if there are none."""
    applied = {x.rule for owed in months for x in owed.allocated}
    words = [words.label for words in RuleWords if words.value in applied]
    if not words:
        return None
    return Reason(DebtWhy.RULES_APPLIED if len(words) > 1 else DebtWhy.RULE_APPLIED, {"rules": " ; ".join(words)})


def _month(owed: OwedMonth, account_id: int) -> Reason:
    code = DebtWhy.INDEMNITY if Nature.INDEMNITY in owed.billed else DebtWhy.TERM
    held = Reason(DebtWhy.HELD, {"why": uncapitalised(HoldKind(owed.held).label)}) if owed.held else None
    lines = (*_billed(owed, account_id), *(_allocated(x, account_id) for x in owed.allocated))
    return Reason(code, {"month": owed.month}, owed.remaining, lines, detail=held)


def _billed(owed: OwedMonth, account_id: int) -> list[Reason]:
    """Rent and charges in one line, the other natures by their name."""
    if owed.reference:
        proof = Reason(DebtWhy.BY_REFERENCE, {"reference": owed.reference})
    else:
        proof = Reason(DebtWhy.ENTRY, {"entry_id": owed.entry_id})
    url = _proof(account_id, owed.entry_id)
    term = sum((amount for n, amount in owed.billed.items() if n in BENEFIT_BASE), ZERO)
    code = DebtWhy.RENT_AND_CHARGES if Nature.CHARGES in owed.billed else DebtWhy.RENT
    found = [Reason(code, amount=term, detail=proof, url=url)] if term else []
    return found + [
        Reason(DebtWhy.OTHER_NATURE, {"nature": Nature(n).label}, amount, detail=proof, url=url)
        for n, amount in owed.billed.items()
        if n not in BENEFIT_BASE
    ]


def _allocated(x: AllocatedMoney, account_id: int) -> Reason:
    url = _proof(account_id, x.entry_id)
    if x.nature == Nature.BENEFIT:
        return Reason(DebtWhy.AID, amount=-x.amount, url=url)
    figures = {
        "method": PaymentMethod(x.method).label if x.method else "",
        "rule": uncapitalised(AllocationRule(x.rule).label) if x.rule else "",
    }
    if x.method:
        code = DebtWhy.AT_DESK_BY if x.rule else DebtWhy.AT_DESK
    else:
        code = DebtWhy.TRANSFER_BY if x.rule else DebtWhy.TRANSFER
    if x.number:
        proof = Reason(DebtWhy.RECEIPT, {"number": x.number})
    else:
        proof = Reason(DebtWhy.ENTRY, {"entry_id": x.entry_id})
    return Reason(code, figures, -x.amount, detail=proof, url=url, on=x.on)


def _proof(account_id: int, entry_id: int) -> str:
    return link("desk:proof", account_id, entry_id)
