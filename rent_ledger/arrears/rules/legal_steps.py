"""Where a legal procedure stands, as the list of arrears says it (row 51 of `docs/features.md`). What comes next, from
when and by which text, is read by the rules of `procedures`."""

from common.reasons import Reason, named_figures
from rent_ledger.arrears.rules.case_facts import CaseFacts, Found, LaneParams
from rent_ledger.books.codes import Action, LaneWhy
from rent_ledger.procedures.codes import StepKind

LEGAL = {
    StepKind.COMMAND: LaneWhy.LEGAL_COMMAND,
    StepKind.NOTICE: LaneWhy.LEGAL_NOTICE,
    StepKind.WRIT: LaneWhy.LEGAL_WRIT,
    StepKind.POSTPONED: LaneWhy.LEGAL_WRIT,
    StepKind.DELAYS: LaneWhy.LEGAL_GIVEN,
    StepKind.TERMINATED: LaneWhy.LEGAL_ENDED,
    StepKind.LEAVE: LaneWhy.LEGAL_QUIT,
    StepKind.FORCE: LaneWhy.LEGAL_FORCE,
    StepKind.PROTOCOL: LaneWhy.LEGAL_PROTOCOL,
}

LAPSED = {StepKind.DELAYS: LaneWhy.LEGAL_LAPSED, StepKind.PROTOCOL: LaneWhy.LEGAL_BROKEN}


def legal_step(f: CaseFacts, p: LaneParams) -> Found:
    """The wait for what follows the last step of the procedure that runs; None where none does."""
    if f.legal is None:
        return None
    now = f.legal
    if now.lapsed_on is not None and now.kind in LAPSED:
        return Action.WAIT, Reason(LAPSED[StepKind(now.kind)], {"on": now.lapsed_on})
    figures = {"on": now.on, "hearing_on": now.hearing_on, "until": now.until}
    code = LEGAL[StepKind(now.kind)]
    return Action.WAIT, Reason(code, {name: figures[name] for name in named_figures(code.label)})
