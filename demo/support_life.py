"""What a measure is made of in the demo: contract, objectives, axes, social evaluations, how it is carried, its way."""

from datetime import date, timedelta
from random import Random

from common.periods import ONE_DAY
from demo.households import Housed
from demo.play import Play
from demo.social_life import SocialLife
from office.access.actor import Actor
from social_link.agreements.models import Agreement
from social_link.agreements.queries import parties_of
from social_link.agreements.services import draw_up, sign
from social_link.carrying.codes import CarrierRole, Declined, Level
from social_link.carrying.services import add_carrier, note_refusal, set_intensity
from social_link.chains.codes import Link
from social_link.chains.services import type_days
from social_link.diagnoses.codes import DiagnosisNeed, DiagnosisTheme, Standing
from social_link.diagnoses.services import diagnose
from social_link.incidents.codes import IncidentAct, IncidentKind, IncidentSource
from social_link.incidents.services import note_incident, write_incident
from social_link.masp.codes import Benefit, Field, Threat, Use
from social_link.masp.services import write_masp
from social_link.measures.codes import ExitOutcome, MeasureEnd, MeasureKind, Party
from social_link.measures.rules.kinds import KINDS
from social_link.measures.services.measures import close_measure
from social_link.models import Measure, NeighbourIncident, Objective
from social_link.objectives.codes import Axis, HowFar, Moment, Phase, Theme
from social_link.objectives.services.axes import assess
from social_link.objectives.services.objectives import Aim, fix_objectives, review_objective

BEGUN, REVIEWED = 0.5, 0.8
"""Of the measures, those with objectives; of these, those that are evaluated."""
AIMS = (
    (Aim(Theme.SOLVENCY, "Reprendre le paiement du loyer courant", "Virement le 6 de chaque mois",
         "Revoir le budget chaque mois", phase=Phase.FINANCES), 0.55),
    (Aim(Theme.SOLVENCY, "Apurer la dette de loyer par un plan tenu", "Verser la mensualité du plan",
         "Demander le FSL et suivre le plan", phase=Phase.FINANCES), 0.35),
    (Aim(Theme.SOLVENCY, "Retrouver une ressource stable", "Tenir les rendez-vous de la mission locale",
         "Faire le lien avec la référente emploi", phase=Phase.CAUSES,
         early_why="Un contrat se présente dès ce mois-ci."), 0.3),
    (Aim(Theme.SETTLING, "Aérer et chauffer le logement chaque jour", "Relever le compteur chaque semaine",
         "Passer voir les ouvrants et le chauffage"), 0.4),
    (Aim(Theme.SETTLING, "Équiper la cuisine et la chambre des enfants", "Choisir les meubles à la ressourcerie",
         "Déposer la demande d’aide à l’équipement"), 0.3),
    (Aim(Theme.SEARCH, "Déposer et renouveler la demande de logement social", "Réunir les pièces",
         "Enregistrer la demande ensemble"), 0.4),
    (Aim(Theme.MEDIATION, "Connaître les voisins et le gardien", "Se présenter aux voisins de palier",
         "Accompagner la première rencontre"), 0.25),
)  # fmt: skip
DIAGNOSED, SIGNED, CHAINED, DECLINES = 0.3, 0.3, 0.35, 0.06
MASP_AGO, THIRD_SIGNS_AFTER = timedelta(days=26), 9


