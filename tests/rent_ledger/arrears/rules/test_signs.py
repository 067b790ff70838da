"""Early signs: cases by hand, one by fact and one by boundary (features.md 47, R5 to R7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rent_ledger.arrears.codes import SignKind, SignWhy
from rent_ledger.arrears.rules.signs import (
    AidFacts,
    EndFacts,
    PayingFacts,
    ReturnFacts,
    SignParams,
    TermFacts,
    aid_fell,
    ends_near,
    later_than_usual,
    part_after_full,
    payment_returned,
)

D = Decimal
PARAMS = SignParams(late_days=10, habit_months=3, full_terms=3, grace_days=5, return_days=60, end_days=60)
# Paid around the 5th for a year; it is the end of November, and nothing came for it. October was paid on the 5th.
LATE = PayingFacts(
    usual=5, months=12, month=date(2026, 11, 1), known_until=date(2026, 11, 16), was_asked=True, is_asked=True,
    paid_before=date(2026, 10, 5), paid=None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("what", "facts", "code", "key", "since"),
    [
        ("the 16th: eleven days after the 5th", LATE, SignWhy.NOT_PAID, "2026-11", date(2026, 11, 16)),
        ("the 15th: ten days, not yet", replace(LATE, known_until=date(2026, 11, 15)), None, "", None),
        ("the bank is not known", replace(LATE, known_until=None), None, "", None),
        ("no term fell due", replace(LATE, is_asked=False, was_asked=False), None, "", None),
        ("paid ten days later", replace(LATE, paid=date(2026, 11, 15)), None, "", None),
        ("paid eleven days later", replace(LATE, paid=date(2026, 11, 16)), SignWhy.PAID_LATE, "2026-11",
         date(2026, 11, 16)),
        ("two months are no history", replace(LATE, months=2), None, "", None),
        ("three are", replace(LATE, months=3), SignWhy.NOT_PAID, "2026-11", date(2026, 11, 16)),
        # Early in November, October's lateness is still the last thing known.
        ("October was paid late", replace(LATE, known_until=date(2026, 11, 4), paid_before=date(2026, 10, 20)),
         SignWhy.PAID_LATE, "2026-10", date(2026, 10, 16)),
        ("and November in time ends it",
         replace(LATE, paid_before=date(2026, 10, 20), paid=date(2026, 11, 4)), None, "", None),
        ("nothing in October either", replace(LATE, known_until=date(2026, 11, 4), paid_before=None), SignWhy.NOT_PAID,
         "2026-10", date(2026, 10, 16)),
        # The usual day that a month lacks is its last one: 28 February, then ten days.
        ("the 31st in February", replace(LATE, usual=31, month=date(2027, 2, 1), known_until=date(2027, 3, 11)),
         SignWhy.NOT_PAID, "2027-02", date(2027, 3, 11)),
        ("the 31st in February, the tenth day",
         replace(LATE, usual=31, month=date(2027, 2, 1), known_until=date(2027, 3, 10), paid_before=date(2027, 1, 31)),
         None, "", None),
    ],
)  # fmt: skip
def test_later_than_its_own_usual_day(
    what: str, facts: PayingFacts, code: SignWhy | None, key: str, since: date | None
) -> None:
    found = later_than_usual(facts, PARAMS)
    assert (found.reason.code if found else None, found.key if found else "", found.since if found else None) == (
        code, key, since,
    ), what  # fmt: skip
    if found:
        assert found.kind == SignKind.LATE
        assert found.reason.text()


PART = TermFacts(date(2026, 11, 1), D("213.00"), left=D("53.00"), paid=D("160.00"), before=3, in_time=3)


@pytest.mark.parametrize(
    ("what", "facts", "is_sign"),
    [
        ("a part, after three whole ones", PART, True),
        ("one cent is missing", replace(PART, left=D("0.01"), paid=D("212.99")), True),
        ("paid whole", replace(PART, left=D("0.00"), paid=D("213.00")), False),
        ("nothing paid: a default, no sign of this kind", replace(PART, left=D("213.00"), paid=D("0.00")), False),
        ("one of the three was late", replace(PART, in_time=2), False),
        ("only two before", replace(PART, before=2, in_time=2), False),
    ],
)
def test_a_part_after_terms_paid_whole(what: str, facts: TermFacts, is_sign: bool) -> None:
    found = part_after_full(facts, PARAMS)
    assert bool(found) is is_sign, what
    if found:
        # Five days of grace: the 7th is the first day on which it is late.
        assert (found.key, found.since) == ("2026-11-01", date(2026, 11, 7))
        assert "les 3\xa0termes d’avant" in found.reason.text()


def test_a_benefit_that_fell_or_is_gone() -> None:
    less = aid_fell(AidFacts(date(2026, 10, 1), D("267.00"), D("200.00")))
    gone = aid_fell(AidFacts(date(2026, 10, 1), D("267.00"), D("0.00")))
    assert (less.reason.code, gone.reason.code, less.key) == (SignWhy.AID_LESS, SignWhy.AID_GONE, "2026-10")
    assert (
        less.reason.text().replace("\xa0", " ") == "Aide d’octobre 2026 : 200,00 € au lieu de 267,00 € le mois d’avant"
    )


@pytest.mark.parametrize(("day", "is_sign"), [("2026-11-05", True), ("2027-01-04", True), ("2027-01-05", False)])
def test_a_return_is_shown_while_it_is_news(day: str, is_sign: bool) -> None:
    """Known on the 5th, of a collection of the 3rd: sixty days from when it was known."""
    facts = ReturnFacts(12, date(2026, 11, 3), date(2026, 11, 5), D("213.00"))
    found = payment_returned(facts, day=date.fromisoformat(day), p=PARAMS)
    assert bool(found) is is_sign
    if found:
        assert (found.key, found.since) == ("12", date(2026, 11, 3))


@pytest.mark.parametrize(
    ("last", "is_near"),
    [(date(2026, 11, 4), False), (date(2026, 11, 5), True), (date(2027, 1, 4), True), (date(2027, 1, 5), False),
     (None, False)],
)  # fmt: skip
def test_an_end_is_near_within_sixty_days(last: date | None, is_near: bool) -> None:
    found = ends_near(EndFacts(last, None), day=date(2026, 11, 5), p=PARAMS)
    assert bool(found) is is_near
    right = ends_near(EndFacts(None, last), day=date(2026, 11, 5), p=PARAMS)
    assert [sign.kind for sign in found + right] == [SignKind.LEASE_END, SignKind.RIGHT_END] * is_near
