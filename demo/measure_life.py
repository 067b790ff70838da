"""The measures of support in the demo: of which kind a household has one, how it goes on, how it ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from common import clock
from common.errors import DomainError
from common.periods import ONE_DAY, add_months
from demo.households import Housed
from demo.play import Play
from leases.contracts.codes import EndReason
from leases.households.codes import SupportType
from leases.models import Lease
from office.access.actor import Actor
from office.models import Organisation
from social_link.funding.services import add_share, write_line
from social_link.measures.codes import (
    Aim,
    ExitOutcome,
    MeasureEnd,
    MeasureKind,
    OutcomeDomain,
    Progress,
    Proposer,
    RenewalDecision,
)
from social_link.measures.services.kinds import change_kind
from social_link.measures.services.measures import close_measure, open_measure
from social_link.measures.services.referents import set_referent
from social_link.measures.services.renewals import decide_renewal, renew_measure
from social_link.models import Measure, Renewal, Reopening, Watch
from social_link.watches.codes import Again, Asker, Debt, Found, Service
from social_link.watches.services.after import note_step
from social_link.watches.services.reopening import ask_again, open_again, orient_again
from stock.agreements.codes import HeadAgreementKind

if TYPE_CHECKING:
    from demo.social_life import SocialLife

FUND, CCAS, CAF = "Département de l’Aude, FSL", "CCAS du Grand-Étang", "CAF de l’Aude"
FUNDERS = {
    MeasureKind.TYPE_1: CCAS,
    MeasureKind.TYPE_2: CCAS,
    MeasureKind.ASLL: FUND,
    MeasureKind.SIMPLE: CAF,
    MeasureKind.REINFORCED: CAF,
    MeasureKind.IML: "DDETS de l’Aude",
    MeasureKind.AVDL_TO: "DDETS de l’Aude",
    MeasureKind.MASP2: "Département de l’Aude",
}
PLACES = {
    MeasureKind.TYPE_1: 30,
    MeasureKind.TYPE_2: 20,
    MeasureKind.ASLL: 40,
    MeasureKind.SIMPLE: 70,
    MeasureKind.REINFORCED: 20,
    MeasureKind.IML: 20,
    MeasureKind.AVDL_TO: 5,
    MeasureKind.MASP2: 4,
}
RATES = {
    MeasureKind.SIMPLE: Decimal("150.00"), MeasureKind.REINFORCED: Decimal("260.00"),
    MeasureKind.ASLL: Decimal("180.00"), MeasureKind.IML: Decimal("190.00"), MeasureKind.MASP2: Decimal("230.00"),
}  # fmt: skip
MONTHS = {
    MeasureKind.ASLL: (4, 5, 6), MeasureKind.SIMPLE: (9, 12), MeasureKind.REINFORCED: (6, 8), MeasureKind.IML: (12,),
    MeasureKind.TYPE_1: (12,), MeasureKind.TYPE_2: (12,), MeasureKind.MASP2: (12,),
}  # fmt: skip
PROPOSERS = {
    MeasureKind.ASLL: Proposer.INSTRUCTING, MeasureKind.IML: Proposer.STATE, MeasureKind.MASP2: Proposer.DEPARTMENT,
    MeasureKind.TYPE_1: Proposer.CCAS, MeasureKind.TYPE_2: Proposer.CCAS,
}  # fmt: skip
USUAL = {MeasureKind.ASLL: 36, MeasureKind.REINFORCED: 14, MeasureKind.SIMPLE: 50}
"""Of a hundred households outside the stock of the CCAS, how many have which."""
RHYTHMS = {MeasureKind.REINFORCED: (5, 9), MeasureKind.TYPE_1: (8, 15), MeasureKind.TYPE_2: (14, 24)}
"""Days between two contacts, where the text of the measure asks more than is usual."""
IML_USED = 18
"""Of the twenty places, those of who has come in; one more prepares an entry (`referral_life`)."""
ASKED_BEFORE = timedelta(days=40)
DECIDED_AFTER = timedelta(days=12)
LEFT = {
    EndReason.SOCIAL_HOUSING: (ExitOutcome.SOCIAL, Found.OWN_HOME),
    EndReason.FAMILY: (ExitOutcome.FAMILY, Found.HOSTED),
    EndReason.PRIVATE_HOUSING: (ExitOutcome.PRIVATE, Found.OWN_HOME),
    EndReason.RESIDENCE: (ExitOutcome.STRUCTURE, Found.STRUCTURE),
}  # fmt: skip
FOUND = dict(LEFT.values())
ADVICE = (
    "Garder le virement du loyer au lendemain du salaire. Appeler dès le premier retard.",
    "Renouveler chaque année la demande de logement social, et dire à la CAF tout changement.",
    "Refaire le budget à chaque changement de ressources, avec le point conseil budget.",
    "Relever le compteur chaque mois, et appeler le fournisseur avant une régularisation.",
)
GO_ON, SIMPLER = 0.6, 0.5
"""Of the measures that reach their term, those that are renewed; of the others, those that go on as a simpler one."""


class MeasureLife:
    """What the head and the referents decide of the measures."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social, self.draws = play, social, play.draws
        self.head = play.house.actors["helene"]
        self.funders: dict[MeasureKind, Organisation] = {}

    def wanted_at_entry(self, housed: Housed) -> bool:
        """Whether it enters by an IML: one of the last year, outside the stock of the CCAS, while a place is free."""
        lease = housed.lease
        is_late = lease.period.lower > add_months(self.play.last_day, -12) + timedelta(days=10)
        if not is_late or housed.home.agreement.kind == HeadAgreementKind.PROVISION:
            return False
        return Measure.objects.filter(kind=MeasureKind.IML, ended_on=None).count() < IML_USED

    def begin(self, housed: Housed, start: date, worker: str) -> None:
        """The measure of a household that is accompanied: one household, one home, one support."""
        if self.wanted_at_entry(housed):
            self._by_iml(housed, worker)
            return
        begun = max(start, self.play.first.first - timedelta(days=self.draws.of("begun", housed.key).randint(0, 20)))
        self.open(housed, self._kind(housed), begun, worker)

    def _kind(self, housed: Housed) -> MeasureKind:
        if housed.home.agreement.kind == HeadAgreementKind.PROVISION:
            is_second = housed.household.support_type == SupportType.TYPE_2
            return MeasureKind.TYPE_2 if is_second else MeasureKind.TYPE_1
        return self.draws.of("measure", housed.key).choices(list(USUAL), list(USUAL.values()))[0]

    def open(self, housed: Housed, kind: MeasureKind, start: date, worker: str) -> Measure:
        """The contract of who enters next month is signed today."""
        months = self.draws.of("months", housed.key, start).choice(MONTHS[kind])
        aims = self._aims(housed) if kind == MeasureKind.ASLL else []
        measure = open_measure(
            household=housed.household, kind=kind, start=start, planned_end=add_months(start, months) - ONE_DAY,
            referent=self.play.house.users[worker], actor=self.head, funder=self.funder(kind),
            signed_on=None if kind == MeasureKind.MASP2 else min(start, clock.today()),
            proposed_by=PROPOSERS.get(kind, Proposer.HOUSE), aims=aims,
        )  # fmt: skip
        self._share(measure, housed)
        self._see_as_often(housed.household.pk, kind)
        return measure

    def _aims(self, housed: Housed) -> list[Aim]:
        rng = self.draws.of("aims", housed.key)
        return rng.sample(list(Aim), rng.choice((1, 2)))

    def _see_as_often(self, household_id: int, kind: MeasureKind) -> None:
        """Most are seen as often as the text of their measure asks."""
        if kind in RHYTHMS and self.draws.chance("as often", self.social.key_of(household_id)) < 0.85:
            self.social.rhythm[household_id] = RHYTHMS[kind]

    def _share(self, measure: Measure, housed: Housed) -> None:
        """The CCAS pays a part of some ASLL, by a convention of its own."""
        if measure.kind == MeasureKind.ASLL and self.draws.chance("shared", housed.key) < 0.12:
            self._write_lines(self.play.house.ccas, MeasureKind.ASLL, 5)
            add_share(
                measure=measure, funder=self.play.house.ccas, share=30, first=measure.period.lower,
                last=measure.planned_end, actor=self.head,
            )  # fmt: skip

    def _by_iml(self, housed: Housed, worker: str) -> None:
        """Agreed, then signed with the lease on its day; before that day it prepares the entry."""
        signed = housed.lease.signed_on
        start = (signed or clock.today()) - timedelta(days=self.draws.of("iml", housed.key).randint(2, 9))
        open_measure(
            household=housed.household, kind=MeasureKind.IML, start=start, referent=self.play.house.users[worker],
            planned_end=add_months(start, 12) - ONE_DAY, actor=self.head, funder=self.funder(MeasureKind.IML),
            agreed_on=start - timedelta(days=3), signed_on=signed, proposed_by=Proposer.STATE,
            aims=self._aims(housed),
        )  # fmt: skip

    def funder(self, kind: MeasureKind) -> Organisation:
        """Who pays measures of this kind, with the conventions of the years that are played."""
        if kind not in self.funders:
            funder = self.funders[kind] = self.play.house.bodies[FUNDERS[kind]]
            self._write_lines(funder, kind, PLACES[kind])
        return self.funders[kind]

    def _write_lines(self, funder: Organisation, kind: MeasureKind, places: int) -> None:
        for year in range(self.play.first.year, self.play.last_day.year + 1):
            write_line(
                funder=funder, kind=kind, reference=f"Convention {year}", first=date(year, 1, 1),
                last=date(year, 12, 31), places=places, rate=RATES.get(kind), actor=self.head,
            )  # fmt: skip

    def left(self, housed: Housed, day: date, worker: str) -> None:
        """The household has left its home: its measures end, with what is known of where it went."""
        why = Lease.objects.values_list("end_reason", flat=True).get(pk=housed.lease.pk)
        outcome = LEFT[EndReason(why)][0] if why in LEFT else ExitOutcome.UNKNOWN
        for measure in Measure.objects.filter(household=housed.household, ended_on=None).order_by("pk"):
            last = max(measure.period.lower, day - ONE_DAY)
            rng = self.draws.of("left", housed.key)
            close_measure(
                measure=measure, reason=MeasureEnd.MOVED, on=last, outcome=outcome,
                domains=rng.sample([OutcomeDomain.RIGHTS, OutcomeDomain.AUTONOMY, OutcomeDomain.TIES], 2),
                orientations=[Service.DEPARTMENT] if rng.random() < 0.5 else [],
                actor=self.play.house.actors[worker],
            )  # fmt: skip

    def day(self, day: date) -> None:
        """What comes to its term is proposed anew, decided or ended; what was asked after an end is looked at."""
        near = Measure.objects.filter(ended_on=None, planned_end__lte=day + ASKED_BEFORE)
        for measure in near.select_related("household", "referent").prefetch_related("renewals").order_by("pk"):
            self._term(measure, day)
        self._changes(day)
        self._after(day)
        self._again(day)

    def actor(self, measure: Measure) -> Actor:
        return next(a for a in self.play.house.actors.values() if a.user_id == measure.referent_id)

    def _term(self, measure: Measure, day: date) -> None:
        kind = MeasureKind(measure.kind)
        about = self.social.key_of(measure.household_id), kind, measure.planned_end
        waiting = next((one for one in measure.renewals.all() if one.waits), None)
        if waiting is not None:
            self._decide(measure, waiting, day)
        elif measure.planned_end >= day:
            goes_on = kind != MeasureKind.IML and self.draws.chance("goes on", *about) < GO_ON
            if goes_on and not any(one.proposed_on > day - ASKED_BEFORE for one in measure.renewals.all()):
                self._propose(measure, kind, day)
        elif self.play.last_day - day > timedelta(days=12):
            # What came to its term lately waits for who visits the demo.
            self._end(measure, kind, day)

    def _propose(self, measure: Measure, kind: MeasureKind, day: date) -> None:
        rng = self.draws.of("renewal", self.social.key_of(measure.household_id), measure.planned_end)
        months = rng.choice((3, 6)) if kind in (MeasureKind.ASLL, MeasureKind.REINFORCED) else 12
        try:
            renew_measure(
                measure=measure, last=add_months(measure.planned_end + ONE_DAY, months) - ONE_DAY, proposed_on=day,
                proposed_by=PROPOSERS.get(kind, Proposer.HOUSE), actor=self.actor(measure),
                progress=rng.choice((Progress.ON_THE_WAY, Progress.ON_THE_WAY, Progress.LITTLE)),
            )  # fmt: skip
        except DomainError:
            return  # The total of its kind is reached: it ends at its term.

    def _decide(self, measure: Measure, renewal: Renewal, day: date) -> None:
        """Those of the ASLL and of the MASP wait for their commission."""
        if measure.kind in (MeasureKind.ASLL, MeasureKind.MASP2) or day - renewal.proposed_on < DECIDED_AFTER:
            return
        decide_renewal(
            renewal=renewal, decision=RenewalDecision.GRANTED, decided_on=day, signed_on=day, actor=self.head
        )

    def _end(self, measure: Measure, kind: MeasureKind, day: date) -> None:
        """At its term, with advice and a watch; some go on as a simpler one, the others are followed no more."""
        housed = self.social.by_household.get(measure.household_id)
        rng = self.draws.of("end of measure", self.social.key_of(measure.household_id), kind, measure.planned_end)
        goals = [OutcomeDomain.RIGHTS, OutcomeDomain.AUTONOMY, OutcomeDomain.TIES, OutcomeDomain.OWN_HOME]
        close_measure(
            measure=measure, reason=rng.choice((MeasureEnd.TERM, MeasureEnd.GOALS_MET)), on=measure.planned_end,
            outcome=ExitOutcome.STAYED, domains=rng.sample(goals[:3], 2), advice=rng.choice(ADVICE), watch=(3, 6),
            orientations=rng.sample([Service.CCAS, Service.DEBTS, Service.JOB, Service.FSL], 2),
            actor=self.actor(measure),
        )  # fmt: skip
        worker = self.social.worker.get(measure.household_id)
        if worker is None or housed is None:
            return
        simpler = MeasureKind.SIMPLE if kind != MeasureKind.SIMPLE else None
        if kind in (MeasureKind.TYPE_1, MeasureKind.TYPE_2):
            simpler = kind  # A dwelling of the CCAS has its support as long as it is lived in.
        if simpler and (simpler == kind or rng.random() < SIMPLER):
            self.open(housed, simpler, day, worker)
        else:
            self.social.let_go(housed, day)

    def _changes(self, day: date) -> None:
        """On a first look of a month: who has learnt to live there goes from type 1 to 2; a simple support may need
        more."""
        if day.day > 7:
            return
        for former, kind, share in (
            (MeasureKind.TYPE_1, MeasureKind.TYPE_2, 0.3), (MeasureKind.SIMPLE, MeasureKind.REINFORCED, 0.08),
        ):  # fmt: skip
            since = add_months(day, -3)
            rows = Measure.objects.filter(kind=former, ended_on=None, period__startswith__range=(
                since - timedelta(days=35), since), formers=None, planned_end__gt=day)  # fmt: skip
            for measure in rows.select_related("referent").order_by("pk"):
                if self.draws.chance("other type", self.social.key_of(measure.household_id)) < share:
                    change_kind(measure=measure, kind=kind, from_day=day, actor=self.head)
                    self._see_as_often(measure.household_id, kind)

    def _after(self, day: date) -> None:
        """The steps after an end: most are noted within days."""
        due = Watch.objects.filter(seen_on=None, due_on__range=(day - timedelta(days=20), day))
        for step in due.select_related("measure__household", "measure__referent").order_by("pk"):
            about = self.social.key_of(step.measure.household_id), step.months, step.due_on
            if self.draws.chance("step after", *about, day) > 0.4:
                continue
            rng = self.draws.of("step after", *about)
            found = FOUND.get(ExitOutcome(step.measure.outcome), Found.UNREACHED)
            if step.measure.outcome == ExitOutcome.STAYED:
                found = Found.OUR_HOME
            debt = rng.choice((Debt.NONE, Debt.NONE, Debt.SOME, Debt.UNKNOWN))
            note_step(step=step, found=found, debt=debt, seen_on=day, actor=self.actor(step.measure))

    def _again(self, day: date) -> None:
        """Some of those whose support has ended ask for it again some weeks later; the last request waits."""
        since = day - timedelta(days=75)
        ended = Measure.objects.filter(
            ended_on__range=(since, day - timedelta(days=45)), outcome=ExitOutcome.STAYED, reopenings=None
        ).select_related("household", "referent")
        for measure in ended.order_by("pk"):
            key = self.social.key_of(measure.household_id)
            housed = self.social.by_household.get(measure.household_id)
            is_back = Measure.objects.filter(household=measure.household_id, ended_on=None).exists()
            if housed is None or housed.leaves_on or is_back or self.draws.chance("again", key) > 0.3:
                continue
            rng = self.draws.of("again", key)
            asked_by = rng.choice((Asker.HOUSEHOLD, Asker.PARTNER))
            ask_again(
                former=measure, asked_by=asked_by, asked_on=day, actor=self.actor(measure),
                reasons=rng.sample([Again.DEBT, Again.BUDGET, Again.RIGHTS, Again.JOB], 2),
                partner=self.play.house.ccas if asked_by == Asker.PARTNER else None,
            )  # fmt: skip
        waiting = Reopening.objects.waiting().filter(asked_on__lte=day - timedelta(days=14))
        for request in waiting.select_related("former__household", "former__referent").order_by("pk"):
            self._begin_again(request, day)

    def _begin_again(self, request: Reopening, day: date) -> None:
        former, kind = request.former, MeasureKind.ASLL
        housed = self.social.by_household[former.household_id]
        if housed.leaves_on:
            return
        orient_again(request=request, service=Service.HOUSE, oriented_on=day, actor=self.head)
        set_referent(household=former.household, user=former.referent, from_day=day, actor=self.head)
        open_again(
            request=request, kind=kind, start=day, planned_end=add_months(day, 6) - ONE_DAY, referent=former.referent,
            funder=self.funder(kind), signed_on=day, proposed_by=Proposer.INSTRUCTING, actor=self.head,
        )  # fmt: skip
        self.social.take_up(
            housed, day, next(k for k, a in self.play.house.actors.items() if a.user == former.referent)
        )
