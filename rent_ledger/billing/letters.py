"""What billing sends: the avis d'échéance and the quittance or reçu, each with its paper.

By e-mail the paper is attached, and the text that the association edits says what it is. By post the paper is all there
is in the envelope, so that way has no text.
"""

from collections.abc import Sequence
from datetime import datetime

from common.links import link
from office.access.actor import Actor
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Sample, Text, declare
from office.messages.rules.merge import MergeField
from rent_ledger.billing.codes import ABOUT_DEMAND, ABOUT_RECEIPT, BillingMessage

_SHARED = (
    MergeField("nom", "Le ménage", "Mme Fatou Sarr"),
    MergeField("association", "Notre nom court", "Le Ponton"),
    MergeField("telephone", "Notre téléphone", "04 68 00 00 00"),
    MergeField("mois", "Le mois du terme", "novembre 2026"),
)
_BYE = """

Vous recevez ce courriel parce que vous l’avez demandé. Pour revenir au courrier, il suffit de nous le dire au \
{telephone}.

Bien à vous,
{association}"""


def _demand_page(demand_id: int) -> str:
    return link("rent_ledger:demand", demand_id)


def _receipt_page(receipt_id: int) -> str:
    from rent_ledger.billing.models import Receipt

    demand = Receipt.objects.filter(pk=receipt_id).values_list("demand_id", flat=True).first()
    return link("rent_ledger:demand", demand) if demand else ""


def _demand_samples(actor: Actor) -> Sequence[Sample]:
    from rent_ledger.billing.queries.messages import some_demands

    return some_demands()


def _receipt_samples(actor: Actor) -> Sequence[Sample]:
    from rent_ledger.billing.queries.messages import some_receipts

    return some_receipts()


def _sent(demand_ids: Sequence[int]) -> None:
    from rent_ledger.billing.services.sending import mark_demands_sent

    mark_demands_sent(demand_ids)


def _unsent(demand_ids: Sequence[int], noted_at: datetime) -> None:
    from rent_ledger.billing.services.sending import mark_demands_unsent

    mark_demands_unsent(demand_ids, since=noted_at)


AVIS = declare(
    MessageKind(
        code=BillingMessage.AVIS,
        about=ABOUT_DEMAND,
        fields=(
            *_SHARED,
            MergeField("somme", "Ce qui est à payer", "213,00 €", is_private=True),
            MergeField("echeance", "Le jour de l’échéance", "5 novembre 2026", is_private=True),
            MergeField("reference", "La référence à donner en payant", "RF18 5390 0754", is_private=True),
        ),
        texts={
            Channel.EMAIL: Text(
                "Votre avis d’échéance, {mois}",
                "Bonjour {nom},\n\nVotre avis d’échéance pour {mois} est joint : {somme} à payer pour le {echeance}. "
                "Pour un virement, la référence est {reference}." + _BYE,
            )
        },
        page=_demand_page,
        samples=_demand_samples,
        left=_sent,
        waits_again=_unsent,
    )
)
RECEIPT = declare(
    MessageKind(
        code=BillingMessage.RECEIPT,
        about=ABOUT_RECEIPT,
        fields=(
            *_SHARED,
            MergeField("papier", "Quittance ou reçu", "Quittance"),
            MergeField("somme", "La somme reçue", "213,00 €", is_private=True),
        ),
        texts={
            Channel.EMAIL: Text(
                "{papier}, {mois}",
                "Bonjour {nom},\n\nNous avons reçu {somme} pour {mois}. Le document est joint : gardez-le, il vous "
                "servira de preuve." + _BYE,
            )
        },
        page=_receipt_page,
        samples=_receipt_samples,
    )
)
