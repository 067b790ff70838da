"""What the API says of notices."""

from ninja import Schema

from office.api_base import Instant, PageQuery


class NoticeQuery(PageQuery):
    """`unseen`: only what was not seen. `urgent`: only what is for today."""

    unseen: bool = False
    urgent: bool = False


class NoticeListed(Schema):
    """A notice to the caller. `page`: the path of the page where something can be done."""

    id: int
    kind: str
    label: str
    title: str
    page: str
    is_urgent: bool
    created_at: Instant
    seen_at: Instant | None
