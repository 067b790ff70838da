"""Repairs in the demo: calls, rounds, absences, signals."""

from datetime import date, time, timedelta
from random import Random

from common import clock
from demo.households import Housed
from demo.play import Play
from demo.social_life import SocialLife
from leases.models import Occupancy
from maintenance.models import Ticket
from maintenance.tickets.codes import OPEN_STATES, Outcome, PaidBy, Priority, SignalKind, Source, Trade
from maintenance.tickets.rules.priority import PROBLEMS, Problem
from maintenance.tickets.services.tickets import (
    close,
    mark_absent,
    open_ticket,
    plan,
    send_signal,
    start,
)
from stock.dwellings.codes import ConstructionType

HOURS = (time(8, 30), time(9, 30), time(10, 30), time(14), time(15), time(16))
# At most this many calls a day in a large association.
MOST_CALLERS = 400
REPORTS = (
    "Joint remplacé, plus de fuite.", "Purge et remise en pression.", "Serrure graissée, gâche réglée.",
    "Disjoncteur remplacé, installation vérifiée.", "Détecteur remplacé.", "Bouche d’extraction nettoyée.",
)  # fmt: skip


class FieldLife:
    """The two technicians and the calls for repairs: about one a year for each dwelling."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play = play
        self.social = social
        self.technicians = ("yann", "samia")
        self.built: dict[int, str] = {}

    def _at_home(self, day: date) -> list[Housed]:
        """Who has a home on `day` and keeps it."""
        homes = Occupancy.objects.filter(period__contains=day)
        self.built = dict(homes.values_list("household_id", "dwelling__construction"))
        return [h for h in self.play.housed.values() if h.leaves_on is None and h.household.pk in self.built]

    def _problem(self, one: Housed, rng: Random) -> Problem:
        """What is wrong at home: a house has no hall and no lift."""
        is_house = self.built[one.household.pk] == ConstructionType.INDIVIDUAL
        return rng.choice([p for p in PROBLEMS if not (is_house and p.trade == Trade.COMMON)])

    def day(self, day: date) -> None:
        housed = self._at_home(day)
        draws = self.play.draws
        if len(housed) > MOST_CALLERS:
            housed = draws.of("callers", day).sample(housed, MOST_CALLERS)
        manager = self.play.house.actors["nadege"]
        for one in housed:
            about = one.key, day
            if draws.chance("call", *about) >= 1 / 260:
                continue
            rng = draws.of("called for", *about)
            problem = self._problem(one, rng)
            ticket = open_ticket(
                dwelling=None, household=one.household, trade=problem.trade, problem=problem.code,
                actor=manager,
                source=rng.choice((Source.DESK, Source.HOUSEHOLD_PAGE)), request_key=draws.uuid("call", *about),
                contact_name=one.household.name,
            )  # fmt: skip
            if self.play.last_day - day < timedelta(days=2) and rng.random() < 0.5:
                continue
            to = self.play.house.users[rng.choice(self.technicians)]
            soon = day + timedelta(days=1 if ticket.priority == Priority.EMERGENCY else rng.randint(1, 9))
            while soon.weekday() >= 5:
                soon += timedelta(days=1)
            plan(ticket=ticket, on=soon, at=rng.choice(HOURS), to=to, actor=manager)
        self._round(day)

    def _round(self, day: date) -> None:
        if day >= self.play.last_day:
            return
        planned = Ticket.objects.filter(planned_on=day, state__in=OPEN_STATES, assignee__isnull=False)
        for ticket in planned.select_related("assignee").order_by("planned_at", "pk"):
            technician = next(
                a for a in self.play.house.actors.values() if a.user is not None and a.user.pk == ticket.assignee_id
            )
            ticket = start(ticket=ticket, actor=technician).ticket
            caller = self.social.key_of(ticket.household_id)
            about = caller, ticket.opened_at.date(), ticket.problem, day
            rng = self.play.draws.of("visit", *about)
            if rng.random() < 0.12:
                ticket = mark_absent(ticket=ticket, actor=technician).ticket
                again = day + timedelta(days=7)
                plan(ticket=ticket, on=again, at=rng.choice(HOURS), actor=self.play.house.actors["nadege"])
                continue
            if ticket.household_id and rng.random() < 0.05:
                kind = rng.choice(list(SignalKind))
                key = self.play.draws.uuid("signal", *about)
                send_signal(ticket=ticket, kind=kind, actor=technician, request_key=key)
                self.play.signalled = True
            paid_by = rng.choices(list(PaidBy), [40, 30, 18, 4, 8])[0]
            close(ticket=ticket, actor=technician, outcome=Outcome.DONE, paid_by=paid_by, report=rng.choice(REPORTS))

    def today(self) -> None:
        """On the last day, plan six jobs for the first technician, so that the round of the day is not empty."""
        day, manager = clock.today(), self.play.house.actors["nadege"]
        yann = self.play.house.users["yann"]
        taken = set(Ticket.objects.filter(planned_on=day, assignee=yann).values_list("planned_at", flat=True))
        open_hours = [hour for hour in HOURS if hour not in taken]
        housed = self._at_home(day)
        draws = self.play.draws
        called = draws.some(housed, len(open_hours), lambda one: one.key, "round")
        for hour, one in zip(open_hours, called, strict=False):
            problem = self._problem(one, draws.of("problem of the round", one.key))
            ticket = open_ticket(
                dwelling=None, household=one.household, trade=problem.trade, problem=problem.code,
                actor=manager,
                request_key=draws.uuid("round", one.key), contact_name=one.household.name,
            )  # fmt: skip
            plan(ticket=ticket, on=day, at=hour, to=yann, actor=manager)
