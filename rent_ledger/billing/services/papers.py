"""Data of the rent papers: avis, quittance, reçu. Read set by set, rendered by typst.

An avis depends only on its demand and on the books of the day it was issued. It is made when first asked for, and is
the same however late that is. A quittance and a reçu show the books at the moment they are made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from common import clock, typography
from common.codes import with_codes
from common.errors import Conflict
from common.money import ZERO
from common.periods import Month, contains
from leases.contracts.codes import DEBTOR_ROLES, DemandKind, PartyRole
from leases.contracts.natures import Nature
from leases.contracts.rules.billing import BilledLine, line_label
from leases.contracts.rules.families import family_of
from leases.models import Lease, LeaseParty, Membership
from office.access.actor import Actor
from office.access.matrix import Data, Read
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, identity, new_document
from office.house.codes import HeldFor
from office.models import BankAccount, Document
from rent_ledger.billing.codes import DemandState, LineSource
from rent_ledger.billing.models import DemandLine, RentDemand
from rent_ledger.billing.queries.explain_demand import Rebuilt, lines_of, rebuild, words_of
from rent_ledger.billing.queries.plan_instalments import NO_PLAN, OfPlan, asked_of_plans
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind
from rent_ledger.books.queries.holds import is_held
from rent_ledger.books.queries.plans import AskedInstalment
from rent_ledger.rights.models import BenefitRight

DEMAND, FULL, PARTIAL = "rent_demand", "receipt_full", "receipt_partial"
BATCH = 1000


def amount(value: Decimal) -> str:
    """An amount as stored in the JSON of a document."""
    return f"{value:.2f}"


# ---------- who, where, and where to pay ----------


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """What every paper prints about a lease. `home`: lines of the address, empty when it is protected."""

    reference: str
    names: str
    home: tuple[str, ...]
    sort: tuple[str, str, str]
    word: str
    payment_reference: str
    bank: Mapping[str, str]

    @property
    def recipient(self) -> list[str]:
        # A protected address is never printed: anybody could read it on a letter left on a table.
        return [self.names, *(self.home or (HAND_DELIVERED,))]


def lease_facts(on: Mapping[int, date]) -> dict[int, LeaseFacts]:
    """By lease id. `on`: for each lease, the day whose parties are named: who left before is on no later paper. Four
    queries, however many leases."""
    lease_ids = list(on)
    leases = Lease.objects.filter(pk__in=lease_ids).select_related(
        "household", "agreement", "bank_account", "unit__dwelling__building"
    )
    today = clock.today()
    parties: defaultdict[int, list[LeaseParty]] = defaultdict(list)
    for party in LeaseParty.objects.filter(lease_id__in=lease_ids, role__in=DEBTOR_ROLES).select_related("person"):
        parties[party.lease_id].append(party)
    people = {lease: _names(parties[lease], day) for lease, day in on.items()}
    hidden = set(
        Membership.objects.filter(
            household__leases__in=lease_ids, period__contains=today, person__is_address_protected=True
        ).values_list("household_id", flat=True)
    )
    banks = list(BankAccount.objects.filter(is_active=True).order_by("id"))
    found = {}
    for lease in leases:
        building, dwelling = lease.unit.dwelling.building, lease.unit.dwelling
        place = ", ".join(filter(None, [dwelling.door, lease.unit.label]))
        street = building.street + (f", {place}" if place else "")
        home = (street, f"{building.postcode} {building.city}")
        found[lease.pk] = LeaseFacts(
            reference=lease.reference,
            names=people[lease.pk] or lease.household.name,
            home=() if lease.household_id in hidden else home,
            sort=(building.postcode, building.street, lease.unit.dwelling.reference),
            word=family_of(lease.kind).word,
            payment_reference=lease.payment_reference,
            bank=_bank(lease, banks),
        )
    return found


def _names(parties: Sequence[LeaseParty], day: date) -> str:
    """Who owes on `day`, the holder first; where the contract has ended, who owed at its end."""
    named = [party for party in parties if contains(party.period, day)]
    if not named:
        last = max((party.period.upper or date.max for party in parties), default=None)
        named = [party for party in parties if (party.period.upper or date.max) == last]
    return " et ".join(str(party.person) for party in sorted(named, key=lambda p: (p.role != PartyRole.HOLDER, p.pk)))


def days_of(demands: Iterable[RentDemand]) -> dict[int, date]:
    """For each lease, the first day that its last demand bills."""
    found: dict[int, date] = {}
    for demand in demands:
        found[demand.lease_id] = max(demand.billed_from, found.get(demand.lease_id, demand.billed_from))
    return found


def _bank(lease: Lease, banks: Sequence[BankAccount]) -> dict[str, str]:
    """The bank account a lease is paid to: its own, else one held for the party whose rent we collect."""
    account = lease.bank_account
    if account is None:
        held = [b for b in banks if b.held_for == lease.collected_for]
        if lease.collected_for == HeldFor.PUBLIC_BODY:
            body = lease.agreement.ordered_by_id or lease.agreement.owner_id
            held = [b for b in held if b.organisation_id == body]
        account = held[0] if held else None
    if account is None:
        return {}
    iban = " ".join(account.iban[i : i + 4] for i in range(0, len(account.iban), 4))
    return {"iban": iban, "bic": account.bic}


# ---------- avis d'échéance ----------

# The books as they were on the day of issue: only entries recorded and allocations made by that day.
_AROUND = with_codes(
    f"""
