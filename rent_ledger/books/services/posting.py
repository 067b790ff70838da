"""The door into the books: `post` facts, `reverse` facts. Both work on sets and cost a constant number of queries.
The demands of a run, that touch every lease, are written by `demands`, under the same locks.

Lock order: sub-ledger accounts in id order, then rows. Everything of one call happens in one transaction: entries,
postings, allocations, projections.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import NULL, bigints, copy_lines, draw_ids, escaped_cells
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from office.actor import Actor
from office.wake import wake
from rent_ledger.enums import FIRST_SUBLEDGER_ID, PROJECTED_KINDS, EntryKind, Nature
from rent_ledger.models import Entry, Posting
from rent_ledger.services import projections
from rent_ledger.services.entries import NewEntry, NewPosting, PostedEntry
from rent_ledger.services.settling import OpenBooks, settle

_OTHER_THAN_MONEY = frozenset({EntryKind.DEMAND, EntryKind.REVERSAL, EntryKind.RETURN})
MONEY = frozenset({Nature.PAYMENT, Nature.REFUND, Nature.BENEFIT, Nature.TRANSFER})


def _hash(entry: NewEntry) -> str:
    content = f"{entry.kind}|{entry.effective_on}|{entry.reverses}|" + ";".join(
        [f"{p.debit},{p.credit},{p.amount:.2f},{p.nature},{p.due_on},{p.for_month}" for p in entry.postings]
    )
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


@transaction.atomic
def post(*, entries: Sequence[NewEntry], actor: Actor, is_replayable: bool = True) -> list[PostedEntry]:
    """Enter `entries`, lay money on debts, refresh projections. Results are in the order of `entries`.

    Same key and content: the first result, `replayed`. Same key, other content: `Conflict`. A day in a closed month is
    booked in the first open month after it. `is_replayable` false: the keys hold ids just drawn, none can be known.
    """
    if not entries:
        return []
    _check(entries)
    accounts = _lock_accounts(p for e in entries for p in e.postings)
    known = _known([e.key for e in entries]) if is_replayable else {}
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
    written = _write(fresh, actor, is_replayable=is_replayable) if fresh else {}
    if fresh:
        settle(fresh, written, OpenBooks(accounts))
        projections.refresh(account_ids=list(accounts), day=clock.today(), payments=_payments(fresh))
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


def _payments(entries: Sequence[NewEntry]) -> projections.Payments | None:
    """The latest payment by account; None where something else than money is among `entries`."""
    if not _OTHER_THAN_MONEY.isdisjoint({e.kind for e in entries}):
        return None
    latest: dict[int, tuple[date, Decimal]] = {}
    for entry in entries:
        for p in entry.postings:
            if p.nature == Nature.PAYMENT and (p.credit not in latest or latest[p.credit][0] <= p.due_on):
                latest[p.credit] = (p.due_on, p.amount)
    return latest


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
    ids: set[int] = set()
    for p in postings:
        debit, credit = (p.debit, p.credit) if isinstance(p, NewPosting) else (p.debit_id, p.credit_id)
        ids.update(i for i in (debit, credit) if i >= FIRST_SUBLEDGER_ID)
    return lock_accounts(ids)


def lock_accounts(ids: Collection[int]) -> dict[int, str]:
    """Lock the accounts that have open items (of tenants, of benefits), in id order; returns their kinds.

    The others (landlords, mandants) are sums that nothing is laid on: two runs may write to them at once.
    """
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, kind FROM rent_ledger_account WHERE id = ANY(%s::bigint[]) AND kind = ANY(%s)
            ORDER BY id FOR NO KEY UPDATE
            """,
            [bigints(sorted(ids)), sorted(PROJECTED_KINDS)],
        )
        return dict(cursor.fetchall())


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


def booking_days(wished: Collection[date]) -> dict[date, date]:
    """Accounting day by wished day: the day itself, or the first day of the first open month after it."""
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


def _write(entries: Sequence[NewEntry], actor: Actor, *, is_replayable: bool = True) -> dict[str, PostedEntry]:
    """The rows of new entries and their postings, by key. The caller holds the accounts, and settles them.

    An entry that nobody can send again (its key holds an id just drawn) needs no hash of its content.
    """
    entry_ids = draw_ids(Entry, len(entries))
    posting_ids = iter(draw_ids(Posting, sum([len(e.postings) for e in entries])))
    recorded = f"{clock.now().isoformat()}\t{NULL if actor.user_id is None else actor.user_id}"
    booked = {
        wished: f"{day}\t{day:%Y-%m-01}\t{recorded}"
        for wished, day in booking_days({e.booked_on or e.effective_on for e in entries}).items()
    }
    written: dict[str, PostedEntry] = {}
    entry_lines, posting_lines = [], []
    for pk, e in zip(entry_ids, entries, strict=True):
        effective = e.effective_on.isoformat()
        digest = _hash(e) if is_replayable else ""
        entry_lines.append(
            f"{pk}\t{e.kind}\t{effective}\t{booked[e.booked_on or e.effective_on]}\t"
            f"{escaped_cells((e.key, digest, e.label[:140]))}\t{NULL if e.reverses is None else e.reverses}"
        )
        ids = tuple(islice(posting_ids, len(e.postings)))
        for posting_id, (debit, credit, amount, nature, due_on, for_month) in zip(ids, e.postings, strict=True):
            posting_lines.append(
                f"{posting_id}\t{pk}\t{debit}\t{credit}\t{amount!s}\t{nature}\t{due_on}\t{effective}\t"
                f"{for_month or NULL}"
            )
        written[e.key] = PostedEntry(pk, ids, False)
    try:
        with transaction.atomic():
            copy_lines(
                "rent_ledger_entry",
                ("id", "kind", "effective_on", "booked_on", "month", "recorded_at", "author_id", "idempotency_key",
                 "payload_hash", "label", "reverses_id"),
                entry_lines,
            )  # fmt: skip
    except IntegrityError as error:
        if "idempotency_key" in str(error) or "reverses" in str(error):
            raise Conflict(
                "Cette opération vient d’être enregistrée par quelqu’un d’autre. Rechargez la page."
            ) from error
        raise
    copy_lines(
        "rent_ledger_posting",
        ("id", "entry_id", "debit_id", "credit_id", "amount", "nature", "due_on", "effective_on", "for_month"),
        posting_lines,
    )
    return written


__all__ = ["NewEntry", "NewPosting", "PostedEntry", "post", "reverse"]
