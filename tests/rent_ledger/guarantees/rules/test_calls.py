"""When a guarantor is told or asked, and how much: hand cases, each named by its text (law.md A1.3e)."""

from datetime import date
from decimal import Decimal

import pytest

from leases.contracts.codes import GuaranteeKind as K
from rent_ledger.guarantees.codes import CallState as S
from rent_ledger.guarantees.codes import CallWhy as W
from rent_ledger.guarantees.rules.calls import CallFacts, CallParams, CoveredMonth, call, claimable

D = date
E = Decimal
VISALE = CallParams(
    full_months=2, partial_months=E("1.00"), notice_days=15, claim_days=30, most_months=36, damage_months=2,
    told_months=1, guarantor_days=15,
)  # fmt: skip
BODY = CallParams(
    full_months=2, partial_months=E("2.00"), notice_days=15, claim_days=60, most_months=None, damage_months=None,
    told_months=1, guarantor_days=15,
)  # fmt: skip
TODAY = D(2026, 11, 20)
SEP, OCT, NOV, FEB = D(2026, 9, 5), D(2026, 10, 5), D(2026, 11, 5), D(2028, 1, 31)


def owed(due_on: date, left: str = "213.00", *, full: bool = True, claimed: str = "0", damages: str = "0"):
    return CoveredMonth(due_on, E(left), full, E(claimed), E(damages))


def facts(*months: CoveredMonth, kind: K = K.VISALE, day: date = TODAY, **more) -> CallFacts:
    return CallFacts(kind=kind, day=day, months=months, net=E("213.00"), **more)


# What it is, the facts, the params, (state, since, by).
CASES = [
    # -- Visale: two months in full, or more than one month (visale.fr, B)
    ("one month in full is exactly one month, not more", facts(owed(OCT)), (S.BELOW, None, None)),
    ("two months in full: from the day after the second due day", facts(owed(SEP), owed(OCT)),
     (S.CLAIM, D(2026, 10, 6), D(2026, 11, 5))),
    ("two months in part, a cent above one month",
     facts(owed(SEP, "100.00", full=False), owed(OCT, "113.01", full=False)),
     (S.CLAIM, D(2026, 10, 6), D(2026, 11, 5))),
    ("two months in part, exactly one month", facts(owed(SEP, "100.00", full=False), owed(OCT, "113.00", full=False)),
     (S.BELOW, None, None)),
    ("due today is no default", facts(owed(SEP), owed(NOV), day=NOV), (S.BELOW, None, None)),
    ("the day after, it is", facts(owed(SEP), owed(NOV), day=D(2026, 11, 6)),
     (S.CLAIM, D(2026, 11, 6), D(2026, 12, 6))),
    ("repairs make no threshold", facts(owed(SEP), owed(OCT, "900.00", full=False, damages="900.00")),
     (S.BELOW, None, None)),
    # -- thirty days, a leap year: 1 February 2028 + 30 days is 2 March
    ("thirty days over a leap February", facts(owed(D(2027, 12, 31)), owed(FEB), day=D(2028, 2, 10)),
     (S.CLAIM, D(2028, 2, 1), D(2028, 3, 2))),
    ("thirty days over a February of 28", facts(owed(D(2026, 12, 31)), owed(D(2027, 1, 31)), day=D(2027, 2, 10)),
     (S.CLAIM, D(2027, 2, 1), D(2027, 3, 3))),
    # -- once called, what comes is called term by term
    ("a further month after a claim", facts(owed(OCT, claimed="213.00"), owed(NOV), has_claimed=True),
     (S.CLAIM, D(2026, 11, 6), D(2026, 12, 6))),
    ("a part alone after a claim", facts(owed(NOV, "50.00", full=False), has_claimed=True),
     (S.CLAIM, D(2026, 11, 6), D(2026, 12, 6))),
    ("two further months: from the first", facts(owed(NOV), owed(OCT), has_claimed=True),
     (S.CLAIM, D(2026, 10, 6), D(2026, 11, 5))),
    ("months in any order", facts(owed(NOV), owed(SEP), owed(OCT)), (S.CLAIM, D(2026, 10, 6), D(2026, 11, 5))),
    ("a month that is paid since", facts(owed(SEP, "0.00"), owed(OCT)), (S.BELOW, None, None)),
    ("all is asked already", facts(owed(SEP, claimed="213.00"), owed(OCT, claimed="213.00"), has_claimed=True),
     (S.ASKED, None, None)),
    # -- ceiling: 36 × 213.00 = 7,668.00
    ("36 months are paid", facts(owed(SEP), owed(OCT), committed=E("7668.00"), has_claimed=True),
     (S.REACHED, None, None)),
    ("its own ceiling in euros comes first", facts(owed(SEP), owed(OCT), ceiling=E("200.00"), committed=E("200.00")),
     (S.REACHED, None, None)),
    ("its own ceiling in months", facts(owed(SEP), owed(OCT), ceiling_months=1, committed=E("213.00")),
     (S.REACHED, None, None)),
    # -- what is not asked of a guarantor
    ("technical arrears", facts(owed(SEP), owed(OCT), is_technical=True), (S.HELD, None, None)),
    ("technical, and nothing is due", facts(is_technical=True), (S.NOTHING, None, None)),
    ("in a plan, frozen or disputed", facts(held=E("426.00")), (S.HELD, None, None)),
    ("a plan on a part, the rest below", facts(owed(OCT), held=E("426.00")), (S.BELOW, None, None)),
    ("due after the guarantee ended", facts(outside=E("426.00")), (S.NOTHING, None, None)),
    ("nothing", facts(), (S.NOTHING, None, None)),
    # -- a person: C. civ. 2303, then art. 24 I
    ("within the month of the due day", facts(owed(OCT), kind=K.JOINT, day=D(2026, 11, 5)),
     (S.BELOW, D(2026, 11, 6), None)),
    ("not settled within its month", facts(owed(OCT), kind=K.JOINT, day=D(2026, 11, 6)),
     (S.TELL, D(2026, 11, 6), None)),
    ("two terms: from the month after the first", facts(owed(OCT), owed(SEP), kind=K.JOINT),
     (S.TELL, D(2026, 10, 6), None)),
    ("a month from 31 January ends on the last of February",
     facts(owed(D(2027, 1, 31)), kind=K.SIMPLE, day=D(2027, 2, 28)),
     (S.BELOW, D(2027, 3, 1), None)),
    ("told: he owes it", facts(owed(OCT), kind=K.JOINT, told_on=D(2026, 11, 10)), (S.CLAIM, D(2026, 11, 10), None)),
    ("a commandement of 10 November: by the 25th", facts(owed(OCT), kind=K.JOINT, command_on=D(2026, 11, 10)),
     (S.TELL, D(2026, 11, 10), D(2026, 11, 25))),
    ("told before the commandement, served all the same",
     facts(owed(OCT), kind=K.JOINT, told_on=D(2026, 11, 6), command_on=D(2026, 11, 10)),
     (S.TELL, D(2026, 11, 10), D(2026, 11, 25))),
    ("served", facts(owed(OCT), kind=K.SIMPLE, command_on=D(2026, 11, 10), served_on=D(2026, 11, 12)),
     (S.CLAIM, D(2026, 11, 12), None)),
]  # fmt: skip


