"""One household over four months, by hand: what the statement says, line by line, against a sheet of paper.

Mme Fatou Sarr enters on 17 August 2026: rent 412,60 and charges 86,40 (499,00 a month), due on the 5th in advance.
APL of 286,00 paid to the landlord on the 25th, from September on.

The law and the readings that the figures rest on: prorata by actual days, one rounding per nature (reading 3); no aid
for the month of entry (reading 4); the benefit lies on the month that it is for, a shortfall is due with the next term
(reading 4); a returned debit makes its debt stand again at its own due date (decision 5); an undone run leaves the
account as if it had not been, and a relaunch bills again.

`pytest -s tests/scenarios/test_four_months.py` prints the sheet.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse

from common import clock
from common.periods import Month
from common.typography import euros, short_day
from leases.models import Lease
from office.access.actor import Actor
from office.access.codes import Role
from office.jobs.worker import drain
from office.models import BankAccount, Organisation
from rent_ledger.benefits.services.benefit_statements import import_benefit_statement
from rent_ledger.billing.codes import ReceiptKind, RunState
from rent_ledger.billing.services.papers import demand_documents
from rent_ledger.billing.services.receipts import issue_due_receipts, issue_receipt, receipt_status
from rent_ledger.billing.services.runs import launch_run, undo_run
from rent_ledger.books.queries.statement import statement
from rent_ledger.checking.services import check_ledger
from rent_ledger.models import Account, AccountState, Receipt, RentDemand, RentRun
from rent_ledger.payments.services.payments import take_payment
from rent_ledger.rights.services import set_right
from tests.factories import (
    make_actor,
    make_association,
    make_bank_account,
    make_household,
    make_lease,
    make_payer,
)
from tests.rent_ledger.banking import camt, drop, movement, written

pytestmark = pytest.mark.django_db
AUG, SEP, OCT, NOV = Month(2026, 8), Month(2026, 9), Month(2026, 10), Month(2026, 11)
NUMBER = "1234567"

# The sheet: day, movement, due, received, aid apart (what moved), remaining after the line.
#
# August    412,60 × 15/31 = 199,645… → 199,65;  86,40 × 15/31 = 41,806… → 41,81;  199,65 + 41,81 = 241,46
# September 499,00 − 286,00 = 213,00, paid on the 18th (13 days late); its aid does not come in September
# October   213,00 collected on the 5th, returned on the 9th, paid in cash on the 20th
#           26th: the CAF pays 200,00 for September and 286,00 for October; 286,00 − 200,00 = 86,00 are the household's,
#           due with the next term, on 5 November
# November  billed, undone, billed again: +213,00 − 213,00 + 213,00; 86,00 + 213,00 = 299,00 paid on the 6th
# Aid apart 286 + 286 − 200 − 286 − 86 + 286 − 286 + 286 − 286 = 0
SHEET = [
    ("2026-08-17", "Avis d’août 2026", "241.46", "0", "0", "241.46"),
    ("2026-08-20", "Virement reçu", "0", "241.46", "0", "0"),
    ("2026-09-05", "Avis de septembre 2026", "213.00", "0", "286.00", "213.00"),
    ("2026-09-18", "Virement reçu", "0", "213.00", "0", "0"),
    ("2026-10-05", "Avis d’octobre 2026", "213.00", "0", "286.00", "213.00"),
    ("2026-10-05", "Virement reçu", "0", "213.00", "0", "0"),
    ("2026-10-09", "Rejet du paiement du 5 oct.", "0", "-213.00", "0", "213.00"),
    ("2026-10-20", "Espèces au guichet", "0", "213.00", "0", "0"),
    ("2026-10-26", "Aide de septembre 2026 reçue", "0", "0", "-200.00", "0"),
    ("2026-10-26", "Aide d’octobre 2026 reçue", "0", "0", "-286.00", "0"),
    ("2026-11-05", "Aide de septembre 2026 moindre que prévu", "86.00", "0", "-86.00", "86.00"),
    ("2026-11-05", "Avis de novembre 2026", "213.00", "0", "286.00", "299.00"),
    ("2026-11-05", "Avis de novembre 2026 annulé", "-213.00", "0", "-286.00", "86.00"),
    ("2026-11-05", "Avis de novembre 2026", "213.00", "0", "286.00", "299.00"),
    ("2026-11-06", "Virement reçu", "0", "299.00", "0", "0"),
    ("2026-11-25", "Aide de novembre 2026 reçue", "0", "0", "-286.00", "0"),
]
# On the page, the avis that was withdrawn and made again is one row, which unfolds to its three.
SHOWN = [*SHEET[:11], *SHEET[13:]]


class Household:
    """The household and its world: what happens to it goes through the services that its people use."""

    def __init__(self) -> None:
        make_association()
        self.manager: Actor = make_actor()
        self.bank: BankAccount = make_bank_account()
        self.caf: Organisation = make_payer(name="CAF de Loire-Atlantique")
        self.lease: Lease = make_lease(
            household=make_household(name="Mme Fatou Sarr"), from_day=date(2026, 8, 17), rent="412.60",
            charges="86.40", due_rule="ADVANCE", due_day=5,
        )  # fmt: skip
        self.balance, self.known, self.sequence = Decimal("1000.00"), date(2026, 8, 16), 0

    @property
    def account(self) -> Account:
        return Account.objects.get(lease=self.lease, kind="TENANT")

    @property
    def state(self) -> AccountState:
        return AccountState.objects.get(account=self.account)

    def run(self, month: Month) -> RentRun:
        run = launch_run(month=month, actor=self.manager)
        drain(run.job_id)
        run.refresh_from_db()
        return run

    def demand(self, month: Month) -> RentDemand:
        return RentDemand.objects.get(lease=self.lease, month=month.first, state="ISSUED")

    def bank_says(self, amount: str, *, label: str, reference: str = "", mandate: str = "", reason: str = "") -> None:
        """One movement of today in the bank's file, imported; the household is recognised without anybody's help."""
        day, self.sequence = clock.today(), self.sequence + 1
        line = movement(amount, label=label, day=day, reference=reference, mandate=mandate, reason=reason)
        file = camt(
            written(
                self.bank,
                line,
                opening=str(self.balance),
                opening_day=self.known,
                closing_day=day,
                sequence=self.sequence,
            )
        )
        report = drop(file, name=f"releve-{self.sequence}.xml", actor=self.manager)
        assert (report.new, report.sure) == (1, 1)
        self.balance, self.known = self.balance + Decimal(amount), day

    def transfer(self, amount: str) -> None:
        self.bank_says(amount, label="VIREMENT SARR", reference=self.lease.payment_reference)

    def caf_pays(self, *lines: tuple[str, str]) -> None:
        """(month, amount) lines of today's bordereau."""
        rows = "".join(f"{NUMBER};{month};{amount}\n" for month, amount in lines)
        report = import_benefit_statement(
            data=f"allocataire;mois;montant\n{rows}".encode(), name=f"caf-{clock.today()}.csv", payer=self.caf,
            paid_on=clock.today(), actor=self.manager,
        )  # fmt: skip
        assert (len(report.matched), report.left) == (len(lines), 0)

    def day_ends(self) -> None:
        """What the house does by itself: the quittances of settled terms."""
        issue_due_receipts(day=clock.today(), actor=Actor.system())


