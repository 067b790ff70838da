"""What the post did with a formal notice: noted by who went there, proved, and each of these taken back."""

import re
from datetime import date
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from common import clock
from common.errors import Conflict, InvalidInput
from common.typography import short_day
from office.access.actor import Actor
from office.access.matrix import Data, Write
from office.access.permissions import needs
from office.files.services.attachments import drop_file, keep_file
from office.files.services.cleaning import clean_file
from office.messages.codes import GONE_STATES
from office.messages.models import Message
from rent_ledger.arrears.codes import ABOUT_CASE, ArrearsMessage, RegisteredOutcome
from rent_ledger.arrears.models import ArrearsCase
from rent_ledger.arrears.registered import RegisteredLetter, RegisteredProof
from rent_ledger.arrears.services.cases import lock_cases, refresh_cases

# The post writes 2C 123 456 7890 1; no public text gives the key of its numbers.
_NUMBER = re.compile(r"[0-9A-Z]{11,15}")
NOT_POSTED = "Cette lettre n’est pas notée postée : sortez-la avec le courrier, postez-la, puis notez son numéro."
BAD_NUMBER = "Le numéro a 11 à 15 chiffres et lettres, par exemple 2C 123 456 7890 1 : recopiez celui du reçu."
OTHER_NUMBER = "Ce numéro est déjà celui d’une autre lettre. Relisez-le sur le reçu."
NO_NUMBER = "Notez d’abord le jour du dépôt et le numéro : ce que la poste en a fait vient après."
HAS_OUTCOME = "Ce que la poste en a fait est noté : annulez-le d’abord."


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_posted(*, message: Message, posted_on: date, number: str, actor: Actor) -> RegisteredLetter:
    """The day and the number of the receipt. The same again changes nothing.

    `InvalidInput` (`posted_on`, `number`); `Conflict` where the letter has not left, or is noted otherwise.
    """
    case, row = _locked(message)
    if message.state not in GONE_STATES:
        raise Conflict(NOT_POSTED, code="not_posted")
    number = re.sub(r"[\s.\-\u00a0\u202f]", "", number).upper()
    if not _NUMBER.fullmatch(number):
        raise InvalidInput(BAD_NUMBER, field="number")
    decided, today = message.created_at.astimezone(clock.PARIS).date(), clock.today()
    if not decided <= posted_on <= today:
        raise InvalidInput(
            f"Le dépôt est entre le {decided:%d/%m/%Y}, jour de la décision, et aujourd’hui.", field="posted_on"
        )
    if row is not None and row.posted_on is not None:
        if (row.posted_on, row.number) == (posted_on, number):
            return row
        raise Conflict(
            f"Le dépôt est déjà noté, le {short_day(row.posted_on, today=today)}. Annulez-le pour le noter autrement.",
            code="noted",
        )
    if RegisteredLetter.objects.filter(number=number).exists():
        raise InvalidInput(OTHER_NUMBER, field="number", code="used")
    row = row or RegisteredLetter(case=case, message=message)
    row.posted_on, row.number, row.author_id, row.noted_at = posted_on, number, actor.user_id, clock.now()
    row.save()
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_posted(*, message: Message, actor: Actor) -> RegisteredLetter | None:
    """The day or the number is a mistake: both are to note. `Conflict` once what followed is noted. Again changes
    nothing."""
    _, row = _locked(message)
    if row is None or row.posted_on is None:
        return row
    if row.outcome:
        raise Conflict(HAS_OUTCOME, code="outcome")
    row.posted_on, row.number = None, ""
    row.author_id, row.noted_at = actor.user_id, clock.now()
    row.save()
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def note_outcome(*, message: Message, outcome: str, outcome_on: date, actor: Actor) -> RegisteredLetter:
    """Received, or why it came back, and the day that the post wrote. One that came back puts the case back to decide.
    The same again changes nothing.

    `InvalidInput` (`outcome`, `outcome_on`); `Conflict` where the posting is not noted, or another outcome is.
    """
    case, row = _locked(message)
    if row is None or row.posted_on is None:
        raise Conflict(NO_NUMBER, code="no_number")
    if outcome not in RegisteredOutcome.values:
        raise InvalidInput("Dites ce que la poste a fait de la lettre.", field="outcome")
    if not row.posted_on <= outcome_on <= clock.today():
        raise InvalidInput(
            f"Ce jour est entre le {row.posted_on:%d/%m/%Y}, jour du dépôt, et aujourd’hui.", field="outcome_on"
        )
    if row.outcome:
        if (row.outcome, row.outcome_on) == (outcome, outcome_on):
            return row
        raise Conflict(HAS_OUTCOME, code="outcome")
    row.outcome, row.outcome_on, row.author_id, row.noted_at = outcome, outcome_on, actor.user_id, clock.now()
    row.save()
    refresh_cases([case], actor)
    return row


@needs(Write(Data.ARREARS))
@transaction.atomic
def take_back_outcome(*, message: Message, actor: Actor) -> RegisteredLetter | None:
    """What the post did with it was noted by mistake: it is awaited again. Again changes nothing."""
    case, row = _locked(message)
    if row is None or not row.outcome:
        return row
    row.outcome, row.outcome_on = "", None
    row.author_id, row.noted_at = actor.user_id, clock.now()
    row.save()
    refresh_cases([case], actor)
    return row


@needs(Write(Data.ARREARS))
def add_registered_proof(*, message: Message, file: BinaryIO, actor: Actor) -> RegisteredProof:
    """Keep a picture or a PDF with a registered letter. The same file again is the first.

    `InvalidInput` (`proofs`): what it is, or one too many. `Conflict` where the posting was never noted.
    """
    # Read before the letter is locked: it takes time.
    clean = clean_file(file, RegisteredProof.kind, field="proofs")
    with transaction.atomic():
        _, row = _locked(message)
        if row is None:
            raise Conflict(NO_NUMBER, code="no_number")
        return keep_file(RegisteredProof, clean, actor=actor, field="proofs", of="lettre", letter=row)


@needs(Write(Data.ARREARS))
@transaction.atomic
def remove_registered_proof(*, message: Message, proof: UUID, actor: Actor) -> None:
    """Take a file back. One that is gone already stays gone."""
    _, letter = _locked(message)
    row = letter.proofs.filter(uuid=proof).first() if letter else None
    drop_file(row)


def _locked(message: Message) -> tuple[ArrearsCase, RegisteredLetter | None]:
    """The case, locked, and what is noted of the letter. `Conflict` where the message is no formal notice."""
    if message.about != ABOUT_CASE or message.kind != ArrearsMessage.FORMAL_NOTICE:
        raise Conflict("Seule une mise en demeure part en recommandé.", code="wrong_kind")
    case = lock_cases([message.about_id])[message.about_id]
    rows = RegisteredLetter.objects.select_for_update(of=("self",)).select_related("case")
    message.refresh_from_db(fields=["state"])
    return case, rows.filter(message=message).first()
