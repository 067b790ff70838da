"""The rental manager's days in the demo: bank files, the inbox, the decisions about arrears, the plans."""

from datetime import date, timedelta

from common import clock
from common.errors import DomainError
from common.periods import Month, add_months
from demo.bank_world import Bank
from demo.households import Housed
from demo.lives import PLAN_DAY, Behaviour
from demo.play import Play
from leases.contracts.codes import PartyRole
from leases.models import Lease, LeaseParty
from rent_ledger.arrears.codes import Decision, FreezeKind, SentBy
from rent_ledger.arrears.queries.arrears import arrears_for, open_cases
from rent_ledger.arrears.queries.reports import departures_to_tell
from rent_ledger.arrears.services.decisions import decide_many
from rent_ledger.arrears.services.freezes import note_step
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.arrears.services.reports import note_sent, prepare_departure, prepare_reports
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.services.bank import import_bank_file
from rent_ledger.bank.services.inbox import accept_matches, leave_line, place_line, place_lines
from rent_ledger.books.codes import Action
from rent_ledger.books.queries.accounts import tenant_account
from rent_ledger.models import Account, BankLine, DebtFreeze, Match, PayerReport

# This many lines stay in the inbox for the visitor of the demo.
LEFT_FOR_YOU = timedelta(days=3)
# In a large association, a person places at most this many lines of a file by hand.
MOST_BY_HAND = 40
# She looks at arrears on these days of the month: those who pay in the first days have paid by then.
MIDDLE = range(12, 19)
CONFIRMED = (
    Action.COURTESY, Action.CALL, Action.ALERT_SOCIAL, Action.VISIT, Action.REMINDER, Action.FORMAL_NOTICE,
    Action.REPORT_PAYER, Action.WRITE_GONE,
)  # fmt: skip
# One case in three of these last days is left undecided for the visitor of the demo.
UNDECIDED = timedelta(days=15)
# Of those who owe this much (euros), how many file with the commission in a month; what it decides comes so long after.
DEEP, OVERINDEBTED, DECIDED_AFTER = 1200, 0.12, 80
# A plan that is changed is changed after so many instalments.
AMENDED_AFTER = 2


