"""Accounts worked out on paper from law.md A1 and reading 7: constituted, to report by, to signal, where it stands.

480 a month (400 of rent, 80 of charges), 267 of benefit paid to us: 213 net. 2 × net is 426, 2 × gross 960, 2 × the
rent without charges 800. Each account is played day by day; cases are searched on the morning after each thing that
happens.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from common import clock
from common.periods import period
from leases.contracts.codes import EndReason, LeaseKind, LeaseState
from leases.contracts.natures import Nature
from leases.contracts.services.ending import Notice, record_notices
from leases.models import Lease
from office.access.actor import Actor
from office.house.codes import HeldFor
from rent_ledger.arrears.services.debt_holds import hold_debt, release_debt
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.books.codes import Action, EntryKind, HoldKind, Lane
from rent_ledger.books.services.posting import reverse
from rent_ledger.models import AccountState, ArrearsCase, OpenItem
from tests.factories import make_let, make_right, owe, pay

SYSTEM = Actor.system()
ONE_DAY = timedelta(days=1)
pytestmark = pytest.mark.django_db


@dataclass
class Home:
    """One household and what happens to its account: `steps` are (day, what)."""

    lease: Lease
    account: int = 0
    paid: int = 0
    steps: list[tuple[date, Callable[[], Any]]] = field(default_factory=list)

    def owes(self, due: str, amount: str = "213.00", **facts: Any) -> "Home":
        """Asked five days before its due day."""
        day = date.fromisoformat(due)

        def ask() -> None:
            self.account = owe(lease=self.lease, due_on=day, amount=amount, **facts)

        return self.at(day - timedelta(days=5), ask)

    def pays(self, on: str, amount: str) -> "Home":
        day = date.fromisoformat(on)

        def take() -> None:
            self.paid = pay(account=self.account, on=day, amount=amount)

        return self.at(day, take)

    def comes_back(self, on: str) -> "Home":
        day = date.fromisoformat(on)
        return self.at(
            day,
            lambda: reverse(entry_ids=[self.paid], actor=SYSTEM, effective_on=day, kind=EntryKind.RETURN),
        )

    def held(self, on: str, until: str) -> "Home":
        def debts() -> list[int]:
            return list(OpenItem.objects.filter(account=self.account).values_list("posting_id", flat=True))

        self.at(
            date.fromisoformat(on),
            lambda: hold_debt(posting_ids=debts(), kind=HoldKind.DISPUTE, reason="Contestée", actor=SYSTEM),
        )
        return self.at(date.fromisoformat(until), lambda: release_debt(posting_ids=debts(), actor=SYSTEM))

    def leaves(self, last_day: str, *, told_on: str, reason: EndReason = EndReason.UNKNOWN) -> "Home":
        end = date.fromisoformat(last_day) + ONE_DAY

        def end_it() -> None:
            self.lease.period = period(self.lease.period.lower, end)
            self.lease.state, self.lease.end_reason = LeaseState.ENDED, reason
            self.lease.save()
            stay = self.lease.occupancies.get()
            stay.period = stay.main_period = period(stay.period.lower, end)
            stay.save()

        return self.at(date.fromisoformat(told_on), end_it)

    def announces(self, last_day: str, *, told_on: str) -> "Home":
        def tell() -> None:
            notice = Notice(self.lease, clock.today(), date.fromisoformat(last_day))
            record_notices(actor=Actor.system(), notices=[notice])

        return self.at(date.fromisoformat(told_on), tell)

    def at(self, day: date, what: Callable[[], Any]) -> "Home":
        self.steps.append((day, what))
        return self

    def play(self, until: date) -> None:
        days = sorted({day for day, _ in self.steps} | {day + ONE_DAY for day, _ in self.steps} | {until})
        for day in days:
            with clock.travel(day):
                # The search of the morning comes before what happens that day.
                detect_arrears(day=day, actor=SYSTEM)
                for _, what in (step for step in self.steps if step[0] == day):
                    what()
        with clock.travel(until):
            detect_arrears(day=until, actor=SYSTEM)


def home(*, aid: str = "267.00", direct: bool = True, **facts: Any) -> Home:
    lease = make_let(start=date(2024, 3, 15), **facts)
    if aid:
        right = make_right(lease=lease, amount=aid, start=date(2024, 4, 1))
        right.is_direct = direct
        right.save()
    return Home(lease)


def managed(**facts: Any) -> Home:
    """A natural person's dwelling under mandate."""
    found = home(**facts)
    found.lease.kind, found.lease.collected_for = LeaseKind.MANAGED, HeldFor.MANDANTS
    found.lease.save()
    owner = found.lease.agreement.owner
    owner.is_person = True
    owner.save()
    return found


def richer_from_2027() -> Home:
    """213 net until 31 December 2026, 100 from 1 January on."""
    found = home(aid="")
    make_right(lease=found.lease, amount="267.00", start=date(2024, 4, 1), end=date(2027, 1, 1))
    make_right(lease=found.lease, amount="380.00", start=date(2027, 1, 1))
    return found


