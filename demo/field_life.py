"""Repairs in the demo: calls, rounds, absences, signals."""

import random
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from common import clock
from maintenance.enums import OPEN_STATES, Outcome, PaidBy, SignalKind, Source
from maintenance.models import Ticket
from maintenance.rules.priority import PROBLEMS
from maintenance.services.tickets import close, mark_absent, open_ticket, plan, send_signal, start

if TYPE_CHECKING:
    from config.demo.generator import Play

HOURS = (time(8, 30), time(9, 30), time(10, 30), time(14), time(15), time(16))
REPORTS = (
    "Joint remplacé, plus de fuite.", "Purge et remise en pression.", "Serrure graissée, gâche réglée.",
    "Disjoncteur remplacé, installation vérifiée.", "Détecteur remplacé.", "Bouche d’extraction nettoyée.",
)  # fmt: skip


class FieldLife:
    """The two technicians and those who call them. About one call a year and dwelling."""

    def __init__(self, play: "Play") -> None:
        self.play = play
        self.rng = random.Random(play.rng.random())
        self.technicians = ("yann", "samia")

    def day(self, day: date) -> None:
        housed = [h for h in self.play.housed.values() if h.leaves_on is None]
        calls = sum(self.rng.random() < 1 / 260 for _ in housed[:400])
        manager = self.play.house.actors["nadege"]
        for one in self.rng.sample(housed, min(calls, len(housed))):
            problem = self.rng.choice(PROBLEMS)
            ticket = open_ticket(
                dwelling=one.dwelling, household=one.household, trade=problem.trade, problem=problem.code,
                actor=manager,
                source=self.rng.choice((Source.DESK, Source.HOUSEHOLD_PAGE)), request_key=self.play.uuid(),
                contact_name=one.household.name,
            )  # fmt: skip
            if self.play.last_day - day < timedelta(days=2) and self.rng.random() < 0.5:
                continue
            to = self.play.house.users[self.rng.choice(self.technicians)]
            soon = day + timedelta(days=1 if ticket.priority == "URGENT" else self.rng.randint(1, 9))
            while soon.weekday() >= 5:
                soon += timedelta(days=1)
            plan(ticket=ticket, on=soon, at=self.rng.choice(HOURS), to=to, actor=manager)
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
            if self.rng.random() < 0.12:
                ticket = mark_absent(ticket=ticket, actor=technician).ticket
                again = day + timedelta(days=7)
                plan(ticket=ticket, on=again, at=self.rng.choice(HOURS), actor=self.play.house.actors["nadege"])
                continue
            if ticket.household_id and self.rng.random() < 0.05:
                kind = self.rng.choice(list(SignalKind))
                send_signal(ticket=ticket, kind=kind, actor=technician, request_key=self.play.uuid())
                self.play.signalled = True
            paid_by = self.rng.choices(list(PaidBy), [40, 30, 18, 4, 8])[0]
            close(
                ticket=ticket, actor=technician, outcome=Outcome.DONE, paid_by=paid_by, report=self.rng.choice(REPORTS)
            )

    def today(self) -> None:
        """A round of six for the first technician on the last day, so that the phone has its day's list."""
        day, manager = clock.today(), self.play.house.actors["nadege"]
        yann = self.play.house.users["yann"]
        taken = set(Ticket.objects.filter(planned_on=day, assignee=yann).values_list("planned_at", flat=True))
        open_hours = [hour for hour in HOURS if hour not in taken]
        housed = [h for h in self.play.housed.values() if h.leaves_on is None]
        for hour, one in zip(open_hours, self.rng.sample(housed, min(len(open_hours), len(housed))), strict=False):
            problem = self.rng.choice(PROBLEMS)
            ticket = open_ticket(
                dwelling=one.dwelling, household=one.household, trade=problem.trade, problem=problem.code,
                actor=manager,
                request_key=self.play.uuid(), contact_name=one.household.name,
            )  # fmt: skip
            plan(ticket=ticket, on=day, at=hour, to=yann, actor=manager)
