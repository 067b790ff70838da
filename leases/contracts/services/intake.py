"""Import running contracts in bulk: everything an association has when it starts with Ancrage, or a whole residence.

The rules are those of a contract made step by step (`services.preparation`, `services.terms`), except that the
preparation is already done. A thousand contracts take as many SQL statements as one. All of them or none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from django.db import models, transaction

from common.copy import draw_ids
from common.db import checked, french_refusals, many_with_history
from common.money import refuse_slip
from common.periods import DateRange, contains, period
from leases.contracts.codes import CheckItem, LeaseState, PartyRole
from leases.contracts.models import DueTerms, Lease, LeaseCheck, LeaseParty, Occupancy, RentTerm
from leases.contracts.rules.families import family_of
from leases.contracts.services.preparation import (
    bank_account_of,
    collected_for,
    entry_of,
    new_lease,
    not_in_agreement,
    not_ready,
    refuse_check,
    refuse_taken,
)
from leases.contracts.signals import leases_began
from leases.households.codes import MemberRole
from leases.households.models import Household, Person
from leases.households.services import NewHousehold, create_households
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.models import BankAccount
from stock.models import AgreementDwelling, Dwelling, HeadAgreement, Unit

_M = TypeVar("_M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class NewTerm:
    """A monthly amount of a nature since the start of the contract."""

    nature: str
    amount: Decimal
    mode: str = ""


@dataclass(frozen=True, slots=True)
class RunningLease:
    """A contract that runs since `from_day`. The first adult of the household is its holder, the others co-holders.

    `checks` gives each point of the preparation that somebody ticks, with its day.
    """

    household: NewHousehold
    kind: str
    unit: Unit
    agreement: HeadAgreement
    from_day: date
    terms: Sequence[NewTerm]
    due_rule: str
    due_day: int
    checks: Mapping[CheckItem, date]
    reference: str = ""


@needs(Write(Data.LEASE))
@transaction.atomic
def take_in(*, actor: Actor, leases: Sequence[RunningLease]) -> list[Lease]:
    """Households with their running contracts, parties, amounts, preparation and entry, in the order given."""
    # Lock the dwellings against a concurrent entry. The households are new, so nobody else can use them.
    dwellings = {new.unit.dwelling_id for new in leases}
    list(Dwelling.objects.select_for_update().filter(pk__in=dwellings).order_by("pk").values_list("pk"))
    _refuse_out_of_agreement(leases)
    accounts: dict[tuple[str, int], BankAccount | None] = {}
    homes = create_households(actor=actor, households=[new.household for new in leases])
    rows = _Rows()
    for new_id, new, (household, members) in zip(draw_ids(Lease, len(leases)), leases, homes, strict=True):
        serves = collected_for(new.kind, new.agreement), new.agreement.pk
        if serves not in accounts:
            accounts[serves] = bank_account_of(serves[0], new.agreement)
        adults = [person for person, role in members if role == MemberRole.ADULT]
        rows.add(_lease(new_id, new, household, accounts[serves], has_holder=bool(adults)), new, adults, actor)
    _refuse_taken(rows.occupancies)
    many_with_history()
    for made in rows.written():
        with french_refusals(*made):
            type(made[0])._default_manager.bulk_create(made)
    leases_began.send(sender=Lease, lease_ids=[lease.pk for lease in rows.leases])
    return rows.leases


@dataclass(slots=True)
class _Rows:
    """The rows to insert, table by table."""

    leases: list[Lease] = field(default_factory=list)
    parties: list[LeaseParty] = field(default_factory=list)
    terms: list[RentTerm] = field(default_factory=list)
    due: list[DueTerms] = field(default_factory=list)
    checks: list[LeaseCheck] = field(default_factory=list)
    occupancies: list[Occupancy] = field(default_factory=list)

    def add(self, lease: Lease, new: RunningLease, adults: Sequence[Person], actor: Actor) -> None:
        since = period(new.from_day)
        self.leases.append(lease)
        for rank, person in enumerate(adults):
            role = PartyRole.CO_HOLDER if rank else PartyRole.HOLDER
            self.parties.append(_good(LeaseParty(lease=lease, person=person, role=role, period=since)))
        for term in new.terms:
            refuse_slip(term.amount)
            row = RentTerm(lease=lease, nature=term.nature, mode=term.mode, amount=term.amount, period=since)
            self.terms.append(_good(row))
        self.due.append(_good(DueTerms(lease=lease, due_rule=new.due_rule, due_day=new.due_day, period=since)))
        for item, day in new.checks.items():
            self.checks.append(LeaseCheck(lease=lease, item=item, done_on=day, author=actor.user))
        self.occupancies.append(entry_of(lease, new.from_day))

    def written(self) -> Iterable[Sequence[models.Model]]:
        tables: tuple[Sequence[models.Model], ...] = (
            self.leases, self.parties, self.terms, self.due, self.checks, self.occupancies,
        )  # fmt: skip
        return (rows for rows in tables if rows)


def _good(row: _M) -> _M:
    checked(row)
    return row


def _lease(
    new_id: int, new: RunningLease, household: Household, account: BankAccount | None, *, has_holder: bool
) -> Lease:
    """The contract, active. `InvalidInput` if its preparation lacks a point that its family requires."""
    lease = new_lease(
        new_id=new_id, kind=new.kind, household=household, unit=new.unit, agreement=new.agreement,
        from_day=new.from_day, reference=new.reference, bank_account=account,
    )  # fmt: skip
    done = {
        CheckItem.TERMS_SET: bool(new.terms), CheckItem.DUE_RULE_SET: True, CheckItem.HOLDER_NAMED: has_holder,
    }  # fmt: skip
    for item, day in new.checks.items():
        refuse_check(new.kind, item, day)
    missing = [i for i in family_of(new.kind).checklist if i not in new.checks and not done.get(CheckItem(i))]
    if missing:
        raise not_ready([str(CheckItem(item).label) for item in missing])
    lease.state, lease.signed_on = LeaseState.ACTIVE, new.checks.get(CheckItem.CONTRACT_SIGNED)
    checked(lease)
    return lease


def _refuse_out_of_agreement(leases: Sequence[RunningLease]) -> None:
    spans: dict[tuple[int, int], list[DateRange]] = {}
    lines = AgreementDwelling.objects.filter(
        agreement__in={new.agreement.pk for new in leases}, dwelling__in={new.unit.dwelling_id for new in leases}
    )
    for agreement, dwelling, span in lines.values_list("agreement_id", "dwelling_id", "period"):
        spans.setdefault((agreement, dwelling), []).append(span)
    for new in leases:
        held = spans.get((new.agreement.pk, new.unit.dwelling_id), [])
        if not any(contains(span, new.from_day) for span in held):
            raise not_in_agreement(new.unit, new.agreement, new.from_day)


def _refuse_taken(occupancies: Sequence[Occupancy]) -> None:
    """Raise an error that names who already occupies one of the units, if anybody does."""
    known = set(
        Occupancy.objects.filter(dwelling__in={o.dwelling_id for o in occupancies}).values_list(
            "dwelling_id", flat=True
        )
    )
    for occupancy in occupancies:
        if occupancy.dwelling_id in known:
            refuse_taken(occupancy)
