"""What the papers of account say: avis, quittance, reçu, statement. Data gathered set by set, printed by typst.

An avis is a function of its demand and of the books on the day it was issued: made on first need, it says the same
whenever that is. A quittance, a reçu and a statement are made with their facts of the moment.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from common import clock, typography
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from leases.enums import DEBTOR_ROLES
from leases.models import Lease, LeaseParty, Membership
from leases.rules.billing import BilledLine, line_label
from leases.rules.families import family_of
from office.actor import Actor
from office.documents import identity, make_document, new_document
from office.enums import HeldFor
from office.models import BankAccount, Document
from rent_ledger.enums import DemandKind, DemandState, Nature
from rent_ledger.models import Account, AccountState, BenefitRight, RentDemand
from rent_ledger.selectors.explain_demand import Rebuilt, rebuild
from rent_ledger.selectors.statement import Statement

DEMAND, FULL, PARTIAL, STATEMENT = "rent_demand", "receipt_full", "receipt_partial", "account_statement"
HAND_DELIVERED = "Remis en main propre"
BATCH = 1000


def amount(value: Decimal) -> str:
    """How an amount is kept in a document."""
    return f"{value:.2f}"


# ---------- who, where, and where to pay ----------


@dataclass(frozen=True, slots=True)
class LeaseFacts:
    """What every paper says of a lease. `home`: lines of the address, empty where it must not be told."""

    reference: str
    names: str
    home: tuple[str, ...]
    sort: tuple[str, str, str]
    word: str
    payment_reference: str
    bank: Mapping[str, str]

    @property
    def recipient(self) -> list[str]:
        # A protected address is on no paper: a letter left on a table would tell it.
        return [self.names, *(self.home or (HAND_DELIVERED,))]


def lease_facts(lease_ids: Collection[int]) -> dict[int, LeaseFacts]:
    """By lease id. Four queries, however many leases."""
    leases = Lease.objects.filter(pk__in=lease_ids).select_related(
        "household", "agreement", "bank_account", "unit__dwelling__building"
    )
    today = clock.today()
    people: defaultdict[int, list[str]] = defaultdict(list)
    parties = LeaseParty.objects.filter(lease_id__in=lease_ids, role__in=DEBTOR_ROLES).select_related("person")
    for party in sorted(parties, key=lambda p: (p.role != "HOLDER", p.pk)):
        people[party.lease_id].append(str(party.person))
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
            names=" et ".join(people[lease.pk]) or lease.household.name,
            home=() if lease.household_id in hidden else home,
            sort=(building.postcode, building.street, lease.unit.dwelling.reference),
            word=family_of(lease.kind).word,
            payment_reference=lease.payment_reference,
            bank=_bank(lease, banks),
        )
    return found


def _bank(lease: Lease, banks: Sequence[BankAccount]) -> dict[str, str]:
    """Where the rent of a lease is paid: its own account, else one held for the party for whom it is collected."""
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

# As the books were on the day of issue: what was known by then, laid by then.
_AROUND = """
WITH wanted AS (
    SELECT d.id, d.account_id, d.due_on, (d.issued_at AT TIME ZONE 'Europe/Paris')::date AS day, e.id AS entry_id
    FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
    WHERE d.id = ANY(%(ids)s)
), debts AS (
    SELECT w.id AS demand_id, w.entry_id AS own, w.day, w.due_on AS term_due, p.id, p.entry_id, p.amount, p.nature,
        p.due_on, p.for_month, e.kind
    FROM wanted w JOIN rent_ledger_posting p ON p.debit_id = w.account_id AND p.debit_id >= 1000
        AND p.due_on <= w.due_on
    JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE (e.recorded_at AT TIME ZONE 'Europe/Paris')::date <= w.day
)
SELECT x.demand_id,
    CASE WHEN x.entry_id = x.own THEN 'OWN'
         WHEN x.due_on = x.term_due AND x.kind <> 'DEMAND' THEN 'WITH'
         WHEN x.due_on < x.term_due THEN 'BEFORE' ELSE 'OTHER' END AS place,
    x.nature, x.for_month, sum(x.amount - coalesce(l.laid, 0)), sum(coalesce(l.others, 0))
