"""Questions before something unusual: asked once, answered with a reason, which is kept with what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from zlib import crc32

from common.errors import Asked
from common.reasons import Reason
from office.access.actor import Actor
from office.confirmations.models import REASON_LENGTH, Confirmation

Answers = Mapping[str, str]
"""Why it is right, by question: its code in lower case, or its mark (`mark`)."""
NO_ANSWERS: Answers = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and why one goes on."""

    question: Reason
    why: str


def sentences(questions: Sequence[Reason]) -> str:
    """What is asked, in French; empty where nothing is."""
    return " ".join(f"{question.text()}." for question in questions)


def mark(question: Reason) -> str:
    """The code of a question and a print of what it says: an answer to 1 200 € is none to 12 000 €."""
    return f"{str(question.code).lower()}~{crc32(question.text().encode()):08x}"


def ask(questions: Sequence[Reason], answers: Answers) -> list[Answered]:
    """The questions with their answers, for `keep`, once the thing is done. An answer to what isn't asked is left out.

    Raises `Asked` while one of them has no answer: it names all that are asked, so that nothing is asked twice.
    """
    codes = [str(question.code).lower() for question in questions]
    marks = [mark(question) for question in questions]
    given = [answers.get(code) or answers.get(marked, "") for code, marked in zip(codes, marks, strict=True)]
    found = [why.strip()[:REASON_LENGTH] for why in given]
    if not all(found):
        raise Asked(sentences(questions), codes, marks)
    return [Answered(question, why) for question, why in zip(questions, found, strict=True)]


def keep(answered: Sequence[Answered], *, about: str, about_id: int, actor: Actor) -> None:
    """Keep the answers, in the transaction of what was done. The same question about the same thing is kept once."""
    Confirmation.objects.bulk_create(
        [
            Confirmation(
                about=about, about_id=about_id, question=str(one.question.code),
                figures=one.question.to_json().get("figures", {}), reason=one.why, author=actor.user,
            )
            for one in answered
        ],
        ignore_conflicts=True,
    )  # fmt: skip
