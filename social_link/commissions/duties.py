"""What a commission asks: of the referents, the opinion for the members before the entries are closed; of who holds it,
to send what was decided."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from common import clock
from common.links import link
from common.typography import long_date, short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.messages.codes import FAILED_STATES, HAND_STATES, Channel, MessageState
from office.messages.models import Message
from office.tasks.kinds import Cause, Ending, TaskKind, TaskLine, TaskLook, declare
from social_link.commissions.codes import (
    ABOUT_COMMISSION,
    ABOUT_DECISION,
    ABOUT_ITEM,
    CommissionDuty,
    CommissionMessage,
)
from social_link.commissions.models import Commission, CommissionItem
from social_link.commissions.parameters import tell_until


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


# ---------- what was decided is sent ----------


def _commissions(ids: Collection[int]) -> QuerySet[Commission]:
    return Commission.objects.filter(pk__in=ids)


def _to_tell(ids: Collection[int] | None) -> Iterable[Cause]:
    """Closed, and a household was not written to; or a letter is not posted, or something did not arrive."""
    written = Message.objects.filter(
        about=ABOUT_DECISION, about_id=OuterRef("pk"), created_at__gte=OuterRef("commission__closed_at")
    ).exclude(state=MessageState.WITHDRAWN)
    to_home = written.filter(kind=CommissionMessage.HOUSEHOLD)
    by_hand = written.filter(channel=Channel.PAPER, state__in=HAND_STATES)
    failed = written.filter(state__in=FAILED_STATES, seen_at=None)
    items = CommissionItem.objects.kept().filter(commission=OuterRef("pk"))
    waiting = items.filter(~Exists(to_home) | Exists(by_hand) | Exists(failed))
    rows = Commission.objects.kept().filter(Exists(waiting.exclude(decision="")), closed_at__isnull=False).order_by()
    return [
        Cause(row.pk, due_on=tell_until(row.held_on), assignee_id=row.closed_by_id, author_id=row.closed_by_id)
        for row in (rows if ids is None else rows.filter(pk__in=ids))
    ]


def _told(raised: Mapping[int, datetime]) -> Mapping[int, Ending]:
    rows = _commissions(raised).values_list("pk", "closed_at")
    return {pk: Ending() if closed else Ending("La commission est rouverte") for pk, closed in rows}


def _telling(ids: Collection[int], actor: Actor) -> Mapping[int, TaskLine]:
    return {
        row.pk: TaskLine(
            "Décisions de commission à envoyer",
            f"{row.get_kind_display()} du {long_date(row.held_on)}",
            row.get_kind_display(),
            link("social_link:commission", row.pk),
        )
        for row in _commissions(ids)
    }


TELL = declare(
    TaskKind(
        code=CommissionDuty.TELL, about=ABOUT_COMMISSION, reveals=Data.COMMISSION, falls_to=Write(Data.COMMISSION),
        causes=_to_tell, endings=_told, show=_telling, locks=_commissions,
        look=TaskLook("mail", "social", "Envoyer", "commission à faire suivre,commissions à faire suivre", _page),
    )
)  # fmt: skip
