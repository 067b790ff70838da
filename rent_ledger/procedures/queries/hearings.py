"""The hearings that procedures wait for."""

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from office.access.actor import Actor
from rent_ledger.arrears.perms import can_read_cases
from rent_ledger.procedures.codes import HEARD
from rent_ledger.procedures.models import ProcedureStep


def hearings_for(actor: Actor, *, since: date) -> QuerySet[ProcedureStep]:
    """The steps that name a hearing of `since` or after, of procedures that run; where it was put off, the last one."""
    if not can_read_cases(actor):
        return ProcedureStep.objects.none()
    heard = ProcedureStep.objects.filter(kind__in=HEARD)
    put_off = heard.filter(procedure=OuterRef("procedure"), pk__gt=OuterRef("pk"))
    return heard.filter(~Exists(put_off), procedure__ended_on=None, hearing_on__gte=since).order_by("hearing_on", "pk")
