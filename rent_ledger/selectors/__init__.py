"""Read models of the rent ledger, shared by pages and API."""
