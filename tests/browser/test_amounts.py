"""What ten households owe, computed by hand, is on their page, on their statement and on their last avis, to the cent.

Every term asks 480,00 €: those of the two months before this one and of this month are due, next month's is to come.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from common import clock
from common.periods import Month
from leases.contracts.codes import EndReason
from leases.contracts.services.ending import end_lease
from leases.models import Lease, Person
from office.jobs.worker import drain
from rent_ledger.arrears.services.debt_holds import hold_debt
from rent_ledger.arrears.services.detection import detect_arrears
from rent_ledger.billing.services.runs import launch_run
from rent_ledger.billing.services.settlement import settle_benefit_month
from rent_ledger.books.codes import EntryKind, General, HoldKind
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.books.services.entries import NewEntry, NewPosting
from rent_ledger.books.services.posting import post
from rent_ledger.models import Account, OpenItem, RentDemand
from tests.browser.conftest import Comes
from tests.browser.house import actor
from tests.browser.person import Person as Visitor
from tests.factories import ANYWAY, make_lease, make_let, make_right, pay
from tests.pdf import pdf_text

pytestmark = pytest.mark.browser
# Where, what is shown there, what it must be.
Found = list[tuple[str, str, str]]

THIS = Month.of(clock.today())
BEFORE, LAST, NEXT, FIRST = THIS.plus(-2), THIS.plus(-1), THIS.plus(1), THIS.plus(-4)


@dataclass(frozen=True, slots=True)
class Told:
    """What the pages and papers of a contract must say. `terms`: in the words of the page. `left`: the last balance of
    the statement. Of the last avis: what it asks (`net`, `to_pay`), what it names `apart` and `coming`."""

    lease: Lease
    due: str
    to_come: str
    total: str
    left: str
    net: str
    to_pay: str
    advance: str = ""
    aid: str = "0,00"
    terms: str = ""
    apart: str = ""
    coming: str = ""


def bill(month: Month, *leases: Lease) -> None:
    """On the first of the month; next month's is asked today."""
    with clock.travel(min(month.first, clock.today())):
        run = launch_run(month=month, actor=actor("nadege"), lease_ids=[lease.pk for lease in leases], answers=ANYWAY)
        drain(run.job_id)


def let(*months: Month, paid: Sequence[tuple[Month, str]] = (), **facts: Any) -> Lease:
    """A contract that begins with the first of `months` and is asked for each; `paid`: on the fifth, what came in."""
    lease = make_let(start=months[0].first, **facts)
    for month in months:
        bill(month, lease)
        for _, amount in (one for one in paid if one[0] == month):
            settle(lease, month, amount)
    return lease


def settle(lease: Lease, month: Month, amount: str) -> None:
    on = min(month.day(5), clock.today())
    with clock.travel(on):
        pay(account=tenant_accounts([lease.pk])[lease.pk], on=on, amount=amount)


def hold(lease: Lease, month: Month, kind: str) -> None:
    debts = OpenItem.objects.filter(account__lease=lease, for_month=month.first, is_debit=True, account__kind="TENANT")
    hold_debt(posting_ids=[debt.posting_id for debt in debts], kind=kind, reason="Signé", actor=actor("nadege"))


def aid_came(lease: Lease, month: Month, amount: str) -> None:
    aid = Account.objects.get(lease=lease, kind="BENEFIT")
    posting = NewPosting(General.BENEFIT_TRANSIT, aid.pk, Decimal(amount), "BENEFIT", clock.today(), month.first)
    entry = NewEntry(EntryKind.BENEFIT_RECEIVED, f"aid:{month}", clock.today(), (posting,))
    post(entries=[entry], actor=actor("nadege"))


def late() -> Told:
    lease = let(BEFORE, LAST, THIS, NEXT, paid=[(BEFORE, "300.00")])
    return Told(
        lease, due="1 140,00", to_come="480,00", total="1 620,00", left="1 140,00", terms="2,4 termes",
        net="480,00", to_pay="480,00", apart="1 140,00",
    )  # fmt: skip


