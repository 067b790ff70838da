"""The only door into the books: `post` facts, `reverse` facts. Both work on sets and cost a constant number of queries.

Lock order: sub-ledger accounts in id order, then rows. Everything of one call happens in one transaction: entries,
postings, allocations, projections.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import copy_rows, draw_ids
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from office.actor import Actor
from office.wake import wake
from rent_ledger.enums import FIRST_SUBLEDGER_ID, PROJECTED_KINDS, AccountKind, AllocationRule, EntryKind, Nature
from rent_ledger.models import Entry, Posting
from rent_ledger.rules.allocation import OpenCredit, OpenDebit, allocate
from rent_ledger.rules.natures import NATURES
from rent_ledger.services import projections

MONEY = frozenset({Nature.PAYMENT, Nature.REFUND, Nature.BENEFIT, Nature.TRANSFER})


@dataclass(frozen=True, slots=True)
class NewPosting:
    """`amount` > 0 (euros) from `debit` to `credit` (account ids). `for_month`: first day of the month it is about."""

    debit: int
    credit: int
    amount: Decimal
    nature: str
    due_on: date
    for_month: date | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A fact to enter once under `key`. `booked_on` defaults to `effective_on`, or to the first day of the first open
    month after it. `designate`: debit postings that the money is for, in order."""

    kind: str
    key: str
    effective_on: date
    postings: tuple[NewPosting, ...]
    booked_on: date | None = None
    label: str = ""
    designate: tuple[int, ...] = ()
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """`replayed`: the same fact was already in the books, nothing was written."""

    id: int
    posting_ids: tuple[int, ...]
    replayed: bool


def _hash(entry: NewEntry) -> str:
    content = f"{entry.kind}|{entry.effective_on}|{entry.reverses}|" + ";".join(
        f"{p.debit},{p.credit},{p.amount:.2f},{p.nature},{p.due_on},{p.for_month}" for p in entry.postings
    )
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


@transaction.atomic
def post(*, entries: Sequence[NewEntry], actor: Actor) -> list[PostedEntry]:
    """Enter `entries`, lay money on debts, refresh projections. Results are in the order of `entries`.

    Same key and content: the first result, `replayed`. Same key, other content: `Conflict`. A day in a closed month is
    booked in the first open month after it.
    """
    if not entries:
        return []
    _check(entries)
    accounts = _lock_accounts(p for e in entries for p in e.postings)
    known = _known([e.key for e in entries])
    fresh: list[NewEntry] = []
    for entry in entries:
        if entry.key in known:
            if known[entry.key][1] != _hash(entry):
                raise Conflict(
                    f"Cette opération est déjà enregistrée avec un autre contenu ({entry.key}). "
                    "Rechargez la page avant de recommencer."
                )
        else:
            fresh.append(entry)
    written = _write(fresh, actor) if fresh else {}
    if fresh:
        _settle(fresh, written, accounts)
        wake("arrears_changed")
    replayed = {k: PostedEntry(v[0], tuple(v[2]), True) for k, v in known.items()}
    return [written.get(e.key) or replayed[e.key] for e in entries]


@transaction.atomic
def reverse(
    *,
    entry_ids: Sequence[int],
    actor: Actor,
    effective_on: date | None = None,
    kind: str = EntryKind.REVERSAL,
    label: str = "",
    booked_on: date | None = None,
) -> list[PostedEntry]:
    """Undo entries by their mirror (key `reversal:<id>`): their allocations are undone, freed money is laid again.

    `effective_on`: the day that it counts between the parties (a returned debit: the bank's day); None: each
    original's own day, as if it had never been (a demand undone).
    `Conflict` if one of them was already reversed; `InvalidInput` for an unknown id.
    """
    originals = {e.pk: e for e in Entry.objects.filter(pk__in=entry_ids)}
    if len(originals) != len(set(entry_ids)):
        raise InvalidInput("Une des écritures à annuler n’existe pas.")
    _lock_accounts(Posting.objects.filter(entry_id__in=entry_ids))
    done = Entry.objects.filter(reverses_id__in=entry_ids).first()
    if done is not None:
        raise Conflict(
            f"L’écriture {done.reverses_id} a déjà été annulée le {done.recorded_at:%d/%m/%Y}. Rechargez la page."
        )
    postings = defaultdict(list)
    for posting in Posting.objects.filter(entry_id__in=entry_ids).order_by("id"):
        postings[posting.entry_id].append(posting)
    mirrors = [
        NewEntry(
            kind=kind,
            key=f"reversal:{entry_id}",
            effective_on=effective_on or originals[entry_id].effective_on,
            booked_on=booked_on or (None if effective_on else clock.today()),
            label=label or f"Annulation : {originals[entry_id].label}"[:140],
            reverses=entry_id,
            postings=tuple(
                NewPosting(
                    debit=p.credit_id,
                    credit=p.debit_id,
                    amount=p.amount,
                    nature=p.nature,
                    due_on=effective_on if effective_on and p.nature in MONEY else p.due_on,
                    for_month=p.for_month,
                )
                for p in postings[entry_id]
            ),
        )
        for entry_id in entry_ids
    ]
    return post(entries=mirrors, actor=actor)


