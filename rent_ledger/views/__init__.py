"""Pages of the rent ledger."""