def in_a_plan() -> Told:
    """An instalment came in, after the day of the last avis: 74,00 that no debt can take."""
    lease = let(BEFORE.plus(-1), BEFORE, LAST)
    hold(lease, BEFORE.plus(-1), HoldKind.PLAN)
    settle(lease, THIS, "1034.00")
    return Told(
        lease, due="480,00", to_come="0,00", total="406,00", left="406,00", advance="74,00",
        net="480,00", to_pay="480,00", apart="960,00",
    )  # fmt: skip


def in_advance() -> Told:
    """Of months that are over: what is paid on the first of the month stands on the avis of that day."""
    lease = let(BEFORE, LAST, paid=[(BEFORE, "480.00"), (LAST, "500.00")])
    return Told(
        lease, due="0,00", to_come="0,00", total="-20,00", left="-20,00", advance="20,00", net="480,00",
        to_pay="480,00",
    )  # fmt: skip


def aid_short() -> Told:
    """250,00 of aid a month: nothing came for one, 200,00 for the next; the 50,00 are due with next month's term."""
    lease = make_let(start=FIRST.first)
    make_right(lease=lease, amount="250.00", start=FIRST.plus(1).first)
    bill(FIRST, lease)
    settle(lease, FIRST, "480.00")
    for month in (FIRST.plus(1), BEFORE, LAST, THIS):
        bill(month, lease)
        settle(lease, month, "230.00")
    aid_came(lease, BEFORE, "200.00")
    settle_benefit_month(lease_id=lease.pk, month=BEFORE, reason="droit revu", actor=actor("nadege"))
    for month in (LAST, THIS):
        aid_came(lease, month, "250.00")
    bill(NEXT, lease)
    return Told(
        lease, due="0,00", to_come="280,00", total="280,00", left="0,00", aid="250,00", net="230,00", to_pay="280,00"
    )


def in_arrears_of_the_month() -> Told:
    """A term is due on the first of the month after: this month's is to come."""
    lease = let(BEFORE, LAST, THIS, paid=[(LAST, "480.00")], due_rule="ARREARS")
    return Told(
        lease, due="480,00", to_come="480,00", total="960,00", left="480,00", terms="1,0 terme" if clock.today().day > 1
        else "", net="480,00", to_pay="480,00", apart="480,00",
    )  # fmt: skip


def gone() -> Told:
    lease = let(BEFORE, LAST)
    with clock.travel(LAST.last):
        end_lease(actor=actor("nadege"), lease=lease, last_day=LAST.last, reason=EndReason.UNKNOWN)
    settle(lease, THIS, "480.00")
    return Told(
        lease, due="480,00", to_come="0,00", total="480,00", left="480,00", terms="1,0 terme", net="480,00",
        to_pay="480,00", apart="480,00",
    )  # fmt: skip


def protected() -> Told:
    lease = let(LAST, THIS, NEXT, paid=[(LAST, "480.00")])
    settle(lease, THIS, "479.99")
    Person.objects.filter(memberships__household=lease.household).update(is_address_protected=True)
    return Told(
        lease, due="0,01", to_come="480,00", total="480,01", left="0,01", net="480,00", to_pay="480,00", apart="0,01"
    )


def disputed() -> Told:
    lease = let(BEFORE, LAST, THIS)
    hold(lease, LAST, HoldKind.DISPUTE)
    bill(NEXT, lease)
    return Told(
        lease, due="1 440,00", to_come="480,00", total="1 920,00", left="1 440,00", terms="3,0 termes", net="480,00",
        to_pay="480,00", apart="960,00",
    )  # fmt: skip


