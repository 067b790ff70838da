"""The referrals in the demo: who asks a support for whom, how far it is, what partners are told and fill in."""

from datetime import date, timedelta
from typing import Any

from common.periods import ONE_DAY, add_months
from demo import names
from demo.play import Play
from demo.social_life import SocialLife
from leases.households.codes import Civility, MemberRole
from leases.households.services import NewPerson
from leases.models import Household
from office.models import Organisation
from social_link.contacts.codes import ContactKind, ContactOutcome
from social_link.contacts.services import log_contact
from social_link.measures.codes import Aim, MeasureKind, Proposer
from social_link.measures.services.measures import open_measure
from social_link.measures.services.referents import set_referent
from social_link.models import Measure, Referral, ReferralLink
from social_link.objectives.codes import Theme
from social_link.referrals.codes import (
    OUTSIDE_SERVICES,
    WAITING,
    Dropped,
    ReferralService,
    ReferralState,
    ReferrerKind,
    Situation,
    Urgency,
)
from social_link.referrals.services.links import open_intake, receive_by
from social_link.referrals.services.referrals import assign, match_new, receive
from social_link.referrals.services.steps import note_step
from social_link.referrals.services.telling import acknowledge, tell_progress

FROM = (
    (ReferrerKind.MDD, "Département de l’Aude", "Anne Maurel", "anne.maurel@departement.example"),
    (ReferrerKind.CCAS, "CCAS du Grand-Étang", "Julie Sabatier", "julie.sabatier@ccas.example"),
    (ReferrerKind.CAF, "CAF de l’Aude", "Accueil des allocataires", ""),
    (ReferrerKind.LANDLORD, "Habitat du Littoral", "Étienne Roux", "etienne.roux@littoral.example"),
    (ReferrerKind.LANDLORD, "Corbières Habitat", "Service du recouvrement", ""),
    (ReferrerKind.ENERGY, "", "Pôle solidarité du fournisseur", "solidarite@energie.example"),
    (ReferrerKind.HOUSEHOLD, "", "", ""),
)
BY_LANDLORDS, USUAL = [Aim.LANDLORD, Aim.KEEPING], [Aim.INSERTION, Aim.KEEPING, Aim.FITTING]
EVERY, LATELY = timedelta(days=18), timedelta(days=24)
"""Between two referrals of somebody whom no home of ours houses; lately they come faster."""
REFERRED = 0.45
"""Of the households that come in, those that somebody referred."""
UNKNOWN = ("Azéma", "Combes", "Fauvel", "Lestrade", "Sicard")
"""Names that nobody whom we house has: who is known already is asked about."""
LINK_AGO = timedelta(days=60)
SEEKERS = {MeasureKind.AVDL_TO: timedelta(days=95), MeasureKind.IML: timedelta(days=16)}
"""Measures of who has no home of ours yet, and how long ago each begins."""
ACKNOWLEDGED, ASSESSED, ORIENTED = 3, 10, 27
"""Days after which each is done."""


