"""What the social team keeps of a household in the demo: rights, budgets, difficulties, partners, installation."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from common.periods import add_months
from demo.households import Housed
from demo.lives import Behaviour
from demo.play import Play
from demo.social_life import SocialLife
from leases.households.codes import MemberRole
from leases.models import Person
from office.access.actor import Actor
from office.models import AidScheme
from office.schemes.codes import Gives, Need
from office.schemes.services import save_scheme
from social_link.budgets.codes import Paper, Resource, Spending
from social_link.budgets.queries import books_rent, persons_of
from social_link.budgets.services import make_budget
from social_link.difficulties.codes import DifficultyKind
from social_link.difficulties.queries import seen_word
from social_link.difficulties.services import note_difficulties
from social_link.models import Difficulty, Partner, RightFact
from social_link.partners.codes import ConsentHow, PartnerFunction, Told
from social_link.partners.services import save_partner, write_link
from social_link.rights.codes import Per, RightKind, RightRefusal, RightState
from social_link.rights.services import Said, note_rights
from social_link.settling.codes import Furniture, SettlingStep
from social_link.settling.services import tick, write_furniture

FIRST, AGAIN = 0.45, 0.5
"""Of the households that are accompanied, those whose file is filled in; of these, those whose budget is made anew."""
SETTLED = 0.7
PEOPLE = (
    ("Anne Maurel", PartnerFunction.SECTOR, "Département de l’Aude", "anne.maurel@departement.example"),
    ("Bruno Castan", PartnerFunction.SECTOR, "Département de l’Aude", "bruno.castan@departement.example"),
    ("Julie Sabatier", PartnerFunction.CCAS, "CCAS du Grand-Étang", "julie.sabatier@ccas.example"),
    ("Étienne Roux", PartnerFunction.LANDLORD, "Habitat du Littoral", "etienne.roux@littoral.example"),
    ("Accueil des allocataires", PartnerFunction.BENEFIT, "CAF de l’Aude", ""),
    ("Claire Bonnafous", PartnerFunction.GUARDIAN, "", "claire.bonnafous@tutelles.example"),
    ("Mission locale du Narbonnais", PartnerFunction.WORK, "", "accueil@mission-locale.example"),
    ("Centre médico-social de Narbonne", PartnerFunction.DOCTOR, "", ""),
    ("Épicerie sociale du Canal", PartnerFunction.OTHER, "", "bonjour@epicerie-canal.example"),
)
INCOMES = (
    (Resource.WORK, 34, (980, 1520)), (Resource.MINIMUM, 32, (560, 640)), (Resource.UNEMPLOYED, 18, (720, 1080)),
    (Resource.PENSION, 16, (860, 1240)),
)  # fmt: skip
"""Where most of the month comes from, of 100 households, and euros from and to."""
WANTED = {
    Behaviour.INCOME_FALL: DifficultyKind.RESOURCES, Behaviour.BENEFIT_SUSPENDED: DifficultyKind.BUDGET,
    Behaviour.IRREGULAR: DifficultyKind.BUDGET, Behaviour.PLAN_BROKEN: DifficultyKind.RESOURCES,
}  # fmt: skip
OTHERS = (
    (DifficultyKind.RESOURCES, 0.45), (DifficultyKind.HOUSING, 0.35), (DifficultyKind.ISOLATION, 0.25),
    (DifficultyKind.HEALTH, 0.16),
    (DifficultyKind.BUDGET, 0.3), (DifficultyKind.PSYCHIC, 0.08), (DifficultyKind.WANDERING, 0.05),
)  # fmt: skip


class FileLife:
    """What Camille and Malo fill in with a household, some weeks after they met it."""

    def __init__(self, play: Play, social: SocialLife) -> None:
        self.play, self.social, self.draws = play, social, play.draws
        # When the file of a household is filled in next; None where never, or no more.
        self.due: dict[int, date | None] = {}
        self.filled: set[int] = set()
        self.settled: dict[int, list[date]] = {}
        self.partners: list[Partner] = []
        self.aid: AidScheme | None = None

    def day(self, day: date) -> None:
        """Fill in what is due today."""
        for pk in list(self.social.worker):
            housed = self.social.by_household[pk]
            if pk not in self.due:
                self._meet(housed, day)
            if (due := self.due[pk]) is not None and due <= day:
                self._fill(housed, day)
            if self.settled.get(pk) and self.settled[pk][0] <= day:
                self.settled[pk].pop(0)
                self._settle(housed, day)
        self._renew(day)

    def _actor(self, housed: Housed) -> Actor:
        return self.play.house.actors[self.social.worker[housed.household.pk]]

    def _meet(self, housed: Housed, day: date) -> None:
        pk, rng = housed.household.pk, self.draws.of("file", housed.key)
        self.due[pk] = day + timedelta(days=rng.randint(5, 70)) if rng.random() < FIRST else None
        entered = housed.lease.period.lower
        if entered >= self.play.first.first and rng.random() < SETTLED:
            self.settled[pk] = [entered + timedelta(days=rng.randint(7, 16)), entered + timedelta(days=45)]

    def _fill(self, housed: Housed, day: date) -> None:
        pk, actor = housed.household.pk, self._actor(housed)
        again = pk in self.filled
        rng = self.draws.of("filled", housed.key, again)
        older, younger = persons_of(housed.household, day)
        income = self._income(housed, again, younger)
        self._budget(housed, day, (older, younger), income, rng, actor)
        self._difficulties(housed, day, rng, actor)
        if not again:
            self._rights(housed, day, income, rng, actor)
            self._partner(housed, day, rng, actor)
        self.filled.add(pk)
        goes_on = not again and rng.random() < AGAIN
        self.due[pk] = day + timedelta(days=rng.randint(100, 170)) if goes_on else None

    def _income(self, housed: Housed, again: bool, younger: int) -> dict[Resource, Decimal]:
        """What comes in by month; the second time, some who worked work no more. Family benefits begin with two
        children; some do not have them yet."""
        rng = self.draws.of("income", housed.key)
        kind, _, span = rng.choices(INCOMES, [share for _, share, _ in INCOMES])[0]
        found = {kind: Decimal(rng.randint(*span))}
        if kind == Resource.WORK:
            found[Resource.ACTIVITY] = Decimal(rng.randint(60, 220))
            if again and housed.life.behaviour == Behaviour.INCOME_FALL:
                found = {Resource.UNEMPLOYED: Decimal(rng.randint(620, 880))}
        if younger >= 2 and rng.random() < 0.85:
            found[Resource.FAMILY] = Decimal(rng.randint(148, 340))
        return found

    def _budget(
        self, housed: Housed, day: date, people: tuple[int, int], income: dict[Resource, Decimal], rng: Random,
        actor: Actor,
    ) -> None:  # fmt: skip
        books = books_rent(housed.household, day)
        older, younger = people
        spent = {
            Spending.ENERGY: 48 + 14 * (older + younger) + rng.randint(0, 30), Spending.INSURANCE: rng.randint(28, 62),
            Spending.TRANSPORT: rng.choice((0, 25, 48, 90, 120)), Spending.OTHER: 18 * younger + rng.randint(0, 25),
            Spending.DEBTS: rng.choice((0, 0, 45, 80, 130)), Spending.FOOD: 140 * older + 80 * younger,
        }  # fmt: skip
        if books is None:
            return  # Its first demand has not been made.
        make_budget(
            household=housed.household, on=day, older=max(older, 1), younger=younger, rent=books.rent, aid=books.aid,
            amounts={code.value: Decimal(amount) for code, amount in (income | spent).items()}, actor=actor,
            papers=rng.sample([Paper.CAF, Paper.BANK, Paper.BILLS, Paper.SAID], 2),
        )  # fmt: skip

    def _difficulties(self, housed: Housed, day: date, rng: Random, actor: Actor) -> None:
        kinds = {kind for kind, share in OTHERS if rng.random() < share}
        if housed.life.behaviour in WANTED:
            kinds.add(WANTED[housed.life.behaviour])
        standing = Difficulty.objects.filter(household=housed.household, period__endswith=None)
        note_difficulties(household=housed.household, kinds=kinds, on=day, seen=seen_word(standing), actor=actor)

    def _rights(self, housed: Housed, day: date, income: dict[Resource, Decimal], rng: Random, actor: Actor) -> None:
        members = housed.household.memberships.filter(role=MemberRole.ADULT).select_related("person").order_by("pk")
        person = members[0].person
        since = day - timedelta(days=rng.randint(30, 320))
        said = [*self._minima(income, since, rng), *self._of_person(person, income, since, rng)]
        if housed.benefit:
            said.append(self._right(RightKind.HOUSING, RightState.OPEN, since, amount=housed.benefit))
        else:
            said.append(self._right(RightKind.HOUSING, rng.choice((RightState.ASKED, RightState.NONE)), day))
        if Resource.FAMILY in income:
            said.append(self._right(RightKind.FAMILY, RightState.OPEN, since, amount=income[Resource.FAMILY]))
        said.append(self._right(RightKind.ENERGY, rng.choice((RightState.OPEN, RightState.ASKED)), since))
        if rng.random() < 0.4:
            refused = rng.random() < 0.5
            state = RightState.REFUSED if refused else RightState.ASKED
            asked = self._right(RightKind.SOCIAL_FUND, state, day - timedelta(days=rng.randint(3, 30)))
            said.append(asked)
        note_rights(household=housed.household, said=said, actor=actor)

    def _minima(self, income: dict[Resource, Decimal], since: date, rng: Random) -> list[Said]:
        found = []
        if Resource.MINIMUM in income:
            found.append(self._right(RightKind.RSA, RightState.OPEN, since, amount=income[Resource.MINIMUM]))
        if Resource.ACTIVITY in income:
            found.append(self._right(RightKind.ACTIVITY, RightState.OPEN, since, amount=income[Resource.ACTIVITY]))
        elif Resource.WORK in income or rng.random() < 0.3:
            found.append(self._right(RightKind.ACTIVITY, RightState.ASKED, since))
        return found

    def _of_person(self, person: Person, income: dict[Resource, Decimal], since: date, rng: Random) -> list[Said]:
        found = [self._right(RightKind.COVER, RightState.OPEN, since, person)]
        if Resource.UNEMPLOYED in income:
            found.append(
                self._right(RightKind.UNEMPLOYED, RightState.OPEN, since, person, amount=income[Resource.UNEMPLOYED])
            )
        if Resource.PENSION in income:
            found.append(
                self._right(RightKind.OLD_AGE, RightState.OPEN, since, person, amount=income[Resource.PENSION])
            )
        if Resource.WORK not in income:
            found.append(self._right(RightKind.TOP_UP, RightState.OPEN, since, person, renew_on=add_months(since, 12)))
        if rng.random() < 0.12:
            found.append(self._right(RightKind.MDPH, RightState.ASKED, since, person))
        return found

    @staticmethod
    def _right(
        kind: RightKind, state: RightState, on: date, person: Person | None = None, *, amount: Decimal | None = None,
        renew_on: date | None = None,
    ) -> Said:  # fmt: skip
        refusal = RightRefusal.RESOURCES if state == RightState.REFUSED else ""
        return Said(kind, person, state, on, renew_on, amount, Per.MONTH if amount else "", refusal)

    def _renew(self, day: date) -> None:
        """Rights that end within weeks are renewed, most of them in time."""
        facts = RightFact.objects.standing().filter(said=RightState.OPEN, renew_on__lte=day + timedelta(days=21))
        for fact in facts.select_related("household", "person").order_by("pk"):
            if fact.household_id not in self.social.worker:
                continue
            housed = self.social.by_household[fact.household_id]
            if self.draws.chance("renewed", housed.key, fact.kind, day) < 0.3 and fact.renew_on is not None:
                kind = RightKind(fact.kind)
                said = self._right(kind, RightState.OPEN, day, fact.person, renew_on=add_months(fact.renew_on, 12))
                note_rights(household=housed.household, said=[said], actor=self._actor(housed))

    def _partner(self, housed: Housed, day: date, rng: Random, actor: Actor) -> None:
        if rng.random() > 0.55:
            return
        agreed = rng.random() < 0.75
        since = day - timedelta(days=rng.randint(0, 200))
        for partner in rng.sample(self._directory(), rng.choice((1, 1, 2))):
            tells = rng.sample([Told.CONTACT, Told.MEASURE, Told.HOUSING], 2) if agreed else []
            write_link(
                household=housed.household, partner=partner, since=since, given_on=day if agreed else None,
                how=rng.choice((ConsentHow.WRITTEN, ConsentHow.SAID)) if agreed else "", tells=tells, actor=actor,
            )  # fmt: skip

    def _directory(self) -> list[Partner]:
        if not self.partners:
            bodies = self.play.house.bodies
            for number, (name, function, body, email) in enumerate(PEOPLE):
                partner = save_partner(
                    name=name, function=function, organisation=bodies.get(body), email=email,
                    phone=f"04 65 71 10 {10 + number}", actor=self.play.house.actors["helene"],
                )  # fmt: skip
                self.partners.append(partner)
        return self.partners

    def _settle(self, housed: Housed, day: date) -> None:
        """First what presses, and the furniture; some weeks later the rest, but for what stays open."""
        actor, is_last = self._actor(housed), not self.settled[housed.household.pk]
        rng = self.draws.of("settled", housed.key, is_last)
        steps = list(SettlingStep)[5:] if is_last else list(SettlingStep)[:5]
        for step in steps:
            if rng.random() < 0.75:
                needless = step == SettlingStep.SCHOOL and persons_of(housed.household, day)[1] == 0
                tick(household=housed.household, step=step, on=day, needless=needless, actor=actor)
        if not is_last:
            for kind in rng.sample([Furniture.BED, Furniture.FRIDGE, Furniture.WASHER, Furniture.TABLE], 2):
                asked = Decimal(rng.choice((120, 180, 240)))
                came = rng.random() < 0.5
                write_furniture(
                    household=housed.household, kind=kind, scheme=self._aid(), asked=asked, asked_on=day,
                    obtained=asked if came else None, received_on=day if came else None, actor=actor,
                )  # fmt: skip

    def _aid(self) -> AidScheme:
        if self.aid is None:
            self.aid = save_scheme(
                organisation=self.play.house.caf, name="Aide à l’équipement", needs=[Need.OTHER], gives=Gives.BOTH,
                amount_most=Decimal(600), conditions="Allocataire, et premier logement équipé.",
                from_day=self.play.first.first.replace(month=1, day=1),
                source="Règlement d’action sociale de la CAF, chiffres de démonstration",
                actor=self.play.house.actors["helene"],
            )  # fmt: skip
        return self.aid
