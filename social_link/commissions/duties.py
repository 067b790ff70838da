"""What a commission asks of the referents: the opinion for the members, before the entries are closed."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.links import link
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.commissions.codes import ABOUT_ITEM, CommissionDuty
from social_link.commissions.models import Commission, CommissionItem


def _items(ids: Collection[int]) -> QuerySet[CommissionItem]:
    return CommissionItem.objects.filter(pk__in=ids)


def _to_prepare(ids: Collection[int] | None) -> Iterable[Cause]:
    """Without the referent's opinion, as long as nothing is decided."""
    rows = CommissionItem.objects.waiting().filter(opinion="", commission__in=Commission.objects.open()).order_by()
    rows = rows if ids is None else rows.filter(pk__in=ids)
    return [
        Cause(pk, due_on=until, household_id=household, assignee_id=referent)
        for pk, until, household, referent in rows.values_list(
            "pk", "commission__entries_until", "household_id", "referent_id"
        )
    ]


def _prepared(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    """Prepared or decided, it is done; taken off, or the commission withdrawn, it is dropped."""
    rows = _items(raised).values_list("pk", "opinion", "decision")
    return {
        pk: Ending() if opinion or decision else Ending("Ce n’est plus à l’ordre du jour")
        for pk, opinion, decision in rows
    }


def _shown(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    today = clock.today()
    return {
        item.pk: TaskLine(
            f"Dossier de commission à préparer : {item.household.name}",
            f"{item.commission.get_kind_display()} du {short_day(item.commission.held_on, today=today)}",
            item.household.name,
            link("social_link:commission_item", item.pk),
        )
        for item in _items(ids).select_related("household", "commission")
    }


def _page() -> str:
    return link("social_link:commissions")


PREPARE = declare(
    TaskKind(
        code=CommissionDuty.PREPARE, about=ABOUT_ITEM, reveals=Data.COMMISSION, falls_to=Write(Data.COMMISSION),
        causes=_to_prepare, endings=_prepared, show=_shown, locks=_items,
        look=TaskLook(
            "clipboard-check", "social", "Préparer", "dossier de commission,dossiers de commission", _page,
            days_ahead=14,
        ),
    )
)  # fmt: skip
