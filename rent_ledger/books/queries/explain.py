"""« D'où viennent les 306,00 € ? »: the debt of an account, month by month, down to each entry."""

from datetime import date
from decimal import Decimal

from common.explain import Explanation
from common.links import link
from common.money import ZERO
from common.typography import month
from office.access import Access, Data
from office.actor import Actor
from office.permissions import require_data
from rent_ledger.enums import AllocationRule, HoldKind, Nature, PaymentMethod
from rent_ledger.selectors.statement import Laid, OwedMonth, owed_months

RULE = "Règle : le plus ancien d’abord (Code civil, art. 1342-10)"
_TERM = ("RENT", "CHARGES")


def explain_debt(account_id: int, day: date, actor: Actor) -> Explanation:
    """What the household owes on `day`: each unpaid month, what was billed, the aid expected, what was laid and why.

    The parts add up to the amount. `NotAllowed` for who may not read the ledger. Two queries.
    """
    require_data(actor, Data.LEDGER, Access.FULL, Access.READ)
    months = owed_months(account_id, day=day)
    total = sum((owed.remaining for owed in months), ZERO)
    page = link("rent_ledger:statement", account_id)
    return Explanation("Dû par le ménage", total, children=tuple(_month(owed, page) for owed in months), rule=RULE)


def _month(owed: OwedMonth, page: str) -> Explanation:
    indemnity = "INDEMNITY" in owed.billed
    name = f"{'Indemnité d’occupation' if indemnity else 'Terme'} {month(owed.month, 'de')}"
    held = f"hors file : {HoldKind(owed.held).label.lower()}" if owed.held else ""
    lines = [_billed(label, amount, owed, page) for label, amount in _by_label(owed)]
    lines += [_laid(x, page) for x in owed.laid]
    return Explanation(name, owed.remaining, children=tuple(lines), detail=held)


def _by_label(owed: OwedMonth) -> list[tuple[str, Decimal]]:
    """Rent and charges in one line, the other natures by their name."""
    term = sum((owed.billed[n] for n in _TERM if n in owed.billed), ZERO)
    label = "Loyer et charges" if "CHARGES" in owed.billed else "Loyer"
    found = [(label, term)] if term else []
    return found + [(str(Nature(n).label), amount) for n, amount in owed.billed.items() if n not in _TERM]


def _billed(label: str, amount: Decimal, owed: OwedMonth, page: str) -> Explanation:
    proof = owed.reference or f"écriture {owed.entry_id}"
    return Explanation(label, amount, detail=proof, url=_proof(page, owed.entry_id))


def _laid(x: Laid, page: str) -> Explanation:
    if x.nature == Nature.BENEFIT:
        return Explanation("Aide au logement attendue", -x.amount, url=_proof(page, x.entry_id))
    rule = str(AllocationRule(x.rule).label).lower() if x.rule else ""
    name = f"{PaymentMethod(x.method).label} au guichet" if x.method else "Virement"
    proof = f"reçu {x.number}" if x.number else f"écriture {x.entry_id}"
    return Explanation(
        f"{name}, {rule}" if rule else name, -x.amount, detail=proof, url=_proof(page, x.entry_id), on=x.on
    )


def _proof(page: str, entry_id: int) -> str:
    return f"{page}#ecriture-{entry_id}" if page else ""
