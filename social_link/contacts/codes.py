"""Codes of the contacts: kinds of contact, levels of secrecy of a note."""

from common.codes import Code


class ContactKind(Code):
    HOME_VISIT = "VISIT", "Visite à domicile"
    APPOINTMENT = "OFFICE", "Rendez-vous"
    CALL = "CALL", "Appel"
    ABSENCE = "ABSENCE", "Absence"
    ACCOMPANIMENT = "WITH", "Accompagnement"
    DUTY = "DUTY", "Permanence"


FEMININE = frozenset({ContactKind.HOME_VISIT, ContactKind.DUTY, ContactKind.ABSENCE})
"""« Une visite prévue », « un appel prévu »."""


class NoteLevel(Code):
    """PRIVATE: its author. SHARED: the social team and the rental manager. SEALED: named persons, reads logged."""

    PRIVATE = "PRIVATE", "Privée"
    SHARED = "SHARED", "Partagée"
    SEALED = "SEALED", "Scellée"


class ContactDuty(Code):
    """What a planned contact asks of who planned it."""

    NOTE = "CONTACT_NOTE", "Contact à noter"
