"""The demo association, played day by day on `common.clock` through the services that users call.

The generator sends what the outside world sends (bank files, benefit statements, money at the desk, calls for repairs)
and acts as the team acts. It never writes a posting, an allocation, an arrears case or an alert: those follow.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection

from common import clock
from common.errors import DomainError, InvalidInput
from common.periods import Month
from demo import setting, stock
from demo.aid_life import AidLife
from demo.bank_world import Bank, working_day
from demo.caf import Caf
from demo.commission_life import CommissionLife
from demo.court_life import CourtLife
from demo.desk_life import MIDDLE, DeskLife
from demo.draws import Draws
from demo.field_life import FieldLife
from demo.file_life import FileLife
from demo.guarantor_life import GuarantorLife
from demo.households import Home, Housed, move_in, sign_draft
from demo.lives import Behaviour, Means, Planned
from demo.play import Play
from demo.post_life import PostLife
from demo.referral_life import ReferralLife
from demo.social_life import SocialLife
from demo.support_life import SupportLife
from leases.contracts.codes import EndReason
from leases.contracts.services.ending import LeaseEnd, Notice, end_leases, record_notices
from office.access.actor import Actor
from office.jobs import worker as jobs
from office.jobs.wake import asleep
from office.messages.worker import deliver
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.signs import find_signs
from rent_ledger.bank.formats.written import WrittenEntry
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.codes import PaymentMethod
from rent_ledger.models import Account, RentDemand
from rent_ledger.payments.codes import PaymentQuestion
from rent_ledger.payments.services.payments import take_payment
from rent_ledger.policy.services.measuring import measure_signs, measured_by_default
from stock.dwellings.codes import UnitKind
from stock.models import Unit

DEFAULT_DWELLINGS = 180
OCCUPIED = 0.89
# More dwellings than this, and the days of a large association are played: see `_give_notice`, `lives.SHARES_LARGE`.
LARGE = 2000
# Months of the play after which every table is a multiple of what it was.
GROWN = frozenset({-1, 0, 1, 3, 7, 15})
# Of the households, how many leave in a month.
LEAVING = 0.011
# How far back each working day is played as one; before, the bank is looked at twice a month.
LATELY = timedelta(days=17)
# Where households are thousands, as many enter as left: this long after, when their first demand has a run to be in.
RELET = timedelta(days=9)
# Households that enter in one go, before the play begins.
TOGETHER = 500
Progress = Callable[[str, int, int], None]

# Cash, twice as often as a card or a cheque.
DESK_METHODS = (PaymentMethod.CASH, PaymentMethod.CASH, PaymentMethod.CARD, PaymentMethod.CHEQUE)


@dataclass
class Played(Play):
    """The played association with the lives of its team and of the CAF, which read and change it."""

    def __post_init__(self) -> None:
        self.caf, self.desk, self.social = Caf(self), DeskLife(self), SocialLife(self)
        self.field, self.post = FieldLife(self, self.social), PostLife(self)
        self.aids, self.courts = AidLife(self, self.social), CourtLife(self)
        self.guarantors = GuarantorLife(self)
        self.referrals, self.commissions = ReferralLife(self, self.social), CommissionLife(self, self.social)
        self.files, self.supports = FileLife(self, self.social), SupportLife(self, self.social)


def load(
    *,
    size: int | None = None,
    months: int = 14,
    seed: int = 1,
    progress: Progress | None = None,
    until: date | None = None,
    drain: Callable[[int], object] = jobs.drain,
) -> None:
    """Build and play the association up to `until` (today): about 160 leases on 180 dwellings, or `size` leases.

    `drain` does the work of a job.
    """
    say = progress or (lambda step, done, total: None)
    last_day = until or clock.today()
    first = Month.of(last_day).plus(1 - months)
    dwellings = dwellings_for(size)
    draws = Draws(seed)
    with asleep():
        with clock.travel(first.first - timedelta(days=40)):
            say("L’association et son équipe", 0, 1)
            house = setting.build()
            play = Played(house, draws, months, first, last_day, large=dwellings > LARGE, drain=drain)
            for account in (house.own, house.mandants):
                balance = draws.of("balance", account.label).randint(18_000, 42_000)
                play.banks[account.pk] = Bank(account, Decimal(balance), draws)
            _stock(play, dwellings)
            say("L’association et son équipe", 1, 1)
        with clock.travel(first.first - timedelta(days=8)):
            _households(play, size, say)
        _look_at_sizes()
        _play(play, say)


def dwellings_for(size: int | None) -> int:
    """How many dwellings it takes to let `size` of them."""
    return DEFAULT_DWELLINGS if size is None else round(size / OCCUPIED) + 1


def _stock(play: Played, size: int) -> None:
    manager = play.house.actors["nadege"]
    parcs = stock.agreements(manager, play.house.landlords, play.house.owners, play.house.ccas)
    found = stock.dwellings(manager, parcs, size, play.draws)
    stock.service_contract(manager, play.house.ccas, parcs[0].agreement)
    for parc in parcs:
        units = Unit.objects.filter(dwelling__in=found.get(parc.agreement.pk, []), kind=UnitKind.WHOLE)
        homes = units.select_related("dwelling").order_by("dwelling_id")
        numbered = enumerate(homes, len(play.vacant))
        play.vacant += [Home(number, unit, parc.agreement, parc.kinds) for number, unit in numbered]
    play.draws.of("homes").shuffle(play.vacant)


def _households(play: Played, size: int | None, say: Progress) -> None:
    """Those who are there when the play begins: three quarters of the homes that will be let."""
    wanted = size if size is not None else round(len(play.vacant) * OCCUPIED)
    before = wanted if play.large else round(wanted * 0.8)
    start = play.first.first - timedelta(days=20)
    for done in range(0, before, TOGETHER):
        say("Les ménages et leurs baux", done, before)
        rng = play.draws.of("there from the start", done)
        _enter(play, [start - timedelta(days=rng.randint(0, 1500)) for _ in range(min(TOGETHER, before - done))])
        if play.large and not done:
            # A first residence is billed before the rest comes in: the planner then knows what accounts look like.
            _bill(play, clock.today(), play.first)
            _look_at_sizes()
    say("Les ménages et leurs baux", before, before)
    later = wanted - before
    if later:
        span = (play.last_day - play.first.first).days
        rng = play.draws.of("entries")
        play.entries = sorted(play.first.first + timedelta(days=rng.randint(0, span - 1)) for _ in range(later))


def _enter(play: Played, starts: Sequence[date]) -> None:
    """Households move in, each on its day, where there is a home for them."""
    homes = [(play.vacant.pop(), start) for start in starts[: len(play.vacant)]]
    if homes:
        manager = play.house.actors["nadege"]
        entered = move_in(
            actor=manager,
            homes=homes,
            months=play.months,
            draws=play.draws,
            manager=play.house.users["nadege"],
            large=play.large,
        )
        _welcome(play, entered)


def _sign_draft(play: Played, day: date) -> None:
    """A contract that waits for what its preparation lacks."""
    if play.vacant:
        drafted = sign_draft(
            actor=play.house.actors["nadege"], home=play.vacant.pop(), start=day, months=play.months, draws=play.draws,
            manager=play.house.users["nadege"],
        )  # fmt: skip
        _welcome(play, [drafted])


def _welcome(play: Played, entered: Sequence[Housed]) -> None:
    play.caf.open_rights(entered)
    for housed in entered:
        has_iban = play.draws.chance("iban", housed.key) < 0.93
        housed.iban = stock.iban(500_000 + housed.lease.pk) if has_iban else ""
        play.housed[housed.lease.pk] = housed
        play.social.welcome(housed, housed.lease.period.lower)
    play.unbilled = True


def _look_at_sizes() -> None:
    """Tables fill in minutes as they would in months: the planner must not believe that they are still empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _play(play: Played, say: Progress) -> None:
    day, total = play.first.first - timedelta(days=7), (play.last_day - play.first.first).days + 8
    number = 0
    while day <= play.last_day:
        if day.day == 28 and play.month_number(day) in GROWN:
            _look_at_sizes()
        with clock.travel(day):
            _day(play, day)
        number += 1
        if number % 5 == 0:
            say("Les jours", number, total)
        day += timedelta(days=1)
    say("Les jours", total, total)
    with clock.travel(play.last_day):
        play.field.today()
        play.social.week_ahead()
        play.commissions.ahead()
        stock.tell_why_empty(play.house.actors["nadege"], play.last_day, play.draws)
        # A short life says nothing yet of what followed its signs.
        with suppress(InvalidInput):
            first, last = measured_by_default(play.last_day)
            measure_signs(first=first, last=last, actor=Actor.system())


