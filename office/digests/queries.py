"""What waits for a person, in numbers, and who gets what."""

from datetime import date

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from common.links import link
from common.typography import counted
from office.access.actor import Actor
from office.digests.models import NoticeChoice
from office.messages.codes import ABOUT_STAFF
from office.messages.models import Message
from office.notices.kinds import declared as notices
from office.notices.models import Notice
from office.staff.models import User
from office.tasks.kinds import declared as tasks
from office.tasks.queries import tasks_of


def absolute(path: str) -> str:
    """An address that works from outside."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}"


def values_of(user: User, lines: list[str]) -> dict[str, str]:
    """The fields of a message to `user` (`office.digests.letters`)."""
    return {
        "prenom": user.first_name,
        "liste": "\n".join(f"– {line}" for line in lines),
        "lien": absolute(link("office:notices")),
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


def digest_lines(actor: Actor, day: date) -> list[str]:
    """What waits for the actor on `day`, in numbers, by kind: tasks that are due or late, notices of the last days
    that were not seen. Nothing of what or whom."""
    return [*_tasks(actor, day), *_notices(actor)]


def _tasks(actor: Actor, day: date) -> list[str]:
    late = Count("pk", filter=Q(due_on__lt=day))
    rows = tasks_of(actor).filter(due_on__lte=day).order_by().values_list("kind").annotate(n=Count("pk"), late=late)
    numbers = {code: (n, late) for code, n, late in rows}
    return [
        counted(numbers[code][0], kind.look.many)
        + (f", dont {numbers[code][1]} en retard" if 0 < numbers[code][1] < numbers[code][0] else "")
        for code, kind in tasks().items()
        if code in numbers
    ]


def _notices(actor: Actor) -> list[str]:
    rows = Notice.objects.visible_to(actor).news().order_by().values_list("kind").annotate(n=Count("pk"))
    numbers = dict(rows)
    return [counted(numbers[code], kind.noun) for code, kind in notices().items() if code in numbers]


def staff_messages() -> "QuerySet[Message]":
    """What was sent to the people of the house, the latest first."""
    return Message.objects.filter(about=ABOUT_STAFF)


def wanting_digest(day: date) -> "QuerySet[User]":
    """Who gets a digest on `day`, if there is something in it."""
    return here(day).filter(Q(notice_choice__isnull=True) | Q(notice_choice__wants_digest=True))
