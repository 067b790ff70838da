"""Difficulties are noted together, as they stand from a day on, and taken back together."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from common import clock
from common.db import french_refusals
from common.errors import Conflict, InvalidInput, NotAllowed
from common.history import brought_back, deleted
from common.periods import ONE_DAY, period
from leases.models import Household
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, Write, can
from office.access.permissions import needs
from office.access.services.access_log import log_access
from social_link.contacts.perms import require_follows
from social_link.difficulties.codes import DifficultyKind
from social_link.difficulties.models import Difficulty
from social_link.difficulties.perms import is_in_charge
from social_link.difficulties.queries import seen_word


def _locked(household: Household, actor: Actor) -> Household:
    """The household under lock: two who note at once are one after the other."""
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    require_follows(actor, row)
    return row


@needs(Write(Data.DIFFICULTY, OWN))
@transaction.atomic
def note_difficulties(
    *, household: Household, kinds: Collection[str], on: date, seen: str, actor: Actor
) -> UUID | None:
    """These difficulties stand from `on`, and no other one: what is new begins that day, what is not among them is no
    more from that day. One that would end on its first day or before never stood, and is taken out.

    Returns the gesture, which `take_back_difficulties` undoes; None where nothing changes, as when it is sent again.
    `seen`: what stood when the form was filled (`seen_word`). `Conflict` where that changed since; `InvalidInput` of a
    day to come (`on`), of an unknown code (`kinds`).
    """
    row = _locked(household, actor)
    if actor.user is None:
        raise NotAllowed("Une difficulté est notée par une personne.")
    if on > clock.today():
        raise InvalidInput("Choisissez aujourd’hui ou un jour passé.", field="on")
    if not set(kinds) <= set(DifficultyKind.values):
        raise InvalidInput("Choisissez dans la liste.", field="kinds")
    standing = {one.kind: one for one in Difficulty.objects.filter(household=row, period__endswith=None)}
    if set(standing) == set(kinds):
        return None
    if seen != seen_word(standing.values()):
        raise Conflict(
            "Les difficultés de ce ménage ont changé entre-temps : relisez la liste, puis envoyez.", code="changed"
        )
    gesture = uuid4()
    for kind, one in standing.items():
        if kind not in kinds:
            _end(one, on, gesture, actor)
    for kind in DifficultyKind.values:
        if kind in kinds and kind not in standing:
            one = Difficulty(household=row, kind=kind, period=period(on), noted_by=actor.user, noted_in=gesture)
            with french_refusals(one):
                one.save()
    return gesture


def _end(one: Difficulty, on: date, gesture: UUID, actor: Actor) -> None:
    never_stood = on <= one.period.lower
    # What goes is written first: its history then says who took it out, in which gesture.
    one.period = period(one.period.lower, one.period.lower + ONE_DAY if never_stood else on)
    one.ended_by, one.ended_in = actor.user, gesture
    one.save(update_fields=["period", "ended_by", "ended_in"])
    if never_stood:
        one.delete()


@needs(Write(Data.DIFFICULTY, OWN))
@transaction.atomic
def take_back_difficulties(*, household: Household, gesture: UUID, actor: Actor) -> None:
    """Undo one `note_difficulties`. Again changes nothing. `Conflict` where another gesture came after it."""
    row = _locked(household, actor)
    begun = list(Difficulty.objects.filter(household=row, noted_in=gesture))
    if any(one.ended_in for one in begun):
        raise Conflict("Autre chose a été noté depuis : corrigez la liste elle-même.", code="changed")
    for one in begun:
        one.delete()
    with french_refusals():
        brought_back(Difficulty, _taken_out(row, gesture))
        for one in Difficulty.objects.filter(household=row, ended_in=gesture):
            one.period, one.ended_by, one.ended_in = period(one.period.lower), None, None
            one.save(update_fields=["period", "ended_by", "ended_in"])


def _taken_out(household: Household, gesture: UUID) -> list[Any]:
    """The rows that this gesture deleted and that nobody has brought back since, as their history keeps them."""
    there = set(Difficulty.objects.filter(household=household).values_list("pk", flat=True))
    last: dict[int, Any] = {}
    for event in deleted(Difficulty, household_id=household.pk):
        last.setdefault(event.id, event)
    return [event for pk, event in last.items() if pk not in there and event.ended_in == gesture]


@needs(Read(Data.DIFFICULTY, OWN))
@transaction.atomic
def show_difficulties(*, household: Household, actor: Actor, is_own_case: bool | None = None) -> list[Difficulty]:
    """Those of the household that the actor may read, what stands first; none for the others. A read by who is not in
    charge of it is logged. `is_own_case`: whether the actor is, where the caller knows it."""
    is_own = is_in_charge(actor, household) if is_own_case is None else is_own_case
    if not (is_own or can(actor, Read(Data.DIFFICULTY))):
        return []
    rows = list(Difficulty.objects.filter(household=household).select_related("noted_by", "ended_by"))
    rows.sort(key=lambda row: (row.last_day is not None, DifficultyKind.values.index(row.kind), row.period.lower))
    if rows and not is_own:
        log_access(actor=actor, subject=Data.DIFFICULTY, obj=household, household_id=household.pk)
    return rows