def _late_money(play: Played, day: date) -> None:
    """The week before the last day: some of those who owe send part of it, with little to tell who they are."""
    owing = [h for h in play.housed.values() if h.life.missed and h.leaves_on is None]
    for housed in play.draws.some(owing, 9, lambda one: one.key, "late money"):
        rng = play.draws.of("late money", housed.key)
        when = working_day(day + timedelta(days=rng.randint(2, 4)))
        amount = Decimal(rng.choice((50, 60, 80, 100, 120, 150, 200)))
        means = rng.choice((Means.NAME, Means.NAME, Means.VAGUE, Means.RELATIVE))
        play.bank_of(housed).pay(Planned(when, amount, means), housed, "SOLDE LOYER")
    others = (
        ("REMB ASSURANCE HABITAT", "130.80"),
        ("VERSEMENT ESPECES GAB", "180.00"),
        ("VIR MSA GRAND SUD", "312.40"),
    )
    for label, amount_text in others:
        when = working_day(day + timedelta(days=play.draws.of("other money", label).randint(2, 4)))
        entry = WrittenEntry(label=label, amount=Decimal(amount_text), booking_day=when, name=label.partition(" ")[2])
        play.banks[play.house.own.pk].expect(entry)


def _day(play: Played, day: date) -> None:
    """One day, in the order in which it happens: night tasks, the desk, the bank, the month's work, the evening."""
    looks = _looks(play, day)
    _entries(play, day)
    _departures(play, day)
    _runs(play, day)
    if day == play.last_day - timedelta(days=6):
        _late_money(play, day)
    for housed, amount, demand in play.desk_money.pop(day, []):
        account = play.desk.account_of(housed)
        if account is not None:
            key = play.draws.uuid("at the desk", housed.key, demand)
            rng = play.draws.of("at the desk", housed.key, day)
            take_payment(
                account=Account.objects.get(pk=account),
                method=rng.choice(DESK_METHODS), amount=amount,
                received_on=day, payer=housed.holder, request_key=key, actor=play.house.actors["nadege"],
                answers={PaymentQuestion.ABOVE_DUE.lower(): "Le ménage paie d’avance"},
            )  # fmt: skip
    play.caf.day(day)
    if looks or day.weekday() == 4:
        # What a fund pays is seen by the search of the arrears of that day.
        play.aids.day(day)
    if looks:
        play.desk.bank_morning(day)
        detect_arrears(day=day, actor=play.house.actors["nadege"])
        find_signs(day=day)
        play.desk.look_at_arrears(day)
        play.guarantors.day(day)
        play.courts.day(day)
    if looks or play.signalled:
        play.social.alerts(day)
        play.signalled = False
    if looks or day.weekday() == 4:
        play.social.day(day)
        play.files.day(day)
        play.supports.day(day)
        play.commissions.day(day)
        play.referrals.day(day)
    if looks:
        deliver()
    if looks or play.last_day - day < LATELY:
        play.post.day(day)
    if day.weekday() < 5:
        play.field.day(day)


