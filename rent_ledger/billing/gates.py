"""What takes an avis or a quittance back before it leaves: its cause is gone, or the tenant agrees no more to e-mails,
or not to this address. Taken back, an avis is to send again, and the night writes a quittance that is asked for each
month as a letter.

A pause of letters (`LetterHold`) holds neither. It stops letters that press for payment; an avis d'échéance tells what
falls due and costs nothing, and a quittance is owed to the tenant who asks for it, free (loi 89-462, art. 21;
docs/law.md, A2). Keeping them back would leave a household in difficulty without its papers.
"""

from collections.abc import Mapping, Sequence

from leases.contracts.queries import email_addresses
from office.messages.codes import Channel
from office.messages.gate import Stop, gate
from office.messages.models import Message
from rent_ledger.billing.codes import ABOUT_DEMAND, ABOUT_RECEIPT, DemandState, ReceiptKind
from rent_ledger.billing.models import Receipt, RentDemand
from rent_ledger.billing.queries.terms import term_states
from rent_ledger.billing.rules.receipts import choose

CANCELLED = "L’avis a été annulé ou corrigé : il ne demande plus rien."
OWED_AGAIN = "Le terme n’est plus réglé : un paiement est revenu depuis que la quittance est établie."
NEVER_PAID = "Cette quittance est annulée : le paiement qu’elle atteste a été repris."
NOT_AGREED = "Le ménage n’a plus d’accord pour recevoir ses papiers par courriel : celui-ci part par courrier."
OTHER_ADDRESS = "Ce n’est pas l’adresse que le ménage a donnée pour ses papiers : corrigez-la sur sa fiche."
CONSENT_GONE = frozenset({NOT_AGREED, OTHER_ADDRESS})


@gate("billing")
def withdrawn_papers(messages: Sequence[Message]) -> Mapping[int, Stop]:
    """A fixed number of queries, however many messages."""
    return _disagreed(messages) | _demands(messages) | _receipts(messages)


def _disagreed(messages: Sequence[Message]) -> dict[int, Stop]:
    """Consent and address are read when the e-mail leaves: both may have changed since it was written."""
    mails = [message for message in messages if message.channel == Channel.EMAIL]
    demands = {message.about_id for message in mails if message.about == ABOUT_DEMAND}
    receipts = {message.about_id for message in mails if message.about == ABOUT_RECEIPT}
    leases: dict[tuple[str, int], int] = {}
    if demands:
        of_demands = RentDemand.objects.filter(pk__in=demands).values_list("pk", "lease_id")
        leases |= {(ABOUT_DEMAND, pk): lease for pk, lease in of_demands}
    if receipts:
        of_receipts = Receipt.objects.filter(pk__in=receipts).values_list("pk", "demand__lease_id")
        leases |= {(ABOUT_RECEIPT, pk): lease for pk, lease in of_receipts}
    if not leases:
        return {}
    agreed = email_addresses(set(leases.values()))
    stops = {}
    for message in mails:
        lease = leases.get((message.about, message.about_id))
        if lease is not None and message.address != agreed.get(lease):
            stops[message.pk] = Stop(OTHER_ADDRESS if lease in agreed else NOT_AGREED, is_final=True)
    return stops


def _demands(messages: Sequence[Message]) -> dict[int, Stop]:
    asked = {message.pk: message.about_id for message in messages if message.about == ABOUT_DEMAND}
    if not asked:
        return {}
    cancelled = set(
        RentDemand.objects.filter(pk__in=set(asked.values()), state=DemandState.CANCELLED).values_list("pk", flat=True)
    )
    return {pk: Stop(CANCELLED, is_final=True) for pk, demand in asked.items() if demand in cancelled}


def _receipts(messages: Sequence[Message]) -> dict[int, Stop]:
    asked = {message.pk: message.about_id for message in messages if message.about == ABOUT_RECEIPT}
    if not asked:
        return {}
    cancelled = set(
        Receipt.objects.filter(pk__in=set(asked.values()), cancelled_at__isnull=False).values_list("pk", flat=True)
    )
    stops = {pk: Stop(NEVER_PAID, is_final=True) for pk, receipt in asked.items() if receipt in cancelled}
    full = dict(
        Receipt.objects.filter(pk__in=set(asked.values()), kind=ReceiptKind.FULL, cancelled_at=None).values_list(
            "pk", "demand_id"
        )
    )
    states = term_states(sorted(full.values()))
    undone = {receipt for receipt, demand in full.items() if choose(states[demand]).kind != ReceiptKind.FULL}
    return stops | {pk: Stop(OWED_AGAIN, is_final=True) for pk, receipt in asked.items() if receipt in undone}
