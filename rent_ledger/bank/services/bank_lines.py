"""Turn the entries of a bank file into our lines: split batches, and keep each movement once even if files overlap.

Two lines are the same movement if they have the same bank reference (when it is unique within the file), else the same
account, booking day and content, in statements that may show one movement twice. Two statements of which one begins at
the balance where the other ends share no movement: an equal line of the second is a second payment. Several equal lines
on one day: of the statements that may overlap, we keep the largest count that any one has.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q

from common.money import ZERO
from rent_ledger.bank.codes import LineState, StatementState
from rent_ledger.bank.formats.model import ReadDetail, ReadEntry, ReadStatement
from rent_ledger.bank.models import BankLine, BankStatement
from rent_ledger.matching.rules.match_facts import LineFacts

NEAR = timedelta(days=3)
"""How far apart two files may book the line of one bank reference."""
# What banks write where they have no reference.
_NO_REFERENCE = frozenset({"NONREF", "NON REF", "NOREF", "NOTPROVIDED", "NOT PROVIDED", "N/A", "NONE", "NEANT"})


class LineDraft(NamedTuple):
    """A booked movement, not saved yet. Texts are cut to the columns' length; `amount` (euros) is signed."""

    booking_day: date
    value_day: date | None
    amount: Decimal
    content_hash: str
    bank_reference: str
    label: str
    counterparty_name: str
    counterparty_iban: str
    end_to_end: str
    structured_reference: str
    mandate: str
    operation_code: str
    return_reason: str
    is_return: bool
    rank: int = 1
    ultimate_name: str = ""
    counterparty_address: str = ""

    def facts(self) -> LineFacts:
        """Who is behind the payer counts as one whom the label names: for a household, and against another."""
        return LineFacts(
            self.amount, self.booking_day, f"{self.label} {self.ultimate_name}".strip(),
            self.counterparty_name, self.counterparty_iban,
            self.end_to_end, self.structured_reference, self.mandate, self.operation_code, self.is_return,
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        values = self._asdict()
        values["booking_day"] = self.booking_day.isoformat()
        values["value_day"] = self.value_day.isoformat() if self.value_day else None
        values["amount"] = str(self.amount)
        return values

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "LineDraft":
        value_day = values["value_day"]
        return cls(
            **values
            | {
                "booking_day": date.fromisoformat(values["booking_day"]),
                "value_day": date.fromisoformat(value_day) if value_day else None,
                "amount": Decimal(values["amount"]),
            }
        )


def drafts_of(statement: ReadStatement) -> list[LineDraft]:
    """The booked lines of a statement. A batch is split into its transactions if they add up to its amount."""
    found: list[LineDraft] = []
    for entry in statement.entries:
        if not entry.booked:
            continue
        if len(entry.details) < 2:
            found.append(_plain(entry))
            continue
        signed = [d.amount if d.credit else -d.amount for d in entry.details if d.amount is not None]
        if len(signed) == len(entry.details) and sum(signed, ZERO) == entry.signed_amount:
            found += [_detail(entry, detail, i, signed[i]) for i, detail in enumerate(entry.details)]
        else:
            found.append(_plain(entry))
    return found


def _plain(entry: ReadEntry) -> LineDraft:
    return LineDraft(
        booking_day=entry.booking_day,
        value_day=entry.value_day,
        amount=entry.signed_amount,
        content_hash=entry.content_key[:32],
        bank_reference=_reference(entry.bank_reference),
        label=_cut(entry.label, 2000),
        counterparty_name=_cut(entry.counterparty_name, 140),
        counterparty_iban=entry.counterparty_iban and _cut(entry.counterparty_iban, 34),
        end_to_end=entry.end_to_end and _cut(entry.end_to_end, 70),
        structured_reference=entry.structured_reference and _cut(entry.structured_reference, 70),
        mandate=entry.mandate and _cut(entry.mandate, 35),
        operation_code=_cut(entry.operation_code, 20),
        return_reason=entry.return_reason and _cut(entry.return_reason, 10),
        is_return=entry.is_return,
        ultimate_name=_cut(entry.ultimate_name, 140),
        counterparty_address=_cut(entry.counterparty_address, 200),
    )


def _detail(entry: ReadEntry, detail: ReadDetail, place: int, amount: Decimal) -> LineDraft:
    content = "\x1f".join((
        entry.content_key, str(place), str(amount), detail.end_to_end, detail.structured_reference, detail.mandate,
        detail.remittance, detail.counterparty_name, detail.counterparty_iban,
    ))  # fmt: skip
    reference = detail.bank_reference or (f"{entry.bank_reference}/{place + 1}" if entry.bank_reference else "")
    return LineDraft(
        booking_day=entry.booking_day,
        value_day=entry.value_day,
        amount=amount,
        content_hash=hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        bank_reference=_reference(reference),
        label=_cut(detail.remittance or entry.label, 2000),
        counterparty_name=_cut(detail.counterparty_name, 140),
        counterparty_iban=_cut(detail.counterparty_iban, 34),
        end_to_end=_cut(detail.end_to_end, 70),
        structured_reference=_cut(detail.structured_reference, 70),
        mandate=_cut(detail.mandate, 35),
        operation_code=_cut(entry.operation_code, 20),
        return_reason=_cut(detail.return_reason or entry.return_reason, 10),
        is_return=entry.is_return or bool(detail.return_reason),
        ultimate_name=_cut(detail.ultimate_name, 140),
        counterparty_address=_cut(detail.counterparty_address, 200),
    )


def _reference(text: str) -> str:
    """The bank's own reference, '' when the bank wrote a placeholder such as NOTPROVIDED."""
    return "" if text.strip().upper() in _NO_REFERENCE or not text.strip(" 0") else _cut(text, 70)


def _cut(text: str, length: int) -> str:
    """`text` without what PostgreSQL refuses: NUL and lone surrogates."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\x00", " ")[:length]


class Span(NamedTuple):
    """The balances between which a statement lies, in euros; None where the bank does not say."""

    opening: Decimal | None = None
    closing: Decimal | None = None

    @property
    def moves(self) -> bool:
        """Whether it says where it lies: of one that ends where it begins, nothing tells what is before or after."""
        return self.opening is not None and self.closing is not None and self.opening != self.closing

    def overlaps(self, other: "Span", *, shared: Decimal) -> bool:
        """Whether both may show lines of the sum `shared` by their balances. Unknown balances are not against it.

        They share an end, or one lies inside the other, or one ends inside the other.
        """
        if self.opening is None or self.closing is None or other.opening is None or other.closing is None:
            return True
        if self.opening == other.opening or self.closing == other.closing:
            return True
        inside, holds = shared == self.closing - self.opening, shared == other.closing - other.opening
        if inside or holds:
            return not (inside and holds)
        return other.closing - shared == self.opening or self.closing - shared == other.opening


class Sorted(NamedTuple):
    """Lines of one statement: `new`, to write (with their rank), and how many were `known` already."""

    new: list[LineDraft]
    known: int


class KnownLines:
    """The lines that one bank account has already, and those that the running import adds."""

    def __init__(self, *, bank_account_id: int, days: Iterable[date]) -> None:
        wanted = sorted(set(days))
        self._holders: defaultdict[tuple[date, str], list[int]] = defaultdict(list)
        """The statement of each known line, by what the line says."""
        self._ranks: dict[tuple[date, str], int] = {}
        self._spans: dict[int, Span] = {}
        self._by_reference: defaultdict[tuple[str, Decimal], list[date]] = defaultdict(list)
        self._families: defaultdict[tuple[date, Decimal], set[str]] = defaultdict(set)
        if not wanted:
            return
        rows = BankLine.objects.filter(
            ~Q(state=LineState.WITHDRAWN),
            bank_account_id=bank_account_id,
            booking_day__range=(wanted[0] - NEAR, wanted[-1] + NEAR),
        ).values_list(
            "booking_day", "content_hash", "rank", "bank_reference", "amount", "statement_id", "statement__file__format"
        )
        for day, content, rank, reference, amount, statement, file_format in rows:
            self._holders[day, content].append(statement)
            self._ranks[day, content] = max(self._ranks.get((day, content), 0), rank)
            if reference:
                self._by_reference[reference, amount].append(day)
            self._families[day, amount].add(family(file_format))
        if self._holders:
            spans = BankStatement.objects.filter(
                bank_account_id=bank_account_id, state=StatementState.ACCEPTED, gap=ZERO,
                first_day__lte=wanted[-1] + NEAR, last_day__gte=wanted[0] - NEAR,
            )  # fmt: skip
            self._spans = {pk: Span(*span) for pk, *span in spans.values_list("id", "opening", "closing")}

    def sort(self, showings: Sequence[Sequence[LineDraft]], *, unique: Counter[str], span: Span) -> list[Sorted]:
        """Separate new lines from known ones, for statements that follow each other (see `bank._runs`).

        `showings`: the lines of each statement, in order. `unique`: how often each bank reference occurs in the file.
        `span`: the balances before the first and after the last of them.
        """
        apart = self._apart(showings, unique, span)
        shown: defaultdict[tuple[date, str], int] = defaultdict(int)
        added: list[tuple[date, str]] = []
        results = []
        for drafts in showings:
            new, known = [], 0
            for draft in drafts:
                if self._has_reference(draft, unique):
                    known += 1
                    continue
                key = (draft.booking_day, draft.content_hash)
                number = shown[key] = shown[key] + 1
                if number <= sum(statement not in apart for statement in self._holders.get(key, ())):
                    known += 1
                else:
                    rank = self._ranks[key] = self._ranks.get(key, 0) + 1
                    new.append(draft if rank == 1 else draft._replace(rank=rank))
                    added.append(key)
            results.append(Sorted(new, known))
        if added:
            number = -1 - len(self._spans)
            self._spans[number] = span
            for key in added:
                self._holders[key].append(number)
        return results

    def _apart(self, showings: Sequence[Sequence[LineDraft]], unique: Counter[str], span: Span) -> set[int]:
        """The statements that by their balances can show no line of these, although they say the same."""
        counts: dict[int, Counter[tuple[date, str]]] = {}
        drafts = {
            (d.booking_day, d.content_hash): d for draft in showings for d in draft
            if (d.booking_day, d.content_hash) in self._holders
        }  # fmt: skip
        if not drafts:
            return set()
        apart = self._chain(span, at=span.opening, end=1) | self._chain(span, at=span.closing, end=0)
        total = sum((d.amount for showing in showings for d in showing), ZERO)
        if span.opening is None or span.closing != span.opening + total:
            return apart  # What does not add up proves nothing more.
        if any(self._has_reference(d, unique) for showing in showings for d in showing):
            return apart  # Both show lines that the bank itself calls the same.
        here = Counter((d.booking_day, d.content_hash) for showing in showings for d in showing)
        for key in drafts:
            for statement in self._holders[key]:
                counts.setdefault(statement, Counter())[key] += 1
        for statement, there in counts.items():
            shared = sum((drafts[key].amount * min(n, here[key]) for key, n in there.items()), ZERO)
            if not span.overlaps(self._spans.get(statement, Span()), shared=shared):
                apart.add(statement)
        return apart

    def _chain(self, span: Span, *, at: Decimal | None, end: int) -> set[int]:
        """The statements before `span` (`end` 1: those that end at the balance `at`, those that end where these begin,
        and so on) or after it (`end` 0). Never back to a balance that was passed: where the account comes back to one,
        nothing tells which statement is meant."""
        found: set[int] = set()
        if not span.moves:
            return found
        passed, ends = set(span), [at]
        while ends:
            here = ends.pop()
            for pk, other in self._spans.items():
                far = other[1 - end]
                if other[end] == here and other.moves and far not in passed:
                    found.add(pk)
                    ends.append(far)
            passed.update(ends)
        return found

    def _has_reference(self, draft: LineDraft, unique: Counter[str]) -> bool:
        reference = draft.bank_reference
        if not reference or unique[reference] != 1:
            return False
        return any(abs(draft.booking_day - d) <= NEAR for d in self._by_reference.get((reference, draft.amount), ()))

    def shown_otherwise(self, draft: LineDraft, file_format: str) -> bool:
        """Whether a file of another format already gave a movement of this amount on this day."""
        return bool(self._families) and bool(
            self._families.get((draft.booking_day, draft.amount), set()) - {family(file_format)}
        )


def family(file_format: str) -> str:
    """`camt` or `CFONB120`. The two formats write the same movement differently, so their lines can't be compared."""
    return "camt" if file_format.startswith("camt") else file_format.partition(" ")[0]
