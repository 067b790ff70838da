"""What pages and API read of the rights: only for an actor who reads them (`perms`)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from common.money import ZERO
from common.params import Params
from leases.contracts.codes import LeaseState
from leases.households.codes import MemberRole
from leases.households.queries import Composition, composition_on
from leases.models import Household, Lease, Membership, Person
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from office.parameters.queries import params_on
from rent_ledger.models import BenefitRight
from social_link.budgets.codes import Resource, Spending
from social_link.budgets.models import Budget
from social_link.budgets.queries import last_budgets
from social_link.contacts.perms import followed_by
from social_link.measures.models import Measure, Referent
from social_link.measures.own_cases import own_cases
from social_link.rights.codes import Due, RightKind, RightState
from social_link.rights.looks import DUES, STATES
from social_link.rights.models import RightFact, RightFactQuerySet
from social_link.rights.parameters import hint_params, right_params
from social_link.rights.perms import kinds_for
from social_link.rights.rules.days import RightParams, due
from social_link.rights.rules.hints import Hint, HintParams, Situation, hints
from social_link.rights.rules.kinds import HEALTH, KINDS, RightRule


@dataclass(frozen=True, slots=True)
class RightNow:
    """A right as it stands. `fact`: the last one, None while nobody said anything. `hint`: why to ask about it."""

    kind: RightKind
    person: Person | None
    fact: RightFact | None
    due: Due
    hint: Hint | None = None

    @property
    def rule(self) -> RightRule:
        return KINDS[self.kind]

    @property
    def label(self) -> str:
        return self.kind.label

    @property
    def key(self) -> str:
        """Its name in a form: « RSA », « ARE-12 »."""
        return f"{self.kind}-{self.person.pk}" if self.person else str(self.kind)

    @property
    def state(self) -> RightState:
        return RightState(self.fact.said) if self.fact else RightState.UNKNOWN

    @property
    def is_due(self) -> bool:
        return self.due != Due.NOTHING

    @property
    def is_contestable(self) -> bool:
        return self.due == Due.CONTEST

    @property
    def look(self) -> tuple[str, str]:
        """Its word and its meaning: what it waits for before how it stands."""
        return DUES.get(self.due) or (self.state.label, STATES[self.state])


def rights_for(actor: Actor) -> RightFactQuerySet:
    """Facts of the households that the actor follows; those of health, of the ones that he accompanies."""
    rows = RightFact.objects.filter(household__in=followed_by(actor))
    if can(actor, Read(Data.RIGHT)):
        return rows
    return rows.filter(~Q(kind__in=HEALTH) | own_cases(actor.user_id or 0, "household"))


def present(rows: RightFactQuerySet, day: date) -> RightFactQuerySet:
    """Those of the household itself, and of who is in it on `day`."""
    here = Membership.objects.filter(person=OuterRef("person"), household=OuterRef("household"), period__contains=day)
    return rows.filter(Q(person=None) | Exists(here))


def accompanied(rows: RightFactQuerySet, day: date) -> RightFactQuerySet:
    """Those of households that somebody accompanies on `day`: what nobody follows asks nothing."""
    referent = Referent.objects.filter(household=OuterRef("household"), period__contains=day)
    measure = Measure.objects.running_on(day).filter(household=OuterRef("household"))
    return rows.filter(Exists(referent) | Exists(measure))


def standing_of(fact: RightFact, *, day: date, params: RightParams) -> RightNow:
    """One right by its last fact, whose person is at hand."""
    what = due(fact.said, renew_on=fact.renew_on, contest_by=fact.contest_by, day=day, params=params)
    return RightNow(RightKind(fact.kind), fact.person, fact, what)


def rights_of(
    household: Household,
    actor: Actor,
    *,
    day: date,
    situation: Situation | None = None,
    people: Composition | None = None,
    is_referent: bool = False,
    params: Params | None = None,
) -> list[RightNow]:
    """The rights that the actor reads of a household, in the order of the twelve: the household's once, a personal one
    for each adult. With `situation`, the hints too. Four queries; one where members, referent and the parameters of the
    day are known already."""
    kinds = kinds_for(actor, household.pk, is_referent=is_referent)
    people, params = people or composition_on(household, day), params or params_on(day)
    found = {
        (fact.kind, fact.person_id): fact
        for fact in RightFact.objects.filter(household=household, kind__in=kinds).standing().select_related("author")
    }
    delays = right_params(day, params=params)
    rows = []
    for kind in kinds:
        persons = [member.person for member in people.adults] if KINDS[kind].is_personal else [None]
        for person in persons:
            fact = found.get((kind, person.pk if person else None))
            what = Due.NOTHING
            if fact is not None:
                what = due(fact.said, renew_on=fact.renew_on, contest_by=fact.contest_by, day=day, params=delays)
            rows.append(RightNow(kind, person, fact, what))
    return rows if situation is None else _hinted(rows, situation, hint_params(day, params=params))


def _hinted(rows: list[RightNow], situation: Situation, params: HintParams) -> list[RightNow]:
    states = defaultdict(list)
    for row in rows:
        states[row.kind].append(row.state)
    told = {hint.kind: hint for hint in hints(situation, states, params)}
    # A personal right is hinted at once, on the first line.
    return [RightNow(row.kind, row.person, row.fact, row.due, told.pop(row.kind, None)) for row in rows]


def situation_of(
    household: Household,
    *,
    day: date,
    people: Composition | None = None,
    budgets: Sequence[Budget] | None = None,
) -> Situation:
    """The facts that hints are drawn from: the last two budgets, the composition, the contract and the aid that the
    books know. Five queries at most, two where the members and the last budgets are known already."""
    last, before = ([*(last_budgets(household, 2) if budgets is None else budgets), None, None])[:2]
    people = people or composition_on(household, day)
    lease = Lease.objects.filter(household=household, state=LeaseState.ACTIVE, period__contains=day)
    aid = BenefitRight.objects.filter(lease__household=household, period__contains=day)
    lines = last.month if last else None
    return Situation(
        resources=frozenset(lines.resources) if lines else None,
        before=frozenset(before.month.resources) if before else frozenset[Resource](),
        ages=[member.age for member in people.members if member.age is not None],
        children=[m.age for m in people.members if m.role == MemberRole.CHILD and m.age is not None],
        pays_rent=lease.exists() or (last is not None and last.rent > ZERO),
        has_aid=(last is not None and last.aid > ZERO) or aid.exists(),
        has_debts=lines is not None and Spending.DEBTS in lines.spending,
    )


def history_of(household: Household, kind: RightKind, person: Person | None) -> list[RightFact]:
    """What was said of one right, the last first."""
    rows = RightFact.objects.filter(household=household, kind=kind, person=person)
    return list(rows.select_related("author"))


def to_watch(actor: Actor, *, day: date) -> list[RightNow]:
    """The rights of accompanied households to renew, or whose refusal can still be contested, the first due first:
    one's own, all for the head. One query."""
    params = right_params(day)
    rows = accompanied(present(rights_for(actor).standing(), day), day)
    waiting = Q(said=RightState.OPEN, renew_on__isnull=False) | Q(said=RightState.REFUSED, contest_by__gte=day)
    found = [
        standing_of(fact, day=day, params=params)
        for fact in rows.filter(waiting).select_related("household", "person").order_by("id")
    ]
    return sorted((row for row in found if row.due != Due.NOTHING), key=lambda row: (_until(row), row.key))


def _until(row: RightNow) -> date:
    assert row.fact is not None
    until: date = row.fact.renew_on or row.fact.contest_by  # type: ignore[assignment]  # one of them: it is due
    return until
