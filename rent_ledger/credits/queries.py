"""The credits of households: of which money, since when, what was decided of each, what waits for a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery

from common.codes import with_codes
from common.looks import Look
from common.money import ZERO
from leases.contracts.natures import Nature
from office.house.queries import granted_refund_ibans
from rent_ledger.bank.models import KnownIban
from rent_ledger.books.codes import DEBT_KINDS
from rent_ledger.credits.codes import CreditOrigin, CreditStanding, CreditUse
from rent_ledger.credits.looks import STANDINGS
from rent_ledger.credits.models import CreditChoice, RefundTransfer

# What the bank has shown of a refund (`c`).
REFUNDED = """(
    SELECT coalesce(sum(p.amount), 0) FROM rent_ledger_posting p JOIN rent_ledger_entry e ON e.id = p.entry_id
    WHERE p.debit_id = c.account_id AND p.debit_id >= 1000 AND p.nature = Nature.REFUND
        AND e.recorded_at >= c.recorded_at
        AND NOT EXISTS (SELECT 1 FROM rent_ledger_entry r WHERE r.reverses_id = e.id)
)"""
# One row per account with free credit. A refund is done once the bank has shown it, from its day on: then nothing is
# decided of what is left. Where a term has taken of the credit what was to be refunded, it is to decide anew: who pays
# it would make the household owe. The credit of who left, and aid beyond the rent (which is the household's: CCH, art.
# L. 842-1), wait for a decision at once; that of others once it is `old` (a day).
_CREDITS = with_codes(
    f"""
SELECT s.account_id, a.household_id, h.name, h.sort_key, l.reference, s.amount, s.since, s.paid, s.aid, s.corrected,
    coalesce(l.is_over, false) AS is_gone, c.id AS choice_id, c.until, c.amount AS asked, c.refunded,
    CASE WHEN c.use = CreditUse.REFUND THEN CreditStanding.TO_PAY
         WHEN c.use = CreditUse.PAYER THEN CreditStanding.PAYER
         WHEN c.use = CreditUse.KEEP THEN CreditStanding.KEPT
         WHEN l.is_over OR s.aid > 0 OR s.since <= %(old)s THEN CreditStanding.TO_DECIDE
         ELSE CreditStanding.RECENT END AS standing
FROM (
    SELECT o.account_id, sum(o.remaining) AS amount, min(p.effective_on) AS since,
        coalesce(sum(o.remaining) FILTER (WHERE o.nature IN MONEY), 0) AS paid,
        coalesce(sum(o.remaining) FILTER (WHERE o.nature = Nature.BENEFIT), 0) AS aid,
        coalesce(sum(o.remaining) FILTER (WHERE o.nature <> Nature.BENEFIT AND o.nature NOT IN MONEY), 0) AS corrected
    FROM rent_ledger_openitem o JOIN rent_ledger_posting p ON p.id = o.posting_id
    WHERE NOT o.is_debit GROUP BY o.account_id
) s
JOIN rent_ledger_account a ON a.id = s.account_id AND a.kind IN DEBT_KINDS
LEFT JOIN leases_household h ON h.id = a.household_id
LEFT JOIN (
    SELECT id, reference, upper(period) <= %(day)s AS is_over FROM leases_lease
) l ON l.id = a.lease_id
LEFT JOIN LATERAL (
    SELECT w.* FROM (
        SELECT c.id, c.use, c.until, c.amount, {REFUNDED} AS refunded
        FROM rent_ledger_creditchoice c
        WHERE c.account_id = s.account_id AND c.undone_at IS NULL AND c.replaced_at IS NULL
    ) w WHERE CASE WHEN w.use = CreditUse.REFUND THEN w.amount - w.refunded BETWEEN 0.01 AND s.amount
        ELSE w.until >= %(day)s END
) c ON true
""",  # noqa: S608
    CreditStanding,
    CreditUse,
    Nature,
    MONEY=frozenset({Nature.PAYMENT, Nature.REFUND}),
    DEBT_KINDS=DEBT_KINDS,
)
_WAITING = with_codes(
    f"SELECT count(*) FROM ({_CREDITS}) x WHERE x.standing = CreditStanding.TO_DECIDE",  # noqa: S608
    CreditStanding,
)


@dataclass(frozen=True, slots=True)
class Credit:
    """What an account has free (euros), by where it comes from. `since`: the day of the oldest part. `choice_id`,
    `until`, `asked`: what was decided of it and holds; `refunded`: what the bank has shown of it."""

    account_id: int
    household_id: int | None
    name: str
    sort_key: str
    reference: str
    amount: Decimal
    since: date
    paid: Decimal
    aid: Decimal
    corrected: Decimal
    is_gone: bool
    choice_id: int | None
    until: date | None
    asked: Decimal | None
    refunded: Decimal | None
    standing: CreditStanding

    @property
    def look(self) -> Look:
        return STANDINGS[self.standing]

    @property
    def parts(self) -> list[tuple[str, Decimal]]:
        """Each origin in French, with its euros."""
        sums = ((CreditOrigin.PAID, self.paid), (CreditOrigin.AID, self.aid), (CreditOrigin.CORRECTED, self.corrected))
        return [(origin.label, amount) for origin, amount in sums if amount]


def credits_on(day: date, *, days: int, account_id: int | None = None) -> list[Credit]:
    """The credits of all accounts (or of one), what waits for a decision first, then by surname; one is old after
    `days`. One query."""
    scope = "WHERE x.account_id = %(account)s" if account_id is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM ({_CREDITS}) x {scope} ORDER BY x.sort_key NULLS LAST, x.account_id",  # noqa: S608
            {"day": day, "old": day - timedelta(days=days), "account": account_id},
        )
        rows = cursor.fetchall()
    found = [_credit(row) for row in rows]
    order = list(STANDINGS)
    return sorted(found, key=lambda credit: order.index(credit.standing))


def credits_waiting(day: date, *, days: int) -> int:
    """How many wait for a decision; one is old after `days`. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"day": day, "old": day - timedelta(days=days)})
        (n,) = cursor.fetchone()
    return int(n)