FROM debts x
LEFT JOIN LATERAL (
    SELECT sum(a.amount) AS laid, sum(a.amount) FILTER (WHERE c.entry_id <> x.own) AS others
    FROM rent_ledger_allocation a JOIN rent_ledger_posting c ON c.id = a.credit_posting_id
    WHERE a.debit_posting_id = x.id AND a."on" <= x.day
) l ON true
WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_debthold h WHERE h.posting_id = x.id AND h.period @> x.day)
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4, 3
"""


@dataclass(slots=True)
class _Around:
    """What stood beside a demand when it was issued: money in advance, debts due with it, debts from before."""

    advance: Decimal = ZERO
    with_it: tuple[tuple[str, date | None, Decimal], ...] = ()
    before: Decimal = ZERO


def _around(demand_ids: Collection[int]) -> defaultdict[int, _Around]:
    found: defaultdict[int, _Around] = defaultdict(_Around)
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, {"ids": sorted(demand_ids)})
        for demand, place, nature, for_month, left, others in cursor.fetchall():
            around = found[demand]
            if place == "OWN":
                around.advance += others
            elif place == "WITH" and left > 0:
                around.with_it += ((nature, for_month, left),)
            elif place == "BEFORE":
                around.before += left
    return found


def demand_documents(*, demands: Sequence[RentDemand], actor: Actor) -> dict[int, Document]:
    """The avis of each demand, made where it is not yet. A constant number of queries for each thousand demands.

    `Conflict` for a cancelled demand that never had its paper: it asks for nothing any more.
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
    house = identity()
    leases = lease_facts({d.lease_id for d in demands})
    rebuilt, around = rebuild(demands), _around([d.pk for d in demands])
    payers = _payers(demands)
    documents = []
    for d in demands:
        month = Month.of(d.month)
        word = "Indemnité d’occupation" if d.kind == DemandKind.INDEMNITY else "Avis d’échéance"
        lease = leases[d.lease_id]
        documents.append(
            new_document(
                kind=DEMAND,
                number=d.reference,
                title=f"{word} {typography.month(month, 'de')}",
                data=_demand_data(d, lease, rebuilt.get(d.pk), around[d.pk], payers.get(d.inputs.get("right", 0), "")),
                actor=actor,
                house=house,
            )
        )
    Document.objects.bulk_create(documents, ignore_conflicts=True)


def _payers(demands: Sequence[RentDemand]) -> dict[int, str]:
    wanted = {d.inputs["right"] for d in demands if "right" in d.inputs}
    rights = BenefitRight.objects.filter(pk__in=wanted).select_related("payer")
    return {right.pk: f"{right.get_kind_display()}, {right.payer}" for right in rights}


def _demand_data(
    d: RentDemand, lease: LeaseFacts, rebuilt: Rebuilt | None, around: _Around, payer: str
) -> dict[str, Any]:
    asked = d.net - around.advance + sum((left for _, _, left in around.with_it), ZERO)
    start, end = date.fromisoformat(d.inputs["from"]), date.fromisoformat(d.inputs["to"])
    return {
        "made_on": d.issued_at.astimezone(clock.PARIS).date().isoformat(),
        "recipient": lease.recipient,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "is_indemnity": d.kind == DemandKind.INDEMNITY,
        "month": str(Month.of(d.month)),
        "from": start.isoformat(),
        "to": (end - timedelta(days=1)).isoformat(),
        "due_on": d.due_on.isoformat(),
        "lines": _lines(d, lease, rebuilt),
        "gross": amount(d.gross),
        "aid": amount(d.benefit) if d.benefit else None,
        "aid_from": payer,
        "net": amount(d.net),
        "advance": amount(around.advance) if around.advance else None,
        "with_it": [
            {"label": _debt_label(nature, for_month), "amount": amount(left)}
            for nature, for_month, left in around.with_it
        ],
        "to_pay": amount(asked),
        "before": amount(around.before) if around.before > 0 else None,
        "payment_reference": lease.payment_reference,
        "bank": dict(lease.bank),
    }


def _lines(d: RentDemand, lease: LeaseFacts, rebuilt: Rebuilt | None) -> list[dict[str, str]]:
    if rebuilt is None or rebuilt.part.total != d.gross:
        word = "Indemnité d’occupation" if d.kind == DemandKind.INDEMNITY else f"{lease.word.capitalize()} et charges"
        return [{"label": word, "detail": "", "amount": amount(d.gross)}]
    return [
        {
            "label": line_label(d.kind, line.nature, word=lease.word),
            "detail": _prorata(line),
            "amount": amount(line.amount),
        }
        for line in rebuilt.part.lines
    ]


def _prorata(line: BilledLine) -> str:
    if line.days == line.of_days:
        return ""
    days = f"{line.days} jour{'s' if line.days > 1 else ''} sur {line.of_days}"
    return f"{days} de {typography.euros(line.monthly)}"


