"""What holds a message to a partner: the household does not agree any more, or the referral was withdrawn."""

from collections.abc import Mapping, Sequence

from office.messages.gate import Stop, gate
from office.messages.models import Message
from social_link.referrals.codes import ABOUT_PARTNER, ReferralMessage
from social_link.referrals.models import Referral

NO_CONSENT = "Le ménage n’a pas donné son accord, ou l’a repris : rien ne part."
GONE = "La saisine a été retirée."


@gate("referrals")
def with_consent(messages: Sequence[Message]) -> Mapping[int, Stop]:
    """Who refers may know that it was received; of the support, only where the household agreed."""
    asked = [message for message in messages if message.about == ABOUT_PARTNER]
    if not asked:
        return {}
    rows = Referral.objects.in_bulk([message.about_id for message in asked])
    found = {}
    for message in asked:
        row = rows.get(message.about_id)
        if row is None or row.withdrawn_at is not None:
            found[message.pk] = Stop(GONE, is_final=True)
        elif row.consented_on is None and message.kind != ReferralMessage.RECEIPT:
            found[message.pk] = Stop(NO_CONSENT, is_final=True)
    return found
