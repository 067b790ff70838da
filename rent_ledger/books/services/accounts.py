"""Accounts of the books, made on first need, set by set."""

from collections.abc import Collection

from django.db import connection, transaction

from common.copy import bigints
from office.models import BankAccount
from rent_ledger.enums import AccountKind, General

# What a lease's parties owe follows them: rows are added for new parties and closed for those who left, never removed.
_DEBTORS = """
WITH wanted AS (
    SELECT a.id AS account_id, p.person_id, p.role, p.period
    FROM rent_ledger_account a JOIN leases_leaseparty p ON p.lease_id = a.lease_id
    WHERE a.kind = 'TENANT' AND a.lease_id = ANY(%(leases)s::bigint[])
), closed AS (
    UPDATE rent_ledger_accountdebtor d SET period = w.period
    FROM wanted w
    WHERE d.account_id = w.account_id AND d.person_id = w.person_id AND lower(d.period) = lower(w.period)
      AND d.period <> w.period
)
INSERT INTO rent_ledger_accountdebtor (account_id, person_id, role, period)
SELECT w.account_id, w.person_id, w.role, w.period FROM wanted w
WHERE NOT EXISTS (
    SELECT 1 FROM rent_ledger_accountdebtor d
    WHERE d.account_id = w.account_id AND d.person_id = w.person_id AND d.period && w.period)
"""


@transaction.atomic
def tenant_accounts(lease_ids: Collection[int]) -> dict[int, int]:
    """Tenant account id by lease id. Missing accounts and debtors are made."""
    if not lease_ids:
        return {}
    leases = bigints(sorted(lease_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_account (kind, code, label, lease_id, household_id)
            SELECT 'TENANT', '411', 'Locataire ' || l.reference, l.id, l.household_id FROM leases_lease l
            WHERE l.id = ANY(%s::bigint[]) AND NOT EXISTS (
                SELECT 1 FROM rent_ledger_account a WHERE a.lease_id = l.id AND a.kind = 'TENANT')
            ORDER BY l.id
            ON CONFLICT (lease_id) WHERE kind = 'TENANT' DO NOTHING
            """,
            [leases],
        )
        cursor.execute(_DEBTORS, {"leases": leases})
        cursor.execute(
            "SELECT lease_id, id FROM rent_ledger_account WHERE kind = 'TENANT' AND lease_id = ANY(%s::bigint[])",
            [leases],
        )
        return dict(cursor.fetchall())


@transaction.atomic
def locked_accounts(
    *, lease_ids: Collection[int], pairs: Collection[tuple[int, int]]
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """Tenant accounts by lease, benefit accounts by (lease, payer), made where they lack, all locked in id order."""
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
        cursor.execute(
            """
            SELECT id, lease_id, organisation_id, kind = 'TENANT' FROM rent_ledger_account
            WHERE lease_id = ANY(%s::bigint[]) AND kind IN ('TENANT', 'BENEFIT') ORDER BY id FOR NO KEY UPDATE
            """,
            [bigints(sorted(lease_ids))],
        )
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
    leases, payers = bigints(lease for lease, _ in wanted), bigints(payer for _, payer in wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_account (kind, code, label, lease_id, organisation_id, household_id)
            SELECT 'BENEFIT', '448', 'Aide attendue ' || l.reference, l.id, w.payer, l.household_id
            FROM unnest(%s::bigint[], %s::bigint[]) AS w(lease, payer) JOIN leases_lease l ON l.id = w.lease
            WHERE NOT EXISTS (SELECT 1 FROM rent_ledger_account a
                WHERE a.kind = 'BENEFIT' AND a.lease_id = w.lease AND a.organisation_id = w.payer)
            ORDER BY l.id, w.payer
            ON CONFLICT (lease_id, organisation_id) WHERE kind = 'BENEFIT' DO NOTHING
            """,
            [leases, payers],
        )
        cursor.execute(
            """
            SELECT a.lease_id, a.organisation_id, a.id FROM rent_ledger_account a
            JOIN unnest(%s::bigint[], %s::bigint[]) AS w(lease, payer)
              ON a.lease_id = w.lease AND a.organisation_id = w.payer
            WHERE a.kind = 'BENEFIT'
            """,
            [leases, payers],
        )
        return {(lease, payer): account for lease, payer, account in cursor.fetchall()}


@transaction.atomic
def mandant_accounts(organisation_ids: Collection[int]) -> dict[int, int]:
    """Account of the money collected on behalf of an owner or a public body, by organisation id."""
    wanted = sorted(set(organisation_ids))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_account (kind, code, label, organisation_id)
            SELECT 'MANDANT', '467', 'Mandant ' || left(o.name, 100), o.id FROM office_organisation o
            WHERE o.id = ANY(%s) AND NOT EXISTS (
                SELECT 1 FROM rent_ledger_account a WHERE a.kind = 'MANDANT' AND a.organisation_id = o.id)
            ON CONFLICT (organisation_id, kind) WHERE kind IN ('LANDLORD', 'MANDANT') DO NOTHING
            """,
            [wanted],
        )
        cursor.execute(
            "SELECT organisation_id, id FROM rent_ledger_account WHERE kind = 'MANDANT' AND organisation_id = ANY(%s)",
            [wanted],
        )
        return dict(cursor.fetchall())


@transaction.atomic
def bank_ledger_account(bank_account: BankAccount) -> int:
    """Ledger account of one of our bank accounts: 100 + its id."""
    number = General.BANK_BASE + bank_account.pk
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_account (id, kind, code, label, bank_account_id) VALUES (%s, %s, '512', %s, %s)
            ON CONFLICT DO NOTHING
            """,
            [number, AccountKind.BANK, f"Banque {bank_account.label}"[:120], bank_account.pk],
        )
    return int(number)
