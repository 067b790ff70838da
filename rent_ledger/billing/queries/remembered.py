"""A cache for results that read every lease or every payment, valid until the rows they depend on change."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from django.db import connection

V = TypeVar("V")
State = tuple[object, ...]

# An open transaction may hold ids below the current maximum, so a result is cached only when nobody else is writing.
# Later transactions get higher ids and so change the key. Autovacuum is ignored: it has a transaction but writes none
# of our rows.
_NOBODY_WRITES = """
NOT EXISTS (SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        AND backend_type <> 'autovacuum worker')
"""
# The ledger is append-only (cancelling a demand posts a reversal), so its highest ids tell whether it changed.
BOOKS = """
(SELECT max(id) FROM rent_ledger_entry), (SELECT max(id) FROM rent_ledger_posting),
(SELECT max(id) FROM rent_ledger_allocation), (SELECT max(id) FROM rent_ledger_rentdemand)
"""
# The rows that a run bills from. A change adds a history row and a deletion changes the row count; occupancies have no
# history, so they are hashed.
CONTRACTS = """
(SELECT max(pgh_id) FROM leases_leaseevent), (SELECT count(*) FROM leases_lease),
(SELECT max(pgh_id) FROM leases_renttermevent), (SELECT count(*) FROM leases_rentterm),
(SELECT max(pgh_id) FROM leases_duetermsevent), (SELECT count(*) FROM leases_dueterms),
(SELECT max(pgh_id) FROM rent_ledger_benefitrightevent), (SELECT count(*) FROM rent_ledger_benefitright),
(SELECT max(pgh_id) FROM leases_householdevent), (SELECT max(pgh_id) FROM stock_headagreementevent),
(SELECT max(pgh_id) FROM office_parametervalueevent), (SELECT count(*) FROM office_parametervalue),
(SELECT sum(hash_record_extended((o.id, o.lease_id, o.period), 0)) FROM leases_occupancy o)
"""


class Remembered(Generic[V]):
    """`state`: SQL columns that change whenever the cached results may. Keeps at most `size` results."""

    def __init__(self, state: str, *, size: int) -> None:
        self.sql = f"SELECT {state}, {_NOBODY_WRITES}"
        self._size = size
        self._known: dict[Hashable, tuple[State, V]] = {}

    def state(self) -> tuple[State, bool]:
        """The current state, and whether a result read from now on may be cached. One query."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            *state, may_keep = cursor.fetchone()
        return (connection.settings_dict["NAME"], *state), may_keep

    def known(self, key: Hashable, state: State) -> V | None:
        """The cached result of `key`, if it was read in this same state."""
        kept = self._known.get(key)
        return kept[1] if kept is not None and kept[0] == state else None

    def keep(self, key: Hashable, state: State, answer: V) -> None:
        if key not in self._known and len(self._known) >= self._size:
            self._known.clear()
        self._known[key] = (state, answer)

    def forget(self) -> None:
        self._known.clear()
