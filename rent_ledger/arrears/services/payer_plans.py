"""That a plan broke is told to the payer: noted with its day, and taken back."""

from datetime import date

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from rent_ledger.arrears.queries.payer_plans import broken_untold
from rent_ledger.arrears.reports import PayerReport
from rent_ledger.arrears.services.cases import lock_cases, refresh_reports

NOT_BROKEN = "Le plan transmis à l’organisme n’est pas rompu : il n’y a rien à lui dire."


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_broken_told(*, report: PayerReport, told_on: date, actor: Actor) -> PayerReport:
    """Somebody told the payer that the plan broke, on that day. The same again changes nothing.

    `InvalidInput` (`told_on`), `Conflict` (`not_broken`) where no plan broke since it was sent.
    """
    row = _locked(report)
    if row.broken_told_on == told_on:
        return row
    found = broken_untold([row.pk]).get(row.pk)
    if found is None:
        raise Conflict(NOT_BROKEN, code="not_broken")
    if not found[1] <= told_on <= clock.today():
        raise InvalidInput(f"Ce jour est entre la rupture, le {found[1]:%d/%m/%Y}, et aujourd’hui.", field="told_on")
    row.broken_told_on = told_on
    row.save()
    refresh_reports([row], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_broken_told(*, report: PayerReport, actor: Actor) -> PayerReport:
    """It was noted by mistake: the payer is still to be told. Again changes nothing."""
    row = _locked(report)
    if row.broken_told_on is not None:
        row.broken_told_on = None
        row.save()
        refresh_reports([row], actor)
    return row


def _locked(report: PayerReport) -> PayerReport:
    if report.case_id is not None:
        lock_cases([report.case_id])
    return PayerReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