@pytest.mark.parametrize(("f", "expected"), [pytest.param(f, e, id=name) for name, f, e in CASES])
def test_what_is_to_ask(f: CallFacts, expected: tuple[S, date | None, date | None]) -> None:
    found = call(f, VISALE)
    assert (found.state, found.since, found.by) == expected
    assert found.reason.text()


@pytest.mark.parametrize(
    ("f", "why"),
    [
        (facts(owed(OCT), kind=K.JOINT, told_on=D(2026, 11, 10)), W.JOINT),
        # C. civ. 2305: the household is pursued first.
        (facts(owed(OCT), kind=K.SIMPLE, told_on=D(2026, 11, 10)), W.SIMPLE),
        (facts(outside=E("426.00")), W.OUTSIDE),
        (facts(), W.NOTHING),
    ],
)
def test_why_it_is_asked_or_not(f: CallFacts, why: W) -> None:
    assert call(f, VISALE).reason.code == why


def test_a_claim_late_by_a_day_says_so() -> None:
    found = call(facts(owed(SEP), owed(OCT)), VISALE)
    assert (found.is_late(D(2026, 11, 5)), found.is_late(D(2026, 11, 6))) == (False, True)


def test_the_household_is_put_on_notice_fifteen_days_after_its_first_unpaid_day() -> None:
    # Due on 5 September, unpaid on the 6th.
    assert call(facts(owed(SEP), owed(OCT)), VISALE).notice_by == D(2026, 9, 21)
    assert call(facts(owed(OCT)), VISALE).notice_by == D(2026, 10, 21)


def test_another_body_has_its_own_figures() -> None:
    part = facts(owed(SEP, "213.00", full=False), owed(OCT, "213.00", full=False), kind=K.FSL)
    assert call(part, BODY).state == S.BELOW
    found = call(facts(owed(SEP), owed(OCT), kind=K.FSL), BODY)
    assert (found.state, found.by, found.reason.code) == (S.CLAIM, D(2026, 12, 5), W.FULL)


@pytest.mark.parametrize(
    ("f", "most"),
    [
        pytest.param(facts(owed(SEP), owed(OCT)), "426.00", id="all that is left"),
        pytest.param(facts(owed(SEP, claimed="213.00"), owed(OCT)), "213.00", id="less what is asked already"),
        pytest.param(facts(owed(SEP), owed(OCT), committed=E("7368.00")), "300.00", id="as far as 36 months reach"),
        pytest.param(facts(owed(SEP), ceiling=E("100.00")), "100.00", id="as far as its ceiling reaches"),
        pytest.param(facts(owed(SEP), ceiling=E("100.00"), committed=E("250.00")), "0", id="never below zero"),
        # 213.00 of rent and 600.00 of repairs, of which two months are paid: 426.00.
        pytest.param(facts(owed(SEP, "813.00", damages="600.00")), "639.00", id="damages for two months"),
    ],
)
def test_how_much_may_be_asked(f: CallFacts, most: str) -> None:
    assert claimable(f, VISALE) == E(most)


def test_repairs_of_another_body_have_no_limit_of_their_own() -> None:
    assert claimable(facts(owed(SEP, "813.00", damages="600.00"), kind=K.FSL), BODY) == E("813.00")
