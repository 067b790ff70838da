"""What the aid asks of the rental managers: to have a dwelling made decent before its retained aid is lost."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from common import clock
from common.links import link
from common.periods import ONE_DAY
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from rent_ledger.rights.codes import ABOUT_RETENTION, RetentionDuty
from rent_ledger.rights.models import BenefitRetention
from rent_ledger.rights.parameters import retention_params
from rent_ledger.rights.rules.retention import ends_on


def _ending(ids: Collection[int] | None) -> Iterable[Cause]:
    """Those whose delay ends soon, or has ended, due on its last day."""
    today = clock.today()
    params = retention_params(today)
    rows = BenefitRetention.objects.standing().filter(outcome="").select_related("lease")
    for row in rows if ids is None else rows.filter(pk__in=ids):
        after = ends_on(row.period.lower, row.extensions, params)
        if after <= today + timedelta(days=params.notice_days):
            yield Cause(row.pk, due_on=after - ONE_DAY, household_id=row.lease.household_id)


def _ended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    return dict.fromkeys(raised, Ending("La retenue est finie, annulée ou prolongée"))


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today, found = clock.today(), {}
    params = retention_params(today)
    for row in BenefitRetention.objects.filter(pk__in=ids).select_related("lease__household"):
        last = ends_on(row.period.lower, row.extensions, params) - ONE_DAY
        name = row.lease.household.name
        found[row.pk] = TaskLine(
            f"Aide retenue, à débloquer : {name}", f"Perdue après le {short_day(last, today=today)}", name,
            link("rent_ledger:benefit_rights", row.lease_id),
        )  # fmt: skip
    return found


END = declare(
    TaskKind(
        code=RetentionDuty.END,
        about=ABOUT_RETENTION,
        reveals=Data.BENEFIT,
        falls_to=Write(Data.BENEFIT),
        causes=_ending,
        endings=_ended,
        show=_shown,
        locks=lambda ids: BenefitRetention.objects.filter(pk__in=ids),
        look=TaskLook(
            "building-community",
            "warn",
            "Ouvrir",
            "aide retenue à débloquer,aides retenues à débloquer",
            lambda: link("rent_ledger:benefits"),
        ),
        may_be_given=True,
    )
)
