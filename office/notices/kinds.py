"""What a person may be told of: each kind of notice is declared once, in the `notices.py` of the subject that knows it.

    URGENT = declare(
        NoticeKind(
            code=AlertNotice.URGENT, about=ABOUT_ALERT, many="alerte urgente,alertes urgentes", icon="alert-triangle",
            needs=Read(Data.ALERT, OWN), scope=TokenScope.SOCIAL_READ, readable=Alert.objects.visible_to, shown=titles,
        )
    )

`notices.py` is loaded at start-up. A notice holds no sentence: its kind makes one when the notice is shown, for an
actor who may still read what it is about.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from common.codes import Code
from office.access.codes import TokenScope
from office.access.matrix import Capability

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from office.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as its person reads it: a French sentence, and the address of the page where something can be done."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """`about` names what a notice of this kind is about (`Notice.about`). The label of `code` and `many`
    (singular and plural of a number, as for tasks) name it where others may look (an e-mail, a phone), so they say
    nothing of whom it concerns. `icon` is one of the house.

    `needs`: what one must still be allowed to read; `scope`: what a token of the API must have for it.
    `readable(actor)`: the objects that the actor may read now. `shown(ids)`: for each of these objects, what the notice
    says, by a constant number of queries.
    """

    code: Code
    about: str
    many: str
    icon: str
    needs: Capability
    scope: TokenScope
    readable: "Callable[[Actor], QuerySet[Any]]"
    shown: Callable[[Collection[int]], Mapping[int, Shown]]

    @property
    def label(self) -> str:
        return self.code.label


KIND_LENGTH, ABOUT_LENGTH = 20, 20
"""Of the columns that hold a code of kind and what a notice is about."""
_declared: dict[str, NoticeKind] = {}


def declare(kind: NoticeKind) -> NoticeKind:
    """Declare a kind once."""
    code = str(kind.code)
    if _declared.setdefault(code, kind) is not kind:
        raise ValueError(f"notice {code} is declared twice")
    return kind


def declared() -> Mapping[str, NoticeKind]:
    """All kinds, by code."""
    return MappingProxyType(_declared)