def _entries(play: Played, day: date) -> None:
    """Those who enter today; of the last ones, half are still waiting for their keys."""
    due = drafts = 0
    while play.entries and play.entries[0] <= day:
        play.entries.pop(0)
        if play.last_day - day < timedelta(days=6) and play.draws.chance("draft", day, due + drafts) < 0.5:
            drafts += 1
            _sign_draft(play, day)
        else:
            due += 1
    if due:
        _enter(play, [day] * due)


def _looks(play: Played, day: date) -> bool:
    """Whether the bank and the arrears are looked at: each working day lately; before, in mid-month and at its end."""
    if day == play.last_day:
        return True
    if day.weekday() >= 5:
        return False
    if play.last_day - day < LATELY:
        return True
    return day.weekday() == 4 and (day.day in MIDDLE or day.day in range(23, 30))


def _runs(play: Played, day: date) -> None:
    """The run of the next month on the 26th; a second one of this month for those who entered since."""
    month = Month.of(day)
    if day.day == 26 or day == play.first.first - timedelta(days=6):
        month = month.plus(1)
        if month > Month.of(play.last_day):
            return
    elif not (play.unbilled and day.weekday() == 4 and day.day < 25 and _looks(play, day)):
        return
    _bill(play, day, month)


def _bill(play: Played, day: date, month: Month) -> None:
    """Run the demands of `month` that are not made yet; the households will pay them in their way."""
    try:
        run = launch_run(month=month, actor=play.house.actors["nadege"])
    except DomainError:
        play.unbilled = False
        return
    play.unbilled = False
    assert run.job_id is not None
    play.drain(run.job_id)
    if month.first <= play.last_day - timedelta(days=20):
        play.post.send(run)
    demands = RentDemand.objects.filter(run=run).only("lease_id", "month", "number", "net", "due_on")
    # By lease: two processes number the demands as they come.
    for demand in demands.order_by("lease_id", "pk"):
        housed = play.housed[demand.lease_id]
        number = play.month_number(demand.month)
        for planned in housed.life.pays(net=demand.net, due_on=demand.due_on, month=number):
            when = working_day(max(planned.day, day + timedelta(days=1)))
            if planned.means == Means.DESK:
                play.desk_money[when].append((housed, planned.amount, demand.reference))
            else:
                play.bank_of(housed).pay(planned, housed, demand.reference)


