"""law.md A1.3, A1.4: where a procedure stands, what comes next, and what is refused. By hand."""

from datetime import date

import pytest

from common.reasons import Reason
from leases.contracts.codes import ClauseDelay
from rent_ledger.procedures.codes import NextWhy, NoWhy, StandWhy, StepKind, Track
from rent_ledger.procedures.rules.standing import Facts, duty, refusal, standing
from rent_ledger.procedures.rules.steps import Step, following, kinds_of
from tests.rent_ledger.procedures.rules.test_days import PARAMS

D, K = date, StepKind
TODAY = D(2026, 11, 5)
COMMAND = Step(K.COMMAND, D(2026, 9, 10))  # six weeks: 22 October
WRIT = Step(K.WRIT, D(2026, 11, 4), hearing_on=D(2027, 1, 28))
TERMINATED = Step(K.TERMINATED, D(2026, 3, 2))
BAD_FAITH = Step(K.TERMINATED, D(2026, 3, 2), bad_faith=True)
DELAYS = Step(K.DELAYS, D(2026, 3, 2), until=D(2028, 3, 2))
LEAVE = Step(K.LEAVE, D(2026, 9, 8))  # two months: 8 November, a Sunday, so the 9th
TOLD = Step(K.LEAVE_PREFECT, D(2026, 9, 8))
LED = (COMMAND, WRIT)
PROTOCOL = Step(K.PROTOCOL, D(2026, 4, 1), until=D(2028, 4, 1))
LONGER = Step(K.LONGER, D(2028, 3, 1), until=D(2031, 4, 1))
BROKE = D(2026, 10, 6)


def facts(*steps: Step, track: Track = Track.LEASE, day: date = TODAY, **more) -> Facts:
    given = {"delay": ClauseDelay.SIX_WEEKS, "waits": True, "seized_on": D(2026, 9, 1), "has_guarantor": False}
    return Facts(track=track, steps=steps, day=day, **(given | more))


def coming(f: Facts) -> list[tuple]:
    return [(n.kind, n.from_on, n.by_on, n.is_blocked) for n in standing(f, PARAMS).coming]


