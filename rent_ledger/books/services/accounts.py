"""Accounts of the ledger, set by set.

Those of a household begin with its contract, those of its benefit with the right to it. Whoever needs one that is
missing creates it.
"""

from collections.abc import Collection
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from common import clock
from common.codes import with_codes
from common.copy import bigints
from office.models import BankAccount
from rent_ledger.books.codes import BANK_BASE, FIRST_SUBLEDGER_ID, AccountKind, Lane, chart
from rent_ledger.books.models import Account, AccountDebtor, Posting
from rent_ledger.books.services.kept import reads_from_here

# Debtors follow the parties of the lease: add a row for a new party, close the row of one who left, never delete. Two
# statements in one: one who is bound again begins where his first time ended, once that is written.
_WANTED = """
WITH wanted AS (
    SELECT a.id AS account_id, p.person_id, p.role, p.period
    FROM rent_ledger_account a JOIN leases_leaseparty p ON p.lease_id = a.lease_id
    WHERE a.kind = AccountKind.TENANT AND a.lease_id = ANY(%(leases)s::bigint[])
)
"""
_DEBTORS = with_codes(
    f"""
{_WANTED}
UPDATE rent_ledger_accountdebtor d SET period = w.period
FROM wanted w
WHERE d.account_id = w.account_id AND d.person_id = w.person_id AND lower(d.period) = lower(w.period)
  AND d.period <> w.period;
{_WANTED}
INSERT INTO rent_ledger_accountdebtor (account_id, person_id, role, period)
SELECT w.account_id, w.person_id, w.role, w.period FROM wanted w
WHERE NOT EXISTS (
    SELECT 1 FROM rent_ledger_accountdebtor d
    WHERE d.account_id = w.account_id AND d.person_id = w.person_id AND d.period && w.period)
""",  # noqa: S608
    AccountKind,
)
_CHANGED = with_codes(
    """
SELECT DISTINCT a.lease_id FROM rent_ledger_account a JOIN leases_leaseparty p ON p.lease_id = a.lease_id
LEFT JOIN rent_ledger_accountdebtor d ON d.account_id = a.id AND d.person_id = p.person_id AND d.period = p.period
WHERE a.kind = AccountKind.TENANT AND d.id IS NULL
""",
    AccountKind,
)
READER = "debtors"
"""Under which name `follow_parties` keeps which version of the books it has read."""