def _departures(play: Played, day: date) -> None:
    """About one household in eight leaves in a year; some owe something that stays theirs."""
    left = play.leaving.pop(day, [])
    _end(play, left, day)
    if play.large:
        # Elsewhere, who enters and when is drawn before the play begins.
        play.entries += [day + RELET] * len(left)
    if day.day != 15 or day < play.first.first:
        return
    candidates = [
        h for h in play.housed.values() if h.leaves_on is None and h.lease.period.lower < day - timedelta(days=150)
    ]
    count = round(len(play.housed) * LEAVING)
    leaving = play.draws.some(candidates, count, lambda one: one.key, "departure", day)
    if play.large:
        _give_notice(play, day, leaving)
        return
    for housed in leaving:
        stays = housed.life.behaviour == Behaviour.INCOME_FALL and play.draws.chance("stays", housed.key) < 0.5
        _end(play, [housed], day, still_occupied=stays)
        correct_all(actor=play.house.actors["nadege"], lease_ids=[housed.lease.pk])


def _give_notice(play: Played, day: date, leaving: Sequence[Housed]) -> None:
    """Where many leave each month, they leave at its end and said so in time: nothing is billed that must be undone."""
    end = Month.of(day).plus(1).first
    notices = [Notice(housed.lease, day, end - timedelta(days=1)) for housed in leaving]
    record_notices(actor=Actor.system(), notices=notices)
    for housed in leaving:
        housed.leaves_on = end
    play.leaving[end] = list(leaving)


def _end(play: Played, leaving: Sequence[Housed], day: date, *, still_occupied: bool = False) -> None:
    """The contracts ended yesterday; what is owed stays theirs."""
    reasons = (
        EndReason.SOCIAL_HOUSING, EndReason.SOCIAL_HOUSING, EndReason.PRIVATE_HOUSING, EndReason.FAMILY,
        EndReason.RESIDENCE, EndReason.UNKNOWN,
    )  # fmt: skip
    ends = [
        LeaseEnd(
            housed.lease, day - timedelta(days=1), play.draws.of("why", housed.key).choice(reasons),
            still_occupied,
        )
        for housed in leaving
    ]  # fmt: skip
    end_leases(actor=Actor.system(), ends=ends)
    play.caf.close_rights(leaving, day)
    for housed in leaving:
        housed.leaves_on = day
        if not still_occupied:
            play.social.leave(housed, day)
            play.vacant.insert(0, housed.home)
