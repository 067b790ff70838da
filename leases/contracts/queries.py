"""What pages, API and other layers read of the contracts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from common import clock
from common.errors import DomainError
from common.periods import Month, contains
from leases.contracts.codes import DEBTOR_ROLES, CheckItem, LeaseState, PartyRole, WishKind
from leases.contracts.models import DueTerms, Lease, LeaseCheck, LeaseParty, Occupancy, PaperWish, RentTerm
from leases.contracts.natures import by_rank
from leases.contracts.rules import families
from leases.contracts.rules.billing import DueRow, TermRow, bill_month, explain
from leases.households.models import Household, Person


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One point of a lease's preparation: what, done or not, by whom, or waived and why."""

    item: str
    label: str
    is_automatic: bool
    is_done: bool
    check: LeaseCheck | None = None
    can_waive: bool = False

    @property
    def is_of_a_person(self) -> bool:
        """Said among the parties, not among the amounts."""
        return self.item == CheckItem.HOLDER_NAMED

    @property
    def is_waived(self) -> bool:
        return bool(self.check and self.check.waiver)


def leaves_nobody(party: LeaseParty, lease: Lease, day: date) -> bool:
    """Whether nobody owes the rent of this contract from `day` on, once this party no longer does: it goes on beyond,
    and no other holder, co-holder or spouse is bound then or later (one query, or none where all is prefetched)."""
    if party.role not in DEBTOR_ROLES or lease.state != LeaseState.ACTIVE:
        return False
    if lease.period.upper is not None and lease.period.upper <= day:
        return False
    return not any(
        other.pk != party.pk and other.role in DEBTOR_ROLES and (other.period.upper is None or other.period.upper > day)
        for other in lease.parties.all()
    )


def checklist(lease: Lease) -> list[CheckLine]:
    """The preparation of a lease, in the order of its family (four queries, or none where all is prefetched)."""
    start = lease.period.lower
    done = {check.item: check for check in lease.checks.all()}
    automatic = {
        CheckItem.TERMS_SET: any(contains(term.period, start) for term in lease.rent_terms.all()),
        CheckItem.DUE_RULE_SET: any(contains(due.period, start) for due in lease.due_terms.all()),
        CheckItem.HOLDER_NAMED: any(
            party.role == PartyRole.HOLDER and contains(party.period, start) for party in lease.parties.all()
        ),
    }
    lines = []
    for item in families.family_of(lease.kind).checklist:
        is_automatic = item in families.AUTOMATIC
        is_done = automatic[item] if is_automatic else item in done
        lines.append(
            CheckLine(
                item=item,
                label=item.label,
                is_automatic=is_automatic,
                is_done=is_done,
                check=done.get(item),
                can_waive=families.is_waivable(item),
            )
        )
    return lines


def readiness(lease: Lease) -> list[CheckLine]:
    """What is still missing before the lease may bill; empty when it may."""
    return [line for line in checklist(lease) if not line.is_done]


def terms_on(lease: Lease, day: date) -> list[RentTerm]:
    """The amounts in force on `day`, one per nature, rent first (from prefetched rows where there are)."""
    rows = [term for term in lease.rent_terms.all() if contains(term.period, day)]
    return sorted(rows, key=lambda term: by_rank(term.nature))


def due_on(lease: Lease, day: date) -> DueTerms | None:
    """The due rule in force on `day`."""
    return next((due for due in lease.due_terms.all() if contains(due.period, day)), None)


def current_occupancy(household: Household, day: date) -> Occupancy | None:
    """The household's main home on `day`, or another unit that it holds, or None."""
    rows = household.occupancies.filter(period__contains=day).select_related("unit", "dwelling__building", "lease")
    return min(rows, key=lambda o: not (o.main_period and contains(o.main_period, day)), default=None)


def first_demand(lease: Lease, word: str) -> dict[str, Any] | None:
    """The month, due day and reason of the first month as the run will bill it; None while something is missing."""
    month = Month.of(lease.period.lower)
    try:
        parts = bill_month(
            month=month,
            terms=[TermRow(t.pk, t.nature, t.amount, t.period.lower, t.period.upper) for t in lease.rent_terms.all()],
            due=[DueRow(d.due_rule, d.due_day, d.period.lower, d.period.upper) for d in lease.due_terms.all()],
            lease_span=(lease.period.lower, lease.period.upper),
            occupied=None,
        )
    except DomainError:
        return None
    if not parts:
        return None
    return {"month": month, "due_on": parts[0].due_on, "reason": explain(parts[0], month=month, word=word)}


def wanting(kind: WishKind, lease_ids: Iterable[int]) -> dict[int, Person]:
    """Who asked for `kind`, by lease id: standing wishes of people who still owe, or owed at the end of the
    contract (two queries, however many leases)."""
    standing = PaperWish.objects.filter(lease__in=list(lease_ids), kind=kind, withdrawn_at=None)
    wishes = {wish.lease_id: wish.person for wish in standing.select_related("person")}
    bound: dict[int, list[LeaseParty]] = {}
    for party in LeaseParty.objects.filter(lease__in=wishes, role__in=DEBTOR_ROLES):
        bound.setdefault(party.lease_id, []).append(party)
    today = clock.today()
    found = {}
    for lease_id, person in wishes.items():
        parties = bound.get(lease_id, [])
        last = max((party.period.upper or date.max for party in parties), default=date.max)
        until = [party.period.upper or date.max for party in parties if party.person_id == person.pk]
        if until and (max(until) > today or max(until) == last):
            found[lease_id] = person
    return found


def email_addresses(lease_ids: Iterable[int]) -> dict[int, str]:
    """The address that the papers of a lease go to, for those whose tenant agreed to e-mails. No other lease is there:
    its papers are letters."""
    return {lease: person.email for lease, person in wanting(WishKind.EMAIL, lease_ids).items() if person.email}
