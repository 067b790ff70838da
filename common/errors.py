"""Domain errors. Each has the French message that the user reads: what is wrong, where, what to do next."""


class DomainError(Exception):
    """A service refuses. `code` is stable (API envelope), `field` names a form field where there is one."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field


class Conflict(DomainError):
    """Somebody else did it first, or the same key was sent again with other content."""

    code = "conflict"


class Asked(Conflict):
    """A question before something unusual. `questions`: the codes of all that is asked, each to be answered by a reason
    (`answers` of the service). `code` is the first of them, so that the API says which. `marks`: the same with what
    each says, so that the answer of a form is to these figures and no others."""

    def __init__(self, said: str, questions: list[str], marks: list[str]) -> None:
        super().__init__(f"{said} Corrigez, ou dites pourquoi c’est juste.", code=questions[0], field="because")
        self.questions, self.marks = tuple(questions), tuple(marks)


class Busy(Conflict):
    """An earlier send of the same thing is still at work. Ask again after `retry_after` seconds."""

    retry_after = 5


class NotAllowed(DomainError):
    """The actor may not do this (a page answers 403, or 404 where the object is out of scope)."""

    code = "not_allowed"


class InvalidInput(DomainError):
    """A value that was typed or sent is not valid."""

    code = "invalid"


class UnreadableFile(DomainError):
    """A file can't be read; `errors` lists one French line per problem, with its place in the file."""

    code = "unreadable_file"

    def __init__(self, message: str, *, errors: list[str] | None = None, code: str | None = None) -> None:
        super().__init__(message, code=code)
        self.errors = errors or [message]
