"""The only way into the books: `post` enters facts, `reverse` undoes them. Runs, bank imports and payments call them.

Both take a set of facts and cost a constant number of queries. They write everything in one transaction: entries,
postings, allocations, open items, account states. Accounts are locked first, in the order of their ids, so that two
calls can't deadlock.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from common import clock
from common.copy import NULL, DayCells, bigints, copy_lines, draw_ids, escaped_cells
from common.db import analyze_new, check_constraints, constraint_name
from common.errors import Conflict, InvalidInput
from common.money import ZERO
from common.periods import Month
from common.typography import euros
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.jobs.wake import wake
from rent_ledger.billing.models import RentDemand
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, PROJECTED_KINDS, AccountKind, EntryKind
from rent_ledger.books.models import Account, Allocation, Entry, OpenItem, Posting
from rent_ledger.books.rules.natures import MONEY_NATURES
from rent_ledger.books.services import projections
from rent_ledger.books.services.entries import NewEntry, NewPosting, PostedEntry
from rent_ledger.books.services.given_up import came_back_beyond, lessenings
from rent_ledger.books.services.settling import OpenBooks, settle
from rent_ledger.books.services.settling_alone import settle_alone

# Entries that may change the term, or take a payment back: see `_payments`.
_OTHER_THAN_MONEY = frozenset({EntryKind.DEMAND, EntryKind.REVERSAL, EntryKind.RETURN})
# The constraints that refuse an entry which somebody else has posted, or reversed, meanwhile.
_ONCE = frozenset({"entry_idempotency_key", "rent_ledger_entry_reverses_id_key"})
# To refresh more states than this, run ANALYZE first: the planner must know that the tables are no longer empty.
# Sums of a hundred such amounts still fit their columns.
MOST_POSTED = Decimal("100000000.00")
_MANY = 500
CAME_BACK = (
    "De l’argent est rentré sur une perte de ce compte, plus que l’avis corrigé n’en laisse : "
    "annulez d’abord la rentrée, dans Pertes et remises."
)
_READ_FOR_STATES = [m._meta.db_table for m in (Account, RentDemand, Entry, Posting, Allocation, OpenItem)]


def payload_hash(entry: NewEntry) -> str:
    """What is kept of an entry to tell it from another under the same key: its kind, its day and its postings."""
    content = f"{entry.kind}|{entry.effective_on}|{entry.reverses}|" + ";".join(
        [f"{p.debit},{p.credit},{p.amount:.2f},{p.nature},{p.due_on},{p.for_month}" for p in entry.postings]
    )
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


class Ahead(NamedTuple):
    """A promise of the caller: on each account of `asked`, its entries bill one demand of `month`, all of it due after
    today, and nothing else. The states of these accounts are then refreshed with fewer reads (docs/adr/0011).

    `asked`: (net, gross) of that demand in euros, by tenant account.
    """

    month: Month
    asked: Mapping[int, tuple[Decimal, Decimal]]


class JointAllocation:
    """One allocation for the entries of several calls of `post` or `reverse`, made by `finish` in their transaction.

    To correct a demand takes several entries: it is reversed, billed again, and the benefit of its month is settled.
    Money that the reversal frees must wait for the others, or it would go to other debts. On accounts of expected
    benefit nothing waits: their money goes to its month, whatever comes later.
    """

    def __init__(self) -> None:
        self.entries: list[NewEntry] = []
        self.written: dict[str, PostedEntry] = {}
        self.accounts: dict[int, str] = {}

    def add(self, entries: Sequence[NewEntry], written: Mapping[str, PostedEntry], accounts: Mapping[int, str]) -> None:
        """Keep `entries` for `finish`; allocate on the accounts of expected benefit now."""
        self.entries += entries
        self.written |= written
        self.accounts |= accounts
        settle(entries, written, OpenBooks({a: kind for a, kind in accounts.items() if kind == AccountKind.BENEFIT}))

    def finish(self, *, actor: Actor) -> None:
        """Allocate on the other accounts, take back what was given up of debts that are no more, then refresh the
        states of all. `Conflict` (`came_back`): more would have come back of a loss than is lost."""
        others = {a: kind for a, kind in self.accounts.items() if kind != AccountKind.BENEFIT}
        settle(self.entries, self.written, OpenBooks(others))
        if any(entry.reverses is not None for entry in self.entries):
            _take_back_given_up(others, act=min(e.id for e in self.written.values()), actor=actor)
        projections.refresh(account_ids=sorted(self.accounts), day=clock.today())
        wake("arrears_changed")


@transaction.atomic
def post(
    *,
    entries: Sequence[NewEntry],
    actor: Actor,
    is_replayable: bool = True,
    locked: Mapping[int, str] | None = None,
    ahead: Ahead | None = None,
    documents: Callable[[list[PostedEntry]], None] | None = None,
    joint: JointAllocation | None = None,
) -> list[PostedEntry]:
    """Post `entries`, allocate money to debts, refresh the account states. Returns the results, in the same order.

    An entry that is posted again, with the same key and content, gives the first result, `replayed`. `Conflict` if its
    content differs, or if the call has a key twice; `InvalidInput` for an entry without a posting, or an amount of zero
    or less. An entry whose accounting day is in a closed month is booked on the first day of the next open one.

    The other arguments are for callers that post many entries:

    - `is_replayable` false: each key contains an id just drawn, so no entry can have it already. None is looked up.
    - `locked`: kinds by id of the accounts that the caller has locked. All accounts with open items must be there.
    - `ahead`: see `Ahead`.
    - `documents`: writes the rows that point to the entries (demands). It is called once the foreign keys are checked,
      and before the states are refreshed.
    - `joint`: see `JointAllocation`. The caller calls `finish`.
    """
    if not entries:
        return []
    _check(entries)
    accounts = _lock_moved(entries) if locked is None else locked
    known = _known([e.key for e in entries]) if is_replayable else {}
    fresh: list[NewEntry] = []
    for entry in entries:
        if entry.key in known:
            if known[entry.key][1] != payload_hash(entry):
                raise Conflict(
                    "Cette opération est déjà enregistrée avec un autre contenu. "
                    "Rechargez la page avant de recommencer."
                )
        else:
            fresh.append(entry)
    written: dict[str, PostedEntry] = {}
    if fresh:
        written = _write(fresh, actor, is_replayable=is_replayable)
        if joint is not None:
            joint.add(fresh, written, accounts)
        elif apart := settle_alone(fresh, written, accounts):
            settle(apart, written, OpenBooks(_touched(apart, accounts)))
    replayed = {k: PostedEntry(v[0], tuple(v[2]), True) for k, v in known.items()}
    posted = [written.get(e.key) or replayed[e.key] for e in entries]
    today = clock.today()
    states = set(accounts)
    if ahead is not None and joint is None:
        done = projections.refresh_ahead(month=ahead.month, asked=ahead.asked, day=today)
        # An account of expected benefit has no state: it counts in that of its lease's tenant account.
        states = {account for account, kind in accounts.items() if kind != AccountKind.BENEFIT} - done
    if documents is not None:
        check_constraints()
        documents(posted)
        if len(states) > _MANY:
            analyze_new(_READ_FOR_STATES)
    if fresh and states and joint is None:
        projections.refresh(account_ids=sorted(states), day=today, payments=_payments(fresh))
        wake("arrears_changed")
    return posted


def _take_back_given_up(accounts: Collection[int], *, act: int, actor: Actor) -> None:
    if entries := lessenings(accounts, act=act):
        post(entries=entries, actor=actor)
        if came_back_beyond(accounts):
            raise Conflict(CAME_BACK, code="came_back")


def _touched(entries: Sequence[NewEntry], accounts: Mapping[int, str]) -> dict[int, str]:
    """Those of `accounts` that the postings of `entries` debit or credit."""
    ids = {i for e in entries for p in e.postings for i in (p.debit, p.credit)}
    return {account: accounts[account] for account in ids if account in accounts}


@transaction.atomic
def reverse(
    *,
    entry_ids: Sequence[int],
    actor: Actor,
    effective_on: date | None = None,
    kind: str = EntryKind.REVERSAL,
    label: str = "",
    booked_on: date | None = None,
    joint: JointAllocation | None = None,
) -> list[PostedEntry]:
    """Undo entries: post the mirror of each (key `reversal:<id>`), undo its allocations, allocate what this frees.

    `effective_on`: the day from which the reversal counts between the parties (of a returned debit, the bank's day).
    None: the day of each original, as if it had never been (a demand that is undone). Where the original made another
    entry stand again, it is that entry which is taken back: then the day is its own. `booked_on`: the accounting day;
    None: `effective_on` where it is given, else today. `joint`: see `JointAllocation`.

    `Conflict` if one of them is reversed already; `InvalidInput` for an unknown id.
    """
    originals = {e.pk: e for e in Entry.objects.filter(pk__in=entry_ids)}
    if len(originals) != len(set(entry_ids)):
        raise InvalidInput("Une des écritures à annuler n’existe pas.")
    moved = Posting.objects.filter(entry_id__in=entry_ids).values_list("debit_id", "credit_id")
    lock_accounts({i for pair in moved for i in pair})
    done = Entry.objects.filter(reverses_id__in=entry_ids).first()
    if done is not None:
        raise Conflict(
            f"Cette opération a déjà été annulée le {done.recorded_at.astimezone(clock.PARIS):%d/%m/%Y}. "
            "Rechargez la page."
        )
    postings = defaultdict(list)
    for posting in Posting.objects.filter(entry_id__in=entry_ids).order_by("id"):
        postings[posting.entry_id].append(posting)
    days, dues = _firsts(originals.values())
    dues = {pk: [p.due_on for p in own] for pk, own in postings.items()} | dues
    mirrors = [
        NewEntry(
            kind=kind,
            key=f"reversal:{entry_id}",
            effective_on=effective_on or days.get(entry_id) or originals[entry_id].effective_on,
            booked_on=booked_on or (None if effective_on else clock.today()),
            label=label or f"Annulation : {originals[entry_id].label}",
            reverses=entry_id,
            postings=tuple(
                NewPosting(
                    debit=p.credit_id,
                    credit=p.debit_id,
                    amount=p.amount,
                    nature=p.nature,
                    due_on=effective_on if effective_on and p.nature in MONEY_NATURES else due,
                    for_month=p.for_month,
                )
                for p, due in zip(postings[entry_id], dues[entry_id], strict=True)
            ),
        )
        for entry_id in entry_ids
    ]
    return post(entries=mirrors, actor=actor, joint=joint)


_FIRSTS = """
WITH RECURSIVE chain AS (
    SELECT w.id AS last, w.id, 0 AS depth FROM unnest(%s::bigint[]) AS w(id)
    UNION ALL
    SELECT c.last, e.reverses_id, c.depth + 1 FROM chain c JOIN rent_ledger_entry e ON e.id = c.id
    WHERE e.reverses_id IS NOT NULL
)
SELECT DISTINCT ON (c.last) c.last, c.depth, e.effective_on,
    ARRAY(SELECT p.due_on FROM rent_ledger_posting p WHERE p.entry_id = e.id ORDER BY p.id)
FROM chain c JOIN rent_ledger_entry e ON e.id = c.id ORDER BY c.last, c.depth DESC
"""


def _firsts(originals: Collection[Entry]) -> tuple[dict[int, date], dict[int, list[date]]]:
    """Of the entries that take back another one: the days of the first entry of the chain.

    Its effective day, for those by which it stands again: whoever reverses them takes back the first entry, from its
    own day. The due days of its postings, for all: money that stands again is money of the day on which it came. No
    query where none takes back another.
    """
    chained = [e.pk for e in originals if e.reverses_id is not None]
    if not chained:
        return {}, {}
    with connection.cursor() as cursor:
        cursor.execute(_FIRSTS, [bigints(chained)])
        rows = cursor.fetchall()
    days = {last: day for last, depth, day, _ in rows if depth % 2 == 0}
    return days, {last: dues for last, _, _, dues in rows}


def _payments(entries: Sequence[NewEntry]) -> projections.Payments | None:
    """The latest payment (day, euros) by account id; None if an entry may change more than that: refresh everything."""
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
            raise Conflict("La même opération est demandée deux fois. Rechargez la page avant de recommencer.")
        keys.add(entry.key)
        if not entry.postings:
            raise InvalidInput("Une écriture sans montant ne peut pas être enregistrée.")
        for p in entry.postings:
            if not ZERO < p.amount <= MOST_POSTED:
                raise InvalidInput(
                    f"Le montant doit être supérieur à zéro, et d’au plus {euros(MOST_POSTED)}.", field="amount"
                )


def _lock_moved(entries: Sequence[NewEntry]) -> dict[int, str]:
    return lock_accounts({i for e in entries for p in e.postings for i in (p.debit, p.credit)})


def lock_accounts(ids: Collection[int]) -> dict[int, str]:
    """Lock those of `ids` that have open items, in the order of ids. Returns their kinds by id.

    Nothing is allocated on the others (general accounts, landlords, mandants): two runs may post there at once.
    """
    held = sorted([i for i in ids if i >= FIRST_SUBLEDGER_ID])
    if not held:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, kind FROM rent_ledger_account WHERE id = ANY(%s::bigint[]) AND kind = ANY(%s)
            ORDER BY id FOR NO KEY UPDATE
            """,
            [bigints(held), sorted(PROJECTED_KINDS)],
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
    """The accounting day by wished day: the day itself, or the first day of the next open month if its own is closed.

    Opens the months that the books don't have yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT month FROM rent_ledger_ledgermonth WHERE closed_at IS NOT NULL")
        closed = {month for (month,) in cursor.fetchall()}
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


def _write(entries: Sequence[NewEntry], actor: Actor, *, is_replayable: bool) -> dict[str, PostedEntry]:
    """Write new entries and their postings. Returns their ids by key. Nothing is allocated yet.

    An entry that is not replayable is never compared with another one: its content is not hashed.
    """
    entry_ids = draw_ids(Entry, len(entries))
    posting_ids = iter(draw_ids(Posting, sum([len(e.postings) for e in entries])))
    recorded = f"{clock.now().isoformat()}\t{NULL if actor.user_id is None else actor.user_id}"
    booked = {
        wished: f"{day}\t{day:%Y-%m-01}\t{recorded}"
        for wished, day in booking_days({e.booked_on or e.effective_on for e in entries}).items()
    }
    days = DayCells()
    written: dict[str, PostedEntry] = {}
    entry_lines, posting_lines = [], []
    for pk, e in zip(entry_ids, entries, strict=True):
        effective = days[e.effective_on]
        digest = payload_hash(e) if is_replayable else ""
        entry_lines.append(
            f"{pk}\t{e.kind}\t{effective}\t{booked[e.booked_on or e.effective_on]}\t"
            f"{escaped_cells((e.key, digest, e.label[:140]))}\t{NULL if e.reverses is None else e.reverses}"
        )
        ids = tuple(islice(posting_ids, len(e.postings)))
        for posting_id, (debit, credit, amount, nature, due_on, for_month) in zip(ids, e.postings, strict=True):
            posting_lines.append(
                f"{posting_id}\t{pk}\t{debit}\t{credit}\t{amount!s}\t{nature}\t{days[due_on]}\t{effective}\t"
                f"{days[for_month]}"
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
        if constraint_name(error) not in _ONCE:
            raise
        raise Conflict("Cette opération vient d’être enregistrée par quelqu’un d’autre. Rechargez la page.") from error
    copy_lines(
        "rent_ledger_posting",
        ("id", "entry_id", "debit_id", "credit_id", "amount", "nature", "due_on", "effective_on", "for_month"),
        posting_lines,
    )
    return written


__all__ = ["Ahead", "JointAllocation", "NewEntry", "NewPosting", "PostedEntry", "post", "reverse"]
