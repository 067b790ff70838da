"""What a lease bills and when: dated amounts by nature, and due rules. A change ends the row before it."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from django.db import transaction

from common import clock
from common.db import checked, french_refusals
from common.errors import Conflict, InvalidInput
from common.money import ZERO, refuse_slip
from common.periods import Month, contains, period
from common.reasons import Reason
from leases.contracts.codes import ABOUT_LEASE, LeaseQuestion, LeaseState
from leases.contracts.models import DueTerms, Lease, RentTerm
from leases.contracts.natures import Nature
from leases.contracts.parameters import monthly_most
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.confirmations.services import NO_ANSWERS, Answers, ask, keep


@needs(Write(Data.LEASE))
@transaction.atomic
def set_rent_term(
    *,
    actor: Actor,
    lease: Lease,
    nature: str,
    amount: Decimal,
    from_day: date | None = None,
    mode: str = "",
    reason: str = "",
    allow_past: bool = False,
    answers: Answers = NO_ANSWERS,
    seen: str = "",
) -> RentTerm:
    """The monthly amount of a nature from `from_day` (the lease's start by default).

    The former amount ends the day before. A change already planned for later stays. On an active lease, a day before
    the current month is refused unless `allow_past`. The next demand corrects the months already billed. Once the
    household has left there is no next demand, and the change is refused.

    A rent of nothing, or more than is usual (dated parameter), is asked about (`LeaseQuestion`). `seen`: the amounts
    that the person saw (`seen_terms`); `Conflict` if somebody changed one since.
    """
    refuse_slip(amount)
    answered = ask(_questions(nature, amount), answers)
    lease = _locked(lease)
    if seen and seen != seen_terms(lease):
        raise Conflict(
            "Un montant de ce bail a changé entre-temps. Rien n’a été enregistré : regardez les montants, et "
            "recommencez s’il le faut.",
            code="stale",
        )
    start = _start(lease, from_day, allow_past)
    _refuse_left(lease)
    rows = list(lease.rent_terms.select_for_update().filter(nature=nature).order_by("period"))
    current = next((row for row in rows if contains(row.period, start)), None)
    if current is not None and current.period.lower == start:
        term = current
        term.amount, term.mode, term.reason = amount, mode, reason.strip() or term.reason
        term.recorded_at = clock.now()
    else:
        later = [row.period.lower for row in rows if row.period.lower > start]
        term = RentTerm(
            lease=lease,
            nature=nature,
            mode=mode,
            amount=amount,
            period=period(start, min(later, default=None)),
            reason=reason.strip(),
        )
        if current is not None:
            current.period = period(current.period.lower, start)
            current.save(update_fields=["period"])
    checked(term)
    with french_refusals(term):
        term.save()
    keep(answered, about=ABOUT_LEASE, about_id=lease.pk, actor=actor)
    return term


def _questions(nature: str, amount: Decimal) -> list[Reason]:
    most = monthly_most(clock.today())
    if nature == Nature.RENT and amount == ZERO:
        return [Reason(LeaseQuestion.NO_RENT)]
    if amount > most:
        return [Reason(LeaseQuestion.MUCH_RENT, {"amount": amount, "most": most})]
    return []


def seen_terms(lease: Lease) -> str:
    """The version of the amounts of a lease: another one after each change."""
    changes = sorted(f"{term.pk}:{term.recorded_at.isoformat()}" for term in lease.rent_terms.all())
    return sha256(" ".join(changes).encode()).hexdigest()[:16]


@needs(Write(Data.LEASE))
@transaction.atomic
def end_rent_term(*, actor: Actor, term: RentTerm, last_day: date, allow_past: bool = False) -> RentTerm:
    """The nature is no longer billed after `last_day` (a parking given back). Refused once the household has left.

    Raises `InvalidInput` (`last_day`).
    """
    lease = _locked(term.lease)
    _refuse_left(lease)
    term = RentTerm.objects.select_for_update().get(pk=term.pk)
    end = last_day + timedelta(days=1)
    _refuse_past(lease, end, allow_past)
    if not contains(term.period, last_day):
        raise InvalidInput(
            f"Ce montant ne court pas le {last_day:%d/%m/%Y}. Choisissez un jour de sa période.", field="last_day"
        )
    term.period, term.recorded_at = period(term.period.lower, end), clock.now()
    with french_refusals():
        term.save(update_fields=["period", "recorded_at"])
    return term


@needs(Write(Data.LEASE))
@transaction.atomic
def set_due_terms(
    *,
    actor: Actor,
    lease: Lease,
    due_rule: str,
    due_day: int,
    from_day: date | None = None,
    allow_past: bool = False,
) -> DueTerms:
    """When demands fall due from `from_day` on (the lease's start by default); the former rule ends the day before."""
    lease = _locked(lease)
    start = _start(lease, from_day, allow_past)
    rows = list(lease.due_terms.select_for_update().order_by("period"))
    current = next((row for row in rows if contains(row.period, start)), None)
    if current is not None and current.period.lower == start:
        terms = current
        terms.due_rule, terms.due_day = due_rule, due_day
    else:
        later = [row.period.lower for row in rows if row.period.lower > start]
        terms = DueTerms(
            lease=lease, due_rule=due_rule, due_day=due_day, period=period(start, min(later, default=None))
        )
        if current is not None:
            current.period = period(current.period.lower, start)
            current.save(update_fields=["period"])
    checked(terms)
    with french_refusals(terms):
        terms.save()
    return terms


def _start(lease: Lease, from_day: date | None, allow_past: bool) -> date:
    start: date = from_day or lease.period.lower
    if start < lease.period.lower:
        raise InvalidInput(f"Le bail commence le {lease.period.lower:%d/%m/%Y}.", field="from_day")
    _refuse_past(lease, start, allow_past)
    return start


def _refuse_past(lease: Lease, day: date, allow_past: bool) -> None:
    first = Month.of(clock.today()).first
    if lease.state != LeaseState.DRAFT and day < first and not allow_past:
        raise InvalidInput(
            f"Un changement avant le {first:%d/%m/%Y} toucherait des mois déjà appelés. "
            "Choisissez un jour du mois en cours ou plus tard.",
            code="past_change",
            field="from_day",
        )


def _refuse_left(lease: Lease) -> None:
    """Refuse a change once the household has left: no later demand could correct what was billed."""
    ends = [lease.period.upper, *(stay.period.upper for stay in lease.occupancies.all())]
    last = None if None in ends else max(ends)
    if last is not None and last <= clock.today():
        raise InvalidInput(
            f"Le ménage est parti le {last - timedelta(days=1):%d/%m/%Y} : aucun avis ne suivra pour porter ce "
            "changement. Si le dernier avis est faux, reprenez d’abord la date de départ.",
            code="household_left",
            field="from_day",
        )


def _locked(lease: Lease) -> Lease:
    return Lease.objects.select_for_update().get(pk=lease.pk)
