"""The letters of the month: what will leave, for whom, by which way; who gets none and why; what may be taken back."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common import clock
from common.links import link
from common.reasons import Reason
from office.access.matrix import Data, Write
from office.access.permissions import allow
from office.access.requests import HouseRequest
from rent_ledger.arrears.looks import LANES
from rent_ledger.arrears.queries.told import told_reason
from rent_ledger.arrears.queries.written import MOST, batches, held_back, to_send
from rent_ledger.books.models import AccountState


@dataclass(frozen=True, slots=True)
class Held:
    """Who gets no letter today, and why."""

    state: AccountState
    why: Reason | None
    meaning: str
    url: str

    @property
    def name(self) -> str:
        household = self.state.account.household
        return household.name if household else self.state.account.label


@require_GET
@allow(Write(Data.ARREARS))
def written(request: HouseRequest) -> HttpResponse:
    """« Relances »: confirmed together, as everywhere; taken back while nothing has left."""
    actor, held = request.actor, held_back(request.actor)
    kept = list(held[:MOST])
    return render(
        request,
        "rent_ledger/arrears/written.html",
        {
            "steps": (steps := to_send(actor)),
            "count": sum(len(step.rows) + step.more for step in steps),
            "held": [
                Held(
                    state,
                    told_reason(state.why, actor),
                    LANES[state.lane].meaning,
                    link("rent_ledger:case", state.case_id) if state.case_id else "",  # type: ignore[attr-defined]
                )
                for state in kept
            ],
            "more": held.count() - len(kept) if len(kept) == MOST else 0,
            "batches": batches(actor),
            "day": clock.today(),
            "here": request.get_full_path(),
        },
    )