@contextmanager
def on(day: str) -> Iterator[None]:
    with clock.travel(date.fromisoformat(day)):
        yield


def live_august(home: Household) -> None:
    with on("2026-08-17"):
        set_right(
            lease=home.lease, payer=home.caf, kind="APL", beneficiary_number=NUMBER, amount=Decimal("286.00"),
            start=AUG.first, actor=home.manager,
        )  # fmt: skip
        home.run(AUG)
        demand = home.demand(AUG)
        assert (demand.gross, demand.benefit, demand.due_on) == (Decimal("241.46"), 0, date(2026, 8, 17))
    with on("2026-08-20"):
        home.transfer("241.46")
        home.day_ends()
        assert Receipt.objects.get().kind == ReceiptKind.FULL


def live_september(home: Household) -> None:
    with on("2026-09-01"):
        home.run(SEP)
    with on("2026-09-17"):
        assert receipt_status(home.demand(SEP)).ruling.kind is None
    with on("2026-09-18"):
        home.transfer("213.00")
        home.day_ends()
        # The household has paid its part, the aid has not come: a reçu says so, no quittance yet.
        receipt = issue_receipt(demand=home.demand(SEP), actor=home.manager)
        assert (receipt.kind, receipt.amount) == (ReceiptKind.PARTIAL, Decimal("213.00"))
        assert receipt.document is not None
        assert receipt.document.data["aid_left"] == "286.00"
    with on("2026-09-30"):
        home.state.refresh_from_db()
        assert home.state.debt == 0


