"""The social team in the demo: referents and measures, visits, alerts taken and answered."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal

from common import clock
from common.errors import DomainError
from common.periods import add_months
from demo.households import Housed
from demo.lives import Behaviour
from demo.play import Play
from demo.visits import visited
from leases.contracts.codes import LeaseKind
from leases.households.codes import SupportType
from office.access.actor import Actor
from office.models import Organisation, Task
from rent_ledger.arrears.codes import CauseCode, NextStep
from social_link.alerts.codes import AlertState, SignalOutcome
from social_link.alerts.queries import alerts_for, waiting_signals
from social_link.alerts.services.answers import acknowledge, answer
from social_link.alerts.services.raising import raise_alerts
from social_link.alerts.services.signals import say_outcome
from social_link.alerts.services.steps import finish_step
from social_link.contacts.codes import MINUTES, ContactKind, ContactOutcome, NoteLevel
from social_link.contacts.duties import STEP
from social_link.contacts.services import NewContact, log_contacts, plan_contact
from social_link.funding.services import write_line
from social_link.measures.codes import MeasureEnd, MeasureKind
from social_link.measures.services.measures import close_measure, open_measure
from social_link.measures.services.referents import end_referent, set_referent
from social_link.models import Measure

WORKERS = ("camille", "malo")
# Limits for two workers in a large association: households that they follow, alerts that they answer.
CASELOAD = 90
IN_A_DAY = 15
# Days between two contacts, with the share of households: usual, seen less often, no longer answering.
RHYTHMS = ((14, 30), (30, 55), (80, 170))
RHYTHM_SHARES = (84, 11, 5)
# If nobody was there, try again within these days.
TRIED_AGAIN = (3, 9)
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
MONTHS = {MeasureKind.TYPE_2: 12, MeasureKind.SIMPLE: 12}
FUNDERS = {
    MeasureKind.TYPE_2: "CCAS du Grand-Étang",
    MeasureKind.SIMPLE: "CCAS du Grand-Étang",
    MeasureKind.ASLL: "Département de l’Aude, FSL",
}
PLACES = {MeasureKind.TYPE_2: 20, MeasureKind.SIMPLE: 110, MeasureKind.ASLL: 20}
RATES = {MeasureKind.SIMPLE: Decimal("150.00"), MeasureKind.ASLL: Decimal("180.00")}
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
        self.funders: dict[MeasureKind, Organisation] = {}

    def welcome(self, housed: Housed, start: date) -> None:
        """A referent for those who are accompanied, and their measure: one household, one home, one support."""
        household = housed.household
        self.by_household[household.pk] = housed
        rng = self.draws.of("support", housed.key)
        if housed.lease.kind == LeaseKind.MANAGED and rng.random() < 0.5:
            return
        if self.play.large and len(self.worker) >= CASELOAD * len(WORKERS):
            return
        key = rng.choice(WORKERS)
        self.worker[household.pk] = key
        user = self.play.house.users[key]
        set_referent(household=household, user=user, from_day=start, actor=self.head)
        self.rhythm[household.pk] = rng.choices(RHYTHMS, RHYTHM_SHARES)[0]
        seen_from = max(start, self.play.first.first - timedelta(days=7))
        self.next_contact[household.pk] = seen_from + timedelta(days=rng.randint(1, 25))
        if household.support_type == SupportType.TYPE_2:
            kind = MeasureKind.TYPE_2
        else:
            kind = MeasureKind.ASLL if rng.random() < 0.35 else MeasureKind.SIMPLE
        months = MONTHS.get(kind, 6)
        begun = max(start, self.play.first.first - timedelta(days=rng.randint(0, 20)))
        # The contract of who enters next month is signed today.
        open_measure(
            household=household, kind=kind, start=begun, planned_end=add_months(begun, months) - timedelta(days=1),
            referent=user, actor=self.head, signed_on=min(begun, clock.today()), funder=self._funder(kind),
        )  # fmt: skip

    def _funder(self, kind: MeasureKind) -> Organisation:
        if kind not in self.funders:
            funder = self.funders[kind] = Organisation.objects.get(name=FUNDERS[kind])
            for year in range(self.play.first.year, self.play.last_day.year + 1):
                write_line(
                    funder=funder, kind=kind, reference=f"Convention {year}", first=date(year, 1, 1),
                    last=date(year, 12, 31), places=PLACES[kind], rate=RATES.get(kind), actor=self.head,
                )  # fmt: skip
        return self.funders[kind]

    def leave(self, housed: Housed, day: date) -> None:
        """The household has left: end its measures and its referent."""
        household = housed.household
        key = self.worker.pop(household.pk, None)
        if key is None:
            return
        actor = self.play.house.actors[key]
        for measure in Measure.objects.filter(household=household, ended_on=None).order_by("pk"):
            last = max(measure.period.lower, day - timedelta(days=1))
            close_measure(measure=measure, reason=MeasureEnd.MOVED, on=last, actor=actor)
        end_referent(household=household, on=day, actor=self.head)

    def _of(self, household_id: int) -> Actor:
        return self.play.house.actors[self.worker.get(household_id, "helene")]

    def key_of(self, household_id: int | None) -> str:
        return self.by_household[household_id].key if household_id else ""

    def _about(self, alert: object) -> str:
        """A key that identifies an alert in the draws."""
        key = self.key_of(alert.household_id)  # type: ignore[attr-defined]
        return f"{key} {alert.rule} {alert.raised_at.date()}"  # type: ignore[attr-defined]

    def alerts(self, day: date) -> None:
        """Raise the new alerts."""
        raise_alerts(day=day, actor=self.head)

    def day(self, day: date) -> None:
        """Take and answer alerts of today, and make some visits."""
        self._measures(day)
        for key in (*WORKERS, "helene"):
            actor = self.play.house.actors[key]
            for alert in alerts_for(actor)[: IN_A_DAY if self.play.large else None]:
                self._work(alert, actor, day)
            self._steps(actor, day)
        due = [pk for pk in self.worker if self.next_contact[pk] <= day]
        for key in WORKERS:
            self._see([pk for pk in due if self.worker[pk] == key], day, self.play.house.actors[key])

    def _measures(self, day: date) -> None:
        """Close the measures that reach their end. What was intense goes on simpler half of the time; nobody who is
        accompanied is without one."""
        if self.play.last_day - day < timedelta(days=12):
            return
        for measure in Measure.objects.filter(ended_on=None, planned_end__lt=day).select_related(
            "household", "referent"
        ):
            actor = next(a for a in self.play.house.actors.values() if a.user_id == measure.referent_id)
            rng = self.draws.of("end of measure", self.key_of(measure.household_id), measure.kind, day)
            reason = rng.choice((MeasureEnd.TERM, MeasureEnd.GOALS_MET))
            close_measure(measure=measure, reason=reason, on=measure.planned_end, actor=actor)
            kind = MeasureKind(measure.kind)
            if kind == MeasureKind.ASLL and rng.random() < 0.5:
                kind = MeasureKind.SIMPLE
            if measure.household_id not in self.worker:
                continue
            try:
                open_measure(
                    household=measure.household, kind=kind, start=day, signed_on=day, referent=measure.referent,
                    planned_end=add_months(day, MONTHS.get(kind, 6)) - timedelta(days=1), actor=self.head,
                    funder=self._funder(kind),
                )  # fmt: skip
            except DomainError:
                continue

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
                    minutes=told.choice((None, *MINUTES)),
                )
            )  # fmt: skip
            if pk in self.next_contact:
                wait = TRIED_AGAIN if missed else self.rhythm[pk]
                self.next_contact[pk] = day + timedelta(days=rng.randint(*wait))
        log_contacts(contacts=contacts, actor=actor)

    def _work(self, alert: object, actor: Actor, day: date) -> None:
        """Take most alerts within days, answer within a fortnight. Those of the last week stay for the visitor."""
        raised = alert.raised_at.date()  # type: ignore[attr-defined]
        age = (day - raised).days
        left = (self.play.last_day - raised).days
        if alert.assignee_id != actor.user_id:  # type: ignore[attr-defined]
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