@pytest.mark.parametrize(
    ("f", "code", "figures"),
    [
        (facts(), StandWhy.NONE, {}),
        (facts(Step(K.SEIZED, D(2026, 9, 1))), StandWhy.SEIZED, {"on": D(2026, 9, 1)}),
        (facts(COMMAND, day=D(2026, 10, 22)), StandWhy.COMMAND_RUNS, {"on": COMMAND.on, "until": D(2026, 10, 22)}),
        (facts(COMMAND, day=D(2026, 10, 23)), StandWhy.COMMAND_OVER, {"on": COMMAND.on, "since": D(2026, 10, 23)}),
        (facts(COMMAND, delay=ClauseDelay.TWO_MONTHS), StandWhy.COMMAND_RUNS,
         {"on": COMMAND.on, "until": D(2026, 11, 10)}),
        (facts(COMMAND, paid=True), StandWhy.COMMAND_PAID, {"on": COMMAND.on}),
        (facts(Step(K.NOTICE, D(2026, 10, 5)), track=Track.RESIDENCE), StandWhy.NOTICE_RUNS,
         {"on": D(2026, 10, 5), "until": TODAY}),
        (facts(Step(K.NOTICE, D(2026, 10, 2)), track=Track.RESIDENCE), StandWhy.NOTICE_OVER,
         {"on": D(2026, 10, 2), "since": D(2026, 11, 3)}),
        (facts(Step(K.NOTICE, D(2026, 10, 2), until=D(2026, 12, 2)), track=Track.CONTRACT), StandWhy.NOTICE_RUNS,
         {"on": D(2026, 10, 2), "until": D(2026, 12, 2)}),
        (facts(*LED), StandWhy.HEARING, {"on": D(2027, 1, 28)}),
        (facts(*LED, day=D(2027, 1, 28)), StandWhy.HEARING, {"on": D(2027, 1, 28)}),
        (facts(*LED, day=D(2027, 1, 29)), StandWhy.HEARD, {"on": D(2027, 1, 28)}),
        (facts(*LED, DELAYS), StandWhy.DELAYS, {"until": D(2028, 3, 2)}),
        (facts(*LED, DELAYS, lapsed_on=D(2026, 11, 1)), StandWhy.LAPSED, {"on": D(2026, 11, 1)}),
        (facts(*LED, DELAYS, day=D(2028, 3, 2)), StandWhy.DELAYS, {"until": D(2028, 3, 2)}),
        (facts(*LED, DELAYS, day=D(2028, 3, 3)), StandWhy.DELAYS_OVER, {"until": D(2028, 3, 2)}),
        (facts(*LED, TERMINATED), StandWhy.TERMINATED, {"on": TERMINATED.on}),
        (facts(*LED, TERMINATED, LEAVE, TOLD), StandWhy.QUIT_RUNS, {"on": LEAVE.on, "until": D(2026, 11, 9)}),
        (facts(*LED, TERMINATED, LEAVE, TOLD, day=D(2026, 11, 9)), StandWhy.QUIT_RUNS,
         {"on": LEAVE.on, "until": D(2026, 11, 9)}),
        (facts(*LED, TERMINATED, LEAVE), StandWhy.QUIT_UNTOLD, {"on": LEAVE.on}),
        (facts(Step(K.NOTICE, D(2026, 10, 2)), track=Track.RESIDENCE, paid=True), StandWhy.NOTICE_OVER,
         {"on": D(2026, 10, 2), "since": D(2026, 11, 3)}),
        (facts(*LED, TERMINATED, LEAVE, TOLD, day=D(2026, 11, 10)), StandWhy.TRUCE, {"from_on": D(2027, 4, 1)}),
        (facts(*LED, TERMINATED, LEAVE, TOLD, day=D(2027, 4, 1)), StandWhy.QUIT_OVER, {"on": LEAVE.on}),
        (facts(*LED, TERMINATED, LEAVE, TOLD, Step(K.FORCE, D(2026, 11, 12))), StandWhy.TRUCE,
         {"from_on": D(2027, 4, 1)}),
        (facts(*LED, TERMINATED, LEAVE, TOLD, Step(K.FORCE, D(2026, 11, 12)), day=D(2027, 4, 1)), StandWhy.FORCE,
         {"on": D(2026, 11, 12)}),
        (facts(*LED, Step(K.DISMISSED, TODAY)), StandWhy.DISMISSED, {"on": TODAY}),
        (facts(*LED, TERMINATED, LEAVE, Step(K.EVICTED, D(2026, 10, 30))), StandWhy.EVICTED, {"on": D(2026, 10, 30)}),
        (facts(COMMAND, Step(K.CLOSED, TODAY)), StandWhy.CLOSED, {"on": TODAY}),
    ],
)  # fmt: skip
def test_where_it_stands(f, code, figures):
    where = standing(f, PARAMS).where
    assert (where.code, where.figures) == (code, figures)
    assert where.text()


