"""What a replay found, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from common.periods import Month
from office.models import Job
from rent_ledger.arrears.parameters import CALL_DAYS
from rent_ledger.policy.codes import ALERTS, SENT, WRITTEN, Gap, Played
from rent_ledger.policy.models import ReplayRow

ONLY_ALERTS = (Played.FIRST, Played.SECOND)
"""What the replays of before played: no step."""
ALL_SENT, LETTERS = "Messages, appels et lettres", "dont relances et mises en demeure"


@dataclass(frozen=True, slots=True)
class ReplayLine:
    """Of one kind, or of several together: how many by each policy; how many only one of them has; by how many days the
    changed one is sooner for those of both, on average (below zero: later), None where none is of both."""

    what: Played | None
    label: str
    now: int
    changed: int
    only_now: int
    only_changed: int
    sooner: Decimal | None


@dataclass(frozen=True, slots=True)
class Replay:
    """`alerts`: what is told to the social service; `sent`: what a household gets, `letters` all of it together.
    `months`: of each month, both counts of each of `heads`."""

    start: date
    end: date
    alerts: list[ReplayLine]
    sent: list[ReplayLine]
    letters: ReplayLine | None
    heads: list[str]
    months: list[tuple[Month, list[tuple[str, int, int]]]]


def replay_of(job: Job) -> Replay:
    """The result of a job that has ended."""
    start, end = (date.fromisoformat(job.payload[bound]) for bound in ("start", "end"))
    played = CALL_DAYS in job.payload["now"]
    alerts, sent = (ALERTS, SENT) if played else (ONLY_ALERTS, ())
    groups = [(kind.label, (kind,)) for kind in ONLY_ALERTS] + ([(ALL_SENT, SENT), (LETTERS, WRITTEN)] if sent else [])
    months, month = [], Month.of(start)
    while month.first < end:
        months.append((month, [(head, *_counts(job, kinds, month)) for head, kinds in groups]))
        month = month.plus(1)
    return Replay(
        start,
        end,
        alerts=[_line(job, (kind,), kind.label) for kind in alerts],
        sent=[_line(job, (kind,), kind.label) for kind in sent],
        letters=_line(job, sent, ALL_SENT) if sent else None,
        heads=[head for head, _ in groups],
        months=months,
    )


def _counts(job: Job, kinds: Sequence[Played], month: Month) -> tuple[int, int]:
    now, changed = (
        sum(job.result.get(f"{which}:{kind}:{month.first:%Y-%m}", 0) for kind in kinds) for which in ("now", "changed")
    )
    return now, changed


def _line(job: Job, kinds: Sequence[Played], label: str) -> ReplayLine:
    def told(what: str) -> int:
        return sum(job.result.get(f"{what}:{kind}", 0) for kind in kinds)

    both = told("both")
    return ReplayLine(
        kinds[0] if len(kinds) == 1 else None,
        label,
        both + told("only_now"),
        both + told("only_changed"),
        told("only_now"),
        told("only_changed"),
        (Decimal(told("sooner")) / both).quantize(Decimal("0.1"), ROUND_HALF_UP) if both else None,
    )


def rows_of(job: Job, *, what: str = "", gap: str = "") -> QuerySet[ReplayRow]:
    """Who and when, of one kind (`Played`) and one gap (`Gap`) or of all, the oldest first."""
    rows = ReplayRow.objects.filter(job=job).select_related("account__household", "account__lease")
    if what:
        rows = rows.filter(what=what)
    if gap == Gap.LESS:
        rows = rows.filter(changed_on=None)
    elif gap == Gap.MORE:
        rows = rows.filter(now_on=None)
    elif gap == Gap.BOTH:
        rows = rows.filter(now_on__isnull=False, changed_on__isnull=False)
    return rows.order_by(Coalesce(F("changed_on"), F("now_on")), "account__household__sort_key", "pk")
