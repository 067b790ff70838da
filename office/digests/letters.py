"""What is sent to the people of the house: that something waits, and where to sign in. Nothing that says what or whom:
a phone is read by others, and an e-mail leaves the house.
"""

from collections.abc import Sequence

from common.links import link
from office.digests.codes import StaffMessage
from office.messages.codes import ABOUT_STAFF, Channel
from office.messages.kinds import MessageKind, Text, declare
from office.messages.rules.merge import MergeField

FIRST_NAME = MergeField("prenom", "Le prénom", "Camille")
LINK = MergeField("lien", "L’adresse de la page", "https://ancrage.example/")
CHOICES = MergeField("reglages", "Où changer ses choix", "https://ancrage.example/bureau/notifications/choix/")
LIST = MergeField("liste", "Ce qui attend, en nombres", "– 2 alertes urgentes\n– 1 relevé mis de côté", is_private=True)


def _page(user_id: int) -> str:
    return link("office:staff_member", user_id)


def _not_told(user_ids: Sequence[int]) -> None:
    from office.digests.services.sending import tell_not_told

    tell_not_told(user_ids)


# No real case to see a text with: whoever edits it may not know what waits for a colleague.
DIGEST = declare(
    MessageKind(
        code=StaffMessage.DIGEST,
        about=ABOUT_STAFF,
        fields=(FIRST_NAME, LIST, LINK, CHOICES),
        texts={
            Channel.EMAIL: Text(
                "Ce matin dans Ancrage",
                "Bonjour {prenom},\n\nCe matin, il y a pour vous dans Ancrage :\n\n{liste}\n\nTout voir : {lien}\n\n"
                "Pour ne plus recevoir ce message : {reglages}",
            )
        },
        page=_page,
        samples=lambda actor: [],
    )
)
URGENT = declare(
    MessageKind(
        code=StaffMessage.URGENT,
        about=ABOUT_STAFF,
        fields=(LINK, CHOICES),
        texts={
            Channel.EMAIL: Text(
                "Une alerte urgente vous attend",
                "Une alerte urgente vous attend dans Ancrage : {lien}\n\n"
                "Pour choisir comment être prévenu : {reglages}",
            ),
            Channel.SMS: Text("", "Une alerte urgente vous attend dans Ancrage : {lien}"),
        },
        page=_page,
        samples=lambda actor: [],
        is_urgent=True,
        failed=_not_told,
    )
)
# To the address of before: whoever reads it may be the only one who notices. It gives neither the new one nor a link.
MOVED = declare(
    MessageKind(
        code=StaffMessage.MOVED,
        about=ABOUT_STAFF,
        fields=(FIRST_NAME,),
        texts={
            Channel.EMAIL: Text(
                "Votre adresse de connexion a changé",
                "Bonjour {prenom},\n\nL’adresse avec laquelle vous vous connectez à Ancrage a changé : ce courriel "
                "part à l’ancienne.\n\nSi vous ne le saviez pas, prévenez tout de suite la direction : quelqu’un "
                "d’autre entre peut-être avec votre compte.",
            )
        },
        page=_page,
        samples=lambda actor: [],
    )
)