WITH wanted AS (
    SELECT d.id, d.account_id, d.due_on, (d.issued_at AT TIME ZONE 'Europe/Paris')::date AS day, d.entry_id
    FROM rent_ledger_rentdemand d
    WHERE d.id = ANY(%(ids)s)
), debts AS (
    SELECT w.id AS demand_id, w.entry_id AS own, w.day, w.due_on AS term_due, p.id, p.entry_id, p.amount, p.nature,
        p.due_on, p.for_month, e.kind
    FROM wanted w JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= FIRST_SUBLEDGER_ID
        AND p.due_on <= w.due_on
    JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE (e.recorded_at AT TIME ZONE 'Europe/Paris')::date <= w.day
)
SELECT x.demand_id,
    CASE WHEN x.entry_id = x.own THEN 'own'
         WHEN x.due_on = x.term_due AND x.kind <> EntryKind.DEMAND THEN 'with'
         WHEN x.due_on < x.term_due AND x.due_on <= x.day THEN 'before'
         WHEN x.due_on < x.term_due THEN 'coming' ELSE 'other' END AS place,
    x.nature, x.for_month, sum(x.amount - coalesce(l.laid, 0)), sum(coalesce(l.others, 0))
FROM debts x
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS laid, sum(a.amount) FILTER (WHERE c.entry_id <> x.own) AS others
    FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    WHERE a.debit_posting_id = x.id AND a."on" <= x.day
) l ON true
WHERE NOT {is_held("x.id", day="x.day")}
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4, 3
""",  # noqa: S608
    EntryKind,
    FIRST_SUBLEDGER_ID=FIRST_SUBLEDGER_ID,
)


@dataclass(slots=True)
class _Around:
    """The account when a demand was issued: money paid in advance, other debts due the same day, older debts that were
    due, and those asked already that fall due before the demand (`coming`)."""

    advance: Decimal = ZERO
    with_it: tuple[tuple[str, date | None, Decimal], ...] = ()
    before: Decimal = ZERO
    coming: Decimal = ZERO


def _around(demand_ids: Collection[int]) -> defaultdict[int, _Around]:
    found: defaultdict[int, _Around] = defaultdict(_Around)
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"ids": sorted(demand_ids)})
        for demand, place, nature, for_month, left, others in cursor.fetchall():
            around = found[demand]
            if place == "own":
                around.advance += others
            elif place == "with" and left > 0:
                around.with_it += ((nature, for_month, left),)
            elif place == "before":
                around.before += left
            elif place == "coming":
                around.coming += left
    return found


@needs(Read(Data.ACCOUNT_PAPERS))
def demand_documents(*, demands: Sequence[RentDemand], actor: Actor) -> dict[int, Document]:
    """The avis of each demand, created if missing. A constant number of queries per thousand demands.

    `Conflict` for a cancelled demand without an avis: it can no longer be issued.
    """
    known = _known(demands)
    missing = [d for d in demands if d.pk not in known]
    if any(d.state == DemandState.CANCELLED for d in missing):
        raise Conflict("Cet avis est annulé : il ne demande plus rien, il n’y a pas de document à imprimer.")
    for start in range(0, len(missing), BATCH):
        _make_demand_documents(missing[start : start + BATCH], actor)
    return known | _known(missing) if missing else known


def _known(demands: Sequence[RentDemand]) -> dict[int, Document]:
    numbers = {d.reference: d.pk for d in demands}
    rows = Document.objects.filter(kind=DEMAND, number__in=numbers)
    return {numbers[row.number]: row for row in rows}


@transaction.atomic
def _make_demand_documents(demands: Sequence[RentDemand], actor: Actor) -> None:
    house, data = identity(), demand_data(demands)
    documents = [
        new_document(
            kind=DEMAND, number=d.reference, title=demand_title(d), actor=actor, house=house,
            data={**data[d.pk], "credit_transfer": credit_transfer(data[d.pk], house["name"])},
        )
        for d in demands
    ]  # fmt: skip
    Document.objects.bulk_create(documents, ignore_conflicts=True)


def credit_transfer(data: Mapping[str, Any], payee: str) -> dict[str, str] | None:
    """What the QR code of a paper orders (`to_pay`); None for a contract without a bank account to pay to."""
    if not data["bank"]:
        return None
    return {**data["bank"], "name": payee, "amount": data["to_pay"], "text": data["payment_reference"]}


def demand_title(d: RentDemand) -> str:
    """`Avis d’échéance de novembre 2026`."""
    word = "Indemnité d’occupation" if d.kind == DemandKind.INDEMNITY else "Avis d’échéance"
    return f"{word} {typography.month(Month.of(d.month), 'de')}"


def demand_data(demands: Sequence[RentDemand]) -> dict[int, dict[str, Any]]:
    """What the avis of each demand prints, by id. A constant number of queries."""
    leases = lease_facts(days_of(demands))
    rebuilt, around = rebuild(demands), _around([d.pk for d in demands])
    plans = asked_of_plans([d.pk for d in demands])
    stored = lines_of([d.pk for d in demands])
    payers = _payers(stored)
    return {
        d.pk: _demand_data(
            d, leases[d.lease_id], rebuilt.get(d.pk), stored[d.pk], around[d.pk], plans.get(d.pk, NO_PLAN),
            payers.get(d.pk, ""),
        )
        for d in demands
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """What the paper of a demand asks in all (`to_pay`), beside what it bills: other debts due the same day (`with_it`:
    label, euros) and the `instalment` of the month, less what was paid in advance; apart, what was late before it: of
    the terms (`before`), of the instalments of the plan (`plan_before`)."""

    with_it: tuple[tuple[str, Decimal], ...]
    advance: Decimal
    to_pay: Decimal
    before: Decimal
    instalment: AskedInstalment | None = None
    plan_before: Decimal = ZERO

    @property
    def is_more(self) -> bool:
        return bool(self.with_it or self.advance or self.instalment)


def asked_on_paper(demands: Sequence[RentDemand]) -> dict[int, Asked]:
    """By demand id, as the avis prints it: the books on its day of issue (two queries, three where a plan ran)."""
    if not demands:
        return {}
    ids = [d.pk for d in demands]
    around, plans = _around(ids), asked_of_plans(ids)
    return {d.pk: _asked(d, around[d.pk], plans.get(d.pk, NO_PLAN)) for d in demands}


def _asked(d: RentDemand, around: _Around, plan: OfPlan) -> Asked:
    instalment = plan.instalment
    with_it = tuple((_debt_label(nature, for_month), left) for nature, for_month, left in around.with_it)
    to_pay = d.net - around.advance + sum((left for _, left in with_it), ZERO)
    to_pay += instalment.left if instalment else ZERO
    return Asked(with_it, around.advance, to_pay, around.before, instalment, plan.late)


def _payers(stored: Mapping[int, Sequence[DemandLine]]) -> dict[int, str]:
    """Kind of benefit and name of the payer by demand id, for demands that expect a benefit."""
    rights = {
        demand: line.inputs["right"]
        for demand, lines in stored.items()
        for line in lines
        if line.source == LineSource.BENEFIT and "right" in line.inputs
    }
    rows = BenefitRight.objects.filter(pk__in=set(rights.values())).select_related("payer")
    names = {right.pk: f"{right.get_kind_display()}, {right.payer}" for right in rows}
    return {demand: names[right] for demand, right in rights.items() if right in names}


def _demand_data(
    d: RentDemand,
    lease: LeaseFacts,
    rebuilt: Rebuilt | None,
    stored: Sequence[DemandLine],
    around: _Around,
    plan: OfPlan,
    payer: str,
) -> dict[str, Any]:
    asked, instalment = _asked(d, around, plan), plan.instalment
    return {
        "made_on": d.issued_at.astimezone(clock.PARIS).date().isoformat(),
        "recipient": lease.recipient,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "is_indemnity": d.kind == DemandKind.INDEMNITY,
        "month": str(Month.of(d.month)),
        "from": d.billed_from.isoformat(),
        "to": (d.billed_to - timedelta(days=1)).isoformat(),
        "due_on": d.due_on.isoformat(),
        "lines": _lines(d, lease, rebuilt, stored),
        "gross": amount(d.gross),
        "aid": amount(d.benefit) if d.benefit else None,
        "aid_from": payer,
        "net": amount(d.net),
        "advance": amount(around.advance) if around.advance else None,
        "with_it": [{"label": label, "amount": amount(left)} for label, left in asked.with_it],
        "instalment": {
            "label": instalment.words,
            "on": instalment.due_on.isoformat(),
            "amount": amount(instalment.left),
        }
        if instalment
        else None,
        "to_pay": amount(asked.to_pay),
        "before": amount(around.before) if around.before > 0 else None,
        "plan_before": amount(plan.late) if plan.late else None,
        "coming": amount(around.coming) if around.coming > 0 else None,
        "payment_reference": lease.payment_reference,
        "bank": dict(lease.bank),
    }


def _lines(
    d: RentDemand, lease: LeaseFacts, rebuilt: Rebuilt | None, stored: Sequence[DemandLine]
) -> list[dict[str, str]]:
    """What is billed, line by line. Shows the days if the rule still gives the stored amount, else only the amount."""
    # The aid is printed below the lines, as one sum.
    asked = [line for line in stored if line.nature != Nature.BENEFIT]
    if rebuilt is None or rebuilt.gross != d.gross:
        return [{"label": words_of(line), "detail": "", "amount": amount(line.amount)} for line in asked]
    return [
        {
            "label": line_label(d.kind, line.nature, word=lease.word, mode=rebuilt.modes.get(line.term_id, "")),
            "detail": _prorata(line),
            "amount": amount(line.amount),
        }
        for line in rebuilt.part.lines
    ] + [
        {"label": words_of(line), "detail": "", "amount": amount(line.amount)}
        for line in rebuilt.others
        if line.nature != Nature.BENEFIT
    ]


def _prorata(line: BilledLine) -> str:
    if line.days == line.of_days:
        return ""
    return f"{typography.counted(line.days, 'jour')} sur {line.of_days} de {typography.euros(line.monthly)}"


def _debt_label(nature: str, for_month: date | None) -> str:
    label = str(Nature(nature).label)
    return f"{label} {typography.month(for_month, 'de')}" if for_month else label


# ---------- quittance and reçu ----------


def receipt_data(
    d: RentDemand,
    lease: LeaseFacts,
    rebuilt: Rebuilt | None,
    stored: Sequence[DemandLine],
    *,
    tenant_paid: Decimal,
    aid_paid: Decimal,
    tenant_left: Decimal,
    aid_left: Decimal,
    before: Decimal,
) -> dict[str, Any]:
    """Data of a quittance or a reçu: the term by nature, who paid what, what is left, and older debt separately."""
    return {
        "recipient": lease.recipient,
        "names": lease.names,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "word": lease.word,
        "is_indemnity": d.kind == DemandKind.INDEMNITY,
        "demand": d.reference,
        "month": str(Month.of(d.month)),
        "from": d.billed_from.isoformat(),
        "to": (d.billed_to - timedelta(days=1)).isoformat(),
        "lines": _lines(d, lease, rebuilt, stored),
        "gross": amount(d.gross),
        "tenant_paid": amount(tenant_paid),
        "aid_paid": amount(aid_paid) if aid_paid else None,
        "received": amount(tenant_paid + aid_paid),
        "tenant_left": amount(tenant_left) if tenant_left > 0 else None,
        "aid_left": amount(aid_left) if aid_left > 0 else None,
        "before": amount(before) if before > 0 else None,
    }


_OLDER = f"""
SELECT d.id, sum(o.remaining)
FROM rent_ledger_rentdemand d
JOIN rent_ledger_openitem o ON o.account_id = d.account_id AND o.is_debit AND o.due_on < d.due_on
    AND o.due_on <= %(day)s
JOIN rent_ledger_posting p ON p.id = o.posting_id AND p.entry_id <> d.entry_id
WHERE d.id = ANY(%(ids)s) AND (o.for_month IS NULL OR o.for_month <> d.month)
  AND NOT {is_held("o.posting_id")}
GROUP BY d.id
"""  # noqa: S608


def older_debts(demand_ids: Collection[int]) -> dict[int, Decimal]:
    """Older debt that is due and still owed today, by demand, without what a plan, a freeze or a dispute holds (one
    query)."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDER, {"ids": sorted(demand_ids), "day": clock.today()})
        return dict(cursor.fetchall())
