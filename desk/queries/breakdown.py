"""What a figure of the direction is made of, by month and by commune or team: totals, no name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, TruncMonth

from common.codes import with_codes
from common.figures import median
from common.money import ZERO
from common.periods import Month
from common.typography import NOTHING, counted, euros, number
from desk.queries.delays import alerts_of, contact_pairs, tickets_due
from desk.queries.figures import percent
from leases.contracts.natures import Nature
from office.models import TeamMember
from rent_ledger.billing.codes import DemandState
from social_link.models import Referent

FEWEST = 5
"""A commune with fewer contracts in a month stands with others: a line of one household would tell what it paid."""
PAID, KEPT = ("Demandé", "Payé à temps", "Part"), ("Échéances", "À temps", "Part")
ANSWERED = ("Envoyées", "Prises à temps", "Répondues à temps")
MET = ("Dossiers", "Avec contact", "Médiane", "9 sur 10")
OTHERS, NO_TEAM, NO_REFERENT = "Autres communes", "Sans équipe", "Sans référent"


@dataclass(frozen=True, slots=True)
class Line:
    """One month of one commune or team. `cells` are as the page writes them, each by its head; `plain` as a spreadsheet
    takes them, of the first heads."""

    month: Month
    group: str
    cells: Mapping[str, str]
    plain: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`total` is what the figure itself says; None where there is nothing to count."""

    by: str
    heads: tuple[str, ...]
    lines: list[Line]
    total: Line | None

    @property
    def groups(self) -> list[str]:
        return sorted({line.group for line in self.lines})


def _line(month: Month, group: str, heads: tuple[str, ...], cells: Iterable[str], plain: tuple[Any, ...]) -> Line:
    return Line(month, group, dict(zip(heads, cells, strict=True)), plain)


def in_order(lines: list[Line]) -> list[Line]:
    """The latest month first, within it by the name."""
    return sorted(lines, key=lambda line: (-line.month.first.toordinal(), line.group))


def merged(contracts: Mapping[str, int]) -> set[str]:
    """The communes that stand together: those with fewer contracts than `FEWEST`, and the next smallest ones while that
    is fewer together."""
    found: set[str] = set()
    count = 0
    for name, n in sorted(contracts.items(), key=lambda item: (item[1], item[0])):
        if n >= FEWEST and (not found or count >= FEWEST):
            break
        found.add(name)
        count += n
    return found


# As `recovery`: by the entry of the demand, the money that came for it within the days.
_RECOVERED = with_codes(
    """
WITH asked AS (
    SELECT d.entry_id, d.lease_id, d.due_on, d.month, d.net, b.city
    FROM rent_ledger_rentdemand d
    JOIN leases_lease l ON l.id = d.lease_id JOIN stock_unit u ON u.id = l.unit_id
    JOIN stock_dwelling w ON w.id = u.dwelling_id JOIN stock_building b ON b.id = w.building_id
    WHERE d.state = DemandState.ISSUED AND d.month >= %(start)s AND d.month < %(end)s AND d.due_on <= %(last)s
)
SELECT month, city, sum(net), NULL, count(DISTINCT lease_id) FROM asked GROUP BY month, city
UNION ALL
SELECT asked.month, asked.city, NULL, sum(a.amount), 0
FROM asked JOIN rent_ledger_posting p ON p.entry_id = asked.entry_id
JOIN rent_ledger_allocation a ON a.debit_posting_id = p.id
JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
WHERE c.nature = Nature.PAYMENT AND c.effective_on - asked.due_on <= %(days)s
GROUP BY 1, 2
""",
    DemandState,
    Nature,
)


