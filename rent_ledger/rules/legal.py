"""When is an unpaid rent an *impayé* in the sense of the housing benefits, and by when must it be reported.

Two regimes by date; the figures are dated parameters (`rent_ledger.parameters`):

- until 31 December 2026, CCH R.824-1: counted debt ≥ 2 × the monthly rent and charges, net of the benefit where it is
  paid to the landlord (tiers payant), gross where it is paid to the tenant. An amount test: a part payment counts.
- from 1 January 2027, décret 2026-84 (secondary sources, full text not seen): counted debt > 450 €, strictly, or three
  months after the first default whatever the amount.

The landlord reports to the CAF or MSA within two calendar months of the threshold (R.824-4; same delay from 2027).

Reading 7: the three months run from the due date of the oldest counted open item, the first default is the day after
it; nothing is constituted beyond the day to which the bank is known; both regimes need a counted debt above zero; debts
already three months old on 1 January 2027 are constituted that day; a case keeps the regime under which it was
constituted. The effect of the transition on older debts is unknown (RULES A1.3c).

An occupation agreement (accommodation, ALT, Solibail) is no tenancy: benefits are normally absent and nothing is
reported (RULES A1.4). The debt and its age are told all the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.explain import Explanation
from common.money import ZERO
from common.periods import add_months
from common.typography import counted as count_words
from common.typography import euros, number, short_day

RULE_VERSION = 1
UNTIL_2026, FROM_2027 = "R2026", "R2027"
LEASE, OCCUPANCY = "LEASE", "OCCUPANCY"


@dataclass(frozen=True, slots=True)
class LegalParams:
    """`switch_on`: first day of the second regime. `report_months`, `months`: calendar months."""

    switch_on: date = date(2027, 1, 1)
    multiple: Decimal = Decimal(2)
    amount: Decimal = Decimal("450.00")
    months: int = 3
    report_months: int = 2


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An open item that counts for the benefit threshold: what is left of it, in euros > 0."""

    due_on: date
    amount: Decimal
    nature: str


@dataclass(frozen=True, slots=True)
class Detection:
    """`regime`: the one that holds (the constituted one, else the day's). `base`: the amount that `debt` is compared
    with under it, None where no term is known. `first_default_on`: the day after the oldest counted due date.
    `threshold_on` and `report_due_on`: both or neither."""

    regime: str
    base: Decimal | None
    debt: Decimal
    first_default_on: date | None
    threshold_on: date | None
    report_due_on: date | None
    explanation: Explanation


def regime_on(day: date, params: LegalParams | None = None) -> str:
    """The regime in force on `day`."""
    return UNTIL_2026 if day < (params or LegalParams()).switch_on else FROM_2027


def detect(
    *,
    frame: str,
    day: date,
    bank_known_until: date | None,
    items: Iterable[CountedItem],
    gross: Decimal | None,
    net: Decimal | None,
    direct_payment: bool,
    params: LegalParams | None = None,
) -> Detection:
    """What the debt of one account is under the regimes, as known on `day`.

    `items`: counted open items that are not held, due or not; `gross`, `net`: monthly rent and charges before and after
    the benefit paid to the landlord; `frame`: `LEASE` or `OCCUPANCY`.
    """
    p = params or LegalParams()
    due = sorted((i for i in items if i.due_on <= day), key=lambda i: i.due_on)
    debt = sum((i.amount for i in due), ZERO)
    first_default = due[0].due_on + timedelta(days=1) if due else None
    horizon = min(day, bank_known_until) if bank_known_until else None
    monthly = net if direct_payment else gross
    base = None if monthly is None else monthly * p.multiple

    regime, threshold, why = regime_on(day, p), None, ""
    if due and horizon and frame == LEASE:
        last_old = p.switch_on - timedelta(days=1)
        threshold, why = _until_2026(due, base, min(horizon, last_old)), "deux fois le montant mensuel"
        if threshold:
            regime = UNTIL_2026
        elif horizon >= p.switch_on:
            threshold, why = _from_2027(due, horizon, p)
            regime = FROM_2027 if threshold else regime
    if regime == FROM_2027:
        base = p.amount
    return Detection(
        regime=regime,
        base=base,
        debt=debt,
        first_default_on=first_default,
        threshold_on=threshold,
        report_due_on=add_months(threshold, p.report_months) if threshold else None,
        explanation=_explain(
            regime=regime, frame=frame, due=due, debt=debt, monthly=monthly, direct=direct_payment, threshold=threshold,
            why=why, bank=bank_known_until, day=day, p=p,
        ),
    )  # fmt: skip


def _until_2026(due: Sequence[CountedItem], base: Decimal | None, limit: date) -> date | None:
    """The due date at which what stands open reached the base, no later than `limit`."""
    if base is None:
        return None
    total = ZERO
    for item in due:
        total += item.amount
        if item.due_on > limit:
            return None
        if total >= base:
            return item.due_on
    return None


def _from_2027(due: Sequence[CountedItem], horizon: date, p: LegalParams) -> tuple[date | None, str]:
    """The earlier of the two conditions, never before the regime began nor after `horizon`."""
    found: list[tuple[date, str]] = []
    total = ZERO
    for item in due:
        total += item.amount
        if total > p.amount:
            found.append((max(item.due_on, p.switch_on), f"dette de plus de {euros(p.amount)}"))
            break
    aged = add_months(due[0].due_on, p.months)
    found.append((max(aged, p.switch_on), f"{count_words(p.months, 'mois,mois')} après le premier défaut"))
    day, why = min(found)
    return (day, why) if day <= horizon else (None, "")


def _explain(
    *,
    regime: str,
    frame: str,
    due: Sequence[CountedItem],
    debt: Decimal,
    monthly: Decimal | None,
    direct: bool,
    threshold: date | None,
    why: str,
    bank: date | None,
    day: date,
    p: LegalParams,
) -> Explanation:
    by_day: dict[date, Decimal] = {}
    for item in due:
        by_day[item.due_on] = by_day.get(item.due_on, ZERO) + item.amount
    parts = tuple(Explanation(f"Échéance du {short_day(d, year=True)}", amount) for d, amount in by_day.items())
    children = [Explanation("Dette comptée pour le seuil", debt, children=parts)]
    months = count_words(p.months, "mois,mois")
    if frame != LEASE:
        rule = "Convention d’occupation : pas de bail, aucune déclaration à la CAF"
    elif regime == UNTIL_2026:
        if monthly is not None:
            kind = "aide versée au bailleur déduite" if direct else "aucune aide versée au bailleur"
            label = f"Seuil : {number(p.multiple)} × le montant du mois"
            children.append(Explanation(label, monthly * p.multiple, detail=f"{euros(monthly)} par mois, {kind}"))
        rule = "CCH, art. R. 824-1 : dette d’au moins deux fois le loyer et les charges du mois"
    else:
        children.append(Explanation("Seuil : plus de", p.amount))
        rule = f"Décret 2026-84 (texte à vérifier) : plus de {euros(p.amount)}, ou {months} après le premier défaut"
        if due:
            aged = add_months(due[0].due_on, p.months)
            rule += f", soit le {short_day(aged, year=True)} pour la plus ancienne échéance"
    if threshold:
        rule += f". Constitué le {short_day(threshold, year=True)} : {why}"
    known = f"banque connue jusqu’au {short_day(bank, year=True)}" if bank else "aucun relevé de banque"
    return Explanation(
        "L’impayé au sens de l’aide au logement", children=tuple(children), rule=f"{rule} ; {known}.", on=day
    )
