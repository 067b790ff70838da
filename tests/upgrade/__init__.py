"""Bases of former days, kept with data in them: each one must become a base of now.

`bases/<day>.sql.gz` is what `pg_dump` says of a small demo of that day. `migrations.sha256` has the digest of each
migration that such a base has applied. These are never written again: a base in use would not have the change.

    python -m tests.upgrade        keeps a base of now beside the others (once a release)
    sha256sum -c tests/upgrade/migrations.sha256
"""