def live_october(home: Household) -> None:
    with on("2026-10-01"):
        home.run(OCT)
    with on("2026-10-05"):
        home.bank_says("213.00", label="PRELEVEMENT", reference=home.lease.payment_reference, mandate="RUM-SARR-1")
        # September's aid, awaited on 25 September, is pending and nobody's arrears.
        assert (home.state.debt, home.state.aid_pending) == (0, Decimal("286.00"))
    with on("2026-10-09"):
        home.bank_says("-213.00", label="REJET PRLV SARR", mandate="RUM-SARR-1", reason="AM04")
        assert (home.state.debt, home.state.oldest_due) == (Decimal("213.00"), date(2026, 10, 5))
        assert home.state.last_return_on == date(2026, 10, 9)
    with on("2026-10-20"):
        take_payment(
            account=home.account, method="CASH", amount=Decimal("213.00"), received_on=clock.today(),
            request_key=uuid4(), actor=home.manager,
        )  # fmt: skip
        assert home.state.debt == 0
    with on("2026-10-26"):
        home.caf_pays(("2026-09", "200.00"), ("2026-10", "286.00"))
        # 86,00 moved to the household, due with November's term: nothing is owed today.
        assert (home.state.debt, home.state.upcoming, home.state.aid_pending) == (0, Decimal("86.00"), 0)
        home.day_ends()
        assert receipt_status(home.demand(SEP)).full is None
        full = receipt_status(home.demand(OCT)).full
        assert full is not None
        assert full.amount == Decimal("499.00")


def live_november(home: Household) -> None:
    with on("2026-11-01"):
        first = home.run(NOV)
        drain(undo_run(run=first, actor=home.manager).job_id)
        first.refresh_from_db()
        assert first.state == RunState.UNDONE
        assert home.state.upcoming == Decimal("86.00")
    with on("2026-11-02"):
        home.run(NOV)
        demand = home.demand(NOV)
        assert (demand.number, demand.net) == (2, Decimal("213.00"))
        paper = demand_documents(demands=[demand], actor=home.manager)[demand.pk].data
        shortfall = {"label": "Aide non versée de septembre\u00a02026", "amount": "86.00"}
        assert (paper["with_it"], paper["to_pay"], paper["before"]) == ([shortfall], "299.00", None)
    with on("2026-11-06"):
        home.transfer("299.00")
        home.day_ends()
        # The shortfall is paid: September is settled, 200,00 by the CAF and 299,00 by the household.
        full = receipt_status(home.demand(SEP)).full
        assert full is not None
        assert full.document is not None
        assert (full.amount, full.document.data["tenant_paid"]) == (Decimal("499.00"), "299.00")
        assert receipt_status(home.demand(NOV)).full is None
    with on("2026-11-25"):
        home.caf_pays(("2026-11", "286.00"))
        home.day_ends()
        assert receipt_status(home.demand(NOV)).full is not None


def _classes(attrs: list[tuple[str, str | None]]) -> set[str]:
    return set((dict(attrs).get("class") or "").split())


class Rows(HTMLParser):
    """The rows of the statement's table: day, movement, amounts, as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._aside = 0  # depth inside small print or a badge
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr" and (dict(attrs).get("id") or "").startswith("ecriture-"):
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._cell, self._aside = [], 0
        elif tag in ("a", "span") and (self._aside or {"a-sub", "a-badge"} & _classes(attrs)):
            self._aside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append("".join(self._cell).replace("\u00a0", " ").strip())
            self._cell = None
        elif tag in ("a", "span") and self._aside:
            self._aside -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None and not self._aside:
            self._cell.append(data)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_four_months_line_by_line(client_as):
    with on("2026-08-17"):
        home = Household()
    for month in (live_august, live_september, live_october, live_november):
        month(home)

    with on("2026-11-26"):
        read = statement(home.account.pk)
        print(f"\n{'Date':<12}{'Mouvement':<44}{'Dû':>10}{'Reçu':>10}{'Aide':>10}{'Reste dû':>10}")
        for line in read.lines:
            amounts = "".join(f"{a:>10.2f}" for a in (line.due, line.received, line.aid, line.remaining))
            print(f"{line.on!s:<12}{line.title:<44}{amounts}")
        found = [(str(x.on), plain(x.title), x.due, x.received, x.aid, x.remaining) for x in read.lines]
        assert found == [(day, words, *map(Decimal, amounts)) for day, words, *amounts in SHEET]

        page = client_as(Role.RENTAL_MANAGER).get(reverse("rent_ledger:statement", args=[home.account.pk]))
        shown = Rows(page.content.decode()).rows[::-1]
        assert len(shown) == len(SHOWN)
        for cells, (day, words, due, received, aid, remaining) in zip(shown, SHOWN, strict=True):
            wanted = [plain(euros(Decimal(a))) if Decimal(a) else "" for a in (due, received, aid)]
            assert [cells[0], cells[1]] == [plain(short_day(date.fromisoformat(day), today=clock.today())), words]
            assert cells[2:5] == wanted
            assert cells[5] == plain(euros(Decimal(remaining)))

        assert (home.state.debt, home.state.upcoming, home.state.credit, home.state.aid_pending) == (0, 0, 0, 0)
        assert Receipt.objects.filter(kind=ReceiptKind.FULL).count() == 4
        assert check_ledger() == []
