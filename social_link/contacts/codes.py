"""Codes of the contacts: kinds of contact, levels of secrecy of a note."""

from common.codes import Code


class ContactKind(Code):
    HOME_VISIT = "VISIT", "Visite à domicile"
    APPOINTMENT = "OFFICE", "Rendez-vous"
    CALL = "CALL", "Appel"
    ABSENCE = "ABSENCE", "Absence"
    ACCOMPANIMENT = "WITH", "Accompagnement"
    DUTY = "DUTY", "Permanence"
    WATCH = "WATCH", "Passage de veille"
    WORKSHOP = "GROUP", "Atelier collectif"
    INFORMATION = "INFO", "Information collective"


MEETINGS = frozenset({ContactKind.HOME_VISIT, ContactKind.APPOINTMENT, ContactKind.ACCOMPANIMENT, ContactKind.DUTY})
"""The kinds in which one sees each other."""


COLLECTIVE = frozenset({ContactKind.WORKSHOP, ContactKind.INFORMATION})
"""Several households together: counted apart from what is individual (S1-10, S4-02). Taking part answers no rhythm and
no step: the household was not met for itself. Only who was there is noted, once it took place."""


class ContactOutcome(Code):
    """How a contact that took place went. Nobody there is no outcome: it is an absence, a kind of its own. A passage of
    the watch is not announced (S0-12): nobody there is neither an absence nor a contact, and it stays a passage."""

    SEEN = "SEEN", "Vu"
    ALL_SEEN = "ALLSEEN", "Vus tous"
    PUT_OFF = "PUT_OFF", "Reporté"
    REFUSED = "REFUSED", "Non souhaité"


NOT_HELD = frozenset({ContactOutcome.PUT_OFF, ContactOutcome.REFUSED})
"""It did not take place after all: nobody was met."""


MINUTES = (15, 30, 45, 60)
"""How long a contact lasted, as one says it."""


FEMININE = frozenset({ContactKind.HOME_VISIT, ContactKind.DUTY, ContactKind.ABSENCE, ContactKind.INFORMATION})
"""« Une visite prévue », « un appel prévu »."""


class NoteLevel(Code):
    """PRIVATE: its author. TEAM: the social team alone. SHARED: the social team and the rental manager. SEALED: named
    persons. Reads of what somebody else wrote are logged."""

    PRIVATE = "PRIVATE", "Privée"
    TEAM = "TEAM", "Équipe sociale"
    SHARED = "SHARED", "Partagée"
    SEALED = "SEALED", "Scellée"


_FROM_CLOSED_TO_OPEN = (NoteLevel.PRIVATE, NoteLevel.SEALED, NoteLevel.TEAM, NoteLevel.SHARED)


def is_narrower(level: str, than: str) -> bool:
    """Whether fewer people read a note at `level`."""
    return _FROM_CLOSED_TO_OPEN.index(NoteLevel(level)) < _FROM_CLOSED_TO_OPEN.index(NoteLevel(than))


class ContactDuty(Code):
    """What a planned contact asks of who planned it, and what an answer to an alert announced."""

    NOTE = "CONTACT_NOTE", "Contact à noter"
    STEP = "SOCIAL_STEP", "Étape annoncée"


ABOUT_CONTACT = "contact"
"""What is asked, or confirmed, is about a contact: the id is the contact's."""


class ContactQuestion(Code):
    """What is asked before a meeting is planned, or moved, where it hardly fits. No household is named."""

    TWICE = "TWICE", "Ce ménage est déjà prévu le {on:date}"
    OVERLAP = "OVERLAP", "Un autre rendez-vous est prévu à {at} le {on:date}"
    HOLIDAY = "HOLIDAY", "Le {on:date} est férié ({holiday})"
    AWAY = "AWAY", "{who} est en absence le {on:date}"
