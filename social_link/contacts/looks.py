"""How notes look."""

from common.looks import Look
from social_link.contacts.codes import NoteLevel

NOTES: dict[str, Look] = {
    NoteLevel.PRIVATE: Look(NoteLevel.PRIVATE.label, "neutral", "lock"),
    NoteLevel.TEAM: Look(NoteLevel.TEAM.label, "social", "heart-handshake"),
    NoteLevel.SHARED: Look(NoteLevel.SHARED.label, "social", "users"),
    NoteLevel.SEALED: Look(NoteLevel.SEALED.label, "strong", "shield-lock"),
}
