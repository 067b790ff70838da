"""What ends before a judge, or is given up, in the demo: a procedure from the commandement to its hearing, a loss and a
remission that two people decide, a credit kept and one refunded."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from demo import stock
from demo.play import Play
from rent_ledger.arrears.queries.arrears import arrears_for, open_cases
from rent_ledger.books.codes import Lane
from rent_ledger.books.plans import RepaymentPlan
from rent_ledger.credits.codes import CreditStanding, CreditUse
from rent_ledger.credits.parameters import look_days
from rent_ledger.credits.queries import credits_on
from rent_ledger.credits.services.credits import decide_credit
from rent_ledger.models import Account, CreditChoice, DebtFreeze, Procedure, WriteOff
from rent_ledger.procedures.codes import Closing, Item, ProcedureQuestion, StandWhy, StepKind, Track
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import facts_of
from rent_ledger.procedures.rules.standing import standing
from rent_ledger.procedures.services.steps import note_step
from rent_ledger.write_offs.codes import WriteOffKind, WriteOffWhy
from rent_ledger.write_offs.queries import open_debts
from rent_ledger.write_offs.services.write_offs import ask_write_off, sign_write_off

# The commandement is served so many days before the last that is played: its hearing is to come.
SERVED = range(80, 125)
# Of who owes at least this (euros).
SUED = 500
HEARD_AFTER = timedelta(days=80)
GIVEN_UP, REMITTED, CREDITED = 40, Decimal("45.00"), 30
GOES_ON = {ProcedureQuestion.SOCIAL.lower(): "Dette ancienne : le service social est prévenu"}
# What the manager notes by herself as its day comes.
_ACTS = (StepKind.GUARANTOR, StepKind.WRIT, StepKind.PREFECT)


class CourtLife:
    """What Nadège asks, and what Marc signs."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.manager, self.director = play.house.actors["nadege"], play.house.actors["marc"]

    def day(self, day: date) -> None:
        left = (self.play.last_day - day).days
        if self.play.large:
            return
        if left in SERVED and not Procedure.objects.exists():
            self._serve(day)
        for procedure in Procedure.objects.filter(ended_on=None).select_related("account"):
            self._go_on(procedure, day)
        if 4 < left <= GIVEN_UP and not WriteOff.objects.exists():
            self._give_up(day)
        if 4 < left <= CREDITED and not CreditChoice.objects.exists():
            self._decide_credits(day)

    def _states(self, *lanes: str) -> Sequence[Any]:
        """States of these lanes that no plan nor procedure of overindebtedness concerns, the largest debt first."""
        rows = arrears_for(self.manager).filter(lane__in=lanes, held=0, account__lease__isnull=False)
        bound = DebtFreeze.objects.filter(ended_on=None).values("person")
        rows = rows.exclude(account__lease__parties__person__in=bound)
        signed = RepaymentPlan.objects.filter(signed_on__isnull=False, ended_on=None)
        return list(rows.exclude(account__in=signed.values("account")).order_by("-arrears", "account_id"))

    def _serve(self, day: date) -> None:
        """The payer has the report, or the CCAPEX is told; then the commandement is served."""
        params = procedure_params(day)
        for state in self._states(Lane.NEW, Lane.BROKEN, Lane.REFERRED):
            if state.arrears < SUED or facts_of(state.account, day=day, params=params).facts.track != Track.LEASE:
                continue
            self._note(state.account, StepKind.SEIZED, day - timedelta(days=4))
            self._note(
                state.account, StepKind.COMMAND, day - timedelta(days=2), amount=state.arrears,
                items=[item.value for item in Item],
            )  # fmt: skip
            return

    def _go_on(self, procedure: Procedure, day: date) -> None:
        params = procedure_params(day)
        stands = standing(facts_of(procedure.account, day=day, params=params).facts, params)
        if stands.where.code == StandWhy.COMMAND_PAID:
            self._note(procedure.account, StepKind.CLOSED, day, why=Closing.PAID)
            return
        for one in stands.coming:
            if one.kind in _ACTS and not one.is_blocked and (one.from_on is None or one.from_on <= day):
                more = {"hearing_on": day + HEARD_AFTER} if one.kind == StepKind.WRIT else {}
                self._note(procedure.account, one.kind, day, **more)

    def _note(self, account: Account, kind: StepKind, on: date, **more: object) -> None:
        note_step(account=account, kind=kind, on=on, actor=self.manager, answers=GOES_ON, **more)  # type: ignore[arg-type]

    def _give_up(self, day: date) -> None:
        """A loss of who left, a remission to who stays, each signed; another loss waits for the visitor."""
        gone = open_cases([state.account_id for state in self._states(Lane.GONE)])
        here = open_cases([state.account_id for state in self._states(Lane.NEW)])
        for number, case in enumerate(list(gone.values())[:2]):
            row = self._ask(case, day, WriteOffKind.LOSS, WriteOffWhy.UNTRACED)
            if row and number == 0 and not row.of_two:
                sign_write_off(write_off=row, actor=self.director)
        for case in list(here.values())[-1:]:
            if row := self._ask(case, day, WriteOffKind.REMISSION, WriteOffWhy.OUR_PART, most=REMITTED):
                sign_write_off(write_off=row, actor=self.director)

    def _ask(self, case: Any, day: date, kind: str, why: str, most: Decimal | None = None) -> WriteOff | None:
        debts = [debt for debt in open_debts(case.account_id, day=day) if not debt.in_plan]
        if not debts:
            return None
        left = sum((debt.item.remaining for debt in debts), Decimal(0))
        return ask_write_off(
            account=case.account, kind=kind, why=why, posting_ids=[debt.posting_id for debt in debts],
            amount=min(left, most) if most else None, actor=self.manager,
        )  # fmt: skip

    def _decide_credits(self, day: date) -> None:
        """The first is kept, that of who left is refunded; the others wait."""
        waiting = [
            credit for credit in credits_on(day, days=look_days(day)) if credit.standing == CreditStanding.TO_DECIDE
        ]
        waiting.sort(key=lambda credit: credit.account_id)
        for use, found in (
            (CreditUse.REFUND, [credit for credit in waiting if credit.is_gone]),
            (CreditUse.KEEP, [credit for credit in waiting if not credit.is_gone]),
        ):
            for credit in found[:1]:
                account = Account.objects.get(pk=credit.account_id)
                refunds = use == CreditUse.REFUND
                decide_credit(
                    account=account, use=use, actor=self.manager,
                    until=None if refunds else day + timedelta(days=60),
                    iban=stock.iban(credit.account_id) if refunds else "",
                )  # fmt: skip
