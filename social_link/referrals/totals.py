"""Referrals of a year, counted without a name: where they went, how long they waited (S1-07)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.figures import median, share
from common.periods import ONE_DAY, add_months
from social_link.referrals.codes import WAITING, ReferralService, ReferralState, ReferrerKind
from social_link.referrals.models import Referral
from social_link.referrals.queries import ReferralNow, referrals_on

QUARTER = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Those received over a time. `inside`: in the house, a measure or not; `outside_share`: of all that were oriented,
    in per cent, None of none. `meeting`, `orientation`: the median days until then, of those that came so far."""

    label: str
    received: int
    waiting: int
    inside: int
    outside: int
    dropped: int
    outside_share: int | None
    meeting: Decimal | None
    orientation: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """A year until `day`: a line for each quarter that has begun, the whole, by who refers and where they went."""

    quarters: list[Line]
    whole: Line
    referrers: list[tuple[str, int]]
    services: list[tuple[str, int]]


def line(label: str, rows: Sequence[ReferralNow]) -> Line:
    states = Counter(now.referral.state for now in rows)
    inside = states[ReferralState.INSIDE] + states[ReferralState.MEASURE]
    outside = states[ReferralState.OUTSIDE]
    return Line(
        label=label, received=len(rows), waiting=sum(states[state] for state in WAITING), inside=inside,
        outside=outside, dropped=states[ReferralState.DROPPED], outside_share=share(outside, inside + outside),
        meeting=median(_known(now.waited.meeting for now in rows)),
        orientation=median(_known(now.waited.orientation for now in rows)),
    )  # fmt: skip


def _known(days: Iterable[int | None]) -> list[int]:
    return [one for one in days if one is not None]


def totals_of(start: date, end: date, *, day: date) -> Totals:
    """Those received in `[start, end)`, as they stand on `day`."""
    rows = referrals_on(Referral.objects.counted().filter(received_on__gte=start, received_on__lt=end), day=day)
    quarters: list[Line] = []
    first = start
    while first < end:
        following = min(add_months(first, QUARTER), end)
        label = f"{len(quarters) + 1}ᵉ trimestre" if quarters else "1ᵉʳ trimestre"
        quarters.append(line(label, [now for now in rows if first <= now.referral.received_on < following]))
        first = following
    return Totals(
        quarters,
        line(f"Du {start:%d/%m/%Y} au {end - ONE_DAY:%d/%m/%Y}", rows),
        _named(ReferrerKind, Counter(now.referral.referrer for now in rows)),
        _named(ReferralService, Counter(now.service for now in rows if now.service)),
    )


def _named(codes: type[ReferrerKind] | type[ReferralService], counted: Counter[str]) -> list[tuple[str, int]]:
    """By label, the most first."""
    return sorted(((codes(code).label, n) for code, n in counted.items()), key=lambda pair: (-pair[1], pair[0]))


SHEET_HEAD = (
    "Période", "Reçues", "En attente", "Orientées dans la maison", "Orientées ailleurs", "Sans suite",
    "Part ailleurs (%)", "Jours jusqu’au premier rendez-vous (médiane)", "Jours jusqu’à l’orientation (médiane)",
)  # fmt: skip


def sheet_rows(totals: Totals) -> list[list[object]]:
    """As the table of the page."""
    return [
        [
            one.label, one.received, one.waiting, one.inside, one.outside, one.dropped, one.outside_share, one.meeting,
            one.orientation,
        ]
        for one in (*totals.quarters, totals.whole)
    ]  # fmt: skip
