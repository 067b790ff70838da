"""What may be asked of somebody: each kind of task is declared once, in the `duties.py` of the subject that knows why.

    DECISION = declare(
        TaskKind(
            code=ArrearsDuty.DECISION, about=ABOUT_CASE, reveals=Data.ARREARS_CAUSE, falls_to=Write(Data.ARREARS),
            causes=_waiting, endings=_ended, show=_shown, locks=_locked, look=TaskLook(…),
        )
    )

`duties.py` is loaded at start-up. A kind says which rows ask something now (`causes`) and what became of those that ask
no more (`endings`): the tasks follow from that, and the check of the morning compares them with it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from common.codes import Code
from office.access.actor import Actor
from office.access.matrix import OWN, Capability, Data, Read


@dataclass(frozen=True, slots=True)
class Cause:
    """A row that asks something now. `about_id`: its id. `due_on`: its deadline; None where it has none of its own, so
    that the task gets the delay of the house on its first day. `assignee_id`: who has to do it; None, or a person who
    left or lost the right to read it, is the service. `author_id`: who decided what asks it; None is a rule."""

    about_id: int
    _: KW_ONLY
    due_on: date | None = None
    household_id: int | None = None
    assignee_id: int | None = None
    author_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a row asks no more: the act was done, by `by_id` (None: by who acts now), or there is nothing left to do,
    for which `why` is the French reason."""

    why: str = ""
    by_id: int | None = None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """How a task is shown: what is asked, about whom, and the page where the act is. `name` is short, for a group."""

    title: str
    text: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class TaskLook:
    """How the tasks of a kind stand in a list. `many`: singular and plural of a group, after its number. `verb` is that
    of the button; `page` gives the list where a group is worked off. `days_ahead`: how long before its deadline a home
    shows one; None is at once. `tells_late`: a group says how many are late; not where each is, by what it is."""

    icon: str
    hue: str
    verb: str
    many: str
    page: Callable[[], str]
    days_ahead: int | None = None
    tells_late: bool = True


@dataclass(frozen=True, slots=True)
class TaskKind:
    """`about` names what a task of this kind is about (`Task.about`).

    `reveals`: the row of the matrix that the task tells something of; who does not read it never learns of the task.
    `falls_to`: who does it where nobody is named, and who may give it. `causes(ids)`: the rows that ask something now,
    among `ids` or (None) all; every one, since the task of a row that it leaves out is ended. `endings(raised)`: what
    became of rows that ask no more, by id; it is given since when each asked. `show(ids, actor)`: the lines, by id; ids
    that are gone are left out. `locks(ids)`: the rows that whoever changes a cause holds locked.
    `may_be_given`: a person may give it to a colleague; otherwise it goes with its cause.
    """

    code: Code
    about: str
    reveals: Data
    falls_to: Capability
    causes: Callable[[Collection[int] | None], Iterable[Cause]]
    endings: Callable[[Mapping[int, datetime]], Mapping[int, Ending]]
    show: Callable[[Collection[int], Actor], Mapping[int, TaskLine]]
    locks: Callable[[Collection[int]], QuerySet[Any]]
    look: TaskLook
    may_be_given: bool = False

    @property
    def label(self) -> str:
        return self.code.label

    @property
    def seen_by(self) -> Capability:
        """What it takes to have such a task oneself."""
        return Read(self.reveals, OWN)


KIND_LENGTH, ABOUT_LENGTH = 16, 20
"""Of the columns that hold a code of kind and what a task is about."""
_declared: dict[str, TaskKind] = {}


def declare(kind: TaskKind) -> TaskKind:
    """Declare a kind once."""
    if _declared.setdefault(str(kind.code), kind) is not kind:
        raise ValueError(f"task {kind.code} is declared twice")
    return kind


def declared() -> Mapping[str, TaskKind]:
    """All kinds, by code."""
    return MappingProxyType(_declared)
