"""Where a procedure stands and what comes next, from when, by which day, by which text (law.md A1.3, A1.4).

While the social service has the case, or overindebtedness freezes it, nothing is proposed but what must be told. A
commandement that is paid whole inside its delay ends there (loi n° 89-462, art. 24 I). A clause that a judge suspended
plays again from the first unpaid term (VII): only then is a commandement de quitter next. Enforcement waits for the end
of the delay to leave, which runs once the prefect is told (CPCE, art. L. 412-1, L. 412-5), and of the winter truce.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from common.periods import ONE_DAY
from common.reasons import Reason
from leases.contracts.codes import ClauseDelay
from rent_ledger.procedures.codes import ENFORCES, HEARD, SPREADS, NextWhy, NoWhy, StandWhy, StepKind, Track
from rent_ledger.procedures.rules.days import (
    ProcedureParams,
    guarantor_by,
    hearing_from,
    leave_until,
    new_lease_by,
    notice_until,
    out_of_truce,
    pay_until,
    prefect_by,
    writ_from,
)
from rent_ledger.procedures.rules.steps import Step, find, following, hearing_of, main_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`waits`: the landlord is a legal person, that seizes the CCAPEX itself. `seized_on`: the day on which it was, by
    any way. `paid`: what the commandement asked was paid whole inside its delay. `lapsed_on`: the first unpaid day of
    what a judge gave. `social`: the social service has the case. `frozen`: overindebtedness. `unpaid`: of a résidence,
    which condition of R. 633-3 holds, or what is missing (`rules.residence`)."""

    track: Track
    steps: Sequence[Step]
    day: date
    delay: ClauseDelay
    waits: bool
    seized_on: date | None
    has_guarantor: bool
    paid: bool = False
    lapsed_on: date | None = None
    social: bool = False
    frozen: bool = False
    unpaid: Reason | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next: not before `from_on`, no later than `by_on`. `kind`: None for a hearing. `is_blocked`: something
    else comes first."""

    kind: StepKind | None
    reason: Reason
    from_on: date | None = None
    by_on: date | None = None
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`where`: one line. `halted`: why nothing but what must be told is proposed."""

    where: Reason
    coming: tuple[Next, ...] = ()
    halted: Reason | None = None


def clause_until(f: Facts, params: ProcedureParams) -> date | None:
    """The last day on which paying stops the procedure before the judge; None without a commandement or a notice."""
    if command := find(f.steps, StepKind.COMMAND):
        return pay_until(command.on, f.delay, params)
    if notice := find(f.steps, StepKind.NOTICE):
        return notice.until if f.track == Track.CONTRACT else notice_until(notice.on, params)
    return None


def left_by(f: Facts, params: ProcedureParams) -> date | None:
    """The last day to leave; None where it does not run: no commandement de quitter, or the prefect is not told."""
    told, leave = find(f.steps, StepKind.LEAVE_PREFECT), find(f.steps, StepKind.LEAVE)
    if told is None:
        return None
    assert leave is not None
    return leave_until(max(leave.on, told.on), params, bad_faith=_is_bad_faith(f))


def _at(f: Facts) -> str | None:
    """The kind of the last step that moved it on."""
    last = main_step(f.steps)
    return last.kind if last else None


def window(kind: StepKind, f: Facts, params: ProcedureParams) -> Next:
    """When a step may be done, by its text. It is known to follow."""
    if kind == StepKind.GUARANTOR:
        command = find(f.steps, StepKind.COMMAND)
        assert command is not None
        reason = Reason(NextWhy.GUARANTOR, {"days": params.guarantor_days})
        return Next(kind, reason, from_on=command.on, by_on=guarantor_by(command.on, params))
    if kind == StepKind.SEIZED:
        if f.waits:
            return Next(kind, Reason(NextWhy.SEIZE, {"months": params.writ_months}))
        return Next(kind, Reason(NextWhy.SEIZE_BY_BAILIFF))
    if kind == StepKind.NOTICE:
        # A notice that was received is a fact: that its condition holds no more, or not yet, is told.
        return Next(kind, f.unpaid or Reason(NextWhy.NOTICE_CONTRACT))
    if kind == StepKind.WRIT:
        return _writ(f, params)
    if kind == StepKind.PREFECT:
        return _prefect(f, params)
    if kind in _JUDGEMENT:
        return Next(kind, Reason(NextWhy.JUDGE), from_on=hearing_of(f.steps))
    if kind in _BY_PROTOCOL:
        return _of_protocol(kind, f, params)
    if kind in ENFORCES and _at(f) == StepKind.PROTOCOL and f.lapsed_on is None:
        return Next(kind, Reason(NextWhy.HELD_BY_PROTOCOL), is_blocked=True)
    if kind == StepKind.LEAVE:
        judged = main_step(f.steps)
        assert judged is not None
        suspended = judged.kind in SPREADS
        return Next(
            kind, Reason(NextWhy.LEAVE), from_on=f.lapsed_on if suspended else judged.on,
            is_blocked=suspended and f.lapsed_on is None,
        )  # fmt: skip
    if kind in (StepKind.FORCE, StepKind.EVICTED):
        return _enforced(kind, f, params)
    return Next(kind, Reason(_FREE[kind]))


