"""Benchmarks, run by `make bench`: ours against the database's own limit, in the same run."""
