"""What a household owes is said in the same three words and figures on every page, paper, export and answer."""

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from common.periods import Month
from leases.models import Lease
from office.access.codes import Role
from office.jobs.worker import drain
from office.models import User
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.plans import propose_plan, sign_plan
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.books.codes import HoldKind
from rent_ledger.books.owed import Owed
from rent_ledger.books.services.projections import roll
from rent_ledger.checking.services import check_ledger
from rent_ledger.checking.services.states import broken_states
from rent_ledger.models import AccountState, ArrearsCase, Posting, RentDemand
from social_link.alerts.queries import settled_debts
from social_link.models import Alert
from tests.api import Api
from tests.factories import (
    make_actor,
    make_alert,
    make_arrears,
    make_association,
    make_bank_known,
    make_user,
    pay,
)
from tests.pages import signed_in, words
from tests.pdf import pdf_text

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-28")]
SUM = "250,00 € dus + 230,00 € à échoir = 480,00 € au total"


class OneDebt:
    """250 euros that are contested, and 250 that fall due next month, of which 20 are paid."""

    def __init__(self) -> None:
        make_association()
        make_bank_known(until=date(2026, 11, 27))
        self.case: ArrearsCase = make_arrears(dues=[date(2026, 11, 1)], amount="250.00")
        self.account = self.case.account_id
        assert self.case.account.lease is not None
        self.lease: Lease = self.case.account.lease
        contested = Posting.objects.filter(debit=self.account).values_list("pk", flat=True)
        hold_debt(posting_ids=list(contested), kind=HoldKind.DISPUTE, reason="charges", actor=make_actor())
        pay(account=self.account, on=date(2026, 11, 8), amount="20.00")
        run = launch_run(month=Month(2026, 12), actor=make_actor())
        drain(run.job_id)
        self.demand = RentDemand.objects.get(run=run)
        self.alert = make_alert(household=self.lease.household)
        Alert.objects.filter(pk=self.alert.pk).update(case=self.case)


@pytest.fixture
def debt(db: None) -> OneDebt:
    return OneDebt()


@pytest.fixture
def manager(debt: OneDebt) -> User:
    return make_user(role=Role.RENTAL_MANAGER)


def read(client: Client, name: str, *args: Any, **query: str) -> str:
    return words(client.get(reverse(name, args=args), query))


def test_every_page_says_the_three_words_and_writes_the_sum(debt: OneDebt, manager: User) -> None:
    client, worker = signed_in(manager), signed_in(debt.alert.assignee)
    pages = {
        "household": read(client, "desk:household", debt.lease.household_id),
        "account": read(client, "rent_ledger:statement", debt.account),
        "print": read(client, "rent_ledger:statement_print", debt.account),
        "case": read(client, "rent_ledger:case", debt.case.pk),
        "avis": read(client, "rent_ledger:demand", debt.demand.pk),
        "alert": read(worker, "social_link:alert", debt.alert.pk),
    }
    assert {name: SUM in page for name, page in pages.items()} == dict.fromkeys(pages, True)
    said = {name: "dû aujourd’hui" in page.lower() or "Dû au 28 nov. 2026" in page for name, page in pages.items()}
    assert said == dict.fromkeys(pages, True)
    # Each figure of the strip has its own word.
    assert "Dû aujourd’hui 250,00 €" in pages["account"]
    assert "À échoir 230,00 €" in pages["account"]
    assert "Total 480,00 €" in pages["account"]


def test_the_desk_says_them_before_and_after_a_payment(debt: OneDebt, manager: User) -> None:
    desk = read(signed_in(manager), "rent_ledger:payments", pour=f"bail-{debt.lease.pk}")
    assert "Dû aujourd’hui 250,00 € À échoir 230,00 € Total 480,00 €" in desk


def test_the_paper_of_the_statement_says_them(debt: OneDebt, manager: User) -> None:
    answer = signed_in(manager).get(reverse("rent_ledger:statement_pdf", args=[debt.account]))
    paper = " ".join(pdf_text(answer.content).replace("\u00a0", " ").replace("\u202f", " ").split())
    assert SUM.replace("\u2212", "−") in paper


def test_the_export_and_the_api_give_the_parts_and_their_total(debt: OneDebt, manager: User) -> None:
    text = signed_in(manager).get(reverse("rent_ledger:arrears_export"), {"situation": "tous"}).content.decode()
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert [row[name] for name in ("Dû aujourd’hui", "À échoir", "Avance", "Total", "Situation au")] == [
        "250,00", "230,00", "0,00", "480,00", "28/11/2026",
    ]  # fmt: skip
    api = Api(manager)
    [line] = api.get("/arrears")["items"]
    shown = [
        line,
        api.get(f"/accounts/{debt.account}")["state"],
        api.get(f"/arrears/cases/{debt.case.pk}")["state"],
        Api(debt.alert.assignee).get(f"/alerts/{debt.alert.pk}")["now"],
    ]
    for found in shown:
        parts = [found[name] for name in ("debt", "upcoming", "credit", "total")]
        assert parts == ["250.00", "230.00", "0.00", "480.00"]


PLAN_SUM = "100,00 € dus + 500,00 € étalés par le plan = 600,00 € au total"