@pytest.mark.parametrize(
    ("f", "found"),
    [
        (facts(seized_on=None), [(K.SEIZED, None, None, False), (K.COMMAND, None, None, False)]),
        (facts(), [(K.COMMAND, None, None, False)]),
        (facts(track=Track.RESIDENCE), [(K.NOTICE, None, None, False)]),
        (facts(track=Track.NONE), []),
        (facts(COMMAND, has_guarantor=True),
         [(K.GUARANTOR, D(2026, 9, 10), D(2026, 9, 25), False), (K.WRIT, D(2026, 11, 2), None, False)]),
        # Art. 24 II: no writ before the CCAPEX.
        (facts(COMMAND, seized_on=None), [(K.SEIZED, None, None, False), (K.WRIT, None, None, True)]),
        (facts(COMMAND, seized_on=D(2026, 10, 10)), [(K.WRIT, D(2026, 12, 11), None, False)]),
        (facts(COMMAND, waits=False), [(K.WRIT, D(2026, 10, 23), None, False)]),
        # Art. 24 I: paid inside the delay, it ends there.
        (facts(COMMAND, paid=True), []),
        (facts(COMMAND, paid=True, seized_on=None), []),
        (facts(Step(K.NOTICE, D(2026, 10, 2)), track=Track.RESIDENCE), [(K.WRIT, D(2026, 11, 3), None, False)]),
        (facts(*LED), [(K.PREFECT, None, D(2026, 12, 17), False), (None, D(2027, 1, 28), None, False)]),
        (facts(*LED, Step(K.PREFECT, TODAY)), [(None, D(2027, 1, 28), None, False)]),
        (facts(*LED, DELAYS), []),
        (facts(*LED, DELAYS, lapsed_on=D(2026, 11, 1)), [(K.LEAVE, D(2026, 11, 1), None, False)]),
        (facts(*LED, TERMINATED), [(K.LEAVE, TERMINATED.on, None, False)]),
        # CPCE, art. L. 412-5: the delay does not run before the prefect is told.
        (facts(*LED, TERMINATED, LEAVE), [(K.LEAVE_PREFECT, None, None, False)]),
        (facts(*LED, TERMINATED, LEAVE, TOLD), [(K.FORCE, D(2026, 11, 10), None, False)]),
        (facts(*LED, TERMINATED, LEAVE, Step(K.LEAVE_PREFECT, D(2026, 10, 1))),
         [(K.FORCE, D(2026, 12, 2), None, False)]),
        (facts(*LED, BAD_FAITH, LEAVE, TOLD), [(K.FORCE, D(2026, 9, 8), None, False)]),
        (facts(*LED, TERMINATED, LEAVE, TOLD, Step(K.FORCE, D(2026, 11, 12))),
         [(K.EVICTED, D(2027, 4, 1), None, False)]),
        (facts(*LED, TERMINATED, LEAVE, TOLD, Step(K.FORCE, D(2027, 4, 5)), day=D(2027, 5, 3)),
         [(K.EVICTED, D(2027, 5, 3), None, False)]),
        (facts(*LED, Step(K.DISMISSED, TODAY)), []),
        # Nothing while the social service has the case; overindebtedness is told in any case.
        (facts(COMMAND, social=True), []),
        (facts(*LED, social=True), [(K.PREFECT, None, D(2026, 12, 17), False)]),
        (facts(seized_on=None, social=True), []),
        (facts(COMMAND, frozen=True), [(K.STAYED, None, None, False)]),
        (facts(COMMAND, Step(K.STAYED, TODAY), frozen=True), []),
        (facts(frozen=True), []),
    ],
)  # fmt: skip
def test_what_is_next(f, found):
    assert coming(f) == found
    assert all(one.reason.text() for one in standing(f, PARAMS).coming)


@pytest.mark.parametrize(
    ("f", "kind", "code"),
    [
        (facts(seized_on=None), K.SEIZED, NextWhy.SEIZE),
        (facts(seized_on=None, waits=False), K.SEIZED, NextWhy.SEIZE_BY_BAILIFF),
        (facts(), K.COMMAND, NextWhy.COMMAND),
        (facts(COMMAND, has_guarantor=True), K.GUARANTOR, NextWhy.GUARANTOR),
        (facts(*LED), K.PREFECT, NextWhy.PREFECT),
        (facts(*LED, TERMINATED), K.LEAVE, NextWhy.LEAVE),
        (facts(*LED, TERMINATED, LEAVE), K.LEAVE_PREFECT, NextWhy.LEAVE_PREFECT),
        (facts(COMMAND, frozen=True), K.STAYED, NextWhy.STAYED),
        (
            facts(track=Track.RESIDENCE, unpaid=Reason(NextWhy.NOTICE_WHOLE, {"terms": 3, "months": 1})),
            K.NOTICE,
            NextWhy.NOTICE_WHOLE,
        ),
        (facts(track=Track.CONTRACT), K.NOTICE, NextWhy.NOTICE_CONTRACT),
        (facts(COMMAND), K.WRIT, NextWhy.WRIT_SEIZED),
        (facts(COMMAND, waits=False), K.WRIT, NextWhy.WRIT),
        (facts(Step(K.NOTICE, D(2026, 10, 2)), track=Track.RESIDENCE), K.WRIT, NextWhy.WRIT_NOTICE),
        (facts(*LED), None, NextWhy.HEARING),
        (facts(Step(K.NOTICE, D(2026, 9, 2)), WRIT, track=Track.RESIDENCE), None, NextWhy.JUDGE),
        (facts(*LED, TERMINATED, LEAVE, TOLD), K.FORCE, NextWhy.FORCE),
        (facts(*LED, BAD_FAITH, LEAVE, TOLD), K.FORCE, NextWhy.FORCE_BAD_FAITH),
    ],
)
def test_by_which_text(f, kind, code):
    assert {n.kind: n.reason.code for n in standing(f, PARAMS).coming}[kind] == code


