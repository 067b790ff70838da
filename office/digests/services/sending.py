"""What leaves for the people of the house, through the outbox: one digest a morning, and what is urgent at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, Max, OuterRef, Value
from django.db.models.functions import Cast, Concat

from common import clock
from common.links import link
from common.workdays import is_working_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.people import people_who
from office.digests.letters import DIGEST, FIRST_NAME, MOVED, URGENT
from office.digests.models import NoticeChoice
from office.digests.notices import NOT_TOLD
from office.digests.parameters import pause_params
from office.digests.queries import choice_of, digest_of, here, values_of, wanting_digest
from office.digests.rules.pause import may_tell
from office.house.parameters import ALSACE_MOSELLE
from office.messages.codes import Channel
from office.messages.models import Message
from office.messages.queries import text_in_use
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import filled, worded
from office.notices.models import Notice, NoticeQuerySet
from office.notices.services import NewNotice, notify
from office.parameters.queries import params_on
from office.staff.models import StaffRequest, StaffRequestQuerySet, User

MORNING_ENDS = 12
"""Hour from which a digest says nothing useful any more: it is not written, and one that waits is withdrawn."""
AHEAD = ":ahead"
"""Ends the key of a digest that was written before its day, by a clock that was ahead."""
NEWS = timedelta(hours=12)
"""What is older is in the digest: nobody is woken by what happened before a stop of the server."""


@transaction.atomic
def write_digests(*, day: date) -> int:
    """One e-mail to each person for whom something waits, on a working day, in the morning. How many.

    Of a day that is over, and in the afternoon of a morning without server, nothing is written.
    """
    now = clock.now().astimezone(clock.PARIS)
    alsace = params_on(day).flag(ALSACE_MOSELLE)
    if day != now.date() or now.hour >= MORNING_ENDS or not is_working_day(day, alsace_moselle=alsace):
        return 0
    text, version = text_in_use(DIGEST.code, Channel.EMAIL)
    new = []
    for user in wanting_digest(day):
        digest = digest_of(Actor.of(user), day)
        if digest.lines:
            values = values_of(user, digest.lines, digest.page)
            new.append(
                NewMessage(
                    key=f"digest:{user.pk}:{day}", kind=DIGEST.code, channel=Channel.EMAIL, about_id=user.pk,
                    household_id=None, addressee=user.get_full_name(), address=user.email,
                    wording=filled(text, version, values), values=values,
                )
            )  # fmt: skip
    write_messages(new=new, actor=Actor.system())
    return len(new)


def set_apart(now: datetime) -> int:
    """After a clock that was ahead: a digest that it wrote of a day to come is not the one of that day. How many."""
    ahead = Message.objects.filter(kind=DIGEST.code, created_at__gt=now).exclude(key__endswith=AHEAD)
    return ahead.update(key=Concat("key", Value(AHEAD)))


def waiting() -> NoticeQuerySet:
    """What is urgent, new, unseen, and was told to nobody."""
    return Notice.objects.unseen().filter(
        is_urgent=True, told_at__isnull=True, created_at__gt=clock.now() - NEWS, user__in=here(clock.today())
    )


def tell_urgent() -> int:
    """Tell each person, by the ways that he chose, that something urgent waits. How many people."""
    ids = waiting().order_by("user_id").values_list("user_id", flat=True).distinct()
    return sum(_tell(user_id) for user_id in list(ids))


@transaction.atomic
def _tell(user_id: int) -> bool:
    """One message for all that waits; what comes within the pause waits for the next one."""
    user = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=user_id).first()
    if user is None:
        return False  # Another worker is telling this person.
    ways = _ways(user, choice_of(user))
    last = Notice.objects.filter(user=user).aggregate(at=Max("told_at"))["at"]
    if not ways or not may_tell(now=clock.now(), last=last, params=pause_params(clock.today())):
        return False
    ids = list(waiting().visible_to(Actor.of(user)).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return False
    values = values_of(user, [], link("office:notices"))
    new = [
        NewMessage(
            key=f"urgent:{channel}:{user.pk}:{ids[-1]}", kind=URGENT.code, channel=channel, about_id=user.pk,
            household_id=None, addressee=user.get_full_name(), address=address,
            wording=worded(URGENT.code, channel, values), values=values,
        )
        for channel, address in ways.items()
    ]  # fmt: skip
    write_messages(new=new, actor=Actor.system())
    Notice.objects.filter(pk__in=ids).update(told_at=clock.now())
    return True


def moved() -> StaffRequestQuerySet:
    """Addresses that another one took the place of, and that were not told so yet."""
    keys = Message.objects.filter(kind=MOVED.code, key=Concat(Value("moved:"), Cast(OuterRef("pk"), CharField())))
    recent = StaffRequest.objects.filter(decided_at__gt=clock.now() - NEWS).exclude(former="")
    return recent.exclude(Exists(keys))


@transaction.atomic
def tell_moved() -> int:
    """One e-mail to each address of before. How many. Two workers write one: the key is unique."""
    text, version = text_in_use(MOVED.code, Channel.EMAIL)
    new = []
    for request in moved().select_related("user").order_by("pk"):
        user, values = request.user, {FIRST_NAME.name: request.user.first_name}
        new.append(
            NewMessage(
                key=f"moved:{request.pk}", kind=MOVED.code, channel=Channel.EMAIL, about_id=user.pk, household_id=None,
                addressee=user.get_full_name(), address=request.former, wording=filled(text, version, values),
                values=values,
            )
        )  # fmt: skip
    write_messages(new=new, actor=Actor.system())
    return len(new)


def tell_not_told(user_ids: Sequence[int]) -> None:
    """Who looks after the accounts is told, once an hour, that something urgent did not reach these people: their
    addresses are to mend, and somebody has to tell them. Not as urgent: that message might fail in its turn."""
    people = people_who(Write(Data.STAFF)).values_list("pk", flat=True)
    hour = f"{clock.now().astimezone(clock.PARIS):%Y-%m-%d %H}"
    new = [NewNotice(NOT_TOLD, pk, user, f"{user}:{hour}") for user in user_ids for pk in people if pk != user]
    notify(new=new, actor=Actor.system())


def _ways(user: User, choice: NoticeChoice) -> dict[Channel, str]:
    found = {Channel.EMAIL: user.email} if choice.urgent_by_mail else {}
    return found | ({Channel.SMS: choice.phone} if choice.urgent_by_sms else {})