def recovery_by_commune(start: date, end: date, *, days: int, last: date) -> Breakdown:
    """Of the demands of `[start, end)` due by `last`: asked of households, and paid within `days` (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOVERED, {"start": start, "end": end, "last": last, "days": days})
        rows = cursor.fetchall()
    contracts: dict[date, dict[str, int]] = {}
    for month, city, asked, _, n in rows:
        if asked is not None:
            contracts.setdefault(month, {})[city] = n
    together = {month: merged(of) for month, of in contracts.items()}
    sums: dict[tuple[date, str], tuple[Decimal, Decimal]] = {}
    for month, city, asked, paid, _ in rows:
        key = (month, OTHERS if city in together[month] else city)
        before = sums.get(key, (ZERO, ZERO))
        sums[key] = (before[0] + (asked or ZERO), before[1] + (paid or ZERO))
    lines = [_paid(Month.of(month), group, *both) for (month, group), both in sums.items()]
    asked, paid = (sum((both[at] for both in sums.values()), ZERO) for at in (0, 1))
    total = _paid(Month.of(start), "Total", asked, paid) if sums else None
    return Breakdown("Commune", PAID, in_order(lines), total)


def _paid(month: Month, group: str, asked: Decimal, paid: Decimal) -> Line:
    paid = min(paid, asked)
    share = paid * 100 / asked if asked else None
    return _line(month, group, PAID, (euros(asked), euros(paid), percent(share, 1)), (asked, paid))


def tickets_by_commune(start: date, end: date, day: date) -> Breakdown:
    """Of the deadlines of `[start, end)` before `day`: how many there were, and how many were kept (one query)."""
    rows = (
        tickets_due(start, end, day)
        .annotate(at=TruncMonth("due_on"), city=F("dwelling__building__city"))
        .order_by()
        .values_list("at", "city")
        .annotate(n=Count("pk"), kept=Count("pk", filter=Q(done_on__lte=F("due_on"))))
    )
    lines = [counted_line(KEPT, Month.of(at), city, n, kept) for at, city, n, kept in rows]
    return Breakdown("Commune", KEPT, in_order(lines), sum_line(KEPT, start, lines))


def counted_line(heads: tuple[str, ...], month: Month, group: str, n: int, kept: int) -> Line:
    """Of `n`, `kept`, and the share that they are."""
    share = Decimal(kept * 100) / n if n else None
    return _line(month, group, heads, (number(n), number(kept), percent(share)), (n, kept))


def sum_line(heads: tuple[str, ...], start: date, lines: list[Line]) -> Line | None:
    """The sum of lines made by `counted_line`."""
    if not lines:
        return None
    return counted_line(heads, Month.of(start), "Total", *(sum(line.plain[at] for line in lines) for at in (0, 1)))


def _team_of(user: str) -> Subquery:
    """The team of a person, the first by its name where he is in several: nothing is counted twice."""
    return Subquery(TeamMember.objects.filter(user=OuterRef(user)).order_by("team__name").values("team__name")[:1])


def alerts_by_team(start: date, end: date, day: date) -> Breakdown:
    """The alerts raised in `[start, end)` by the team of who has them, with those taken and answered by their deadline,
    as known on `day` (one query)."""
    rows = (
        alerts_of(start, end, day)
        .annotate(at=TruncMonth("raised_on"), team=Coalesce(_team_of("assignee"), Value(NO_TEAM)))
        .order_by()
        .values_list("at", "team")
        .annotate(
            n=Count("pk"), taken=Count("pk", filter=Q(in_hand=True)), answered=Count("pk", filter=Q(is_said=True))
        )
    )
    found = [(Month.of(at), team, (n, taken, answered)) for at, team, n, taken, answered in rows]
    lines = [_line(month, team, ANSWERED, map(number, n), n) for month, team, n in found]
    whole = tuple(sum(n[at] for *_, n in found) for at in range(3))
    total = _line(Month.of(start), "Total", ANSWERED, map(number, whole), whole) if found else None
    return Breakdown("Équipe", ANSWERED, in_order(lines), total)


def contacts_by_team(start: date, end: date, day: date) -> Breakdown:
    """The cases whose first default is in `[start, end)`, by the team of who accompanied the household then: median and
    ninth decile, in days, of those that had a contact by `day` (one query)."""
    referent = Referent.objects.filter(
        household=OuterRef("account__household"), period__contains=OuterRef("first_default_on")
    )
    rows = contact_pairs(start, end, day).annotate(
        who=Subquery(referent.values("user")[:1]),
        team=Subquery(
            referent.annotate(first=Min("user__teams__name")).values("first")[:1],
        ),
    )
    groups: dict[tuple[Month, str], list[int | None]] = {}
    for default, met, who, team in rows.values_list("first_default_on", "met_on", "who", "team"):
        group = team or (NO_REFERENT if who is None else NO_TEAM)
        groups.setdefault((Month.of(default), group), []).append((met - default).days if met else None)
    lines = [_delays(month, group, delays) for (month, group), delays in groups.items()]
    everyone = [delay for delays in groups.values() for delay in delays]
    total = _delays(Month.of(start), "Total", everyone) if everyone else None
    return Breakdown("Équipe", MET, in_order(lines), total)


def _delays(month: Month, group: str, delays: list[int | None]) -> Line:
    known = sorted(delay for delay in delays if delay is not None)
    middle = median(known)
    most = known[-(-len(known) * 9 // 10) - 1] if known else None
    words = tuple(NOTHING if days is None else counted(days, "j,j") for days in (middle, most))
    cells = (number(len(delays)), number(len(known)), *words)
    return _line(month, group, MET, cells, (len(delays), len(known), middle, most))
