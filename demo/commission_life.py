"""The commissions in the demo: planned, prepared by the referents, decided on their day, told to who is concerned."""

from datetime import date, time, timedelta

from demo.play import Play
from demo.social_life import SocialLife
from office.access.actor import Actor
from office.messages.codes import Channel, MessageState
from social_link.commissions.codes import Ask, CommissionKind, Condition, Opinion, Ruling
from social_link.commissions.services.agenda import ask_about_measure, ask_opening, fill_agenda, prepare_item
from social_link.commissions.services.decisions import close_commission, decide
from social_link.commissions.services.sittings import add_member, mark_present, plan_commission, withdraw_commission
from social_link.commissions.services.telling import messages_of, post_letters, print_letters, tell_decisions
from social_link.measures.codes import MeasureKind, Proposer, RenewalDecision
from social_link.measures.services.renewals import sign_renewal
from social_link.models import Commission, CommissionItem, Measure, Renewal, Reopening

SEATS = {
    CommissionKind.ASLL: (
        ("Département de l’Aude, FSL", "Présidente de la commission"), ("CAF de l’Aude", "Conseillère technique"),
        ("CCAS du Grand-Étang", "Élue aux affaires sociales"), ("", "Responsable du service social"),
    ),
    CommissionKind.CCAS: (
        ("CCAS du Grand-Étang", "Directeur du CCAS"), ("", "Responsable du service social"), ("", "Gestion locative"),
    ),
}  # fmt: skip
WORDS = (
    "Le loyer courant est payé depuis deux mois, la dette baisse.",
    "Les rendez-vous sont tenus ; le budget reste à consolider.",
    "Le ménage demande à continuer encore quelques mois.",
    "Les droits sont ouverts, reste la demande de logement social.",
    "Peu de rencontres ce trimestre, reprise depuis un mois.",
)
ANSWERS = {Ruling.RENEWED: 76, Ruling.ADJOURNED: 10, Ruling.NO: 8, Ruling.ENDED: 6}
KEPT = timedelta(days=40)
"""Of the last commission, the letters are still on the table."""


