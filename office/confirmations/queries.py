"""What was confirmed: about a thing, for who may read the thing; of all things, as the reader's roles allow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from common.codes import Code
from common.links import link
from common.reasons import Reason
from office.access.actor import Actor
from office.access.matrix import can
from office.confirmations.models import Confirmation
from office.confirmations.subjects import declared


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`asked` is the French sentence; `author` is empty for what Ancrage itself did."""

    asked: str
    reason: str
    author: str
    at: datetime


def confirmed(about: str, about_id: int, *codes: type[Code]) -> list[Confirmed]:
    """What was confirmed about one thing, the first first: one query. `codes` are the questions of its subject."""
    return confirmed_of(about, [about_id], *codes).get(about_id, [])


def confirmed_of(about: str, about_ids: Iterable[int], *codes: type[Code]) -> dict[int, list[Confirmed]]:
    """The same of several things, by id: one query."""
    rows = Confirmation.objects.filter(about=about, about_id__in=about_ids).select_related("author").order_by("id")
    found: dict[int, list[Confirmed]] = {}
    for row in rows:
        found.setdefault(row.about_id, []).append(_confirmed(row, *codes))
    return found


def _confirmed(row: Confirmation, *codes: type[Code]) -> Confirmed:
    asked = Reason.from_json({"code": row.question, "figures": row.figures}, *codes).text()
    return Confirmed(asked, row.reason, str(row.author or ""), row.confirmed_at)


def confirmations_for(actor: Actor) -> "QuerySet[Confirmation]":
    """Those of which the actor may know that they are, the latest first."""
    closed = [one.about for one in declared().values() if one.is_secret and not can(actor, one.tells)]
    return Confirmation.objects.exclude(about__in=closed).select_related("author").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Kept:
    """One row of the list. `told` is None where the reader may know only that something was confirmed; `url` is empty
    where the page of the thing is closed to him."""

    author: str
    at: datetime
    label: str
    number: int
    told: Confirmed | None
    url: str


def kept(rows: Iterable[Confirmation], actor: Actor) -> list[Kept]:
    """What the list of confirmations shows of `rows` (with their `author`), by no query."""
    found, subjects = [], declared()
    for row in rows:
        subject = subjects.get(row.about)
        told = _confirmed(row, *subject.codes) if subject and can(actor, subject.tells) else None
        url = link(subject.page, row.about_id) if subject and can(actor, subject.opens) else ""
        label = subject.label if subject else row.about
        found.append(Kept(str(row.author or ""), row.confirmed_at, label, row.about_id, told, url))
    return found
