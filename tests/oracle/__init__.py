"""Lives of tenant accounts, played through the product and through an oracle that was written without it.

What is here, in the order in which to read it:

- `billing`: what a month asks of a household (prorata, due days, the benefit expected);
- `books`: debts, money, and which money lies on which debt (decision 5 of the architecture);
- `law`: when a debt is an impayé that must be reported (CCH R. 824-1, then décret 2026-84);
- `tenancy`: one account over time, made of the three above; what it shows on an evening is a `Snapshot`;
- `lives`: what may happen to a household, and random lives made of it, the same for the same seed;
- `world`: plays the events of many lives day by day, in the product's services and in the oracle, and compares;
- `test_by_hand`: the oracle against cases computed on paper; `test_lives`: the product against the oracle.

The first four know nothing of the product: they import `datetime`, `decimal` and each other. They are written from
`docs/law.md` and `docs/architecture.md`, and say which line of them they follow. They choose what is plain over what
is fast: every evening is worked out again from all that happened.
"""
