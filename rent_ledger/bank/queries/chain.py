"""Do the statements of an account follow each other? By their balances: a re-export or a second file of a day is none
too many, and a statement that lacks is seen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from rent_ledger.bank.codes import StatementState
from rent_ledger.bank.models import BankStatement


class Link(NamedTuple):
    """A statement as the chain sees it. `first_day` to `last_day`: its lines, or its balances where it has none."""

    id: int | None
    bank_account_id: int
    first_day: date
    last_day: date
    opening: Decimal
    closing: Decimal


def before(link: Link, others: Iterable[Link]) -> Link | None:
    """The statement after which `link` comes although it does not begin where that one ends; None where none lacks.

    One that ends at its opening balance is enough. Else the last of those before it, but for those that share an end
    with it (they show the same days) or begin where it ends. Of one day, the one imported first is before.
    """
    earlier = [o for o in others if o.id != link.id and o.last_day <= link.last_day]
    if any(o.closing == link.opening and o.first_day <= link.first_day for o in earlier):
        return None
    last = [
        o for o in earlier
        if (o.last_day < link.first_day or (o.last_day == link.first_day and _is_older(o, link)))
        and o.opening not in (link.opening, link.closing) and o.closing != link.closing
    ]  # fmt: skip
    return max(last, key=lambda o: (o.last_day, o.id or 0), default=None)


def _is_older(one: Link, other: Link) -> bool:
    return other.id is None or (one.id is not None and one.id < other.id)


def links_of(accounts: Iterable[int], *, until: date) -> dict[int, list[Link]]:
    """The accepted statements of bank accounts that end on `until` or before, by account. One query."""
    rows = BankStatement.objects.filter(
        bank_account__in=set(accounts), state=StatementState.ACCEPTED, last_day__lte=until
    ).values_list("id", "bank_account", "first_day", "last_day", "opening", "closing")  # fmt: skip
    found: defaultdict[int, list[Link]] = defaultdict(list)
    for pk, account, first, last, opening, closing in rows:
        if first and last and opening is not None and closing is not None:
            found[account].append(Link(pk, account, first, last, opening, closing))
    return found


def breaks(shown: Sequence[BankStatement]) -> dict[int, Decimal]:
    """By id, how far the opening balance of a statement is from the closing one before it, where they differ."""
    links = {
        s.pk: Link(s.pk, s.bank_account_id, s.first_day, s.last_day, s.opening, s.closing)
        for s in shown
        if s.first_day and s.last_day and s.opening is not None and s.closing is not None
    }
    if not links:
        return {}
    chains = links_of((k.bank_account_id for k in links.values()), until=max(k.last_day for k in links.values()))
    found = {pk: before(link, chains.get(link.bank_account_id, ())) for pk, link in links.items()}
    return {pk: links[pk].opening - other.closing for pk, other in found.items() if other is not None}
