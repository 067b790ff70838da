"""Rights to housing benefit, dated, and the settlement of a month: what the payer did not pay is the tenant's, what he
paid beyond is the household's credit."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.periods import Month, contains, period
from leases.models import DueTerms, Lease
from office.actor import Actor
from office.enums import OrganisationKind, Role
from office.models import Organisation
from office.permissions import require
from rent_ledger.enums import AccountKind, BenefitKind, EntryKind, General, Nature
from rent_ledger.models import Account, BenefitRight
from rent_ledger.rules.benefits import Settlement, next_due_on, settle
from rent_ledger.services.accounts import tenant_accounts
from rent_ledger.services.posting import NewEntry, NewPosting, post


@dataclass(frozen=True, slots=True)
class NewRight:
    """A right of a lease from `start` to `end` (first day without it)."""

    lease: Lease
    kind: str
    beneficiary_number: str
    amount: Decimal
    start: date
    end: date | None = None
    is_direct: bool = True
    reason: str = ""


@transaction.atomic
def set_right(
    *,
    lease: Lease,
    payer: Organisation,
    kind: str,
    beneficiary_number: str,
    amount: Decimal,
    start: date,
    end: date | None = None,
    is_direct: bool = True,
    reason: str = "",
    actor: Actor,
) -> BenefitRight:
    """A right from `start` to `end` (first day without it). The one in force on `start` ends there: a change is a row.

    Refused: a payer that is none, a right that begins on or after `start`.
    """
    new = NewRight(lease, kind, beneficiary_number, amount, start, end, is_direct, reason)
    [right] = set_rights(payer=payer, rights=[new], actor=actor)
    return right


@transaction.atomic
def set_rights(*, payer: Organisation, rights: Sequence[NewRight], actor: Actor) -> list[BenefitRight]:
    """`set_right` for many leases of one payer, one right each. All of them or none."""
    require(actor, Role.RENTAL_MANAGER)
    for new in rights:
        if new.amount <= 0:
            raise InvalidInput("Le montant de l’aide doit être supérieur à zéro.", field="amount")
        if new.kind not in BenefitKind.values:
            raise InvalidInput("L’aide est une APL, une ALF ou une ALS.", field="kind")
        if new.end is not None and new.end <= new.start:
            raise InvalidInput("La fin du droit doit suivre son début.", field="end")
    if not payer.roles.filter(kind=OrganisationKind.BENEFIT_PAYER).exists():
        raise InvalidInput(f"{payer} n’est pas un organisme payeur (CAF ou MSA).", field="payer")
    starts = {new.lease.pk: new.start for new in rights}
    for current in BenefitRight.objects.select_for_update().filter(lease__in=starts).order_by("pk"):
        start = starts[current.lease_id]
        if not contains(current.period, start):
            continue
        if current.period.lower == start:
            raise Conflict("Un droit commence déjà ce jour-là. Terminez-le, ou choisissez un autre mois.")
        current.period = period(current.period.lower, start)
        current.save(update_fields=["period"])
    rows = [
        BenefitRight(
            lease=new.lease, payer=payer, kind=new.kind, amount=new.amount, is_direct=new.is_direct,
            beneficiary_number="".join(new.beneficiary_number.split()).upper()[:15],
            period=period(new.start, new.end), reason=new.reason.strip()[:120],
        )
        for new in rights
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return BenefitRight.objects.bulk_create(rows)
    except IntegrityError as error:
        if "benefit_right_no_overlap" in str(error):
            raise Conflict("Un droit couvre déjà une partie de cette période : indiquez une date de fin.") from error
        raise


@transaction.atomic
def end_right(*, right_id: int, on: date, reason: str = "", actor: Actor) -> BenefitRight:
    """End a right: `on` is the first day without it."""
    return end_rights(right_ids=[right_id], on=on, reason=reason, actor=actor)[0]


@transaction.atomic
def end_rights(*, right_ids: Collection[int], on: date, reason: str = "", actor: Actor) -> list[BenefitRight]:
    """`end_right` for many rights that end on one day, by a constant number of queries. All of them or none."""
    require(actor, Role.RENTAL_MANAGER)
    rights = list(BenefitRight.objects.select_for_update().filter(pk__in=right_ids).order_by("pk"))
    if len(rights) != len(right_ids):
        raise InvalidInput("Ce droit n’existe pas.")
    for right in rights:
        lower, upper = right.period.lower, right.period.upper
        if upper is not None and upper <= on:
            raise Conflict(f"Ce droit se termine déjà le {upper:%d/%m/%Y}.")
        if lower is not None and on <= lower:
            raise InvalidInput(f"Ce droit commence le {lower:%d/%m/%Y} : sa fin doit venir après.", field="on")
        right.period = period(lower, on)
        right.reason = reason.strip()[:120] or right.reason
    BenefitRight.objects.bulk_update(rights, ["period", "reason"], batch_size=500)
    return rights


@transaction.atomic
def settle_benefit_month(*, lease_id: int, month: Month, reason: str, actor: Actor) -> int:
    """A person closes a month whose aid will not come (any more): what lacks is the tenant's. Returns how many accounts
    of benefit had a difference."""
    require(actor, Role.RENTAL_MANAGER)
    if not reason.strip():
        raise InvalidInput("Dites pourquoi ce mois est soldé.", field="reason")
    accounts = Account.objects.filter(kind=AccountKind.BENEFIT, lease_id=lease_id).values_list("id", flat=True)
    pairs = {(account, month.first) for account in accounts}
    done = settle_months(pairs=pairs, notes=dict.fromkeys(pairs, reason.strip()), on=clock.today(), actor=actor)
    if not done:
        raise InvalidInput(f"Il n’y a rien à solder pour {month.month:02d}/{month.year}.")
    return done


@transaction.atomic
def settle_months(
    *,
    pairs: Collection[tuple[int, date]],
    notes: Mapping[tuple[int, date], str] | None = None,
    on: date,
    actor: Actor,
) -> int:
    """Settle (account of benefit, first of month) pairs on day `on`: each difference moves to the tenant's account.

    A month that is not billed yet waits: what came for it will meet its demand. Returns how many had a difference.
    """
    if not pairs:
        return 0
    notes = notes or {}
    leases = _leases_of({account for account, _ in pairs})
    tenants = tenant_accounts(set(leases.values()))
    locked = sorted({*leases, *tenants.values()})
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=locked).order_by("id").values_list("id"))
    billed = _last_billed(set(leases.values()))
    differences: list[tuple[_Balance, Settlement]] = []
    for balance in _balances(pairs):
        month = Month.of(balance.month)
        if _waits_for_its_demand(month, billed.get(leases[balance.account_id]), on):
            continue
        found = settle(
            month=month,
            expected=balance.expected,
            received=balance.received,
            note=notes.get((balance.account_id, balance.month), ""),
        )
        if found.owed:
            differences.append((balance, found))
    due = _due_terms({leases[balance.account_id] for balance, found in differences if found.owed > 0}, on)
    entries: list[NewEntry] = []
    for balance, found in differences:
        lease_id = leases[balance.account_id]
        tenant = tenants[lease_id]
        if found.owed > 0:
            in_arrears, due_day = due.get(lease_id, (False, 1))
            due_on = next_due_on(
                after=billed.get(lease_id) or Month.of(on).plus(-1), in_arrears=in_arrears, due_day=due_day,
                not_before=on,
            )  # fmt: skip
            line = NewPosting(tenant, balance.account_id, found.owed, Nature.SHORTFALL, due_on, balance.month)
        else:
            line = NewPosting(balance.account_id, tenant, -found.owed, Nature.BENEFIT, on, balance.month)
        entries.append(
            NewEntry(
                kind=EntryKind.BENEFIT_SETTLED,
                key=f"benefit_settled:{balance.account_id}:{Month.of(balance.month)}:{balance.settled + 1}",
                effective_on=on,
                label=found.reason[:140],
                postings=(line,),
            )
        )
    post(entries=entries, actor=actor)
    return len(entries)


@transaction.atomic
def settle_received_months(*, lease_ids: Collection[int] | None = None, actor: Actor) -> int:
    """Settle the months for which money came before their demand: call it once a run is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT DISTINCT o.account_id, o.for_month FROM rent_ledger_openitem o
            JOIN rent_ledger_account a ON a.id = o.account_id AND a.kind = 'BENEFIT'
            WHERE o.for_month IS NOT NULL
              AND EXISTS (SELECT 1 FROM rent_ledger_posting p WHERE p.credit_id = o.account_id AND p.credit_id >= 1000
                          AND p.for_month = o.for_month AND p.debit_id = {int(General.BENEFIT_TRANSIT)})
              AND (%(leases)s::bigint[] IS NULL OR a.lease_id = ANY(%(leases)s::bigint[]))
            """,  # noqa: S608  a constant of ours
            {"leases": sorted(lease_ids) if lease_ids is not None else None},
        )
        pairs = set(cursor.fetchall())
    return settle_months(pairs=pairs, on=clock.today(), actor=actor)


@dataclass(frozen=True, slots=True)
class _Balance:
    """A month of an account of benefit. `expected`: awaited, not settled; `received`: from the payer, less indus."""

    account_id: int
    month: date
    expected: Decimal
    received: Decimal
    settled: int


def _balances(pairs: Collection[tuple[int, date]]) -> list[_Balance]:
    ordered = sorted(pairs)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH wanted AS (
                SELECT * FROM unnest(%(accounts)s::bigint[], %(months)s::date[]) AS w(account, month)
            ), moves AS (
                SELECT w.account, w.month, p.credit_id = %(transit)s AS is_payer, p.amount, p.entry_id
                FROM wanted w JOIN rent_ledger_posting p
                  ON p.debit_id = w.account AND p.debit_id >= 1000 AND p.for_month = w.month
                UNION ALL
                SELECT w.account, w.month, p.debit_id = %(transit)s, -p.amount, p.entry_id
                FROM wanted w JOIN rent_ledger_posting p
                  ON p.credit_id = w.account AND p.credit_id >= 1000 AND p.for_month = w.month
            )
            SELECT m.account, m.month, coalesce(sum(m.amount) FILTER (WHERE NOT m.is_payer), 0),
                   -coalesce(sum(m.amount) FILTER (WHERE m.is_payer), 0),
                   count(DISTINCT m.entry_id) FILTER (WHERE e.idempotency_key LIKE 'benefit_settled:%%')
            FROM moves m JOIN rent_ledger_entry e ON e.id = m.entry_id GROUP BY 1, 2 ORDER BY 1, 2
            """,
            {
                "accounts": [a for a, _ in ordered],
                "months": [m for _, m in ordered],
                "transit": int(General.BENEFIT_TRANSIT),
            },
        )
        return [_Balance(*row) for row in cursor.fetchall()]


