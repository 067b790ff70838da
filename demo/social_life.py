"""The social team in the demo: referents and measures, visits, alerts taken and answered."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal

from common.errors import DomainError
from demo.households import Housed
from demo.lives import Behaviour
from demo.measure_life import MeasureLife
from demo.play import Play
from demo.visits import visited
from leases.contracts.codes import LeaseKind
from office.access.actor import Actor
from office.models import Task
from rent_ledger.arrears.codes import CauseCode, NextStep
from social_link.alerts.codes import AlertState, SignalOutcome
from social_link.alerts.queries import alerts_for, waiting_signals
from social_link.alerts.services.answers import acknowledge, answer
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.signals import say_outcome
from social_link.alerts.services.steps import finish_step
from social_link.contacts.codes import MEETINGS, MINUTES, ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.duties import STEP
from social_link.contacts.services import NewContact, log_contacts, plan_contact
from social_link.measures.services.referents import end_referent, set_referent
from social_link.objectives.codes import Theme

WORKERS = ("camille", "malo")
# Limits for two workers in a large association: households that they follow, alerts that they answer.
CASELOAD = 90
IN_A_DAY = 15
# Days between two contacts, with the share of households: usual, seen less often, no longer answering.
RHYTHMS = ((14, 30), (30, 55), (80, 170))
RHYTHM_SHARES = (84, 11, 5)
# If nobody was there, try again within these days.
TRIED_AGAIN = (3, 9)
THEMES = (Theme.SOLVENCY, Theme.SETTLING, Theme.SEARCH, Theme.MEDIATION)
SHARED = (
    "Rendez-vous tenu. Les papiers de la CAF partent cette semaine.",
    "Point sur le budget fait ensemble, prochaine rencontre prévue.",
    "Le ménage a repris les paiements, il appelle en cas de souci.",
    "Demande de logement social renouvelée, numéro noté.",
    "Attestation d’assurance demandée à l’assureur, à recevoir sous dix jours.",
    "Le contrat d’énergie est à son nom, mensualité revue.",
    "Virement le 6 de chaque mois, après le salaire : le loyer suivra.",
    "Dossier FSL prêt, il manque le justificatif de l’employeur.",
    "Lecture de l’avis ensemble : ce qui est dû, et ce que paie la CAF.",
    "Aération et chauffage : les gestes sont vus, une demande est faite pour le volet.",
    "La rentrée a pesé sur le mois, reprise prévue le mois prochain.",
    "Courrier du bailleur expliqué, réponse écrite à deux.",
)
TEAM = (
    "Dossier MDPH envoyé, elle attend l’accusé de réception.",
    "Préfère être appelée le matin avant neuf heures.",
    "L’assistante sociale du secteur suit aussi, échange prévu en janvier.",
    "Vu chez lui avec son fils, qui traduit : prévoir une heure.",
    "Reste à vivre serré ce mois-ci, orienté vers l’épicerie sociale.",
    "Le lit des enfants est commandé, à voir à la prochaine visite.",
    "Recherche d’emploi relancée avec la mission locale.",
    "Ne pas appeler pendant le service de midi.",
)
PRIVATE = (
    "Rappeler avant vendredi, penser au courrier de la CAF.",
    "Reprendre le budget au calme à la prochaine visite.",
    "Relire la convention avant la rencontre.",
)
LEVELS = ((0.45, NoteLevel.TEAM, TEAM), (0.9, NoteLevel.SHARED, SHARED), (1, NoteLevel.PRIVATE, PRIVATE))
"""Up to which draw a note is at which level, with what it says there."""
CAUSES = {
    Behaviour.BENEFIT_SUSPENDED: CauseCode.BENEFIT,
    Behaviour.INCOME_FALL: CauseCode.JOB_LOSS,
    Behaviour.PLAN_KEPT: CauseCode.UNEXPECTED,
    Behaviour.PLAN_BROKEN: CauseCode.LOW_INCOME,
    Behaviour.IRREGULAR: CauseCode.BUDGET,
}
STEPS = (NextStep.FSL, NextStep.BENEFIT, NextStep.VISIT, NextStep.OTHER)


class SocialLife:
    """What Camille, Malo and Hélène do."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.draws = play.draws
        self.head = play.house.actors["helene"]
        self.by_household: dict[int, Housed] = {}
        self.worker: dict[int, str] = {}
        # When each followed household is seen next, and how often.
        self.next_contact: dict[int, date] = {}
        self.rhythm: dict[int, tuple[int, int]] = {}
        self.measures = MeasureLife(play, self)

    def welcome(self, housed: Housed, start: date) -> None:
        """A referent for those who are accompanied, and their measure: one household, one home, one support."""
        household = housed.household
        self.by_household[household.pk] = housed
        rng = self.draws.of("support", housed.key)
        enters = self.measures.wanted_at_entry(housed)
        if housed.lease.kind == LeaseKind.MANAGED and rng.random() < 0.5 and not enters:
            return
        if self.play.large and len(self.worker) >= CASELOAD * len(WORKERS):
            return
        key = rng.choice(WORKERS)
        user = self.play.house.users[key]
        set_referent(household=household, user=user, from_day=start, actor=self.head)
        self.take_up(housed, max(start, self.play.first.first - timedelta(days=7)), key)
        self.measures.begin(housed, start, key)

    def take_up(self, housed: Housed, day: date, key: str) -> None:
        """`key` follows the household from `day` on, and will see it as often as it is its way."""
        pk, rng = housed.household.pk, self.draws.of("seen", housed.key, day)
        self.worker[pk] = key
        self.rhythm[pk] = rng.choices(RHYTHMS, RHYTHM_SHARES)[0]
        self.next_contact[pk] = day + timedelta(days=rng.randint(1, 25))

    def let_go(self, housed: Housed, day: date) -> None:
        """Nobody accompanies the household from `day` on."""
        del self.worker[housed.household.pk]
        end_referent(household=housed.household, on=day, actor=self.head)

    def leave(self, housed: Housed, day: date) -> None:
        """The household has left: end its measures and its referent."""
        key = self.worker.get(housed.household.pk)
        if key is not None:
            self.measures.left(housed, day, key)
            self.let_go(housed, day)

    def _of(self, household_id: int) -> Actor:
        return self.play.house.actors[self.worker.get(household_id, "helene")]

    def key_of(self, household_id: int | None) -> str:
        """Its key in the draws; '' of one that none of our homes houses."""
        housed = self.by_household.get(household_id or 0)
        return housed.key if housed else ""

    def _about(self, alert: object) -> str:
        """A key that identifies an alert in the draws."""
        key = self.key_of(alert.household_id)  # type: ignore[attr-defined]
        return f"{key} {alert.rule} {alert.raised_at.date()}"  # type: ignore[attr-defined]

    def alerts(self, day: date) -> None:
        """Raise the new alerts."""
        raise_alerts(day=day, actor=self.head)

    def day(self, day: date) -> None:
        """Take and answer alerts of today, and make some visits."""
        self.measures.day(day)
        for key in (*WORKERS, "helene"):
            actor = self.play.house.actors[key]
            for alert in alerts_for(actor)[: IN_A_DAY if self.play.large else None]:
                self._work(alert, actor, day)
            self._steps(actor, day)
        due = [pk for pk in self.worker if self.next_contact[pk] <= day]
        for key in WORKERS:
            self._see([pk for pk in due if self.worker[pk] == key], day, self.play.house.actors[key])
        self._workshop(day)

    def _see(self, households: Sequence[int], day: date, actor: Actor, why: str = "visit") -> None:
        """Contacts of one day (`why` tells two with one household apart), and when the next ones will be."""
        contacts = []
        for pk in households:
            about = "contact", self.key_of(pk), day, why
            rng = self.draws.of(*about)
            kind = rng.choices(
                [ContactKind.HOME_VISIT, ContactKind.APPOINTMENT, ContactKind.CALL, ContactKind.ABSENCE],
                [40, 35, 20, 5],
            )[0]
            missed = kind == ContactKind.ABSENCE
            note = rng.choice(SHARED) if rng.random() < 0.3 and not missed else ""
            told = self.draws.of("told", *about)
            which = told.random()
            level, notes = next((level, notes) for up_to, level, notes in LEVELS if which < up_to)
            outcome = told.choices(["", ContactOutcome.SEEN, ContactOutcome.ALL_SEEN], [20, 60, 20])[0]
            contacts.append(
                NewContact(
                    self.by_household[pk].household, kind, day, self.draws.uuid(*about), level=level,
                    note=told.choice(notes) if note else "", outcome="" if missed else outcome,
                    minutes=told.choice((None, *MINUTES)), theme=told.choice(THEMES) if kind in MEETINGS else "",
                    by_partner=kind == ContactKind.APPOINTMENT and told.random() < 0.05,
                )
            )  # fmt: skip
            if pk in self.next_contact:
                wait = TRIED_AGAIN if missed else self.rhythm[pk]
                self.next_contact[pk] = day + timedelta(days=rng.randint(*wait))
        log_contacts(contacts=contacts, actor=actor)

    def _workshop(self, day: date) -> None:
        """On the second Friday of a month, some of those whom one worker follows come to a workshop."""
        if day.weekday() != 4 or not 8 <= day.day <= 14:
            return
        key = WORKERS[day.month % len(WORKERS)]
        theirs = [housed for pk, housed in self.by_household.items() if self.worker.get(pk) == key]
        contacts = [
            NewContact(
                housed.household, ContactKind.WORKSHOP, day, self.draws.uuid("workshop", housed.key, day), minutes=60,
                theme=THEMES[day.month % 2],
            )
            for housed in self.draws.some(theirs, 6, lambda one: one.key, "workshop", day)
            if housed.lease.period.lower <= day
        ]  # fmt: skip
        log_contacts(contacts=contacts, actor=self.play.house.actors[key])

    def _work(self, alert: object, actor: Actor, day: date) -> None:
        """Take most alerts within days, answer within a fortnight. Those of the last week stay for the visitor."""
        raised = alert.raised_at.date()  # type: ignore[attr-defined]
        age = (day - raised).days
        left = (self.play.last_day - raised).days
        if alert.assignee_id != actor.user_id or alert.household_id not in self.by_household:  # type: ignore[attr-defined]
            return
        pace = self.draws.chance("alert taken", self._about(alert), day)
        try:
            if alert.state == AlertState.RAISED and left > 9 and age >= 1 and pace < 0.8:  # type: ignore[attr-defined]
                acknowledge(alert=alert, actor=actor)  # type: ignore[arg-type]
            elif alert.state == AlertState.ACKNOWLEDGED and waiting_signals(alert):  # type: ignore[arg-type, attr-defined]
                self._look_in(alert, actor, day)
            elif alert.state == AlertState.ACKNOWLEDGED and left > 16 and age >= 4 and pace < 0.7:  # type: ignore[attr-defined]
                self._answer(alert, actor, day)
        except DomainError:
            return

    def _steps(self, actor: Actor, day: date) -> None:
        """Most of what the answers announced is done within days."""
        due = Task.objects.to_do().filter(kind=STEP.code, assignee=actor.user_id, due_on__lte=day)
        for alert in alerts_for(actor).filter(pk__in=due.values("about_id")).order_by("pk"):
            if self.draws.chance("step done", self._about(alert), day) < 0.7:
                finish_step(alert=alert, actor=actor)

    def _look_in(self, alert: object, actor: Actor, day: date) -> None:
        """What came of what a technician saw: most people are well; some aren't in, and are visited again."""
        rng = self.draws.of("signal", f"{self._about(alert)} {day}")
        outcome = rng.choices(list(SignalOutcome), (5, 3, 3, 1))[0]
        back_on = day + timedelta(days=rng.randint(1, 4)) if outcome == SignalOutcome.NOT_SEEN else None
        say_outcome(alert=alert, outcome=outcome, back_on=back_on, actor=actor)  # type: ignore[arg-type]

    def _answer(self, alert: object, actor: Actor, day: date) -> None:
        housed = self.by_household[alert.household_id]  # type: ignore[attr-defined]
        behaviour = housed.life.behaviour
        about = self._about(alert)
        rng = self.draws.of("answer", about)
        made = rng.random() < 0.86
        if made:
            self._see([housed.household.pk], day, self._of(housed.household.pk), about)
        wants_plan = behaviour in (Behaviour.PLAN_KEPT, Behaviour.PLAN_BROKEN)
        answer(
            alert=alert, contact_made=made, actor=actor,  # type: ignore[arg-type]
            cause=CAUSES.get(behaviour, CauseCode.OVERSIGHT) if made else CauseCode.UNKNOWN,
            hold_until=day + timedelta(days=rng.randint(10, 28)) if made and rng.random() < 0.7 else None,
            plan_asked=wants_plan, plan_amount=Decimal(rng.choice((25, 30, 40, 45))) if wants_plan else None,
            next_step=rng.choice(STEPS) if made else NextStep.CONTACT, next_step_on=day + timedelta(days=14),
        )  # fmt: skip

    def week_ahead(self) -> None:
        """Visits and appointments planned in the coming week, so that the agenda shows a week."""
        for key in WORKERS:
            actor = self.play.house.actors[key]
            mine = [
                h for h in self.by_household.values() if self.worker.get(h.household.pk) == key and h.leaves_on is None
            ]
            visited(mine, last_day=self.play.last_day, actor=actor, draws=self.draws)
            for housed in self.draws.some(mine, 7, lambda one: one.key, "week ahead"):
                rng = self.draws.of("planned", housed.key)
                day = self.play.last_day + timedelta(days=rng.randint(0, 8))
                if day.weekday() >= 5:
                    day += timedelta(days=7 - day.weekday())
                plan_contact(
                    household=housed.household, kind=rng.choice((ContactKind.HOME_VISIT, ContactKind.APPOINTMENT)),
                    day=day, at=time(rng.choice((9, 10, 11, 14, 15, 16)), rng.choice((0, 30))),
                    request_key=self.draws.uuid("planned", housed.key), actor=actor, answers=None,
                )  # fmt: skip
