"""Whether something of a household may be told to a partner (row 84; CASF, art. L. 121-6-2 and C. pén.,
art. 226-13: law.md A5). Nothing is told without the household's word, and nothing from the
day on which it takes it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Consent:
    """What the household agreed to, from which day, until it was taken back; `since`, `until`: the days of the link,
    the last one included."""

    given_on: date | None
    withdrawn_on: date | None
    tells: Collection[str]
    since: date
    until: date | None


def may_tell(consent: Consent, day: date) -> frozenset[str]:
    """What may be told on `day`, as codes; none is nothing."""
    if consent.given_on is None or day < max(consent.given_on, consent.since):
        return frozenset()
    if consent.withdrawn_on is not None and day >= consent.withdrawn_on:
        return frozenset()
    if consent.until is not None and day > consent.until:
        return frozenset()
    return frozenset(consent.tells)
