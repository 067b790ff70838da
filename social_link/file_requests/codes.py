"""Codes of the answers to a person who asks to read her file."""

from common.codes import Code


class KeptFor(Code):
    """Why a note is not handed over. The paper tells it in these words."""

    OTHERS = "OTHERS", "Ce qui est écrit parle d’autres personnes et ne se lit pas sans elles"
    DANGER = "DANGER", "La lecture mettrait une personne en danger"
    SECRET = "SECRET", "Un autre service l’a confié sous le sceau du secret"


class FileRequestDuty(Code):
    """What a request asks of who wrote the notes."""

    ANSWER = "FILE_ANSWER", "Notes à relire pour qui les demande"
