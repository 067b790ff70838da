"""A database backend that brings its own PostgreSQL, for an installation that sets no DATABASE_URL.

`installation` finds the binaries and the user that runs them, `cluster` starts and stops one server, `base` is Django's
PostgreSQL backend over it. Why it is ours and not the wheel's: docs/architecture.md, decision 1.
"""
