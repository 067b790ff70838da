"""What a partner is told of a referral: that it was received, that the support begins, is half-way, has
ended, begins again.

An e-mail is read by others: no name of the household, no cause, no sum, no kind of measure.
"""

from common.links import link
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Text, declare
from office.messages.rules.merge import MergeField
from social_link.referrals.codes import ABOUT_PARTNER, ReferralMessage

_FIELDS = (
    MergeField("numero", "Le numéro de la saisine", "S-00042"),
    MergeField("jour", "Le jour de la réception, du début, de la fin ou de la reprise", "5 novembre 2026"),
    MergeField("association", "Notre nom court", "Le Ponton"),
    MergeField("telephone", "Notre téléphone", "04 68 00 00 00"),
)
_END = "\n\nUne question ? Appelez-nous au {telephone}, en donnant ce numéro.\n\nBien à vous,\n{association}"
_TEXTS = {
    ReferralMessage.RECEIPT: (
        "Saisine {numero} reçue",
        "Bonjour,\n\nNous avons reçu votre saisine le {jour}. Son numéro est le {numero}. Une personne de notre "
        "service prend contact avec le ménage.",
    ),
    ReferralMessage.START: (
        "Saisine {numero} : l’accompagnement commence",
        "Bonjour,\n\nL’accompagnement demandé par la saisine {numero} commence le {jour}.",
    ),
    ReferralMessage.MIDDLE: (
        "Saisine {numero} : l’accompagnement est à mi-chemin",
        "Bonjour,\n\nL’accompagnement demandé par la saisine {numero} est à mi-chemin depuis le {jour}. Appelez-nous "
        "si vous souhaitez faire le point ensemble.",
    ),
    ReferralMessage.END: (
        "Saisine {numero} : l’accompagnement est fini",
        "Bonjour,\n\nL’accompagnement demandé par la saisine {numero} a pris fin le {jour}. Le ménage, ou vous, "
        "pouvez nous saisir de nouveau.",
    ),
    ReferralMessage.AGAIN: (
        "Saisine {numero} : l’accompagnement reprend",
        "Bonjour,\n\nL’accompagnement demandé par la saisine {numero} était fini. Il reprend le {jour}.",
    ),
}


def _page(referral_id: int) -> str:
    return link("social_link:referral", referral_id)


# No real case to see a text with: whoever edits it may not know who was referred.
KINDS = tuple(
    declare(
        MessageKind(
            code=code, about=ABOUT_PARTNER, fields=_FIELDS, texts={Channel.EMAIL: Text(subject, body + _END)},
            page=_page, samples=lambda actor: [],
        )
    )
    for code, (subject, body) in _TEXTS.items()
)  # fmt: skip
