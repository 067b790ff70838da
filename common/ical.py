"""A calendar that other programs read (RFC 5545): days and hours, each with a title and an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event, Timezone

from common.clock import PARIS

CONTENT_TYPE = "text/calendar; charset=utf-8"
READ_AGAIN = timedelta(hours=4)
"""How often a calendar is asked to read what it subscribed to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`uid`: the same at each reading, of this entry alone in the world. `at`: the hour in Paris; None is the whole
    day. `url`: an address that works from outside."""

    uid: str
    title: str
    day: date
    url: str
    at: time | None = None


def written(entries: Iterable[Entry], *, name: str, made_on: date) -> bytes:
    """The calendar `name` with its entries. `made_on` is the day that it is of: on one day, the same entries give the
    same bytes. An entry with an hour has no end, since nobody knows it; one of a whole day keeps nobody busy."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ancrage//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    stamp = datetime.combine(made_on, time(), tzinfo=UTC)
    for entry in entries:
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", stamp)
        event.add("dtstart", _start(entry))
        event.add("summary", entry.title)
        event.add("url", entry.url)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT" if entry.at is None else "OPAQUE")
        calendar.add_component(event)
    if not calendar.subcomponents:
        # A calendar has one component at least (RFC 5545, 3.6): of an empty one, its time zone.
        day = made_on + timedelta(days=1)
        calendar.add_component(Timezone.from_tzid(PARIS.key, first_date=made_on, last_date=day))
    return bytes(calendar.to_ical())


def _start(entry: Entry) -> date | datetime:
    if entry.at is None:
        return entry.day
    # In UTC: an hour of Paris would need the rules of its zone beside it.
    return datetime.combine(entry.day, entry.at, tzinfo=PARIS).astimezone(UTC)