def of_two_contracts() -> tuple[Told, Told]:
    former = let(BEFORE)
    with clock.travel(BEFORE.last):
        end_lease(actor=actor("nadege"), lease=former, last_day=BEFORE.last, reason=EndReason.UNKNOWN)
    with clock.travel(LAST.first):
        lease = make_lease(
            household=former.household, from_day=LAST.first, rent="400.00", charges="80.00", due_day=1
        )  # fmt: skip
    for month in (LAST, THIS):
        bill(month, lease)
        settle(lease, month, "480.00")
    bill(NEXT, lease)
    return (
        Told(lease, due="0,00", to_come="480,00", total="480,00", left="0,00", net="480,00", to_pay="480,00"),
        Told(former, due="480,00", to_come="0,00", total="480,00", left="480,00", net="480,00", to_pay="480,00"),
    )


def sliding() -> Told:
    """100,00 paid ahead on the day of next month's avis: to come 380,00, and nothing in advance."""
    lease = let(LAST, THIS, NEXT, paid=[(LAST, "480.00"), (THIS, "480.00")], kind="SLIDING")
    settle(lease, NEXT, "100.00")
    return Told(lease, due="0,00", to_come="380,00", total="380,00", left="-100,00", net="480,00", to_pay="380,00")


OF_ONE_CONTRACT = (
    late, in_a_plan, in_advance, aid_short, in_arrears_of_the_month, gone, protected, disputed, sliding,
)  # fmt: skip
AMOUNT = r"(-?\d[\d ]*,\d\d) €"
_FIGURES = """() => [...document.querySelectorAll(".a-fig:has(.a-big)")].map((e) => [
  e.querySelector("dt").innerText, e.querySelector(".a-big").innerText,
  e.querySelector("dd > .a-sub")?.innerText || ""])"""


def plain(text: str) -> str:
    return " ".join(re.sub("[\u00a0\u202f]", " ", text).replace("\u2212", "-").split())


def figures(visitor: Visitor, path: str) -> dict[str, tuple[str, str]]:
    """Of the strip of a page: amount without its sign of money, and small print, by label."""
    visitor.go(path)
    rows = visitor.page.evaluate(_FIGURES)
    return {plain(label): (plain(big).removesuffix(" €"), plain(small)) for label, big, small in rows}


def text_of(visitor: Visitor, path: str) -> str:
    """Of a paper."""
    answer = visitor.page.context.request.get(visitor.base + path)
    assert answer.ok, f"{answer.status} at {path}"
    return plain(pdf_text(answer.body()))


def told_by_the_household_page(visitor: Visitor, told: Sequence[Told]) -> Found:
    page = figures(visitor, f"/menages/{told[0].lease.household_id}/")
    owed, small = page["Dû aujourd’hui"]
    found = [("household: due", owed, plus(*(one.due for one in told)))]
    found += [("household: aid", page["Aide attendue, à part"][0], plus(*(one.aid for one in told)))]
    to_come = plus(*(one.to_come for one in told))
    found += [("household: to come", said(small, f"{AMOUNT} à échoir"), "" if to_come == "0,00" else to_come)]
    found += [("household: advance", said(small, f"{AMOUNT} d’avance"), told[0].advance)]
    if len(told) == 1:
        found += [("household: terms", said(small, r"(\d[\d,]* termes?)\b"), told[0].terms)]
    return found


def plus(*amounts: str) -> str:
    total = sum(Decimal(amount.replace(" ", "").replace(",", ".")) for amount in amounts)
    return f"{total:,.2f}".replace(",", " ").replace(".", ",")


def said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found[1].strip() if found else ""


