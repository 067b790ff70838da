"""What is asked before a meeting is planned, in the list of confirmations."""

from office.access.matrix import Data, Read
from office.confirmations.subjects import Subject, declare
from social_link.contacts.codes import ABOUT_CONTACT, ContactQuestion

declare(
    Subject(
        ABOUT_CONTACT,
        "Rendez-vous",
        (ContactQuestion,),
        "social_link:contact_edit",
        opens=Read(Data.CONTACT),
        tells=Read(Data.CONTACT),
        is_secret=True,
    )
)
