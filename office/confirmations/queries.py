"""What was confirmed about a thing, for who may read the thing."""

from dataclasses import dataclass
from datetime import datetime

from common.codes import Code
from common.reasons import Reason
from office.confirmations.models import Confirmation


@dataclass(frozen=True, slots=True)
class Confirmed:
    """`asked` is the French sentence; `author` is empty for what Ancrage itself did."""

    asked: str
    reason: str
    author: str
    at: datetime


def confirmed(about: str, about_id: int, *codes: type[Code]) -> list[Confirmed]:
    """What was confirmed about one thing, the first first: one query. `codes` are the questions of its subject."""
    rows = Confirmation.objects.filter(about=about, about_id=about_id).select_related("author").order_by("id")
    return [
        Confirmed(
            Reason.from_json({"code": row.question, "figures": row.figures}, *codes).text(),
            row.reason, str(row.author or ""), row.confirmed_at,
        )
        for row in rows
    ]  # fmt: skip