def told_by_the_statement(visitor: Visitor, one: Told) -> Found:
    account = tenant_accounts([one.lease.pk])[one.lease.pk]
    page = figures(visitor, f"/loyers/comptes/{account}/releve/")
    found = [
        ("statement: due", page["Dû aujourd’hui"][0], one.due),
        ("statement: aid", page["Aide attendue, à part"][0], one.aid),
        ("statement: to come", page["À échoir"][0], one.to_come),
        ("statement: total", page["Total"][0], one.total),
        ("statement: advance", said(page["Dû aujourd’hui"][1], f"{AMOUNT} d’avance"), one.advance),
    ]
    # What is to come stands above, in a body of its own.
    rows = visitor.page.locator("tbody").last.locator("tr td:last-child")
    found += [("statement: last line", plain(rows.first.inner_text()).removesuffix(" €"), one.left)]
    visitor.go(f"/loyers/comptes/{account}/releve/imprimer/")
    paper = plain(visitor.page.locator("article").inner_text())
    # Under what is to come stands its own sum.
    last = visitor.page.locator("tfoot tr:first-child td:last-child").inner_text()
    found += [
        ("print: due", said(paper, f"Dû au [^:]+ : {AMOUNT}"), one.due),
        ("print: advance", said(paper, f"Avance : {AMOUNT}"), one.advance),
        ("print: to come", said(paper, f"À échoir : {AMOUNT}"), one.to_come),
        ("print: total", said(paper, f"Total : {AMOUNT}"), one.total),
        ("print: aid", said(paper, f"Aide attendue, à part : {AMOUNT}"), one.aid),
        ("print: last line", plain(last).removesuffix(" €"), one.left),
    ]
    paper = text_of(visitor, f"/loyers/comptes/{account}/releve.pdf")
    dues = (f"{AMOUNT} dus", f"{AMOUNT} restent dus", rf"Dû au (?:1 er|\d+) \w+ \d{{4}} {AMOUNT}")
    many = one.to_come != "0,00" or bool(one.advance and one.due != "0,00")
    found += [
        ("PDF: due", next(filter(None, (said(paper, due) for due in dues)), "0,00"), one.due),
        ("PDF: advance", said(paper, f"(?:- |Vous avez ){AMOUNT} d’avance"), one.advance),
        ("PDF: to come", said(paper, rf"\+ {AMOUNT} à échoir") or "0,00", one.to_come),
        ("PDF: total", said(paper, f"= {AMOUNT} au total"), one.total if many else ""),
        ("PDF: aid", said(paper, f"{AMOUNT} d’aide au logement sont encore attendus") or "0,00", one.aid),
    ]
    return found


def told_by_the_last_avis(visitor: Visitor, one: Told) -> Found:
    demand = RentDemand.objects.filter(lease=one.lease, state="ISSUED").latest("month")
    page = figures(visitor, f"/loyers/avis/{demand.pk}/")
    paper = text_of(visitor, f"/loyers/avis/{demand.pk}/avis.pdf")
    return [
        ("avis: net", page["À payer par le ménage"][0], one.net),
        ("avis: to pay", page["À payer"][0], one.to_pay),
        ("avis PDF: to pay", said(paper, f"À payer {AMOUNT}"), one.to_pay),
        ("avis PDF: apart", said(paper, f"En plus, {AMOUNT} de mois plus anciens"), one.apart),
        ("avis PDF: coming", said(paper, f"En plus, {AMOUNT} vous ont déjà été demandés"), one.coming),
    ]


def test_ten_households_read_one_truth_of_what_they_owe_on_every_page_and_paper(comes: Comes) -> None:
    households: list[tuple[str, tuple[Told, ...]]] = [(make.__name__, (make(),)) for make in OF_ONE_CONTRACT]
    households.append(("of_two_contracts", of_two_contracts()))
    detect_arrears(day=clock.today(), actor=actor("nadege"))
    nadege = comes("nadege")
    wrong = []
    for name, told in households:
        found = told_by_the_household_page(nadege, told)
        for one in told:
            found += told_by_the_statement(nadege, one) + told_by_the_last_avis(nadege, one)
        wrong += [f"{name}, {where}: {shown!r}, by hand {right!r}" for where, shown, right in found if shown != right]
    assert not wrong, "\n".join(wrong)
    nadege.assert_clean()