def _debt_label(nature: str, for_month: date | None) -> str:
    label = str(Nature(nature).label)
    return f"{label} {typography.month(for_month, 'de')}" if for_month else label


# ---------- quittance and reçu ----------


def receipt_data(
    d: RentDemand,
    lease: LeaseFacts,
    rebuilt: Rebuilt | None,
    *,
    tenant_paid: Decimal,
    aid_paid: Decimal,
    tenant_left: Decimal,
    aid_left: Decimal,
    before: Decimal,
) -> dict[str, Any]:
    """What a quittance or a reçu prints: the term by nature, who paid what, what is left, older debt apart."""
    start, end = date.fromisoformat(d.inputs["from"]), date.fromisoformat(d.inputs["to"])
    return {
        "recipient": lease.recipient,
        "names": lease.names,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "word": lease.word,
        "is_indemnity": d.kind == DemandKind.INDEMNITY,
        "demand": d.reference,
        "month": str(Month.of(d.month)),
        "from": start.isoformat(),
        "to": (end - timedelta(days=1)).isoformat(),
        "lines": _lines(d, lease, rebuilt),
        "gross": amount(d.gross),
        "tenant_paid": amount(tenant_paid),
        "aid_paid": amount(aid_paid) if aid_paid else None,
        "received": amount(tenant_paid + aid_paid),
        "tenant_left": amount(tenant_left) if tenant_left > 0 else None,
        "aid_left": amount(aid_left) if aid_left > 0 else None,
        "before": amount(before) if before > 0 else None,
    }


_OLDER = """
SELECT d.id, sum(o.remaining)
FROM rent_ledger_rentdemand d JOIN rent_ledger_entry e ON e.idempotency_key = 'demand:' || d.id
JOIN rent_ledger_openitem o ON o.account_id = d.account_id AND o.is_debit AND o.due_on < d.due_on
JOIN rent_ledger_posting p ON p.id = o.posting_id AND p.entry_id <> e.id
WHERE d.id = ANY(%(ids)s) AND (o.for_month IS NULL OR o.for_month <> d.month)
  AND NOT EXISTS (SELECT 1 FROM rent_ledger_debthold h WHERE h.posting_id = o.posting_id AND h.period @> %(day)s::date)
GROUP BY d.id
"""


def older_debts(demand_ids: Collection[int]) -> dict[int, Decimal]:
    """What is owed today from before each demand, without what a plan, a freeze or a dispute holds (one query)."""
    with connection.cursor() as cursor:
        cursor.execute(_OLDER, {"ids": sorted(demand_ids), "day": clock.today()})
        return dict(cursor.fetchall())


# ---------- statement of account ----------


def statement_document(*, account: Account, statement: Statement, actor: Actor) -> Document:
    """The statement on paper, as it stands. The same content of the same day is the same document.

    `InvalidInput` for an account without any line, and for one that no lease explains.
    """
    if account.lease_id is None:
        raise InvalidInput("Ce compte n’est pas celui d’un bail : son relevé se lit à l’écran.", code="no_lease")
    if not statement.lines:
        raise InvalidInput("Aucun mouvement sur ce compte : il n’y a pas de relevé à imprimer.", code="empty_statement")
    lease = lease_facts([account.lease_id])[account.lease_id]
    state = AccountState.objects.filter(account=account).first()
    data = {
        "recipient": lease.recipient,
        "lease": lease.reference,
        "home": ", ".join(lease.home),
        "on": statement.day.isoformat(),
        "year": statement.year,
        "before": amount(statement.before),
        "lines": [
            {
                "on": line.on.isoformat(),
                "title": line.title,
                "detail": line.detail,
                "due": amount(line.due) if line.due else None,
                "received": amount(line.received) if line.received else None,
                "aid": amount(line.aid) if line.aid else None,
                "remaining": amount(line.remaining),
            }
            for line in statement.lines
        ],
        "due": amount(statement.due),
        "received": amount(statement.received),
        "remaining": amount(statement.remaining),
        "upcoming": amount(state.upcoming) if state and state.upcoming else None,
        "aid_pending": amount(state.aid_pending) if state and state.aid_pending else None,
        "payment_reference": lease.payment_reference,
        "bank": dict(lease.bank),
    }
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:8]
    return make_document(
        kind=STATEMENT,
        number=f"REL-{account.pk}-{statement.day:%y%m%d}-{digest}",
        title=f"Relevé de compte au {typography.short_day(statement.day, year=True)}",
        data=data,
        actor=actor,
    )