_NEW_TENANTS = with_codes(
    """
INSERT INTO rent_ledger_account (kind, code, label, lease_id, household_id)
SELECT AccountKind.TENANT, %(chart)s, 'Locataire ' || l.reference, l.id, l.household_id FROM leases_lease l
WHERE l.id = ANY(%(leases)s::bigint[]) AND NOT EXISTS (
    SELECT 1 FROM rent_ledger_account a WHERE a.lease_id = l.id AND a.kind = AccountKind.TENANT)
ORDER BY l.id
ON CONFLICT (lease_id) WHERE kind = AccountKind.TENANT DO NOTHING
""",
    AccountKind,
)
# Nothing was ever posted on a new account. It has its state: a run updates those that are there (docs/adr/0011).
_NEW_STATES = with_codes(
    """
INSERT INTO rent_ledger_accountstate (account_id, as_of, debt, arrears, counted, held, spread, credit, upcoming,
    aid_pending, terms, lane, action)
SELECT a.id, %(day)s, 0, 0, 0, 0, 0, 0, 0, 0, 0, Lane.NONE, '' FROM rent_ledger_account a
WHERE a.kind = AccountKind.TENANT AND a.lease_id = ANY(%(leases)s::bigint[])
    AND NOT EXISTS (SELECT 1 FROM rent_ledger_accountstate s WHERE s.account_id = a.id)
ON CONFLICT (account_id) DO NOTHING
""",
    AccountKind,
    Lane,
)
_TENANTS = with_codes(
    "SELECT lease_id, id FROM rent_ledger_account "
    "WHERE kind = AccountKind.TENANT AND lease_id = ANY(%(leases)s::bigint[])",
    AccountKind,
)
_LOCKED = with_codes(
    """
SELECT id, lease_id, organisation_id, kind = AccountKind.TENANT FROM rent_ledger_account
WHERE lease_id = ANY(%s::bigint[]) AND kind IN (AccountKind.TENANT, AccountKind.BENEFIT)
ORDER BY id FOR NO KEY UPDATE
""",
    AccountKind,
)
_NEW_AIDS = with_codes(
    """
INSERT INTO rent_ledger_account (kind, code, label, lease_id, organisation_id, household_id)
SELECT AccountKind.BENEFIT, %(chart)s, 'Aide attendue ' || l.reference, l.id, w.payer, l.household_id
FROM unnest(%(leases)s::bigint[], %(payers)s::bigint[]) AS w(lease, payer) JOIN leases_lease l ON l.id = w.lease
WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_account a
    WHERE a.kind = AccountKind.BENEFIT AND a.lease_id = w.lease AND a.organisation_id = w.payer)
ORDER BY l.id, w.payer
ON CONFLICT (lease_id, organisation_id) WHERE kind = AccountKind.BENEFIT DO NOTHING
""",
    AccountKind,
)
_AIDS = with_codes(
    """
SELECT a.lease_id, a.organisation_id, a.id FROM rent_ledger_account a
JOIN unnest(%(leases)s::bigint[], %(payers)s::bigint[]) AS w(lease, payer)
  ON a.lease_id = w.lease AND a.organisation_id = w.payer
WHERE a.kind = AccountKind.BENEFIT
""",
    AccountKind,
)
_NEW_MANDANTS = with_codes(
    """
INSERT INTO rent_ledger_account (kind, code, label, organisation_id)
SELECT AccountKind.MANDANT, %(chart)s, 'Mandant ' || left(o.name, 100), o.id FROM office_organisation o
WHERE o.id = ANY(%(owners)s) AND NOT EXISTS (
    SELECT 1 FROM rent_ledger_account a WHERE a.kind = AccountKind.MANDANT AND a.organisation_id = o.id)
ON CONFLICT (organisation_id) WHERE kind = AccountKind.MANDANT DO NOTHING
""",
    AccountKind,
)
_MANDANTS = with_codes(
    "SELECT organisation_id, id FROM rent_ledger_account "
    "WHERE kind = AccountKind.MANDANT AND organisation_id = ANY(%(owners)s)",
    AccountKind,
)
_NEW_BANK = with_codes(
    """
INSERT INTO rent_ledger_account (id, kind, code, label, bank_account_id)
VALUES (%(id)s, AccountKind.BANK, %(chart)s, %(label)s, %(bank)s) ON CONFLICT DO NOTHING
""",
    AccountKind,
)
_GENERAL = with_codes(
    """
INSERT INTO rent_ledger_account AS a (id, kind, code, label)
VALUES (%(id)s, AccountKind.GENERAL, %(chart)s, %(label)s)
ON CONFLICT (id) DO UPDATE SET code = excluded.code, label = excluded.label
WHERE (a.code, a.label) IS DISTINCT FROM (excluded.code, excluded.label)
""",
    AccountKind,
)


@transaction.atomic
def follow_parties() -> int:
    """Who owes is who is bound by the lease: the debtors of every account whose parties have changed follow them.

    A party is of an app below: its services wake the task that calls this, and each minute calls it where the books
    have moved since. Twice, or at once from two places, changes nothing. Returns how many leases differed.
    """
    reads_from_here(READER, day=clock.today())
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        leases = [row[0] for row in cursor.fetchall()]
        if leases:
            _locked(leases)
            cursor.execute(_DEBTORS, {"leases": bigints(sorted(leases))})
    return len(leases)