def _credit(row: Sequence[Any]) -> Credit:
    *facts, standing = row
    facts[2], facts[3], facts[4] = facts[2] or "", facts[3] or "", facts[4] or ""
    return Credit(*[*facts, CreditStanding(standing)])


@dataclass(frozen=True, slots=True)
class Totals:
    """How many accounts have a credit, and the euros, of which `aid` beyond the rent and `gone` of who left."""

    count: int
    amount: Decimal
    aid: Decimal
    gone: Decimal


def totals_of(credits: Sequence[Credit]) -> Totals:
    return Totals(
        len(credits),
        sum((credit.amount for credit in credits), ZERO),
        sum((credit.aid for credit in credits), ZERO),
        sum((credit.amount for credit in credits if credit.is_gone), ZERO),
    )


_SHOWN = with_codes(f"SELECT {REFUNDED} FROM rent_ledger_creditchoice c WHERE c.id = %s", Nature)  # noqa: S608


def refunded(choice_id: int) -> Decimal:
    """Euros that the bank has shown of a refund since it was decided. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [choice_id])
        (amount,) = cursor.fetchone()
    return Decimal(amount)


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund that was decided and that the bank has not shown whole. `amount`: what is left of it (euros), which the
    credit covers. `iban`: whole, for the file alone. `file_id`: the file that it is in. `waits`: its IBAN waits for a
    second person."""

    choice_id: int
    account_id: int
    name: str
    reference: str
    iban: str
    amount: Decimal
    file_id: int | None
    waits: bool


def refunds_to_pay(day: date) -> list[Refund]:
    """Those of all accounts, by surname. Four queries."""
    found = [c for c in credits_on(day, days=0) if c.standing == CreditStanding.TO_PAY and c.choice_id]
    files = RefundTransfer.objects.filter(choice=OuterRef("pk"), is_live=True).values("file_id")[:1]
    choices = CreditChoice.objects.filter(pk__in=[c.choice_id for c in found]).annotate(file_id=Subquery(files))
    kept = {choice.pk: choice for choice in choices}
    trusted = trusted_ibans([c.account_id for c in found])
    refunds = []
    for credit in found:
        choice = kept[credit.choice_id or 0]
        left = (choice.amount or ZERO) - (credit.refunded or ZERO)
        account, iban = credit.account_id, choice.iban
        waits = (account, iban) not in trusted
        refunds.append(Refund(choice.pk, account, credit.name, credit.reference, iban, left, choice.file_id, waits))
    return refunds


def known_ibans(account_id: int) -> list[KnownIban]:
    """The IBANs that paid for the account, the latest first."""
    return list(KnownIban.objects.filter(account=account_id).order_by("-since", "-id"))


def trusted_ibans(account_ids: Collection[int]) -> set[tuple[int, str]]:
    """(account, IBAN) where a refund of these accounts may go: from there their payments came, or a second person
    confirmed it. Two queries."""
    paid = KnownIban.objects.filter(account__in=account_ids).values_list("account_id", "iban")
    return set(paid) | granted_refund_ibans(account_ids)
