"""What a technician's phone reads: the day's round, and each job with what a technician may know."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from common import clock
from common.typography import short_day
from leases.households.codes import MemberRole
from leases.models import Membership, Person
from maintenance.tickets.codes import OPEN_STATES, Outcome, Priority
from maintenance.tickets.models import KEPT, Intervention, Ticket
from maintenance.tickets.queries import PASSAGES, RANKS, is_occupied, is_told_today, is_untouched, place_of, told
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Read, can


@dataclass(slots=True)
class Job:
    """One passage of a round: what a technician may know, and nothing else (no balance, no note, no reason)."""

    ticket: Ticket
    who: str
    phone: str
    address: str
    place: str
    access: str
    safety: str
    is_masked: bool
    running: Intervention | None = None
    done: Intervention | None = None
    began_before: str = ""
    """The day on which the running passage began, where it was an earlier one: its end is late."""

    @property
    def at(self) -> time | None:
        return self.ticket.planned_at

    @property
    def may_take_back(self) -> bool:
        """The last thing that was noted may be taken back: nothing followed it."""
        return self.done is not None and is_untouched(self.ticket, self.done)

    @property
    def has_occupant(self) -> bool:
        """Somebody lives there, of whom something may be signalled."""
        return self.ticket.household_id is not None or bool(getattr(self.ticket, "is_occupied", False))

    @property
    def is_over(self) -> bool:
        return self.done is not None

    @property
    def is_urgent(self) -> bool:
        """An emergency to which nobody has given a day, and that nobody is at work on."""
        ticket = self.ticket
        return ticket.is_emergency and ticket.may_change and ticket.planned_on is None and not ticket.is_held


@dataclass(slots=True)
class Round:
    """The day of a technician. `current` is the next thing to do, framed on the phone; `urgent`: emergencies to which
    nobody has given a day."""

    day: date
    jobs: list[Job]
    urgent: list[Job]
    to_plan: list[Job]
    current: Job | None = field(default=None)

    @property
    def done(self) -> int:
        return sum(job.is_over for job in self.jobs)


def _members(day: date) -> Prefetch:
    members = Membership.objects.filter(period__contains=day).select_related("person").order_by("role", "id")
    return Prefetch("household__memberships", queryset=members, to_attr="present")


def _persons(ticket: Ticket) -> list[Person]:
    if ticket.household is None:
        return []
    memberships: list[Membership] = ticket.household.present  # type: ignore[attr-defined]
    return [m.person for m in memberships]


def _phone(ticket: Ticket) -> str:
    if ticket.contact_phone:
        return ticket.contact_phone
    if ticket.household is None:
        return ""
    memberships: list[Membership] = ticket.household.present  # type: ignore[attr-defined]
    return next((m.person.phone for m in memberships if m.person.phone and m.role == MemberRole.ADULT), "")


def _job(ticket: Ticket, actor: Actor, day: date) -> Job:
    dwelling = ticket.dwelling
    passages: list[Intervention] = ticket.passages  # type: ignore[attr-defined]
    running = next((p for p in passages if p.ended_at is None), None)
    protected = any(person.is_address_protected for person in _persons(ticket))
    desk = can(actor, Read(Data.TICKET))
    masked = protected and not desk and not is_told_today(ticket, running)
    if protected and not masked and not desk and ticket.household:
        told(actor, ticket.household)
    enters = can(actor, Read(Data.ACCESS_NOTES, OWN)) and not masked
    done = next(
        (p for p in passages if p.counts and p.ended_at and p.ended_at.astimezone(clock.PARIS).date() == day), None
    )
    began = running.started_at.astimezone(clock.PARIS).date() if running else day
    return Job(
        ticket=ticket,
        who=ticket.who,
        phone=_phone(ticket),
        address="Adresse protégée : visible le jour du passage" if masked else dwelling.address,
        place="" if masked else place_of(dwelling),
        access=" · ".join(filter(None, [dwelling.building.access_notes, dwelling.access_notes])) if enters else "",
        safety=dwelling.safety_notice,
        is_masked=masked,
        running=running,
        began_before=short_day(began, today=day) if began < day else "",
        # Seen absent this morning and planned again for this evening: still to do.
        done=None if running or (ticket.is_open and ticket.planned_on == day) else done,
    )


def _jobs(tickets: QuerySet[Ticket], actor: Actor, day: date) -> list[Job]:
    rows = tickets.select_related("dwelling__building", "household", "assignee").annotate(is_occupied=is_occupied())
    rows = rows.prefetch_related(_members(day), PASSAGES)
    return [_job(ticket, actor, day) for ticket in rows]


def job_of(ticket_id: int, actor: Actor) -> Job | None:
    """One job that the actor may see, or None."""
    jobs = _jobs(Ticket.objects.visible_to(actor).filter(pk=ticket_id), actor, clock.today())
    return jobs[0] if jobs else None


def past_job_of(ticket_id: int, actor: Actor) -> Job | None:
    """A job that went on to somebody else after a passage of the actor's, or None: what he did there, not what came
    after, as long as it is kept (`KEPT`). Who lives there, and where, on the day of that passage only."""
    day = clock.today()
    mine = Intervention.objects.filter(
        ticket=OuterRef("pk"), technician=actor.user_id, ended_at__gte=clock.now() - KEPT
    )
    jobs = _jobs(Ticket.objects.filter(Exists(mine), pk=ticket_id), actor, day) if can(actor, Read(Data.ROUND)) else []
    if not jobs:
        return None
    job = jobs[0]
    passages: list[Intervention] = job.ticket.passages  # type: ignore[attr-defined]
    own = [p for p in passages if p.technician_id == actor.user_id and p.ended_at is not None]
    job.running, job.done = None, own[0]
    job.ticket.passages = own  # type: ignore[attr-defined]
    was_today = any(p.ended_at and p.ended_at >= _bounds(day)[0] for p in own)
    # The day of a protected address is that of the technician of the job: another one by now.
    job.is_masked = not was_today or any(person.is_address_protected for person in _persons(job.ticket))
    job.phone = job.access = job.safety = ""
    if job.is_masked:
        job.who = job.address = job.place = ""
    return job


def round_of(actor: Actor, day: date) -> Round:
    """The technician's list of `day`: what is planned or left over, what was done that day, then what has no day. An
    emergency without an hour comes before the hours of the day."""
    start, end = _bounds(day)
    passed = Intervention.objects.filter(ticket=OuterRef("pk"), ended_at__gte=start, ended_at__lt=end).exclude(
        outcome=Outcome.TAKEN_BACK
    )
    kept = Q(state__in=OPEN_STATES, held_until__isnull=True) | Exists(passed)
    # What needs another trade is nobody's again: the passage stays in the day of who made it.
    by_me = Exists(passed.filter(technician=actor.user_id))
    wanted = Ticket.objects.filter((Q(assignee=actor.user_id) & kept) | by_me)
    everything = _jobs(wanted, actor, day)
    for job in everything:
        if job.ticket.assignee_id != actor.user_id:
            job.running, job.done = None, _own_passage(job.ticket, actor, start, end)
    today = [
        job
        for job in everything
        if job.is_over or job.running or (job.ticket.planned_on is not None and job.ticket.planned_on <= day)
    ]
    today.sort(
        key=lambda job: (
            not job.is_over,
            job.running is None,
            job.at or (time.min if job.ticket.is_emergency else time.max),
            RANKS[Priority(job.ticket.priority)],
            job.ticket.pk,
        )
    )
    shown = {job.ticket.pk for job in today}
    to_plan = [job for job in everything if job.ticket.pk not in shown and job.ticket.planned_on is None]
    to_plan.sort(key=lambda job: (job.ticket.due_on, job.ticket.pk))
    # One that nobody opened for this morning is among what was done, and is to do again.
    urgent = [job for job in everything if job.is_urgent]
    urgent.sort(key=lambda job: (job.ticket.due_on, job.ticket.pk))
    result = Round(day, today, urgent, [job for job in to_plan if not job.is_urgent])
    result.current = next((job for job in today if not job.is_over), None)
    return result


def passages_of(actor: Actor, *, since: date) -> QuerySet[Ticket]:
    """One's own jobs that are planned for `since` or after."""
    rows = Ticket.objects.visible_to(actor).open()
    rows = rows.filter(assignee=actor.user_id, held_until=None, planned_on__gte=since)
    return rows.order_by("planned_on", "planned_at", "id")


def _own_passage(ticket: Ticket, actor: Actor, start: datetime, end: datetime) -> Intervention | None:
    passages: list[Intervention] = ticket.passages  # type: ignore[attr-defined]
    mine = (p for p in passages if p.technician_id == actor.user_id and p.ended_at is not None and p.counts)
    return next((p for p in mine if p.ended_at is not None and start <= p.ended_at < end), None)


def _bounds(day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, time.min, tzinfo=clock.PARIS)
    end = datetime.combine(date.fromordinal(day.toordinal() + 1), time.min, tzinfo=clock.PARIS)
    return start, end
