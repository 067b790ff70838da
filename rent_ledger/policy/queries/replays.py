"""What a replay found, as pages show it."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from common.periods import Month
from office.models import Job
from rent_ledger.books.codes import DefaultRule


@dataclass(frozen=True, slots=True)
class ReplayMonth:
    """The alerts of a month by the policy of today and by the changed one, by rule in the order of `DefaultRule`."""

    month: Month
    now: list[int]
    changed: list[int]

    @property
    def pairs(self) -> list[tuple[str, int, int]]:
        """The code of each rule, with both."""
        return list(zip(DefaultRule.values, self.now, self.changed, strict=True))


@dataclass(frozen=True, slots=True)
class ReplayRule:
    """Of a rule: the alerts of each policy; how many only one of them has; by how many days the changed one is sooner
    for those of both, on average (below zero: later). None where none is of both."""

    label: str
    now: int
    changed: int
    only_now: int
    only_changed: int
    sooner: Decimal | None


@dataclass(frozen=True, slots=True)
class Replay:
    start: date
    end: date
    rules: list[ReplayRule]
    months: list[ReplayMonth]


def replay_of(job: Job) -> Replay:
    """The result of a job that has ended."""
    start, end = (date.fromisoformat(job.payload[bound]) for bound in ("start", "end"))
    found: dict[str, int] = job.result
    months, month = [], Month.of(start)
    while month.first < end:
        counts = [
            [found.get(f"{which}:{r}:{month.first:%Y-%m}", 0) for r in DefaultRule] for which in ("now", "changed")
        ]
        months.append(ReplayMonth(month, *counts))
        month = month.plus(1)
    rules = [
        ReplayRule(
            label=f"{rule} : {rule.label}",
            now=sum(of.now[at] for of in months),
            changed=sum(of.changed[at] for of in months),
            only_now=found.get(f"only_now:{rule}", 0),
            only_changed=found.get(f"only_changed:{rule}", 0),
            sooner=_mean(found.get(f"sooner:{rule}", 0), found.get(f"both:{rule}", 0)),
        )
        for at, rule in enumerate(DefaultRule)
    ]
    return Replay(start, end, rules, months)


def _mean(days: int, count: int) -> Decimal | None:
    return (Decimal(days) / count).quantize(Decimal("0.1"), ROUND_HALF_UP) if count else None
