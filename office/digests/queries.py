"""What waits for a person, in numbers, and who gets what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from common.links import link
from common.typography import counted
from office.access.actor import Actor
from office.digests.models import NoticeChoice
from office.messages.codes import ABOUT_STAFF
from office.messages.models import Message
from office.notices.kinds import declared
from office.notices.models import Notice
from office.staff.models import User
from office.tasks.queries import Group, groups


def absolute(path: str) -> str:
    """An address that works from outside."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def values_of(user: User, lines: list[str], page: str) -> dict[str, str]:
    """The fields of a message to `user` (`office.digests.letters`), with the path of the page that it leads to."""
    return {
        "prenom": user.first_name,
        "liste": "\n".join(f"– {line}" for line in lines),
        "lien": absolute(page),
        "reglages": absolute(link("office:notice_choices")),
    }


def here(day: date) -> "QuerySet[User]":
    """Who may be written to on `day`: an open account, an address, a role in force, not away."""
    return (
        User.objects.filter(is_active=True, grants__period__contains=day)
        .exclude(email="")
        .exclude(notice_choice__away_until__gte=day)
        .order_by("id")
        .distinct()
    )


def choice_of(user: User) -> NoticeChoice:
    """What the person chose, or what everybody has who chose nothing."""
    return NoticeChoice.objects.filter(user=user).first() or NoticeChoice(user=user)


@dataclass(frozen=True, slots=True)
class Digest:
    """What waits for somebody on a morning, in numbers, by kind. Nothing of what or whom."""

    tasks: list[str]
    notices: list[str]

    @property
    def lines(self) -> list[str]:
        return [*self.tasks, *self.notices]

    @property
    def page(self) -> str:
        """Where it stands: a home shows what is to do, and has the bell for the rest."""
        return link("desk:home" if self.tasks else "office:notices")


def digest_of(actor: Actor, day: date) -> Digest:
    """What the actor has to do of the kinds of which something is due, in the numbers of the home; and notices of the
    last days that were not seen, except about what was just said."""
    due = sorted((group for group in groups(actor, day=day) if group.due <= day), key=lambda group: group.due)
    return Digest(
        [group.title + (f", dont {group.lateness}" if group.lateness else "") for group in due], _notices(actor, due)
    )


def _notices(actor: Actor, said: Sequence[Group]) -> list[str]:
    rows = Notice.objects.visible_to(actor).news()
    for group in said:
        rows = rows.exclude(about=group.kind.about, about_id__in=group.ids)
    numbers = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    return [counted(numbers[code], kind.many) for code, kind in declared().items() if code in numbers]


def staff_messages() -> "QuerySet[Message]":
    """What was sent to the people of the house, the latest first."""
    return Message.objects.filter(about=ABOUT_STAFF)


def wanting_digest(day: date) -> "QuerySet[User]":
    """Who gets a digest on `day`, if there is something in it."""
    return here(day).filter(Q(notice_choice__isnull=True) | Q(notice_choice__wants_digest=True))
