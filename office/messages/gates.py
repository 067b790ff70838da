"""What holds an SMS by itself: the hour. It waits for the next open one, and says which."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from common import clock, typography
from office.messages.codes import Channel
from office.messages.gate import Stop, gate
from office.messages.kinds import declared
from office.messages.models import Message
from office.messages.parameters import hour_params
from office.messages.rules.hours import next_opening

TOO_LATE = "Les SMS ne partent ni le soir ni un jour chômé : celui-ci part le {when}."


@gate("hours")
def decent_hours(messages: Sequence[Message]) -> Mapping[int, Stop]:
    """E-mails and letters disturb nobody; a call is made by a person. A kind that is urgent leaves at any hour."""
    asked = [message for message in messages if message.channel == Channel.SMS and not _is_urgent(message)]
    if not asked:
        return {}
    opening = sms_opening()
    if opening is None:
        return {}
    why = TOO_LATE.format(when=_said(opening))
    return {message.pk: Stop(why, again_at=opening) for message in asked}


def sms_opening() -> datetime | None:
    """When an SMS that is decided now may leave; None: at once."""
    now = clock.now().astimezone(clock.PARIS)
    return next_opening(now, hour_params(now.date()))


def sms_waits_until() -> str:
    """The day and the hour at which an SMS that is decided now leaves, in French; "" where it leaves at once."""
    opening = sms_opening()
    return _said(opening) if opening else ""


def _said(opening: datetime) -> str:
    return f"{typography.long_day(opening.date())} à {typography.hour(opening)}"


def _is_urgent(message: Message) -> bool:
    kind = declared().get(message.kind)
    return kind is not None and kind.is_urgent
