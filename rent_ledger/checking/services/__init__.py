"""Proof of the books: every invariant as a query that must return nothing, to the cent."""

from datetime import date

from django.db import connection

from common import clock
from rent_ledger.checking.services import arrears, bank, books, papers, traces
from rent_ledger.checking.services.designations import wrong_designations
from rent_ledger.checking.services.guards import changed_behind_history, missing_triggers
from rent_ledger.checking.services.invariants import Finding, Invariant
from rent_ledger.checking.services.prints import compare_prints
from rent_ledger.checking.services.states import broken_states

INVARIANTS: tuple[Invariant, ...] = (
    *books.INVARIANTS,
    *papers.INVARIANTS,
    *bank.INVARIANTS,
    *arrears.INVARIANTS,
    *traces.INVARIANTS,
)


def check_ledger(*, day: date | None = None, sources: bool = False) -> list[Finding]:
    """Check all invariants, compare the account states with a recomputation and past rows with their stored digests,
    and check the triggers and histories. Returns the findings; an empty list means that all is well. Writes nothing.

    Not noticed, because nothing tells it from a person's work: a hold or an adjustment forged today in somebody's name.
    From the next night on, the digest of its day shows whether one was added. Lanes, actions and reasons are compared
    on states of `day` only: they read the bank and the decisions as they are now, which can't be had for a day before.
    The nightly roll makes all states of `day` first.

    `sources`: also check that each entry has its document, bank line or bordereau (the command does).
    """
    findings = []
    with connection.cursor() as cursor:
        for invariant in (*INVARIANTS, *(papers.SOURCES if sources else ())):
            cursor.execute(invariant.sql)
            rows = cursor.fetchall()
            if rows:
                findings.append(Finding(invariant.name, len(rows), tuple(str(r[0]) for r in rows[:5])))
    broken = broken_states(day or clock.today())
    if broken:
        examples = tuple(f"compte {account}" for account in broken[:5])
        findings.append(Finding("Les états de compte sont ceux du grand livre", len(broken), examples))
    if (regimes := arrears.wrong_regimes(day or clock.today())) is not None:
        findings.append(regimes)
    if (hashes := traces.wrong_hashes()) is not None:
        findings.append(hashes)
    if (designations := wrong_designations()) is not None:
        findings.append(designations)
    findings += compare_prints()
    findings += changed_behind_history()
    if (missing := missing_triggers()) is not None:
        findings.append(missing)
    return findings


__all__ = ["INVARIANTS", "Finding", "Invariant", "check_ledger"]