def test_what_a_plan_spreads_is_apart_from_what_is_due_today_everywhere(db: None) -> None:
    """600 euros in six months from today, of a housing expense: the whole debt counts for the law as before."""
    make_association()
    make_bank_known(until=date(2026, 11, 27))
    case = make_arrears(dues=[date(2026, month, 1) for month in (9, 10, 11)], amount="200.00")
    account, lease = case.account_id, case.account.lease
    assert lease is not None
    before = AccountState.objects.get(pk=account)
    plan = propose_plan(case=case, months=6, first_on=date(2026, 11, 28), actor=make_actor())
    sign_plan(plan=plan, signed_on=date(2026, 11, 28), actor=make_actor())
    state = AccountState.objects.get(pk=account)
    assert (state.debt, state.spread, state.held, state.total) == (100, 500, 600, 600)
    assert (state.whole_debt, state.in_debt_since) == (before.debt, before.in_debt_since)
    alert = make_alert(household=lease.household)
    Alert.objects.filter(pk=alert.pk).update(case=case)
    user = make_user(role=Role.RENTAL_MANAGER)
    client = signed_in(user)
    pages = {
        "household": read(client, "desk:household", lease.household_id),
        "account": read(client, "rent_ledger:statement", account),
        "print": read(client, "rent_ledger:statement_print", account),
        "case": read(client, "rent_ledger:case", case.pk),
        "alert": read(signed_in(alert.assignee), "social_link:alert", alert.pk),
    }
    assert {name: PLAN_SUM in page for name, page in pages.items()} == dict.fromkeys(pages, True)
    assert "Dû aujourd’hui 100,00 € Étalé par le plan 500,00 € Total 600,00 €" in read(
        client, "rent_ledger:payments", pour=f"bail-{lease.pk}"
    )
    # What is due is what its parts come to.
    assert "Étalé par le plan, mensualités à venir −500,00 €" in read(client, "rent_ledger:why_debt", account)
    paper = pdf_text(client.get(reverse("rent_ledger:statement_pdf", args=[account])).content)
    told = " ".join(paper.replace("\u00a0", " ").replace("\u202f", " ").split())
    assert "100,00 € dus + 500,00 € étalés par votre plan = 600,00 € au total" in told
    assert "suspendus" not in told
    text = client.get(reverse("rent_ledger:arrears_export"), {"situation": "tous"}).content.decode()
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";")
    assert [row[name] for name in ("Dû aujourd’hui", "Étalé par le plan", "Total")] == ["100,00", "500,00", "600,00"]
    api = Api(user)
    for found in (
        api.get("/arrears")["items"][0],
        api.get(f"/accounts/{account}")["state"],
        api.get(f"/arrears/cases/{case.pk}")["state"],
        Api(alert.assignee).get(f"/alerts/{alert.pk}")["now"],
    ):
        assert [found[name] for name in ("debt", "spread", "total")] == ["100.00", "500.00", "600.00"]
    # Between two instalments nothing is due, and nothing is settled.
    pay(account=account, on=date(2026, 11, 28), amount="100.00")
    assert AccountState.objects.get(pk=account).debt == 0
    assert broken_states(date(2026, 11, 28)) == []
    assert settled_debts([alert]) == {}
    # A case stays open, however long nothing of it is due (the ledger's own check, some days later).
    with clock.travel(date(2026, 12, 2)):
        roll()
        assert [finding.name for finding in check_ledger() if "dossier" in finding.name] == []


def test_figures_of_another_day_say_it(debt: OneDebt, manager: User) -> None:
    AccountState.objects.filter(pk=debt.account).update(as_of=date(2026, 11, 27))
    client = signed_in(manager)
    for name, args in (
        ("desk:household", debt.lease.household_id),
        ("rent_ledger:statement", debt.account),
        ("rent_ledger:case", debt.case.pk),
    ):
        page = read(client, name, args)
        assert "Dû au 27 nov. 250,00 €" in page
        assert "Dû aujourd’hui 250,00 €" not in page


def amounts(due: str = "0", upcoming: str = "0", advance: str = "0", on: date | None = None) -> Owed:
    return Owed(Decimal(due), Decimal(upcoming), Decimal(advance), on)


def test_a_sum_is_written_where_two_figures_stand_together() -> None:
    def said(*figures: str) -> str:
        return amounts(*figures).sum.replace("\u00a0", " ").replace("\u202f", " ")

    assert said("250") == said() == ""
    assert said("0", "0", "20") == "20,00 € d’avance"
    assert said("0", "400") == "0,00 € dû + 400,00 € à échoir = 400,00 € au total"
    assert said("250", "0", "20") == "250,00 € dus − 20,00 € d’avance = 230,00 € au total"


def test_accounts_together_are_as_of_the_oldest_of_their_days() -> None:
    with clock.travel(date(2026, 11, 10)):
        both = amounts("1", "2", "3", date(2026, 11, 10)) + amounts("10", "20", "30", date(2026, 11, 8))
        assert (both.due, both.upcoming, both.advance) == (11, 22, 33)
        assert both.label.replace("\u00a0", " ") == "Dû au 8 nov."
