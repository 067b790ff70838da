"""The lock of a run, which its undo, its sending and its end take first."""

from rent_ledger.billing.models import RentRun


def locked_run(run_id: int) -> RentRun:
    """Call it in a transaction. `no_key=True`: a correction holds the month, which an undo waits for, and adds demands
    of the run."""
    return RentRun.objects.select_for_update(no_key=True).get(pk=run_id)
