"""Telling people, and what they have seen.

`notify` and `over` are called in the transaction of what happens: both are there, or neither.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from common import clock
from office.access.actor import Actor
from office.access.matrix import OWN, Data, Write, can
from office.access.permissions import needs
from office.jobs.wake import wake
from office.notices.kinds import NoticeKind
from office.notices.models import Notice

TOPIC = "notices"
KEPT = timedelta(days=90)
"""How long a notice that was seen is kept: nobody looks further back, and it tells who was told what."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """Tell `user_id` something about an object. `key` names what happened, within the kind."""

    kind: NoticeKind
    user_id: int
    about_id: int
    key: str
    is_urgent: bool = False


@transaction.atomic
def notify(*, new: Iterable[NewNotice], actor: Actor) -> None:
    """Write notices, all at once. Nobody is told of what he does himself; the same key again changes nothing."""
    rows = [
        Notice(
            user_id=one.user_id, kind=one.kind.code, about=one.kind.about, about_id=one.about_id, key=one.key,
            is_urgent=one.is_urgent,
        )
        for one in new
        if one.user_id != actor.user_id
    ]  # fmt: skip
    if not rows:
        return
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.is_urgent for row in rows):
        wake(TOPIC)


def over(*kinds: NoticeKind, about_ids: Collection[int], but: int | None = None) -> None:
    """What these notices tell has been done, by whoever: they wait for nobody any more, except for the user `but`."""
    rows = Notice.objects.unseen().filter(
        kind__in=[kind.code for kind in kinds], about__in={kind.about for kind in kinds}, about_id__in=about_ids
    )
    if but is not None:
        rows = rows.exclude(user_id=but)
    rows.update(seen_at=clock.now())


@needs(Write(Data.SELF, OWN))
@transaction.atomic
def mark_seen(*, notice: Notice, actor: Actor) -> Notice:
    """The actor has seen one of his notices. Again changes nothing."""
    row = Notice.objects.of(actor).select_for_update(of=("self",)).get(pk=notice.pk)
    if row.seen_at is None:
        row.seen_at = clock.now()
        row.save(update_fields=["seen_at"])
    return row


@needs(Write(Data.SELF, OWN))
def mark_opened(*kinds: NoticeKind, about_id: int, actor: Actor) -> None:
    """The actor opened the page of what these notices are about, by whatever way: his own are seen.

    A page that is only read may call it, like the link of a notice: it changes only what the reader himself is shown,
    and again changes nothing. One statement, which finds by the index of what is unseen.
    """
    codes = [kind.code for kind in kinds if can(actor, kind.needs)]
    if codes:
        mine = Notice.objects.of(actor).unseen()
        mine.filter(about=kinds[0].about, about_id=about_id, kind__in=codes).update(seen_at=clock.now())


@needs(Write(Data.SELF, OWN))
def mark_all_seen(*, actor: Actor, until: int) -> tuple[int, datetime]:
    """The actor has seen his notices up to the number `until`: what came after the page was shown stays. How many, and
    the moment by which `mark_unseen` takes it back."""
    now = clock.now()
    rows = Notice.objects.of(actor).unseen().filter(pk__lte=until)
    return rows.update(seen_at=now), now


@needs(Write(Data.SELF, OWN))
def mark_unseen(*, seen_at: datetime, actor: Actor) -> int:
    """Take back what was marked as seen at that moment. How many."""
    return Notice.objects.of(actor).filter(seen_at=seen_at).update(seen_at=None)


def forget_unreadable(actor: Actor) -> None:
    """What the actor may no longer read waits for him no more: the bell counts without looking at each object."""
    unseen = Notice.objects.of(actor).unseen()
    gone = unseen.exclude(pk__in=Notice.objects.visible_to(actor).values("pk"))
    if gone.exists():
        gone.update(seen_at=clock.now())


def forget_seen() -> None:
    """Erase the notices that were seen long ago."""
    Notice.objects.filter(seen_at__lt=clock.now() - KEPT).delete()
