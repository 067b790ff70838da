"""What Django refuses to start with (`manage.py check`): two natures of one rank, a nature billed without account."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from rent_ledger.books.codes import General
from rent_ledger.books.rules.natures import NATURES


def _accounts() -> Iterator[tuple[int, str]]:
    """Id and owner's name of each general account. A nature may share the very account of another one."""
    for income in {rule.income for rule in NATURES.values() if rule.income}:
        yield income.id, f"{income.code} {income.label}"
    for name, general in General.__members__.items():
        # A second name of one number is no member of its own.
        yield int(general), f"{general.code} {general.label}" if name == general.name else name


@register()
def check_natures(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """E001: two accounts with one id. E002: two natures with one rank. E003: a nature that is no housing expense and
    has a lower rank than one that is. E004: a contract may bill a nature that has no income account."""
    found: list[CheckMessage] = []
    accounts: defaultdict[int, set[str]] = defaultdict(set)
    for number, account in _accounts():
        accounts[number].add(account)
    for number, names in accounts.items():
        if len(names) > 1:
            found.append(Error(f"Accounts with one id, {number}: {', '.join(sorted(names))}.", id="rent_ledger.E001"))
    ranks: defaultdict[int, list[str]] = defaultdict(list)
    for code, rule in NATURES.items():
        ranks[rule.rank].append(code)
    for rank, codes in ranks.items():
        if len(codes) > 1:
            found.append(Error(f"Natures with one rank, {rank}: {', '.join(sorted(codes))}.", id="rent_ledger.E002"))
    last = max(rule.rank for rule in NATURES.values() if rule.is_housing)
    for code, rule in NATURES.items():
        if not rule.is_housing and rule.rank < last:
            found.append(Error(f"The rank of {code} is below that of a housing expense.", id="rent_ledger.E003"))
        if rule.in_rent_terms and (rule.income is None or NATURES[rule.after_end or code].income is None):
            found.append(
                Error(
                    f"A contract may bill {code}, but it, or what follows it, has no income account.",
                    hint="Give it an `income` in leases.contracts.natures.",
                    id="rent_ledger.E004",
                )
            )
    return found
