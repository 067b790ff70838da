"""What a household is told of its credit: where it comes from, and what is done of it.

The aid beyond the rent and charges is the household's (CCH, art. L. 842-1): the letter says so.
"""

from collections.abc import Sequence

from common.links import link
from office.access.actor import Actor
from office.messages.codes import Channel
from office.messages.kinds import MessageKind, Sample, Text, declare
from office.messages.rules.merge import MergeField
from rent_ledger.credits.codes import ABOUT_CREDIT, CreditMessage

_BODY = """Bonjour {nom},

Votre compte a une avance de {somme}. {origine}

{suite}

Une question ? Appelez-nous au {telephone}.

Bien à vous,
{association}"""


def _page(choice_id: int) -> str:
    from rent_ledger.credits.models import CreditChoice

    account = CreditChoice.objects.filter(pk=choice_id).values_list("account_id", flat=True).first()
    return link("rent_ledger:credit", account) if account else ""


def _samples(actor: Actor) -> Sequence[Sample]:
    from rent_ledger.credits.services.telling import some_letters

    return some_letters()


CREDIT = declare(
    MessageKind(
        code=CreditMessage.CREDIT,
        about=ABOUT_CREDIT,
        fields=(
            MergeField("nom", "Le ménage", "Mme Fatou Sarr"),
            MergeField("association", "Notre nom court", "Le Ponton"),
            MergeField("telephone", "Notre téléphone", "04 68 00 00 00"),
            MergeField("somme", "L’avance du compte", "120,00 €", is_private=True),
            MergeField(
                "origine", "D’où elle vient", "Elle vient de ce que vous avez payé en trop : 120,00 €.", is_private=True
            ),
            MergeField("suite", "Ce qui en est fait", "Nous vous remboursons 120,00 € par virement.", is_private=True),
        ),
        texts={
            Channel.PAPER: Text("Une avance sur votre compte", _BODY),
            Channel.EMAIL: Text("Une avance sur votre compte", _BODY),
        },
        page=_page,
        samples=_samples,
    )
)
