"""A file for an aid opened by the rental managers: where the social service answered that it is the next step."""

from decimal import Decimal

from django.db import transaction

from common.errors import Conflict, InvalidInput
from office.access.actor import Actor
from office.access.matrix import FACTS, Data, Write
from office.access.permissions import needs
from office.models import AidScheme
from rent_ledger.aid_files.models import AidFile
from rent_ledger.aid_files.services.files import open_for
from rent_ledger.arrears.codes import NextStep
from rent_ledger.arrears.models import ArrearsCase, SocialAnswer
from rent_ledger.arrears.services.cases import lock_open
from rent_ledger.books.models import Account

NOT_ANSWERED = (
    "La dernière réponse du service social ne demande pas de dossier d’aide : demandez-lui d’abord, par « Alerter le "
    "social »."
)


def asked_for_aid(case: ArrearsCase) -> SocialAnswer | None:
    """The last answer of the social service, where its next step is a file for an aid."""
    last = SocialAnswer.objects.filter(case=case).order_by("-pk").first()
    return last if last is not None and last.next_step == NextStep.FSL else None


@needs(Write(Data.AID_FILE, FACTS))
@transaction.atomic
def open_on_answer(
    *,
    case: ArrearsCase,
    scheme: AidScheme,
    need: str,
    actor: Actor,
    account: Account | None = None,
    asked: Decimal | None = None,
) -> AidFile:
    """Open the file that the social service asked for; who answered follows it. One that runs is returned as it is.

    `Conflict` where the case is closed, or (`not_asked`) the last answer asks for none; `InvalidInput` [scheme, need,
    account, asked].
    """
    lock_open([case.pk])
    answer = asked_for_aid(case)
    household = case.account.household
    if answer is None:
        raise Conflict(NOT_ANSWERED, code="not_asked")
    if household is None:
        raise InvalidInput("Ce dossier n’a pas de ménage.", field="scheme")
    return open_for(
        household=household, scheme=scheme, need=need, account=account or case.account, asked=asked,
        worker=answer.author, actor=actor,
    )  # fmt: skip
