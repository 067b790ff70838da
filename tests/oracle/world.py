"""Plays lives day by day, in the product's services and in the oracle, and compares them every evening.

All lives are played over one calendar. What the product does in sets is done once a day for all of them: one rent run,
one bank file, one bordereau. Each event is asked of the oracle first: what it says has no object is not asked of the
product; what it says is refused must be refused there too.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from common import clock
from common.errors import Conflict
from common.periods import Month, period
from leases.contracts.services.ending import LeaseEnd, Notice, end_leases, leave, record_notices
from leases.models import Lease, LeaseParty, Occupancy, RentTerm
from office.access.actor import Actor
from office.jobs.worker import drain
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.arrears.services.freezes import note_step
from rent_ledger.arrears.services.plans import end_plan, propose_plan, sign_plan
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.inbox import accept_matches
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.queries.terms import term_states
from rent_ledger.billing.rules.receipts import choose
from rent_ledger.billing.services.corrections import correct_all
from rent_ledger.billing.services.runs import launch_run, obstacles, undo_run
from rent_ledger.billing.services.sending import mark_sent
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.books.codes import EntryKind
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.books.services.projections import roll
from rent_ledger.models import (
    Account,
    AccountState,
    Allocation,
    ArrearsCase,
    BankLine,
    BenefitRight,
    Match,
    OpenItem,
    Payment,
    Posting,
    RentDemand,
    RentRun,
    RepaymentPlan,
)
from rent_ledger.payments.services.payments import cancel_payment, take_payment
from rent_ledger.rights.services import end_right, set_right
from tests.factories import ANYWAY, make_actor, make_bank_account, make_bank_known, make_let, make_payer
from tests.oracle.billing import Contract, Right, plus_months
from tests.oracle.lives import FIRST_DAY, LAST_DAY, ORDER, Event, Life
from tests.oracle.tenancy import NOTHING, Snapshot, Tenancy
from tests.rent_ledger.banking import camt, drop, movement, written

DAY = timedelta(days=1)
SNAPSHOT = [f.name for f in fields(Snapshot)]
MONEY_FIELDS = [name for name in SNAPSHOT if name != "impayes"]


@dataclass(frozen=True)
class Difference:
    """`what` differs for a life on the evening of `day`."""

    life: int
    day: date
    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.day}  {self.what}\n    expected  {self.expected}\n    found     {self.found}"


@dataclass
class Figures:
    """What was lived (days) and compared (all else)."""

    days: int = 0
    evenings: int = 0
    demands: int = 0
    papers: int = 0
    allocations: int = 0
    impayes: int = 0
    undos: int = 0
    refused_undos: int = 0
    plans: int = 0
    decisions: int = 0
    plans_kept: int = 0
    plans_broken: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, f.name):,} {f.name.replace('_', ' ')}" for f in fields(self))


@dataclass(eq=False)
class Home:
    """A household as both know it."""

    life: Life
    tenancy: Tenancy
    lease: Lease
    account: int
    shown: Snapshot | None = None  # on the last evening

    @property
    def number(self) -> int:
        return self.life.number


class World:
    """`play` yields the differences as they are found; a life that has one is played no further.

    `ignore`: names of what is not compared. `only_days`: the days to play (all by default).
    """

    def __init__(
        self, lives: Sequence[Life], *, ignore: Collection[str] = (), only_days: Collection[date] | None = None
    ) -> None:
        self.lives = lives
        self.ignore = frozenset(ignore)
        self.only_days = only_days
        self.figures = Figures()
        self.homes: dict[int, Home] = {}
        self.events: defaultdict[date, defaultdict[str, list[tuple[int, Event]]]] = defaultdict(
            lambda: defaultdict(list)
        )
        for life in lives:
            for event in life.events:
                self.events[event.day][event.kind].append((life.number, event))
        self.manager = make_actor()
        self.caf = make_payer()
        self.bank = make_bank_account()
        self.balance, self.known, self.files = Decimal("1000.00"), FIRST_DAY - DAY, 0
        self.bordereaux = 0
        self.is_moving = False  # whether anything changed on the day before
        self.runs: dict[int, RentRun] = {}
        self.alone: dict[tuple[int, date], int] = {}  # by (life, month)

    # -- days -----------------------------------------------------------------------------------------------------

    def play(self, until: date = LAST_DAY) -> Iterator[Difference]:
        yield from self.play_on(FIRST_DAY, until)

    def play_on(self, first: date, until: date) -> Iterator[Difference]:
        day = first
        while day <= until:
            if day.day == 1 and len(self.lives) > 200:
                print(f"{day}: {self.figures}", flush=True)
            if self.only_days is None or day in self.only_days:
                with clock.travel(day):
                    yield from self.one_day(day)
            day += DAY

    def one_day(self, day: date) -> Iterator[Difference]:
        """A day on which nothing happens and nothing changes is the oracle's alone, but for the one after a change."""
        for home in self.homes.values():
            home.tenancy.morning(day)
        is_quiet = not self.events[day] and all(life.contract.start != day for life in self.lives)
        self.figures.days += len(self.homes)
        if is_quiet:
            was_moving, self.is_moving = self.is_moving, self.evening(day)
            if not (was_moving or self.is_moving):
                return
        # What the house does by itself at night; the day that its search looks back on is over.
        roll(day=day)
        if not is_quiet:
            # Its plans are judged by what the bank said of yesterday.
            make_bank_known(until=day - DAY, bank_account=self.bank)
            detect_arrears(day=day, actor=Actor.system())
        self.enter(day)
        touched: set[int] = set()
        for kind in ORDER:
            todo = [(self.homes[n], event) for n, event in self.events[day][kind] if n in self.homes]
            if todo:
                touched |= {home.number for home, _ in todo}
                for difference in getattr(self, f"do_{kind}")(todo, day):
                    yield self.fail(difference)
        if self.known < day:
            make_bank_known(until=day, bank_account=self.bank)
        # What is asked for after each change, of the bank's last known day too.
        detect_arrears(day=day, actor=Actor.system())
        if not is_quiet:
            self.evening(day)
            self.is_moving = True
        for difference in self.compare(day, touched):
            yield self.fail(difference)

    def evening(self, day: date) -> bool:
        """What the oracle shows tonight. Whether it is something else than last evening."""
        before = {n: home.shown for n, home in self.homes.items()}
        for home in self.homes.values():
            home.shown = home.tenancy.evening(day)
        return any(home.shown != before[n] for n, home in self.homes.items())

    def fail(self, difference: Difference) -> Difference:
        self.homes.pop(difference.life, None)
        return difference

    def enter(self, day: date) -> None:
        for life in self.lives:
            c = life.contract
            if c.start != day:
                continue
            lease = make_let(
                rent=str(c.monthly["RENT"]), charges=str(c.monthly.get("CHARGES", "0")), start=day, kind=c.family,
                due_rule="ARREARS" if c.in_arrears else "ADVANCE", due_day=c.due_day,
            )  # fmt: skip
            for nature in ("PARKING", "SERVICES"):
                if nature in c.monthly:
                    RentTerm.objects.create(lease=lease, nature=nature, amount=c.monthly[nature], period=period(day))
            contract = Contract(c.start, c.monthly, c.due_day, c.in_arrears, c.family)
            self.homes[life.number] = Home(life, Tenancy(contract), lease, tenant_accounts([lease.pk])[lease.pk])

    # -- what the house is told -----------------------------------------------------------------------------------

    def do_right(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            f = event.facts
            if home.tenancy.set_right(Right(f["amount"], f["start"], None, f["direct"], f["aid"])):
                set_right(
                    lease=home.lease, payer=self.caf, kind=f["aid"], beneficiary_number=f"{home.number:07d}",
                    amount=f["amount"], start=f["start"], is_direct=f["direct"], actor=self.manager,
                )  # fmt: skip
        yield from ()

    def do_right_ends(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            if home.tenancy.end_right(event.facts["on"]):
                running = BenefitRight.objects.get(lease=home.lease, period__endswith__isnull=True)
                end_right(right_id=running.pk, on=event.facts["on"], actor=self.manager)
        yield from ()

    def do_notice(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        told = [(h, e) for h, e in todo if h.tenancy.notice(e.facts["ends"], day)]
        if told:
            record_notices(actor=self.manager, notices=[Notice(h.lease, day, e.facts["ends"] - DAY) for h, e in told])
            correct_all(actor=self.manager, lease_ids=[h.lease.pk for h, _ in told])
        yield from ()

    def do_end(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        ended = [
            (h, e.facts)
            for h, e in todo
            if h.tenancy.end(e.facts["ends"], day, stays=e.facts["stays"], died=e.facts["died"])
        ]
        if ended:
            ends = [
                LeaseEnd(h.lease, f["ends"] - DAY, "DEATH" if f["died"] else "UNKNOWN", f["stays"]) for h, f in ended
            ]
            end_leases(actor=self.manager, ends=ends)
            correct_all(actor=self.manager, lease_ids=[h.lease.pk for h, _ in ended])
        yield from ()

    def do_leave(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            if home.tenancy.leave(event.facts["leaves"], day):
                stay = Occupancy.objects.get(lease=home.lease)
                leave(actor=self.manager, occupancy=stay, last_day=event.facts["leaves"] - DAY)
                correct_all(actor=self.manager, lease_ids=[home.lease.pk])
        yield from ()

    # -- runs -----------------------------------------------------------------------------------------------------

    def do_run(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        """One run of a month for all, and one for each household that is billed apart."""
        groups: defaultdict[tuple[date, int], list[Home]] = defaultdict(list)
        for home, event in todo:
            groups[event.facts["month"], home.number if event.facts["own"] else 0].append(home)
        for (month, apart), homes in sorted(groups.items(), key=lambda item: item[0]):
            number = len(self.runs) + 1
            billed = [h for h in homes if h.tenancy.run(month, number, day)]
            if billed:
                ids = [h.lease.pk for h in billed]
                run = launch_run(month=Month.of(month), actor=self.manager, lease_ids=ids, answers=ANYWAY)
                drain(run.job_id)
                self.runs[number] = run
                if apart:
                    self.alone[apart, month] = number
        yield from ()

    def run_of(self, home: Home, month: date) -> int | None:
        """The last run of the household's avis of `month`, if it was billed apart."""
        return self.alone.get((home.number, month))

    def do_send(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            number = self.run_of(home, event.facts["month"])
            if number and home.tenancy.send(number):
                mark_sent(run=self.runs[number], actor=self.manager)
        yield from ()

    def do_undo(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            number = self.run_of(home, event.facts["month"])
            if not number or not home.tenancy.has_avis_of(number):
                continue  # an end took the avis back: nothing is left to undo
            why = home.tenancy.obstacles(number, day)
            done = home.tenancy.undo(number, day)
            self.figures.undos += done
            self.figures.refused_undos += not done
            run = RentRun.objects.get(pk=self.runs[number].pk)
            try:
                drain(undo_run(run=run, actor=self.manager).job_id)
                refusal = ""
            except Conflict as refused:
                refusal = str(refused)
            if done == bool(refusal):
                yield Difference(home.number, day, f"undo of the run of {event.facts['month']}", why, refusal)

    # -- money ----------------------------------------------------------------------------------------------------

    def do_bank(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        lines = []
        for home, event in todo:
            name, mandate, key = event.facts["name"], f"RUM-{home.number}", f"{home.number}-{event.facts['name']}"
            if event.facts.get("back"):
                standing = home.tenancy.payments.get(name)
                if home.tenancy.give_back(name, day) and standing:
                    lines.append(
                        movement(
                            str(-standing.amount), label="REJET PRLV", day=day, mandate=mandate, end_to_end=key,
                            reason="AM04",
                        )
                    )  # fmt: skip
                continue
            amount = home.tenancy.pay(name, event.facts["amount"], day, day)
            if amount:
                is_debit = event.facts["debit"]
                lines.append(
                    movement(
                        str(amount), label="PRELEVEMENT" if is_debit else "VIREMENT", day=day,
                        reference=home.lease.payment_reference, end_to_end=key if is_debit else "",
                        mandate=mandate if is_debit else "",
                    )
                )  # fmt: skip
        if lines:
            self.files += 1
            statement = written(
                self.bank, *lines, opening=str(self.balance), opening_day=self.known, closing_day=day,
                sequence=self.files,
            )  # fmt: skip
            report = drop(camt(statement), name=f"releve-{self.files}.xml", actor=self.manager)
            # A sum far above what is owed is proposed: the manager accepts it.
            accept_matches(match_ids=self.proposed(report.file_id), actor=self.manager)
            placed = BankLine.objects.filter(
                statement__file=report.file_id, state__in=[LineState.SURE, LineState.PLACED]
            )
            assert placed.count() == len(lines), report
            self.balance, self.known = self.balance + sum(line.amount for line in lines), day
        yield from ()

    @staticmethod
    def proposed(file_id: int | None) -> list[int]:
        waiting = Match.objects.filter(line__statement__file=file_id, line__state=LineState.PROPOSED)
        return list(waiting.values_list("pk", flat=True))

    def do_desk(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            f = event.facts
            on = max(day - timedelta(days=f["late"]), home.life.contract.start)
            amount = home.tenancy.pay(f["name"], f["amount"], on, day)
            if amount:
                take_payment(
                    account=Account.objects.get(pk=home.account), method="CASH", amount=amount, received_on=on,
                    request_key=self.key(home, f["name"]), actor=self.manager, answers=ANYWAY,
                )  # fmt: skip
        yield from ()

    def do_cancel(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            if home.tenancy.cancel(event.facts["name"], day):
                payment = Payment.objects.get(request_key=self.key(home, event.facts["name"]))
                cancel_payment(payment_id=payment.pk, actor=self.manager)
        yield from ()

    @staticmethod
    def key(home: Home, name: str) -> UUID:
        return UUID(int=home.number * 10_000 + int(name[1:]))

    def do_aid(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        """One bordereau for all; a household's lines of the day are settled together."""
        lines: defaultdict[int, list[tuple[date, Decimal]]] = defaultdict(list)
        for home, event in todo:
            lines[home.number] += event.facts["lines"]
        rows = []
        for number, mine in lines.items():
            if self.homes[number].tenancy.receive_aid(mine, day):
                rows += [f"{number:07d};{month:%Y-%m};{amount}" for month, amount in mine]
        if rows:
            # A payer may pay the same again, under another kind: the same lines are refused.
            self.bordereaux += 1
            data = "\n".join(
                ["allocataire;mois;montant;nature", *(f"{row};versement {self.bordereaux}" for row in rows)]
            )
            report = import_benefit_statement(
                data=data.encode(), name=f"caf-{day}.csv", payer=self.caf, paid_on=day, actor=self.manager, again=True
            )
            assert report.left == 0, report
        yield from ()

    def do_close_aid(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            month = event.facts["month"]
            if home.tenancy.close_aid(month, day):
                settle_benefit_month(
                    lease_id=home.lease.pk, month=Month.of(month), reason="Droit suspendu", actor=self.manager
                )
        yield from ()

    # -- holds ----------------------------------------------------------------------------------------------------

    def do_hold(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            f = event.facts
            if home.tenancy.hold(f["what"], f["month"], f["until"], day):
                hold_debt(
                    posting_ids=self.owed(home, f["month"], day), kind=f["what"], reason="Demandé", until=f["until"],
                    actor=self.manager,
                )  # fmt: skip
        yield from ()

    def do_release(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            if home.tenancy.release(event.facts["month"], day):
                release_debt(posting_ids=self.owed(home, event.facts["month"], day), actor=self.manager)
        yield from ()

    # -- plans ----------------------------------------------------------------------------------------------------

    def do_sign(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            months, first_on = event.facts["months"], day + timedelta(days=event.facts["wait"])
            if home.tenancy.sign(months, first_on, day):
                # A plan is of the account: what it owes may be too young for a case.
                case = ArrearsCase(account_id=home.account)
                plan = propose_plan(case=case, months=months, first_on=first_on, actor=self.manager)
                sign_plan(plan=plan, signed_on=day, actor=self.manager)
                self.figures.plans += 1
        yield from ()

    def do_stop(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, _ in todo:
            if home.tenancy.stop(day):
                running = RepaymentPlan.objects.get(account=home.account, signed_on__isnull=False, ended_on=None)
                end_plan(plan=running, reason="Demandé", actor=self.manager)
        yield from ()

    # -- overindebtedness ------------------------------------------------------------------------------------------

    def do_decide(self, todo: list[tuple[Home, Event]], day: date) -> Iterator[Difference]:
        for home, event in todo:
            f = event.facts
            on = day - timedelta(days=f["late"])
            until = plus_months(on, f["months"]) if f["months"] else None
            if home.tenancy.decide(f["what"], on, until, day):
                person = LeaseParty.objects.get(lease=home.lease, role="HOLDER").person
                note_step(person=person, kind=f["what"], on=on, until=until, actor=self.manager)
                self.figures.decisions += 1
        yield from ()

    @staticmethod
    def owed(home: Home, month: date, day: date) -> list[int]:
        items = OpenItem.objects.filter(account=home.account, is_debit=True, for_month=month, due_on__lte=day)
        return list(items.values_list("posting_id", flat=True))

    # -- comparing ------------------------------------------------------------------------------------------------

    def compare(self, day: date, touched: set[int]) -> list[Difference]:
        """At most one difference a life: states of all, books and papers of those that something happened to."""
        found: dict[int, Difference] = {}
        accounts = {home.account: home for home in self.homes.values()}
        self.figures.evenings += len(accounts)

        def differ(home: Home, what: str, expected: object, seen: object) -> None:
            if expected != seen and what.split(maxsplit=1)[0] not in self.ignore:
                found.setdefault(home.number, Difference(home.number, day, what, expected, seen))

        mine = {home.account: home for home in accounts.values() if home.number in touched}
        demands = self.demands(mine)
        papers = term_states([d.pk for rows in demands.values() for d in rows]) if mine else {}
        books = Books.of(mine)
        for pk, home in mine.items():
            asked = [(a.bill.month, a.bill.kind, a.bill.due, a.bill.gross, a.bill.aid) for a in home.tenancy.avis]
            rows = demands.get(pk, [])
            self.figures.demands += len(rows)
            differ(
                home, "demands", sorted(asked), sorted((d.month, d.kind, d.due_on, d.gross, d.benefit) for d in rows)
            )
            expected = Books.expected(home.tenancy)
            differ(home, "debts", *only_different(expected.debts, books[pk].debts))
            differ(home, "money", *only_different(expected.credits, books[pk].credits))
            differ(home, "allocations", *only_different(expected.laid, books[pk].laid))
            self.figures.allocations += len(expected.laid)
            for avis in home.tenancy.avis:
                paper = home.tenancy.paper(avis)
                for d in rows:
                    if (d.month, d.kind) == (avis.bill.month, avis.bill.kind):
                        state = papers[d.pk]
                        seen = (choose(state).kind or NOTHING, state.tenant_paid + state.aid_paid)
                        differ(home, f"paper of {d.month:%Y-%m} {d.kind}", (paper.kind, paper.received), seen)
                        self.figures.papers += 1
        states = {row["account_id"]: row for row in AccountState.objects.values("account_id", *MONEY_FIELDS)}
        # One that another case goes on with has given it what the law found.
        cases = ArrearsCase.objects.filter(constituted_on__isnull=False).order_by("constituted_on")
        cases = cases.exclude(reopenings__contains=[{"joined": True}])
        constituted: defaultdict[int, list[tuple[str, date, date | None]]] = defaultdict(list)
        for case in cases.values_list("account_id", "regime", "constituted_on", "report_due_on"):
            constituted[case[0]].append(case[1:])
        for pk, home in accounts.items():
            expected_state = home.shown
            assert expected_state is not None
            # The day is not over for the product's search: an impayé of today is found tomorrow.
            found_by_now = [i for i in expected_state.impayes if i[1] < day]
            differ(home, "impayes", found_by_now, constituted[pk])
            state = states.get(pk) or dict.fromkeys(MONEY_FIELDS)
            for name in MONEY_FIELDS:
                value = getattr(expected_state, name)
                seen_value = state[name]
                if seen_value is None and isinstance(value, Decimal):
                    seen_value = Decimal("0.00")
                differ(home, name, value, seen_value)
        ends = self.ends(accounts)
        for pk, home in accounts.items():
            plan = home.tenancy.books.plan
            differ(home, "plan", plan.end if plan else None, ends.get(pk))
        self.figures.plans_kept = sum(end == "KEPT" for end in ends.values())
        self.figures.plans_broken = sum(end == "BROKEN" for end in ends.values())
        self.figures.impayes = sum(len(rows) for rows in constituted.values())
        if day.day in (6, 17):
            self.compare_obstacles(day, differ)
        return list(found.values())

    @staticmethod
    def ends(accounts: Collection[int]) -> dict[int, str]:
        """How the last plan that was signed of each account ended."""
        plans = RepaymentPlan.objects.filter(account__in=accounts, signed_on__isnull=False).order_by("pk")
        return dict(plans.values_list("account_id", "end"))

    @staticmethod
    def demands(accounts: dict[int, Home]) -> dict[int, list[RentDemand]]:
        found: defaultdict[int, list[RentDemand]] = defaultdict(list)
        for demand in RentDemand.objects.filter(account__in=accounts, state="ISSUED"):
            found[demand.account_id].append(demand)
        return found

    def compare_obstacles(self, day: date, differ: Any) -> None:
        """Which households stand in the way of an undo of each of the last runs."""
        homes = {home.lease.household_id: home for home in self.homes.values()}
        for number in list(self.runs)[-6:]:
            run = RentRun.objects.get(pk=self.runs[number].pk)
            if run.state != "DONE":
                continue
            stuck = {o.household_id for o in obstacles(run)}
            for household, home in homes.items():
                expected = bool(home.tenancy.obstacles(number, day))
                differ(home, f"may undo the run of {run.month}", not expected, household not in stuck)


_SOURCES = {EntryKind.DEMAND: "AID", EntryKind.BENEFIT_SETTLED: "SURPLUS", EntryKind.ERASURE: "ERASURE"}


@dataclass
class Books:
    """The debts, the money and what is laid, in words that both sides have. What was reversed is left out."""

    debts: Counter[str]
    credits: Counter[str]
    laid: Counter[str]

    @classmethod
    def expected(cls, tenancy: Tenancy) -> "Books":
        books = tenancy.books
        debt = {d: f"{d.nature} of {d.month:%Y-%m} due {d.due}" for d in books.debts}
        months = {c: c.of.month if c.of else c.month for c in books.credits if not c.returned_on}
        money = {c: f"{c.source} {month or ''} on {c.on}" for c, month in months.items()}
        laid: Counter[str] = Counter()
        for (d, c), amount in books.laid.items():
            laid[f"{money[c]} lies on {debt[d]}"] += amount
        return cls(count((debt[d], d.amount) for d in books.debts), count((money[c], c.amount) for c in money), laid)

    @classmethod
    def of(cls, accounts: Collection[int]) -> dict[int, "Books"]:
        """By account, as stored; a constant number of queries."""
        undone = Q(entry__reverses__isnull=False) | Q(entry__reversed_by__isnull=False)
        touching = Posting.objects.filter(Q(debit__in=accounts) | Q(credit__in=accounts)).exclude(undone)
        words: dict[int, str] = {}
        found = {pk: cls(Counter(), Counter(), Counter()) for pk in accounts}
        owner: dict[int, int] = {}
        columns = ("pk", "debit", "credit", "amount", "nature", "for_month", "due_on", "effective_on", "entry__kind")
        for pk, debit, credit, amount, nature, month, due, on, kind in touching.values_list(*columns):
            if debit in found:
                words[pk] = f"{nature} of {month:%Y-%m} due {due}"
                found[debit].debts[words[pk]] += amount
                owner[pk] = debit
            else:
                source = _SOURCES.get(kind, "PAYMENT")
                words[pk] = f"{source} {month or ''} on {on}"
                found[credit].credits[words[pk]] += amount
        for d, c, amount in Allocation.objects.filter(debit_posting__in=owner).values_list(
            "debit_posting", "credit_posting", "amount"
        ):
            if c in words:
                found[owner[d]].laid[f"{words[c]} lies on {words[d]}"] += amount
        for books in found.values():
            books.laid = Counter({pair: amount for pair, amount in books.laid.items() if amount})
        return found


def in_words(asked: list[tuple[Any, ...]], billed: list[tuple[Any, ...]]) -> tuple[list[str], list[str]]:
    """The avis that are not on both sides."""

    def words(avis: tuple[Any, ...]) -> str:
        month, kind, due, gross, aid = avis
        return f"{kind} of {month:%Y-%m} due {due}: {gross} less {aid} of aid"

    only_asked, only_billed = set(asked) - set(billed), set(billed) - set(asked)
    return [words(a) for a in sorted(only_asked)], [words(b) for b in sorted(only_billed)]


def count(pairs: Any) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, amount in pairs:
        total[key] += amount
    return total


def only_different(expected: Counter[str], found: Counter[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is not the same on both sides."""
    keys = {k for k in expected.keys() | found.keys() if expected[k] != found[k]}
    return {k: expected[k] for k in sorted(keys)}, {k: found[k] for k in sorted(keys)}
