"""Search of the household that money comes from, among leases and prior debts. For the bank page and the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from common import clock
from common.money import ZERO
from common.periods import last_day
from common.quick import Quick
from common.text import sort_key
from common.typography import euros, short_day
from leases.contracts.codes import LeaseState
from leases.contracts.perms import told_dwelling
from leases.households.models import lives_protected, searched_number
from leases.models import Household, Lease, LeaseParty
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from rent_ledger.books.codes import AccountKind
from rent_ledger.books.models import Account, AccountState
from rent_ledger.books.owed import Owed

SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Payee:
    """A place for money: `value` is `bail-12` (its account may still have to be made) or `compte-1204`."""

    value: str
    household_id: int
    household: str
    note: str
    owed: Owed
    account_id: int | None
    term: Decimal = ZERO
    """What the last avis asked for its month."""

    @property
    def debt(self) -> Decimal:
        return self.owed.due

    @property
    def wanted(self) -> Decimal:
        """What the household is asked now: what is due, else its next term less what it paid ahead."""
        return self.debt or max(self.owed.total, ZERO)

    @property
    def chips(self) -> list[Quick]:
        """The amounts that somebody at the desk most likely gives. None is more than what was asked."""
        due, total = self.debt, self.owed.total
        if not due:
            return [Quick(f"Le prochain terme : {euros(total)}", total)] if total > ZERO else []
        found = [Quick(f"Tout : {euros(due)}", due)]
        if ZERO < self.term < due:
            found.append(Quick(f"Le terme : {euros(self.term)}", self.term))
        if total > due:
            found.append(Quick(f"Avec ce qui est à échoir : {euros(total)}", total))
        return found


def find_payees(*, query: str, actor: Actor, limit: int = 8) -> list[Payee]:
    """Leases (and prior debts) whose household, parties or references look like `query`; who is housed first."""
    key = sort_key(query)
    if len(key) < SHORTEST or not can(actor, Read(Data.LEDGER)):
        return []
    households = Household.objects.visible_to(actor)
    number = searched_number(query)
    words = Q(household__in=Household.objects.matching(query)) if number else Q()
    parties = LeaseParty.objects.filter(lease=OuterRef("pk"))
    for word in [] if number else key.split():
        words &= (
            Q(household__search_key__contains=word)
            | Q(Exists(parties.filter(person__search_key__contains=word)))
            | Q(reference__iexact=word)
        )
    leases = (
        _with_home(Lease.objects.all())
        .filter(words | Q(reference__iexact=query.strip()) | Q(payment_reference__iexact=query.strip()))
        .filter(household__in=households)
        .exclude(state=LeaseState.DRAFT)
        .order_by("state", "household__sort_key", "-period")[:limit]
    )
    return [*_of_leases(leases, actor), *_prior(key, actor, limit)][:limit]


def payees_of_household(*, household_id: int, actor: Actor) -> list[Payee]:
    """The leases and prior debts of one household, housed first."""
    visible = Household.objects.visible_to(actor).filter(pk=household_id)
    leases = Lease.objects.filter(household__in=visible).exclude(state=LeaseState.DRAFT)
    found = _of_leases(_with_home(leases).order_by("state", "-period"), actor)
    accounts = Account.objects.filter(kind=AccountKind.PRIOR_DEBT, household__in=visible).select_related("household")
    return found + _of_accounts(accounts)


def payee(*, value: str, actor: Actor) -> Payee | None:
    """The payee of a `value`; None if there is none that the actor may see."""
    kind, _, number = value.partition("-")
    if not number.isdecimal():
        return None
    households = Household.objects.visible_to(actor)
    if kind == "bail":
        leases = Lease.objects.filter(pk=int(number), household__in=households).exclude(state=LeaseState.DRAFT)
        return next(iter(_of_leases(_with_home(leases), actor)), None)
    if kind == "compte":
        account = (
            Account.objects.filter(
                pk=int(number), kind__in=[AccountKind.TENANT, AccountKind.PRIOR_DEBT], household__in=households
            )
            .select_related("household")
            .first()
        )
        if account is not None and account.lease_id is not None:
            return payee(value=f"bail-{account.lease_id}", actor=actor)
        return _of_accounts([account])[0] if account else None
    return None


def _with_home(leases: "QuerySet[Lease]") -> "QuerySet[Lease]":
    return leases.select_related("household", "unit__dwelling").annotate(
        is_protected=lives_protected("household", clock.today())
    )


def _of_leases(leases: Iterable[Lease], actor: Actor) -> list[Payee]:
    leases = list(leases)
    states = {
        s.account.lease_id: s
        for s in AccountState.objects.filter(
            account__lease__in=[lease.pk for lease in leases], account__kind=AccountKind.TENANT
        ).select_related("account")
    }
    accounts = dict(
        Account.objects.filter(lease__in=[lease.pk for lease in leases], kind=AccountKind.TENANT).values_list(
            "lease_id", "id"
        )
    )
    today = clock.today()
    found = []
    for lease in leases:
        state = states.get(lease.pk)
        owed = state.owed if state else Owed()
        where = told_dwelling(actor, lease.household, lease, is_protected=lease.is_protected)  # type: ignore[attr-defined]
        end = last_day(lease.period)
        if end is not None and end < today:
            where = f"parti le {short_day(end, today=today)}"
        note = " · ".join(filter(None, (where, _owes(owed.due))))
        found.append(
            Payee(
                value=f"bail-{lease.pk}",
                household_id=lease.household_id,
                household=lease.household.name,
                note=note,
                owed=owed,
                account_id=accounts.get(lease.pk),
                term=(state.net_term if state else None) or ZERO,
            )
        )
    return found


def _of_accounts(accounts: Iterable[Account]) -> list[Payee]:
    accounts = list(accounts)
    states = {s.pk: s for s in AccountState.objects.filter(pk__in=[a.pk for a in accounts])}
    found = []
    for account in accounts:
        state = states.get(account.pk)
        owed = state.owed if state else Owed()
        found.append(
            Payee(
                f"compte-{account.pk}", account.household_id or 0, str(account.household),
                f"dette antérieure · {_owes(owed.due)}", owed, account.pk,
            )
        )  # fmt: skip
    return found


def _prior(key: str, actor: Actor, limit: int) -> list[Payee]:
    accounts = Account.objects.filter(
        kind=AccountKind.PRIOR_DEBT, household__in=Household.objects.visible_to(actor)
    ).select_related("household")
    accounts = accounts.filter(household__in=Household.objects.matching(key))
    return _of_accounts(accounts[:limit])


def _owes(debt: Decimal) -> str:
    return f"doit {euros(debt)}" if debt else "ne doit rien"
