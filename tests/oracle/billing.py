"""What a month asks of a household, and the benefit that is expected for it (readings 3 and 4).

- The amount of a nature is its monthly amount by the days billed over the days of the month, rounded once, half-up. A
  month of two avis is rounded once too: each has its share, and a cent that is left goes where most was cut off.
- In advance, a month is due on the due day of the month, or on its first billed day where that comes later. In arrears
  (terme échu), on the due day of the next month. A due day that the month lacks is its last day.
- Sent out after that day, it is due 8 days later; but what replaces an avis and asks no more is due when that one was.
- After the contract, a household that is still there owes an occupation indemnity of the same amounts: another avis.
- No benefit is expected for the month of entry, nor for the month of exit unless it is occupied to its last day; a
  death keeps the month (CCH R. 823-12). It is never more than rent and charges.
"""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
TERM, INDEMNITY = "TERM", "INDEMNITY"
DAY = timedelta(days=1)
LATE_DAYS = 8
AFTER_THE_CONTRACT = {"RENT": "INDEMNITY", "CHARGES": "INDEM_CHG"}


def first_of(day: date) -> date:
    return day.replace(day=1)


def plus_months(day: date, months: int) -> date:
    """The same day number `months` later, else the last day of that month (decision 7)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day_of(date(year, month + 1, 1), day.day)


def day_of(month: date, number: int) -> date:
    """Day `number` of `month`, or its last day."""
    return month.replace(day=min(number, monthrange(month.year, month.month)[1]))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Right:
    """A benefit of `amount` a month over `[start, end)`; `direct`: paid to the landlord. APL or AL (ALF, ALS)."""

    amount: Decimal
    start: date
    end: date | None = None
    direct: bool = True
    kind: str = "APL"

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass
class Contract:
    """What the house knows of a contract. `monthly`: euros by nature. Ends are the first day after.

    `ends`: of the contract, by a notice or for good. `leaves`: of the stay; None while the household is there for an
    unknown time. `died`: the household's only holder died, which is why the stay ends.
    """

    start: date
    monthly: dict[str, Decimal]
    due_day: int = 1
    in_arrears: bool = False
    family: str = "SUBLEASE"
    ends: date | None = None
    leaves: date | None = None
    died: bool = False

    def due_on(self, month: date, first_day: date) -> date:
        if self.in_arrears:
            return day_of(plus_months(month, 1), self.due_day)
        return max(day_of(month, self.due_day), first_day)

    @property
    def expense(self) -> Decimal:
        """A month's rent and charges."""
        return self.monthly["RENT"] + self.monthly.get("CHARGES", ZERO)


@dataclass(frozen=True)
class Bill:
    """What one avis asks: `lines` (nature, amount) for the days `[start, end)`, less the benefit expected."""

    kind: str
    month: date
    start: date
    end: date
    due: date
    lines: tuple[tuple[str, Decimal], ...]
    aid: Decimal
    aid_due: date | None

    @property
    def gross(self) -> Decimal:
        return sum((amount for _, amount in self.lines), ZERO)

    @property
    def asked(self) -> Decimal:
        return self.gross - self.aid


def shared(monthly: Decimal, days: list[int], of_days: int) -> list[Decimal]:
    """What is asked for each of the spans, whole cents that add up to the rounded sum (reading 3)."""
    exact = [monthly * n / of_days for n in days]
    shares = [share.quantize(Decimal("0.01"), ROUND_DOWN) for share in exact]
    lacking = int((cents(monthly * sum(days) / of_days) - sum(shares, ZERO)) * 100)
    for index in sorted(range(len(days)), key=lambda i: shares[i] - exact[i])[:lacking]:
        shares[index] += Decimal("0.01")
    return shares


def expected_aid(contract: Contract, rights: list[Right], month: date) -> tuple[Decimal, Right | None]:
    """The benefit expected by direct payment for `month`, before it is held to what the month asks."""
    right = next((r for r in rights if r.direct and r.covers(month)), None)
    after = plus_months(month, 1)
    left_inside = contract.leaves is not None and contract.leaves < after
    kept_by_death = contract.died and contract.leaves is not None and month < contract.leaves
    if right is None or month == first_of(contract.start) or (left_inside and not kept_by_death):
        return ZERO, None
    return right.amount, right


def bill(contract: Contract, rights: list[Right], month: date) -> list[Bill]:
    """The avis of `month` as the house knows the contract now: a term, an indemnity, both or none."""
    after = plus_months(month, 1)
    ends = contract.ends or date.max
    spans = [(TERM, max(month, contract.start), min(after, ends))]
    if contract.ends is not None:
        spans.append((INDEMNITY, max(month, contract.ends), min(after, contract.leaves or date.max)))
    awaited, right = expected_aid(contract, rights, month)
    bills = []
    spans = [(kind, start, end) for kind, start, end in spans if start < end]
    days = [(end - start).days for _, start, end in spans]
    shares = {nature: shared(amount, days, (after - month).days) for nature, amount in contract.monthly.items()}
    for index, (kind, start, end) in enumerate(spans):
        lines = []
        for nature, of_nature in shares.items():
            if of_nature[index]:
                lines.append((nature if kind == TERM else AFTER_THE_CONTRACT.get(nature, nature), of_nature[index]))
        housing = sum((a for n, a in lines if n not in ("PARKING", "SERVICES")), ZERO)
        aid = min(awaited, housing)
        awaited -= aid
        aid_due = None
        if aid and right:
            aid_due = day_of(month, 25) if right.kind == "APL" else day_of(after, 5)
        if lines:
            bills.append(Bill(kind, month, start, end, contract.due_on(month, start), tuple(lines), aid, aid_due))
    return bills


def asked_on(day: date, bills: list[Bill], taken_back: list[Bill]) -> list[Bill]:
    """`bills` as sent out on `day`, in the place of those `taken_back`."""
    late = [b for b in bills if b.due < day]
    asks_more = sum((b.asked for b in late), ZERO) > sum((b.asked for b in taken_back), ZERO)
    first = day + LATE_DAYS * DAY
    if taken_back and not asks_more:
        first = max(b.due for b in taken_back)
    return [replace(b, due=max(b.due, first)) if b in late else b for b in bills]