def test_a_guarantor_is_served_of_the_commandement_only():
    served = [n.kind for n in standing(facts(*LED, has_guarantor=True), PARAMS).coming]
    assert served == [K.PREFECT, None]
    # What the money of a commandement says is of no weight after the writ, nor in a résidence.
    assert K.LEAVE in [n.kind for n in standing(facts(*LED, TERMINATED, paid=True), PARAMS).coming]
    paid = facts(Step(K.NOTICE, D(2026, 10, 2)), track=Track.RESIDENCE, paid=True)
    assert [n.kind for n in standing(paid, PARAMS).coming] == [K.WRIT]


def test_why_nothing_is_proposed():
    assert standing(facts(COMMAND, social=True), PARAMS).halted.code == NoWhy.SOCIAL
    assert standing(facts(COMMAND, frozen=True, social=True), PARAMS).halted.code == NoWhy.FROZEN
    assert standing(facts(COMMAND), PARAMS).halted is None
    assert standing(facts(track=Track.NONE), PARAMS).where.code == NoWhy.NO_TRACK


def test_too_late_for_the_prefect_says_to_which_day_the_hearing_goes():
    f = facts(*LED, day=D(2026, 12, 18))
    late = standing(f, PARAMS).coming[0]
    assert (late.by_on, late.reason.code) == (D(2026, 12, 17), NextWhy.PREFECT_LATE)
    assert late.reason.figures == {"hearing_on": D(2027, 1, 28), "from_on": D(2027, 1, 29)}
    assert standing(facts(*LED, day=D(2026, 12, 17)), PARAMS).coming[0].reason.code == NextWhy.PREFECT


