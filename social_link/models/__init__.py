"""Models of the link with social work."""

from social_link.models.alert import Alert, AlertFact
from social_link.models.contact import Contact, Note, NoteReader
from social_link.models.measure import Measure, Referent

__all__ = ["Alert", "AlertFact", "Contact", "Measure", "Note", "NoteReader", "Referent"]