_JUDGEMENT = frozenset({StepKind.DELAYS, StepKind.TERMINATED, StepKind.DISMISSED})
_FREE = {
    StepKind.COMMAND: NextWhy.COMMAND,
    # A court may put a hearing off before its day.
    StepKind.POSTPONED: NextWhy.JUDGE,
    StepKind.LEAVE_PREFECT: NextWhy.LEAVE_PREFECT,
    StepKind.STAYED: NextWhy.STAYED,
    StepKind.CLOSED: NextWhy.CLOSED,
}


_BY_PROTOCOL = frozenset({StepKind.PROTOCOL, StepKind.LONGER, StepKind.NEW_LEASE})


def protocol_until(steps: Sequence[Step]) -> date | None:
    """The last day of the protocol, prolonged or not; None without one."""
    last = find(steps, StepKind.LONGER) or find(steps, StepKind.PROTOCOL)
    return last.until if last else None


def _of_protocol(kind: StepKind, f: Facts, params: ProcedureParams) -> Next:
    """A protocol follows the judgment that ended the lease, or a suspension that ended; a new lease follows it kept."""
    if kind == StepKind.PROTOCOL:
        judged = main_step(f.steps)
        assert judged is not None
        suspended = judged.kind == StepKind.DELAYS
        reason = Reason(NextWhy.PROTOCOL, {"months": params.protocol_months})
        return Next(kind, reason, from_on=f.lapsed_on if suspended else judged.on,
                    is_blocked=suspended and f.lapsed_on is None)  # fmt: skip
    signed, until = find(f.steps, StepKind.PROTOCOL), protocol_until(f.steps)
    assert signed is not None
    assert until is not None
    if kind == StepKind.LONGER:
        return Next(kind, Reason(NextWhy.LONGER, {"months": params.longer_months}), from_on=signed.on)
    reason = Reason(NextWhy.NEW_LEASE, {"months": params.new_lease_months})
    return Next(kind, reason, from_on=signed.on, by_on=new_lease_by(until, params))


def _writ(f: Facts, params: ProcedureParams) -> Next:
    until = clause_until(f, params)
    assert until is not None
    if f.track != Track.LEASE:
        return Next(StepKind.WRIT, Reason(NextWhy.WRIT_NOTICE), from_on=until + ONE_DAY)
    first = writ_from(until, f.seized_on, params, waits=f.waits)
    if not f.waits:
        return Next(StepKind.WRIT, Reason(NextWhy.WRIT), from_on=first)
    if first is None:
        return Next(StepKind.WRIT, Reason(NextWhy.SEIZE, {"months": params.writ_months}), is_blocked=True)
    figures = {"months": params.writ_months, "seized_on": f.seized_on}
    return Next(StepKind.WRIT, Reason(NextWhy.WRIT_SEIZED, figures), from_on=first)


def _prefect(f: Facts, params: ProcedureParams) -> Next:
    hearing = hearing_of(f.steps)
    assert hearing is not None
    by = prefect_by(hearing, params)
    if f.day > by:
        figures = {"hearing_on": hearing, "from_on": hearing_from(f.day, params)}
        return Next(StepKind.PREFECT, Reason(NextWhy.PREFECT_LATE, figures), by_on=by)
    return Next(StepKind.PREFECT, Reason(NextWhy.PREFECT, {"weeks": params.prefect_weeks}), by_on=by)


