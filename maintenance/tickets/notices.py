"""What is told of an emergency: to who gives the jobs, to the technician who gets it; and that nobody was in."""

from collections.abc import Callable, Collection, Mapping

from common.links import link
from maintenance.tickets.codes import ABOUT_TICKET, TicketNotice
from maintenance.tickets.models import Ticket
from office.access.codes import TokenScope
from office.access.matrix import OWN, Data, Read
from office.notices.kinds import NoticeKind, Shown, declare


def _shown(page: str, before: str) -> Callable[[Collection[int]], Mapping[int, Shown]]:
    def shown(ids: Collection[int]) -> Mapping[int, Shown]:
        rows = Ticket.objects.filter(pk__in=ids).values_list("pk", "reference", "title")
        return {pk: Shown(f"{before}{title} ({reference})", link(page, pk)) for pk, reference, title in rows}

    return shown


def _kind(code: TicketNotice, many: str, page: str, before: str = "") -> NoticeKind:
    return declare(
        NoticeKind(
            code=code,
            about=ABOUT_TICKET,
            many=many,
            icon="tool",
            needs=Read(Data.TICKET, OWN),
            scope=TokenScope.MAINTENANCE_READ,
            readable=Ticket.objects.visible_to,
            shown=_shown(page, before),
        )
    )


REPORTED = _kind(TicketNotice.REPORTED, "urgence à attribuer,urgences à attribuer", "maintenance:ticket")
GIVEN = _kind(TicketNotice.GIVEN, "urgence confiée,urgences confiées", "maintenance:job")
MISSED = _kind(
    TicketNotice.MISSED, "absence à une urgence,absences à une urgence", "maintenance:ticket", "Personne absente : "
)
