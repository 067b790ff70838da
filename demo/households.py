"""The households of the demo: who they are, what they pay, when they come and go. All through the leases' services."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from common.money import round_cents
from demo import names
from demo.draws import Draws
from demo.lives import Life
from leases.contracts.codes import ChargeMode, CheckItem, DueRule, LeaseKind, PartyRole
from leases.contracts.natures import Nature
from leases.contracts.rules.families import AUTOMATIC, family_of
from leases.contracts.services.intake import NewTerm, RunningLease, take_in
from leases.contracts.services.parties import add_party
from leases.contracts.services.preparation import create_lease
from leases.contracts.services.terms import set_due_terms, set_rent_term
from leases.households.codes import Civility, MemberRole, SupportType
from leases.households.services import NewHousehold, NewPerson, create_household
from leases.models import Household, Lease
from office.access.actor import Actor
from office.models import User
from stock.models import Dwelling, HeadAgreement, Unit


@dataclass(frozen=True, slots=True)
class Home:
    """A whole dwelling to let under an agreement, and the kinds of lease that it carries. `number`: its place in the
    stock."""

    number: int
    unit: Unit
    agreement: HeadAgreement
    kinds: tuple[str, ...]

    @property
    def due(self) -> tuple[str, int]:
        """The due rule and due day. One of the landlords is paid in arrears."""
        in_arrears = self.agreement.reference == "BP-CORBIERES"
        return (DueRule.IN_ARREARS, 5) if in_arrears else (DueRule.IN_ADVANCE, 1)


@dataclass(slots=True)
class Housed:
    """A household in a dwelling, with its life. `benefit`: monthly amount paid to us, in euros, or 0."""

    household: Household
    lease: Lease
    home: Home
    life: Life
    holder: str
    benefit: Decimal
    beneficiary_number: str
    iban: str
    leaves_on: date | None = None

    @property
    def key(self) -> str:
        """A key that identifies this household in the draws."""
        return self.life.key

    @property
    def dwelling(self) -> Dwelling:
        return self.home.unit.dwelling


def people(rng: random.Random, start: date) -> list[NewPerson]:
    """One or two adults and up to four children, all invented."""
    last = rng.choice(names.LAST)

    def adult(women: bool, family: str) -> NewPerson:
        first = rng.choice(names.WOMEN if women else names.MEN)
        birth = date(rng.randint(1952, 2005), rng.randint(1, 12), rng.randint(1, 28))
        # Numbers that are kept for fiction: no real person has one. (Four draws, as ever: what follows stays.)
        pairs = [rng.randint(10, 99) for _ in range(4)]
        phone = f"06 39 98 {pairs[2]} {pairs[3]}"
        return NewPerson(
            civility=Civility.MADAM if women else Civility.SIR,
            first_name=first, last_name=family, birth_date=birth, phone=phone,
            role=MemberRole.ADULT, is_address_protected=women and rng.random() < 0.02,
        )  # fmt: skip

    woman = rng.random() < 0.56
    found = [adult(woman, last)]
    if rng.random() < 0.24:
        found.append(adult(not woman, last if rng.random() < 0.7 else rng.choice(names.LAST)))
    for _ in range(rng.choices([0, 1, 2, 3, 4], [50, 20, 16, 9, 5])[0]):
        girl = rng.random() < 0.5
        found.append(
            NewPerson(
                civility="X",
                first_name=rng.choice(names.WOMEN if girl else names.MEN),
                last_name=last,
                birth_date=start - timedelta(days=rng.randint(60, 5800)),
                phone="",
                role=MemberRole.CHILD,
                is_address_protected=False,
            )
        )
    return found


def amounts(dwelling: Dwelling, kind: str, size: int, rng: random.Random) -> tuple[Decimal, Decimal, Decimal]:
    """Rent, charges and benefit of a dwelling in euros, by number of rooms: usual rents of social stock in the Aude."""
    rent = Decimal(190 + 72 * dwelling.rooms + rng.randint(-30, 45)) + Decimal(rng.randint(0, 99)) / 100
    if kind == LeaseKind.MANAGED:
        rent = round_cents(rent * Decimal("1.18"))
    charges = Decimal(28 + 13 * dwelling.rooms + rng.randint(-8, 14))
    if kind == LeaseKind.OCCUPANCY or rng.random() < 0.22:
        return rent, charges, Decimal(0)
    benefit = Decimal(96 + 58 * min(size, 4) + rng.randint(-25, 60))
    return rent, charges, min(benefit, round_cents((rent + charges) * Decimal("0.86")))


def move_in(
    *,
    actor: Actor,
    homes: Sequence[tuple[Home, date]],
    months: int,
    draws: Draws,
    manager: User,
    large: bool = False,
) -> list[Housed]:
    """New households sign and enter, each on its day (a past or the played one)."""
    drawn = [_drawn(home, start, draws, manager) for home, start in homes]
    leases = take_in(actor=actor, leases=[running for running, _ in drawn])
    return [
        _housed(lease, home, new, benefit, Life.drawn(draws, _key(home, start), months, large=large))
        for lease, (new, benefit), (home, start) in zip(leases, drawn, homes, strict=True)
    ]


def sign_draft(*, actor: Actor, home: Home, start: date, months: int, draws: Draws, manager: User) -> Housed:
    """A new household whose contract is still in preparation."""
    new, benefit = _drawn(home, start, draws, manager)
    one = new.household
    household = create_household(
        actor=actor, people=one.people, support_type=one.support_type, manager=manager, from_day=start
    )
    adults = [
        m.person for m in household.memberships.select_related("person").filter(role=MemberRole.ADULT).order_by("pk")
    ]
    lease = create_lease(
        actor=actor, kind=new.kind, household=household, unit=home.unit, agreement=home.agreement, from_day=start,
        holder=adults[0],
    )  # fmt: skip
    for other in adults[1:]:
        add_party(actor=actor, lease=lease, person=other, role=PartyRole.CO_HOLDER)
    for term in new.terms:
        set_rent_term(actor=actor, lease=lease, nature=term.nature, amount=term.amount, mode=term.mode)
    set_due_terms(actor=actor, lease=lease, due_rule=new.due_rule, due_day=new.due_day)
    return _housed(lease, home, new, benefit, Life.drawn(draws, _key(home, start), months))


def _drawn(home: Home, start: date, draws: Draws, manager: User) -> tuple[RunningLease, Decimal]:
    rng = draws.of("household", _key(home, start))
    kind = rng.choice(home.kinds)
    members = people(rng, start)
    support = ""
    if kind == LeaseKind.OCCUPANCY:
        support = rng.choice(list(SupportType))
    elif kind in {LeaseKind.SUBLEASE, LeaseKind.SLIDING}:
        support = SupportType.TYPE_1
    rent, charges, benefit = amounts(home.unit.dwelling, kind, len(members), rng)
    mode = ChargeMode.FLAT if kind == LeaseKind.OCCUPANCY else ChargeMode.PROVISION
    ticked = [item for item in family_of(kind).checklist if item not in AUTOMATIC]
    checks = {
        item: start if item == CheckItem.ENTRY_INVENTORY else start - timedelta(days=rng.randint(0, 6))
        for item in ticked
    }
    rule, due_day = home.due
    new = RunningLease(
        household=NewHousehold(people=members, support_type=support, manager=manager, from_day=start), kind=kind,
        unit=home.unit, agreement=home.agreement, from_day=start, due_rule=rule, due_day=due_day, checks=checks,
        terms=(NewTerm(Nature.RENT, rent), NewTerm(Nature.CHARGES, charges, mode)),
    )  # fmt: skip
    return new, benefit


def _key(home: Home, start: date) -> str:
    """The key of the household that enters this home on this day. No database id: a second play would get others."""
    return f"{home.number} {start}"


def _housed(lease: Lease, home: Home, new: RunningLease, benefit: Decimal, life: Life) -> Housed:
    holder = new.household.people[0]
    return Housed(
        household=lease.household, lease=lease, home=home, life=life,
        holder=f"{holder.last_name} {holder.first_name}", benefit=benefit,
        beneficiary_number=f"{2_400_000 + lease.pk:07d}", iban="",
    )  # fmt: skip
