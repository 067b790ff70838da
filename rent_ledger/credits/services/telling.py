"""A household is told of its credit, and of what was decided of it: once for each decision, by the outbox.

By e-mail where the tenant agreed to it for the papers of the contract, else by a filed letter of the next lot.
"""

from collections.abc import Mapping

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.typography import euros, long_date
from leases.contracts.queries import email_addresses
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.documents.services import HAND_DELIVERED, make_document
from office.messages.codes import Channel
from office.messages.kinds import Sample
from office.messages.models import Message
from office.messages.queries import text_in_use
from office.messages.services.outbox import NewMessage, write_messages
from office.messages.wording import filled
from rent_ledger.billing.queries.messages import house_values
from rent_ledger.billing.services.papers import lease_facts
from rent_ledger.books.services.posting import lock_accounts
from rent_ledger.credits.codes import CreditMessage, CreditUse
from rent_ledger.credits.models import CreditChoice
from rent_ledger.credits.queries import Credit
from rent_ledger.credits.services.credits import credit_of

LETTER = "letter"
NOT_STANDING = "Cette décision ne tient plus : prévenez le ménage de celle qui vaut. Rechargez la page."
NO_ADDRESS = "Ce ménage a quitté le logement : écrivez l’adresse où lui envoyer la lettre."
SAMPLES = 3


@needs(Write(Data.PAYMENT))
@transaction.atomic
def tell_household(*, choice: CreditChoice, actor: Actor, address: str = "") -> Message:
    """Write to the household. Again gives the message that is there. `address`: the lines of the new home of who left,
    where no e-mail reaches it.

    `Conflict` (`not_standing`), `InvalidInput` (`address`).
    """
    lock_accounts([choice.account_id])
    row = CreditChoice.objects.select_for_update(of=("self",)).select_related("account__household").get(pk=choice.pk)
    if written := Message.objects.filter(key=_key(row)).first():
        return written
    found = credit_of(row.account_id)
    if found is None or found.choice_id != row.pk:
        raise Conflict(NOT_STANDING, code="not_standing")
    lease = row.account.lease_id
    email = email_addresses([lease]).get(lease, "") if lease else ""
    channel = Channel.EMAIL if email else Channel.PAPER
    values = _values(row, found, house_values())
    wording = filled(*text_in_use(CreditMessage.CREDIT, channel), values)
    document = None
    if channel == Channel.PAPER:
        document = make_document(
            kind=LETTER,
            number=f"AVANCE-{row.pk}",
            title=wording.subject,
            data={
                "recipient": _recipient(found, lease, address),
                "paragraphs": [part for part in wording.body.split("\n\n") if part.strip()],
            },
            actor=actor,
        )
    [message] = write_messages(
        new=[
            NewMessage(
                key=_key(row), kind=CreditMessage.CREDIT, channel=channel, about_id=row.pk,
                household_id=row.account.household_id, addressee=found.name, address=email, wording=wording,
                values=values, document=document,
            )
        ],
        actor=actor,
    )  # fmt: skip
    return message


def _key(choice: CreditChoice) -> str:
    return f"credit:{choice.pk}"


def _recipient(found: Credit, lease: int | None, address: str) -> list[str]:
    typed = [line.strip() for line in address.splitlines() if line.strip()]
    if found.is_gone:
        if not typed:
            raise InvalidInput(NO_ADDRESS, field="address")
        return [found.name, *typed]
    facts = lease_facts({lease: clock.today()}).get(lease) if lease else None
    return facts.recipient if facts else [found.name, HAND_DELIVERED]


def some_letters() -> list[Sample]:
    """The latest decisions that hold, to see a text with."""
    house, made = house_values(), []
    for choice in CreditChoice.objects.standing().select_related("account")[:SAMPLES]:
        found = credit_of(choice.account_id)
        if found is not None and found.choice_id == choice.pk:
            made.append(Sample(found.name, _values(choice, found, house)))
    return made


def _values(choice: CreditChoice, found: Credit, house: Mapping[str, str]) -> dict[str, str]:
    return {**house, "nom": found.name, "somme": euros(found.amount), "origine": _origin(found), "suite": _next(choice)}


def _origin(found: Credit) -> str:
    said = []
    if found.paid:
        said.append(f"Vous avez payé {euros(found.paid)} en trop.")
    if found.corrected:
        said.append(f"Un avis a été corrigé en votre faveur, de {euros(found.corrected)}.")
    if found.aid:
        said.append(
            f"{euros(found.aid)} viennent de votre aide au logement, qui a dépassé votre loyer et vos charges. Cette "
            "somme est à vous (code de la construction et de l’habitation, article L. 842-1)."
        )
    return " ".join(said)


def _next(choice: CreditChoice) -> str:
    if choice.use == CreditUse.REFUND:
        return (
            f"Nous vous remboursons {euros(choice.amount)} par virement, sur le compte dont l’IBAN finit par "
            f"{choice.iban[-4:]}. Si ce compte n’est plus le vôtre, dites-le-nous vite."
        )
    if choice.use == CreditUse.PAYER:
        return (
            "L’organisme qui verse l’aide nous a dit qu’elle était trop élevée : il la reprend. Nous gardons cette "
            "somme pour lui. Si vous n’êtes pas d’accord, dites-le-nous et dites-le à cet organisme."
        )
    looked = ""
    if choice.until:
        looked = f" Sans nouvelle de vous, nous revoyons votre compte après le {long_date(choice.until)}."
    return (
        "Nous la gardons sur votre compte : elle paie vos prochains termes. Si vous préférez être remboursé, "
        f"dites-le-nous et donnez-nous un RIB.{looked}"
    )
