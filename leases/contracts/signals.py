"""What the apps above are told of a contract, within the transaction that changes it.

A receiver that raises refuses the change. For what may happen later there are wakes (`office.jobs.wake`).
"""

from django.dispatch import Signal

leases_began = Signal()
"""Contracts are in force from now on. `lease_ids`: their ids."""

household_stays = Signal()
"""A notice or an end was taken back: the household stays after all. `lease`: its contract, as it is again. A receiver
answers in French sentences what it restored with it, or left."""

stays_changed = Signal()
"""Stays have ended, or go on after all. `lease_ids`: their contracts."""

signature_ends = Signal()
"""The day of signature of a contract is about to be taken back. `lease_id`: its id."""

lease_withdrawn = Signal()
"""A contract is about to be deleted, as if it had never been. `lease_id`: its id."""