@transaction.atomic
def tenant_accounts(lease_ids: Collection[int]) -> dict[int, int]:
    """Tenant account id by lease id. Creates missing accounts, states and debtors."""
    if not lease_ids:
        return {}
    chart_code = AccountKind.TENANT.rule.chart
    params: dict[str, Any] = {"leases": bigints(sorted(lease_ids)), "chart": chart_code, "day": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute(_NEW_TENANTS, params)
        cursor.execute(_NEW_STATES, params)
        cursor.execute(_DEBTORS, params)
        cursor.execute(_TENANTS, params)
        return dict(cursor.fetchall())


@transaction.atomic
def locked_accounts(
    *, lease_ids: Collection[int], pairs: Collection[tuple[int, int]]
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Tenant account ids by lease id, benefit account ids by (lease id, payer id): created if missing, locked by id."""
    tenants, aids = _locked(lease_ids)
    without = set(lease_ids) - tenants.keys()
    unpaid = set(pairs) - aids.keys()
    tenant_accounts(without)
    benefit_accounts(unpaid)
    with connection.cursor() as cursor:
        cursor.execute(_DEBTORS, {"leases": bigints(sorted(tenants))})
    return _locked(lease_ids) if without or unpaid else (tenants, aids)


def _locked(lease_ids: Collection[int]) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    tenants: dict[int, int] = {}
    aids: dict[tuple[int, int], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_LOCKED, [bigints(sorted(lease_ids))])
        for account, lease, payer, is_tenant in cursor.fetchall():
            if is_tenant:
                tenants[lease] = account
            else:
                aids[lease, payer] = account
    return tenants, aids


@transaction.atomic
def benefit_accounts(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Account of the benefit expected on a lease from a payer, by (lease id, payer organisation id)."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    params = {
        "leases": bigints(lease for lease, _ in wanted),
        "payers": bigints(payer for _, payer in wanted),
        "chart": AccountKind.BENEFIT.rule.chart,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEW_AIDS, params)
        cursor.execute(_AIDS, params)
        return {(lease, payer): account for lease, payer, account in cursor.fetchall()}


@transaction.atomic
def close_unused(*, lease_id: int) -> None:
    """Delete the accounts of a lease on which nothing was ever posted. The others stay, and protect their lease."""
    # Locked: an entry on its way in is waited for, and found.
    accounts = Account.objects.select_for_update().filter(lease=lease_id).order_by("id").values_list("pk", flat=True)
    unused = []
    for account in list(accounts):
        # What the partial indexes are for: the others would read all postings.
        debited = Posting.objects.filter(debit=account, debit__gte=FIRST_SUBLEDGER_ID)
        credited = Posting.objects.filter(credit=account, credit__gte=FIRST_SUBLEDGER_ID)
        if not debited.exists() and not credited.exists():
            unused.append(account)
    AccountDebtor.objects.filter(account__in=unused).delete()
    Account.objects.filter(pk__in=unused).delete()


@transaction.atomic
def mandant_accounts(organisation_ids: Collection[int]) -> dict[int, int]:
    """Account of the money collected on behalf of an owner or a public body, by organisation id."""
    wanted = sorted(set(organisation_ids))
    if not wanted:
        return {}
    params: dict[str, Any] = {"owners": wanted, "chart": AccountKind.MANDANT.rule.chart}
    with connection.cursor() as cursor:
        cursor.execute(_NEW_MANDANTS, params)
        cursor.execute(_MANDANTS, params)
        return dict(cursor.fetchall())


@transaction.atomic
def bank_ledger_account(bank_account: BankAccount) -> int:
    """Ledger account of one of our bank accounts: `BANK_BASE` + its id."""
    number = BANK_BASE + bank_account.pk
    label = f"Banque {bank_account.label}"[:120]
    chart_code = AccountKind.BANK.rule.chart
    with connection.cursor() as cursor:
        cursor.execute(_NEW_BANK, {"id": number, "chart": chart_code, "label": label, "bank": bank_account.pk})
    return number


def sync_chart(*, using: str = DEFAULT_DB_ALIAS) -> None:
    """Create the general accounts of the registry that are missing here, and update the labels of the others.

    Nothing is deleted: an account that left the registry keeps its postings.
    """
    with connections[using].cursor() as cursor:
        for number, (code, label) in chart().items():
            cursor.execute(_GENERAL, {"id": number, "chart": code, "label": label})
