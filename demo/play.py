"""What the parts of the demo share: the association, its homes and households, its banks, the span that is played."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from common.periods import Month
from demo import setting
from demo.bank_world import Bank
from demo.draws import Draws
from demo.households import Home, Housed


@dataclass
class Play:
    """The state of the played association."""

    house: setting.House
    draws: Draws
    months: int
    first: Month
    last_day: date
    large: bool
    drain: Callable[[int], object]
    housed: dict[int, Housed] = field(default_factory=dict)
    vacant: list[Home] = field(default_factory=list)
    desk_money: defaultdict[date, list[tuple[Housed, Decimal, str]]] = field(default_factory=lambda: defaultdict(list))
    banks: dict[int, Bank] = field(default_factory=dict)
    entries: list[date] = field(default_factory=list)
    unbilled: bool = False
    # A technician saw something today: the social service hears of it at once.
    signalled: bool = False
    leaving: dict[date, list[Housed]] = field(default_factory=dict)

    def bank_of(self, housed: Housed) -> Bank:
        account = housed.lease.bank_account_id
        return self.banks[account if account in self.banks else self.house.own.pk]

    def month_number(self, month: date) -> int:
        return (month.year - self.first.year) * 12 + month.month - self.first.month
