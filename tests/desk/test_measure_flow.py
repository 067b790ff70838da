"""Measures over a period: what a funder reads adds up to what the house has."""

from datetime import date
from typing import Any

import pytest

from common.periods import period
from desk.queries.measure_flow import measure_flow
from office.access.codes import Role
from office.house.codes import OrganisationKind
from office.models import Organisation
from social_link.measures.codes import MeasureKind
from social_link.models import Measure
from tests.factories import make_let, make_organisation, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
OCT, NOV, DEC = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def measure(start: date, end: date, *, funder: Organisation | None = None) -> Measure:
    return Measure.objects.create(
        household=make_let(start=date(2024, 3, 15)).household, kind=MeasureKind.ASLL, funder=funder,
        referent=make_user(role=Role.SOCIAL_WORKER), period=period(start, end), planned_end=end,
    )  # fmt: skip


def counts(funders: list[int] | None = None) -> tuple[int, int, int, int]:
    rows = measure_flow(NOV, DEC, funders)
    return tuple(sum(getattr(row, name) for row in rows) for name in ("before", "opened", "ended", "after"))  # type: ignore[return-value]


def test_a_measure_is_counted_before_opened_ended_and_after() -> None:
    measure(date(2026, 6, 1), date(2027, 6, 1))
    measure(date(2026, 11, 12), date(2027, 6, 1))
    measure(date(2026, 6, 1), date(2026, 11, 20))
    measure(date(2026, 11, 3), date(2026, 11, 20))
    measure(date(2026, 6, 1), date(2026, 10, 20))
    assert counts() == (2, 2, 2, 2)


def test_the_funders_and_those_without_make_the_whole() -> None:
    one, other = (make_organisation(kinds=[OrganisationKind.FUNDER]) for _ in range(2))
    measure(date(2026, 6, 1), date(2027, 6, 1), funder=one)
    measure(date(2026, 11, 12), date(2027, 6, 1), funder=other)
    measure(date(2026, 11, 12), date(2027, 6, 1))
    assert counts([one.pk]) == (1, 0, 0, 1)
    assert counts([other.pk]) == (0, 1, 0, 1)
    assert counts([]) == (0, 0, 0, 0)
    assert counts() == (1, 2, 0, 3)


def test_the_funder_takes_his_own_away(client_as: Any) -> None:
    ours, theirs = (make_organisation(kinds=[OrganisationKind.FUNDER]) for _ in range(2))
    measure(date(2026, 6, 1), date(2027, 6, 1), funder=ours)
    measure(date(2026, 6, 1), date(2027, 6, 1), funder=theirs)
    client = client_as(make_user(role=Role.FUNDER, organisation=ours))
    page = client.get("/", {"p": "trimestre"})
    assert [(row.before, row.after) for row in page.context["page"].flow] == [(1, 1)]
    taken = client.get("/", {"p": "trimestre", "export": "mesures"})
    assert taken["Content-Type"].startswith("text/csv")
    lines = taken.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Mesure;Au 31/07/2026;Ouvertes;Terminées;Au 31/10/2026"
    assert [line.partition(";")[2] for line in lines[1:]] == ["1;0;0;1"]
