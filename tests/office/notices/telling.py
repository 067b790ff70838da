"""Notices for tests: of jobs, which their author may read."""

from office.access.actor import Actor
from office.jobs.notices import STOPPED
from office.models import Job, Notice, User
from office.notices.services import NewNotice, notify
from tests.factories import number


def tell(user: User, *, is_urgent: bool = True, title: str = "Quittancement de novembre") -> Notice:
    """A notice to `user` that a job of his has stopped."""
    job = Job.objects.create(kind="essai", key=f"essai {number()}", title=title, author=user)
    notify(new=[NewNotice(STOPPED, user.pk, job.pk, str(job.pk), is_urgent=is_urgent)], actor=Actor.system())
    return Notice.objects.get(about_id=job.pk, kind=STOPPED.code, user=user)
