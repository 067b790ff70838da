"""What the API takes and gives of tasks."""

from datetime import date

from ninja import Schema

from office.api_base import Instant, PageQuery


class TaskQuery(PageQuery):
    """`kind`: a code of kind. `due_until`: what is due until this day, the late ones with it. `household_id`: about
    this household."""

    kind: str | None = None
    due_until: date | None = None
    household_id: int | None = None


class TaskListed(Schema):
    """Something that the caller has to do. `title` and `text` are French, made for the caller. `page`: the path where
    it is done. `assignee_id` is null where it falls to the service as a whole; `author_id` where a rule asks it."""

    id: int
    kind: str
    kind_label: str
    title: str
    text: str
    page: str
    about: str
    about_id: int
    household_id: int | None
    assignee_id: int | None
    author_id: int | None
    due_on: date
    raised_at: Instant


class TaskGiven(Schema):
    """To whom a task is given; null gives it back to the service."""

    to_id: int | None
