"""How a household settles in: the dwelling that counts, what is done, what furnishes it and what paid for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.money import ZERO
from common.params import Params
from common.periods import contains
from leases.models import Household, Occupancy
from rent_ledger.aid_files.queries import AidFileNow, files_on
from rent_ledger.models import AidFile
from social_link.settling.codes import SettlingStep
from social_link.settling.models import FurnitureItem, SettlingTick
from social_link.settling.parameters import settling_params
from social_link.settling.rules.stages import is_running


def stay_of(household: Household, day: date, *, stays: Sequence[Occupancy] | None = None) -> Occupancy | None:
    """The main home of `day`, else the next one that is to come. `stays`: all of the household, where they are known
    already."""
    if stays is None:
        stays = list(Occupancy.objects.filter(household=household, main_period__isnull=False))
    rows = sorted((row for row in stays if row.main_period), key=lambda row: row.main_period.lower)
    return next((row for row in rows if contains(row.main_period, day) or row.main_period.lower > day), None)


@dataclass(frozen=True, slots=True)
class Furnished:
    """A piece of furniture, and the money: its own, or that of its file. `file` is None too where the file was taken
    back since. Euros; None where nothing was said."""

    item: FurnitureItem
    file: AidFileNow | None

    @property
    def asked(self) -> Decimal | None:
        return self.file.file.asked if self.file else self.item.asked

    @property
    def obtained(self) -> Decimal | None:
        return self.file.granted if self.file else self.item.obtained

    @property
    def scheme(self) -> str:
        if self.file:
            return self.file.file.scheme.name
        return self.item.scheme.name if self.item.scheme else ""


@dataclass(frozen=True, slots=True)
class Settling:
    """`steps`: each point, and how it was settled, None while it is open. `is_running`: in its first months."""

    stay: Occupancy
    entered_on: date
    steps: Sequence[tuple[SettlingStep, SettlingTick | None]]
    furniture: Sequence[Furnished]
    is_running: bool

    @property
    def open_steps(self) -> list[SettlingStep]:
        return [step for step, tick in self.steps if tick is None]

    @property
    def done(self) -> int:
        return len(self.steps) - len(self.open_steps)

    @property
    def to_come(self) -> int:
        """How many pieces of furniture are not there yet."""
        return sum(one.item.quantity for one in self.furniture if one.item.received_on is None)

    @property
    def asked(self) -> Decimal:
        return self._sum([one.asked for one in self.furniture])

    @property
    def obtained(self) -> Decimal:
        return self._sum([one.obtained for one in self.furniture])

    def _sum(self, amounts: Sequence[Decimal | None]) -> Decimal:
        """A file that pays for several pieces counts once."""
        seen: set[int] = set()
        total = ZERO
        for one, amount in zip(self.furniture, amounts, strict=True):
            file = one.file.file.pk if one.file else None
            if amount and file not in seen:
                total += amount
            if file is not None:
                seen.add(file)
        return total


def settling_of(
    household: Household, day: date, *, stays: Sequence[Occupancy] | None = None, params: Params | None = None
) -> Settling | None:
    """None for a household without a dwelling of ours. Four queries, two more where files pay; two less where the
    stays of the household and the parameters of the day are known already."""
    stay = stay_of(household, day, stays=stays)
    if stay is None:
        return None
    entered_on = stay.main_period.lower
    ticks = {
        row.step: row for row in SettlingTick.objects.filter(stay=stay.pk, household=household).select_related("author")
    }
    items = list(FurnitureItem.objects.filter(stay=stay.pk, household=household).select_related("scheme"))
    wanted = {item.aid_file for item in items if item.aid_file}
    rows = AidFile.objects.filter(pk__in=wanted, household=household)
    files = {now.file.pk: now for now in files_on(rows, day=day)} if wanted else {}
    return Settling(
        stay=stay,
        entered_on=entered_on,
        steps=[(step, ticks.get(step)) for step in SettlingStep],
        furniture=[Furnished(item, files.get(item.aid_file or 0)) for item in items],
        is_running=is_running(entered_on, day, settling_params(day, params=params)),
    )
