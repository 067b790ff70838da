"""What stands behind one line of a household's account: its avis, receipt, bank line, bordereau, what it settled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from common.links import link
from common.typography import PARIS, month, short_day
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.access.matrix import Data, Read, Write, can
from rent_ledger.benefits.models import BenefitLine
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import AccountKind, EntryKind
from rent_ledger.books.queries.statement import StatementLine, statement
from rent_ledger.matching.reasons import said
from rent_ledger.models import Account, Allocation, BankLine, DemandLine, Entry, Match, Payment, RentDemand


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the proof: what, its value, its page where the actor may open it, small print."""

    label: str
    value: str
    url: str = ""
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An amount of the proof: a line of an avis, or money laid on a debt."""

    label: str
    amount: Decimal
    on: date | None = None
    url: str = ""
    sub: str = ""


@dataclass(slots=True)
class Proof:
    """`billed`: the lines of an avis. `paid`: what settled it. `laid`: what the money settled."""

    line: StatementLine
    account: Account
    facts: list[Fact] = field(default_factory=list)
    billed: list[Part] = field(default_factory=list)
    paid: list[Part] = field(default_factory=list)
    laid: list[Part] = field(default_factory=list)


def _on(day: date) -> str:
    return short_day(day, year=True)


def proof_address(account_id: int, entry_id: int) -> str:
    return link("desk:proof", account_id, entry_id)


def proof_of(account: Account, entry_id: int, actor: Actor) -> Proof | None:
    """The proof of a line of the statement of `account`; None where it has no such line.

    The caller has checked that the actor reads the ledger. What is of other households in the same entry is left out;
    the label of the bank, the payer and the papers are told to who may read them.
    """
    whole = statement(account.pk)
    line = next((line for line in (*whole.coming, *whole.lines) if line.entry_id == entry_id), None)
    if line is None:
        return None
    entry = Entry.objects.select_related("author", "reverses").get(pk=entry_id)
    found = Proof(line, account)
    found.facts += _document(entry, account, actor)
    found.facts += _reversal(entry, account)
    found.facts.append(_written(entry))
    if entry.kind == EntryKind.DEMAND:
        found.billed = _billed(entry)
    found.paid, found.laid = _allocations(entry, account)
    return found


def _document(entry: Entry, account: Account, actor: Actor) -> Iterator[Fact]:
    if entry.kind == EntryKind.DEMAND:
        yield from _demand(entry, actor)
    elif entry.kind == EntryKind.BENEFIT_RECEIVED:
        yield from _benefit(entry, account, actor)
    elif entry.kind in (EntryKind.PAYMENT, EntryKind.PLACEMENT, EntryKind.RETURN):
        yield from _money(entry, account, actor)
    is_of_aid = entry.kind in (EntryKind.BENEFIT_SETTLED, EntryKind.BENEFIT_RECEIVED)
    if is_of_aid and account.lease_id and can(actor, Write(Data.BENEFIT)):
        yield Fact("Droit", "Aide au logement du contrat", link("rent_ledger:benefit_rights", account.lease_id))


def _demand(entry: Entry, actor: Actor) -> Iterator[Fact]:
    demand = RentDemand.objects.filter(entry=entry).prefetch_related("receipts").first()
    if demand is None:
        return
    state = "annulé" if demand.state == DemandState.CANCELLED else f"à payer au plus tard le {_on(demand.due_on)}"
    yield Fact("Avis", demand.reference, link("rent_ledger:demand", demand.pk), state)
    for receipt in demand.receipts.all():
        if receipt.cancelled_at is None:
            url = link("rent_ledger:receipt_pdf", receipt.pk) if can(actor, Read(Data.ACCOUNT_PAPERS)) else ""
            yield Fact(receipt.get_kind_display(), f"n° {receipt.number}", url, _on(receipt.issued_on))


def _money(entry: Entry, account: Account, actor: Actor) -> Iterator[Fact]:
    desk = Payment.objects.filter(entry=entry).first()
    if desk is not None:
        sees = can(actor, Read(Data.PAYMENT))
        url = link("rent_ledger:payment", desk.pk) if sees else ""
        payer = f"remis par {desk.payer}" if sees and desk.payer else ""
        yield Fact("Reçu", f"n° {desk.number}", url, payer)
    if can(actor, Read(Data.ACCOUNT_PAPERS)):
        yield from _bank(entry, account, actor)


def _bank(entry: Entry, account: Account, actor: Actor) -> Iterator[Fact]:
    """The line of the bank with its label, and why it was laid on this account."""
    match = Match.objects.filter(entry=entry, account=account).select_related("line", "decided_by").first()
    line = match.line if match else BankLine.objects.filter(entry=entry).first()
    if line is None:
        return
    who = line.counterparty_name or line.ultimate_name
    label = " · ".join(filter(None, [who, line.label]))
    yield Fact(
        "Ligne de banque",
        f"du {_on(line.booking_day)}",
        link("rent_ledger:bank_statement", line.statement_id) if can(actor, Read(Data.BANK)) else "",
        label,
    )
    if match:
        why = " ; ".join(one.reason.text() for one in said(match.reasons) if one.ok)
        by = match.decided_by.get_full_name() if match.decided_by else "Ancrage"
        yield Fact("Décision", f"placée par {by}", sub=why)


def _benefit(entry: Entry, account: Account, actor: Actor) -> Iterator[Fact]:
    lines = (
        BenefitLine.objects.filter(entry=entry, right__lease=account.lease_id)
        .select_related("statement__payer")
        .order_by("month", "pk")
    )
    sees = can(actor, Read(Data.BENEFIT))
    for line in lines:
        url = link("rent_ledger:benefit_statement", line.statement_id) if sees else ""
        yield Fact("Bordereau", str(line.statement.payer), url, f"versé le {_on(line.statement.paid_on)}")


def _reversal(entry: Entry, account: Account) -> Iterator[Fact]:
    """What this line undoes, and what undid it."""
    undone = entry.reverses
    if undone is not None:
        url = proof_address(account.pk, undone.pk)
        yield Fact("Annule", f"{undone.get_kind_display()} du {_on(undone.effective_on)}", url)
    by = Entry.objects.filter(reverses=entry).first()
    if by is not None:
        url = proof_address(account.pk, by.pk)
        yield Fact("Annulé par", f"{by.get_kind_display()} du {_on(by.effective_on)}", url)


def _written(entry: Entry) -> Fact:
    by = entry.author.get_full_name() if entry.author else "Ancrage"
    return Fact(
        "Écriture",
        f"n° {entry.pk}",
        sub=f"inscrite le {_on(entry.recorded_at.astimezone(PARIS).date())} par {by}",
    )


def _billed(entry: Entry) -> list[Part]:
    lines = DemandLine.objects.filter(demand__entry=entry).select_related("demand").order_by("position")
    return [
        Part(
            Nature(line.nature).label,
            line.amount,
            sub="" if line.for_month == line.demand.month else f"au titre {month(line.for_month, 'de')}",
        )
        for line in lines
    ]


def _allocations(entry: Entry, account: Account) -> tuple[list[Part], list[Part]]:
    """What settled the debts of the entry, and what its money settled, on this account and its aid (two queries)."""
    own = Q(pk=account.pk)
    if account.lease_id:
        own |= Q(lease=account.lease_id, kind=AccountKind.BENEFIT)
    accounts = list(Account.objects.filter(own).values_list("pk", flat=True))
    received = (
        Allocation.objects.filter(debit_posting__entry=entry, debit_posting__debit__in=accounts)
        .exclude(credit_posting__entry=entry)
        .order_by()
        .values("credit_posting__entry", "credit_posting__entry__kind", "credit_posting__effective_on")
        .annotate(total=Sum("amount"))
        .order_by("credit_posting__effective_on", "credit_posting__entry")
    )
    given = (
        Allocation.objects.filter(credit_posting__entry=entry, credit_posting__credit__in=accounts)
        .exclude(debit_posting__entry=entry)
        .order_by()
        .values("debit_posting__entry", "debit_posting__for_month", "debit_posting__due_on")
        .annotate(total=Sum("amount"))
        .order_by("debit_posting__due_on", "debit_posting__entry")
    )
    paid = [
        Part(
            EntryKind(row["credit_posting__entry__kind"]).label,
            row["total"],
            row["credit_posting__effective_on"],
            proof_address(account.pk, row["credit_posting__entry"]),
        )
        for row in received
        if row["total"]
    ]
    laid = [
        Part(
            f"Mois {month(row['debit_posting__for_month'] or row['debit_posting__due_on'], 'de')}",
            row["total"],
            url=proof_address(account.pk, row["debit_posting__entry"]),
        )
        for row in given
        if row["total"]
    ]
    return paid, laid
