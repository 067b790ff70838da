"""Notices as their person reads them."""

from collections.abc import Iterable
from dataclasses import dataclass

from office.notices.kinds import NoticeKind, Shown, declared
from office.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Line:
    """A notice of a list, with what it says."""

    notice: Notice
    kind: NoticeKind
    shown: Shown


def lines(notices: Iterable[Notice]) -> list[Line]:
    """What each notice says, in order, by a constant number of queries per kind. What is about an object that is no
    longer there says nothing and is left out."""
    rows = list(notices)
    ids: dict[str, set[int]] = {}
    for row in rows:
        ids.setdefault(row.kind, set()).add(row.about_id)
    shown = {code: declared()[code].shown(wanted) for code, wanted in ids.items() if code in declared()}
    return [
        Line(row, declared()[row.kind], shown[row.kind][row.about_id])
        for row in rows
        if row.about_id in shown.get(row.kind, {})
    ]