class DeskLife:
    """What Nadège does between nine and five."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.actor = play.house.actors["nadege"]
        self.accounts: dict[int, int] = {}

    def account_of(self, housed: Housed) -> int | None:
        """The household's account; None before its first demand."""
        lease_id = housed.lease.pk
        if lease_id not in self.accounts:
            found = tenant_account(lease_id)
            if found is None:
                return None
            self.accounts[lease_id] = found
        return self.accounts[lease_id]

    def bank_morning(self, day: date) -> None:
        """Import yesterday's movements, then place the lines of the inbox, except those of the last days."""
        for bank in self.play.banks.values():
            found = bank.file(day - timedelta(days=1))
            if found is None:
                continue
            name, data = found
            import_bank_file(data=data, name=name, actor=self.actor)
            if self.play.last_day - day > LEFT_FOR_YOU:
                self._inbox(bank, day)

    def _inbox(self, bank: Bank, day: date) -> None:
        waiting = BankLine.objects.filter(
            bank_account=bank.account, state__in=[LineState.PROPOSED, LineState.TO_PLACE],
            booking_day__gte=day - timedelta(days=40),
        ).order_by("pk")  # fmt: skip
        proposals = Match.objects.filter(line__in=waiting, is_accepted=False, undone_at=None).select_related("line")
        good = []
        for match in proposals.order_by("pk"):
            truth = bank.truth.get((match.line.booking_day, match.line.amount, match.line.label))
            if truth is not None and self.account_of(truth) == match.account_id:
                good.append(match.pk)
        by_hand = MOST_BY_HAND if self.play.large else None
        accept_matches(match_ids=good[:by_hand], actor=self.actor)
        placings, returns = {}, {}
        for line in waiting.all()[:by_hand]:
            truth = bank.truth.get((line.booking_day, line.amount, line.label))
            if truth is None:
                left = self.play.draws.chance("line left", line.booking_day, line.amount, line.label, day) < 0.5
                if left and line.amount > 0 and not line.counterparty_name.startswith("CAF"):
                    leave_line(line_id=line.pk, actor=self.actor, reason="Remboursement d’assurance")
                continue
            account = self.account_of(truth)
            if account is None:
                continue
            if line.amount > 0:
                placings[line.pk] = [(account, line.amount)]
            elif line.is_return:
                returns[line.pk] = [(account, line.amount)]
        place_lines(placings=placings, actor=self.actor)
        for pk, shares in returns.items():
            try:
                place_line(line_id=pk, shares=shares, actor=self.actor)
            except DomainError:
                continue

    def look_at_arrears(self, day: date) -> None:
        """In mid-month, decide the proposals, sign plans with those who asked, and the next version with some."""
        if day.day in MIDDLE and self.play.last_day - day > timedelta(days=4):
            self._decide(is_last=self.play.last_day - day <= UNDECIDED)
            self._tell_departures(day)
            self._note_freezes(day)
        for housed in self.play.housed.values():
            life = housed.life
            if life.behaviour not in (Behaviour.PLAN_KEPT, Behaviour.PLAN_BROKEN):
                continue
            if day.day not in MIDDLE:
                continue
            if life.plan is None and self.play.month_number(day) == life.trouble + 2:
                self._sign_plan(housed, day, months=self.play.draws.of("plan", life.key).choice((6, 10, 12)))
            elif life.behaviour == Behaviour.PLAN_KEPT and life.plan and life.instalments == AMENDED_AFTER:
                if self.play.draws.chance("plan amended", life.key) < 0.4:
                    self._sign_plan(housed, day, months=len(life.plan) + 6)
                # Once is enough.
                life.instalments += 1

    def _sign_plan(self, housed: Housed, day: date, *, months: int) -> None:
        """Prepare a plan of all that is due, or its next version, and sign it the same day."""
        account = self.account_of(housed)
        case = open_cases([account]).get(account) if account is not None else None
        if case is None:
            return
        first_on = Month.of(day).plus(1).day(PLAN_DAY)
        try:
            plan = propose_plan(case=case, months=months, first_on=first_on, actor=self.actor)
        except DomainError:
            # Nothing is due: it was paid, or is disputed.
            return
        sign_plan(plan=plan, signed_on=day, actor=self.actor)
        housed.life.plan = list(plan.instalments.order_by("due_on").values_list("amount", flat=True))

    def _decide(self, *, is_last: bool) -> None:
        waiting = dict(
            arrears_for(self.actor).filter(action__in=[*CONFIRMED]).values_list("account_id", "action").order_by("pk")
        )
        cases = open_cases(waiting)
        leases = Account.objects.filter(pk__in=cases, lease__isnull=False).values_list("pk", "lease_id")
        keys = {pk: self.play.housed[lease].key for pk, lease in leases}
        later = {pk for pk, of in keys.items() if is_last and self.play.draws.chance("undecided", of) < 1 / 3}
        for action in CONFIRMED:
            chosen = [
                case for account, case in sorted(cases.items()) if waiting[account] == action and account not in later
            ]
            if action == Action.REPORT_PAYER:
                self._send(prepare_reports(cases=chosen, actor=self.actor).done)
            elif chosen:
                decide_many(cases=chosen, decision=Decision.CONFIRM, actor=self.actor)

    def _tell_departures(self, day: date) -> None:
        left = [one.lease_id for one in departures_to_tell(None, day=day)]
        for lease in Lease.objects.filter(pk__in=left).order_by("pk"):
            self._send([prepare_departure(lease=lease, actor=self.actor)])

    def _note_freezes(self, day: date) -> None:
        """The commission writes: a file is admissible, a few months later it is decided."""
        for freeze in DebtFreeze.objects.filter(ended_on=None).order_by("pk"):
            steps = list(freeze.decisions.order_by("id").values_list("kind", "on"))
            if len(steps) > 1 or (day - steps[0][1]).days < DECIDED_AFTER:
                continue
            is_erased = self.play.draws.chance("erased", str(freeze.person)) < 0.5
            kind, until = (FreezeKind.ERASED, None) if is_erased else (FreezeKind.MORATORIUM, add_months(day, 18))
            note_step(
                person=freeze.person, kind=kind, on=day, until=until, frees_others=is_erased, actor=self.actor
            )  # fmt: skip
        deep = arrears_for(self.actor).filter(arrears__gte=DEEP, account__lease__isnull=False)
        for party in LeaseParty.objects.filter(
            lease__accounts__in=deep.values("account"), role=PartyRole.HOLDER
        ).order_by("lease_id", "id"):
            housed = self.play.housed[party.lease_id]
            if housed.life.plan or self.play.draws.chance("overindebted", housed.key, day.month) > OVERINDEBTED:
                continue
            if not DebtFreeze.objects.filter(person=party.person).exists():
                note_step(person=party.person, kind=FreezeKind.ADMISSIBLE, on=day - timedelta(days=6), actor=self.actor)

    def _send(self, reports: list[PayerReport]) -> None:
        for report in reports:
            if report.sent_on is None:
                note_sent(report=report, sent_on=clock.today(), sent_by=SentBy.PORTAL, actor=self.actor)
