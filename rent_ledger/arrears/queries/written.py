"""What the written steps will send, for whom and by which way; who gets nothing and why; what was decided and waits."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import QuerySet

from common.links import link
from common.reasons import Reason
from office.access.actor import Actor
from office.messages.codes import WAITING_STATES
from office.messages.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE
from rent_ledger.arrears.models import ArrearsCase, CaseDecision
from rent_ledger.arrears.queries.arrears import arrears_for, named, open_cases
from rent_ledger.arrears.queries.courtesy import SENT_BY, Draft, drafts
from rent_ledger.books.codes import Action, Lane
from rent_ledger.books.models import AccountState

STEPS = (Action.REMINDER, Action.FORMAL_NOTICE)
# Who owes and is written to by nobody today: somebody is asked, a pause runs, or the household is not at fault.
HELD_BACK = (Lane.REFERRED, Lane.PAUSED, Lane.LEGAL, Lane.TECHNICAL)
MOST = 300
"""So many rows of each list; the others come once these are decided."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A letter that a confirmation sends."""

    state: AccountState
    draft: Draft
    url: str

    @property
    def pick(self) -> str:
        """What a tick sends: the account and the action that the person saw."""
        return f"{self.state.pk}:{self.state.action}"

    @property
    def way(self) -> str:
        return self.draft.channel.label

    @property
    def why(self) -> Reason | None:
        return self.state.why


@dataclass(frozen=True, slots=True)
class Step:
    """What waits for a decision of one step. `more`: how many beyond the rows."""

    action: Action
    rows: list[Leaving]
    more: int

    @property
    def anchor(self) -> str:
        """The id of its title on the page."""
        return f"t-{self.action.lower()}"


def to_send(actor: Actor) -> list[Step]:
    """Of each written step, the letters that wait for a decision, the oldest debt first. A fixed number of reads."""
    found = []
    for action in STEPS:
        states = named(arrears_for(actor).filter(action=action)).order_by("oldest_due", "pk")
        rows = list(states[:MOST])
        cases = open_cases([state.pk for state in rows]) if rows else {}
        letters = drafts(cases.values(), actor=actor, kind=SENT_BY[action]) if cases else {}
        leaving = [
            Leaving(state, letters[cases[state.pk].pk], link("rent_ledger:case", cases[state.pk].pk))
            for state in rows
            if state.pk in cases
        ]
        found.append(Step(action, leaving, states.count() - len(rows) if len(rows) == MOST else 0))
    return found


def held_back(actor: Actor) -> QuerySet[AccountState]:
    """Who owes and gets no letter, the largest debt first."""
    rows = arrears_for(actor).filter(lane__in=HELD_BACK, arrears__gt=0).exclude(action__in=STEPS)
    return named(rows).order_by("-arrears", "pk")


@dataclass(frozen=True, slots=True)
class Decided:
    """A letter that was decided and has not left. `decision`: by which it is taken back."""

    message: Message
    decision: CaseDecision


@dataclass(frozen=True, slots=True)
class Batch:
    """What one person decided in one minute, and has not left: it is taken back together."""

    at: datetime
    rows: list[Decided]

    @property
    def undo_url(self) -> str:
        return link("rent_ledger:arrears_undo", d=",".join(str(one.decision.pk) for one in self.rows))


def batches(actor: Actor) -> list[Batch]:
    """The letters that were decided and wait, by who decided them and when, the last first."""
    found = groupby(
        decided(actor), lambda one: (one.decision.decided_at.replace(second=0, microsecond=0), one.decision.author_id)
    )
    return [Batch(at, list(rows)) for (at, _), rows in found]


def decided(actor: Actor) -> list[Decided]:
    """The letters of these steps that were decided and wait, the last first."""
    waiting = Message.objects.filter(
        about=ABOUT_CASE, kind__in=[SENT_BY[action] for action in STEPS], state__in=WAITING_STATES
    ).order_by("-pk")[:MOST]
    numbers = {int(number): message for message in waiting if (number := message.key.rpartition(":")[2]).isdecimal()}
    rows = CaseDecision.objects.standing().filter(pk__in=numbers, case__in=ArrearsCase.objects.filter(closed_on=None))
    return [Decided(numbers[row.pk], row) for row in rows.order_by("-pk")]