@pytest.mark.parametrize(
    ("f", "step", "first"),
    [
        (facts(), Step(K.COMMAND, TODAY), None),
        (facts(COMMAND), Step(K.WRIT, D(2026, 11, 1)), D(2026, 11, 2)),
        (facts(COMMAND), Step(K.WRIT, D(2026, 11, 2)), None),
        (facts(COMMAND, waits=False), Step(K.WRIT, D(2026, 10, 22)), D(2026, 10, 23)),
        (facts(COMMAND), Step(K.GUARANTOR, D(2026, 9, 9)), COMMAND.on),
        # Late is a fact: it is noted, and told.
        (facts(COMMAND), Step(K.GUARANTOR, D(2026, 10, 20)), None),
        (facts(*LED), Step(K.PREFECT, D(2026, 12, 20)), None),
        (facts(*LED), Step(K.TERMINATED, D(2027, 1, 27)), D(2027, 1, 28)),
        (facts(*LED), Step(K.TERMINATED, D(2027, 1, 28)), None),
        (facts(*LED), Step(K.DISMISSED, D(2027, 1, 27)), D(2027, 1, 28)),
        (facts(*LED), Step(K.DELAYS, D(2027, 1, 27)), D(2027, 1, 28)),
        (facts(*LED), Step(K.POSTPONED, D(2027, 1, 5), hearing_on=D(2027, 3, 4)), None),
        (facts(COMMAND), Step(K.CLOSED, TODAY), None),
        (facts(*LED, TERMINATED, LEAVE, TOLD, day=D(2027, 5, 3)), Step(K.EVICTED, D(2027, 5, 3)), None),
        (facts(*LED, DELAYS, lapsed_on=D(2026, 11, 1)), Step(K.LEAVE, D(2026, 10, 31)), D(2026, 11, 1)),
        (facts(*LED, TERMINATED), Step(K.LEAVE, D(2026, 3, 1)), D(2026, 3, 2)),
        (facts(*LED, TERMINATED, LEAVE, TOLD), Step(K.FORCE, D(2026, 11, 9)), D(2026, 11, 10)),
        (facts(*LED, BAD_FAITH, LEAVE, TOLD), Step(K.FORCE, LEAVE.on), None),
        # Before the delay, in the truce, on its last day, and after it.
        (facts(*LED, TERMINATED, LEAVE, TOLD), Step(K.EVICTED, D(2026, 10, 30)), D(2027, 4, 1)),
        (facts(*LED, TERMINATED, LEAVE, TOLD), Step(K.EVICTED, D(2026, 11, 10)), D(2027, 4, 1)),
        (facts(*LED, TERMINATED, LEAVE, TOLD), Step(K.EVICTED, D(2027, 3, 31)), D(2027, 4, 1)),
        (facts(*LED, TERMINATED, LEAVE, TOLD), Step(K.EVICTED, D(2027, 4, 1)), None),
        (facts(*LED, BAD_FAITH, LEAVE, TOLD), Step(K.EVICTED, D(2026, 9, 8)), None),
        (facts(*LED, BAD_FAITH, LEAVE, TOLD), Step(K.EVICTED, D(2026, 12, 1)), D(2027, 4, 1)),
    ],
)
def test_the_first_day_of_what_came_too_early(f, step, first):
    found = refusal(step, f, PARAMS)
    assert (found and found.first) == first


@pytest.mark.parametrize(
    ("f", "step", "code"),
    [
        (facts(COMMAND, seized_on=None), Step(K.WRIT, TODAY), NextWhy.SEIZE),
        (facts(*LED, DELAYS), Step(K.LEAVE, TODAY), NextWhy.LEAVE),
        (facts(*LED, TERMINATED, LEAVE), Step(K.FORCE, TODAY), NextWhy.LEAVE_PREFECT),
        (facts(*LED, TERMINATED, LEAVE), Step(K.EVICTED, D(2027, 4, 1)), NextWhy.LEAVE_PREFECT),
        (facts(*LED, TERMINATED, frozen=True), Step(K.LEAVE, TODAY), NoWhy.FROZEN),
        (facts(*LED, TERMINATED, LEAVE, TOLD, frozen=True), Step(K.EVICTED, D(2027, 4, 1)), NoWhy.FROZEN),
    ],
)
def test_what_comes_first(f, step, code):
    found = refusal(step, f, PARAMS)
    assert (found.reason.code, found.first) == (code, None)


def test_overindebtedness_stops_no_fact_before_enforcement():
    assert refusal(Step(K.WRIT, TODAY), facts(COMMAND, frozen=True), PARAMS) is None


@pytest.mark.parametrize(
    ("f", "kind", "by"),
    [
        (facts(), None, None),
        (facts(COMMAND), None, None),
        (facts(COMMAND, has_guarantor=True), K.GUARANTOR, D(2026, 9, 25)),
        # What has a last day comes before what has none.
        (facts(COMMAND, has_guarantor=True, frozen=True), K.GUARANTOR, D(2026, 9, 25)),
        (facts(COMMAND, frozen=True), K.STAYED, None),
        (facts(*LED), K.PREFECT, D(2026, 12, 17)),
        (facts(*LED, social=True), K.PREFECT, D(2026, 12, 17)),
        (facts(*LED, TERMINATED, LEAVE), K.LEAVE_PREFECT, None),
    ],
)
def test_what_must_be_told(f, kind, by):
    found = duty(f, PARAMS)
    assert (found and found.kind, found and found.by_on) == (kind, by)


