"""What questions are asked about: each subject is declared once, in the `questions.py` of the subject that asks.

    declare(Subject(about=ABOUT_PAYMENT, label="Encaissement", codes=(PaymentQuestion,), page="rent_ledger:payment",
                    opens=Read(Data.PAYMENT), tells=Read(Data.PAYMENT)))

`questions.py` is loaded at start-up (`office.apps`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from common.codes import Code
from office.access.matrix import Capability


@dataclass(frozen=True, slots=True)
class Subject:
    """`about` is what `keep` writes, `codes` its questions, `page` the page of one by its id, which `opens` is needed
    for. Who has `tells` reads in the list what was asked and why it was right; who hasn't, that something was; nothing
    at all where the subject `is_secret`."""

    about: str
    label: str
    codes: tuple[type[Code], ...]
    page: str
    opens: Capability
    tells: Capability
    is_secret: bool = False


_SUBJECTS: dict[str, Subject] = {}


def declare(subject: Subject) -> Subject:
    """`ValueError` where another subject has its `about`."""
    if _SUBJECTS.setdefault(subject.about, subject) != subject:
        raise ValueError(f"two subjects of confirmations are about {subject.about!r}")
    return subject


def declared() -> Mapping[str, Subject]:
    """By `about`, in the order of their labels."""
    return MappingProxyType({one.about: one for one in sorted(_SUBJECTS.values(), key=lambda one: one.label)})