class SupportLife:
    """What the referents and a household agree on, and how far they are."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social, self.draws = play, social, play.draws
        # By measure: the day on which it is looked at next, None where no more; how often it was.
        self.due: dict[int, date | None] = {}
        self.looks: dict[int, int] = {}
        self.masp: Agreement | None = None
        self.has_masp = False

    def day(self, day: date) -> None:
        """Begin what a measure is made of, then look at it at intervals."""
        running = Measure.objects.exclude(pk__in=[pk for pk, due in self.due.items() if due is None])
        for measure in running.select_related("household", "referent").order_by("pk"):
            housed = self.social.by_household.get(measure.household_id)
            if measure.pk not in self.due:
                self._plan(measure, housed, day)
            due = self.due[measure.pk]
            if housed is not None and due is not None and due <= day:
                self._look(measure, housed, day)
        self._masp(day)
        self._neighbours(day)

    def _plan(self, measure: Measure, housed: Housed | None, day: date) -> None:
        rng = self.draws.of("support of", housed.key if housed else "", measure.kind, measure.period.lower)
        wanted = BEGUN if not KINDS[MeasureKind(measure.kind)].scored else 1
        is_made = housed is not None and measure.ended_on is None and rng.random() < wanted
        self.due[measure.pk] = day + timedelta(days=rng.randint(2, 20)) if is_made else None

    def _look(self, measure: Measure, housed: Housed, day: date) -> None:
        pk = measure.pk
        number = self.looks[pk] = self.looks.get(pk, 0) + 1
        rng = self.draws.of("look", housed.key, measure.kind, measure.period.lower, number)
        actor = self.social.measures.actor(measure)
        if measure.ended_on is not None:
            self._at_end(measure, actor, rng)
            self.due[pk] = None
            return
        if measure.period.lower > day:
            self.due[pk] = measure.period.lower + timedelta(days=3)
            self.looks[pk] -= 1
            return
        if number == 1:
            self._begin(measure, housed, day, actor, rng)
        else:
            self._review(measure, housed, day, actor, rng)
        goes_on = number < 4 and rng.random() < REVIEWED
        self.due[pk] = day + timedelta(days=rng.randint(55, 110)) if goes_on else None

    def _begin(self, measure: Measure, housed: Housed, day: date, actor: Actor, rng: Random) -> None:
        aims = [aim for aim, share in AIMS if rng.random() < share] or [AIMS[0][0]]
        due = [measure.planned_end, None, measure.period.lower + timedelta(days=90)]
        fix_objectives(
            measure=measure, actor=actor,
            aims=[
                Aim(a.theme, a.text, a.household_does, a.house_does, rng.choice(due), a.phase, a.early_why)
                for a in aims[:4]
            ],
        )  # fmt: skip
        if KINDS[MeasureKind(measure.kind)].scored or rng.random() < 0.15:
            self._axes(measure, Moment.START, day, actor, rng, (1, 3))
        if rng.random() < DIAGNOSED:
            self._diagnose(housed, day, actor, rng, 1)
        if measure.kind == MeasureKind.REINFORCED:
            set_intensity(measure=measure, level=Level.STRONG, from_day=measure.period.lower, actor=actor)
        if measure.shares.exists():
            add_carrier(
                measure=measure, organisation=self.play.house.ccas, role=CarrierRole.WITH_US,
                first=measure.period.lower, actor=actor,
            )  # fmt: skip
        if rng.random() < CHAINED:
            seen = measure.period.lower - timedelta(days=rng.randint(30, 80))
            days = {Link.DETECTED: seen, Link.ORIENTED: seen + timedelta(days=rng.randint(4, 20))}
            type_days(measure=measure, days={link.value: on for link, on in days.items()}, actor=actor)
        signed = measure.signed_on
        if signed is not None and measure.lease_id is None and rng.random() < SIGNED:
            self._sign(measure, housed, signed, actor)

    def _review(self, measure: Measure, housed: Housed, day: date, actor: Actor, rng: Random) -> None:
        for objective in Objective.objects.open().filter(measure=measure).order_by("pk"):
            how_far = rng.choices((HowFar.MOVES_ON, HowFar.STUCK, HowFar.REACHED, HowFar.GIVEN_UP), (50, 15, 30, 5))[0]
            score = 5 if how_far == HowFar.REACHED else rng.randint(2, 4)
            review_objective(objective=objective, how_far=how_far, on=day, score=score, actor=actor)
        if measure.assessments.exists():
            self._axes(measure, Moment.MIDDLE, day, actor, rng, (2, 4))
            if measure.kind == MeasureKind.REINFORCED and not measure.intensities.filter(level=Level.USUAL).exists():
                set_intensity(measure=measure, level=Level.USUAL, from_day=day, actor=actor)
        if rng.random() < DIAGNOSED:
            self._diagnose(housed, day, actor, rng, 0)
        if rng.random() < DECLINES:
            what = rng.choice((Declined.VISIT, Declined.RENEWAL))
            note_refusal(household=housed.household, what=what, on=day, actor=actor)

    def _at_end(self, measure: Measure, actor: Actor, rng: Random) -> None:
        if measure.ended_on is not None and measure.assessments.exists():
            self._axes(measure, Moment.END, measure.ended_on, actor, rng, (3, 5))

    @staticmethod
    def _axes(
        measure: Measure, moment: Moment, on: date, actor: Actor, rng: Random, span: tuple[int, int]
    ) -> None:  # fmt: skip
        levels: dict[Axis, int | None] = {axis: rng.randint(*span) for axis in Axis}
        assess(measure=measure, moment=moment, on=on, levels=levels, actor=actor)

    def _diagnose(self, housed: Housed, day: date, actor: Actor, rng: Random, worse: int) -> None:
        order = (Standing.WELL, Standing.WATCH, Standing.WORK, Standing.URGENT)
        levels = {theme.value: order[min(3, worse + rng.randint(0, 2))].value for theme in DiagnosisTheme}
        diagnose(
            household=housed.household, on=day, levels=levels, actor=actor,
            needs=rng.sample(list(DiagnosisNeed), 2),
        )  # fmt: skip

    def _sign(self, measure: Measure, housed: Housed, on: date, actor: Actor, *, but: str = "") -> Agreement:
        agreement = draw_up(measure=measure, actor=actor)
        last, _, first = housed.holder.partition(" ")
        names = {
            Party.HOUSEHOLD: f"{first} {last}", Party.HOUSE: measure.referent.get_full_name(),
            Party.DEPARTMENT: "Anne Maurel",
        }  # fmt: skip
        for party in parties_of(measure):
            if party != but:
                sign(agreement=agreement, party=party, on=on, name=names[party], seen=agreement.digest, actor=actor)
        return agreement

    def _masp(self, day: date) -> None:
        """Two MASP 2: one early, signed by three; one lately, of which the Département's signature is awaited."""
        is_late = self.play.last_day - day <= MASP_AGO
        if self.masp is not None and day - self.masp.created_at.date() >= timedelta(days=THIRD_SIGNS_AFTER):
            agreement, self.masp = self.masp, None
            if not is_late:
                sign(
                    agreement=agreement, party=Party.DEPARTMENT, on=day, name="Anne Maurel", seen=agreement.digest,
                    actor=self.play.house.actors["helene"],
                )  # fmt: skip
        if day < self.play.first.first or self.masp is not None or (self.has_masp and not is_late):
            return
        if Measure.objects.filter(kind=MeasureKind.MASP2).count() >= (2 if is_late else 1):
            return
        simple = Measure.objects.filter(
            kind=MeasureKind.SIMPLE, ended_on=None, agreements=None, period__startswith__lt=day
        )
        found = [
            one
            for one in simple.select_related("household", "referent").order_by("pk")
            if one.household_id in self.social.worker and self.social.by_household[one.household_id].leaves_on is None
        ]
        for former in self.draws.some(found, 1, lambda one: self.social.key_of(one.household_id), "masp"):
            self._begin_masp(former, day)

    def _begin_masp(self, former: Measure, day: date) -> None:
        """The Département proposes more than a simple support: it ends, and a MASP 2 begins."""
        housed, actor = self.social.by_household[former.household_id], self.social.measures.actor(former)
        self.has_masp = True
        close_measure(
            measure=former, reason=MeasureEnd.RELAY, on=day - ONE_DAY, outcome=ExitOutcome.STAYED, actor=actor
        )  # fmt: skip
        worker = self.social.worker[former.household_id]
        measure = self.social.measures.open(housed, MeasureKind.MASP2, day, worker)
        write_masp(
            measure=measure, threat=Threat.HEALTH, consented_on=day, works_on=[Field.BUDGET, Field.RENT, Field.RIGHTS],
            benefits=[Benefit.HOUSING, Benefit.RSA], uses=[Use.RENT, Use.ENERGY, Use.DEBTS, Use.FOOD], actor=actor,
        )  # fmt: skip
        add_carrier(
            measure=measure, organisation=self.play.house.bodies["Département de l’Aude"], role=CarrierRole.WITH_US,
            first=day, actor=actor,
        )  # fmt: skip
        self._begin(measure, housed, day, actor, self.draws.of("masp", housed.key))
        self.looks[measure.pk], self.due[measure.pk] = 1, day + timedelta(days=70)
        self.masp = self._sign(measure, housed, day, actor, but=Party.DEPARTMENT)

    def _neighbours(self, day: date) -> None:
        """About one incident a month, reported by somebody else; most are settled within weeks."""
        for incident in NeighbourIncident.objects.filter(
            settled_on=None, happened_on__lte=day - timedelta(days=15)
        ).select_related("household"):
            if incident.household_id in self.social.worker:
                write_incident(
                    incident=incident, day=incident.happened_on, kind=incident.kind, settled_on=day,
                    reported_by=incident.reported_by, acts=[IncidentAct.TALKED, IncidentAct.RULES],
                    actor=self.play.house.actors[self.social.worker[incident.household_id]],
                )  # fmt: skip
        if not 8 <= day.day <= 14 or day.weekday() != 4 or day < self.play.first.first:
            return
        homes = [self.social.by_household[pk] for pk in self.social.worker]
        for housed in self.draws.some(homes, 1, lambda one: one.key, "neighbours", day):
            rng = self.draws.of("neighbours", housed.key, day)
            note_incident(
                household=housed.household, day=day - timedelta(days=rng.randint(1, 5)), actor=self._of(housed),
                kind=rng.choice((IncidentKind.NOISE, IncidentKind.COMMON, IncidentKind.ANIMALS, IncidentKind.DISPUTE)),
                reported_by=rng.choice((IncidentSource.NEIGHBOUR, IncidentSource.LANDLORD, IncidentSource.TOWN)),
                acts=[IncidentAct.TALKED], request_key=self.draws.uuid("neighbours", housed.key, day),
            )  # fmt: skip

    def _of(self, housed: Housed) -> Actor:
        return self.play.house.actors[self.social.worker[housed.household.pk]]
