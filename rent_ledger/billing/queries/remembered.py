"""Answers that cost a look at every lease or every payment, kept as long as nothing that they come from has changed."""

from collections.abc import Hashable
from typing import Generic, TypeVar

from django.db import connection

V = TypeVar("V")
State = tuple[object, ...]

# Somebody who is writing may have drawn smaller ids than the newest and not committed them yet. Whoever begins after
# this look draws larger ones: what an answer was read from then has this state, or a later one. The server's own upkeep
# (an autovacuum that analyses a table) holds a transaction too, and writes nothing of ours.
_NOBODY_WRITES = """
NOT EXISTS (SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()
        AND backend_type <> 'autovacuum worker')
"""
# The books only grow: nothing is changed in them nor taken out, a cancelled demand posts its reversal.
BOOKS = """
(SELECT max(id) FROM rent_ledger_entry), (SELECT max(id) FROM rent_ledger_posting),
(SELECT max(id) FROM rent_ledger_allocation), (SELECT max(id) FROM rent_ledger_rentdemand)
"""
# What a run bills from. Each change writes its history, a row taken out changes the number of rows; stays have no
# history, so they are summed up.
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
    """`state`: columns of SQL that change with whatever the answers come from. At most `size` answers are kept."""

    def __init__(self, state: str, *, size: int) -> None:
        self.sql = f"SELECT {state}, {_NOBODY_WRITES}"
        self._size = size
        self._known: dict[Hashable, tuple[State, V]] = {}

    def state(self) -> tuple[State, bool]:
        """The state now, and whether an answer read from now on may be kept. One query."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            *state, may_keep = cursor.fetchone()
        return (connection.settings_dict["NAME"], *state), may_keep

    def known(self, key: Hashable, state: State) -> V | None:
        """The answer to `key` where it was read in this very state."""
        kept = self._known.get(key)
        return kept[1] if kept is not None and kept[0] == state else None

    def keep(self, key: Hashable, state: State, answer: V) -> None:
        if key not in self._known and len(self._known) >= self._size:
            self._known.clear()
        self._known[key] = (state, answer)

    def forget(self) -> None:
        self._known.clear()
