"""What runs on a day: the pause of letters, and the hold of a debt. The one place that says so in SQL.

A hold of a debt runs from the first day of its period to the day before its end.
"""

# Columns: case_id, source, until, recorded_at. Parameter: `day`. A pause lifted on a day runs no more from that day on.
RUNNING_HOLDS = """
    SELECT h.case_id, h.source, h.until, h.recorded_at FROM rent_ledger_letterhold h
    WHERE h.from_day <= %(day)s AND h.until >= %(day)s
      AND (h.lifted_at IS NULL OR (h.lifted_at AT TIME ZONE 'Europe/Paris')::date > %(day)s)
"""


def hold_of(posting: str, *, day: str = "%(day)s::date") -> str:
    """SQL that joins, as `h`, the hold of the debt `posting` that runs on `day`: at most one row, none where it is
    free."""
    return f"LEFT JOIN rent_ledger_debthold h ON h.posting_id = {posting} AND h.period @> {day}"


def last_hold_end(posting: str, *, day: str = "%(day)s::date") -> str:
    """SQL: the day from which the debt `posting` was free again, the last one up to `day`; null where there is none."""
    return (
        f"(SELECT max(upper(past.period)) FROM rent_ledger_debthold past "  # noqa: S608
        f"WHERE past.posting_id = {posting} AND upper(past.period) <= {day})"
    )


def every_hold() -> str:
    """SQL: all holds, of whatever day."""
    return "(SELECT * FROM rent_ledger_debthold)"


def ended_holds(*, day: str = "%(day)s::date") -> str:
    """SQL: the holds that have ended by `day`. Another hold of the same debt may run."""
    return f"(SELECT * FROM rent_ledger_debthold WHERE upper(period) <= {day})"  # noqa: S608


def begun_holds(day: str) -> str:
    """SQL: the holds that began by `day`, an expression over their columns. The others may still be taken back."""
    return f"(SELECT * FROM rent_ledger_debthold WHERE lower(period) <= {day})"  # noqa: S608


def is_held(posting: str, *, day: str = "%(day)s::date") -> str:
    """SQL: true where a hold of the debt `posting` runs on `day`."""
    return (
        f"EXISTS (SELECT 1 FROM rent_ledger_debthold held WHERE held.posting_id = {posting} AND held.period @> {day})"  # noqa: S608
    )
