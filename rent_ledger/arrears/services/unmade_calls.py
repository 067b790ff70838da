"""Who decided a call is told that nobody makes it: the next step is proposed meanwhile (`rules.lanes`)."""

from datetime import date, timedelta

from office.access.actor import Actor
from office.messages.codes import WAITING_STATES, MessageState
from office.messages.models import Message
from office.notices.services import NewNotice, notify
from rent_ledger.arrears import notices
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage
from rent_ledger.arrears.parameters import lane_params

# One that is held waits for something else than for somebody to call.
_TO_MAKE = sorted(WAITING_STATES - {MessageState.HELD})


def tell_unmade_calls(*, day: date) -> None:
    """Once for each call that was decided more than `call_wait_days` before `day` and waits still."""
    before = day - timedelta(days=lane_params(day).call_wait_days)
    rows = Message.objects.filter(
        about=ABOUT_CASE,
        kind=ArrearsMessage.CALL,
        state__in=_TO_MAKE,
        created_at__date__lt=before,
        author__isnull=False,
    )
    waiting = rows.order_by("pk").values_list("pk", "author_id", "about_id")
    new = [NewNotice(notices.CALL_UNMADE, author, case, str(pk)) for pk, author, case in waiting]
    notify(new=new, actor=Actor.system())
