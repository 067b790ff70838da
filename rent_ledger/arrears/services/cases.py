"""The locks of arrears cases, and what follows a change of one, in the same transaction."""

from collections.abc import Collection, Iterable, Sequence

from common import clock
from common.errors import Conflict
from office.access.actor import Actor
from office.jobs.wake import wake
from office.tasks.services.tasks import refresh_tasks
from rent_ledger.arrears.duties import DEPARTURE, PAYER_PLAN, PLAN, PLAN_BROKEN, REPORT
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.services.lanes import refresh_lanes


def lock_cases(case_ids: Iterable[int]) -> dict[int, ArrearsCase]:
    """The cases, locked in id order: concurrent decisions wait for each other and don't deadlock."""
    cases = ArrearsCase.objects.select_for_update(of=("self",)).filter(pk__in=list(case_ids)).order_by("pk")
    return {case.pk: case for case in cases}


def lock_open(case_ids: Iterable[int]) -> None:
    """Lock the cases; Conflict where one of them is closed."""
    if any(case.closed_on is not None for case in lock_cases(case_ids).values()):
        raise Conflict("Ce dossier est soldé.")


def refresh_cases(cases: Sequence[ArrearsCase], actor: Actor) -> None:
    """What the cases propose and ask follows what was done of them, in the transaction of the caller."""
    refresh_lanes(account_ids=[case.account_id for case in cases], day=clock.today())
    refresh_tasks(REPORT, PLAN, ids=[case.pk for case in cases], actor=actor)
    wake("arrears_changed")


def refresh_reports(reports: Sequence[PayerReport], actor: Actor) -> None:
    """What the reports ask follows what was done of them, in the transaction of the caller."""
    refresh_tasks(PAYER_PLAN, PLAN_BROKEN, ids=[report.pk for report in reports], actor=actor)
    refresh_tasks(DEPARTURE, ids=[report.lease_id for report in reports], actor=actor)


def refresh_broken(account_ids: Collection[int], actor: Actor) -> None:
    """What is to tell the payer of the plans of these accounts that broke, or run again."""
    rows = PayerReport.objects.living().filter(case__account__in=account_ids, plan_sent_on__isnull=False)
    refresh_tasks(PLAN_BROKEN, ids=list(rows.order_by().values_list("pk", flat=True)), actor=actor)


def refresh_departures(lease_ids: Collection[int]) -> None:
    """What the contracts ask follows who has left, in the transaction of who says so."""
    refresh_tasks(DEPARTURE, ids=lease_ids, actor=Actor.system())