def enforced_from(f: Facts, params: ProcedureParams) -> date | None:
    """The first day without the truce on which a household may be made to leave; None while the delay doesn't run."""
    until = left_by(f, params)
    if until is None:
        return None
    return until if _is_bad_faith(f) else until + ONE_DAY


def _is_bad_faith(f: Facts) -> bool:
    return any(step.bad_faith for step in f.steps)


def _enforced(kind: StepKind, f: Facts, params: ProcedureParams) -> Next:
    first = enforced_from(f, params)
    if first is None:
        return Next(kind, Reason(NextWhy.LEAVE_PREFECT), is_blocked=True)
    if kind == StepKind.EVICTED:
        return Next(kind, Reason(NextWhy.EVICT), from_on=out_of_truce(max(first, f.day), params))
    if _is_bad_faith(f):
        return Next(kind, Reason(NextWhy.FORCE_BAD_FAITH), from_on=first)
    return Next(kind, Reason(NextWhy.FORCE, {"months": params.quit_months}), from_on=first)


class Refused(NamedTuple):
    """Why a step can't have been done on its day. `first`: the first day possible, None where something else comes
    first."""

    reason: Reason
    first: date | None


def refusal(step: Step, f: Facts, params: ProcedureParams) -> Refused | None:
    """A freeze that stops a step, what comes before it, or its first day. None where it can have been done."""
    kind = StepKind(step.kind)
    if f.frozen and kind in ENFORCES:
        return Refused(Reason(NoWhy.FROZEN), None)
    found = window(kind, f, params)
    if found.is_blocked:
        return Refused(found.reason, None)
    first = found.from_on
    if kind == StepKind.EVICTED:
        enforced = enforced_from(f, params)
        assert enforced is not None
        first = out_of_truce(max(enforced, step.on), params)
    return Refused(found.reason, first) if first is not None and step.on < first else None


def standing(f: Facts, params: ProcedureParams) -> Standing:
    """The line of a procedure, and what comes next in it."""
    if f.track == Track.NONE:
        return Standing(Reason(NoWhy.NO_TRACK))
    where = _where(f, params)
    told = tuple(_to_tell(f, params))
    if f.frozen or f.social:
        return Standing(where, told, Reason(NoWhy.FROZEN if f.frozen else NoWhy.SOCIAL))
    return Standing(where, (*_to_seize(f, params), *told, *_act(f, params)))


def duty(f: Facts, params: ProcedureParams) -> Next | None:
    """What must be told by somebody, the nearest last day first; else a judgment to note, once the hearing is past."""
    told = _to_tell(f, params)
    if told:
        return min(told, key=lambda one: one.by_on or date.max)
    if _is_kept(f):
        return window(StepKind.NEW_LEASE, f, params)
    if _at(f) not in HEARD:
        return None
    hearing = hearing_of(f.steps)
    assert hearing is not None
    return Next(None, Reason(StandWhy.HEARD, {"on": hearing}), from_on=hearing) if hearing < f.day else None


def _is_kept(f: Facts) -> bool:
    """A protocol is over, and was kept."""
    until = protocol_until(f.steps)
    return _at(f) == StepKind.PROTOCOL and f.lapsed_on is None and until is not None and until < f.day


def _to_tell(f: Facts, params: ProcedureParams) -> list[Next]:
    """Who must be told of what is done already, whatever holds the rest."""
    at = _at(f)
    wanted = {
        StepKind.STAYED: f.frozen,
        StepKind.GUARANTOR: at == StepKind.COMMAND,
        StepKind.PREFECT: at in HEARD,
        StepKind.LEAVE_PREFECT: at == StepKind.LEAVE,
    }
    kinds = following(f.track, f.steps, frozen=f.frozen, has_guarantor=f.has_guarantor)
    return [window(kind, f, params) for kind, is_wanted in wanted.items() if is_wanted and kind in kinds]


def _to_seize(f: Facts, params: ProcedureParams) -> list[Next]:
    """A report to the payer counts as seizing the CCAPEX (CCH, art. R. 824-30)."""
    asked = f.seized_on is None and not _is_settled(f) and StepKind.SEIZED in following(f.track, f.steps)
    return [window(StepKind.SEIZED, f, params)] if asked else []