class CommissionLife:
    """What Hélène holds, and what the referents prepare."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social, self.draws = play, social, play.draws
        self.head = play.house.actors["helene"]

    def day(self, day: date) -> None:
        """The commission of the ASLL meets on the third Friday of a month in which something waits for it."""
        if day.day <= 7 and day >= self.play.first.first and self._waits():
            self._plan(CommissionKind.ASLL, _third_friday(day))
        for commission in Commission.objects.kept().filter(closed_at=None):
            if commission.held_on <= day:
                self._hold(commission, day)
            elif commission.entries_until >= day:
                fill_agenda(commission=commission, actor=self.head)
                self._prepare(commission, 0.6)
        self._follow(day)

    @staticmethod
    def _waits() -> bool:
        asked = (MeasureKind.ASLL, MeasureKind.MASP2)
        undecided = ("", RenewalDecision.ADJOURNED)
        return Renewal.objects.filter(measure__kind__in=asked, measure__ended_on=None, decision__in=undecided).exists()

    def _plan(self, kind: CommissionKind, day: date) -> Commission:
        commission = plan_commission(
            kind=kind, held_on=day, at_time=time(14), place="Maison du Département, Narbonne", actor=self.head
        )
        if not commission.members.exists():
            for body, function in SEATS[kind]:
                organisation = self.play.house.bodies[body] if body else None
                add_member(commission=commission, function=function, organisation=organisation, actor=self.head)
        return commission

    def _referent(self, item: CommissionItem) -> Actor:
        return next(a for a in self.play.house.actors.values() if a.user_id == item.referent_id)

    def _prepare(self, commission: Commission, share: float) -> None:
        for item in CommissionItem.objects.waiting().filter(commission=commission, opinion="").order_by("pk"):
            rng = self.draws.of("opinion", self.social.key_of(item.household_id), commission.held_on)
            if rng.random() < share:
                opinion = rng.choices(list(Opinion), (80, 14, 6))[0]
                prepare_item(item=item, opinion=opinion, words=rng.choice(WORDS), actor=self._referent(item))

    def _hold(self, commission: Commission, day: date) -> None:
        if not commission.items.kept().exists():
            withdraw_commission(commission=commission, actor=self.head)
            return
        self._prepare(commission, 1)
        members = list(commission.members.order_by("pk"))
        for place, seat in enumerate(members):
            is_present = place != 1 or self.draws.chance("present", commission.held_on) < 0.6
            mark_present(commission=commission, member_id=seat.pk, is_present=is_present, actor=self.head)
        for item in CommissionItem.objects.waiting().filter(commission=commission).order_by("rank", "pk"):
            rng = self.draws.of("decided", self.social.key_of(item.household_id), commission.held_on)
            decided = rng.choices(list(ANSWERS), list(ANSWERS.values()))[0]
            decision = decided if item.ask == Ask.RENEWAL else Ruling.YES
            asked = [Condition.RENT, Condition.MEETINGS, Condition.RIGHTS, Condition.HALFWAY]
            conditions = rng.sample(asked, rng.choice((0, 1, 2))) if decision == Ruling.RENEWED else []
            decide(item=item, decision=decision, conditions=conditions, actor=self.head)
        close_commission(commission=commission, actor=self.head)

    def _follow(self, day: date) -> None:
        """The week after: what was decided is told, and what was renewed is signed."""
        closed = Commission.objects.kept().filter(
            closed_at__isnull=False, held_on__range=(day - timedelta(days=15), day - timedelta(days=3))
        )
        for commission in closed:
            tell_decisions(commission=commission, actor=self.head)
            letters = [one for one in messages_of(commission) if one.channel == Channel.PAPER]
            if self.play.last_day - day > KEPT and any(one.state == MessageState.CREATED for one in letters):
                print_letters(commission=commission, actor=self.head)
                post_letters(commission=commission, actor=self.head)
        granted = Renewal.objects.filter(
            decision=RenewalDecision.GRANTED, signed_on=None, decided_on__lte=day - timedelta(days=7),
            measure__ended_on=None,
        )  # fmt: skip
        for renewal in granted.select_related("measure__household", "measure__referent").order_by("pk"):
            sign_renewal(renewal=renewal, signed_on=day, actor=self.social.measures.actor(renewal.measure))

    def ahead(self) -> None:
        """On the last day: the next commission of the ASLL and that of the CCAS, with what they are asked."""
        after = self.play.last_day + timedelta(days=8)
        coming = _third_friday(after)
        if coming < after:
            coming = _third_friday(after + timedelta(days=28))
        commission = self._plan(CommissionKind.ASLL, coming)
        for request in Reopening.objects.waiting().select_related("former__household", "former__referent")[:2]:
            ask_opening(
                commission=commission, household=request.former.household, kind=MeasureKind.ASLL, months=6,
                referent=request.former.referent, funder=self.social.measures.funder(MeasureKind.ASLL),
                proposed_by=Proposer.INSTRUCTING, actor=self.head,
            )  # fmt: skip
        self._prepare(commission, 0.5)
        commission = self._plan(CommissionKind.CCAS, coming - timedelta(days=3))
        learning = Measure.objects.filter(
            kind=MeasureKind.TYPE_1, ended_on=None, period__startswith__lt=self.play.last_day
        )
        for measure in learning.select_related("household", "referent").order_by("period", "pk")[:3]:
            ask_about_measure(
                commission=commission, measure=measure, ask=Ask.CHANGE, kind=MeasureKind.TYPE_2, actor=self.head
            )  # fmt: skip
        self._prepare(commission, 0.5)


def _third_friday(day: date) -> date:
    """That of the month of `day`."""
    first = day.replace(day=1)
    return first + timedelta(days=(4 - first.weekday()) % 7 + 14)
