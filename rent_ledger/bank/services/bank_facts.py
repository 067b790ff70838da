"""The facts that the matching rule needs, loaded once per import in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db import connection

from common import clock
from common.codes import with_codes
from common.money import ZERO
from leases.contracts.codes import LeaseState
from leases.households.codes import MemberRole
from office.house.codes import OrganisationKind
from office.models import Organisation
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import Match
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.billing.codes import DemandState
from rent_ledger.books.codes import DEBT_KINDS, AccountKind, EntryKind, General, PaymentMethod
from rent_ledger.books.queries.standing import ended_by
from rent_ledger.books.services.accounts import tenant_accounts
from rent_ledger.matching.rules.line_references import creditor_references, demand_references
from rent_ledger.matching.rules.match_facts import (
    AccountFacts,
    DemandFacts,
    LineFacts,
    PaidFacts,
    PayerFacts,
)
from rent_ledger.matching.rules.match_index import RETURN_WINDOW, Index
from rent_ledger.matching.rules.names import PersonName
from rent_ledger.payments.models import Payment

_ACCOUNTS = with_codes(
    """
SELECT a.id, a.household_id, h.name, coalesce(l.payment_reference, ''), s.net_term,
       coalesce(s.debt + s.spread + s.upcoming - s.credit, 0), coalesce(s.debt, 0),
       l.id IS NOT NULL AND (l.state <> LeaseState.ENDED OR l.period @> %(day)s::date)
FROM rent_ledger_account a
JOIN leases_household h ON h.id = a.household_id
LEFT JOIN leases_lease l ON l.id = a.lease_id
LEFT JOIN rent_ledger_accountstate s ON s.account_id = a.id
WHERE a.kind IN DEBT_KINDS
""",
    LeaseState,
    DEBT_KINDS=DEBT_KINDS,
)
# A contract in preparation may be paid for. It may have an account of benefit already.
_WITHOUT_ACCOUNT = with_codes(
    """
SELECT l.payment_reference, l.id FROM leases_lease l
WHERE l.payment_reference <> '' AND NOT EXISTS (
    SELECT 1 FROM rent_ledger_account a WHERE a.lease_id = l.id AND a.kind = AccountKind.TENANT)
""",
    AccountKind,
)
# `sort_key` is the last name's key followed by the first name's. We cut off the first part rather than compute the
# first name's key again.
_PEOPLE = with_codes(
    """
SELECT k.account_id, k.last, ltrim(substr(k.whole, length(k.last) + 1))
FROM (
    SELECT w.account_id, ancrage_sort_key(p.last_name) AS last, p.sort_key AS whole
    FROM (
        SELECT account_id, person_id FROM rent_ledger_accountdebtor
        UNION
        SELECT a.id, m.person_id
        FROM rent_ledger_account a
        JOIN leases_membership m ON m.household_id = a.household_id AND m.role = MemberRole.ADULT
        WHERE a.kind IN DEBT_KINDS AND m.period @> %(day)s::date
    ) w JOIN leases_person p ON p.id = w.person_id
    OFFSET 0
) k
""",
    MemberRole,
    DEBT_KINDS=DEBT_KINDS,
)
_DUES = with_codes(
    """
SELECT o.account_id, coalesce(o.for_month, o.due_on), sum(o.remaining)
FROM rent_ledger_openitem o JOIN rent_ledger_account a ON a.id = o.account_id
WHERE o.is_debit AND a.kind IN DEBT_KINDS GROUP BY 1, 2
""",
    DEBT_KINDS=DEBT_KINDS,
)
# Payments of these amounts that were not returned, with the account they are placed on (null if there are several).
_PAID = with_codes(
    f"""
SELECT l.id, CASE WHEN count(m.id) = 1 THEN min(m.account_id) END, l.amount, l.booking_day, l.counterparty_iban,
       l.end_to_end, l.structured_reference, l.mandate, l.counterparty_name
FROM rent_ledger_bankline l
LEFT JOIN rent_ledger_match m ON m.line_id = l.id AND m.is_accepted AND m.undone_at IS NULL
WHERE l.amount = ANY(%(amounts)s) AND l.booking_day BETWEEN %(first)s AND %(last)s
  AND l.state <> LineState.WITHDRAWN
  AND NOT EXISTS (
    SELECT 1 FROM rent_ledger_entry r
    WHERE r.id IN ({ended_by("l.entry_id")}, {ended_by("m.entry_id")}) AND r.kind = EntryKind.RETURN)
GROUP BY l.id
""",  # noqa: S608
    EntryKind,
    LineState,
)

_DEMANDS = with_codes(
    """
SELECT d.month, d.number, d.account_id, d.net FROM rent_ledger_rentdemand d
JOIN unnest(%s::date[], %s::integer[]) AS w(month, number) ON w.month = d.month AND w.number = d.number
WHERE d.state = DemandState.ISSUED
""",
    DemandState,
)
_DEBTS = with_codes(
    """
