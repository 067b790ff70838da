"""Post new bank lines: match them, post, allocate to debts, reverse returned payments. Set-based."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from common import clock
from common.copy import NULL, DayCells, bigints, copy_lines, draw_ids, escaped_cells
from common.reasons import Reason
from leases.contracts.natures import Nature
from office.access.actor import Actor
from office.models import BankAccount
from rent_ledger.bank.codes import LineState
from rent_ledger.bank.models import BankLine, Match
from rent_ledger.bank.services.bank_facts import designations, load_index, load_paid
from rent_ledger.bank.services.bank_lines import LineDraft
from rent_ledger.benefits.models import BenefitStatement
from rent_ledger.books.codes import FIRST_SUBLEDGER_ID, EntryKind, General
from rent_ledger.books.queries.standing import standing
from rent_ledger.books.services.accounts import bank_ledger_account
from rent_ledger.books.services.posting import NewEntry, NewPosting, post, reverse
from rent_ledger.matching.codes import MatchWhy
from rent_ledger.matching.reasons import stored, stored_text
from rent_ledger.matching.rules.line_references import demand_references
from rent_ledger.matching.rules.match_facts import LineFacts, MatchResult, Rule, Verdict
from rent_ledger.matching.rules.match_index import Index
from rent_ledger.matching.rules.matching import is_surely, match

_STATES = {
    Verdict.SURE: LineState.SURE,
    Verdict.BENEFIT: LineState.SURE,
    Verdict.RETURN: LineState.SURE,
    Verdict.PROPOSED: LineState.PROPOSED,
    Verdict.TO_PLACE: LineState.TO_PLACE,
    Verdict.OTHER: LineState.OTHER,
}


@dataclass(frozen=True, slots=True)
class _Item:
    """A line to write, its statement, and the id reserved for it."""

    id: int
    statement_id: int
    bank_account_id: int
    draft: LineDraft


def enter_lines(new: Sequence[tuple[int, int, LineDraft]], actor: Actor) -> Counter[str]:
    """Write, match and post new lines: the credits, then the debits (a return may undo a credit of the same file)."""
    counts: Counter[str] = Counter()
    if not new:
        return counts
    items = [_Item(pk, *values) for pk, values in zip(draw_ids(BankLine, len(new)), new, strict=True)]
    facts = {item.id: item.draft.facts() for item in items}
    bank = {b.pk: bank_ledger_account(b) for b in BankAccount.objects.filter(pk__in={i.bank_account_id for i in items})}
    index = load_index(list(facts.values()))
    for part in ([i for i in items if i.draft.amount > 0], [i for i in items if i.draft.amount <= 0]):
        if part and part[0].draft.amount <= 0:
            index.add_paid(load_paid([facts[i.id] for i in part]))
        results: dict[int, MatchResult] = {}
        for item in part:
            result = match(facts[item.id], index)
            if result.statement_id is not None:
                index.taken_statements.add(result.statement_id)
            if result.paid_line_id is not None:
                index.taken_lines.add(result.paid_line_id)
            results[item.id] = result
            counts[_STATES[result.verdict]] += 1
        _write(part, results, facts, bank, index, actor)
    return counts


def _write(
    items: Sequence[_Item],
    results: dict[int, MatchResult],
    facts: dict[int, LineFacts],
    bank: dict[int, int],
    index: Index,
    actor: Actor,
) -> None:
    named = designations(
        facts[i].text for i, r in results.items() if r.rule == Rule.DEMAND and r.verdict == Verdict.SURE
    )
    entries = {
        item.id: entry
        for item in items
        if (entry := _entry(item, results[item.id], bank[item.bank_account_id], named, facts[item.id])) is not None
    }
    posted = post(entries=list(entries.values()), actor=actor, is_replayable=False)
    line_entries: dict[int, int] = {i: p.id for i, p in zip(entries, posted, strict=True)}
    match_entries: dict[int, int | None] = {i: e for i, e in line_entries.items() if results[i].verdict == Verdict.SURE}
    for line_id, (line_entry, match_entry) in _return(items, results, actor).items():
        line_entries[line_id], match_entries[line_id] = line_entry, match_entry
    reasons = {line_id: stored_text(result.reasons, result.doubts) for line_id, result in results.items()}
    days = DayCells()
    copy_lines(
        BankLine._meta.db_table,
        ("id", "statement_id", "bank_account_id", "booking_day", "value_day", "amount", "rank", "is_return", "entry_id",
         "state", "content_hash", "bank_reference", "label", "counterparty_name", "counterparty_iban", "end_to_end",
         "structured_reference", "mandate", "operation_code", "return_reason", "reasons", "ultimate_name",
         "counterparty_address"),
        (_line_row(i, _STATES[results[i.id].verdict], reasons[i.id], line_entries.get(i.id), days) for i in items),
    )  # fmt: skip
    matched = [(i, account) for i in items if (account := results[i.id].account_id) is not None]
    decided = f"{NULL if actor.user_id is None else actor.user_id}\t{clock.now().isoformat()}"
    copy_lines(
        Match._meta.db_table,
        ("line_id", "account_id", "amount", "entry_id", "is_accepted", "decided_by_id", "decided_at", "rule",
         "reasons"),
        (
            _match_row(i, account, results[i.id], reasons[i.id], match_entries.get(i.id), decided)
            for i, account in matched
        ),
    )  # fmt: skip
    learn_ibans(
        [
            (i.draft.counterparty_iban, account, i.draft.counterparty_name, i.draft.booking_day)
            for i, account in matched
            if results[i.id].verdict == Verdict.SURE and _teaches_iban(i.draft, index, account)
        ]
    )
    for line_id, result in results.items():
        if result.statement_id is not None:
            BenefitStatement.objects.filter(pk=result.statement_id).update(bank_line_id=line_id)


def _line_row(item: _Item, state: str, reasons: str, entry: int | None, days: DayCells) -> str:
    (
        booking_day, value_day, amount, content_hash, bank_reference, label, name, iban, end_to_end,
        structured_reference, mandate, operation_code, return_reason, is_return, rank, ultimate_name, address,
    ) = item.draft  # fmt: skip
    return (
        f"{item.id}\t{item.statement_id}\t{item.bank_account_id}\t{days[booking_day]}\t{days[value_day]}\t"
        f"{amount!s}\t{rank}\t{'t' if is_return else 'f'}\t{entry or NULL}\t"
    ) + escaped_cells(
        (state, content_hash, bank_reference, label, name, iban, end_to_end, structured_reference, mandate,
         operation_code, return_reason, reasons, ultimate_name, address)
    )  # fmt: skip


def _match_row(item: _Item, account: int, result: MatchResult, reasons: str, entry: int | None, decided: str) -> str:
    """`decided`: two cells, user and time, for a match accepted without a person."""
    decision = f"f\t{NULL}\t{NULL}" if result.verdict == Verdict.PROPOSED else f"t\t{decided}"
    return (
        f"{item.id}\t{account}\t{item.draft.amount!s}\t{entry or NULL}\t{decision}\t"
        f"{escaped_cells((result.rule.value, reasons))}"
    )


def _entry(
    item: _Item, result: MatchResult, bank: int, named: dict[str, list[tuple[int, int]]], facts: LineFacts
) -> NewEntry | None:
    """The entry of a line under `bank:<line id>`; None for a return (it reverses the payment) or a zero."""
    draft = item.draft
    amount, day = abs(draft.amount), draft.booking_day
    if draft.amount == 0 or result.verdict == Verdict.RETURN:
        return None
    designate: tuple[int, ...] = ()
    if result.verdict == Verdict.SURE and result.account_id is not None:
        kind, other, nature, label = EntryKind.PAYMENT, result.account_id, Nature.PAYMENT, "Virement reçu"
        if result.rule == Rule.DEMAND:
            designate = designated(facts.text, named, result.account_id)
    elif result.verdict == Verdict.BENEFIT:
        kind, other, nature, label = (
            EntryKind.BANK_OTHER, General.BENEFIT_TRANSIT, Nature.TRANSFER, "Virement d’un organisme payeur",
        )  # fmt: skip
    elif result.rule == Rule.FEES:
        kind, other, nature, label = EntryKind.BANK_OTHER, General.BANK_FEES, Nature.FEES, "Frais de banque"
    elif result.verdict == Verdict.OTHER:
        kind, other, nature, label = EntryKind.BANK_OTHER, General.SUSPENSE, Nature.TRANSFER, "Sortie d’argent"
    else:
        kind, other, nature, label = EntryKind.BANK_UNPLACED, General.SUSPENSE, Nature.TRANSFER, "Mouvement à placer"
    debit, credit = (bank, int(other)) if draft.amount > 0 else (int(other), bank)
    return NewEntry(
        kind=kind, key=f"bank:{item.id}", effective_on=day, label=label, designate=designate,
        postings=(NewPosting(debit, credit, amount, nature, day),),
    )  # fmt: skip


def designated(text: str, named: dict[str, list[tuple[int, int]]], account_id: int) -> tuple[int, ...]:
    """Ids of the debt postings of `account_id` that belong to the avis named in `text`."""
    return tuple(
        posting
        for reference in sorted(demand_references(text))
        for posting, account in named.get(reference, ())
        if account == account_id
    )


def _return(items: Sequence[_Item], results: dict[int, MatchResult], actor: Actor) -> dict[int, tuple[int, int | None]]:
    """Reverse the payments that were returned. By line id: the reversal on the bank account, and the one on the
    tenant's account (the same entry if the payment was posted directly to it, None if it was never placed)."""
    paid_of = {i.id: paid for i in items if (paid := results[i.id].paid_line_id) is not None}
    if not paid_of:
        return {}
    lines = BankLine.objects.filter(pk__in=paid_of.values(), entry__isnull=False)
    entry_of = dict(lines.values_list("id", "entry_id"))
    placed: defaultdict[int, list[int]] = defaultdict(list)
    for line_id, entry_id in Match.objects.filter(
        line_id__in=paid_of.values(), is_accepted=True, undone_at=None, entry__isnull=False
    ).values_list("line_id", "entry_id"):
        if entry_id != entry_of[line_id]:
            placed[line_id].append(entry_id)
    # Of a payment whose return was taken back, what took it back is reversed.
    stand = standing([*entry_of.values(), *(e for ids in placed.values() for e in ids)])
    by_day: defaultdict[date, list[int]] = defaultdict(list)
    for item in items:
        paid = paid_of.get(item.id)
        if paid is not None:
            by_day[item.draft.booking_day] += [entry_of[paid], *placed[paid]]
    mirrors: dict[int, int] = {}
    for day, ids in by_day.items():
        done = reverse(
            entry_ids=[stand.get(e, e) for e in ids], actor=actor, effective_on=day, kind=EntryKind.RETURN,
            label="Paiement rejeté par la banque",
        )  # fmt: skip
        mirrors |= {original: mirror.id for original, mirror in zip(ids, done, strict=True)}
    now = clock.now()
    waiting = BankLine.objects.filter(
        pk__in=paid_of.values(), state__in=[LineState.PROPOSED, LineState.TO_PLACE]
    ).values_list("id", flat=True)
    gone = list(waiting)
    Match.objects.filter(line_id__in=gone, is_accepted=False, undone_at=None).update(undone_at=now)
    BankLine.objects.filter(pk__in=gone).update(state=LineState.OTHER, reasons=stored(Reason(MatchWhy.RETURNED_BEFORE)))
    return {
        line_id: (
            mirrors[entry_of[paid]],
            mirrors[placed[paid][0]] if placed[paid] else mirrors[entry_of[paid]],
        )
        for line_id, paid in paid_of.items()
    }


def _teaches_iban(draft: LineDraft, index: Index, account_id: int) -> bool:
    """Whether to remember the line's IBAN without asking a person: it is new, and the payer has the name of the
    account's household and of no other."""
    iban = draft.counterparty_iban
    if not iban or account_id in index.ibans.get(iban, ()):
        return False
    account = index.accounts.get(account_id)
    return account is not None and is_surely(account, draft.counterparty_name, index, draft.booking_day)


def learn_ibans(found: Iterable[tuple[str, int, str, date]]) -> None:
    """Remember that these IBANs paid for these accounts: (IBAN, account, holder, since)."""
    new = {(i, a): (h[:140], s) for i, a, h, s in found if i and a >= FIRST_SUBLEDGER_ID}
    if not new:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rent_ledger_knowniban (iban, account_id, holder, since)
            SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::date[]) ON CONFLICT DO NOTHING
            """,
            [[i for i, _ in new], bigints(a for _, a in new), [h for h, _ in new.values()],
             [s for _, s in new.values()]],
        )  # fmt: skip
