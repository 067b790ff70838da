"""API of the legal procedures: read only. Their steps are noted on the site, with what proves them."""

from typing import Any

from common import clock
from office.access.codes import TokenScope
from office.access.matrix import Data, Read
from office.access.requests import HouseRequest
from office.api_base import HouseRouter, found, ref
from rent_ledger.arrears.queries.arrears import cases_for
from rent_ledger.procedures.models import ProcedureStep
from rent_ledger.procedures.parameters import procedure_params
from rent_ledger.procedures.queries.facts import facts_of
from rent_ledger.procedures.queries.prescription import soon_barred
from rent_ledger.procedures.rules.standing import Next, standing
from rent_ledger.procedures.schemas import ProcedureShown

router = HouseRouter(tag="rent_ledger", read=TokenScope.LEDGER_READ, write=TokenScope.LEDGER_WRITE)

_OF_STEP = ("kind", "on", "items", "hearing_on", "amount", "monthly", "first_on", "until", "bad_faith", "recorded_at")


def _step(row: ProcedureStep) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _OF_STEP} | {
        "id": row.pk,
        "why": row.why or None,
        "author": ref(row.author),
        "proofs": len(row.proofs.all()),
    }


def _next(one: Next) -> dict[str, Any]:
    names = ("kind", "from_on", "by_on", "is_blocked")
    return {name: getattr(one, name) for name in names} | {"reason": one.reason.text()}


@router.reads("/arrears/cases/{case_id}/procedure", response=ProcedureShown, needs=Read(Data.ARREARS_CAUSE))
def read_case_procedure(request: HouseRequest, case_id: int) -> Any:
    """The procedure of the account of a case: where it stands, what is next and by which day, its steps, the terms that
    will soon be barred."""
    case, day = found(cases_for(request.actor), case_id), clock.today()
    params = procedure_params(day)
    now = facts_of(case.account, day=day, params=params)
    stands, procedure = standing(now.facts, params), now.procedure
    return {
        "case_id": case.pk,
        "account_id": case.account_id,
        "procedure_id": procedure.pk if procedure else None,
        "track": now.facts.track,
        "ended_on": procedure.ended_on if procedure else None,
        "lapsed_on": procedure.lapsed_on if procedure else None,
        "where": stands.where.text(),
        "halted": stands.halted.text() if stands.halted else "",
        "coming": [_next(one) for one in stands.coming],
        "steps": [_step(row) for row in now.rows],
        "soon_barred": [
            {"due_on": one.due_on, "left": one.left, "on": one.on, "reason": one.reason.text()}
            for one in soon_barred([case.account_id], day=day)
        ],
    }
