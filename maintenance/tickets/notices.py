"""What is told of an emergency: to who gives the jobs, then to the technician who gets it."""

from collections.abc import Callable, Collection, Mapping

from common.links import link
from maintenance.tickets.codes import TicketNotice
from maintenance.tickets.models import Ticket
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.notices.kinds import NoticeKind, Shown, declare


def _shown(page: str) -> Callable[[Collection[int]], Mapping[int, Shown]]:
    def shown(ids: Collection[int]) -> Mapping[int, Shown]:
        rows = Ticket.objects.filter(pk__in=ids).values_list("pk", "reference", "title")
        return {pk: Shown(f"{title} ({reference})", link(page, pk)) for pk, reference, title in rows}

    return shown


def _kind(code: TicketNotice, plural: str, page: str) -> NoticeKind:
    return declare(
        NoticeKind(
            code=code,
            about="ticket",
            plural=plural,
            icon="tool",
            needs=Read(Data.TICKET, OWN),
            scope=TokenScope.MAINTENANCE_READ,
            readable=Ticket.objects.visible_to,
            shown=_shown(page),
        )
    )


REPORTED = _kind(TicketNotice.REPORTED, "urgences à attribuer", "maintenance:ticket")
GIVEN = _kind(TicketNotice.GIVEN, "urgences confiées", "maintenance:job")
