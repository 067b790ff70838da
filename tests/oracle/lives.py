"""What may happen to a household, and random lives made of it.

A life is its contract and a list of events; the same `seed` and `number` give the same life, whatever the others are.
Events name what they are about by words that stay true when other events are taken away ("the payment p7", "what is
owed of October"), so that a failing life can be made shorter. An event that no longer has an object does nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.billing import Contract, day_of, first_of, plus_months

# Every life crosses 1 January 2027 or 29 February 2028, most cross both, and each lasts more than a year.
FIRST_DAY, LAST_DAY = date(2026, 10, 1), date(2028, 3, 10)
LAST_ENTRY = date(2027, 2, 20)
DAY = timedelta(days=1)

# What happens on one day happens in this order, for every household.
ORDER = [
    "right", "right_ends", "notice", "end", "leave", "run", "send", "undo", "bank", "desk", "cancel", "aid",
    "close_aid", "hold", "release", "stop", "sign", "decide",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something on a day. `facts` are what `world.Player` needs to do it; see `Draw` for each kind's."""

    day: date
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        words = ", ".join(f"{k} {v}" for k, v in self.facts.items() if v not in (None, False))
        return f"{self.day:%Y-%m-%d}  {self.kind:<10} {words}"


@dataclass(frozen=True)
class Life:
    number: int
    contract: Contract
    events: tuple[Event, ...]

    def without(self, event: Event) -> "Life":
        return Life(self.number, self.contract, tuple(e for e in self.events if e is not event))

    def __str__(self) -> str:
        c = self.contract
        asked = ", ".join(f"{nature} {amount}" for nature, amount in c.monthly.items())
        rule = f"due on the {c.due_day}{' of the next month' if c.in_arrears else ''}"
        return "\n".join([f"{c.start}  enters     {c.family}: {asked}, {rule}", *map(str, self.events)])


def is_busy(seed: int, day: date) -> bool:
    """Whether people do something on `day`: all of them on one day in four costs less than some of them on each."""
    return Random(f"{seed}/day/{day}").random() < 0.26


def run_day(seed: int, month: date) -> date:
    """The day on which everybody's avis of `month` are made: a busy day before the month begins, or its 1st.

    Not later: whether a debt "could be known" on its due day while its avis was not made yet is not settled.
    """
    day = month - timedelta(days=Random(f"{seed}/run/{month}").randint(0, 10))
    while not is_busy(seed, day):
        day -= DAY
    return day


def draw_life(seed: int, number: int, *, without: Collection[str] = ()) -> Life:
    """`without`: what may not happen in it (`PENDING_EVENTS`)."""
    draw = Draw(seed, number, without)
    draw.everything()
    events = sorted(draw.events, key=lambda e: (e.day, ORDER.index(e.kind)))
    return Life(number, draw.contract, tuple(e for e in events if FIRST_DAY <= e.day <= LAST_DAY))


