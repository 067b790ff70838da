"""Lines of conventions and shares: what is counted, for whom, and never twice."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.errors import Conflict, InvalidInput, NotAllowed
from common.periods import period
from office.access.actor import Actor
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.models import Organisation
from social_link.funding.codes import Counting
from social_link.funding.queries import (
    SHEET_HEAD,
    Lasted,
    funded,
    lasted,
    shares_of,
    sheet_rows,
    total_months,
)
from social_link.funding.services import (
    add_share,
    bring_back_line,
    bring_back_share,
    remove_share,
    withdraw_line,
    write_line,
)
from social_link.measures.services.measures import complete_papers, withdraw_measure
from social_link.models import FormerKind, FundingLine, FundingShare, Measure
from tests.factories import make_actor, make_let, make_organisation, make_user
from tests.oracle.funded_months import Piece, Run, both, months_by_line

TODAY = date(2026, 11, 5)
JAN, END = date(2026, 1, 1), date(2026, 12, 31)
DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def head() -> Actor:
    return make_actor(role=Role.HEAD_OF_SOCIAL)


def funder() -> Organisation:
    return make_organisation(kinds=[OrganisationKind.FUNDER])


def line(body: Organisation, actor: Actor, **given: object) -> FundingLine:
    return write_line(
        **{
            "funder": body, "kind": "SIMPLE", "reference": "2026-01", "first": JAN, "last": END, "places": 20,
            "rate": Decimal("150.00"), "actor": actor,
        }
        | given
    )  # fmt: skip


def measure(body: Organisation | None, start: date = JAN, end: date = END, kind: str = "SIMPLE") -> Measure:
    return Measure.objects.create(
        household=make_let().household, kind=kind, funder=body, referent=make_user(role=Role.SOCIAL_WORKER),
        period=period(start, end + DAY), planned_end=end,
    )  # fmt: skip


def months(end: date = TODAY) -> dict[int, tuple[Decimal, Decimal]]:
    return {row.id: (row.months, row.used) for row in funded(JAN, end + DAY, day=end)}


def test_places_and_months_of_a_line(head: Actor) -> None:
    caf, other = funder(), funder()
    simple = line(caf, head)
    measure(caf)
    measure(caf, date(2026, 11, 5), date(2027, 5, 4))
    measure(caf, date(2026, 3, 10), date(2026, 4, 9))
    measure(caf, date(2026, 11, 6), END)  # to come
    measure(other)
    measure(caf, kind="RENF")
    [row] = funded(JAN, TODAY + DAY, day=TODAY)
    assert (row.id, row.months, row.used, row.measures, row.places) == (simple.pk, Decimal(14), Decimal(2), 3, 20)
    assert (row.amount, row.possible, row.runs, row.is_over) == (Decimal("2100.00"), 220, True, False)
    write_line(
        funder=caf, kind="SIMPLE", reference="2026-01", first=JAN, last=END, places=1, rate=None,
        counting=Counting.DAYS, line=simple, actor=head,
    )  # fmt: skip
    [row] = funded(JAN, TODAY + DAY, day=TODAY)
    # 309 days, 1 day and 31 days, by 30.4.
    assert (row.months, row.amount, row.is_over) == (Decimal("11.22"), None, True)
    beyond = SHEET_HEAD.index("Au-delà des places")
    assert [line[beyond] for line in sheet_rows([row, replace(row, places=3, possible=33)])] == ["oui", "", ""]
    # Eleven months of one place: by days they can be 11.01, as a whole year is 12.01.
    assert [replace(row, months=Decimal(n)).is_beyond for n in ("11.02", "11.21", "11.22")] == [False, False, True]
    months = replace(row, counting=Counting.ANY_DAY)
    assert [replace(months, months=Decimal(n)).is_beyond for n in ("11", "11.01")] == [False, True]
    assert funded(JAN, TODAY + DAY, day=TODAY, funders=[other.pk]) == []


def test_a_change_of_type_and_a_share_count_a_month_once(head: Actor) -> None:
    caf, state = funder(), funder()
    simple, reinforced, theirs = line(caf, head), line(caf, head, kind="RENF"), line(state, head)
    first = measure(caf)
    FormerKind.objects.create(measure=first, kind="RENF", until=date(2026, 2, 14))
    second = measure(caf)
    add_share(measure=second, funder=state, share=40, first=JAN, last=date(2026, 6, 30), actor=head)
    found = months(END)
    assert found[reinforced.pk] == (Decimal(1), Decimal(0))
    assert found[simple.pk] == (Decimal("20.6"), Decimal(2))
    assert found[theirs.pk] == (Decimal("2.4"), Decimal(0))
    assert sum(n for n, _ in found.values()) == 24
    rows = funded(JAN, END + DAY, day=date(2026, 3, 1))
    assert {row.id: row.used for row in rows} == {
        simple.pk: Decimal("1.6"), reinforced.pk: Decimal(0), theirs.pk: Decimal("0.4"),
    }  # fmt: skip
    assert total_months(rows) == 24


def test_shares_pass_no_hundred(head: Actor) -> None:
    caf, state, town, last = funder(), funder(), funder(), funder()
    row = measure(caf)

    def share(body: Organisation, points: int, start: date = JAN, end: date = END) -> list[FundingShare]:
        return add_share(measure=row, funder=body, share=points, first=start, last=end, actor=head)

    [one] = share(state, 30, end=date(2026, 6, 30))
    assert share(state, 30, end=date(2026, 6, 30)) == [one]
    share(town, 40)
    with pytest.raises(InvalidInput, match="Il reste 30 %"):
        share(last, 31)
    # From July on the points of the State are free: in two pieces where another's lie between.
    assert [(part.parts.lower, part.share) for part in share(last, 60, date(2026, 7, 1))] == [(0, 30), (70, 30)]
    for wrong, field in (
        ({"funder": caf, "share": 1}, "funder"),
        ({"funder": last, "share": 0}, "share"),
        ({"funder": last, "share": 1, "last": END + DAY}, "last"),
        ({"funder": last, "share": 1, "first": JAN - DAY}, "first"),
    ):
        with pytest.raises(InvalidInput) as refused:
            add_share(**{"measure": row, "first": JAN, "last": END, "actor": head} | wrong)
        assert refused.value.field == field
    with pytest.raises(Conflict, match="part d’un financeur"):
        withdraw_measure(measure_id=row.pk, actor=head)
    with pytest.raises(InvalidInput, match="a déjà une part"):
        complete_papers(measure=row, funder=town, agreed_on=None, signed_on=None, actor=head)
    assert [(one.funder, one.share) for one in shares_of(row)] == [(state, 30), (town, 40), (last, 60)]
    # A share that is in pieces goes whole, and no other with it.
    pieces = [piece.pk for piece in row.shares.filter(funder=last)]
    for _ in range(2):
        remove_share(measure=row, share_id=pieces[0], actor=head)
    assert set(row.shares.values_list("funder", flat=True)) == {state.pk, town.pk}
    # It comes back whole, once, where nobody has taken its points.
    for _ in range(2):
        bring_back_share(measure=row, share_id=pieces[1], actor=head)
    assert [(one.funder, one.share) for one in shares_of(row)][-1] == (last, 60)
    remove_share(measure=row, share_id=pieces[0], actor=head)
    share(last, 10, date(2026, 7, 1))
    with pytest.raises(Conflict, match="dépassent 100"):
        bring_back_share(measure=row, share_id=pieces[0], actor=head)
    assert [(one.funder, one.share) for one in shares_of(row)][-1] == (last, 10)
    with pytest.raises(Conflict, match="jamais"):
        bring_back_share(measure=row, share_id=0, actor=head)


def test_two_lines_never_pay_the_same_days(head: Actor) -> None:
    caf = funder()
    first = line(caf, head, last=date(2026, 6, 30))
    assert line(caf, head, last=date(2026, 6, 30)) == first
    with pytest.raises((Conflict, InvalidInput), match="compté deux fois"):
        line(caf, head, reference="2026-02", first=date(2026, 6, 30))
    line(caf, head, reference="2026-02", first=date(2026, 7, 1))
    for _ in range(2):
        withdraw_line(line_id=first.pk, actor=head)
    for _ in range(2):
        assert bring_back_line(line_id=first.pk, actor=head) == first
    withdraw_line(line_id=first.pk, actor=head)
    line(caf, head, reference="2026-03", last=date(2026, 1, 31))
    with pytest.raises(Conflict, match="compté deux fois"):
        bring_back_line(line_id=first.pk, actor=head)
    with pytest.raises(InvalidInput):
        line(caf, head, first=END, last=JAN)
    with pytest.raises(NotAllowed):
        line(caf, make_actor(role=Role.SOCIAL_WORKER))
    with pytest.raises(NotAllowed):
        line(caf, make_actor(role=Role.DIRECTOR))


def test_the_statement_counts_as_the_rule_says(head: Actor) -> None:
    """Forty drawn measures with shares, former kinds and lines that meet within months, against the rule."""
    rng = random.Random(46)

    def day() -> date:
        return JAN + timedelta(days=rng.randrange(365))

    bodies, without_line = [funder() for _ in range(3)], funder()
    for body in bodies:
        for kind in ("SIMPLE", "RENF"):
            cut = day()
            line(body, head, kind=kind, first=JAN, last=cut, counting=rng.choice(Counting.values))
            line(body, head, kind=kind, first=cut + DAY * rng.randint(1, 9), last=END + 20 * DAY, reference="b",
                 counting=rng.choice(Counting.values))  # fmt: skip
    for _ in range(40):
        start, end = sorted((day(), day()))
        row = measure(rng.choice([*bodies, None]), start, end, kind=rng.choice(("SIMPLE", "RENF")))
        if (end - start).days > 2 and rng.random() < 0.5:
            FormerKind.objects.create(
                measure=row, kind=rng.choice(("SIMPLE", "RENF")), until=start + DAY * rng.randrange((end - start).days)
            )
        if rng.random() < 0.6:
            first, last = sorted(start + DAY * rng.randrange((end - start).days + 1) for _ in range(2))
            body = rng.choice([other for other in (*bodies, without_line) if other.pk != row.funder_id])
            add_share(
                measure=row,
                funder=body,
                share=rng.choice((rng.randint(1, 99), 100)),
                first=first,
                last=last,
                actor=head,
            )
    window = Run(JAN, TODAY)
    expected: dict[int, Decimal] = {}
    measures: Counter[int] = Counter()
    for row in Measure.objects.all():
        paid = months_by_line(pieces := list(_pieces(row)), window)
        for pk, n in paid.items():
            expected[pk] = expected.get(pk, Decimal(0)) + n
        # By days, each line has what it paid on any of them.
        measures.update(months_by_line([replace(piece, by_days=True) for piece in pieces], window).keys())
    rows = list(funded(JAN, TODAY + DAY, day=TODAY))
    assert {row.id: row.measures for row in rows if row.measures} == measures
    found = {row.id: row.months for row in rows}
    assert {pk: n for pk, n in found.items() if n} == {
        pk: round(n + Decimal("1e-12"), 2) for pk, n in expected.items() if round(n, 2)
    }


def _pieces(row: Measure) -> Iterator[Piece]:
    last = row.period.upper - DAY
    parts = [(row.funder_id, 100, Run(row.period.lower, last))] if row.funder_id else []
    for share in row.shares.all():
        days = both(Run(share.period.lower, share.last_day), Run(row.period.lower, last))
        assert days is not None
        parts.append((share.funder_id, share.share, days))
        if row.funder_id:
            parts.append((row.funder_id, -share.share, days))
    kinds, since = [], date.min
    for former in row.formers.order_by("until"):
        kinds.append((former.kind, Run(since, former.until)))
        since = former.until + DAY
    kinds.append((row.kind, Run(since, date.max)))
    for paying in FundingLine.objects.all():
        for body, share, days in parts:
            for kind, held in kinds:
                common = both(days, held)
                paid = common and both(common, Run(paying.period.lower, paying.last_day))
                if paid and (paying.funder_id, paying.kind) == (body, kind):
                    yield Piece(paying.pk, paid, share, by_days=paying.counting == Counting.DAYS)


def test_how_long_measures_lasted() -> None:
    """S3-09: 235 mois/mesures of 39 households are 6 months, 80 of 15 are 5, whoever pays them."""
    assert [Lasted("SIMPLE", 235, 39).mean, Lasted("RENF", 80, 15).mean] == [Decimal("6.03"), Decimal("5.33")]
    for start, end in ((date(2026, 1, 31), date(2026, 2, 1)), (date(2025, 6, 15), date(2026, 3, 14)), (JAN, JAN)):
        measure(funder(), start, end)
    changed = measure(None, date(2026, 10, 1), END, kind="RENF")
    FormerKind.objects.create(measure=changed, kind="SIMPLE", until=date(2026, 10, 30))
    other = measure(None, date(2026, 11, 3), END)
    Measure.objects.filter(pk=other.pk).update(household=changed.household, is_lead=False)
    # October is of the kind that it has on the 31st; nothing counts after today.
    assert lasted(JAN, TODAY + DAY) == [Lasted("SIMPLE", 7, 4), Lasted("RENF", 2, 1)]
    assert lasted(date(2025, 1, 1), JAN) == [Lasted("SIMPLE", 7, 1)]
    assert lasted(date(2024, 1, 1), date(2025, 1, 1)) == []