def _leases_of(account_ids: Collection[int]) -> dict[int, int]:
    rows = Account.objects.filter(pk__in=account_ids, kind=AccountKind.BENEFIT, lease__isnull=False)
    return dict(rows.values_list("id", "lease_id"))


def _last_billed(lease_ids: Collection[int]) -> dict[int, Month]:
    """Last month demanded of each lease."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lease_id, max(month) FROM rent_ledger_rentdemand WHERE state = 'ISSUED' AND lease_id = ANY(%s) "
            "GROUP BY 1",
            [sorted(lease_ids)],
        )
        return {lease: Month.of(day) for lease, day in cursor.fetchall()}


def _due_terms(lease_ids: Collection[int], on: date) -> dict[int, tuple[bool, int]]:
    """(terme échu?, due day) of each lease: those in force on `on`, else the last."""
    found: defaultdict[int, list[DueTerms]] = defaultdict(list)
    for row in DueTerms.objects.filter(lease_id__in=lease_ids).order_by("period"):
        found[row.lease_id].append(row)
    chosen = {}
    for lease_id, rows in found.items():
        row = next((r for r in rows if r.period.upper is None or r.period.upper > on), rows[-1])
        chosen[lease_id] = (row.due_rule == "ARREARS", row.due_day)
    return chosen


def _waits_for_its_demand(month: Month, last_billed: Month | None, on: date) -> bool:
    """Whether a demand may still come for `month`: it is later than the last one, and not long past."""
    return (last_billed is None or month > last_billed) and month >= Month.of(on).plus(-1)
