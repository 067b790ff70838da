"""Procedures of overindebtedness: whose they are, what they freeze, and how a page shows them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Sum

from common.codes import with_codes
from common.money import ZERO
from common.reasons import Reason
from leases.contracts.codes import DEBTOR_ROLES
from leases.models import LeaseParty, Person
from rent_ledger.arrears.codes import FreezeKind
from rent_ledger.arrears.freezes import DebtFreeze, FreezeStep
from rent_ledger.arrears.parameters import freeze_params
from rent_ledger.arrears.rules.freezes import Step, effects, following, frozen_until
from rent_ledger.books.codes import AccountKind, HoldKind
from rent_ledger.books.models import Account, OpenItem
from rent_ledger.books.queries.holds import hold_of

# One row per debt that a running procedure freezes and has not frozen yet: of its person, by a contract to which he is
# or was a party when it fell due (until the end of the contract: after it too), due before admissibility.
# One that is disputed, or in a plan: later. One that another procedure freezes: by both. An erasure takes all that is
# due on its day, held or not (C. conso., art. L. 741-2).
_TO_FREEZE = with_codes(
    f"""
SELECT DISTINCT f.id AS freeze_id, o.posting_id, o.account_id, o.remaining
FROM rent_ledger_debtfreeze f
JOIN rent_ledger_freezestep s ON s.freeze_id = f.id AND s.kind = FreezeKind.ADMISSIBLE
JOIN leases_leaseparty p ON p.person_id = f.person_id AND p.role = ANY(%(roles)s)
JOIN leases_lease l ON l.id = p.lease_id
JOIN rent_ledger_account a ON a.lease_id = l.id
JOIN rent_ledger_openitem o ON o.account_id = a.id AND o.is_debit
{hold_of("o.posting_id")}
WHERE f.ended_on IS NULL AND {{scope}} AND {{is_taken}} AND a.kind = AccountKind.TENANT
    AND lower(p.period) <= o.due_on
    AND (upper(p.period) IS NULL OR upper(p.period) > o.due_on OR upper(p.period) >= upper(l.period))
    AND NOT EXISTS (SELECT 1 FROM rent_ledger_frozendebt d WHERE d.freeze_id = f.id AND d.posting_id = o.posting_id)
