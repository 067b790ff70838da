"""One account over time: its contract, rights, avis, money, benefits and impayés, and what it shows on an evening.

Every method that acts takes the day on which the house learns the fact. It returns False, and changes nothing, where
there is nothing to do or the house must refuse.

The benefit of a month is *settled* when the payer has paid something for it (or a person closes it): what he paid less
than expected becomes the household's debt, due with the next term to come; what he paid beyond is the household's
money (decision 4, reading 4). A month that was settled is settled again whenever what is expected or paid changes.

What came for a month waits for its avis. Where none will come, it is settled at once (reading 4): the household left,
or will leave, as far as the house knows.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.oracle.billing import TERM, ZERO, Bill, Contract, Right, asked_on, bill, plus_months
from tests.oracle.books import AID, PAYMENT, SURPLUS, Books, Credit, Debt, Hold
from tests.oracle.freezes import ADMISSIBLE, ERASED, Procedure
from tests.oracle.law import Watch
from tests.oracle.plans import REPLACED, STOPPED, Plan

QUITTANCE, RECU, NOTHING = "FULL", "PARTIAL", "NONE"


@dataclass(eq=False)
class Avis:
    """A bill that was sent out by the run `run`."""

    bill: Bill
    run: int
    debts: list[Debt]
    aid: Credit | None
    number: int
    is_sent: bool = False


@dataclass
class AidMonth:
    """The benefit of one month. `moved`: what settlements made the household's debt, less what they gave it. `came`: of
    the benefit that it was first settled for (`counted_on`), what had come by then."""

    received: Decimal = ZERO
    has_lines: bool = False
    is_closed: bool = False
    moved: Decimal = ZERO
    counted_on: Decimal | None = None
    came: Decimal = ZERO


@dataclass(frozen=True)
class Paper:
    """What a household may be given for an avis: a quittance, a reçu or nothing, and the sum received so far."""

    kind: str
    received: Decimal


@dataclass(frozen=True)
class Snapshot:
    """What the account shows at the end of a day."""

    debt: Decimal
    arrears: Decimal
    counted: Decimal
    held: Decimal
    spread: Decimal
    credit: Decimal
    upcoming: Decimal
    aid_pending: Decimal
    oldest_due: date | None
    in_debt_since: date | None
    impayes: tuple[tuple[str, date, date | None], ...]


@dataclass
class Tenancy:
    contract: Contract
    rights: list[Right] = field(default_factory=list)
    books: Books = field(default_factory=Books)
    avis: list[Avis] = field(default_factory=list)
    aid_months: dict[date, AidMonth] = field(default_factory=dict)
    payments: dict[str, Credit] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    procedure: Procedure | None = None

    # -- what the house is told ---------------------------------------------------------------------------------------

    def set_right(self, right: Right) -> bool:
        """A right, or a new amount of it. Not for a month that was billed already."""
        if self.avis and right.start <= self.last_billed():
            return False
        if any(r.start >= right.start for r in self.rights):
            return False
        self.rights = [self._ended(r, right.start) for r in self.rights] + [right]
        return True

    def end_right(self, on: date) -> bool:
        running = [r for r in self.rights if r.end is None and r.start < on]
        if not running or (self.avis and on <= self.last_billed()):
            return False
        self.rights = [self._ended(r, on) for r in self.rights]
        return True

    def notice(self, ends: date, day: date) -> bool:
        """The contract will end the day before `ends`: nobody stays beyond, as far as the house knows."""
        if self.contract.ends or ends <= self.contract.start:
            return False
        self.contract.ends = self.contract.leaves = ends
        self._correct(day)
        self._settle_what_waited(day)
        return True

    def end(self, ends: date, day: date, *, stays: bool = False, died: bool = False) -> bool:
        """The contract ended; `stays`: the household is still there."""
        if self.contract.ends and (stays or self.contract.ends != ends):
            return False
        if ends <= self.contract.start:
            return False
        self.contract.ends, self.contract.leaves, self.contract.died = ends, None if stays else ends, died
        self._correct(day)
        self._settle_what_waited(day)
        return True

    def leave(self, leaves: date, day: date) -> bool:
        """The keys came back the day before `leaves`, after the contract's end."""
        if self.contract.ends is None or self.contract.leaves is not None or leaves <= self.contract.ends:
            return False
        self.contract.leaves = leaves
        self._correct(day)
        self._settle_what_waited(day)
        return True

    # -- billing ------------------------------------------------------------------------------------------------------

    def last_billed(self) -> date:
        return max(a.bill.month for a in self.avis)

    def run(self, month: date, run: int, day: date, *, taken_back: list[Bill] | None = None) -> bool:
        """The avis of `month` that are lacking. Benefit that came before its avis is settled now. `taken_back`: what a
        correction takes back."""
        known = {a.bill.kind for a in self.avis if a.bill.month == month}
        bills = [b for b in bill(self.contract, self.rights, month) if b.kind not in known]
        bills = asked_on(day, bills, taken_back or [])
        for one in bills:
            self._send_out(one, run, day)
        aid = self._aid(month)
        self._settle([month] if aid.has_lines or aid.is_closed else [], day)
        return bool(bills)

    def _send_out(self, one: Bill, run: int, day: date) -> None:
        avis = Avis(one, run, [], None, 0)
        for nature, amount in one.lines:
            avis.debts.append(self.books.owe(Debt(nature, amount, one.due, one.month, bool(one.aid))))
        avis.number = avis.debts[-1].number
        if one.aid:
            avis.aid = self.books.receive(Credit(AID, one.aid, one.due, one.month))
            avis.number = avis.aid.number
            self.books.lay(avis.aid, [d for d in avis.debts if d.is_housing], day)
        self.avis.append(avis)
        self._say_whose_shortfall(one.month)

    def _take_back(self, avis: Avis, day: date) -> None:
        for debt in avis.debts:
            self.books.forget_debt(debt)
        if avis.aid:
            self.books.forget_credit(avis.aid, day)
        self.avis.remove(avis)
        self._say_whose_shortfall(avis.bill.month)

    def _say_whose_shortfall(self, month: date) -> None:
        """Of an aided avis, as long as the month has one: a shortfall outlives the avis whose benefit was lacking."""
        for debt in self.books.debts:
            if debt.nature == "SHORTFALL" and debt.month == month:
                debt.of_aided_avis = bool(self.expected(month))

    def obstacles(self, run: int, day: date) -> list[str]:
        """What stands in the way of an undo of the run (reading 5)."""
        found = []
        for avis in [a for a in self.avis if a.run == run]:
            month = self._aid(avis.bill.month)
            if avis.is_sent:
                found.append("sent")
            if any(d in avis.debts and c.number > avis.number for d, c in self.books.laid):
                found.append("money since")
            if month.has_lines or month.is_closed:
                found.append("benefit")
            if any(d.held_on(day) for d in avis.debts):
                found.append("held")
        return found

    def has_avis_of(self, run: int) -> bool:
        return any(a.run == run for a in self.avis)

    def undo(self, run: int, day: date) -> bool:
        mine = [a for a in self.avis if a.run == run]
        if not mine or self.obstacles(run, day):
            return False
        for avis in mine:
            self._take_back(avis, day)
        self.books.lay_free(day)
        return True

    def send(self, run: int) -> bool:
        mine = [a for a in self.avis if a.run == run]
        for avis in mine:
            avis.is_sent = True
        return bool(mine)

    def _correct(self, day: date) -> None:
        """An end lies inside what was billed: that avis is taken back, and the month billed again, as one act."""
        for month in sorted({a.bill.month for a in self.avis}):
            now = {b.kind: b for b in bill(self.contract, self.rights, month)}
            stale = [a for a in self.avis if a.bill.month == month and self._goes_beyond(a, now)]
            if not stale:
                continue
            kept = [a for a in self.avis if a not in stale]
            for avis in stale:
                self._take_back(avis, day)
            self.run(month, stale[0].run, day, taken_back=[a.bill for a in stale])
            new = [debt for a in self.avis if a.bill.month == month and a not in kept for debt in a.debts]
            self.books.erase_again(new, day)

    @staticmethod
    def _goes_beyond(avis: Avis, now: dict[str, Bill]) -> bool:
        one = now.get(avis.bill.kind)
        return one is None or avis.bill.end > one.end

    # -- money --------------------------------------------------------------------------------------------------------

    def pay(self, name: str, amount: Decimal | None, on: date, day: date) -> Decimal:
        """Money of the household that counts from `on`. `amount` None: all that it owes and will owe, with
        what its plan asks by now. What it paid."""
        if amount is None:
            amount = sum((d.left for d in self.books.queue(day)), ZERO)
            if plan := self.books.plan:
                amount += sum((left for _, left in plan.entered(self.books, day)), ZERO)
        if amount:
            self.payments[name] = self.books.receive(Credit(PAYMENT, amount, on))
            self.books.lay_free(day)
        return amount

    def is_standing(self, name: str) -> bool:
        credit = self.payments.get(name)
        return credit in self.books.credits and credit.returned_on is None

    def give_back(self, name: str, day: date) -> bool:
        if not self.is_standing(name):
            return False
        self.books.give_back(self.payments[name], day)
        self.books.lay_free(day)
        return True

    def cancel(self, name: str, day: date) -> bool:
        if not self.is_standing(name):
            return False
        paid = self.payments[name]
        self.books.forget_credit(paid, day)
        self.books.lay_free(day)
        self.watch.never_came(paid.on, self.books.in_debt_since(day))
        return True

    # -- benefit ------------------------------------------------------------------------------------------------------

    def _aid(self, month: date) -> AidMonth:
        return self.aid_months.setdefault(month, AidMonth())

    def expected(self, month: date) -> Decimal:
        return sum((a.bill.aid for a in self.avis if a.bill.month == month), ZERO)

    def receive_aid(self, lines: list[tuple[date, Decimal]], day: date) -> bool:
        """Lines of one bordereau: (month, amount), below zero where the payer withholds."""
        if not self.rights:
            return False
        for month, amount in lines:
            aid = self._aid(month)
            aid.received += amount
            aid.has_lines = True
        self._settle([month for month in sorted({m for m, _ in lines}) if not self._awaits_avis(month)], day)
        return True

    def close_aid(self, month: date, day: date) -> bool:
        """A person says that nothing more will come for this month."""
        if self._awaits_avis(month) or not self.expected(month) or self._aid(month).is_closed:
            return False
        self._settle([month], day)
        return True

    def _awaits_avis(self, month: date) -> bool:
        billed = {a.bill.month for a in self.avis}
        return month not in billed and bool(bill(self.contract, self.rights, month))

    def _settle_what_waited(self, day: date) -> None:
        """The end is known: some avis will not come any more."""
        waited = [m for m, aid in self.aid_months.items() if aid.has_lines and not aid.is_closed]
        self._settle(sorted(m for m in waited if not self._awaits_avis(m)), day)

    def _settle(self, months: list[date], day: date) -> None:
        """Each difference becomes a debt or money of the household; a benefit reaches its month before other money."""
        for month in months:
            aid = self._aid(month)
            expected = self.expected(month)
            if aid.counted_on != expected:
                aid.counted_on, aid.came = expected, min(max(aid.received, ZERO), expected)
            difference = expected - aid.received - aid.moved
            aid.is_closed, aid.moved = True, aid.moved + difference
            if difference > 0:
                self.books.owe(Debt("SHORTFALL", difference, self.next_term(day), month, bool(self.expected(month))))
            elif difference < 0:
                self.books.receive(Credit(SURPLUS, -difference, day, month))
        self.books.lay_free(day)

    def next_term(self, day: date) -> date:
        """The due day, still to come, of the next avis to come: a shortfall is printed on it (reading 4)."""
        month = plus_months(self.last_billed(), 1)
        while self.contract.due_on(month, month) <= day:
            month = plus_months(month, 1)
        return self.contract.due_on(month, month)

    # -- holds --------------------------------------------------------------------------------------------------------

    def of_month(self, month: date, day: date) -> list[Debt]:
        """What fell due and is still owed of a month."""
        return [d for d in self.books.open(day) if d.month == month]

    def hold(self, kind: str, month: date, until: date | None, day: date) -> bool:
        debts = self.of_month(month, day)
        if not debts or any(d.held_on(day) for d in debts) or (until is not None and until <= day):
            return False
        for debt in debts:
            debt.holds.append(Hold(kind, day, until))
        return True

    def release(self, month: date, day: date) -> bool:
        plan = self.books.plan
        if plan and not plan.end and any(d in plan.covers for d in self.of_month(month, day)):
            return False
        debts = [d for d in self.of_month(month, day) if d.held_on(day)]
        for debt in debts:
            for hold in [h for h in debt.holds if h.runs_on(day)]:
                hold.end = day
                if hold.kind == "FREEZE" and self.procedure and debt in self.procedure.debts:
                    self.procedure.put_back.add(debt)
        self.books.lay_free(day)
        return bool(debts)

    # -- overindebtedness ------------------------------------------------------------------------------------------

    def decide(self, kind: str, on: date, until: date | None, day: date) -> bool:
        """A decision of the commission, of `on`, is noted."""
        running = self.procedure if self.procedure and not self.procedure.is_over else None
        if kind == ADMISSIBLE:
            if running and running.until >= day:
                return False
            self.procedure = Procedure.opened(on)
            self._stop_plan_of(None, day)
            self.procedure.see(self.books, day)
            self.books.lay_free(day)
            return True
        if running is None or not running.may(kind, on) or (until is not None and until <= day):
            return False
        running.last, running.last_on = kind, on
        if until:
            running.until = until
            self._stop_plan_of([d for d in running.debts if d not in running.put_back], day)
            running.bind(self.books, day)
        else:
            if kind == ERASED:
                running.debts += [d for d in self.books.open(day) if d.due <= on and d not in running.debts]
                self._stop_plan_of(running.debts, day)
                for debt in [d for d in running.debts if d in self.books.debts and d.left]:
                    self.books.erase(debt, on, day)
            running.end(day)
        self.books.lay_free(day)
        return True

    def _stop_plan_of(self, debts: list[Debt] | None, day: date) -> None:
        """The plan that runs, where it covers one of these (None: whatever it covers)."""
        plan = self.books.plan
        if plan and not plan.end and (debts is None or any(d in debts for d in plan.covers)):
            plan.finish(STOPPED, day)

    # -- plans --------------------------------------------------------------------------------------------------------

    def sign(self, months: int, first_on: date, day: date) -> bool:
        """All that is due and free, and what the plan that runs covers, in so many instalments."""
        old = self.books.plan if self.books.plan and not self.books.plan.end else None
        debts = [d for d in self.books.open(day) if not d.held_on(day) or (old and d in old.covers)]
        if not debts or sum((d.left for d in debts), ZERO) < Decimal(months) / 100:
            return False
        if old:
            # What it covered and is paid is in no plan any more, should its money come back.
            old.finish(REPLACED, day, of=[d for d in old.covers if d not in debts])
        self.books.plan = Plan.signed(day, debts, months=months, first_on=first_on)
        self.books.plan.hold(self.books, day)
        return True

    def stop(self, day: date) -> bool:
        if self.books.plan is None or self.books.plan.end:
            return False
        self.books.plan.finish(STOPPED, day)
        self.books.lay_free(day)
        return True

    def judge(self, day: date) -> None:
        """What a procedure missed, then the plan, by the money that is known."""
        if self.procedure:
            self.procedure.see(self.books, day)
        if self.books.plan and self.books.plan.judge(self.books, day):
            self.books.lay_free(day)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def morning(self, day: date) -> None:
        """A hold may end by itself: its debt is in the queue again. So may a month begin: an instalment is."""
        self.books.lay_free(day)
        self.judge(day)

    def evening(self, day: date) -> Snapshot:
        self.judge(day)
        self.watch.evening(day, self.books, self.contract, self.rights)
        spread = self.books.plan.spread(self.books, day) if self.books.plan else ZERO
        due = self.books.open(day)
        counts = [d for d in due if not d.held_on(day)]
        return Snapshot(
            debt=sum((d.left for d in due), ZERO) - spread,
            arrears=sum((d.left for d in counts if d.due < day), ZERO),
            counted=sum((d.left for d in counts if d.is_housing), ZERO),
            held=sum((d.left for d in due if d.held_on(day)), ZERO),
            spread=spread,
            credit=self.books.free,
            upcoming=sum((d.left for d in self.books.debts if d.due > day), ZERO),
            aid_pending=self.aid_pending(day),
            oldest_due=min((d.due for d in counts), default=None),
            in_debt_since=self.books.in_debt_since(day),
            impayes=self.impayes(),
        )

    def impayes(self) -> tuple[tuple[str, date, date | None], ...]:
        """Those found by now: that of today is found when the evening is over."""
        return tuple((i.regime, i.on, i.report_by) for i in self.watch.found)

    def aid_pending(self, day: date) -> Decimal:
        """The benefit awaited, due by `day` and not settled."""
        return sum(
            (a.bill.aid for a in self.avis if a.bill.aid_due and a.bill.aid_due <= day and not self._settled(a)), ZERO
        )

    def _settled(self, avis: Avis) -> bool:
        return self._aid(avis.bill.month).is_closed

    def paper(self, avis: Avis) -> Paper:
        """Loi 89-462, art. 21; CCH R. 353-21: a quittance where the household's part and the benefit's are paid."""
        awaited = ZERO if self._settled(avis) else avis.bill.aid
        missing = sum((d.left for d in avis.debts), ZERO) + self._lacking_aid(avis) + awaited
        missing += self.books.erased(avis.debts)
        received = avis.bill.gross - missing
        if not missing and avis.bill.kind == TERM:
            return Paper(QUITTANCE, received)
        return Paper(RECU if received > 0 else NOTHING, received)

    def _lacking_aid(self, avis: Avis) -> Decimal:
        """What the household still owes of the shortfalls of the month, for this avis.

        Each bears what had not come of its benefit when the month was settled; what came is the term's first (reading
        5). What was taken back since is the indemnity's first, up to what it got, a surplus that lies on it included:
        beyond what the term got too, it is aid that never came, a debt beside the avis. What the household pays of a
        shortfall is the term's first.
        """
        if not self._settled(avis):
            return ZERO
        shortfalls = [d for d in self.books.debts if d.nature == "SHORTFALL" and d.month == avis.bill.month]
        of_month = sorted((a for a in self.avis if a.bill.month == avis.bill.month), key=lambda a: a.bill.kind != TERM)
        came, lacks, got = self._aid(avis.bill.month).came, {}, {}
        for one in of_month:
            mine = one.debts + (shortfalls if one is of_month[0] else [])
            given = sum((n for (d, c), n in self.books.laid.items() if d in mine and c.source == SURPLUS), ZERO)
            own = min(came, one.bill.aid)
            came -= own
            lacks[one.number], got[one.number] = one.bill.aid - own, own + given
        taken_back = max(sum((d.amount for d in shortfalls), ZERO) - sum(lacks.values()), ZERO)
        for one in reversed(of_month):
            taken = min(taken_back, got[one.number])
            taken_back -= taken
            lacks[one.number] += taken
        paid = sum((d.amount - d.left for d in shortfalls), ZERO) - self.books.erased(shortfalls)
        for one in of_month:
            from_household = min(lacks[one.number], paid)
            paid -= from_household
            if one is avis:
                return lacks[one.number] - from_household
        return ZERO

    @staticmethod
    def _ended(right: Right, on: date) -> Right:
        if right.end is not None and right.end <= on:
            return right
        return Right(right.amount, right.start, on, right.direct, right.kind)