def _check(entries: Sequence[NewEntry]) -> None:
    keys = set()
    for entry in entries:
        if entry.key in keys:
            raise Conflict(f"La même opération est demandée deux fois ({entry.key}).")
        keys.add(entry.key)
        if not entry.postings:
            raise InvalidInput("Une écriture sans montant ne peut pas être enregistrée.")
        for p in entry.postings:
            if p.amount <= ZERO:
                raise InvalidInput("Le montant doit être supérieur à zéro.", field="amount")


def _lock_accounts(postings: Iterable[NewPosting | Posting]) -> dict[int, str]:
    """Lock the sub-ledger accounts, in id order; returns the kinds of those that are projected."""
    ids: set[int] = set()
    for p in postings:
        debit, credit = (p.debit, p.credit) if isinstance(p, NewPosting) else (p.debit_id, p.credit_id)
        ids.update(i for i in (debit, credit) if i >= FIRST_SUBLEDGER_ID)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind FROM rent_ledger_account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [sorted(ids)]
        )
        return {pk: kind for pk, kind in cursor.fetchall() if kind in PROJECTED_KINDS}


def _known(keys: list[str]) -> dict[str, tuple[int, str, list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT e.idempotency_key, e.id, e.payload_hash, array_agg(p.id ORDER BY p.id)
            FROM rent_ledger_entry e JOIN rent_ledger_posting p ON p.entry_id = e.id
            WHERE e.idempotency_key = ANY(%s) GROUP BY e.id
            """,
            [keys],
        )
        return {key: (pk, digest, ids) for key, pk, digest, ids in cursor.fetchall()}


def _booking_days(entries: Sequence[NewEntry]) -> dict[date, date]:
    """Accounting day by wished day: the day itself, or the first day of the first open month after it."""
    wished = {e.booked_on or e.effective_on for e in entries}
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM rent_ledger_ledgermonth WHERE closed_at IS NOT NULL")
        closed = {row[0] for row in cursor.fetchall()}
        days = {}
        for day in wished:
            month = Month.of(day)
            while month.first in closed:
                month = month.plus(1)
            days[day] = day if month == Month.of(day) else month.first
        cursor.execute(
            "INSERT INTO rent_ledger_ledgermonth (month) SELECT unnest(%s::date[]) ON CONFLICT DO NOTHING",
            [sorted({Month.of(d).first for d in days.values()})],
        )
    return days


def _write(entries: Sequence[NewEntry], actor: Actor) -> dict[str, PostedEntry]:
    booked = _booking_days(entries)
    entry_ids = draw_ids(Entry, len(entries))
    posting_ids = iter(draw_ids(Posting, sum(len(e.postings) for e in entries)))
    recorded_at, author = clock.now(), actor.user_id
    written: dict[str, PostedEntry] = {}
    entry_rows, posting_rows = [], []
    for pk, e in zip(entry_ids, entries, strict=True):
        day = booked[e.booked_on or e.effective_on]
        entry_rows.append(
            (pk, e.kind, e.effective_on, day, day.replace(day=1), recorded_at, author, e.key, _hash(e), e.label[:140],
             e.reverses)
        )  # fmt: skip
        ids = []
        for p in e.postings:
            posting_id = next(posting_ids)
            ids.append(posting_id)
            posting_rows.append(
                (posting_id, pk, p.debit, p.credit, p.amount, p.nature, p.due_on, e.effective_on, p.for_month)
            )
        written[e.key] = PostedEntry(pk, tuple(ids), False)
    try:
        with transaction.atomic():
            copy_rows(
                "rent_ledger_entry",
                ("id", "kind", "effective_on", "booked_on", "month", "recorded_at", "author_id", "idempotency_key",
                 "payload_hash", "label", "reverses_id"),
                entry_rows,
            )  # fmt: skip
    except IntegrityError as error:
        if "idempotency_key" in str(error) or "reverses" in str(error):
            raise Conflict(
                "Cette opération vient d’être enregistrée par quelqu’un d’autre. Rechargez la page."
            ) from error
        raise
    copy_rows(
        "rent_ledger_posting",
        ("id", "entry_id", "debit_id", "credit_id", "amount", "nature", "due_on", "effective_on", "for_month"),
        posting_rows,
    )
    return written


class _Side:
    """The open items of one account while money is laid on them."""

    __slots__ = ("changed", "credits", "debits", "fresh")

    def __init__(self) -> None:
        self.debits: dict[int, OpenDebit] = {}
        self.credits: dict[int, OpenCredit] = {}
        self.fresh: set[tuple[int, bool]] = set()
        self.changed: set[tuple[int, bool]] = set()


def _settle(entries: Sequence[NewEntry], written: dict[str, PostedEntry], accounts: dict[int, str]) -> None:
    """Allocate on the touched accounts and bring their projections up to date."""
    day = clock.today()
    books: defaultdict[int, _Side] = defaultdict(_Side)
    meta: dict[int, tuple[date, str, date | None]] = {}
    _load(books, meta, accounts)
    rows: list[tuple[int, int, Decimal, str]] = []

    for entry in entries:
        posted = written[entry.key]
        for posting_id, p in zip(posted.posting_ids, entry.postings, strict=True):
            meta[posting_id] = (p.due_on, p.nature, p.for_month)
            if p.debit in accounts:
                nature = NATURES[p.nature]
                books[p.debit].debits[posting_id] = OpenDebit(
                    posting_id, p.amount, p.due_on, nature.rank, nature.is_housing, p.for_month
                )
                books[p.debit].fresh.add((posting_id, True))
            if p.credit in accounts:
                books[p.credit].credits[posting_id] = OpenCredit(
                    posting_id, p.amount, p.for_month, p.nature == Nature.BENEFIT,
                    accounts[p.credit] == AccountKind.BENEFIT, entry.designate,
                )  # fmt: skip
                books[p.credit].fresh.add((posting_id, False))

    reversals = [e for e in entries if e.reverses is not None]
    if reversals:
        rows += _undo(reversals, written, accounts, books, meta)
    for account_id, side in books.items():
        live_debits = [d for d in side.debits.values() if d.remaining > 0]
        live_credits = [c for c in side.credits.values() if c.remaining > 0]
        for laid in allocate(live_debits, live_credits, day=day):
            rows.append((laid.debit_id, laid.credit_id, laid.amount, laid.rule))
            side.changed.add((laid.debit_id, True))
            side.changed.add((laid.credit_id, False))
        books[account_id] = side
    copy_rows(
        "rent_ledger_allocation",
        ("debit_posting_id", "credit_posting_id", "amount", "rule", '"on"', "reason"),
        ((debit, credit, amount, rule, day, "") for debit, credit, amount, rule in rows),
    )
    _save_items(books, meta)
    projections.refresh(account_ids=list(accounts), day=day)


def _load(
    books: defaultdict[int, _Side], meta: dict[int, tuple[date, str, date | None]], accounts: dict[int, str]
) -> None:
    if not accounts:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.account_id, o.posting_id, o.is_debit, o.remaining, o.due_on, o.nature, o.for_month,
                   EXISTS (SELECT 1 FROM rent_ledger_debthold h
                           WHERE h.posting_id = o.posting_id AND h.period @> %s::date)
            FROM rent_ledger_openitem o WHERE o.account_id = ANY(%s)
            """,
            [clock.today(), list(accounts)],
        )
        for account, posting, is_debit, remaining, due_on, code, for_month, held in cursor.fetchall():
            meta[posting] = (due_on, code, for_month)
            if is_debit:
                nature = NATURES[code]
                books[account].debits[posting] = OpenDebit(
                    posting, remaining, due_on, nature.rank, nature.is_housing, for_month, held
                )
            else:
                books[account].credits[posting] = OpenCredit(
                    posting, remaining, for_month, code == Nature.BENEFIT, accounts[account] == AccountKind.BENEFIT
                )


def _undo(
    reversals: Sequence[NewEntry],
    written: dict[str, PostedEntry],
    accounts: dict[int, str],
    books: defaultdict[int, _Side],
    meta: dict[int, tuple[date, str, date | None]],
) -> list[tuple[int, int, Decimal, str]]:
    """Free what lies on the reversed postings, then lay each mirror on its original."""
    original_ids = [e.reverses for e in reversals]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, entry_id, debit_id, credit_id, amount, nature, due_on, for_month
            FROM rent_ledger_posting WHERE entry_id = ANY(%s) ORDER BY entry_id, id
            """,
            [original_ids],
        )
        originals = defaultdict(list)
        for row in cursor.fetchall():
            originals[row[1]].append(row)
        ids = [row[0] for rows in originals.values() for row in rows]
        # What lies on the originals, on either side, with the other posting's facts.
        cursor.execute(
            """
            WITH pairs AS (
                SELECT debit_posting_id AS d, credit_posting_id AS c, sum(amount) AS amount FROM rent_ledger_allocation
                WHERE debit_posting_id = ANY(%(ids)s) OR credit_posting_id = ANY(%(ids)s)
                GROUP BY 1, 2 HAVING sum(amount) <> 0
            )
            SELECT pairs.d, pairs.c, pairs.amount,
                   dp.debit_id, dp.due_on, dp.nature, dp.for_month, cp.nature, cp.due_on, cp.for_month,
                   EXISTS (SELECT 1 FROM rent_ledger_debthold h
                           WHERE h.posting_id = dp.id AND h.period @> %(day)s::date)
            FROM pairs JOIN rent_ledger_posting dp ON dp.id = pairs.d JOIN rent_ledger_posting cp ON cp.id = pairs.c
            """,
            {"ids": ids, "day": clock.today()},
        )
        pairs = cursor.fetchall()
    rows: list[tuple[int, int, Decimal, str]] = []
    for debit, credit, amount, account, d_due, d_nature, d_month, c_nature, c_due, c_month, held in pairs:
        rows.append((debit, credit, -amount, AllocationRule.UNDONE))
        side = books[account]
        meta.setdefault(debit, (d_due, d_nature, d_month))
        meta.setdefault(credit, (c_due, c_nature, c_month))
        nature = NATURES[d_nature]
        side.debits.setdefault(
            debit, OpenDebit(debit, ZERO, d_due, nature.rank, nature.is_housing, d_month, held)
        ).remaining += amount
        side.credits.setdefault(
            credit,
            OpenCredit(credit, ZERO, c_month, c_nature == Nature.BENEFIT, accounts[account] == AccountKind.BENEFIT),
        ).remaining += amount
        side.changed.add((debit, True))
        side.changed.add((credit, False))
    for entry in reversals:
        assert entry.reverses is not None
        mirrors = written[entry.key].posting_ids
        for mirror_id, (original_id, _, debit, credit, amount, nature_code, due_on, month) in zip(
            mirrors, originals[entry.reverses], strict=True
        ):
            meta.setdefault(original_id, (due_on, nature_code, month))
            # The original's debit side is met by the mirror's credit side, in the original's debit account.
            for account, debit_posting, credit_posting in (
                (debit, original_id, mirror_id),
                (credit, mirror_id, original_id),
            ):
                if account not in accounts:
                    continue
                side = books[account]
                side.debits[debit_posting].remaining -= amount
                side.credits[credit_posting].remaining -= amount
                side.changed.add((debit_posting, True))
                side.changed.add((credit_posting, False))
                rows.append((debit_posting, credit_posting, amount, AllocationRule.REVERSAL))
    return rows


def _save_items(books: dict[int, _Side], meta: dict[int, tuple[date, str, date | None]]) -> None:
    """Write what changed of the open items: three statements, however many accounts."""
    gone: list[int] = []
    gone_side: list[bool] = []
    fresh = []
    for account, side in books.items():
        for posting_id, is_debit in side.changed - side.fresh:
            gone.append(posting_id)
            gone_side.append(is_debit)
        for posting_id, is_debit in side.changed | side.fresh:
            item = side.debits[posting_id] if is_debit else side.credits[posting_id]
            if item.remaining > 0:
                due_on, nature, for_month = meta[posting_id]
                fresh.append((posting_id, is_debit, account, item.remaining, due_on, nature, for_month))
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                DELETE FROM rent_ledger_openitem o USING unnest(%s::bigint[], %s::boolean[]) AS g(posting_id, is_debit)
                WHERE o.posting_id = g.posting_id AND o.is_debit = g.is_debit
                """,
                [gone, gone_side],
            )
    copy_rows(
        "rent_ledger_openitem",
        ("posting_id", "is_debit", "account_id", "remaining", "due_on", "nature", "for_month"),
        fresh,
    )


__all__ = ["NewEntry", "NewPosting", "PostedEntry", "post", "reverse"]
