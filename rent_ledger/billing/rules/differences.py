"""Why a household is asked another amount than last month: signed amounts that add up to the difference, exactly.

Pure arithmetic on what was billed and what would be: the parts of a whole month by nature, the prorata as what is
missing from a whole month, the benefit apart. Whatever the figures, the sum of the reasons is the difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import ZERO
from common.periods import Month
from common.typography import MONTHS, euros, short_day

ENTRY, NO_DEMAND, WHOLE, EXIT, GONE, CONTRACT_END, AGAIN = (
    "ENTRY", "NO_DEMAND", "WHOLE", "EXIT", "GONE", "CONTRACT_END", "AGAIN",
)  # fmt: skip
RENT, CHARGES, OTHER, MID_MONTH, INDEMNITY, HELD = "RENT", "CHARGES", "OTHER", "MID_MONTH", "INDEMNITY", "HELD"
BENEFIT_NEW, BENEFIT_ENDED, BENEFIT_UP, BENEFIT_DOWN = "BENEFIT_NEW", "BENEFIT_ENDED", "BENEFIT_UP", "BENEFIT_DOWN"

# Under which word a page counts and filters a reason.
GROUPS: dict[str, tuple[str, ...]] = {
    "entries": (ENTRY, WHOLE, NO_DEMAND, AGAIN),
    "exits": (EXIT, GONE, CONTRACT_END),
    "rent": (RENT, CHARGES, OTHER, MID_MONTH),
    "benefit": (BENEFIT_NEW, BENEFIT_ENDED, BENEFIT_UP, BENEFIT_DOWN),
    "indemnity": (INDEMNITY,),
    "held": (HELD,),
}
GROUP_OF = {code: group for group, codes in GROUPS.items() for code in codes}


@dataclass(frozen=True, slots=True)
class Billed:
    """What one lease is asked for one month. `full`: a whole month by nature at the latest amounts billed; `start` and
    `end` (exclusive): the days billed as a term, or as an indemnity where nothing is billed as a term."""

    term: Decimal
    indemnity: Decimal
    benefit: Decimal
    full: Mapping[str, Decimal]
    start: date
    end: date

    @property
    def net(self) -> Decimal:
        return self.term + self.indemnity - self.benefit


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason: `code`, its French words, its signed amount on what the household is asked."""

    code: str
    label: str
    detail: str
    amount: Decimal

    @property
    def group(self) -> str:
        return GROUP_OF[self.code]


def differences(
    *, before: Billed | None, now: Billed | None, month: Month, started_on: date | None = None, is_held: bool = False
) -> tuple[Difference, ...]:
    """The reasons for `now.net − before.net`, in the order of a page; what is zero is left out.

    `started_on`: first day of the contract; `is_held`: the lease is left out of the run and nothing is asked.
    """
    found: list[Difference] = []
    if now is None:
        if before is not None:
            found.append(_left_out(before, month, is_held))
    elif before is None:
        found.append(_arrived(now, month, started_on))
        found += _benefit(ZERO, now.benefit)
    else:
        found += _term(before, now, month)
        found += _indemnity(before.indemnity, now.indemnity)
        found += _benefit(before.benefit, now.benefit)
    return tuple(d for d in found if d.amount)


def _last(end: date) -> str:
    return short_day(end - timedelta(days=1), year=False)


def _days(billed: Billed, month: Month) -> str:
    days = (billed.end - billed.start).days
    return "mois entier" if days >= month.days else f"{days} jour{'s' if days > 1 else ''} sur {month.days}"


def _left_out(before: Billed, month: Month, is_held: bool) -> Difference:
    if is_held:
        return Difference(HELD, "Avis retenu", "", -before.net)
    if before.end < month.first:
        return Difference(GONE, f"Sortie le {_last(before.end)}", "rien n’est plus appelé", -before.net)
    return Difference(GONE, f"Plus rien à appeler en {MONTHS[month.month - 1]}", "", -before.net)


def _arrived(now: Billed, month: Month, started_on: date | None) -> Difference:
    gross = now.term + now.indemnity
    if now.start > month.first or (started_on is not None and started_on >= month.first):
        return Difference(ENTRY, f"Entrée le {short_day(now.start, year=False)}", _days(now, month), gross)
    return Difference(NO_DEMAND, f"Pas d’avis en {MONTHS[month.plus(-1).month - 1]}", _days(now, month), gross)


def _term(before: Billed, now: Billed, month: Month) -> list[Difference]:
    if not now.term or not before.term:
        if not now.term:
            return [Difference(CONTRACT_END, "Fin du contrat", "plus de terme à appeler", -before.term)]
        return [Difference(AGAIN, f"Contrat du {short_day(now.start, year=False)}", _days(now, month), now.term)]
    found = [
        _amount(nature, before.full.get(nature, ZERO), now.full.get(nature, ZERO))
        for nature in dict.fromkeys([*before.full, *now.full])
    ]
    previous = month.plus(-1)
    missing_now = now.term - sum(now.full.values(), ZERO)
    missing_before = before.term - sum(before.full.values(), ZERO)
    if now.start > month.first:
        found.append(Difference(ENTRY, f"Entrée le {short_day(now.start, year=False)}", _days(now, month), missing_now))
    elif now.end < month.plus(1).first:
        word = "Fin du contrat" if now.indemnity else "Sortie"
        found.append(Difference(EXIT, f"{word} le {_last(now.end)}", _days(now, month), missing_now))
    else:
        found.append(Difference(MID_MONTH, "Changement en cours de mois", "", missing_now))
    if before.start > previous.first:
        came = short_day(before.start, year=False)
        detail = f"entrée le {came}, {_days(before, previous)} en {MONTHS[previous.month - 1]}"
        found.append(Difference(WHOLE, "Mois entier après l’entrée", detail, -missing_before))
    else:
        detail = f"{MONTHS[previous.month - 1]} n’était pas un mois entier au même montant"
        found.append(Difference(MID_MONTH, "Changement du mois dernier", detail, -missing_before))
    return found


def _amount(nature: str, before: Decimal, now: Decimal) -> Difference:
    code = nature if nature in (RENT, CHARGES) else OTHER
    word = {"RENT": "Loyer", "CHARGES": "Charges", "PARKING": "Stationnement"}.get(nature, "Prestations")
    if not before:
        label, detail = f"{word} en plus", euros(now)
    elif not now:
        label, detail = f"{word} en moins", euros(before)
    else:
        plural = word in ("Charges", "Prestations")
        label = f"{word} révisé{'es' if plural else ''}"
        detail = f"{euros(before)} puis {euros(now)}"
    return Difference(code, label, detail, now - before)


def _indemnity(before: Decimal, now: Decimal) -> list[Difference]:
    if before and now:
        label, detail = "Indemnité d’occupation", f"{euros(before)} puis {euros(now)}"
    elif now:
        label, detail = "Indemnité d’occupation", "le logement reste occupé après le contrat"
    else:
        label, detail = "Fin de l’indemnité d’occupation", ""
    return [Difference(INDEMNITY, label, detail, now - before)]


def _benefit(before: Decimal, now: Decimal) -> list[Difference]:
    if not before:
        return [Difference(BENEFIT_NEW, "Aide attendue", euros(now), -now)]
    if not now:
        return [Difference(BENEFIT_ENDED, "Aide arrêtée", f"{euros(before)} le mois dernier", before)]
    detail = f"{euros(before)} puis {euros(now)}"
    if now > before:
        return [Difference(BENEFIT_UP, "Aide en hausse", detail, before - now)]
    return [Difference(BENEFIT_DOWN, "Aide en baisse", detail, before - now)]
