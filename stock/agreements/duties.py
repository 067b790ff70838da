"""What an agreement that ends soon asks: to extend it, or to prepare its end."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.periods import last_day
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from stock.agreements.codes import AgreementDuty
from stock.agreements.models import HeadAgreement
from stock.agreements.parameters import end_alerts_on
from stock.agreements.queries import agreements_ending

ABOUT_AGREEMENT = "agreement"
"""What these tasks are about: the id is the agreement's."""


def _agreements(ids: Collection[int]) -> QuerySet[HeadAgreement]:
    return HeadAgreement.objects.filter(pk__in=ids)


def _ending(ids: Collection[int] | None) -> Iterable[Cause]:
    """From the first reminder on; the check of the morning opens those of the day."""
    today = clock.today()
    rows = agreements_ending(today=today, alerts=end_alerts_on(today))
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [Cause(pk, due_on=last_day(period)) for pk, period in rows.values_list("pk", "period")]


def _extended(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    today = clock.today()
    over = Ending("La convention a pris fin")
    return {
        pk: over if period.upper is not None and period.upper <= today else Ending()
        for pk, period in _agreements(raised).values_list("pk", "period")
    }


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        agreement.pk: TaskLine(
            f"Fin de convention : {agreement.title}",
            f"{agreement.reference}, jusqu’au {short_day(end, today=today)}" if end else agreement.reference,
            agreement.reference,
            link("stock:agreement", agreement.pk),
        )
        for agreement in _agreements(ids)
        for end in [last_day(agreement.period)]
    }


END = declare(
    TaskKind(
        code=AgreementDuty.END, about=ABOUT_AGREEMENT, reveals=Data.AGREEMENT, falls_to=Write(Data.AGREEMENT),
        causes=_ending, endings=_extended, show=_shown, locks=_agreements,
        look=TaskLook(
            "file-certificate", "neutral", "Ouvrir", "convention qui finit,conventions qui finissent",
            lambda: link("stock:agreements"), days_ahead=30,
        ),
        may_be_given=True,
    )
)  # fmt: skip
