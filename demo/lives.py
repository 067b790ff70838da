"""How a household pays: a model with a random seed. Pure: it returns dated payments.

The shares are plausible, not measured: FAPIL and AISL reports say that most tenants of insertion housing pay on time,
that newcomers wait for their benefit, and that a fall of income is the first cause of arrears.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from demo.draws import Draws


class Behaviour(StrEnum):
    REGULAR = "regular"
    LATE = "late by some days"
    IRREGULAR = "irregular"
    BENEFIT_SUSPENDED = "benefit suspended"
    INCOME_FALL = "fall of income"
    CASH = "cash at the desk"
    PLAN_KEPT = "plan kept"
    PLAN_BROKEN = "plan broken"


SHARES = {
    Behaviour.REGULAR: 58,
    Behaviour.LATE: 14,
    Behaviour.IRREGULAR: 7,
    Behaviour.BENEFIT_SUSPENDED: 5,
    Behaviour.INCOME_FALL: 4,
    Behaviour.CASH: 6,
    Behaviour.PLAN_KEPT: 4,
    Behaviour.PLAN_BROKEN: 2,
}


# In a large association, most households pay by a standing order that never changes.
SHARES_LARGE = {
    Behaviour.REGULAR: 936,
    Behaviour.LATE: 28,
    Behaviour.IRREGULAR: 8,
    Behaviour.BENEFIT_SUSPENDED: 8,
    Behaviour.INCOME_FALL: 10,
    Behaviour.CASH: 2,
    Behaviour.PLAN_KEPT: 6,
    Behaviour.PLAN_BROKEN: 2,
}


class Means(StrEnum):
    """How the payer can be recognised."""

    REFERENCE = "structured reference"
    NUMBER = "number of the demand in the label"
    NAME = "name only"
    VAGUE = "nothing useful"
    RELATIVE = "paid by a relative, demand's number in the label"
    DESK = "at the desk"


MEANS = {Means.REFERENCE: 52, Means.NUMBER: 16, Means.NAME: 22, Means.VAGUE: 4, Means.RELATIVE: 6}
MEANS_LARGE = {Means.REFERENCE: 930, Means.NUMBER: 50, Means.NAME: 15, Means.VAGUE: 2, Means.RELATIVE: 3}


PLAN_DAY = 10
"""The day of the month of the instalments of plans."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A future payment: `amount` euros on `day`, for one demand."""

    day: date
    amount: Decimal
    means: Means
    returned: bool = False


@dataclass(slots=True)
class Life:
    """How one household pays. `trouble`: the month (counted from the first played) in which it stops paying well."""

    behaviour: Behaviour
    means: Means
    usual_day: int
    trouble: int
    draws: Draws
    key: str
    missed: list[Decimal] = field(default_factory=list)
    plan: list[Decimal] | None = None
    """What the instalments of the plan that it signed still ask, in order; None without one."""
    instalments: int = 0
    returns: float = 0.015

    @classmethod
    def drawn(cls, draws: Draws, key: str, months: int, *, large: bool = False) -> "Life":
        """The life of the household that draws call `key`."""
        rng = draws.of("life", key)
        shares, ways = (SHARES_LARGE, MEANS_LARGE) if large else (SHARES, MEANS)
        behaviour = rng.choices(list(shares), list(shares.values()))[0]
        means = Means.DESK if behaviour == Behaviour.CASH else rng.choices(list(ways), list(ways.values()))[0]
        life = cls(behaviour, means, rng.randint(0, 6), rng.randint(1, max(2, months - 2)), draws, key)
        if large:
            life.returns = 0.003
        return life

    def pays(self, *, net: Decimal, due_on: date, month: int) -> list[Planned]:
        """What the household will pay of a demand of `net` due on `due_on`, in the played month number `month`."""
        if net <= 0:
            return []
        rng = self.draws.of("payment", self.key, due_on)
        day = due_on + timedelta(days=self.usual_day + rng.randint(0, 2))
        match self.behaviour:
            case Behaviour.LATE if rng.random() < 0.45:
                day += timedelta(days=rng.randint(7, 21))
            case Behaviour.IRREGULAR:
                return self._irregular(net, day, rng)
            case Behaviour.INCOME_FALL if month >= self.trouble:
                if month < self.trouble + 4:
                    return self._part(net, day, rng.choice(["0", "0.3", "0.5"]))
            case Behaviour.PLAN_KEPT | Behaviour.PLAN_BROKEN if month >= self.trouble:
                return self._plan(net, due_on, day, month)
            case Behaviour.REGULAR if rng.random() < self.returns:
                return [Planned(day, net, self.means, returned=True)]
        return [Planned(day, net, self.means)]

    def _part(self, net: Decimal, day: date, share: str) -> list[Planned]:
        amount = (net * Decimal(share)).quantize(Decimal("1"))
        self.missed.append(net - amount)
        return [Planned(day, amount, self.means)] if amount else []

    def _irregular(self, net: Decimal, day: date, rng: random.Random) -> list[Planned]:
        draw = rng.random()
        if draw < 0.18:
            self.missed.append(net)
            return []
        if draw < 0.4:
            return self._part(net, day, "0.5")
        owed, self.missed = sum(self.missed, Decimal(0)), []
        late = day + timedelta(days=rng.randint(0, 12))
        return [Planned(late, net + owed, self.means)]

    def _plan(self, net: Decimal, due_on: date, day: date, month: int) -> list[Planned]:
        if month < self.trouble + 2:
            self.missed.append(net)
            return []
        if not self.plan:
            return [Planned(day, net, self.means)]
        self.instalments += 1
        if self.behaviour == Behaviour.PLAN_BROKEN and self.instalments > 3:
            return []
        instalment = self.plan.pop(0)
        # Who has signed pays the term within the days that the plan leaves.
        day = due_on + timedelta(days=self.usual_day % 3)
        if self.draws.chance("late instalment", self.key, due_on) < 0.2:
            return [Planned(day, net, self.means), Planned(due_on.replace(day=PLAN_DAY + 3), instalment, self.means)]
        return [Planned(day, net + instalment, self.means)]