ORDER BY o.posting_id, f.id
""",  # noqa: S608
    FreezeKind,
    AccountKind,
)
_DUE_BEFORE = with_codes("""o.due_on < s."on" AND (h.id IS NULL OR h.kind = HoldKind.FREEZE)""", HoldKind)


class ToFreeze(NamedTuple):
    """`remaining`: what is left of the debt (euros)."""

    freeze_id: int
    posting_id: int
    account_id: int
    remaining: Decimal


def debts_to_freeze(*, day: date, freeze_ids: Collection[int] | None = None) -> list[ToFreeze]:
    """What the procedures that run (or these) freeze and have not frozen yet. One query."""
    if freeze_ids is None:
        return _taken("true", _DUE_BEFORE, day=day)
    return _taken("f.id = ANY(%(ids)s)", _DUE_BEFORE, day=day, ids=list(freeze_ids))


def debts_to_erase(freeze: DebtFreeze, *, on: date, day: date) -> list[ToFreeze]:
    """What an erasure of `on` takes besides what the procedure froze. One query."""
    return _taken("f.id = %(id)s", "o.due_on <= %(on)s", day=day, id=freeze.pk, on=on)


def _taken(scope: str, is_taken: str, **params: Any) -> list[ToFreeze]:
    with connection.cursor() as cursor:
        cursor.execute(_TO_FREEZE.format(scope=scope, is_taken=is_taken), {"roles": sorted(DEBTOR_ROLES)} | params)
        return [ToFreeze(*row) for row in cursor.fetchall()]


def accounts_of(person: Person) -> list[int]:
    """The accounts of the contracts to which a person is or was a debtor, in the order of their ids."""
    leases = LeaseParty.objects.filter(person=person, role__in=DEBTOR_ROLES).values("lease")
    return list(
        Account.objects.filter(kind=AccountKind.TENANT, lease__in=leases).order_by("pk").values_list("pk", flat=True)
    )


def others_bound(freeze: DebtFreeze) -> list[Person]:
    """Who else owes something of what a procedure froze, and has no procedure of his own: an erasure leaves him bound.
    Two queries."""
    owed = OpenItem.objects.filter(is_debit=True, posting__freezes__freeze=freeze)
    days: defaultdict[int | None, set[date]] = defaultdict(set)
    for lease, due_on in owed.values_list("account__lease", "due_on"):
        days[lease].add(due_on)
    in_one = DebtFreeze.objects.filter(ended_on=None).values("person")
    parties = LeaseParty.objects.filter(lease__in=days, role__in=DEBTOR_ROLES).exclude(person__in=in_one)
    found = {p.person for p in parties.select_related("person") if any(day in p.period for day in days[p.lease_id])}
    return sorted(found - {freeze.person}, key=lambda person: person.pk)


def erased_on(account_id: int, *, since: date) -> date | None:
    """The last erasure, of `since` or later, of a person who owes on the account; None without one. What was due until
    that day is owed no more, were it in the books or not. One query."""
    parties = LeaseParty.objects.filter(lease__accounts=account_id, role__in=DEBTOR_ROLES)
    erased = FreezeStep.objects.filter(
        kind=FreezeKind.ERASED, on__gte=since, freeze__person__in=parties.values("person")
    )
    return erased.order_by("-on").values_list("on", flat=True).first()


def steps_of(freeze: DebtFreeze) -> list[Step]:
    """The decisions noted, in order, as the rule takes them."""
    return [Step(*row) for row in freeze.decisions.order_by("id").values_list("kind", "on", "until")]


@dataclass(frozen=True, slots=True)
class ShownFreeze:
    """A procedure as a page shows it. `frozen`: what is left of what it froze (euros); `until`: its last day;
    `next_kinds`: what may be noted."""

    freeze: DebtFreeze
    decisions: list[FreezeStep]
    effects: list[Reason]
    until: date | None
    frozen: Decimal
    next_kinds: Sequence[FreezeKind]


@dataclass(frozen=True, slots=True)
class Debtor:
    """A person who owes on the account, with the procedures. `running`: the one that freezes something, if any."""

    person: Person
    running: ShownFreeze | None
    past: list[ShownFreeze]


def debtors_of(account: Account, *, day: date) -> list[Debtor]:
    """Who owes on the account now or owed, with the procedures of each, the latest first."""
    parties = LeaseParty.objects.filter(lease=account.lease_id, role__in=DEBTOR_ROLES).select_related("person")
    persons = {party.person_id: party.person for party in parties.order_by("role", "id")}
    freezes = DebtFreeze.objects.filter(person__in=persons).prefetch_related("decisions__author").order_by("-id")
    by_person: dict[int, list[ShownFreeze]] = {pk: [] for pk in persons}
    for freeze in freezes:
        by_person[freeze.person_id].append(_shown(freeze, day))
    found = []
    for pk, person in persons.items():
        running = next((shown for shown in by_person[pk] if shown.freeze.ended_on is None), None)
        found.append(Debtor(person, running, [shown for shown in by_person[pk] if shown is not running]))
    return found


def _shown(freeze: DebtFreeze, day: date) -> ShownFreeze:
    rows = list(freeze.decisions.all())
    steps, params = [Step(row.kind, row.on, row.until) for row in rows], freeze_params(day)
    left = OpenItem.objects.filter(is_debit=True, posting__freezes__freeze=freeze).aggregate(left=Sum("remaining"))
    return ShownFreeze(
        freeze, rows, effects(steps, params), frozen_until(steps, params), left["left"] or ZERO, following(steps)
    )