class ReferralLife:
    """What Hélène receives and gives, and what partners send."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social, self.draws = play, social, play.draws
        self.head = play.house.actors["helene"]
        self.next: date | None = None
        self.seen = 0
        self.link: ReferralLink | None = None
        self.seekers: dict[MeasureKind, Household] = {}

    def day(self, day: date) -> None:
        """Receive what comes today, and let those that wait go on."""
        if day < self.play.first.first:
            return
        self._entered(day)
        if self.link is None and self.play.last_day - day <= LINK_AGO:
            self.link, _ = open_intake(referrer=ReferrerKind.CCAS, organisation=self.play.house.ccas, actor=self.head)
        if self.next is None or self.next <= day:
            self._receive(day)
        for referral in Referral.objects.filter(state__in=WAITING, withdrawn_at=None).order_by("pk"):
            self._go_on(referral, day)
        for kind, ago in SEEKERS.items():
            if kind not in self.seekers and self.play.last_day - day <= ago:
                self._seeker(kind, day)
        if day.weekday() == 4 and day.isocalendar().week % 2:
            self._meet(day)
        if day.weekday() == 4:
            tell_progress(day)

    def _body(self, name: str) -> Organisation | None:
        return self.play.house.bodies[name] if name else None

    def _entered(self, day: date) -> None:
        """Some of those who came in were referred some weeks before."""
        new = Measure.objects.filter(pk__gt=self.seen, period__startswith__gte=self.play.first.first)
        for measure in new.select_related("household").order_by("pk"):
            self.seen = measure.pk
            start, housed = measure.period.lower, self.social.by_household.get(measure.household_id)
            if housed is None or start > day or housed.lease.period.lower < self.play.first.first:
                continue
            rng = self.draws.of("referred", housed.key)
            if rng.random() > REFERRED or measure.household.referrals.exists():
                continue
            referrer, body, contact, email = rng.choice(FROM[:4])
            came = start - timedelta(days=rng.randint(28, 60))
            referral = receive(
                received_on=came, referrer=referrer, organisation=self._body(body), contact_name=contact,
                contact_email=email, household=measure.household, situation=rng.choice(list(Situation)[:3]),
                aims=rng.sample(USUAL, 2), consented_on=came if rng.random() < 0.7 else None, actor=self.head,
            )  # fmt: skip
            for state, ago in ((ReferralState.ACKNOWLEDGED, 25), (ReferralState.ASSESSED, 18)):
                note_step(referral=referral, state=state, on=start - timedelta(days=ago), actor=self.head)
                referral.refresh_from_db()
            note_step(
                referral=referral, state=ReferralState.INSIDE, on=start - timedelta(days=6), actor=self.head,
                service=ReferralService.SUPPORT,
            )  # fmt: skip
            note_step(referral=referral, state=ReferralState.MEASURE, on=start, measure=measure, actor=self.head)

    def _receive(self, day: date) -> None:
        """Somebody whom no home of ours houses."""
        is_late = self.play.last_day - day < LINK_AGO
        self.next = day + (LATELY - EVERY if is_late else EVERY)
        rng = self.draws.of("referral", day)
        referrer, body, contact, email = rng.choice(FROM)
        facts: dict[str, Any] = {
            "last_name": rng.choice(names.LAST), "first_name": rng.choice(names.WOMEN + names.MEN),
            "phone": f"06 39 98 {rng.randint(10, 99)} {rng.randint(10, 99)}", "situation": rng.choice(list(Situation)),
            "urgency": rng.choices(list(Urgency), (80, 20))[0], "consented_on": day,
            "aims": rng.sample(BY_LANDLORDS if referrer == ReferrerKind.LANDLORD else USUAL, 1),
        }  # fmt: skip
        if self.link is not None and rng.random() < 0.4:
            by = {"contact_name": "Julie Sabatier", "contact_email": "julie.sabatier@ccas.example"}
            receive_by(self.link, request_key=self.draws.uuid("referral", day), **by, **facts)
            return
        referral = receive(
            received_on=day, referrer=referrer, organisation=self._body(body), contact_name=contact,
            contact_email=email, actor=self.head, **facts,
        )  # fmt: skip
        if rng.random() < 0.75:
            to = self.play.house.users[rng.choice(("camille", "malo"))]
            assign(referral=referral, to=to, actor=self.head)

    def _go_on(self, referral: Referral, day: date) -> None:
        age = (day - referral.received_on).days
        rng = self.draws.of("goes on", referral.last_name, referral.received_on)
        is_slow = rng.random() < 0.2
        if referral.state == ReferralState.RECEIVED and age >= ACKNOWLEDGED and not is_slow:
            acknowledge(referral=referral, on=day, actor=self.head)
        elif referral.state in WAITING[:2] and age >= ASSESSED:
            lacks = rng.random() < 0.2
            state = ReferralState.TO_COMPLETE if lacks else ReferralState.ASSESSED
            note_step(referral=referral, state=state, on=day, actor=self.head)
        elif referral.state in WAITING[2:] and age >= ORIENTED:
            if rng.random() < 0.65:
                service = rng.choice(OUTSIDE_SERVICES)
                note_step(
                    referral=referral, state=ReferralState.OUTSIDE, on=day, service=service, consented_on=day,
                    organisation=self._body("Département de l’Aude") if service == ReferralService.DEPARTMENT else None,
                    actor=self.head,
                )  # fmt: skip
            else:
                why = rng.choice((Dropped.GIVEN_UP, Dropped.UNREACHED, Dropped.SETTLED, Dropped.OUT_OF_SCOPE))
                note_step(referral=referral, state=ReferralState.DROPPED, on=day, why=why, actor=self.head)

    def _meet(self, day: date) -> None:
        """Who looks for a home comes to the office every two weeks."""
        for kind, household in self.seekers.items():
            log_contact(
                household=household, kind=ContactKind.APPOINTMENT, day=day, theme=Theme.SEARCH, minutes=30,
                outcome=ContactOutcome.SEEN, request_key=self.draws.uuid("seeker", kind, day),
                actor=self.play.house.actors["camille"],
            )  # fmt: skip

    def _seeker(self, kind: MeasureKind, day: date) -> None:
        """Somebody who looks for a home is supported without one of ours, as the State asks: by an AVDL; by an IML that
        is agreed, and prepares the entry until it is signed with the lease."""
        rng = self.draws.of("seeker", kind)
        first, last = rng.choice(names.WOMEN), rng.choice(UNKNOWN)
        phone = f"06 39 98 {rng.randint(10, 99)} {rng.randint(10, 99)}"
        came = day - timedelta(days=20)
        referral = receive(
            received_on=came, referrer=ReferrerKind.PREFECTURE, organisation=self._body("DDETS de l’Aude"),
            last_name=last, first_name=first, phone=phone, situation=Situation.SEEKER, aims=[Aim.INSERTION],
            consented_on=came, actor=self.head,
        )  # fmt: skip
        person = NewPerson(
            civility=Civility.MADAM, first_name=first, last_name=last, birth_date=date(rng.randint(1965, 2000), 4, 12),
            phone=phone, role=MemberRole.ADULT, is_address_protected=False,
        )  # fmt: skip
        referral = match_new(referral=referral, person=person, actor=self.head)
        household, user = referral.household, self.play.house.users["camille"]
        assert household is not None  # `match_new` made it.
        self.seekers[kind] = household
        set_referent(household=household, user=user, from_day=day, actor=self.head)
        is_iml = kind == MeasureKind.IML
        measure = open_measure(
            household=household, kind=kind, start=day, planned_end=add_months(day, 12 if is_iml else 6) - ONE_DAY,
            referent=user, funder=self.social.measures.funder(kind), proposed_by=Proposer.STATE,
            agreed_on=day if is_iml else None, signed_on=None if is_iml else day, actor=self.head,
        )  # fmt: skip
        for state in (ReferralState.ASSESSED, ReferralState.INSIDE, ReferralState.MEASURE):
            is_inside, is_open = state == ReferralState.INSIDE, state == ReferralState.MEASURE
            note_step(
                referral=referral, state=state, on=day, service=ReferralService.SUPPORT if is_inside else "",
                measure=measure if is_open else None, actor=self.head,
            )  # fmt: skip
