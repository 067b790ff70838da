"""Households by name, phone or a member's name; where nothing is so written, those whose name resembles it."""

from datetime import date
from functools import reduce
from operator import add

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q, QuerySet

from common.links import link
from common.periods import contains, last_day
from common.text import sort_key
from common.typography import phone, short_day
from desk.queries.search.hits import Group, Hit, marked, words
from leases.households.beside import own_among
from leases.households.perms import can_read_address
from leases.models import Household, Membership, Occupancy, Person
from office.access.actor import Actor
from office.access.matrix import Data, Read, can
from rent_ledger.arrears.queries.standing import HouseholdStanding, badge_of, standings
from rent_ledger.books.codes import Lane

TITLE = "Ménages"
# Shorter words resemble too many others.
SHORTEST_MISSPELT = 4


def households(key: str, number: str, actor: Actor, day: date, limit: int) -> Group | None:
    """Those with every word of `key` in their name, reference or a member's name, or with `number` in a member's."""
    if not can(actor, Read(Data.IDENTITY)):
        return None
    visible = Household.objects.visible_to(actor)
    people = Person.objects.filter(Q(phone_key__contains=number) if number else words("search_key", key))
    return _group(
        visible.filter(words("search_key", key)).order_by("sort_key", "id"), people.order_by("sort_key", "id"),
        key, number, actor, day, limit,
    )  # fmt: skip


def alike(key: str, actor: Actor, day: date, limit: int) -> Group | None:
    """Those whose names resemble what was typed, the closest first: a letter too many, one too few, another one."""
    typed = key.split()
    if not can(actor, Read(Data.IDENTITY)) or not any(len(word) >= SHORTEST_MISSPELT for word in typed):
        return None
    if any(c.isdigit() for c in key):
        return None
    resembling = Q()
    for word in typed:
        lookup = "search_key__trigram_word_similar" if len(word) >= SHORTEST_MISSPELT else "search_key__contains"
        resembling &= Q(**{lookup: word})
    closest = reduce(add, (TrigramWordSimilarity(word, "search_key") for word in typed))
    visible = Household.objects.visible_to(actor).filter(resembling).order_by(closest.desc(), "sort_key", "id")
    people = Person.objects.filter(resembling).order_by(closest.desc(), "sort_key", "id")
    return _group(visible, people, key, "", actor, day, limit)


def _group(
    by_name: "QuerySet[Household]",
    people: "QuerySet[Person]",
    key: str,
    number: str,
    actor: Actor,
    day: date,
    limit: int,
) -> Group:
    ids = list(by_name.values_list("pk", flat=True)[: limit + 1])
    by_person = Membership.objects.filter(person__in=people[: limit + 1].values("pk")).order_by("-period")
    ids += by_person.values_list("household", flat=True)[: limit + 1]
    rows = {h.pk: h for h in Household.objects.visible_to(actor).filter(pk__in=ids).with_protection(day)}
    ordered = [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]
    shown = ordered[:limit]
    return Group(TITLE, _hits(shown, key, number, actor, day), more=len(ordered) > limit)


def _hits(rows: list[Household], key: str, number: str, actor: Actor, day: date) -> list[Hit]:
    ids = [row.pk for row in rows]
    homes: dict[int, Occupancy] = {}
    for stay in Occupancy.objects.filter(household__in=ids).select_related("dwelling").order_by("period"):
        homes[stay.household_id] = stay
    people: dict[int, list[Person]] = {}
    members = Membership.objects.filter(household__in=ids).select_related("person").order_by("role", "id")
    for member in members:
        people.setdefault(member.household_id, []).append(member.person)
    states = standings(ids)
    own = own_among(ids, actor)
    hits = []
    for row in rows:
        home: Occupancy | None = homes.get(row.pk)
        notes = []
        protected: bool = row.is_protected  # type: ignore[attr-defined]
        if home and can_read_address(actor, row, is_protected=protected, in_charge=row.pk in own):
            notes.append(home.dwelling.reference)
        matching = _matching_person(people.get(row.pk, []), key, number)
        if (
            matching
            and sort_key(row.name) not in sort_key(str(matching))
            and sort_key(str(matching)) != sort_key(row.name)
        ):
            notes.append(str(matching))
        call = (matching.phone if matching else "") or next((p.phone for p in people.get(row.pk, []) if p.phone), "")
        if call:
            notes.append(phone(call))
        left = last_day(home.period) if home and not contains(home.period, day) else None
        if left and left < day:
            notes.append(f"parti le {short_day(left, year=True)}")
        hits.append(
            Hit(
                url=link("desk:household", row.pk),
                title=marked(row.name, key),
                note=" · ".join(notes),
                initials=row.name,
                household_id=row.pk,
                is_housed=home is not None and contains(home.period, day),
                is_followed=row.pk in own,
                number=call,
                badge=_badge(states.get(row.pk), home, day, actor),
            )
        )
    return hits


def _matching_person(people: list[Person], key: str, number: str) -> Person | None:
    if number:
        return next((p for p in people if number in p.phone_key), None)
    return next((p for p in people if all(word in p.search_key for word in key.split())), None)


def _badge(
    standing: HouseholdStanding | None, home: Occupancy | None, day: date, actor: Actor
) -> tuple[str, str] | None:
    if standing and standing.lane != Lane.NONE:
        return badge_of(standing.lane, actor)
    if home and not contains(home.period, day) and home.period.upper and home.period.upper <= day:
        return "Parti", "gone"
    return badge_of(standing.lane, actor) if standing else None
