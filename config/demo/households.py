"""The households of the demo: who they are, what they pay, when they come and go. All through the leases' services."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from common.money import round_cents
from config.demo import names
from config.demo.lives import Life
from leases.enums import CheckItem, DueRule, MemberRole, PartyRole
from leases.models import Household, Lease
from leases.rules.families import AUTOMATIC, family_of
from leases.services.households import NewPerson, create_household
from leases.services.leases import activate_lease, add_party, create_lease, tick_check
from leases.services.terms import set_due_terms, set_rent_term
from office.actor import Actor
from office.models import User
from stock.models import Dwelling, HeadAgreement

_numbers = count(1)


@dataclass(slots=True)
class Housed:
    """A household in a dwelling, with its life. `benefit` is the monthly amount paid to us, 0 where there is none."""

    household: Household
    lease: Lease
    dwelling: Dwelling
    life: Life
    holder: str
    benefit: Decimal
    beneficiary_number: str
    iban: str
    leaves_on: date | None = None


def people(rng: random.Random, start: date) -> list[NewPerson]:
    """One or two adults and up to four children, all invented."""
    last = rng.choice(names.LAST)

    def adult(women: bool, family: str) -> NewPerson:
        first = rng.choice(names.WOMEN if women else names.MEN)
        birth = date(rng.randint(1952, 2005), rng.randint(1, 12), rng.randint(1, 28))
        phone = f"06 {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}"
        return NewPerson(
            civility="MME" if women else "M", first_name=first, last_name=family, birth_date=birth, phone=phone,
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
    """Rent, charges and benefit of a dwelling: by rooms, as rents of conventioned stock go in the Aude."""
    rent = Decimal(190 + 72 * dwelling.rooms + rng.randint(-30, 45)) + Decimal(rng.randint(0, 99)) / 100
    if kind == "MANAGED":
        rent = round_cents(rent * Decimal("1.18"))
    charges = Decimal(28 + 13 * dwelling.rooms + rng.randint(-8, 14))
    if kind == "OCCUPANCY" or rng.random() < 0.22:
        return rent, charges, Decimal(0)
    benefit = Decimal(96 + 58 * min(size, 4) + rng.randint(-25, 60))
    return rent, charges, min(benefit, round_cents((rent + charges) * Decimal("0.86")))


def move_in(
    *,
    actor: Actor,
    dwelling: Dwelling,
    agreement: HeadAgreement,
    kinds: tuple[str, ...],
    start: date,
    months: int,
    rng: random.Random,
    manager: User,
    keep_draft: bool = False,
) -> Housed:
    """A new household signs and enters on `start` (a past or the played day)."""
    kind = rng.choice(kinds)
    members = people(rng, start)
    support = rng.choice(("T1", "T2")) if kind == "OCCUPANCY" else "T1" if kind in ("SUBLEASE", "SLIDING") else ""
    household = create_household(actor=actor, people=members, support_type=support, manager=manager, from_day=start)
    adults = [
        m.person for m in household.memberships.select_related("person").filter(role=MemberRole.ADULT).order_by("pk")
    ]
    lease = create_lease(
        actor=actor, kind=kind, household=household, unit=dwelling.units.get(kind="WHOLE"), agreement=agreement,
        from_day=start, holder=adults[0],
    )  # fmt: skip
    for other in adults[1:]:
        add_party(actor=actor, lease=lease, person=other, role=PartyRole.CO_HOLDER)
    rent, charges, benefit = amounts(dwelling, kind, len(members), rng)
    set_rent_term(actor=actor, lease=lease, nature="RENT", amount=rent)
    mode = "FLAT" if kind == "OCCUPANCY" else "PROVISION"
    set_rent_term(actor=actor, lease=lease, nature="CHARGES", amount=charges, mode=mode)
    rule = DueRule.IN_ARREARS if agreement.reference == "BP-CORBIERES" else DueRule.IN_ADVANCE
    set_due_terms(actor=actor, lease=lease, due_rule=rule, due_day=5 if rule == DueRule.IN_ARREARS else 1)
    if not keep_draft:
        for item in family_of(kind).checklist:
            if item not in AUTOMATIC:
                day = start if item == CheckItem.ENTRY_INVENTORY else start - timedelta(days=rng.randint(0, 6))
                tick_check(actor=actor, lease=lease, item=item, done_on=day)
        activate_lease(actor=actor, lease=lease)
    lease.refresh_from_db()
    n = next(_numbers)
    holder = adults[0]
    return Housed(
        household=household, lease=lease, dwelling=dwelling, life=Life.drawn(rng, months),
        holder=f"{holder.last_name} {holder.first_name}", benefit=benefit, beneficiary_number=f"{2_400_000 + n:07d}",
        iban="",
    )  # fmt: skip