def _is_settled(f: Facts) -> bool:
    """The commandement was paid inside its delay: nothing comes after it."""
    return f.paid and _at(f) == StepKind.COMMAND


def _act(f: Facts, params: ProcedureParams) -> list[Next]:
    """The act that is next."""
    at = _at(f)
    if at in HEARD:
        code = NextWhy.HEARING if f.track == Track.LEASE else NextWhy.JUDGE
        return [Next(None, Reason(code, {"months": params.delays_months}), from_on=hearing_of(f.steps))]
    if _is_settled(f):
        return []
    if _is_kept(f):
        return [window(StepKind.NEW_LEASE, f, params)]
    acts = [window(kind, f, params) for kind in following(f.track, f.steps) if kind in _PROPOSED]
    # A writ that waits for the CCAPEX is shown as such; of two acts that may follow, the first one.
    return [one for one in acts if not one.is_blocked or one.kind == StepKind.WRIT][:1]


_PROPOSED = frozenset(
    {StepKind.COMMAND, StepKind.NOTICE, StepKind.WRIT, StepKind.LEAVE, StepKind.FORCE, StepKind.EVICTED}
)  # fmt: skip


def _where(f: Facts, params: ProcedureParams) -> Reason:
    last = main_step(f.steps)
    if last is None:
        seized = find(f.steps, StepKind.SEIZED)
        return Reason(StandWhy.SEIZED, {"on": seized.on}) if seized else Reason(StandWhy.NONE)
    on = {"on": last.on}
    match last.kind:
        case StepKind.COMMAND | StepKind.NOTICE:
            return _before_the_judge(f, last, params)
        case StepKind.WRIT | StepKind.POSTPONED:
            hearing = hearing_of(f.steps)
            assert hearing is not None
            return Reason(StandWhy.HEARING if hearing >= f.day else StandWhy.HEARD, {"on": hearing})
        case StepKind.DELAYS:
            if f.lapsed_on is not None:
                return Reason(StandWhy.LAPSED, {"on": f.lapsed_on})
            assert last.until is not None
            return Reason(StandWhy.DELAYS if f.day <= last.until else StandWhy.DELAYS_OVER, {"until": last.until})
        case StepKind.PROTOCOL:
            if f.lapsed_on is not None:
                return Reason(StandWhy.PROTOCOL_BROKEN, {"on": f.lapsed_on})
            until = protocol_until(f.steps)
            assert until is not None
            if f.day <= until:
                return Reason(StandWhy.PROTOCOL, on | {"until": until})
            return Reason(StandWhy.PROTOCOL_KEPT, {"until": until})
        case StepKind.NEW_LEASE:
            return Reason(StandWhy.NEW_LEASE, on)
        case StepKind.TERMINATED:
            return Reason(StandWhy.TERMINATED, on)
        case StepKind.LEAVE:
            until = left_by(f, params)
            if until is None:
                return Reason(StandWhy.QUIT_UNTOLD, on)
            if until < f.day:
                free = out_of_truce(f.day, params)
                return Reason(StandWhy.QUIT_OVER, on) if free == f.day else Reason(StandWhy.TRUCE, {"from_on": free})
            return Reason(StandWhy.QUIT_RUNS, on | {"until": until})
        case StepKind.FORCE:
            free = out_of_truce(f.day, params)
            return Reason(StandWhy.FORCE, on) if free == f.day else Reason(StandWhy.TRUCE, {"from_on": free})
        case StepKind.DISMISSED:
            return Reason(StandWhy.DISMISSED, on)
        case StepKind.EVICTED:
            return Reason(StandWhy.EVICTED, on)
    return Reason(StandWhy.CLOSED, on)


def _before_the_judge(f: Facts, last: Step, params: ProcedureParams) -> Reason:
    until = clause_until(f, params)
    assert until is not None
    is_command = last.kind == StepKind.COMMAND
    if f.paid and is_command:
        return Reason(StandWhy.COMMAND_PAID, {"on": last.on})
    if f.day <= until:
        return Reason(StandWhy.COMMAND_RUNS if is_command else StandWhy.NOTICE_RUNS, {"on": last.on, "until": until})
    code = StandWhy.COMMAND_OVER if is_command else StandWhy.NOTICE_OVER
    return Reason(code, {"on": last.on, "since": until + ONE_DAY})