# (what, account, day looked at, constituted, regime, to report by, to signal since, lane or action)
ON_PAPER = [
    ("2 × net on 5 December: the regime of 2026, the delay into 2027",
     lambda: home().owes("2026-11-05").owes("2026-12-05"), "2027-01-10",
     "2026-12-05", "R2026", "2027-02-05", None, Action.REPORT_PAYER),
    ("100 owed since 5 October: three months on 5 January 2027",
     lambda: home().owes("2026-10-05", "100.00"), "2027-01-10",
     "2027-01-05", "R2027", "2027-03-05", None, Action.REPORT_PAYER),
    ("451 due on 5 December, benefit to the household: more than 450 on 1 January, no delay of ours",
     lambda: home(direct=False).owes("2026-12-05", "451.00"), "2027-01-10", "2027-01-01", "R2027", None, None, None),
    ("200 due on 20 December, the net falls to 100 on 1 January: no 2 × net of 2027",
     lambda: richer_from_2027().owes("2026-12-20", "200.00"), "2027-03-25",
     "2027-03-20", "R2027", "2027-05-20", None, Action.REPORT_PAYER),
    ("20 due on 30 November 2027: three months end on the leap day",
     lambda: home().owes("2027-11-30", "20.00"), "2028-03-01",
     "2028-02-29", "R2027", "2028-04-29", None, Action.REPORT_PAYER),
    ("451 due on 31 December 2027: two months end on the leap day",
     lambda: home().owes("2027-12-31", "451.00"), "2028-01-05",
     "2027-12-31", "R2027", "2028-02-29", None, Action.REPORT_PAYER),
    ("a hold of three weeks, released before the three months: they run from the due day",
     lambda: home().owes("2027-02-05", "100.00").held("2027-02-10", "2027-03-01"), "2027-05-10",
     "2027-05-05", "R2027", "2027-07-05", None, Action.REPORT_PAYER),
    ("213 due on 5 August 2027, paid, returned on 20 December: three months from the return",
     lambda: home().owes("2027-08-05").pays("2027-08-06", "213.00").comes_back("2027-12-20"), "2028-03-21",
     "2028-03-20", "R2027", "2028-05-20", None, Action.REPORT_PAYER),
    ("the same on the day after the return: nothing yet",
     lambda: home().owes("2027-08-05").pays("2027-08-06", "213.00").comes_back("2027-12-20"), "2027-12-21",
     None, "R2027", None, None, Lane.TECHNICAL),
    ("2 × net on 5 October, left on 15 November, told on the 10th",
     lambda: home().owes("2026-09-05").owes("2026-10-05").leaves("2026-11-15", told_on="2026-11-10"), "2026-11-20",
     "2026-10-05", "R2026", "2026-12-05", None, Lane.GONE),
    ("died on 3 November, told on the 4th: the benefit of November is kept, 2 × net on the 5th (R. 823-12)",
     lambda: home().owes("2026-10-05").owes("2026-11-05")
     .leaves("2026-11-03", told_on="2026-11-04", reason=EndReason.DEATH), "2026-11-10",
     "2026-11-05", "R2026", "2027-01-05", None, Lane.GONE),
    ("leaves on 18 November by a notice: no benefit for that month, 426 is less than 2 × gross",
     lambda: home().owes("2026-10-05").owes("2026-11-05").announces("2026-11-18", told_on="2026-10-10"), "2026-11-10",
     None, "R2026", None, None, None),
    ("leaves on 30 November by a notice: the month is whole, 2 × net on the 5th",
     lambda: home().owes("2026-10-05").owes("2026-11-05").announces("2026-11-30", told_on="2026-10-10"), "2026-11-10",
     "2026-11-05", "R2026", "2027-01-05", None, None),
    ("300 owed to a private owner since 5 September: two months on 5 November, three months old on 1 January",
     lambda: managed().owes("2026-09-05", "300.00"), "2027-01-10",
     "2027-01-01", "R2027", "2027-03-01", "2026-11-05", Action.REPORT_PAYER),
    ("800 owed to a private owner without a benefit: signalled, nothing to report",
     lambda: managed(aid="").owes("2026-10-05", "800.00"), "2026-11-20", None, "R2026", None, "2026-10-05", None),
    ("an occupation agreement: nothing of both",
     lambda: home(aid="", kind="OCCUPANCY").owes("2026-08-05", "2000.00"), "2027-02-01",
     None, "R2027", None, None, None),
    ("parking alone is no housing expense",
     lambda: home().owes("2026-08-05", "900.00", nature=Nature.PARKING), "2027-02-01", None, "R2027", None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("account", "day", "constituted", "regime", "report", "signalled", "shown"),
    [row[1:] for row in ON_PAPER], ids=[row[0] for row in ON_PAPER],
)  # fmt: skip
@pytest.mark.clock("2026-08-01")
def test_on_paper(account, day, constituted, regime, report, signalled, shown):
    played = account()
    played.play(date.fromisoformat(day))
    case = ArrearsCase.objects.get(account_id=played.account, closed_on=None)
    found = [d and d.isoformat() for d in (case.constituted_on, case.report_due_on, case.ccapex_on)]
    assert (found, case.regime) == ([constituted, report, signalled], regime)
    state = AccountState.objects.get(pk=played.account)
    assert shown is None or shown in (state.lane, state.action)