def test_a_judgment_to_note():
    told = Step(K.PREFECT, TODAY)
    assert duty(facts(*LED, told, day=D(2027, 1, 28)), PARAMS) is None
    found = duty(facts(*LED, told, day=D(2027, 1, 29)), PARAMS)
    assert (found.kind, found.reason.code, found.from_on) == (None, StandWhy.HEARD, D(2027, 1, 28))
    assert duty(facts(*LED, told, TERMINATED, day=D(2027, 1, 29)), PARAMS) is None


def test_nothing_asks_to_seize_the_ccapex_once_the_writ_is_served():
    assert K.SEIZED not in [kind for kind, *_ in coming(facts(*LED, seized_on=None))]


# CCH, art. L. 442-6-5: title, facts, where it stands, its figures, what may be noted next
PROTOCOLS = [
    ("it follows the judgment that ends the lease", facts(*LED, TERMINATED), StandWhy.TERMINATED,
     {"on": TERMINATED.on}, "LEAVE PROTOCOL CLOSED"),
    ("it follows a commandement de quitter too", facts(*LED, TERMINATED, LEAVE, TOLD, day=D(2026, 11, 9)),
     StandWhy.QUIT_RUNS, {"on": LEAVE.on, "until": D(2026, 11, 9)}, "FORCE EVICTED PROTOCOL CLOSED"),
    ("signed, nothing is enforced", facts(*LED, TERMINATED, PROTOCOL), StandWhy.PROTOCOL,
     {"on": PROTOCOL.on, "until": PROTOCOL.until}, "LEAVE NEW_LEASE CLOSED LONGER"),
    ("its last day still", facts(*LED, TERMINATED, PROTOCOL, day=D(2028, 4, 1)), StandWhy.PROTOCOL,
     {"on": PROTOCOL.on, "until": PROTOCOL.until}, "LEAVE NEW_LEASE CLOSED LONGER"),
    ("kept until its end: a new lease", facts(*LED, TERMINATED, PROTOCOL, day=D(2028, 4, 2)), StandWhy.PROTOCOL_KEPT,
     {"until": D(2028, 4, 1)}, "LEAVE NEW_LEASE CLOSED LONGER"),
    ("prolonged", facts(*LED, TERMINATED, PROTOCOL, LONGER, day=D(2028, 4, 2)), StandWhy.PROTOCOL,
     {"on": PROTOCOL.on, "until": D(2031, 4, 1)}, "LEAVE NEW_LEASE CLOSED"),
    ("broken: the judgment is enforced", facts(*LED, TERMINATED, PROTOCOL, lapsed_on=BROKE), StandWhy.PROTOCOL_BROKEN,
     {"on": BROKE}, "LEAVE NEW_LEASE CLOSED LONGER"),
    ("broken after a commandement de quitter: from where it stood",
     facts(*LED, TERMINATED, LEAVE, TOLD, PROTOCOL, lapsed_on=BROKE), StandWhy.PROTOCOL_BROKEN, {"on": BROKE},
     "FORCE EVICTED NEW_LEASE CLOSED LONGER"),
    ("a second one is none", facts(*LED, TERMINATED, PROTOCOL, LEAVE, lapsed_on=BROKE), StandWhy.QUIT_UNTOLD,
     {"on": LEAVE.on}, "FORCE EVICTED CLOSED LEAVE_PREF LONGER"),
    ("a new lease ends it", facts(*LED, TERMINATED, PROTOCOL, Step(K.NEW_LEASE, D(2028, 5, 2))), StandWhy.NEW_LEASE,
     {"on": D(2028, 5, 2)}, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("f", "code", "figures", "after"), [row[1:] for row in PROTOCOLS], ids=[row[0] for row in PROTOCOLS]
)
def test_a_protocol(f, code, figures, after):
    where = standing(f, PARAMS).where
    assert (where.code, where.figures) == (code, figures)
    assert where.text()
    found = following(f.track, f.steps)
    assert " ".join(kind for kind in found if kind not in (K.PREFECT, K.GUARANTOR)) == after


@pytest.mark.parametrize(
    ("step", "f", "code", "first"),
    [
        (LEAVE, facts(*LED, TERMINATED, PROTOCOL), NextWhy.HELD_BY_PROTOCOL, None),
        (Step(K.EVICTED, D(2026, 10, 30)), facts(*LED, TERMINATED, LEAVE, TOLD, PROTOCOL), NextWhy.HELD_BY_PROTOCOL,
         None),
        (LEAVE, facts(*LED, TERMINATED, PROTOCOL, lapsed_on=BROKE), NextWhy.LEAVE, BROKE),
        (PROTOCOL, facts(*LED, DELAYS), NextWhy.PROTOCOL, None),
        (PROTOCOL, facts(*LED, DELAYS, lapsed_on=D(2026, 4, 2)), NextWhy.PROTOCOL, D(2026, 4, 2)),
        (Step(K.PROTOCOL, D(2026, 3, 1)), facts(*LED, TERMINATED), NextWhy.PROTOCOL, TERMINATED.on),
        (Step(K.LONGER, D(2026, 3, 31)), facts(*LED, TERMINATED, PROTOCOL), NextWhy.LONGER, PROTOCOL.on),
        (Step(K.NEW_LEASE, D(2026, 3, 31)), facts(*LED, TERMINATED, PROTOCOL), NextWhy.NEW_LEASE, PROTOCOL.on),
    ],
)  # fmt: skip
def test_what_a_protocol_holds_back(step, f, code, first):
    found = refusal(step, f, PARAMS)
    assert found is not None
    assert (found.reason.code, found.first) == (code, first)


def test_a_new_lease_is_due_within_three_months_of_a_protocol_that_was_kept():
    kept = facts(*LED, TERMINATED, PROTOCOL, day=D(2028, 4, 2))
    asked = duty(kept, PARAMS)
    assert asked is not None
    assert (asked.kind, asked.by_on) == (K.NEW_LEASE, D(2028, 7, 1))
    assert [one.kind for one in standing(kept, PARAMS).coming] == [K.NEW_LEASE]
    assert duty(facts(*LED, TERMINATED, PROTOCOL, day=D(2028, 4, 2), lapsed_on=BROKE), PARAMS) is None
    # On its last day it still runs; what was enforced after it, or a judge gave, makes no protocol kept.
    assert duty(facts(*LED, TERMINATED, PROTOCOL, day=D(2028, 4, 1)), PARAMS) is None
    assert duty(facts(*LED, TERMINATED, PROTOCOL, LEAVE, TOLD, day=D(2028, 4, 2)), PARAMS) is None
    assert duty(facts(*LED, DELAYS, day=D(2028, 4, 2)), PARAMS) is None


@pytest.mark.parametrize("track", [Track.CONTRACT, Track.RESIDENCE])
def test_only_a_lease_of_article_24_has_a_protocol(track):
    assert K.PROTOCOL not in following(track, (Step(K.NOTICE, D(2026, 1, 5)), WRIT, TERMINATED))
    assert not {K.PROTOCOL, K.LONGER, K.NEW_LEASE} & set(kinds_of(track))


def test_a_procedure_may_be_stopped_while_a_protocol_is_kept():
    assert refusal(Step(K.CLOSED, TODAY), facts(*LED, TERMINATED, PROTOCOL), PARAMS) is None


def test_what_is_enforced_after_a_protocol_has_its_own_day():
    f = facts(*LED, TERMINATED, PROTOCOL, LEAVE, TOLD)
    assert [(one.kind, one.from_on) for one in standing(f, PARAMS).coming] == [(K.FORCE, D(2026, 11, 10))]
