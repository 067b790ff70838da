"""A kind of task of its own: a team asks for something while its name says « à faire »."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from common.codes import Code
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.models import Team
from office.tasks import kinds
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook

DUE = date(2026, 11, 12)


class TestDuty(Code):
    __test__ = False
    TEAM = "TEST_TEAM", "Équipe à réunir"


@dataclass(slots=True)
class Asked:
    """What the teams ask: by whom, by when."""

    due_on: date | None = DUE
    assignee: dict[int, int] = field(default_factory=dict)
    actor: Actor | None = None

    def causes(self, ids: Collection[int] | None) -> Iterable[Cause]:
        rows = Team.objects.filter(name__startswith="à faire")
        rows = rows if ids is None else rows.filter(pk__in=ids)
        return [
            Cause(pk, due_on=self.due_on, assignee_id=self.assignee.get(pk)) for pk in rows.values_list("pk", flat=True)
        ]

    def endings(self, raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
        return {
            team.pk: Ending("" if team.name.startswith("fait") else "L’équipe n’y est plus")
            for team in Team.objects.filter(pk__in=raised)
        }

    def show(self, ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
        self.actor = actor
        rows = Team.objects.filter(pk__in=ids)
        return {team.pk: TaskLine(f"Réunir {team.name}", "tous", team.name, f"/ici/{team.pk}/") for team in rows}


@pytest.fixture
def asked() -> Asked:
    return Asked()


def kind_of(asked: Asked, *, data: Data = Data.TICKET, may_be_given: bool = True) -> TaskKind:
    return TaskKind(
        code=TestDuty.TEAM, about="team", reveals=data, falls_to=Write(data), causes=asked.causes,
        endings=asked.endings, show=asked.show, locks=lambda ids: Team.objects.filter(pk__in=ids),
        look=TaskLook("tool", "warn", "Réunir", "équipe à réunir,équipes à réunir", lambda: "/ici/"),
        may_be_given=may_be_given,
    )  # fmt: skip


@pytest.fixture
def make_kind(monkeypatch: pytest.MonkeyPatch, asked: Asked) -> object:
    """`make_kind(data=…)`: the kind is declared, and no other."""

    def make(**given: object) -> TaskKind:
        monkeypatch.setattr(kinds, "_declared", {})
        return kinds.declare(kind_of(asked, **given))  # type: ignore[arg-type]

    return make


@pytest.fixture
def kind(make_kind: object) -> TaskKind:
    return make_kind()  # type: ignore[operator]


@pytest.fixture
def team(db: None) -> Team:
    return Team.objects.create(name="à faire, une")