SELECT d.month, d.number, p.id, p.debit_id FROM rent_ledger_rentdemand d
JOIN unnest(%s::date[], %s::integer[]) AS w(month, number) ON w.month = d.month AND w.number = d.number
JOIN rent_ledger_posting p ON p.entry_id = d.entry_id AND p.debit_id = d.account_id
WHERE d.state = DemandState.ISSUED ORDER BY p.id
""",
    DemandState,
)


def load_index(lines: Sequence[LineFacts]) -> Index:
    """Everything that may match `lines`. A lease named by a reference and never billed yet gets its account here."""
    texts = [line.text for line in lines]
    _open_accounts(texts)
    return Index(
        accounts=_accounts(),
        demands=_demands(texts),
        ibans=_known_ibans({line.iban for line in lines if line.iban}),
        payers=_payers(),
        cheques_account=General.CHEQUES,
        cheques_in_hand=_cheques_in_hand(),
    )


def _open_accounts(texts: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WITHOUT_ACCOUNT)
        without = cursor.fetchall()
    if without:
        named = set().union(*(creditor_references(text) for text in texts))
        tenant_accounts([lease for reference, lease in without if reference in named])


def _known_ibans(ibans: Collection[str]) -> dict[str, frozenset[int]]:
    """The accounts that each of `ibans` has paid for."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    if ibans:
        with connection.cursor() as cursor:
            cursor.execute("SELECT iban, account_id FROM rent_ledger_knowniban WHERE iban = ANY(%s)", [list(ibans)])
            for iban, account in cursor.fetchall():
                found[iban].add(account)
    return {iban: frozenset(accounts) for iban, accounts in found.items()}


def _accounts() -> list[AccountFacts]:
    day = {"day": clock.today()}
    people: defaultdict[int, list[PersonName]] = defaultdict(list)
    dues: defaultdict[int, set[Decimal]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, day)
        for account, last, first in cursor.fetchall():
            people[account].append(PersonName(last, first))
        cursor.execute(_DUES)
        for account, _, amount in cursor.fetchall():
            dues[account].add(amount)
        cursor.execute(_ACCOUNTS, day)
        rows = cursor.fetchall()
    nobody: list[PersonName] = []
    nothing: set[Decimal] = set()
    found = []
    for pk, household, name, reference, net_term, owed, debt, current in rows:
        amounts = dues.get(pk, nothing)
        if debt > 0 and debt not in amounts:
            amounts = amounts | {debt}
        found.append(
            AccountFacts(
                pk,
                household,
                name,
                tuple(people.get(pk, nobody)),
                reference,
                net_term,
                owed,
                frozenset(amounts),
                current,
            )
        )
    return found


def demand_keys(texts: Iterable[str]) -> dict[str, tuple[date, int]]:
    """Month and number of each avis named in `texts`."""
    wanted: dict[str, tuple[date, int]] = {}
    for reference in set().union(*(demand_references(text) for text in texts)):
        _, month, number = reference.split("-")
        if "01" <= month[2:] <= "12":
            wanted[reference] = (date(2000 + int(month[:2]), int(month[2:]), 1), int(number))
    return wanted


def _demands(texts: Iterable[str]) -> dict[str, DemandFacts]:
    wanted = demand_keys(texts)
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _DEMANDS,
            [[m for m, _ in wanted.values()], [n for _, n in wanted.values()]],
        )
        found = {(month, number): (account, net) for month, number, account, net in cursor.fetchall()}
    return {reference: DemandFacts(*found[key], key[0]) for reference, key in wanted.items() if key in found}


def designations(texts: Iterable[str]) -> dict[str, list[tuple[int, int]]]:
    """Debts of each avis named in `texts`: (posting id, account id), by canonical reference."""
    keys = demand_keys(texts)
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            _DEBTS,
            [[m for m, _ in keys.values()], [n for _, n in keys.values()]],
        )
        found: defaultdict[tuple[date, int], list[tuple[int, int]]] = defaultdict(list)
        for month, number, posting, account in cursor.fetchall():
            found[month, number].append((posting, account))
    return {reference: found[key] for reference, key in keys.items() if key in found}


def load_paid(lines: Sequence[LineFacts]) -> list[PaidFacts]:
    """Payments in the books that the debits among `lines` may return."""
    returns = [line for line in lines if line.amount < 0]
    if not returns:
        return []
    days = [line.booking_day for line in returns]
    with connection.cursor() as cursor:
        cursor.execute(
            _PAID,
            {"amounts": [-line.amount for line in returns], "first": min(days) - RETURN_WINDOW, "last": max(days)},
        )
        return [PaidFacts(*row) for row in cursor.fetchall()]


def _payers() -> list[PayerFacts]:
    awaited: defaultdict[int, defaultdict[Decimal, list[int]]] = defaultdict(lambda: defaultdict(list))
    awaiting = BenefitStatement.objects.filter(bank_line=None, withdrawn_at=None)
    for pk, payer, total in awaiting.values_list("id", "payer_id", "total"):
        awaited[payer][total].append(pk)
    return [
        PayerFacts(o.pk, o.name, o.sort_key, o.iban, {t: tuple(ids) for t, ids in awaited[o.pk].items()})
        for o in Organisation.objects.filter(roles__kind=OrganisationKind.BENEFIT_PAYER)
    ]


def _cheques_in_hand() -> Decimal:
    """Total of the cheques taken at the desk that the bank has not credited yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT coalesce((SELECT sum(amount) FROM {Payment._meta.db_table} WHERE method = %s), 0)
                 - coalesce((SELECT sum(amount) FROM {Match._meta.db_table}
                             WHERE account_id = %s AND is_accepted AND undone_at IS NULL), 0)
            """,  # noqa: S608  table names of our models
            [PaymentMethod.CHEQUE, General.CHEQUES],
        )
        return Decimal(cursor.fetchone()[0]) + ZERO