class Draw:
    """A random life, month by month. Amounts are near what is asked, so that months are paid, or nearly, or not."""

    def __init__(self, seed: int, number: int, without: Collection[str] = ()) -> None:
        self.without = without
        self.seed, self.life = seed, number
        self.random = Random(f"{seed}/{number}")
        self.events: list[Event] = []
        self.names = 0
        self.bank_days: set[date] = set()
        # What this household is like.
        self.zeal = self.random.choice([0.95, 0.8, 0.8, 0.5, 0.2])
        self.right: dict[str, Any] | None = None

    # -- small draws ----------------------------------------------------------------------------------------------

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def amount(self, low: int, high: int) -> Decimal:
        whole = self.chance(0.4)
        cents = self.random.randint(low * 100, high * 100)
        return Decimal(cents // 100 if whole else cents) / (1 if whole else 100)

    def later(self, day: date, most: int) -> date:
        return day + timedelta(days=self.random.randint(0, most))

    def name(self) -> str:
        self.names += 1
        return f"p{self.names}"

    def next_busy(self, day: date) -> date:
        day = max(day, self.contract.start)
        while not is_busy(self.seed, day):
            day += DAY
        return day

    def happens(self, day: date, kind: str, **facts: Any) -> None:
        self.events.append(Event(self.next_busy(day), kind, facts))

    def bank_day(self, day: date) -> date:
        """One bank line a household and day: two would be laid in the order of the file, which no text settles."""
        day = self.next_busy(day)
        while day in self.bank_days:
            day = self.next_busy(day + DAY)
        self.bank_days.add(day)
        return day

    # -- the life -------------------------------------------------------------------------------------------------

    def everything(self) -> None:
        self.enter()
        month = first_of(self.contract.start)
        while month <= LAST_DAY:
            self.rights(month)
            self.billing(month)
            self.money(month)
            self.benefit(month)
            self.holds(month)
            month = plus_months(month, 1)
        self.exit()
        # Apart: the rest of a life is the same with and without its plans.
        self.random = Random(f"{self.seed}/{self.life}/plans")
        month = plus_months(first_of(self.contract.start), 1)
        while month <= LAST_DAY:
            self.plans(month)
            month = plus_months(month, 1)
        self.random = Random(f"{self.seed}/{self.life}/overindebted")
        self.overindebtedness()

    def enter(self) -> None:
        last = LAST_ENTRY if self.chance(0.4) else date(2026, 12, 31)
        start = FIRST_DAY + timedelta(days=self.random.randint(0, (last - FIRST_DAY).days))
        while not is_busy(self.seed, start):
            start += DAY
        monthly = {"RENT": self.amount(220, 560)}
        if self.chance(0.85):
            monthly["CHARGES"] = self.amount(15, 120)
        if self.chance(0.3):
            monthly["PARKING"] = self.amount(10, 60)
        if self.chance(0.15):
            monthly["SERVICES"] = self.amount(5, 40)
        self.contract = Contract(
            start=start,
            monthly={nature: amount.quantize(Decimal("0.01")) for nature, amount in monthly.items()},
            due_day=self.random.choice([1, 1, 5, 5, 10, 28, 31]),
            in_arrears=self.chance(0.3),
            family=self.random.choices(["SUBLEASE", "SLIDING", "OCCUPANCY"], [8, 1, 1])[0],
        )

    def rights(self, month: date) -> None:
        """A benefit that begins with the entry, a month or some months later, changes, stops, begins again."""
        entry = first_of(self.contract.start)
        before = run_day(self.seed, month) - timedelta(days=4)
        if self.right is None:
            if self.chance(0.75 if month == plus_months(entry, 1) else 0.25 if month == entry else 0.06):
                self.give_right(before, month)
        elif self.chance(0.07):
            self.give_right(before, month)
        elif self.chance(0.03):
            self.happens(before, "right_ends", on=month)
            self.right = None

    def give_right(self, day: date, month: date) -> None:
        expense = self.contract.expense
        share = Decimal(self.random.choice([15, 30, 45, 60, 75, 95, 100, 115])) / 100
        is_same = self.right is not None
        self.right = {
            "amount": (expense * share).quantize(Decimal("0.01")),
            "start": month,
            "direct": self.right["direct"] if is_same else self.chance(0.88),
            "aid": self.right["aid"] if is_same else self.random.choice(["APL", "APL", "ALS"]),
        }
        self.happens(day, "right", **self.right)

    def billing(self, month: date) -> None:
        day = max(run_day(self.seed, month), self.contract.start)
        own = month > first_of(self.contract.start) and self.chance(0.05)
        self.happens(day, "run", month=month, own=own)
        if not own:
            return
        if self.chance(0.15):
            self.happens(self.later(day, 3), "send", month=month)
        undone = self.next_busy(self.later(day, 6))
        again = self.next_busy(undone + DAY)
        # Billed again before it falls due, and before the next month is billed: aid of a month that stays behind would
        # be the household's at once.
        if again <= min(self.contract.due_on(month, month), run_day(self.seed, plus_months(month, 1)) - DAY):
            self.happens(undone, "undo", month=month)
            self.happens(again, "run", month=month, own=True)

    def money(self, month: date) -> None:
        """The household pays its term, part of it, twice, all that it owes, late, or nothing; some of it bounces."""
        net = self.contract.expense + sum(self.contract.monthly.get(n, 0) for n in ("PARKING", "SERVICES"))
        if self.right and self.right["direct"]:
            net -= min(self.right["amount"], self.contract.expense)
        near = day_of(month, self.contract.due_day)
        times = 1 + self.chance(0.2) if self.chance(self.zeal) else int(self.chance(0.25))
        for _ in range(times):
            day = self.later(near - timedelta(days=6), 22)
            part = self.random.choice([1, 1, 1, Decimal("0.5"), Decimal("0.33"), Decimal("1.2"), 2])
            amount = (net * part).quantize(Decimal("0.01")) if net > 5 else Decimal("12.34")
            self.pay(day, None if self.chance(0.15) else amount)

    def pay(self, day: date, amount: Decimal | None) -> None:
        name = self.name()
        if self.chance(0.25):
            self.happens(day, "desk", name=name, amount=amount, late=self.random.choice([0, 0, 1, 3, 9]))
            if self.chance(0.2):
                self.happens(self.later(day, 30), "cancel", name=name)
            return
        day = self.bank_day(day)
        is_debit = self.chance(0.45)
        self.happens(day, "bank", name=name, amount=amount, debit=is_debit)
        if is_debit and self.chance(0.25):
            back = self.bank_day(self.later(day + DAY, self.random.choice([5, 5, 130])))
            self.happens(back, "bank", name=name, back=True)

    def benefit(self, month: date) -> None:
        """The payer pays what is expected, less, more, in two times, early, late, never, or takes some back."""
        if not self.right or not self.right["direct"]:
            return
        day = day_of(month, 25) if self.right["aid"] == "APL" else day_of(plus_months(month, 1), 5)
        day = self.later(day, 2)
        full = self.right["amount"]
        part = (full * Decimal(self.random.choice([20, 50, 80])) / 100).quantize(Decimal("0.01"))
        what = self.random.choices(
            ["full", "less", "more", "twice", "early", "late", "never", "back"], [60, 9, 6, 5, 3, 7, 5, 5]
        )[0]
        if what in ("full", "back"):
            self.happens(day, "aid", lines=[(month, full)])
        if what == "less":
            self.happens(day, "aid", lines=[(month, full - part)])
        if what == "more":
            self.happens(day, "aid", lines=[(month, full + part)])
        if what == "twice":
            self.happens(day, "aid", lines=[(month, full - part)])
            self.happens(self.later(day + DAY, 50), "aid", lines=[(month, part)])
        if what == "early":
            self.happens(month - timedelta(days=self.random.randint(1, 20)), "aid", lines=[(month, full)])
        if what == "late":
            self.happens(self.later(day + timedelta(days=5), 70), "aid", lines=[(month, full)])
        if what == "never" and self.chance(0.7):
            self.happens(self.later(day + timedelta(days=5), 40), "close_aid", month=month)
        if what == "back":
            self.happens(self.later(day + DAY, 60), "aid", lines=[(month, -part)])

    def holds(self, month: date) -> None:
        if not self.chance(0.09):
            return
        day = self.later(month, 40)
        of = plus_months(month, -self.random.choice([0, 0, 1, 2]))
        until = self.later(day + DAY, 60) if self.chance(0.3) else None
        self.happens(day, "hold", what=self.random.choice(["PLAN", "FREEZE", "DISPUTE"]), month=of, until=until)
        if self.chance(0.6):
            self.happens(self.later(day + DAY, 90), "release", month=of)

    def plans(self, month: date) -> None:
        """A plan is signed, and paid or not; some are stopped, some changed before they are paid."""
        if not self.chance(0.08):
            return
        day = self.next_busy(self.later(month, 30))
        months = self.random.choice([1, 2, 2, 3, 3, 6, 12])
        wait = self.random.choice([0, 4, 10, 30, 45])
        self.happens(day, "sign", months=months, wait=wait)
        pays = self.random.choice([1, 1, 0.9, 0.5])
        for number in range(months):
            if self.chance(pays):
                due = plus_months(day + timedelta(days=wait), number)
                self.pay(self.later(due - timedelta(days=4), 9), None)
        if self.chance(0.12):
            self.happens(self.later(day + DAY, 60), "stop")
        if self.chance(0.15):
            self.happens(self.later(day + DAY, 50), "sign", months=months + 2, wait=wait)

    def overindebtedness(self) -> None:
        """One in three files with the commission: admissible, then what it decides, closed or erased in the end."""
        if not self.chance(0.33):
            return
        day = self.next_busy(self.later(self.contract.start + timedelta(days=70), 250))
        self.decided(day, "ADMISSIBLE")
        if self.chance(0.25):
            self.happens(self.later(day + DAY, 20), "release", month=plus_months(first_of(day), -1))
        for kind in ("MORATORIUM", "MEASURES"):
            if self.chance(0.4):
                day = self.next_busy(self.later(day + timedelta(days=15), 60))
                self.decided(day, kind, months=self.random.choice([1, 3, 6, 12, 24]))
        if self.chance(0.6):
            self.decided(self.later(day + timedelta(days=15), 90), self.random.choice(["ERASED", "ERASED", "CLOSED"]))
        if self.chance(0.3):
            self.decided(self.later(day + timedelta(days=60), 200), "ADMISSIBLE")

    def decided(self, day: date, what: str, months: int = 0) -> None:
        self.happens(day, "decide", what=what, late=self.random.choice([0, 0, 2, 6]), months=months)

    def exit(self) -> None:
        """Four in ten leave: at once or by a notice, told on the day or later, some stay beyond, some die."""
        if not self.chance(0.4):
            return
        last = self.later(self.contract.start + timedelta(days=60), 420)
        ends, told = last + DAY, self.later(last, self.random.choice([0, 6, 25]))
        what = self.random.choices(["end", "notice", "stays", "died"], [4, 3, 3, 1])[0]
        if what in self.without:
            return
        if what == "notice":
            self.happens(last - timedelta(days=self.random.randint(5, 80)), "notice", ends=ends)
        self.happens(told, "end", ends=ends, stays=what == "stays", died=what == "died")
        if what == "stays" and self.chance(0.7):
            leaves = self.later(told + timedelta(days=2), 150)
            self.happens(self.later(leaves, 8), "leave", leaves=leaves)
