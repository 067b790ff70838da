"""C. conso., art. L. 722-2 to L. 741-2 and loi n° 89-462, art. 24 VIII: what is frozen, and until when. By hand."""

from datetime import date

import pytest

from rent_ledger.arrears.codes import FreezeKind, FreezeWhy
from rent_ledger.arrears.rules.freezes import FreezeParams, Step, effects, following, frozen_until, latest_until

PARAMS = FreezeParams(
    freeze_months=24, most_months={FreezeKind.MORATORIUM: 24, FreezeKind.MEASURES: 84}, clause_months=24
)
D = date
ADMISSIBLE = Step(FreezeKind.ADMISSIBLE, D(2026, 10, 5))


@pytest.mark.parametrize(
    ("steps", "until", "text"),
    [
        ([], None, "nothing is decided"),
        ([ADMISSIBLE], D(2028, 10, 5), "L. 722-3: two years from admissibility"),
        ([Step(FreezeKind.ADMISSIBLE, D(2028, 2, 29))], D(2030, 2, 28), "L. 722-3, from a leap day"),
        ([Step(FreezeKind.ADMISSIBLE, D(2026, 12, 31))], D(2028, 12, 31), "L. 722-3, from the last day of a year"),
        ([ADMISSIBLE, Step(FreezeKind.MORATORIUM, D(2027, 3, 1), D(2029, 3, 1))], D(2029, 3, 1), "L. 733-1, 4°"),
        ([ADMISSIBLE, Step(FreezeKind.MORATORIUM, D(2027, 3, 1), D(2027, 6, 30))], D(2027, 6, 30),
         "a moratorium shorter than the freeze ends it"),
        ([ADMISSIBLE, Step(FreezeKind.MEASURES, D(2027, 3, 1), D(2034, 3, 1))], D(2034, 3, 1), "L. 733-1, 1°"),
        ([ADMISSIBLE, Step(FreezeKind.MORATORIUM, D(2027, 3, 1), D(2029, 3, 1)),
          Step(FreezeKind.MEASURES, D(2029, 2, 1), D(2033, 2, 1))], D(2033, 2, 1), "measures after a moratorium"),
        ([ADMISSIBLE, Step(FreezeKind.ERASED, D(2027, 3, 1))], None, "L. 741-2: erased, nothing is left to freeze"),
        ([ADMISSIBLE, Step(FreezeKind.CLOSED, D(2027, 3, 1))], None, "closed"),
    ],
)  # fmt: skip
def test_until_when(steps, until, text):
    assert frozen_until(steps, PARAMS) == until, text


@pytest.mark.parametrize(
    ("before", "kind", "on", "latest", "text"),
    [
        (None, FreezeKind.MORATORIUM, D(2027, 3, 1), D(2029, 3, 1), "L. 733-1, 4°"),
        (None, FreezeKind.MORATORIUM, D(2028, 2, 29), D(2030, 2, 28), "L. 733-1, 4°, from a leap day"),
        (None, FreezeKind.MEASURES, D(2027, 3, 1), D(2034, 3, 1), "L. 733-1, 1°"),
        (None, FreezeKind.MEASURES, D(2028, 2, 29), D(2035, 2, 28), "L. 733-1, 1°, from a leap day"),
        (D(2029, 3, 1), FreezeKind.MEASURES, D(2029, 3, 1), D(2034, 3, 1), "L. 733-3: seven years for both"),
        (D(2029, 3, 1), FreezeKind.MEASURES, D(2028, 3, 1), D(2034, 3, 1), "L. 733-3: a moratorium cut short"),
        (D(2029, 3, 1), FreezeKind.MEASURES, D(2029, 3, 31), D(2034, 3, 31), "L. 733-3: the days between do not count"),
    ],
)
def test_the_longest_that_the_law_lets_a_decision_say(before, kind, on, latest, text):
    steps = [ADMISSIBLE, *([Step(FreezeKind.MORATORIUM, D(2027, 3, 1), before)] if before else [])]
    assert latest_until(steps, kind, on, PARAMS) == latest, text


@pytest.mark.parametrize(
    ("steps", "next_ones"),
    [
        ([], {"ADMISSIBLE"}),
        ([ADMISSIBLE], {"MORATORIUM", "MEASURES", "ERASED", "CLOSED"}),
        ([ADMISSIBLE, Step("MORATORIUM", D(2027, 3, 1), D(2028, 3, 1))], {"MEASURES", "ERASED", "CLOSED"}),
        ([ADMISSIBLE, Step("MEASURES", D(2027, 3, 1), D(2028, 3, 1))], {"ERASED", "CLOSED"}),
        ([ADMISSIBLE, Step("MORATORIUM", D(2027, 3, 1), D(2028, 3, 1)),
          Step("MEASURES", D(2028, 2, 1), D(2030, 2, 1))], {"ERASED", "CLOSED"}),
        ([ADMISSIBLE, Step("ERASED", D(2027, 3, 1))], set()),
        ([ADMISSIBLE, Step("CLOSED", D(2027, 3, 1))], set()),
    ],
)  # fmt: skip
def test_what_may_follow(steps, next_ones):
    assert set(following(steps)) == next_ones


def test_what_the_landlord_has_to_do():
    said = {reason.code: reason.figures for reason in effects([ADMISSIBLE], PARAMS)}
    assert said[FreezeWhy.FROZEN] == {"on": D(2026, 10, 5), "until": D(2028, 10, 5)}
    assert {FreezeWhy.AID, FreezeWhy.BAILIFF, FreezeWhy.NO_PENALTY, FreezeWhy.JUDGE, FreezeWhy.CURRENT} <= set(said)
    erased = effects([ADMISSIBLE, Step(FreezeKind.ERASED, D(2028, 2, 29))], PARAMS)
    assert [reason.code for reason in erased] == [FreezeWhy.ERASED, FreezeWhy.CURRENT, FreezeWhy.CLAUSE]
    assert erased[-1].figures == {"until": D(2030, 2, 28)}
    assert effects([], PARAMS) == []


@pytest.mark.parametrize(
    ("last", "said", "figures"),
    [
        (Step("MORATORIUM", D(2027, 3, 1), D(2029, 3, 1)), ["FREEZE_MORATORIUM", "FREEZE_CURRENT", "FREEZE_NO_PENALTY"],
         {"on": D(2027, 3, 1), "until": D(2029, 3, 1)}),
        (Step("MEASURES", D(2027, 3, 1), D(2034, 3, 1)), ["FREEZE_MEASURES", "FREEZE_CURRENT", "FREEZE_NO_PENALTY"],
         {"on": D(2027, 3, 1), "until": D(2034, 3, 1)}),
        (Step("CLOSED", D(2027, 3, 1)), ["FREEZE_CLOSED"], {"on": D(2027, 3, 1)}),
    ],
)  # fmt: skip
def test_what_each_later_decision_says(last, said, figures):
    found = effects([ADMISSIBLE, last], PARAMS)
    assert [reason.code for reason in found] == said
    assert found[0].figures == figures
